package data

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/hadamard-go/hadamard/layout"
)

// This file has what npy and idx files share: numbers of several types, in
// either byte order, read into float32.

// element is the type of the numbers of a file.
type element struct {
	kind byte // 'b', 'i', 'u' or 'f': bool, signed, unsigned, floating point
	size int  // bytes
	big  bool // most significant byte first
}

// decode sets dst to the numbers that src holds. If a float64 is finite and
// beyond float32, it stops and returns its place, else −1.
func (e element) decode(dst []float32, src []byte) int {
	for i := range dst {
		b := src[i*e.size:]
		switch {
		case e.kind == 'f' && e.size == 8:
			v := math.Float64frombits(e.word(b))
			dst[i] = float32(v)
			if math.IsInf(float64(dst[i]), 0) && !math.IsInf(v, 0) {
				return i
			}
		case e.kind == 'f':
			dst[i] = math.Float32frombits(uint32(e.word(b)))
		case e.kind == 'i':
			shift := 64 - 8*e.size
			dst[i] = float32(int64(e.word(b)<<shift) >> shift)
		case e.kind == 'u':
			dst[i] = float32(e.word(b))
		default: // 'b'
			dst[i] = 0
			if b[0] != 0 {
				dst[i] = 1
			}
		}
	}
	return -1
}

// word returns the first size bytes of b as an unsigned number.
func (e element) word(b []byte) uint64 {
	switch e.size {
	case 1:
		return uint64(b[0])
	case 2:
		v := binary.LittleEndian.Uint16(b)
		if e.big {
			v = bits.ReverseBytes16(v)
		}
		return uint64(v)
	case 4:
		v := binary.LittleEndian.Uint32(b)
		if e.big {
			v = bits.ReverseBytes32(v)
		}
		return uint64(v)
	}
	v := binary.LittleEndian.Uint64(b)
	if e.big {
		v = bits.ReverseBytes64(v)
	}
	return v
}

// binaryFile is an npy or idx file, or an array of an npz file.
type binaryFile struct {
	r     io.Reader
	where string // what errors start with, after "data: "
}

// nameOfReader returns the name of r if it has one, else kind.
func nameOfReader(r io.Reader, kind string) string {
	if f, ok := r.(interface{ Name() string }); ok && f.Name() != "" {
		return f.Name()
	}
	return kind
}

func (f binaryFile) errorf(format string, args ...any) error {
	return fmt.Errorf("data: %s: "+format, append([]any{f.where}, args...)...)
}

// head fills p with the next bytes of the header.
func (f binaryFile) head(p []byte) error {
	n, err := io.ReadFull(f.r, p)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return f.errorf("the file ends in its header: it was cut off; copy or save it again: %w", io.ErrUnexpectedEOF)
	}
	if err != nil {
		return f.errorf("reading byte %d of a header: %w", n, err)
	}
	return nil
}

// dims returns an array of that shape as a matrix: its first dimension by all
// the others.
func (f binaryFile) dims(shape []int) (rows, cols int, err error) {
	const limit = math.MaxInt / 16 // so that sizes in bytes are an int
	rows, cols = 1, 1
	for i, n := range shape {
		if i == 0 {
			rows = n
			continue
		}
		if n == 0 {
			return 0, 0, f.errorf("shape %s: the rows are empty", shapeString(shape))
		}
		if cols > limit/n {
			return 0, 0, f.errorf("shape %s: too large for this machine", shapeString(shape))
		}
		cols *= n
	}
	if rows > limit/cols {
		return 0, 0, f.errorf("shape %s: too large for this machine", shapeString(shape))
	}
	return rows, cols, nil
}

// shapeString writes a shape as NumPy does.
func shapeString(shape []int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i, n := range shape {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(n))
	}
	if len(shape) == 1 {
		b.WriteByte(',')
	}
	b.WriteByte(')')
	return b.String()
}

// numbers reads n numbers, which must be the rest of the file. Memory grows with
// what has been read, so that a header alone cannot ask for it.
func (f binaryFile) numbers(n int, e element) ([]float32, error) {
	const chunk = 8 << 10 // numbers
	values := layout.Alloc(min(n, chunk))
	buf := make([]byte, e.size*min(n, chunk))
	for at := 0; at < n; {
		if at == len(values) {
			more := layout.Alloc(min(n, 2*at))
			copy(more, values)
			values = more
		}
		part := values[at:min(at+chunk, len(values))]
		src := buf[:len(part)*e.size]
		got, err := io.ReadFull(f.r, src)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, f.errorf("the file ends after %d of %d numbers: it was cut off; copy or save it again: %w", at+got/e.size, n, io.ErrUnexpectedEOF)
		}
		if err != nil {
			return nil, f.errorf("reading number %d of %d: %w", at+got/e.size, n, err)
		}
		if i := e.decode(part, src); i >= 0 {
			return nil, f.errorf("number %d of %d is %v, beyond float32, which ends at 3.4e38; change the unit",
				at+i, n, math.Float64frombits(e.word(src[i*e.size:])))
		}
		at += len(part)
	}
	var one [1]byte
	switch _, err := io.ReadFull(f.r, one[:]); {
	case err == nil:
		return nil, f.errorf("more bytes follow the %d numbers that the header promises; the file is damaged, or several were joined", n)
	case !errors.Is(err, io.EOF):
		return nil, f.errorf("reading behind the last number: %w", err)
	}
	return values, nil
}

// unpackFree bytes, or unpackRatio for each byte of the file, may a compressed
// file unpack to.
const (
	unpackFree  = 64 << 20
	unpackRatio = 64
)

// unpackLimit returns how many bytes a compressed file of that size may have.
func unpackLimit(size int64) int64 {
	if size > math.MaxInt64/unpackRatio {
		return math.MaxInt64
	}
	return max(unpackFree, unpackRatio*size)
}
