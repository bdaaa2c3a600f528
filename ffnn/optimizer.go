package ffnn

import (
	"fmt"
	"math"
	"strings"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Optimizer is a rule by which gradients change parameters: SGD, HeavyBall,
// Adagrad, RMSprop, Adam or Lion, with its numbers. A zero number means its
// default; to have none of a number whose default is not 0, give a tiny one.
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

// decayer is a stepper with a decoupled weight decay, which like an L2 penalty
// belongs to the weights only: setDecay turns it on or off for what is applied
// next.
type decayer interface{ setDecay(on bool) }

// state is a slice of an optimiser's state for each parameter, or nil.
type state []float32

// at returns the part of the state for the parameters w at an offset.
func (s state) at(w []float32, at int) []float32 {
	if s == nil {
		return nil
	}
	return s[at : at+len(w)]
}

// stateIf returns the state for n parameters if it is needed.
func stateIf(needed bool, n int) state {
	if !needed {
		return nil
	}
	return layout.Alloc(n)
}

// SGD is gradient descent; with Momentum it is, in PyTorch's form,
// v = Momentum·v + g, w = w − LearningRate·v.
type SGD struct {
	LearningRate float64 // default 0.01
	Momentum     float64 // in [0, 1−2⁻¹⁴]
	Nesterov     bool    // take the gradient ahead: w = w − LearningRate·(g + Momentum·v)
}

// String returns the name and the numbers.
func (o SGD) String() string {
	name := "sgd"
	if o.Nesterov {
		name = "nesterov"
	}
	return fmt.Sprintf("%s(learning rate %g, momentum %g)", name, defaultTo(o.LearningRate, 0.01), o.Momentum)
}

func (o SGD) start(n int) (stepper, error) {
	o.LearningRate = defaultTo(o.LearningRate, 0.01)
	if err := checkRates(o.LearningRate, "momentum", o.Momentum); err != nil {
		return nil, err
	}
	if o.Nesterov && o.Momentum == 0 {
		return nil, fmt.Errorf("nesterov needs a momentum, usually 0.9")
	}
	s := &sgdStep{rate: float32(o.LearningRate), mu: float32(o.Momentum), v: stateIf(o.Momentum != 0, n), step: hadamard.Momentum}
	if o.Nesterov {
		s.step = hadamard.Nesterov
	}
	return s, nil
}

type sgdStep struct {
	rate, mu float32
	v        state // nil without momentum
	step     func(w, g, v []float32, rate, mu, l2 float32)
}

func (s *sgdStep) begin() {}

func (s *sgdStep) apply(w, g []float32, at int, l2 float32) {
	if s.v == nil {
		hadamard.SGD(w, g, s.rate, l2)
		return
	}
	s.step(w, g, s.v.at(w, at), s.rate, s.mu, l2)
}

// HeavyBall is gradient descent with momentum in the form of Keras and many
// lectures, v = Momentum·v + LearningRate·g, w = w − v. With a constant learning
// rate it does what SGD with momentum does, but for rounding.
type HeavyBall struct {
	LearningRate float64 // default 0.01
	Momentum     float64 // in [0, 1−2⁻¹⁴], default 0.9
}

// String returns the name and the numbers.
func (o HeavyBall) String() string {
	return fmt.Sprintf("heavy_ball(learning rate %g, momentum %g)", defaultTo(o.LearningRate, 0.01), defaultTo(o.Momentum, 0.9))
}

func (o HeavyBall) start(n int) (stepper, error) {
	o = HeavyBall{defaultTo(o.LearningRate, 0.01), defaultTo(o.Momentum, 0.9)}
	if err := checkRates(o.LearningRate, "momentum", o.Momentum); err != nil {
		return nil, err
	}
	return &sgdStep{rate: float32(o.LearningRate), mu: float32(o.Momentum), v: stateIf(true, n), step: hadamard.HeavyBall}, nil
}

// Adagrad is the method of Duchi, Hazan and Singer (2011), with PyTorch's
// defaults; with Momentum, the step is that of HeavyBall.
type Adagrad struct {
	LearningRate float64 // default 0.01
	Momentum     float64 // in [0, 1−2⁻¹⁴]
	Epsilon      float64 // default 1e-10
}

// String returns the name and the numbers.
func (o Adagrad) String() string {
	return fmt.Sprintf("adagrad(learning rate %g, momentum %g, ε %g)", defaultTo(o.LearningRate, 0.01), o.Momentum, defaultTo(o.Epsilon, 1e-10))
}

func (o Adagrad) start(n int) (stepper, error) {
	o.LearningRate, o.Epsilon = defaultTo(o.LearningRate, 0.01), defaultTo(o.Epsilon, 1e-10)
	if err := checkRates(o.LearningRate, "momentum", o.Momentum); err != nil {
		return nil, err
	}
	if err := checkEpsilon(o.Epsilon); err != nil {
		return nil, err
	}
	return &adagradStep{
		rate: float32(o.LearningRate), mu: float32(o.Momentum), eps: float32(o.Epsilon),
		s: stateIf(true, n), v: stateIf(o.Momentum != 0, n),
	}, nil
}

type adagradStep struct {
	rate, mu, eps float32
	s, v          state
}

func (s *adagradStep) begin() {}

func (s *adagradStep) apply(w, g []float32, at int, l2 float32) {
	hadamard.Adagrad(w, g, s.s.at(w, at), s.v.at(w, at), s.rate, s.mu, s.eps, l2)
}

// RMSprop is the method of Tieleman and Hinton (2012), with PyTorch's defaults.
type RMSprop struct {
	LearningRate float64 // default 0.01
	Rho          float64 // in [0, 1−2⁻¹⁴], default 0.99
	Epsilon      float64 // default 1e-8
	Momentum     float64 // in [0, 1−2⁻¹⁴]
	Centered     bool    // divide by the deviation of the gradients, not their root mean square
}

// String returns the name and the numbers.
func (o RMSprop) String() string {
	o = o.defaults()
	name := "rmsprop"
	if o.Centered {
		name = "centered rmsprop"
	}
	return fmt.Sprintf("%s(learning rate %g, ρ %g, ε %g, momentum %g)", name, o.LearningRate, o.Rho, o.Epsilon, o.Momentum)
}

func (o RMSprop) defaults() RMSprop {
	o.LearningRate, o.Rho, o.Epsilon = defaultTo(o.LearningRate, 0.01), defaultTo(o.Rho, 0.99), defaultTo(o.Epsilon, 1e-8)
	return o
}

func (o RMSprop) start(n int) (stepper, error) {
	o = o.defaults()
	if err := checkRates(o.LearningRate, "rho", o.Rho, "momentum", o.Momentum); err != nil {
		return nil, err
	}
	if err := checkEpsilon(o.Epsilon); err != nil {
		return nil, err
	}
	return &rmspropStep{
		p: hadamard.RMSpropStep{
			Rho: float32(o.Rho), OneMinusRho: float32(1 - o.Rho),
			Rate: float32(o.LearningRate), Momentum: float32(o.Momentum), Epsilon: float32(o.Epsilon),
		},
		s: stateIf(true, n), a: stateIf(o.Centered, n), v: stateIf(o.Momentum != 0, n),
	}, nil
}

type rmspropStep struct {
	p       hadamard.RMSpropStep
	s, a, v state
}

func (s *rmspropStep) begin() {}

func (s *rmspropStep) apply(w, g []float32, at int, l2 float32) {
	s.p.L2 = l2
	hadamard.RMSprop(w, g, s.s.at(w, at), s.a.at(w, at), s.v.at(w, at), &s.p)
}

// Adam is the method of Kingma and Ba (2015), with PyTorch's defaults.
type Adam struct {
	LearningRate float64 // default 0.001
	Beta1        float64 // in [0, 1−2⁻¹⁴], default 0.9
	Beta2        float64 // in [0, 1−2⁻¹⁴], default 0.999
	Epsilon      float64 // default 1e-8
	AMSGrad      bool    // divide by the greatest second moment so far (Reddi et al. 2018)
	WeightDecay  float64 // λ of AdamW (Loshchilov and Hutter 2019): weights shrink by LearningRate·λ a step, biases do not
}

// String returns the name and the numbers.
func (o Adam) String() string {
	o = o.defaults()
	name := "adam"
	if o.AMSGrad {
		name = "amsgrad"
	}
	decay := ""
	if o.WeightDecay != 0 {
		decay = fmt.Sprintf(", weight decay %g", o.WeightDecay)
	}
	return fmt.Sprintf("%s(learning rate %g, β₁ %g, β₂ %g, ε %g%s)", name, o.LearningRate, o.Beta1, o.Beta2, o.Epsilon, decay)
}

func (o Adam) defaults() Adam {
	o.LearningRate, o.Epsilon = defaultTo(o.LearningRate, 0.001), defaultTo(o.Epsilon, 1e-8)
	o.Beta1, o.Beta2 = defaultTo(o.Beta1, 0.9), defaultTo(o.Beta2, 0.999)
	return o
}

func (o Adam) start(n int) (stepper, error) {
	o = o.defaults()
	if err := checkRates(o.LearningRate, "beta1", o.Beta1, "beta2", o.Beta2); err != nil {
		return nil, err
	}
	if err := checkEpsilon(o.Epsilon); err != nil {
		return nil, err
	}
	if err := checkDecay(o.WeightDecay, o.LearningRate); err != nil {
		return nil, err
	}
	s := &adamStep{
		o: o, power1: 1, power2: 1,
		m: stateIf(true, n), v: stateIf(true, n), top: stateIf(o.AMSGrad, n),
	}
	if o.WeightDecay == 0 {
		return s, nil
	}
	return &adamWStep{s}, nil
}

type adamStep struct {
	o              Adam
	power1, power2 float64 // β₁ᵗ, β₂ᵗ
	m, v, top      state
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
		Decay:        1,
	}
}

func (s *adamStep) apply(w, g []float32, at int, l2 float32) {
	s.step.L2 = l2
	hadamard.Adam(w, g, s.m.at(w, at), s.v.at(w, at), s.top.at(w, at), &s.step)
}

// adamWStep is Adam with weight decay.
type adamWStep struct{ *adamStep }

func (s *adamWStep) setDecay(on bool) {
	s.step.Decay = decayFactor(on, s.o.LearningRate, s.o.WeightDecay)
}

// Lion is the method of Chen et al. (2023): steps of one size, by the sign of a
// momentum. Its learning rate is a third to a tenth of Adam's.
type Lion struct {
	LearningRate float64 // default 0.0001
	Beta1        float64 // in [0, 1−2⁻¹⁴], default 0.9
	Beta2        float64 // in [0, 1−2⁻¹⁴], default 0.99
	WeightDecay  float64 // as in Adam
}

// String returns the name and the numbers.
func (o Lion) String() string {
	o = o.defaults()
	return fmt.Sprintf("lion(learning rate %g, β₁ %g, β₂ %g, weight decay %g)", o.LearningRate, o.Beta1, o.Beta2, o.WeightDecay)
}

func (o Lion) defaults() Lion {
	o.LearningRate = defaultTo(o.LearningRate, 0.0001)
	o.Beta1, o.Beta2 = defaultTo(o.Beta1, 0.9), defaultTo(o.Beta2, 0.99)
	return o
}

func (o Lion) start(n int) (stepper, error) {
	o = o.defaults()
	if err := checkRates(o.LearningRate, "beta1", o.Beta1, "beta2", o.Beta2); err != nil {
		return nil, err
	}
	if err := checkDecay(o.WeightDecay, o.LearningRate); err != nil {
		return nil, err
	}
	return &lionStep{o: o, m: stateIf(true, n), p: hadamard.LionStep{
		Beta1: float32(o.Beta1), OneMinusBeta1: float32(1 - o.Beta1),
		Beta2: float32(o.Beta2), OneMinusBeta2: float32(1 - o.Beta2),
		Rate: float32(o.LearningRate), Decay: 1,
	}}, nil
}

type lionStep struct {
	o Lion
	m state
	p hadamard.LionStep
}

func (s *lionStep) begin() {}

func (s *lionStep) setDecay(on bool) {
	s.p.Decay = decayFactor(on, s.o.LearningRate, s.o.WeightDecay)
}

func (s *lionStep) apply(w, g []float32, at int, l2 float32) {
	s.p.L2 = l2
	hadamard.Lion(w, g, s.m.at(w, at), &s.p)
}

// decayFactor is what weights are multiplied with in a step.
func decayFactor(on bool, rate, decay float64) float32 {
	if !on {
		return 1
	}
	return float32(1 - float64(rate*decay))
}

var optimizerNames = []string{"sgd", "momentum", "nesterov", "heavy_ball", "adagrad", "rmsprop", "adam", "amsgrad", "adamw", "lion"}

// OptimizerNames returns the names that ParseOptimizer knows.
func OptimizerNames() []string { return append([]string(nil), optimizerNames...) }

// ParseOptimizer returns the optimiser of that name, one of OptimizerNames, with
// the learning rate, 0 meaning its default. The momentum of momentum and
// nesterov is 0.9, the weight decay of adamw 0.01.
func ParseOptimizer(name string, learningRate float64) (Optimizer, error) {
	switch name {
	case "sgd":
		return SGD{LearningRate: learningRate}, nil
	case "momentum":
		return SGD{LearningRate: learningRate, Momentum: 0.9}, nil
	case "nesterov":
		return SGD{LearningRate: learningRate, Momentum: 0.9, Nesterov: true}, nil
	case "heavy_ball":
		return HeavyBall{LearningRate: learningRate}, nil
	case "adagrad":
		return Adagrad{LearningRate: learningRate}, nil
	case "rmsprop":
		return RMSprop{LearningRate: learningRate}, nil
	case "adam":
		return Adam{LearningRate: learningRate}, nil
	case "amsgrad":
		return Adam{LearningRate: learningRate, AMSGrad: true}, nil
	case "adamw":
		return Adam{LearningRate: learningRate, WeightDecay: 0.01}, nil
	case "lion":
		return Lion{LearningRate: learningRate}, nil
	}
	return nil, fmt.Errorf("unknown optimizer %q: known are %s", name, strings.Join(optimizerNames, ", "))
}

// checkRates checks a learning rate, and numbers below one by their names.
func checkRates(rate float64, belowOne ...any) error {
	if err := checkRange("learning rate", rate, 0x1p-126, math.MaxFloat32); err != nil {
		return err
	}
	for i := 0; i < len(belowOne); i += 2 {
		// Nearer to 1, what 1 − x multiplies would be subnormal too soon.
		if x := belowOne[i+1].(float64); !(x >= 0 && x <= 1-0x1p-14) {
			return fmt.Errorf("%s %g: must be in [0, 0.99993]", belowOne[i], x)
		}
	}
	return nil
}

// checkEpsilon refuses an ε that would let a step explode, and 0, which would
// make 0/0 of the padding of panels.
func checkEpsilon(eps float64) error {
	return checkRange("epsilon", eps, kernels.MinEpsilon, math.MaxFloat32)
}

func checkDecay(decay, rate float64) error {
	return checkRange("weight decay", decay, 0, 1/rate)
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
