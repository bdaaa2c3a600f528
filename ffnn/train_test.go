package ffnn

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// must returns v, or ends the test.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// randomMatrix returns a matrix of normal draws.
func randomMatrix(rows, cols int, seed uint64) layout.Matrix {
	m := layout.NewMatrix(rows, cols)
	kernels.Philox{Seed: seed, Stream: 99}.Normal(m.Data, 0)
	return m
}

// classTargets returns one-hot rows (or one column of 0 and 1) that follow from
// x in a way that a network can learn.
func classTargets(x layout.Matrix, classes int) layout.Matrix {
	t := layout.NewMatrix(x.Rows, classes)
	for i := range x.Rows {
		r := x.Row(i)
		if classes == 1 {
			if r[0]*r[1] > 0 {
				t.Set(i, 0, 1)
			}
			continue
		}
		t.Set(i, max(kernels.ArgMax(r[:classes]), 0), 1)
	}
	return t
}

// The derivative of the loss with respect to every parameter against a
// difference quotient, for every activation as hidden and output layer with
// every loss that goes with it. The loss is evaluated in float32, so the
// quotient has an error of about 2⁻²⁴/h: a wrong formula is off by far more.
func TestGradientsNumerically(t *testing.T) {
	acts := []Activation{Identity, Sigmoid, Tanh, ReLU, LeakyReLU(0.1), ELU(0.7), Softmax,
		SELU, HardSigmoid, Softplus, SiLU, GELU, GELUTanh, LogSoftmax}
	losses := []Loss{MSE, MSERows, BinaryCrossEntropy, CrossEntropy}
	x := randomMatrix(7, 3, 1)
	y := classTargets(x, 3)
	cases := 0
	for h, hidden := range acts {
		for o, output := range acts {
			if testing.Short() && h != o && h != 2 && o != 2 {
				continue // each beside itself and tanh
			}
			for _, loss := range losses {
				n := must(New(3, Dense(5, hidden), Dense(4, hidden), Dense(3, output)))
				n.Reset(uint64(cases))
				for i := range n.layers { // a unit whose inputs are all 0 would stand on its kink
					w, b := n.Weights(i)
					copy(b, randomMatrix(1, len(b), uint64(i)).Data)
					if err := n.SetWeights(i, w, b); err != nil {
						t.Fatal(err)
					}
				}
				tr, err := NewTrainer(n, TrainConfig{Loss: loss})
				if err != nil {
					continue // a loss that does not go with the output
				}
				cases++
				tr.gradients(Dataset{X: x, Y: y}, nil, 0, x.Rows)
				lossAt := func(i int, w float32) float64 {
					old := n.params[i]
					n.params[i] = w
					sum := 0.0
					last := tr.layers[len(tr.layers)-1].delta.Slice(0, x.Rows)
					tr.computeLoss(tr.losses[:x.Rows], last, tr.forward(x.Rows, 0), 1)
					for _, l := range tr.losses[:x.Rows] {
						sum += float64(l)
					}
					n.params[i] = old
					return sum / loss.divisor(x.Rows, 3)
				}
				// A loss has an error of about 2⁻²³ of itself.
				bound := 1e-3 * max(1, lossAt(0, n.params[0]))
				worst, kinks := 0.0, 0
				for i, w := range n.params {
					const h = 0x1p-8
					f0, f1, f2, b1, b2 := lossAt(i, w), lossAt(i, w+h/2), lossAt(i, w+h), lossAt(i, w-h/2), lossAt(i, w-h)
					// The quotients to the right and to the left differ by h·f″,
					// and by the jump of f′ if there is a kink between.
					if jump := 2*(f1-2*f0+b1)/(h/2) - (f2-2*f0+b2)/h; math.Abs(jump) > bound {
						kinks++
						continue
					}
					worst = max(worst, math.Abs(float64(tr.grads[i])-(f1-b1)/h))
				}
				if worst > bound || kinks > len(n.params)/10 {
					t.Errorf("hidden %v, output %v, %v: gradient off by %g, %d kinks", hidden, output, loss, worst, kinks)
				}
			}
		}
	}
	if cases != 14*(14*2+2+3) && !testing.Short() {
		t.Errorf("checked %d cases", cases)
	}
}

// trainingRun is a small training with all that can move a bit: every
// activation, a batch that does not divide the rows, L2, scalers, Adam.
func trainingRun(t testing.TB) (*Network, History) {
	x := randomMatrix(203, 6, 7)
	y := classTargets(x, 3)
	n := must(New(6, Dense(20, LeakyReLU(0.01)), Dense(17, Tanh), Dense(18, ELU(1)), Dense(9, Sigmoid), Dense(5, Softmax).Init(GlorotNormal), Dense(3, Softmax)))
	n.Reset(11)
	if err := n.SetScaler(Scaler{Shift: []float32{.1, .2, .3, .4, .5, .6}, Scale: []float32{1, 2, .5, 1.1, .9, .3}}); err != nil {
		t.Fatal(err)
	}
	hist, err := n.Fit(context.Background(), Dataset{X: x.Slice(0, 160), Y: y.Slice(0, 160)}, FitConfig{
		TrainConfig: TrainConfig{BatchSize: 32, Penalty: L2(1e-3), Seed: 3},
		Epochs:      5,
		Validation:  Dataset{X: x.Slice(160, 203), Y: y.Slice(160, 203)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, hist
}

// hashBits is FNV-1a over the bits of the parameters, low byte first on every
// machine.
func hashBits(params []float32) uint64 {
	h := fnv.New64a()
	for _, v := range params {
		u := math.Float32bits(v)
		h.Write([]byte{byte(u), byte(u >> 8), byte(u >> 16), byte(u >> 24)})
	}
	return h.Sum64()
}

// The hashes of trainingRun's weights, of its history, and of its model's
// predictions, on every GOARCH, with any GOMAXPROCS. If a change to kernels moves
// one, that change takes a new kernels.Version.
const (
	goldenRun         = 0x19940f7b50be5691
	goldenHistory     = 0x1e4f20dfe29f2e9
	goldenPredictions = 0x498bb086cc70c242
)

func TestSameBitsEverywhere(t *testing.T) {
	for _, procs := range []int{1, 2, 7} {
		old := runtime.GOMAXPROCS(procs)
		n, hist := trainingRun(t)
		runtime.GOMAXPROCS(old)
		if got := hashBits(n.params); got != goldenRun {
			t.Errorf("GOMAXPROCS=%d: weights hash to %#x, want %#x; losses %v", procs, got, uint64(goldenRun), hist)
		}
		var flat []float32
		for _, e := range hist {
			flat = append(flat, float32(e.Loss), float32(e.Accuracy), float32(e.ValLoss), float32(e.ValAccuracy))
		}
		if got := hashBits(flat); got != goldenHistory {
			t.Errorf("GOMAXPROCS=%d: history hashes to %#x, want %#x; %v", procs, got, uint64(goldenHistory), hist)
		}
		out := layout.NewMatrix(100, 3)
		n.Compile().PredictBatch(out, randomMatrix(100, 6, 77))
		if got := hashBits(out.Data); got != goldenPredictions {
			t.Errorf("GOMAXPROCS=%d: predictions hash to %#x, want %#x", procs, got, uint64(goldenPredictions))
		}
	}
}

// Nothing allocates after the set-up: steps with every optimiser and loss, with
// and without L2, evaluation, and prediction in every way.
func TestAllocations(t *testing.T) {
	x := randomMatrix(40, 6, 7)
	y := classTargets(x, 3)
	own := ownActivations(t)[0]
	networks := [][]Layer{
		{Dense(20, ReLU), Dense(5, Softmax)},
		{Dropout(0.1), Dense(20, Identity), BatchNorm(SiLU), Dropout(0.5), Dense(5, own).MaxNorm(1).Penalize(L1(0.01)), BatchNorm(Identity)},
		{BatchNorm(Identity), Dense(17, GELU), Dense(5, Identity), BatchNorm(LogSoftmax)},
	}
	for k, loss := range append(ownLosses(t), allLosses...) {
		for i, opt := range allOptimizers {
			out := Identity
			if strings.HasSuffix(loss.String(), "_probs") || loss.String() == "log_loss" {
				out = Softmax
			}
			n := must(New(6, append(slices.Clone(networks[(i+k)%3]), Dense(3, out))...))
			if err := n.SetScaler(Scaler{Shift: make([]float32, 6), Scale: []float32{1, 1, 1, 1, 1, 1}}); err != nil {
				t.Fatal(err)
			}
			c := TrainConfig{Loss: loss, Optimizer: opt, Penalty: L2(0.01), BatchSize: 40, MicroBatch: 7 + 33*(i%2)}
			d := Dataset{X: x, Y: y}
			if i%3 > 0 {
				c.ClipNorm, c.ClipValue, d.Weights = 0.5, 1, slices.Repeat([]float32{1, 2}, 20)
				if loss.classes() {
					c.LabelSmoothing = 0.1
				}
				if !multiLabel(loss) {
					c.ClassWeights = []float64{1, 2, 3}
				}
			}
			tr := must(NewTrainer(n, c))
			step := func() {
				tr.Step(d)
				tr.Evaluate(d)
				if _, _, err := tr.PartialFit(d); err != nil {
					t.Fatal(err)
				}
			}
			if a := testing.AllocsPerRun(3, step); a != 0 {
				t.Errorf("%v, %v, network %d: %g allocations a step", loss, opt, (i+k)%3, a)
			}
		}
	}
	n, _ := trainingRun(t)
	m := n.Compile()
	s := m.NewSession(16)
	dst, row := layout.NewMatrix(40, 3), make([]float32, 3)
	for name, f := range map[string]func(){
		"Model.Predict":      func() { m.Predict(row, x.Row(3)) },
		"Model.PredictBatch": func() { m.PredictBatch(dst, x) },
		"Session.Predict":    func() { s.Predict(dst, x) },
		"Model.Class":        func() { m.Class(row) },
	} {
		if a := testing.AllocsPerRun(100, f); a != 0 {
			t.Errorf("%s: %g allocations", name, a)
		}
	}
}

// An epoch of Fit allocates nothing: twenty epochs allocate as much as one.
func TestFitAllocations(t *testing.T) {
	x := randomMatrix(50, 4, 1)
	y := classTargets(x, 1)
	allocs := func(epochs int) float64 {
		n := must(New(4, Dense(5, Tanh), Dense(1, Sigmoid)))
		return testing.AllocsPerRun(3, func() {
			_, err := n.Fit(context.Background(), Dataset{X: x, Y: y}, FitConfig{Epochs: epochs, Validation: Dataset{X: x, Y: y}})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	if one, twenty := allocs(1), allocs(20); one != twenty {
		t.Errorf("1 epoch: %g allocations, 20 epochs: %g", one, twenty)
	}
}

// All four rows in every one of 60 runs. Without the penalty 23 of 600 runs end
// with two rows merged by saturated units, and 0 of 600 with it.
func TestFitXOR(t *testing.T) {
	x := layout.MatrixOf([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	y := layout.MatrixOf([]float32{0, 1, 1, 0}, 4, 1)
	for seed := range uint64(60) {
		n := must(New(2, Dense(4, Tanh), Dense(1, Sigmoid)))
		n.Reset(seed)
		hist, err := n.Fit(context.Background(), Dataset{X: x, Y: y}, FitConfig{
			TrainConfig: TrainConfig{Optimizer: Adam{LearningRate: 0.1}, Penalty: L2(1e-3), Seed: seed}, Epochs: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if last := hist[len(hist)-1]; last.Accuracy != 1 {
			t.Errorf("seed %d: accuracy %g, loss %g", seed, last.Accuracy, last.Loss)
		}
	}
}

func TestFitRegression(t *testing.T) {
	x := randomMatrix(256, 3, 5)
	y := layout.NewMatrix(256, 2)
	for i := range x.Rows {
		r := x.Row(i)
		y.Set(i, 0, 300+40*r[0]-20*r[1])
		y.Set(i, 1, -5+r[2]*r[0])
	}
	n := must(New(3, Dense(16, Tanh), Dense(2, Identity)))
	if err := n.SetTargetScaler(Scaler{Shift: []float32{300, -5}, Scale: []float32{1.0 / 45, 1}}); err != nil {
		t.Fatal(err)
	}
	hist := must(n.Fit(context.Background(), Dataset{X: x, Y: y}, FitConfig{Epochs: 200, TrainConfig: TrainConfig{Optimizer: Adam{LearningRate: 0.01}}}))
	if first, last := hist[0].Loss, hist[len(hist)-1].Loss; last > 0.02 || last > first/20 {
		t.Errorf("loss went from %g to %g", first, last)
	}
	// Predictions are in the units of the targets.
	m := n.Compile()
	sum := 0.0
	for i := range x.Rows {
		d := float64(m.Predict(nil, x.Row(i))[0] - y.At(i, 0))
		sum += d * d
	}
	if rmse := math.Sqrt(sum / 256); rmse > 5 {
		t.Errorf("RMSE %g", rmse)
	}
}

// A callback that stops after a step which left infinite weights does not hide
// that, and the weights from before come back.
func TestFitStopsAfterDivergence(t *testing.T) {
	x, y := randomMatrix(64, 4, 1), randomMatrix(64, 1, 2)
	n := must(New(4, Dense(8, ReLU), Dense(1, Identity)))
	good := slices.Clone(n.params)
	for _, stop := range []error{ErrStop, nil} {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		_, err := n.Fit(ctx, Dataset{X: x, Y: y}, FitConfig{
			Epochs: 9, TrainConfig: TrainConfig{Optimizer: SGD{LearningRate: 3e38}, BatchSize: 8},
			OnBatch: func(BatchEnd) error { cancel(); return stop },
		})
		var d *DivergedError
		if !errors.As(err, &d) || !slices.Equal(n.params, good) {
			t.Errorf("stopped by %v: error %v", stop, err)
		}
	}
	n.params[20] = float32(math.Inf(1))
	if _, err := n.Compile().WriteTo(io.Discard); err == nil {
		t.Error("a model with an infinite weight was written")
	}
}

// The documented order: epoch e takes the rows in the order of its own stream,
// each row once, the last batch being smaller.
func TestFitOrder(t *testing.T) {
	x := randomMatrix(23, 2, 1)
	y := classTargets(x, 1)
	a, b := must(New(2, Dense(1, Sigmoid))), must(New(2, Dense(1, Sigmoid)))
	c := FitConfig{TrainConfig: TrainConfig{BatchSize: 10, Seed: 5}, Epochs: 2}
	must(a.Fit(context.Background(), Dataset{X: x, Y: y}, c))
	tr := must(NewTrainer(b, c.TrainConfig))
	for e := range 2 {
		order := make([]int, 23)
		for i := range order {
			order[i] = i
		}
		kernels.Philox{Seed: 5, Stream: shuffleStream + uint64(e+1)}.Shuffle(order)
		for _, batch := range [][]int{order[:10], order[10:20], order[20:]} {
			bx, by := layout.NewMatrix(len(batch), 2), layout.NewMatrix(len(batch), 1)
			for i, r := range batch {
				copy(bx.Row(i), x.Row(r))
				copy(by.Row(i), y.Row(r))
			}
			tr.Step(Dataset{X: bx, Y: by})
		}
	}
	if !slices.Equal(a.params, b.params) {
		t.Error("other weights than by steps in the documented order")
	}
}

func TestFitBatches(t *testing.T) {
	x := randomMatrix(23, 2, 1)
	n := must(New(2, Dense(1, Sigmoid)))
	var ends []BatchEnd
	hist := must(n.Fit(context.Background(), Dataset{X: x, Y: classTargets(x, 1)}, FitConfig{
		TrainConfig: TrainConfig{BatchSize: 10}, Epochs: 2,
		OnBatch: func(b BatchEnd) error { ends = append(ends, b); return nil },
	}))
	if len(ends) != 6 || ends[5].Batch != 3 || ends[5].Batches != 3 || ends[5].Epoch != 2 || ends[5].Epochs != 2 {
		t.Errorf("batches: %+v", ends)
	}
	if last := ends[5]; last.Loss != hist[1].Loss || last.Accuracy != hist[1].Accuracy {
		t.Errorf("last batch %+v, epoch %+v", last, hist[1])
	}
	if !math.IsNaN(hist[0].ValLoss) || !math.IsNaN(hist[0].ValAccuracy) {
		t.Errorf("validation without data: %+v", hist[0])
	}
}

// A larger batch than there are rows is one batch of all rows.
func TestFitFullBatch(t *testing.T) {
	x := randomMatrix(5, 2, 1)
	y := classTargets(x, 1)
	params := func(c FitConfig) []float32 {
		n := must(New(2, Dense(3, Tanh), Dense(1, Sigmoid)))
		c.Epochs = 3
		must(n.Fit(context.Background(), Dataset{X: x, Y: y}, c))
		return n.params
	}
	a := params(FitConfig{TrainConfig: TrainConfig{BatchSize: math.MaxInt}, NoShuffle: true})
	b := params(FitConfig{TrainConfig: TrainConfig{BatchSize: 5}, NoShuffle: true})
	if !slices.Equal(a, b) {
		t.Error("different weights")
	}
}

func TestFitCancel(t *testing.T) {
	x := randomMatrix(64, 4, 1)
	y := classTargets(x, 1)
	n := must(New(4, Dense(5, Tanh), Dense(1, Sigmoid)))
	before := slices.Clone(n.params)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	hist, err := n.Fit(ctx, Dataset{X: x, Y: y}, FitConfig{
		TrainConfig: TrainConfig{BatchSize: 8}, Epochs: 100,
		OnBatch: func(b BatchEnd) error {
			if b.Epoch == 3 && b.Batch == 4 {
				cancel()
			}
			return nil
		},
	})
	if !errors.Is(err, context.Canceled) || len(hist) != 2 {
		t.Errorf("error %v, %d epochs", err, len(hist))
	}
	if slices.Equal(before, n.params) {
		t.Error("what was reached is lost")
	}
	ctx, cancel = context.WithCancel(context.Background())
	cancel()
	if hist, err := n.Fit(ctx, Dataset{X: x, Y: y}, FitConfig{Epochs: 1}); !errors.Is(err, context.Canceled) || len(hist) != 0 {
		t.Errorf("cancelled before: %v, %v", hist, err)
	}
}

func TestFitCallbacks(t *testing.T) {
	x := randomMatrix(64, 4, 1)
	data := Dataset{X: x, Y: classTargets(x, 1)}
	n := must(New(4, Dense(1, Sigmoid)))
	stop := func(e EpochEnd) error {
		if e.Epoch == 2 {
			return ErrStop
		}
		return nil
	}
	if hist, err := n.Fit(context.Background(), data, FitConfig{Epochs: 9, OnEpoch: stop}); err != nil || len(hist) != 2 {
		t.Errorf("ErrStop: %d epochs, error %v", len(hist), err)
	}
	mine := errors.New("mine")
	if hist, err := n.Fit(context.Background(), data, FitConfig{Epochs: 9, OnEpoch: func(EpochEnd) error { return mine }}); err != mine || len(hist) != 1 {
		t.Errorf("own error: %d epochs, error %v", len(hist), err)
	}
	if hist, err := n.Fit(context.Background(), data, FitConfig{Epochs: 9, OnBatch: func(BatchEnd) error { return mine }}); err != mine || len(hist) != 0 {
		t.Errorf("own error in a batch: %d epochs, error %v", len(hist), err)
	}
}

func TestFitDiverges(t *testing.T) {
	x := randomMatrix(64, 4, 1)
	y := randomMatrix(64, 1, 2)
	n := must(New(4, Dense(8, ReLU), Dense(1, Identity)))
	good := slices.Clone(n.params)
	c := FitConfig{Epochs: 50, TrainConfig: TrainConfig{Optimizer: SGD{LearningRate: 1e6}, BatchSize: 16}}
	c.OnEpoch = func(EpochEnd) error { good = slices.Clone(n.params); return nil }
	hist, err := n.Fit(context.Background(), Dataset{X: x, Y: y}, c)
	var d *DivergedError
	if !errors.As(err, &d) || d.Epoch != len(hist)+1 || d.Batch < 1 || !strings.Contains(err.Error(), fmt.Sprintf("epoch %d, batch %d", d.Epoch, d.Batch)) {
		t.Fatalf("error %v after %d epochs", err, len(hist))
	}
	if !slices.Equal(good, n.params) {
		t.Error("the network has not the weights of the last good epoch")
	}
	// One step that leaves a finite loss behind and infinite weights ahead.
	c.Epochs, c.BatchSize, c.Optimizer, c.OnEpoch = 1, 64, SGD{LearningRate: 3e38}, nil
	if _, err := n.Fit(context.Background(), Dataset{X: x, Y: y}, c); !errors.As(err, &d) || d.Batch != 0 {
		t.Errorf("error %v", err)
	}
}

func TestFitRefuses(t *testing.T) {
	x, y := randomMatrix(8, 2, 1), layout.NewMatrix(8, 1)
	bad := func(m layout.Matrix, i, j int, v float32) layout.Matrix {
		c := layout.NewMatrix(m.Rows, m.Cols)
		copy(c.Data, m.Data)
		c.Set(i, j, v)
		return c
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		data Dataset
		c    FitConfig
		want string
	}{
		{Dataset{X: x, Y: y}, FitConfig{}, "0 epochs"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: -3}, "-3 epochs"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{BatchSize: -1}}, "batch size -1"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Penalty: L2(-1)}}, "L2 -1"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Penalty: L2(math.NaN())}}, "L2 NaN"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Loss: CrossEntropy}}, "cross_entropy: outputs of activation sigmoid"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: Adam{LearningRate: -1}}}, "learning rate -1"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: Adam{LearningRate: math.Inf(1)}}}, "learning rate +Inf"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: Adam{Beta1: 1}}}, "beta1 1"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: Adam{Beta2: 1 - 1e-12}}}, "beta2"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: Adam{Epsilon: 1e-50}}}, "epsilon 1e-50"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: SGD{Momentum: 1}}}, "momentum 1"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: Adam{Epsilon: 1e-20}}}, "epsilon 1e-20"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: SGD{Nesterov: true}}}, "nesterov needs a momentum"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: SGD{LearningRate: 1e-44}}}, "learning rate 1e-44"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: RMSprop{Rho: -1}}}, "rho -1"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: Adagrad{Momentum: 2}}}, "momentum 2"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: HeavyBall{Momentum: -2}}}, "momentum -2"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: Lion{WeightDecay: -2}}}, "weight decay -2"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Optimizer: Adam{WeightDecay: 1e9}}}, "weight decay 1e+09"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, TrainConfig: TrainConfig{Penalty: L2(1e-44)}}, "L2 1e-44"},
		{Dataset{}, FitConfig{Epochs: 1}, "no rows"},
		{Dataset{X: x, Y: y.Slice(0, 7)}, FitConfig{Epochs: 1}, "8 rows of X, 7 of Y"},
		{Dataset{X: y, Y: y}, FitConfig{Epochs: 1}, "1 features, the network has 2 inputs"},
		{Dataset{X: x, Y: x}, FitConfig{Epochs: 1}, "2 targets, the network has 1 outputs"},
		{Dataset{X: layout.Matrix{Data: x.Data, Rows: 9, Cols: 2, Stride: 2}, Y: y}, FitConfig{Epochs: 1}, "not a valid matrix"},
		{Dataset{X: bad(x, 3, 1, nan), Y: y}, FitConfig{Epochs: 1}, "feature 1 of row 3 is NaN"},
		{Dataset{X: x, Y: bad(y, 5, 0, inf)}, FitConfig{Epochs: 1}, "target 0 of row 5 is +Inf"},
		{Dataset{X: x, Y: bad(y, 5, 0, 2)}, FitConfig{Epochs: 1}, "target (5, 0) is 2"},
		{Dataset{X: x, Y: y}, FitConfig{Epochs: 1, Validation: Dataset{X: x, Y: y.Slice(0, 3)}}, "validation data: 8 rows of X, 3 of Y"},
	} {
		n := must(New(2, Dense(1, Sigmoid)))
		before := slices.Clone(n.params)
		hist, err := n.Fit(context.Background(), c.data, c.c)
		if err == nil || !strings.Contains(err.Error(), c.want) || len(hist) != 0 {
			t.Errorf("error %v, want %q", err, c.want)
		}
		if !slices.Equal(before, n.params) {
			t.Errorf("%q: the network changed", c.want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		inputs int
		layers []Layer
		want   string
	}{
		{0, []Layer{Dense(1, Identity)}, "0 inputs"},
		{-1, []Layer{Dense(1, Identity)}, "-1 inputs"},
		{1, nil, "no layers"},
		{1, []Layer{Dense(2, ReLU), Dense(0, Identity)}, "layer 1: 0 units"},
		{1, []Layer{Dense(-2, ReLU)}, "layer 0: -2 units"},
		{1, []Layer{Dense(math.MaxInt, ReLU)}, "less than 2³¹ parameters"},
		{1 << 20, []Layer{Dense(1<<20, ReLU)}, "less than 2³¹ parameters"},
		{math.MaxInt - 1, []Layer{Dense(1, ReLU)}, "less than 2³¹ parameters"},
		{1, []Layer{Dense(1, LeakyReLU(-1))}, "leaky_relu(-1): the parameter"},
		{1, []Layer{Dense(1, ELU(float32(math.NaN())))}, "the parameter must be finite"},
		{1, []Layer{Dense(1, ReLU).Init(Normal(math.Inf(1)))}, "standard deviation +Inf"},
		{1, []Layer{Dense(1, ReLU).Init(Normal(-1))}, "standard deviation -1"},
	} {
		if _, err := New(c.inputs, c.layers...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("New(%d, …): %v, want %q", c.inputs, err, c.want)
		}
	}
}

// Initial weights have the documented distribution, the biases are zero.
func TestInitializers(t *testing.T) {
	const in, out = 300, 200
	for _, c := range []struct {
		init    Initializer
		std     float64
		uniform bool
	}{
		{GlorotUniform, math.Sqrt(2.0 / (in + out)), true},
		{GlorotNormal, math.Sqrt(2.0 / (in + out)), false},
		{HeUniform, math.Sqrt(2.0 / in), true},
		{HeNormal, math.Sqrt(2.0 / in), false},
		{LeCunUniform, math.Sqrt(1.0 / in), true},
		{LeCunNormal, math.Sqrt(1.0 / in), false},
		{Normal(0.3), 0.3, false},
		{Normal(0), 0, false},
	} {
		n := must(New(in, Dense(out, Tanh).Init(c.init)))
		w, b := n.Weights(0)
		var sum, sum2, top float64
		for _, v := range w.Data {
			sum += float64(v)
			sum2 += float64(v) * float64(v)
			top = max(top, math.Abs(float64(v)))
		}
		count := float64(len(w.Data))
		if std := math.Sqrt(sum2 / count); math.Abs(std-c.std) > 0.01*c.std {
			t.Errorf("%v: standard deviation %g, want %g", c.init, std, c.std)
		}
		if mean := sum / count; math.Abs(mean) > 4*c.std/math.Sqrt(count) {
			t.Errorf("%v: mean %g", c.init, mean)
		}
		if bound := math.Sqrt(3) * c.std; c.uniform && (top > bound*(1+1e-6) || top < 0.99*bound) {
			t.Errorf("%v: greatest weight %g, want up to %g", c.init, top, bound)
		}
		for _, v := range b {
			if v != 0 {
				t.Fatalf("%v: bias %g", c.init, v)
			}
		}
	}
	a, b := must(New(3, Dense(4, ReLU))), must(New(3, Dense(4, ReLU)))
	b.Reset(1)
	if slices.Equal(a.params, b.params) {
		t.Error("two seeds, the same weights")
	}
	if b.Reset(0); !slices.Equal(a.params, b.params) {
		t.Error("the same seed, other weights")
	}
}

func TestSummary(t *testing.T) {
	n, _ := trainingRun(t)
	s := n.Summary()
	for _, want := range []string{"6 → 20", "leaky_relu(0.01)", "140", "(x − shift)·scale", "softmax", fmt.Sprint(n.Parameters(), " parameters")} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in\n%s", want, s)
		}
	}
}

// Hidden outputs below 2⁻⁶³ are zero for the next layer, in prediction and in
// training; at 2⁻⁶³ they are not, and the last layer's are never.
func TestHiddenOutputsAreFlushed(t *testing.T) {
	for _, act := range []Activation{Identity, ReLU, LeakyReLU(0.5), SiLU} {
		for _, c := range []struct{ w, want float32 }{{0x1p-62, 0x1p-3}, {0x1p-63, 0x1p-4}, {0x1.fffffep-64, 0}} {
			n := must(New(1, Dense(1, act), Dense(1, Identity)))
			if act == SiLU {
				c.want /= 2
				if c.w == 0x1p-63 {
					c.want = 0 // SiLU(2⁻⁶³) is half of it
				}
			}
			for i, w := range []float32{c.w, 0x1p59} {
				if err := n.SetWeights(i, layout.MatrixOf([]float32{w}, 1, 1), []float32{0}); err != nil {
					t.Fatal(err)
				}
			}
			n.layers[0].w.SetWeight(0, 0, c.w) // past the flush of SetWeights
			x := layout.MatrixOf([]float32{1}, 1, 1)
			tr := must(NewTrainer(n, TrainConfig{}))
			tr.load(Dataset{X: x, Y: x}, nil, 0, 1, true)
			got := tr.forward(1, 0).At(0, 0)
			if p := n.Compile().Predict(nil, []float32{1})[0]; p != c.want || got != c.want {
				t.Errorf("%v, hidden output %g: predicts %g, in training %g, want %g", act, c.w, p, got, c.want)
			}
		}
	}
}

// Every store of a weight flushes it: SetWeights, Reset, loading a file.
func TestWeightsAreFlushed(t *testing.T) {
	n := must(New(1, Dense(2, Identity).Init(Normal(0x1p-66))))
	if n.params[16] != 0 {
		t.Errorf("initial weight %g", n.params[16])
	}
	if err := n.SetWeights(0, layout.MatrixOf([]float32{0x1.fffffep-64, 0x1p-63}, 1, 2), []float32{0, 0}); err != nil {
		t.Fatal(err)
	}
	if n.params[16] != 0 || n.params[17] != 0x1p-63 {
		t.Errorf("set weights %g", n.params[16:18])
	}
	n.params[16] = 0x1p-70
	if m := must(Parse(modelBytes(t, n.Compile()))); m.params[16] != 0 || m.params[17] != 0x1p-63 {
		t.Errorf("loaded weights %g", m.params[16:18])
	}
}

// The sides of ½, of a probability and of a logit, at the boundary.
func TestRightRow(t *testing.T) {
	for _, c := range []struct {
		z, t     []float32
		sigmoids bool
		want     bool
	}{
		{[]float32{0.5}, []float32{0}, false, true}, {[]float32{0.5}, []float32{1}, false, false},
		{[]float32{0.6}, []float32{1}, false, true},
		{[]float32{0}, []float32{0}, true, true}, {[]float32{0.3}, []float32{1}, true, true}, {[]float32{0.3}, []float32{0}, true, false},
		{[]float32{1, -1}, []float32{1, 0}, true, true}, {[]float32{1, 1}, []float32{1, 0}, true, false},
		{[]float32{1, 2}, []float32{0, 1}, false, true}, {[]float32{float32(math.NaN())}, []float32{0}, true, false},
	} {
		if got := rightRow(c.z, c.t, c.sigmoids, c.sigmoids); got != c.want {
			t.Errorf("rightRow(%v, %v, %v) = %v", c.z, c.t, c.sigmoids, got)
		}
	}
}

// Evaluate is the mean over all rows, however many batches they take.
func TestEvaluate(t *testing.T) {
	x := randomMatrix(45, 3, 4)
	y := classTargets(x, 3)
	n := must(New(3, Dense(4, Tanh), Dense(3, Softmax)))
	one, many := must(NewTrainer(n, TrainConfig{BatchSize: 45})), must(NewTrainer(n, TrainConfig{BatchSize: 7}))
	l1, a1 := one.Evaluate(Dataset{X: x, Y: y})
	l2, a2 := many.Evaluate(Dataset{X: x, Y: y})
	if math.Abs(l1-l2) > 1e-6 || a1 != a2 || a1 == 0 {
		t.Errorf("one batch: %g, %g; many: %g, %g", l1, a1, l2, a2)
	}
}

// The flush rule leaves training alone: gradients that vanish through ten
// sigmoid layers still arrive, and Adam with ε = 10⁻¹² makes use of them.
func TestFlushIsHarmless(t *testing.T) {
	layers := []Layer{}
	for range 10 {
		layers = append(layers, Dense(8, Sigmoid))
	}
	layers = append(layers, Dense(1, Sigmoid))
	x := randomMatrix(32, 4, 1)
	y := classTargets(x, 1)
	n := must(New(4, layers...))
	tr := must(NewTrainer(n, TrainConfig{Optimizer: Adam{Epsilon: 1e-12}}))
	before, _ := n.Weights(0)
	tr.Step(Dataset{X: x, Y: y})
	for _, p := range tr.layers[0].g.Data[16:] {
		if p != 0 {
			after, _ := n.Weights(0)
			moved := math.Abs(float64(after.Data[0] - before.Data[0]))
			if moved < 0.0009 || moved > 0.0011 {
				t.Errorf("first step of Adam moved a weight by %g, want the learning rate 0.001", moved)
			}
			return
		}
	}
	t.Error("no gradient reached the first layer")
}
