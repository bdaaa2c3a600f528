package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/internal/atomicfile"
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
            steps, but 20 at least and 300 at most; the weights of the last one
  scaling   features, and the target of a regression, to mean 0 and deviation 1;
            the model contains the scalers, so it takes and gives raw values

One --seed gives the same model file, byte for byte, on every machine.
Ctrl-C ends the training after the current batch and saves what was reached; a
second Ctrl-C quits at once. A finished training replaces a model of the same
name; one that was interrupted or diverged is saved beside it, with -interrupted
or -diverged in its name.

With --checkpoint FILE, the same command with --resume goes on after the last
whole epoch, whatever ended it, and gives the model that it would have given
without the interruption. --epochs may then be more, without --schedule; all else
must be as it was.

--lr auto tries growing rates on a copy of the network and takes a tenth of that
where the loss was least; the same number with --lr gives the same model. With
--patience the held-out rows choose the epoch: measure the model on others.`

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
	group(cmd)
	return cmd
}

// job is a training that can begin.
type job struct {
	*settings
	source  source
	path    string        // of the model
	all     int           // rows of DATA
	train   *data.Dataset // the rows to train on
	held    *data.Dataset // the rows held out
	net     *ffnn.Network
	loss    ffnn.Loss
	balance []float64 // weights of the classes, or nil
	rate    float64   // learning rate, before the schedule
	resumed int       // epochs that were in the checkpoint
}

// result is what became of a job.
type result struct {
	Status  string // "finished", "interrupted" or "diverged"
	Epochs  int    // whole ones
	Best    int    // the epoch whose weights were kept, 0 without early stopping
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

	if err := j.findRate(ctx); err != nil {
		return err
	}
	rep := newReporter(s.out, set)
	steps := 0
	begin := time.Now()
	hist, fitErr := j.net.Fit(ctx, fitData(j.train), ffnn.FitConfig{
		TrainConfig: j.config(),
		Epochs:      j.epochs, Validation: fitData(j.held), Schedule: j.course,
		EarlyStopping: ffnn.EarlyStopping{Patience: j.patience},
		Checkpoint:    ffnn.Checkpoint{Path: j.checkpoint, Resume: j.resume},
		OnBatch: func(b ffnn.BatchEnd) error {
			if steps++; steps == 1 { // so that it is known where a checkpoint goes on, and that it can
				j.resumed = b.Epoch - 1
				rep.start(j)
			}
			rep.batch(b)
			return nil
		},
		OnEpoch: func(e ffnn.EpochEnd) error { rep.epoch(e, time.Since(begin)); return nil },
	})
	var diverged *ffnn.DivergedError
	if isDiverged := errors.As(fitErr, &diverged); steps == 0 && (fitErr == nil || isDiverged) {
		j.resumed = len(hist)
		rep.start(j)
	}
	rep.stop()
	r := &result{Status: "finished", Epochs: len(hist), Path: j.path, Seconds: time.Since(begin).Seconds()}
	if best, ok := hist.Best(); ok && j.patience > 0 {
		r.Best = best.Epoch
	}
	switch {
	case errors.As(fitErr, &diverged) && len(hist) == 0:
		return fmt.Errorf("%s (no epoch was completed: nothing is saved)", message(fitErr))
	case errors.As(fitErr, &diverged):
		r.Status = "diverged"
	case errors.Is(fitErr, context.Canceled) && steps == 0:
		return fmt.Errorf("%w before the first step: nothing is saved", errInterrupted)
	case errors.Is(fitErr, context.Canceled):
		r.Status = "interrupted"
	case fitErr != nil && strings.HasPrefix(message(fitErr), "resume: "):
		return fmt.Errorf("--%s: give the flags and data that it was made with, or another --checkpoint FILE", message(fitErr))
	case fitErr != nil && len(hist) == j.resumed:
		return fitErr
	case fitErr != nil: // a checkpoint could not be written
		r.Status = "interrupted"
	}

	model := j.net.Compile()
	if r.Eval, err = evaluate(model, j.held, j.loss); err != nil {
		return err
	}
	if _, err := os.Stat(j.path); err == nil {
		if r.Replace = r.Status == "finished"; !r.Replace { // half a training is not worth a whole one
			j.path = beside(j.path, r.Status)
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
	return j.verdict(r, fitErr)
}

// verdict returns the error of a training that did not finish: why, what is
// saved, and how to go on.
func (j *job) verdict(r *result, fitErr error) error {
	kept := "what was reached is"
	if r.Best > 0 {
		kept = fmt.Sprintf("the weights of epoch %d, the best so far, are", r.Best)
	}
	switch {
	case r.Status == "finished":
		return nil
	case r.Status == "diverged":
		return fmt.Errorf("%s (the weights from the end of epoch %d are saved in %s)", message(fitErr), cmp.Or(r.Best, r.Epochs), j.path)
	case !errors.Is(fitErr, context.Canceled):
		return fmt.Errorf("%s (%s saved in %s)", message(fitErr), kept, j.path)
	}
	goOn := ""
	if j.checkpoint != "" && r.Epochs > 0 {
		goOn = fmt.Sprintf("; the same command with --resume goes on after epoch %d", r.Epochs)
	}
	return fmt.Errorf("%w in epoch %d of %d: %s saved in %s%s", errInterrupted, min(r.Epochs+1, j.epochs), j.epochs, kept, j.path, goOn)
}

// beside returns the path of the model of a training that did not finish, where
// there is another one.
func beside(path, status string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + "-" + status + ext
}

// config says how to make a step.
func (j *job) config() ffnn.TrainConfig {
	return ffnn.TrainConfig{
		Loss: j.loss, Optimizer: j.optim, BatchSize: j.batch, MicroBatch: j.micro,
		Penalty:  ffnn.Penalty{L1: j.l1, L2: j.l2},
		ClipNorm: j.clipNorm, ClipValue: j.clipValue,
		ClassWeights: j.balance, LabelSmoothing: j.labelSmoothing, Seed: j.seed,
	}
}

// findRate looks for the learning rate if that is to be done. It keeps two
// digits: the next may be wrong anyway, and these can be given with --lr.
func (j *job) findRate(ctx context.Context) error {
	if !j.lrAuto {
		return nil
	}
	rate, _, err := j.net.FindLearningRate(ctx, fitData(j.train), j.config())
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w before the first step: nothing is saved", errInterrupted)
	}
	if err != nil {
		return fmt.Errorf("--lr auto: %s", message(err))
	}
	if j.rate, err = strconv.ParseFloat(strconv.FormatFloat(rate, 'g', 2, 64), 64); err != nil {
		return err
	}
	if j.optim, err = j.newOptimizer(j.rate); err != nil {
		return err
	}
	return j.checkConfig()
}

// checkConfig finds what Fit would refuse, and the learning rate if it is not
// given.
func (j *job) checkConfig() error {
	c := j.config()
	c.BatchSize = min(c.BatchSize, j.train.Len())
	tr, err := ffnn.NewTrainer(j.net, c)
	if err != nil {
		return usagef("%s", message(err))
	}
	j.rate = tr.LearningRate()
	return nil
}

// prepare reads the data and builds the network; all that can be wrong with
// either, or with the place of the model, is found before the training.
func prepare(src source, set *settings) (*job, error) {
	j := &job{settings: set, source: src, path: set.out}
	if err := j.checkOut(); err != nil {
		return nil, err
	}
	if err := j.checkCheckpoint(); err != nil {
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
	if j.balance, err = set.weightsFor(j.train); err != nil {
		return nil, err
	}
	set.complete(j.train.Len())
	if j.net, err = set.network(j.train); err != nil {
		return nil, err
	}
	return j, j.checkConfig()
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

// checkCheckpoint refuses to write a checkpoint over anything else, and over
// another one that the user may want to go on from.
func (j *job) checkCheckpoint() error {
	if j.checkpoint == "" {
		return nil
	}
	for _, other := range []string{j.path, beside(j.path, "interrupted"), beside(j.path, "diverged"), j.source.name, j.val} {
		if samePath(j.checkpoint, other) {
			return usagef("--checkpoint %s is the data, the model, or what an unfinished model may be called: give another path", j.checkpoint)
		}
	}
	if err := atomicfile.Check(j.checkpoint); err != nil {
		return fmt.Errorf("--checkpoint: %w", err)
	}
	if _, err := os.Stat(j.checkpoint); err == nil && !j.resume {
		return fmt.Errorf("--checkpoint %s: the file is there already: go on from it with --resume, remove it, or give another path", j.checkpoint)
	}
	return nil
}

// samePath reports whether two paths lead to one file, be it there or not.
func samePath(a, b string) bool {
	x, errX := filepath.Abs(a)
	y, errY := filepath.Abs(b)
	i, errI := os.Stat(a)
	k, errK := os.Stat(b)
	return errX == nil && errY == nil && b != "" && x == y || errI == nil && errK == nil && os.SameFile(i, k)
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
