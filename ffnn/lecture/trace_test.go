package lecture

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
)

func TestActivations(t *testing.T) {
	var g struct {
		Functions map[string]struct{ X, Y, DY golden.Array }
		Rows      []struct{ X, Y golden.Array } `json:"softmax_rows"`
	}
	golden.Read(t, "testdata/activations.json", &g)
	if len(g.Functions) != 3 || len(g.Rows) != 14 {
		t.Fatalf("%d functions, %d rows", len(g.Functions), len(g.Rows))
	}
	for name, v := range g.Functions {
		y := make([]float64, len(v.X.Data))
		activations[name].Func(y, v.X.Data)
		d := make([]float64, len(y))
		activations[name].Derivative(d, v.X.Data)
		for i, x := range v.X.Data {
			if name == "sigmoid" && x < -354.9 { // the vectors were made with warnings off
				if isFinite(d[i]) {
					t.Errorf("sigmoid′(%g) = %g, and its denominator overflows", x, d[i])
				}
				d[i] = v.DY.Data[i]
			}
			near(t, fmt.Sprintf("%s(%g)", name, x), Matrix{{y[i]}}, Matrix{{v.Y.Data[i]}}, 1e-13, 3e-16)
			near(t, fmt.Sprintf("%s′(%g)", name, x), Matrix{{d[i]}}, Matrix{{v.DY.Data[i]}}, 1e-13, 3e-16)
		}
	}
	for _, r := range g.Rows {
		y := make([]float64, len(r.X.Data))
		softmax(y, r.X.Data)
		if slices.Max(r.X.Data)-slices.Min(r.X.Data) > 1e308 {
			if isFinite(slices.Min(y)) {
				t.Errorf("softmax of %g, whose difference overflows, is %g", r.X.Data, y)
			}
			continue
		}
		for i, want := range r.Y.Data {
			near(t, fmt.Sprintf("softmax(%g)[%d]", r.X.Data, i), Matrix{{y[i]}}, Matrix{{want}}, 1e-13, 3e-16)
		}
	}
}

func TestCosts(t *testing.T) {
	var g struct {
		Costs []struct {
			Cost, Kind         string
			Target, Pred, Grad golden.Array
			Value              float64
		}
	}
	golden.Read(t, "testdata/costs.json", &g)
	if len(g.Costs) != 27 {
		t.Fatalf("%d cases", len(g.Costs))
	}
	for _, v := range g.Costs {
		c, name := costs[v.Cost], fmt.Sprintf("%s %s %v", v.Cost, v.Kind, v.Pred.Shape)
		target, pred := matrixOf(v.Target), matrixOf(v.Pred)
		near(t, name, Matrix{{c.Value(target, pred)}}, Matrix{{v.Value}}, 1e-12, 1e-15)
		near(t, name+" gradient", c.Gradient(target, pred), matrixOf(v.Grad), 1e-12, 1e-15)
	}
}

func TestSchedulers(t *testing.T) {
	var g struct {
		Traces []struct {
			Scheduler    string
			Params       []float64
			ParamNames   []string `json:"param_names"`
			Epochs       int
			Batches      int
			Grad, Change golden.Array
		}
	}
	golden.Read(t, "testdata/schedulers_seed.json", &g)
	if len(g.Traces) != 27 {
		t.Fatalf("%d traces", len(g.Traces))
	}
	for i, v := range g.Traces {
		p := map[string]float64{}
		for j, name := range v.ParamNames {
			p[name] = v.Params[j]
		}
		s := newScheduler(t, v.Scheduler, p)
		grads, changes := parts(v.Grad), parts(v.Change)
		for k := range grads {
			other := s
			s = s.Clone() // has all that the other one had, and is not changed by it
			other.UpdateChange(grads[k])
			other.Reset()
			name := fmt.Sprintf("trace %d, %v, epoch %d, batch %d", i, s, k/v.Batches, k%v.Batches)
			near(t, name, s.UpdateChange(grads[k]), changes[k], 1e-12, 0)
			if k%v.Batches == v.Batches-1 {
				s.Reset()
			}
		}
	}
}

// recorder keeps the gradients and changes of the last step.
type recorder struct {
	Scheduler
	clones           *[]*recorder
	gradient, change Matrix
}

func (r *recorder) UpdateChange(g Matrix) Matrix {
	r.gradient = g.clone()
	c := r.Scheduler.UpdateChange(g)
	r.change = c.clone()
	return c
}

func (r *recorder) Clone() Scheduler {
	c := &recorder{Scheduler: r.Scheduler.Clone()}
	*r.clones = append(*r.clones, c)
	return c
}

// Every step of the lecture's network: inputs of units, activations, deltas,
// gradients, changes and weights.
func TestSteps(t *testing.T) {
	cases := readTraces(t, "ffnn_seed")
	if len(cases) != 38 {
		t.Fatalf("%d cases", len(cases))
	}
	const rel = 1e-10
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := c.network(t)
			for l, w := range f.weights {
				near(t, fmt.Sprintf("init.W%d", l), w, c.tensor(t, fmt.Sprintf("init.W%d", l)), 1e-15, 0)
			}
			var recorders []*recorder // of layer 0: weights, biases; of layer 1 …
			steps := 0
			f.traced = func(s step) {
				if s.epoch != c.Steps[steps].Epoch || s.batch != c.Steps[steps].Batch {
					t.Fatalf("step %d is epoch %d, batch %d", steps, s.epoch, s.batch)
				}
				compare := func(name string, l int, got Matrix) {
					t.Helper()
					name = fmt.Sprintf("step%d.%s%d", steps, name, l)
					near(t, name, got, c.tensor(t, name), rel, 1e-300)
				}
				for l := range f.weights {
					compare("z", l+1, s.z[l+1])
					a := s.a[l+1]
					if l < len(f.weights)-1 {
						a = withoutBias(a)
					}
					compare("a", l+1, a)
					compare("delta", l, s.deltas[l])
					weight, bias := recorders[2*l], recorders[2*l+1]
					compare("gW", l, weight.gradient)
					compare("cW", l, weight.change)
					compare("gb", l, bias.gradient)
					compare("cb", l, bias.change)
					compare("W", l, f.weights[l])
				}
				steps++
			}
			X := c.tensor(t, "X")
			s := &recorder{Scheduler: newScheduler(t, c.Scheduler, c.Params), clones: &recorders}
			scores, err := f.train(context.Background(), X, c.tensor(t, "t"), s, FitConfig{Batches: c.Batches, Epochs: c.Epochs, Lam: c.Lam})
			if err != nil {
				t.Fatal(err)
			}
			if steps != len(c.Steps) {
				t.Errorf("%d steps, want %d", steps, len(c.Steps))
			}
			c.nearScores(t, scores)
			proba, err := f.Feedforward(X)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "final.proba", proba, c.tensor(t, "final.proba"), rel, 0)
			pred, err := f.Predict(X, 0.5)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "final.predict", pred, c.tensor(t, "final.predict"), rel, 0)
		})
	}
}

// Whole fits of up to 1000 epochs with the lecture's own random numbers.
func TestFits(t *testing.T) {
	cases := readTraces(t, "fit_seed")
	if len(cases) != 8 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := c.network(t)
			for l, w := range f.weights {
				near(t, fmt.Sprintf("init.W%d", l), w, c.tensor(t, fmt.Sprintf("init.W%d", l)), 1e-15, 0)
			}
			X := c.tensor(t, "X")
			index, _ := c.file.Tensor("index")
			for i, row := range NewRandomState(c.Seed).Bootstrap(len(X)) {
				if index.Data[8*i] != byte(row) || index.Data[8*i+1] != byte(row>>8) {
					t.Fatalf("row %d of the bootstrap sample is %d", i, row)
				}
			}
			scores, err := f.Fit(context.Background(), X, c.tensor(t, "t"), newScheduler(t, c.Scheduler, c.Params), FitConfig{
				Batches: c.Batches, Epochs: c.Epochs, Lam: c.Lam,
				XVal: c.optional(t, "Xv"), TVal: c.optional(t, "tv"),
			})
			if err != nil {
				t.Fatal(err)
			}
			c.nearScores(t, scores)
			for l, w := range f.weights {
				name := fmt.Sprintf("final.W%d", l)
				near(t, name, w, c.tensor(t, name), 1e-8, 0)
			}
			of := "X"
			if c.has("Xv") {
				of = "Xv"
			}
			proba, err := f.Feedforward(c.tensor(t, of))
			if err != nil {
				t.Fatal(err)
			}
			name := map[string]string{"X": "final.proba_train", "Xv": "final.proba_val"}[of]
			near(t, name, proba, c.tensor(t, name), 1e-8, 0)
		})
	}
}
