package ffnn

import (
	"fmt"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/kernels"
)

// Activation is the activation function of a layer: element-wise, or Softmax
// over the outputs of the layer. The zero Activation is Identity.
type Activation struct {
	act     hadamard.Activation // Identity for Softmax
	softmax bool
}

// The activation functions without a parameter.
var (
	Identity = Activation{}                      // x
	Sigmoid  = Activation{act: hadamard.Sigmoid} // 1/(1+e⁻ˣ)
	Tanh     = Activation{act: hadamard.Tanh}    // tanh x
	ReLU     = Activation{act: hadamard.ReLU}    // max(x, 0)
	Softmax  = Activation{softmax: true}         // eˣⁱ / Σ eˣʲ over the layer
)

// LeakyReLU returns x for x ≥ 0 and slope·x below; PyTorch's slope is 0.01.
// New refuses a slope that is negative or not finite.
func LeakyReLU(slope float32) Activation { return Activation{act: hadamard.LeakyReLU(slope)} }

// ELU returns x for x ≥ 0 and alpha·(eˣ−1) below; alpha is usually 1. New
// refuses an alpha that is negative or not finite.
func ELU(alpha float32) Activation { return Activation{act: hadamard.ELU(alpha)} }

// activationNames has the names by which files and flags know activations.
var activationNames = map[kernels.Kind]string{
	kernels.KindIdentity:  "identity",
	kernels.KindSigmoid:   "sigmoid",
	kernels.KindTanh:      "tanh",
	kernels.KindReLU:      "relu",
	kernels.KindLeakyReLU: "leaky_relu",
	kernels.KindELU:       "elu",
}

// ParseActivation returns the activation of that name: identity, sigmoid, tanh,
// relu, leaky_relu, elu or softmax. The parameter alpha is that of leaky_relu
// and elu and is not used by the others.
func ParseActivation(name string, alpha float32) (Activation, error) {
	if name == "softmax" {
		return Softmax, nil
	}
	for kind, n := range activationNames {
		if n != name {
			continue
		}
		a := Activation{act: hadamard.Activation{Kind: kind}}
		if a.hasAlpha() {
			a.act.Alpha = alpha
		}
		return a, a.check()
	}
	return Activation{}, fmt.Errorf("unknown activation %q: known are identity, sigmoid, tanh, relu, leaky_relu, elu and softmax", name)
}

// Name returns the name that ParseActivation knows.
func (a Activation) Name() string {
	if a.softmax {
		return "softmax"
	}
	return activationNames[a.act.Kind]
}

// Alpha returns the parameter of LeakyReLU and ELU, and 0 for the others.
func (a Activation) Alpha() float32 { return a.act.Alpha }

// String returns the name, with its parameter if there is one.
func (a Activation) String() string {
	if a.hasAlpha() {
		return fmt.Sprintf("%s(%g)", a.Name(), a.act.Alpha)
	}
	return a.Name()
}

func (a Activation) hasAlpha() bool {
	return a.act.Kind == kernels.KindLeakyReLU || a.act.Kind == kernels.KindELU
}

func (a Activation) check() error {
	if !a.act.Valid() {
		return fmt.Errorf("activation %v: the parameter must be finite and not negative", a)
	}
	return nil
}
