package ffnn

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/kernels"
)

func abs32(x float32) float32 { return max(x, -x) }

func softsign(x float32) float32 { return x / (1 + abs32(x)) }

func softsignGrad(x float32) float32 {
	d := 1 + abs32(x)
	return 1 / float32(d*d)
}

// ownActivations are functions that a user may have, each with its form in
// float64.
func ownActivations(t testing.TB) []Activation {
	var acts []Activation
	for _, a := range []struct {
		name  string
		f, d  func(x float32) float32
		check func(x float64) float64
	}{
		{"softsign", softsign, softsignGrad, func(x float64) float64 { return x / (1 + math.Abs(x)) }},
		{"leaky_kink", func(x float32) float32 { return max(x, float32(0.25*x)) }, func(x float32) float32 {
			if x > 0 {
				return 1
			}
			return 0.25
		}, func(x float64) float64 { return max(x, 0.25*x) }},
		{"cubic", func(x float32) float32 { return float32(float32(0.1*x)*float32(x*x)) + x }, func(x float32) float32 { return float32(0.3*float32(x*x)) + 1 },
			func(x float64) float64 { return 0.1*x*x*x + x }},
		{"abs", abs32, func(x float32) float32 { // 0 at the kink, between −1 and 1
			if x == 0 {
				return 0
			}
			return float32(math.Copysign(1, float64(x)))
		}, math.Abs},
		{"bump", func(x float32) float32 { return kernels.Exp(float32(-10 * float32(x*x))) }, func(x float32) float32 {
			return float32(float32(-20*x) * kernels.Exp(float32(-10*float32(x*x))))
		}, func(x float64) float64 { return math.Exp(-10 * x * x) }},
		{"Sqr_2", func(x float32) float32 { return float32(x * x) }, func(x float32) float32 { return 2 * x }, func(x float64) float64 { return x * x }},
	} {
		act, err := NewActivation(a.name, a.f, a.d)
		if err != nil {
			t.Fatal(err)
		}
		if own64[a.name] = a.check; act.Name() != a.name || act.String() != a.name || act.Alpha() != 0 {
			t.Errorf("%v has the name %s", act, act.Name())
		}
		acts = append(acts, act)
	}
	return acts
}

func logCosh(grad, y, t []float32) (sum float32) {
	for j := range y {
		d := y[j] - t[j]
		grad[j] = kernels.Tanh(d)
		sum += abs32(d) + kernels.Log1p(kernels.Exp(-2*abs32(d))) - math.Ln2
	}
	return sum
}

// pinball is the loss of the quantile tau.
func pinball(tau float32) RowLoss {
	return func(grad, y, t []float32) (sum float32) {
		for j := range y {
			grad[j] = 1 - tau
			if t[j] >= y[j] {
				grad[j] = -tau
			}
			sum += float32(grad[j] * (y[j] - t[j]))
		}
		return sum
	}
}

// logLoss is cross-entropy of outputs that must be positive.
func logLoss(grad, y, t []float32) (sum float32) {
	for j := range y {
		grad[j] = -t[j] / y[j]
		sum -= float32(t[j] * kernels.Log(y[j]))
	}
	return sum
}

func ownLosses(t testing.TB) []Loss {
	var losses []Loss
	for _, l := range []struct {
		name  string
		f     RowLoss
		check func(y, t float64) float64
	}{
		{"log_cosh", logCosh, func(y, t float64) float64 { return math.Log(math.Cosh(y - t)) }},
		{"pinball9", pinball(0.9), func(y, t float64) float64 { return max(0.9*(t-y), 0.1*(y-t)) }},
		{"log_loss", logLoss, func(y, t float64) float64 { return -t * math.Log(y) }},
	} {
		loss, err := NewLoss(l.name, l.f)
		if err != nil {
			t.Fatal(err)
		}
		ownLoss64[l.name] = func(y, t []float64) (sum float64) {
			for j := range y {
				sum += l.check(y[j], t[j])
			}
			return sum
		}
		if loss.String() != l.name {
			t.Errorf("%v", loss)
		}
		losses = append(losses, loss)
	}
	return losses
}

// The gradients of networks with functions of a user's own.
func TestOwnGradients(t *testing.T) {
	x := randomMatrix(9, 4, 1)
	d := Dataset{X: x, Y: classTargets(x, 3), Weights: []float32{1, 2, 0, 1, 1, 1, 0.5, 1, 1}}
	for _, act := range ownActivations(t) {
		for k, layers := range [][]Layer{
			{Dense(5, act), Dense(3, act)},
			{Dense(5, act), Dropout(0.3), BatchNorm(Identity), Dense(3, Softmax)},
			{Dense(5, Identity), BatchNorm(act), Dense(4, act), Dense(3, Identity), BatchNorm(act)},
		} {
			n := must(New(4, layers...))
			randomize(t, n, uint64(k))
			checkGradients(t, fmt.Sprintf("%v, network %d", act, k), must(NewTrainer(n, TrainConfig{Loss: MSE, MicroBatch: 4})), d)
		}
	}
	for _, loss := range ownLosses(t) {
		for _, output := range []Activation{Softmax, Sigmoid, Softplus, Identity} {
			if output == Identity && loss.String() == "log_loss" {
				continue // NaN for negative outputs
			}
			n := must(New(4, Dense(5, Tanh), Dense(3, output)))
			randomize(t, n, 4)
			checkGradients(t, fmt.Sprintf("%v of %v", loss, output), must(NewTrainer(n, TrainConfig{Loss: loss})), d)
		}
	}
}

// Wrong derivatives and names are refused.
func TestOwnRefused(t *testing.T) {
	type function = func(x float32) float32
	f, right := softsign, softsignGrad
	tanhGrad := func(x float32) float32 { y := kernels.Tanh(x); return 1 - float32(y*y) }
	floor := func(x float32) float32 { return float32(math.Floor(5*float64(x)) / 5) }
	for _, c := range []struct {
		f, d function
		want string
	}{
		{f, func(x float32) float32 { return 1.1 * right(x) }, "difference quotients are"},
		{f, func(x float32) float32 { return -right(x) }, "difference quotients are"},
		{f, func(x float32) float32 { return right(x) + 0.1 }, "at -8 the derivative is"},
		{f, tanhGrad, "difference quotients are"},
		{f, f, "at -8 the derivative is -0.88"},
		{kernels.Tanh, func(x float32) float32 { // wrong at one point
			if x == 3 {
				return -1
			}
			return tanhGrad(x)
		}, "at 3 the derivative is -1, and difference quotients are 0.00"},
		{f, func(x float32) float32 { return right(x) / abs32(x-3) * abs32(x-3) }, "at 3 the function is 0.75 and its derivative NaN"},
		{func(x float32) float32 { return 1 / x }, func(x float32) float32 { return -1 / float32(x*x) }, "at 0 the function is +Inf"},
		{func(x float32) float32 { return floor(x) + min(float32(2*(x-floor(x))), 0.2) }, func(x float32) float32 { // stairs
			if x-floor(x) < 0.1 {
				return 2
			}
			return 0
		}, "of 161 points the function has a kink"},
	} {
		if _, err := NewActivation("mine", c.f, c.d); err == nil || !strings.HasPrefix(err.Error(), "ffnn: NewActivation: mine: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	for name, l := range map[string]RowLoss{
		"factor": func(g, y, t []float32) float32 {
			l := logCosh(g, y, t)
			for j := range g {
				g[j] *= 1.1
			}
			return l
		},
		"sign": func(g, y, t []float32) float32 {
			l := logCosh(g, y, t)
			for j := range g {
				g[j] = -g[j]
			}
			return l
		},
		"constant": func(g, y, t []float32) float32 {
			l := logCosh(g, y, t)
			for j := range g {
				g[j] += 0.1
			}
			return l
		},
		"other": func(g, y, t []float32) float32 { l := logCosh(g, y, t); pinball(0.5)(g, y, t); return l },
		"last": func(g, y, t []float32) float32 { // of one output only
			l := logCosh(g, y, t)
			g[2] = 0
			return l
		},
		"pinball": func(g, y, t []float32) float32 {
			l := pinball(0.9)(g, y, t)
			for j := range g {
				g[j] = -g[j]
			}
			return l
		},
		"log":  func(g, y, t []float32) float32 { l := logLoss(g, y, t); g[0] *= 1.1; return l },
		"none": func(g, y, t []float32) float32 { return logCosh(make([]float32, 3), y, t) },
		"mean": func(g, y, t []float32) float32 { return logCosh(g, y, t) / 3 },
	} {
		if _, err := NewLoss(name, l); err == nil || !strings.Contains(err.Error(), "the derivative by output") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	nan := func(g, y, t []float32) float32 { return float32(math.NaN()) }
	if _, err := NewLoss("nan", nan); err == nil || !strings.Contains(err.Error(), "nowhere finite") {
		t.Errorf("error %v", err)
	}
	rarely := func(g, y, t []float32) float32 { // finite at too few points to tell
		if y[0] > 0.1 && y[0] < 0.15 {
			return logCosh(g, y, t)
		}
		return nan(g, y, t)
	}
	if _, err := NewLoss("rarely", rarely); err == nil || !strings.Contains(err.Error(), "nowhere finite") {
		t.Errorf("error %v", err)
	}
	for _, name := range []string{"", "a b", "é", "a-b", "x(1)", "\"", "relu", "softmax", "leaky_relu", "identity"} {
		if _, err := NewActivation(name, f, right); err == nil {
			t.Errorf("the name %q was taken", name)
		}
	}
	for _, name := range []string{"", "a b", "huber(1)", "mse", "huber", "cross_entropy"} {
		if _, err := NewLoss(name, logCosh); err == nil {
			t.Errorf("the name %q was taken", name)
		}
	}
}

// A network with an activation of its own is trained, saved, and loaded with
// and without that; and a loss of its own learns what it stands for.
func TestOwnTraining(t *testing.T) {
	acts := ownActivations(t)
	x := randomMatrix(200, 4, 1)
	d := Dataset{X: x, Y: classTargets(x, 3)}
	n := must(New(4, Dense(20, acts[0]), Dense(12, Identity), BatchNorm(acts[1]), Dense(3, Softmax)))
	path := filepath.Join(t.TempDir(), "m")
	hist := must(n.Fit(context.Background(), d, FitConfig{TrainConfig: TrainConfig{Optimizer: Adam{LearningRate: 0.01}}, Epochs: 30, Validation: d,
		Checkpoint: Checkpoint{Path: path + ".checkpoint"}}))
	if last := hist[29]; last.ValAccuracy < 0.9 {
		t.Errorf("accuracy %g", last.ValAccuracy)
	}
	m := n.Compile()
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{path, path + ".checkpoint"} {
		for _, own := range [][]Activation{nil, {acts[0]}, {ReLU, acts[1]}} {
			if _, err := Load(path, own...); err == nil || !strings.Contains(err.Error(), "must be given to Load") {
				t.Errorf("loaded with %v: %v", own, err)
			}
		}
		back, err := Load(path, acts...)
		if err != nil {
			t.Fatal(err)
		}
		if p, q := m.Predict(nil, x.Row(3)), back.Predict(nil, x.Row(3)); !slices.Equal(p, q) {
			t.Errorf("%v became %v", p, q)
		}
	}
	if got := n.Summary(); !strings.Contains(got, "softsign") || !strings.Contains(got, "leaky_kink") {
		t.Error(got)
	}

	// Nine tenths of the targets lie below the prediction of their quantile.
	y := randomMatrix(400, 1, 8)
	one := must(New(1, Dense(1, Identity)))
	must(one.Fit(context.Background(), Dataset{X: randomMatrix(400, 1, 9), Y: y}, FitConfig{
		TrainConfig: TrainConfig{Loss: ownLosses(t)[1], Optimizer: Adam{LearningRate: 0.02}, BatchSize: 100}, Epochs: 150, Schedule: Linear{}}))
	below := 0
	q := one.Compile().Predict(nil, []float32{0})[0]
	for _, v := range y.Data {
		if v < q {
			below++
		}
	}
	if below < 350 || below > 370 {
		t.Errorf("%d of 400 targets are below the quantile 0.9", below)
	}
}
