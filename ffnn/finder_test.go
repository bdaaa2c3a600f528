package ffnn

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/layout"
)

// digitLike returns rows of ten classes in 64 columns of 0 to 16: noisy copies
// of ten patterns.
func digitLike(rows int) Dataset {
	d := Dataset{X: layout.NewMatrix(rows, 64), Y: layout.NewMatrix(rows, 10)}
	patterns, noise := randomMatrix(10, 64, 1), randomMatrix(rows, 64, 2)
	for i := range rows {
		for j := range 64 {
			d.X.Set(i, j, min(max(8+4*patterns.At(i%10, j)+6*noise.At(i, j), 0), 16))
		}
		d.Y.Set(i, i%10, 1)
	}
	return d
}

// The rate that the finder gives trains, and a hundred times more does not: on
// digits, and on a regression, with optimisers of very different rates.
func TestFindLearningRate(t *testing.T) {
	digits := digitLike(500)
	x := randomMatrix(400, 5, 3)
	curve := Dataset{X: x, Y: layout.NewMatrix(400, 1)}
	for i := range 400 {
		r := x.Row(i)
		curve.Y.Set(i, 0, 3*r[0]-2*r[1]*r[2]+r[3])
	}
	scale := Scaler{Shift: slices.Repeat([]float32{8}, 64), Scale: slices.Repeat([]float32{1.0 / 6}, 64)}
	for name, c := range map[string]struct {
		n      *Network
		scaler Scaler
		d      Dataset
		o      Optimizer
	}{
		"digits, Adam":             {must(New(64, Dense(30, ReLU), Dense(10, Softmax))), scale, digits, Adam{LearningRate: 7}},
		"digits, SGD":              {must(New(64, Dense(30, ReLU), Dense(10, Softmax))), scale, digits, SGD{Momentum: 0.9}},
		"digits, BatchNorm, NAdam": {must(New(64, Dense(30, Identity), BatchNorm(ReLU), Dropout(0.2), Dense(10, Softmax))), Scaler{}, digits, NAdam{}},
		"regression, SGD":          {must(New(5, Dense(20, Tanh), Dense(1, Identity))), Scaler{}, curve, SGD{}},
		"regression, Lion":         {must(New(5, Dense(20, Tanh), Dense(1, Identity))), Scaler{}, curve, Lion{WeightDecay: 0.1}},
	} {
		if testing.Short() && name != "digits, BatchNorm, NAdam" && name != "regression, SGD" {
			continue
		}
		if err := c.n.SetScaler(c.scaler); err != nil {
			t.Fatal(err)
		}
		before := slices.Clone(c.n.values)
		config := TrainConfig{Optimizer: c.o, Seed: 1}
		rate, curve, err := c.n.FindLearningRate(context.Background(), c.d, config)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.Equal(before, c.n.values) {
			t.Errorf("%s: the network changed", name)
		}
		least := 0
		for i, p := range curve {
			if want := 1e-7 * math.Pow(10, float64(i)/12); math.Abs(p.Rate-want) > 1e-9*want || !(p.Loss > 0) || math.IsInf(p.Loss, 0) {
				t.Errorf("%s: point %d is %+v, want the rate %g", name, i, p, want)
			}
			if p.Loss < curve[least].Loss {
				least = i
			}
		}
		if len(curve) > 97 || rate != curve[least].Rate/10 {
			t.Errorf("%s: %d points, rate %g, the least loss at %g", name, len(curve), rate, curve[least].Rate)
		}
		again, _, err := c.n.FindLearningRate(context.Background(), c.d, config)
		if err != nil || again != rate {
			t.Errorf("%s: once more it is %g, %v", name, again, err)
		}
		loss := func(rate float64) float64 {
			n := &Network{c.n.clone()}
			tr := must(NewTrainer(n, config))
			tr.SetLearningRate(rate)
			for range 10 {
				if _, _, err := tr.PartialFit(c.d); err != nil {
					return math.Inf(1)
				}
			}
			l, _ := tr.Evaluate(c.d)
			return l
		}
		start, _ := must(NewTrainer(c.n, config)).Evaluate(c.d)
		if found, greater, smaller := loss(rate), loss(100*rate), loss(rate/1000); found > start/2 || greater < found || smaller < found {
			t.Errorf("%s: with the rate %g the loss goes from %g to %g, with 100 times more to %g, with 1000 times less to %g", name, rate, start, found, greater, smaller)
		}
	}
}

func TestFindLearningRateRefuses(t *testing.T) {
	d := digitLike(50)
	n := must(New(64, Dense(10, Softmax)))
	before := slices.Clone(n.values)
	bad := d
	bad.X = layout.NewMatrix(50, 64)
	bad.X.Set(1, 2, float32(math.Inf(1)))
	flat := Dataset{X: layout.NewMatrix(50, 64), Y: layout.NewMatrix(50, 10)} // no targets: nothing to learn
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		ctx  context.Context
		d    Dataset
		c    TrainConfig
		want string
	}{
		{context.Background(), Dataset{}, TrainConfig{}, "ffnn: FindLearningRate: training data: no rows"},
		{context.Background(), bad, TrainConfig{}, "feature 2 of row 1 is +Inf"},
		{context.Background(), d, TrainConfig{Loss: BinaryCrossEntropy}, "outputs of activation softmax"},
		{context.Background(), d, TrainConfig{BatchSize: -1}, "batch size -1"},
		{context.Background(), d, TrainConfig{Optimizer: Adam{Beta1: 2}}, "beta1 2"},
		{context.Background(), flat, TrainConfig{}, "ffnn: FindLearningRate: the loss did not fall at any learning rate"},
		{canceled, d, TrainConfig{}, "context canceled"},
	} {
		rate, _, err := n.FindLearningRate(c.ctx, c.d, c.c)
		if err == nil || !strings.Contains(err.Error(), c.want) || rate != 0 {
			t.Errorf("rate %g, error %v, want %q", rate, err, c.want)
		}
	}
	if !slices.Equal(before, n.values) {
		t.Error("the network changed")
	}
	if _, _, err := n.FindLearningRate(canceled, d, TrainConfig{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestModelEvaluate(t *testing.T) {
	x := randomMatrix(70, 4, 1)
	d := Dataset{X: x, Y: classTargets(x, 3), Weights: slices.Repeat([]float32{1, 0.5}, 35)}
	n := must(New(4, Dense(5, Tanh), Dense(3, Softmax)))
	m := n.Compile()
	p := layout.NewMatrix(70, 3)
	m.PredictBatch(p, x)
	ce, mse, right := 0.0, 0.0, 0.0
	for i, w := range d.Weights {
		k := m.Class(d.Y.Row(i))
		ce -= float64(w) * math.Log(float64(p.At(i, k))) / 70
		for j, y := range p.Row(i) {
			e := float64(y - d.Y.At(i, j))
			mse += float64(w) * e * e / 210
		}
		if m.Class(p.Row(i)) == k {
			right++
		}
	}
	for _, c := range []struct {
		l    Loss
		want float64
	}{{nil, ce}, {CrossEntropy, ce}, {CrossEntropyProbs, ce}, {MSE, mse}, {MSERows, 3 * mse}} {
		l, acc, err := m.Evaluate(d, c.l)
		if err != nil || math.Abs(l-c.want) > 1e-6 || acc != right/70 {
			t.Errorf("%v: %g, %g, %v; want %g, %g", c.l, l, acc, err, c.want, right/70)
		}
	}
	for _, c := range []struct {
		d    Dataset
		l    Loss
		want string
	}{
		{Dataset{}, nil, "ffnn: Evaluate: evaluation data: no rows"},
		{Dataset{X: d.Y, Y: d.Y}, nil, "3 features, the network has 4 inputs"},
		{Dataset{X: x, Y: x}, nil, "4 targets"},
		{Dataset{X: x, Y: randomMatrix(70, 3, 1)}, nil, "cross_entropy takes probabilities"},
		{d, BinaryCrossEntropy, "ffnn: Evaluate: loss binary_cross_entropy: outputs of activation softmax"},
		{d, Huber(-1), "delta -1"},
	} {
		if _, _, err := m.Evaluate(c.d, c.l); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}
