package ffnn

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// historyBits hashes all numbers of a history.
func historyBits(h History) uint64 {
	sum := fnv.New64a()
	for _, e := range h {
		for _, x := range e.numbers() {
			sum.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(*x)))
		}
	}
	return sum.Sum64()
}

// PyTorch's dropout with given masks, through the operation: here masks come
// from a generator, so that one row of the network is as good as another.
func TestDropoutGolden(t *testing.T) {
	var file struct {
		Dropout []struct {
			P            float64
			X, Y, DY, DX golden.Array
			Mask         golden.Array `json:"keep_mask"`
		}
	}
	golden.Read(t, "testdata/layers.json", &file)
	if len(file.Dropout) != 2 {
		t.Fatalf("%d cases", len(file.Dropout))
	}
	for i, c := range file.Dropout {
		// The mask has to be found in the generator's, an element at a time.
		n := must(New(1, Dropout(c.P), Dense(1, Identity)))
		tr := must(NewTrainer(n, TrainConfig{BatchSize: 1}))
		x, y := layout.NewMatrix(1, 1), layout.NewMatrix(1, 1)
		for k, keep := range c.Mask.Data {
			for _, pass := range []struct {
				name     string
				in, want float64
			}{{"y", c.X.Data[k], c.Y.Data[k]}, {"dx", c.DY.Data[k], c.DX.Data[k]}} {
				x.Data[0] = float32(pass.in)
				for tr.seen = 0; tr.seen < 1000; tr.seen++ {
					tr.drop(0, y, x, 0)
					if kept := y.Data[0] != 0; kept == (keep != 0) {
						break
					}
				}
				golden.Close(t, fmt.Sprintf("case %d, %s %d", i, pass.name, k), y.Data, []float64{pass.want}, 1e-6, 0)
			}
		}
	}
}

// The masks: their share of zeros, their independence of each other.
func TestDropoutMasks(t *testing.T) {
	const rows, cols, steps = 32, 20, 200
	for _, rate := range []float64{0.1, 0.5, 0.9} {
		n := must(New(cols, Dropout(rate), Dropout(rate), Dense(cols, Identity), Dropout(rate), Dense(1, Identity)))
		tr := must(NewTrainer(n, TrainConfig{BatchSize: rows, Seed: 1}))
		ones, y := layout.NewMatrix(rows, cols), layout.NewMatrix(rows, cols)
		for i := range ones.Data {
			ones.Data[i] = 1
		}
		sum, count := 0.0, 0.0
		seen := map[uint64]string{}
		perColumn := make([]float64, cols)
		for s := range steps {
			for _, layer := range []int{0, 1, 3} {
				tr.drop(layer, y, ones, 0)
				for i, v := range y.Data {
					if v != 0 && v != float32(1/(1-rate)) {
						t.Fatalf("an element became %g", v)
					}
					sum += float64(v)
					count++
					perColumn[i%cols] += float64(v)
				}
				here := fmt.Sprintf("layer %d in step %d", layer, s)
				if before, ok := seen[hashBits(y.Data)]; ok {
					t.Errorf("rate %g: %s has the mask of %s", rate, here, before)
				}
				seen[hashBits(y.Data)] = here
			}
			tr.seen += rows
		}
		// One element has the variance rate/(1−rate); five deviations.
		sigma := math.Sqrt(rate / (1 - rate))
		if mean := sum / count; math.Abs(mean-1) > 5*sigma/math.Sqrt(count) {
			t.Errorf("rate %g: the mean is %g", rate, mean)
		}
		for j, sum := range perColumn {
			if mean := sum / (count / cols); math.Abs(mean-1) > 5*sigma/math.Sqrt(count/cols) {
				t.Errorf("rate %g: the mean of column %d is %g", rate, j, mean)
			}
		}
		// Another seed, another mask; the same row in another batch, the same.
		tr.seen = 0
		tr.drop(0, y, ones, 0)
		a := slices.Clone(y.Data)
		other := must(NewTrainer(n, TrainConfig{BatchSize: rows, Seed: 2}))
		if other.drop(0, y, ones, 0); slices.Equal(a, y.Data) {
			t.Errorf("rate %g: two seeds, one mask", rate)
		}
		tr.seen = 7
		tr.drop(0, y.Slice(0, 5), ones.Slice(0, 5), 4)
		if !slices.Equal(a[11*cols:16*cols], y.Data[:5*cols]) {
			t.Errorf("rate %g: rows 11 to 15 have other masks when they come as 7 + 4 to 8", rate)
		}
	}
}

// trainBits trains a network on 100 rows of which 32 make a batch, and returns
// the hashes of its weights, history, and predictions.
func trainBits(t *testing.T, c FitConfig, layers ...Layer) [3]uint64 {
	t.Helper()
	x := randomMatrix(140, 6, 7)
	y := classTargets(x, 3)
	n := must(New(6, layers...))
	d := Dataset{X: x.Slice(0, 100), Y: y.Slice(0, 100)}
	for i := range 100 {
		d.Weights = append(d.Weights, float32(i%5)/2)
	}
	c.Epochs, c.BatchSize, c.Seed = 3, 32, 4
	c.Validation = Dataset{X: x.Slice(100, 140), Y: y.Slice(100, 140), Weights: d.Weights[20:60]}
	hist, err := n.Fit(context.Background(), d, c)
	if err != nil {
		t.Fatal(err)
	}
	p := layout.NewMatrix(140, 3)
	n.Compile().PredictBatch(p, x)
	return [3]uint64{hashBits(n.params), historyBits(hist), hashBits(p.Data)}
}

// The bits of a training do not depend on how batches are split.
func TestMicroBatchBits(t *testing.T) {
	layers := []Layer{Dropout(0.1), Dense(20, SiLU).MaxNorm(1), Dropout(0.5), Dense(7, Tanh).Penalize(Penalty{L1: 1e-3, L2: 1e-2}), Dense(3, Softmax)}
	for name, c := range map[string]FitConfig{
		"plain":         {},
		"class weights": {TrainConfig: TrainConfig{ClassWeights: []float64{0.5, 0, 3}}},
		"clipping":      {TrainConfig: TrainConfig{ClipNorm: 0.1, ClipValue: 0.05}},
		"all":           {TrainConfig: TrainConfig{ClassWeights: []float64{1, 2, 3}, ClipNorm: 0.2, LabelSmoothing: 0.1, Penalty: Penalty{1e-4, 1e-3}, Optimizer: NAdam{}}, Schedule: Cosine{}},
		"mae":           {TrainConfig: TrainConfig{Loss: MAE, Optimizer: SGD{Momentum: 0.9}}},
	} {
		want := trainBits(t, c, layers...)
		for _, micro := range []int{1, 3, 7, 31, 32, 1000} {
			c.MicroBatch = micro
			if got := trainBits(t, c, layers...); got != want {
				t.Errorf("%s: micro-batches of %d: weights, history, predictions %x, want %x", name, micro, got, want)
			}
		}
	}
	// With BatchNorm they do: else this test could not fail.
	norm := []Layer{Dense(20, Identity), BatchNorm(ReLU), Dense(3, Softmax)}
	if trainBits(t, FitConfig{}, norm...) == trainBits(t, FitConfig{TrainConfig: TrainConfig{MicroBatch: 7}}, norm...) {
		t.Error("BatchNorm sees the whole batch")
	}
}

// A rate of 0 is no layer; any rate leaves predictions alone.
func TestDropoutIsNothing(t *testing.T) {
	without := trainBits(t, FitConfig{}, Dense(20, ReLU), Dense(3, Softmax))
	if got := trainBits(t, FitConfig{}, Dropout(0), Dense(20, ReLU), Dropout(0), Dropout(0), Dense(3, Softmax)); got != without {
		t.Errorf("rate 0: %x, want %x", got, without)
	}
	if got := trainBits(t, FitConfig{}, Dense(20, ReLU), Dropout(1e-6), Dense(3, Softmax)); got == without {
		t.Error("rate 10⁻⁶ does nothing, not even scale")
	}
	x := randomMatrix(50, 6, 1)
	a, b := must(New(6, Dropout(0.3), Dense(20, ReLU), Dropout(0.9), Dense(3, Softmax))), must(New(6, Dense(20, ReLU), Dense(3, Softmax)))
	p, q := layout.NewMatrix(50, 3), layout.NewMatrix(50, 3)
	a.Compile().PredictBatch(p, x)
	b.Compile().PredictBatch(q, x)
	if !slices.Equal(p.Data, q.Data) || slices.Equal(p.Data, make([]float32, 150)) {
		t.Error("dropout changes predictions")
	}
}

// PyTorch's clipping of given gradients, by the step of plain gradient descent
// that they make.
func TestClipGolden(t *testing.T) {
	var file struct {
		Clip []struct {
			Kind    string
			Max     float64
			In, Out []golden.Array
		}
	}
	golden.Read(t, "testdata/layers.json", &file)
	if len(file.Clip) != 6 {
		t.Fatalf("%d cases", len(file.Clip))
	}
	for i, c := range file.Clip {
		// 3 × 2 weights, and 4 that are biases of other layers.
		n := must(New(3, Dense(2, Identity).Init(Normal(0)), Dense(2, Identity).Init(Normal(0))))
		config := TrainConfig{Optimizer: SGD{LearningRate: 1}, ClipValue: c.Max}
		if c.Kind == "global_norm" {
			config.ClipNorm, config.ClipValue = c.Max, 0
		}
		tr := must(NewTrainer(n, config))
		set := func(g layout.Panels, k int, v float64) {
			if k < 6 {
				g.SetWeight(k/2, k%2, float32(v))
			} else {
				g.SetBias(k-6, float32(v))
			}
		}
		for k, v := range c.In[0].Data {
			set(tr.layers[0].g, k, v)
		}
		for k, v := range c.In[1].Data {
			set(tr.layers[k/2].g, 6+k%2, v)
		}
		tr.update()
		w, _ := n.Weights(0)
		_, b0 := n.Weights(0)
		_, b1 := n.Weights(1)
		got, want := append(append(slices.Clone(w.Data), b0...), b1...), slices.Concat(c.Out[0].Data, c.Out[1].Data)
		for k := range want {
			want[k] = -want[k]
		}
		golden.Close(t, fmt.Sprintf("case %d, %s %g", i, c.Kind, c.Max), got, want, 1e-6, 0)
	}
}

// Clipped gradients stay within their bounds whatever they are, and keep their
// direction where the norm is bounded.
func TestClipExtremes(t *testing.T) {
	for _, bound := range []float64{1e-10, 1, 1e10} {
		for _, size := range []float32{0, 1e-30, 1, 1e15, 1e18, 1e30} {
			for _, byNorm := range []bool{false, true} {
				n := must(New(20, Dense(20, Identity), BatchNorm(Identity), Dense(1, Identity)))
				c := TrainConfig{ClipValue: bound}
				if byNorm {
					c = TrainConfig{ClipNorm: bound}
				}
				tr := must(NewTrainer(n, c))
				kernels.Philox{Seed: 1}.Normal(tr.grads, 0)
				for i := range tr.grads {
					tr.grads[i] *= size
				}
				before := slices.Clone(tr.grads)
				tr.update()
				sum, same := 0.0, true
				for i, g := range tr.grads {
					sum += float64(g) * float64(g)
					same = same && g == before[i]
					if !byNorm && !(math.Abs(float64(g)) <= bound*(1+1e-6)) || !finite(g) {
						t.Fatalf("bound %g, gradients of %g: one is %g", bound, size, g)
					}
				}
				if norm := math.Sqrt(sum); byNorm && !(norm <= bound*(1+1e-5)) {
					t.Errorf("bound %g, gradients of %g: the norm is %g", bound, size, norm)
				} else if byNorm && size >= 1 && bound == 1 && norm < 0.999 {
					t.Errorf("bound %g, gradients of %g: the norm is only %g", bound, size, norm)
				}
				if float64(size)*100 < bound && bound > 1e-6 && !same {
					t.Errorf("bound %g, gradients of %g: they changed", bound, size)
				}
				if !n.finite() {
					t.Errorf("bound %g, gradients of %g: infinite weights", bound, size)
				}
			}
		}
	}
}
