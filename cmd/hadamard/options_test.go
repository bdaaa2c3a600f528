package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/spf13/cobra"
)

// byLibrary makes with package ffnn what train makes of iris, or of wdbc for one
// output: hidden layers, and a training of 6 epochs but for what c says.
func byLibrary(t *testing.T, set string, hidden []ffnn.Layer, last ffnn.Layer, c ffnn.FitConfig) string {
	t.Helper()
	d, err := data.Load(set)
	if err != nil {
		t.Fatal(err)
	}
	train, held, err := data.SplitStratified(d, 0.2, 0)
	if err != nil {
		t.Fatal(err)
	}
	scaler, err := data.FitStandard(train.X)
	if err != nil {
		t.Fatal(err)
	}
	net, err := ffnn.New(d.X.Cols, append(hidden, last)...)
	if err != nil {
		t.Fatal(err)
	}
	if err := net.SetScaler(ffnn.Scaler(scaler)); err != nil {
		t.Fatal(err)
	}
	if err := net.SetMeta(ffnn.Meta{Features: d.Features, Classes: d.Classes, Target: d.Target}); err != nil {
		t.Fatal(err)
	}
	c.Epochs, c.Validation = 6, fitData(held)
	if _, err := net.Fit(t.Context(), fitData(train), c); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := net.Compile().WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Every flag does what it says: the model is, to the bit, the one that the
// library makes.
func TestFlagsByLibrary(t *testing.T) {
	t.Chdir(t.TempDir())
	leaky := ffnn.LeakyReLU(0.01)
	dense := func(units int) []ffnn.Layer { return []ffnn.Layer{ffnn.Dense(units, leaky)} }
	three, one := ffnn.Dense(3, ffnn.Softmax), ffnn.Dense(1, ffnn.Sigmoid)
	config := func(change func(*ffnn.FitConfig)) ffnn.FitConfig {
		c := ffnn.FitConfig{TrainConfig: ffnn.TrainConfig{Penalty: ffnn.L2(2.0 / 120)}}
		change(&c)
		return c
	}
	optimizer := func(o ffnn.Optimizer, l2 float64) ffnn.FitConfig {
		return config(func(c *ffnn.FitConfig) { c.Optimizer, c.Penalty = o, ffnn.L2(l2) })
	}
	loss := func(l ffnn.Loss) ffnn.FitConfig { return config(func(c *ffnn.FitConfig) { c.Loss = l }) }
	schedule := func(s ffnn.Schedule) ffnn.FitConfig {
		return config(func(c *ffnn.FitConfig) { c.Schedule = s })
	}
	none := config(func(*ffnn.FitConfig) {})
	seen := map[string]string{}
	for _, c := range []struct {
		args   string
		hidden []ffnn.Layer
		last   ffnn.Layer
		config ffnn.FitConfig
	}{
		{"--hidden 32", dense(32), three, none},
		{"--hidden 9,8 --dropout 0.25", []ffnn.Layer{ffnn.Dense(9, leaky), ffnn.Dropout(0.25), ffnn.Dense(8, leaky), ffnn.Dropout(0.25)}, three, none},
		{"--hidden 9 --batch-norm --activation tanh", []ffnn.Layer{ffnn.Dense(9, ffnn.Identity), ffnn.BatchNorm(ffnn.Tanh)}, three, none},
		{"--hidden 9 --batch-norm --dropout 0.5 --micro-batch 7", []ffnn.Layer{ffnn.Dense(9, ffnn.Identity), ffnn.BatchNorm(leaky), ffnn.Dropout(0.5)}, three,
			config(func(c *ffnn.FitConfig) { c.MicroBatch = 7 })},
		{"--init orthogonal", []ffnn.Layer{ffnn.Dense(32, leaky).Init(ffnn.Orthogonal(1))}, three.Init(ffnn.Orthogonal(1)), none},
		{"--init zeros --hidden none", nil, three.Init(ffnn.Zeros), none},
		{"--max-norm 0.5", []ffnn.Layer{ffnn.Dense(32, leaky).MaxNorm(0.5)}, three, none},
		{"--l1 0.01", dense(32), three, config(func(c *ffnn.FitConfig) { c.Penalty = ffnn.L1(0.01) })},
		{"--l1 0.01 --l2 0.02", dense(32), three, config(func(c *ffnn.FitConfig) { c.Penalty = ffnn.Penalty{L1: 0.01, L2: 0.02} })},
		{"--clip-norm 0.1", dense(32), three, config(func(c *ffnn.FitConfig) { c.ClipNorm = 0.1 })},
		{"--clip-value 0.01", dense(32), three, config(func(c *ffnn.FitConfig) { c.ClipValue = 0.01 })},
		{"--label-smoothing 0.1", dense(32), three, config(func(c *ffnn.FitConfig) { c.LabelSmoothing = 0.1 })},
		{"--class-weights 1,2,5", dense(32), three, config(func(c *ffnn.FitConfig) { c.ClassWeights = []float64{1, 2, 5} })},
		{"--patience 2 --lr 0.3", dense(32), three, config(func(c *ffnn.FitConfig) {
			c.Optimizer, c.EarlyStopping.Patience = ffnn.Adam{LearningRate: 0.3}, 2
		})},
		{"--schedule step", dense(32), three, schedule(ffnn.StepDecay{Every: 10, Gamma: 0.5})},
		{"--schedule exponential", dense(32), three, schedule(ffnn.ExponentialDecay{})},
		{"--schedule cosine --warm-up 0.2", dense(32), three, schedule(ffnn.Cosine{WarmUp: 0.2})},
		{"--schedule one_cycle", dense(32), three, schedule(ffnn.OneCycle{})},
		{"--schedule one_cycle --warm-up 0.5", dense(32), three, schedule(ffnn.OneCycle{WarmUp: 0.5})},
		{"--optimizer adamw", dense(32), three, optimizer(ffnn.Adam{WeightDecay: 0.01}, 0)},
		{"--optimizer adamw --weight-decay 0.5", dense(32), three, optimizer(ffnn.Adam{WeightDecay: 0.5}, 0)},
		{"--optimizer lion --weight-decay 0.5 --l2 0.1", dense(32), three, optimizer(ffnn.Lion{WeightDecay: 0.5}, 0.1)},
		{"--optimizer nesterov --momentum 0.5", dense(32), three, optimizer(ffnn.SGD{Momentum: 0.5, Nesterov: true}, 2.0/120)},
		{"--optimizer heavy_ball --lr 0.02", dense(32), three, optimizer(ffnn.HeavyBall{LearningRate: 0.02}, 2.0/120)},
		{"--optimizer nadam", dense(32), three, optimizer(ffnn.NAdam{}, 2.0/120)},
		{"--loss mae", dense(32), three, loss(ffnn.MAE)},
		{"--loss huber --huber-delta 0.25", dense(32), three, loss(ffnn.Huber(0.25))},
		{"--loss cross_entropy_probs", dense(32), three, loss(ffnn.CrossEntropyProbs)},
		{"wdbc --class-weights balanced --label-smoothing 0.2 --l2 0", dense(32), one, ffnn.FitConfig{TrainConfig: ffnn.TrainConfig{
			ClassWeights: []float64{455 / (2 * 169.0), 455 / (2 * 286.0)}, LabelSmoothing: 0.2}}},
		{"wdbc --loss binary_cross_entropy_probs --l2 0", dense(32), one, ffnn.FitConfig{TrainConfig: ffnn.TrainConfig{Loss: ffnn.BinaryCrossEntropyProbs}}},
	} {
		set := "iris"
		args := strings.Fields(c.args)
		if args[0] == "wdbc" {
			set, args = args[0], args[1:]
		}
		mustRun(t, "", append([]string{"train", set, "--epochs", "6", "--quiet", "--out", "m"}, args...)...)
		b, err := os.ReadFile("m")
		if err != nil {
			t.Fatal(err)
		}
		if string(b) != byLibrary(t, set, c.hidden, c.last, c.config) {
			t.Errorf("%s: not the model that the library makes", c.args)
		}
		// step has not halved anything after 6 epochs.
		if other, ok := seen[string(b)]; ok && !strings.HasSuffix(c.args, "step") {
			t.Errorf("%s: the same model as of %s", c.args, other)
		}
		seen[string(b)] = c.args
	}
}

func TestOptionsJSON(t *testing.T) {
	t.Chdir(t.TempDir())
	list := events(t, mustRun(t, "", "train", "iris", "--json", "--epochs", "5"))
	for k, want := range map[string]any{
		"learning_rate": 0.001, "micro_batch": 32.0, "l1": 0.0, "dropout": 0.0, "max_norm": 0.0, "label_smoothing": 0.0, "clip_norm": 0.0,
		"clip_value": 0.0, "patience": 0.0, "batch_norm": false, "schedule": nil, "init": nil, "class_weights": nil, "checkpoint": nil, "resumed_epochs": 0.0,
	} {
		if got, ok := list[0][k]; got != want || !ok {
			t.Errorf("start: %s is %v, want %v", k, got, want)
		}
	}
	if best, ok := list[6]["best_epoch"]; best != nil || !ok || list[1]["learning_rate"] != 0.001 {
		t.Errorf("best epoch %v, %v; rate %v", best, ok, list[1]["learning_rate"])
	}

	list = events(t, mustRun(t, "", "train", "iris", "--json", "--epochs", "200", "--lr", "0.5", "--micro-batch", "8", "--l1", "0.001",
		"--dropout", "0.1", "--max-norm", "2", "--label-smoothing", "0.1", "--clip-norm", "5", "--clip-value", "1", "--patience", "4", "--batch-norm",
		"--schedule", "exponential", "--init", "he_normal", "--class-weights", "1,1,2", "--checkpoint", "c"))
	start, done := list[0], list[len(list)-1]
	for k, want := range map[string]any{
		"learning_rate": 0.5, "micro_batch": 8.0, "l1": 0.001, "dropout": 0.1, "max_norm": 2.0, "label_smoothing": 0.1, "clip_norm": 5.0,
		"clip_value": 1.0, "patience": 4.0, "batch_norm": true, "schedule": "exponential", "init": "he_normal", "class_weights": "[1 1 2]", "checkpoint": "c",
		"l2": 0.0, "resumed_epochs": 0.0,
	} {
		if start[k] != want && fmt.Sprint(start[k]) != want {
			t.Errorf("start: %s is %v, want %v", k, start[k], want)
		}
	}
	if list[1]["learning_rate"] != 0.5 || list[2]["learning_rate"] != 0.5*0.95 {
		t.Errorf("rates %v, %v", list[1]["learning_rate"], list[2]["learning_rate"])
	}
	epochs, best := done["epochs"].(float64), done["best_epoch"].(float64)
	if done["status"] != "finished" || epochs != best+4 || int(epochs) != len(list)-2 {
		t.Errorf("done: %v", done)
	}
	for _, e := range list[1 : len(list)-1] {
		if e["val_loss"].(float64) < list[int(best)]["val_loss"].(float64) {
			t.Errorf("epoch %v is better than %v", e["epoch"], best)
		}
	}

	layers := events(t, mustRun(t, "", "inspect", "iris.safetensors", "--json"))[0]["layers"].([]any)
	for i, want := range []string{
		"map[activation:identity inputs:4 kind:dense outputs:32]", "map[activation:leaky_relu(0.01) inputs:32 kind:batch_norm outputs:32]",
		"map[activation:identity inputs:32 kind:dropout outputs:32 rate:0.1]", "map[activation:softmax inputs:32 kind:dense outputs:3]",
	} {
		if got := fmt.Sprint(layers[i]); got != want {
			t.Errorf("layer %d: %s, want %s", i, got, want)
		}
	}
	out := mustRun(t, "", "inspect", "c") // a checkpoint is a model too
	for _, want := range []string{"batch_norm 1", "dropout 2", "rate 0.1", "layers.1.running_mean", "training.optimizer.0"} {
		if !strings.Contains(out, want) {
			t.Errorf("inspect lacks %q:\n%s", want, out)
		}
	}
	for _, args := range [][]string{{"eval", "iris.safetensors", "iris"}, {"predict", "iris.safetensors", "iris"}} {
		mustRun(t, "", args...)
	}
}

// Options are shown when they are used, and only then.
func TestOptionsText(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "reg.csv", regressionCSV(60))
	texts := []string{"schedule cosine", "  rate 0.0", "he_normal", "8 rows of a batch", "norm 5", "±1", "L1 0.001", "max-norm 2", "smoothing 0.1",
		"class weights [1 1 1]", "after 4 epochs without", "checkpoint c after each epoch", "kept      the weights of epoch", "stopped 4 epochs later"}
	plain := mustRun(t, "", "train", "iris", "--epochs", "5")
	full := mustRun(t, "", "train", "iris", "--epochs", "90", "--lr", "0.1", "--schedule", "cosine", "--init", "he_normal", "--micro-batch", "8", "--clip-norm", "5",
		"--clip-value", "1", "--l1", "0.001", "--max-norm", "2", "--label-smoothing", "0.1", "--class-weights", "balanced", "--patience", "4", "--checkpoint", "c")
	for _, text := range texts {
		if strings.Contains(plain, text) || !strings.Contains(full, text) {
			t.Errorf("%q without the flag, or not with it:\n%s\n%s", text, plain, full)
		}
	}
	if out := mustRun(t, "", "train", "reg.csv", "--loss", "huber", "--huber-delta", "0.5", "--quiet"); !strings.Contains(out, "huber(0.5) of the scaled target") {
		t.Error(out)
	}
}

// The rate that is found is shown, and gives the same model when it is given.
func TestLearningRateAuto(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, o := range []string{"sgd", "adamw"} {
		args := []string{"train", "wdbc", "--json", "--quiet", "--epochs", "3", "--optimizer", o, "--dropout", "0.1", "--out"}
		start := events(t, mustRun(t, "", append(args, "auto", "--lr", "auto")...))[0]
		rate := fmt.Sprint(start["learning_rate"])
		if len(rate) > 6 || !strings.Contains(start["optimizer"].(string), "learning rate "+rate) {
			t.Errorf("%s: rate %s of %v", o, rate, start["optimizer"])
		}
		mustRun(t, "", append(args, "given", "--lr", rate)...)
		if files := snapshot(t, "."); files["auto"] != files["given"] {
			t.Errorf("%s: another model with --lr %s", o, rate)
		}
	}
	if out := mustRun(t, "", "train", "iris", "--epochs", "1", "--lr", "auto"); !strings.Contains(out, "found by --lr auto") {
		t.Error(out)
	}
	write(t, "none.csv", "a,y\n0,1\n0,1\n0,1\n0,1\n0,1\n0,1\n0,1\n")
	code, stdout, stderr := hd("", "train", "none.csv", "--task", "regression", "--lr", "auto", "--init", "zeros", "--hidden", "none")
	if code != exitFailure || stdout != "" || !strings.Contains(stderr, "--lr auto: the loss did not fall") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var b bytes.Buffer
	if code := run(ctx, []string{"train", "iris", "--lr", "auto"}, nil, &b, &b); code != exitInterrupted || !strings.Contains(b.String(), "nothing is saved") {
		t.Errorf("interrupted: exit code %d: %s", code, &b)
	}
}

// A training that is interrupted, killed, and resumed gives the model that it
// would have given without.
func TestResume(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no process can send os.Interrupt there")
	}
	args := []string{"train", "wdbc", "--json", "--epochs", "60", "--hidden", "40,20", "--batch-norm", "--dropout", "0.2", "--optimizer", "nadam", "--lr", "auto",
		"--schedule", "cosine", "--patience", "99", "--seed", "5", "--resume", "--checkpoint", "c", "--out", "m"}
	cmd := command(t, args...)
	dir := cmd.Dir
	resumed := 0.0
	for i, at := range []int{6, 14, 22} {
		cmd = command(t, args...)
		cmd.Dir = dir
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for s := bufio.NewScanner(out); s.Scan(); lines = append(lines, s.Text()) {
			if !strings.Contains(s.Text(), fmt.Sprintf(`"epoch":%d,`, at)) {
				continue
			}
			signal := os.Interrupt
			if i == 1 {
				signal = os.Kill
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
		}
		cmd.Wait()
		if got := events(t, lines[0])[0]["resumed_epochs"].(float64); got < resumed || (got > 0) != (i > 0) {
			t.Errorf("run %d: resumed after epoch %v", i, got)
		} else {
			resumed = got
		}
		done := events(t, lines[len(lines)-1])[0]
		if i == 1 {
			if done["event"] != "epoch" {
				t.Errorf("killed: %v", done)
			}
			continue
		}
		want := fmt.Sprintf("the same command with --resume goes on after epoch %v", done["epochs"])
		if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || done["status"] != "interrupted" || !strings.Contains(stderr.String(), want) || !strings.Contains(stderr.String(), "the best so far, are saved in m") {
			t.Errorf("exit code %d: %s", code, &stderr)
		}
	}
	t.Chdir(dir)
	list := events(t, mustRun(t, "", args...))
	if n := list[0]["resumed_epochs"].(float64); n < 21 || int(n)+len(list) != 62 || list[1]["epoch"] != n+1 {
		t.Errorf("%v epochs and %d events", n, len(list))
	}
	mustRun(t, "", append(args, "--out", "whole", "--checkpoint", "c2")...)
	files := snapshot(t, ".")
	if files["m"] != files["whole"] || files["c"] != files["c2"] {
		t.Errorf("another model (%v) or checkpoint (%v) than without interruptions", files["m"] != files["whole"], files["c"] != files["c2"])
	}
	for name := range files {
		if strings.HasPrefix(name, ".c.tmp-") { // the process was killed while it wrote it
			delete(files, name)
		}
	}
	if len(files) != 6 { // the directory, m, m-interrupted, whole, c, c2
		t.Errorf("files left: %d", len(files))
	}

	// Nothing is left to do.
	list = events(t, mustRun(t, "", args...))
	if len(list) != 2 || list[0]["resumed_epochs"] != 60.0 || list[1]["status"] != "finished" || snapshot(t, ".")["m"] != files["whole"] {
		t.Errorf("%v", list)
	}
}

// When a checkpoint can no longer be written, what was reached is saved.
func TestCheckpointFails(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("dir", 0o755); err != nil {
		t.Fatal(err)
	}
	out := &stopper{text: `"epoch":3,`, stop: func() { os.RemoveAll("dir") }}
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"train", "iris", "--json", "--epochs", "100", "--checkpoint", "dir/c"}, nil, out, &stderr)
	if want := "what was reached is saved in iris.safetensors"; code != exitFailure || !strings.Contains(stderr.String(), "cannot write dir/c") || !strings.Contains(stderr.String(), want) {
		t.Errorf("exit code %d: %s", code, &stderr)
	}
	list := events(t, out.String())
	if done := list[len(list)-1]; done["status"] != "interrupted" || done["epochs"] != 4.0 {
		t.Errorf("%v", done)
	}
	mustRun(t, "", "eval", "iris.safetensors", "iris")
}

// Without a schedule, a finished training can go on for more epochs.
func TestResumeForMore(t *testing.T) {
	t.Chdir(t.TempDir())
	args := []string{"train", "iris", "--out", "m", "--checkpoint", "c", "--resume"}
	mustRun(t, "", append(args, "--epochs", "4")...)
	if out := mustRun(t, "", append(args, "--epochs", "9")...); !strings.Contains(out, "going on after epoch 4") || !strings.Contains(out, "epoch 9/9") || strings.Contains(out, "epoch 4/9") {
		t.Error(out)
	}
	mustRun(t, "", "train", "iris", "--out", "whole", "--epochs", "9")
	if files := snapshot(t, "."); files["m"] != files["whole"] {
		t.Error("another model than of 9 epochs at once")
	}
}

// Every flag of train stands under a heading, and once.
func TestGroupedHelp(t *testing.T) {
	out := mustRun(t, "", "train", "--help")
	at := strings.Index(out, "Usage:")
	for _, g := range flagGroups {
		i := strings.Index(out, "\n\n"+g.title+":\n")
		if i < at || !strings.Contains(strings.SplitN(out[i+2:], "\n", 3)[1], "--"+g.first+" ") {
			t.Errorf("heading %s is not before --%s:\n%s", g.title, g.first, out)
		}
		at = i
	}
	var flags trainFlags
	cmd := &cobra.Command{}
	flags.register(cmd.Flags())
	for line := range strings.Lines(cmd.Flags().FlagUsages()) {
		if strings.Count(out, line) != 1 {
			t.Errorf("%q is not in the help, or twice", line)
		}
		if n := len([]rune(line)); n > 104 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// beside keeps the extension.
func TestBeside(t *testing.T) {
	for path, want := range map[string]string{"m.safetensors": "m-diverged.safetensors", filepath.Join("a.b", "m"): filepath.Join("a.b", "m-diverged")} {
		if got := beside(path, "diverged"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
