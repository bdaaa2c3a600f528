package data

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/hadamard-go/hadamard/layout"
)

const npyMagic = "\x93NUMPY"

// LoadNPY is ReadNPY for a file.
func LoadNPY(path string) (layout.Matrix, error) {
	f, err := os.Open(path)
	if err != nil {
		return layout.Matrix{}, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	return ReadNPY(f)
}

// ReadNPY reads an array that numpy.save wrote.
//
//	shape          matrix
//	(n, k)         n × k
//	(n,)           n × 1
//	(n, k, l, …)   n × k·l·…, each row as numpy.ravel gives it
//	()             1 × 1
//
// Numbers are float32 or float64, integers of 1, 2, 4 or 8 bytes, or booleans
// (0 and 1), in either byte order, in C or Fortran order; formats 1.0, 2.0 and
// 3.0. Each is rounded to float32; integers beyond ±2²⁴ may change by that. NaN
// and infinities stay. A finite float64 beyond float32 is an error.
//
// Other types (text, objects, complex numbers, structures, float16), a damaged
// file, and bytes after the array are errors, with the name of r if it is an
// *os.File or has another Name method. Failures to read are wrapped.
//
// Memory: 4 bytes a number, at most twice that while reading, whatever the
// header says.
func ReadNPY(r io.Reader) (layout.Matrix, error) {
	return readNPY(binaryFile{r, nameOfReader(r, "npy")})
}

func readNPY(f binaryFile) (layout.Matrix, error) {
	h, err := f.npyHeader()
	if err != nil {
		return layout.Matrix{}, err
	}
	rows, cols, err := f.dims(h.shape)
	if err != nil {
		return layout.Matrix{}, err
	}
	values, err := f.numbers(rows*cols, h.element)
	if err != nil {
		return layout.Matrix{}, err
	}
	if h.fortran && len(h.shape) > 1 {
		return fromFortran(values, h.shape, rows, cols), nil
	}
	return layout.MatrixOf(values, rows, cols), nil
}

// fromFortran returns an array whose first index varies fastest as a matrix.
func fromFortran(values []float32, shape []int, rows, cols int) layout.Matrix {
	m := layout.NewMatrix(rows, cols)
	index := make([]int, len(shape)) // of the column, as it is in values
	for from := 0; from < len(values); from += rows {
		c := 0
		for k := 1; k < len(shape); k++ {
			c = c*shape[k] + index[k]
		}
		for i, v := range values[from : from+rows] {
			m.Data[i*cols+c] = v
		}
		for k := 1; k < len(shape); k++ {
			if index[k]++; index[k] < shape[k] {
				break
			}
			index[k] = 0
		}
	}
	return m
}

// npyHeader reads what comes before the numbers.
func (f binaryFile) npyHeader() (npyHeader, error) {
	var start [12]byte
	if err := f.head(start[:len(npyMagic)]); err != nil {
		return npyHeader{}, err
	}
	if magic := start[:len(npyMagic)]; string(magic) != npyMagic {
		switch {
		case bytes.HasPrefix(magic, []byte("PK\x03\x04")):
			return npyHeader{}, f.errorf("this is a ZIP archive; if it is an npz file, read it with LoadNPZ")
		case bytes.HasPrefix(magic, []byte("\x1F\x8B")):
			return npyHeader{}, f.errorf("this is a gzip file; unpack it first")
		}
		return npyHeader{}, f.errorf(`this is no npy file: it does not start with %q; write it with numpy.save`, npyMagic)
	}
	if err := f.head(start[6:10]); err != nil {
		return npyHeader{}, err
	}
	size := int64(binary.LittleEndian.Uint16(start[8:]))
	switch major, minor := start[6], start[7]; {
	case major == 1 && minor == 0:
	case (major == 2 || major == 3) && minor == 0:
		if err := f.head(start[10:]); err != nil {
			return npyHeader{}, err
		}
		size = int64(binary.LittleEndian.Uint32(start[8:]))
	default:
		return npyHeader{}, f.errorf("format %d.%d is unknown; 1.0, 2.0 and 3.0 can be read: write it with numpy.save", major, minor)
	}
	if size > math.MaxUint16 {
		return npyHeader{}, f.errorf("the header has %d bytes, too many for an array of numbers", size)
	}
	text := make([]byte, size)
	if err := f.head(text); err != nil {
		return npyHeader{}, err
	}
	h, err := parseNPYHeader(string(text))
	if err != nil {
		return npyHeader{}, f.errorf("%w", err)
	}
	return h, nil
}

// WriteNPY writes m as numpy.save writes a float32 array of two dimensions in
// C order (format 1.0, little endian): numpy.load reads it, and ReadNPY returns
// the same bits. Padding of rows is left out. The only errors are those of w,
// wrapped. It panics if m is not valid.
func WriteNPY(w io.Writer, m layout.Matrix) error {
	if !m.Valid() {
		panic("data: WriteNPY: the matrix is not valid")
	}
	text := fmt.Appendf(nil, "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", m.Rows, m.Cols)
	for (len(npyMagic)+4+len(text)+1)%64 != 0 {
		text = append(text, ' ')
	}
	text = append(text, '\n')
	const chunk = 64 << 10
	buf := append(make([]byte, 0, chunk+4), npyMagic+"\x01\x00"...)
	buf = binary.LittleEndian.AppendUint16(buf, uint16(len(text)))
	buf = append(buf, text...)
	if m.Cols > 0 {
		for i := range m.Rows {
			for _, v := range m.Row(i) {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
				if len(buf) >= chunk {
					if _, err := w.Write(buf); err != nil {
						return fmt.Errorf("data: writing npy: %w", err)
					}
					buf = buf[:0]
				}
			}
		}
	}
	if _, err := w.Write(buf); err != nil {
		return fmt.Errorf("data: writing npy: %w", err)
	}
	return nil
}
