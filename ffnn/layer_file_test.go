package ffnn

import (
	"bytes"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/internal/safetensors"
	"github.com/hadamard-go/hadamard/layout"
)

func TestLayersRefused(t *testing.T) {
	id, nan, inf := Identity, math.NaN(), math.Inf(1)
	one := Dense(1, id)
	for _, c := range []struct {
		layers []Layer
		want   string
	}{
		{[]Layer{Dropout(0.5)}, "layer 0: dropout as the last layer"},
		{[]Layer{one, Dropout(0)}, "layer 1: dropout as the last layer"},
		{[]Layer{Dropout(1), one}, "layer 0: dropout rate 1: must be in [0, 1)"},
		{[]Layer{Dropout(-0.1), one}, "dropout rate -0.1"},
		{[]Layer{Dropout(nan), one}, "dropout rate NaN"},
		{[]Layer{BatchNorm(id)}, "layer 0: batch_norm as the last layer"},
		{[]Layer{BatchNorm(ReLU), one}, "layer 0: batch_norm with the activation relu: the dense layer before must have the identity"},
		{[]Layer{Dense(2, ReLU), BatchNorm(ReLU), one}, "layer 1: batch_norm with the activation relu"},
		{[]Layer{Dense(2, id), BatchNorm(ReLU), BatchNorm(ReLU), one}, "layer 2: batch_norm with the activation relu"},
		{[]Layer{Dense(2, ReLU), BatchNorm(id)}, "layer 1: batch_norm as the last layer"},
		{[]Layer{Dense(2, id), BatchNorm(ReLU), BatchNorm(id)}, "layer 2: batch_norm as the last layer"},
		{[]Layer{BatchNorm(id), Dense(2, id), BatchNorm(id), Dropout(0.5)}, "layer 3: dropout as the last layer"},
		{[]Layer{BatchNorm(id).Momentum(1.1), one}, "layer 0: momentum 1.1: must be in [0, 1]"},
		{[]Layer{BatchNorm(id).Momentum(-1), one}, "momentum -1"},
		{[]Layer{BatchNorm(id).Momentum(nan), one}, "momentum NaN"},
		{[]Layer{BatchNorm(id).Epsilon(0), one}, "epsilon 0"},
		{[]Layer{BatchNorm(id).Epsilon(inf), one}, "epsilon +Inf"},
		{[]Layer{BatchNorm(LeakyReLU(-1)), one}, "leaky_relu(-1)"},
		{[]Layer{Dropout(0.5).Init(HeNormal), one}, "Init belongs to a layer of kind dense, not dropout"},
		{[]Layer{BatchNorm(id).InitBias(1), one}, "InitBias belongs to a layer of kind dense, not batch_norm"},
		{[]Layer{BatchNorm(id).Penalize(L2(1)), one}, "Penalize belongs"},
		{[]Layer{Dropout(0.5).MaxNorm(1), one}, "MaxNorm belongs"},
		{[]Layer{one.Momentum(0.5), one}, "Momentum belongs to a layer of kind batch_norm, not dense"},
		{[]Layer{Dropout(0.5).Epsilon(1), one}, "Epsilon belongs"},
		{[]Layer{one.Momentum(0.5).Epsilon(1)}, "Momentum belongs"}, // the first mistake
		{[]Layer{one.MaxNorm(0)}, "MaxNorm 0: must be positive"},
		{[]Layer{one.MaxNorm(-1)}, "MaxNorm -1"},
		{[]Layer{one.MaxNorm(nan)}, "MaxNorm NaN"},
		{[]Layer{one.MaxNorm(inf)}, "MaxNorm +Inf"},
		{[]Layer{one.MaxNorm(1e-40)}, "MaxNorm 1e-40"},
		{[]Layer{one.InitBias(nan)}, "initial bias NaN"},
		{[]Layer{one.InitBias(1e39)}, "initial bias 1e+39"},
		{[]Layer{one.Penalize(Penalty{L1: -1})}, "L1 -1"},
		{[]Layer{one.Penalize(KerasL2(inf))}, "L2 +Inf"},
		{[]Layer{one.Penalize(L1(1e-44))}, "L1 1e-44"},
		{[]Layer{{}}, "layer 0: 0 units"},
	} {
		if _, err := New(2, c.layers...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	// What looks odd but is none of it.
	for _, layers := range [][]Layer{
		{BatchNorm(id), one},
		{Dropout(0.999999999), BatchNorm(id).Momentum(0), BatchNorm(id).Momentum(1), one},
		{Dense(2, id), Dropout(0.5), BatchNorm(ReLU), one},
		{one, BatchNorm(id), BatchNorm(Sigmoid)},
		{Dense(3, Softmax).MaxNorm(2).MaxNorm(3).Penalize(Penalty{}).InitBias(-2)},
	} {
		if _, err := New(2, layers...); err != nil {
			t.Errorf("%+v: %v", layers, err)
		}
	}
}

func TestLayerAccess(t *testing.T) {
	n := must(New(3, Dense(4, Identity).InitBias(-0.5), BatchNorm(Tanh), Dropout(0.25), Dense(2, Softmax)))
	for i, want := range []LayerInfo{
		{Kind: "dense", Inputs: 3, Outputs: 4, Parameters: 16},
		{Kind: "batch_norm", Inputs: 4, Outputs: 4, Activation: Tanh, Parameters: 8},
		{Kind: "dropout", Inputs: 4, Outputs: 4, Rate: 0.25},
		{Kind: "dense", Inputs: 4, Outputs: 2, Activation: Softmax, Parameters: 10},
	} {
		if got := n.Layer(i); got != want {
			t.Errorf("layer %d: %+v", i, got)
		}
	}
	if n.Layers() != 4 || n.Parameters() != 34 || n.Inputs() != 3 || n.Outputs() != 2 {
		t.Errorf("%d layers, %d parameters", n.Layers(), n.Parameters())
	}
	s := n.Summary()
	for _, want := range []string{"dense 0", "batch_norm 1", "tanh", "dropout 2", "rate 0.25", "dense 3", "34 parameters"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in\n%s", want, s)
		}
	}
	if w, b := n.Weights(1); w.Rows != 0 || w.Cols != 0 || len(b) != 0 {
		t.Error("a batch_norm layer has weights")
	}
	if _, b := n.Weights(0); !slices.Equal(b, []float32{-0.5, -0.5, -0.5, -0.5}) {
		t.Errorf("biases %v", b)
	}
	fresh := n.Norm(1)
	if one, zero := []float32{1, 1, 1, 1}, []float32{0, 0, 0, 0}; !slices.Equal(fresh.Gamma, one) || !slices.Equal(fresh.Beta, zero) ||
		!slices.Equal(fresh.Mean, zero) || !slices.Equal(fresh.Variance, one) {
		t.Errorf("new: %+v", fresh)
	}
	if e := n.Norm(0); e.Gamma != nil || e.Mean != nil {
		t.Error("a dense layer has a norm")
	}
	fresh.Gamma[0] = 7 // a copy
	v := Norm{[]float32{1, -2, 0x1p-70, 4}, []float32{0, 1, 2, -3}, []float32{5, 6, 7, -0x1p-130}, []float32{0, 1, 0x1p-130, 3}}
	if err := n.SetNorm(1, v); err != nil {
		t.Fatal(err)
	}
	got := n.Norm(1)
	v.Gamma[2], v.Mean[3], v.Variance[2] = 0, 0, 0 // flushed
	if !slices.Equal(got.Gamma, v.Gamma) || !slices.Equal(got.Beta, v.Beta) || !slices.Equal(got.Mean, v.Mean) || !slices.Equal(got.Variance, v.Variance) {
		t.Errorf("%+v, want %+v", got, v)
	}

	before := slices.Clone(n.values)
	ok, nan := []float32{1, 1, 1, 1}, []float32{1, float32(math.NaN()), 1, 1}
	for _, c := range []struct {
		i    int
		v    Norm
		want string
	}{
		{0, v, "layer 0 is a dense layer, not batch_norm"},
		{2, v, "layer 2 is a dropout layer"},
		{4, v, "no layer 4: the network has 4"},
		{-1, v, "no layer -1"},
		{1, Norm{ok[:3], ok, ok, ok}, "3 values of gamma, want 4"},
		{1, Norm{ok, nil, ok, ok}, "0 values of beta"},
		{1, Norm{ok, ok, nan, ok}, "mean 1 is NaN"},
		{1, Norm{ok, ok, ok, nan}, "variance 1 is NaN"},
		{1, Norm{ok, ok, ok, []float32{1, 1, 1, -1}}, "variance 3 is -1"},
	} {
		if err := n.SetNorm(c.i, c.v); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	if err := n.SetWeights(1, layout.NewMatrix(4, 4), make([]float32, 4)); err == nil || !strings.Contains(err.Error(), "layer 1 is a batch_norm layer, not dense") {
		t.Errorf("error %v", err)
	}
	if !slices.Equal(before, n.values) {
		t.Error("a call that failed has changed the network")
	}
	if n.Reset(0); hashBits(n.values) != hashBits(must(New(3, Dense(4, Identity).InitBias(-0.5), BatchNorm(Tanh), Dropout(0.25), Dense(2, Softmax))).values) {
		t.Error("Reset leaves something of before")
	}
}

// allKinds is a network with every kind of layer, and its data.
func allKinds(t testing.TB) (*Network, Dataset) {
	n := must(New(4, BatchNorm(Identity).Momentum(0.3), Dropout(0.1), Dense(17, Identity), BatchNorm(LeakyReLU(0.2)).Epsilon(1e-3), Dropout(0.5),
		Dense(6, ELU(0.5)).Penalize(L1(1e-3)).MaxNorm(1.5), BatchNorm(Identity), Dense(3, Identity), BatchNorm(Softmax)))
	x := randomMatrix(50, 4, 3)
	d := Dataset{X: x, Y: classTargets(x, 3)}
	tr := must(NewTrainer(n, TrainConfig{BatchSize: 10}))
	for range 3 {
		if _, _, err := tr.PartialFit(d); err != nil {
			t.Fatal(err)
		}
	}
	return n, d
}

// Network → Model → file → Model → Network → file: the same bytes, the same
// predictions, and the same training.
func TestLayersFile(t *testing.T) {
	n, d := allKinds(t)
	m := n.Compile()
	path := filepath.Join(t.TempDir(), "m")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	back := must(Load(path))
	if !bytes.Equal(modelBytes(t, m), modelBytes(t, back)) || !bytes.Equal(modelBytes(t, m), modelBytes(t, back.Network().Compile())) {
		t.Error("other bytes")
	}
	if m.Summary() != back.Summary() || back.Layer(5).Activation != ELU(0.5) || back.Layer(4).Rate != 0.5 {
		t.Errorf("%s\n%s", m.Summary(), back.Summary())
	}
	a, b := layout.NewMatrix(50, 3), layout.NewMatrix(50, 3)
	m.PredictBatch(a, d.X)
	back.PredictBatch(b, d.X)
	if !slices.Equal(a.Data, b.Data) {
		t.Error("other predictions")
	}
	one, two := n, m.Network()
	for _, n := range []*Network{one, two} {
		if _, _, err := must(NewTrainer(n, TrainConfig{BatchSize: 10})).PartialFit(d); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(one.values, two.values) {
		t.Error("Model.Network trains otherwise")
	}
	f := must(safetensors.Parse(modelBytes(t, m)))
	for name, want := range map[string]int{"layers.3.weight": 17, "layers.3.bias": 17, "layers.3.running_mean": 17, "layers.3.running_var": 17} {
		if x, ok := f.Tensor(name); !ok || !slices.Equal(x.Shape, []int{want}) {
			t.Errorf("%s: %v", name, x.Shape)
		}
	}
}

func TestLayersFileRefused(t *testing.T) {
	n, _ := allKinds(t)
	m := n.Compile()
	good := modelBytes(t, m)
	f := must(safetensors.Parse(good))
	layer := func(i int, key string, v any) []byte {
		return withArch(t, m, func(a map[string]any) { a["layers"].([]any)[i].(map[string]any)[key] = v })
	}
	value := func(name string, x float32) []byte {
		var ts []safetensors.TensorData
		for _, k := range f.Names() {
			old, _ := f.Tensor(k)
			v := make([]float32, old.Len())
			if err := old.Float32s(v); err != nil {
				t.Fatal(err)
			}
			if k == name {
				v[1] = x
			}
			ts = append(ts, safetensors.TensorData{Name: k, Shape: old.Shape, Data: v})
		}
		var b bytes.Buffer
		if err := safetensors.Write(&b, f.Metadata, ts); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, c := range []struct {
		file []byte
		want string
	}{
		{value("layers.3.running_var", -1), "tensor layers.3.running_var: element 1 is -1: a variance is not negative"},
		{value("layers.0.running_var", float32(math.NaN())), "tensor layers.0.running_var: element 1 is NaN"},
		{value("layers.3.running_mean", float32(math.Inf(-1))), "tensor layers.3.running_mean: element 1 is -Inf"},
		{value("layers.6.weight", float32(math.NaN())), "tensor layers.6.weight: element 1 is NaN"},
		{withMetadata(t, f, f.Metadata, "layers.3.running_mean"), "tensor layers.3.running_mean is missing"},
		{withMetadata(t, f, f.Metadata, "layers.8.bias"), "tensor layers.8.bias is missing"},
		{layer(0, "momentum", 2), "layer 0: momentum 2: must be in [0, 1]"},
		{layer(0, "epsilon", -1), "layer 0: epsilon -1"},
		{layer(3, "epsilon", nil), "layer 3: epsilon 0"},
		{layer(1, "rate", 1), "layer 1: dropout rate 1"},
		{layer(4, "rate", -1), "layer 4: dropout rate -1"},
		{layer(3, "kind", "layer_norm"), "layer 3: unknown kind \"layer_norm\""},
		{layer(4, "kind", "swoosh"), "layer 4: unknown"},
		{layer(3, "kind", "dropout"), "tensors, but the architecture has"},
		{layer(3, "kind", nil), "layer 3: 0 units"},
		{layer(3, "activation", "swoosh"), "layer 3: unknown activation \"swoosh\""},
		{layer(2, "activation", "relu"), "layer 3: batch_norm with the activation leaky_relu(0.2)"},
		{layer(3, "gamma", 1), "unknown field \"gamma\""},
		{withArch(t, m, func(a map[string]any) { a["layers"] = append(a["layers"].([]any), map[string]any{"kind": "dropout"}) }), "layer 9: dropout as the last layer"},
		{withArch(t, m, func(a map[string]any) { a["layers"] = []any{map[string]any{"kind": "dropout", "rate": 0.5}} }), "dropout as the last layer"},
	} {
		if _, err := Parse(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	if _, err := Parse(value("layers.3.running_var", 0)); err != nil {
		t.Error(err)
	}
}
