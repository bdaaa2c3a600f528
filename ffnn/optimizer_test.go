package ffnn

import (
	"context"
	"fmt"
	"math"
	refl "reflect"
	"slices"
	"strings"
	"testing"
)

// allOptimizers has every optimiser with all of its options in use, and as it
// comes.
var allOptimizers = []Optimizer{
	SGD{}, SGD{Momentum: 0.9}, SGD{Momentum: 0.8, Dampening: 0.3}, SGD{Momentum: 0.9, Nesterov: true}, HeavyBall{},
	Adagrad{}, Adagrad{Momentum: 0.5, Decay: 0.1, InitialAccumulator: 0.2, EpsilonInside: true}, Adadelta{},
	RMSprop{}, RMSprop{Centered: true, Momentum: 0.5, EpsilonInside: true},
	Adam{}, Adam{AMSGrad: true, WeightDecay: 0.01}, Adam{WeightDecay: 0.1}, Adamax{}, NAdam{}, RAdam{}, Lion{}, Lion{WeightDecay: 0.1},
}

func TestParseOptimizer(t *testing.T) {
	want := map[string]Optimizer{"sgd": SGD{}, "momentum": SGD{Momentum: 0.9}, "nesterov": SGD{Momentum: 0.9, Nesterov: true}, "heavy_ball": HeavyBall{},
		"adagrad": Adagrad{}, "adadelta": Adadelta{}, "rmsprop": RMSprop{}, "adam": Adam{}, "amsgrad": Adam{AMSGrad: true},
		"adamw": Adam{WeightDecay: 0.01}, "adamax": Adamax{}, "nadam": NAdam{}, "radam": RAdam{}, "lion": Lion{}}
	if len(want) != len(OptimizerNames()) {
		t.Errorf("%d names", len(OptimizerNames()))
	}
	for _, name := range OptimizerNames() {
		o, err := ParseOptimizer(name, 0)
		if err != nil || o != want[name] {
			t.Errorf("%s: %v, %v", name, o, err)
		}
		o, err = ParseOptimizer(name, 0.0625)
		if err != nil || !strings.Contains(o.String(), "learning rate 0.0625") {
			t.Errorf("%s: %v, %v", name, o, err)
		}
		if _, rate, err := o.start(16); err != nil || rate != 0.0625 {
			t.Errorf("%s: learning rate %g, %v", name, rate, err)
		}
	}
	if _, err := ParseOptimizer("swoosh", 0); err == nil || !strings.Contains(err.Error(), "known are sgd, momentum, nesterov") {
		t.Errorf("error %v", err)
	}
}

// variants returns the optimiser with one number or option changed, each in
// several ways.
func variants(o Optimizer) map[string]Optimizer {
	all := map[string]Optimizer{}
	for i := range refl.TypeOf(o).NumField() {
		c := refl.New(refl.TypeOf(o)).Elem()
		c.Set(refl.ValueOf(o))
		f, name := c.Field(i), refl.TypeOf(o).Field(i).Name
		put := func(what any) { all[fmt.Sprint(name, " ", what)] = c.Interface().(Optimizer) }
		if f.Kind() == refl.Bool {
			f.SetBool(!f.Bool())
			put(f.Bool())
			continue
		}
		base := f.Float()
		for _, x := range []float64{0.25, 0.125, 0.0625, 0.0625 + 0x1p-30, 0.0625 + 0x1p-24, base * (1 + 0x1p-20), base * (1 + 0x1p-52), 1e-3, 1e-12, 7e-11} {
			f.SetFloat(x)
			put(x)
		}
	}
	return all
}

// Two configurations that give other bits have other strings: a checkpoint
// compares those.
func TestOptimizerStrings(t *testing.T) {
	const n, steps = 32, 9
	bits := func(o Optimizer) (uint64, bool) {
		s, rate, err := o.start(n)
		if err != nil {
			return 0, false
		}
		w := slices.Clone(randomMatrix(1, n, 1).Data)
		for k := range uint64(steps) {
			s.begin(rate)
			if d, ok := s.(decayer); ok {
				d.setDecay(true)
			}
			s.apply(w, randomMatrix(1, n, 2+k).Data, 0, 0.01)
		}
		states, numbers := s.saved()
		for _, v := range states {
			w = append(w, v...)
		}
		for _, x := range numbers {
			w = append(w, float32(*x))
		}
		return hashBits(w), true
	}
	ofString := map[string]uint64{}
	tried := 0
	for _, o := range allOptimizers {
		bitsOf := map[string]Optimizer{"itself": o}
		for name, v := range variants(o) {
			bitsOf[name] = v
			if testing.Short() {
				continue
			}
			for name2, v2 := range variants(v) { // and two at a time
				bitsOf[name+", "+name2] = v2
			}
		}
		for name, v := range bitsOf {
			got, ok := bits(v)
			if !ok {
				continue
			}
			tried++
			if before, ok := ofString[v.String()]; ok && before != got {
				t.Errorf("%T with %s has the string of another: %v", o, name, v)
			}
			ofString[v.String()] = got
		}
	}
	if tried < 5000 && !testing.Short() {
		t.Errorf("tried %d", tried)
	}
	// A default that is given and one that is not are the same.
	for _, c := range [][2]Optimizer{
		{SGD{}, SGD{LearningRate: 0.01}}, {HeavyBall{}, HeavyBall{0.01, 0.9}}, {Adagrad{}, Adagrad{LearningRate: 0.01, Epsilon: 1e-10}},
		{Adadelta{}, Adadelta{1, 0.9, 1e-6}}, {RMSprop{}, RMSprop{LearningRate: 0.01, Rho: 0.99, Epsilon: 1e-8}},
		{Adam{}, Adam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}}, {Adamax{}, Adamax{2e-3, 0.9, 0.999, 1e-8}},
		{NAdam{}, NAdam{2e-3, 0.9, 0.999, 1e-8, 0.004}}, {RAdam{}, RAdam{1e-3, 0.9, 0.999, 1e-8}}, {Lion{}, Lion{LearningRate: 1e-4, Beta1: 0.9, Beta2: 0.99}},
	} {
		a, _ := bits(c[0])
		b, _ := bits(c[1])
		if a != b || c[0].String() != c[1].String() {
			t.Errorf("%v is not %v", c[0], c[1])
		}
	}
}

// Every number of every optimiser is checked.
func TestOptimizersRefused(t *testing.T) {
	for _, o := range allOptimizers {
		if _, _, err := o.start(16); err != nil {
			t.Errorf("%v: %v", o, err)
		}
		typ := refl.TypeOf(o)
		for i := range typ.NumField() {
			if typ.Field(i).Type.Kind() == refl.Bool {
				continue
			}
			bad := []float64{math.NaN(), math.Inf(1), -1, 1e31}
			switch name := typ.Field(i).Name; {
			case name == "LearningRate":
				bad = []float64{math.NaN(), math.Inf(1), -1, 1e39, 1e-44}
			case name == "Epsilon":
				bad = append(bad[:3:3], 1e39, 1e-20)
			case name == "Momentum" || name == "Rho" || strings.HasPrefix(name, "Beta"):
				bad = append(bad, 1, 1-0x1p-15)
			case name == "MomentumDecay" || name == "Dampening":
				bad = append(bad, 1.001)
			}
			for _, x := range bad {
				c := refl.New(typ).Elem()
				c.Set(refl.ValueOf(o))
				c.Field(i).SetFloat(x)
				if _, _, err := c.Interface().(Optimizer).start(16); err == nil || !strings.Contains(err.Error(), fmt.Sprint(x)) {
					t.Errorf("%v: error %v", c.Interface(), err)
				}
			}
		}
	}
	for _, c := range []struct {
		o    Optimizer
		want string
	}{
		{SGD{Nesterov: true}, "nesterov needs a momentum"},
		{SGD{Nesterov: true, Momentum: 0.9, Dampening: 0.1}, "no dampening"},
		{Adam{LearningRate: 0.1, WeightDecay: 11}, "weight decay 11: must be in [0, 10]"},
		{Lion{LearningRate: 0.1, WeightDecay: 11}, "weight decay 11"},
	} {
		if _, _, err := c.o.start(16); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %q", c.o, err, c.want)
		}
	}
}

// Every optimiser learns, with biases, weights, γ and β as they come in parts of
// the flat slice: an optimiser whose state did not follow would not.
func TestOptimizersLearn(t *testing.T) {
	x := randomMatrix(200, 4, 1)
	d := Dataset{X: x, Y: classTargets(x, 3)}
	for _, o := range allOptimizers {
		n := must(New(4, Dense(17, Identity), BatchNorm(ReLU), Dense(3, Softmax)))
		rate := 0.01
		switch o.(type) {
		case SGD:
			rate = 0.1
		case Adagrad:
			rate = 0.05
		case Adadelta:
			rate = 1
		case Lion:
			rate = 0.003
		}
		tr := must(NewTrainer(n, TrainConfig{Optimizer: o, Penalty: L2(1e-5), BatchSize: 20}))
		tr.SetLearningRate(rate)
		before, _ := tr.Evaluate(d)
		for range 20 {
			if _, _, err := tr.PartialFit(d); err != nil {
				t.Fatal(err)
			}
		}
		if loss, acc := tr.Evaluate(d); loss > before/2 || acc < 0.85 {
			t.Errorf("%v: the loss went from %g to %g, accuracy %g", o, before, loss, acc)
		}
		clean := make([]bool, len(n.params))
		for _, i := range newOracle(n, tr.c, 0).places() {
			clean[i] = true
		}
		for i, w := range n.params {
			if !clean[i] && w != 0 {
				t.Fatalf("%v: the padding at %d became %g", o, i, w)
			}
		}
	}
	// Fit does the steps of a Trainer with any of them.
	for _, o := range allOptimizers {
		a, b := must(New(4, Dense(17, Tanh), Dense(3, Softmax))), must(New(4, Dense(17, Tanh), Dense(3, Softmax)))
		c := TrainConfig{Optimizer: o, BatchSize: 30}
		must(a.Fit(context.Background(), d, FitConfig{TrainConfig: c, Epochs: 2, NoShuffle: true}))
		tr := must(NewTrainer(b, c))
		for range 2 {
			if _, _, err := tr.PartialFit(d); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(a.params, b.params) {
			t.Errorf("%v: Fit and PartialFit differ", o)
		}
	}
}
