package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unicode/utf8"
)

// text returns a function that writes s.
func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// holds checks that the file at path has these contents and that its
// directory has this many entries, so no temporary.
func holds(t *testing.T, path, contents string, entries int) {
	t.Helper()
	if b, err := os.ReadFile(path); err != nil || string(b) != contents {
		t.Errorf("contents %.80q, error %v; want %.80q", b, err, contents)
	}
	list, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(list) != entries {
		t.Errorf("directory has %v, error %v; want %d entries", list, err, entries)
	}
}

func put(t *testing.T, path, contents string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(contents), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestWrite(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("dir", 0o755); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("0123456789abcdef", 10_000)
	for _, path := range []string{
		"m.bin", "./a", filepath.Join("dir", "a b"), filepath.Join("dir", "..", "c"),
		strings.Repeat("n", 250), "n" + strings.Repeat("é", 120), "%d",
	} {
		for _, contents := range []string{"new", "", long, "old"} {
			err := Write(path, func(w io.Writer) error {
				temps, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*.tmp-*"))
				if len(temps) != 1 || !utf8.ValidString(temps[0]) {
					t.Errorf("temporaries: %q", temps)
				}
				return text(contents)(w)
			})
			if err != nil {
				t.Fatal(err)
			}
			if b, err := os.ReadFile(path); err != nil || string(b) != contents {
				t.Errorf("%s: contents %.20q, error %v", path, b, err)
			}
		}
		if err := Check(path); err != nil {
			t.Error(err)
		}
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	}
	if list, err := os.ReadDir("."); err != nil || len(list) != 1 {
		t.Errorf("left behind: %v, error %v", list, err)
	}
}

// TestAtomic looks at the file while it is being written.
func TestAtomic(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	put(t, path, "old", 0o644)
	err := Write(path, func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			return err
		}
		holds(t, path, "old", 2)
		list, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".m.tmp-*"))
		if len(list) != 1 {
			t.Errorf("temporaries: %v", list)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, path, string(make([]byte, 1<<20)), 1)
}

func TestFailingWriter(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m")
	put(t, path, "old", 0o644)
	broken := errors.New("layer 3 is broken")
	for _, n := range []int{0, 10, 1 << 20} {
		err := Write(path, func(w io.Writer) error {
			if _, err := w.Write(make([]byte, n)); err != nil {
				t.Error(err)
			}
			return broken
		})
		if !errors.Is(err, broken) || err.Error() != "cannot write "+path+": layer 3 is broken" {
			t.Errorf("error %v", err)
		}
		holds(t, path, "old", 1)

		func() {
			defer func() {
				if r := recover(); r != "oops" {
					t.Errorf("recovered %v", r)
				}
			}()
			Write(path, func(w io.Writer) error {
				w.Write(make([]byte, n))
				panic("oops")
			})
		}()
		holds(t, path, "old", 1)

		var done sync.WaitGroup
		done.Go(func() {
			Write(path, func(w io.Writer) error {
				w.Write(make([]byte, n))
				runtime.Goexit()
				return nil
			})
		})
		done.Wait()
		holds(t, path, "old", 1)
	}
	if err := Write(filepath.Join(dir, "n"), func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	holds(t, path, "old", 1)
}

// TestDiskFault fails below the writer, as a full disk does.
func TestDiskFault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	put(t, path, "old", 0o644)
	err := Write(path, func(io.Writer) error {
		temps, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".m.tmp-*"))
		return fmt.Errorf("layer 3: %w", &fs.PathError{Op: "write", Path: temps[0], Err: syscall.EIO})
	})
	if !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), "see to free space and permissions; the file is as it was") {
		t.Errorf("error %v", err)
	}
	holds(t, path, "old", 1)

	tmp, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	tmp.file.Close()
	if err := tmp.fill(text("new")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("error %v", err)
	}
	if err := tmp.discard(); err != nil {
		t.Error(err)
	}
	holds(t, path, "old", 1)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		return // only Linux has it
	}
	defer full.Close()
	if err := (temporary{file: full}).fill(text("new")); err == nil {
		t.Error("a full disk took the file")
	}
}

func TestRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	put(t, file, "old", 0o644)
	protected := filepath.Join(dir, "protected")
	put(t, protected, "old", 0o444)
	entries := 2
	cases := map[string]string{
		dir:                                 "it is a directory",
		"":                                  "the path has no file name",
		dir + string(filepath.Separator):    "the path has no file name",
		filepath.Join(dir, "no", "m"):       "its directory does not exist: create " + filepath.Join(dir, "no") + " first",
		filepath.Join(dir, "no", "no", "m"): "its directory does not exist",
		filepath.Join(file, "m"):            "",
		protected:                           "it is write-protected",
		filepath.Join(dir, strings.Repeat("n", 300)): "",
	}
	if runtime.GOOS == "linux" {
		cases["/proc/hadamard-m"] = ""
		cases["/sys/hadamard-m"] = "its directory takes no new files"
		cases["/dev/null"] = "it is not a regular file"
		if os.Symlink("nowhere", filepath.Join(dir, "broken")) == nil && os.Symlink(".", filepath.Join(dir, "link")) == nil {
			entries += 2
			cases[filepath.Join(dir, "broken")] = "it is a link that leads nowhere"
			cases[filepath.Join(dir, "link")] = "it is a directory"
		}
	}
	for path, want := range cases {
		called := false
		err := Write(path, func(io.Writer) error { called = true; return nil })
		check := Check(path)
		if err == nil || check == nil || err.Error() != check.Error() ||
			!strings.HasPrefix(err.Error(), "cannot write "+path+": ") || !strings.Contains(err.Error(), want) {
			t.Errorf("Write: %v\nCheck: %v\nwant %s", err, check, want)
		}
		if called {
			t.Errorf("%s: write was called", path)
		}
	}
	holds(t, file, "old", entries)
	holds(t, protected, "old", entries)
}

// TestRenameFails has a directory appear at the path after the first look.
func TestRenameFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	err := Write(path, func(w io.Writer) error { return os.Mkdir(path, 0o755) })
	if err == nil || !strings.HasPrefix(err.Error(), "cannot write "+path+": ") {
		t.Errorf("error %v", err)
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		t.Errorf("directory has %v, error %v", list, err)
	}
}

func TestCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	if err := Check(path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Check made the file: %v", err)
	}
	put(t, path, "old", 0o644)
	if err := Check(path); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "old", 1)
}

func TestMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no permissions")
	}
	dir := t.TempDir()
	plain, path := filepath.Join(dir, "plain"), filepath.Join(dir, "m")
	if err := os.WriteFile(plain, nil, 0o644); err != nil { // less the umask
		t.Fatal(err)
	}
	want, err := os.Stat(plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(path, text("new")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.Stat(path); err != nil || got.Mode() != want.Mode() {
		t.Errorf("mode %v, error %v, want %v", got.Mode(), err, want.Mode())
	}
	for _, mode := range []fs.FileMode{0o600, 0o666, 0o755, 0o220} {
		put(t, path, "old", mode)
		if err := Write(path, text("new")); err != nil {
			t.Fatal(err)
		}
		if got, err := os.Stat(path); err != nil || got.Mode() != mode {
			t.Errorf("mode %v, error %v, want %v", got.Mode(), err, mode)
		}
	}
}

// TestLinks replaces the file behind links, not the links.
func TestLinks(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("real", 0o755); err != nil {
		t.Fatal(err)
	}
	real := filepath.Join("real", "m")
	put(t, real, "old", 0o644)
	if err := errors.Join(os.Symlink(real, "first"), os.Symlink("first", "second")); err != nil {
		t.Skip(err)
	}
	for i, path := range []string{"first", "second"} {
		contents := fmt.Sprint("new ", i)
		if err := errors.Join(Check(path), Write(path, text(contents))); err != nil {
			t.Fatal(err)
		}
		holds(t, real, contents, 1)
		holds(t, path, contents, 3)
		if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v, error %v", path, info.Mode(), err)
		}
	}
}

// TestConcurrent has writers race for one path while readers look at it.
func TestConcurrent(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a file that somebody reads cannot be replaced")
	}
	path := filepath.Join(t.TempDir(), "m")
	contents := func(id byte) []byte { return bytes.Repeat([]byte{id}, 100_000+int(id)) }
	whole := func(b []byte) bool { return len(b) > 0 && bytes.Equal(b, contents(b[0])) }
	put(t, path, string(contents('0')), 0o644)

	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for {
				if b, err := os.ReadFile(path); err != nil || !whole(b) {
					t.Errorf("a reader saw %d bytes, error %v", len(b), err)
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for i := range 8 {
		writers.Go(func() {
			for range 3 {
				err := Write(path, func(w io.Writer) error {
					for _, b := range contents(byte('a' + i)) {
						if _, err := w.Write([]byte{b}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	b, err := os.ReadFile(path)
	if err != nil || !whole(b) || b[0] == '0' {
		t.Errorf("%d bytes remain, error %v", len(b), err)
	}
	holds(t, path, string(b), 1)
}
