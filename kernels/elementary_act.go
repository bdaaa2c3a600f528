package kernels

import "math"

// Sigmoid returns the logistic function 1/(1+e⁻ˣ).
//
//	a = −|x|, clamped to ≥ −104
//	a = n·ln 2 + r                        reduce
//	e = ¾·eᵃ = 2ⁿ·fma(fma(q(r), r, ¾), r, ¾)
//	y = (x < 0 ? e : ¾) / (¾ + e)         one division
//
// The factor ¾ costs nothing, as it is part of the polynomial, and saves half an
// ULP: the sum 1 + eᵃ is just above a power of two for small eᵃ, where rounding
// hurts most, and so is eᵃ where y is just below one. Three quarters of them are
// not.
//
// Special values: Sigmoid(±0) = ½, Sigmoid(−Inf) = 0, Sigmoid(+Inf) = 1;
// subnormal results for x < −87.33654.
// Error: at most 1.99 ULP; 1.48 for x ≥ 0.
// Source: as Exp; the form is ours.
func Sigmoid(x float32) float32 {
	r, n := reduce(atLeast(-abs(x), -104))
	q := horner(r, 0x1.0f3f4ap-10, 0x1.9b56d2p-8, 0x1.00033ap-5, 0x1.fffedap-4, 0x1.7ffffcp-2)
	e := scale(FMA(FMA(q, r, 0.75), r, 0.75), n)
	y := float32(0.75)
	if x < 0 {
		y = e
	}
	return y / (0.75 + e)
}

// Tanh returns the hyperbolic tangent of x, from E = e^(−2|x|) as (1−E)/(1+E).
//
//	a = −2|x|, clamped to ≥ −20
//	a = n·ln 2 + r, s = 2ⁿ                 reduce
//	p = eʳ − 1                             expm1Small
//	y = fma(−s, p, 1−s) / fma(s, p, 1+s)   with the sign of x
//
// Numerator and denominator are rounded once each, independently; the usual
// −m/(2+m) with m = E − 1 carries the rounding of m into both.
//
// Special values: Tanh(±0) = ±0, Tanh(x) = x for tiny and subnormal x,
// Tanh(±Inf) = ±1.
// Error: at most 1.94 ULP.
// Source: as Expm1; the form is ours.
func Tanh(x float32) float32 {
	r, n := reduce(atLeast(-2*abs(x), -20))
	p, s := expm1Small(r), pow2(n)
	y := FMA(-s, p, 1-s) / FMA(s, p, 1+s)
	return math.Float32frombits(math.Float32bits(y) | math.Float32bits(x)&signBit)
}

// Elu returns x < 0 ? alpha·Expm1(x) : x, the exponential linear unit.
//
// Special values: Elu(−Inf) = −alpha, Elu(±0) = ±0.
// Error: at most 0.95 ULP for alpha = 1; the product with another alpha adds
// half an ULP.
// Source: D.-A. Clevert, T. Unterthiner, S. Hochreiter, "Fast and accurate deep
// network learning by exponential linear units", ICLR 2016.
func Elu(x, alpha float32) float32 {
	if x < 0 {
		return float32(alpha * Expm1(x))
	}
	return x
}

// The constants of SELU: λ and λ·α, rounded to float32.
const (
	seluLambda = 1.0507009873554804934193349852946
	seluAlpha  = 1.6732632423543772848170429916717

	seluScale    = float32(seluLambda)
	seluNegative = float32(seluLambda * seluAlpha)
)

// Selu returns x < 0 ? (λα)·Expm1(x) : λ·x, the self-normalising unit, with
// λ = 1.0507009873554805 and α = 1.6732632423543772 (λ and λα rounded to
// float32).
//
// Special values: Selu(−Inf) = −λα, Selu(±0) = ±0.
// Error: at most 1.84 ULP.
// Source: G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter,
// "Self-normalizing neural networks", NIPS 2017.
func Selu(x float32) float32 {
	if x < 0 {
		return float32(seluNegative * Expm1(x))
	}
	return float32(seluScale * x)
}

// SeluGrad returns the derivative of Selu in terms of its output:
// y > 0 ? λ : y + λα. At the kink it is the one from the left.
func SeluGrad(y float32) float32 {
	if y > 0 {
		return seluScale
	}
	return y + seluNegative
}

// Softplus returns log(1+eˣ), a smooth max(x, 0), as
//
//	max(x, 0) + Log1p(Exp(−|x|))          max: 0 > x ? 0 : x
//
// Special values: Softplus(−Inf) = 0, Softplus(+Inf) = +Inf; subnormal results
// for x < −87.33654.
// Error: at most 1.66 ULP.
// Source: C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau, R. Garcia, "Incorporating
// second-order functional knowledge for better option pricing", NIPS 2000.
func Softplus(x float32) float32 {
	return atLeast(x, 0) + Log1p(Exp(-abs(x)))
}

// SoftplusGrad returns the derivative of Softplus at x, which is Sigmoid(x).
func SoftplusGrad(x float32) float32 { return Sigmoid(x) }

// HardSigmoid returns clamp(x+3, 0, 6)·(1/6), PyTorch's piecewise linear
// sigmoid.
//
// Special values: 0 for x ≤ −3 and 1 for x ≥ 3, exactly.
// Error: at most 1.34 ULP.
// Source: M. Courbariaux, Y. Bengio, J.-P. David, "BinaryConnect", NIPS 2015,
// with other constants.
func HardSigmoid(x float32) float32 {
	return float32(atMost(atLeast(x+3, 0), 6) * (1.0 / 6))
}
