// Package safetensors reads and writes the safetensors file format, the
// simple container for named arrays that PyTorch, NumPy and others share.
//
//	0        8           8+n
//	┌────────┬───────────┬──────────────────────────────────────────────┐
//	│ n, u64 │ header    │ data: the tensors one after the other, little│
//	│ little │ n bytes of│ endian, row-major, without holes or overlap  │
//	│ endian │ JSON      │                                              │
//	└────────┴───────────┴──────────────────────────────────────────────┘
//
// The header is one JSON object, blank-padded at its end:
//
//	{"__metadata__": {"any": "text"},
//	 "layers.0.weight": {"dtype": "F32", "shape": [9, 5], "data_offsets": [0, 180]}, …}
//
// with offsets in bytes from the start of the data.
//
// The reader trusts nothing in a file: it checks every length before it uses
// it, takes memory in proportion to the file's size whatever the file claims,
// and answers every fault with an error that names the tensor, the fault and
// the remedy. What it returns is consistent: shapes, offsets and data agree.
//
// Source: github.com/huggingface/safetensors, format section of its README.
package safetensors

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"
)

// Limits of the reader and of the writer.
const (
	maxHeader = 100_000_000 // bytes, the format's own limit
	maxRank   = 64          // dimensions of a tensor, PyTorch's limit
)

// metadataKey is the header's only key that does not name a tensor.
const metadataKey = "__metadata__"

// File is a parsed file. It may be read by any number of goroutines.
type File struct {
	Metadata map[string]string // free text beside the tensors; nil if there is none

	tensors []Tensor
	index   map[string]int // name → place in tensors
}

// Names returns the names of the tensors in the order of their data.
func (f *File) Names() []string {
	names := make([]string, len(f.tensors))
	for i, t := range f.tensors {
		names[i] = t.Name
	}
	return names
}

// Tensor returns the tensor of that name, and whether there is one.
func (f *File) Tensor(name string) (Tensor, bool) {
	i, ok := f.index[name]
	if !ok {
		return Tensor{}, false
	}
	return f.tensors[i], true
}

// Tensor is one array of a File. Shape and Data belong to the File and are
// not to be changed.
type Tensor struct {
	Name  string
	DType string // F64 F32 F16 BF16, I64 I32 I16 I8, U64 U32 U16 U8, BOOL
	Shape []int  // none for a scalar
	Data  []byte // Len() elements, little endian, row-major
}

// Len returns the number of elements, the product of Shape: 1 for a scalar.
func (t Tensor) Len() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// Float32s copies the elements to dst, bit for bit.
// It is an error if t is not F32 or len(dst) is not t.Len(); dst is then left
// as it was.
func (t Tensor) Float32s(dst []float32) error {
	if t.DType != "F32" {
		return fmt.Errorf("safetensors: tensor %s is %s, and F32 is needed: convert it before saving", quote(t.Name), t.DType)
	}
	if len(dst) != t.Len() || len(t.Data) != 4*len(dst) {
		return fmt.Errorf("safetensors: tensor %s: shape %v holds %d elements, and %d are needed", quote(t.Name), t.Shape, t.Len(), len(dst))
	}
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
	}
	return nil
}

// Float64s returns the elements of an F64 or F32 tensor; both are exact.
// It is an error if t is of another type.
func (t Tensor) Float64s() ([]float64, error) {
	switch t.DType {
	case "F32":
		v := make([]float64, len(t.Data)/4)
		for i := range v {
			v[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:])))
		}
		return v, nil
	case "F64":
		v := make([]float64, len(t.Data)/8)
		for i := range v {
			v[i] = math.Float64frombits(binary.LittleEndian.Uint64(t.Data[8*i:]))
		}
		return v, nil
	}
	return nil, fmt.Errorf("safetensors: tensor %s is %s, and F32 or F64 is needed: convert it before saving", quote(t.Name), t.DType)
}

// dtypes lists the known element types and their sizes in bytes.
var dtypes = []struct {
	name string
	size int
}{
	{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2},
	{"I64", 8}, {"I32", 4}, {"I16", 2}, {"I8", 1},
	{"U64", 8}, {"U32", 4}, {"U16", 2}, {"U8", 1},
	{"BOOL", 1},
}

// byteLen returns size times the product of shape, and whether the shape's
// dimensions are not negative and neither product overflows an int.
func byteLen(shape []int, size int) (n int, ok bool) {
	n = 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > math.MaxInt/d {
			return 0, false
		}
		n *= d
	}
	if n > math.MaxInt/size {
		return 0, false
	}
	return n * size, true
}

// quote returns s, or as much of a long s as fits into a message, in quotes.
func quote(s string) string {
	const most = 80
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	cut := most
	for cut > most-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return fmt.Sprintf("%q… (%d bytes)", s[:cut], len(s))
}
