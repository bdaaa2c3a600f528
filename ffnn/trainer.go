package ffnn

import (
	"errors"
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

	// MicroBatch is the number of rows that go through the network at a time;
	// default BatchSize. The gradients of a batch's parts are accumulated, so
	// that a large batch needs the memory of a small one. The bits are the same,
	// unless there is a BatchNorm, which sees the parts one by one.
	MicroBatch int

	Penalty   Penalty // on the weights of layers without one of their own
	ClipValue float64 // bound of each gradient, or 0
	ClipNorm  float64 // bound of the Euclidean norm of all gradients together, or 0; penalties come after the clipping

	// ClassWeights has a weight for each class (two for a single output), with
	// which the losses of rows of that class are multiplied in training; nil for
	// none. The mean loss is still divided by the number of rows, as in Keras.
	// BalancedWeights computes weights against imbalance.
	ClassWeights []float64

	// LabelSmoothing replaces, in training, targets t of n classes by (1−ε)·t + ε/n,
	// and those of binary outputs by (1−ε)·t + ε/2.
	LabelSmoothing float64

	Seed uint64 // of the masks of Dropout and, in Fit, of the shuffles
}

// Trainer makes training steps on a network: forward, loss, backward, update.
// All memory is allocated by NewTrainer; a step allocates nothing. It changes
// the network's parameters, and is not safe for concurrent use.
type Trainer struct {
	net     *Network
	c       TrainConfig
	loss    Loss
	opt     stepper
	rate    float64 // learning rate
	fused   bool    // the loss includes the activation of the last layer
	first   int     // index of the first layer with parameters
	spans   []span
	plan    *plan  // for Evaluate
	steps   int    // made
	seen    uint64 // rows trained on
	correct int    // rows of the last batch that were classified right

	grads  []float32 // as arch.params
	layers []work
	x, t   layout.Matrix // rows of a micro-batch, scaled
	w      []float32     // their weights, for those that have any
	losses []float32     // of each row of a batch
	good   []float32     // as arch.values: the last that were finite
	means  []float32     // running means from before the step
}

// work is what a Trainer keeps for a layer.
type work struct {
	y     layout.Matrix // outputs
	pre   layout.Matrix // what a separate activation was given
	delta layout.Matrix // gradient with respect to what the activation was given

	g layout.Panels // of Dense: a part of grads

	// Of BatchNorm.
	xhat                 layout.Matrix // normalised inputs
	gradGamma, gradBeta  []float32     // parts of grads
	mean, variance, inv  []float32     // of the batch; inv = 1/√(variance+ε)
	scale, dgamma, dbeta []float32     // γ·inv, and the sums of the micro-batch, over its rows
	alone                bool          // the batch was one row
}

// span is a part of the parameters that are updated alike.
type span struct {
	from, to int
	penalty  Penalty
	decays   bool // weights, not biases, γ or β
}

// NewTrainer returns a trainer for the network, with fresh optimiser state.
func NewTrainer(n *Network, c TrainConfig) (*Trainer, error) {
	tr, err := newTrainer(n, c)
	if err != nil {
		return nil, fmt.Errorf("ffnn: %w", err)
	}
	return tr, nil
}

func newTrainer(n *Network, c TrainConfig) (*Trainer, error) {
	if c.Loss == nil {
		c.Loss = DefaultLoss(n.output().act)
	}
	if c.Optimizer == nil {
		c.Optimizer = Adam{}
	}
	if c.BatchSize == 0 {
		c.BatchSize = 32
	}
	if c.MicroBatch == 0 {
		c.MicroBatch = c.BatchSize
	}
	if err := c.check(n); err != nil {
		return nil, err
	}
	opt, rate, err := c.Optimizer.start(len(n.params))
	if err != nil {
		return nil, fmt.Errorf("optimizer: %w", err)
	}
	_, decays := opt.(decayer)
	tr := &Trainer{
		net: n, c: c, loss: c.Loss, opt: opt, rate: rate,
		fused:  c.Loss.outputs() != nil,
		spans:  n.spans(c.Penalty, decays),
		plan:   newPlan(&n.arch),
		layers: make([]work, len(n.layers)),
	}
	for !n.layers[tr.first].trained() {
		tr.first++
	}
	var arena layout.Arena
	tr.allocate(&arena)
	arena.Build()
	tr.allocate(&arena)
	return tr, nil
}

// check returns an error that names a field out of range.
func (c *TrainConfig) check(n *Network) error {
	if c.BatchSize < 0 || c.MicroBatch < 0 {
		return fmt.Errorf("batch size %d, micro-batch %d: must be positive", c.BatchSize, c.MicroBatch)
	}
	c.MicroBatch = min(c.MicroBatch, c.BatchSize)
	widest := n.inputs
	for i := range n.layers {
		widest = max(widest, n.layers[i].out)
	}
	if c.MicroBatch > math.MaxInt32/8/(len(n.layers)+1)/layout.Pad(widest) || c.BatchSize > math.MaxInt32 {
		return fmt.Errorf("batch size %d: too large for the memory of a batch; there is no need for more than the rows of the data", c.BatchSize)
	}
	if err := c.Penalty.check(); err != nil {
		return err
	}
	for _, clip := range []struct {
		name string
		x    float64
	}{{"ClipValue", c.ClipValue}, {"ClipNorm", c.ClipNorm}} {
		if clip.x != 0 {
			if err := checkRange(clip.name, clip.x, 1e-30, math.MaxFloat32); err != nil {
				return fmt.Errorf("%w (or 0)", err)
			}
		}
	}
	if err := checkLoss(c.Loss, &n.arch); err != nil {
		return err
	}
	if !(c.LabelSmoothing >= 0 && c.LabelSmoothing < 1) {
		return fmt.Errorf("label smoothing %g: must be in [0, 1)", c.LabelSmoothing)
	}
	if c.LabelSmoothing > 0 && !c.Loss.classes() {
		return fmt.Errorf("label smoothing with loss %v: it is for targets that are classes", c.Loss)
	}
	return c.checkClassWeights(n)
}

func (c *TrainConfig) checkClassWeights(n *Network) error {
	if c.ClassWeights == nil {
		return nil
	}
	if classes := max(n.Outputs(), 2); len(c.ClassWeights) != classes {
		return fmt.Errorf("%d class weights for %d classes", len(c.ClassWeights), classes)
	}
	if multiLabel(c.Loss) && n.Outputs() > 1 {
		return errors.New("class weights with several binary outputs: a row may have several classes; weigh rows by Dataset.Weights")
	}
	for i, w := range c.ClassWeights {
		if !(w >= 0 && w <= 1e30) {
			return fmt.Errorf("class weight %d is %g: must be in [0, 1e30]", i, w)
		}
	}
	return nil
}

// multiLabel reports whether each output of a loss is a decision of its own.
func multiLabel(l Loss) bool { return l == BinaryCrossEntropy || l == BinaryCrossEntropyProbs }

// spans returns the parts of the parameters that are updated alike by an
// optimiser, which may have a weight decay.
func (a *arch) spans(common Penalty, decays bool) []span {
	var s []span
	add := func(n int, p Penalty, decays bool) {
		from := 0
		if len(s) > 0 {
			last := &s[len(s)-1]
			from = last.to
			if last.penalty == p && last.decays == decays {
				last.to += n
				return
			}
		}
		s = append(s, span{from, from + n, p, decays})
	}
	for i := range a.layers {
		l := &a.layers[i]
		if l.kind != kindDense {
			add(l.paramsLen(), Penalty{}, false)
			continue
		}
		p := common
		if l.penalty != nil {
			p = *l.penalty
		}
		for range l.w.Count() {
			add(layout.Width, Penalty{}, false) // the biases
			add(l.w.K*layout.Width, p, decays)
		}
	}
	return s
}

// allocate takes the trainer's memory from the arena.
func (tr *Trainer) allocate(a *layout.Arena) {
	rows := tr.c.MicroBatch
	tr.grads = a.Take(len(tr.net.params))
	tr.good = a.Take(len(tr.net.values))
	tr.means = a.Take(len(tr.net.values) - len(tr.net.params))
	tr.x = a.TakeMatrix(rows, tr.net.inputs)
	tr.t = a.TakeMatrix(rows, tr.net.Outputs())
	tr.losses = a.Take(tr.c.BatchSize)
	tr.w = a.Take(rows)
	at := 0
	part := func(n int) []float32 {
		if tr.grads == nil {
			return nil
		}
		return tr.grads[at : at+n : at+n]
	}
	for i := range tr.net.layers {
		l, k := &tr.net.layers[i], &tr.layers[i]
		k.y = a.TakeMatrix(rows, l.out)
		k.delta = a.TakeMatrix(rows, l.out)
		if l.act.separate() {
			k.pre = a.TakeMatrix(rows, l.out)
		}
		switch l.kind {
		case kindDense:
			k.g = layout.Panels{Data: part(l.paramsLen()), K: l.in, N: l.out}
		case kindBatchNorm:
			k.gradGamma = part(l.out)
			at += layout.Pad(l.out)
			k.gradBeta = part(l.out)
			at -= layout.Pad(l.out)
			k.xhat = a.TakeMatrix(rows, l.out)
			for _, v := range []*[]float32{&k.mean, &k.variance, &k.inv, &k.scale, &k.dgamma, &k.dbeta} {
				*v = a.Take(l.out)
			}
		}
		at += l.paramsLen()
	}
}

// LearningRate returns the learning rate of the next step.
func (tr *Trainer) LearningRate() float64 { return tr.rate }

// SetLearningRate sets the learning rate of the steps that follow. It panics
// unless the rate is in [0, 1e30].
func (tr *Trainer) SetLearningRate(rate float64) {
	if !(rate >= 0 && rate <= 1e30) {
		panic("ffnn: Trainer.SetLearningRate: rate out of range")
	}
	tr.rate = rate
}

// Steps returns the number of steps made.
func (tr *Trainer) Steps() int { return tr.steps }

// PenaltyValue returns what the penalties on the network's weights add to what
// is minimised, Σ L1·|w| + L2/2·w².
func (tr *Trainer) PenaltyValue() float64 {
	var sum float64
	for _, s := range tr.spans {
		var l1, l2 float64
		for _, w := range tr.net.params[s.from:s.to] {
			l1 += math.Abs(float64(w))
			l2 += float64(float64(w) * float64(w))
		}
		sum += float64(s.penalty.L1*l1) + float64(s.penalty.L2/2*l2)
	}
	return sum
}

// Step makes one training step on a batch of at most BatchSize rows and returns
// its mean loss, from before the step. Scalers are applied. If the loss is not
// finite, the parameters and running means stay as they are.
// It panics if the shapes do not fit the network, or the batch is empty or
// larger than the configured size.
func (tr *Trainer) Step(b Dataset) float64 {
	tr.checkShapes(b)
	if b.X.Rows < 1 || b.X.Rows > tr.c.BatchSize {
		panic("ffnn: Trainer: empty batch, or more rows than the batch size")
	}
	return tr.step(b, nil, 0, b.X.Rows) / tr.loss.divisor(b.X.Rows, b.Y.Cols)
}

// step makes a step on rows from, from+1, … of d, or those that order has there,
// and returns the sum of their losses.
func (tr *Trainer) step(d Dataset, order []int, from, rows int) float64 {
	running := tr.net.values[len(tr.net.params):]
	copy(tr.means, running)
	sum := tr.gradients(d, order, from, rows)
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		copy(running, tr.means)
	} else {
		tr.update()
	}
	tr.steps++
	tr.seen += uint64(rows)
	return sum
}

// gradients computes those of the mean loss of a batch, and returns the sum of
// the rows' losses.
func (tr *Trainer) gradients(d Dataset, order []int, from, rows int) float64 {
	scale := 1 / tr.loss.divisor(rows, d.Y.Cols)
	last := &tr.layers[len(tr.layers)-1]
	tr.correct = 0
	for at := 0; at < rows; at += tr.c.MicroBatch {
		m := min(tr.c.MicroBatch, rows-at)
		tr.load(d, order, from+at, m, true)
		z := tr.forward(m, at)
		tr.computeLoss(tr.losses[at:at+m], last.delta.Slice(0, m), z, scale)
		if !tr.fused {
			act := tr.net.output().act
			act.grad(last.delta.Slice(0, m), last.saved(act).Slice(0, m))
		}
		tr.backward(m, at)
	}
	return float64(hadamard.Sum(tr.losses[:rows]))
}

// Evaluate returns the mean loss of the network on the rows of d, as its Model
// would predict them, and the share of rows that are right (see EpochEnd),
// without changing it; NaN for no rows. Class weights do not count, those of the
// rows do. It panics if the shapes do not fit the network.
func (tr *Trainer) Evaluate(d Dataset) (loss, accuracy float64) {
	tr.checkShapes(d)
	tr.plan.refresh(&tr.net.arch)
	var sum float64
	correct := 0
	for from := 0; from < d.X.Rows; from += tr.c.BatchSize {
		rows := min(tr.c.BatchSize, d.X.Rows-from)
		tr.correct = 0
		for at := 0; at < rows; at += tr.c.MicroBatch {
			m := min(tr.c.MicroBatch, rows-at)
			tr.load(d, nil, from+at, m, false)
			z := tr.predict(m)
			tr.computeLoss(tr.losses[at:at+m], tr.layers[len(tr.layers)-1].delta.Slice(0, m), z, 1)
		}
		sum += float64(hadamard.Sum(tr.losses[:rows]))
		correct += tr.correct
	}
	return sum / tr.loss.divisor(d.X.Rows, d.Y.Cols), float64(correct) / float64(d.X.Rows)
}

// load copies rows from, from+1, … of d, or those that order has there, into the
// micro-batch and scales them.
func (tr *Trainer) load(d Dataset, order []int, from, rows int, training bool) {
	for i := range rows {
		src := from + i
		if order != nil {
			src = order[src]
		}
		copy(tr.x.Row(i), d.X.Row(src))
		copy(tr.t.Row(i), d.Y.Row(src))
		tr.w[i] = 1
		if d.Weights != nil {
			tr.w[i] = d.Weights[src]
		}
		if training && tr.c.ClassWeights != nil {
			tr.w[i] = float32(tr.w[i] * float32(tr.classWeight(tr.t.Row(i))))
		}
		if eps := tr.c.LabelSmoothing; eps > 0 && training {
			n := float64(d.Y.Cols)
			if multiLabel(tr.loss) {
				n = 2
			}
			for j, t := range tr.t.Row(i) {
				tr.t.Set(i, j, kernels.FMA(float32(1-eps), t, float32(eps/n)))
			}
		}
	}
	x, t := tr.x.Slice(0, rows), tr.t.Slice(0, rows)
	if s := tr.scalerFor(training); !s.empty() {
		hadamard.ShiftScale(x, x, s.Shift, s.Scale)
	}
	if s := &tr.net.targets; !s.empty() {
		hadamard.ShiftScale(t, t, s.Shift, s.Scale)
	}
}

// scalerFor returns the scaler of the inputs; that of the plan may include a
// BatchNorm.
func (tr *Trainer) scalerFor(training bool) *Scaler {
	if training {
		return &tr.net.scaler
	}
	return &tr.plan.scaler
}

// classWeight returns the weight of a row with targets t: for soft targets the
// mean of the classes' weights.
func (tr *Trainer) classWeight(t []float32) float64 {
	if len(t) == 1 {
		return tr.c.ClassWeights[classOf(t)]
	}
	var sum float64
	for j, p := range t {
		sum += float64(tr.c.ClassWeights[j] * float64(p))
	}
	return sum
}

func (tr *Trainer) checkShapes(d Dataset) {
	if d.X.Cols != tr.x.Cols || d.Y.Cols != tr.t.Cols || d.X.Rows != d.Y.Rows || !d.X.Valid() || !d.Y.Valid() ||
		d.Weights != nil && len(d.Weights) != d.X.Rows {
		panic("ffnn: Trainer: shapes do not fit the network")
	}
}

// computeLoss sets the losses of a micro-batch, in dst the gradients of their
// sum times scale, and counts the rows that are right.
func (tr *Trainer) computeLoss(losses []float32, dst, z layout.Matrix, scale float64) {
	rows := len(losses)
	t := tr.t.Slice(0, rows)
	weighted := false
	for _, w := range tr.w[:rows] {
		weighted = weighted || w != 1
	}
	if !weighted {
		tr.loss.compute(losses, dst, z, t, scale)
	} else {
		for i, w := range tr.w[:rows] {
			tr.loss.compute(losses[i:i+1], dst.Slice(i, i+1), z.Slice(i, i+1), t.Slice(i, i+1), float64(scale*float64(w)))
			losses[i] = float32(losses[i] * w)
		}
	}
	for i := range rows {
		if rightRow(z.Row(i), t.Row(i), multiLabel(tr.loss), tr.fused) {
			tr.correct++
		}
	}
}

// rightRow reports whether the row z of outputs means the same classes as its
// targets t: the same greatest element for several outputs of one class;
// otherwise each output on the same side of ½, or of 0 for the logits of
// sigmoids.
func rightRow(z, t []float32, multi, logits bool) bool {
	if len(z) > 1 && !multi {
		k := kernels.ArgMax(z)
		return k >= 0 && k == kernels.ArgMax(t)
	}
	bound := float32(0.5)
	if logits {
		bound = 0
	}
	for j, v := range z {
		if v != v || (v > bound) != (t[j] > 0.5) {
			return false
		}
	}
	return true
}

// predict computes the outputs of the loaded rows (or logits, if the loss takes
// them) as a Model does.
func (tr *Trainer) predict(rows int) layout.Matrix {
	in, last := tr.x.Slice(0, rows), len(tr.plan.layers)-1
	for i := range tr.plan.layers {
		l := &tr.plan.layers[i]
		out, act := tr.layers[l.layer].y.Slice(0, rows), l.act
		if i == last && tr.fused {
			act = Identity
		}
		l.forward(out, in, act, i < last)
		in = out
	}
	return in
}
