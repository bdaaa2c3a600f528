package kernels

import "math"

// The elementary functions are built from FMA, +, −, ×, ÷, comparisons and
// integer operations on the bits, in one fixed order, so that they have one
// answer. Their errors are in units in the last place (ULP) of the result
// against the exact value, subnormal results included, and are the maxima over
// all 2³² inputs: see ACCURACY.md. Bounds before a function's Source line are
// these maxima, rounded up.
//
// Polynomials were fitted with fpminimax (N. Brisebarre, S. Chevillard,
// "Efficient polynomial L∞-approximations", ARITH-18, 2007), which rounds the
// coefficients to float32 while it minimises the largest error.

const (
	signBit = 1 << 31

	// Adding magic = 1.5·2²³ to |y| < 2²² rounds y to the nearest integer, ties
	// to even, and leaves that integer in the low bits of the sum.
	magic     = 0x1.8p23
	magicBits = 0x4b400000

	log2e = 0x1.715476p0   // 1/ln 2
	ln2hi = 0x1.62e43p-1   // ln 2 rounded to float32
	ln2lo = -0x1.05c61p-29 // ln 2 − ln2hi
)

// horner returns c[0]·xⁿ + … + c[n−1]·x + c[n], highest coefficient first:
//
//	horner(x, c3, c2, c1, c0) = fma(fma(fma(c3, x, c2), x, c1), x, c0)
func horner(x float32, c ...float32) float32 {
	s := c[0]
	for _, v := range c[1:] {
		s = FMA(s, x, v)
	}
	return s
}

// sqrt returns √x, correctly rounded. Rounding the float64 root to float32
// rounds twice, but harmlessly: the root of a float32 can be neither a float32
// midpoint (its square would have 50 bits) nor so close to one that 53 bits do
// not tell the side, because 53 ≥ 2·24 + 2.
//
// Source: S. A. Figueroa, "When is double rounding innocuous?", ACM SIGNUM
// Newsletter 30(3), 1995.
func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// atLeast is max(x, c) and atMost is min(x, c) in the form that lets a NaN and
// a −0 of x pass.
func atLeast(x, c float32) float32 {
	if c > x {
		return c
	}
	return x
}

func atMost(x, c float32) float32 {
	if c < x {
		return c
	}
	return x
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ signBit) }

// pow2 returns 2ᵏ for −126 ≤ k ≤ 127.
func pow2(k int32) float32 { return math.Float32frombits(uint32(k+127) << 23) }

// scale returns y·2ᵏ, rounded once: the first of the two products is exact for
// what occurs here, |y| < 2⁹, −170 ≤ k ≤ 128, and |y| > 2⁻³⁰ unless k is 0.
func scale(y float32, k int32) float32 {
	h := k >> 1
	return float32(float32(y*pow2(h)) * pow2(k-h))
}

// reduce splits x = n·ln 2 + r with an integer n and |r| ≤ ½·ln 2 (and a
// little), for |x| ≤ 2⁷:
//
//	n = round(x·log₂e)                       by t = fma(x, log2e, magic), n = t − magic
//	r = (x − n·ln2hi) − n·ln2lo              two FMAs
//
// The first FMA of r is exact: x − n·ln2hi is a multiple of 2⁻²⁴, or of 2⁻²⁵ if
// |x| < ½, and small enough to have 24 bits.
//
// Source: W. J. Cody, W. Waite, "Software Manual for the Elementary
// Functions", Prentice-Hall, 1980, ch. 6.
func reduce(x float32) (r float32, n int32) {
	t := FMA(x, log2e, magic)
	m := t - magic
	r = FMA(m, -ln2lo, FMA(m, -ln2hi, x))
	return r, int32(math.Float32bits(t)) - magicBits
}

// reduce2 is reduce for an argument x + lo with |lo| far below |x|.
func reduce2(x, lo float32) (r float32, n int32) {
	t := FMA(x, log2e, magic)
	m := t - magic
	r = FMA(m, -ln2hi, x) + FMA(m, -ln2lo, lo)
	return r, int32(math.Float32bits(t)) - magicBits
}

// expPoly returns q(r) with eʳ = 1 + r + r²·q(r) for |r| ≤ ½·ln 2; relative
// error of eʳ 2⁻²⁸·².
func expPoly(r float32) float32 {
	return horner(r, 0x1.694ca6p-10, 0x1.12398p-7, 0x1.555a26p-5, 0x1.555492p-3, 0x1.fffffap-2)
}

// expm1Small returns p = eʳ − 1 for |r| ≤ ½·ln 2, as fma(q(r), r², r). It is r
// for tiny r.
func expm1Small(r float32) float32 {
	return FMA(expPoly(r), float32(r*r), r)
}

// Exp returns eˣ.
//
//	x = n·ln 2 + r                       reduce, x clamped to [−104, 89]
//	eʳ = fma(fma(q(r), r, 1), r, 1)      q: expPoly
//	eˣ = 2ⁿ·eʳ                           rounded once more where it is subnormal
//
// With eʳ = 1 + r·(1 + r·q) the rounding of the bracket is damped by |r| < 0.35.
// The other form, 1 + (r + r²·q), rounds a number that is larger.
//
// Special values: Exp(±0) = 1. From 88.72284 on the result is +Inf; below
// −87.33654 it is subnormal, below −103.97208 it is 0.
// Error: at most 0.90 ULP.
// Source: Cody, Waite 1980, ch. 6; P. T. P. Tang, "Table-driven implementation
// of the exponential function in IEEE floating-point arithmetic", ACM TOMS
// 15(2), 1989; the clamps, constants and form are ours.
func Exp(x float32) float32 {
	r, n := reduce(atMost(atLeast(x, -104), 89))
	return scale(FMA(FMA(expPoly(r), r, 1), r, 1), n)
}

// Expm1 returns eˣ − 1, accurate also near 0.
//
//	x = n·ln 2 + r                       reduce, x clamped to [−20, 89]
//	p = eʳ − 1 = fma(q(r), r², r)        expm1Small
//	eˣ − 1 = fma(2ⁿ, p, 2ⁿ − 1)          2ⁿ − 1 is exact where it matters
//
// For n = 128, which is no float32's exponent, the result is 2ⁿ·(1 + p): the −1
// is far below its last place.
//
// Special values: Expm1(±0) = ±0, Expm1(x) = x for subnormal x,
// Expm1(−Inf) = −1, +Inf from 88.72284 on.
// Error: at most 1.46 ULP; 0.95 for x ≤ 0.
// Source: J.-M. Muller, "Elementary Functions", 3rd ed., Birkhäuser, 2016,
// §5.4 (the reconstruction); constants ours.
func Expm1(x float32) float32 {
	if x == 0 {
		return x
	}
	r, n := reduce(atMost(atLeast(x, -20), 89))
	p := expm1Small(r)
	if n == 128 {
		return scale(1+p, n)
	}
	s := pow2(n)
	return FMA(s, p, s-1)
}

// log2p1 returns k·ln 2 + log(1+f) for −¼ ≤ f < ½ and an integer k:
//
//	log(1+f) = fma(f², w(f), f)          w = −½ + f/3 − …, of degree 8
//	result   = fma(k, ln2hi, log(1+f))
//
// Leaving out k·ln2lo costs 0.07 ULP at most.
func log2p1(k, f float32) float32 {
	w := horner(f, -0x1.721d3ep-5, 0x1.ad4188p-4, -0x1.0db586p-3, 0x1.28852ep-3, -0x1.54eb54p-3,
		0x1.9968fp-3, -0x1.00004ep-2, 0x1.5555a6p-2, -0.5)
	return FMA(k, ln2hi, FMA(float32(f*f), w, f))
}

// threeQuarters is ¾ in bits. Subtracting it from the bits of x > 0 leaves the
// k of x = 2ᵏ·m, ¾ ≤ m < 3/2, in the exponent field.
const threeQuarters = 0x3f400000

// Log returns the natural logarithm of x.
//
//	x = 2ᵏ·m, ¾ ≤ m < 3/2                on the bits; subnormal x times 2²³ before
//	f = m − 1                            exact
//	log x = fma(k, ln2hi, fma(f², w(f), f))
//
// Special values: Log(±0) = −Inf, Log(x) = NaN for x < 0, Log(+Inf) = +Inf,
// Log(1) = +0.
// Error: at most 0.93 ULP.
// Source: Cody, Waite 1980, ch. 5; Muller 2016, §5.4; the interval and the
// polynomial are ours.
func Log(x float32) float32 {
	switch {
	case x == 0:
		return float32(math.Inf(-1))
	case !(x > 0):
		return float32(math.NaN())
	case x > math.MaxFloat32:
		return x
	}
	k := int32(0)
	if x < minNormal {
		x = float32(x * 0x1p23)
		k = -23
	}
	u := math.Float32bits(x)
	e := int32(u-threeQuarters) >> 23
	m := math.Float32frombits(u - uint32(e)<<23)
	return log2p1(float32(k+e), m-1)
}

// Log1p returns log(1+x), accurate also near 0.
//
//	k = 0 for −¼ ≤ x < ½, else from the bits of the rounded sum 1 + x as in Log
//	f = fma(x, 2⁻ᵏ, 2⁻ᵏ − 1)             so that 1 + x = 2ᵏ·(1 + f)
//	log(1+x) = fma(k, ln2hi, fma(f², w(f), f))
//
// On [0, 1], which is what softplus needs, f is exact: it is x for x < ½, and
// (x−1)/2 with k = 1 from there on. From 2²⁶ on the result is Log(x).
//
// Special values: Log1p(±0) = ±0, Log1p(x) = x for subnormal x,
// Log1p(−1) = −Inf, NaN for x < −1, Log1p(+Inf) = +Inf.
// Error: at most 0.93 ULP.
// Source: as Log.
func Log1p(x float32) float32 {
	switch {
	case x == 0:
		return x
	case x >= 0x1p26:
		return Log(x)
	case x == -1:
		return float32(math.Inf(-1))
	case !(x > -1):
		return float32(math.NaN())
	}
	k := int32(0)
	if x < -0.25 || x >= 0.5 {
		k = int32(math.Float32bits(1+x)-threeQuarters) >> 23
	}
	s := pow2(-k)
	return log2p1(float32(k), FMA(x, s, s-1))
}
