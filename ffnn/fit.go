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
// a column of 0 and 1.
type Dataset struct {
	X, Y layout.Matrix
}

// FitConfig says how Fit trains.
type FitConfig struct {
	TrainConfig
	Epochs     int     // passes over the training data, at least 1
	Seed       uint64  // of the shuffles
	NoShuffle  bool    // take the rows in their order in every epoch
	Validation Dataset // measured after each epoch; may be empty

	// OnBatch is called after each step, OnEpoch after each epoch (and its
	// validation). An error from either ends the training; Fit returns it,
	// unless it is ErrStop. Neither may change the network.
	OnBatch func(BatchEnd) error
	OnEpoch func(EpochEnd) error
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

	// ValLoss and ValAccuracy are those of the validation data after the
	// epoch, NaN without.
	ValLoss, ValAccuracy float64
}

// History has a line for each whole epoch.
type History []EpochEnd

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
//   - from a callback;
//   - or one that says what is wrong with the data or the configuration, before
//     anything has changed.
//
// Each call begins with epoch 1, its shuffle, and a fresh state of the
// optimiser. To go on with both over several rounds, use a Trainer.
//
// Nothing is allocated after the set-up, but for what callbacks do, and for the
// History beyond 65536 epochs.
func (n *Network) Fit(ctx context.Context, train Dataset, c FitConfig) (History, error) {
	if c.Epochs < 1 {
		return nil, fmt.Errorf("ffnn: Fit: %d epochs: must be at least 1", c.Epochs)
	}
	if c.BatchSize == 0 {
		c.BatchSize = 32
	}
	c.BatchSize = min(c.BatchSize, max(train.X.Rows, 1))
	tr, err := NewTrainer(n, c.TrainConfig)
	if err != nil {
		return nil, err
	}
	if err := tr.check("training", train); err != nil {
		return nil, err
	}
	validate := c.Validation.X.Rows > 0 || c.Validation.Y.Rows > 0
	if validate {
		if err := tr.check("validation", c.Validation); err != nil {
			return nil, err
		}
	}
	f := fit{Trainer: tr, c: &c, train: train, validate: validate,
		order: make([]int, train.X.Rows), good: make([]float32, len(n.params))}
	hist := make(History, 0, min(c.Epochs, 1<<16))
	for e := 1; e <= c.Epochs; e++ {
		end, err := f.epoch(ctx, e)
		if err == nil {
			hist = append(hist, end)
			if c.OnEpoch != nil {
				err = c.OnEpoch(end)
			}
		}
		if err != nil {
			return hist, f.end(e, err)
		}
	}
	return hist, nil
}

// fit is the state of a call of Fit.
type fit struct {
	*Trainer
	c        *FitConfig
	train    Dataset
	validate bool
	order    []int
	good     []float32 // parameters at the start of the epoch
}

// end says what a training that ended in epoch e with err returns, and puts back
// the last good weights if the present ones are lost.
func (f *fit) end(e int, err error) error {
	var diverged *DivergedError
	isDiverged := errors.As(err, &diverged)
	if !isDiverged && !f.net.finite() { // stopped after a step that diverged
		err, isDiverged = errors.Join(&DivergedError{Epoch: e}, err), true
	}
	switch {
	case isDiverged:
		copy(f.net.params, f.good)
	case errors.Is(err, ErrStop):
		return nil
	}
	return err
}

func (f *fit) epoch(ctx context.Context, e int) (EpochEnd, error) {
	copy(f.good, f.net.params)
	for i := range f.order {
		f.order[i] = i // so that the order depends on the epoch alone
	}
	if !f.c.NoShuffle {
		kernels.Philox{Seed: f.c.Seed, Stream: shuffleStream + uint64(e)}.Shuffle(f.order)
	}
	rows, size := len(f.order), f.x.Rows
	batches := (rows + size - 1) / size
	var sum float64
	correct := 0
	for b := range batches {
		if err := ctx.Err(); err != nil {
			return EpochEnd{}, err
		}
		from := b * size
		m := min(size, rows-from)
		f.load(f.train.X, f.train.Y, f.order, from, m)
		batchSum := f.forward(m, true)
		if math.IsNaN(batchSum) || math.IsInf(batchSum, 0) {
			return EpochEnd{}, &DivergedError{Epoch: e, Batch: b + 1, Loss: batchSum / f.loss.divisor(m, f.t.Cols)}
		}
		f.backward(m)
		f.update()
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
	end := EpochEnd{Epoch: e, Loss: sum / f.loss.divisor(rows, f.t.Cols), Accuracy: float64(correct) / float64(rows),
		ValLoss: math.NaN(), ValAccuracy: math.NaN()}
	if f.validate {
		end.ValLoss, end.ValAccuracy = f.Evaluate(f.c.Validation.X, f.c.Validation.Y)
	}
	return end, nil
}

// check returns an error if the network cannot be trained or measured on d.
func (tr *Trainer) check(name string, d Dataset) error {
	n := tr.net
	switch {
	case !d.X.Valid() || !d.Y.Valid():
		return fmt.Errorf("ffnn: %s data: X or Y is not a valid matrix", name)
	case d.X.Rows == 0:
		return fmt.Errorf("ffnn: %s data: no rows", name)
	case d.X.Rows != d.Y.Rows:
		return fmt.Errorf("ffnn: %s data: %d rows of X, %d of Y", name, d.X.Rows, d.Y.Rows)
	case d.X.Cols != n.inputs:
		return fmt.Errorf("ffnn: %s data: %d features, the network has %d inputs", name, d.X.Cols, n.inputs)
	case d.Y.Cols != n.Outputs():
		return fmt.Errorf("ffnn: %s data: %d targets, the network has %d outputs", name, d.Y.Cols, n.Outputs())
	}
	if i, j, bad := findNotFinite(d.X); bad {
		return fmt.Errorf("ffnn: %s data: feature %d of row %d is %v: remove or replace it", name, j, i, d.X.At(i, j))
	}
	if i, j, bad := findNotFinite(d.Y); bad {
		return fmt.Errorf("ffnn: %s data: target %d of row %d is %v: remove or replace it", name, j, i, d.Y.At(i, j))
	}
	if err := checkTargets(tr.loss, d.Y); err != nil {
		return fmt.Errorf("ffnn: %s data: %w", name, err)
	}
	return nil
}
