package ffnn

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
	"github.com/hadamard-go/hadamard/internal/safetensors"
	"github.com/hadamard-go/hadamard/layout"
)

// traceTolerance is the distance, relative to the greatest element of a tensor,
// that float32 may have from a float64 computation after a few steps. PyTorch in
// float32 is within 2.3e-6 of these traces.
const traceTolerance = 2e-5

type traceCase struct {
	Dims            []int
	Hidden, Output  string
	Loss, Optimizer string
	Params          struct {
		LR, Momentum float64
		Nesterov     bool
		WeightDecay  float64 `json:"weight_decay"`
	} `json:"optimizer_params"`
	L2    float64 `json:"weight_decay_on_weights_only"`
	Steps []struct {
		Rows [2]int
		Loss float64
	}
}

// tracer gives the tensors of a case.
type tracer struct {
	t *testing.T
	f *safetensors.File
}

func (tr tracer) get(name string) ([]float64, []int) {
	x, ok := tr.f.Tensor(name)
	if !ok {
		tr.t.Fatalf("no tensor %s", name)
	}
	v, err := x.Float64s()
	if err != nil {
		tr.t.Fatal(err)
	}
	return v, x.Shape
}

func (tr tracer) matrix(name string) layout.Matrix {
	v, shape := tr.get(name)
	return layout.MatrixOf(golden.Float32(v), shape[0], shape[1])
}

func (tr tracer) compare(name string, got layout.Matrix) {
	tr.t.Helper()
	want, _ := tr.get(name)
	flat := make([]float32, 0, len(want))
	for i := range got.Rows {
		flat = append(flat, got.Row(i)...)
	}
	golden.Close(tr.t, name, flat, want, traceTolerance, 1e-12)
}

// config returns the optimiser and the penalty of the case.
func (c *traceCase) config(t *testing.T) (Optimizer, float64) {
	switch c.Optimizer {
	case "SGD":
		return SGD{LearningRate: c.Params.LR, Momentum: c.Params.Momentum, Nesterov: c.Params.Nesterov}, c.L2
	case "Adagrad":
		return Adagrad{LearningRate: c.Params.LR}, c.L2
	case "RMSprop":
		return RMSprop{LearningRate: c.Params.LR}, c.L2
	case "Adam":
		return Adam{LearningRate: c.Params.LR}, c.L2
	case "AdamW":
		return Adam{LearningRate: c.Params.LR, WeightDecay: c.L2}, 0
	}
	t.Fatalf("no optimiser %s", c.Optimizer)
	return nil, 0
}

// Step-by-step traces of PyTorch's autograd in float64: outputs, δ, gradients
// and weights of every layer after every step.
func TestTraces(t *testing.T) {
	dirs, _ := filepath.Glob("testdata/mlp_std/*")
	if len(dirs) != 30 {
		t.Fatalf("%d cases", len(dirs))
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) { testTrace(t, dir) })
	}
}

func testTrace(t *testing.T, dir string) {
	var c traceCase
	text, err := os.ReadFile(filepath.Join(dir, "case.json"))
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	file, err := safetensors.ReadFile(filepath.Join(dir, "tensors.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	trace := tracer{t, file}

	var layers []Layer
	for i, units := range c.Dims[1:] {
		name := c.Hidden
		if i == len(c.Dims)-2 {
			name = c.Output
		}
		alpha := float32(1) // ELU
		if strings.HasPrefix(name, "leaky") {
			alpha = 0.01
		}
		act, err := ParseActivation(name, alpha)
		if err != nil {
			t.Fatal(err)
		}
		layers = append(layers, Dense(units, act))
	}
	n, err := New(c.Dims[0], layers...)
	if err != nil {
		t.Fatal(err)
	}
	for i := range layers {
		b, _ := trace.get(fmt.Sprintf("init.b%d", i))
		if err := n.SetWeights(i, trace.matrix(fmt.Sprintf("init.W%d", i)), golden.Float32(b)); err != nil {
			t.Fatal(err)
		}
	}
	loss := map[string]Loss{"mse": MSE, "ols": MSERows, "bce": BinaryCrossEntropy, "ce": CrossEntropy}[c.Loss]
	opt, l2 := c.config(t)
	tr, err := NewTrainer(n, TrainConfig{Loss: loss, Optimizer: opt, Penalty: L2(l2), BatchSize: 16})
	if err != nil {
		t.Fatal(err)
	}
	x, y := trace.matrix("X"), trace.matrix("t")
	for s, step := range c.Steps {
		bx, by := x.Slice(step.Rows[0], step.Rows[1]), y.Slice(step.Rows[0], step.Rows[1])
		model := n.Compile()
		got := tr.Step(Dataset{X: bx, Y: by})
		if d := got - step.Loss; d > 1e-5*step.Loss || -d > 1e-5*step.Loss {
			t.Errorf("step %d: loss %g, want %g", s, got, step.Loss)
		}
		pre := fmt.Sprintf("step%d.", s)
		out := layout.NewMatrix(bx.Rows, n.Outputs())
		model.PredictBatch(out, bx)
		trace.compare(fmt.Sprintf("%sa%d", pre, len(layers)), out)
		for i := range layers {
			if i < len(layers)-1 {
				trace.compare(fmt.Sprintf("%sa%d", pre, i+1), tr.layers[i].y.Slice(0, bx.Rows))
			}
			trace.compare(fmt.Sprintf("%sdelta%d", pre, i), tr.layers[i].delta.Slice(0, bx.Rows))
			g := tr.layers[i].g
			gw, gb := layout.NewMatrix(g.K, g.N), make([]float32, g.N)
			g.Unpack(gw, gb)
			trace.compare(fmt.Sprintf("%sgW%d", pre, i), gw)
			trace.compare(fmt.Sprintf("%sgb%d", pre, i), layout.MatrixOf(gb, 1, len(gb)))
			w, b := n.Weights(i)
			trace.compare(fmt.Sprintf("%sW%d", pre, i), w)
			trace.compare(fmt.Sprintf("%sb%d", pre, i), layout.MatrixOf(b, 1, len(b)))
		}
	}
}

// nadam64 returns the weights after each step of NAdam. In PyTorch 1.13 the
// product of the momenta up to the next step has the last one twice, which the
// paper, PyTorch's own documentation and its later versions have not.
func nadam64(o NAdam, w0, grads []float64, twice bool) []float64 {
	w, m, v := slices.Clone(w0), make([]float64, len(w0)), make([]float64, len(w0))
	var all []float64
	product := 1.0
	for t := 1.0; len(all) < len(grads); t++ {
		mu := o.Beta1 * (1 - 0.5*math.Pow(0.96, t*o.MomentumDecay))
		next := o.Beta1 * (1 - 0.5*math.Pow(0.96, (t+1)*o.MomentumDecay))
		product *= mu
		ahead := product * next
		if twice {
			ahead *= mu
		}
		for i, g := range grads[len(all):][:len(w)] {
			m[i] = o.Beta1*m[i] + (1-o.Beta1)*g
			v[i] = o.Beta2*v[i] + (1-o.Beta2)*g*g
			root := math.Sqrt(v[i]/(1-math.Pow(o.Beta2, t))) + o.Epsilon
			w[i] -= o.LearningRate * ((1-mu)/(1-product)*g + next/(1-ahead)*m[i]) / root
		}
		all = append(all, w...)
	}
	return all
}

// PyTorch's optimisers in float64: the weights after each of up to 25 given
// gradients.
func TestOptimizersGolden(t *testing.T) {
	var file struct {
		Traces []struct {
			Optimizer string
			Params    struct {
				LR, Momentum, Dampening     float64
				Eps, Alpha, Rho             float64
				Betas                       [2]float64
				WeightDecay                 float64 `json:"weight_decay"`
				LRDecay                     float64 `json:"lr_decay"`
				InitialAccumulator          float64 `json:"initial_accumulator_value"`
				MomentumDecay               float64 `json:"momentum_decay"`
				Nesterov, Centered, AMSGrad bool
			}
			W0, Grads, W golden.Array
		}
	}
	golden.Read(t, "testdata/optimizers.json", &file)
	if len(file.Traces) != 38 {
		t.Fatalf("%d traces", len(file.Traces))
	}
	for i, c := range file.Traces {
		p := c.Params
		adam := Adam{LearningRate: p.LR, Beta1: p.Betas[0], Beta2: p.Betas[1], Epsilon: p.Eps, AMSGrad: p.AMSGrad}
		l2 := float32(p.WeightDecay)
		var o Optimizer
		switch c.Optimizer {
		case "SGD":
			o = SGD{LearningRate: p.LR, Momentum: p.Momentum, Dampening: p.Dampening, Nesterov: p.Nesterov}
		case "Adagrad":
			o = Adagrad{LearningRate: p.LR, Epsilon: p.Eps, Decay: p.LRDecay, InitialAccumulator: p.InitialAccumulator}
		case "RMSprop":
			o = RMSprop{LearningRate: p.LR, Rho: p.Alpha, Epsilon: p.Eps, Momentum: p.Momentum, Centered: p.Centered}
		case "Adam":
			o = adam
		case "AdamW":
			adam.WeightDecay = p.WeightDecay
			o, l2 = adam, 0
		case "Adadelta":
			o = Adadelta{LearningRate: p.LR, Rho: p.Rho, Epsilon: p.Eps}
		case "Adamax":
			o = Adamax{LearningRate: p.LR, Beta1: p.Betas[0], Beta2: p.Betas[1], Epsilon: p.Eps}
		case "NAdam":
			n := NAdam{LearningRate: p.LR, Beta1: p.Betas[0], Beta2: p.Betas[1], Epsilon: p.Eps, MomentumDecay: p.MomentumDecay}
			for k, w := range nadam64(n, c.W0.Data, c.Grads.Data, true) {
				if math.Abs(w-c.W.Data[k]) > 1e-12 {
					t.Fatalf("trace %d: PyTorch 1.13 does something else", i)
				}
			}
			o, c.W.Data = n, nadam64(n, c.W0.Data, c.Grads.Data, false)
		case "RAdam":
			o = RAdam{LearningRate: p.LR, Beta1: p.Betas[0], Beta2: p.Betas[1], Epsilon: p.Eps}
		default:
			t.Fatalf("no optimiser %s", c.Optimizer)
		}
		w, grads := c.W0.Float32(), c.Grads.Float32()
		s, rate, err := o.start(len(w))
		if err != nil {
			t.Fatal(err)
		}
		for k := range c.Grads.Shape[0] {
			s.begin(rate)
			if d, ok := s.(decayer); ok {
				d.setDecay(true)
			}
			s.apply(w, grads[k*len(w):][:len(w)], 0, l2)
			golden.Close(t, fmt.Sprintf("trace %d, %v, step %d", i, o, k), w, c.W.Data[k*len(w):][:len(w)], 1e-5, 0)
		}
	}
}
