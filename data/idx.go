package data

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/hadamard-go/hadamard/layout"
)

// LoadIDX is ReadIDX for a file.
func LoadIDX(path string) (m layout.Matrix, shape []int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return layout.Matrix{}, nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	return ReadIDX(f)
}

// ReadIDX reads an idx file, the format of MNIST: an array of numbers and its
// shape. m has a row for each index of the first dimension, with all the others
// in it: 60000 images of 28 × 28 are a matrix of 60000 × 784 and the shape
// [60000 28 28]; labels are one column.
//
//	bytes           meaning, most significant byte first
//	0–1             0
//	2               type: 8 uint8, 9 int8, 11 int16, 12 int32, 13 float32, 14 float64
//	3               d, the number of dimensions
//	4–4d+3          the shape, each uint32
//	from 4d+4       the numbers, the last index fastest
//
// A file that gzip packed is unpacked. Numbers become float32 as in ReadNPY:
// int32 is rounded, a finite float64 beyond float32 is an error. So are
// another type, a file that is cut off, and one that goes on; errors have the
// name of r if it is an *os.File or has another Name method.
//
// Memory: 4 bytes a number, at most twice that while reading, whatever the
// header says. A packed file may unpack to 64 MiB, or to 64 times its size.
func ReadIDX(r io.Reader) (m layout.Matrix, shape []int, err error) {
	in := &countReader{r: r}
	buf := bufio.NewReaderSize(in, 64<<10)
	f := binaryFile{buf, nameOfReader(r, "idx")}
	// An error here comes again when the header is read.
	if magic, _ := buf.Peek(2); len(magic) == 2 && magic[0] == 0x1F && magic[1] == 0x8B {
		z, err := gzip.NewReader(buf)
		if err != nil {
			return layout.Matrix{}, nil, f.errorf("unpacking: %w", err)
		}
		f.r = &unpacker{r: z, in: in}
	}
	var e element
	if e, shape, err = f.idxHeader(); err != nil {
		return layout.Matrix{}, nil, err
	}
	rows, cols, err := f.dims(shape)
	if err != nil {
		return layout.Matrix{}, nil, err
	}
	values, err := f.numbers(rows*cols, e)
	if err != nil {
		return layout.Matrix{}, nil, err
	}
	return layout.MatrixOf(values, rows, cols), shape, nil
}

// idxHeader reads type and shape.
func (f binaryFile) idxHeader() (e element, shape []int, err error) {
	var word [4]byte
	if err := f.head(word[:]); err != nil {
		return element{}, nil, err
	}
	if word[0] != 0 || word[1] != 0 {
		return element{}, nil, f.errorf("this is no idx file: it does not start with two zero bytes")
	}
	switch word[2] {
	case 0x08:
		e = element{'u', 1, true}
	case 0x09:
		e = element{'i', 1, true}
	case 0x0B:
		e = element{'i', 2, true}
	case 0x0C:
		e = element{'i', 4, true}
	case 0x0D:
		e = element{'f', 4, true}
	case 0x0E:
		e = element{'f', 8, true}
	default:
		return element{}, nil, f.errorf("type 0x%02X is unknown: this is no idx file, or a damaged one", word[2])
	}
	shape = make([]int, word[3])
	if len(shape) == 0 {
		return element{}, nil, f.errorf("the array has no dimensions; one or more are needed")
	}
	for i := range shape {
		if err := f.head(word[:]); err != nil {
			return element{}, nil, err
		}
		n := binary.BigEndian.Uint32(word[:])
		if uint64(n) > math.MaxInt {
			return element{}, nil, f.errorf("dimension %d is %d, too large for this machine", i, n)
		}
		shape[i] = int(n)
	}
	return e, shape, nil
}

// countReader counts the bytes that went through.
type countReader struct {
	r io.Reader
	n int64
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// unpacker fails once a file unpacks to too much.
type unpacker struct {
	r   io.Reader
	in  *countReader
	out int64
}

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if u.out += int64(n); u.out > unpackLimit(u.in.n) {
		return 0, fmt.Errorf("the file unpacks to more than %d MiB, %d times its size; if that is right, unpack it first",
			unpackLimit(u.in.n)>>20, unpackRatio)
	}
	return n, err
}

// LoadMNIST reads images and their labels from two idx files, packed by gzip or
// not, as those of MNIST, Fashion-MNIST, Kuzushiji-MNIST and EMNIST are.
//
//	d, err := data.LoadMNIST("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", data.ArrayOptions{})
//
// X has a row for each image, of 784 pixels from 0 to 255 in MNIST (a Scaler
// whose every Scale is 1/255 maps them to [0, 1]); Y is one-hot. opt is that of
// FromArrays, but that Auto means Multiclass: to score a model on other files,
// set Classes to the model's. Memory of MNIST's training part: 190 MB.
func LoadMNIST(images, labels string, opt ArrayOptions) (*Dataset, error) {
	x, _, err := LoadIDX(images)
	if err != nil {
		return nil, err
	}
	y, shape, err := LoadIDX(labels)
	if err != nil {
		return nil, err
	}
	if len(shape) != 1 {
		return nil, fmt.Errorf("data: %s: labels have one dimension, this file has shape %s; images come first", labels, shapeString(shape))
	}
	if x.Rows != y.Rows {
		return nil, fmt.Errorf("data: %s has %s, %s has %s; they do not belong together", images, count(x.Rows, "row"), labels, count(y.Rows, "row"))
	}
	if opt.Task == Auto {
		opt.Task = Multiclass
	}
	return FromArrays(x, y, opt)
}
