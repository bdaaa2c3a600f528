package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/spf13/pflag"
)

const (
	maxEpochs = 1_000_000 // a line of history is kept for each
	maxBatch  = 1 << 20
	maxHidden = 64 // layers
)

// trainFlags are the flags of train as they are given.
type trainFlags struct {
	csv  csvFlags
	task data.Task

	hidden, activation string
	alpha              float64

	lossName, optimizer string
	lr, momentum, l2    float64
	epochs, batch       int
	seed                uint64
	scale               string
	valFraction         float64
	val                 string
	out                 string
	json, quiet         bool
}

func (t *trainFlags) register(f *pflag.FlagSet) {
	f.SortFlags = false
	f.StringVar(&t.hidden, "hidden", "", "`widths` of the hidden layers, such as 100,30, or none")
	f.StringVar(&t.activation, "activation", "leaky_relu", "`name` of the hidden layers' function:\n"+wrap(ffnn.ActivationNames(), 0, 66))
	f.Float64Var(&t.alpha, "alpha", 0, "parameter `alpha` of leaky_relu (default 0.01) and elu (default 1)")
	f.IntVar(&t.epochs, "epochs", 0, "`passes` over the training rows")
	f.IntVar(&t.batch, "batch", 32, "`rows` in a batch")
	f.StringVar(&t.optimizer, "optimizer", "adam", "`name` of the optimizer:\n"+wrap(ffnn.OptimizerNames(), 0, 66))
	f.Float64Var(&t.lr, "lr", 0, "learning `rate` (default 0.001 for adam and its kin, 0.0001 for lion, 0.01\nfor the others)")
	f.Float64Var(&t.momentum, "momentum", 0, "`factor` of the optimizers momentum, nesterov and heavy_ball (default 0.9)")
	f.Float64Var(&t.l2, "l2", 0, "`lambda` of the penalty lambda/2·Σw² on the weights")
	f.StringVar(&t.lossName, "loss", "", "`name` of the loss: mse, mse_rows, binary_cross_entropy, cross_entropy")
	f.Uint64Var(&t.seed, "seed", 0, "`number` that split, initial weights and order of the rows come from")
	f.StringVar(&t.scale, "scale", "standard", "`name` of the features' scaling: standard (mean 0, deviation 1),\nminmax (0 to 1), none")
	f.Float64Var(&t.valFraction, "val-fraction", 0.2, "`share` of the rows that is held out")
	f.StringVar(&t.val, "val", "", "`path` of CSV with the held-out rows; then all of DATA is trained on")
	f.StringVarP(&t.out, "out", "o", "", "`path` of the model (default: the name of DATA with .safetensors, in\nthe current directory)")
	f.TextVar(&t.task, "task", data.Auto, "`kind` of the labels: auto, regression, binary, multiclass")
	t.csv.register(f, "the last")
	f.BoolVar(&t.json, "json", false, "print lines of JSON (see hadamard help json)")
	f.BoolVarP(&t.quiet, "quiet", "q", false, "print the result only")
}

// settings are the flags of train, checked as far as can be without the data.
type settings struct {
	*trainFlags
	opt        data.CSVOptions
	widths     []int // of the hidden layers; nil: by the rows
	act        ffnn.Activation
	lossFn     ffnn.Loss // nil: by the task
	optim      ffnn.Optimizer
	l2Given    bool
	outDefault bool // the path of the model is not given
}

// check returns the settings, or an error that says which flag is wrong, what
// was given and what is allowed.
func (t *trainFlags) check(f *pflag.FlagSet) (*settings, error) {
	s := &settings{trainFlags: t, l2Given: f.Changed("l2"), outDefault: !f.Changed("out")}
	var err error
	if s.opt, err = t.csv.options(); err != nil {
		return nil, err
	}
	s.opt.Task = t.task
	if f.Changed("hidden") {
		if s.widths, err = parseHidden(t.hidden); err != nil {
			return nil, err
		}
	}
	if s.act, err = t.checkActivation(f.Changed("alpha")); err != nil {
		return nil, err
	}
	if f.Changed("loss") {
		if s.lossFn, err = ffnn.ParseLoss(t.lossName); err != nil {
			return nil, usagef("--loss: %s", message(err))
		}
	}
	if s.optim, err = t.checkOptimizer(f.Changed("lr"), f.Changed("momentum")); err != nil {
		return nil, err
	}
	switch {
	case f.Changed("epochs") && (t.epochs < 1 || t.epochs > maxEpochs):
		return nil, usagef("--epochs %d: from 1 to %d are possible", t.epochs, maxEpochs)
	case t.batch < 1 || t.batch > maxBatch:
		return nil, usagef("--batch %d: from 1 to %d rows are possible", t.batch, maxBatch)
	case !(t.l2 >= 0 && t.l2 <= 1e6):
		return nil, usagef("--l2 %v: a number from 0 (no penalty) to 1e6 is needed, such as 0.0001", t.l2)
	case t.scale != "standard" && t.scale != "minmax" && t.scale != "none":
		return nil, usagef("--scale %q: choose one of standard, minmax, none", t.scale)
	case !(t.valFraction > 0 && t.valFraction < 1):
		return nil, usagef("--val-fraction %v: a number between 0 and 1 is needed, both excluded, such as 0.2; to train on all rows give others with --val FILE", t.valFraction)
	case f.Changed("val") && f.Changed("val-fraction"):
		return nil, usagef("--val and --val-fraction: give one of them: held-out rows come from a file or from DATA")
	case f.Changed("val") && t.val == "" || f.Changed("out") && t.out == "":
		return nil, usagef("--val and --out need a path")
	}
	return s, nil
}

// parseHidden reads a list of widths; the empty list is not nil.
func parseHidden(text string) ([]int, error) {
	widths := []int{}
	if text == "none" {
		return widths, nil
	}
	for field := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || n < 1 {
			return nil, usagef("--hidden %q: %q is no width: give whole numbers above 0 with commas between, such as 100,30, or none", text, field)
		}
		widths = append(widths, n)
	}
	if len(widths) > maxHidden {
		return nil, usagef("--hidden: %d layers: at most %d are possible", len(widths), maxHidden)
	}
	return widths, nil
}

func (t *trainFlags) checkActivation(alphaGiven bool) (ffnn.Activation, error) {
	alpha := t.alpha
	switch {
	case alphaGiven && !(alpha >= 0 && alpha <= 1e6):
		return ffnn.Activation{}, usagef("--alpha %v: a number from 0 to 1e6 is needed, such as 0.01", alpha)
	case alphaGiven && t.activation != "leaky_relu" && t.activation != "elu":
		return ffnn.Activation{}, usagef("--alpha is the parameter of leaky_relu and elu, and --activation %s has none", t.activation)
	case alphaGiven:
	case t.activation == "leaky_relu":
		alpha = 0.01
	case t.activation == "elu":
		alpha = 1
	}
	act, err := ffnn.ParseActivation(t.activation, float32(alpha))
	if err != nil {
		return act, usagef("--activation: %s", message(err))
	}
	return act, nil
}

func (t *trainFlags) checkOptimizer(lrGiven, momentumGiven bool) (ffnn.Optimizer, error) {
	if lrGiven && !(t.lr >= 1e-30 && t.lr <= 1e6) {
		return nil, usagef("--lr %v: a number above 0 is needed (1e-30 to 1e6), such as 0.001", t.lr)
	}
	opt, err := ffnn.ParseOptimizer(t.optimizer, t.lr)
	if err != nil {
		return nil, usagef("--optimizer: %s", message(err))
	}
	if !momentumGiven {
		return opt, nil
	}
	if !(t.momentum > 0 && t.momentum <= 0.9999) {
		return nil, usagef("--momentum %v: a number above 0 and below 1 is needed (at most 0.9999), such as 0.9", t.momentum)
	}
	switch t.optimizer {
	case "momentum", "nesterov":
		return ffnn.SGD{LearningRate: t.lr, Momentum: t.momentum, Nesterov: t.optimizer == "nesterov"}, nil
	case "heavy_ball":
		return ffnn.HeavyBall{LearningRate: t.lr, Momentum: t.momentum}, nil
	}
	return nil, usagef("--momentum is for --optimizer momentum, nesterov and heavy_ball, not %s", t.optimizer)
}

// lossFor returns the loss for the task.
func (s *settings) lossFor(task data.Task) (ffnn.Loss, error) {
	if s.lossFn == nil {
		return defaultLoss(task), nil
	}
	allowed := []ffnn.Loss{defaultLoss(task), ffnn.MSE, ffnn.MSERows}
	if task == data.Regression {
		allowed = allowed[1:]
	}
	for _, l := range allowed {
		if l == s.lossFn {
			return l, nil
		}
	}
	return nil, usagef("--loss %v: for a %v task choose one of %s", s.lossFn, task, strings.Trim(fmt.Sprint(allowed), "[]"))
}

// network returns an untrained network for the training rows, their scalers
// fitted. The settings are complete.
func (s *settings) network(train *data.Dataset) (*ffnn.Network, error) {
	var layers []ffnn.Layer
	for _, w := range s.widths {
		layers = append(layers, ffnn.Dense(w, s.act))
	}
	out := ffnn.Identity
	switch train.Task {
	case data.Binary:
		out = ffnn.Sigmoid
	case data.Multiclass:
		out = ffnn.Softmax
	}
	net, err := ffnn.New(train.X.Cols, append(layers, ffnn.Dense(train.Y.Cols, out))...)
	if err != nil {
		return nil, usagef("--hidden %s: %s", s.hidden, strings.TrimPrefix(err.Error(), "ffnn: New: "))
	}
	net.Reset(s.seed)
	if err := s.setScalers(net, train); err != nil {
		return nil, err
	}
	return net, net.SetMeta(ffnn.Meta{Features: train.Features, Classes: train.Classes, Target: train.Target})
}

func (s *settings) setScalers(net *ffnn.Network, train *data.Dataset) error {
	var x data.Scaler
	var err error
	switch s.scale {
	case "standard":
		x, err = data.FitStandard(train.X)
	case "minmax":
		x, err = data.FitMinMax(train.X, 0, 1)
	}
	if err != nil {
		return fmt.Errorf("features: %s", message(err))
	}
	if err := net.SetScaler(ffnn.Scaler(x)); err != nil {
		return err
	}
	if train.Task != data.Regression {
		return nil
	}
	// A network with targets in the thousands would have to grow its biases
	// there in steps of the learning rate.
	y, err := data.FitStandard(train.Y)
	if err != nil {
		return fmt.Errorf("target: %s", message(err))
	}
	return net.SetTargetScaler(ffnn.Scaler(y))
}

// complete sets what the flags leave to the number of training rows: with few
// rows, a wide network learns them by heart, and L2, a penalty against the mean
// loss of the rows, has to weigh more. Measured on ten data sets of 150 to
// 20,000 rows, with up to twenty seeds each.
func (s *settings) complete(rows int) {
	if s.widths == nil {
		s.widths = []int{32}
		if rows >= 1000 {
			s.widths = []int{100, 30}
		}
	}
	if !s.l2Given {
		s.l2 = 2 / float64(rows)
	}
	if s.epochs == 0 {
		batches := (rows + s.batch - 1) / s.batch
		s.epochs = min(max(2000/batches, 20), 300)
	}
}
