package ffnn

import (
	"fmt"
	"math"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Layer describes a layer of a network to New.
type Layer struct {
	units int
	act   Activation
	init  Initializer
}

// Dense describes a fully connected layer: y = σ(x·W + b), W of shape
// inputs × units.
//
// The weights start with HeNormal if the activation is ReLU or one like it
// (LeakyReLU, ELU, Softplus, SiLU, GELU), with LeCunNormal for SELU, and with
// GlorotUniform otherwise; the bias starts with zeros.
func Dense(units int, act Activation) Layer {
	init := GlorotUniform
	switch act.act.Kind {
	case kernels.KindReLU, kernels.KindLeakyReLU, kernels.KindELU, kernels.KindSoftplus, kernels.KindSiLU, kernels.KindGELU, kernels.KindGELUTanh:
		init = HeNormal
	case kernels.KindSELU:
		init = LeCunNormal
	}
	return Layer{units: units, act: act, init: init}
}

// Init returns the layer with another distribution of the initial weights.
func (l Layer) Init(init Initializer) Layer {
	l.init = init
	return l
}

func (l Layer) check() error {
	if l.units < 1 {
		return fmt.Errorf("%d units: a layer has at least one", l.units)
	}
	if l.init.std < 0 || math.IsInf(l.init.std, 0) || math.IsNaN(l.init.std) {
		return fmt.Errorf("initial standard deviation %g: must be finite and not negative", l.init.std)
	}
	return l.act.check()
}

// Initializer is the distribution of a layer's initial weights.
type Initializer struct {
	kind initKind
	std  float64 // of Normal
}

type initKind uint8

const (
	initGlorotUniform initKind = iota
	initGlorotNormal
	initHeUniform
	initHeNormal
	initLeCunUniform
	initLeCunNormal
	initNormal
)

// The initialisers that scale with the layer, n inputs and m outputs.
//
// Sources: X. Glorot, Y. Bengio, AISTATS 2010; K. He et al., ICCV 2015; Y. LeCun
// et al., "Efficient BackProp", 1998. The normal forms are not truncated.
var (
	GlorotUniform = Initializer{kind: initGlorotUniform} // uniform on ±√(6/(n+m))
	GlorotNormal  = Initializer{kind: initGlorotNormal}  // σ = √(2/(n+m))
	HeUniform     = Initializer{kind: initHeUniform}     // uniform on ±√(6/n)
	HeNormal      = Initializer{kind: initHeNormal}      // σ = √(2/n)
	LeCunUniform  = Initializer{kind: initLeCunUniform}  // uniform on ±√(3/n)
	LeCunNormal   = Initializer{kind: initLeCunNormal}   // σ = √(1/n)
)

// Normal is the normal distribution with mean 0 and the given standard
// deviation.
func Normal(std float64) Initializer { return Initializer{kind: initNormal, std: std} }

// initStream is the upper half of the random streams that initial weights come
// from, a stream for each layer.
const initStream = 0x696e6974 << 32 // "init"

// fill sets the weights of panels from the stream of the layer. Weight (k, j)
// is draw k·N + j: it does not depend on how weights are packed.
func (in Initializer) fill(w layout.Panels, seed uint64, layer int) {
	n, m := float64(w.K), float64(w.N)
	var scale float64
	uniform := false
	switch in.kind {
	case initGlorotUniform:
		scale, uniform = math.Sqrt(6/(n+m)), true
	case initGlorotNormal:
		scale = math.Sqrt(2 / (n + m))
	case initHeUniform:
		scale, uniform = math.Sqrt(6/n), true
	case initHeNormal:
		scale = math.Sqrt(2 / n)
	case initLeCunUniform:
		scale, uniform = math.Sqrt(3/n), true
	case initLeCunNormal:
		scale = math.Sqrt(1 / n)
	case initNormal:
		scale = in.std
	}
	r := kernels.Philox{Seed: seed, Stream: initStream + uint64(layer)}
	clear(w.Data)
	row := make([]float32, w.N)
	for k := range w.K {
		if uniform {
			r.Uniform(row, uint64(k*w.N))
		} else {
			r.Normal(row, uint64(k*w.N))
		}
		for j, v := range row {
			if uniform {
				v = float32(2*v) - 1
			}
			w.SetWeight(k, j, kernels.Flush(float32(v*float32(scale)), kernels.FlushProduct))
		}
	}
}
