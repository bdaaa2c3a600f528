package ffnn

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hadamard-go/hadamard/internal/safetensors"
)

// childPath is the variable that makes TestKilledChild train.
const childPath = "HADAMARD_TEST_CHECKPOINT"

// killable is a training of many short epochs.
func killable(path string) (*checkpointed, *Network) {
	k := checkpointCases()["all"]
	k.c.Epochs, k.c.EarlyStopping = 300, EarlyStopping{Patience: 300}
	if path != "" {
		k.c.Checkpoint = Checkpoint{Path: path, Resume: true}
	}
	return k, k.network(1)
}

// TestKilledChild is the process that TestKill kills.
func TestKilledChild(t *testing.T) {
	path := os.Getenv(childPath)
	if path == "" {
		t.Skip("part of TestKill")
	}
	k, n := killable(path)
	k.c.OnEpoch = func(e EpochEnd) error {
		fmt.Println("epoch", e.Epoch)
		return nil
	}
	hist, err := n.Fit(context.Background(), k.train, k.c)
	fmt.Printf("done: %+v, %v\n", k.outcome(n, hist), err)
}

// A process that trains is killed at random moments, and started again, until
// the training is done: it ends with the bits of one that is left alone, and the
// file is whole at any time.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	path := filepath.Join(t.TempDir(), "c")
	k, n := killable("")
	hist := must(n.Fit(context.Background(), k.train, k.c))
	want := fmt.Sprintf("done: %+v, <nil>", k.outcome(n, hist))
	const kills = 24
	epoch := 0
	for round := 0; ; round++ {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledChild$")
		cmd.Env = append(os.Environ(), childPath+"="+path)
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if errors.Is(err, syscall.ENOEXEC) || errors.Is(err, errors.ErrUnsupported) {
			t.Skipf("cannot start another process: %v", err)
		} else if err != nil {
			t.Fatal(err)
		}
		lines, from, done := bufio.NewScanner(out), 0, ""
		for n := 0; lines.Scan(); n++ {
			switch {
			case strings.HasPrefix(lines.Text(), "done"):
				done = lines.Text()
			case from == 0:
				if _, err := fmt.Sscanf(lines.Text(), "epoch %d", &from); err != nil || from <= epoch {
					t.Fatalf("round %d: %q after epoch %d, %v", round, lines.Text(), epoch, err)
				}
			}
			if round < kills && n == round%4 {
				time.Sleep(rand.N(2 * time.Millisecond))
				cmd.Process.Kill()
			}
		}
		if err := cmd.Wait(); done != "" {
			if done != want || err != nil || round < 20 {
				t.Errorf("round %d: %v, %s\nwant %s", round, err, done, want)
			}
			return
		} else if err == nil || round >= kills {
			t.Fatalf("round %d: %v, and nothing done", round, err)
		}
		if _, err := Load(path); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		f := must(safetensors.ReadFile(path))
		var saved training
		if err := json.Unmarshal([]byte(f.Metadata[trainingKey]), &saved); err != nil {
			t.Fatal(err)
		}
		if epoch = len(saved.History); epoch < from {
			t.Fatalf("round %d: began with epoch %d, and the file has %d", round, from, epoch)
		}
	}
}

// withTraining returns the bytes of a checkpoint with other metadata of the
// training and other tensors.
func withTraining(t testing.TB, b []byte, change func(m map[string]any), tensors func([]safetensors.TensorData) []safetensors.TensorData) []byte {
	f := must(safetensors.Parse(b))
	var m map[string]any
	if err := json.Unmarshal([]byte(f.Metadata[trainingKey]), &m); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(m)
	}
	var ts []safetensors.TensorData
	for _, name := range f.Names() {
		x, _ := f.Tensor(name)
		v := make([]float32, x.Len())
		if err := x.Float32s(v); err != nil {
			t.Fatal(err)
		}
		ts = append(ts, safetensors.TensorData{Name: name, Shape: x.Shape, Data: v})
	}
	if tensors != nil {
		ts = tensors(ts)
	}
	meta := map[string]string{metadataKey: f.Metadata[metadataKey], trainingKey: string(must(json.Marshal(m)))}
	var out bytes.Buffer
	if err := safetensors.Write(&out, meta, ts); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Damaged and hostile checkpoints are errors, and leave the network alone.
func TestCheckpointHostile(t *testing.T) {
	k := checkpointCases()["all"]
	path := filepath.Join(t.TempDir(), "c")
	k.c.Checkpoint, k.c.EarlyStopping.Patience = Checkpoint{Path: path, Resume: true}, 9
	must(k.network(1).Fit(context.Background(), k.train, k.c))
	good := must(os.ReadFile(path))

	n := k.network(2)
	before := slices.Clone(n.values)
	resume := func(file []byte) (err error) {
		if err := os.WriteFile(path, file, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err = n.Fit(context.Background(), k.train, k.c)
		return err
	}
	field := func(key string, v any) []byte {
		return withTraining(t, good, func(m map[string]any) { m[key] = v }, nil)
	}
	tensor := func(name string, change func(*safetensors.TensorData)) []byte {
		return withTraining(t, good, nil, func(ts []safetensors.TensorData) []safetensors.TensorData {
			for i := range ts {
				if ts[i].Name == name {
					change(&ts[i])
				}
			}
			return ts
		})
	}
	value := func(name string, v float64) []byte {
		return tensor(name, func(x *safetensors.TensorData) { x.Data[3] = float32(v) })
	}
	shape := func(name string, n int) []byte {
		return tensor(name, func(x *safetensors.TensorData) { x.Shape, x.Data = []int{n}, make([]float32, n) })
	}
	without := func(name string) []byte {
		return withTraining(t, good, nil, func(ts []safetensors.TensorData) []safetensors.TensorData {
			return slices.DeleteFunc(ts, func(x safetensors.TensorData) bool { return x.Name == name })
		})
	}
	nan, inf := math.NaN(), math.Inf(1)
	for i, c := range []struct {
		file []byte
		want string
	}{
		{nil, ""},
		{[]byte("hello, I am not a checkpoint"), ""},
		{good[:len(good)-1], ""},
		{good[:100], ""},
		{append(slices.Clone(good), 0, 0, 0, 0), ""},
		{field("version", 2), "version 2 with panels of 16 columns: this program reads version 1 with 16"},
		{field("version", "1"), "hadamard_training in __metadata__"},
		{field("width", 32), "panels of 32 columns"},
		{field("width", nil), "panels of 0 columns"},
		{field("config", nil), "the checkpoint was made with another arithmetic"},
		{field("config", map[string]string{"loss": "mse"}), "made with another"},
		{field("steps", -1), "-1 steps"},
		{field("steps", 1.5), "hadamard_training in __metadata__"},
		{field("steps", 1e30), "hadamard_training in __metadata__"},
		{field("seen", -1), "hadamard_training in __metadata__"},
		{field("rate", "NaN"), "learning rate NaN"},
		{field("rate", "-1"), "learning rate -1"},
		{field("rate", "1e99"), "learning rate 1e+99"},
		{field("rate", "1e999"), "out of range"},
		{field("rate", "fast"), "invalid syntax"},
		{field("numbers", []string{"0.5"}), "numbers [0.5] for the optimizer"},
		{field("numbers", []string{"0.5", "0.5", "0.5"}), "numbers [0.5 0.5 0.5]"},
		{field("numbers", []string{"NaN", "0.5"}), "numbers [NaN 0.5]"},
		{field("numbers", []string{"0.5", "-0.5"}), "numbers [0.5 -0.5]"},
		{field("numbers", []string{"0.5", "+Inf"}), "numbers [0.5 +Inf]"},
		{field("numbers", nil), "numbers []"},
		{field("best_epoch", -1), "the best -1"},
		{field("best_epoch", 99), "the best 99"},
		{field("history", []any{}), "0 epochs, the best"},
		{field("history", 7), "hadamard_training in __metadata__"},
		{value("training.optimizer.0", nan), "tensor training.optimizer.0: element 3 is NaN"},
		{value("training.optimizer.1", nan), "tensor training.optimizer.1: element 3 is NaN"},
		{value("training.best", nan), "tensor training.best: element 3 is NaN"},
		{value("training.best", inf), "tensor training.best: element 3 is +Inf"},
		{value("layers.1.bias", inf), "tensor layers.1.bias: element 3 is +Inf"},
		{value("layers.2.running_var", -1), "a variance is not negative"},
		{shape("training.optimizer.0", 7), "tensor training.optimizer.0 has the shape [7]"},
		{shape("training.best", 0), "tensor training.best has the shape [0]"},
		{without("training.optimizer.1"), "tensor training.optimizer.1 is missing"},
		{without("training.best"), "tensor training.best is missing"},
		{without("layers.2.running_mean"), "tensor layers.2.running_mean is missing"},
		{withMetadata(t, must(safetensors.Parse(good)), map[string]string{metadataKey: "{}"}, ""), "not a checkpoint: its __metadata__ has no \"hadamard_training\""},
		{withMetadata(t, must(safetensors.Parse(good)), map[string]string{trainingKey: "{"}, ""), "hadamard_training in __metadata__"},
		{modelBytes(t, n.Compile()), "not a checkpoint"},
	} {
		err := resume(c.file)
		if err == nil || !strings.HasPrefix(err.Error(), "ffnn: Fit: resume: ") || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("case %d: error %v, want %q", i, err, c.want)
		}
		if !slices.Equal(before, n.values) {
			t.Fatalf("case %d: the network changed", i)
		}
	}
	// Any other damage is an error, or a checkpoint to go on from.
	tr := must(NewTrainer(n, k.c.TrainConfig))
	f := &fit{Trainer: tr, c: &k.c, train: k.train, fingerprints: [...]string{fingerprint(k.train), fingerprint(k.c.Validation), fingerprint(k.c.TrainingDev)}}
	want := f.training()
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	refused := 0
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 1))
		b := slices.Clone(good)
		for range 1 + r.IntN(3) {
			at := r.IntN(len(b))
			if r.IntN(2) == 0 {
				at = r.IntN(min(len(b), 5000)) // the header
			}
			b[at] = byte(r.Uint32())
		}
		file, err := safetensors.Parse(b)
		if err == nil {
			_, _, err = tr.decode(file, want)
		}
		if err != nil {
			refused++
		}
		if !n.finite() {
			t.Fatalf("seed %d: the network is not finite", seed)
		}
	}
	if refused < rounds/4 || refused == rounds {
		t.Errorf("%d of %d were refused", refused, rounds)
	}
}
