package main

import (
	"strings"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// trainFlags are the flags of train as they are given.
type trainFlags struct {
	csv         csvFlags
	task        data.Task
	scale       string
	valFraction float64
	val         string

	hidden, activation, init string
	alpha                    float64
	batchNorm                bool

	lossName, classWeights  string
	huberDelta              float64
	optimizer, lr, schedule string
	momentum, warmUp        float64
	epochs, batch, micro    int
	clipNorm, clipValue     float64
	seed                    uint64

	l1, l2, weightDecay     float64
	dropout, labelSmoothing float64
	maxNorm                 float64
	patience                int

	out, checkpoint     string
	resume, json, quiet bool
}

// flagGroups are the headings in the help of train, each with the flag that it
// stands before.
var flagGroups = []struct{ first, title string }{
	{"label", "Data"}, {"hidden", "Network"}, {"loss", "Training"}, {"l1", "Regularisation"}, {"out", "Output"},
}

func (t *trainFlags) register(f *pflag.FlagSet) {
	f.SortFlags = false
	t.csv.register(f, "the last")
	f.TextVar(&t.task, "task", data.Auto, "`kind` of the labels: auto, regression, binary, multiclass")
	f.StringVar(&t.scale, "scale", "standard", "`name` of the features' scaling: standard (mean 0, deviation 1),\nminmax (0 to 1), none")
	f.Float64Var(&t.valFraction, "val-fraction", 0.2, "`share` of the rows that is held out")
	f.StringVar(&t.val, "val", "", "`path` of CSV with the held-out rows; then all of DATA is trained on")

	f.StringVar(&t.hidden, "hidden", "", "`widths` of the hidden layers, such as 100,30, or none")
	f.StringVar(&t.activation, "activation", "leaky_relu", "`name` of the hidden layers' function:\n"+wrap(ffnn.ActivationNames(), 0, 66))
	f.Float64Var(&t.alpha, "alpha", 0, "parameter `alpha` of leaky_relu (default 0.01) and elu (default 1)")
	f.BoolVar(&t.batchNorm, "batch-norm", false, "batch normalisation in each hidden layer, before its function")
	f.StringVar(&t.init, "init", "", "`name` of the initial weights' distribution (default: by the function):\n"+wrap(ffnn.InitializerNames(), 0, 66))

	f.StringVar(&t.lossName, "loss", "", "`name` of the loss: for any task mse, mse_rows, mae, huber; for classes\ncross_entropy, for two binary_cross_entropy (either with _probs is\ncomputed from probabilities, not logits)")
	f.Float64Var(&t.huberDelta, "huber-delta", 1, "`error` from which on huber is linear; of a regression in deviations\nof the target")
	f.StringVar(&t.classWeights, "class-weights", "none", "`weights` of the classes in the loss: balanced (rare classes weigh as\nmuch as common ones), or one for each in their order, such as 1,5;\nor none")
	f.StringVar(&t.optimizer, "optimizer", "adam", "`name` of the optimizer:\n"+wrap(ffnn.OptimizerNames(), 0, 66))
	f.StringVar(&t.lr, "lr", "", "learning `rate`, or auto to look for one (default: the optimizer's,\nsuch as 0.001 of adam)")
	f.Float64Var(&t.momentum, "momentum", 0, "`factor` of the optimizers momentum, nesterov, heavy_ball (default 0.9)")
	f.StringVar(&t.schedule, "schedule", "", "`name` of the learning rate's course (step: halved every 10 epochs):\n"+wrap(ffnn.ScheduleNames(), 0, 66))
	f.Float64Var(&t.warmUp, "warm-up", 0, "`share` of the steps in which the rate rises first, for cosine\n(default: it does not) and one_cycle (default 0.3)")
	f.IntVar(&t.epochs, "epochs", 0, "`passes` over the training rows")
	f.IntVar(&t.batch, "batch", 32, "`rows` in a batch")
	f.IntVar(&t.micro, "micro-batch", 0, "`rows` of a batch that are computed at a time (default all), to save\nmemory; the result changes only with --batch-norm")
	f.Float64Var(&t.clipNorm, "clip-norm", 0, "`bound` of the Euclidean norm of all gradients together")
	f.Float64Var(&t.clipValue, "clip-value", 0, "`bound` of each gradient")
	f.Uint64Var(&t.seed, "seed", 0, "`number` that all that is random comes from: split, initial weights,\norder of the rows, dropout")

	f.Float64Var(&t.l1, "l1", 0, "`lambda` of the penalty lambda·Σ|w| on the weights")
	f.Float64Var(&t.l2, "l2", 0, "`lambda` of the penalty lambda/2·Σw² on the weights (default 2/rows,\nor 0 with --l1, --weight-decay or adamw)")
	f.Float64Var(&t.weightDecay, "weight-decay", 0, "decoupled `decay` of the optimizers adamw (default 0.01) and lion")
	f.Float64Var(&t.dropout, "dropout", 0, "`share` of each hidden layer's outputs that a training step leaves out")
	f.Float64Var(&t.maxNorm, "max-norm", 0, "`bound` of the norm of each hidden unit's incoming weights")
	f.Float64Var(&t.labelSmoothing, "label-smoothing", 0, "`share` of the targets that is spread evenly over the classes")
	f.IntVar(&t.patience, "patience", 0, "early stopping: `epochs` without a better loss of the held-out rows\nafter which to stop; the weights of the best epoch are kept")

	f.StringVarP(&t.out, "out", "o", "", "`path` of the model (default: the name of DATA with .safetensors, in\nthe current directory)")
	f.StringVar(&t.checkpoint, "checkpoint", "", "`path` that the state of the training is saved to after each epoch")
	f.BoolVar(&t.resume, "resume", false, "go on from the file of --checkpoint, if it is there")
	f.BoolVar(&t.json, "json", false, "print lines of JSON (see hadamard help json)")
	f.BoolVarP(&t.quiet, "quiet", "q", false, "print the result only")
	f.BoolP("help", "h", false, "help for train")
}

// group lists the flags of a command under flagGroups in its help.
func group(cmd *cobra.Command) {
	var b strings.Builder
	next := 0
	for line := range strings.Lines(cmd.Flags().FlagUsages()) {
		if next < len(flagGroups) && strings.Contains(line, " --"+flagGroups[next].first+" ") {
			b.WriteString("\n" + flagGroups[next].title + ":\n")
			next++
		}
		b.WriteString(line)
	}
	cmd.SetUsageTemplate("Usage:\n  {{.UseLine}}\n\nExamples:\n{{.Example}}\n" + b.String())
}
