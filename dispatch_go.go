//go:build !amd64 || !gc || purego

package hadamard

import (
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// This file is the level go: each operation, its arguments checked, as the
// specification computes it.

func activate(dst, x []float32, act Activation, flush float32) {
	kernels.Activate(dst, x, act, flush)
}
func activateGrad(dst, g, y []float32, act Activation) { kernels.ActivateGrad(dst, g, y, act) }
func exp(dst, x []float32)                             { kernels.ExpSlice(dst, x) }
func log(dst, x []float32)                             { kernels.LogSlice(dst, x) }

func mul(dst, x, y []float32)                           { kernels.Mul(dst, x, y) }
func add(dst, x, y []float32)                           { kernels.Add(dst, x, y) }
func scale(dst []float32, a float32, x []float32)       { kernels.Scale(dst, a, x) }
func axpy(y []float32, a float32, x []float32)          { kernels.Axpy(y, a, x) }
func shiftScale(dst, x, shift, scale []float32)         { kernels.ShiftScale(dst, x, shift, scale) }
func dot(x, y []float32) float32                        { return kernels.Dot(x, y) }
func sum(x []float32) float32                           { return kernels.Sum(x) }
func rowMax(dst []float32, n int, x []float32, rsx int) { kernels.RowMax(dst, n, x, rsx) }
func colSums(dst []float32, m int, x []float32, rsx int) {
	kernels.ColSums(dst, m, x, rsx)
}

func flush(dst, x []float32, bound float32) { kernels.FlushSlice(dst, x, bound) }

func softmax(y, x layout.Matrix)             { softmaxGo(y, x) }
func logSoftmax(y, x layout.Matrix)          { logSoftmaxGo(y, x) }
func softmaxGrad(dst, g, y layout.Matrix)    { softmaxGradGo(dst, g, y) }
func logSoftmaxGrad(dst, g, y layout.Matrix) { logSoftmaxGradGo(dst, g, y) }
func squaredError(loss []float32, dst, y, t layout.Matrix, scale float32) {
	squaredErrorGo(loss, dst, y, t, scale)
}
func sigmoidCrossEntropy(loss []float32, dst, z, t layout.Matrix, scale float32) {
	sigmoidCrossEntropyGo(loss, dst, z, t, scale)
}
func softmaxCrossEntropy(loss []float32, dst, z, t layout.Matrix, scale float32) {
	softmaxCrossEntropyGo(loss, dst, z, t, scale)
}
func absoluteError(loss []float32, dst, y, t layout.Matrix, scale float32) {
	absoluteErrorGo(loss, dst, y, t, scale)
}
func huber(loss []float32, dst, y, t layout.Matrix, delta, scale float32) {
	huberGo(loss, dst, y, t, delta, scale)
}
func binaryCrossEntropyProbs(loss []float32, dst, p, t layout.Matrix, scale float32) {
	binaryCrossEntropyProbsGo(loss, dst, p, t, scale)
}
func crossEntropyProbs(loss []float32, dst, p, t layout.Matrix, scale float32) {
	crossEntropyProbsGo(loss, dst, p, t, scale)
}

func dropout(dst, x []float32, r kernels.Philox, at uint64, threshold uint32, scale float32) {
	kernels.Dropout(dst, x, r, at, threshold, scale)
}
func clip(dst, x []float32, bound float32)        { kernels.Clip(dst, x, bound) }
func addSign(y []float32, a float32, x []float32) { kernels.AddSign(y, a, x) }
func sumSquares(x []float32) float32              { return kernels.SumSquares(x) }

// maxNorm takes one panel's rows of weights.
func maxNorm(w []float32, bound float32) {
	kernels.MaxNorm(w, len(w)/layout.Width, layout.Width, bound)
}

func colMoments(mean, variance []float32, m int, x []float32, rsx int) {
	kernels.ColMoments(mean, variance, m, x, rsx)
}
func invRoot(dst, v []float32, eps float32) { kernels.InvRoot(dst, v, eps) }
func normalize(y, xhat, x, mean, inv, gamma, beta []float32) {
	kernels.Normalize(y, xhat, x, mean, inv, gamma, beta)
}
func colDots(dst []float32, m int, x []float32, rsx int, y []float32, rsy int) {
	kernels.ColDots(dst, m, x, rsx, y, rsy)
}
func normalizeGrad(dst, dy, xhat, c, db, dg []float32) {
	kernels.NormalizeGrad(dst, dy, xhat, c, db, dg)
}

func sgd(w, g []float32, lr, l2 float32) { kernels.SGD(w, g, lr, l2) }
func momentum(w, g, v []float32, lr, mu, keep, l2 float32) {
	kernels.Momentum(w, g, v, lr, mu, keep, l2)
}
func nesterov(w, g, v []float32, lr, mu, l2 float32)  { kernels.Nesterov(w, g, v, lr, mu, l2) }
func heavyBall(w, g, v []float32, lr, mu, l2 float32) { kernels.HeavyBall(w, g, v, lr, mu, l2) }
func adagrad(w, g, s, v []float32, p *AdagradStep)    { kernels.Adagrad(w, g, s, v, p) }
func adadelta(w, g, s, u []float32, p *AdadeltaStep)  { kernels.Adadelta(w, g, s, u, p) }
func rmsprop(w, g, s, a, v []float32, p *RMSpropStep) { kernels.RMSprop(w, g, s, a, v, p) }
func adam(w, g, m, v, top []float32, s *AdamStep)     { kernels.Adam(w, g, m, v, top, s) }
func adamax(w, g, m, u []float32, p *AdamaxStep)      { kernels.Adamax(w, g, m, u, p) }
func nadam(w, g, m, v []float32, p *NAdamStep)        { kernels.NAdam(w, g, m, v, p) }
func lion(w, g, m []float32, p *LionStep)             { kernels.Lion(w, g, m, p) }
