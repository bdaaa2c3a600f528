package hadamard

import (
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
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

// Element-wise operations on every length around a vector, at every offset,
// against the specification; in place too; and nothing outside is written.
func TestElementwise(t *testing.T) {
	type op struct {
		name string
		run  func(dst, x, y []float32)
		spec func(dst, x, y []float32)
	}
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
					if o.name != "Axpy" { // reads what it writes
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
				Momentum(a[0], a[1], a[2], 0.1, 0.9, 0.2)
				kernels.Momentum(b[0], b[1], b[2], 0.1, 0.9, 0.2)
				Nesterov(a[0], a[1], a[2], 0.1, 0.9, 0.2)
				kernels.Nesterov(b[0], b[1], b[2], 0.1, 0.9, 0.2)
				HeavyBall(a[0], a[1], a[2], 0.1, 0.9, 0.2)
				kernels.HeavyBall(b[0], b[1], b[2], 0.1, 0.9, 0.2)
				for _, mu := range []float32{0, 0.5} {
					Adagrad(a[0], a[1], a[2], a[3], 0.1, mu, 1e-7, 0.2)
					kernels.Adagrad(b[0], b[1], b[2], b[3], 0.1, mu, 1e-7, 0.2)
				}
				RMSprop(a[0], a[1], a[2], nil, nil, rms)
				kernels.RMSprop(b[0], b[1], b[2], nil, nil, rms)
				RMSprop(a[0], a[1], a[2], a[3], a[4], rms)
				kernels.RMSprop(b[0], b[1], b[2], b[3], b[4], rms)
				Adam(a[0], a[1], a[2], a[3], nil, step)
				kernels.Adam(b[0], b[1], b[2], b[3], nil, step)
				Adam(a[0], a[1], a[2], a[3], a[4], step)
				kernels.Adam(b[0], b[1], b[2], b[3], b[4], step)
				Lion(a[0], a[1], a[2], lion)
				kernels.Lion(b[0], b[1], b[2], lion)
			}
			for i := range a {
				compare(t, "optimizers", row(a[i]), row(b[i]))
			}
		}
	})
}

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
		s    AdamStep
		rms  RMSpropStep
		lion LionStep
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
		{"hadamard: Momentum: lengths differ", func() { Momentum(v(0, 3), v(3, 6), v(6, 8), 1, 0, 0) }},
		{"hadamard: Momentum: arguments overlap", func() { Momentum(v(0, 3), v(3, 6), v(3, 6), 1, 0, 0) }},
		{"hadamard: Adam: lengths differ", func() { Adam(v(0, 3), v(3, 6), v(6, 9), v(9, 11), nil, &s) }},
		{"hadamard: Adam: arguments overlap", func() { Adam(v(0, 3), v(3, 6), v(6, 9), v(8, 11), nil, &s) }},
		{"hadamard: Adam: lengths differ", func() { Adam(v(0, 3), v(3, 6), v(6, 9), nil, nil, &s) }},
		{"hadamard: Adam: lengths differ", func() { Adam(v(0, 3), v(3, 6), v(6, 9), v(9, 12), v(12, 14), &s) }},
		{"hadamard: Adam: arguments overlap", func() { Adam(v(0, 3), v(3, 6), v(6, 9), v(9, 12), v(5, 8), &s) }},
		{"hadamard: Nesterov: lengths differ", func() { Nesterov(v(0, 3), v(3, 6), v(6, 8), 1, 0, 0) }},
		{"hadamard: Nesterov: arguments overlap", func() { Nesterov(v(0, 3), v(3, 6), v(3, 6), 1, 0, 0) }},
		{"hadamard: HeavyBall: lengths differ", func() { HeavyBall(v(0, 3), v(3, 6), nil, 1, 0, 0) }},
		{"hadamard: HeavyBall: arguments overlap", func() { HeavyBall(v(0, 3), v(2, 5), v(6, 9), 1, 0, 0) }},
		{"hadamard: Adagrad: lengths differ", func() { Adagrad(v(0, 3), v(3, 6), v(6, 9), nil, 1, 0.5, 1, 0) }},
		{"hadamard: Adagrad: arguments overlap", func() { Adagrad(v(0, 3), v(3, 6), v(6, 9), v(7, 10), 1, 0.5, 1, 0) }},
		{"hadamard: RMSprop: lengths differ", func() { RMSprop(v(0, 3), v(3, 6), v(6, 9), nil, v(9, 11), &rms) }},
		{"hadamard: RMSprop: arguments overlap", func() { RMSprop(v(0, 3), v(3, 6), v(6, 9), v(9, 12), v(9, 12), &rms) }},
		{"hadamard: Lion: lengths differ", func() { Lion(v(0, 3), v(3, 6), nil, &lion) }},
		{"hadamard: Lion: arguments overlap", func() { Lion(v(0, 3), v(3, 6), v(0, 3), &lion) }},
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
		{"hadamard: Dense: shapes differ", func() { Gemv(v(0, 2), v(3, 6), panels(2, 2), ReLU, true) }},
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

func TestAllocations(t *testing.T) {
	x, y, p := layout.NewMatrix(8, 40), layout.NewMatrix(8, 20), layout.NewPanels(40, 20)
	g, w, dx := layout.NewPanels(40, 20), layout.NewMatrix(40, 20), layout.NewMatrix(8, 40)
	a, b, c, d := make([]float32, 40), make([]float32, 40), make([]float32, 40), make([]float32, 40)
	t3, t4 := layout.NewMatrix(8, 20), layout.NewMatrix(8, 20)
	e, step, rms, lion := make([]float32, 40), &AdamStep{Epsilon: 1}, &RMSpropStep{Epsilon: 1}, &LionStep{}
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
			"reductions":  func() { a[0] = Dot(a, b) + Sum(c); RowMax(a[:8], x); ColSums(a, x, false) },
			"losses": func() {
				Softmax(y, y)
				SoftmaxGrad(y, y, t3)
				SquaredError(a[:8], y, t3, t4, 1)
				SigmoidCrossEntropy(a[:8], y, t3, t4, 1)
				SoftmaxCrossEntropy(a[:8], y, t3, t4, 1)
			},
			"optimizers": func() {
				SGD(a, b, 1, 0)
				Momentum(a, b, c, 1, 0, 0)
				Nesterov(a, b, c, 1, 0, 0)
				HeavyBall(a, b, c, 1, 0, 0)
				Adagrad(a, b, c, d, 1, 1, 1, 0)
				RMSprop(a, b, c, d, e, rms)
				Adam(a, b, c, d, e, step)
				Lion(a, b, c, lion)
			},
		} {
			if n := testing.AllocsPerRun(10, f); n != 0 {
				t.Errorf("%s: %g allocations", name, n)
			}
		}
	})
}

func TestLevels(t *testing.T) {
	if got, err := chooseLevel("go"); got != LevelGo || err != nil {
		t.Errorf("go: %v, %v", got, err)
	}
	all := Levels()
	if got, err := chooseLevel(""); got != all[len(all)-1] || err != nil {
		t.Errorf("empty: %v, %v", got, err)
	}
	if _, err := chooseLevel("avx3"); err == nil || !strings.Contains(err.Error(), "HADAMARD_LEVEL=avx3: this machine has: go") {
		t.Errorf("avx3: %v", err)
	}
	for _, l := range all {
		if back, err := chooseLevel(l.String()); back != l || err != nil {
			t.Errorf("%v came back as %v, %v", l, back, err)
		}
	}
	if got := Level(200).String(); got != "Level(200)" {
		t.Error(got)
	}
}

// A level that is not there stops the program at its start.
func TestUnknownLevelPanics(t *testing.T) {
	if os.Getenv("HADAMARD_LEVEL") == "nonesuch" {
		return // not reached: package initialisation panics
	}
	exe, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestUnknownLevelPanics$")
	cmd.Env = append(os.Environ(), "HADAMARD_LEVEL=nonesuch")
	out, err := cmd.CombinedOutput()
	if _, ran := err.(*exec.ExitError); err != nil && !ran {
		t.Skip(err) // under emulation the system cannot start the program
	}
	if err == nil || !strings.Contains(string(out), "hadamard: HADAMARD_LEVEL=nonesuch: this machine has: go") {
		t.Errorf("error %v, output:\n%s", err, out)
	}
}

func TestInfo(t *testing.T) {
	i := Info()
	if i.Level != level.String() || len(i.Levels) == 0 || i.Levels[0] != "go" || i.Arithmetic != kernels.Version {
		t.Errorf("%+v", i)
	}
	if c := i.Caches; c.L1D < 8<<10 || c.L2 < 64<<10 || c.L3 < 0 || c.L3 > 64<<20 {
		t.Errorf("caches %+v", c)
	}
	if s := i.String(); !strings.Contains(s, "level       "+i.Level+"\n") {
		t.Error(s)
	}
}

func TestSysfsCaches(t *testing.T) {
	dir := t.TempDir()
	write := func(index, name, text string) {
		if err := os.MkdirAll(dir+"/"+index, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+"/"+index+"/"+name, []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for index, f := range map[string][3]string{
		"index0": {"1", "Data", "64K"}, "index1": {"1", "Instruction", "32K"},
		"index2": {"2", "Unified", "1024K"}, "index3": {"3", "Unified", "nonsense"},
	} {
		write(index, "level", f[0])
		write(index, "type", f[1])
		write(index, "size", f[2])
	}
	if got, want := sysfsCaches(dir), (Caches{L1D: 64 << 10, L2: 1 << 20}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := sysfsCaches(dir + "/none"); got != (Caches{}) {
		t.Errorf("%+v of nothing", got)
	}
}
