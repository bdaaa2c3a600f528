package ffnn

import (
	"cmp"
	"fmt"
	"math"
	"strings"
)

// Progress is where a training stands before a step.
type Progress struct {
	Step, Steps int     // steps made, and steps of the whole training (at least 1)
	EpochSteps  int     // steps of an epoch (at least 1)
	History     History // of the epochs made
}

// Epoch returns the number of epochs made.
func (p Progress) Epoch() int { return p.Step / p.EpochSteps }

// along returns how much of the first part of all steps has been made, in
// [0, 1].
func (p Progress) along(part float64) float64 {
	return min(1, float64(p.Step)/float64(part*float64(p.Steps)))
}

// Schedule gives the learning rate of each step as a factor of the optimiser's.
// A program may have its own. A factor must be finite and not negative; it
// should depend on the Progress alone.
//
// Those of this package are ConstantRate, StepDecay, MultiStep,
// ExponentialDecay, Linear, Polynomial, Cosine, OneCycle and ReduceOnPlateau. A
// zero number means its default; to have none of a number whose default is not
// 0, give a tiny one. Factors have the same bits on every machine, and computing
// one does not allocate. A factor can be 0 where a schedule ends at 0 before the
// training does.
//
// Names and formulas are PyTorch's (torch.optim.lr_scheduler), where a schedule
// is stepped once per epoch or once per step; here epochs are counted in epochs,
// and what goes on smoothly takes shares of all steps.
type Schedule interface {
	Factor(p Progress) float64
}

// ConstantRate is the learning rate of the optimiser throughout: 1.
type ConstantRate struct{}

// String returns the name.
func (ConstantRate) String() string { return "constant" }

// Factor returns 1.
func (ConstantRate) Factor(Progress) float64 { return 1 }

// StepDecay multiplies the rate by Gamma after Every epochs:
// Gamma^⌊epoch/Every⌋.
type StepDecay struct {
	Every int     // epochs, at least 1
	Gamma float64 // in [0, 1], default 0.1
}

// String returns the name and the numbers.
func (s StepDecay) String() string {
	return fmt.Sprintf("step(every %d epochs, γ %g)", s.Every, cmp.Or(s.Gamma, 0.1))
}

// Factor returns the factor of the next step.
func (s StepDecay) Factor(p Progress) float64 {
	return power(cmp.Or(s.Gamma, 0.1), p.Epoch()/s.Every)
}

func (s StepDecay) check() error {
	return cmp.Or(atLeast("Every", s.Every, 1), checkRange("Gamma", s.Gamma, 0, 1))
}

// MultiStep multiplies the rate by Gamma after each number of epochs of At.
type MultiStep struct {
	At    []int   // epochs made, ascending, the first at least 1
	Gamma float64 // in [0, 1], default 0.1
}

// String returns the name and the numbers.
func (s MultiStep) String() string {
	return fmt.Sprintf("multi_step(after epochs %d, γ %g)", s.At, cmp.Or(s.Gamma, 0.1))
}

// Factor returns the factor of the next step.
func (s MultiStep) Factor(p Progress) float64 {
	n, epoch := 0, p.Epoch()
	for _, at := range s.At {
		if at <= epoch {
			n++
		}
	}
	return power(cmp.Or(s.Gamma, 0.1), n)
}

func (s MultiStep) check() error {
	if len(s.At) == 0 {
		return fmt.Errorf("no epoch in At: give at least one")
	}
	last := 0
	for i, at := range s.At {
		if err := atLeast(fmt.Sprintf("At[%d]", i), at, last+1); err != nil {
			return err
		}
		last = at
	}
	return checkRange("Gamma", s.Gamma, 0, 1)
}

// ExponentialDecay multiplies the rate by Gamma after each epoch: Gamma^epoch.
type ExponentialDecay struct {
	Gamma float64 // in [0, 1], default 0.95
}

// String returns the name and the number.
func (s ExponentialDecay) String() string {
	return fmt.Sprintf("exponential(γ %g)", cmp.Or(s.Gamma, 0.95))
}

// Factor returns the factor of the next step.
func (s ExponentialDecay) Factor(p Progress) float64 {
	return power(cmp.Or(s.Gamma, 0.95), p.Epoch())
}

func (s ExponentialDecay) check() error { return checkRange("Gamma", s.Gamma, 0, 1) }

// Linear goes from one factor to another in a straight line over the first part
// of the steps, and stays there:
//
//	From + (To − From)·t   t = min(1, Step/(Over·Steps))
type Linear struct {
	From float64 // default 1
	To   float64 // default 0
	Over float64 // share of all steps, in [0, 1], default 1
}

func (s Linear) defaults() Linear {
	s.From, s.Over = cmp.Or(s.From, 1), cmp.Or(s.Over, 1)
	return s
}

// String returns the name and the numbers.
func (s Linear) String() string {
	s = s.defaults()
	return fmt.Sprintf("linear(from %g to %g over %g of the steps)", s.From, s.To, s.Over)
}

// Factor returns the factor of the next step.
func (s Linear) Factor(p Progress) float64 {
	s = s.defaults()
	return s.From + float64((s.To-s.From)*p.along(s.Over))
}

func (s Linear) check() error {
	return cmp.Or(checkRange("From", s.From, 0, maxFactor), checkRange("To", s.To, 0, maxFactor), checkRange("Over", s.Over, 0, 1))
}

// Polynomial falls to 0 as a power over the first part of the steps, and stays
// there:
//
//	(1 − t)^Power   t = min(1, Step/(Over·Steps))
type Polynomial struct {
	Power float64 // a multiple of ½ up to 16, default 2
	Over  float64 // share of all steps, in [0, 1], default 1
}

// String returns the name and the numbers.
func (s Polynomial) String() string {
	return fmt.Sprintf("polynomial(power %g over %g of the steps)", cmp.Or(s.Power, 2), cmp.Or(s.Over, 1))
}

// Factor returns the factor of the next step.
func (s Polynomial) Factor(p Progress) float64 {
	x := 1 - p.along(cmp.Or(s.Over, 1))
	whole, half := math.Modf(cmp.Or(s.Power, 2))
	y := power(x, int(whole))
	if half != 0 {
		y = float64(y * math.Sqrt(x))
	}
	return y
}

func (s Polynomial) check() error {
	if err := cmp.Or(checkRange("Power", s.Power, 0, 16), checkRange("Over", s.Over, 0, 1)); err != nil {
		return err
	}
	if s.Power != math.Floor(2*s.Power)/2 {
		// Such powers would need a logarithm, whose bits differ between machines.
		return fmt.Errorf("not a multiple of 0.5: Power %g", s.Power)
	}
	return nil
}

// Cosine falls from 1 to Floor along half a cosine, after a warm-up. With
// w = WarmUp·Steps,
//
//	min(1, (Step+1)/w)                                     Step < w
//	Floor + (1 − Floor)·½·(1 + cos(π·(Step−w)/(Steps−w)))  otherwise
//
// The first step of a warm-up has the factor 1/w, not 0. After Steps the cosine
// goes on: the factor rises again.
//
// Source: I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm
// restarts", ICLR 2017, one period of it; the warm-up is that of P. Goyal et al.,
// "Accurate, large minibatch SGD", 2017.
type Cosine struct {
	WarmUp float64 // share of all steps, in [0, 0.99]
	Floor  float64 // in [0, 1]
}

// String returns the name and the numbers.
func (s Cosine) String() string {
	return fmt.Sprintf("cosine(warm-up %g of the steps, floor %g)", s.WarmUp, s.Floor)
}

// Factor returns the factor of the next step.
func (s Cosine) Factor(p Progress) float64 {
	t, steps := float64(p.Step), float64(p.Steps)
	w := float64(s.WarmUp * steps)
	if t < w {
		return min(1, (t+1)/w)
	}
	return anneal(1, s.Floor, (t-w)/(steps-w))
}

func (s Cosine) check() error {
	return cmp.Or(checkRange("WarmUp", s.WarmUp, 0, maxWarmUp), checkRange("Floor", s.Floor, 0, 1))
}

// OneCycle rises from Start to 1 and falls to End, each along half a cosine: the
// learning rate of the optimiser is the greatest one. The top is at step
// WarmUp·Steps − 1, the last step has End. The momentum stays as it is.
//
// Source: L. N. Smith, N. Topin, "Super-convergence: very fast training of
// neural networks using large learning rates", 2018, in the form of PyTorch's
// OneCycleLR, whose pct_start, div_factor and final_div_factor are WarmUp,
// 1/Start and Start/End.
type OneCycle struct {
	WarmUp float64 // share of all steps, in [0, 0.99], default 0.3
	Start  float64 // in [0, 1], default 1/25
	End    float64 // in [0, 1], default Start/10⁴
}

func (s OneCycle) defaults() OneCycle {
	s.WarmUp, s.Start = cmp.Or(s.WarmUp, 0.3), cmp.Or(s.Start, 1.0/25)
	s.End = cmp.Or(s.End, s.Start/1e4)
	return s
}

// String returns the name and the numbers.
func (s OneCycle) String() string {
	s = s.defaults()
	return fmt.Sprintf("one_cycle(warm-up %g of the steps, start %g, end %g)", s.WarmUp, s.Start, s.End)
}

// Factor returns the factor of the next step.
func (s OneCycle) Factor(p Progress) float64 {
	s = s.defaults()
	t, last := float64(p.Step), float64(p.Steps-1)
	top := float64(s.WarmUp*float64(p.Steps)) - 1
	switch {
	case t < top:
		return anneal(s.Start, 1, t/top)
	case t < last:
		return anneal(1, s.End, (t-top)/(last-top))
	}
	return s.End
}

func (s OneCycle) check() error {
	return cmp.Or(checkRange("WarmUp", s.WarmUp, 0, maxWarmUp), checkRange("Start", s.Start, 0, 1), checkRange("End", s.End, 0, 1))
}

// ReduceOnPlateau multiplies the rate by Gamma when the loss has not improved
// for more than Patience epochs, and then starts counting anew. An epoch
// improves the loss if it is below the best so far times 1 − Threshold; NaN is no
// improvement. The loss is that of the validation if the first epoch has one,
// otherwise that of the training.
//
// It is PyTorch's ReduceLROnPlateau without a cooldown, and a function of the
// History alone.
type ReduceOnPlateau struct {
	Gamma     float64 // in [0, 1], default 0.1
	Patience  int     // epochs, default 10
	Threshold float64 // relative, in [0, 0.99], default 10⁻⁴
	Floor     float64 // no factor is below, in [0, 1]
}

func (s ReduceOnPlateau) defaults() ReduceOnPlateau {
	s.Gamma, s.Patience, s.Threshold = cmp.Or(s.Gamma, 0.1), cmp.Or(s.Patience, 10), cmp.Or(s.Threshold, 1e-4)
	return s
}

// String returns the name and the numbers.
func (s ReduceOnPlateau) String() string {
	s = s.defaults()
	return fmt.Sprintf("plateau(γ %g, patience %d epochs, threshold %g, floor %g)", s.Gamma, s.Patience, s.Threshold, s.Floor)
}

// Factor returns the factor of the next epoch.
func (s ReduceOnPlateau) Factor(p Progress) float64 {
	s = s.defaults()
	factor, best, bad := 1.0, math.Inf(1), 0
	validated := len(p.History) > 0 && !math.IsNaN(p.History[0].ValLoss)
	for _, e := range p.History {
		loss := e.Loss
		if validated {
			loss = e.ValLoss
		}
		if loss < float64(best*(1-s.Threshold)) {
			best, bad = loss, 0
			continue
		}
		if bad++; bad > s.Patience {
			factor, bad = max(s.Floor, float64(factor*s.Gamma)), 0
		}
	}
	return factor
}

// perEpoch marks a schedule whose factor is computed once per epoch: here
// because it reads all of the History.
func (ReduceOnPlateau) perEpoch() {}

func (s ReduceOnPlateau) check() error {
	return cmp.Or(checkRange("Gamma", s.Gamma, 0, 1), atLeast("Patience", s.Patience, 0), checkRange("Threshold", s.Threshold, 0, 0.99), checkRange("Floor", s.Floor, 0, 1))
}

var namedSchedules = []struct {
	name string
	s    Schedule
}{
	{"constant", ConstantRate{}},
	{"step", StepDecay{Every: 10, Gamma: 0.5}},
	{"exponential", ExponentialDecay{}},
	{"cosine", Cosine{}},
	{"one_cycle", OneCycle{}},
	{"plateau", ReduceOnPlateau{}},
}

// ScheduleNames returns the names that ParseSchedule knows.
func ScheduleNames() []string {
	var names []string
	for _, n := range namedSchedules {
		names = append(names, n.name)
	}
	return names
}

// ParseSchedule returns the schedule of that name, one of ScheduleNames, with
// its default numbers; step halves the rate every 10 epochs.
func ParseSchedule(name string) (Schedule, error) {
	for _, n := range namedSchedules {
		if n.name == name {
			return n.s, nil
		}
	}
	return nil, fmt.Errorf("unknown schedule %q: known are %s", name, strings.Join(ScheduleNames(), ", "))
}

const (
	maxFactor = 1e6  // greater ones are mistakes
	maxWarmUp = 0.99 // so that something is left after it
)

func atLeast(field string, n, low int) error {
	if n < low {
		return fmt.Errorf("%s %d: must be at least %d", field, n, low)
	}
	return nil
}

// power returns xⁿ by repeated squaring, low bit of n first, for 0 ≤ x ≤ 1 and
// n ≥ 0.
func power(x float64, n int) float64 {
	y := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			y = float64(y * x)
		}
		x = float64(x * x)
	}
	return y
}

// anneal goes from one number (x = 0) to another (x = 1) along half a cosine.
func anneal(from, to, x float64) float64 {
	return to + float64((from-to)/2*(1+cosPi(x)))
}

// cosPi returns cos(πx) for 0 ≤ x ≤ 2⁵², within 1.1 ULP: the reductions are exact,
// and what is left out of Taylor's series is below 2⁻⁵⁴ of the result.
func cosPi(x float64) float64 {
	x -= 2 * math.Floor(x/2)
	x = min(x, 2-x)
	sign := 1.0
	if x > 0.5 {
		x, sign = 1-x, -1
	}
	if x <= 0.25 {
		t := float64(x * x)
		return float64(sign * math.FMA(t, taylor(&cosTaylor, t), 1))
	}
	x = 0.5 - x // cos(πx) = sin(π(½−x))
	t := float64(x * x)
	return float64(sign * math.FMA(x, math.Pi, float64(x*math.FMA(t, taylor(&sinTaylor, t), piLow))))
}

const (
	pi2   = math.Pi * math.Pi
	piLow = 1.2246467991473532e-16 // π less what a float64 holds of it
)

// Coefficients of (cos(π√t) − 1)/t and of (sin(π√t)/√t − π)/t, from t⁷ down;
// constant expressions are exact until they are stored.
var (
	cosTaylor = [8]float64{
		pi2 * pi2 * pi2 * pi2 * pi2 * pi2 * pi2 * pi2 / 20922789888000,
		-pi2 * pi2 * pi2 * pi2 * pi2 * pi2 * pi2 / 87178291200,
		pi2 * pi2 * pi2 * pi2 * pi2 * pi2 / 479001600,
		-pi2 * pi2 * pi2 * pi2 * pi2 / 3628800,
		pi2 * pi2 * pi2 * pi2 / 40320,
		-pi2 * pi2 * pi2 / 720,
		pi2 * pi2 / 24,
		-pi2 / 2,
	}
	sinTaylor = [8]float64{
		math.Pi * pi2 * pi2 * pi2 * pi2 * pi2 * pi2 * pi2 * pi2 / 355687428096000,
		-math.Pi * pi2 * pi2 * pi2 * pi2 * pi2 * pi2 * pi2 / 1307674368000,
		math.Pi * pi2 * pi2 * pi2 * pi2 * pi2 * pi2 / 6227020800,
		-math.Pi * pi2 * pi2 * pi2 * pi2 * pi2 / 39916800,
		math.Pi * pi2 * pi2 * pi2 * pi2 / 362880,
		-math.Pi * pi2 * pi2 * pi2 / 5040,
		math.Pi * pi2 * pi2 / 120,
		-math.Pi * pi2 / 6,
	}
)

// taylor returns the polynomial by Horner's rule, a fused multiply-add at a
// time: package math rounds those alike on every machine.
func taylor(c *[8]float64, t float64) float64 {
	s := c[0]
	for _, a := range c[1:] {
		s = math.FMA(s, t, a)
	}
	return s
}
