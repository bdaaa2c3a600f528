package ffnn

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
	"github.com/hadamard-go/hadamard/internal/safetensors"
	"github.com/hadamard-go/hadamard/layout"
)

// Whole trainings by the Keras API (tfjs-layers 4.22, float32): its L2, its
// optimisers' constants, the loss that includes the penalty, after each epoch.
func TestKeras(t *testing.T) {
	dirs, _ := filepath.Glob("testdata/keras_tfjs/*")
	if len(dirs) != 8 {
		t.Fatalf("%d cases", len(dirs))
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) { testKeras(t, dir) })
	}
}

func testKeras(t *testing.T, dir string) {
	var c struct {
		NIn          int `json:"nin"`
		Units        []int
		Activations  []string
		L2           []float64
		Optimizer    string
		LR           float64
		Loss         string
		Batch        int
		Epochs       int
		LossPerEpoch []float64 `json:"loss_per_epoch"`
		AccPerEpoch  []float64 `json:"acc_per_epoch"`
		Evaluate     [2]float64
	}
	text, err := os.ReadFile(filepath.Join(dir, "case.json"))
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	trace := tracer{t, must(safetensors.ReadFile(filepath.Join(dir, "tensors.safetensors")))}
	var layers []Layer
	for i, units := range c.Units {
		name := c.Activations[i]
		if name == "linear" {
			name = "identity"
		}
		layers = append(layers, Dense(units, must(ParseActivation(name, 1))).Penalize(KerasL2(c.L2[i])))
	}
	n := must(New(c.NIn, layers...))
	for i := range layers {
		b, _ := trace.get(fmt.Sprintf("init.b%d", i))
		if err := n.SetWeights(i, trace.matrix(fmt.Sprintf("init.W%d", i)), golden.Float32(b)); err != nil {
			t.Fatal(err)
		}
	}
	opt := map[string]Optimizer{
		"sgd":      SGD{LearningRate: c.LR},
		"momentum": SGD{LearningRate: c.LR, Momentum: 0.9},
		"adam":     Adam{LearningRate: c.LR, Epsilon: 1e-7},
		"rmsprop":  RMSprop{LearningRate: c.LR, Rho: 0.9, Epsilon: 1e-7, EpsilonInside: true},
		"adagrad":  Adagrad{LearningRate: c.LR, Epsilon: 1e-7, EpsilonInside: true, InitialAccumulator: 0.1},
	}[c.Optimizer]
	loss := map[string]Loss{"binaryCrossentropy": BinaryCrossEntropy, "categoricalCrossentropy": CrossEntropy, "meanSquaredError": MSE}[c.Loss]
	train := Dataset{X: trace.matrix("X"), Y: trace.matrix("T")}
	config := TrainConfig{Loss: loss, Optimizer: opt, BatchSize: c.Batch}
	tr := must(NewTrainer(n, config))
	// The mean of an epoch includes the penalty of each step, weighted by rows.
	for e := range c.Epochs {
		var sum float64
		for from := 0; from < train.X.Rows; from += c.Batch {
			to := min(from+c.Batch, train.X.Rows)
			penalty := tr.PenaltyValue()
			l := tr.Step(Dataset{X: train.X.Slice(from, to), Y: train.Y.Slice(from, to)})
			sum += (l + penalty) * float64(to-from)
		}
		if got, want := sum/float64(train.X.Rows), c.LossPerEpoch[e]; math.Abs(got-want) > 5e-6 {
			t.Errorf("epoch %d: loss %.7f, want %.7f", e, got, want)
		}
		for i := range layers {
			name := fmt.Sprintf("epoch%d.W%d", e, i)
			if _, ok := trace.f.Tensor(name); !ok {
				continue
			}
			w, b := n.Weights(i)
			wantB, _ := trace.get(fmt.Sprintf("epoch%d.b%d", e, i))
			near(t, name, w, trace.matrix(name))
			near(t, fmt.Sprintf("epoch%d.b%d", e, i), layout.MatrixOf(b, 1, len(b)), layout.MatrixOf(golden.Float32(wantB), 1, len(b)))
		}
	}
	p := layout.NewMatrix(train.X.Rows, n.Outputs())
	n.Compile().PredictBatch(p, train.X)
	near(t, "pred", p, trace.matrix("pred"))
	l, acc := tr.Evaluate(train)
	if math.Abs(l-c.Evaluate[0]) > 5e-6 || loss != MSE && math.Abs(acc-c.Evaluate[1]) > 1e-6 {
		t.Errorf("evaluation: %.7f and %.7f, want %.7f", l, acc, c.Evaluate)
	}

	// Fit does the same.
	again := must(New(c.NIn, layers...))
	for i := range layers {
		b, _ := trace.get(fmt.Sprintf("init.b%d", i))
		if err := again.SetWeights(i, trace.matrix(fmt.Sprintf("init.W%d", i)), golden.Float32(b)); err != nil {
			t.Fatal(err)
		}
	}
	must(again.Fit(context.Background(), train, FitConfig{TrainConfig: config, Epochs: c.Epochs, NoShuffle: true}))
	if hashBits(again.params) != hashBits(n.params) {
		t.Error("Fit gives other weights than the same steps")
	}
}

// near compares with Keras' float32, which is within 5e-6 of another order of
// the same sums.
func near(t *testing.T, name string, got, want layout.Matrix) {
	t.Helper()
	for i := range want.Rows {
		for j, w := range want.Row(i) {
			if d := got.At(i, j) - w; !(d <= 5e-6 && d >= -5e-6) {
				t.Fatalf("%s: element (%d, %d) is %g, want %g", name, i, j, got.At(i, j), w)
			}
		}
	}
}
