package hadamard

import "github.com/hadamard-go/hadamard/layout"

// ColMoments computes the mean and the biased variance of each column of x, in
// two passes over the rows:
//
//	mean[j]     = (Σ x[i][j])/m
//	variance[j] = (Σ (x[i][j]−mean[j])²)/m
//
//	x  m × n
//
// mean and variance have n elements; they and x do not overlap. Without rows
// they become NaN.
//
// Source: S. Ioffe, C. Szegedy, ICML 2015, for this and the other operations of
// batch normalisation: InvRoot, Normalize, ColDots, NormalizeGrad.
func ColMoments(mean, variance []float32, x layout.Matrix) {
	if !x.Valid() || len(mean) != x.Cols || len(variance) != x.Cols {
		panic("hadamard: ColMoments: shapes differ")
	}
	if layout.Overlap(mean, x.Span()) || layout.Overlap(variance, x.Span()) || layout.Overlap(mean, variance) {
		panic("hadamard: ColMoments: arguments overlap")
	}
	if x.Cols > 0 {
		colMoments(mean, variance, x.Rows, x.Data, x.Stride)
	}
}

// InvRoot computes dst[j] = 1/√(v[j]+eps).
// dst and v have the same length; dst may be v.
func InvRoot(dst, v []float32, eps float32) {
	if len(dst) != len(v) {
		panic("hadamard: InvRoot: lengths differ")
	}
	if inexactOverlap(dst, v) {
		panic("hadamard: InvRoot: dst and v overlap")
	}
	invRoot(dst, v, eps)
}

// Normalize computes the normalised x̂ and its affine image, row by row:
//
//	xhat[i][j] = (x[i][j]−mean[j])·inv[j]
//	y[i][j]    = gamma[j]·xhat[i][j] + beta[j]
//
// x̂ is flushed to +0 below kernels.FlushProduct. y, xhat and x have the same
// shape m × n, the others n elements. y and xhat may be x; y may be xhat, whose
// values are then lost.
func Normalize(y, xhat, x layout.Matrix, mean, inv, gamma, beta []float32) {
	n := x.Cols
	if !sameShape(&y, &x) || !sameShape(&xhat, &x) || len(mean) != n || len(inv) != n || len(gamma) != n || len(beta) != n {
		panic("hadamard: Normalize: shapes differ")
	}
	if inexactOverlapRows(&y, &x) || inexactOverlapRows(&xhat, &x) || inexactOverlapRows(&y, &xhat) ||
		overlapAny(&y, mean, inv, gamma, beta) || overlapAny(&xhat, mean, inv, gamma, beta) {
		panic("hadamard: Normalize: y or xhat overlaps another argument")
	}
	for i := range x.Rows {
		normalize(y.Row(i), xhat.Row(i), x.Row(i), mean, inv, gamma, beta)
	}
}

// ColDots computes dst[j] = Σ x[i][j]·y[i][j], the rows added in order, or with
// accumulate dst[j] = dst[j] + Σ x[i][j]·y[i][j]: adding the rows in several
// calls gives the same bits as in one.
// x and y have the same shape, dst an element for each column; dst does not
// overlap them.
func ColDots(dst []float32, x, y layout.Matrix, accumulate bool) {
	if !sameShape(&x, &y) || len(dst) != x.Cols {
		panic("hadamard: ColDots: shapes differ")
	}
	if layout.Overlap(dst, x.Span()) || layout.Overlap(dst, y.Span()) {
		panic("hadamard: ColDots: dst overlaps x or y")
	}
	if !accumulate {
		clear(dst)
	}
	if x.Cols > 0 {
		colDots(dst, x.Rows, x.Data, x.Stride, y.Data, y.Stride)
	}
}

// NormalizeGrad computes the gradient of Normalize with the moments of the batch
// itself, row by row, from its x̂:
//
//	dst[i][j] = c[j]·((dy[i][j]−db[j]) − xhat[i][j]·dg[j])
//
//	c = gamma·inv,   db = (Σ dy)/m,   dg = (Σ dy·xhat)/m   over the rows
//
// flushed to +0 below kernels.FlushProduct. dst, dy and xhat have the same shape
// m × n, the others n elements; dst may be dy or xhat.
func NormalizeGrad(dst, dy, xhat layout.Matrix, c, db, dg []float32) {
	n := dst.Cols
	if !sameShape(&dst, &dy) || !sameShape(&dst, &xhat) || len(c) != n || len(db) != n || len(dg) != n {
		panic("hadamard: NormalizeGrad: shapes differ")
	}
	if inexactOverlapRows(&dst, &dy) || inexactOverlapRows(&dst, &xhat) || overlapAny(&dst, c, db, dg) {
		panic("hadamard: NormalizeGrad: dst overlaps another argument")
	}
	for i := range dst.Rows {
		normalizeGrad(dst.Row(i), dy.Row(i), xhat.Row(i), c, db, dg)
	}
}
