package ffnn_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/internal/golden"
)

// Whole runs against others' of the same methods, NumPy's in float64 and for the
// grid in float32, a value for each seed. As the random numbers differ, so do the
// runs: what is compared are the distributions.
type standard struct {
	Runs  map[string]sample
	Keras []struct {
		Eta, Lambda float64
		Diverged    bool // with every seed
		Scores      sample
	}
}

// sample has for each score its value with each seed.
type sample map[string][]float64

func (s sample) add(name string, v float64) { s[name] = append(s[name], v) }

// gates are the networks that learn AND and XOR, by their names in the reference.
var gates = map[string][]ffnn.Layer{
	"2-1":        {ffnn.Dense(1, ffnn.Sigmoid)},
	"2-2-1_tanh": {ffnn.Dense(2, ffnn.Tanh), ffnn.Dense(1, ffnn.Sigmoid)},
	"2-4-1_tanh": {ffnn.Dense(4, ffnn.Tanh), ffnn.Dense(1, ffnn.Sigmoid)},
	"2-8-1_relu": {ffnn.Dense(8, ffnn.ReLU).Init(ffnn.GlorotUniform), ffnn.Dense(1, ffnn.Sigmoid)},
}

// AND and XOR by Adam(0.1), four rows a step, 1000 steps. A single unit never
// learns XOR: it ends at ln 2, 0.5 for each row. Two hidden units learn it with
// about half of the seeds, four with nearly all.
func TestGatesStandard(t *testing.T) {
	want := readStandard(t)
	for _, gate := range []string{"and", "xor"} {
		for name, layers := range gates {
			t.Run(gate+"_"+name, func(t *testing.T) {
				t.Parallel()
				d, err := data.Gate(gate)
				if err != nil {
					t.Fatal(err)
				}
				got := sample{}
				for seed := range uint64(60) {
					net := newNet(t, 2, seed, layers...)
					fullBatch(t, got, net, ffnn.Adam{LearningRate: 0.1}, map[string]*data.Dataset{"train": d}, 10, 100, 1000)
				}
				compare(t, got, want.Runs["gate_"+map[string]string{"and": "AND", "xor": "XOR"}[gate]+"_"+name])
			})
		}
	}
}

// The Skranke function, a linear network on its ten polynomials: SGD(0.1), all
// 300 rows a step, 1000 steps.
func TestSkrankeStandard(t *testing.T) {
	want := readStandard(t)
	d, err := data.Skranke(0.05, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Y.Data {
		d.Y.Data[i] /= 10 // to x + 2y + 3x² + 4xy + 5y²
	}
	got := sample{}
	for seed := range uint64(60) {
		parts := split(t, d, 0.25, seed)
		net := newNet(t, 10, seed, ffnn.Dense(1, ffnn.Identity))
		fullBatch(t, got, net, ffnn.SGD{LearningRate: 0.1}, parts, 10, 100, 1000)
	}
	compare(t, got, want.Runs["skranke_step0.05"])
}

// The Wisconsin tumours, features scaled to [0, 1] over the training rows, all
// 426 of them a step: logistic regression by Adam(0.001), and 30-100-30-1 by
// Adam(0.0001), of whose 1000 steps half are made.
func TestWisconsinStandard(t *testing.T) {
	want := readStandard(t)
	for _, run := range []struct {
		name   string
		rate   float64
		seeds  uint64
		at     []int
		layers []ffnn.Layer
	}{
		{"wisconsin_logistic", 1e-3, 20, []int{10, 100, 1000}, []ffnn.Layer{ffnn.Dense(1, ffnn.Sigmoid)}},
		{"wisconsin_mlp", 1e-4, 10, []int{10, 100, 500}, []ffnn.Layer{ffnn.Dense(100, ffnn.ReLU), ffnn.Dense(30, ffnn.ReLU), ffnn.Dense(1, ffnn.Sigmoid)}},
	} {
		t.Run(run.name, func(t *testing.T) {
			t.Parallel()
			d := data.BreastCancer()
			got := sample{}
			for seed := range run.seeds {
				parts := split(t, d, 143.0/569, seed)
				scaler, err := data.FitMinMax(parts["train"].X, 0, 1)
				if err != nil {
					t.Fatal(err)
				}
				net := newNet(t, 30, seed, run.layers...)
				if err := net.SetScaler(ffnn.Scaler(scaler)); err != nil {
					t.Fatal(err)
				}
				fullBatch(t, got, net, ffnn.Adam{LearningRate: run.rate}, parts, run.at...)
			}
			compare(t, got, want.Runs[run.name])
		})
	}
}

// newNet returns a network with weights from the seed.
func newNet(t *testing.T, inputs int, seed uint64, layers ...ffnn.Layer) *ffnn.Network {
	t.Helper()
	net, err := ffnn.New(inputs, layers...)
	if err != nil {
		t.Fatal(err)
	}
	net.Reset(seed)
	return net
}

func split(t *testing.T, d *data.Dataset, fraction float64, seed uint64) map[string]*data.Dataset {
	t.Helper()
	train, val, err := data.Split(d, fraction, seed)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*data.Dataset{"train": train, "val": val}
}

// fullBatch makes steps on all rows of the training part and, after each number
// of steps in at, adds loss and accuracy on every part to got.
func fullBatch(t *testing.T, got sample, net *ffnn.Network, opt ffnn.Optimizer, parts map[string]*data.Dataset, at ...int) {
	t.Helper()
	train := parts["train"]
	tr, err := ffnn.NewTrainer(net, ffnn.TrainConfig{Optimizer: opt, BatchSize: train.Len()})
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	for _, end := range at {
		for ; steps < end; steps++ {
			tr.Step(fitData(train))
		}
		for part, d := range parts {
			loss, accuracy := tr.Evaluate(fitData(d))
			got.add(fmt.Sprintf("loss_%s@%d", part, end), loss)
			got.add(fmt.Sprintf("accuracy_%s@%d", part, end), accuracy)
		}
	}
}

// Cells of the grid of learning rates η and penalties λ that a Keras example of
// the digits draws: raw pixels 0 … 16, 64-100-50-10, sigmoids and a softmax, SGD
// in batches of 100, 100 epochs. The last layer has no penalty there.
func TestKerasGrid(t *testing.T) {
	for _, cell := range readStandard(t).Keras {
		t.Run(fmt.Sprintf("%g_%g", cell.Eta, cell.Lambda), func(t *testing.T) {
			t.Parallel()
			// With a strong penalty only noise is left of the hidden weights after
			// some steps; from then on a run is stationary, and its end can be near.
			seeds, epochs := uint64(5), 100
			switch left := 1 - 2*cell.Eta*cell.Lambda; { // of a weight after a step
			case left < 0.9:
				seeds, epochs = 10, 10
			case left < 0.99:
				seeds, epochs = 10, 25
			}
			digits := data.Digits()
			got, diverged := sample{}, uint64(0)
			for seed := range seeds {
				parts := split(t, digits, 360.0/1797, seed)
				l2 := ffnn.KerasL2(cell.Lambda)
				net := newNet(t, 64, seed, ffnn.Dense(100, ffnn.Sigmoid).Penalize(l2), ffnn.Dense(50, ffnn.Sigmoid).Penalize(l2), ffnn.Dense(10, ffnn.Softmax))
				_, err := net.Fit(context.Background(), fitData(parts["train"]), ffnn.FitConfig{
					TrainConfig: ffnn.TrainConfig{Optimizer: ffnn.SGD{LearningRate: cell.Eta}, BatchSize: 100, Seed: seed}, Epochs: epochs})
				var d *ffnn.DivergedError
				switch {
				case errors.As(err, &d) && cell.Diverged:
					diverged++
				case err != nil:
					t.Fatal(err)
				case !cell.Diverged:
					got.add("accuracy_train", accuracy(net, parts["train"]))
					got.add("accuracy_test", accuracy(net, parts["val"]))
				}
			}
			if cell.Diverged {
				if diverged != seeds {
					t.Errorf("%d of %d runs diverged, want all", diverged, seeds)
				}
				return
			}
			compare(t, got, cell.Scores)
		})
	}
}

func fitData(d *data.Dataset) ffnn.Dataset { return ffnn.Dataset{X: d.X, Y: d.Y} }

// accuracy returns the share of rows whose class the network finds.
func accuracy(net *ffnn.Network, d *data.Dataset) float64 {
	model, right := net.Compile(), 0
	p := make([]float32, model.Outputs())
	for i, label := range d.Labels {
		if model.Class(model.Predict(p, d.X.Row(i))) == label {
			right++
		}
	}
	return float64(right) / float64(d.Len())
}

// readStandard reads the reference, or skips a short test.
func readStandard(t *testing.T) standard {
	t.Helper()
	if testing.Short() {
		t.Skip("trains for some minutes on slow machines")
	}
	var s standard
	golden.Read(t, "testdata/runs_std.json", &s)
	if len(s.Runs) != 11 || len(s.Keras) != 8 {
		t.Fatalf("%d runs, %d cells", len(s.Runs), len(s.Keras))
	}
	return s
}

// compare reports an error for each score of want whose values in got are others.
func compare(t *testing.T, got, want sample) {
	t.Helper()
	if len(want) == 0 {
		t.Fatal("no reference")
	}
	for name, values := range want {
		verdict, ok := judge(got[name], values)
		if !ok {
			t.Errorf("%s: %s", name, verdict)
		} else {
			t.Logf("%s: %s", name, verdict)
		}
	}
}

// judge reports whether two samples may be of one distribution: the median of got
// lies between the deciles of want and its extremes are at most a standard
// deviation beyond those of want, or the test of Kolmogorov and Smirnov gives
// p > 0.01. Six digits of a value count, of the seven that float32 has.
func judge(got, want []float64) (verdict string, ok bool) {
	if len(got) == 0 || len(want) == 0 || slices.ContainsFunc(got, math.IsNaN) {
		return fmt.Sprintf("%.4g", got), false
	}
	got, want = sixDigits(got), sixDigits(want)
	mean, sd := 0.0, 0.0
	for _, v := range want {
		mean += v / float64(len(want))
	}
	for _, v := range want {
		sd += (v - mean) * (v - mean) / float64(len(want)-1)
	}
	sd = math.Sqrt(sd)
	low, high := quantile(want, 0.1), quantile(want, 0.9)
	m, min, max := median(got), got[0], got[len(got)-1]
	p := kolmogorovSmirnov(got, want)
	inside := m >= low && m <= high && min >= want[0]-sd && max <= want[len(want)-1]+sd
	return fmt.Sprintf("median %.4g in %.4g … %.4g, want %.4g in %.4g … %.4g (deciles %.4g, %.4g); p %.2g",
		m, min, max, median(want), want[0], want[len(want)-1], low, high, p), inside || p > 0.01
}

// sixDigits returns the values rounded and sorted.
func sixDigits(x []float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i], _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	}
	slices.Sort(y)
	return y
}

// quantile interpolates, as NumPy's percentile does.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i == len(sorted)-1 {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// kolmogorovSmirnov returns the probability that two samples of one distribution,
// of the sizes of a and b, sorted, differ as much as these do, by the greatest
// distance of their distribution functions. It is exact without ties, and too
// great with them. No value may be NaN.
//
// A sample that is drawn from a and b together is a path from (0, 0) to (n, m);
// counted are the paths that stay nearer to the diagonal.
//
// Source: J. L. Hodges, "The significance probability of the Smirnov two-sample
// test", Arkiv för Matematik 3, 1958.
func kolmogorovSmirnov(a, b []float64) float64 {
	n, m := len(a), len(b)
	distance := func(i, j int) int { return max(i*m-j*n, j*n-i*m) } // in units of 1/nm
	greatest := 0
	for i, j := 0, 0; i < n || j < m; {
		v := math.Inf(1)
		if i < n {
			v = a[i]
		}
		if j < m {
			v = min(v, b[j])
		}
		for i < n && a[i] == v {
			i++
		}
		for j < m && b[j] == v {
			j++
		}
		greatest = max(greatest, distance(i, j))
	}
	// near[j] is the share of the paths to (i, j) that have stayed nearer.
	near := make([]float64, m+1)
	for i := range n + 1 {
		for j := range m + 1 {
			switch {
			case i+j == 0:
				near[j] = 1
			case distance(i, j) >= greatest:
				near[j] = 0
				continue
			case j == 0: // all come from (i−1, 0)
			case i == 0:
				near[j] = near[j-1]
			default:
				near[j] = (float64(i)*near[j] + float64(j)*near[j-1]) / float64(i+j)
			}
		}
	}
	return 1 - near[m]
}

// The probabilities are those that counting gives, and samples that differ are
// told apart.
func TestJudge(t *testing.T) {
	ramp := func(n int, from, step float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = from + step*float64(i)
		}
		return x
	}
	for _, test := range []struct {
		a, b []float64
		want float64
	}{
		{[]float64{1}, []float64{2}, 1},
		{ramp(5, 0, 1), ramp(5, 9, 1), 2.0 / 252},         // of (10 over 5) orders, two have them apart
		{ramp(10, 0, 1), ramp(5, 20, 1), 2.0 / 3003},      // of (15 over 5)
		{[]float64{1, 2, 3}, []float64{2.5, 4, 5}, 0.6},   // distance 2/3: 12 of 20 orders
		{[]float64{1, 2, 2, 3}, []float64{1, 2, 2, 3}, 1}, // no distance
	} {
		if p := kolmogorovSmirnov(test.a, test.b); math.Abs(p-test.want) > 1e-12 {
			t.Errorf("%v, %v: p = %v, want %v", test.a, test.b, p, test.want)
		}
	}
	want := ramp(20, 1, 0.05)
	for _, test := range []struct {
		got  []float64
		fits bool
	}{
		{ramp(10, 1.05, 0.1), true},
		{append(ramp(9, 1.05, 0.1), 99), true}, // an outlier
		{ramp(10, 1.9, 0.05), false},           // greater
		{ramp(10, 1, 0.01), false},             // all at the lower end
		{nil, false},
		{[]float64{math.NaN(), math.NaN()}, false},
	} {
		if verdict, ok := judge(test.got, want); ok != test.fits {
			t.Errorf("%v: %v: %s", test.got, ok, verdict)
		}
	}
}
