package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/spf13/cobra"
)

const trainHelp = `Train a network, measure it on rows that were held out, save it, and measure how
long one prediction takes.

%s

Without flags:
  task      classes if the labels are text, or whole numbers of which there are
            few different ones; else a regression
  held out  20 %% of the rows, of each class alike
  network   hidden layers 100,30 from 1000 training rows on, one of 32 below
  outputs   softmax and cross_entropy for classes, of two sigmoid and
            binary_cross_entropy; identity and mse for a regression
  training  adam in batches of 32, an L2 of 2/rows; as many epochs as make 2000
            steps, but 20 at least and 300 at most
  scaling   features, and the target of a regression, to mean 0 and deviation 1;
            the model contains the scalers, so it takes and gives raw values

One --seed gives the same model file, byte for byte, on every machine.
Ctrl-C ends the training after the current batch and saves what was reached; a
second Ctrl-C quits at once. A finished training replaces a model of the same
name; one that was interrupted or diverged is saved beside it, with -interrupted
or -diverged in its name.`

func newTrain(s *streams) *cobra.Command {
	var t trainFlags
	cmd := &cobra.Command{
		Use:   "train DATA",
		Short: "Train a network on a data set and save it",
		Long:  fmt.Sprintf(trainHelp, dataSyntax()),
		Example: `  hadamard train digits
  hadamard train flowers.csv --label species --hidden 16 --epochs 100
  hadamard train houses.csv --task regression --out houses.safetensors`,
		Args: operands("DATA"),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			set, err := t.check(cmd.Flags())
			if err != nil {
				return err
			}
			return train(cmd.Context(), s, source{args[0], s.in}, set)
		}),
	}
	t.register(cmd.Flags())
	return cmd
}

// job is a training that can begin.
type job struct {
	*settings
	source source
	path   string        // of the model
	all    int           // rows of DATA
	train  *data.Dataset // the rows to train on
	held   *data.Dataset // the rows held out
	net    *ffnn.Network
	loss   ffnn.Loss
}

// result is what became of a job.
type result struct {
	Status  string // "finished", "interrupted" or "diverged"
	Epochs  int    // whole ones
	Eval    *evaluation
	Path    string
	Replace bool // there was a file of that name
	Bytes   int64
	Seconds float64  // of training
	Latency *latency // nil unless finished
}

func train(ctx context.Context, s *streams, src source, set *settings) error {
	j, err := prepare(src, set)
	if err != nil {
		return err
	}

	// From here on there is something to save: Ctrl-C must not end the program,
	// nor a pipe whose reader the same Ctrl-C has ended.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal has its usual effect

	rep := newReporter(s.out, set)
	rep.start(j)
	steps := 0
	begin := time.Now()
	hist, fitErr := j.net.Fit(ctx, fitData(j.train), ffnn.FitConfig{
		TrainConfig: ffnn.TrainConfig{Loss: j.loss, Optimizer: set.optim, BatchSize: set.batch, Penalty: ffnn.L2(set.l2), Seed: set.seed},
		Epochs:      j.epochs, Validation: fitData(j.held),
		OnBatch: func(b ffnn.BatchEnd) error { steps++; rep.batch(b); return nil },
		OnEpoch: func(e ffnn.EpochEnd) error { rep.epoch(e, time.Since(begin)); return nil },
	})
	rep.stop()
	r := &result{Status: "finished", Epochs: len(hist), Path: j.path, Seconds: time.Since(begin).Seconds()}
	var diverged *ffnn.DivergedError
	switch {
	case errors.As(fitErr, &diverged) && len(hist) == 0:
		return fmt.Errorf("%s (no epoch was completed: nothing is saved)", message(fitErr))
	case errors.As(fitErr, &diverged):
		r.Status = "diverged"
	case errors.Is(fitErr, context.Canceled) && steps == 0:
		return fmt.Errorf("%w before the first step: nothing is saved", errInterrupted)
	case errors.Is(fitErr, context.Canceled):
		r.Status = "interrupted"
	case fitErr != nil:
		return fitErr
	}

	model := j.net.Compile()
	if r.Eval, err = evaluate(model, j.held, j.loss); err != nil {
		return err
	}
	if _, err := os.Stat(j.path); err == nil {
		if r.Replace = r.Status == "finished"; !r.Replace { // half a training is not worth a whole one
			ext := filepath.Ext(j.path)
			j.path = strings.TrimSuffix(j.path, ext) + "-" + r.Status + ext
			r.Path = j.path
		}
	}
	if err := model.Save(j.path); err != nil {
		return err
	}
	if info, err := os.Stat(j.path); err == nil {
		r.Bytes = info.Size()
	}
	stop()
	if r.Status == "finished" {
		r.Latency = measureLatency(model, j.held.X)
	}
	rep.done(r)
	switch r.Status {
	case "interrupted":
		return fmt.Errorf("%w in epoch %d of %d: what was reached is saved in %s", errInterrupted, min(r.Epochs+1, j.epochs), j.epochs, j.path)
	case "diverged":
		return fmt.Errorf("%s (the weights from the end of epoch %d are saved in %s)", message(fitErr), r.Epochs, j.path)
	}
	return nil
}

// prepare reads the data and builds the network; all that can be wrong with
// either, or with the place of the model, is found before the training.
func prepare(src source, set *settings) (*job, error) {
	j := &job{settings: set, source: src, path: set.out}
	if err := j.checkOut(); err != nil {
		return nil, err
	}
	if set.val == "" {
		if err := src.check(set.opt); err != nil {
			return nil, err
		}
	}
	d, err := src.labelled(set.opt)
	if err != nil {
		return nil, err
	}
	j.all = d.Len()
	if err := j.split(d); err != nil {
		return nil, err
	}
	if j.loss, err = set.lossFor(d.Task); err != nil {
		return nil, err
	}
	set.complete(j.train.Len())
	j.net, err = set.network(j.train)
	return j, err
}

// checkOut sets the path of the model, if it is not given, and refuses to
// write over what is no model, or where nothing can be written.
func (j *job) checkOut() error {
	if j.outDefault {
		j.path = j.source.stem() + ".safetensors"
		if _, err := os.Stat(j.path); err == nil {
			if _, err := ffnn.Load(j.path); err != nil {
				return fmt.Errorf("%s is there and is not a model of this program (%s): give another path with --out", j.path, message(err))
			}
		}
	}
	return checkOutput(j.path, j.source.name, j.val)
}

// split sets the training and the held-out rows.
func (j *job) split(d *data.Dataset) error {
	var err error
	switch {
	case j.val != "":
		opt := j.opt
		opt.Features, opt.Classes, opt.Task = d.Features, d.Classes, d.Task
		if opt.Label == "" {
			opt.Label = d.Target
		}
		j.train = d
		j.held, err = source{j.val, j.source.stdin}.labelled(opt)
	case d.Task == data.Regression:
		j.train, j.held, err = data.Split(d, j.valFraction, j.seed)
	default:
		j.train, j.held, err = data.SplitStratified(d, j.valFraction, j.seed)
	}
	if err != nil && j.val == "" {
		if d.Len() >= 10 && len(d.Classes) > d.Len()/2 {
			return fmt.Errorf("%s: column %q has %d classes in %d rows, too few of each to hold some out: is it a regression? (--task regression)", j.source.name, d.Target, len(d.Classes), d.Len())
		}
		return fmt.Errorf("%s: too few rows (%d) to hold some out: give more, or held-out rows with --val FILE", j.source.name, d.Len())
	}
	return err
}

func fitData(d *data.Dataset) ffnn.Dataset { return ffnn.Dataset{X: d.X, Y: d.Y} }
