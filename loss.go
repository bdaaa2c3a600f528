package hadamard

import "github.com/hadamard-go/hadamard/layout"

// Softmax computes, for each row,
//
//	y[i][j] = e^(x[i][j]−m) / Σ e^(x[i][k]−m),   m the greatest element
//
// Y and X have the same shape; Y may be X. A row with a NaN or +Inf is NaN.
func Softmax(y, x layout.Matrix) {
	if !sameShape(&y, &x) {
		panic("hadamard: Softmax: shapes differ")
	}
	if inexactOverlapRows(&y, &x) {
		panic("hadamard: Softmax: Y and X overlap")
	}
	softmax(y, x)
}

// LogSoftmax computes the logarithm of Softmax, row by row, without its
// underflow:
//
//	y[i][j] = (x[i][j]−m) − ln Σ e^(x[i][k]−m),   m the greatest element
//
// Shapes and aliasing as for Softmax.
func LogSoftmax(y, x layout.Matrix) {
	if !sameShape(&y, &x) {
		panic("hadamard: LogSoftmax: shapes differ")
	}
	if inexactOverlapRows(&y, &x) {
		panic("hadamard: LogSoftmax: Y and X overlap")
	}
	logSoftmax(y, x)
}

// LogSoftmaxGrad computes the product of g with the Jacobian of LogSoftmax, row
// by row, from its output Y:
//
//	dst[i][j] = g[i][j] − e^y[i][j]·Σ g[i][k]
//
// flushed to +0 below kernels.FlushProduct. Shapes and aliasing as for
// SoftmaxGrad.
func LogSoftmaxGrad(dst, g, y layout.Matrix) {
	if !sameShape(&dst, &g) || !sameShape(&dst, &y) {
		panic("hadamard: LogSoftmaxGrad: shapes differ")
	}
	if inexactOverlapRows(&dst, &g) || inexactOverlapRows(&dst, &y) {
		panic("hadamard: LogSoftmaxGrad: dst overlaps g or Y")
	}
	logSoftmaxGrad(dst, g, y)
}

// SoftmaxGrad computes the product of g with the Jacobian of Softmax, row by
// row, from its output Y:
//
//	dst[i][j] = y[i][j]·(g[i][j] − Σ g[i][k]·y[i][k])
//
// flushed to +0 below kernels.FlushProduct. All have the same shape; dst may be
// g or Y.
func SoftmaxGrad(dst, g, y layout.Matrix) {
	if !sameShape(&dst, &g) || !sameShape(&dst, &y) {
		panic("hadamard: SoftmaxGrad: shapes differ")
	}
	if inexactOverlapRows(&dst, &g) || inexactOverlapRows(&dst, &y) {
		panic("hadamard: SoftmaxGrad: dst overlaps g or Y")
	}
	softmaxGrad(dst, g, y)
}

// SquaredError computes, for each row, the sum of squared errors and its
// gradient times scale/2:
//
//	loss[i] = Σ (y[i][j]−t[i][j])²
//	dst[i][j] = (y[i][j]−t[i][j])·scale
//
// The mean squared error over m × n elements has scale 2/(m·n). dst, Y and T
// have the same shape, loss an element for each row. dst may be Y; with the
// zero Matrix for dst only the losses are computed.
func SquaredError(loss []float32, dst, y, t layout.Matrix, scale float32) {
	checkLoss(loss, &dst, &y, &t, "hadamard: SquaredError: shapes differ", "hadamard: SquaredError: dst or loss overlaps another argument")
	squaredError(loss, dst, y, t, scale)
}

// SigmoidCrossEntropy computes, for each row of logits z, the binary
// cross-entropy of σ(z), summed over its elements, and its gradient with
// respect to z times scale:
//
//	loss[i] = Σ −t·ln σ(z) − (1−t)·ln(1−σ(z))
//	dst[i][j] = (σ(z[i][j])−t[i][j])·scale
//
// Shapes and aliasing as for SquaredError.
func SigmoidCrossEntropy(loss []float32, dst, z, t layout.Matrix, scale float32) {
	checkLoss(loss, &dst, &z, &t, "hadamard: SigmoidCrossEntropy: shapes differ", "hadamard: SigmoidCrossEntropy: dst or loss overlaps another argument")
	sigmoidCrossEntropy(loss, dst, z, t, scale)
}

// SoftmaxCrossEntropy computes, for each row of logits z, the categorical
// cross-entropy of softmax(z) and its gradient with respect to z times scale:
//
//	loss[i] = −Σ t[i][j]·ln softmax(z[i])[j]
//	dst[i][j] = (softmax(z[i])[j]·Σ t[i] − t[i][j])·scale
//
// dst, z and t have the same shape, loss an element for each row. dst is also
// working memory: it is needed, and may overlap none of the others.
func SoftmaxCrossEntropy(loss []float32, dst, z, t layout.Matrix, scale float32) {
	if !sameShape(&dst, &z) {
		panic("hadamard: SoftmaxCrossEntropy: shapes differ")
	}
	checkLoss(loss, &dst, &z, &t, "hadamard: SoftmaxCrossEntropy: shapes differ", "hadamard: SoftmaxCrossEntropy: dst or loss overlaps another argument")
	if overlap(&dst, &z) {
		panic("hadamard: SoftmaxCrossEntropy: dst overlaps z")
	}
	softmaxCrossEntropy(loss, dst, z, t, scale)
}

// AbsoluteError computes, for each row, the sum of absolute errors and its
// subgradient times scale:
//
//	loss[i] = Σ |y[i][j]−t[i][j]|
//	dst[i][j] = sign(y[i][j]−t[i][j])·scale      sign(0) = 0
//
// The mean absolute error over m × n elements has scale 1/(m·n). Shapes and
// aliasing as for SquaredError.
func AbsoluteError(loss []float32, dst, y, t layout.Matrix, scale float32) {
	checkLoss(loss, &dst, &y, &t, "hadamard: AbsoluteError: shapes differ", "hadamard: AbsoluteError: dst or loss overlaps another argument")
	absoluteError(loss, dst, y, t, scale)
}

// Huber computes, for each row, the sum of Huber's losses of d = y[i][j]−t[i][j],
// squared near 0 and linear from delta on, and its gradient times scale:
//
//	loss[i] = Σ |d| ≤ delta ? ½·d² : delta·(|d|−½·delta)
//	dst[i][j] = d·scale, d clamped to ±delta
//
// delta is positive. Shapes and aliasing as for SquaredError.
//
// Source: P. J. Huber, Ann. Math. Statist. 35(1), 1964.
func Huber(loss []float32, dst, y, t layout.Matrix, delta, scale float32) {
	checkLoss(loss, &dst, &y, &t, "hadamard: Huber: shapes differ", "hadamard: Huber: dst or loss overlaps another argument")
	if !(delta > 0) {
		panic("hadamard: Huber: delta is not positive")
	}
	huber(loss, dst, y, t, delta, scale)
}

// BinaryCrossEntropyProbs computes, for each row of probabilities p, the binary
// cross-entropy, summed over its elements, with logarithms of at least −100, and
// its gradient with respect to p times scale:
//
//	loss[i] = Σ −t·ln p − (1−t)·ln(1−p)
//	dst[i][j] = (p−t)/max(p·(1−p), 10⁻¹²)·scale
//
// From logits, SigmoidCrossEntropy is cheaper and more accurate. Shapes and
// aliasing as for SquaredError.
func BinaryCrossEntropyProbs(loss []float32, dst, p, t layout.Matrix, scale float32) {
	checkLoss(loss, &dst, &p, &t, "hadamard: BinaryCrossEntropyProbs: shapes differ", "hadamard: BinaryCrossEntropyProbs: dst or loss overlaps another argument")
	binaryCrossEntropyProbs(loss, dst, p, t, scale)
}

// CrossEntropyProbs computes, for each row of probabilities p, the categorical
// cross-entropy with logarithms of at least −100, and its gradient with respect
// to p times scale:
//
//	loss[i] = −Σ t[i][j]·ln p[i][j]
//	dst[i][j] = −t[i][j]/max(p[i][j], 10⁻¹²)·scale
//
// From logits, SoftmaxCrossEntropy is cheaper and more accurate. Shapes and
// aliasing as for SquaredError.
func CrossEntropyProbs(loss []float32, dst, p, t layout.Matrix, scale float32) {
	checkLoss(loss, &dst, &p, &t, "hadamard: CrossEntropyProbs: shapes differ", "hadamard: CrossEntropyProbs: dst or loss overlaps another argument")
	crossEntropyProbs(loss, dst, p, t, scale)
}

// checkLoss panics with shapes or overlaps if the arguments of a loss are not
// as SquaredError documents.
func checkLoss(loss []float32, dst, y, t *layout.Matrix, shapes, overlaps string) {
	if !sameShape(y, t) || len(loss) != y.Rows || dst.Data != nil && !sameShape(dst, y) {
		panic(shapes)
	}
	if layout.Overlap(loss, span(y)) || layout.Overlap(loss, span(t)) {
		panic(overlaps)
	}
	if dst.Data != nil && (inexactOverlapRows(dst, y) || overlap(dst, t) || layout.Overlap(span(dst), loss)) {
		panic(overlaps)
	}
}
