package hadamard

import (
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// The losses and softmax of the level go, row by row.

func softmaxGo(y, x layout.Matrix) {
	for i := range x.Rows {
		kernels.Softmax(y.Row(i), x.Row(i))
	}
}

func logSoftmaxGo(y, x layout.Matrix) {
	for i := range x.Rows {
		kernels.LogSoftmax(y.Row(i), x.Row(i))
	}
}

func softmaxGradGo(dst, g, y layout.Matrix) {
	for i := range dst.Rows {
		kernels.SoftmaxGrad(dst.Row(i), g.Row(i), y.Row(i))
	}
}

func logSoftmaxGradGo(dst, g, y layout.Matrix) {
	for i := range dst.Rows {
		kernels.LogSoftmaxGrad(dst.Row(i), g.Row(i), y.Row(i))
	}
}

func squaredErrorGo(loss []float32, dst, y, t layout.Matrix, scale float32) {
	for i := range loss {
		loss[i] = kernels.SquaredError(optionalRow(dst, i), y.Row(i), t.Row(i), scale)
	}
}

func sigmoidCrossEntropyGo(loss []float32, dst, z, t layout.Matrix, scale float32) {
	for i := range loss {
		loss[i] = kernels.SigmoidCrossEntropy(optionalRow(dst, i), z.Row(i), t.Row(i), scale)
	}
}

func softmaxCrossEntropyGo(loss []float32, dst, z, t layout.Matrix, scale float32) {
	for i := range loss {
		loss[i] = kernels.SoftmaxCrossEntropy(dst.Row(i), z.Row(i), t.Row(i), scale)
	}
}

func absoluteErrorGo(loss []float32, dst, y, t layout.Matrix, scale float32) {
	for i := range loss {
		loss[i] = kernels.AbsoluteError(optionalRow(dst, i), y.Row(i), t.Row(i), scale)
	}
}

func huberGo(loss []float32, dst, y, t layout.Matrix, delta, scale float32) {
	for i := range loss {
		loss[i] = kernels.Huber(optionalRow(dst, i), y.Row(i), t.Row(i), delta, scale)
	}
}

func binaryCrossEntropyProbsGo(loss []float32, dst, p, t layout.Matrix, scale float32) {
	for i := range loss {
		loss[i] = kernels.BinaryCrossEntropyProbs(optionalRow(dst, i), p.Row(i), t.Row(i), scale)
	}
}

func crossEntropyProbsGo(loss []float32, dst, p, t layout.Matrix, scale float32) {
	for i := range loss {
		loss[i] = kernels.CrossEntropyProbs(optionalRow(dst, i), p.Row(i), t.Row(i), scale)
	}
}

func optionalRow(m layout.Matrix, i int) []float32 {
	if m.Data == nil {
		return nil
	}
	return m.Row(i)
}
