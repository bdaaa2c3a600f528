package hadamard

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/hadamard-go/hadamard/internal/guard"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// A vectorCase is an operation on vectors v of one length and numbers p, and its
// specification. Both may write to any v; a result that is a number goes to a
// vector too.
type vectorCase struct {
	name    string
	vectors int
	run     func(v [][]float32, p []float32)
	spec    func(v [][]float32, p []float32)
}

// at0 sets x[0], where there is one.
func at0(x []float32, v float32) {
	if len(x) > 0 {
		x[0] = v
	}
}

// positive returns |x|, or 1 for NaN: a bound.
func positive(x float32) float32 {
	if x != x {
		return 1
	}
	return max(x, -x)
}

// The numbers of a step, from p.

func adagradNumbers(p []float32) *AdagradStep {
	return &AdagradStep{Rate: p[0], Momentum: p[1], Epsilon: p[2], Inside: p[3], L2: p[4]}
}

func adadeltaNumbers(p []float32) *AdadeltaStep {
	return &AdadeltaStep{Rho: p[0], OneMinusRho: p[1], Rate: p[2], Epsilon: p[3], L2: p[4]}
}

func rmspropNumbers(p []float32) *RMSpropStep {
	return &RMSpropStep{Rho: p[0], OneMinusRho: p[1], Rate: p[2], Momentum: p[3], Epsilon: p[4], Inside: p[5], L2: p[6]}
}

func adamNumbers(p []float32) *AdamStep {
	return &AdamStep{Beta1: p[0], OneMinusBeta1: p[1], Beta2: p[2], OneMinusBeta2: p[3], Rate: p[4], InvRootBias2: p[5], Epsilon: p[6], Decay: p[7], L2: p[8]}
}

func adamaxNumbers(p []float32) *AdamaxStep {
	return &AdamaxStep{Beta1: p[0], OneMinusBeta1: p[1], Beta2: p[2], Rate: p[3], Epsilon: p[4], L2: p[5]}
}

func nadamNumbers(p []float32) *NAdamStep {
	return &NAdamStep{Beta1: p[0], OneMinusBeta1: p[1], Beta2: p[2], OneMinusBeta2: p[3], RateM: p[4], RateG: p[5], InvRootBias2: p[6], Epsilon: p[7], Decay: p[8], L2: p[9]}
}

func lionNumbers(p []float32) *LionStep {
	return &LionStep{Beta1: p[0], OneMinusBeta1: p[1], Beta2: p[2], OneMinusBeta2: p[3], Rate: p[4], Decay: p[5], L2: p[6]}
}

func vectorCases() []vectorCase {
	type vs = [][]float32
	type ps = []float32
	philox := func(p ps) (kernels.Philox, uint64, uint32) {
		bits := func(i int) uint64 { return uint64(math.Float32bits(p[i])) }
		return kernels.Philox{Seed: bits(0)<<32 | bits(1), Stream: bits(2)<<32 | bits(3)}, bits(4)<<32 | bits(5), math.Float32bits(p[6])
	}
	return []vectorCase{
		{"Mul", 3, func(v vs, p ps) { Mul(v[0], v[1], v[2]) }, func(v vs, p ps) { kernels.Mul(v[0], v[1], v[2]) }},
		{"Mul in place", 2, func(v vs, p ps) { Mul(v[0], v[0], v[1]) }, func(v vs, p ps) { kernels.Mul(v[0], v[0], v[1]) }},
		{"Add", 3, func(v vs, p ps) { Add(v[0], v[1], v[2]) }, func(v vs, p ps) { kernels.Add(v[0], v[1], v[2]) }},
		{"Add in place", 2, func(v vs, p ps) { Add(v[0], v[1], v[0]) }, func(v vs, p ps) { kernels.Add(v[0], v[1], v[0]) }},
		{"Scale", 2, func(v vs, p ps) { Scale(v[0], p[0], v[1]) }, func(v vs, p ps) { kernels.Scale(v[0], p[0], v[1]) }},
		{"Axpy", 2, func(v vs, p ps) { Axpy(v[0], p[0], v[1]) }, func(v vs, p ps) { kernels.Axpy(v[0], p[0], v[1]) }},
		{"Axpy in place", 1, func(v vs, p ps) { Axpy(v[0], p[0], v[0]) }, func(v vs, p ps) { kernels.Axpy(v[0], p[0], v[0]) }},
		{"ShiftScale", 4, func(v vs, p ps) { ShiftScale(row(v[0]), row(v[1]), v[2], v[3]) }, func(v vs, p ps) { kernels.ShiftScale(v[0], v[1], v[2], v[3]) }},
		{"Dot", 3, func(v vs, p ps) { at0(v[0], Dot(v[1], v[2])) }, func(v vs, p ps) { at0(v[0], kernels.Dot(v[1], v[2])) }},
		{"Sum", 2, func(v vs, p ps) { at0(v[0], Sum(v[1])) }, func(v vs, p ps) { at0(v[0], kernels.Sum(v[1])) }},
		{"SumSquares", 2, func(v vs, p ps) { at0(v[0], SumSquares(v[1])) }, func(v vs, p ps) { at0(v[0], kernels.SumSquares(v[1])) }},
		{"RowMax", 2, func(v vs, p ps) { RowMax(v[0][:min(1, len(v[0]))], row(v[1]).Slice(0, min(1, len(v[0])))) }, func(v vs, p ps) { at0(v[0], kernels.Max(v[1])) }},
		{"ColSums", 2, func(v vs, p ps) { ColSums(v[0], row(v[1]), true) }, func(v vs, p ps) { kernels.ColSums(v[0], 1, v[1], 0) }},
		{"ColDots", 3, func(v vs, p ps) { ColDots(v[0], row(v[1]), row(v[2]), true) }, func(v vs, p ps) { kernels.ColDots(v[0], 1, v[1], 0, v[2], 0) }},
		{"ColMoments", 3, func(v vs, p ps) { ColMoments(v[0], v[1], row(v[2])) }, func(v vs, p ps) { kernels.ColMoments(v[0], v[1], 1, v[2], 0) }},
		{"Flush", 2, func(v vs, p ps) { Flush(v[0], v[1], p[0]) }, func(v vs, p ps) { kernels.FlushSlice(v[0], v[1], p[0]) }},
		{"Clip", 2, func(v vs, p ps) { Clip(v[0], v[1], positive(p[0])) }, func(v vs, p ps) { kernels.Clip(v[0], v[1], positive(p[0])) }},
		{"AddSign", 2, func(v vs, p ps) { AddSign(v[0], p[0], v[1]) }, func(v vs, p ps) { kernels.AddSign(v[0], p[0], v[1]) }},
		{"AddSign in place", 1, func(v vs, p ps) { AddSign(v[0], p[0], v[0]) }, func(v vs, p ps) { kernels.AddSign(v[0], p[0], v[0]) }},
		{
			"Dropout", 2,
			func(v vs, p ps) { r, at, t := philox(p); Dropout(row(v[0]), row(v[1]), r, at, t, p[7]) },
			func(v vs, p ps) { r, at, t := philox(p); kernels.Dropout(v[0], v[1], r, at, t, p[7]) },
		},
		{"InvRoot", 2, func(v vs, p ps) { InvRoot(v[0], v[1], p[0]) }, func(v vs, p ps) { kernels.InvRoot(v[0], v[1], p[0]) }},
		{
			"Normalize", 7,
			func(v vs, p ps) { Normalize(row(v[0]), row(v[1]), row(v[2]), v[3], v[4], v[5], v[6]) },
			func(v vs, p ps) { kernels.Normalize(v[0], v[1], v[2], v[3], v[4], v[5], v[6]) },
		},
		{
			"Normalize in place", 5,
			func(v vs, p ps) { Normalize(row(v[0]), row(v[0]), row(v[0]), v[1], v[2], v[3], v[4]) },
			func(v vs, p ps) { kernels.Normalize(v[0], v[0], v[0], v[1], v[2], v[3], v[4]) },
		},
		{
			"NormalizeGrad", 6,
			func(v vs, p ps) { NormalizeGrad(row(v[0]), row(v[1]), row(v[2]), v[3], v[4], v[5]) },
			func(v vs, p ps) { kernels.NormalizeGrad(v[0], v[1], v[2], v[3], v[4], v[5]) },
		},
		{"SGD", 2, func(v vs, p ps) { SGD(v[0], v[1], p[0], p[1]) }, func(v vs, p ps) { kernels.SGD(v[0], v[1], p[0], p[1]) }},
		{
			"Momentum", 3,
			func(v vs, p ps) { Momentum(v[0], v[1], v[2], p[0], p[1], p[2], p[3]) },
			func(v vs, p ps) { kernels.Momentum(v[0], v[1], v[2], p[0], p[1], p[2], p[3]) },
		},
		{
			"Nesterov", 3,
			func(v vs, p ps) { Nesterov(v[0], v[1], v[2], p[0], p[1], p[2]) },
			func(v vs, p ps) { kernels.Nesterov(v[0], v[1], v[2], p[0], p[1], p[2]) },
		},
		{
			"HeavyBall", 3,
			func(v vs, p ps) { HeavyBall(v[0], v[1], v[2], p[0], p[1], p[2]) },
			func(v vs, p ps) { kernels.HeavyBall(v[0], v[1], v[2], p[0], p[1], p[2]) },
		},
		{
			"Adagrad", 3,
			func(v vs, p ps) { Adagrad(v[0], v[1], v[2], nil, adagradNumbers([]float32{p[0], 0, p[1], p[2], p[3]})) },
			func(v vs, p ps) {
				kernels.Adagrad(v[0], v[1], v[2], nil, adagradNumbers([]float32{p[0], 0, p[1], p[2], p[3]}))
			},
		},
		{
			"Adagrad with momentum", 4,
			func(v vs, p ps) { Adagrad(v[0], v[1], v[2], v[3], adagradNumbers(p)) },
			func(v vs, p ps) { kernels.Adagrad(v[0], v[1], v[2], v[3], adagradNumbers(p)) },
		},
		{
			"Adadelta", 4,
			func(v vs, p ps) { Adadelta(v[0], v[1], v[2], v[3], adadeltaNumbers(p)) },
			func(v vs, p ps) { kernels.Adadelta(v[0], v[1], v[2], v[3], adadeltaNumbers(p)) },
		},
		{
			"RMSprop", 3,
			func(v vs, p ps) { RMSprop(v[0], v[1], v[2], nil, nil, rmspropNumbers(p)) },
			func(v vs, p ps) { kernels.RMSprop(v[0], v[1], v[2], nil, nil, rmspropNumbers(p)) },
		},
		{
			"RMSprop with momentum", 4,
			func(v vs, p ps) { RMSprop(v[0], v[1], v[2], nil, v[3], rmspropNumbers(p)) },
			func(v vs, p ps) { kernels.RMSprop(v[0], v[1], v[2], nil, v[3], rmspropNumbers(p)) },
		},
		{
			"RMSprop, centred", 4,
			func(v vs, p ps) { RMSprop(v[0], v[1], v[2], v[3], nil, rmspropNumbers(p)) },
			func(v vs, p ps) { kernels.RMSprop(v[0], v[1], v[2], v[3], nil, rmspropNumbers(p)) },
		},
		{
			"RMSprop, centred, with momentum", 5,
			func(v vs, p ps) { RMSprop(v[0], v[1], v[2], v[3], v[4], rmspropNumbers(p)) },
			func(v vs, p ps) { kernels.RMSprop(v[0], v[1], v[2], v[3], v[4], rmspropNumbers(p)) },
		},
		{
			"Adam", 4,
			func(v vs, p ps) { Adam(v[0], v[1], v[2], v[3], nil, adamNumbers(p)) },
			func(v vs, p ps) { kernels.Adam(v[0], v[1], v[2], v[3], nil, adamNumbers(p)) },
		},
		{
			"AMSGrad", 5,
			func(v vs, p ps) { Adam(v[0], v[1], v[2], v[3], v[4], adamNumbers(p)) },
			func(v vs, p ps) { kernels.Adam(v[0], v[1], v[2], v[3], v[4], adamNumbers(p)) },
		},
		{
			"Adamax", 4,
			func(v vs, p ps) { Adamax(v[0], v[1], v[2], v[3], adamaxNumbers(p)) },
			func(v vs, p ps) { kernels.Adamax(v[0], v[1], v[2], v[3], adamaxNumbers(p)) },
		},
		{
			"NAdam", 4,
			func(v vs, p ps) { NAdam(v[0], v[1], v[2], v[3], nadamNumbers(p)) },
			func(v vs, p ps) { kernels.NAdam(v[0], v[1], v[2], v[3], nadamNumbers(p)) },
		},
		{
			"Lion", 3,
			func(v vs, p ps) { Lion(v[0], v[1], v[2], lionNumbers(p)) },
			func(v vs, p ps) { kernels.Lion(v[0], v[1], v[2], lionNumbers(p)) },
		},
	}
}

// fillBits fills x with what tells kernels from their specification: ordinary
// numbers, any bits at all, zeros, infinities, NaN, and the neighbourhoods of the
// bounds of the flush rule.
func fillBits(r *rand.Rand, x []float32) {
	bounds := []uint32{0, 1 << 23, 64 << 23, 71 << 23, 127 << 23, 0xff << 23} // 0, 2⁻¹²⁶, 2⁻⁶³, 2⁻⁵⁶, 1, Inf
	for i := range x {
		switch r.IntN(8) {
		default:
			x[i] = float32(r.NormFloat64())
		case 0:
			x[i] = math.Float32frombits(r.Uint32())
		case 1, 2:
			x[i] = math.Float32frombits((bounds[r.IntN(len(bounds))] + r.Uint32N(5) - 2) ^ r.Uint32N(2)<<31)
		}
	}
}

// scramble leaves other numbers in the registers and on the stack than the next
// operation needs: a kernel that does not load one of its constants would work
// with what the last call of itself left there.
func scramble() {
	var x, y, z, u [1]float32
	NAdam(x[:], y[:], z[:], u[:], nadamNumbers([]float32{9, 9, 9, 9, 9, 9, 9, 9, 9, 9}))
	Dropout(row(x[:]), row(y[:]), kernels.Philox{Seed: 0x4141414141414141}, 0, 9, 9)
}

// Every length around a vector and a chunk, each operand at its own offset, in
// memory between pages that cannot be touched and in ordinary memory.
func TestVectorKernels(t *testing.T) {
	lengths := []int{16384, 16385, 2*16384 + 17}
	for n := range 70 {
		lengths = append(lengths, n)
	}
	var mem guard.Memory
	defer mem.Free()
	eachLevel(t, func(t *testing.T) {
		if level == LevelGo {
			return // is the specification
		}
		r := rand.New(rand.NewPCG(20, 2))
		p := make([]float32, 10)
		for _, c := range vectorCases() {
			for _, n := range lengths {
				for place := range 20 {
					if place > 1 && (n > 1000 || testing.Short() && place%7 > 0) {
						continue
					}
					if fillBits(r, p); place%3 > 0 {
						for i := range p {
							p[i] = r.Float32()
						}
					}
					v, want := make([][]float32, c.vectors), make([][]float32, c.vectors)
					var before, after [][]float32
					for i := range v {
						if place < 2 {
							v[i] = mem.Alloc(n, place == 0)
						} else {
							off := (place - 2 + 5*i) % 18
							b := make([]float32, off+n+20)
							fillBits(r, b)
							v[i] = b[off:][:n]
							before, after = append(before, b[:off], b[off+n:]), append(after, clone(b[:off]), clone(b[off+n:]))
						}
						fillBits(r, v[i])
						want[i] = clone(v[i])
					}
					c.spec(want, p)
					scramble()
					c.run(v, p)
					for i := range v {
						compareBits(t, c.name, v[i], want[i])
					}
					for i := range before {
						compareBits(t, c.name+": beside an operand", before[i], after[i])
					}
					mem.Reset()
					if t.Failed() {
						t.Fatalf("%s: length %d, place %d", c.name, n, place)
					}
				}
			}
		}
	})
}

func clone(x []float32) []float32 { return append([]float32(nil), x...) }

func compareBits(t *testing.T, name string, got, want []float32) {
	t.Helper()
	for i, w := range want {
		if !same(got[i], w) {
			t.Errorf("%s: element %d of %d is %g (%#08x), want %g (%#08x)", name, i, len(want),
				got[i], math.Float32bits(got[i]), w, math.Float32bits(w))
			return
		}
	}
}

// Operations on one number, on a dense part of all numbers.
func TestVectorSweep(t *testing.T) {
	step := uint64(1009)
	const part = 1 << 14
	cases := map[string]vectorCase{}
	for _, c := range vectorCases() {
		cases[c.name] = c
	}
	for name, ps := range map[string][][]float32{
		"Flush":            {{kernels.FlushProduct}, {kernels.FlushState}, {kernels.MinEpsilon}, {0}, {-1}, {float32(math.NaN())}, {float32(math.Inf(1))}},
		"Clip":             {{0}, {1.5}, {1e-39}, {float32(math.Inf(1))}},
		"Scale":            {{-1.7}, {1e-30}, {3e38}},
		"AddSign in place": {{0.25}, {-1e-40}},
		"InvRoot":          {{0}, {1e-5}},
		"SGD":              {{0.5, 0}},
	} {
		c := cases[name]
		eachLevel(t, func(t *testing.T) {
			if level == LevelGo {
				return
			}
			for _, p := range ps {
				x, y, want, in := make([]float32, part), make([]float32, part), make([]float32, part), make([]float32, part)
				for bits := uint64(0); bits < 1<<32; {
					for i := range x {
						in[i] = math.Float32frombits(uint32(min(bits, 1<<32-1)))
						x[i] = in[i]
						bits += step
					}
					v, w := [][]float32{y, x}, [][]float32{want, in}
					if c.vectors == 1 {
						v, w = [][]float32{x}, [][]float32{in}
					}
					c.run(v, p)
					c.spec(w, p)
					compareBits(t, c.name, v[0], w[0])
					if t.Failed() {
						return
					}
				}
			}
		})
	}
}

// Lanes beyond the end keep their −0: adding +0 to them would lose it.
func TestReductionKeepsNegativeZero(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for n := 16; n < 50; n++ {
			x, y := make([]float32, n), make([]float32, n)
			for i := range x {
				x[i], y[i] = 1e-30, -1e-30
			}
			if got, want := Dot(x, y), kernels.Dot(x, y); !same(got, want) || !math.Signbit(float64(want)) {
				t.Errorf("Dot of %d is %g, want %g", n, got, want)
			}
		}
	})
}

// Columns of matrices between pages that cannot be touched: every width around a
// vector and a block, rows around a block.
func TestColumnKernels(t *testing.T) {
	var mem guard.Memory
	defer mem.Free()
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(21, 2))
		matrix := func(m, n int, atEnd bool) layout.Matrix {
			stride := n + r.IntN(4)
			x := layout.Matrix{Data: mem.Alloc(m*stride-stride+n, atEnd), Rows: m, Cols: n, Stride: stride}
			fillBits(r, x.Data)
			return x
		}
		vector := func(n int, atEnd bool) (x, y []float32) {
			x = mem.Alloc(n, atEnd)
			fillBits(r, x)
			return x, clone(x)
		}
		for n := 1; n < 150; n++ {
			for _, m := range []int{1, 2, 5, 127, 128, 129, 300} {
				if m > 100 && n%16 > 1 && n%16 < 15 {
					continue
				}
				for _, atEnd := range []bool{false, true} {
					x, y := matrix(m, n, atEnd), matrix(m, n, atEnd)
					a, wantA := vector(n, atEnd)
					b, wantB := vector(n, atEnd)
					ColSums(a, x, true)
					kernels.ColSums(wantA, m, x.Data, x.Stride)
					compareBits(t, "ColSums", a, wantA)
					ColDots(b, x, y, true)
					kernels.ColDots(wantB, m, x.Data, x.Stride, y.Data, y.Stride)
					compareBits(t, "ColDots", b, wantB)
					ColMoments(a, b, y)
					kernels.ColMoments(wantA, wantB, m, y.Data, y.Stride)
					compareBits(t, "ColMoments: mean", a, wantA)
					compareBits(t, "ColMoments: variance", b, wantB)
					mem.Reset()
					if t.Failed() {
						t.Fatalf("%d × %d, at the end of a page: %v", m, n, atEnd)
					}
				}
			}
		}
	})
}

func TestRowMaxKernel(t *testing.T) {
	negInf, nan, negZero := float32(math.Inf(-1)), float32(math.NaN()), float32(math.Copysign(0, -1))
	var mem guard.Memory
	defer mem.Free()
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(22, 2))
		lengths := []int{16384, 16385, 3*16384 + 1}
		for n := range 140 {
			lengths = append(lengths, n)
		}
		for _, n := range lengths {
			for m := range 7 {
				stride := n + r.IntN(4)
				x := layout.Matrix{Data: mem.Alloc(max(m*stride-stride+n, 0), m%2 == 0), Rows: m, Cols: n, Stride: stride}
				for i := range x.Data {
					x.Data[i] = float32(r.NormFloat64())
				}
				for i := range m {
					for j := range x.Row(i) {
						if i == 1 {
							x.Set(i, j, negZero)
						} else if i == 2 {
							x.Set(i, j, negInf)
						}
					}
					if n > 0 && i == 3 {
						x.Set(i, r.IntN(n), nan)
					} else if n > 0 && i > 3 {
						x.Set(i, r.IntN(n), 1e30)
					}
				}
				got, want := mem.Alloc(m, true), make([]float32, m)
				RowMax(got, x)
				for i := range want {
					want[i] = kernels.Max(x.Row(i))
				}
				compareBits(t, "RowMax", got, want)
				mem.Reset()
			}
		}
	})
}

// Draws from every place in a block, over carries of the counter, and over its
// end, after which it begins again.
func TestDropoutDraws(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(23, 2))
		lengths := []int{100, 129, 16383, 16390, 2*16384 + 5}
		for n := range 70 {
			lengths = append(lengths, n)
		}
		for _, n := range lengths {
			for _, from := range []uint64{0, 1 << 34, 1<<34 - 40, 1 << 63, -uint64(n) / 2, -uint64(n)} {
				for skip := range uint64(4) {
					x, got, want := make([]float32, n), make([]float32, n), make([]float32, n)
					fillBits(r, x)
					philox := kernels.Philox{Seed: r.Uint64(), Stream: r.Uint64()}
					threshold := []uint32{0, 1, 1 << 30, 1 << 31, 3 << 30, math.MaxUint32}[r.IntN(6)]
					Dropout(row(got), row(x), philox, from+skip, threshold, 1.25)
					kernels.Dropout(want, x, philox, from+skip, threshold, 1.25)
					compareBits(t, "Dropout", got, want)
				}
			}
		}
	})
}

// More rows than a kernel takes; a column that is not scaled keeps its bits, NaN
// and small numbers included.
func TestMaxNormKernel(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(24, 2))
		for _, k := range []int{1, 3, 1023, 1024, 1025, 2500} {
			for _, bound := range []float32{0, 1, 1, 1, 1, 1, 1e20, float32(math.Inf(1))} {
				got := layout.NewPanels(k, 16)
				fillBits(r, got.Data)
				for i := range k { // columns that are kept: 3 and 4
					got.SetWeight(i, 3, 1e-40)
				}
				got.SetWeight(k/2, 4, float32(math.NaN()))
				if bound == 1 { // one column alone is scaled
					clear(got.Data)
					got.SetWeight(k/2, r.IntN(16), 3)
				}
				want := clone(got.Data)
				kernels.MaxNorm(want[16:], k, 16, bound)
				MaxNorm(got, bound)
				for i, w := range want {
					if g := got.Data[i]; math.Float32bits(g) != math.Float32bits(w) && (i%16 == 4 || i%16 == 3 || !same(g, w)) {
						t.Fatalf("k %d, bound %g: element %d is %g, want %g", k, bound, i, g, w)
					}
				}
			}
		}
	})
}
