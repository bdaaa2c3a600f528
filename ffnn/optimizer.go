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

// Optimizer is a rule by which gradients change parameters: SGD, HeavyBall,
// Adagrad, Adadelta, RMSprop, Adam, Adamax, NAdam, RAdam or Lion, with its
// numbers. A zero number means its default; to have none of a number whose
// default is not 0, give a tiny one.
type Optimizer interface {
	fmt.Stringer

	// start returns the optimiser's state for n parameters and its learning
	// rate, or an error that names a number out of range.
	start(n int) (s stepper, rate float64, err error)
}

// stepper is an optimiser at work. begin opens a step with a learning rate;
// apply then makes it for the parameters w, which stand at offset at of the flat
// slice.
type stepper interface {
	begin(rate float64)
	apply(w, g []float32, at int, l2 float32)

	// saved returns all that a checkpoint must hold: the state of the
	// parameters, nil for what is not used, and numbers.
	saved() ([]state, []*float64)
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
// v = Momentum·v + (1−Dampening)·g, w = w − LearningRate·v, where v starts as the
// first g.
type SGD struct {
	LearningRate float64 // default 0.01
	Momentum     float64 // in [0, 1−2⁻¹⁴]
	Dampening    float64 // in [0, 1]
	Nesterov     bool    // take the gradient ahead: w = w − LearningRate·(g + Momentum·v); without Dampening
}

// String returns the name and the numbers.
func (o SGD) String() string {
	name, dampening := "sgd", ""
	if o.Nesterov {
		name = "nesterov"
	}
	if o.Dampening != 0 {
		dampening = fmt.Sprintf(", dampening %g", o.Dampening)
	}
	return fmt.Sprintf("%s(learning rate %g, momentum %g%s)", name, defaultTo(o.LearningRate, 0.01), o.Momentum, dampening)
}

func (o SGD) start(n int) (stepper, float64, error) {
	o.LearningRate = defaultTo(o.LearningRate, 0.01)
	if err := checkRates(o.LearningRate, "momentum", o.Momentum); err != nil {
		return nil, 0, err
	}
	if err := checkRange("dampening", o.Dampening, 0, 1); err != nil {
		return nil, 0, err
	}
	if o.Nesterov && (o.Momentum == 0 || o.Dampening != 0) {
		return nil, 0, errors.New("nesterov needs a momentum, usually 0.9, and no dampening")
	}
	return &sgdStep{mu: float32(o.Momentum), keep: float32(1 - o.Dampening), nesterov: o.Nesterov, v: stateIf(o.Momentum != 0, n)}, o.LearningRate, nil
}

type sgdStep struct {
	rate, mu, keep float32
	nesterov       bool
	v              state   // nil without momentum
	steps          float64 // made
}

func (s *sgdStep) begin(rate float64) {
	s.rate = float32(rate)
	s.steps++
}

func (s *sgdStep) apply(w, g []float32, at int, l2 float32) {
	switch v := s.v.at(w, at); {
	case v == nil:
		hadamard.SGD(w, g, s.rate, l2)
	case s.nesterov:
		hadamard.Nesterov(w, g, v, s.rate, s.mu, l2)
	case s.steps == 1:
		hadamard.Momentum(w, g, v, s.rate, s.mu, 1, l2)
	default:
		hadamard.Momentum(w, g, v, s.rate, s.mu, s.keep, l2)
	}
}

func (s *sgdStep) saved() ([]state, []*float64) { return []state{s.v}, []*float64{&s.steps} }

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

func (o HeavyBall) start(n int) (stepper, float64, error) {
	o = HeavyBall{defaultTo(o.LearningRate, 0.01), defaultTo(o.Momentum, 0.9)}
	if err := checkRates(o.LearningRate, "momentum", o.Momentum); err != nil {
		return nil, 0, err
	}
	return &heavyBallStep{mu: float32(o.Momentum), v: stateIf(true, n)}, o.LearningRate, nil
}

type heavyBallStep struct {
	rate, mu float32
	v        state
}

func (s *heavyBallStep) begin(rate float64) { s.rate = float32(rate) }

func (s *heavyBallStep) apply(w, g []float32, at int, l2 float32) {
	hadamard.HeavyBall(w, g, s.v.at(w, at), s.rate, s.mu, l2)
}

func (s *heavyBallStep) saved() ([]state, []*float64) { return []state{s.v}, nil }

// Adagrad is the method of Duchi, Hazan and Singer (2011), with PyTorch's
// defaults; with Momentum, the step is that of HeavyBall.
type Adagrad struct {
	LearningRate       float64 // default 0.01
	Momentum           float64 // in [0, 1−2⁻¹⁴]
	Epsilon            float64 // default 1e-10
	EpsilonInside      bool    // divide by √(Σg² + ε), as Keras does, not by √Σg² + ε
	Decay              float64 // in step t = 0, 1, … the rate is LearningRate/(1 + t·Decay)
	InitialAccumulator float64 // what Σg² starts with (Keras: 0.1)
}

// String returns the name and the numbers.
func (o Adagrad) String() string {
	return fmt.Sprintf("adagrad(learning rate %g, momentum %g, %s%s%s)", defaultTo(o.LearningRate, 0.01), o.Momentum,
		epsilonString(defaultTo(o.Epsilon, 1e-10), o.EpsilonInside),
		ifNot0(", decay %g", o.Decay), ifNot0(", initial accumulator %g", o.InitialAccumulator))
}

func (o Adagrad) start(n int) (stepper, float64, error) {
	o.LearningRate, o.Epsilon = defaultTo(o.LearningRate, 0.01), defaultTo(o.Epsilon, 1e-10)
	if err := checkRates(o.LearningRate, "momentum", o.Momentum); err != nil {
		return nil, 0, err
	}
	if err := checkEpsilon(o.Epsilon); err != nil {
		return nil, 0, err
	}
	if err := checkRange("decay", o.Decay, 0, 1e30); err != nil {
		return nil, 0, err
	}
	if err := checkRange("initial accumulator", o.InitialAccumulator, 0, 1e30); err != nil {
		return nil, 0, err
	}
	s := &adagradStep{decay: o.Decay, s: stateIf(true, n), v: stateIf(o.Momentum != 0, n)}
	s.p.Momentum = float32(o.Momentum)
	s.p.Epsilon, s.p.Inside = epsilons(o.Epsilon, o.EpsilonInside)
	for i := range s.s {
		s.s[i] = float32(o.InitialAccumulator)
	}
	return s, o.LearningRate, nil
}

type adagradStep struct {
	p     hadamard.AdagradStep
	decay float64
	steps float64 // made before
	s, v  state
}

func (s *adagradStep) begin(rate float64) {
	s.p.Rate = float32(rate / (1 + float64(s.steps*s.decay)))
	s.steps++
}

func (s *adagradStep) apply(w, g []float32, at int, l2 float32) {
	s.p.L2 = l2
	hadamard.Adagrad(w, g, s.s.at(w, at), s.v.at(w, at), &s.p)
}

func (s *adagradStep) saved() ([]state, []*float64) { return []state{s.s, s.v}, []*float64{&s.steps} }

// Adadelta is the method of Zeiler (2012), with PyTorch's defaults.
type Adadelta struct {
	LearningRate float64 // default 1
	Rho          float64 // in [0, 1−2⁻¹⁴], default 0.9
	Epsilon      float64 // default 1e-6
}

// String returns the name and the numbers.
func (o Adadelta) String() string {
	o = o.defaults()
	return fmt.Sprintf("adadelta(learning rate %g, ρ %g, ε %g)", o.LearningRate, o.Rho, o.Epsilon)
}

func (o Adadelta) defaults() Adadelta {
	return Adadelta{defaultTo(o.LearningRate, 1), defaultTo(o.Rho, 0.9), defaultTo(o.Epsilon, 1e-6)}
}

func (o Adadelta) start(n int) (stepper, float64, error) {
	o = o.defaults()
	if err := checkRates(o.LearningRate, "rho", o.Rho); err != nil {
		return nil, 0, err
	}
	if err := checkEpsilon(o.Epsilon); err != nil {
		return nil, 0, err
	}
	return &adadeltaStep{
		p: hadamard.AdadeltaStep{Rho: float32(o.Rho), OneMinusRho: float32(1 - o.Rho), Epsilon: float32(o.Epsilon)},
		s: stateIf(true, n), u: stateIf(true, n),
	}, o.LearningRate, nil
}

type adadeltaStep struct {
	p    hadamard.AdadeltaStep
	s, u state
}

func (s *adadeltaStep) begin(rate float64) { s.p.Rate = float32(rate) }

func (s *adadeltaStep) apply(w, g []float32, at int, l2 float32) {
	s.p.L2 = l2
	hadamard.Adadelta(w, g, s.s.at(w, at), s.u.at(w, at), &s.p)
}

func (s *adadeltaStep) saved() ([]state, []*float64) { return []state{s.s, s.u}, nil }

// RMSprop is the method of Tieleman and Hinton (2012), with PyTorch's defaults.
type RMSprop struct {
	LearningRate  float64 // default 0.01
	Rho           float64 // in [0, 1−2⁻¹⁴], default 0.99 (Keras: 0.9)
	Epsilon       float64 // default 1e-8
	EpsilonInside bool    // ε under the root, as Keras has it
	Momentum      float64 // in [0, 1−2⁻¹⁴]
	Centered      bool    // divide by the deviation of the gradients, not their root mean square
}

// String returns the name and the numbers.
func (o RMSprop) String() string {
	o = o.defaults()
	name := "rmsprop"
	if o.Centered {
		name = "centered rmsprop"
	}
	return fmt.Sprintf("%s(learning rate %g, ρ %g, %s, momentum %g)", name, o.LearningRate, o.Rho, epsilonString(o.Epsilon, o.EpsilonInside), o.Momentum)
}

func (o RMSprop) defaults() RMSprop {
	o.LearningRate, o.Rho, o.Epsilon = defaultTo(o.LearningRate, 0.01), defaultTo(o.Rho, 0.99), defaultTo(o.Epsilon, 1e-8)
	return o
}

func (o RMSprop) start(n int) (stepper, float64, error) {
	o = o.defaults()
	if err := checkRates(o.LearningRate, "rho", o.Rho, "momentum", o.Momentum); err != nil {
		return nil, 0, err
	}
	if err := checkEpsilon(o.Epsilon); err != nil {
		return nil, 0, err
	}
	s := &rmspropStep{
		p: hadamard.RMSpropStep{Rho: float32(o.Rho), OneMinusRho: float32(1 - o.Rho), Momentum: float32(o.Momentum)},
		s: stateIf(true, n), a: stateIf(o.Centered, n), v: stateIf(o.Momentum != 0, n),
	}
	s.p.Epsilon, s.p.Inside = epsilons(o.Epsilon, o.EpsilonInside)
	return s, o.LearningRate, nil
}

type rmspropStep struct {
	p       hadamard.RMSpropStep
	s, a, v state
}

func (s *rmspropStep) begin(rate float64) { s.p.Rate = float32(rate) }

func (s *rmspropStep) apply(w, g []float32, at int, l2 float32) {
	s.p.L2 = l2
	hadamard.RMSprop(w, g, s.s.at(w, at), s.a.at(w, at), s.v.at(w, at), &s.p)
}

func (s *rmspropStep) saved() ([]state, []*float64) { return []state{s.s, s.a, s.v}, nil }

var optimizerNames = []string{"sgd", "momentum", "nesterov", "heavy_ball", "adagrad", "adadelta", "rmsprop", "adam", "amsgrad", "adamw", "adamax", "nadam", "radam", "lion"}

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
	case "adadelta":
		return Adadelta{LearningRate: learningRate}, nil
	case "rmsprop":
		return RMSprop{LearningRate: learningRate}, nil
	case "adam":
		return Adam{LearningRate: learningRate}, nil
	case "amsgrad":
		return Adam{LearningRate: learningRate, AMSGrad: true}, nil
	case "adamw":
		return Adam{LearningRate: learningRate, WeightDecay: 0.01}, nil
	case "adamax":
		return Adamax{LearningRate: learningRate}, nil
	case "nadam":
		return NAdam{LearningRate: learningRate}, nil
	case "radam":
		return RAdam{LearningRate: learningRate}, nil
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

// epsilons returns ε outside and inside the root.
func epsilons(eps float64, inside bool) (out, in float32) {
	if inside {
		return 0, float32(eps)
	}
	return float32(eps), 0
}

func epsilonString(eps float64, inside bool) string {
	if inside {
		return fmt.Sprintf("ε %g inside", eps)
	}
	return fmt.Sprintf("ε %g", eps)
}

// ifNot0 formats a number that most do not use.
func ifNot0(format string, x float64) string {
	if x == 0 {
		return ""
	}
	return fmt.Sprintf(format, x)
}
