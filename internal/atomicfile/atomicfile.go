// Package atomicfile replaces files whole: whoever opens the path finds the
// old contents or the new, never a part, whenever the program or the machine
// stops.
//
// The new contents go into a temporary file .NAME.tmp-RANDOM in the same
// directory, are synced to the disk and then renamed over the path. A
// temporary stays behind only if the program is killed while it writes; it
// may be deleted.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"unicode/utf8"
)

// newMode is the mode of a file that did not exist, less the umask.
const newMode fs.FileMode = 0o644

// Write gives the file at path the contents that write writes to its
// argument, which is buffered. After any failure, a panic of write included,
// the file is as it was and no temporary is left; only if the system could
// not sync the directory is the file written all the same, and the error says
// so.
//
// A file that exists keeps its permissions, though not its owner; a new one
// gets 0644 less the umask. If path is a symbolic link, the link stays and
// the file that it leads to is replaced.
//
// Before write is called it is an error if path leads to a directory or
// another thing that is not a regular file, to a file without any write
// permission, or nowhere (a broken link), and if its directory does not exist
// or refuses new files.
//
// Of concurrent calls with one path, one file survives, and it is whole.
func Write(path string, write func(io.Writer) error) error {
	if err := replace(path, write); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return nil
}

// Check reports whether Write to path can begin, as far as can be known
// without doing it: call it before long work whose result goes to path. It
// makes a temporary in path's directory and removes it. It cannot know
// whether there will be enough space.
func Check(path string) error {
	t, err := open(path)
	if err == nil {
		err = t.discard()
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return nil
}

func replace(path string, write func(io.Writer) error) error {
	t, err := open(path)
	if err != nil {
		return err
	}
	renamed := false
	defer func() {
		if !renamed {
			t.discard() // what went wrong before is the error to report
		}
	}()
	if err := t.fill(write); err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok && e.Path == t.file.Name() {
			return fmt.Errorf("%w: see to free space and permissions; the file is as it was", err)
		}
		return err
	}
	if err := os.Rename(t.file.Name(), t.target); err != nil {
		return fmt.Errorf("%w: see to permissions, and that no other program holds it; the file is as it was", cause(err))
	}
	renamed = true
	return syncDir(filepath.Dir(t.target))
}

// temporary is an open file that is to become target.
type temporary struct {
	file   *os.File
	target string // no symbolic link
}

// fill writes the contents, syncs them to the disk and closes the file.
func (t temporary) fill(write func(io.Writer) error) error {
	w := bufio.NewWriterSize(t.file, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := t.file.Sync(); err != nil {
		return err
	}
	return t.file.Close()
}

// open makes the temporary for path, with the permissions of the file that
// it is to replace.
func open(path string) (temporary, error) {
	target, old, err := resolve(path)
	if err != nil {
		return temporary{}, err
	}
	dir, name := filepath.Split(target)
	if len(name) > 200 { // leave room for what is added, at most 255 in all
		cut := 200
		for cut > 200-utf8.UTFMax && !utf8.RuneStart(name[cut]) {
			cut--
		}
		name = name[:cut]
	}
	for try := 0; ; try++ {
		temp := fmt.Sprintf("%s.%s.tmp-%016x", dir, name, rand.Uint64())
		file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, newMode)
		if errors.Is(err, fs.ErrExist) && try < 100 {
			continue
		}
		if _, statErr := os.Stat(filepath.Dir(target)); errors.Is(err, fs.ErrNotExist) && statErr != nil {
			return temporary{}, fmt.Errorf("its directory does not exist: create %s first", filepath.Dir(target))
		}
		if err != nil {
			return temporary{}, fmt.Errorf("its directory takes no new files (%w): choose another directory, or see to its permissions", cause(err))
		}
		t := temporary{file, target}
		if old != nil {
			if err := file.Chmod(old.Mode().Perm()); err != nil && !unsupported(err) {
				t.discard()
				return temporary{}, fmt.Errorf("cannot give the new file the permissions of the old (%w): choose another path", cause(err))
			}
		}
		return t, nil
	}
}

// resolve returns the path of the file that path leads to, and what there is
// now: nil if nothing.
func resolve(path string) (target string, old fs.FileInfo, err error) {
	if path == "" || os.IsPathSeparator(path[len(path)-1]) {
		return "", nil, errors.New("the path has no file name: add one")
	}
	target = path
	old, err = os.Lstat(path)
	if err == nil && old.Mode()&fs.ModeSymlink != 0 {
		if target, err = filepath.EvalSymlinks(path); err != nil {
			return "", nil, fmt.Errorf("it is a link that leads nowhere (%w): remove it or mend it", cause(err))
		}
		old, err = os.Lstat(target)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return target, nil, nil
	case err != nil:
		return "", nil, fmt.Errorf("%w: choose another path", cause(err))
	case old.IsDir():
		return "", nil, errors.New("it is a directory: name a file in it")
	case !old.Mode().IsRegular():
		return "", nil, errors.New("it is not a regular file: choose another path")
	case old.Mode().Perm()&0o222 == 0:
		return "", nil, errors.New("it is write-protected: give it write permission or choose another path")
	}
	return target, old, nil
}

// discard closes and removes t.
func (t temporary) discard() error {
	err := t.file.Close()
	if errors.Is(err, fs.ErrClosed) {
		err = nil
	}
	return errors.Join(err, os.Remove(t.file.Name()))
}

// syncDir makes a rename in dir last. Where directories cannot be opened or
// synced, the system's own care has to do.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !unsupported(err) {
		return fmt.Errorf("it is written, but may not survive a power failure (%w): check the disk", cause(err))
	}
	return nil
}

// unsupported reports an operation that the file system does not have.
func unsupported(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL)
}

// cause strips err of the operation and the paths that os put around it.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
