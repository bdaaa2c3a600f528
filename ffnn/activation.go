package ffnn

import (
	"fmt"
	"strings"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/kernels"
)

// Activation is the activation function of a layer: element-wise, or Softmax or
// LogSoftmax over the outputs of the layer. The zero Activation is Identity.
type Activation struct {
	act hadamard.Activation // Identity for those over the layer
	row rowActivation
}

// rowActivation is an activation function over all outputs of a layer.
type rowActivation uint8

const (
	notRow rowActivation = iota
	softmax
	logSoftmax
)

// The activation functions without a parameter.
var (
	Identity    = Activation{}                          // x
	Sigmoid     = Activation{act: hadamard.Sigmoid}     // 1/(1+e⁻ˣ)
	Tanh        = Activation{act: hadamard.Tanh}        // tanh x
	ReLU        = Activation{act: hadamard.ReLU}        // max(x, 0)
	SELU        = Activation{act: hadamard.SELU}        // λ·(x or α·(eˣ−1))
	HardSigmoid = Activation{act: hadamard.HardSigmoid} // clamp(x/6 + ½, 0, 1)
	Softplus    = Activation{act: hadamard.Softplus}    // ln(1+eˣ)
	SiLU        = Activation{act: hadamard.SiLU}        // x/(1+e⁻ˣ), swish
	GELU        = Activation{act: hadamard.GELU}        // x·Φ(x)
	GELUTanh    = Activation{act: hadamard.GELUTanh}    // GELU's approximation by tanh
	Softmax     = Activation{row: softmax}              // eˣⁱ / Σ eˣʲ over the layer
	LogSoftmax  = Activation{row: logSoftmax}           // its logarithm
)

// LeakyReLU returns x for x ≥ 0 and slope·x below; PyTorch's slope is 0.01.
// New refuses a slope that is negative or not finite.
func LeakyReLU(slope float32) Activation { return Activation{act: hadamard.LeakyReLU(slope)} }

// ELU returns x for x ≥ 0 and alpha·(eˣ−1) below; alpha is usually 1. New
// refuses an alpha that is negative or not finite.
func ELU(alpha float32) Activation { return Activation{act: hadamard.ELU(alpha)} }

// activationNames has the names by which files and flags know activations.
var activationNames = map[kernels.Kind]string{
	kernels.KindIdentity:    "identity",
	kernels.KindSigmoid:     "sigmoid",
	kernels.KindTanh:        "tanh",
	kernels.KindReLU:        "relu",
	kernels.KindLeakyReLU:   "leaky_relu",
	kernels.KindELU:         "elu",
	kernels.KindSELU:        "selu",
	kernels.KindHardSigmoid: "hard_sigmoid",
	kernels.KindSoftplus:    "softplus",
	kernels.KindSiLU:        "silu",
	kernels.KindGELU:        "gelu",
	kernels.KindGELUTanh:    "gelu_tanh",
}

// ActivationNames returns the names that ParseActivation knows.
func ActivationNames() []string {
	var names []string
	for kind := range len(activationNames) {
		names = append(names, activationNames[kernels.Kind(kind)])
	}
	return append(names, Softmax.Name(), LogSoftmax.Name())
}

// ParseActivation returns the activation of that name, one of ActivationNames.
// The parameter alpha is that of leaky_relu and elu and is not used by the
// others.
func ParseActivation(name string, alpha float32) (Activation, error) {
	for _, a := range []Activation{Softmax, LogSoftmax} {
		if name == a.Name() {
			return a, nil
		}
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
	return Activation{}, fmt.Errorf("unknown activation %q: known are %s", name, strings.Join(ActivationNames(), ", "))
}

// Name returns the name that ParseActivation knows.
func (a Activation) Name() string {
	switch a.row {
	case softmax:
		return "softmax"
	case logSoftmax:
		return "log_softmax"
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
