package ffnn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"

	"github.com/hadamard-go/hadamard/internal/atomicfile"
	"github.com/hadamard-go/hadamard/internal/safetensors"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Checkpoint says where and when Fit saves what it needs to go on.
//
// A checkpoint holds the network, the state of the optimiser, the history, and
// the best weights of EarlyStopping. A training that was killed at any point and
// resumes gives the same bits as one that was not. The file is also a model that
// Load reads, with the weights of the last epoch, which with EarlyStopping need
// not be the best. It is written whole under another name, synced, and renamed.
type Checkpoint struct {
	Path  string // of the file; empty: none
	Every int    // epochs between two checkpoints; default 1. The last epoch always has one

	// Resume makes Fit go on from the file if it is there, and begin at epoch 1 if
	// not: a program that is restarted needs no other logic. Network, data and
	// configuration must be those that the file was made with; Epochs may be
	// another number unless there is a Schedule (no greater one, and Fit returns
	// what was reached). It is an error otherwise.
	Resume bool
}

const (
	trainingVersion = 1
	trainingKey     = "hadamard_training" // of the __metadata__
	trainingPrefix  = "training."         // of tensors
)

// number is a float64 that JSON takes whatever it is, and gives back as it was.
type number float64

func (n number) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}

func (n *number) UnmarshalText(text []byte) error {
	x, err := strconv.ParseFloat(string(text), 64)
	*n = number(x)
	return err
}

// training is what a checkpoint holds besides the network and the optimiser's
// state.
type training struct {
	Version int               `json:"version"`
	Width   int               `json:"width"` // of panels
	Config  map[string]string `json:"config"`
	Numbers []number          `json:"numbers"` // of the optimiser
	Rate    number            `json:"rate"`
	Steps   int               `json:"steps"`
	Seen    uint64            `json:"seen"`

	// Of Fit.
	History   [][7]number `json:"history,omitempty"`
	BestEpoch int         `json:"best_epoch,omitempty"`
	BestLoss  number      `json:"best_loss"`
}

// Save writes a checkpoint of the trainer: the network, the state of the
// optimiser, and the number of steps and rows. The file is also a model that
// Load reads.
func (tr *Trainer) Save(path string) error {
	return tr.save(path, tr.training(), nil)
}

// Restore makes the trainer and its network what they were when Save wrote the
// file. It returns an error, and changes nothing, if the file is not one of a
// network of the same layers and scalers and of the same configuration.
func (tr *Trainer) Restore(path string) error {
	_, _, err := tr.restore(path, tr.training())
	return err
}

// training returns what a checkpoint holds of the trainer.
func (tr *Trainer) training() *training {
	t := &training{Version: trainingVersion, Width: layout.Width, Config: tr.config(), Rate: number(tr.rate), Steps: tr.steps, Seen: tr.seen}
	_, numbers := tr.opt.saved()
	for _, x := range numbers {
		t.Numbers = append(t.Numbers, number(*x))
	}
	return t
}

// config describes all of the configuration that moves a bit.
func (tr *Trainer) config() map[string]string {
	c := &tr.c
	m := map[string]string{
		"arithmetic":      fmt.Sprint("version ", kernels.Version),
		"loss":            c.Loss.String(),
		"optimizer":       c.Optimizer.String(),
		"batch size":      fmt.Sprint(c.BatchSize),
		"penalty":         fmt.Sprint(c.Penalty),
		"clipping":        fmt.Sprint(c.ClipValue, c.ClipNorm),
		"class weights":   fmt.Sprint(c.ClassWeights),
		"label smoothing": fmt.Sprint(c.LabelSmoothing),
		"seed":            fmt.Sprint(c.Seed),
	}
	for i := range tr.net.layers {
		l := &tr.net.layers[i]
		if l.kind == kindBatchNorm {
			m["micro-batch"] = fmt.Sprint(c.MicroBatch)
		}
		if l.penalty != nil || l.maxNorm != 0 {
			m[fmt.Sprintf("layer %d", i)] = fmt.Sprint(l.penalty, l.maxNorm)
		}
	}
	return m
}

// save writes a checkpoint.
func (tr *Trainer) save(path string, t *training, best []float32) error {
	text, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("ffnn: checkpoint: %w", err)
	}
	var more []safetensors.TensorData
	add := func(name string, v []float32) {
		if v != nil {
			more = append(more, safetensors.TensorData{Name: trainingPrefix + name, Shape: []int{len(v)}, Data: v})
		}
	}
	states, _ := tr.opt.saved()
	for i, s := range states {
		add(fmt.Sprintf("optimizer.%d", i), s)
	}
	add("best", best)
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := tr.net.write(w, map[string]string{trainingKey: string(text)}, more)
		return err
	})
}

// restore reads a checkpoint, which must have the configuration of want. It
// returns the best weights too, if there are any.
func (tr *Trainer) restore(path string, want *training) (*training, []float32, error) {
	f, err := safetensors.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	t, best, err := tr.decode(f, want)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, best, nil
}

func (tr *Trainer) decode(f *safetensors.File, want *training) (*training, []float32, error) {
	text, ok := f.Metadata[trainingKey]
	if !ok {
		return nil, nil, errors.New("not a checkpoint: its __metadata__ has no \"" + trainingKey + "\"")
	}
	var t training
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return nil, nil, fmt.Errorf("%s in __metadata__: %w", trainingKey, err)
	}
	if t.Version != trainingVersion || t.Width != layout.Width {
		return nil, nil, fmt.Errorf("checkpoint of version %d with panels of %d columns: this program reads version %d with %d", t.Version, t.Width, trainingVersion, layout.Width)
	}
	if _, is := want.Config["order"]; !is && t.Config["order"] != "" {
		return nil, nil, errors.New("a checkpoint of Fit: only Fit can go on from it")
	}
	if err := sameConfig(t.Config, want.Config); err != nil {
		return nil, nil, err
	}
	var own []Activation
	for i := range tr.net.layers {
		own = append(own, tr.net.layers[i].act)
	}
	a, err := decode(f, own)
	if err != nil {
		return nil, nil, err
	}
	if !sameShape(&a, &tr.net.arch) {
		return nil, nil, errors.New("the checkpoint is of a network with other layers or scalers")
	}
	states, numbers := tr.opt.saved()
	odd := func(x number) bool { return !(x >= 0 && x <= 1<<53) }
	if len(t.Numbers) != len(numbers) || slices.ContainsFunc(t.Numbers, odd) || t.Steps < 0 || !(t.Rate >= 0 && t.Rate <= 1e30) ||
		t.BestEpoch < 0 || t.BestEpoch > len(t.History) {
		return nil, nil, fmt.Errorf("%s in __metadata__: numbers %g for the optimizer, %d steps, learning rate %g, %d epochs, the best %d",
			trainingKey, t.Numbers, t.Steps, t.Rate, len(t.History), t.BestEpoch)
	}
	read := make([][]float32, len(states))
	for i, s := range states {
		if s != nil {
			if read[i], err = readState(f, fmt.Sprintf("optimizer.%d", i), len(s)); err != nil {
				return nil, nil, err
			}
		}
	}
	var best []float32
	if t.BestEpoch > 0 {
		if best, err = readState(f, "best", len(tr.net.values)); err != nil {
			return nil, nil, err
		}
		if i := slices.IndexFunc(best, func(x float32) bool { return !finite(x) }); i >= 0 {
			return nil, nil, fmt.Errorf("tensor %sbest: element %d is %v", trainingPrefix, i, best[i])
		}
	}
	// Nothing can fail any more.
	copy(tr.net.values, a.values)
	for i, s := range states {
		copy(s, read[i])
	}
	for i, x := range numbers {
		*x = float64(t.Numbers[i])
	}
	tr.rate, tr.steps, tr.seen = float64(t.Rate), t.Steps, t.Seen
	return &t, best, nil
}

// sameShape reports whether two networks have the same layers and scalers.
func sameShape(a, b *arch) bool {
	x, y := a.file(), b.file()
	x.Meta, y.Meta = Meta{}, Meta{}
	s, errS := json.Marshal(x)
	t, errT := json.Marshal(y)
	return errS == nil && errT == nil && bytes.Equal(s, t)
}

// readState returns the n elements of a tensor of a checkpoint. They may be
// infinite, as the square of a great gradient is, but not NaN.
func readState(f *safetensors.File, name string, n int) ([]float32, error) {
	name = trainingPrefix + name
	if err := checkTensor(f, name, n); err != nil {
		return nil, err
	}
	t, _ := f.Tensor(name)
	v := make([]float32, n)
	if err := t.Float32s(v); err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(v, func(x float32) bool { return x != x }); i >= 0 {
		return nil, fmt.Errorf("tensor %s: element %d is NaN", name, i)
	}
	return v, nil
}

// sameConfig returns an error that names the first difference.
func sameConfig(was, is map[string]string) error {
	var keys []string
	for k := range is {
		keys = append(keys, k)
	}
	for k := range was {
		if _, both := is[k]; !both {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		if was[k] != is[k] {
			return fmt.Errorf("the checkpoint was made with another %s: %q there, %q now", k, was[k], is[k])
		}
	}
	return nil
}

// training returns what a checkpoint holds of a call of Fit.
func (f *fit) training() *training {
	t := f.Trainer.training()
	t.BestEpoch, t.BestLoss = f.bestEpoch, number(f.bestLoss)
	for _, e := range f.hist {
		var line [7]number
		for i, x := range e.numbers() {
			line[i] = number(*x)
		}
		t.History = append(t.History, line)
	}
	c := t.Config
	c["order"] = map[bool]string{false: "shuffled", true: "as given"}[f.c.NoShuffle]
	for i, name := range []string{"training", "validation", "training-dev"} {
		c[name+" data"] = f.fingerprints[i]
	}
	c["early stopping"] = fmt.Sprint(f.c.EarlyStopping)
	if f.c.Schedule != nil {
		c["schedule"] = fmt.Sprintf("%v over %d epochs", f.c.Schedule, f.c.Epochs)
	}
	return t
}

// numbers returns what a line of the history has besides its epoch.
func (e *EpochEnd) numbers() [7]*float64 {
	return [...]*float64{&e.Loss, &e.Accuracy, &e.ValLoss, &e.ValAccuracy, &e.TrainingDevLoss, &e.TrainingDevAccuracy, &e.LearningRate}
}

// startCheckpoints checks the configuration, and resumes if it says so.
func (f *fit) startCheckpoints() error {
	c := &f.c.Checkpoint
	if c.Path == "" {
		if c.Every != 0 || c.Resume {
			return errors.New("checkpoints need a path")
		}
		return nil
	}
	if c.Every < 0 {
		return fmt.Errorf("a checkpoint every %d epochs: must be positive", c.Every)
	}
	if c.Every == 0 {
		c.Every = 1
	}
	if _, ok := f.c.Schedule.(fmt.Stringer); f.c.Schedule != nil && !ok {
		return fmt.Errorf("checkpoints with a schedule of type %T: it needs a method String that tells its numbers", f.c.Schedule)
	}
	f.fingerprints = [...]string{fingerprint(f.train), fingerprint(f.c.Validation), fingerprint(f.c.TrainingDev)}
	if err := atomicfile.Check(c.Path); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if !c.Resume {
		return nil
	}
	t, best, err := f.restore(c.Path, f.training())
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(c.Path); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	for i, line := range t.History {
		e := EpochEnd{Epoch: i + 1}
		for k, x := range e.numbers() {
			*x = float64(line[k])
		}
		f.hist = append(f.hist, e)
	}
	f.bestEpoch, f.bestLoss = t.BestEpoch, float64(t.BestLoss)
	copy(f.best, best)
	copy(f.good, f.net.values)
	return nil
}

// checkpoint writes one after epoch e if it is time.
func (f *fit) checkpoint(e int) error {
	c := &f.c.Checkpoint
	if c.Path == "" || e%c.Every != 0 && e != f.c.Epochs && !f.stop() {
		return nil
	}
	if err := f.save(c.Path, f.training(), f.bestOrNil()); err != nil {
		return fmt.Errorf("ffnn: Fit: checkpoint: %w", err)
	}
	return nil
}

func (f *fit) bestOrNil() []float32 {
	if f.bestEpoch == 0 {
		return nil
	}
	return f.best
}

// fingerprint describes data by their shape and a checksum of their bits.
func fingerprint(d Dataset) string {
	sum := uint64(14695981039346656037) // FNV-1a, a word at a time
	add := func(row []float32) {
		for _, v := range row {
			sum = (sum ^ uint64(math.Float32bits(v))) * 1099511628211
		}
	}
	for i := range d.X.Rows {
		add(d.X.Row(i))
		add(d.Y.Row(i))
	}
	add(d.Weights)
	return fmt.Sprintf("%d × %d, checksum %016x", d.X.Rows, d.X.Cols, sum)
}
