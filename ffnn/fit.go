package ffnn

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Dataset is what a network is trained or measured on: a row of X for each
// sample and, in the same row of Y, its targets. For classes, Y is one-hot, or
// a column of 0 and 1. Weights, if not nil, has a factor ≥ 0 for the loss of each
// row; mean losses are still divided by the number of rows.
type Dataset struct {
	X, Y    layout.Matrix
	Weights []float32
}

func (d Dataset) empty() bool { return d.X.Rows == 0 && d.Y.Rows == 0 }

// FitConfig says how Fit trains.
type FitConfig struct {
	TrainConfig
	Epochs     int     // passes over the training data, at least 1
	NoShuffle  bool    // take the rows in their order in every epoch
	Validation Dataset // measured after each epoch; may be empty

	// TrainingDev is a second validation set, measured likewise. Where Validation
	// comes from other sources than the training data, rows held out from the
	// training data tell variance from mismatch: see Diagnose.
	TrainingDev Dataset

	Schedule      Schedule // of the learning rate; nil: constant
	EarlyStopping EarlyStopping
	Checkpoint    Checkpoint

	// OnBatch is called after each step, OnEpoch after each epoch (its
	// validation and checkpoint). An error from either ends the training; Fit
	// returns it, unless it is ErrStop. Neither may change the network.
	OnBatch func(BatchEnd) error
	OnEpoch func(EpochEnd) error
}

// EarlyStopping ends a training that no longer gets better, and gives the
// network the weights from the end of the best epoch, however the training ends:
// the one with the least ValLoss, or with a MinDelta the last that counted as
// better. It needs Validation data.
type EarlyStopping struct {
	Patience int     // epochs without a better ValLoss after which to stop; 0: off
	MinDelta float64 // what ValLoss must fall by to count as better
}

// ErrStop is returned by a callback to end the training without an error.
var ErrStop = errors.New("ffnn: training stopped")

// BatchEnd is what OnBatch is told.
type BatchEnd struct {
	Epoch, Epochs  int     // from 1
	Batch, Batches int     // from 1
	Loss           float64 // mean of the epoch so far
	Accuracy       float64 // mean of the epoch so far
}

// EpochEnd is a line of the History.
type EpochEnd struct {
	Epoch int // from 1

	// Loss is the mean over the training rows, each as it was before the step
	// that used it. Accuracy is the share of rows that were right: with
	// BinaryCrossEntropy or a single output, if each output is on the side of ½
	// that its target is on; otherwise if output and target have the same
	// greatest column. It means nothing in regression.
	Loss, Accuracy float64

	// Those of the validation data after the epoch, NaN without.
	ValLoss, ValAccuracy                 float64
	TrainingDevLoss, TrainingDevAccuracy float64

	LearningRate float64 // of the last step
}

// History has a line for each whole epoch.
type History []EpochEnd

// Best returns the line with the least ValLoss, the first of several; or false
// if none has one.
func (h History) Best() (EpochEnd, bool) {
	best := -1
	for i, e := range h {
		if !math.IsNaN(e.ValLoss) && (best < 0 || e.ValLoss < h[best].ValLoss) {
			best = i
		}
	}
	if best < 0 {
		return EpochEnd{}, false
	}
	return h[best], true
}

// DivergedError reports that training has left the finite numbers.
type DivergedError struct {
	Epoch, Batch int     // from 1; Batch 0: found after a step, not in a loss
	Loss         float64 // of the batch
}

// Error says where and what to do.
func (e *DivergedError) Error() string {
	where := fmt.Sprintf("epoch %d, batch %d: the loss is %v", e.Epoch, e.Batch, e.Loss)
	if e.Batch == 0 {
		where = fmt.Sprintf("epoch %d: a weight is not finite", e.Epoch)
	}
	return "ffnn: training diverged: " + where + "; try a smaller learning rate, scaled inputs, or another initialisation"
}

// shuffleStream is the upper half of the random streams of the shuffles, a
// stream for each epoch.
const shuffleStream = 0x73687566 << 32 // "shuf"

// Fit trains the network on the rows of train for the configured number of
// epochs, in batches of rows that are shuffled anew in each epoch; the last
// batch of an epoch takes what is left. The result depends on the data, the
// initial weights and the seeds alone, not on the machine.
//
// Fit returns the History of the whole epochs, also with an error:
//
//   - from ctx, if it was cancelled: the network keeps what was reached (a
//     validation that has begun is finished first);
//   - a *DivergedError, if a loss or weight is not finite: the network then has
//     the weights from the end of the last good epoch;
//   - from a callback, or from writing a checkpoint;
//   - or one that says what is wrong with the data or the configuration, before
//     anything has changed.
//
// Each call begins with epoch 1, its shuffle, and a fresh state of the
// optimiser, unless it resumes from a Checkpoint. To go on over several rounds,
// use a Trainer.
//
// Nothing is allocated after the set-up, but for what callbacks and checkpoints
// do, and for the History beyond 65536 epochs.
func (n *Network) Fit(ctx context.Context, train Dataset, c FitConfig) (History, error) {
	f, err := newFit(n, train, c)
	if err != nil {
		return nil, fmt.Errorf("ffnn: Fit: %w", err)
	}
	for e := len(f.hist) + 1; e <= c.Epochs && !f.stop(); e++ {
		end, err := f.epoch(ctx, e)
		if err == nil {
			f.hist = append(f.hist, end)
			f.compare(end)
			if err = f.checkpoint(e); err == nil && c.OnEpoch != nil {
				err = c.OnEpoch(end)
			}
		}
		if err != nil {
			return f.hist, f.end(e, err)
		}
	}
	f.restoreBest()
	return f.hist, nil
}

// fit is the state of a call of Fit.
type fit struct {
	*Trainer
	c        *FitConfig
	train    Dataset
	order    []int
	base     float64 // the optimiser's learning rate
	perEpoch bool    // the schedule changes between epochs only
	hist     History

	fingerprints [3]string // of the data sets, for checkpoints

	// Of EarlyStopping.
	best      []float32 // as arch.values, from the end of bestEpoch
	bestEpoch int       // 0: none yet
	bestLoss  float64
}

// newFit checks the configuration and the data and sets up a training.
func newFit(n *Network, train Dataset, c FitConfig) (*fit, error) {
	if c.Epochs < 1 {
		return nil, fmt.Errorf("%d epochs: must be at least 1", c.Epochs)
	}
	if c.BatchSize == 0 {
		c.BatchSize = 32
	}
	c.BatchSize = min(c.BatchSize, max(train.X.Rows, 1))
	if s, ok := c.Schedule.(interface{ check() error }); ok {
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("schedule: %w", err)
		}
	}
	if s := c.EarlyStopping; s.Patience < 0 || !(s.MinDelta >= 0) {
		return nil, fmt.Errorf("early stopping: patience %d, least difference %g: must not be negative", s.Patience, s.MinDelta)
	}
	if c.EarlyStopping.Patience > 0 && c.Validation.empty() {
		return nil, errors.New("early stopping needs validation data")
	}
	tr, err := newTrainer(n, c.TrainConfig)
	if err != nil {
		return nil, err
	}
	if err := tr.check("training", train); err != nil {
		return nil, err
	}
	for i := range n.layers {
		if tr.c.MicroBatch == 1 && n.layers[i].kind == kindBatchNorm {
			return nil, fmt.Errorf("layer %d: batch_norm with batches or micro-batches of one row, which has no variance", i)
		}
	}
	for i, d := range []Dataset{c.Validation, c.TrainingDev} {
		if !d.empty() {
			if err := tr.check([]string{"validation", "training-dev"}[i], d); err != nil {
				return nil, err
			}
		}
	}
	f := &fit{Trainer: tr, c: &c, train: train, base: tr.rate, order: make([]int, train.X.Rows),
		hist: make(History, 0, min(c.Epochs, 1<<16))}
	_, f.perEpoch = c.Schedule.(interface{ perEpoch() })
	if c.EarlyStopping.Patience > 0 {
		f.best = make([]float32, len(n.values))
	}
	return f, f.startCheckpoints()
}

// stop reports whether the last epoch ended the patience.
func (f *fit) stop() bool {
	return f.best != nil && len(f.hist)-f.bestEpoch >= f.c.EarlyStopping.Patience
}

// compare keeps the weights if they are the best so far.
func (f *fit) compare(end EpochEnd) {
	if f.best != nil && !math.IsNaN(end.ValLoss) && (f.bestEpoch == 0 || end.ValLoss < f.bestLoss-f.c.EarlyStopping.MinDelta) {
		copy(f.best, f.net.values)
		f.bestEpoch, f.bestLoss = end.Epoch, end.ValLoss
	}
}

func (f *fit) restoreBest() {
	if f.bestEpoch > 0 {
		copy(f.net.values, f.best)
	}
}

// end says what a training that ended in epoch e with err returns, and puts back
// the last good weights if the present ones are lost.
func (f *fit) end(e int, err error) error {
	var diverged *DivergedError
	isDiverged := errors.As(err, &diverged)
	if !isDiverged && !f.net.finite() { // stopped after a step that diverged
		err, isDiverged = errors.Join(&DivergedError{Epoch: e}, err), true
	}
	if isDiverged {
		copy(f.net.values, f.good)
	}
	f.restoreBest()
	if !isDiverged && errors.Is(err, ErrStop) {
		return nil
	}
	return err
}

func (f *fit) epoch(ctx context.Context, e int) (EpochEnd, error) {
	copy(f.good, f.net.values)
	for i := range f.order {
		f.order[i] = i // so that the order depends on the epoch alone
	}
	if !f.c.NoShuffle {
		kernels.Philox{Seed: f.c.Seed, Stream: shuffleStream + uint64(e)}.Shuffle(f.order)
	}
	rows, size := len(f.order), f.c.BatchSize
	batches := (rows + size - 1) / size
	var sum float64
	correct := 0
	for b := range batches {
		if err := ctx.Err(); err != nil {
			return EpochEnd{}, err
		}
		if err := f.setRate(batches, b); err != nil {
			return EpochEnd{}, err
		}
		from := b * size
		m := min(size, rows-from)
		batchSum := f.step(f.train, f.order, from, m)
		if math.IsNaN(batchSum) || math.IsInf(batchSum, 0) {
			return EpochEnd{}, &DivergedError{Epoch: e, Batch: b + 1, Loss: batchSum / f.loss.divisor(m, f.t.Cols)}
		}
		sum += batchSum
		correct += f.correct
		if f.c.OnBatch != nil {
			done := from + m
			err := f.c.OnBatch(BatchEnd{Epoch: e, Epochs: f.c.Epochs, Batch: b + 1, Batches: batches,
				Loss: sum / f.loss.divisor(done, f.t.Cols), Accuracy: float64(correct) / float64(done)})
			if err != nil {
				return EpochEnd{}, err
			}
		}
	}
	if !f.net.finite() {
		return EpochEnd{}, &DivergedError{Epoch: e}
	}
	end := EpochEnd{Epoch: e, Loss: sum / f.loss.divisor(rows, f.t.Cols), Accuracy: float64(correct) / float64(rows), LearningRate: f.rate}
	end.ValLoss, end.ValAccuracy = f.measure(f.c.Validation)
	end.TrainingDevLoss, end.TrainingDevAccuracy = f.measure(f.c.TrainingDev)
	return end, nil
}

// setRate sets the learning rate of batch b of an epoch of so many batches.
func (f *fit) setRate(batches, b int) error {
	if f.c.Schedule == nil || f.perEpoch && b > 0 {
		return nil
	}
	factor := f.c.Schedule.Factor(Progress{Step: f.steps, Steps: batches * f.c.Epochs, EpochSteps: batches, History: f.hist})
	rate := float64(f.base * factor)
	if !(rate >= 0 && rate <= 1e30) {
		return fmt.Errorf("ffnn: Fit: schedule %v: a factor of %g for step %d: must be finite and not negative", f.c.Schedule, factor, f.steps)
	}
	f.rate = rate
	return nil
}

// measure is Evaluate, with NaN for no data.
func (f *fit) measure(d Dataset) (loss, accuracy float64) {
	if d.empty() {
		return math.NaN(), math.NaN()
	}
	return f.Evaluate(d)
}

// PartialFit makes steps on all rows of d, in their order, in batches of
// BatchSize rows (the last takes what is left), and returns their mean loss and
// accuracy, each row's as it was before the step that used it. It is for data
// that come in chunks, from a stream, or for ever: over chunks whose rows are
// multiples of BatchSize, it does what one epoch of Fit does on the same order.
// It allocates nothing.
//
// It returns an error, before anything has changed, if d does not suit the
// network; or a *DivergedError, and puts back the weights from before the call:
// the state of the optimiser is then worth nothing, and a new Trainer needed.
func (tr *Trainer) PartialFit(d Dataset) (loss, accuracy float64, err error) {
	if err := tr.check("chunk of", d); err != nil {
		return 0, 0, fmt.Errorf("ffnn: PartialFit: %w", err)
	}
	copy(tr.good, tr.net.values)
	var sum float64
	correct := 0
	for from := 0; from < d.X.Rows; from += tr.c.BatchSize {
		m := min(tr.c.BatchSize, d.X.Rows-from)
		batchSum := tr.step(d, nil, from, m)
		if math.IsNaN(batchSum) || math.IsInf(batchSum, 0) {
			copy(tr.net.values, tr.good)
			return 0, 0, &DivergedError{Epoch: 1, Batch: from/tr.c.BatchSize + 1, Loss: batchSum / tr.loss.divisor(m, d.Y.Cols)}
		}
		sum += batchSum
		correct += tr.correct
	}
	if !tr.net.finite() {
		copy(tr.net.values, tr.good)
		return 0, 0, &DivergedError{Epoch: 1}
	}
	return sum / tr.loss.divisor(d.X.Rows, d.Y.Cols), float64(correct) / float64(d.X.Rows), nil
}

// check returns an error if the network cannot be trained or measured on d.
func (tr *Trainer) check(name string, d Dataset) error {
	n := tr.net
	switch {
	case !d.X.Valid() || !d.Y.Valid():
		return fmt.Errorf("%s data: X or Y is not a valid matrix", name)
	case d.X.Rows == 0:
		return fmt.Errorf("%s data: no rows", name)
	case d.X.Rows != d.Y.Rows:
		return fmt.Errorf("%s data: %d rows of X, %d of Y", name, d.X.Rows, d.Y.Rows)
	case d.X.Cols != n.inputs:
		return fmt.Errorf("%s data: %d features, the network has %d inputs", name, d.X.Cols, n.inputs)
	case d.Y.Cols != n.Outputs():
		return fmt.Errorf("%s data: %d targets, the network has %d outputs", name, d.Y.Cols, n.Outputs())
	}
	if d.Weights != nil && len(d.Weights) != d.X.Rows {
		return fmt.Errorf("%s data: %d weights for %d rows", name, len(d.Weights), d.X.Rows)
	}
	for i, w := range d.Weights {
		if !(w >= 0 && w <= 1e30) {
			return fmt.Errorf("%s data: weight %d is %g: must be in [0, 1e30]", name, i, w)
		}
	}
	if i, j, bad := findNotFinite(d.X); bad {
		return fmt.Errorf("%s data: feature %d of row %d is %v: remove or replace it", name, j, i, d.X.At(i, j))
	}
	if i, j, bad := findNotFinite(d.Y); bad {
		return fmt.Errorf("%s data: target %d of row %d is %v: remove or replace it", name, j, i, d.Y.At(i, j))
	}
	if err := checkTargets(tr.loss, tr.c.ClassWeights != nil, d.Y); err != nil {
		return fmt.Errorf("%s data: %w", name, err)
	}
	return nil
}
