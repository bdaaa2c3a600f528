package hadamard

import "github.com/hadamard-go/hadamard/layout"

// Mul computes the Hadamard product dst[i] = x[i]·y[i].
// All have the same length; dst may be x or y.
func Mul(dst, x, y []float32) {
	if len(dst) != len(x) || len(dst) != len(y) {
		panic("hadamard: Mul: lengths differ")
	}
	if inexactOverlap(dst, x) || inexactOverlap(dst, y) {
		panic("hadamard: Mul: dst overlaps x or y")
	}
	mul(dst, x, y)
}

// Add computes dst[i] = x[i] + y[i].
// All have the same length; dst may be x or y.
func Add(dst, x, y []float32) {
	if len(dst) != len(x) || len(dst) != len(y) {
		panic("hadamard: Add: lengths differ")
	}
	if inexactOverlap(dst, x) || inexactOverlap(dst, y) {
		panic("hadamard: Add: dst overlaps x or y")
	}
	add(dst, x, y)
}

// Scale computes dst[i] = alpha·x[i].
// dst and x have the same length; dst may be x.
func Scale(dst []float32, alpha float32, x []float32) {
	if len(dst) != len(x) {
		panic("hadamard: Scale: lengths differ")
	}
	if inexactOverlap(dst, x) {
		panic("hadamard: Scale: dst and x overlap")
	}
	scale(dst, alpha, x)
}

// Axpy computes y[i] = alpha·x[i] + y[i], rounded once.
// x and y have the same length; y may be x.
//
// Source: saxpy of Lawson et al., ACM TOMS 5(3), 1979.
func Axpy(y []float32, alpha float32, x []float32) {
	if len(x) != len(y) {
		panic("hadamard: Axpy: lengths differ")
	}
	if inexactOverlap(y, x) {
		panic("hadamard: Axpy: x and y overlap")
	}
	axpy(y, alpha, x)
}

// ShiftScale computes dst[i][j] = (x[i][j] − shift[j])·scale[j], the input
// scaler of a model.
// dst and x have the same shape m × n, shift and scale n elements; dst may be
// x.
func ShiftScale(dst, x layout.Matrix, shift, scale []float32) {
	if !sameShape(&dst, &x) || len(shift) != x.Cols || len(scale) != x.Cols {
		panic("hadamard: ShiftScale: shapes differ")
	}
	if inexactOverlapRows(&dst, &x) || layout.Overlap(dst.Span(), shift) || layout.Overlap(dst.Span(), scale) {
		panic("hadamard: ShiftScale: dst overlaps x, shift or scale")
	}
	for i := range x.Rows {
		shiftScale(dst.Row(i), x.Row(i), shift, scale)
	}
}

// Dot returns Σ x[i]·y[i], in 16 partial results (package kernels).
// x and y have the same length.
func Dot(x, y []float32) float32 {
	if len(x) != len(y) {
		panic("hadamard: Dot: lengths differ")
	}
	return dot(x, y)
}

// Sum returns Σ x[i], in 16 partial results (package kernels).
func Sum(x []float32) float32 { return sum(x) }

// RowMax computes dst[i], the greatest element of row i of x: NaN if the row
// has a NaN, −Inf if it is empty, +0 for a greatest zero of either sign.
// dst has an element for each row and does not overlap x.
func RowMax(dst []float32, x layout.Matrix) {
	if !x.Valid() || len(dst) != x.Rows {
		panic("hadamard: RowMax: shapes differ")
	}
	if layout.Overlap(dst, x.Span()) {
		panic("hadamard: RowMax: dst and x overlap")
	}
	rowMax(dst, x.Cols, x.Data, x.Stride)
}

// ColSums computes dst[j] = Σ x[i][j], the rows added in order, or with
// accumulate dst[j] = dst[j] + Σ x[i][j]: adding the rows in several calls
// gives the same bits as in one.
// dst has an element for each column and does not overlap x.
func ColSums(dst []float32, x layout.Matrix, accumulate bool) {
	if !x.Valid() || len(dst) != x.Cols {
		panic("hadamard: ColSums: shapes differ")
	}
	if layout.Overlap(dst, x.Span()) {
		panic("hadamard: ColSums: dst and x overlap")
	}
	if !accumulate {
		clear(dst)
	}
	if x.Cols > 0 {
		colSums(dst, x.Rows, x.Data, x.Stride)
	}
}

// Flush computes dst[i] = |x[i]| < bound ? +0 : x[i], which keeps subnormal
// numbers out of later arithmetic (kernels.FlushProduct, kernels.FlushState).
// NaN passes. dst and x have the same length; dst may be x.
func Flush(dst, x []float32, bound float32) {
	if len(dst) != len(x) {
		panic("hadamard: Flush: lengths differ")
	}
	if inexactOverlap(dst, x) {
		panic("hadamard: Flush: dst and x overlap")
	}
	flush(dst, x, bound)
}
