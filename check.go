package hadamard

import "github.com/hadamard-go/hadamard/layout"

// inexactOverlap reports whether a and b, of the same length, share memory
// without being the same slice.
func inexactOverlap(a, b []float32) bool {
	return layout.Overlap(a, b) && &a[0] != &b[0]
}

// inexactOverlapRows is inexactOverlap for two matrices of the same shape: they
// may be the same only with the same stride.
func inexactOverlapRows(a, b layout.Matrix) bool {
	return layout.Overlap(a.Span(), b.Span()) && (&a.Data[0] != &b.Data[0] || a.Stride != b.Stride)
}

// sameShape reports whether two matrices are valid and have the same shape.
func sameShape(a, b layout.Matrix) bool {
	return a.Valid() && b.Valid() && a.Rows == b.Rows && a.Cols == b.Cols
}

// overlapAny reports whether a matrix shares memory with one of the vectors.
func overlapAny(m layout.Matrix, vectors ...[]float32) bool {
	for _, v := range vectors {
		if layout.Overlap(m.Span(), v) {
			return true
		}
	}
	return false
}
