package hadamard

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Every public operation with each kind of wrong argument: a panic with a
// constant string, and nothing written.
func TestPanics(t *testing.T) {
	buf := make([]float32, 64)
	v := func(from, to int) []float32 { return buf[from:to] }
	mat := func(rows, cols int) layout.Matrix { return layout.NewMatrix(rows, cols) }
	at := func(from, rows, cols int) layout.Matrix {
		return layout.MatrixOf(buf[from:from+rows*cols], rows, cols)
	}
	invalid := layout.Matrix{Data: buf[:3], Rows: 2, Cols: 2, Stride: 2}
	bad := LeakyReLU(-1)
	panels := layout.NewPanels
	var (
		s       AdamStep
		rms     RMSpropStep
		lion    LionStep
		adagrad = AdagradStep{Momentum: 0.5}
		delta   AdadeltaStep
		adamax  AdamaxStep
		nadam   NAdamStep
		philox  kernels.Philox
	)
	for _, c := range []struct {
		want string
		f    func()
	}{
		{"hadamard: Mul: lengths differ", func() { Mul(v(0, 3), v(3, 6), v(6, 10)) }},
		{"hadamard: Mul: dst overlaps x or y", func() { Mul(v(0, 3), v(1, 4), v(6, 9)) }},
		{"hadamard: Mul: dst overlaps x or y", func() { Mul(v(2, 5), v(6, 9), v(0, 3)) }},
		{"hadamard: Add: lengths differ", func() { Add(v(0, 3), v(3, 6), v(6, 8)) }},
		{"hadamard: Add: dst overlaps x or y", func() { Add(v(0, 3), v(1, 4), v(6, 9)) }},
		{"hadamard: Scale: lengths differ", func() { Scale(v(0, 3), 1, v(3, 5)) }},
		{"hadamard: Scale: dst and x overlap", func() { Scale(v(0, 3), 1, v(1, 4)) }},
		{"hadamard: Axpy: lengths differ", func() { Axpy(v(0, 3), 1, v(3, 5)) }},
		{"hadamard: Axpy: x and y overlap", func() { Axpy(v(0, 3), 1, v(1, 4)) }},
		{"hadamard: Exp: lengths differ", func() { Exp(v(0, 3), v(3, 5)) }},
		{"hadamard: Exp: dst and x overlap", func() { Exp(v(0, 3), v(1, 4)) }},
		{"hadamard: Log: lengths differ", func() { Log(v(0, 3), v(3, 5)) }},
		{"hadamard: Log: dst and x overlap", func() { Log(v(0, 3), v(1, 4)) }},
		{"hadamard: Flush: lengths differ", func() { Flush(v(0, 3), v(3, 5), 1) }},
		{"hadamard: Flush: dst and x overlap", func() { Flush(v(0, 3), v(1, 4), 1) }},
		{"hadamard: Dot: lengths differ", func() { Dot(v(0, 3), v(3, 5)) }},
		{"hadamard: RowMax: shapes differ", func() { RowMax(v(0, 3), mat(2, 2)) }},
		{"hadamard: RowMax: shapes differ", func() { RowMax(v(0, 2), invalid) }},
		{"hadamard: RowMax: dst and x overlap", func() { RowMax(v(0, 2), at(1, 2, 2)) }},
		{"hadamard: ColSums: shapes differ", func() { ColSums(v(0, 3), mat(2, 2), false) }},
		{"hadamard: ColSums: dst and x overlap", func() { ColSums(v(0, 2), at(1, 2, 2), false) }},
		{"hadamard: ShiftScale: shapes differ", func() { ShiftScale(mat(2, 2), mat(2, 3), v(0, 3), v(3, 6)) }},
		{"hadamard: ShiftScale: shapes differ", func() { ShiftScale(mat(2, 3), mat(2, 3), v(0, 2), v(3, 6)) }},
		{"hadamard: ShiftScale: dst overlaps x, shift or scale", func() { ShiftScale(at(0, 2, 2), at(1, 2, 2), v(10, 12), v(12, 14)) }},
		{"hadamard: ShiftScale: dst overlaps x, shift or scale", func() { ShiftScale(at(0, 2, 2), mat(2, 2), v(3, 5), v(12, 14)) }},
		{"hadamard: Activate: lengths differ", func() { Activate(v(0, 3), v(3, 5), ReLU) }},
		{"hadamard: Activate: unknown activation or parameter out of range", func() { Activate(v(0, 3), v(3, 6), bad) }},
		{"hadamard: Activate: unknown activation or parameter out of range", func() { Activate(v(0, 3), v(3, 6), Activation{Kind: 200}) }},
		{"hadamard: Activate: dst and x overlap", func() { Activate(v(0, 3), v(1, 4), ReLU) }},
		{"hadamard: ActivateGrad: lengths differ", func() { ActivateGrad(v(0, 3), v(3, 6), v(6, 8), ReLU) }},
		{"hadamard: ActivateGrad: unknown activation or parameter out of range", func() { ActivateGrad(v(0, 3), v(3, 6), v(6, 9), bad) }},
		{"hadamard: ActivateGrad: dst overlaps g or y", func() { ActivateGrad(v(0, 3), v(3, 6), v(1, 4), ReLU) }},
		{"hadamard: Softmax: shapes differ", func() { Softmax(mat(2, 2), mat(2, 3)) }},
		{"hadamard: Softmax: Y and X overlap", func() { Softmax(at(0, 2, 2), at(2, 2, 2)) }},
		{"hadamard: SoftmaxGrad: shapes differ", func() { SoftmaxGrad(mat(2, 2), mat(2, 2), mat(2, 3)) }},
		{"hadamard: SoftmaxGrad: dst overlaps g or Y", func() { SoftmaxGrad(at(0, 2, 2), at(2, 2, 2), mat(2, 2)) }},
		{"hadamard: LogSoftmax: shapes differ", func() { LogSoftmax(mat(2, 2), mat(2, 3)) }},
		{"hadamard: LogSoftmax: Y and X overlap", func() { LogSoftmax(at(0, 2, 2), at(2, 2, 2)) }},
		{"hadamard: LogSoftmaxGrad: shapes differ", func() { LogSoftmaxGrad(mat(2, 2), mat(2, 2), mat(2, 3)) }},
		{"hadamard: LogSoftmaxGrad: dst overlaps g or Y", func() { LogSoftmaxGrad(at(0, 2, 2), mat(2, 2), at(2, 2, 2)) }},
		{"hadamard: SquaredError: shapes differ", func() { SquaredError(v(0, 2), mat(2, 2), mat(2, 2), mat(2, 3), 1) }},
		{"hadamard: SquaredError: shapes differ", func() { SquaredError(v(0, 3), mat(2, 2), mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: SquaredError: shapes differ", func() { SquaredError(v(0, 2), mat(1, 2), mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: SquaredError: dst or loss overlaps another argument", func() { SquaredError(v(0, 2), mat(2, 2), at(1, 2, 2), mat(2, 2), 1) }},
		{"hadamard: SquaredError: dst or loss overlaps another argument", func() { SquaredError(v(0, 2), at(2, 2, 2), mat(2, 2), at(2, 2, 2), 1) }},
		{"hadamard: SigmoidCrossEntropy: shapes differ", func() { SigmoidCrossEntropy(v(0, 2), mat(2, 2), mat(2, 2), mat(2, 3), 1) }},
		{"hadamard: SigmoidCrossEntropy: dst or loss overlaps another argument", func() { SigmoidCrossEntropy(v(0, 2), at(1, 2, 2), mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: SoftmaxCrossEntropy: shapes differ", func() { SoftmaxCrossEntropy(v(0, 2), layout.Matrix{}, mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: SoftmaxCrossEntropy: dst or loss overlaps another argument", func() { SoftmaxCrossEntropy(v(0, 2), mat(2, 2), mat(2, 2), at(1, 2, 2), 1) }},
		{"hadamard: SoftmaxCrossEntropy: dst overlaps z", func() { SoftmaxCrossEntropy(v(0, 2), at(2, 2, 2), at(2, 2, 2), mat(2, 2), 1) }},
		{"hadamard: SGD: lengths differ", func() { SGD(v(0, 3), v(3, 5), 1, 0) }},
		{"hadamard: SGD: arguments overlap", func() { SGD(v(0, 3), v(0, 3), 1, 0) }},
		{"hadamard: Momentum: lengths differ", func() { Momentum(v(0, 3), v(3, 6), v(6, 8), 1, 0, 1, 0) }},
		{"hadamard: Momentum: arguments overlap", func() { Momentum(v(0, 3), v(3, 6), v(3, 6), 1, 0, 1, 0) }},
		{"hadamard: Adam: lengths differ", func() { Adam(v(0, 3), v(3, 6), v(6, 9), v(9, 11), nil, &s) }},
		{"hadamard: Adam: arguments overlap", func() { Adam(v(0, 3), v(3, 6), v(6, 9), v(8, 11), nil, &s) }},
		{"hadamard: Adam: lengths differ", func() { Adam(v(0, 3), v(3, 6), v(6, 9), nil, nil, &s) }},
		{"hadamard: Adam: lengths differ", func() { Adam(v(0, 3), v(3, 6), v(6, 9), v(9, 12), v(12, 14), &s) }},
		{"hadamard: Adam: arguments overlap", func() { Adam(v(0, 3), v(3, 6), v(6, 9), v(9, 12), v(5, 8), &s) }},
		{"hadamard: Nesterov: lengths differ", func() { Nesterov(v(0, 3), v(3, 6), v(6, 8), 1, 0, 0) }},
		{"hadamard: Nesterov: arguments overlap", func() { Nesterov(v(0, 3), v(3, 6), v(3, 6), 1, 0, 0) }},
		{"hadamard: HeavyBall: lengths differ", func() { HeavyBall(v(0, 3), v(3, 6), nil, 1, 0, 0) }},
		{"hadamard: HeavyBall: arguments overlap", func() { HeavyBall(v(0, 3), v(2, 5), v(6, 9), 1, 0, 0) }},
		{"hadamard: Adagrad: lengths differ", func() { Adagrad(v(0, 3), v(3, 6), v(6, 9), nil, &adagrad) }},
		{"hadamard: Adagrad: arguments overlap", func() { Adagrad(v(0, 3), v(3, 6), v(6, 9), v(7, 10), &adagrad) }},
		{"hadamard: RMSprop: lengths differ", func() { RMSprop(v(0, 3), v(3, 6), v(6, 9), nil, v(9, 11), &rms) }},
		{"hadamard: RMSprop: arguments overlap", func() { RMSprop(v(0, 3), v(3, 6), v(6, 9), v(9, 12), v(9, 12), &rms) }},
		{"hadamard: Lion: lengths differ", func() { Lion(v(0, 3), v(3, 6), nil, &lion) }},
		{"hadamard: Lion: arguments overlap", func() { Lion(v(0, 3), v(3, 6), v(0, 3), &lion) }},
		{"hadamard: AbsoluteError: shapes differ", func() { AbsoluteError(v(0, 2), mat(2, 2), mat(2, 2), mat(2, 3), 1) }},
		{"hadamard: AbsoluteError: shapes differ", func() { AbsoluteError(v(0, 3), layout.Matrix{}, mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: AbsoluteError: shapes differ", func() { AbsoluteError(v(0, 2), mat(1, 2), mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: AbsoluteError: dst or loss overlaps another argument", func() { AbsoluteError(v(0, 2), at(1, 2, 2), mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: AbsoluteError: dst or loss overlaps another argument", func() { AbsoluteError(v(0, 2), at(4, 2, 2), mat(2, 2), at(4, 2, 2), 1) }},
		{"hadamard: Huber: shapes differ", func() { Huber(v(0, 2), mat(2, 2), mat(2, 2), mat(2, 3), 1, 1) }},
		{"hadamard: Huber: shapes differ", func() { Huber(v(0, 3), layout.Matrix{}, mat(2, 2), mat(2, 2), 1, 1) }},
		{"hadamard: Huber: shapes differ", func() { Huber(v(0, 2), mat(1, 2), mat(2, 2), mat(2, 2), 1, 1) }},
		{"hadamard: Huber: dst or loss overlaps another argument", func() { Huber(v(0, 2), at(1, 2, 2), mat(2, 2), mat(2, 2), 1, 1) }},
		{"hadamard: Huber: dst or loss overlaps another argument", func() { Huber(v(0, 2), at(4, 2, 2), mat(2, 2), at(4, 2, 2), 1, 1) }},
		{"hadamard: BinaryCrossEntropyProbs: shapes differ", func() { BinaryCrossEntropyProbs(v(0, 2), mat(2, 2), mat(2, 2), mat(2, 3), 1) }},
		{"hadamard: BinaryCrossEntropyProbs: shapes differ", func() { BinaryCrossEntropyProbs(v(0, 3), layout.Matrix{}, mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: BinaryCrossEntropyProbs: shapes differ", func() { BinaryCrossEntropyProbs(v(0, 2), mat(1, 2), mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: BinaryCrossEntropyProbs: dst or loss overlaps another argument", func() { BinaryCrossEntropyProbs(v(0, 2), at(1, 2, 2), mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: BinaryCrossEntropyProbs: dst or loss overlaps another argument", func() { BinaryCrossEntropyProbs(v(0, 2), at(4, 2, 2), mat(2, 2), at(4, 2, 2), 1) }},
		{"hadamard: CrossEntropyProbs: shapes differ", func() { CrossEntropyProbs(v(0, 2), mat(2, 2), mat(2, 2), mat(2, 3), 1) }},
		{"hadamard: CrossEntropyProbs: shapes differ", func() { CrossEntropyProbs(v(0, 3), layout.Matrix{}, mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: CrossEntropyProbs: shapes differ", func() { CrossEntropyProbs(v(0, 2), mat(1, 2), mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: CrossEntropyProbs: dst or loss overlaps another argument", func() { CrossEntropyProbs(v(0, 2), at(1, 2, 2), mat(2, 2), mat(2, 2), 1) }},
		{"hadamard: CrossEntropyProbs: dst or loss overlaps another argument", func() { CrossEntropyProbs(v(0, 2), at(4, 2, 2), mat(2, 2), at(4, 2, 2), 1) }},
		{"hadamard: Huber: delta is not positive", func() { Huber(v(0, 2), at(4, 2, 2), mat(2, 2), mat(2, 2), 0, 1) }},
		{"hadamard: Huber: delta is not positive", func() { Huber(v(0, 2), at(4, 2, 2), mat(2, 2), mat(2, 2), float32(math.NaN()), 1) }},
		{"hadamard: Dropout: shapes differ", func() { Dropout(at(0, 2, 2), mat(2, 3), philox, 0, 1<<31, 2) }},
		{"hadamard: Dropout: shapes differ", func() { Dropout(invalid, mat(2, 2), philox, 0, 1<<31, 2) }},
		{"hadamard: Dropout: dst and x overlap", func() { Dropout(at(0, 2, 2), at(1, 2, 2), philox, 0, 1<<31, 2) }},
		{"hadamard: Clip: lengths differ", func() { Clip(v(0, 3), v(3, 5), 1) }},
		{"hadamard: Clip: bound is negative or NaN", func() { Clip(v(0, 3), v(3, 6), -1) }},
		{"hadamard: Clip: bound is negative or NaN", func() { Clip(v(0, 3), v(3, 6), float32(math.NaN())) }},
		{"hadamard: Clip: dst and x overlap", func() { Clip(v(0, 3), v(1, 4), 1) }},
		{"hadamard: AddSign: lengths differ", func() { AddSign(v(0, 3), 1, v(3, 5)) }},
		{"hadamard: AddSign: x and y overlap", func() { AddSign(v(0, 3), 1, v(1, 4)) }},
		{"hadamard: MaxNorm: panels not valid", func() { MaxNorm(layout.Panels{Data: v(0, 31), K: 1, N: 1}, 1) }},
		{"hadamard: MaxNorm: bound is negative or NaN", func() { MaxNorm(layout.Panels{Data: v(0, 32), K: 1, N: 1}, -1) }},
		{"hadamard: MaxNorm: bound is negative or NaN", func() { MaxNorm(layout.Panels{Data: v(0, 32), K: 1, N: 1}, float32(math.NaN())) }},
		{"hadamard: ColMoments: shapes differ", func() { ColMoments(v(0, 3), v(3, 5), mat(2, 2)) }},
		{"hadamard: ColMoments: shapes differ", func() { ColMoments(v(0, 2), v(3, 6), mat(2, 2)) }},
		{"hadamard: ColMoments: shapes differ", func() { ColMoments(v(5, 7), v(7, 9), invalid) }},
		{"hadamard: ColMoments: arguments overlap", func() { ColMoments(v(0, 2), v(1, 3), mat(2, 2)) }},
		{"hadamard: ColMoments: arguments overlap", func() { ColMoments(v(0, 2), v(2, 4), at(1, 2, 2)) }},
		{"hadamard: ColMoments: arguments overlap", func() { ColMoments(v(0, 2), v(4, 6), at(2, 2, 2)) }},
		{"hadamard: InvRoot: lengths differ", func() { InvRoot(v(0, 3), v(3, 5), 1) }},
		{"hadamard: InvRoot: dst and v overlap", func() { InvRoot(v(0, 3), v(1, 4), 1) }},
		{"hadamard: Normalize: shapes differ", func() { Normalize(at(0, 2, 3), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(24, 26), v(26, 28)) }},
		{"hadamard: Normalize: shapes differ", func() { Normalize(at(0, 2, 2), at(20, 3, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(24, 26), v(26, 28)) }},
		{"hadamard: Normalize: shapes differ", func() { Normalize(at(0, 2, 2), at(4, 2, 2), invalid, v(20, 22), v(22, 24), v(24, 26), v(26, 28)) }},
		{"hadamard: Normalize: shapes differ", func() { Normalize(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 23), v(22, 24), v(24, 26), v(26, 28)) }},
		{"hadamard: Normalize: shapes differ", func() { Normalize(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(20, 21), v(24, 26), v(26, 28)) }},
		{"hadamard: Normalize: shapes differ", func() { Normalize(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), nil, v(26, 28)) }},
		{"hadamard: Normalize: shapes differ", func() { Normalize(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(24, 26), v(20, 23)) }},
		{"hadamard: Normalize: y or xhat overlaps another argument", func() { Normalize(at(3, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(24, 26), v(26, 28)) }},
		{"hadamard: Normalize: y or xhat overlaps another argument", func() { Normalize(at(9, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(24, 26), v(26, 28)) }},
		{"hadamard: Normalize: y or xhat overlaps another argument", func() { Normalize(at(0, 2, 2), at(9, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(24, 26), v(26, 28)) }},
		{"hadamard: Normalize: y or xhat overlaps another argument", func() { Normalize(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(1, 3), v(22, 24), v(24, 26), v(26, 28)) }},
		{"hadamard: Normalize: y or xhat overlaps another argument", func() { Normalize(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(5, 7), v(22, 24), v(24, 26), v(26, 28)) }},
		{"hadamard: Normalize: y or xhat overlaps another argument", func() { Normalize(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(1, 3), v(24, 26), v(26, 28)) }},
		{"hadamard: Normalize: y or xhat overlaps another argument", func() { Normalize(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(5, 7), v(24, 26), v(26, 28)) }},
		{"hadamard: Normalize: y or xhat overlaps another argument", func() { Normalize(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(1, 3), v(26, 28)) }},
		{"hadamard: Normalize: y or xhat overlaps another argument", func() { Normalize(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(5, 7), v(26, 28)) }},
		{"hadamard: Normalize: y or xhat overlaps another argument", func() { Normalize(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(24, 26), v(1, 3)) }},
		{"hadamard: Normalize: y or xhat overlaps another argument", func() { Normalize(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(24, 26), v(5, 7)) }},
		{"hadamard: ColDots: shapes differ", func() { ColDots(v(0, 3), mat(2, 2), mat(2, 2), false) }},
		{"hadamard: ColDots: shapes differ", func() { ColDots(v(0, 2), mat(2, 2), mat(3, 2), false) }},
		{"hadamard: ColDots: shapes differ", func() { ColDots(v(5, 7), mat(2, 2), invalid, false) }},
		{"hadamard: ColDots: dst overlaps x or y", func() { ColDots(v(0, 2), at(1, 2, 2), mat(2, 2), false) }},
		{"hadamard: ColDots: dst overlaps x or y", func() { ColDots(v(0, 2), mat(2, 2), at(1, 2, 2), false) }},
		{"hadamard: NormalizeGrad: shapes differ", func() { NormalizeGrad(at(0, 2, 2), at(4, 2, 3), at(8, 2, 2), v(20, 22), v(22, 24), v(24, 26)) }},
		{"hadamard: NormalizeGrad: shapes differ", func() { NormalizeGrad(at(0, 2, 2), at(4, 2, 2), at(20, 3, 2), v(20, 22), v(22, 24), v(24, 26)) }},
		{"hadamard: NormalizeGrad: shapes differ", func() { NormalizeGrad(invalid, at(4, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(24, 26)) }},
		{"hadamard: NormalizeGrad: shapes differ", func() { NormalizeGrad(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 23), v(22, 24), v(24, 26)) }},
		{"hadamard: NormalizeGrad: shapes differ", func() { NormalizeGrad(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(20, 21), v(24, 26)) }},
		{"hadamard: NormalizeGrad: shapes differ", func() { NormalizeGrad(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), nil) }},
		{"hadamard: NormalizeGrad: dst overlaps another argument", func() { NormalizeGrad(at(0, 2, 2), at(1, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(24, 26)) }},
		{"hadamard: NormalizeGrad: dst overlaps another argument", func() { NormalizeGrad(at(0, 2, 2), at(4, 2, 2), at(3, 2, 2), v(20, 22), v(22, 24), v(24, 26)) }},
		{"hadamard: NormalizeGrad: dst overlaps another argument", func() { NormalizeGrad(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(1, 3), v(22, 24), v(24, 26)) }},
		{"hadamard: NormalizeGrad: dst overlaps another argument", func() { NormalizeGrad(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(1, 3), v(24, 26)) }},
		{"hadamard: NormalizeGrad: dst overlaps another argument", func() { NormalizeGrad(at(0, 2, 2), at(4, 2, 2), at(8, 2, 2), v(20, 22), v(22, 24), v(1, 3)) }},
		{"hadamard: Adadelta: lengths differ", func() { Adadelta(v(0, 3), v(3, 6), v(6, 9), nil, &delta) }},
		{"hadamard: Adadelta: lengths differ", func() { Adadelta(v(0, 3), v(3, 6), v(6, 8), v(9, 12), &delta) }},
		{"hadamard: Adadelta: lengths differ", func() { Adadelta(v(0, 3), v(3, 5), v(6, 9), v(9, 12), &delta) }},
		{"hadamard: Adadelta: arguments overlap", func() { Adadelta(v(0, 3), v(3, 6), v(6, 9), v(8, 11), &delta) }},
		{"hadamard: Adadelta: arguments overlap", func() { Adadelta(v(0, 3), v(2, 5), v(6, 9), v(9, 12), &delta) }},
		{"hadamard: Adamax: lengths differ", func() { Adamax(v(0, 3), v(3, 6), v(6, 9), nil, &adamax) }},
		{"hadamard: Adamax: lengths differ", func() { Adamax(v(0, 3), v(3, 6), v(6, 8), v(9, 12), &adamax) }},
		{"hadamard: Adamax: lengths differ", func() { Adamax(v(0, 3), v(3, 5), v(6, 9), v(9, 12), &adamax) }},
		{"hadamard: Adamax: arguments overlap", func() { Adamax(v(0, 3), v(3, 6), v(6, 9), v(8, 11), &adamax) }},
		{"hadamard: Adamax: arguments overlap", func() { Adamax(v(0, 3), v(2, 5), v(6, 9), v(9, 12), &adamax) }},
		{"hadamard: NAdam: lengths differ", func() { NAdam(v(0, 3), v(3, 6), v(6, 9), nil, &nadam) }},
		{"hadamard: NAdam: lengths differ", func() { NAdam(v(0, 3), v(3, 6), v(6, 8), v(9, 12), &nadam) }},
		{"hadamard: NAdam: lengths differ", func() { NAdam(v(0, 3), v(3, 5), v(6, 9), v(9, 12), &nadam) }},
		{"hadamard: NAdam: arguments overlap", func() { NAdam(v(0, 3), v(3, 6), v(6, 9), v(8, 11), &nadam) }},
		{"hadamard: NAdam: arguments overlap", func() { NAdam(v(0, 3), v(2, 5), v(6, 9), v(9, 12), &nadam) }},
		{"hadamard: Gemm: matrix or option not valid", func() { Gemm(mat(2, 2), mat(2, 2), invalid, 0) }},
		{"hadamard: Gemm: matrix or option not valid", func() { Gemm(mat(2, 2), mat(2, 2), mat(2, 2), 8) }},
		{"hadamard: Gemm: shapes differ", func() { Gemm(mat(2, 2), mat(2, 3), mat(2, 2), 0) }},
		{"hadamard: Gemm: shapes differ", func() { Gemm(mat(2, 2), mat(2, 3), mat(3, 2), TransA) }},
		{"hadamard: Gemm: C overlaps A or B", func() { Gemm(at(0, 2, 2), at(3, 2, 2), mat(2, 2), 0) }},
		{"hadamard: Gemm: C overlaps A or B", func() { Gemm(at(0, 2, 2), mat(2, 2), at(3, 2, 2), 0) }},
		{"hadamard: GemmBias: C overlaps A, B or bias", func() { GemmBias(at(0, 2, 2), at(3, 2, 2), mat(2, 2), v(8, 10), ReLU) }},
		{"hadamard: GemmBias: C overlaps A, B or bias", func() { GemmBias(at(0, 2, 2), mat(2, 2), at(3, 2, 2), v(8, 10), ReLU) }},
		{"hadamard: Dense: Y overlaps X or W", func() {
			Dense(at(31, 2, 1), mat(2, 1), layout.Panels{Data: v(0, 32), K: 1, N: 1}, ReLU, true)
		}},
		{"hadamard: DenseGradW: G overlaps X or δ", func() {
			DenseGradW(layout.Panels{Data: v(0, 32), K: 1, N: 1}, mat(2, 1), at(31, 2, 1), true)
		}},
		{"hadamard: DenseGradX: dX overlaps δ, W or X", func() { DenseGradX(at(0, 2, 2), at(3, 2, 2), panels(2, 2), mat(2, 2), ReLU) }},
		{"hadamard: DenseGradX: dX overlaps δ, W or X", func() {
			DenseGradX(at(31, 2, 1), mat(2, 1), layout.Panels{Data: v(0, 32), K: 1, N: 1}, mat(2, 1), ReLU)
		}},
		{"hadamard: GemmBias: matrix or activation not valid", func() { GemmBias(mat(2, 2), invalid, mat(2, 2), v(0, 2), ReLU) }},
		{"hadamard: GemmBias: matrix or activation not valid", func() { GemmBias(mat(2, 2), mat(2, 2), mat(2, 2), v(0, 2), bad) }},
		{"hadamard: GemmBias: shapes differ", func() { GemmBias(mat(2, 2), mat(2, 2), mat(2, 2), v(0, 3), ReLU) }},
		{"hadamard: GemmBias: C overlaps A, B or bias", func() { GemmBias(at(0, 2, 2), mat(2, 2), mat(2, 2), v(3, 5), ReLU) }},
		{"hadamard: Dense: matrix, panels or activation not valid", func() { Dense(mat(2, 2), mat(2, 2), layout.Panels{K: 2, N: 2}, ReLU, true) }},
		{"hadamard: Dense: matrix, panels or activation not valid", func() { Dense(mat(2, 2), mat(2, 2), panels(2, 2), bad, true) }},
		{"hadamard: Dense: shapes differ", func() { Dense(mat(2, 2), mat(2, 2), panels(2, 3), ReLU, true) }},
		{"hadamard: Dense: shapes differ", func() { Dense(mat(3, 2), mat(2, 2), panels(2, 2), ReLU, true) }},
		{"hadamard: Dense: Y overlaps X or W", func() { Dense(at(0, 2, 2), at(3, 2, 2), panels(2, 2), ReLU, true) }},
		{"hadamard: Gemv: panels or activation not valid", func() { Gemv(v(0, 2), v(3, 5), layout.Panels{K: 2, N: 2}, ReLU, true) }},
		{"hadamard: Gemv: shapes differ", func() { Gemv(v(0, 2), v(3, 6), panels(2, 2), ReLU, true) }},
		{"hadamard: Gemv: y overlaps x or W", func() { Gemv(v(0, 2), v(1, 3), panels(2, 2), ReLU, true) }},
		{"hadamard: DenseGradW: matrix or panels not valid", func() { DenseGradW(layout.Panels{K: 2, N: 2}, mat(2, 2), mat(2, 2), true) }},
		{"hadamard: DenseGradW: shapes differ", func() { DenseGradW(panels(2, 2), mat(2, 2), mat(3, 2), true) }},
		{"hadamard: DenseGradW: G overlaps X or δ", func() {
			DenseGradW(layout.Panels{Data: v(0, 32), K: 1, N: 1}, at(31, 2, 1), mat(2, 1), true)
		}},
		{"hadamard: DenseGradX: matrix, panels or activation not valid", func() { DenseGradX(invalid, mat(2, 2), panels(2, 2), mat(2, 2), ReLU) }},
		{"hadamard: DenseGradX: shapes differ", func() { DenseGradX(mat(2, 2), mat(2, 2), panels(2, 2), layout.Matrix{}, ReLU) }},
		{"hadamard: DenseGradX: dX overlaps δ, W or X", func() { DenseGradX(at(0, 2, 2), mat(2, 2), panels(2, 2), at(0, 2, 2), ReLU) }},
	} {
		fill(rand.New(rand.NewPCG(1, 1)), buf)
		before := append([]float32(nil), buf...)
		func() {
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("panic %v, want %q", got, c.want)
				}
			}()
			c.f()
		}()
		for i := range buf {
			if !same(buf[i], before[i]) {
				t.Fatalf("%s: something was written", c.want)
			}
		}
	}
}
