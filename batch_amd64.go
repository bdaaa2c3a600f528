//go:build amd64 && gc && !purego

package hadamard

import (
	"unsafe"

	"github.com/hadamard-go/hadamard/layout"
)

// batch is what the kernels of losses and of softmax are told: rows of at most
// maxCols columns, which the kernel does one after the other. Strides are in
// bytes.
type batch struct {
	rows, cols    int
	x, t          *float32 // outputs and targets, or gradients and outputs
	dst           *float32 // nil: the losses alone
	rsx, rst, rsd int
	loss          *float32 // an element for each row
	scale, delta  float32
	mask          int    // columns of the last 16, a bit each
	lanes         *int32 // the same for AVX2, 16 words of 0 or −1

	// A row of more columns is done in parts, which carry the partial results
	// of its sums.
	from, to        *float32 // what they start from; where they go, or nil
	pass            int      // what is done with a row
	max, sum, total float32  // of the row
	logSum          float32  //lint:ignore U1000 the kernels use it
}

// The passes over a row.
const (
	passAll  = iota
	passSum  // the sum, given the maximum
	passLast // the result, given both
)

// maxCols bounds the elements of a call, and so its time: a kernel cannot be
// preempted.
const maxCols = 1 << 14

// batchOp is an operation on the rows of a batch.
type batchOp uint8

const (
	batchSoftmax batchOp = iota
	batchLogSoftmax
	batchSoftmaxGrad
	batchLogSoftmaxGrad
	batchSoftmaxCrossEntropy
	batchSquaredError
	batchSigmoidCrossEntropy
	batchAbsoluteError
	batchHuber
	batchBinaryCrossEntropyProbs
	batchCrossEntropyProbs
)

// set takes matrices of the same shape, of which x is not empty, and dst and t
// may be the zero Matrix. They are pointers because the compiler copies a
// structure of six words in pieces that wait for each other.
func (b *batch) set(loss []float32, dst, x, t *layout.Matrix) {
	b.rows, b.cols, b.from = x.Rows, x.Cols, &zeros[0]
	b.x, b.rsx = &x.Data[0], 4*x.Stride
	if dst.Data != nil {
		b.dst, b.rsd = &dst.Data[0], 4*dst.Stride
	}
	if t.Data != nil {
		b.t, b.rst = &t.Data[0], 4*t.Stride
	}
	if loss != nil {
		b.loss = &loss[0]
	}
}

// run does op with all rows, in calls of at most maxCols elements.
func (b *batch) run(op batchOp) {
	b.setLast()
	if b.rows*layout.Pad(b.cols) <= maxCols {
		b.call(op)
		return
	}
	rows := max(maxCols/layout.Pad(b.cols), 1)
	for b.rows > rows {
		p := b.slice(rows)
		p.block(op)
	}
	b.block(op)
}

// slice cuts the first rows off.
func (b *batch) slice(rows int) batch {
	p := *b
	p.rows = rows
	b.rows -= rows
	b.move(rows*b.rsx, rows*b.rst, rows*b.rsd)
	if b.loss != nil {
		b.loss = offset(b.loss, 4*rows)
	}
	return p
}

// move moves what is not nil by some bytes.
func (b *batch) move(x, t, dst int) {
	b.x = offset(b.x, x)
	if b.t != nil {
		b.t = offset(b.t, t)
	}
	if b.dst != nil {
		b.dst = offset(b.dst, dst)
	}
}

// setLast sets what tells the columns of the last 16.
func (b *batch) setLast() {
	last := (b.cols-1)%layout.Width + 1
	b.mask, b.lanes = 1<<last-1, &laneMasks[layout.Width-last]
}

// block does op with rows that a call can do, or with one longer row, pass by
// pass.
func (b *batch) block(op batchOp) {
	if b.cols <= maxCols {
		b.call(op)
		return
	}
	x := unsafe.Slice(b.x, b.cols)
	var t []float32
	if b.t != nil {
		t = unsafe.Slice(b.t, b.cols)
	}
	switch op {
	case batchSoftmax, batchLogSoftmax, batchSoftmaxCrossEntropy:
		var top [1]float32
		rowMax(top[:], b.cols, x, 0)
		b.max = top[0]
		if op == batchSoftmaxCrossEntropy {
			b.total = sum(t)
		}
		b.parts(op, passSum)
	case batchSoftmaxGrad:
		b.sum = dot(x, t)
	case batchLogSoftmaxGrad:
		b.sum = sum(x)
	}
	b.parts(op, passLast)
}

// parts makes one pass over a row, in parts that carry its partial results.
func (b *batch) parts(op batchOp, pass int) {
	var lanes [layout.Width]float32
	p := *b
	p.cols, p.pass, p.from, p.to = maxCols, pass, &lanes[0], &lanes[0]
	p.setLast()
	left := b.cols
	for ; left > maxCols; left -= maxCols {
		p.call(op)
		p.move(4*maxCols, 4*maxCols, 4*maxCols)
	}
	p.cols, p.to = left, nil
	p.setLast()
	p.call(op)
	b.sum = p.sum
}

// call runs a kernel.
func (b *batch) call(op batchOp) {
	if level == LevelAVX2 {
		b.callAVX2(op)
		return
	}
	switch op {
	case batchSoftmax:
		softmaxAVX512(b)
	case batchLogSoftmax:
		logSoftmaxAVX512(b)
	case batchSoftmaxGrad:
		softmaxGradAVX512(b)
	case batchLogSoftmaxGrad:
		logSoftmaxGradAVX512(b)
	case batchSoftmaxCrossEntropy:
		softmaxCrossEntropyAVX512(b)
	case batchSquaredError:
		squaredErrorAVX512(b)
	case batchSigmoidCrossEntropy:
		sigmoidCrossEntropyAVX512(b)
	case batchAbsoluteError:
		absoluteErrorAVX512(b)
	case batchHuber:
		huberAVX512(b)
	case batchBinaryCrossEntropyProbs:
		binaryCrossEntropyProbsAVX512(b)
	case batchCrossEntropyProbs:
		crossEntropyProbsAVX512(b)
	}
}

func (b *batch) callAVX2(op batchOp) {
	switch op {
	case batchSoftmax:
		softmaxAVX2(b)
	case batchLogSoftmax:
		logSoftmaxAVX2(b)
	case batchSoftmaxGrad:
		softmaxGradAVX2(b)
	case batchLogSoftmaxGrad:
		logSoftmaxGradAVX2(b)
	case batchSoftmaxCrossEntropy:
		softmaxCrossEntropyAVX2(b)
	case batchSquaredError:
		squaredErrorAVX2(b)
	case batchSigmoidCrossEntropy:
		sigmoidCrossEntropyAVX2(b)
	case batchAbsoluteError:
		absoluteErrorAVX2(b)
	case batchHuber:
		huberAVX2(b)
	case batchBinaryCrossEntropyProbs:
		binaryCrossEntropyProbsAVX2(b)
	case batchCrossEntropyProbs:
		crossEntropyProbsAVX2(b)
	}
}

//go:noescape
func softmaxAVX512(b *batch)

//go:noescape
func logSoftmaxAVX512(b *batch)

//go:noescape
func softmaxGradAVX512(b *batch)

//go:noescape
func logSoftmaxGradAVX512(b *batch)

//go:noescape
func softmaxCrossEntropyAVX512(b *batch)

//go:noescape
func squaredErrorAVX512(b *batch)

//go:noescape
func sigmoidCrossEntropyAVX512(b *batch)

//go:noescape
func absoluteErrorAVX512(b *batch)

//go:noescape
func huberAVX512(b *batch)

//go:noescape
func binaryCrossEntropyProbsAVX512(b *batch)

//go:noescape
func crossEntropyProbsAVX512(b *batch)

//go:noescape
func softmaxAVX2(b *batch)

//go:noescape
func logSoftmaxAVX2(b *batch)

//go:noescape
func softmaxGradAVX2(b *batch)

//go:noescape
func logSoftmaxGradAVX2(b *batch)

//go:noescape
func softmaxCrossEntropyAVX2(b *batch)

//go:noescape
func squaredErrorAVX2(b *batch)

//go:noescape
func sigmoidCrossEntropyAVX2(b *batch)

//go:noescape
func absoluteErrorAVX2(b *batch)

//go:noescape
func huberAVX2(b *batch)

//go:noescape
func binaryCrossEntropyProbsAVX2(b *batch)

//go:noescape
func crossEntropyProbsAVX2(b *batch)
