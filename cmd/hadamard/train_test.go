package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/pflag"
)

func TestTrainDigits(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Chdir(t.TempDir())
	list := events(t, mustRun(t, "", "train", "digits", "--json"))
	done := list[len(list)-1]
	if a := done["val"].(map[string]any)["accuracy"].(float64); a < 0.96 {
		t.Errorf("accuracy %v", a)
	}
	if n := done["latency"].(map[string]any)["allocs"]; n != 0.0 {
		t.Errorf("%v allocations in a prediction", n)
	}
}

func TestTrainJSON(t *testing.T) {
	t.Chdir(t.TempDir())
	list := events(t, mustRun(t, "", "train", "iris", "--json", "--epochs", "30", "--lr", "0.01"))
	if len(list) != 32 {
		t.Fatalf("%d events, want start, 30 epochs and done", len(list))
	}
	start, last, done := list[0], list[30], list[31]
	for k, want := range map[string]any{
		"event": "start", "data": "iris", "rows": 150.0, "train_rows": 120.0, "val_rows": 30.0, "features": 4.0,
		"task": "multiclass", "target": "class", "loss": "cross_entropy", "epochs": 30.0, "batch": 32.0,
		"l2": 2.0 / 120, "scale": "standard", "seed": 0.0,
	} {
		if start[k] != want {
			t.Errorf("start: %s is %v, want %v", k, start[k], want)
		}
	}
	if last["event"] != "epoch" || last["epoch"] != 30.0 {
		t.Errorf("last epoch: %v", last)
	}
	val := done["val"].(map[string]any)
	if done["event"] != "done" || done["status"] != "finished" || done["epochs"] != 30.0 || done["model"] != "iris.safetensors" ||
		val["loss"] != last["val_loss"] || val["accuracy"] != last["val_accuracy"] || val["accuracy"].(float64) < 0.9 {
		t.Errorf("last epoch %v\ndone %v", last, done)
	}
	latency := done["latency"].(map[string]any)
	if m, p := latency["median_ns"].(float64), latency["p99_ns"].(float64); !(m > 0 && p >= m) || latency["allocs"] != 0.0 {
		t.Errorf("latency %v", latency)
	}
	if quiet := events(t, mustRun(t, "", "train", "iris", "--json", "--quiet", "--epochs", "3")); len(quiet) != 2 {
		t.Errorf("with --quiet: %v", quiet)
	}
}

func TestTrainText(t *testing.T) {
	t.Chdir(t.TempDir())
	out := mustRun(t, "", "train", "wdbc", "--epochs", "25", "--hidden", "8,4", "--l2", "0")
	for _, want := range []string{
		"wdbc: 569 rows, 30 features", `"benign", 2 classes (binary): malignant benign`, "114 rows (20 %), of each class alike",
		"25 epochs in batches of 32, loss binary_cross_entropy, L2 0", "30 → 8", "8 → 4", "sigmoid",
		"epoch  1/25", "epoch 25/25", "accuracy 0.9", "saved     wdbc.safetensors", "median", "p99", "0 allocs; level",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
	if n := strings.Count(out, "\nepoch"); n != 14 { // 1, 2, 4 … 24, 25
		t.Errorf("%d lines of epochs:\n%s", n, out)
	}
	if out := mustRun(t, "", "train", "wdbc", "--epochs", "3", "--quiet"); strings.Count(out, "\n") != 3 {
		t.Errorf("with --quiet:\n%s", out)
	}
}

func TestTrainCSV(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "reg.csv", regressionCSV(300))
	write(t, "held.csv", regressionCSV(40))
	write(t, "const.csv", "a,y\n1,7\n2,7\n3,7\n")
	write(t, "bin.csv", binaryCSV(200))
	write(t, "multi.csv", multiclassCSV(300))
	write(t, "xor.csv", "0,0,0\n0,1,1\n1,0,1\n1,1,0\n")
	for _, c := range []struct {
		name  string
		args  []string
		task  string
		score string
		least float64
	}{
		{"regression", []string{"reg.csv"}, "regression", "r2", 0.99},
		{"options", []string{"reg.csv", "--optimizer", "momentum", "--momentum", "0.8", "--lr", "0.05", "--activation", "tanh", "--scale", "minmax", "--loss", "mse_rows", "--val-fraction", "0.5"}, "regression", "r2", 0.9},
		{"linear", []string{"reg.csv", "--hidden", "none", "--l2", "0", "--optimizer", "sgd", "--lr", "0.1", "--header", "yes"}, "regression", "r2", 0.999},
		{"held-out file", []string{"reg.csv", "--val", "held.csv", "--activation", "elu", "--alpha", "0.5"}, "regression", "r2", 0.99},
		{"stdin", []string{"-", "--task", "regression", "--out", "stdin.model"}, "regression", "r2", 0.99},
		{"binary", []string{"bin.csv", "--label", "answer"}, "binary", "accuracy", 0.95},
		{"two softmax", []string{"bin.csv", "--label", "0", "--task", "multiclass", "--comma", ";"}, "multiclass", "accuracy", 0.95},
		{"multiclass", []string{"multi.csv", "--label", "-1", "--header", "no"}, "multiclass", "accuracy", 0.9},
		{"xor", []string{"xor.csv", "--val", "xor.csv", "--hidden", "4", "--activation", "tanh", "--l2", "0", "--lr", "0.05"}, "binary", "accuracy", 1},
	} {
		list := events(t, mustRun(t, regressionCSV(300), append([]string{"train", "--json"}, c.args...)...))
		start, done := list[0], list[len(list)-1]
		if got := done["val"].(map[string]any)[c.score].(float64); start["task"] != c.task || got < c.least {
			t.Errorf("%s: %v, %s %v, want %s, %v", c.name, start["task"], c.score, got, c.task, c.least)
		}
	}
	list := events(t, mustRun(t, "", "train", "--json", "const.csv", "--task", "regression"))
	if val := list[len(list)-1]["val"].(map[string]any); val["r2"] != nil || list[1]["accuracy"] != nil {
		t.Errorf("R² of a constant is %v, accuracy of a regression %v; want null", val["r2"], list[1]["accuracy"])
	}
}

// A seed gives the same file, another seed another.
func TestTrainSeed(t *testing.T) {
	t.Chdir(t.TempDir())
	model := func(seed string) string {
		mustRun(t, "", "train", "iris", "--epochs", "5", "--hidden", "7", "--seed", seed, "--out", "m.safetensors", "--quiet")
		b, err := os.ReadFile("m.safetensors")
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if a, b, c := model("1"), model("1"), model("18446744073709551615"); a != b || a == c {
		t.Errorf("same seed, same file: %v; other seed, other file: %v", a == b, a != c)
	}
}

// What train has in memory, what Load reads and what predict prints agree to
// the bit.
func TestSavedModelIsTheTrainedOne(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "multi.csv", multiclassCSV(100))
	var flags trainFlags
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.register(f)
	if err := f.Parse([]string{"--epochs", "5", "--quiet"}); err != nil {
		t.Fatal(err)
	}
	set, err := flags.check(f)
	if err != nil {
		t.Fatal(err)
	}
	src := source{"multi.csv", nil}
	j, err := prepare(src, set)
	if err != nil {
		t.Fatal(err)
	}
	_, err = j.net.Fit(t.Context(), fitData(j.train), ffnn.FitConfig{
		TrainConfig: ffnn.TrainConfig{Loss: j.loss, Optimizer: set.optim, BatchSize: set.batch, Penalty: ffnn.L2(set.l2), Seed: set.seed},
		Epochs:      set.epochs})
	if err != nil {
		t.Fatal(err)
	}
	model := j.net.Compile()
	if code := mustRun(t, "", "train", "multi.csv", "--epochs", "5", "--quiet"); code == "" {
		t.Fatal("no result")
	}
	all, err := src.labelled(set.opt)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := ffnn.Load("multi.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(mustRun(t, "", "predict", "multi.safetensors", "multi.csv"), "\n")
	for i := range all.Len() {
		want, got := model.Predict(nil, all.X.Row(i)), loaded.Predict(nil, all.X.Row(i))
		printed := parseFloats(t, strings.Split(lines[i+1], ",")[1:])
		for k := range want {
			if got[k] != want[k] || printed[k] != want[k] {
				t.Fatalf("row %d: trained %v, loaded %v, printed %v", i, want, got, printed)
			}
		}
	}
}

// The bar is drawn after some time and at the end; without numbers, as this
// screen has no columns.
func TestBar(t *testing.T) {
	none, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer none.Close()
	var buf bytes.Buffer
	r := &textReporter{
		w:      &output{Writer: &buf},
		job:    &job{settings: &settings{trainFlags: &trainFlags{epochs: 2}}, train: &data.Dataset{Task: data.Regression}},
		bar:    progressbar.NewOptions64(6, progressbar.OptionSetWriter(&buf)),
		screen: none,
	}
	r.batch(ffnn.BatchEnd{Epoch: 1, Epochs: 2, Batch: 2, Batches: 3, Loss: 0.5})
	if !strings.Contains(buf.String(), "epoch 1/2  33%") {
		t.Errorf("after a batch: %q", buf.String())
	}
	buf.Reset()
	r.batch(ffnn.BatchEnd{Epoch: 1, Epochs: 2, Batch: 3, Batches: 3, Loss: 0.5})
	if buf.Len() > 0 {
		t.Errorf("drawn again at once: %q", buf.String())
	}
	r.epoch(ffnn.EpochEnd{Epoch: 2, Loss: 0.25, ValLoss: 0.5}, 0)
	r.stop()
	if out := buf.String(); !strings.Contains(out, "epoch 2/2 100%") || !strings.HasSuffix(out, "\n") {
		t.Errorf("at the end: %q", out)
	}
	if _, ok := r.w.terminal(); ok {
		t.Error("a buffer is a terminal")
	}
}

// stopper cancels a context when the output has the text.
type stopper struct {
	bytes.Buffer
	text string
	stop context.CancelFunc
}

func (s *stopper) Write(p []byte) (int, error) {
	if strings.Contains(string(p), s.text) {
		s.stop()
	}
	return s.Buffer.Write(p)
}

func TestInterrupted(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{{"--json"}, nil} {
		ctx, cancel := context.WithCancel(t.Context())
		out := &stopper{text: `"event":"epoch"`, stop: cancel}
		if args == nil {
			out.text = "epoch      1/100000"
		}
		var stderr bytes.Buffer
		code := run(ctx, append([]string{"train", "iris", "--epochs", "100000"}, args...), nil, out, &stderr)
		if code != exitInterrupted || !strings.Contains(stderr.String(), "interrupted in epoch") || !strings.Contains(stderr.String(), "saved in iris.safetensors") {
			t.Errorf("exit code %d, %s", code, &stderr)
		}
		if !strings.Contains(out.String(), "accuracy") {
			t.Errorf("no evaluation: %s", out)
		}
		mustRun(t, "", "eval", "iris.safetensors", "iris")

		// A second time, the model that is there stays.
		before, err := os.ReadFile("iris.safetensors")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		out.stop = cancel
		out.Reset()
		stderr.Reset()
		run(ctx, append([]string{"train", "iris", "--epochs", "100000", "--seed", "1"}, args...), nil, out, &stderr)
		after, err := os.ReadFile("iris.safetensors")
		if err != nil || !bytes.Equal(before, after) || !strings.Contains(stderr.String(), "saved in iris-interrupted.safetensors") {
			t.Errorf("an interrupted training touched a whole model: %v, %s", err, &stderr)
		}
		mustRun(t, "", "eval", "iris-interrupted.safetensors", "iris")
		os.Remove("iris.safetensors")
		os.Remove("iris-interrupted.safetensors")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stderr bytes.Buffer
	if code := run(ctx, []string{"train", "iris"}, nil, &bytes.Buffer{}, &stderr); code != exitInterrupted || !strings.Contains(stderr.String(), "nothing is saved") {
		t.Errorf("before the first step: exit code %d, %s", code, &stderr)
	}
	if _, err := os.Stat("iris.safetensors"); err == nil {
		t.Error("an untrained model was saved")
	}
}

// command returns a command that runs this binary as hadamard.
func command(t *testing.T, args ...string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	cmd.Dir = t.TempDir()
	return cmd
}

func TestInterruptSignal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no process can send os.Interrupt there")
	}
	cmd := command(t, "train", "wdbc", "--epochs", "1000000", "--json")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	last := ""
	for s := bufio.NewScanner(out); s.Scan(); last = s.Text() {
		if strings.Contains(last, `"epoch":3,`) {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || !strings.Contains(stderr.String(), "interrupted in epoch") {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	done := events(t, last)[0]
	if done["event"] != "done" || done["status"] != "interrupted" || done["latency"] != nil {
		t.Errorf("last event: %v", done)
	}
	mustRun(t, "", "eval", filepath.Join(cmd.Dir, "wdbc.safetensors"), "wdbc")
	if files := snapshot(t, cmd.Dir); len(files) != 2 {
		t.Errorf("files left: %v", files)
	}
}

// A reader that goes away does not cost the model.
func TestReaderGone(t *testing.T) {
	cmd := command(t, "train", "iris", "--epochs", "200", "--json")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out.Close()
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitFailure {
		t.Errorf("exit code %d", code)
	}
	mustRun(t, "", "eval", filepath.Join(cmd.Dir, "iris.safetensors"), "iris")
}

func TestDiverged(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "reg.csv", regressionCSV(64))
	sgd := []string{"train", "reg.csv", "--json", "--optimizer", "sgd", "--activation", "relu", "--hidden", "32,32", "--l2", "0", "--scale", "none"}
	code, _, stderr := hd("", append(sgd, "--lr", "1000", "--batch", "4")...)
	if code != exitFailure || !strings.Contains(stderr, "training diverged: epoch 1") && !strings.Contains(stderr, "after epoch 1") || !strings.Contains(stderr, "nothing is saved") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if _, err := os.Stat("reg.safetensors"); err == nil {
		t.Error("a model that learnt nothing was saved")
	}

	// L2 of more than 2/rate multiplies the weights in each step.
	code, stdout, stderr := hd("", "train", "reg.csv", "--json", "--optimizer", "sgd", "--hidden", "none", "--lr", "0.1", "--l2", "1000", "--epochs", "1000")
	if code != exitFailure || !strings.Contains(stderr, "training diverged") || !strings.Contains(stderr, "are saved in reg.safetensors") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	list := events(t, stdout)
	if done := list[len(list)-1]; done["status"] != "diverged" {
		t.Errorf("last event: %v", done)
	}
	mustRun(t, "", "inspect", "reg.safetensors")
}

func TestOutputPath(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "iris.safetensors", "somebody else's")
	if code, _, stderr := hd("", "train", "iris", "--epochs", "1"); code != exitFailure || !strings.Contains(stderr, "not a model of this program") || !strings.Contains(stderr, "--out") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	mustRun(t, "", "train", "iris", "--epochs", "1", "--quiet", "--out", "iris.safetensors")
	mustRun(t, "", "train", "iris", "--epochs", "1", "--quiet")
	if files := snapshot(t, "."); len(files) != 2 {
		t.Errorf("files left: %v", files)
	}
}
