package hadamard

import "github.com/hadamard-go/hadamard/kernels"

// Activation is an element-wise activation function σ with its parameter.
// kernels.Kind lists formulas and derivatives.
type Activation = kernels.Act

// The activation functions without a parameter.
var (
	Identity    = Activation{Kind: kernels.KindIdentity}
	Sigmoid     = Activation{Kind: kernels.KindSigmoid}
	Tanh        = Activation{Kind: kernels.KindTanh}
	ReLU        = Activation{Kind: kernels.KindReLU}
	SELU        = Activation{Kind: kernels.KindSELU}
	HardSigmoid = Activation{Kind: kernels.KindHardSigmoid}
	Softplus    = Activation{Kind: kernels.KindSoftplus}
	SiLU        = Activation{Kind: kernels.KindSiLU}
	GELU        = Activation{Kind: kernels.KindGELU}
	GELUTanh    = Activation{Kind: kernels.KindGELUTanh}
)

// LeakyReLU returns x < 0 ? α·x : x. Its derivative is taken from the output,
// so α must not be negative; functions that take the Activation check this.
//
// Source: A. L. Maas, A. Y. Hannun, A. Y. Ng, ICML 2013.
func LeakyReLU(alpha float32) Activation {
	return Activation{Kind: kernels.KindLeakyReLU, Alpha: alpha}
}

// ELU returns x < 0 ? α·(eˣ−1) : x, for α ≥ 0.
//
// Source: D.-A. Clevert, T. Unterthiner, S. Hochreiter, ICLR 2016.
func ELU(alpha float32) Activation {
	return Activation{Kind: kernels.KindELU, Alpha: alpha}
}

// Activate computes the activation function element by element:
//
//	dst[i] = σ(x[i])
//
// dst and x have the same length; dst may be x.
func Activate(dst, x []float32, act Activation) {
	if len(dst) != len(x) {
		panic("hadamard: Activate: lengths differ")
	}
	if !act.Valid() {
		panic("hadamard: Activate: unknown activation or parameter out of range")
	}
	if inexactOverlap(dst, x) {
		panic("hadamard: Activate: dst and x overlap")
	}
	activate(dst, x, act, 0)
}

// ActivateGrad computes the backward form of the Hadamard product,
//
//	dst[i] = g[i]·σ′(x[i])
//
// where y[i] = σ(x[i]) is the output of the forward pass; or x[i] itself for
// the functions that have their derivative FromInput. The result is a δ: it
// is flushed to +0 below kernels.FlushProduct.
//
// dst, g and y have the same length; dst may be g or y.
func ActivateGrad(dst, g, y []float32, act Activation) {
	if len(dst) != len(g) || len(dst) != len(y) {
		panic("hadamard: ActivateGrad: lengths differ")
	}
	if !act.Valid() {
		panic("hadamard: ActivateGrad: unknown activation or parameter out of range")
	}
	if inexactOverlap(dst, g) || inexactOverlap(dst, y) {
		panic("hadamard: ActivateGrad: dst overlaps g or y")
	}
	activateGrad(dst, g, y, act)
}

// Exp computes dst[i] = e^x[i]. dst and x have the same length; dst may be x.
func Exp(dst, x []float32) {
	if len(dst) != len(x) {
		panic("hadamard: Exp: lengths differ")
	}
	if inexactOverlap(dst, x) {
		panic("hadamard: Exp: dst and x overlap")
	}
	exp(dst, x)
}

// Log computes dst[i] = ln x[i]: −Inf for a zero, NaN below. dst and x have the
// same length; dst may be x.
func Log(dst, x []float32) {
	if len(dst) != len(x) {
		panic("hadamard: Log: lengths differ")
	}
	if inexactOverlap(dst, x) {
		panic("hadamard: Log: dst and x overlap")
	}
	log(dst, x)
}
