package kernels

import "math"

// The gated units have the form x·G(x) with a distribution function G: SiLU with
// the logistic one, GELU with the normal one, and GELU's tanh form between. All
// three work on a = |x| and the small factor e = e^(−z(a)) of the negative side,
// kept as 2ⁿ·(1 + p): what multiplies e is multiplied into 1 + p, with one
// rounding, and scaled by 2ⁿ last. So results keep their relative accuracy down
// to the last subnormal, although e itself underflows before them. Clamping a
// makes them −0 or 0 beyond.

// Silu returns x·Sigmoid(x), also called swish.
//
//	a = −|x|, clamped to ≥ −110
//	a = n·ln 2 + r                        reduce
//	p = eʳ − 1                            expm1Small
//	d = 1 + 2ⁿ·(1 + p)
//	y = (x < 0 ? 2ⁿ·fma(a, p, a) : x) / d
//
// Special values: Silu(±0) = ±0, Silu(−Inf) = −0, Silu(+Inf) = +Inf.
// Error: at most 2.67 ULP; 1.51 for x ≥ 0.
// Source: S. Elfwing, E. Uchibe, K. Doya, "Sigmoid-weighted linear units for
// neural network function approximation in reinforcement learning", Neural
// Networks 107, 2018.
func Silu(x float32) float32 {
	a := atLeast(-abs(x), -110)
	r, n := reduce(a)
	p := expm1Small(r)
	y := x
	if x < 0 {
		y = scale(FMA(a, p, a), n)
	}
	return y / (1 + scale(1+p, n))
}

// SiluGrad returns the derivative of Silu at x. With e = e^(−|x|) it is
//
//	e·(1 − |x| + e)/(1 + e)²              x < 0
//	1 − that                              x ≥ 0
//
// computed by gateGrad.
//
// Special values: SiluGrad(±0) = ½, SiluGrad(−Inf) = −0, SiluGrad(+Inf) = 1.
// Error: at most 2.87 ULP, but 2⁻²⁴ for −2 < x < 0 where the result is below ¼ in
// magnitude (it is 0 at x = −1.2784645).
// Source: as Silu.
func SiluGrad(x float32) float32 {
	a := atLeast(-abs(x), -110)
	r, n := reduce(a)
	return gateGrad(x, -a, 1, 0, expm1Small(r), n)
}

// gateGrad returns, from a = |x| and e = e^(−z) = 2ⁿ·(1+p), the derivative of
// x/(1+e^(−z(x))) for an odd function z whose derivative at a is c + cl:
//
//	g = e·(1 − b + e)/(1 + e)²,  b = a·(c + cl)
//	result = x < 0 ? g : 1 − g
//
// For e > ⅛ the fraction is computed as it stands. Below, where b > 1, it is
// taken apart, so that the rounding errors of the quotient count less:
//
//	(1 − b + e)/(1 + e)² = 1 − b + e·(1 − (1−b)·(2+e))/(1 + e)²
func gateGrad(x, a, c, cl, p float32, n int32) float32 {
	e := scale(1+p, n)
	b1 := FMA(-a, c, 1)
	d := FMA(e, 2+e, 1) // (1+e)²
	var w float32
	if e > 0.125 {
		w = (b1 + e) / d
	} else {
		q := float32(e*FMA(-b1, 2+e, 1)) / d
		w = FMA(-a, c, FMA(-a, cl, 1+q))
	}
	g := scale(FMA(w, p, w), n)
	if x < 0 {
		return g
	}
	return 1 - g
}

// mills holds, for eight intervals of a, a centre and the coefficients, lowest
// first, of a polynomial in a minus the centre for Mills' ratio of the normal
// distribution times its density at 0:
//
//	M(a) = Φ(−a)·e^(a²/2)
//
// It falls from ½ to 0.4/a and is so smooth that degree 7 is enough; relative
// error at most 2⁻²⁴·⁸. The row comes from the exponent and the first bit of the
// mantissa of a + 1. There are eight rows so that a column fits one or two
// vector registers and is looked up by one permutation.
//
// Source: J. P. Mills, "Table of the ratio: area to bounding ordinate, for any
// portion of normal curve", Biometrika 18, 1926; coefficients ours.
var mills = [8][9]float32{
	{0, 0.5, -0x1.988452p-2, 0x1.ffff8ap-3, -0x1.10508ap-3, 0x1.ff07cap-5, -0x1.ab2cc8p-6, 0x1.2a3c8ep-7, -0x1.016388p-9},                        // 0 … ½
	{0x1.94p-1, 0x1.2c9e2cp-2, -0x1.569f08p-3, 0x1.4ae2bep-4, -0x1.1ac67ep-5, 0x1.b6cbcp-7, -0x1.382d72p-8, 0x1.97da18p-10, -0x1.a1584p-11},      // ½ … 1
	{0x1.9p0, 0x1.9a28d2p-3, -0x1.6051bap-4, 0x1.0dd208p-5, -0x1.79685cp-7, 0x1.e9721p-9, -0x1.288f4ep-10, 0x1.606578p-12, -0x1.b84f62p-14},      // 1 … 2
	{0x1.41p1, 0x1.20b7ecp-3, -0x1.73eda2p-5, 0x1.bc4bb4p-7, -0x1.f201aep-9, 0x1.080bbp-10, -0x1.0acecp-12, 0x1.09e394p-14, -0x1.ee727ap-17},     // 2 … 3
	{0x1.09p2, 0x1.76cccp-4, -0x1.48a5f6p-6, 0x1.14c7a2p-8, -0x1.c19164p-11, 0x1.60bbe6p-13, -0x1.09b296p-15, 0x1.a1a99cp-18, -0x1.737bbep-20},   // 3 … 5
	{0x1.7cp2, 0x1.0bfd6ep-4, -0x1.57048p-7, 0x1.ad0312p-10, -0x1.06827cp-12, 0x1.3a9e06p-15, -0x1.72af3p-18, 0x1.ba76a2p-21, -0x1.d45a28p-24},   // 5 … 7
	{0x1.27p3, 0x1.5e7a36p-5, -0x1.295f94p-8, 0x1.f34154p-12, -0x1.9ed6e4p-15, 0x1.548606p-18, -0x1.11cdc2p-21, 0x1.dfbe7cp-25, -0x1.ceb926p-28}, // 7 … 11
	{0x1.acp3, 0x1.e60182p-6, -0x1.1f884ap-9, 0x1.5268e2p-13, -0x1.8c3894p-17, 0x1.cd70dp-21, -0x1.097c48p-24, 0x1.39c8aap-28, -0x1.cb2e14p-32},  // 11 … 15
}

// millsRatio returns M(a) for 0 ≤ a < 15: one row of mills, Horner's scheme.
func millsRatio(a float32) float32 {
	const one = 0x3f800000
	c := &mills[(math.Float32bits(a+1)-one)>>22&7]
	return horner(a-c[0], c[8], c[7], c[6], c[5], c[4], c[3], c[2], c[1])
}

// expHalfSquare returns p and n with e^(−a²/2) = 2ⁿ·(1+p). The square is taken
// with its rounding error: a²/2 up to 109 must have an absolute error of 2⁻²⁷.
func expHalfSquare(a float32) (p float32, n int32) {
	s := float32(a * a)
	lo := FMA(a, a, -s)
	r, n := reduce2(float32(-0.5*s), float32(-0.5*lo))
	return expm1Small(r), n
}

// Gelu returns x·Φ(x) with the normal distribution function
// Φ(x) = (1 + erf(x/√2))/2: the exact form of the Gaussian error linear unit.
//
//	a = |x|, clamped to ≤ 14.75
//	e^(−a²/2) = 2ⁿ·(1 + p)                expHalfSquare
//	w = a·M(a)                            millsRatio
//	y = max(x, 0) − 2ⁿ·fma(w, p, w)       max: 0 > x ? 0 : x
//
// as x·Φ(x) = x − x·Φ(−x) = max(x, 0) − |x|·Φ(−|x|).
//
// Special values: Gelu(±0) = ±0, Gelu(−Inf) = 0, Gelu(+Inf) = +Inf.
// Error: at most 2.59 ULP; 1.61 for x ≥ 0.
// Source: D. Hendrycks, K. Gimpel, "Gaussian error linear units (GELUs)",
// arXiv:1606.08415, 2016; Mills 1926.
func Gelu(x float32) float32 {
	a := atMost(abs(x), 14.75)
	p, n := expHalfSquare(a)
	w := float32(a * millsRatio(a))
	return atLeast(x, 0) - scale(FMA(w, p, w), n)
}

// GeluGrad returns the derivative of Gelu at x, Φ(x) + x·φ(x).
//
//	a, p, n                               as Gelu
//	w = fma(−1/√(2π), a, M(a))
//	g = 2ⁿ·fma(w, p, w)                   = Φ(−a) − a·φ(a)
//	result = x < 0 ? g : 1 − g
//
// Special values: GeluGrad(±0) = ½, GeluGrad(−Inf) = −0, GeluGrad(+Inf) = 1.
// Error: at most 2.27 ULP, but 2⁻²⁴ for −2 < x < 0 where the result is below ¼ in
// magnitude (it is 0 at x = −0.7517916).
// Source: as Gelu.
func GeluGrad(x float32) float32 {
	const density0 = 0x1.988454p-2 // 1/√(2π)
	a := atMost(abs(x), 14.75)
	p, n := expHalfSquare(a)
	w := FMA(-density0, a, millsRatio(a))
	g := scale(FMA(w, p, w), n)
	if x < 0 {
		return g
	}
	return 1 - g
}

// The tanh form of GELU is x/(1+e^(−z)) with z = x·(c1 + c2·x²), c1 = 2·√(2/π),
// c2 = 0.044715·c1, and z′ = c1 + c3·x², c3 = 3·c2. Each constant is the sum of
// a float32 and a correction; c1 is also cut to 16 bits.
const (
	geluC1     = 0x1.988454p0
	geluC1Cut  = 0x1.9884p0
	geluC1Rest = 0x1.4cf50ep-18 // c1 − geluC1Cut
	geluC2     = 0x1.2444f2p-4
	geluC2Rest = 0x1.49b16ap-29
	geluC3     = 0x1.b6676cp-3
	geluC3Rest = -0x1.175e1p-32
)

// geluFactor returns v + vl = c1 + (c+cl)·a² with vl below the last place of v.
// (c1 cut) − v is exact, because both are multiples of v's last place.
func geluFactor(a, c, cl float32) (v, vl float32) {
	s := float32(a * a)
	sl := FMA(a, a, -s)
	v = FMA(c, s, geluC1)
	vl = FMA(c, s, geluC1Cut-v) + FMA(c, sl, FMA(cl, s, geluC1Rest))
	return v, vl
}

// expGelu returns p and n with e^(−z(a)) = 2ⁿ·(1+p) for 0 ≤ a ≤ 11. z, up to
// 113, is a sum of two float32 here: it must have an absolute error of 2⁻²⁷.
func expGelu(a float32) (p float32, n int32) {
	v, vl := geluFactor(a, geluC2, geluC2Rest)
	z := float32(a * v)
	zl := FMA(a, vl, FMA(a, v, -z))
	r, n := reduce2(-z, -zl)
	return expm1Small(r), n
}

// GeluTanh returns the tanh form of GELU,
//
//	½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) = x·Sigmoid(z),  z = x·(c1 + c2·x²)
//
// in these steps:
//
//	a = |x|, clamped to ≤ 11
//	e^(−z(a)) = 2ⁿ·(1 + p)                expGelu
//	d = 1 + 2ⁿ·(1 + p)
//	y = (x < 0 ? −2ⁿ·fma(a, p, a) : x) / d
//
// Special values: GeluTanh(±0) = ±0, GeluTanh(−Inf) = −0, GeluTanh(+Inf) = +Inf.
// Error: at most 2.69 ULP; 1.54 for x ≥ 0.
// Source: Hendrycks, Gimpel 2016.
func GeluTanh(x float32) float32 {
	a := atMost(abs(x), 11)
	p, n := expGelu(a)
	y := x
	if x < 0 {
		y = -scale(FMA(a, p, a), n)
	}
	return y / (1 + scale(1+p, n))
}

// GeluTanhGrad returns the derivative of GeluTanh at x. With e = e^(−z(|x|)) and
// b = |x|·(c1 + 3·c2·x²) it is
//
//	e·(1 − b + e)/(1 + e)²                x < 0
//	1 − that                              x ≥ 0
//
// computed by gateGrad.
//
// Special values: GeluTanhGrad(±0) = ½, GeluTanhGrad(−Inf) = −0,
// GeluTanhGrad(+Inf) = 1.
// Error: at most 2.86 ULP, but 2⁻²⁴ for −2 < x < 0 where the result is below ¼ in
// magnitude (it is 0 at x = −0.7524614).
// Source: as GeluTanh.
func GeluTanhGrad(x float32) float32 {
	a := atMost(abs(x), 11)
	p, n := expGelu(a)
	c, cl := geluFactor(a, geluC3, geluC3Rest)
	return gateGrad(x, a, c, cl, p, n)
}
