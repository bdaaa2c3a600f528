package ffnn

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// arch is what a network and a model have in common: the layers with their
// numbers in one flat slice, the scalers, and names for people.
type arch struct {
	inputs  int
	layers  []layer
	values  []float32 // params, and after them the running means of BatchNorm
	params  []float32 // the panels, γ and β of all layers, one after the other
	scaler  Scaler    // of the inputs
	targets Scaler    // of the outputs
	meta    Meta
}

// Scaler is an affine map of each column, x′ = (x − Shift)·Scale. The zero
// Scaler is no map.
type Scaler struct {
	Shift []float32 `json:"shift"`
	Scale []float32 `json:"scale"`
}

// Meta names what the numbers of a network mean. It travels with the model
// file. All of it may be empty.
type Meta struct {
	Features []string `json:"features,omitempty"` // a name for each input
	Classes  []string `json:"classes,omitempty"`  // a name for each class, in the order of the outputs (two for one sigmoid output: 0 and 1)
	Target   string   `json:"target,omitempty"`   // name of what is predicted
}

// Network is a network that can be trained. It is not safe for concurrent use;
// Compile makes a Model, which is.
type Network struct{ arch }

// New returns a network with the given number of inputs and layers, with
// initial weights from seed 0 (see Reset).
//
//	net, err := ffnn.New(64,
//		ffnn.Dense(100, ffnn.LeakyReLU(0.01)),
//		ffnn.Dense(30, ffnn.LeakyReLU(0.01)),
//		ffnn.Dense(10, ffnn.Softmax),
//	)
func New(inputs int, layers ...Layer) (*Network, error) {
	if inputs < 1 {
		return nil, fmt.Errorf("ffnn: New: %d inputs: a network has at least one", inputs)
	}
	if len(layers) == 0 {
		return nil, fmt.Errorf("ffnn: New: no layers: give at least one, for the outputs")
	}
	a, err := newArch(inputs, layers)
	if err != nil {
		return nil, fmt.Errorf("ffnn: New: %w", err)
	}
	a.allocate()
	n := &Network{a}
	n.Reset(0)
	return n, nil
}

// newArch checks the layers and sets their shapes; it allocates no parameters.
func newArch(inputs int, layers []Layer) (arch, error) {
	a := arch{inputs: inputs, layers: make([]layer, len(layers))}
	in, total := inputs, 0
	var count [len(kindNames)]uint64
	linear := false // the last layer but Dropout is one of Identity
	for i, d := range layers {
		if err := d.check(); err != nil {
			return arch{}, fmt.Errorf("layer %d: %w", i, err)
		}
		l := &a.layers[i]
		*l = layer{Layer: d, in: in, out: in, stream: count[d.kind]}
		count[d.kind]++
		switch d.kind {
		case kindDense:
			l.out = d.units
			if d.units > math.MaxInt32-layout.Width || layout.Pad(d.units) > (math.MaxInt32-total)/(in+1) {
				return arch{}, fmt.Errorf("layer %d: %d × %d weights: a network has less than 2³¹ parameters", i, in, d.units)
			}
			l.w = layout.Panels{K: in, N: d.units}
			linear = d.act == Identity
		case kindBatchNorm:
			if d.act != Identity && !linear {
				return arch{}, fmt.Errorf("layer %d: batch_norm with the activation %v: the dense layer before must have the identity", i, d.act)
			}
			if i == len(layers)-1 && !linear {
				return arch{}, fmt.Errorf("layer %d: batch_norm as the last layer: the dense layer before must have the identity", i)
			}
			if layout.Pad(in) > (math.MaxInt32-total)/4 {
				return arch{}, fmt.Errorf("layer %d: a network has less than 2³¹ parameters", i)
			}
			linear = linear && d.act == Identity
		case kindDropout:
			if i == len(layers)-1 {
				return arch{}, fmt.Errorf("layer %d: dropout as the last layer: it would drop outputs", i)
			}
		}
		total += l.paramsLen()
		in = l.out
	}
	if count[kindDense] == 0 {
		return arch{}, fmt.Errorf("no dense layer: a network has at least one")
	}
	return a, nil
}

// allocate gives the layers their numbers from new flat slices.
func (a *arch) allocate() {
	params, stats := 0, 0
	for i := range a.layers {
		l := &a.layers[i]
		params += l.paramsLen()
		if l.kind == kindBatchNorm {
			stats += 2 * layout.Pad(l.out)
		}
	}
	a.values = layout.Alloc(params + stats)
	a.params = a.values[:params:params]
	at, stat := 0, params
	for i := range a.layers {
		l := &a.layers[i]
		size, pad := l.paramsLen(), layout.Pad(l.out)
		switch l.kind {
		case kindDense:
			l.w.Data = a.params[at : at+size : at+size]
		case kindBatchNorm:
			l.gamma, l.beta = a.params[at:][:l.out:l.out], a.params[at+pad:][:l.out:l.out]
			l.mean, l.variance = a.values[stat:][:l.out:l.out], a.values[stat+pad:][:l.out:l.out]
			stat += 2 * pad
		}
		at += size
	}
}

// clone returns a copy that shares nothing that can be written.
func (a *arch) clone() arch {
	c := *a
	c.layers = append([]layer(nil), a.layers...)
	c.allocate()
	copy(c.values, a.values)
	return c
}

// Reset sets the weights to initial values drawn with the seed, and all else to
// what a new network has. A seed gives the same weights on every machine.
func (n *Network) Reset(seed uint64) {
	for i := range n.layers {
		n.layers[i].reset(seed)
	}
}

// Inputs returns the number of inputs.
func (a *arch) Inputs() int { return a.inputs }

// Outputs returns the number of outputs.
func (a *arch) Outputs() int { return a.output().out }

// output returns the last layer.
func (a *arch) output() *layer { return &a.layers[len(a.layers)-1] }

// Layers returns the number of layers.
func (a *arch) Layers() int { return len(a.layers) }

// LayerInfo describes a layer of a network or model.
type LayerInfo struct {
	Kind            string // dense, batch_norm or dropout
	Inputs, Outputs int
	Activation      Activation
	Rate            float64 // of dropout
	Parameters      int
}

// Layer describes layer i.
func (a *arch) Layer(i int) LayerInfo {
	l := &a.layers[i]
	return LayerInfo{l.kind.String(), l.in, l.out, l.act, l.rate, l.parameters()}
}

// Parameters returns the number of trained parameters: weights and biases, γ
// and β.
func (a *arch) Parameters() int {
	sum := 0
	for i := range a.layers {
		sum += a.layers[i].parameters()
	}
	return sum
}

// Weights returns copies of the weights of layer i, inputs × outputs, and its
// bias; both are empty unless it is a Dense layer.
func (a *arch) Weights(i int) (w layout.Matrix, bias []float32) {
	p := a.layers[i].w
	w, bias = layout.NewMatrix(p.K, p.N), make([]float32, p.N)
	if p.N > 0 {
		p.Unpack(w, bias)
	}
	return w, bias
}

// SetWeights sets the weights of the Dense layer i, inputs × outputs, and its
// bias. Values below kernels.FlushProduct become zero.
// It returns an error if a shape is wrong or a value is not finite; then
// nothing is set.
func (n *Network) SetWeights(i int, w layout.Matrix, bias []float32) error {
	if err := n.checkKind(i, kindDense); err != nil {
		return fmt.Errorf("ffnn: SetWeights: %w", err)
	}
	p := n.layers[i].w
	if !w.Valid() || w.Rows != p.K || w.Cols != p.N || len(bias) != p.N {
		return fmt.Errorf("ffnn: SetWeights: layer %d: weights of %d × %d and %d biases, want %d × %d and %d",
			i, w.Rows, w.Cols, len(bias), p.K, p.N, p.N)
	}
	if r, c, ok := findNotFinite(w); ok {
		return fmt.Errorf("ffnn: SetWeights: layer %d: weight (%d, %d) is %g", i, r, c, w.At(r, c))
	}
	if _, c, ok := findNotFinite(layout.MatrixOf(bias, 1, len(bias))); ok {
		return fmt.Errorf("ffnn: SetWeights: layer %d: bias %d is %g", i, c, bias[c])
	}
	p.Pack(w, bias)
	hadamard.Flush(p.Data, p.Data, kernels.FlushProduct)
	return nil
}

// checkKind returns an error unless layer i is there and of that kind.
func (a *arch) checkKind(i int, kind layerKind) error {
	if i < 0 || i >= len(a.layers) {
		return fmt.Errorf("no layer %d: the network has %d", i, len(a.layers))
	}
	if is := a.layers[i].kind; is != kind {
		return fmt.Errorf("layer %d is a %v layer, not %v", i, is, kind)
	}
	return nil
}

// Norm is what a BatchNorm layer has learnt: y = Gamma·(x − Mean)/√(Variance + ε) + Beta.
// In PyTorch these are weight, bias, running_mean and running_var, in Keras gamma,
// beta, moving_mean and moving_variance.
type Norm struct {
	Gamma, Beta, Mean, Variance []float32
}

// Norm returns a copy of what the BatchNorm layer i has learnt; it is empty for
// other layers.
func (a *arch) Norm(i int) Norm {
	l := &a.layers[i]
	return Norm{slices.Clone(l.gamma), slices.Clone(l.beta), slices.Clone(l.mean), slices.Clone(l.variance)}
}

// SetNorm sets what the BatchNorm layer i has learnt. It returns an error if a
// length is wrong, a value is not finite, or a variance negative; then nothing is
// set.
func (n *Network) SetNorm(i int, v Norm) error {
	if err := n.checkKind(i, kindBatchNorm); err != nil {
		return fmt.Errorf("ffnn: SetNorm: %w", err)
	}
	l := &n.layers[i]
	for _, p := range []struct {
		name     string
		from     []float32
		negative bool
	}{{"gamma", v.Gamma, true}, {"beta", v.Beta, true}, {"mean", v.Mean, true}, {"variance", v.Variance, false}} {
		if len(p.from) != l.out {
			return fmt.Errorf("ffnn: SetNorm: layer %d: %d values of %s, want %d", i, len(p.from), p.name, l.out)
		}
		for j, x := range p.from {
			if !finite(x) || x < 0 && !p.negative {
				return fmt.Errorf("ffnn: SetNorm: layer %d: %s %d is %g", i, p.name, j, x)
			}
		}
	}
	hadamard.Flush(l.gamma, v.Gamma, kernels.FlushProduct)
	hadamard.Flush(l.beta, v.Beta, kernels.FlushProduct)
	hadamard.Flush(l.mean, v.Mean, kernels.FlushState)
	hadamard.Flush(l.variance, v.Variance, kernels.FlushState)
	return nil
}

// SetScaler makes the network scale its inputs, x′ = (x − Shift)·Scale, before
// the first layer: in training and, as a part of the model, in prediction. Then
// both are given raw values. The zero Scaler removes it.
func (n *Network) SetScaler(s Scaler) error {
	if err := s.check(n.inputs); err != nil {
		return fmt.Errorf("ffnn: SetScaler: %w", err)
	}
	n.scaler = s.clone()
	return nil
}

// SetTargetScaler makes the network learn (t − Shift)·Scale instead of the
// targets t, and give its predictions in the units of t. Losses are those of
// the scaled targets. The last layer must have the Identity.
func (n *Network) SetTargetScaler(s Scaler) error {
	if err := n.checkTargetScaler(s); err != nil {
		return fmt.Errorf("ffnn: SetTargetScaler: %w", err)
	}
	n.targets = s.clone()
	return nil
}

func (a *arch) checkTargetScaler(s Scaler) error {
	if last := a.output().act; !s.empty() && last != Identity {
		return fmt.Errorf("the outputs have the activation %v: only those of the identity can be scaled", last)
	}
	return s.check(a.Outputs())
}

// Scaler returns a copy of the scaler of the inputs.
func (a *arch) Scaler() Scaler { return a.scaler.clone() }

// TargetScaler returns a copy of the scaler of the targets.
func (a *arch) TargetScaler() Scaler { return a.targets.clone() }

func (s Scaler) empty() bool { return len(s.Shift) == 0 && len(s.Scale) == 0 }

func (s Scaler) clone() Scaler {
	return Scaler{Shift: append([]float32(nil), s.Shift...), Scale: append([]float32(nil), s.Scale...)}
}

// check returns an error unless s is no map, or maps n columns to finite values
// and back.
func (s Scaler) check(n int) error {
	if s.empty() {
		return nil
	}
	if len(s.Shift) != n || len(s.Scale) != n {
		return fmt.Errorf("%d shifts and %d scales for %d columns", len(s.Shift), len(s.Scale), n)
	}
	for i := range n {
		if !finite(s.Shift[i]) || !finite(s.Scale[i]) || !finite(1/s.Scale[i]) {
			return fmt.Errorf("column %d: shift %g, scale %g: both must be finite, and the scale not zero", i, s.Shift[i], s.Scale[i])
		}
	}
	return nil
}

// SetMeta sets the names that travel with the model.
func (n *Network) SetMeta(m Meta) error {
	if err := m.check(&n.arch); err != nil {
		return fmt.Errorf("ffnn: SetMeta: %w", err)
	}
	n.meta = m.clone()
	return nil
}

// Meta returns a copy of the names that travel with the model.
func (a *arch) Meta() Meta { return a.meta.clone() }

func (m Meta) clone() Meta {
	m.Features = append([]string(nil), m.Features...)
	m.Classes = append([]string(nil), m.Classes...)
	return m
}

func (m Meta) check(a *arch) error {
	if len(m.Features) != 0 && len(m.Features) != a.inputs {
		return fmt.Errorf("%d names of features for %d inputs", len(m.Features), a.inputs)
	}
	want := a.Outputs()
	if want == 1 {
		want = 2
	}
	if len(m.Classes) != 0 && len(m.Classes) != want {
		return fmt.Errorf("%d names of classes for %d outputs, want %d", len(m.Classes), a.Outputs(), want)
	}
	return nil
}

// Class returns the class that the outputs p mean: the first of the greatest,
// or for a single output 1 if it is a probability greater than ½ (a Sigmoid; for
// a logit compare with 0 instead) and else 0. It returns −1 if an output is NaN.
func (a *arch) Class(p []float32) int {
	if len(p) == 1 {
		switch {
		case p[0] != p[0]:
			return -1
		case p[0] > 0.5:
			return 1
		}
		return 0
	}
	return kernels.ArgMax(p)
}

// Summary returns a table of the layers: shapes, activations, parameters.
func (a *arch) Summary() string {
	var b strings.Builder
	line := strings.Repeat("─", 65) + "\n"
	fmt.Fprintf(&b, "%-13s %-16s %-20s %12s\n%s", "layer", "shape", "activation", "parameters", line)
	if !a.scaler.empty() {
		fmt.Fprintf(&b, "%-13s %-16s %-20s %12s\n", "scaler", fmt.Sprint(a.inputs), "(x − shift)·scale", "")
	}
	for i := range a.layers {
		l := &a.layers[i]
		name, what := l.kind.String(), l.act.String()
		if l.kind == kindDropout {
			what = fmt.Sprintf("rate %g", l.rate)
		}
		fmt.Fprintf(&b, "%-13s %-16s %-20s %12d\n", fmt.Sprintf("%s %d", name, i), fmt.Sprintf("%d → %d", l.in, l.out), what, l.parameters())
	}
	if !a.targets.empty() {
		fmt.Fprintf(&b, "%-13s %-16s %-20s %12s\n", "scaler", fmt.Sprint(a.Outputs()), "y/scale + shift", "")
	}
	fmt.Fprintf(&b, "%s%d parameters, %.1f KiB packed\n", line, a.Parameters(), float64(4*len(a.params))/1024)
	return b.String()
}

// finite reports whether all parameters and running means are finite.
func (a *arch) finite() bool {
	_, _, bad := findNotFinite(layout.MatrixOf(a.values, 1, len(a.values)))
	return !bad
}

// x−x == 0 would not do: a compiler may fuse the product that x comes from with
// the subtraction.
func finite(x float32) bool { return -math.MaxFloat32 <= x && x <= math.MaxFloat32 }

// findNotFinite returns the place of an element of m that is NaN or infinite.
func findNotFinite(m layout.Matrix) (row, col int, found bool) {
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			if !finite(v) {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}
