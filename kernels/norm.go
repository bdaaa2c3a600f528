package kernels

// Batch normalisation, in the operations that it is made of. Features are
// columns, and each has one chain of sums, rows in order, as in ColSums.
//
//	forward    ColMoments, InvRoot, then Normalize for each row
//	backward   db = ColSums of dy, dg = ColDots of dy and x̂: the gradients of β, γ;
//	           then NormalizeGrad for each row, with db and dg divided by m
//
// Prediction normalises with running moments instead, or folds them into the
// weights before.
//
// Source: S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network
// training by reducing internal covariate shift", ICML 2015.

// ColMoments sets the mean and the biased variance of each column of the m × n
// matrix x with row stride rsx, in two passes over the rows, i = 0, 1, … m−1:
//
//	mean[j]     = (Σ x[i][j])/m            one chain of additions from +0
//	variance[j] = (Σ h²)/m                 one chain of FMAs from +0
//	h = Flush(x[i][j]−mean[j], FlushProduct)
//
// n is len(mean). m = 0 gives NaN. mean and variance do not overlap x or each
// other.
func ColMoments(mean, variance []float32, m int, x []float32, rsx int) {
	count := float32(m)
	clear(mean)
	ColSums(mean, m, x, rsx)
	for j := range mean {
		mean[j] /= count
	}
	clear(variance[:len(mean)])
	for i := range m {
		row := x[i*rsx:][:len(mean)]
		for j, v := range row {
			h := Flush(v-mean[j], FlushProduct)
			variance[j] = FMA(h, h, variance[j])
		}
	}
	for j := range mean {
		variance[j] /= count
	}
}

// InvRoot sets dst[j] = 1/√(v[j]+eps).
func InvRoot(dst, v []float32, eps float32) {
	for j := range dst {
		dst[j] = 1 / sqrt(v[j]+eps)
	}
}

// Normalize sets, for one row x,
//
//	xhat[j] = Flush((x[j]−mean[j])·inv[j], FlushProduct)
//	y[j]    = fma(gamma[j], xhat[j], beta[j])
//
// y may be xhat, whose values are then lost: y[j] is written last.
func Normalize(y, xhat, x, mean, inv, gamma, beta []float32) {
	for j := range y {
		h := Flush(float32((x[j]-mean[j])*inv[j]), FlushProduct)
		xhat[j] = h
		y[j] = FMA(gamma[j], h, beta[j])
	}
}

// ColDots adds the column sums of the products of two m × n matrices, x with row
// stride rsx and y with rsy, to dst: dst[j] = fma(x[i][j], y[i][j], dst[j]) for
// i = 0, 1, … in this order.
func ColDots(dst []float32, m int, x []float32, rsx int, y []float32, rsy int) {
	for i := range m {
		a, b := x[i*rsx:][:len(dst)], y[i*rsy:][:len(dst)]
		for j := range dst {
			dst[j] = FMA(a[j], b[j], dst[j])
		}
	}
}

// NormalizeGrad is the gradient of Normalize with batch moments, for one row:
//
//	dst[j] = Flush(c[j]·fma(−xhat[j], dg[j], dy[j]−db[j]), FlushProduct)
//
// with, over the m rows of the batch, c = γ·inv, db = (Σ dy)/m and
// dg = (Σ dy·xhat)/m.
func NormalizeGrad(dst, dy, xhat, c, db, dg []float32) {
	for j := range dst {
		dst[j] = Flush(float32(c[j]*FMA(-xhat[j], dg[j], dy[j]-db[j])), FlushProduct)
	}
}
