package ffnn

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/layout"
)

// checkpointed is a training that can be interrupted.
type checkpointed struct {
	layers []Layer
	train  Dataset
	c      FitConfig
}

// network returns a new network, whose weights come from the seed.
func (k *checkpointed) network(seed uint64) *Network {
	n := must(New(4, k.layers...))
	n.Reset(seed)
	if err := n.SetScaler(Scaler{Shift: []float32{1, 0, -1, 0}, Scale: []float32{1, 2, 1, 0.5}}); err != nil {
		panic(err)
	}
	return n
}

// outcome is all that a training leaves, in bits.
type outcome struct {
	values, history, predictions uint64
	epochs                       int
}

func (k *checkpointed) outcome(n *Network, hist History) outcome {
	p := layout.NewMatrix(k.train.X.Rows, n.Outputs())
	n.Compile().PredictBatch(p, k.train.X)
	return outcome{hashBits(n.values), historyBits(hist), hashBits(p.Data), len(hist)}
}

func checkpointData() (train, val, dev Dataset) {
	x := randomMatrix(90, 4, 3)
	y := classTargets(x, 3)
	train = Dataset{X: x.Slice(0, 60), Y: y.Slice(0, 60)}
	for i := range 60 {
		train.Weights = append(train.Weights, float32(1+i%3))
	}
	return train, Dataset{X: x.Slice(60, 80), Y: y.Slice(60, 80)}, Dataset{X: x.Slice(80, 90), Y: y.Slice(80, 90)}
}

// checkpointCases returns trainings with all that has a state: optimisers,
// masks, running means, schedules, early stopping.
func checkpointCases() map[string]*checkpointed {
	train, val, dev := checkpointData()
	plain := []Layer{Dense(17, Tanh), Dense(3, Softmax)}
	all := []Layer{Dropout(0.1), Dense(17, Identity), BatchNorm(ReLU), Dropout(0.3), Dense(5, Tanh).MaxNorm(1), BatchNorm(Identity), Dense(3, Softmax)}
	cases := map[string]*checkpointed{
		"all": {all, train, FitConfig{TrainConfig: TrainConfig{Optimizer: Adam{LearningRate: 0.05}, ClassWeights: []float64{1, 2, 0.5}, LabelSmoothing: 0.05, ClipNorm: 1, Penalty: L1(1e-4), MicroBatch: 5},
			Validation: val, TrainingDev: dev, Schedule: Cosine{WarmUp: 0.1}, EarlyStopping: EarlyStopping{Patience: 2, MinDelta: 0.01}}},
		"momentum, plateau": {plain, train, FitConfig{TrainConfig: TrainConfig{Optimizer: SGD{LearningRate: 0.5, Momentum: 0.9, Dampening: 0.1}},
			Validation: val, Schedule: ReduceOnPlateau{Patience: 1, Threshold: 0.05}, NoShuffle: true, EarlyStopping: EarlyStopping{Patience: 3}}},
		"own schedule": {all, train, FitConfig{Schedule: factors{1, 0.5, 0, 2}}},
	}
	for _, o := range allOptimizers {
		cases[o.String()] = &checkpointed{plain, train, FitConfig{TrainConfig: TrainConfig{Optimizer: o}, Epochs: 3}}
	}
	for _, k := range cases {
		if k.c.BatchSize, k.c.Seed = 16, 9; k.c.Epochs == 0 {
			k.c.Epochs = 6
		}
	}
	return cases
}

var errKilled = errors.New("killed")

// A training that is interrupted in any epoch, at its end or in the middle, by
// an error or by a context, and resumes on another network, ends with the bits
// of one that is not. So does one that is interrupted again and again.
func TestResumeBits(t *testing.T) {
	for name, k := range checkpointCases() {
		n := k.network(1)
		hist := must(n.Fit(context.Background(), k.train, k.c))
		want := k.outcome(n, hist)
		stopped := len(hist)
		if name == "all" && (stopped < 3 || stopped == 6) {
			t.Fatalf("%s: early stopping after %d epochs tests little", name, stopped)
		}
		if best, _ := hist.Best(); name == "momentum, plateau" && best.Epoch < 3 {
			t.Fatalf("%s: that epoch %d is the best tests little", name, best.Epoch)
		}
		path := filepath.Join(t.TempDir(), "c")
		// interrupted runs until batch b of epoch e is done, 0 for the epoch.
		interrupted := func(seed uint64, e, b int, byContext bool) (outcome, error) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			c := k.c
			c.Checkpoint = Checkpoint{Path: path, Resume: true}
			kill := func(here bool) error {
				switch {
				case here && byContext:
					cancel()
				case here:
					return errKilled
				}
				return nil
			}
			c.OnBatch = func(at BatchEnd) error { return kill(at.Epoch == e && at.Batch == b) }
			c.OnEpoch = func(at EpochEnd) error { return kill(at.Epoch == e && b == 0) }
			n := k.network(seed)
			hist, err := n.Fit(ctx, k.train, c)
			return k.outcome(n, hist), err
		}
		for e := 1; e <= stopped; e++ {
			if testing.Short() && name != "all" && e != 2 {
				continue
			}
			for b := range 4 {
				if b > 0 && (name != "all" && b != e%3+1 || testing.Short() && b != 1) {
					continue
				}
				os.Remove(path)
				last := e == stopped && b == 0
				if _, err := interrupted(1, e, b, b%2 == 0); err == nil && !last || err != nil && !errors.Is(err, errKilled) && !errors.Is(err, context.Canceled) {
					t.Fatalf("%s: interrupted in epoch %d, batch %d: %v", name, e, b, err)
				}
				seed := uint64(77) // other weights, which the checkpoint must replace
				if e == 1 && b > 0 {
					seed = 1 // there is none yet
				}
				if got, err := interrupted(seed, 0, 0, false); got != want || err != nil {
					t.Errorf("%s: interrupted in epoch %d, batch %d, resumed: %+v, want %+v; %v", name, e, b, got, want, err)
				}
				if b > 1 {
					continue
				}
				// Once more, when all is done.
				if got, err := interrupted(seed+1, 0, 0, false); got != want || err != nil {
					t.Errorf("%s: done, and resumed: %+v, want %+v; %v", name, got, want, err)
				}
			}
		}
		os.Remove(path)
		for e := 1; e <= stopped; e++ {
			for _, b := range []int{2, 0} {
				if _, err := interrupted(1, e, b, false); !errors.Is(err, errKilled) {
					t.Fatalf("%s: epoch %d, batch %d: %v", name, e, b, err)
				}
			}
		}
		if got, err := interrupted(1, 0, 0, false); got != want || err != nil {
			t.Errorf("%s: interrupted again and again: %+v, want %+v; %v", name, got, want, err)
		}
	}
}

// Without a schedule, a training can be resumed with more epochs.
func TestResumeLonger(t *testing.T) {
	k := checkpointCases()[Adam{}.String()]
	path := filepath.Join(t.TempDir(), "c")
	run := func(epochs int, c Checkpoint) outcome {
		n := k.network(1)
		f := k.c
		f.Epochs, f.Checkpoint = epochs, c
		return k.outcome(n, must(n.Fit(context.Background(), k.train, f)))
	}
	want := run(10, Checkpoint{})
	run(4, Checkpoint{Path: path, Resume: true})
	if got := run(10, Checkpoint{Path: path, Resume: true}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := run(2, Checkpoint{Path: path, Resume: true}); got != want {
		t.Errorf("fewer epochs than were made: %+v, want %+v", got, want)
	}
	if got := run(10, Checkpoint{Path: path}); got != want { // begins anew, and writes over it
		t.Errorf("not resumed: %+v, want %+v", got, want)
	}
}

// The epochs that have a checkpoint, and what Load sees there.
func TestCheckpointEvery(t *testing.T) {
	k := checkpointCases()["all"]
	for _, c := range []struct{ every, epochs, stop int }{{0, 4, 0}, {1, 4, 0}, {3, 5, 0}, {3, 6, 0}, {9, 5, 0}, {4, 6, 1}} {
		path := filepath.Join(t.TempDir(), "c")
		f := k.c
		f.Epochs, f.Schedule, f.EarlyStopping.Patience = c.epochs, nil, 99
		if c.stop > 0 {
			f.EarlyStopping = EarlyStopping{Patience: 1, MinDelta: 1e9}
		}
		f.Checkpoint = Checkpoint{Path: path, Every: c.every}
		n := k.network(1)
		f.OnEpoch = func(e EpochEnd) error {
			every := max(c.every, 1)
			want := e.Epoch - e.Epoch%every
			if e.Epoch == c.epochs || c.stop > 0 && e.Epoch == 2 {
				want = e.Epoch
			}
			m, err := Load(path)
			if want == 0 {
				if !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%+v: a checkpoint after epoch %d: %v", c, e.Epoch, err)
				}
				return nil
			}
			if err != nil {
				t.Fatal(err)
			}
			if same := hashBits(m.values) == hashBits(n.values); same != (want == e.Epoch) {
				t.Errorf("%+v: after epoch %d the model of the checkpoint is the network: %v", c, e.Epoch, same)
			}
			return nil
		}
		hist := must(n.Fit(context.Background(), k.train, f))
		if want := c.epochs; len(hist) != want && c.stop == 0 || c.stop > 0 && len(hist) != 2 {
			t.Errorf("%+v: %d epochs", c, len(hist))
		}
		if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
			t.Errorf("%+v: %v", c, files)
		}
	}
}

// What a resumed training must share with the one before, each thing by name.
func TestResumeRefused(t *testing.T) {
	base := func() *checkpointed {
		k := checkpointCases()["all"]
		k.c.Epochs = 2
		return k
	}
	path := filepath.Join(t.TempDir(), "c")
	k := base()
	k.c.Checkpoint = Checkpoint{Path: path, Resume: true}
	n := k.network(1)
	must(n.Fit(context.Background(), k.train, k.c))
	other := func(m layout.Matrix) layout.Matrix {
		c := layout.NewMatrix(m.Rows, m.Cols)
		copy(c.Data, m.Data)
		c.Data[5] = 1 - c.Data[5]
		return c
	}
	for want, change := range map[string]func(k *checkpointed){
		"":                               func(k *checkpointed) {},
		"another batch size":             func(k *checkpointed) { k.c.BatchSize = 15 },
		"another micro-batch":            func(k *checkpointed) { k.c.MicroBatch = 4 },
		"another optimizer":              func(k *checkpointed) { k.c.Optimizer = Adam{LearningRate: 0.051} },
		"nadam":                          func(k *checkpointed) { k.c.Optimizer = NAdam{LearningRate: 0.05} },
		"another seed":                   func(k *checkpointed) { k.c.Seed++ },
		"another loss":                   func(k *checkpointed) { k.c.Loss = CrossEntropyProbs },
		"another penalty":                func(k *checkpointed) { k.c.Penalty.L2 = 1e-9 },
		"another clipping":               func(k *checkpointed) { k.c.ClipNorm = 2 },
		"\"0 1\" there, \"3 1\" now":     func(k *checkpointed) { k.c.ClipValue = 3 },
		"another class weights":          func(k *checkpointed) { k.c.ClassWeights = nil },
		"another label smoothing":        func(k *checkpointed) { k.c.LabelSmoothing = 0 },
		"another order":                  func(k *checkpointed) { k.c.NoShuffle = true },
		"another training data":          func(k *checkpointed) { k.train.X = other(k.train.X) },
		"training data: \"60 × 4":        func(k *checkpointed) { k.train.Y = other(k.train.Y) },
		"checksum":                       func(k *checkpointed) { k.train.Weights = nil },
		"another validation data":        func(k *checkpointed) { k.c.Validation.X = other(k.c.Validation.X) },
		"another training-dev data":      func(k *checkpointed) { k.c.TrainingDev = Dataset{} },
		"another early stopping":         func(k *checkpointed) { k.c.EarlyStopping.MinDelta = 0 },
		"early stopping: \"{2 0.01}\"":   func(k *checkpointed) { k.c.EarlyStopping.Patience++ },
		"another schedule":               func(k *checkpointed) { k.c.Schedule = Cosine{} },
		"over 3 epochs":                  func(k *checkpointed) { k.c.Epochs = 3 },
		"schedule: \"cosine":             func(k *checkpointed) { k.c.Schedule = nil },
		"another layer 4":                func(k *checkpointed) { k.layers[4] = Dense(5, Tanh).MaxNorm(2) },
		"layer 4: \"<nil> 1\"":           func(k *checkpointed) { k.layers[4] = Dense(5, Tanh) },
		"another layer 6":                func(k *checkpointed) { k.layers[6] = Dense(3, Softmax).Penalize(L1(1e-4)) },
		"other layers or scalers":        func(k *checkpointed) { k.layers[3] = Dropout(0.31) },
		"network with other layers":      func(k *checkpointed) { k.layers[5] = BatchNorm(Identity).Momentum(0.2) },
		"is of a network with other":     func(k *checkpointed) { k.layers[1] = Dense(16, Identity) },
		"of a network with other layers": func(k *checkpointed) { k.layers[4] = Dense(5, SELU).MaxNorm(1) },
		"checkpoint is of a network":     nil, // another scaler
	} {
		k := base()
		k.layers = slices.Clone(k.layers)
		if change != nil {
			change(k)
		}
		n := k.network(5)
		if change == nil {
			if err := n.SetScaler(Scaler{}); err != nil {
				t.Fatal(err)
			}
		}
		before := slices.Clone(n.values)
		k.c.Checkpoint = Checkpoint{Path: path, Resume: true}
		hist, err := n.Fit(context.Background(), k.train, k.c)
		if want == "" {
			if err != nil || len(hist) != 2 {
				t.Errorf("nothing else: %v", err)
			}
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), "ffnn: Fit: resume: "+path+": ") || !strings.Contains(err.Error(), want) || len(hist) != 0 {
			t.Errorf("error %v, want %q", err, want)
		}
		if !slices.Equal(before, n.values) {
			t.Errorf("%s: the network changed", want)
		}
	}
}

// Trainer.Save and Restore: the steps after are the same.
func TestTrainerRestore(t *testing.T) {
	k := checkpointCases()["all"]
	path := filepath.Join(t.TempDir(), "c")
	n := k.network(1)
	tr := must(NewTrainer(n, k.c.TrainConfig))
	steps := func(tr *Trainer) {
		for range 3 {
			if _, _, err := tr.PartialFit(k.train); err != nil {
				t.Fatal(err)
			}
			tr.SetLearningRate(tr.LearningRate() * 0.9)
		}
	}
	for _, first := range []bool{true, false} {
		if err := tr.Save(path); err != nil {
			t.Fatal(err)
		}
		if m := must(Load(path)); hashBits(m.values) != hashBits(n.values) {
			t.Error("the checkpoint has another model")
		}
		m := k.network(2)
		back := must(NewTrainer(m, k.c.TrainConfig))
		if !first {
			steps(back) // has a state of its own
			back.SetLearningRate(0.123)
		}
		if err := back.Restore(path); err != nil {
			t.Fatal(err)
		}
		if back.Steps() != tr.Steps() || back.LearningRate() != tr.LearningRate() || hashBits(m.values) != hashBits(n.values) {
			t.Errorf("%d steps, learning rate %g", back.Steps(), back.LearningRate())
		}
		steps(tr)
		steps(back)
		if back.Steps() != tr.Steps() || hashBits(m.values) != hashBits(n.values) {
			t.Error("the steps after it are others")
		}
	}
	// Errors, and a trainer that stays as it is.
	before, rate := slices.Clone(n.values), tr.LearningRate()
	dir := filepath.Dir(path)
	modelPath, fitPath := filepath.Join(dir, "m"), filepath.Join(dir, "f")
	if err := n.Compile().Save(modelPath); err != nil {
		t.Fatal(err)
	}
	c := k.c
	c.Checkpoint.Path = fitPath
	must(k.network(3).Fit(context.Background(), k.train, c))
	config := k.c.TrainConfig
	config.Seed++
	otherPath := filepath.Join(dir, "o")
	if err := must(NewTrainer(k.network(3), config)).Save(otherPath); err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string]string{
		filepath.Join(dir, "none"): "no such file",
		dir:                        "it is a directory",
		modelPath:                  "not a checkpoint",
		fitPath:                    "a checkpoint of Fit",
		otherPath:                  "another seed: \"10\" there, \"9\" now",
	} {
		if err := tr.Restore(p); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), p) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if !slices.Equal(before, n.values) || tr.LearningRate() != rate {
		t.Error("an error changed the trainer")
	}
	n.params[20] = float32(math.NaN())
	if err := tr.Save(path); err == nil || !strings.Contains(err.Error(), "not finite") {
		t.Errorf("a network with a NaN was saved: %v", err)
	}
	if err := tr.Save(filepath.Join(dir, "no", "c")); err == nil || !strings.Contains(err.Error(), "its directory does not exist") {
		t.Errorf("error %v", err)
	}
}

// State that is infinite, as the squares of great gradients are, is saved.
func TestCheckpointInfiniteState(t *testing.T) {
	x, y := randomMatrix(20, 2, 1), randomMatrix(20, 1, 2)
	for i := range x.Data {
		x.Data[i] *= 1e10
	}
	for i := range y.Data {
		y.Data[i] *= 1e10
	}
	for _, o := range []Optimizer{Adam{}, Adam{AMSGrad: true}, RMSprop{}, Adagrad{}, Adadelta{}} {
		n := must(New(2, Dense(1, Identity)))
		c := FitConfig{TrainConfig: TrainConfig{Optimizer: o}, Epochs: 2}
		want := historyBits(must(n.Fit(context.Background(), Dataset{X: x, Y: y}, c)))
		c.Checkpoint = Checkpoint{Path: filepath.Join(t.TempDir(), "c"), Resume: true}
		c.Epochs = 1
		infinite := false
		m := must(New(2, Dense(1, Identity)))
		must(m.Fit(context.Background(), Dataset{X: x, Y: y}, c))
		f := must(os.ReadFile(c.Checkpoint.Path))
		infinite = strings.Contains(string(f), "\x00\x00\x80\x7f")
		c.Epochs = 2
		hist, err := m.Fit(context.Background(), Dataset{X: x, Y: y}, c)
		if err != nil || historyBits(hist) != want || !infinite || hashBits(m.params) != hashBits(n.params) {
			t.Errorf("%v: %v, infinite %v, history %v", o, err, infinite, hist)
		}
	}
}

func TestCheckpointPaths(t *testing.T) {
	k := checkpointCases()[Adam{}.String()]
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(dir, "locked")
	if err := os.Mkdir(locked, 0o555); err != nil {
		t.Fatal(err)
	}
	probe, err := os.Create(filepath.Join(locked, "probe"))
	if probe.Close(); err == nil { // the superuser may
		locked = filepath.Join(dir, "no")
	}
	for _, c := range []struct {
		c    Checkpoint
		want string
	}{
		{Checkpoint{Every: 1}, "ffnn: Fit: checkpoints need a path"},
		{Checkpoint{Resume: true}, "checkpoints need a path"},
		{Checkpoint{Path: file, Every: -1}, "a checkpoint every -1 epochs: must be positive"},
		{Checkpoint{Path: dir}, "it is a directory"},
		{Checkpoint{Path: filepath.Join(locked, "c")}, "its directory"},
		{Checkpoint{Path: file, Resume: true}, "ffnn: Fit: resume: "},
		{Checkpoint{Path: filepath.Join(file, "c"), Resume: true}, "cannot write"},
	} {
		n := k.network(1)
		f := k.c
		f.Checkpoint = c.c
		before := slices.Clone(n.values)
		if _, err := n.Fit(context.Background(), k.train, f); err == nil || !strings.Contains(err.Error(), c.want) || !slices.Equal(before, n.values) {
			t.Errorf("%+v: error %v, want %q", c.c, err, c.want)
		}
	}
	// A disk that fails in the middle ends the training, which keeps what it has.
	sub := filepath.Join(dir, "sub")
	if err := os.Mkdir(sub, 0o755); err != nil {
		t.Fatal(err)
	}
	f := k.c
	f.Epochs, f.Checkpoint.Path = 6, filepath.Join(sub, "c")
	f.OnEpoch = func(e EpochEnd) error {
		if e.Epoch == 3 {
			return os.RemoveAll(sub)
		}
		return nil
	}
	n := k.network(1)
	hist, err := n.Fit(context.Background(), k.train, f)
	if err == nil || !strings.HasPrefix(err.Error(), "ffnn: Fit: checkpoint: ") || len(hist) != 4 {
		t.Errorf("%d epochs, error %v", len(hist), err)
	}
	want := k.network(1)
	f = k.c
	f.Epochs = 4
	must(want.Fit(context.Background(), k.train, f))
	if hashBits(want.values) != hashBits(n.values) {
		t.Error("not the weights that were reached")
	}
}
