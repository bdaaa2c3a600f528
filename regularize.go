package hadamard

import (
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Dropout sets elements to zero at random and scales the others,
//
//	dst[i][j] = x[i][j] · (draw at + i·Cols + j of r < threshold ? 0 : scale)
//
// For a probability p of dropping, threshold is p·2³² and scale 1/(1−p). The
// same call with the gradient for x is the backward pass: the mask is a function
// of r and at. A batch in parts has the mask of the whole, if each part starts at
// the draw of its first element.
//
// dst and x have the same shape; dst may be x.
//
// Source: N. Srivastava et al., JMLR 15, 2014; r: kernels.Philox.
func Dropout(dst, x layout.Matrix, r kernels.Philox, at uint64, threshold uint32, scale float32) {
	if !sameShape(&dst, &x) {
		panic("hadamard: Dropout: shapes differ")
	}
	if inexactOverlapRows(&dst, &x) {
		panic("hadamard: Dropout: dst and x overlap")
	}
	for i := range x.Rows {
		dropout(dst.Row(i), x.Row(i), r, at+uint64(i)*uint64(x.Cols), threshold, scale)
	}
}

// Clip computes dst[i], x[i] clamped to [−bound, bound]; NaN passes.
// bound is not negative. dst and x have the same length; dst may be x.
func Clip(dst, x []float32, bound float32) {
	if len(dst) != len(x) {
		panic("hadamard: Clip: lengths differ")
	}
	if !(bound >= 0) {
		panic("hadamard: Clip: bound is negative or NaN")
	}
	if inexactOverlap(dst, x) {
		panic("hadamard: Clip: dst and x overlap")
	}
	clip(dst, x, bound)
}

// AddSign computes y[i] = y[i] + alpha·sign(x[i]), sign(0) = 0: with gradients y
// and weights x it adds the subgradient of an L1 penalty alpha·Σ|x[i]|.
// x and y have the same length; y may be x.
//
// Source: R. Tibshirani, J. Royal Statist. Soc. B 58(1), 1996.
func AddSign(y []float32, alpha float32, x []float32) {
	if len(x) != len(y) {
		panic("hadamard: AddSign: lengths differ")
	}
	if inexactOverlap(y, x) {
		panic("hadamard: AddSign: x and y overlap")
	}
	addSign(y, alpha, x)
}

// SumSquares returns Σ x[i]², in 16 partial results (package kernels), elements
// below kernels.FlushProduct counting as 0.
func SumSquares(x []float32) float32 { return sumSquares(x) }

// MaxNorm scales each column of the weights W whose Euclidean norm is greater
// than bound down to it: what goes into one unit. Biases stay. The result is
// flushed to +0 below kernels.FlushProduct; a column with a NaN stays as it is.
// bound is not negative.
//
// Source: N. Srebro, J. Rennie, T. Jaakkola, NIPS 2004; N. Srivastava et al.,
// JMLR 15, 2014.
func MaxNorm(w layout.Panels, bound float32) {
	if !w.Valid() {
		panic("hadamard: MaxNorm: panels not valid")
	}
	if !(bound >= 0) {
		panic("hadamard: MaxNorm: bound is negative or NaN")
	}
	for p := range w.Count() {
		maxNorm(w.Panel(p)[layout.Width:], bound)
	}
}
