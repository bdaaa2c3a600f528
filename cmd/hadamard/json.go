package main

import (
	"encoding/json"
	"io"
	"math"
	"time"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/ffnn/metrics"
	"github.com/spf13/cobra"
)

const jsonHelp = `With --json, standard output is JSON and nothing else, one object a line; errors
are text on standard error. A number that is not finite is null. Names stay as
they are; new ones may come.

train: {"event":"start"}, then {"event":"epoch"} for each epoch, then
{"event":"done"} (also for a training that was interrupted or diverged after its
first epoch). --quiet leaves the epochs out.
  start  data, rows, train_rows, val_rows, features, target, task, classes,
         layers (see inspect), parameters, loss, optimizer, epochs, batch, l2,
         scale, seed, level; learning_rate (before the schedule), micro_batch,
         l1, dropout, max_norm, label_smoothing, clip_norm, clip_value, patience
         (0: none), batch_norm (true or false), schedule, init, class_weights,
         checkpoint (null: none), resumed_epochs (those of the checkpoint, for
         which there are no lines)
  epoch  epoch, loss, accuracy (of the training rows, as the epoch went), val_loss,
         val_accuracy (after it), seconds (since the start), learning_rate (of
         the last step). Accuracies are null for a regression. loss counts class
         weights and smoothed labels, if there are any; val_loss and the loss in
         done know neither.
  done   status (finished, interrupted, diverged), epochs (whole ones), best_epoch
         (whose weights were kept, null without early stopping), model, bytes,
         seconds, val (as eval prints it), latency {median_ns, p99_ns,
         calls_per_reading, allocs, level}, null unless finished

eval: rows, loss, loss_name; for classes
  accuracy, correct, classes, confusion (rows: what it is, columns: what it was
  taken for), log_loss (null unless the outputs are probabilities), roc_auc (of
  more than two classes the mean of each against the rest; null unless each has
  rows), balanced_accuracy, matthews_correlation, precision, recall, f1 (of each
  class), macro {precision, recall, f1} (their means)
for a regression rmse, mae, r2, max_error

predict: a line for each row: class, probabilities (in the order of inspect's
classes); for a regression value, or values if there are several outputs

inspect: path, bytes, task, inputs, outputs, parameters, features, target, classes,
layers [{kind (dense, batch_norm, dropout), inputs, outputs, activation, rate (of
dropout)}], scaler, target_scaler ({shift, scale}, null if there is none), tensors
[{name, dtype, shape}]

info: version, go, level, levels, arithmetic, fma, goos, goarch, cpu, features,
caches {l1d, l2, l3} in bytes`

// newJSONTopic returns a page of help: a command that cannot be run.
func newJSONTopic() *cobra.Command {
	return &cobra.Command{Use: "json", Short: "The names in the output of --json", Long: jsonHelp}
}

// number is a float64 that is null in JSON unless it is finite.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if f := float64(n); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return json.Marshal(f)
	}
	return []byte("null"), nil
}

// number32 is number for a float32, with as many digits as that needs.
type number32 float32

func (n number32) MarshalJSON() ([]byte, error) {
	if f := float32(n); f-f == 0 {
		return json.Marshal(f)
	}
	return []byte("null"), nil
}

// writeJSON writes v in one line. Writing errors are kept by output.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

type layerJSON struct {
	Kind       string  `json:"kind"`
	Inputs     int     `json:"inputs"`
	Outputs    int     `json:"outputs"`
	Activation string  `json:"activation"`
	Rate       float64 `json:"rate,omitempty"`
}

// layered is what networks and models have in common here.
type layered interface {
	Layers() int
	Layer(int) ffnn.LayerInfo
}

func layersJSON(n layered) []layerJSON {
	var layers []layerJSON
	for i := range n.Layers() {
		l := n.Layer(i)
		layers = append(layers, layerJSON{l.Kind, l.Inputs, l.Outputs, l.Activation.String(), l.Rate})
	}
	return layers
}

type startJSON struct {
	Event      string      `json:"event"`
	Data       string      `json:"data"`
	Rows       int         `json:"rows"`
	TrainRows  int         `json:"train_rows"`
	ValRows    int         `json:"val_rows"`
	Features   int         `json:"features"`
	Target     string      `json:"target"`
	Task       data.Task   `json:"task"`
	Classes    []string    `json:"classes"`
	Layers     []layerJSON `json:"layers"`
	Parameters int         `json:"parameters"`
	Loss       string      `json:"loss"`
	Optimizer  string      `json:"optimizer"`
	Epochs     int         `json:"epochs"`
	Batch      int         `json:"batch"`
	L2         float64     `json:"l2"`
	Scale      string      `json:"scale"`
	Seed       uint64      `json:"seed"`
	Level      string      `json:"level"`

	LearningRate   float64   `json:"learning_rate"`
	MicroBatch     int       `json:"micro_batch"`
	L1             float64   `json:"l1"`
	Dropout        float64   `json:"dropout"`
	MaxNorm        float64   `json:"max_norm"`
	LabelSmoothing float64   `json:"label_smoothing"`
	ClipNorm       float64   `json:"clip_norm"`
	ClipValue      float64   `json:"clip_value"`
	Patience       int       `json:"patience"`
	BatchNorm      bool      `json:"batch_norm"`
	Schedule       *string   `json:"schedule"`
	Init           *string   `json:"init"`
	ClassWeights   []float64 `json:"class_weights"`
	Checkpoint     *string   `json:"checkpoint"`
	Resumed        int       `json:"resumed_epochs"`
}

type epochJSON struct {
	Event        string `json:"event"`
	Epoch        int    `json:"epoch"`
	Loss         number `json:"loss"`
	Accuracy     number `json:"accuracy"`
	ValLoss      number `json:"val_loss"`
	ValAccuracy  number `json:"val_accuracy"`
	Seconds      number `json:"seconds"`
	LearningRate number `json:"learning_rate"`
}

type doneJSON struct {
	Event   string       `json:"event"`
	Status  string       `json:"status"`
	Epochs  int          `json:"epochs"`
	Best    *int         `json:"best_epoch"`
	Val     any          `json:"val"`
	Model   string       `json:"model"`
	Bytes   int64        `json:"bytes"`
	Seconds number       `json:"seconds"`
	Latency *latencyJSON `json:"latency"`
}

type latencyJSON struct {
	Median number `json:"median_ns"`
	P99    number `json:"p99_ns"`
	Calls  int    `json:"calls_per_reading"`
	Allocs uint64 `json:"allocs"`
	Level  string `json:"level"`
}

type classesJSON struct {
	Rows      int         `json:"rows"`
	Loss      number      `json:"loss"`
	LossName  string      `json:"loss_name"`
	Accuracy  number      `json:"accuracy"`
	Correct   int         `json:"correct"`
	Classes   []string    `json:"classes"`
	Confusion [][]float64 `json:"confusion"` // whole numbers
	LogLoss   number      `json:"log_loss"`
	ROCAUC    number      `json:"roc_auc"`
	Balanced  number      `json:"balanced_accuracy"`
	Matthews  number      `json:"matthews_correlation"`
	Precision []number    `json:"precision"`
	Recall    []number    `json:"recall"`
	F1        []number    `json:"f1"`
	Macro     macroJSON   `json:"macro"`
}

type macroJSON struct {
	Precision number `json:"precision"`
	Recall    number `json:"recall"`
	F1        number `json:"f1"`
}

type regressionJSON struct {
	Rows     int    `json:"rows"`
	Loss     number `json:"loss"`
	LossName string `json:"loss_name"`
	RMSE     number `json:"rmse"`
	MAE      number `json:"mae"`
	R2       number `json:"r2"`
	MaxError number `json:"max_error"`
}

func (e *evaluation) json() any {
	c := e.Confusion
	if c == nil {
		return regressionJSON{e.Rows, number(e.Loss), e.LossName, number(e.RMSE), number(e.MAE), number(e.R2), number(e.MaxError)}
	}
	macro := c.Average(metrics.Macro)
	v := classesJSON{Rows: e.Rows, Loss: number(e.Loss), LossName: e.LossName,
		Accuracy: number(c.Accuracy()), Correct: e.correct(), Classes: c.Classes, Confusion: c.Counts,
		LogLoss: number(e.LogLoss), ROCAUC: number(e.ROCAUC), Balanced: number(c.BalancedAccuracy()), Matthews: number(c.MatthewsCorrelation()),
		Macro: macroJSON{number(macro.Precision), number(macro.Recall), number(macro.F1)}}
	for i := range c.Counts {
		s := c.Class(i)
		v.Precision = append(v.Precision, number(s.Precision))
		v.Recall = append(v.Recall, number(s.Recall))
		v.F1 = append(v.F1, number(s.F1))
	}
	return v
}

// jsonReporter reports to programs.
type jsonReporter struct {
	w     io.Writer
	quiet bool
	task  data.Task
}

func (r *jsonReporter) start(j *job) {
	r.task = j.train.Task
	writeJSON(r.w, startJSON{
		Event: "start", Data: j.source.name, Rows: j.all, TrainRows: j.train.Len(), ValRows: j.held.Len(),
		Features: j.train.X.Cols, Target: j.train.Target, Task: j.train.Task, Classes: j.train.Classes,
		Layers: layersJSON(j.net), Parameters: j.net.Parameters(), Loss: j.loss.String(), Optimizer: j.optim.String(),
		Epochs: j.epochs, Batch: j.batch, L2: j.l2, Scale: j.scale, Seed: j.seed, Level: hadamard.Info().Level,
		LearningRate: j.rate, MicroBatch: j.micro, L1: j.l1, Dropout: j.dropout, MaxNorm: j.maxNorm,
		LabelSmoothing: j.labelSmoothing, ClipNorm: j.clipNorm, ClipValue: j.clipValue, Patience: j.patience,
		BatchNorm: j.batchNorm, Schedule: orNull(j.schedule), Init: orNull(j.init), ClassWeights: j.balance,
		Checkpoint: orNull(j.checkpoint), Resumed: j.resumed,
	})
}

// orNull returns a pointer to v, or nil for the zero value.
func orNull[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}

func (r *jsonReporter) batch(ffnn.BatchEnd) {}

func (r *jsonReporter) epoch(e ffnn.EpochEnd, t time.Duration) {
	if r.quiet {
		return
	}
	if r.task == data.Regression {
		e.Accuracy, e.ValAccuracy = math.NaN(), math.NaN()
	}
	writeJSON(r.w, epochJSON{"epoch", e.Epoch, number(e.Loss), number(e.Accuracy), number(e.ValLoss), number(e.ValAccuracy), number(t.Seconds()), number(e.LearningRate)})
}

func (r *jsonReporter) stop() {}

func (r *jsonReporter) done(res *result) {
	d := doneJSON{Event: "done", Status: res.Status, Epochs: res.Epochs, Best: orNull(res.Best), Val: res.Eval.json(),
		Model: res.Path, Bytes: res.Bytes, Seconds: number(res.Seconds)}
	if l := res.Latency; l != nil {
		d.Latency = &latencyJSON{number(l.Median), number(l.P99), l.Calls, l.Allocs, l.Level}
	}
	writeJSON(r.w, d)
}
