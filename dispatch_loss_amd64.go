//go:build amd64 && gc && !purego

package hadamard

import "github.com/hadamard-go/hadamard/layout"

// The level go does all batches without elements.

func softmax(y, x layout.Matrix) {
	if level == LevelGo || x.Rows == 0 || x.Cols == 0 {
		softmaxGo(y, x)
		return
	}
	var b batch
	b.set(nil, &y, &x, &layout.Matrix{})
	b.run(batchSoftmax)
}

func logSoftmax(y, x layout.Matrix) {
	if level == LevelGo || x.Rows == 0 || x.Cols == 0 {
		logSoftmaxGo(y, x)
		return
	}
	var b batch
	b.set(nil, &y, &x, &layout.Matrix{})
	b.run(batchLogSoftmax)
}

func softmaxGrad(dst, g, y layout.Matrix) {
	if level == LevelGo || y.Rows == 0 || y.Cols == 0 {
		softmaxGradGo(dst, g, y)
		return
	}
	var b batch
	b.set(nil, &dst, &g, &y)
	b.run(batchSoftmaxGrad)
}

func logSoftmaxGrad(dst, g, y layout.Matrix) {
	if level == LevelGo || y.Rows == 0 || y.Cols == 0 {
		logSoftmaxGradGo(dst, g, y)
		return
	}
	var b batch
	b.set(nil, &dst, &g, &y)
	b.run(batchLogSoftmaxGrad)
}

func squaredError(loss []float32, dst, y, t layout.Matrix, scale float32) {
	if level == LevelGo || y.Rows == 0 || y.Cols == 0 {
		squaredErrorGo(loss, dst, y, t, scale)
		return
	}
	var b batch
	b.set(loss, &dst, &y, &t)
	b.scale = scale
	b.run(batchSquaredError)
}

func sigmoidCrossEntropy(loss []float32, dst, z, t layout.Matrix, scale float32) {
	if level == LevelGo || z.Rows == 0 || z.Cols == 0 {
		sigmoidCrossEntropyGo(loss, dst, z, t, scale)
		return
	}
	var b batch
	b.set(loss, &dst, &z, &t)
	b.scale = scale
	b.run(batchSigmoidCrossEntropy)
}

func softmaxCrossEntropy(loss []float32, dst, z, t layout.Matrix, scale float32) {
	if level == LevelGo || z.Rows == 0 || z.Cols == 0 {
		softmaxCrossEntropyGo(loss, dst, z, t, scale)
		return
	}
	var b batch
	b.set(loss, &dst, &z, &t)
	b.scale = scale
	b.run(batchSoftmaxCrossEntropy)
}

func absoluteError(loss []float32, dst, y, t layout.Matrix, scale float32) {
	if level == LevelGo || y.Rows == 0 || y.Cols == 0 {
		absoluteErrorGo(loss, dst, y, t, scale)
		return
	}
	var b batch
	b.set(loss, &dst, &y, &t)
	b.scale = scale
	b.run(batchAbsoluteError)
}

func huber(loss []float32, dst, y, t layout.Matrix, delta, scale float32) {
	if level == LevelGo || y.Rows == 0 || y.Cols == 0 {
		huberGo(loss, dst, y, t, delta, scale)
		return
	}
	var b batch
	b.set(loss, &dst, &y, &t)
	b.scale, b.delta = scale, delta
	b.run(batchHuber)
}

func binaryCrossEntropyProbs(loss []float32, dst, p, t layout.Matrix, scale float32) {
	if level == LevelGo || p.Rows == 0 || p.Cols == 0 {
		binaryCrossEntropyProbsGo(loss, dst, p, t, scale)
		return
	}
	var b batch
	b.set(loss, &dst, &p, &t)
	b.scale = scale
	b.run(batchBinaryCrossEntropyProbs)
}

func crossEntropyProbs(loss []float32, dst, p, t layout.Matrix, scale float32) {
	if level == LevelGo || p.Rows == 0 || p.Cols == 0 {
		crossEntropyProbsGo(loss, dst, p, t, scale)
		return
	}
	var b batch
	b.set(loss, &dst, &p, &t)
	b.scale = scale
	b.run(batchCrossEntropyProbs)
}
