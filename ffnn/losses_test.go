package ffnn

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
	"github.com/hadamard-go/hadamard/layout"
)

// PyTorch's losses and their gradients in float64: through the loss itself, and
// through the step of a network that gives its inputs.
func TestLossesGolden(t *testing.T) {
	var file struct {
		Std []struct {
			Loss          string
			Input, Target golden.Array
			Grad          golden.Array
			Value, Delta  float64
			Smoothing     float64 `json:"label_smoothing"`
			Note          string
		}
	}
	golden.Read(t, "testdata/losses.json", &file)
	if len(file.Std) != 40 {
		t.Fatalf("%d cases", len(file.Std))
	}
	for i, c := range file.Std {
		loss, ok := map[string]Loss{"mse_mean": MSE, "ols_sum_per_row": MSERows, "mae_mean": MAE, "huber_mean": Huber(c.Delta),
			"bce_mean": BinaryCrossEntropyProbs, "bce_with_logits_mean": BinaryCrossEntropy, "cross_entropy_logits_mean": CrossEntropy}[c.Loss]
		if !ok {
			t.Fatalf("no loss %s", c.Loss)
		}
		name := fmt.Sprintf("case %d, %s %s", i, c.Loss, c.Note)
		rows, cols := c.Input.Shape[0], c.Input.Shape[1]
		x, y := layout.MatrixOf(c.Input.Float32(), rows, cols), layout.MatrixOf(c.Target.Float32(), rows, cols)
		divisor := loss.divisor(rows, cols)
		if c.Smoothing == 0 {
			losses, grad := make([]float32, rows), layout.NewMatrix(rows, cols)
			loss.compute(losses, grad, x, y, 1/divisor)
			sum := 0.0
			for _, l := range losses {
				sum += float64(l)
			}
			golden.Close(t, name, []float32{float32(sum / divisor)}, []float64{c.Value}, 1e-5, 0)
			golden.Close(t, name+", gradient", grad.Data, c.Grad.Data, 1e-5, 0)
		}
		if loss == BinaryCrossEntropyProbs {
			continue // not from the identity
		}
		n := must(New(cols, Dense(cols, Identity)))
		one := layout.NewMatrix(cols, cols)
		for j := range cols {
			one.Set(j, j, 1)
		}
		if err := n.SetWeights(0, one, make([]float32, cols)); err != nil {
			t.Fatal(err)
		}
		tr := must(NewTrainer(n, TrainConfig{Loss: loss, LabelSmoothing: c.Smoothing}))
		sum := tr.gradients(Dataset{X: x, Y: y}, nil, 0, rows)
		golden.Close(t, name+" by a step", []float32{float32(sum / divisor)}, []float64{c.Value}, 1e-5, 0)
		var flat []float32
		for r := range rows {
			flat = append(flat, tr.layers[0].delta.Row(r)...)
		}
		golden.Close(t, name+", gradient by a step", flat, c.Grad.Data, 1e-5, 0)
	}
}

var allLosses = []Loss{MSE, MSERows, MAE, Huber(0.5), BinaryCrossEntropy, CrossEntropy, BinaryCrossEntropyProbs, CrossEntropyProbs}

// The gradients of every loss with every output activation that it takes, rows
// and classes weighted, targets smoothed and scaled.
func TestLossGradients(t *testing.T) {
	x := randomMatrix(7, 4, 1)
	cases := 0
	for _, loss := range allLosses {
		for _, output := range hiddenActivations {
			for _, outputs := range []int{1, 3} {
				n := must(New(4, Dense(5, Tanh), Dense(outputs, output)))
				d := Dataset{X: x, Y: classTargets(x, outputs)}
				soft := layout.NewMatrix(7, outputs)
				for i := range soft.Data {
					soft.Data[i] = 0.1 + 0.8*d.Y.Data[i]/float32(outputs)
				}
				weights := []float32{1, 0, 2.5, 1, 0.1, 3, 1}
				classes := []float64{0.5, 2, 1.5}[:max(outputs, 2)]
				for name, v := range map[string]struct {
					c TrainConfig
					d Dataset
					s Scaler
				}{
					"plain":          {d: d},
					"soft":           {d: Dataset{X: x, Y: soft}},
					"weighted":       {d: Dataset{X: x, Y: d.Y, Weights: weights}},
					"class weights":  {c: TrainConfig{ClassWeights: classes}, d: d},
					"both, soft":     {c: TrainConfig{ClassWeights: classes, MicroBatch: 3}, d: Dataset{X: x, Y: soft, Weights: weights}},
					"smoothed":       {c: TrainConfig{LabelSmoothing: 0.2}, d: d},
					"all":            {c: TrainConfig{LabelSmoothing: 0.2, ClassWeights: classes}, d: Dataset{X: x, Y: d.Y, Weights: weights}},
					"scaled targets": {d: d, s: Scaler{Shift: []float32{0.3, 0.1, -1}[:outputs], Scale: []float32{2, 1, 0.5}[:outputs]}},
				} {
					randomize(t, n, uint64(cases))
					if err := n.SetTargetScaler(v.s); err != nil {
						continue
					}
					v.c.Loss = loss
					tr, err := NewTrainer(n, v.c)
					if err != nil {
						continue // does not go together
					}
					cases++
					checkGradients(t, fmt.Sprintf("%v of %v, %d outputs, %s", loss, output, outputs, name), tr, v.d)
				}
			}
		}
	}
	// Only losses of classes take smoothed targets, and only those of others
	// scaled ones; several binary outputs have no class weights.
	if want := 4*(14*2*5+2) + (2+3)*(7+4) + (3+3)*7; cases != want {
		t.Errorf("checked %d cases, want %d", cases, want)
	}
}

// A weight of k is k rows, if the means are taken over the same number.
func TestWeightsAreRepetitions(t *testing.T) {
	x := randomMatrix(9, 4, 1)
	for _, loss := range allLosses {
		for _, byClass := range []bool{false, true} {
			outputs, output := 3, Softmax
			switch loss {
			case BinaryCrossEntropy:
				output = Sigmoid
				if byClass {
					outputs = 1
				}
			case BinaryCrossEntropyProbs:
				output = Sigmoid
				if byClass {
					outputs = 1
				}
			}
			y := classTargets(x, outputs)
			d := Dataset{X: x, Y: y}
			classes := []float64{2, 0, 3}
			var order []int
			for i := range x.Rows {
				times := i % 4
				if byClass {
					times = int(classes[classOf(y.Row(i))])
				}
				order = append(order, slices.Repeat([]int{i}, times)...)
				d.Weights = append(d.Weights, float32(times))
			}
			c := TrainConfig{Loss: loss, BatchSize: 64}
			if byClass {
				c.ClassWeights, d.Weights = classes[:max(outputs, 2)], nil
			}
			n := must(New(4, Dense(5, Tanh), Dense(outputs, output)))
			randomize(t, n, 3)
			weighted := must(NewTrainer(n, c))
			repeated := must(NewTrainer(n, TrainConfig{Loss: loss, BatchSize: 64}))
			ratio := float64(len(order)) / 9
			a := weighted.gradients(d, nil, 0, 9)
			b := repeated.gradients(Dataset{X: x, Y: y}, order, 0, len(order))
			if math.Abs(a-b) > 1e-5*b {
				t.Errorf("%v, by class %v: loss %g, want %g", loss, byClass, a, b)
			}
			for i, g := range repeated.grads {
				if want := float64(g) * ratio; math.Abs(float64(weighted.grads[i])-want) > 1e-6 {
					t.Errorf("%v, by class %v: gradient %d is %g, want %g", loss, byClass, i, weighted.grads[i], want)
					break
				}
			}
		}
	}
}

// What has the weight 0 does not count at all.
func TestWeightZero(t *testing.T) {
	x, other := randomMatrix(9, 4, 1), randomMatrix(9, 4, 1)
	copy(other.Row(2), []float32{9, -8, 7, 100})
	n := must(New(4, Dense(5, Tanh), Dense(3, Softmax)))
	w := []float32{1, 1, 0, 1, 2, 1, 1, 0, 1}
	tr := must(NewTrainer(n, TrainConfig{}))
	a := tr.gradients(Dataset{X: x, Y: classTargets(x, 3), Weights: w}, nil, 0, 9)
	g := slices.Clone(tr.grads)
	b := tr.gradients(Dataset{X: other, Y: classTargets(x, 3), Weights: w}, nil, 0, 9)
	if a != b || !slices.Equal(g, tr.grads) {
		t.Error("a row of the weight 0 counts")
	}
	d := Dataset{X: x, Y: classTargets(x, 3), Weights: make([]float32, 9)}
	before := slices.Clone(n.params)
	if l, _, err := must(NewTrainer(n, TrainConfig{})).PartialFit(d); l != 0 || err != nil || !slices.Equal(before, n.params) {
		t.Errorf("no weights at all: loss %g, %v", l, err)
	}
	// Evaluation counts the weights of rows, not of classes.
	e := Dataset{X: x, Y: classTargets(x, 3), Weights: w}
	tr = must(NewTrainer(n, TrainConfig{ClassWeights: []float64{5, 6, 7}}))
	got, _ := tr.Evaluate(e)
	want := 0.0
	for i, v := range w {
		row, _ := tr.Evaluate(Dataset{X: x.Slice(i, i+1), Y: e.Y.Slice(i, i+1)})
		want += float64(v) * row / 9
	}
	model, _, err := n.Compile().Evaluate(e, nil)
	if err != nil || math.Abs(got-want) > 1e-6 || math.Abs(got-model) > 1e-6 {
		t.Errorf("weighted evaluation %g, want %g, and %g, %v", got, want, model, err)
	}
}

// scikit-learn: n_samples / (n_classes · bincount(y)).
func TestBalancedWeights(t *testing.T) {
	for _, c := range []struct {
		cols    int
		classes []int
		want    []float64
	}{
		{3, []int{0, 0, 0, 1, 1, 2}, []float64{6.0 / 9, 1, 2}},
		{1, []int{0, 1, 1, 1}, []float64{2, 4.0 / 6}},
		{2, []int{0, 1, 1, 1}, []float64{2, 4.0 / 6}},
		{3, []int{2, 2, 0}, []float64{1.5, 0, 0.75}},
		{1, []int{1, 1}, []float64{0, 1}},
		{2, nil, []float64{0, 0}},
	} {
		y := layout.NewMatrix(len(c.classes), c.cols)
		for i, k := range c.classes {
			if c.cols == 1 {
				y.Set(i, 0, float32(k))
			} else {
				y.Set(i, k, 1)
			}
		}
		got := BalancedWeights(y)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-15 }) {
			t.Errorf("%v: %v, want %v", c.classes, got, c.want)
		}
	}
}

func TestLossesRefused(t *testing.T) {
	x := randomMatrix(8, 4, 1)
	for _, c := range []struct {
		outputs int
		act     Activation
		c       TrainConfig
		want    string
	}{
		{3, Sigmoid, TrainConfig{ClassWeights: []float64{1, 2, 3}}, "class weights with several binary outputs"},
		{3, Identity, TrainConfig{Loss: BinaryCrossEntropy, ClassWeights: []float64{1, 2, 3}}, "class weights with several binary outputs"},
		{3, Softmax, TrainConfig{ClassWeights: []float64{1, 2}}, "2 class weights for 3 classes"},
		{1, Sigmoid, TrainConfig{ClassWeights: []float64{1}}, "1 class weights for 2 classes"},
		{3, Softmax, TrainConfig{ClassWeights: []float64{}}, "0 class weights for 3 classes"},
		{3, Softmax, TrainConfig{ClassWeights: []float64{1, -2, 3}}, "class weight 1 is -2"},
		{3, Softmax, TrainConfig{ClassWeights: []float64{1, 2, math.NaN()}}, "class weight 2 is NaN"},
		{3, Softmax, TrainConfig{LabelSmoothing: 1}, "label smoothing 1: must be in [0, 1)"},
		{3, Softmax, TrainConfig{LabelSmoothing: -0.1}, "label smoothing -0.1"},
		{3, Softmax, TrainConfig{LabelSmoothing: math.NaN()}, "label smoothing NaN"},
		{3, Identity, TrainConfig{LabelSmoothing: 0.1}, "label smoothing with loss mse: it is for targets that are classes"},
		{3, Softmax, TrainConfig{Loss: Huber(0)}, "delta 0"},
		{3, Softmax, TrainConfig{Loss: Huber(-1)}, "delta -1"},
		{3, Tanh, TrainConfig{Loss: BinaryCrossEntropy}, "loss binary_cross_entropy: outputs of activation tanh: it needs one of [sigmoid identity]"},
		{3, Sigmoid, TrainConfig{Loss: CrossEntropy}, "cross_entropy: outputs of activation sigmoid"},
		{3, LogSoftmax, TrainConfig{Loss: CrossEntropyProbs}, "cross_entropy_probs: outputs of activation log_softmax"},
		{1, Softmax, TrainConfig{}, "a softmax of one output is always 1"},
		{1, Sigmoid, TrainConfig{Loss: CrossEntropyProbs}, "one output"},
		{3, Softmax, TrainConfig{ClipNorm: -1}, "ClipNorm -1"},
		{3, Softmax, TrainConfig{ClipValue: math.NaN()}, "ClipValue NaN"},
		{3, Softmax, TrainConfig{ClipValue: math.Inf(1)}, "ClipValue +Inf"},
		{3, Softmax, TrainConfig{MicroBatch: -1}, "micro-batch -1"},
		{3, Softmax, TrainConfig{BatchSize: 1 << 30}, "batch size 1073741824: too large"},
		{3, Softmax, TrainConfig{Penalty: L1(-1)}, "L1 -1"},
	} {
		n := must(New(4, Dense(c.outputs, c.act)))
		if _, err := NewTrainer(n, c.c); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	// Data.
	y := classTargets(x, 3)
	bad := func(v float32) layout.Matrix {
		m := layout.NewMatrix(8, 3)
		copy(m.Data, y.Data)
		m.Set(2, 1, v)
		return m
	}
	w := func(v float32) []float32 { return []float32{1, 1, v, 1, 1, 1, 1, 1} }
	for _, c := range []struct {
		d    Dataset
		c    TrainConfig
		want string
	}{
		{Dataset{X: x, Y: y, Weights: w(-1)}, TrainConfig{}, "chunk of data: weight 2 is -1"},
		{Dataset{X: x, Y: y, Weights: w(float32(math.NaN()))}, TrainConfig{}, "weight 2 is NaN"},
		{Dataset{X: x, Y: y, Weights: w(3e38)}, TrainConfig{}, "weight 2 is 3e+38"},
		{Dataset{X: x, Y: y, Weights: w(1)[:7]}, TrainConfig{}, "7 weights for 8 rows"},
		{Dataset{X: x, Y: bad(1.5)}, TrainConfig{}, "target (2, 1) is 1.5: cross_entropy takes probabilities, or 0 and 1"},
		{Dataset{X: x, Y: bad(-0.5)}, TrainConfig{Loss: MSE, ClassWeights: []float64{1, 2, 3}}, "target (2, 1) is -0.5"},
	} {
		n := must(New(4, Dense(3, Softmax)))
		before := slices.Clone(n.params)
		if _, _, err := must(NewTrainer(n, c.c)).PartialFit(c.d); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
		if !slices.Equal(before, n.params) {
			t.Errorf("%q: the network changed", c.want)
		}
	}
}

func TestParseLoss(t *testing.T) {
	for _, name := range LossNames() {
		l, err := ParseLoss(name)
		if err != nil || !strings.HasPrefix(l.String(), name) {
			t.Errorf("%s: %v, %v", name, l, err)
		}
	}
	if l, err := ParseLoss("huber"); err != nil || l != Huber(1) {
		t.Errorf("%v, %v", l, err)
	}
	if _, err := ParseLoss("swoosh"); err == nil || !strings.Contains(err.Error(), "known are [mse mse_rows mae") {
		t.Errorf("error %v", err)
	}
}
