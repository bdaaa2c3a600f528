// Package sweep measures the elementary functions of package kernels against
// exact values, in units in the last place.
package sweep

import (
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/hadamard-go/hadamard/kernels"
)

// A Func is a function with its exact value and what is claimed about it.
type Func struct {
	Name  string
	F     func(float32) float32
	Exact func(float64) float64 // to a relative 2⁻⁴⁰ or better

	// Bound is the claimed maximal error in ULP. NearZero, if not nil, tells
	// from x and the exact y where, next to a zero of the function, the claim
	// is an absolute error of AbsBound instead.
	Bound    float64
	NearZero func(x, y float64) bool
	AbsBound float64

	// The magnitudes of negative and of positive x to try one by one: Core.
	// Outside them the function is a clamp or the identity, see Core.
	Neg, Pos Range
	// Special are x at whose neighbours something changes.
	Special []float32
}

// A Range is an interval of magnitudes, empty if Hi < Lo.
type Range struct{ Lo, Hi float32 }

// Tiny is the magnitude below which every function here but Log is computed as
// its tangent at 0 (x, x/2, ½, 1 or log 2), rounded, because each polynomial and
// each sum with a constant rounds to its first term; the tangent is within a
// quarter ULP of the function there.
const Tiny = 0x1p-27

func sigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// gate returns x·σ(z), and its limit −0 at −Inf.
func gate(x, z float64) float64 {
	if math.IsInf(x, -1) {
		return math.Copysign(0, -1)
	}
	return x * sigmoid(z)
}

// gateGrad is the derivative of x·σ(z) if b = x·z′, and its limits at ±Inf.
func gateGrad(x, z, b float64) float64 {
	if math.IsInf(x, 0) {
		return max(0, math.Copysign(1, x))
	}
	if s := sigmoid(-z); s != 0 {
		return sigmoid(z) * (1 + b*s)
	}
	return sigmoid(z)
}

// Constants of GELU's tanh form.
const (
	cubic = 0.044715
	twice = 2 * 0.797884560802865355879892119868763737 // 2·√(2/π)
)

func geluZ(x float64) float64 { return twice * (x + cubic*x*x*x) }

// phi returns Φ(x) without cancellation.
func phi(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

func crossing(x, y float64) bool { return -2 < x && x < 0 && math.Abs(y) < 0.25 }

// Funcs are the elementary functions. Neg and Pos end where an argument is
// clamped, beyond which the computed and the exact result have the same
// rounding.
var Funcs = []Func{
	{Name: "Exp", F: kernels.Exp, Exact: math.Exp, Bound: 0.9,
		Neg: Range{Tiny, 104}, Pos: Range{Tiny, 89}, Special: expPoints},
	{Name: "Expm1", F: kernels.Expm1, Exact: math.Expm1, Bound: 1.46,
		Neg: Range{Tiny, 20}, Pos: Range{Tiny, 89}, Special: expPoints},
	{Name: "Log", F: kernels.Log, Exact: math.Log, Bound: 0.93,
		Neg: none, Pos: every, Special: []float32{0.75, 1.5}},
	{Name: "Log1p", F: kernels.Log1p, Exact: math.Log1p, Bound: 0.93,
		Neg: Range{Tiny, 1}, Pos: Range{Tiny, math.MaxFloat32}, Special: []float32{-0.25, 0.5, 0x1p26}},
	{Name: "Sigmoid", F: kernels.Sigmoid, Exact: sigmoid, Bound: 1.99,
		Neg: Range{Tiny, 104}, Pos: Range{Tiny, 104}, Special: expPoints},
	{Name: "Tanh", F: kernels.Tanh, Exact: math.Tanh, Bound: 1.94,
		Neg: Range{Tiny, 10}, Pos: Range{Tiny, 10}, Special: []float32{-9.01, 9.01}},
	{Name: "Elu", F: func(x float32) float32 { return kernels.Elu(x, 1) }, Exact: func(x float64) float64 {
		return max(x, 0) + math.Expm1(min(x, 0))
	}, Bound: 0.95, Neg: Range{Tiny, 20}, Pos: none},
	{Name: "Selu", F: kernels.Selu, Exact: func(x float64) float64 {
		const lambda, alpha = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
		return lambda * (max(x, 0) + alpha*math.Expm1(min(x, 0)))
	}, Bound: 1.84, Neg: every, Pos: every},
	{Name: "Softplus", F: kernels.Softplus, Exact: func(x float64) float64 {
		return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
	}, Bound: 1.66, Neg: Range{Tiny, 104}, Pos: Range{Tiny, 104}, Special: expPoints},
	{Name: "HardSigmoid", F: kernels.HardSigmoid, Exact: func(x float64) float64 {
		return min(max(x/6+0.5, 0), 1)
	}, Bound: 1.34, Neg: Range{Tiny, 3}, Pos: Range{Tiny, 3}, Special: []float32{-3, 3}},
	{Name: "Silu", F: kernels.Silu, Exact: func(x float64) float64 { return gate(x, x) }, Bound: 2.67,
		Neg: Range{Tiny, 110}, Pos: Range{Tiny, 110}, Special: []float32{-110}},
	{Name: "SiluGrad", F: kernels.SiluGrad, Exact: func(x float64) float64 { return gateGrad(x, x, x) },
		Bound: 2.87, NearZero: crossing, AbsBound: 0x1p-24,
		Neg: Range{Tiny, 110}, Pos: Range{Tiny, 110}, Special: []float32{-110, -1.2784645, -2.0794415}},
	{Name: "Gelu", F: kernels.Gelu, Exact: func(x float64) float64 {
		if math.IsInf(x, -1) {
			return 0
		}
		return x * phi(x)
	}, Bound: 2.59, Neg: Range{Tiny, 14.75}, Pos: Range{Tiny, 14.75}, Special: millsPoints},
	{Name: "GeluGrad", F: kernels.GeluGrad, Exact: func(x float64) float64 {
		a := math.Abs(x)
		g := phi(-a)
		if d := math.Exp(-a * a / 2); d != 0 {
			g -= a * d / math.Sqrt(2*math.Pi)
		}
		if x < 0 {
			return g
		}
		return 1 - g
	}, Bound: 2.27, NearZero: crossing, AbsBound: 0x1p-24,
		Neg: Range{Tiny, 14.75}, Pos: Range{Tiny, 14.75}, Special: millsPoints},
	{Name: "GeluTanh", F: kernels.GeluTanh, Exact: func(x float64) float64 { return gate(x, geluZ(x)) }, Bound: 2.69,
		Neg: Range{Tiny, 11}, Pos: Range{Tiny, 11}, Special: []float32{-11, 11}},
	{Name: "GeluTanhGrad", F: kernels.GeluTanhGrad, Exact: func(x float64) float64 {
		return gateGrad(x, geluZ(x), twice*x*(1+3*cubic*x*x))
	}, Bound: 2.86, NearZero: crossing, AbsBound: 0x1p-24,
		Neg: Range{Tiny, 11}, Pos: Range{Tiny, 11}, Special: []float32{-11, -0.7524614}},
}

var (
	every = Range{math.SmallestNonzeroFloat32, math.MaxFloat32}
	none  = Range{1, 0}

	// Overflow, underflow to subnormal and to zero, the clamps.
	expPoints   = []float32{88.72284, 88.37626, -87.33655, -103.27893, -103.97208, -104, 89, -20, 0.34657359, -0.34657359}
	millsPoints = []float32{-0.5, -1, -2, -3, -5, -7, -11, -14.75, 0.5, 1, 2, 3, 5, -0.7517916}
)

// Core reports whether x is in one of the ranges to try one by one. SoftplusGrad
// is Sigmoid and has no row.
func (f *Func) Core(x float32) bool {
	r := f.Pos
	if x < 0 {
		r, x = f.Neg, -x
	}
	return r.Lo <= x && x <= r.Hi
}

// Result is the outcome of a measurement.
type Result struct {
	Max     float64 // error in ULP, next to a zero excepted
	At      uint32  // bits of the input where it occurs
	MaxAbs  float64 // absolute error next to a zero
	AbsAt   uint32
	Inputs  int // numbers tried
	Rounded int // of these, results within ½ ULP
	Wrong   int // NaN where there is none, or the reverse
	WrongAt uint32
}

// Merge adds the outcome of another measurement of the same function. Of equal
// errors it keeps the one at the smaller bits, so that the order of merging does
// not matter.
func (r *Result) Merge(o Result) {
	if o.Max > r.Max || o.Max == r.Max && o.At < r.At {
		r.Max, r.At = o.Max, o.At
	}
	if o.MaxAbs > r.MaxAbs || o.MaxAbs == r.MaxAbs && o.AbsAt < r.AbsAt {
		r.MaxAbs, r.AbsAt = o.MaxAbs, o.AbsAt
	}
	if r.Wrong == 0 {
		r.WrongAt = o.WrongAt
	}
	r.Inputs += o.Inputs
	r.Rounded += o.Rounded
	r.Wrong += o.Wrong
}

// Try measures f at the number with bits u.
func (f *Func) Try(u uint32, r *Result) {
	x := math.Float32frombits(u)
	got, want := f.F(x), f.Exact(float64(x))
	r.Inputs++
	if got != got || want != want {
		if got == got || want == want {
			if r.Wrong == 0 {
				r.WrongAt = u
			}
			r.Wrong++
		} else {
			r.Rounded++
		}
		return
	}
	e := ULP(got, want)
	if e <= 0.5 {
		r.Rounded++
	}
	if f.NearZero != nil && f.NearZero(float64(x), want) {
		if d := math.Abs(float64(got) - want); d > r.MaxAbs {
			r.MaxAbs, r.AbsAt = d, u
		}
		return
	}
	if e > r.Max {
		r.Max, r.At = e, u
	}
}

// ULP returns |got − want| in units in the last place of want, the spacing of
// the float32 around want (2⁻¹⁴⁹ below 2⁻¹²⁶). Infinity counts as 2¹²⁸, and
// what rounds to it as infinity.
func ULP(got float32, want float64) float64 {
	const overflow = 0x1.ffffffp127 // halfway from MaxFloat32 to 2¹²⁸
	g, w := float64(got), want
	if math.Abs(w) >= overflow {
		w = math.Copysign(0x1p128, w)
	}
	if math.IsInf(g, 0) {
		g = math.Copysign(0x1p128, g)
	}
	exp := int(math.Float64bits(w)>>52&0x7ff) - 1023
	exp = min(max(exp, -126), 127)
	return math.Abs(g-w) * math.Float64frombits(uint64(1023+23-exp)<<52)
}

// Run measures f at all inputs whose bits are a multiple of stride, and, unless
// all is set, at one in 4099 of those outside Core. It uses GOMAXPROCS
// goroutines.
func (f *Func) Run(stride uint64, all bool) Result {
	const chunk = 1 << 22
	jobs := make(chan uint64)
	var (
		total Result
		mu    sync.Mutex
		wg    sync.WaitGroup
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			var r Result
			for from := range jobs {
				first := (from + stride - 1) / stride * stride
				for u := first; u < from+chunk; u += stride {
					if all || f.Core(math.Float32frombits(uint32(u))) || u/stride%4099 == 0 {
						f.Try(uint32(u), &r)
					}
				}
			}
			mu.Lock()
			total.Merge(r)
			mu.Unlock()
		})
	}
	for from := uint64(0); from < 1<<32; from += chunk {
		jobs <- from
	}
	close(jobs)
	wg.Wait()
	return total
}

// Check compares an outcome with what is claimed about f.
func (f *Func) Check(r Result) error {
	switch {
	case r.Wrong > 0:
		return fmt.Errorf("%s(%08x) is NaN, or should be (%d inputs)", f.Name, r.WrongAt, r.Wrong)
	case !(r.Max <= f.Bound):
		return fmt.Errorf("%s(%08x) is off by %.4f ULP, more than %g", f.Name, r.At, r.Max, f.Bound)
	case !(r.MaxAbs <= f.AbsBound):
		return fmt.Errorf("%s(%08x) is off by %g, more than %g", f.Name, r.AbsAt, r.MaxAbs, f.AbsBound)
	}
	return nil
}

// Points measures f in the neighbourhood of all powers of two, 0, ±Inf, the
// limits of the subnormal numbers and its special points.
func (f *Func) Points() Result {
	var r Result
	around := func(x float32) {
		for d := range uint32(65) {
			f.Try(math.Float32bits(x)+d-32, &r)
		}
	}
	for _, sign := range []uint32{0, 1 << 31} {
		for e := range uint32(256) {
			around(math.Float32frombits(sign | e<<23))
		}
		around(math.Float32frombits(sign | 1))
	}
	for _, x := range f.Special {
		around(x)
	}
	return r
}
