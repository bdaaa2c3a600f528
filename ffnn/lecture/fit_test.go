package lecture

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func mustNew(t *testing.T, dims []int, hidden, output Activation, cost Cost) *FFNN {
	t.Helper()
	f, err := New(dims, hidden, output, cost, 1)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// wantError reports an error of the test if err does not have that text.
func wantError(t *testing.T, name string, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: error %v, want one with %q", name, err, text)
	}
}

func TestNewErrors(t *testing.T) {
	for _, v := range []struct {
		name   string
		dims   []int
		output Activation
		cost   Cost
		text   string
	}{
		{"one dim", []int{3}, Identity, CostOLS, "inputs and outputs"},
		{"dim 0", []int{3, 0, 1}, Identity, CostOLS, "dims[1]"},
		{"no function", []int{3, 1}, Activation{Name: "mine", Func: Identity.Func}, CostOLS, `"mine" lacks`},
		{"no gradient", []int{3, 1}, Identity, Cost{Name: "mine", Value: CostOLS.Value}, `"mine" lacks`},
	} {
		_, err := New(v.dims, Sigmoid, v.output, v.cost, 0)
		wantError(t, v.name, err, v.text)
	}
}

func TestFitErrors(t *testing.T) {
	X, T := Matrix{{1, 2}, {3, 4}, {5, 6}}, Matrix{{1}, {2}, {3}}
	for _, v := range []struct {
		name string
		X, T Matrix
		s    Scheduler
		cfg  FitConfig
		text string
	}{
		{"no scheduler", X, T, nil, FitConfig{}, "no scheduler"},
		{"negative epochs", X, T, &Constant{}, FitConfig{Epochs: -1}, "both must be positive"},
		{"negative batches", X, T, &Constant{}, FitConfig{Batches: -1}, "both must be positive"},
		{"lambda", X, T, &Constant{}, FitConfig{Lam: math.NaN()}, "Lam is NaN"},
		{"no rows", nil, T, &Constant{}, FitConfig{}, "X has no rows"},
		{"ragged X", Matrix{{1, 2}, {3}, {5, 6}}, T, &Constant{}, FitConfig{}, "X: row 1 has 1 columns, and 2 are needed"},
		{"NaN", Matrix{{1, 2}, {3, math.NaN()}, {5, 6}}, T, &Constant{}, FitConfig{}, "X: row 1, column 1 is NaN"},
		{"flat t", X, Matrix{{1, 2, 3}}, &Constant{}, FitConfig{}, "t: row 0 has 3 columns, and 1 are needed"}, // Q27
		{"rows", X, T[:2], &Constant{}, FitConfig{}, "X has 3 rows and t has 2"},
		{"validation without targets", X, T, &Constant{}, FitConfig{XVal: X}, "TVal has no rows"},
		{"flat TVal", X, T, &Constant{}, FitConfig{XVal: X, TVal: Matrix{{1, 2, 3}}}, "TVal: row 0 has 3 columns"}, // Q27
		{"rows of the validation set", X, T, &Constant{}, FitConfig{XVal: X, TVal: T[:1]}, "XVal has 3 rows and TVal has 1"},
		{"batches", X, T, &Constant{}, FitConfig{Batches: 4}, "epoch 0: batch 0: backward in layer 2: a batch without rows"}, // Q29
	} {
		f := mustNew(t, []int{2, 3, 1}, Sigmoid, Identity, CostOLS)
		before := f.Weights()
		_, err := f.Fit(context.Background(), v.X, v.T, v.s, v.cfg)
		wantError(t, v.name, err, v.text)
		for l, w := range f.Weights() {
			near(t, v.name+": weights", w, before[l], 0, 0)
		}
	}
}

// Where the lecture raises a RuntimeWarning, and where it prints one (Q23).
func TestNotFinite(t *testing.T) {
	ctx := context.Background()
	fit := func(name string, f *FFNN, X, T Matrix, s Scheduler, text string) {
		t.Helper()
		scores, err := f.Fit(ctx, X, T, s, FitConfig{Epochs: 50})
		if !errors.Is(err, ErrNotFinite) {
			t.Errorf("%s: %v", name, err)
			return
		}
		wantError(t, name, err, text)
		if len(scores.TrainErrors) != 50 || !math.IsNaN(scores.TrainErrors[49]) {
			t.Errorf("%s: scores %v", name, scores.TrainErrors)
		}
	}
	X, T := Matrix{{1}, {1}}, Matrix{{1}, {1}}
	fit("diverges", mustNew(t, []int{1, 1}, Sigmoid, Identity, CostOLS), X, T, &Constant{Eta: 1e9}, "")
	fit("overflows in a scheduler", mustNew(t, []int{1, 1}, Sigmoid, Identity, CostOLS), Matrix{{1e160}}, Matrix{{1e150}}, &RMSProp{Eta: 1, Rho: 0.9}, "")
	fit("sigmoid in a hidden layer", hiddenAt(t, Sigmoid, -710), X, T, &Constant{}, "hidden layer 1")
	fit("its derivative", hiddenAt(t, Sigmoid, -356), X, T, &Constant{}, "backward in layer 1")
	fit("derivative of tanh", hiddenAt(t, Tanh, 356), X, T, &Constant{}, "backward in layer 1")
	fit("logarithm of a negative number", outputAt(t, mustNew(t, []int{1, 1}, Sigmoid, Identity, CostLogReg), -3), X, T, &Constant{}, "backward in layer 1")
	fit("cost", mustNew(t, []int{1, 1}, Sigmoid, Identity, CostOLS), X, Matrix{{1e200}, {1e200}}, &Constant{}, "")

	f := hiddenAt(t, Sigmoid, -710)
	p, err := f.Predict(X, 0.5)
	if p != nil || !errors.Is(err, ErrNotFinite) {
		t.Errorf("a hidden layer overflows: %v, %v", p, err)
	}
	f = mustNew(t, []int{1, 2, 1}, Identity, Sigmoid, CostOLS)
	if err := f.SetWeights([]Matrix{{{0, 0}, {2, 3}}, {{0}, {-200}, {-200}}}); err != nil {
		t.Fatal(err)
	}
	p, err = f.Predict(X[:1], 0.5)
	if !errors.Is(err, ErrNotFinite) || len(p) != 1 || !slices.Equal(p[0], []float64{0.01, 2, 3}) {
		t.Errorf("the output layer overflows: %v, %v", p, err)
	}
}

// hiddenAt returns a network of one input whose hidden unit has z for the input 1.
func hiddenAt(t *testing.T, hidden Activation, z float64) *FFNN {
	t.Helper()
	f := mustNew(t, []int{1, 1, 1}, hidden, Identity, CostOLS)
	if err := f.SetWeights([]Matrix{{{0}, {z}}, {{0}, {1}}}); err != nil {
		t.Fatal(err)
	}
	return f
}

// outputAt gives a network of one layer and one input the output z for 1.
func outputAt(t *testing.T, f *FFNN, z float64) *FFNN {
	t.Helper()
	if err := f.SetWeights([]Matrix{{{0}, {z}}}); err != nil {
		t.Fatal(err)
	}
	return f
}

// With softmax more batches than rows are no error (Q29): the empty ones change
// nothing.
func TestEmptyBatches(t *testing.T) {
	X, T := Matrix{{1, 2}, {3, 4}, {5, 6}}, Matrix{{1, 0}, {0, 1}, {1, 0}}
	var first []Matrix
	for _, batches := range []int{1, 5} {
		f := mustNew(t, []int{2, 3, 2}, Sigmoid, Softmax, CostCrossEntropy)
		if _, err := f.Fit(context.Background(), X, T, &Constant{Eta: 0.1}, FitConfig{Batches: batches, Epochs: 3}); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = f.Weights()
		}
		for l, w := range f.Weights() {
			near(t, "weights", w, first[l], 0, 0)
		}
	}
}

// When the context is done, the scores are those of the epochs before.
func TestCancel(t *testing.T) {
	X, T := Matrix{{0, 1}, {1, 0}}, Matrix{{1}, {0}}
	f := mustNew(t, []int{2, 1}, Sigmoid, Sigmoid, CostLogReg)
	all, err := f.Fit(context.Background(), X, T, &Constant{Eta: 0.1}, FitConfig{Epochs: 5})
	if err != nil {
		t.Fatal(err)
	}
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	f.ResetWeights()
	lines := 0
	s, err := f.Fit(ctx, X, T, &Constant{Eta: 0.1}, FitConfig{Epochs: 5, Progress: writer(func(b []byte) (int, error) {
		if lines++; lines == 4 { // the heading and three epochs
			cancel(why)
		}
		return len(b), nil
	})})
	if !errors.Is(err, why) || lines != 6 {
		t.Errorf("%v after %d writes", err, lines)
	}
	if !slices.Equal(s.TrainErrors[:3], all.TrainErrors[:3]) || !math.IsNaN(s.TrainErrors[3]) || !math.IsNaN(s.TrainAccs[4]) {
		t.Errorf("scores %v, %v", s, all)
	}
	if s, err := f.Fit(ctx, X, T, &Constant{}, FitConfig{}); !errors.Is(err, why) || len(s.TrainErrors) != 100 {
		t.Errorf("%v, %v", s, err)
	}
}

// Fit leaves the data, the scheduler and the global state as they were: a second
// one goes on from the weights, and after ResetWeights all comes again.
func TestFitAgain(t *testing.T) {
	X, T := Matrix{{0, 1}, {1, 0}, {1, 1}}, Matrix{{1}, {0}, {1}}
	x0, t0 := X.clone(), T.clone()
	f := mustNew(t, []int{2, 4, 1}, Tanh, Identity, CostOLS)
	if f.Classification() {
		t.Error("a regression is a classifier")
	}
	s := &AdagradMomentum{Eta: 0.1, Momentum: 0.5}
	var scores [3]Scores
	for i := range scores {
		if i == 2 {
			f.ResetWeights()
		}
		var err error
		if scores[i], err = f.Fit(context.Background(), X, T, s, FitConfig{Epochs: 7, Batches: 2, Lam: 0.01}); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(scores[0].TrainErrors, scores[2].TrainErrors) || slices.Equal(scores[0].TrainErrors, scores[1].TrainErrors) {
		t.Errorf("%v", scores)
	}
	if scores[0].TrainAccs != nil || scores[0].ValErrors != nil || s.change != nil || s.squares != nil {
		t.Errorf("%v, %v", scores[0], s)
	}
	near(t, "X", X, x0, 0, 0)
	near(t, "t", T, t0, 0, 0)
}

func TestWeights(t *testing.T) {
	f := mustNew(t, []int{2, 3, 1}, Sigmoid, Sigmoid, CostLogReg)
	if !f.Classification() {
		t.Error("CostLogReg does not classify")
	}
	w := f.Weights()
	w[0][0][0]++
	if f.weights[0][0][0] == w[0][0][0] {
		t.Error("Weights is no copy")
	}
	if err := f.SetWeights(w); err != nil || f.weights[0][0][0] != w[0][0][0] {
		t.Errorf("SetWeights: %v", err)
	}
	wantError(t, "layers", f.SetWeights(w[:1]), "1 matrices for 2 layers")
	wantError(t, "rows", f.SetWeights([]Matrix{w[0][1:], w[1]}), "layer 0 has 2 rows")
	wantError(t, "columns", f.SetWeights([]Matrix{w[0], withoutBias(w[1])}), "layer 1: row 0 has 0 columns")
	wantError(t, "X", func() error { _, err := f.Predict(Matrix{{1}}, 0.5); return err }(), "X: row 0 has 1 columns")
}

// The threshold is strict, and is the user's.
func TestThreshold(t *testing.T) {
	f := mustNew(t, []int{1, 2}, Sigmoid, Sigmoid, CostCrossEntropy)
	if err := f.SetWeights([]Matrix{{{0, 0}, {0, 1}}}); err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		threshold float64
		want      []float64
	}{{0.5, []float64{0, 1}}, {0.4, []float64{1, 1}}, {0.9, []float64{0, 0}}} {
		p, err := f.Predict(Matrix{{1}}, v.threshold)
		if err != nil || !slices.Equal(p[0], v.want) {
			t.Errorf("threshold %g: %v, %v", v.threshold, p, err)
		}
	}
}

// The derivative of softmax's sum against differences of −g/(S+g), which is the
// sum less 1 (Q26).
func TestSoftmaxDerivative(t *testing.T) {
	part := func(z []float64) float64 { return -guard / (exponentials(make([]float64, len(z)), z) + guard) }
	for _, z := range [][]float64{{0.3, -1, 2}, {1, 0.9}, {5}, {-2, -3, -4, 1}} {
		d := make([]float64, len(z))
		Softmax.Derivative(d, z)
		for i := range z {
			const h = 1e-5
			up, down := slices.Clone(z), slices.Clone(z)
			up[i] += h
			down[i] -= h
			want := (part(up) - part(down)) / (2 * h)
			if math.Abs(d[i]-want) > 1e-18 {
				t.Errorf("%v: derivative %d is %g, want %g", z, i, d[i], want)
			}
		}
	}
	d := make([]float64, 2)
	Softmax.Derivative(d, []float64{1, 1})
	if d[0] != 0 || d[1] != 0 {
		t.Errorf("for equal inputs: %g", d)
	}
}
