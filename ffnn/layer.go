package ffnn

import (
	"fmt"
	"math"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Layer describes a layer of a network to New: Dense, BatchNorm or Dropout. Its
// methods return it with a property changed.
type Layer struct {
	kind  layerKind
	units int // of Dense
	act   Activation

	// Of Dense.
	init    Initializer
	bias    float64
	penalty *Penalty // nil: that of the TrainConfig
	maxNorm float64  // 0: none

	momentum, epsilon float64 // of BatchNorm
	rate              float64 // of Dropout

	err error // of a method that does not belong to the kind
}

type layerKind uint8

const (
	kindDense layerKind = iota
	kindBatchNorm
	kindDropout
)

var kindNames = [...]string{"dense", "batch_norm", "dropout"}

func (k layerKind) String() string { return kindNames[k] }

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
	return Layer{kind: kindDense, units: units, act: act, init: init}
}

// BatchNorm describes a layer that normalises each column x over the rows of a
// training batch, and then gives it a mean and a deviation of its own:
//
//	y = σ(γ·(x − mean)/√(variance + ε) + β)
//
// γ starts with ones and β with zeros; both are trained, without penalty or
// decay. Running means of the batches' means and (unbiased) variances,
//
//	running = (1 − momentum)·running + momentum·batch,   from 0 and 1,
//
// take the place of the batch's in evaluation and prediction, where the layer
// costs nothing: Compile folds it into the weights of a Dense layer. So an
// activation other than Identity needs a Dense layer of Identity before, as in
//
//	ffnn.Dense(100, ffnn.Identity), ffnn.BatchNorm(ffnn.ReLU)
//
// and a BatchNorm after another activation has the Identity and is not the last
// layer.
//
// The size of the weights before it does not matter. The momentum is 0.1 and ε 1e-5, as in PyTorch (Keras: 0.01 and 1e-3). A batch
// of one row, which has no variance, is normalised by the running means.
//
// Source: S. Ioffe, C. Szegedy, ICML 2015.
func BatchNorm(act Activation) Layer {
	return Layer{kind: kindBatchNorm, act: act, momentum: 0.1, epsilon: 1e-5}
}

// Dropout describes a layer that in training replaces each element by 0 with
// the probability rate, and multiplies the others by 1/(1−rate); otherwise it
// does nothing. The masks are functions of the seed, the number of rows trained
// on before, and the column, so that they do not depend on how a batch is split.
//
// Source: N. Srivastava et al., JMLR 15, 2014, in the inverted form.
func Dropout(rate float64) Layer { return Layer{kind: kindDropout, rate: rate} }

// only notes an error unless the layer has the kind that a method belongs to.
func (l Layer) only(kind layerKind, method string) Layer {
	if l.kind != kind && l.err == nil {
		l.err = fmt.Errorf("%s belongs to a layer of kind %v, not %v", method, kind, l.kind)
	}
	return l
}

// Init returns a Dense layer with another distribution of the initial weights.
func (l Layer) Init(init Initializer) Layer {
	l.init = init
	return l.only(kindDense, "Init")
}

// InitBias returns a Dense layer whose bias starts with b. For an output with a
// rare class of share p, ln(p/(1−p)) spares the training its first epochs.
func (l Layer) InitBias(b float64) Layer {
	l.bias = b
	return l.only(kindDense, "InitBias")
}

// Penalize returns a Dense layer with a penalty of its own in place of that of
// the TrainConfig.
func (l Layer) Penalize(p Penalty) Layer {
	l.penalty = &p
	return l.only(kindDense, "Penalize")
}

// MaxNorm returns a Dense layer whose units' incoming weights are scaled back
// to the Euclidean norm c after each step that left it greater.
//
// Source: Srivastava et al. 2014; Keras' MaxNorm.
func (l Layer) MaxNorm(c float64) Layer {
	l.maxNorm = c
	if !(c > 0) && l.err == nil {
		l.err = fmt.Errorf("MaxNorm %g: must be positive", c)
	}
	return l.only(kindDense, "MaxNorm")
}

// Momentum returns a BatchNorm layer with another momentum of its running
// means, the share of the newest batch.
func (l Layer) Momentum(m float64) Layer {
	l.momentum = m
	return l.only(kindBatchNorm, "Momentum")
}

// Epsilon returns a BatchNorm layer with another ε.
func (l Layer) Epsilon(eps float64) Layer {
	l.epsilon = eps
	return l.only(kindBatchNorm, "Epsilon")
}

func (l Layer) check() error {
	if l.err != nil {
		return l.err
	}
	switch l.kind {
	case kindBatchNorm:
		if err := checkRange("momentum", l.momentum, 0, 1); err != nil {
			return err
		}
		// A root of ε below 2⁻³² would let a constant column explode.
		if err := checkRange("epsilon", l.epsilon, 0x1p-64, 1e6); err != nil {
			return err
		}
	case kindDropout:
		if !(l.rate >= 0 && l.rate < 1) {
			return fmt.Errorf("dropout rate %g: must be in [0, 1)", l.rate)
		}
	default:
		if l.units < 1 {
			return fmt.Errorf("%d units: a layer has at least one", l.units)
		}
		if err := l.init.check(); err != nil {
			return err
		}
		if !finite(float32(l.bias)) {
			return fmt.Errorf("initial bias %g: must be finite", l.bias)
		}
		if l.penalty != nil {
			if err := l.penalty.check(); err != nil {
				return err
			}
		}
		if l.maxNorm != 0 {
			if err := checkRange("MaxNorm", l.maxNorm, 1e-30, math.MaxFloat32); err != nil {
				return err
			}
		}
	}
	return l.act.check()
}

// Penalty is what large weights cost: Σ L1·|w| + L2/2·w² over the weights,
// biases excluded, is added to what training minimises. It is not a part of the
// reported losses (see Trainer.PenaltyValue).
//
// The conventions differ: L2 and L1 are those of lectures and PyTorch, with the
// gradients λ·w and λ·sign(w); KerasL2 has the gradient 2λ·w. scikit-learn's
// alpha is L2(alpha/BatchSize).
type Penalty struct {
	L1, L2 float64
}

// L1 is the penalty λ·Σ|w|.
func L1(lambda float64) Penalty { return Penalty{L1: lambda} }

// L2 is the penalty λ/2·Σw², with the gradient λ·w: that of lectures, and
// PyTorch's weight_decay.
func L2(lambda float64) Penalty { return Penalty{L2: lambda} }

// KerasL2 is the penalty λ·Σw², with the gradient 2λ·w: the regularizers.l2 of
// Keras, whose l1 is L1.
func KerasL2(lambda float64) Penalty { return Penalty{L2: 2 * lambda} }

func (p Penalty) check() error {
	if p.L1 != 0 {
		if err := checkRange("L1", p.L1, 0x1p-126, 1e30); err != nil {
			return fmt.Errorf("%w (or 0)", err)
		}
	}
	if p.L2 != 0 {
		if err := checkRange("L2", p.L2, 0x1p-126, 1e30); err != nil {
			return fmt.Errorf("%w (or 0)", err)
		}
	}
	return nil
}

// layer is a layer of a network. Its parameters are parts of arch.params, its
// running means parts of arch.values.
type layer struct {
	Layer
	in, out int
	stream  uint64 // number among the layers of its kind

	w layout.Panels // of Dense

	// Of BatchNorm.
	gamma, beta    []float32
	mean, variance []float32
}

// paramsLen returns the number of elements of the flat slice that the layer's
// parameters take.
func (l *layer) paramsLen() int {
	switch l.kind {
	case kindDense:
		return layout.PanelsLen(l.in, l.out)
	case kindBatchNorm:
		return 2 * layout.Pad(l.out)
	}
	return 0
}

// parameters returns the number of parameters.
func (l *layer) parameters() int {
	switch l.kind {
	case kindDense:
		return (l.in + 1) * l.out
	case kindBatchNorm:
		return 2 * l.out
	}
	return 0
}

// reset sets the parameters to initial values.
func (l *layer) reset(seed uint64) {
	switch l.kind {
	case kindDense:
		l.init.fill(l.w, seed, int(l.stream))
		for j := range l.out {
			l.w.SetBias(j, kernels.Flush(float32(l.bias), kernels.FlushProduct))
		}
	case kindBatchNorm:
		clear(l.beta)
		clear(l.mean)
		for j := range l.out {
			l.gamma[j], l.variance[j] = 1, 1
		}
	}
}

// trained reports whether the layer has parameters.
func (l *layer) trained() bool { return l.kind != kindDropout }
