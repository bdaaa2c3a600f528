package safetensors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
)

// maxFile is the largest file that ReadFile reads, in bytes: it keeps a
// sparse file that claims more than any machine's memory from ending the
// program.
const maxFile = min(1<<40, math.MaxInt/2)

// Parse checks b, a whole file, and returns its contents. The tensors' Data
// are slices of b, which is kept and must not change while the File is in use.
func Parse(b []byte) (*File, error) {
	n, err := headerLen(b[:min(8, len(b))], int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	data := b[8+n:]
	h, err := parseHeader(b[8:8+n], len(data))
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return h.file(data), nil
}

// ReadFile reads and checks the file at path. Only a regular file is read, its
// data only after its header proved sound, and never more than its size said
// when it was opened.
func ReadFile(path string) (*File, error) {
	f, err := readFile(path)
	if err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err // its path is said already
		}
		return nil, fmt.Errorf("cannot read %s: %w", path, err)
	}
	return f, nil
}

func readFile(path string) (*File, error) {
	// To open a pipe without a writer blocks, so look before opening.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, notRegular(info)
	}
	r, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if info, err = r.Stat(); err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, notRegular(info)
	}
	size := info.Size()
	if size > maxFile {
		return nil, fmt.Errorf("the file has %d bytes, and at most %d are read: split it", size, int64(maxFile))
	}

	prefix := make([]byte, min(8, size))
	if err := readFull(r, prefix); err != nil {
		return nil, err
	}
	n, err := headerLen(prefix, size)
	if err != nil {
		return nil, err
	}
	head := make([]byte, n)
	if err := readFull(r, head); err != nil {
		return nil, err
	}
	h, err := parseHeader(head, int(size)-8-n)
	if err != nil {
		return nil, err
	}
	data := make([]byte, int(size)-8-n)
	if err := readFull(r, data); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(r, prefix[:1]); err != io.EOF {
		if err != nil {
			return nil, err
		}
		return nil, errChanged
	}
	return h.file(data), nil
}

// errChanged reports a file whose size is not what it was when it was opened.
var errChanged = errors.New("the file changed while it was read: try again when it is complete")

func readFull(r io.Reader, b []byte) error {
	_, err := io.ReadFull(r, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errChanged
	}
	return err
}

func notRegular(info fs.FileInfo) error {
	if info.IsDir() {
		return errors.New("it is a directory: name a file in it")
	}
	return errors.New("it is not a regular file: name one")
}

// headerLen returns the length of the header of a file of that size, whose
// first 8 bytes are prefix. It is at most size − 8.
func headerLen(prefix []byte, size int64) (int, error) {
	if size < 8 {
		return 0, foreign("the file has %d bytes, fewer than the 8 of a header's length", size)
	}
	n := binary.LittleEndian.Uint64(prefix)
	switch {
	case n > maxHeader:
		return 0, foreign("the first 8 bytes claim a header of %d bytes, more than the %d that the format allows", n, maxHeader)
	case n > uint64(size-8):
		return 0, fmt.Errorf("the header should have %d bytes, and only %d follow: the file is cut short, copy or save it again", n, size-8)
	}
	return int(n), nil
}

// foreign reports what is probably no safetensors file at all.
func foreign(format string, args ...any) error {
	return fmt.Errorf(format+": is this a safetensors file, as a model is saved in?", args...)
}

// damaged reports a fault of a safetensors file.
func damaged(format string, args ...any) error {
	return fmt.Errorf(format+": the file is damaged or was written wrongly, copy or save it again", args...)
}
