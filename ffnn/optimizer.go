package ffnn

import (
	"fmt"
	"math"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/layout"
)

// Optimizer is a rule by which gradients change parameters: SGD or Adam, with
// its numbers. A zero number means its default.
type Optimizer interface {
	fmt.Stringer

	// start returns the optimiser's state for n parameters, or an error that
	// names a number out of range.
	start(n int) (stepper, error)
}

// stepper is an optimiser at work. begin opens a step; apply then makes it for
// the parameters w, which stand at offset at of the flat slice.
type stepper interface {
	begin()
	apply(w, g []float32, at int, l2 float32)
}

// SGD is gradient descent, with momentum if Momentum is not zero, in PyTorch's
// form: v = Momentum·v + g, w = w − LearningRate·v.
type SGD struct {
	LearningRate float64 // default 0.01
	Momentum     float64 // in [0, 1)
}

// String returns the name and the numbers.
func (o SGD) String() string {
	return fmt.Sprintf("sgd(learning rate %g, momentum %g)", defaultTo(o.LearningRate, 0.01), o.Momentum)
}

func (o SGD) start(n int) (stepper, error) {
	o.LearningRate = defaultTo(o.LearningRate, 0.01)
	if err := checkRange("learning rate", o.LearningRate, math.SmallestNonzeroFloat32, math.MaxFloat32); err != nil {
		return nil, err
	}
	if err := checkBelowOne("momentum", o.Momentum); err != nil {
		return nil, err
	}
	s := &sgdStep{rate: float32(o.LearningRate), mu: float32(o.Momentum)}
	if o.Momentum != 0 {
		s.v = layout.Alloc(n)
	}
	return s, nil
}

type sgdStep struct {
	rate, mu float32
	v        []float32 // nil without momentum
}

func (s *sgdStep) begin() {}

func (s *sgdStep) apply(w, g []float32, at int, l2 float32) {
	if s.v == nil {
		hadamard.SGD(w, g, s.rate, l2)
		return
	}
	hadamard.Momentum(w, g, s.v[at:at+len(w)], s.rate, s.mu, l2)
}

// Adam is the method of Kingma and Ba (2015), with PyTorch's defaults.
type Adam struct {
	LearningRate float64 // default 0.001
	Beta1        float64 // default 0.9
	Beta2        float64 // default 0.999
	Epsilon      float64 // default 1e-8
}

// String returns the name and the numbers.
func (o Adam) String() string {
	o = o.defaults()
	return fmt.Sprintf("adam(learning rate %g, β₁ %g, β₂ %g, ε %g)", o.LearningRate, o.Beta1, o.Beta2, o.Epsilon)
}

func (o Adam) defaults() Adam {
	return Adam{
		LearningRate: defaultTo(o.LearningRate, 0.001),
		Beta1:        defaultTo(o.Beta1, 0.9),
		Beta2:        defaultTo(o.Beta2, 0.999),
		Epsilon:      defaultTo(o.Epsilon, 1e-8),
	}
}

func (o Adam) start(n int) (stepper, error) {
	o = o.defaults()
	if err := checkRange("learning rate", o.LearningRate, math.SmallestNonzeroFloat32, math.MaxFloat32); err != nil {
		return nil, err
	}
	if err := checkBelowOne("beta1", o.Beta1); err != nil {
		return nil, err
	}
	if err := checkBelowOne("beta2", o.Beta2); err != nil {
		return nil, err
	}
	// ε keeps the padding of panels, whose moments are 0, from 0/0.
	if err := checkRange("epsilon", o.Epsilon, 0x1p-126, math.MaxFloat32); err != nil {
		return nil, err
	}
	return &adamStep{
		o: o, power1: 1, power2: 1,
		m: layout.Alloc(n), v: layout.Alloc(n),
	}, nil
}

type adamStep struct {
	o              Adam
	power1, power2 float64 // β₁ᵗ, β₂ᵗ
	m, v           []float32
	step           hadamard.AdamStep
}

func (s *adamStep) begin() {
	s.power1 = float64(s.power1 * s.o.Beta1) // the conversions forbid fusing
	s.power2 = float64(s.power2 * s.o.Beta2)
	s.step = hadamard.AdamStep{
		Beta1: float32(s.o.Beta1), OneMinusBeta1: float32(1 - s.o.Beta1),
		Beta2: float32(s.o.Beta2), OneMinusBeta2: float32(1 - s.o.Beta2),
		Rate:         float32(s.o.LearningRate / (1 - s.power1)),
		InvRootBias2: float32(1 / math.Sqrt(1-s.power2)),
		Epsilon:      float32(s.o.Epsilon),
	}
}

func (s *adamStep) apply(w, g []float32, at int, l2 float32) {
	s.step.L2 = l2
	hadamard.Adam(w, g, s.m[at:at+len(w)], s.v[at:at+len(w)], &s.step)
}

// ParseOptimizer returns the optimiser of that name: sgd, momentum (SGD with
// momentum 0.9) or adam, with the learning rate, 0 meaning its default.
func ParseOptimizer(name string, learningRate float64) (Optimizer, error) {
	switch name {
	case "sgd":
		return SGD{LearningRate: learningRate}, nil
	case "momentum":
		return SGD{LearningRate: learningRate, Momentum: 0.9}, nil
	case "adam":
		return Adam{LearningRate: learningRate}, nil
	}
	return nil, fmt.Errorf("unknown optimizer %q: known are sgd, momentum and adam", name)
}

func defaultTo(x, def float64) float64 {
	if x == 0 {
		return def
	}
	return x
}

func checkRange(name string, x, lo, hi float64) error {
	if !(x >= lo && x <= hi) {
		return fmt.Errorf("%s %g: must be in [%g, %g]", name, x, lo, hi)
	}
	return nil
}

func checkBelowOne(name string, x float64) error {
	if !(x >= 0 && float32(x) < 1) {
		return fmt.Errorf("%s %g: must be in [0, 1)", name, x)
	}
	return nil
}
