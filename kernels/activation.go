package kernels

import "math"

// Kind names an element-wise activation function.
type Kind uint8

// The activation functions σ. The derivative is given in terms of the output y
// where it follows from it; for the others it needs the input x (FromInput).
const (
	KindIdentity    Kind = iota // σ(x) = x                            σ′ = 1
	KindSigmoid                 // σ(x) = 1/(1+e⁻ˣ)                    σ′ = y·(1−y)
	KindTanh                    // σ(x) = tanh x                       σ′ = 1−y²
	KindReLU                    // σ(x) = 0 > x ? 0 : x                σ′ = y > 0 ? 1 : 0
	KindLeakyReLU               // σ(x) = x < 0 ? α·x : x              σ′ = y > 0 ? 1 : α
	KindELU                     // σ(x) = x < 0 ? α·(eˣ−1) : x         σ′ = y > 0 ? 1 : y+α
	KindSELU                    // σ(x) = Selu(x)                      σ′ = y > 0 ? λ : y+λα
	KindHardSigmoid             // σ(x) = clamp(x/6+½, 0, 1)           σ′ = 0 < y < 1 ? 1/6 : 0
	KindSoftplus                // σ(x) = ln(1+eˣ)                     σ′ = 1/(1+e⁻ˣ)
	KindSiLU                    // σ(x) = x/(1+e⁻ˣ)                    σ′ = SiluGrad(x)
	KindGELU                    // σ(x) = x·Φ(x)                       σ′ = GeluGrad(x)
	KindGELUTanh                // σ(x) = GELU's tanh form             σ′ = GeluTanhGrad(x)
	numKinds
)

// each has the functions of one value that have no parameter. The derivatives
// take what ActivateGrad takes; those of Sigmoid and Tanh are written out there.
var each = [numKinds]struct{ f, grad func(float32) float32 }{
	KindSigmoid:     {f: Sigmoid},
	KindTanh:        {f: Tanh},
	KindSELU:        {f: Selu, grad: SeluGrad},
	KindHardSigmoid: {f: HardSigmoid, grad: hardSigmoidGrad},
	KindSoftplus:    {f: Softplus, grad: SoftplusGrad},
	KindSiLU:        {f: Silu, grad: SiluGrad},
	KindGELU:        {f: Gelu, grad: GeluGrad},
	KindGELUTanh:    {f: GeluTanh, grad: GeluTanhGrad},
}

// FromInput reports whether the derivative is computed from the input of the
// function, not from its output.
func (a Act) FromInput() bool { return a.Kind >= KindSoftplus }

// hardSigmoidGrad is the derivative in terms of the output.
func hardSigmoidGrad(y float32) float32 {
	if 0 < y && y < 1 {
		return 1.0 / 6
	}
	return 0
}

// Act is an activation function with its parameter α ≥ 0 (LeakyReLU, ELU; 0
// for the others).
type Act struct {
	Kind  Kind
	Alpha float32
}

// Activate sets dst[i] = Flush(σ(x[i]), flush): flush is FlushProduct where the
// result is the input of another layer and 0 where it is a network's output.
//
// ReLU(−0) is −0 and ReLU(NaN) is NaN: 0 > x is false for both.
func Activate(dst, x []float32, act Act, flush float32) {
	x = x[:len(dst)]
	switch act.Kind {
	case KindIdentity:
		copy(dst, x)
	case KindReLU:
		for i, v := range x {
			if 0 > v {
				v = 0
			}
			dst[i] = v
		}
	case KindLeakyReLU:
		for i, v := range x {
			if v < 0 {
				v = float32(act.Alpha * v)
			}
			dst[i] = v
		}
	case KindELU:
		for i, v := range x {
			dst[i] = Elu(v, act.Alpha)
		}
	default:
		f := each[act.Kind].f
		for i, v := range x {
			dst[i] = f(v)
		}
	}
	if flush != 0 {
		FlushSlice(dst, dst, flush)
	}
}

// ActivateGrad is the backward form of the Hadamard product, δ = g ∘ σ′, with
// σ′ from y, the output of σ, or its input for the functions of FromInput:
//
//	dst[i] = Flush(g[i]·σ′(y[i]), FlushProduct)
//
// with, in this order of operations,
//
//	Identity   g
//	Sigmoid    g·(y·(1−y))
//	Tanh       g·fma(−y, y, 1)
//	ReLU       y > 0 ? g : g·0
//	LeakyReLU  y > 0 ? g : g·α
//	ELU        y > 0 ? g : g·(y+α)
//	others     g·σ′(y)
//
// The derivative at a kink is the one from the left. A NaN in y is "not > 0"
// for ReLU and LeakyReLU; the output then carries it to the loss.
func ActivateGrad(dst, g, y []float32, act Act) {
	g, y = g[:len(dst)], y[:len(dst)]
	switch act.Kind {
	case KindIdentity:
		copy(dst, g)
	case KindSigmoid:
		for i, v := range y {
			dst[i] = float32(g[i] * float32(v*(1-v)))
		}
	case KindTanh:
		for i, v := range y {
			dst[i] = float32(g[i] * FMA(-v, v, 1))
		}
	case KindReLU, KindLeakyReLU:
		for i, v := range y {
			d := g[i]
			if !(v > 0) {
				d = float32(d * act.Alpha) // 0 for ReLU
			}
			dst[i] = d
		}
	case KindELU:
		for i, v := range y {
			d := g[i]
			if !(v > 0) {
				d = float32(d * (v + act.Alpha))
			}
			dst[i] = d
		}
	default:
		grad := each[act.Kind].grad
		for i, v := range y {
			dst[i] = float32(g[i] * grad(v))
		}
	}
	FlushSlice(dst, dst, FlushProduct)
}

// Valid reports whether the kind exists and α is finite and not negative, and 0
// for a kind without: with α < 0 the sign of the output would not tell the sign
// of the input.
func (a Act) Valid() bool {
	hasAlpha := a.Kind == KindLeakyReLU || a.Kind == KindELU
	return a.Kind < numKinds && a.Alpha >= 0 && a.Alpha <= math.MaxFloat32 && (hasAlpha || a.Alpha == 0)
}
