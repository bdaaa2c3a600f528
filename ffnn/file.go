package ffnn

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/internal/atomicfile"
	"github.com/hadamard-go/hadamard/internal/safetensors"
	"github.com/hadamard-go/hadamard/kernels"
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
	Kind       string  `json:"kind,omitempty"` // batch_norm or dropout; else dense
	Units      int     `json:"units,omitempty"`
	Activation string  `json:"activation,omitempty"`
	Alpha      float32 `json:"alpha,omitempty"`
	Momentum   float64 `json:"momentum,omitempty"`
	Epsilon    float64 `json:"epsilon,omitempty"`
	Rate       float64 `json:"rate,omitempty"`
}

// file returns the architecture as it stands in a file.
func (a *arch) file() fileArch {
	fa := fileArch{Version: fileVersion, Arithmetic: kernels.Version, Inputs: a.inputs, Meta: a.meta}
	for i := range a.layers {
		l := &a.layers[i]
		fl := fileLayer{Momentum: l.momentum, Epsilon: l.epsilon, Rate: l.rate}
		if l.kind != kindDropout {
			fl.Activation, fl.Alpha = l.act.Name(), l.act.Alpha()
		}
		if fl.Units = l.units; l.kind != kindDense {
			fl.Kind = l.kind.String()
		}
		fa.Layers = append(fa.Layers, fl)
	}
	if !a.scaler.empty() {
		fa.Scaler = &a.scaler
	}
	if !a.targets.empty() {
		fa.Targets = &a.targets
	}
	return fa
}

// tensors returns the parameters and running means by their names in a file.
func (a *arch) tensors() []safetensors.TensorData {
	var tensors []safetensors.TensorData
	for i := range a.layers {
		l := &a.layers[i]
		add := func(name string, shape []int, data []float32) {
			tensors = append(tensors, safetensors.TensorData{Name: tensorName(i, name), Shape: shape, Data: data})
		}
		switch l.kind {
		case kindDense:
			weight, bias := make([]float32, l.out*l.in), make([]float32, l.out)
			for j := range l.out {
				bias[j] = l.w.Bias(j)
				for k := range l.in {
					weight[j*l.in+k] = l.w.Weight(k, j)
				}
			}
			add("weight", []int{l.out, l.in}, weight)
			add("bias", []int{l.out}, bias)
		case kindBatchNorm:
			for k, v := range l.norm() {
				add(normNames[k], []int{l.out}, v)
			}
		}
	}
	return tensors
}

// norm returns what a BatchNorm layer has learnt, in the order of normNames.
func (l *layer) norm() [4][]float32 { return [4][]float32{l.gamma, l.beta, l.mean, l.variance} }

var normNames = [4]string{"weight", "bias", "running_mean", "running_var"}

// WriteTo writes the model as a safetensors file, with the names of a PyTorch
// Sequential: a Dense layer i has the tensors layers.i.weight (outputs × inputs)
// and layers.i.bias, a BatchNorm layer weight, bias, running_mean and
// running_var, all float32; the architecture, scalers and names are JSON in
// __metadata__ under "hadamard". The same model gives the same bytes.
//
// It is an error if a weight is not finite, as it may be after a training step
// that diverged: Load would refuse the file.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	return m.arch.write(w, map[string]string{}, nil)
}

// write writes the network with more metadata and tensors.
func (a *arch) write(w io.Writer, metadata map[string]string, more []safetensors.TensorData) (int64, error) {
	if !a.finite() {
		return 0, errors.New("ffnn: a weight of the model is not finite: the training has diverged, and there is nothing worth saving")
	}
	text, err := json.Marshal(a.file())
	if err != nil {
		return 0, fmt.Errorf("ffnn: write model: %w", err)
	}
	metadata[metadataKey] = string(text)
	c := &countingWriter{w: w}
	err = safetensors.Write(c, metadata, append(a.tensors(), more...))
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

// Load reads a model that Save has written, or the one in a checkpoint. It
// trusts nothing in the file: lengths are checked before they are used, memory is
// bounded by a multiple of the size of the file (17 for a layer with one output,
// whose weights are packed to 16 columns; twice that with BatchNorm), and an error
// says which part is wrong. Activations of NewActivation that the model may have must be given.
func Load(path string, own ...Activation) (*Model, error) {
	f, err := safetensors.ReadFile(path)
	if err != nil {
		return nil, err
	}
	a, err := decode(f, own)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return newModel(a), nil
}

// Parse is Load for the contents of a file, which it does not keep.
func Parse(b []byte, own ...Activation) (*Model, error) {
	f, err := safetensors.Parse(b)
	if err != nil {
		return nil, err
	}
	a, err := decode(f, own)
	if err != nil {
		return nil, err
	}
	return newModel(a), nil
}

func decode(f *safetensors.File, own []Activation) (arch, error) {
	text, ok := f.Metadata[metadataKey]
	if !ok {
		return arch{}, errors.New("a safetensors file, but not a model of this program: its __metadata__ has no \"" + metadataKey + "\" (weights from elsewhere go in by Network.SetWeights)")
	}
	fa, err := decodeArch(text)
	if err != nil {
		return arch{}, fmt.Errorf("architecture in __metadata__: %w", err)
	}
	layers := make([]Layer, len(fa.Layers))
	for i, fl := range fa.Layers {
		if layers[i], err = fl.layer(own); err != nil {
			return arch{}, fmt.Errorf("layer %d: %w", i, err)
		}
	}
	a, err := newArch(fa.Inputs, layers)
	if err != nil {
		return arch{}, err
	}
	a.meta = fa.Meta
	// The tensors prove that the file is as large as the layers.
	tensors := 0
	for i := range a.layers {
		n, err := checkTensors(f, i, &a.layers[i])
		if err != nil {
			return arch{}, err
		}
		tensors += n
	}
	for _, name := range f.Names() {
		if strings.HasPrefix(name, trainingPrefix) { // of a checkpoint
			tensors++
		}
	}
	if got := len(f.Names()); got != tensors {
		return arch{}, fmt.Errorf("%d tensors, but the architecture has %d", got, tensors)
	}
	a.allocate()
	for i := range a.layers {
		if err := readLayer(f, i, &a.layers[i]); err != nil {
			return arch{}, err
		}
	}
	hadamard.Flush(a.params, a.params, kernels.FlushProduct)
	hadamard.Flush(a.values, a.values, kernels.FlushState)
	if fa.Scaler != nil {
		a.scaler = fa.Scaler.clone() // makes empty slices nil
	}
	if fa.Targets != nil {
		a.targets = fa.Targets.clone()
	}
	if err := a.scaler.check(a.inputs); err != nil {
		return arch{}, fmt.Errorf("scaler of the inputs: %w", err)
	}
	if err := a.checkTargetScaler(a.targets); err != nil {
		return arch{}, fmt.Errorf("scaler of the targets: %w", err)
	}
	if err := a.meta.check(&a); err != nil {
		return arch{}, err
	}
	return a, nil
}

// layer returns the layer that a line of the architecture describes.
func (fl *fileLayer) layer(own []Activation) (Layer, error) {
	if fl.Kind == kindDropout.String() {
		return Dropout(fl.Rate), nil
	}
	i := slices.IndexFunc(own, func(a Activation) bool { return a.own != nil && a.own.name == fl.Activation })
	var act Activation
	if i >= 0 {
		act = own[i]
	} else {
		var err error
		if act, err = ParseActivation(fl.Activation, fl.Alpha); err != nil {
			return Layer{}, fmt.Errorf("%w (one of NewActivation must be given to Load)", err)
		}
	}
	switch fl.Kind {
	case "":
		return Dense(fl.Units, act), nil
	case kindBatchNorm.String():
		return BatchNorm(act).Momentum(fl.Momentum).Epsilon(fl.Epsilon), nil
	}
	return Layer{}, fmt.Errorf("unknown kind %q", fl.Kind)
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

// checkTensors returns the number of tensors of layer i, or an error unless they
// are there in their shapes.
func checkTensors(f *safetensors.File, i int, l *layer) (int, error) {
	switch l.kind {
	case kindDense:
		if err := checkTensor(f, tensorName(i, "weight"), l.out, l.in); err != nil {
			return 0, err
		}
		return 2, checkTensor(f, tensorName(i, "bias"), l.out)
	case kindBatchNorm:
		for _, name := range normNames {
			if err := checkTensor(f, tensorName(i, name), l.out); err != nil {
				return 0, err
			}
		}
		return len(normNames), nil
	}
	return 0, nil
}

// readLayer fills the numbers of layer i, whose tensors have been checked.
func readLayer(f *safetensors.File, i int, l *layer) error {
	switch l.kind {
	case kindDense:
		weight, err := readTensor(f, tensorName(i, "weight"))
		if err != nil {
			return err
		}
		bias, err := readTensor(f, tensorName(i, "bias"))
		if err != nil {
			return err
		}
		for j := range l.out {
			l.w.SetBias(j, bias[j])
			for k := range l.in {
				l.w.SetWeight(k, j, weight[j*l.in+k])
			}
		}
	case kindBatchNorm:
		for k, dst := range l.norm() {
			v, err := readTensor(f, tensorName(i, normNames[k]))
			if err != nil {
				return err
			}
			copy(dst, v)
		}
		for j, v := range l.variance {
			if v < 0 {
				return fmt.Errorf("tensor %s: element %d is %g: a variance is not negative", tensorName(i, normNames[3]), j, v)
			}
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

func tensorName(i int, name string) string { return fmt.Sprintf("layers.%d.%s", i, name) }
