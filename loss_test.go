package hadamard

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/hadamard-go/hadamard/internal/guard"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// rowOps are the operations of loss.go on one batch, and their specification on
// a row. Those without a loss return 0.
var rowOps = []struct {
	name string
	run  func(loss []float32, dst, x, t layout.Matrix)
	spec func(dst, x, t []float32) float32
	keep int  // 1: dst may not be x, 2: not be t
	lone bool // may be asked for the loss alone
}{
	{"Softmax", func(_ []float32, dst, x, _ layout.Matrix) { Softmax(dst, x) },
		func(dst, x, _ []float32) float32 { kernels.Softmax(dst, x); return 0 }, 2, false},
	{"LogSoftmax", func(_ []float32, dst, x, _ layout.Matrix) { LogSoftmax(dst, x) },
		func(dst, x, _ []float32) float32 { kernels.LogSoftmax(dst, x); return 0 }, 2, false},
	{"SoftmaxGrad", func(_ []float32, dst, x, t layout.Matrix) { SoftmaxGrad(dst, x, t) },
		func(dst, x, t []float32) float32 { kernels.SoftmaxGrad(dst, x, t); return 0 }, 0, false},
	{"LogSoftmaxGrad", func(_ []float32, dst, x, t layout.Matrix) { LogSoftmaxGrad(dst, x, t) },
		func(dst, x, t []float32) float32 { kernels.LogSoftmaxGrad(dst, x, t); return 0 }, 0, false},
	{"SoftmaxCrossEntropy", func(loss []float32, dst, x, t layout.Matrix) { SoftmaxCrossEntropy(loss, dst, x, t, 0.3) },
		func(dst, x, t []float32) float32 { return kernels.SoftmaxCrossEntropy(dst, x, t, 0.3) }, 3, false},
	{"SquaredError", func(loss []float32, dst, x, t layout.Matrix) { SquaredError(loss, dst, x, t, 0.3) },
		func(dst, x, t []float32) float32 { return kernels.SquaredError(dst, x, t, 0.3) }, 2, true},
	{"SigmoidCrossEntropy", func(loss []float32, dst, x, t layout.Matrix) { SigmoidCrossEntropy(loss, dst, x, t, -0.3) },
		func(dst, x, t []float32) float32 { return kernels.SigmoidCrossEntropy(dst, x, t, -0.3) }, 2, true},
	{"AbsoluteError", func(loss []float32, dst, x, t layout.Matrix) { AbsoluteError(loss, dst, x, t, -0.3) },
		func(dst, x, t []float32) float32 { return kernels.AbsoluteError(dst, x, t, -0.3) }, 2, true},
	{"AbsoluteError, flushed", func(loss []float32, dst, x, t layout.Matrix) { AbsoluteError(loss, dst, x, t, 1e-20) },
		func(dst, x, t []float32) float32 { return kernels.AbsoluteError(dst, x, t, 1e-20) }, 2, true},
	{"Huber", func(loss []float32, dst, x, t layout.Matrix) { Huber(loss, dst, x, t, 0.7, 0.3) },
		func(dst, x, t []float32) float32 { return kernels.Huber(dst, x, t, 0.7, 0.3) }, 2, true},
	{"BinaryCrossEntropyProbs", func(loss []float32, dst, x, t layout.Matrix) { BinaryCrossEntropyProbs(loss, dst, x, t, 0.3) },
		func(dst, x, t []float32) float32 { return kernels.BinaryCrossEntropyProbs(dst, x, t, 0.3) }, 2, true},
	{"CrossEntropyProbs", func(loss []float32, dst, x, t layout.Matrix) { CrossEntropyProbs(loss, dst, x, t, 0.3) },
		func(dst, x, t []float32) float32 { return kernels.CrossEntropyProbs(dst, x, t, 0.3) }, 2, true},
}

// fillings are kinds of rows, the targets after the outputs.
var fillings = []func(r *rand.Rand, x, t []float32){
	func(r *rand.Rand, x, t []float32) { // logits and a class
		for j := range x {
			x[j], t[j] = float32(r.NormFloat64()*5), 0
		}
		if len(t) > 0 {
			t[r.IntN(len(t))] = 1
		}
	},
	func(r *rand.Rand, x, t []float32) { // probabilities, 0 and 1 among them
		for j := range x {
			x[j], t[j] = r.Float32(), r.Float32()
			if r.IntN(8) == 0 {
				x[j] = float32(r.IntN(2))
			}
			if r.IntN(4) == 0 {
				t[j] = float32(r.IntN(2))
			}
		}
	},
	func(r *rand.Rand, x, t []float32) { fill(r, x); fill(r, t) },
	func(r *rand.Rand, x, t []float32) { // any bits
		for j := range x {
			x[j], t[j] = math.Float32frombits(r.Uint32()), math.Float32frombits(r.Uint32())
		}
	},
	func(r *rand.Rand, x, t []float32) { // few values, most of them special
		v := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 1e-45, -1e-45, 1e-38, 1e38, float32(math.Inf(-1)),
			float32(math.Inf(1)), float32(math.NaN())}
		n := 1 + r.IntN(len(v))
		for j := range x {
			x[j], t[j] = v[r.IntN(n)], v[r.IntN(n)]
		}
	},
	func(r *rand.Rand, x, t []float32) { // products that underflow
		for j := range x {
			x[j], t[j] = 1-0x1p-24*float32(r.IntN(3)), float32(r.NormFloat64()*1e-40)
		}
	},
	func(r *rand.Rand, x, t []float32) { // one value
		minus := float32(math.Copysign(0, -1))
		v := [][2]float32{{0, 0}, {minus, minus}, {float32(math.Inf(-1)), 1}, {-200, 2}, {3, 3}, {1 - 0x1p-24, -1e-45}}[r.IntN(6)]
		for j := range x {
			x[j], t[j] = v[0], v[1]
		}
	},
}

// Every operation on matrices with padding between the rows has the bits of the
// specification, in place too, and touches nothing outside of its operands.
func TestRowOperations(t *testing.T) {
	const maxCols = 1 << 14 // of a call
	type shape struct{ rows, cols int }
	shapes := []shape{{0, 3}, {3, 0}, {1100, 10}, {2, maxCols - 1}, {1, maxCols}, {2, maxCols + 1}, {1, 2*maxCols + 9}}
	for cols := range 71 {
		shapes = append(shapes, shape{1, cols}, shape{3, cols})
	}
	shapes = append(shapes, shape{2, 100}, shape{2, 999}, shape{2, 1000})
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(14, 2))
		var mem guard.Memory
		defer mem.Free()
		for _, s := range shapes {
			for kind, filling := range fillings {
				if s.rows*s.cols > 10000 && kind%3 > 0 {
					continue
				}
				gap, atEnd := r.IntN(4), r.IntN(2) == 0
				matrix := func() layout.Matrix {
					stride := s.cols + gap
					m := layout.Matrix{Data: mem.Alloc(max((s.rows-1)*stride+s.cols, 0), atEnd), Rows: s.rows, Cols: s.cols, Stride: stride}
					fill(r, m.Data)
					return m
				}
				x, y, want := matrix(), matrix(), layout.NewMatrix(s.rows, s.cols)
				for i := range x.Rows {
					filling(r, x.Row(i), y.Row(i))
				}
				loss, wantLoss := mem.Alloc(s.rows, atEnd), make([]float32, s.rows)
				for _, o := range rowOps {
					name := fmt.Sprintf("%s of %d×%d, kind %d", o.name, s.rows, s.cols, kind)
					for i := range wantLoss {
						wantLoss[i] = o.spec(want.Row(i), x.Row(i), y.Row(i))
					}
					verify := func(name string, dst layout.Matrix) {
						compare(t, name, dst, want)
						if o.lone || o.name == "SoftmaxCrossEntropy" {
							compare(t, name+": losses", row(loss), row(wantLoss))
						}
					}
					dst := matrix()
					before := append([]float32(nil), dst.Data...)
					fill(r, loss)
					o.run(loss, dst, x, y)
					verify(name, dst)
					for at, v := range dst.Data {
						if at%dst.Stride >= dst.Cols && !same(v, before[at]) {
							t.Fatalf("%s: wrote between the rows", name)
						}
					}
					if o.lone {
						fill(r, loss)
						o.run(loss, layout.Matrix{}, x, y)
						verify(name+", alone", want)
					}
					for k, into := range []layout.Matrix{x, y} {
						if o.keep&(k+1) == 0 {
							saved := append([]float32(nil), into.Data...)
							o.run(loss, into, x, y)
							verify(name+", in place", into)
							copy(into.Data, saved)
						}
					}
				}
				mem.Reset()
			}
		}
	})
}

// sweep compares loss and gradient of every step-th float32 as the output, with
// the target t, with the specification.
func sweep(test *testing.T, run func(loss []float32, dst, x, t layout.Matrix), spec func(dst, x, t []float32) float32, t float32, step uint64) {
	const rows = 4096
	x, y, dst, loss := layout.NewMatrix(rows, 1), layout.NewMatrix(rows, 1), layout.NewMatrix(rows, 1), make([]float32, rows)
	for i := range y.Data {
		y.Data[i] = t
	}
	var want [1]float32
	for bits := uint64(0); bits < 1<<32; {
		for i := range x.Data {
			x.Data[i] = math.Float32frombits(uint32(min(bits, 1<<32-1)))
			bits += step
		}
		run(loss, dst, x, y)
		for i, v := range x.Data {
			if l := spec(want[:], x.Data[i:i+1], y.Data[i:i+1]); !same(loss[i], l) || !same(dst.Data[i], want[0]) {
				test.Fatalf("of %g (%#08x): loss %g, gradient %g, want %g, %g", v, math.Float32bits(v), loss[i], dst.Data[i], l, want[0])
			}
		}
	}
}

// The losses of one output with an elementary function in them, densely.
func TestLossSweep(t *testing.T) {
	step := uint64(1009)
	if testing.Short() {
		step = 100003
	}
	eachLevel(t, func(t *testing.T) {
		if level == LevelGo {
			t.Skip("is the specification")
		}
		for _, o := range rowOps {
			switch o.name {
			case "SigmoidCrossEntropy", "BinaryCrossEntropyProbs", "CrossEntropyProbs":
				t.Run(o.name, func(t *testing.T) { sweep(t, o.run, o.spec, 0.3, step) })
			}
		}
	})
}
