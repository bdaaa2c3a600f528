package ffnn

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
)

// isWeight reports for each parameter whether it is a weight of a Dense layer,
// and of which.
func isWeight(n *Network) map[int]int {
	layerOf := map[int]int{}
	o := &oracle{n: n}
	for i := range n.layers {
		l := &n.layers[i]
		if l.kind != kindDense {
			continue
		}
		for j := range l.out {
			for k := range l.in {
				layerOf[o.at(i)+place(l.in, k, j)] = i
			}
		}
	}
	return layerOf
}

// A step of gradient descent with penalties, computed by hand in float64.
func TestPenaltySteps(t *testing.T) {
	const rate = 0.5
	x := randomMatrix(8, 4, 1)
	d := Dataset{X: x, Y: classTargets(x, 3)}
	for name, c := range map[string]struct {
		common Penalty
		own    []*Penalty // of the three Dense layers
		want   [3]Penalty // gradient λ₁·sign(w) + λ₂·w
	}{
		"none":     {},
		"L1":       {common: L1(0.01), want: [3]Penalty{{L1: 0.01}, {L1: 0.01}, {L1: 0.01}}},
		"L2":       {common: L2(0.1), want: [3]Penalty{{L2: 0.1}, {L2: 0.1}, {L2: 0.1}}},
		"Keras L2": {common: KerasL2(0.1), want: [3]Penalty{{L2: 0.2}, {L2: 0.2}, {L2: 0.2}}},
		"both":     {common: Penalty{0.01, 0.1}, want: [3]Penalty{{0.01, 0.1}, {0.01, 0.1}, {0.01, 0.1}}},
		"one":      {own: []*Penalty{nil, {L1: 0.02}, nil}, want: [3]Penalty{1: {L1: 0.02}}},
		"replaced": {common: L2(0.3), own: []*Penalty{{}, nil, {0.02, 0.1}}, want: [3]Penalty{{}, {L2: 0.3}, {0.02, 0.1}}},
		"equal":    {common: L2(0.3), own: []*Penalty{{L2: 0.3}, {L2: 0.3}, {L1: 0.3}}, want: [3]Penalty{{L2: 0.3}, {L2: 0.3}, {L1: 0.3}}},
	} {
		for _, clip := range []float64{0, 1e-3} {
			dense := []Layer{Dense(17, Tanh), Dense(18, Identity), Dense(3, Softmax)}
			for i, p := range c.own {
				if p != nil {
					dense[i] = dense[i].Penalize(*p)
				}
			}
			n := must(New(4, dense[0], BatchNorm(Identity), dense[1], BatchNorm(ReLU), Dropout(0.2), dense[2]))
			randomize(t, n, 5)
			w, b := n.Weights(0)
			w.Set(1, 1, 0) // has no sign
			if err := n.SetWeights(0, w, b); err != nil {
				t.Fatal(err)
			}
			tr := must(NewTrainer(n, TrainConfig{Optimizer: SGD{LearningRate: rate}, Penalty: c.common, ClipValue: clip}))
			o := newOracle(n, tr.c, 0)
			weights, value := isWeight(n), 0.0
			dense0 := map[int]int{0: 0, 2: 1, 5: 2}
			want := map[int]float64{}
			for _, i := range o.places() {
				g, w := o.gradient(d, i), o.p[i]
				if clip != 0 {
					g = min(max(g, -clip), clip) // penalties come after
				}
				if layer, ok := weights[i]; ok {
					p := c.want[dense0[layer]]
					if w != 0 {
						g += p.L1 * math.Copysign(1, w)
					}
					g += p.L2 * w
					value += p.L1*math.Abs(w) + p.L2/2*w*w
				}
				want[i] = w - rate*g
			}
			if got := tr.PenaltyValue(); math.Abs(got-value) > 1e-9*value {
				t.Errorf("%s: the penalty is %g, want %g", name, got, value)
			}
			tr.Step(d)
			for i, w := range want {
				if got := float64(n.params[i]); math.Abs(got-w) > 3e-6 {
					t.Errorf("%s, clipped to %g: parameter %d is %g, want %g", name, clip, i, got, w)
				}
			}
		}
	}
}

// norms returns the Euclidean norm of what goes into each unit of a layer.
func norms(n *Network, i int) []float64 {
	w, _ := n.Weights(i)
	sums := make([]float64, w.Cols)
	for k := range w.Rows {
		for j, v := range w.Row(k) {
			sums[j] += float64(v) * float64(v)
		}
	}
	for j := range sums {
		sums[j] = math.Sqrt(sums[j])
	}
	return sums
}

// After each step no unit's norm is above the bound, and those below it, and
// biases, are what they were without.
func TestMaxNorm(t *testing.T) {
	const bound, bound2 = 1.2, 0.9
	x := randomMatrix(40, 9, 1)
	d := Dataset{X: x, Y: classTargets(x, 3)}
	build := func(l0, l2 Layer) *Network {
		n := must(New(9, l0, BatchNorm(Identity), l2, Dense(3, Softmax)))
		randomize(t, n, 1)
		return n
	}
	bounded := build(Dense(20, ReLU).MaxNorm(bound), Dense(18, Tanh).MaxNorm(bound2))
	free := build(Dense(20, ReLU), Dense(18, Tanh))
	config := TrainConfig{Optimizer: Adam{LearningRate: 0.05}, BatchSize: 40}
	tr, ref := must(NewTrainer(bounded, config)), must(NewTrainer(free, config))
	scaled, kept := 0, 0
	for s := range 30 {
		copy(free.values, bounded.values) // the same step from the same place
		for k, v := range must2(tr.opt.saved()) {
			copy(must2(ref.opt.saved())[k], v)
		}
		tr.Step(d)
		ref.Step(d)
		for i, bound := range map[int]float64{0: bound, 2: bound2} {
			before, after := norms(free, i), norms(bounded, i)
			w, b := bounded.Weights(i)
			fw, fb := free.Weights(i)
			for j := range after {
				if after[j] > bound*(1+4e-7) {
					t.Fatalf("step %d, layer %d: unit %d has the norm %g", s, i, j, after[j])
				}
				if before[j] > bound*(1+4e-7) {
					scaled++
					if math.Abs(after[j]-bound) > 1e-6 {
						t.Errorf("step %d, layer %d: unit %d was scaled to %g", s, i, j, after[j])
					}
					continue
				}
				kept++
				for k := range w.Rows {
					if before[j] < bound && w.At(k, j) != fw.At(k, j) {
						t.Fatalf("step %d, layer %d: a weight of unit %d, whose norm is %g, changed", s, i, j, before[j])
					}
				}
			}
			if !slices.Equal(b, fb) {
				t.Fatalf("step %d, layer %d: a bias changed", s, i)
			}
		}
		if a, b := bounded.Norm(1), free.Norm(1); !slices.Equal(a.Gamma, b.Gamma) {
			t.Fatalf("step %d: batch_norm changed", s)
		}
		a, ab := bounded.Weights(3)
		f, fb := free.Weights(3)
		if !slices.Equal(a.Data, f.Data) || !slices.Equal(ab, fb) {
			t.Fatalf("step %d: a layer without a bound changed", s)
		}
	}
	if scaled < 100 || kept < 50 {
		t.Errorf("%d norms were scaled and %d kept: this tests nothing", scaled, kept)
	}
}

// must2 returns the first of two results.
func must2[A, B any](a A, _ B) A { return a }

// Decoupled weight decay shrinks weights by the learning rate of the step times
// λ, and nothing else.
func TestWeightDecay(t *testing.T) {
	const lambda = 0.3
	x := randomMatrix(16, 4, 1)
	d := Dataset{X: x, Y: classTargets(x, 3)}
	layers := []Layer{Dense(17, Identity), BatchNorm(Tanh), Dense(3, Softmax)}
	half := factors{0.5}
	for name, c := range map[string]struct {
		without, with Optimizer
		rate          float64
		s             Schedule
	}{
		"AdamW":             {Adam{LearningRate: 0.01}, Adam{LearningRate: 0.01, WeightDecay: lambda}, 0.01, nil},
		"AMSGrad":           {Adam{LearningRate: 0.01, AMSGrad: true}, Adam{LearningRate: 0.01, AMSGrad: true, WeightDecay: lambda}, 0.01, nil},
		"AdamW, scheduled":  {Adam{LearningRate: 0.01}, Adam{LearningRate: 0.01, WeightDecay: lambda}, 0.005, half},
		"Lion":              {Lion{LearningRate: 0.01}, Lion{LearningRate: 0.01, WeightDecay: lambda}, 0.01, nil},
		"Lion, scheduled":   {Lion{LearningRate: 0.01}, Lion{LearningRate: 0.01, WeightDecay: lambda}, 0.005, half},
		"AdamW, rate 0":     {Adam{LearningRate: 0.01}, Adam{LearningRate: 0.01, WeightDecay: lambda}, 0, factors{0}},
		"AdamW, above 1/λ":  {Adam{LearningRate: 0.01}, Adam{LearningRate: 0.01, WeightDecay: lambda}, 1 / lambda, factors{1e4}}, // not to the other side
		"AdamW, greatest λ": {Adam{LearningRate: 0.01}, Adam{LearningRate: 0.01, WeightDecay: 30 * lambda}, 0.3, nil},
	} {
		params := func(o Optimizer) (start, end []float32, n *Network) {
			n = must(New(4, layers...))
			randomize(t, n, 2)
			start = slices.Clone(n.params)
			must(n.Fit(context.Background(), d, FitConfig{TrainConfig: TrainConfig{Optimizer: o, BatchSize: 16}, Epochs: 1, Schedule: c.s}))
			return start, n.params, n
		}
		w, a, n := params(c.without)
		_, b, _ := params(c.with)
		weights := isWeight(n)
		for i := range w {
			want := 0.0
			if _, ok := weights[i]; ok {
				want = -c.rate * lambda * float64(w[i])
			}
			tolerance := 2e-7 * (math.Abs(float64(a[i])) + math.Abs(float64(w[i])))
			if got := float64(b[i]) - float64(a[i]); math.Abs(got-want) > tolerance || want == 0 && got != 0 {
				t.Errorf("%s: parameter %d, %g, decays by %g, want %g", name, i, w[i], got, want)
				break
			}
		}
	}
}

// factors is a schedule of a program's own: a factor for each step.
type factors []float64

func (f factors) Factor(p Progress) float64 { return f[p.Step%len(f)] }

func (f factors) String() string { return fmt.Sprint([]float64(f)) }

// A penalty is no part of the reported losses.
func TestPenaltyIsNotReported(t *testing.T) {
	x := randomMatrix(30, 4, 1)
	d := Dataset{X: x, Y: classTargets(x, 3)}
	losses := map[string]bool{}
	for _, p := range []Penalty{{}, L1(1e-30), L2(1e-30)} {
		n := must(New(4, Dense(5, Tanh), Dense(3, Softmax)))
		hist := must(n.Fit(context.Background(), d, FitConfig{TrainConfig: TrainConfig{Penalty: p}, Epochs: 1, Validation: d}))
		losses[fmt.Sprint(hist)] = true
	}
	if len(losses) != 1 {
		t.Errorf("%v", losses)
	}
	n := must(New(4, Dense(5, Tanh).Penalize(L1(100)), Dense(3, Softmax)))
	l, _, err := n.Compile().Evaluate(d, nil)
	tr := must(NewTrainer(n, TrainConfig{Penalty: L2(100)}))
	if step := tr.Step(d); err != nil || math.Abs(step-l) > 1e-6 || tr.PenaltyValue() < 100 {
		t.Errorf("a step reports %g, the model has %g, %v; the penalty is %g", step, l, err, tr.PenaltyValue())
	}
}
