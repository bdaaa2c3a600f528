package hadamard

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// eachLevel runs f with every level of this machine.
func eachLevel(t *testing.T, f func(t *testing.T)) {
	old := level
	defer func() { level = old }()
	for _, l := range Levels() {
		level = l
		t.Run(l.String(), f)
	}
}

var acts = []Activation{Identity, Sigmoid, Tanh, ReLU, LeakyReLU(0.1), ELU(0.5),
	SELU, HardSigmoid, Softplus, SiLU, GELU, GELUTanh}

// fill fills x with normal values and some that change the behaviour of
// arithmetic.
func fill(r *rand.Rand, x []float32) {
	special := []float32{0, float32(math.Copysign(0, -1)), 1e-40, -1e-30, 1e30, float32(math.Inf(1)), float32(math.NaN())}
	for i := range x {
		x[i] = float32(r.NormFloat64())
		if r.IntN(40) == 0 {
			x[i] = special[r.IntN(len(special))]
		}
	}
}

// guarded returns a matrix with random elements, and rows that are stride apart
// in memory that starts off elements after a 64-byte boundary; check then fails
// if anything outside the matrix has changed.
func guarded(t *testing.T, r *rand.Rand, rows, cols, stride, off int) (m layout.Matrix, check func(name string)) {
	mem := layout.Alloc(off + rows*stride + cols + 16)
	fill(r, mem)
	m = layout.Matrix{Data: mem[off : off+max(rows*stride-stride+cols, 0)], Rows: rows, Cols: cols, Stride: stride}
	before := append([]float32(nil), mem...)
	return m, func(name string) {
		t.Helper()
		for i := range mem {
			at := i - off
			if at >= 0 && stride > 0 && at/stride < rows && at%stride < cols {
				continue
			}
			if !same(mem[i], before[i]) {
				t.Fatalf("%s: wrote outside of its result, at %d", name, at)
			}
		}
	}
}

func same(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
}

func compare(t *testing.T, name string, got, want layout.Matrix) {
	t.Helper()
	for i := range want.Rows {
		for j, w := range want.Row(i) {
			if g := got.At(i, j); !same(g, w) {
				t.Fatalf("%s: (%d, %d) is %g (%#08x), want %g (%#08x)", name, i, j, g, math.Float32bits(g), w, math.Float32bits(w))
			}
		}
	}
}

// Dense, GemmBias and the specification written out give the same bits, for all
// small shapes and both sides of each boundary.
func TestDense(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, m := range []int{0, 1, 2, 3, 7, 15, 17} {
			for _, n := range []int{1, 2, 15, 16, 17, 31, 32, 33, 48, 50} {
				for _, k := range []int{0, 1, 3, 15, 16, 17, 40} {
					act := acts[r.IntN(len(acts))]
					hidden := r.IntN(2) == 0
					x, _ := guarded(t, r, m, k, k+r.IntN(3), r.IntN(5))
					w, _ := guarded(t, r, k, n, n+r.IntN(3), 0)
					bias := make([]float32, n)
					fill(r, bias)
					p := layout.NewPanels(k, n)
					p.Pack(w, bias)

					want := layout.NewMatrix(m, n)
					kernels.SgemmBias(m, n, k, kernels.Segments(k, n), x.Data, x.Stride, w.Data, w.Stride, bias, want.Data, n)
					kernels.Activate(want.Data, want.Data, act, 0)
					got, check := guarded(t, r, m, n, n+r.IntN(3), r.IntN(5))
					GemmBias(got, x, w, bias, act)
					compare(t, "GemmBias", got, want)
					check("GemmBias")
					if hidden {
						kernels.FlushSlice(want.Data, want.Data, kernels.FlushProduct)
					}
					got, check = guarded(t, r, m, n, n+r.IntN(3), r.IntN(5))
					Dense(got, x, p, act, hidden)
					compare(t, "Dense", got, want)
					check("Dense")
					if m > 0 {
						y := make([]float32, n)
						Gemv(y, x.Row(m-1), p, act, hidden)
						compare(t, "Gemv", row(y), want.Slice(m-1, m))
					}
				}
			}
		}
	})
}

func TestGemm(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 2))
		for _, m := range []int{0, 1, 2, 5, 17} {
			for _, n := range []int{0, 1, 2, 16, 19} {
				for _, k := range []int{0, 1, 2, 16, 33} {
					for op := range Accumulate << 1 {
						ra, ca, rb, cb := m, k, k, n
						if op&TransA != 0 {
							ra, ca = ca, ra
						}
						if op&TransB != 0 {
							rb, cb = cb, rb
						}
						a, _ := guarded(t, r, ra, ca, ca+1, 1)
						b, _ := guarded(t, r, rb, cb, cb+2, 3)
						c, check := guarded(t, r, m, n, n+1, 2)
						want := layout.NewMatrix(m, n)
						for i := range m {
							for j := range n {
								var s float32
								if op&Accumulate != 0 {
									s = c.At(i, j)
								}
								for p := range k {
									at, bt := a, b
									ai, aj, bi, bj := i, p, p, j
									if op&TransA != 0 {
										ai, aj = aj, ai
									}
									if op&TransB != 0 {
										bi, bj = bj, bi
									}
									s = kernels.FMA(at.At(ai, aj), bt.At(bi, bj), s)
								}
								want.Set(i, j, s)
							}
						}
						Gemm(c, a, b, op)
						compare(t, "Gemm", c, want)
						check("Gemm")
					}
				}
			}
		}
	})
}

// Both backward products of a layer equal the transposed forms of Gemm, and a
// batch in parts has the bits of the whole.
func TestDenseGradients(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 2))
		for _, m := range []int{1, 2, 5, 33} {
			for _, n := range []int{1, 15, 16, 17, 40} {
				for _, k := range []int{1, 2, 16, 31} {
					x, _ := guarded(t, r, m, k, k+2, 1)
					d, _ := guarded(t, r, m, n, n+1, 2)
					w, _ := guarded(t, r, k, n, n, 0)
					p := layout.NewPanels(k, n)
					p.Pack(w, nil)

					gw, gb := layout.NewMatrix(k, n), make([]float32, n)
					Gemm(gw, x, d, TransA)
					ColSums(gb, d, false)
					want, got := layout.NewPanels(k, n), layout.NewPanels(k, n)
					want.Pack(gw, gb)
					fill(r, got.Data) // what was there does not matter
					DenseGradW(got, x, d, false)
					compare(t, "DenseGradW", row(got.Data), row(want.Data))
					DenseGradW(got, x.Slice(0, m/2), d.Slice(0, m/2), false)
					DenseGradW(got, x.Slice(m/2, m), d.Slice(m/2, m), true)
					compare(t, "DenseGradW in parts", row(got.Data), row(want.Data))

					act := acts[r.IntN(len(acts))]
					dx := layout.NewMatrix(m, k)
					Gemm(dx, d, w, TransB)
					for i := range m {
						ActivateGrad(dx.Row(i), dx.Row(i), x.Row(i), act)
					}
					gx, check := guarded(t, r, m, k, k+3, 1)
					DenseGradX(gx, d, p, x, act)
					compare(t, "DenseGradX", gx, dx)
					check("DenseGradX")
				}
			}
		}
		// With the Identity the layer's input is not needed.
		d, p := layout.NewMatrix(2, 3), layout.NewPanels(4, 3)
		DenseGradX(layout.NewMatrix(2, 4), d, p, layout.Matrix{}, Identity)
	})
}

// op is an operation on elements, or on a row, and its specification.
type op struct {
	name string
	run  func(dst, x, y []float32)
	spec func(dst, x, y []float32)
}

// Element-wise operations on every length around a vector, at every offset,
// against the specification; in place too; and nothing outside is written.
func TestElementwise(t *testing.T) {
	ops := []op{
		{"Mul", Mul, kernels.Mul},
		{"Add", Add, kernels.Add},
		{"Scale", func(d, x, _ []float32) { Scale(d, -1.7, x) }, func(d, x, _ []float32) { kernels.Scale(d, -1.7, x) }},
		{"Axpy", func(d, x, _ []float32) { Axpy(d, -1.7, x) }, func(d, x, _ []float32) { kernels.Axpy(d, -1.7, x) }},
		{"Exp", func(d, x, _ []float32) { Exp(d, x) }, func(d, x, _ []float32) { kernels.ExpSlice(d, x) }},
		{"Log", func(d, x, _ []float32) { Log(d, x) }, func(d, x, _ []float32) { kernels.LogSlice(d, x) }},
		{"Flush", func(d, x, _ []float32) { Flush(d, x, 0.5) }, func(d, x, _ []float32) { kernels.FlushSlice(d, x, 0.5) }},
		{"Softmax", func(d, x, _ []float32) { Softmax(row(d), row(x)) }, func(d, x, _ []float32) { kernels.Softmax(d, x) }},
		{"LogSoftmax", func(d, x, _ []float32) { LogSoftmax(row(d), row(x)) }, func(d, x, _ []float32) { kernels.LogSoftmax(d, x) }},
		{"LogSoftmaxGrad", func(d, x, y []float32) { LogSoftmaxGrad(row(d), row(x), row(y)) }, kernels.LogSoftmaxGrad},
		{"SoftmaxGrad", func(d, x, y []float32) { SoftmaxGrad(row(d), row(x), row(y)) }, kernels.SoftmaxGrad},
		{"ShiftScale", func(d, x, y []float32) {
			s := append([]float32(nil), y...)
			ShiftScale(row(d), row(x), s, s)
		}, func(d, x, y []float32) {
			s := append([]float32(nil), y...)
			kernels.ShiftScale(d, x, s, s)
		}},
		{"SquaredError", func(d, x, y []float32) {
			t := append([]float32(nil), y...)
			SquaredError(make([]float32, 1), row(d), row(x), row(t), 0.3)
		}, func(d, x, y []float32) { kernels.SquaredError(d, x, append([]float32(nil), y...), 0.3) }},
		{"SigmoidCrossEntropy", func(d, x, y []float32) {
			t := append([]float32(nil), y...)
			SigmoidCrossEntropy(make([]float32, 1), row(d), row(x), row(t), 0.3)
		}, func(d, x, y []float32) { kernels.SigmoidCrossEntropy(d, x, append([]float32(nil), y...), 0.3) }},
		{"SoftmaxCrossEntropy", func(d, x, y []float32) {
			z, t := append([]float32(nil), x...), append([]float32(nil), y...)
			SoftmaxCrossEntropy(make([]float32, 1), row(d), row(z), row(t), 0.3)
		}, func(d, x, y []float32) {
			kernels.SoftmaxCrossEntropy(d, append([]float32(nil), x...), append([]float32(nil), y...), 0.3)
		}},
	}
	ops = append(ops, layerOps()...)
	for _, a := range acts {
		ops = append(ops,
			op{"Activate", func(d, x, _ []float32) { Activate(d, x, a) }, func(d, x, _ []float32) { kernels.Activate(d, x, a, 0) }},
			op{"ActivateGrad", func(d, x, y []float32) { ActivateGrad(d, x, y, a) }, func(d, x, y []float32) { kernels.ActivateGrad(d, x, y, a) }})
	}
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(8, 2))
		for _, o := range ops {
			for n := range 70 {
				for _, off := range []int{0, 1, 3} {
					d, check := guarded(t, r, 1, n, n, off)
					x, y := make([]float32, n), make([]float32, n)
					fill(r, x)
					fill(r, y)
					want := append([]float32(nil), d.Data...)
					kx, ky := append([]float32(nil), x...), append([]float32(nil), y...)
					o.spec(want, kx, ky)
					o.run(d.Data, x, y)
					compare(t, o.name, d, row(want))
					check(o.name)
					compare(t, o.name+": x", row(x), row(kx))
					compare(t, o.name+": y", row(y), row(ky))
					if o.name != "Axpy" && o.name != "AddSign" { // read what they write
						o.run(x, x, y)
						compare(t, o.name+" in place", row(x), row(want))
					}
				}
			}
		}
	})
}

func TestReductions(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(9, 2))
		for n := range 70 {
			x, _ := guarded(t, r, 3, n, n+1, n%3)
			y := make([]float32, n)
			fill(r, y)
			if got, want := Sum(y), kernels.Sum(y); !same(got, want) {
				t.Errorf("Sum of %d is %g, want %g", n, got, want)
			}
			if got, want := SumSquares(y), kernels.SumSquares(y); !same(got, want) {
				t.Errorf("SumSquares of %d is %g, want %g", n, got, want)
			}
			if got, want := Dot(x.Row(0), y), kernels.Dot(x.Row(0), y); !same(got, want) {
				t.Errorf("Dot of %d is %g, want %g", n, got, want)
			}
			top := make([]float32, 3)
			RowMax(top, x)
			for i := range top {
				if want := kernels.Max(x.Row(i)); !same(top[i], want) {
					t.Errorf("RowMax of %d is %g, want %g", n, top[i], want)
				}
			}
			sums, want := append([]float32(nil), y...), append([]float32(nil), y...)
			kernels.ColSums(want, 3, x.Data, x.Stride)
			ColSums(sums, x, true)
			compare(t, "ColSums", row(sums), row(want))
		}
	})
}

func TestOptimizers(t *testing.T) {
	step := &AdamStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.99, OneMinusBeta2: 0.01, Rate: 0.1, InvRootBias2: 3, Epsilon: 1e-7, Decay: 0.98, L2: 0.01}
	rms := &RMSpropStep{Rho: 0.9, OneMinusRho: 0.1, Rate: 0.1, Momentum: 0.5, Epsilon: 1e-7, L2: 0.01}
	adagrad := &AdagradStep{Rate: 0.1, Epsilon: 1e-7, L2: 0.2}
	adagradMu := &AdagradStep{Rate: 0.1, Momentum: 0.5, Inside: 1e-3, L2: 0.2}
	delta := &AdadeltaStep{Rho: 0.9, OneMinusRho: 0.1, Rate: 0.7, Epsilon: 1e-6, L2: 0.01}
	adamax := &AdamaxStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.99, Rate: 0.1, Epsilon: 1e-7, L2: 0.01}
	nadam := &NAdamStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.99, OneMinusBeta2: 0.01, RateM: 0.1, RateG: 0.03, InvRootBias2: 3, Epsilon: 1e-7, Decay: 0.98, L2: 0.01}
	lion := &LionStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.99, OneMinusBeta2: 0.01, Rate: 0.1, Decay: 0.98, L2: 0.01}
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(10, 2))
		for n := range 70 {
			var a, b [5][]float32
			for i := range a {
				a[i] = make([]float32, n)
				fill(r, a[i])
				b[i] = append([]float32(nil), a[i]...)
			}
			for range 2 {
				SGD(a[0], a[1], 0.1, 0.2)
				kernels.SGD(b[0], b[1], 0.1, 0.2)
				Momentum(a[0], a[1], a[2], 0.1, 0.9, 1, 0.2)
				kernels.Momentum(b[0], b[1], b[2], 0.1, 0.9, 1, 0.2)
				Nesterov(a[0], a[1], a[2], 0.1, 0.9, 0.2)
				kernels.Nesterov(b[0], b[1], b[2], 0.1, 0.9, 0.2)
				HeavyBall(a[0], a[1], a[2], 0.1, 0.9, 0.2)
				kernels.HeavyBall(b[0], b[1], b[2], 0.1, 0.9, 0.2)
				Momentum(a[0], a[1], a[2], 0.1, 0.9, 0.7, 0.2)
				kernels.Momentum(b[0], b[1], b[2], 0.1, 0.9, 0.7, 0.2)
				Adagrad(a[0], a[1], a[2], nil, adagrad)
				kernels.Adagrad(b[0], b[1], b[2], nil, adagrad)
				Adagrad(a[0], a[1], a[2], a[3], adagradMu)
				kernels.Adagrad(b[0], b[1], b[2], b[3], adagradMu)
				Adadelta(a[0], a[1], a[2], a[3], delta)
				kernels.Adadelta(b[0], b[1], b[2], b[3], delta)
				RMSprop(a[0], a[1], a[2], nil, nil, rms)
				kernels.RMSprop(b[0], b[1], b[2], nil, nil, rms)
				RMSprop(a[0], a[1], a[2], a[3], a[4], rms)
				kernels.RMSprop(b[0], b[1], b[2], b[3], b[4], rms)
				Adam(a[0], a[1], a[2], a[3], nil, step)
				kernels.Adam(b[0], b[1], b[2], b[3], nil, step)
				Adam(a[0], a[1], a[2], a[3], a[4], step)
				kernels.Adam(b[0], b[1], b[2], b[3], b[4], step)
				Adamax(a[0], a[1], a[2], a[3], adamax)
				kernels.Adamax(b[0], b[1], b[2], b[3], adamax)
				NAdam(a[0], a[1], a[2], a[3], nadam)
				kernels.NAdam(b[0], b[1], b[2], b[3], nadam)
				Lion(a[0], a[1], a[2], lion)
				kernels.Lion(b[0], b[1], b[2], lion)
			}
			for i := range a {
				compare(t, "optimizers", row(a[i]), row(b[i]))
			}
		}
	})
}

func TestAllocations(t *testing.T) {
	x, y, p := layout.NewMatrix(8, 40), layout.NewMatrix(8, 20), layout.NewPanels(40, 20)
	g, w, dx := layout.NewPanels(40, 20), layout.NewMatrix(40, 20), layout.NewMatrix(8, 40)
	a, b, c, d := make([]float32, 40), make([]float32, 40), make([]float32, 40), make([]float32, 40)
	t3, t4 := layout.NewMatrix(8, 20), layout.NewMatrix(8, 20)
	e, step, rms, lion := make([]float32, 40), &AdamStep{Epsilon: 1}, &RMSpropStep{Epsilon: 1}, &LionStep{}
	adagrad, delta, adamax, nadam := &AdagradStep{Momentum: 1}, &AdadeltaStep{Epsilon: 1}, &AdamaxStep{Epsilon: 1}, &NAdamStep{Epsilon: 1}
	eachLevel(t, func(t *testing.T) {
		for name, f := range map[string]func(){
			"Gemm":      func() { Gemm(y, x, w, 0) },
			"GemmBias":  func() { GemmBias(y, x, w, a[:20], Tanh) },
			"Dense":     func() { Dense(y, x, p, Tanh, true); Gemv(y.Row(0), x.Row(0), p, ReLU, false) },
			"gradients": func() { DenseGradW(g, x, y, false); DenseGradX(dx, y, p, x, Tanh) },
			"elements": func() {
				Mul(a, b, c)
				Add(a, b, c)
				Scale(a, 2, b)
				Axpy(a, 2, b)
				Exp(a, b)
				Log(a, b)
				Flush(a, b, 1)
			},
			"activations": func() { Activate(a, b, ELU(1)); ActivateGrad(a, b, c, ELU(1)); ShiftScale(x, x, a, b) },
			"reductions":  func() { a[0] = Dot(a, b) + Sum(c) + SumSquares(d); RowMax(a[:8], x); ColSums(a, x, false) },
			"normalisation": func() {
				ColMoments(a, b, x)
				InvRoot(b, b, 1)
				Normalize(dx, dx, x, a, b, c, d)
				ColDots(a, x, dx, true)
				NormalizeGrad(dx, dx, x, a, b, c)
			},
			"regularisation": func() {
				Dropout(dx, x, kernels.Philox{}, 1, 1<<31, 2)
				Clip(a, b, 1)
				AddSign(a, 1, b)
				MaxNorm(p, 0.5)
			},
			"losses": func() {
				Softmax(y, y)
				SoftmaxGrad(y, y, t3)
				SquaredError(a[:8], y, t3, t4, 1)
				SigmoidCrossEntropy(a[:8], y, t3, t4, 1)
				SoftmaxCrossEntropy(a[:8], y, t3, t4, 1)
				AbsoluteError(a[:8], y, t3, t4, 1)
				Huber(a[:8], y, t3, t4, 1, 1)
				BinaryCrossEntropyProbs(a[:8], y, t3, t4, 1)
				CrossEntropyProbs(a[:8], y, t3, t4, 1)
			},
			"optimizers": func() {
				SGD(a, b, 1, 0)
				Momentum(a, b, c, 1, 0, 1, 0)
				Nesterov(a, b, c, 1, 0, 0)
				HeavyBall(a, b, c, 1, 0, 0)
				Adagrad(a, b, c, d, adagrad)
				Adadelta(a, b, c, d, delta)
				RMSprop(a, b, c, d, e, rms)
				Adam(a, b, c, d, e, step)
				Adamax(a, b, c, d, adamax)
				NAdam(a, b, c, d, nadam)
				Lion(a, b, c, lion)
			},
		} {
			if n := testing.AllocsPerRun(10, f); n != 0 {
				t.Errorf("%s: %g allocations", name, n)
			}
		}
	})
}
