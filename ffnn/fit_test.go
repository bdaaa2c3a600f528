package ffnn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Fit takes the learning rate of each step from the schedule, and reports that
// of the last step of each epoch.
func TestFitSchedules(t *testing.T) {
	train, val, _ := checkpointData()
	const epochs, batches = 4, 4
	layers := []Layer{Dense(9, Tanh), Dense(3, Softmax)}
	for _, s := range []Schedule{nil, ConstantRate{}, StepDecay{Every: 2}, MultiStep{At: []int{1, 3}}, ExponentialDecay{}, Linear{}, Polynomial{Power: 1.5},
		Cosine{WarmUp: 0.2}, &Cosine{}, OneCycle{}, ReduceOnPlateau{Patience: 1, Threshold: 0.5}, factors{1, 0.25, 3, 0, 2}} {
		a, b := must(New(4, layers...)), must(New(4, layers...))
		c := FitConfig{TrainConfig: TrainConfig{BatchSize: 16, Optimizer: SGD{LearningRate: 0.3, Momentum: 0.5}}, Epochs: epochs, Schedule: s, Validation: val, NoShuffle: true}
		hist := must(a.Fit(context.Background(), train, c))
		tr := must(NewTrainer(b, c.TrainConfig))
		for e := range epochs {
			for k := range batches {
				factor := 1.0
				_, perEpoch := s.(ReduceOnPlateau)
				if s != nil && (!perEpoch || k == 0) {
					factor = s.Factor(Progress{Step: e*batches + k, Steps: epochs * batches, EpochSteps: batches, History: hist[:e]})
					tr.SetLearningRate(0.3 * factor)
				}
				from, to := k*16, min(k*16+16, 60)
				tr.Step(Dataset{X: train.X.Slice(from, to), Y: train.Y.Slice(from, to), Weights: train.Weights[from:to]})
			}
			if hist[e].LearningRate != tr.LearningRate() {
				t.Errorf("%v: epoch %d has the learning rate %g, want %g", s, e+1, hist[e].LearningRate, tr.LearningRate())
			}
		}
		if !slices.Equal(a.params, b.params) {
			t.Errorf("%v: other weights than by steps of these learning rates", s)
		}
	}
	for _, bad := range []float64{math.NaN(), -1, math.Inf(1), 1e31} {
		n := must(New(4, layers...))
		var reached uint64
		hist, err := n.Fit(context.Background(), train, FitConfig{TrainConfig: TrainConfig{BatchSize: 16, Optimizer: SGD{LearningRate: 1}}, Epochs: 3,
			Schedule: factors{1, 1, 1, 1, 1, bad}, OnBatch: func(BatchEnd) error { reached = hashBits(n.params); return nil }})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("a factor of %g for step 5: must be finite", bad)) || len(hist) != 1 {
			t.Errorf("factor %g: %d epochs, error %v", bad, len(hist), err)
		}
		if hashBits(n.params) != reached {
			t.Errorf("factor %g: the network has not what was reached", bad)
		}
	}
	for _, c := range []struct {
		s    Schedule
		want string
	}{
		{StepDecay{}, "ffnn: Fit: schedule: Every 0"},
		{&Cosine{WarmUp: 1}, "ffnn: Fit: schedule: WarmUp 1"},
	} {
		n := must(New(4, layers...))
		if _, err := n.Fit(context.Background(), train, FitConfig{Epochs: 1, Schedule: c.s}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

// Early stopping against what follows from the history of a training without:
// when it stops, and the weights, bit for bit, that it leaves.
func TestEarlyStopping(t *testing.T) {
	x := randomMatrix(80, 6, 3)
	y := classTargets(x, 3)
	for i := range 8 { // wrong labels, to be learnt by heart
		r := y.Row(i)
		r[0], r[1], r[2] = r[1], r[2], r[0]
	}
	train, val := Dataset{X: x.Slice(0, 40), Y: y.Slice(0, 40)}, Dataset{X: x.Slice(40, 80), Y: y.Slice(40, 80)}
	network := func() *Network {
		n := must(New(6, Dense(30, Identity), BatchNorm(ReLU), Dropout(0.1), Dense(3, Softmax)))
		n.Reset(2)
		return n
	}
	config := FitConfig{TrainConfig: TrainConfig{BatchSize: 10, Optimizer: Adam{LearningRate: 0.02}}, Epochs: 40, Validation: val}
	n := network()
	var snapshots []uint64
	c := config
	c.OnEpoch = func(EpochEnd) error { snapshots = append(snapshots, hashBits(n.values)); return nil }
	hist := must(n.Fit(context.Background(), train, c))
	stops, bests := map[int]bool{}, map[int]bool{}
	for _, s := range []EarlyStopping{{1, 0}, {2, 0}, {3, 0}, {5, 0}, {10, 0}, {100, 0}, {2, 0.02}, {4, 0.05}, {3, 10}, {1, math.Inf(1)}} {
		best, stop := 0, len(hist)
		for e := range hist {
			if e > 0 && hist[e].ValLoss < hist[best].ValLoss-s.MinDelta {
				best = e
			}
			if e-best >= s.Patience {
				stop = e + 1
				break
			}
		}
		stops[stop], bests[best] = true, true
		c := config
		c.EarlyStopping = s
		n := network()
		got := must(n.Fit(context.Background(), train, c))
		if len(got) != stop || historyBits(got) != historyBits(hist[:stop]) || hashBits(n.values) != snapshots[best] {
			t.Errorf("%+v: %d epochs, want %d; the weights are those of epoch %d: %v", s, len(got), stop, best+1, hashBits(n.values) == snapshots[best])
		}
		if s.MinDelta == 0 {
			if e, ok := got.Best(); !ok || e.Epoch != best+1 {
				t.Errorf("%+v: the best is %+v, want epoch %d", s, e, best+1)
			}
		}
		// Ended by a context, a callback, or divergence, within an epoch.
		for _, how := range []string{"context", "callback", "divergence", "stopped"} {
			const end = 7
			if stop < end {
				continue
			}
			best := 0
			for e := range end - 1 {
				if hist[e].ValLoss < hist[best].ValLoss-s.MinDelta {
					best = e
				}
			}
			ctx, cancel := context.WithCancel(context.Background())
			n := network()
			c := c
			c.OnBatch = func(b BatchEnd) error {
				switch {
				case b.Epoch != end || b.Batch != 2:
				case how == "context":
					cancel()
				case how == "callback":
					return errKilled
				case how == "stopped":
					return ErrStop
				}
				return nil
			}
			if how == "divergence" {
				f := slices.Repeat(factors{1}, 100)
				f[end*4-3] = 1e30
				c.Schedule = f
			}
			got, err := n.Fit(ctx, train, c)
			cancel()
			var d *DivergedError
			want := map[string]bool{"context": errors.Is(err, context.Canceled), "callback": err == errKilled, "divergence": errors.As(err, &d), "stopped": err == nil}
			if len(got) != end-1 || !want[how] || hashBits(n.values) != snapshots[best] {
				t.Errorf("%+v, ended by %s: %d epochs, error %v; the weights are those of epoch %d: %v", s, how, len(got), err, best+1, hashBits(n.values) == snapshots[best])
			}
		}
	}
	if len(stops) < 5 || len(bests) < 4 {
		t.Errorf("only stops after %v and bests after %v epochs", stops, bests)
	}
	for _, c := range []struct {
		s    EarlyStopping
		val  Dataset
		want string
	}{
		{EarlyStopping{Patience: 1}, Dataset{}, "early stopping needs validation data"},
		{EarlyStopping{Patience: -1}, val, "patience -1"},
		{EarlyStopping{Patience: 1, MinDelta: -1}, val, "least difference -1"},
		{EarlyStopping{Patience: 1, MinDelta: math.NaN()}, val, "least difference NaN"},
	} {
		if _, err := network().Fit(context.Background(), train, FitConfig{Epochs: 1, EarlyStopping: c.s, Validation: c.val}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

// A validation loss that is NaN is never the best.
func TestEarlyStoppingNaN(t *testing.T) {
	x, y := randomMatrix(20, 2, 1), randomMatrix(20, 1, 2)
	huge := Dataset{X: layout.MatrixOf([]float32{3e38, 3e38}, 1, 2), Y: layout.NewMatrix(1, 1)}
	fresh := func() *Network {
		n := must(New(2, Dense(2, Identity), Dense(1, Identity)))
		for i, w := range [][]float32{{9, -9, 9, -9}, {9, 9}} { // ∞ − ∞
			if err := n.SetWeights(i, layout.MatrixOf(w, 2, len(w)/2), make([]float32, len(w)/2)); err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	n := fresh()
	hist := must(n.Fit(context.Background(), Dataset{X: x, Y: y}, FitConfig{TrainConfig: TrainConfig{Optimizer: SGD{LearningRate: 1e-6}}, Epochs: 9, Validation: huge, EarlyStopping: EarlyStopping{Patience: 3}}))
	if _, ok := hist.Best(); ok || len(hist) != 3 || !math.IsNaN(hist[2].ValLoss) || hashBits(n.params) == hashBits(fresh().params) {
		t.Errorf("only NaN: %d epochs, validation loss %g", len(hist), hist[len(hist)-1].ValLoss)
	}
	// From the third epoch on it is a number.
	c := FitConfig{TrainConfig: TrainConfig{Optimizer: SGD{LearningRate: 1e-6}}, Epochs: 9, EarlyStopping: EarlyStopping{Patience: 3}}
	c.Validation = Dataset{X: layout.MatrixOf(slices.Clone(huge.X.Data), 1, 2), Y: huge.Y}
	c.OnEpoch = func(e EpochEnd) error {
		if e.Epoch == 2 {
			clear(c.Validation.X.Data)
		}
		return nil
	}
	hist = must(fresh().Fit(context.Background(), Dataset{X: x, Y: y}, c))
	if e, ok := hist.Best(); !ok || e.Epoch < 3 || len(hist) < 4 {
		t.Errorf("NaN and then numbers: %d epochs, the best %+v", len(hist), e)
	}
}

func TestHistoryBest(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		losses []float64
		want   int // −1: none
	}{
		{nil, -1}, {[]float64{nan, nan}, -1}, {[]float64{3}, 0}, {[]float64{3, 2, 2, 5}, 1}, {[]float64{nan, 4, nan, 3, nan}, 3},
		{[]float64{math.Inf(1), math.Inf(1)}, 0}, {[]float64{math.Inf(1), 7}, 1},
	} {
		var h History
		for i, l := range c.losses {
			h = append(h, EpochEnd{Epoch: i + 1, ValLoss: l})
		}
		if e, ok := h.Best(); ok != (c.want >= 0) || e.Epoch != c.want+1 {
			t.Errorf("%v: %+v, %v", c.losses, e, ok)
		}
	}
}

// What Fit measures after each epoch, and the weights of rows going with them
// through the shuffle.
func TestFitMeasures(t *testing.T) {
	train, val, dev := checkpointData()
	val.Weights = slices.Repeat([]float32{0.5, 2}, 10)
	layers := []Layer{Dense(9, Identity), BatchNorm(Tanh), Dense(3, Softmax)}
	n := must(New(4, layers...))
	c := FitConfig{TrainConfig: TrainConfig{BatchSize: 16, Seed: 8, ClassWeights: []float64{3, 1, 1}}, Epochs: 3, Validation: val, TrainingDev: dev}
	c.OnEpoch = func(e EpochEnd) error {
		m := n.Compile()
		tr := must(NewTrainer(m.Network(), c.TrainConfig))
		for _, x := range []struct {
			name      string
			d         Dataset
			loss, acc float64
		}{{"validation", val, e.ValLoss, e.ValAccuracy}, {"training-dev", dev, e.TrainingDevLoss, e.TrainingDevAccuracy}} {
			if l, acc := tr.Evaluate(x.d); l != x.loss || acc != x.acc {
				t.Errorf("epoch %d, %s: %g, %g, want %g, %g", e.Epoch, x.name, x.loss, x.acc, l, acc)
			}
		}
		return nil
	}
	hist := must(n.Fit(context.Background(), train, c))

	b := must(New(4, layers...))
	tr := must(NewTrainer(b, c.TrainConfig))
	for e := range 3 {
		order := make([]int, 60)
		for i := range order {
			order[i] = i
		}
		kernels.Philox{Seed: 8, Stream: shuffleStream + uint64(e+1)}.Shuffle(order)
		d := Dataset{X: layout.NewMatrix(60, 4), Y: layout.NewMatrix(60, 3)}
		for i, r := range order {
			copy(d.X.Row(i), train.X.Row(r))
			copy(d.Y.Row(i), train.Y.Row(r))
			d.Weights = append(d.Weights, train.Weights[r])
		}
		l, acc, err := tr.PartialFit(d)
		if err != nil || l != hist[e].Loss || acc != hist[e].Accuracy {
			t.Errorf("epoch %d: %g, %g, want %g, %g; %v", e+1, l, acc, hist[e].Loss, hist[e].Accuracy, err)
		}
	}
	if !slices.Equal(n.values, b.values) {
		t.Error("other weights than with the rows in that order")
	}

	c.TrainingDev = Dataset{X: dev.X, Y: val.Y}
	if _, err := n.Fit(context.Background(), train, c); err == nil || !strings.Contains(err.Error(), "training-dev data: 10 rows of X, 20 of Y") {
		t.Errorf("error %v", err)
	}
}

// Chunks of whole batches are an epoch of Fit.
func TestPartialFit(t *testing.T) {
	x := randomMatrix(200, 4, 3)
	d := Dataset{X: x, Y: classTargets(x, 3)}
	layers := []Layer{Dropout(0.1), Dense(17, Identity), BatchNorm(ReLU), Dropout(0.5), Dense(3, Softmax)}
	c := TrainConfig{BatchSize: 16, MicroBatch: 5, Seed: 6, Optimizer: NAdam{}, ClipNorm: 1, Penalty: L1(1e-4)}
	a := must(New(4, layers...))
	hist := must(a.Fit(context.Background(), d, FitConfig{TrainConfig: c, Epochs: 1, NoShuffle: true}))
	for _, ends := range [][]int{{200}, {16, 200}, {32, 48, 144, 160, 200}} {
		b := must(New(4, layers...))
		tr := must(NewTrainer(b, c))
		from, sum, correct := 0, 0.0, 0.0
		for _, to := range ends {
			l, acc, err := tr.PartialFit(Dataset{X: x.Slice(from, to), Y: d.Y.Slice(from, to)})
			if err != nil {
				t.Fatal(err)
			}
			sum += l * float64(to-from)
			correct += acc * float64(to-from)
			from = to
		}
		if !slices.Equal(a.values, b.values) || tr.Steps() != 13 || tr.seen != 200 {
			t.Errorf("chunks to %v: %d steps, %d rows, other weights than by Fit", ends, tr.Steps(), tr.seen)
		}
		if math.Abs(sum/200-hist[0].Loss) > 1e-12 || math.Abs(correct/200-hist[0].Accuracy) > 1e-12 {
			t.Errorf("chunks to %v: loss %g, accuracy %g, want %+v", ends, sum/200, correct/200, hist[0])
		}
	}

	b := must(New(4, layers...))
	before := slices.Clone(b.values)
	tr := must(NewTrainer(b, c))
	nan := randomMatrix(8, 4, 1)
	nan.Set(2, 1, float32(math.NaN()))
	for want, d := range map[string]Dataset{
		"ffnn: PartialFit: chunk of data: no rows":  {},
		"chunk of data: 8 rows of X, 7 of Y":        {X: x.Slice(0, 8), Y: d.Y.Slice(0, 7)},
		"chunk of data: 3 features, the network":    {X: d.Y, Y: d.Y},
		"chunk of data: feature 1 of row 2 is NaN":  {X: nan, Y: d.Y.Slice(0, 8)},
		"chunk of data: target (0, ":                {X: x.Slice(0, 8), Y: randomMatrix(8, 3, 1)},
		"chunk of data: X or Y is not a valid":      {X: layout.Matrix{Rows: 8, Cols: 4}, Y: d.Y.Slice(0, 8)},
		"chunk of data: 1 weights for 8 rows":       {X: x.Slice(0, 8), Y: d.Y.Slice(0, 8), Weights: []float32{1}},
		"chunk of data: 4 targets, the network has": {X: x, Y: x},
	} {
		if _, _, err := tr.PartialFit(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if !slices.Equal(before, b.values) || tr.Steps() != 0 {
		t.Error("an error changed the network")
	}
	// Divergence, in a loss and after the last step: the weights and running
	// means from before come back.
	if _, _, err := tr.PartialFit(d); err != nil {
		t.Fatal(err)
	}
	before = slices.Clone(b.values)
	for _, size := range []int{16, 200} {
		tr := must(NewTrainer(b, TrainConfig{BatchSize: size, Optimizer: SGD{LearningRate: 3e38}, Penalty: L2(1e30)}))
		var diverged *DivergedError
		_, _, err := tr.PartialFit(d)
		if !errors.As(err, &diverged) || (diverged.Batch == 0) != (size == 200) || !strings.Contains(err.Error(), "epoch 1") {
			t.Errorf("batches of %d: error %v", size, err)
		}
		if !slices.Equal(before, b.values) {
			t.Errorf("batches of %d: the network changed", size)
		}
	}
}

// Nor does an epoch of Fit with all that it may do between epochs.
func TestFitAllocatesNothing(t *testing.T) {
	train, val, dev := checkpointData()
	layers := []Layer{Dropout(0.1), Dense(9, Identity), BatchNorm(Tanh), Dense(3, Softmax)}
	for _, s := range []Schedule{nil, StepDecay{Every: 1}, MultiStep{At: []int{1}}, ExponentialDecay{}, Linear{}, Polynomial{}, Cosine{}, OneCycle{}, ReduceOnPlateau{}, factors{1, 2}} {
		allocs := func(epochs int) float64 {
			n := must(New(4, layers...))
			fit := func() {
				must(n.Fit(context.Background(), train, FitConfig{TrainConfig: TrainConfig{Optimizer: NAdam{}, ClipNorm: 1}, Epochs: epochs,
					Validation: val, TrainingDev: dev, Schedule: s, EarlyStopping: EarlyStopping{Patience: 99}}))
			}
			// The least of some: under the race detector, now and then something else
			// allocates.
			least := testing.AllocsPerRun(1, fit)
			for range 9 {
				least = min(least, testing.AllocsPerRun(1, fit))
			}
			return least
		}
		if one, twenty := allocs(1), allocs(20); one != twenty {
			t.Errorf("%v: 1 epoch: %g allocations, 20 epochs: %g", s, one, twenty)
		}
	}
}

// After a divergence the network has the weights and running means of the last
// good epoch.
func TestFitDivergesWithBatchNorm(t *testing.T) {
	train, _, _ := checkpointData()
	n := must(New(4, Dense(9, Identity), BatchNorm(ReLU), Dense(3, Identity)))
	var good []float32
	f := slices.Repeat(factors{1}, 99)
	f[9] = 1e30
	hist, err := n.Fit(context.Background(), train, FitConfig{TrainConfig: TrainConfig{BatchSize: 16, Loss: MSE}, Epochs: 9, Schedule: f,
		OnEpoch: func(EpochEnd) error { good = slices.Clone(n.values); return nil }})
	var d *DivergedError
	if !errors.As(err, &d) || d.Epoch != 3 || len(hist) != 2 || !slices.Equal(good, n.values) {
		t.Errorf("%d epochs, error %v; the values are the last good: %v", len(hist), err, slices.Equal(good, n.values))
	}
}
