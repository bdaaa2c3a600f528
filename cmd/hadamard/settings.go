package main

import (
	"fmt"
	"slices"
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

// settings are the flags of train, checked as far as can be without the data.
type settings struct {
	*trainFlags
	opt        data.CSVOptions
	widths     []int // of the hidden layers; nil: by the rows
	act        ffnn.Activation
	initial    *ffnn.Initializer // nil: by the activation
	lossFn     ffnn.Loss         // nil: by the task
	weights    []float64         // of the classes, if they are given one by one
	optim      ffnn.Optimizer
	lrAuto     bool          // its learning rate is to be looked for
	course     ffnn.Schedule // nil: constant
	l2Given    bool          // or another penalty in its place
	decayGiven bool
	outDefault bool // the path of the model is not given
}

// check returns the settings, or an error that says which flag is wrong, what
// was given and what is allowed.
func (t *trainFlags) check(f *pflag.FlagSet) (*settings, error) {
	s := &settings{trainFlags: t, decayGiven: f.Changed("weight-decay"), outDefault: !f.Changed("out")}
	s.l2Given = f.Changed("l2") || f.Changed("l1") || s.decayGiven || s.optimizer == "adamw"
	var err error
	if s.opt, err = t.csv.options(); err != nil {
		return nil, err
	}
	s.opt.Task = t.task
	for _, check := range []func(*pflag.FlagSet) error{t.checkNumbers, s.checkNetwork, s.checkLoss, s.checkOptimizer, s.checkSchedule} {
		if err := check(f); err != nil {
			return nil, err
		}
	}
	switch {
	case t.scale != "standard" && t.scale != "minmax" && t.scale != "none":
		return nil, usagef("--scale %q: choose one of standard, minmax, none", t.scale)
	case f.Changed("val") && f.Changed("val-fraction"):
		return nil, usagef("--val and --val-fraction: give one of them: held-out rows come from a file or from DATA")
	case f.Changed("val") && t.val == "" || f.Changed("out") && t.out == "" || f.Changed("checkpoint") && t.checkpoint == "":
		return nil, usagef("--val, --out and --checkpoint need a path")
	case t.resume && t.checkpoint == "":
		return nil, usagef("--resume needs the file to go on from: --checkpoint FILE")
	}
	return s, nil
}

// checkNumbers checks the numbers that depend on nothing else.
func (t *trainFlags) checkNumbers(f *pflag.FlagSet) error {
	const most = 1e6
	penalty := "a number from 0 (no penalty) to 1e6 is needed, such as "
	bound := "a number above 0 is needed (1e-30 to 1e30, or 0 for none), such as "
	bounded := func(x float64) bool { return x == 0 || x >= 1e-30 && x <= 1e30 }
	for _, n := range []struct {
		flag string
		x    float64
		ok   bool
		want string
	}{
		{"val-fraction", t.valFraction, t.valFraction > 0 && t.valFraction < 1, "a number between 0 and 1 is needed, both excluded, such as 0.2; to train on all rows give others with --val FILE"},
		{"huber-delta", t.huberDelta, t.huberDelta >= 1e-6 && t.huberDelta <= most, "a number above 0 is needed (1e-6 to 1e6), such as 1"},
		{"clip-norm", t.clipNorm, bounded(t.clipNorm), bound + "1"},
		{"clip-value", t.clipValue, bounded(t.clipValue), bound + "0.5"},
		{"l1", t.l1, t.l1 >= 0 && t.l1 <= most, penalty + "0.0001"},
		{"l2", t.l2, t.l2 >= 0 && t.l2 <= most, penalty + "0.0001"},
		{"weight-decay", t.weightDecay, t.weightDecay >= 0 && t.weightDecay <= most, "a number from 0 (no decay) to 1/rate is needed, such as 0.01"},
		{"dropout", t.dropout, t.dropout >= 0 && t.dropout <= 0.99, "a share from 0 (none) to 0.99 is needed, such as 0.5"},
		{"max-norm", t.maxNorm, bounded(t.maxNorm), bound + "3"},
		{"label-smoothing", t.labelSmoothing, t.labelSmoothing >= 0 && t.labelSmoothing < 1, "a share from 0 (none) to below 1 is needed, such as 0.1"},
	} {
		if !n.ok {
			return usagef("--%s %v: %s", n.flag, n.x, n.want)
		}
	}
	switch {
	case f.Changed("epochs") && (t.epochs < 1 || t.epochs > maxEpochs):
		return usagef("--epochs %d: from 1 to %d are possible", t.epochs, maxEpochs)
	case t.batch < 1 || t.batch > maxBatch:
		return usagef("--batch %d: from 1 to %d rows are possible", t.batch, maxBatch)
	case f.Changed("micro-batch") && (t.micro < 1 || t.micro > t.batch):
		return usagef("--micro-batch %d: from 1 to %d rows are possible, those of a batch", t.micro, t.batch)
	case t.patience < 0 || t.patience > maxEpochs:
		return usagef("--patience %d: from 0 (no early stopping) to %d epochs are possible", t.patience, maxEpochs)
	}
	return nil
}

// checkNetwork checks what makes the network.
func (s *settings) checkNetwork(f *pflag.FlagSet) error {
	var err error
	if f.Changed("hidden") {
		if s.widths, err = parseHidden(s.hidden); err != nil {
			return err
		}
	}
	if s.act, err = s.checkActivation(f.Changed("alpha")); err != nil {
		return err
	}
	if f.Changed("init") {
		in, err := ffnn.ParseInitializer(s.init)
		if err != nil {
			return usagef("--init: %s", message(err))
		}
		s.initial = &in
	}
	none := s.widths != nil && len(s.widths) == 0
	switch {
	case none && (s.batchNorm || s.dropout > 0 || s.maxNorm > 0):
		return usagef("--batch-norm, --dropout and --max-norm are for hidden layers, and --hidden none leaves none")
	case !none && s.init == "zeros":
		return usagef("--init zeros is for --hidden none: the units of a hidden layer would stay alike")
	}
	return nil
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

// checkLoss checks the loss and what belongs to it.
func (s *settings) checkLoss(f *pflag.FlagSet) error {
	var err error
	if f.Changed("loss") {
		if s.lossFn, err = ffnn.ParseLoss(s.lossName); err != nil {
			return usagef("--loss: %s", message(err))
		}
	}
	switch {
	case s.lossName == "huber":
		s.lossFn = ffnn.Huber(s.huberDelta)
	case f.Changed("huber-delta"):
		return usagef("--huber-delta is for --loss huber")
	}
	if s.classWeights == "none" || s.classWeights == "balanced" {
		return nil
	}
	sum := 0.0
	for field := range strings.SplitSeq(s.classWeights, ",") {
		w, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
		if err != nil || !(w >= 0 && w <= 1e6) {
			return usagef("--class-weights %q: %q is no weight: choose none or balanced, or give a number from 0 to 1e6 for each class with commas between, such as 1,5", s.classWeights, field)
		}
		s.weights = append(s.weights, w)
		sum += w
	}
	if sum == 0 {
		return usagef("--class-weights %s: one at least must be above 0", s.classWeights)
	}
	return nil
}

// checkOptimizer checks the optimiser and its numbers.
func (s *settings) checkOptimizer(f *pflag.FlagSet) error {
	rate := 0.0
	if s.lrAuto = s.lr == "auto"; f.Changed("lr") && !s.lrAuto {
		var err error
		if rate, err = strconv.ParseFloat(s.lr, 64); err != nil {
			return usagef("--lr %q: a number is needed, such as 0.001, or auto", s.lr)
		}
		if !(rate >= 1e-30 && rate <= 1e6) {
			return usagef("--lr %v: a number above 0 is needed (1e-30 to 1e6), such as 0.001, or auto", rate)
		}
	}
	var err error
	if s.optim, err = s.newOptimizer(rate); err != nil {
		return usagef("--optimizer: %s", message(err))
	}
	if s.decayGiven && s.optimizer != "adamw" && s.optimizer != "lion" {
		return usagef("--weight-decay is for --optimizer adamw and lion, not %s; --l2 is for all", s.optimizer)
	}
	if !f.Changed("momentum") {
		return nil
	}
	if !(s.momentum > 0 && s.momentum <= 0.9999) {
		return usagef("--momentum %v: a number above 0 and below 1 is needed (at most 0.9999), such as 0.9", s.momentum)
	}
	switch s.optimizer {
	case "momentum", "nesterov", "heavy_ball":
		return nil
	}
	return usagef("--momentum is for --optimizer momentum, nesterov and heavy_ball, not %s", s.optimizer)
}

// newOptimizer returns the optimiser with a learning rate, 0 meaning its
// default.
func (s *settings) newOptimizer(rate float64) (ffnn.Optimizer, error) {
	opt, err := ffnn.ParseOptimizer(s.optimizer, rate)
	switch o := opt.(type) {
	case ffnn.SGD:
		if s.momentum != 0 {
			o.Momentum = s.momentum
		}
		return o, nil
	case ffnn.HeavyBall:
		o.Momentum = s.momentum
		return o, nil
	case ffnn.Adam:
		if s.decayGiven {
			o.WeightDecay = s.weightDecay
		}
		return o, nil
	case ffnn.Lion:
		o.WeightDecay = s.weightDecay
		return o, nil
	}
	return opt, err
}

// checkSchedule checks the course of the learning rate.
func (s *settings) checkSchedule(f *pflag.FlagSet) error {
	if !f.Changed("schedule") && !f.Changed("warm-up") {
		return nil
	}
	var err error
	if f.Changed("schedule") {
		if s.course, err = ffnn.ParseSchedule(s.schedule); err != nil {
			return usagef("--schedule: %s", message(err))
		}
	}
	if !f.Changed("warm-up") {
		return nil
	}
	if !(s.warmUp >= 1e-6 && s.warmUp <= 0.99) {
		return usagef("--warm-up %v: a share of the steps above 0 is needed (1e-6 to 0.99), such as 0.1", s.warmUp)
	}
	switch s.schedule {
	case "cosine":
		s.course = ffnn.Cosine{WarmUp: s.warmUp}
	case "one_cycle":
		s.course = ffnn.OneCycle{WarmUp: s.warmUp}
	default:
		return usagef("--warm-up is for --schedule cosine and one_cycle")
	}
	return nil
}

// lossFor returns the loss for the task.
func (s *settings) lossFor(task data.Task) (ffnn.Loss, error) {
	names := []string{"mse", "mse_rows", "mae", "huber"}
	classes := task != data.Regression
	if classes {
		own := defaultLoss(task).String()
		names = append([]string{own, own + "_probs"}, names...)
	}
	loss := s.lossFn
	switch {
	case loss == nil:
		loss = defaultLoss(task)
	case !slices.Contains(names, s.lossName):
		return nil, usagef("--loss %s: for a %v task choose one of %s", s.lossName, task, strings.Join(names, " "))
	}
	switch {
	case !classes && s.labelSmoothing > 0:
		return nil, usagef("--label-smoothing is for classes, and the task is a regression")
	case !classes && s.classWeights != "none":
		return nil, usagef("--class-weights are for classes, and the task is a regression")
	case s.labelSmoothing > 0 && loss != defaultLoss(task) && s.lossName != names[1]:
		return nil, usagef("--label-smoothing is for cross-entropies, and --loss %s is none", s.lossName)
	}
	return loss, nil
}

// weightsFor returns the weights of the classes, nil for none.
func (s *settings) weightsFor(train *data.Dataset) ([]float64, error) {
	switch s.classWeights {
	case "none":
		return nil, nil
	case "balanced":
		return ffnn.BalancedWeights(train.Y), nil
	}
	if want := max(train.Y.Cols, 2); len(s.weights) != want {
		return nil, usagef("--class-weights %s: %d for %d classes; give one for each of %s", s.classWeights, len(s.weights), want, strings.Join(train.Classes, ", "))
	}
	return s.weights, nil
}

// network returns an untrained network for the training rows, their scalers
// fitted. The settings are complete.
func (s *settings) network(train *data.Dataset) (*ffnn.Network, error) {
	dense := func(units int, act ffnn.Activation) ffnn.Layer {
		l := ffnn.Dense(units, act)
		if s.initial != nil {
			l = l.Init(*s.initial)
		}
		return l
	}
	var layers []ffnn.Layer
	for _, w := range s.widths {
		act := s.act
		if s.batchNorm {
			act = ffnn.Identity
		}
		l := dense(w, act)
		if s.maxNorm > 0 {
			l = l.MaxNorm(s.maxNorm)
		}
		layers = append(layers, l)
		if s.batchNorm {
			layers = append(layers, ffnn.BatchNorm(s.act))
		}
		if s.dropout > 0 {
			layers = append(layers, ffnn.Dropout(s.dropout))
		}
	}
	out := ffnn.Identity
	switch train.Task {
	case data.Binary:
		out = ffnn.Sigmoid
	case data.Multiclass:
		out = ffnn.Softmax
	}
	net, err := ffnn.New(train.X.Cols, append(layers, dense(train.Y.Cols, out))...)
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
	if s.micro == 0 {
		s.micro = s.batch
	}
	if !s.l2Given {
		s.l2 = 2 / float64(rows)
	}
	if s.epochs == 0 {
		batches := (rows + s.batch - 1) / s.batch
		s.epochs = min(max(2000/batches, 20), 300)
	}
}
