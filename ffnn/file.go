package ffnn

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/internal/atomicfile"
	"github.com/hadamard-go/hadamard/internal/safetensors"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// fileVersion is the version of what stands under metadataKey.
const fileVersion = 1

// metadataKey is the key in the __metadata__ of a safetensors file that holds
// the architecture.
const metadataKey = "hadamard"

// fileArch is the architecture as it stands in a file.
type fileArch struct {
	Version    int         `json:"version"`
	Arithmetic int         `json:"arithmetic"` // kernels.Version of the writer
	Inputs     int         `json:"inputs"`
	Layers     []fileLayer `json:"layers"`
	Scaler     *Scaler     `json:"scaler,omitempty"`
	Targets    *Scaler     `json:"target_scaler,omitempty"`
	Meta
}

type fileLayer struct {
	Units      int     `json:"units"`
	Activation string  `json:"activation"`
	Alpha      float32 `json:"alpha,omitempty"`
}

// WriteTo writes the model as a safetensors file: layer i has the tensors
// layers.i.weight (outputs × inputs, as in PyTorch) and layers.i.bias, float32;
// the architecture, scalers and names are JSON in __metadata__ under
// "hadamard". The same model gives the same bytes.
//
// It is an error if a weight is not finite, as it may be after a training step
// that diverged: Load would refuse the file.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	if !m.finite() {
		return 0, errors.New("ffnn: a weight of the model is not finite: the training has diverged, and there is nothing worth saving")
	}
	fa := fileArch{Version: fileVersion, Arithmetic: kernels.Version, Inputs: m.inputs, Meta: m.meta}
	var tensors []safetensors.TensorData
	for i, l := range m.layers {
		fa.Layers = append(fa.Layers, fileLayer{l.w.N, l.act.Name(), l.act.Alpha()})
		weight := make([]float32, l.w.N*l.w.K)
		bias := make([]float32, l.w.N)
		for j := range l.w.N {
			bias[j] = l.w.Bias(j)
			for k := range l.w.K {
				weight[j*l.w.K+k] = l.w.Weight(k, j)
			}
		}
		tensors = append(tensors,
			safetensors.TensorData{Name: weightName(i), Shape: []int{l.w.N, l.w.K}, Data: weight},
			safetensors.TensorData{Name: biasName(i), Shape: []int{l.w.N}, Data: bias})
	}
	if !m.scaler.empty() {
		fa.Scaler = &m.scaler
	}
	if !m.targets.empty() {
		fa.Targets = &m.targets
	}
	text, err := json.Marshal(fa)
	if err != nil {
		return 0, fmt.Errorf("ffnn: write model: %w", err)
	}
	c := &countingWriter{w: w}
	err = safetensors.Write(c, map[string]string{metadataKey: string(text)}, tensors)
	return c.n, err
}

type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// Save writes the model to a file (see WriteTo). The file is written whole
// under another name, synced, and renamed: a reader sees the old file or the
// new one, and an error leaves the old one.
func (m *Model) Save(path string) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := m.WriteTo(w)
		return err
	})
}

// Load reads a model that Save has written. It trusts nothing in the file:
// lengths are checked before they are used, memory is bounded by a multiple of
// the size of the file (16 for a layer with one output, whose weights are packed
// to 16 columns), and an error says which part is wrong.
func Load(path string) (*Model, error) {
	f, err := safetensors.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Parse is Load for the contents of a file, which it does not keep.
func Parse(b []byte) (*Model, error) {
	f, err := safetensors.Parse(b)
	if err != nil {
		return nil, err
	}
	return decode(f)
}

func decode(f *safetensors.File) (*Model, error) {
	text, ok := f.Metadata[metadataKey]
	if !ok {
		return nil, errors.New("a safetensors file, but not a model of this program: its __metadata__ has no \"" + metadataKey + "\" (weights from elsewhere go in by Network.SetWeights)")
	}
	fa, err := decodeArch(text)
	if err != nil {
		return nil, fmt.Errorf("architecture in __metadata__: %w", err)
	}
	a := arch{inputs: fa.Inputs, meta: fa.Meta}
	in, total := fa.Inputs, 0
	for i, fl := range fa.Layers {
		act, err := ParseActivation(fl.Activation, fl.Alpha)
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		// The tensors prove that the file is as large as the layer.
		if err := checkTensor(f, weightName(i), fl.Units, in); err != nil {
			return nil, err
		}
		if err := checkTensor(f, biasName(i), fl.Units); err != nil {
			return nil, err
		}
		a.layers = append(a.layers, dense{w: layout.Panels{K: in, N: fl.Units}, act: act, init: Dense(fl.Units, act).init})
		total += layout.PanelsLen(in, fl.Units)
		in = fl.Units
	}
	if got, want := len(f.Names()), 2*len(fa.Layers); got != want {
		return nil, fmt.Errorf("%d tensors, but the architecture has %d", got, want)
	}
	a.allocate(total)
	for i := range a.layers {
		if err := readLayer(f, i, a.layers[i].w); err != nil {
			return nil, err
		}
	}
	hadamard.Flush(a.params, a.params, kernels.FlushProduct)
	if fa.Scaler != nil {
		a.scaler = fa.Scaler.clone() // makes empty slices nil
	}
	if fa.Targets != nil {
		a.targets = fa.Targets.clone()
	}
	if err := a.scaler.check(a.inputs); err != nil {
		return nil, fmt.Errorf("scaler of the inputs: %w", err)
	}
	if err := a.checkTargetScaler(a.targets); err != nil {
		return nil, fmt.Errorf("scaler of the targets: %w", err)
	}
	if err := a.meta.check(&a); err != nil {
		return nil, err
	}
	return newModel(a), nil
}

func decodeArch(text string) (*fileArch, error) {
	var fa fileArch
	if err := json.Unmarshal([]byte(text), &struct {
		Version *int `json:"version"`
	}{&fa.Version}); err != nil {
		return nil, err
	}
	if fa.Version != fileVersion {
		return nil, fmt.Errorf("version %d: this program reads version %d", fa.Version, fileVersion)
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&fa); err != nil {
		return nil, err
	}
	if fa.Inputs < 1 || len(fa.Layers) == 0 {
		return nil, fmt.Errorf("%d inputs and %d layers: must be at least one of each", fa.Inputs, len(fa.Layers))
	}
	for i, l := range fa.Layers {
		if l.Units < 1 {
			return nil, fmt.Errorf("layer %d: %d units: must be at least one", i, l.Units)
		}
	}
	return &fa, nil
}

// checkTensor returns an error unless the file has the tensor in that shape.
func checkTensor(f *safetensors.File, name string, shape ...int) error {
	t, ok := f.Tensor(name)
	if !ok {
		return fmt.Errorf("tensor %s is missing", name)
	}
	if fmt.Sprint(t.Shape) != fmt.Sprint(shape) {
		return fmt.Errorf("tensor %s has the shape %v: the architecture wants %v", name, t.Shape, shape)
	}
	if t.DType != "F32" {
		return fmt.Errorf("tensor %s has the type %s: a model of this program has F32", name, t.DType)
	}
	return nil
}

// readLayer fills the panels of layer i, whose tensors have been checked.
func readLayer(f *safetensors.File, i int, p layout.Panels) error {
	weight, err := readTensor(f, weightName(i))
	if err != nil {
		return err
	}
	bias, err := readTensor(f, biasName(i))
	if err != nil {
		return err
	}
	for j := range p.N {
		p.SetBias(j, bias[j])
		for k := range p.K {
			p.SetWeight(k, j, weight[j*p.K+k])
		}
	}
	return nil
}

func readTensor(f *safetensors.File, name string) ([]float32, error) {
	t, _ := f.Tensor(name)
	v := make([]float32, len(t.Data)/4)
	if err := t.Float32s(v); err != nil {
		return nil, err
	}
	for i, x := range v {
		if !finite(x) {
			return nil, fmt.Errorf("tensor %s: element %d is %v: a model's weights are finite", name, i, x)
		}
	}
	return v, nil
}

func weightName(i int) string { return fmt.Sprintf("layers.%d.weight", i) }
func biasName(i int) string   { return fmt.Sprintf("layers.%d.bias", i) }
