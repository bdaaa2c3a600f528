package ffnn

import (
	"fmt"
	"math"

	"github.com/hadamard-go/hadamard"
)

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
	return name + o.numbers()
}

func (o Adam) numbers() string {
	return fmt.Sprintf("(learning rate %g, β₁ %g, β₂ %g, ε %g%s)", o.LearningRate, o.Beta1, o.Beta2, o.Epsilon, ifNot0(", weight decay %g", o.WeightDecay))
}

func (o Adam) check() error {
	if err := checkRates(o.LearningRate, "beta1", o.Beta1, "beta2", o.Beta2); err != nil {
		return err
	}
	if err := checkEpsilon(o.Epsilon); err != nil {
		return err
	}
	return checkDecay(o.WeightDecay, o.LearningRate)
}

func (o Adam) defaults() Adam {
	o.LearningRate, o.Epsilon = defaultTo(o.LearningRate, 0.001), defaultTo(o.Epsilon, 1e-8)
	o.Beta1, o.Beta2 = defaultTo(o.Beta1, 0.9), defaultTo(o.Beta2, 0.999)
	return o
}

func (o Adam) start(n int) (stepper, float64, error) {
	o = o.defaults()
	if err := o.check(); err != nil {
		return nil, 0, err
	}
	s := &adamStep{
		o: o, power1: 1, power2: 1,
		m: stateIf(true, n), v: stateIf(true, n), top: stateIf(o.AMSGrad, n),
	}
	if o.WeightDecay == 0 {
		return s, o.LearningRate, nil
	}
	return &adamWStep{s}, o.LearningRate, nil
}

type adamStep struct {
	o              Adam
	rate           float64
	power1, power2 float64 // β₁ᵗ, β₂ᵗ
	m, v, top      state
	step           hadamard.AdamStep
}

func (s *adamStep) begin(rate float64) {
	s.rate = rate
	s.power1 = float64(s.power1 * s.o.Beta1) // the conversions forbid fusing
	s.power2 = float64(s.power2 * s.o.Beta2)
	s.step = hadamard.AdamStep{
		Beta1: float32(s.o.Beta1), OneMinusBeta1: float32(1 - s.o.Beta1),
		Beta2: float32(s.o.Beta2), OneMinusBeta2: float32(1 - s.o.Beta2),
		Rate:         float32(rate / (1 - s.power1)),
		InvRootBias2: float32(1 / math.Sqrt(1-s.power2)),
		Epsilon:      float32(s.o.Epsilon),
		Decay:        1,
	}
}

func (s *adamStep) apply(w, g []float32, at int, l2 float32) {
	s.step.L2 = l2
	hadamard.Adam(w, g, s.m.at(w, at), s.v.at(w, at), s.top.at(w, at), &s.step)
}

func (s *adamStep) saved() ([]state, []*float64) {
	return []state{s.m, s.v, s.top}, []*float64{&s.power1, &s.power2}
}

// adamWStep is Adam with weight decay.
type adamWStep struct{ *adamStep }

func (s *adamWStep) setDecay(on bool) {
	s.step.Decay = decayFactor(on, s.rate, s.o.WeightDecay)
}

// Adamax is the form of Adam with the maximum norm (Kingma and Ba 2015, section
// 7), with PyTorch's defaults.
type Adamax struct {
	LearningRate float64 // default 0.002
	Beta1        float64 // in [0, 1−2⁻¹⁴], default 0.9
	Beta2        float64 // in [0, 1−2⁻¹⁴], default 0.999
	Epsilon      float64 // default 1e-8
}

// String returns the name and the numbers.
func (o Adamax) String() string {
	return "adamax" + o.adam().numbers()
}

// adam returns Adam with the same numbers.
func (o Adamax) adam() Adam {
	return Adam{LearningRate: defaultTo(o.LearningRate, 0.002), Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon}.defaults()
}

func (o Adamax) start(n int) (stepper, float64, error) {
	a := o.adam()
	if err := a.check(); err != nil {
		return nil, 0, err
	}
	return &adamaxStep{
		o: a, power1: 1, m: stateIf(true, n), u: stateIf(true, n),
		p: hadamard.AdamaxStep{Beta1: float32(a.Beta1), OneMinusBeta1: float32(1 - a.Beta1), Beta2: float32(a.Beta2), Epsilon: float32(a.Epsilon)},
	}, a.LearningRate, nil
}

type adamaxStep struct {
	o      Adam
	power1 float64 // β₁ᵗ
	m, u   state
	p      hadamard.AdamaxStep
}

func (s *adamaxStep) begin(rate float64) {
	s.power1 = float64(s.power1 * s.o.Beta1)
	s.p.Rate = float32(rate / (1 - s.power1))
}

func (s *adamaxStep) apply(w, g []float32, at int, l2 float32) {
	s.p.L2 = l2
	hadamard.Adamax(w, g, s.m.at(w, at), s.u.at(w, at), &s.p)
}

func (s *adamaxStep) saved() ([]state, []*float64) { return []state{s.m, s.u}, []*float64{&s.power1} }

// NAdam is Adam with Nesterov's momentum (Dozat 2016), with PyTorch's defaults:
// the momentum of step t is μₜ = Beta1·(1 − 0.96^(t·MomentumDecay)/2).
type NAdam struct {
	LearningRate  float64 // default 0.002
	Beta1         float64 // in [0, 1−2⁻¹⁴], default 0.9
	Beta2         float64 // in [0, 1−2⁻¹⁴], default 0.999
	Epsilon       float64 // default 1e-8
	MomentumDecay float64 // in [0, 1], default 0.004
}

// String returns the name and the numbers.
func (o NAdam) String() string {
	return "nadam" + o.adam().numbers() + fmt.Sprintf(" with momentum decay %g", defaultTo(o.MomentumDecay, 0.004))
}

func (o NAdam) adam() Adam {
	return Adam{LearningRate: defaultTo(o.LearningRate, 0.002), Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon}.defaults()
}

func (o NAdam) start(n int) (stepper, float64, error) {
	a, decay := o.adam(), defaultTo(o.MomentumDecay, 0.004)
	if err := a.check(); err != nil {
		return nil, 0, err
	}
	if err := checkRange("momentum decay", decay, 0, 1); err != nil {
		return nil, 0, err
	}
	base := pow096(decay)
	return &nadamStep{o: a, base: base, next: base, product: 1, power2: 1, m: stateIf(true, n), v: stateIf(true, n)}, a.LearningRate, nil
}

type nadamStep struct {
	o       Adam
	base    float64 // 0.96^MomentumDecay
	next    float64 // its power t+1, for the next step
	product float64 // Π μ
	power2  float64 // β₂ᵗ
	m, v    state
	p       hadamard.NAdamStep
}

func (s *nadamStep) begin(rate float64) {
	mu := float64(s.o.Beta1 * (1 - float64(0.5*s.next)))
	s.next = float64(s.next * s.base)
	ahead := float64(s.o.Beta1 * (1 - float64(0.5*s.next)))
	s.product = float64(s.product * mu)
	s.power2 = float64(s.power2 * s.o.Beta2)
	s.p = hadamard.NAdamStep{
		Beta1: float32(s.o.Beta1), OneMinusBeta1: float32(1 - s.o.Beta1),
		Beta2: float32(s.o.Beta2), OneMinusBeta2: float32(1 - s.o.Beta2),
		RateG:        float32(float64(rate*(1-mu)) / (1 - s.product)),
		RateM:        float32(float64(rate*ahead) / (1 - float64(s.product*ahead))),
		InvRootBias2: float32(1 / math.Sqrt(1-s.power2)),
		Epsilon:      float32(s.o.Epsilon),
		Decay:        1,
	}
}

func (s *nadamStep) apply(w, g []float32, at int, l2 float32) {
	s.p.L2 = l2
	hadamard.NAdam(w, g, s.m.at(w, at), s.v.at(w, at), &s.p)
}

func (s *nadamStep) saved() ([]state, []*float64) {
	return []state{s.m, s.v}, []*float64{&s.next, &s.product, &s.power2}
}

// pow096 returns 0.96^x for x in [0, 1] by the series of e^(x·ln 0.96), with the
// same bits everywhere.
func pow096(x float64) float64 {
	const ln = -0.04082199452025517 // ln 0.96
	y, sum := float64(x*ln), 1.0
	for k := 16; k > 0; k-- {
		sum = 1 + float64(y/float64(k)*sum)
	}
	return sum
}

// RAdam is Adam with a rectified variance (Liu et al. 2020), with PyTorch's
// defaults: the first steps, in which the second moment means little, are those
// of a momentum.
type RAdam struct {
	LearningRate float64 // default 0.001
	Beta1        float64 // in [0, 1−2⁻¹⁴], default 0.9
	Beta2        float64 // in [0, 1−2⁻¹⁴], default 0.999
	Epsilon      float64 // default 1e-8
}

// String returns the name and the numbers.
func (o RAdam) String() string { return "radam" + o.adam().numbers() }

func (o RAdam) adam() Adam {
	return Adam{LearningRate: o.LearningRate, Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon}.defaults()
}

func (o RAdam) start(n int) (stepper, float64, error) {
	a := o.adam()
	s, rate, err := a.start(n)
	if err != nil {
		return nil, 0, err
	}
	return &radamStep{adamStep: s.(*adamStep)}, rate, nil
}

// radamStep is Adam with other numbers: where the variance does not count, ε = 1
// and no root make the denominator 1.
type radamStep struct {
	*adamStep
	steps float64
}

func (s *radamStep) begin(rate float64) {
	s.adamStep.begin(rate)
	s.steps++
	top := 2/(1-s.o.Beta2) - 1
	length := top - float64(2*s.steps*s.power2)/(1-s.power2)
	if length <= 5 {
		s.step.InvRootBias2, s.step.Epsilon = 0, 1
		return
	}
	num := float64(float64((length-4)*(length-2)) * top)
	den := float64(float64((top-4)*(top-2)) * length)
	r := float64(math.Sqrt(num/den) * math.Sqrt(1-s.power2))
	s.step.InvRootBias2 = 1
	s.step.Rate = float32(float64(rate*r) / (1 - s.power1))
}

func (s *radamStep) saved() ([]state, []*float64) {
	slices, numbers := s.adamStep.saved()
	return slices, append(numbers, &s.steps)
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

func (o Lion) start(n int) (stepper, float64, error) {
	o = o.defaults()
	if err := checkRates(o.LearningRate, "beta1", o.Beta1, "beta2", o.Beta2); err != nil {
		return nil, 0, err
	}
	if err := checkDecay(o.WeightDecay, o.LearningRate); err != nil {
		return nil, 0, err
	}
	return &lionStep{o: o, m: stateIf(true, n), p: hadamard.LionStep{
		Beta1: float32(o.Beta1), OneMinusBeta1: float32(1 - o.Beta1),
		Beta2: float32(o.Beta2), OneMinusBeta2: float32(1 - o.Beta2),
		Decay: 1,
	}}, o.LearningRate, nil
}

type lionStep struct {
	o    Lion
	rate float64
	m    state
	p    hadamard.LionStep
}

func (s *lionStep) begin(rate float64) { s.rate, s.p.Rate = rate, float32(rate) }

func (s *lionStep) saved() ([]state, []*float64) { return []state{s.m}, nil }

func (s *lionStep) setDecay(on bool) {
	s.p.Decay = decayFactor(on, s.rate, s.o.WeightDecay)
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
	return float32(max(1-float64(rate*decay), 0))
}
