package ffnn

import (
	"errors"
	"fmt"
	"github.com/hadamard-go/hadamard/internal/golden"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
	"math"
	"slices"
	"testing"
)

var hiddenActivations = []Activation{Identity, Sigmoid, Tanh, ReLU, LeakyReLU(0.1), ELU(0.7), Softmax,
	SELU, HardSigmoid, Softplus, SiLU, GELU, GELUTanh, LogSoftmax}

// The gradient of every parameter of networks with BatchNorm and Dropout in all
// places, whole batches and parts.
func TestLayerGradients(t *testing.T) {
	id, bn, drop := Identity, BatchNorm(Identity), Dropout(0.4)
	nets := map[string][]Layer{
		"after relu":         {Dense(5, ReLU), bn, Dense(3, Softmax)},
		"first":              {bn, Dense(5, Tanh), Dense(3, Softmax)},
		"first, twice":       {bn, bn.Epsilon(0.1), Dense(3, id)},
		"twice":              {Dense(5, id), bn, BatchNorm(Tanh), Dense(3, Softmax)},
		"both sides":         {Dense(5, id), BatchNorm(SiLU), bn, Dense(3, Sigmoid)},
		"last":               {Dense(5, Tanh), Dense(3, id), bn},
		"last with softmax":  {Dense(5, Tanh), Dense(3, id), BatchNorm(Softmax)},
		"last with sigmoid":  {Dense(3, id), BatchNorm(Sigmoid)},
		"before dropout":     {Dense(5, id), BatchNorm(GELU), drop, Dense(3, Softmax)},
		"after dropout":      {Dense(5, ReLU), drop, bn, Dense(3, Softmax)},
		"between":            {Dense(5, id), drop, BatchNorm(ELU(1)), Dense(3, Softmax)},
		"inputs dropped":     {drop, Dense(5, Tanh), drop, Dense(4, Softmax), drop, Dense(3, id)},
		"inputs dropped, bn": {drop, bn, Dense(5, LogSoftmax), Dense(3, id)},
		"wide":               {Dense(17, id), BatchNorm(Tanh), drop, Dense(33, SiLU), bn, Dense(3, Softmax)},
	}
	for _, act := range hiddenActivations {
		nets["dense, batch_norm "+act.String()] = []Layer{Dense(5, id), BatchNorm(act), Dense(3, Softmax)}
		nets["dropout after "+act.String()] = []Layer{Dense(5, act), drop, Dense(3, Softmax)}
	}
	x := randomMatrix(9, 4, 1)
	y := classTargets(x, 3)
	for name, layers := range nets {
		n := must(New(4, layers...))
		for _, micro := range []int{9, 4, 3, 1} {
			if testing.Short() && micro == 3 {
				continue
			}
			randomize(t, n, 3)
			tr := must(NewTrainer(n, TrainConfig{BatchSize: 9, MicroBatch: micro, Seed: 5}))
			tr.seen = 1000
			checkGradients(t, fmt.Sprintf("%s, micro-batch %d", name, micro), tr, Dataset{X: x, Y: y})
		}
	}
}

// PyTorch's BatchNorm1d in float64: outputs, gradients and running means over
// three batches, and then the prediction.
func TestBatchNormGolden(t *testing.T) {
	var file struct {
		BatchNorm []struct {
			N, Features   int
			Momentum, Eps float64
			Gamma, Beta   golden.Array
			Steps         []struct {
				X, Y, DY, DX, DGamma, DBeta golden.Array
				RunningMean                 golden.Array `json:"running_mean"`
				RunningVar                  golden.Array `json:"running_var"`
				YEval                       golden.Array `json:"y_eval"`
			}
		}
	}
	golden.Read(t, "testdata/layers.json", &file)
	if len(file.BatchNorm) != 2 {
		t.Fatalf("%d cases", len(file.BatchNorm))
	}
	for i, c := range file.BatchNorm {
		f := c.Features
		n := must(New(f, Dense(f, Identity), BatchNorm(Identity).Momentum(c.Momentum).Epsilon(c.Eps)))
		one := layout.NewMatrix(f, f)
		ones := slices.Repeat([]float32{1}, f)
		for j := range f {
			one.Set(j, j, 1)
		}
		if err := errors.Join(n.SetWeights(0, one, make([]float32, f)), n.SetNorm(1, Norm{c.Gamma.Float32(), c.Beta.Float32(), make([]float32, f), ones})); err != nil {
			t.Fatal(err)
		}
		tr := must(NewTrainer(n, TrainConfig{BatchSize: c.N}))
		for s, step := range c.Steps {
			check := func(name string, got layout.Matrix, want golden.Array, abs float64) {
				t.Helper()
				var flat []float32
				for r := range got.Rows {
					flat = append(flat, got.Row(r)...)
				}
				golden.Close(t, fmt.Sprintf("case %d, step %d, %s", i, s, name), flat, want.Data, 1e-5, abs)
			}
			row := func(v []float32) layout.Matrix { return layout.MatrixOf(v, 1, len(v)) }
			x := layout.MatrixOf(step.X.Float32(), c.N, f)
			tr.load(Dataset{X: x, Y: x}, nil, 0, c.N, true)
			check("y", tr.forward(c.N, 0), step.Y, 0)
			last := tr.layers[1].delta
			for r := range c.N {
				copy(last.Row(r), step.DY.Float32()[r*f:])
			}
			tr.backward(c.N, 0)
			// With two rows dx is what is left of terms that cancel but for ε.
			terms := 0.0
			for j, s := range tr.layers[1].scale {
				for r := range c.N {
					terms = max(terms, math.Abs(float64(s)*step.DY.Data[r*f+j]))
				}
			}
			check("dx", tr.layers[0].delta, step.DX, 4*0x1p-24*terms)
			check("dγ", row(tr.layers[1].gradGamma), step.DGamma, 0)
			check("dβ", row(tr.layers[1].gradBeta), step.DBeta, 0)
			norm := n.Norm(1)
			check("running mean", row(norm.Mean), step.RunningMean, 0)
			check("running variance", row(norm.Variance), step.RunningVar, 0)
			out := layout.NewMatrix(c.N, f)
			n.Compile().PredictBatch(out, x)
			check("prediction", out, step.YEval, 0)
		}
	}
}

// magnitude returns what the outputs would be if all terms of all sums had one
// sign and no function were flat: the errors of a computation in float32 are a
// number of roundings, which it returns too, times 2⁻²⁴ of it. What goes into
// the first layer is subtracted from its mean before anything is rounded.
func (o *oracle) magnitude(x []float64) (a []float64, roundings float64) {
	a = slices.Clone(x)
	for j := range a {
		a[j] = math.Abs(a[j])
	}
	for i := range o.n.layers {
		l, p := &o.n.layers[i], o.p[o.at(i):]
		y := slices.Clone(a)
		switch l.kind {
		case kindDense:
			y = make([]float64, l.out)
			for j := range y {
				y[j] = math.Abs(p[place(l.in, -1, j)])
				for k, v := range a {
					y[j] += v * math.Abs(p[place(l.in, k, j)])
				}
			}
			roundings += float64(l.in) + 8
		case kindBatchNorm:
			for j := range y {
				mean := math.Abs(float64(l.mean[j]))
				if i == firstLayer(&o.n.arch) {
					y[j], mean = math.Abs(x[j]-float64(l.mean[j])), 0
				}
				inv := 1 / math.Sqrt(float64(l.variance[j])+float64(float32(l.epsilon)))
				y[j] = math.Abs(p[j])*(y[j]+mean)*inv + math.Abs(p[layout.Pad(l.out)+j])
			}
		}
		if l.act != Identity {
			for j := range y {
				y[j] = 2*y[j] + 2
			}
		}
		a = y
	}
	return a, roundings
}

// foldedNets has BatchNorm wherever it can be folded.
func foldedNets() map[string][]Layer {
	id, bn := Identity, BatchNorm(Identity)
	return map[string][]Layer{
		"column":               {Dense(7, id), BatchNorm(Tanh), Dense(3, id)},
		"columns":              {Dense(7, id), bn, BatchNorm(SiLU), Dense(3, id), bn},
		"rows":                 {Dense(7, ReLU), bn, Dense(3, id)},
		"rows, twice":          {Dense(7, Sigmoid), bn, bn, Dropout(0.5), Dense(3, id)},
		"both":                 {Dense(7, id), BatchNorm(GELU), bn, Dense(5, id), bn, Dense(3, Softmax)},
		"inputs":               {bn, Dense(7, Tanh), Dense(3, id)},
		"inputs, twice":        {Dropout(0.2), bn, bn, Dense(7, ELU(1)), Dropout(0.5), Dense(3, id)},
		"inputs and elsewhere": {bn, Dense(20, id), BatchNorm(ReLU), Dense(3, id), BatchNorm(Softmax)},
		"after dropout":        {Dense(7, id), Dropout(0.3), BatchNorm(Softplus), Dense(3, id)},
		"probabilities":        {Dense(7, Softmax), bn, Dense(3, id), BatchNorm(Sigmoid)},
	}
}

// A Model, whose BatchNorm layers are folded, against the network in float64 as
// it stands; raw inputs far from 0; Trainer.Evaluate has the Model's bits.
func TestFolding(t *testing.T) {
	const rows = 40
	for name, layers := range foldedNets() {
		for _, in := range []struct {
			name         string
			mean         float64
			scaler, norm bool // SetScaler takes the mean; running means do
		}{{"", 0, false, true}, {"scaled", 3, true, true}, {"raw", 1e6, false, true}, {"raw, scaled", 1e6, true, true}} {
			first := layers[0].kind
			if in.mean > 10 && !in.scaler && first == kindDense {
				continue // only BatchNorm or a scaler takes a large mean away
			}
			n := must(New(4, layers...))
			randomize(t, n, 7)
			x := randomMatrix(rows, 4, 9)
			y := classTargets(x, 3)
			for i := range x.Data {
				x.Data[i] += float32(in.mean)
			}
			if in.scaler {
				s := Scaler{Shift: make([]float32, 4), Scale: []float32{1.1, 0.9, 0.3, 3}}
				for j := range s.Shift {
					s.Shift[j] = float32(in.mean + 0.1*float64(j))
				}
				if err := n.SetScaler(s); err != nil {
					t.Fatal(err)
				}
			} else if in.mean != 0 {
				for i := range n.layers {
					if n.layers[i].kind == kindBatchNorm {
						v := n.Norm(i)
						for j := range v.Mean {
							v.Mean[j] += float32(in.mean)
						}
						if err := n.SetNorm(i, v); err != nil {
							t.Fatal(err)
						}
						break
					}
				}
			}
			name := name + " " + in.name
			m := n.Compile()
			got := layout.NewMatrix(rows, 3)
			m.PredictBatch(got, x)
			o := newOracle(n, TrainConfig{}, 0)
			for r := range rows {
				x64 := float64s(x.Row(r))
				scale64(x64, n.scaler)
				all := o.forward([][]float64{x64}, 0, false)
				a, roundings := o.magnitude(x64)
				for j, want := range all[len(all)-1][0] {
					if d := math.Abs(float64(got.At(r, j)) - want); !(d <= roundings*0x1p-24*a[j]) {
						t.Errorf("%s: output (%d, %d) is %g, want %g: off by %.2g, more than %.2g", name, r, j, got.At(r, j), want, d, roundings*0x1p-24*a[j])
					}
				}
			}
			for _, loss := range []Loss{nil, MSE, MAE} {
				tr := must(NewTrainer(n, TrainConfig{Loss: loss}))
				l, acc := tr.Evaluate(Dataset{X: x, Y: y})
				wantL, wantA, err := m.Evaluate(Dataset{X: x, Y: y}, loss)
				if err != nil || l != wantL || acc != wantA {
					t.Errorf("%s, %v: Evaluate gives %g, %g, the model %g, %g, %v", name, tr.loss, l, acc, wantL, wantA, err)
				}
				if loss == nil {
					continue
				}
				sum, grad := 0.0, layout.NewMatrix(rows, 3)
				for from := 0; from < rows; from += 32 {
					to := min(from+32, rows)
					losses := make([]float32, to-from)
					loss.compute(losses, grad.Slice(from, to), got.Slice(from, to), y.Slice(from, to), 1)
					sum += float64(kernels.Sum(losses))
				}
				if want := sum / (3 * rows); l != want {
					t.Errorf("%s, %v: Evaluate gives %g, the outputs of the model %g", name, loss, l, want)
				}
			}
		}
	}
}

func TestBatchNormCorners(t *testing.T) {
	step := func(n *Network, x layout.Matrix) *Trainer {
		tr := must(NewTrainer(n, TrainConfig{BatchSize: max(x.Rows, 4), Optimizer: SGD{LearningRate: 0.1}}))
		tr.Step(Dataset{X: x, Y: classTargets(x, 2)})
		return tr
	}
	layers := []Layer{BatchNorm(Identity), Dense(5, Identity), BatchNorm(ReLU), Dense(2, Softmax)}
	n := must(New(3, layers...))
	randomize(t, n, 1)
	before := [2]Norm{n.Norm(0), n.Norm(2)}
	step(n, randomMatrix(1, 3, 2))
	for k, i := range []int{0, 2} {
		if a, b := before[k], n.Norm(i); !slices.Equal(a.Mean, b.Mean) || !slices.Equal(a.Variance, b.Variance) || slices.Equal(a.Gamma, b.Gamma) {
			t.Errorf("layer %d: a row of its own changed %+v to %+v", i, a, b)
		}
	}

	// Columns without variance: 0.375 is exact in any sum, 0.1 is not.
	x := randomMatrix(8, 3, 2)
	for i := range x.Rows {
		x.Set(i, 0, 0.375)
		x.Set(i, 1, 0.1)
	}
	n = must(New(3, layers...))
	tr := step(n, x)
	for i := range x.Rows {
		if h := tr.layers[0].xhat.Row(i); h[0] != 0 || math.Abs(float64(h[1])) > 1e-5 {
			t.Errorf("constant columns became %v", h[:2])
		}
	}
	if !n.finite() {
		t.Error("constant columns made the network infinite")
	}

	// The momentum's ends, and no change by Evaluate.
	n = must(New(3, BatchNorm(Identity).Momentum(1), BatchNorm(Identity).Momentum(0), Dense(2, Softmax)))
	tr = step(n, x)
	values := slices.Clone(n.values)
	tr.Evaluate(Dataset{X: x, Y: classTargets(x, 2)})
	if !slices.Equal(values, n.values) {
		t.Error("Evaluate changed the network")
	}
	mean, variance := moments(rows64(x), 2)
	if v := n.Norm(0); math.Abs(float64(v.Mean[2])-mean) > 1e-6 || math.Abs(float64(v.Variance[2])-variance*8/7) > 1e-6 {
		t.Errorf("momentum 1: %+v", v)
	}
	if v := n.Norm(1); v.Mean[2] != 0 || v.Variance[2] != 1 {
		t.Errorf("momentum 0: %+v", v)
	}

	// A batch that gives no finite loss leaves the running means as they were.
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
		x := randomMatrix(8, 3, 2)
		x.Set(3, 1, bad)
		n := must(New(3, layers...))
		step(n, x)
		if !slices.Equal(n.values, must(New(3, layers...)).values) {
			t.Errorf("after a batch with %g: %v", bad, n.Norm(0))
		}
	}

	// SetScaler after NewTrainer counts for Evaluate, with and without BatchNorm.
	for _, layers := range [][]Layer{layers, layers[1:], {Dense(2, Softmax)}} {
		n := must(New(3, layers...))
		tr := must(NewTrainer(n, TrainConfig{}))
		if err := n.SetScaler(Scaler{Shift: []float32{1, 2, 3}, Scale: []float32{2, 3, 4}}); err != nil {
			t.Fatal(err)
		}
		d := Dataset{X: x, Y: classTargets(x, 2)}
		got, _ := tr.Evaluate(d)
		if want, _, err := n.Compile().Evaluate(d, nil); err != nil || got != want {
			t.Errorf("%v: Evaluate gives %g, the model %g, %v", layers[0].kind, got, want, err)
		}
	}
}

// Outputs of BatchNorm below 2⁻⁶³ are zero for the next layer, as those of Dense.
func TestBatchNormIsFlushed(t *testing.T) {
	for gamma, want := range map[float32]bool{0x1p-63: true, 0x1p-62: false} { // x̂ is ±(1 − 5·10⁻⁶)
		for _, act := range []Activation{Identity, ReLU, SELU} {
			n := must(New(1, Dense(1, Identity), BatchNorm(act), Dense(1, Identity)))
			if err := errors.Join(n.SetWeights(0, layout.MatrixOf([]float32{1}, 1, 1), []float32{0}),
				n.SetNorm(1, Norm{[]float32{gamma}, []float32{0}, []float32{0}, []float32{1}})); err != nil {
				t.Fatal(err)
			}
			if want && act == SELU {
				continue // makes it greater
			}
			tr := must(NewTrainer(n, TrainConfig{}))
			x := layout.MatrixOf([]float32{-1, 1}, 2, 1)
			tr.load(Dataset{X: x, Y: x}, nil, 0, 2, true)
			tr.forward(2, 0)
			if y := tr.layers[1].y.At(1, 0); (y == 0) != want {
				t.Errorf("γ = %g, %v: the output is %g", gamma, act, y)
			}
		}
	}
}
