package ffnn

import (
	"fmt"
	"math"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// TrainConfig says how a Trainer makes a step.
type TrainConfig struct {
	Loss      Loss      // default: DefaultLoss of the last layer's activation
	Optimizer Optimizer // default: Adam{}
	BatchSize int       // rows in a batch at most; default 32. Fit takes no more than the data has
	L2        float64   // λ of the penalty λ/2·Σw² on the weights, biases excluded; not a part of the reported loss
}

// Trainer makes training steps on a network: forward, loss, backward, update.
// All memory is allocated by NewTrainer; a step allocates nothing. It changes
// the network's parameters, and is not safe for concurrent use.
type Trainer struct {
	net     *Network
	loss    Loss
	opt     stepper
	l2      float32
	fused   bool // the loss includes the activation of the last layer
	correct int  // rows of the last batch that were classified right

	grads  []float32 // as arch.params
	g      []layout.Panels
	x, t   layout.Matrix   // the batch, scaled, of BatchSize rows
	act    []layout.Matrix // outputs of each layer
	pre    []layout.Matrix // x·W + b of the layers whose σ has its derivative FromInput
	delta  []layout.Matrix // gradients with respect to each layer's x·W + b
	losses []float32       // of each row
}

// NewTrainer returns a trainer for the network, with fresh optimiser state.
func NewTrainer(n *Network, c TrainConfig) (*Trainer, error) {
	if c.Loss == nil {
		c.Loss = DefaultLoss(n.layers[len(n.layers)-1].act)
	}
	if c.Optimizer == nil {
		c.Optimizer = Adam{}
	}
	if c.BatchSize == 0 {
		c.BatchSize = 32
	}
	if c.BatchSize < 0 {
		return nil, fmt.Errorf("ffnn: batch size %d: must be positive", c.BatchSize)
	}
	widest := n.inputs
	for _, l := range n.layers {
		widest = max(widest, l.w.N)
	}
	if c.BatchSize > math.MaxInt32/(8*layout.Pad(widest)*(len(n.layers)+1)) {
		return nil, fmt.Errorf("ffnn: batch size %d: too large for the memory of a batch; there is no need for more than the rows of the data", c.BatchSize)
	}
	if c.L2 != 0 {
		if err := checkRange("L2", c.L2, 0x1p-126, 1e30); err != nil {
			return nil, fmt.Errorf("ffnn: %w (or 0)", err)
		}
	}
	if err := checkLoss(c.Loss, &n.arch); err != nil {
		return nil, fmt.Errorf("ffnn: %w", err)
	}
	opt, err := c.Optimizer.start(len(n.params))
	if err != nil {
		return nil, fmt.Errorf("ffnn: optimizer: %w", err)
	}
	tr := &Trainer{
		net: n, loss: c.Loss, opt: opt, l2: float32(c.L2), fused: c.Loss.outputs() != nil,
		g:     make([]layout.Panels, len(n.layers)),
		act:   make([]layout.Matrix, len(n.layers)),
		pre:   make([]layout.Matrix, len(n.layers)),
		delta: make([]layout.Matrix, len(n.layers)),
	}
	var arena layout.Arena
	tr.plan(&arena, c.BatchSize)
	arena.Build()
	tr.plan(&arena, c.BatchSize)
	return tr, nil
}

func (tr *Trainer) plan(a *layout.Arena, rows int) {
	tr.grads = a.Take(len(tr.net.params))
	tr.x = a.TakeMatrix(rows, tr.net.inputs)
	tr.t = a.TakeMatrix(rows, tr.net.Outputs())
	tr.losses = a.Take(rows)
	at := 0
	for i, l := range tr.net.layers {
		tr.act[i] = a.TakeMatrix(rows, l.w.N)
		tr.delta[i] = a.TakeMatrix(rows, l.w.N)
		if l.act.act.FromInput() {
			tr.pre[i] = a.TakeMatrix(rows, l.w.N)
		}
		tr.g[i] = layout.Panels{K: l.w.K, N: l.w.N}
		if tr.grads != nil {
			tr.g[i].Data = tr.grads[at : at+len(l.w.Data)]
		}
		at += len(l.w.Data)
	}
}

// Step makes one training step on a batch and returns its mean loss, from
// before the step. The rows of x are inputs, those of t targets; scalers are
// applied.
// It panics if the shapes do not fit the network, or the batch is empty or
// larger than the configured size.
func (tr *Trainer) Step(x, t layout.Matrix) float64 {
	tr.load(x, t, nil, 0, x.Rows)
	sum := tr.forward(x.Rows, true)
	tr.backward(x.Rows)
	tr.update()
	return sum / tr.loss.divisor(x.Rows, t.Cols)
}

// Evaluate returns the mean loss of the network on the rows of x and t, and the
// share of rows that are right (see EpochEnd), without changing it; NaN for no
// rows. It panics if the shapes do not fit the network.
func (tr *Trainer) Evaluate(x, t layout.Matrix) (loss, accuracy float64) {
	tr.checkShapes(x, t)
	var sum float64
	correct := 0
	for from := 0; from < x.Rows; from += tr.x.Rows {
		rows := min(tr.x.Rows, x.Rows-from)
		tr.load(x, t, nil, from, rows)
		sum += tr.forward(rows, false)
		correct += tr.correct
	}
	return sum / tr.loss.divisor(x.Rows, t.Cols), float64(correct) / float64(x.Rows)
}

// load copies rows from, from+1, … of x and t, or those that order has there,
// and scales them.
func (tr *Trainer) load(x, t layout.Matrix, order []int, from, rows int) {
	tr.checkShapes(x, t)
	if rows < 1 || rows > tr.x.Rows {
		panic("ffnn: Trainer: empty batch, or more rows than the batch size")
	}
	for i := range rows {
		src := from + i
		if order != nil {
			src = order[src]
		}
		copy(tr.x.Row(i), x.Row(src))
		copy(tr.t.Row(i), t.Row(src))
	}
	tr.net.scaler.apply(tr.x.Slice(0, rows))
	tr.net.targets.apply(tr.t.Slice(0, rows))
}

func (tr *Trainer) checkShapes(x, t layout.Matrix) {
	if x.Cols != tr.x.Cols || t.Cols != tr.t.Cols || x.Rows != t.Rows || !x.Valid() || !t.Valid() {
		panic("ffnn: Trainer: shapes do not fit the network")
	}
}

func (s Scaler) apply(x layout.Matrix) {
	if !s.empty() {
		hadamard.ShiftScale(x, x, s.Shift, s.Scale)
	}
}

// forward computes the network's outputs (or logits, if the loss takes them)
// for the loaded rows, returns the sum of their losses, and counts the rows
// that are right; with grad, it also leaves the gradient of the mean loss in
// the last delta.
func (tr *Trainer) forward(rows int, grad bool) float64 {
	in, last := tr.x.Slice(0, rows), len(tr.net.layers)-1
	for i := range tr.net.layers {
		l := &tr.net.layers[i]
		out := tr.act[i].Slice(0, rows)
		switch {
		case i == last && tr.fused:
			hadamard.Dense(out, in, l.w, hadamard.Identity, false)
		case l.act.act.FromInput():
			pre := tr.pre[i].Slice(0, rows)
			hadamard.Dense(pre, in, l.w, hadamard.Identity, false)
			for r := range rows {
				hadamard.Activate(out.Row(r), pre.Row(r), l.act.act)
			}
			if i < last {
				flush(out)
			}
		default:
			l.forward(out, in, i < last)
		}
		in = out
	}
	z, t, losses := in, tr.t.Slice(0, rows), tr.losses[:rows]
	d := tr.delta[last].Slice(0, rows)
	tr.loss.compute(losses, d, z, t)
	if grad && !tr.fused {
		saved := tr.saved(last, rows)
		for i := range rows {
			hadamard.ActivateGrad(d.Row(i), d.Row(i), saved.Row(i), tr.net.layers[last].act.act)
		}
		tr.net.layers[last].act.row.grad(d, z)
	}
	tr.correct = 0
	for i := range rows {
		if rightRow(z.Row(i), t.Row(i), tr.fused && tr.loss == BinaryCrossEntropy) {
			tr.correct++
		}
	}
	return float64(hadamard.Sum(losses))
}

// saved returns what the derivative of layer i's activation is computed from:
// its outputs, or what it was given.
func (tr *Trainer) saved(i, rows int) layout.Matrix {
	if tr.net.layers[i].act.act.FromInput() {
		return tr.pre[i].Slice(0, rows)
	}
	return tr.act[i].Slice(0, rows)
}

// forward computes a layer's outputs.
func (l *dense) forward(out, in layout.Matrix, hidden bool) {
	hadamard.Dense(out, in, l.w, l.act.act, hidden && l.act.row == notRow)
	switch l.act.row {
	case notRow:
		return
	case softmax:
		hadamard.Softmax(out, out)
	case logSoftmax:
		hadamard.LogSoftmax(out, out)
	}
	if hidden {
		flush(out)
	}
}

// grad turns d, a gradient with respect to the outputs y, into one with respect
// to what the function was given.
func (r rowActivation) grad(d, y layout.Matrix) {
	switch r {
	case softmax:
		hadamard.SoftmaxGrad(d, d, y)
	case logSoftmax:
		hadamard.LogSoftmaxGrad(d, d, y)
	}
}

func flush(m layout.Matrix) {
	for i := range m.Rows {
		hadamard.Flush(m.Row(i), m.Row(i), kernels.FlushProduct)
	}
}

// backward computes the gradients of all layers from the last delta.
func (tr *Trainer) backward(rows int) {
	for i := len(tr.net.layers) - 1; i >= 0; i-- {
		d := tr.delta[i].Slice(0, rows)
		if i == 0 {
			hadamard.DenseGradW(tr.g[0], tr.x.Slice(0, rows), d, false)
			break
		}
		in, before := tr.act[i-1].Slice(0, rows), tr.net.layers[i-1].act
		hadamard.DenseGradW(tr.g[i], in, d, false)
		dx := tr.delta[i-1].Slice(0, rows)
		hadamard.DenseGradX(dx, d, tr.net.layers[i].w, tr.saved(i-1, rows), before.act)
		before.row.grad(dx, in)
	}
}

// update makes the optimiser's step. Only weights have a penalty or decay, so
// with one each panel's bias and weights are two calls.
func (tr *Trainer) update() {
	tr.opt.begin()
	decay, decays := tr.opt.(decayer)
	if tr.l2 == 0 && !decays {
		tr.opt.apply(tr.net.params, tr.grads, 0, 0)
		return
	}
	at := 0
	for i := range tr.net.layers {
		w := tr.net.layers[i].w
		for range w.Count() {
			mid, end := at+layout.Width, at+(w.K+1)*layout.Width
			if decays {
				decay.setDecay(false)
			}
			tr.opt.apply(tr.net.params[at:mid], tr.grads[at:mid], at, 0)
			if decays {
				decay.setDecay(true)
			}
			tr.opt.apply(tr.net.params[mid:end], tr.grads[mid:end], mid, tr.l2)
			at = end
		}
	}
}

// rightRow reports whether the row z of outputs or logits means the same
// classes as its targets t: the same greatest element for several outputs of
// one class; otherwise each output on the same side of ½ (of 0 for the logits
// of sigmoids).
func rightRow(z, t []float32, sigmoids bool) bool {
	if len(z) > 1 && !sigmoids {
		k := kernels.ArgMax(z)
		return k >= 0 && k == kernels.ArgMax(t)
	}
	bound := float32(0.5)
	if sigmoids {
		bound = 0
	}
	for j, v := range z {
		if v != v || (v > bound) != (t[j] > 0.5) {
			return false
		}
	}
	return true
}
