package hadamard

import (
	"unsafe"

	"github.com/hadamard-go/hadamard/layout"
)

// overlap reports whether a and b share memory.
func overlap(a, b []float32) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	pa, pb := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return pa < pb+uintptr(len(b))*4 && pb < pa+uintptr(len(a))*4
}

// inexactOverlap reports whether a and b, of the same length, share memory
// without being the same slice.
func inexactOverlap(a, b []float32) bool {
	return overlap(a, b) && &a[0] != &b[0]
}

// inexactOverlapRows is inexactOverlap for two matrices of the same shape: they
// may be the same only with the same stride.
func inexactOverlapRows(a, b layout.Matrix) bool {
	return overlap(span(a), span(b)) && (&a.Data[0] != &b.Data[0] || a.Stride != b.Stride)
}

// span returns the memory from the first to the last element of a valid matrix.
func span(m layout.Matrix) []float32 {
	if m.Rows == 0 || m.Cols == 0 {
		return nil
	}
	return m.Data[:(m.Rows-1)*m.Stride+m.Cols]
}

// sameShape reports whether two matrices are valid and have the same shape.
func sameShape(a, b layout.Matrix) bool {
	return a.Valid() && b.Valid() && a.Rows == b.Rows && a.Cols == b.Cols
}
