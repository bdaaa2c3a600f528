package ffnn

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Activation is the activation function of a layer: element-wise, or Softmax or
// LogSoftmax over the outputs of the layer. The zero Activation is Identity.
type Activation struct {
	act hadamard.Activation // Identity for those over the layer and a user's own
	row rowActivation
	own *ownActivation
}

// ownActivation is a function that a user has given to NewActivation.
type ownActivation struct {
	name          string
	f, derivative func(x float32) float32
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

// NewActivation returns a user's own activation function y = f(x), with its
// derivative as a function of x, under a name of letters, digits and
// underscores. It works like the others, except that a model file holds only the
// name: Load has to be given the function again. The functions must not
// allocate, must be safe for concurrent use, and return the same bits on every
// machine if results are to (float32(x*y) keeps compilers from fusing).
//
// It is an error if the derivative is not that of f: at 161 points in [−8, 8],
// it is compared with the mean of the difference quotients to both sides, or at
// a few of them (kinks) must lie between the two.
func NewActivation(name string, f, derivative func(x float32) float32) (Activation, error) {
	if err := checkName(name); err != nil {
		return Activation{}, fmt.Errorf("ffnn: NewActivation: %w", err)
	}
	if _, err := ParseActivation(name, 0); err == nil {
		return Activation{}, fmt.Errorf("ffnn: NewActivation: %q is the name of a function of this package", name)
	}
	if err := checkDerivative(f, derivative); err != nil {
		return Activation{}, fmt.Errorf("ffnn: NewActivation: %s: %w", name, err)
	}
	return Activation{own: &ownActivation{name, f, derivative}}, nil
}

// checkName refuses names that could not stand in a file or on a command line.
func checkName(name string) error {
	for _, r := range name {
		if r != '_' && !('a' <= r && r <= 'z') && !('A' <= r && r <= 'Z') && !('0' <= r && r <= '9') {
			return fmt.Errorf("name %q: letters, digits and underscores are possible", name)
		}
	}
	if name == "" {
		return errors.New("the name is empty")
	}
	return nil
}

// checkDerivative compares a derivative with difference quotients.
func checkDerivative(f, derivative func(x float32) float32) error {
	const h = 0x1p-8
	kinks := 0
	for i := -80; i <= 80; i++ {
		x := float32(i) / 10
		y, d := float64(f(x)), float64(derivative(x))
		right, left := (float64(f(x+h))-y)/h, (y-float64(f(x-h)))/h
		if math.IsNaN(y+d) || math.IsInf(y, 0) || math.IsInf(d, 0) {
			return fmt.Errorf("at %g the function is %g and its derivative %g: both must be finite", x, y, d)
		}
		// The values have errors of 2⁻²⁴ of themselves, and the mean of the
		// quotients differs from the derivative by h²/6·f‴.
		bound := float64(0.01*max(1, math.Abs(d))) + float64(0x1p-22*max(1, math.Abs(y)))/h
		switch {
		case math.Abs((right+left)/2-d) <= bound:
		case min(right, left)-bound <= d && d <= max(right, left)+bound:
			kinks++
		default:
			return fmt.Errorf("at %g the derivative is %g, and difference quotients are %.4g to the right and %.4g to the left", x, d, right, left)
		}
	}
	if kinks > 8 {
		return fmt.Errorf("at %d of 161 points the function has a kink, or the derivative is not exact", kinks)
	}
	return nil
}

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
	if a.own != nil {
		return a.own.name
	}
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

// separate reports whether the function is computed for itself, after a
// product, because its derivative is needed from its input.
func (a Activation) separate() bool { return a.own != nil || a.act.FromInput() }

// apply sets y to the function of x, flushed if it is the input of another
// layer. y may be x.
func (a Activation) apply(y, x layout.Matrix, hidden bool) {
	switch {
	case a.row == softmax:
		hadamard.Softmax(y, x)
	case a.row == logSoftmax:
		hadamard.LogSoftmax(y, x)
	case a.own != nil:
		for i := range x.Rows {
			dst := y.Row(i)
			for j, v := range x.Row(i) {
				dst[j] = a.own.f(v)
			}
		}
	case a.act != hadamard.Identity:
		for i := range x.Rows {
			hadamard.Activate(y.Row(i), x.Row(i), a.act)
		}
	case &y.Row(0)[0] != &x.Row(0)[0]:
		for i := range x.Rows {
			copy(y.Row(i), x.Row(i))
		}
	}
	if hidden {
		for i := range y.Rows {
			hadamard.Flush(y.Row(i), y.Row(i), kernels.FlushProduct)
		}
	}
}

// grad turns d, a gradient with respect to the outputs y, into one with respect
// to what the function was given; saved is y, or that input if the function is
// separate.
func (a Activation) grad(d, saved layout.Matrix) {
	switch {
	case a.row == softmax:
		hadamard.SoftmaxGrad(d, d, saved)
	case a.row == logSoftmax:
		hadamard.LogSoftmaxGrad(d, d, saved)
	case a.own != nil:
		for i := range d.Rows {
			dst := d.Row(i)
			for j, x := range saved.Row(i) {
				dst[j] = kernels.Flush(float32(dst[j]*a.own.derivative(x)), kernels.FlushProduct)
			}
		}
	case a.act != hadamard.Identity:
		for i := range d.Rows {
			hadamard.ActivateGrad(d.Row(i), d.Row(i), saved.Row(i), a.act)
		}
	}
}
