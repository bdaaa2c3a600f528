package hadamard

import (
	"math"
	"math/bits"

	"github.com/hadamard-go/hadamard/layout"
)

// inexactOverlap reports whether a and b, of the same length, share memory
// without being the same slice.
func inexactOverlap(a, b []float32) bool {
	return layout.Overlap(a, b) && &a[0] != &b[0]
}

// The checks of matrices take pointers, and say again what methods of Matrix
// say: for those the compiler copies a structure of six words, in pieces of two
// that wait for what was stored one by one.

// valid is m.Valid().
func valid(m *layout.Matrix) bool {
	if m.Rows < 0 || m.Cols < 0 || m.Stride < m.Cols {
		return false
	}
	if m.Rows == 0 {
		return true
	}
	last := len(m.Data) - m.Cols
	high, low := bits.Mul64(uint64(m.Rows-1), uint64(m.Stride))
	return last >= 0 && high == 0 && low <= uint64(last)
}

// validPanels is w.Valid().
func validPanels(w *layout.Panels) bool {
	if w.K < 0 || w.N < 0 || w.N > math.MaxInt-layout.Width {
		return false
	}
	padded := uint64(w.N+layout.Width-1) &^ (layout.Width - 1)
	high, low := bits.Mul64(padded, uint64(w.K)+1)
	return high == 0 && low == uint64(len(w.Data))
}

// span is m.Span().
func span(m *layout.Matrix) []float32 {
	if m.Rows == 0 || m.Cols == 0 {
		return nil
	}
	return m.Data[:(m.Rows-1)*m.Stride+m.Cols]
}

// overlap reports whether two valid matrices share memory.
func overlap(a, b *layout.Matrix) bool { return layout.Overlap(span(a), span(b)) }

// inexactOverlapRows is inexactOverlap for two matrices of the same shape: they
// may be the same only with the same stride.
func inexactOverlapRows(a, b *layout.Matrix) bool {
	return overlap(a, b) && (&a.Data[0] != &b.Data[0] || a.Stride != b.Stride)
}

// sameShape reports whether two matrices are valid and have the same shape.
func sameShape(a, b *layout.Matrix) bool {
	return valid(a) && valid(b) && a.Rows == b.Rows && a.Cols == b.Cols
}

// overlapAny reports whether a matrix shares memory with one of the vectors.
func overlapAny(m *layout.Matrix, vectors ...[]float32) bool {
	for _, v := range vectors {
		if layout.Overlap(span(m), v) {
			return true
		}
	}
	return false
}
