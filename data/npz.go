package data

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/hadamard-go/hadamard/layout"
)

// LoadNPZ is ReadNPZ for a file.
//
//	a, err := data.LoadNPZ("mnist.npz", "x_train", "y_train")
//	d, err := data.FromArrays(a["x_train"], a["y_train"], data.ArrayOptions{})
func LoadNPZ(path string, names ...string) (map[string]layout.Matrix, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("data: %s: this is no file", path)
	}
	return readNPZ(f, info.Size(), path, names)
}

// ReadNPZ reads the arrays of these names, or all if none is given, from a file
// of size bytes that numpy.savez or numpy.savez_compressed wrote. Each array is
// what ReadNPY makes of it; those that are not asked for may have any type.
//
// Beyond the errors of ReadNPY, it is an error if the file is no ZIP archive, if
// it has no array of a name that is asked for, or two, and if the arrays unpack
// to more than 64 MiB and than 64 times the file, as an archive made to fill
// the memory does; what is so uniform is to be saved with numpy.savez.
func ReadNPZ(r io.ReaderAt, size int64, names ...string) (map[string]layout.Matrix, error) {
	return readNPZ(r, size, "npz", names)
}

func readNPZ(r io.ReaderAt, size int64, where string, names []string) (map[string]layout.Matrix, error) {
	f := binaryFile{where: where}
	z, err := zip.NewReader(r, size)
	if err != nil {
		if errors.Is(err, zip.ErrFormat) {
			return nil, f.errorf("this is no npz file, or it was cut off; write it with numpy.savez: %w", err)
		}
		return nil, f.errorf("%w", err)
	}
	entries := make(map[string]*zip.File)
	var all []string
	for _, entry := range z.File {
		name, ok := strings.CutSuffix(entry.Name, ".npy")
		if !ok {
			continue
		}
		if entries[name] != nil {
			return nil, f.errorf("two arrays are named %s; write the file again", quote(name))
		}
		entries[name] = entry
		all = append(all, name)
	}
	slices.Sort(all)
	if len(names) == 0 {
		names = all
	}
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(all) == 0 {
		return nil, f.errorf("the archive has no arrays; write it with numpy.savez")
	}
	left := unpackLimit(size)
	for _, name := range names {
		entry := entries[name]
		if entry == nil {
			return nil, f.errorf("no array %s; the arrays are %s", quote(name), list(all))
		}
		if entry.UncompressedSize64 > uint64(left) {
			return nil, f.errorf("the arrays unpack to more than %d MiB, %d times the file; if that is right, save them with numpy.savez, or read fewer",
				unpackLimit(size)>>20, unpackRatio)
		}
		left -= int64(entry.UncompressedSize64)
	}
	arrays := make(map[string]layout.Matrix, len(names))
	for _, name := range names {
		if arrays[name], err = readEntry(entries[name], fmt.Sprintf("%s: array %s", where, quote(name))); err != nil {
			return nil, err
		}
	}
	return arrays, nil
}

// readEntry reads one array.
func readEntry(entry *zip.File, where string) (layout.Matrix, error) {
	f := binaryFile{where: where}
	r, err := entry.Open()
	if err != nil {
		return layout.Matrix{}, f.errorf("%w", err)
	}
	defer r.Close()
	f.r = &boundedReader{r: r, left: int64(min(entry.UncompressedSize64, math.MaxInt64))}
	return readNPY(f)
}

// boundedReader fails once the entry has more bytes than its archive says.
type boundedReader struct {
	r    io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, zip.ErrFormat
	}
	return n, err
}
