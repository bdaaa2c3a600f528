package layout

import (
	"math"
	"unsafe"
)

// Align is the alignment in bytes of all memory that this package hands out:
// one cache line, one AVX-512 register. A panel that straddles lines costs a
// matrix–vector product half its speed.
const Align = 64

// Alloc returns n zeros whose first element is aligned to Align bytes. The
// capacity is n.
func Alloc(n int) []float32 {
	const pad = Align/4 - 1
	buf := make([]float32, n+pad)
	off := int(-uintptr(unsafe.Pointer(unsafe.SliceData(buf))) % Align / 4)
	return buf[off : off+n : off+n]
}

// Pad returns n rounded up to a multiple of Width, the length of a row in
// memory that kernels may read and write in whole vectors. n is at most
// math.MaxInt − Width.
func Pad(n int) int { return (n + Width - 1) / Width * Width }

// Arena hands out parts of one aligned allocation, so that everything a
// network, its gradients or a session needs lies together and is released
// together. It is planned in two passes over the same sequence of Take calls:
// in the first, on the zero Arena, Take only counts; Build then allocates; and
// in the second Take returns memory.
//
//	var a layout.Arena
//	plan(&a)    // every Take returns nil
//	a.Build()
//	plan(&a)    // every Take returns its part
type Arena struct {
	mem  []float32
	next int
}

// Take returns the next n elements, zero, aligned to Align bytes; or nil while
// the arena is being planned. It panics if n is negative, if the sum
// overflows, or when the second pass asks for more than the first.
func (a *Arena) Take(n int) []float32 {
	at := a.next
	if n < 0 || n > math.MaxInt-Width-at {
		panic("layout: Arena.Take: negative, or too many elements")
	}
	a.next += Pad(n)
	if a.mem == nil {
		return nil
	}
	if a.next > len(a.mem) {
		panic("layout: Arena.Take: more than was planned")
	}
	return a.mem[at : at+n : at+n]
}

// TakeMatrix is Take for a rows × cols matrix whose rows are padded to
// Pad(cols) elements.
func (a *Arena) TakeMatrix(rows, cols int) Matrix {
	if cols > math.MaxInt-Width {
		panic("layout: Arena.Take: negative, or too many elements")
	}
	stride := Pad(cols)
	n, ok := product(rows, stride)
	if !ok {
		panic("layout: Arena.Take: negative, or too many elements")
	}
	return Matrix{Data: a.Take(n), Rows: rows, Cols: cols, Stride: stride}
}

// Build allocates what was counted and starts the second pass.
func (a *Arena) Build() {
	a.mem = Alloc(max(a.next, 1))
	a.next = 0
}
