package lecture

import (
	"errors"
	"fmt"
)

// FFNN is the lecture's feed-forward neural network. New makes one.
//
// Any number of goroutines may predict with one network while none trains or
// resets it.
type FFNN struct {
	dims           []int
	hidden, output Activation
	cost           Cost
	seed           uint32

	weights []Matrix // of layer l: row 0 the biases, then a row for each input

	// traced, if not nil, sees each step of training, for tests.
	traced func(step)
}

// step is one forward and backward pass. The index is that of the layer, which
// has the weights W of the same index; z and a have one matrix more: a[0] is the
// input with its bias column, z[0] is nil.
type step struct {
	epoch, batch int
	z, a         []Matrix
	deltas       []Matrix
}

// New returns a network with dims[0] inputs, dims[l] units in layer l and
// dims[len(dims)-1] outputs. The seed is that of its weights and of each fit.
//
// The lecture's defaults are Sigmoid, Identity and CostOLS. Its seed may be left
// out, to go on with NumPy's global generator; here there is always one.
//
// It is an error if there are fewer than two dims, one of them is not positive, or
// a function is missing.
func New(dims []int, hidden, output Activation, cost Cost, seed uint32) (*FFNN, error) {
	if len(dims) < 2 {
		return nil, fmt.Errorf("lecture: New: %d dims: give at least the numbers of inputs and outputs", len(dims))
	}
	for l, d := range dims {
		if d <= 0 {
			return nil, fmt.Errorf("lecture: New: dims[%d] is %d, and must be positive", l, d)
		}
	}
	for _, f := range []Activation{hidden, output} {
		if f.Func == nil || f.Derivative == nil {
			return nil, fmt.Errorf("lecture: New: activation %q lacks its function or its derivative", f.Name)
		}
	}
	if cost.Value == nil || cost.Gradient == nil {
		return nil, fmt.Errorf("lecture: New: cost %q lacks its function or its derivative", cost.Name)
	}
	f := &FFNN{dims: append([]int(nil), dims...), hidden: hidden, output: output, cost: cost, seed: seed}
	f.ResetWeights()
	return f, nil
}

// ResetWeights draws the weights anew from the seed: N(0, 1), the biases 0.01·N(0, 1)
// (Q21). They are those that New drew.
func (f *FFNN) ResetWeights() {
	r := NewRandomState(f.seed)
	f.weights = make([]Matrix, len(f.dims)-1)
	for l := range f.weights {
		w := newMatrix(1+f.dims[l], f.dims[l+1])
		for _, row := range w {
			for j := range row {
				row[j] = r.NormFloat64()
			}
		}
		for j := range w[0] { // the lecture draws the biases twice
			w[0][j] = r.NormFloat64() * 0.01
		}
		f.weights[l] = w
	}
}

// Weights returns a copy of the weights, a matrix for each layer: row 0 the
// biases, then a row for each input, a column for each unit.
func (f *FFNN) Weights() []Matrix {
	w := make([]Matrix, len(f.weights))
	for l := range w {
		w[l] = f.weights[l].clone()
	}
	return w
}

// SetWeights replaces the weights by copies of w, which has the form of Weights.
// It is an error if a shape is another or a number is not finite; the network is
// then as it was.
func (f *FFNN) SetWeights(w []Matrix) error {
	if len(w) != len(f.weights) {
		return fmt.Errorf("lecture: SetWeights: %d matrices for %d layers", len(w), len(f.weights))
	}
	for l := range w {
		if len(w[l]) != 1+f.dims[l] {
			return fmt.Errorf("lecture: SetWeights: layer %d has %d rows, and 1 of biases and %d of weights are needed", l, len(w[l]), f.dims[l])
		}
		if err := w[l].check(fmt.Sprintf("the matrix of layer %d", l), f.dims[l+1]); err != nil {
			return err
		}
	}
	for l := range w {
		f.weights[l] = w[l].clone()
	}
	return nil
}

// Classification reports whether the network is a classifier: whether its cost
// function is called CostLogReg or CostCrossEntropy (Q17).
func (f *FFNN) Classification() bool { return f.cost.classifies() }

// Predict returns the outputs of a regression; of a classifier, 1 for an output
// above the threshold and 0 for others, so that a row may have no class or several
// (Q17). The lecture's threshold is 0.5.
//
// If the output layer fails with ErrNotFinite, Predict returns beside the error
// what the lecture returns after printing one: the activations of the layer
// before, bias column and all, as if they were the outputs (Q23). If a hidden layer
// fails, it returns no matrix.
func (f *FFNN) Predict(X Matrix, threshold float64) (Matrix, error) {
	p, err := f.Feedforward(X)
	if p == nil || !f.Classification() {
		return p, err
	}
	return thresholded(p, threshold), err
}

// Feedforward returns the outputs of the last layer, which for a classifier are
// what Predict compares with its threshold. Its errors are those of Predict.
func (f *FFNN) Feedforward(X Matrix) (Matrix, error) {
	if err := X.check("X", f.dims[0]); err != nil {
		return nil, err
	}
	_, a, err := f.feedforward(X)
	if a == nil {
		return nil, err
	}
	return a[len(a)-1], err
}

func thresholded(p Matrix, threshold float64) Matrix {
	return each(p, p, func(p, _ float64) float64 {
		if p > threshold {
			return 1
		}
		return 0
	})
}

// feedforward returns the inputs z and the activations a of all layers:
//
//	z[l+1] = [0.01 a[l]]·W[l]    a[l+1] = hidden(z[l+1])    the last: output(z)
//
// The bias column is part of all a but the last one. If the last layer fails,
// its a is missing and there is an error; if another one does, all are nil.
func (f *FFNN) feedforward(X Matrix) (z, a []Matrix, err error) {
	z, a = []Matrix{nil}, []Matrix{withBias(X, f.dims[0])}
	last := len(f.weights) - 1
	for l, w := range f.weights {
		act := f.hidden
		if l == last {
			act = f.output
		}
		zl := mul(a[l], w)
		al := newMatrix(len(X), f.dims[l+1])
		err := zl.finite()
		if err == nil {
			applyRows(act.Func, al, zl)
			err = al.finite()
		}
		switch {
		case err != nil && l == last:
			return z, a, fmt.Errorf("output layer: %w", err)
		case err != nil:
			return nil, nil, fmt.Errorf("hidden layer %d: %w", l+1, err)
		case l < last:
			al = withBias(al, f.dims[l+1])
		}
		z, a = append(z, zl), append(a, al)
	}
	return z, a, nil
}

func applyRows(f func(y, x []float64), y, x Matrix) {
	for i := range x {
		f(y[i], x[i])
	}
}

// backpropagate changes the weights, layer by layer from the output. The delta of
// a layer is made with the new weights of the next one (Q3), the bias gradient
// without the factor 0.01 of the bias input (Q2).
//
// What it returns are the deltas, for tests.
func (f *FFNN) backpropagate(z, a []Matrix, t Matrix, lam float64, weight, bias []Scheduler) ([]Matrix, error) {
	deltas := make([]Matrix, len(f.weights))
	for l := len(f.weights) - 1; l >= 0; l-- {
		var err error
		if l == len(f.weights)-1 {
			deltas[l], err = f.outputDelta(z[l+1], a[l+1], t)
		} else {
			deltas[l], err = f.hiddenDelta(l, z[l+1], deltas[l+1])
		}
		if err == nil {
			err = f.update(l, a[l], deltas[l], lam, weight[l], bias[l])
		}
		if err != nil {
			return nil, fmt.Errorf("backward in layer %d: %w", l+1, err)
		}
	}
	return deltas, nil
}

// outputDelta returns a − t for softmax, whatever the cost, without a mean over the
// batch (Q4), else output′(z) ∘ ∂cost/∂a.
func (f *FFNN) outputDelta(z, a, t Matrix) (Matrix, error) {
	if f.output.Name == Softmax.Name {
		return each(a, t, func(a, t float64) float64 { return a - t }), nil
	}
	if len(t) == 0 {
		return nil, errors.New("a batch without rows, for which the lecture raises a ZeroDivisionError: take no more batches than rows")
	}
	if !isFinite(f.cost.Value(t, a)) {
		return nil, ErrNotFinite
	}
	d := newMatrix(len(z), z.cols())
	applyRows(f.output.Derivative, d, z)
	d = each(d, f.cost.Gradient(t, a), func(d, g float64) float64 { return d * g })
	return d, d.finite()
}

// hiddenDelta returns the delta of layer l, (delta of layer l+1)·Wᵀ ∘ hidden′(z).
func (f *FFNN) hiddenDelta(l int, z, next Matrix) (Matrix, error) {
	d := newMatrix(len(z), f.dims[l+1])
	applyRows(f.hidden.Derivative, d, z)
	d = each(mulTransposedB(next, f.weights[l+1][1:]), d, func(e, d float64) float64 { return e * d })
	return d, d.finite()
}

// update changes the weights of layer l, which has the input a, by what the
// schedulers make of the gradients
//
//	aᵀ·delta + lam·W    for the weights (Q20)
//	Σ rows of delta     for the biases (Q2)
func (f *FFNN) update(l int, a, delta Matrix, lam float64, weight, bias Scheduler) error {
	w := f.weights[l]
	gradient := mulTransposedA(withoutBias(a), f.dims[l], delta, f.dims[l+1])
	for i, row := range gradient {
		addScaled(row, lam, w[1+i])
	}
	biasGradient := newMatrix(1, f.dims[l+1])
	for _, row := range delta {
		addScaled(biasGradient[0], 1, row)
	}
	if err := errors.Join(gradient.finite(), biasGradient.finite()); err != nil {
		return ErrNotFinite
	}
	change := append(bias.UpdateChange(biasGradient)[:1:1], weight.UpdateChange(gradient)...)
	for i, row := range change {
		addScaled(w[i], -1, row)
	}
	return w.finite()
}
