package main

import (
	"encoding/binary"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/internal/safetensors"
)

// A bad input: the message says what was given and what to do, the exit code
// tells whose fault it is, and nothing is written anywhere.
func TestBadInput(t *testing.T) {
	good := regressionCSV(40)
	csv := func(text string) func(*testing.T) {
		return func(t *testing.T) { write(t, "x.csv", text) }
	}
	for _, c := range []struct {
		name  string
		setup func(*testing.T) // nil: x.csv is good
		args  string
		code  int
		want  []string // in the message
	}{
		// The command line.
		{"no command", nil, "trian x.csv", 2, []string{`unknown command "trian"`, "train"}},
		{"no data", nil, "train", 2, []string{"train takes DATA", "--help"}},
		{"too many operands", nil, "train x.csv y.csv", 2, []string{"train takes DATA", "x.csv y.csv"}},
		{"unknown flag", nil, "train x.csv --epoch 3", 2, []string{"unknown flag: --epoch"}},
		{"epochs of 0", nil, "train x.csv --epochs 0", 2, []string{"--epochs 0", "from 1 to 1000000"}},
		{"too many epochs", nil, "train x.csv --epochs 1000001", 2, []string{"from 1 to 1000000"}},
		{"epochs in words", nil, "train x.csv --epochs ten", 2, []string{`--epochs "ten"`, "whole number"}},
		{"negative batch", nil, "train x.csv --batch -4", 2, []string{"--batch -4", "from 1 to 1048576"}},
		{"negative seed", nil, "train x.csv --seed -1", 2, []string{`--seed "-1"`, "from 0 to 18446744073709551615"}},
		{"learning rate of 0", nil, "train x.csv --lr 0", 2, []string{"--lr 0", "above 0"}},
		{"negative learning rate", nil, "train x.csv --lr -0.1", 2, []string{"--lr -0.1", "above 0"}},
		{"learning rate NaN", nil, "train x.csv --lr nan", 2, []string{"--lr NaN", "above 0"}},
		{"learning rate in words", nil, "train x.csv --lr fast", 2, []string{`--lr "fast"`, "a number is needed", "or auto"}},
		{"learning rate too great for the decay", nil, "train x.csv --optimizer adamw --lr 1000", 2, []string{"weight decay 0.01", "[0, 0.001]"}},
		{"unknown optimizer", nil, "train x.csv --optimizer lbfgs", 2, []string{`"lbfgs"`, "sgd, momentum, nesterov"}},
		{"momentum of adam", nil, "train x.csv --momentum 0.9", 2, []string{"--optimizer momentum", "not adam"}},
		{"momentum of 1", nil, "train x.csv --optimizer momentum --momentum 1", 2, []string{"--momentum 1", "below 1"}},
		{"l2 NaN", nil, "train x.csv --l2 nan", 2, []string{"--l2 NaN", "from 0"}},
		{"l1 of 1e7", nil, "train x.csv --l1 1e7", 2, []string{"--l1 1e+07", "from 0 (no penalty) to 1e6"}},
		{"l1 near 0", nil, "train x.csv --l1 1e-40", 2, []string{"L1 1e-40", "(or 0)"}},
		{"negative weight decay", nil, "train x.csv --optimizer adamw --weight-decay -1", 2, []string{"--weight-decay -1", "from 0", "1/rate"}},
		{"weight decay above 1/rate", nil, "train x.csv --optimizer lion --weight-decay 20000", 2, []string{"weight decay 20000", "[0, 10000]"}},
		{"weight decay of adam", nil, "train x.csv --weight-decay 0.1", 2, []string{"--optimizer adamw and lion, not adam", "--l2"}},
		{"dropout of 1", nil, "train x.csv --dropout 1", 2, []string{"--dropout 1", "from 0 (none) to 0.99"}},
		{"negative dropout", nil, "train x.csv --dropout -0.1", 2, []string{"--dropout -0.1", "from 0"}},
		{"dropout in percent", nil, "train x.csv --dropout 20%", 2, []string{`--dropout "20%"`, "a number is needed"}},
		{"dropout of no layer", nil, "train x.csv --hidden none --dropout 0.1", 2, []string{"--dropout", "--hidden none"}},
		{"batch norm of no layer", nil, "train x.csv --hidden none --batch-norm", 2, []string{"--batch-norm", "--hidden none"}},
		{"max-norm of no layer", nil, "train x.csv --hidden none --max-norm 1", 2, []string{"--max-norm", "--hidden none"}},
		{"negative max-norm", nil, "train x.csv --max-norm -3", 2, []string{"--max-norm -3", "above 0"}},
		{"clip-norm NaN", nil, "train x.csv --clip-norm nan", 2, []string{"--clip-norm NaN", "above 0"}},
		{"clip-value of 1e31", nil, "train x.csv --clip-value 1e31", 2, []string{"--clip-value 1e+31", "to 1e30"}},
		{"unknown init", nil, "train x.csv --init kaiming", 2, []string{`"kaiming"`, "he_normal"}},
		{"zeros in hidden layers", nil, "train x.csv --init zeros", 2, []string{"--init zeros", "--hidden none"}},
		{"unknown schedule", nil, "train x.csv --schedule linear", 2, []string{`"linear"`, "one_cycle"}},
		{"warm-up of nothing", nil, "train x.csv --warm-up 0.1", 2, []string{"--schedule cosine and one_cycle"}},
		{"warm-up of plateau", nil, "train x.csv --schedule plateau --warm-up 0.1", 2, []string{"--schedule cosine and one_cycle"}},
		{"warm-up of 1", nil, "train x.csv --schedule cosine --warm-up 1", 2, []string{"--warm-up 1", "to 0.99"}},
		{"warm-up of 0", nil, "train x.csv --schedule one_cycle --warm-up 0", 2, []string{"--warm-up 0", "above 0"}},
		{"negative patience", nil, "train x.csv --patience -1", 2, []string{"--patience -1", "from 0"}},
		{"patience in words", nil, "train x.csv --patience some", 2, []string{`--patience "some"`, "whole number"}},
		{"micro-batch of 0", nil, "train x.csv --micro-batch 0", 2, []string{"--micro-batch 0", "from 1 to 32"}},
		{"micro-batch above the batch", nil, "train x.csv --batch 8 --micro-batch 9", 2, []string{"--micro-batch 9", "from 1 to 8"}},
		{"label smoothing of 1", nil, "train iris --label-smoothing 1", 2, []string{"--label-smoothing 1", "below 1"}},
		{"label smoothing of a regression", nil, "train x.csv --label-smoothing 0.1", 2, []string{"--label-smoothing", "regression"}},
		{"label smoothing of squares", nil, "train iris --label-smoothing 0.1 --loss mae", 2, []string{"cross-entropies", "mae"}},
		{"class weights of a regression", nil, "train x.csv --class-weights balanced", 2, []string{"--class-weights", "regression"}},
		{"class weights in words", nil, "train iris --class-weights 1,many,1", 2, []string{`"1,many,1"`, `"many"`, "balanced"}},
		{"negative class weight", nil, "train iris --class-weights 1,-1,1", 2, []string{`"-1" is no weight`, "from 0"}},
		{"class weights of 0", nil, "train iris --class-weights 0,0,0", 2, []string{"above 0"}},
		{"too few class weights", nil, "train iris --class-weights 1,5", 2, []string{"2 for 3 classes", "setosa, versicolor, virginica"}},
		{"huber-delta of mse", nil, "train x.csv --huber-delta 2", 2, []string{"--loss huber"}},
		{"huber-delta of 0", nil, "train x.csv --loss huber --huber-delta 0", 2, []string{"--huber-delta 0", "above 0"}},
		{"resume from nothing", nil, "train x.csv --resume", 2, []string{"--checkpoint FILE"}},
		{"empty checkpoint", nil, "train x.csv --checkpoint=", 2, []string{"--checkpoint", "path"}},
		{"negative l2", nil, "train x.csv --l2 -1", 2, []string{"--l2 -1", "from 0"}},
		{"unknown activation", nil, "train x.csv --activation swish", 2, []string{`"swish"`, "leaky_relu"}},
		{"negative alpha", nil, "train x.csv --alpha -1", 2, []string{"--alpha -1", "from 0"}},
		{"alpha of relu", nil, "train x.csv --activation relu --alpha 0.1", 2, []string{"--alpha", "relu has none"}},
		{"unknown loss", nil, "train x.csv --loss hinge", 2, []string{`"hinge"`, "mse"}},
		{"loss of another task", nil, "train x.csv --loss cross_entropy", 2, []string{"cross_entropy", "regression", "mse mse_rows"}},
		{"unknown task", nil, "train x.csv --task ranking", 2, []string{`"ranking"`, "regression, binary, multiclass"}},
		{"unknown scale", nil, "train x.csv --scale robust", 2, []string{`"robust"`, "standard, minmax, none"}},
		{"unknown header", nil, "train x.csv --header maybe", 2, []string{`"maybe"`, "auto, yes, no"}},
		{"two commas", nil, "train x.csv --comma ;;", 2, []string{`--comma ";;"`, "one character"}},
		{"hidden in words", nil, "train x.csv --hidden 10,x", 2, []string{`"10,x"`, `"x"`, "100,30"}},
		{"hidden negative", nil, "train x.csv --hidden 10,-3", 2, []string{`"-3"`, "above 0"}},
		{"hidden empty", nil, "train x.csv --hidden 10,", 2, []string{`"10,"`, "above 0"}},
		{"hidden huge", nil, "train x.csv --hidden 2000000000,2000000000", 2, []string{"--hidden", "2³¹"}},
		{"hidden deep", nil, "train x.csv --hidden " + strings.Repeat("1,", 64) + "1", 2, []string{"65 layers", "at most 64"}},
		{"val-fraction of 0", nil, "train x.csv --val-fraction 0", 2, []string{"--val-fraction 0", "between 0 and 1", "--val"}},
		{"val-fraction of 1", nil, "train x.csv --val-fraction 1", 2, []string{"between 0 and 1"}},
		{"val-fraction of 20", nil, "train x.csv --val-fraction 20", 2, []string{"between 0 and 1"}},
		{"val and val-fraction", nil, "train x.csv --val x.csv --val-fraction 0.1", 2, []string{"give one"}},
		{"empty out", nil, "train x.csv --out=", 2, []string{"--out", "path"}},
		{"label of embedded data", nil, "train iris --label 2", 2, []string{"--label", "./iris"}},

		// The data.
		{"empty file", csv(""), "train x.csv", 1, []string{"x.csv", "empty"}},
		{"header only", csv("a,b\n"), "train x.csv", 1, []string{"x.csv", "no rows"}},
		{"ragged", csv("a,b,c\n1,2,3\n4,5\n"), "train x.csv", 1, []string{"x.csv: line 3", "2 columns", "3"}},
		{"one column", csv("a\n1\n2\n"), "train x.csv", 1, []string{"one column"}},
		{"text in a feature", csv("a,b\n1,2\n3,4\nred,5\n"), "train x.csv", 1, []string{`line 4, column 0 "a"`, `"red"`}},
		{"decimal comma", csv("a;b\n1,5;2\n2,5;3\n"), "train x.csv", 1, []string{"line 2", "decimal point: 1.5"}},
		{"empty cell", csv("a,b\n1,2\n,4\n"), "train x.csv", 1, []string{"line 3", "empty cell"}},
		{"NaN", csv("a,b\n1,2\nNaN,4\n"), "train x.csv", 1, []string{"line 3", "missing"}},
		{"infinite", csv("a,b\n1,2\n-Inf,4\n"), "train x.csv", 1, []string{"line 3", "not finite"}},
		{"overflow", csv("a,b\n1,2\n1e39,4\n"), "train x.csv", 1, []string{"line 3", "3.4e38"}},
		{"features that overflow when scaled", csv("a,b\n3e38,1.5\n-3e38,2.5\n3e38,3.5\n3e38,4.5\n3e38,5.5\n"), "train x.csv", 1, []string{"features: column 0", "unit"}},
		{"wrong label", nil, "train x.csv --label price", 1, []string{`"price"`, `"a", "b", "y"`}},
		{"label number", nil, "train x.csv --label 3", 1, []string{"no column 3", "0 to 2"}},
		{"one class", csv("a,b\n1,yes\n2,yes\n3,yes\n"), "train x.csv", 1, []string{`"yes"`, "nothing to tell apart"}},
		{"text for a regression", csv("a,b\n1,yes\n2,no\n3,yes\n"), "train x.csv --task regression", 1, []string{`"yes"`, "not a number"}},
		{"three for two classes", csv("a,b\n1,x\n2,y\n3,z\n"), "train x.csv --task binary", 1, []string{"3 classes", `"x", "y", "z"`}},
		{"too few rows", csv("a,b\n1,x\n2,y\n"), "train x.csv", 1, []string{"too few rows (2)", "--val"}},
		{"one row", csv("a,b\n1,2.5\n"), "train x.csv --task regression", 1, []string{"too few rows (1)", "--val"}},
		{"no file", nil, "train dir/none.csv", 1, []string{"dir/none.csv", "no such file"}},
		{"no data set", nil, "train mnist", 1, []string{"mnist", "digits, iris, wdbc, wine"}},
		{"directory", nil, "train .", 1, []string{"directory"}},
		{"val of other columns", func(t *testing.T) { csv(good)(t); write(t, "v.csv", "a,c,y\n1,2,3\n") }, "train x.csv --val v.csv", 1, []string{"v.csv", `"b"`}},
		{"val of another class", func(t *testing.T) { csv("a,y\n1,p\n2,q\n3,p\n")(t); write(t, "v.csv", "a,y\n1,r\n") }, "train x.csv --val v.csv", 1, []string{"v.csv: line 2", `"r"`, `"p", "q"`}},
		{"binary file", csv("PK\x03\x04\x00\x00"), "train x.csv", 1, []string{"ZIP"}},

		// The place of the output.
		{"out in no directory", nil, "train x.csv --out none/m", 1, []string{"none/m", "directory does not exist"}},
		{"out is a directory", func(t *testing.T) { csv(good)(t); os.Mkdir("m", 0o755) }, "train x.csv --out m", 1, []string{"it is a directory"}},
		{"out is read-only", func(t *testing.T) { csv(good)(t); os.WriteFile("m", nil, 0o444) }, "train x.csv --out m", 1, []string{"write-protected"}},
		{"out is the data", nil, "train x.csv --out ./x.csv", 2, []string{"is an input"}},
		{"checkpoint is the model", nil, "train x.csv --checkpoint ./x.safetensors", 2, []string{"--checkpoint ./x.safetensors", "another path"}},
		{"checkpoint is what an unfinished model is called", nil, "train x.csv --out m --checkpoint m-interrupted", 2, []string{"another path"}},
		{"checkpoint is the data", nil, "train x.csv --checkpoint x.csv --resume", 2, []string{"another path"}},
		{"checkpoint in no directory", nil, "train x.csv --checkpoint none/c", 1, []string{"none/c", "directory does not exist"}},
		{"checkpoint is a directory", func(t *testing.T) { csv(good)(t); os.Mkdir("c", 0o755) }, "train x.csv --checkpoint c --resume", 1, []string{"it is a directory"}},
		{"checkpoint is read-only", func(t *testing.T) { csv(good)(t); os.WriteFile("c", nil, 0o444) }, "train x.csv --checkpoint c --resume", 1, []string{"write-protected"}},
		{"checkpoint is there", checkpointed, "train x.csv --checkpoint c", 1, []string{"--checkpoint c", "--resume"}},
		{"checkpoint is a model", checkpointed, "train x.csv --checkpoint x.safetensors --out m --resume", 1, []string{"not a checkpoint"}},
		{"checkpoint is cut short", func(t *testing.T) {
			checkpointed(t)
			b, err := os.ReadFile("c")
			if err != nil {
				t.Fatal(err)
			}
			write(t, "c", string(b[:len(b)-1]))
		}, "train x.csv --checkpoint c --resume", 1, []string{"cut short"}},
		{"resumed with another batch", checkpointed, "train x.csv --checkpoint c --resume --epochs 2 --l2 0.1 --batch 16", 1, []string{"another batch size", `"16" now`}},
		{"resumed with another network", checkpointed, "train x.csv --checkpoint c --resume --l2 0.1 --batch 8 --hidden 9", 1, []string{"other layers"}},
		{"resumed with other data", func(t *testing.T) { checkpointed(t); csv(regressionCSV(39))(t) }, "train x.csv --checkpoint c --resume --l2 0.1 --batch 8", 1, []string{"another training data"}},
		{"out is the model", saved(nil), "predict m x.csv --out m", 2, []string{"is an input"}},
		{"predictions in no directory", saved(nil), "predict m x.csv --out none/p.csv", 1, []string{"directory does not exist"}},

		// Models.
		{"no model", nil, "eval m x.csv", 1, []string{"m", "no such file"}},
		{"model is a directory", nil, "inspect .", 1, []string{"it is a directory"}},
		{"model is text", nil, "inspect x.csv", 1, []string{"x.csv", "safetensors"}},
		{"model is empty", csv(""), "inspect x.csv", 1, []string{"0 bytes"}},
		{"model is cut short", bytesOf(func(b []byte) []byte { return b[:len(b)-5] }), "predict m x.csv", 1, []string{"cut short"}},
		{"model is cut in its header", bytesOf(func(b []byte) []byte { return b[:40] }), "predict m x.csv", 1, []string{"cut short"}},
		{"model is too long", bytesOf(func(b []byte) []byte { return append(b, 0) }), "predict m x.csv", 1, []string{"last 1 bytes"}},
		{"huge header", bytesOf(func(b []byte) []byte { binary.LittleEndian.PutUint64(b, 1<<60); return b }), "inspect m", 1, []string{"1152921504606846976", "is this a safetensors file"}},
		{"no metadata", saved(func(m *stored) { m.metadata = nil }), "inspect m", 1, []string{"not a model of this program"}},
		{"metadata is no JSON", saved(func(m *stored) { m.replace(`{"version"`, `{version`) }), "inspect m", 1, []string{"architecture in __metadata__"}},
		{"model of another version", saved(func(m *stored) { m.replace(`"version":1`, `"version":9`) }), "inspect m", 1, []string{"version 9"}},
		{"unknown activation in a model", saved(func(m *stored) { m.replace("leaky_relu", "swish") }), "eval m x.csv", 1, []string{`"swish"`, "leaky_relu"}},
		{"negative units", saved(func(m *stored) { m.replace(`"units":32`, `"units":-32`) }), "eval m x.csv", 1, []string{"-32 units"}},
		{"huge units", saved(func(m *stored) { m.replace(`"units":32`, `"units":2000000000`) }), "eval m x.csv", 1, []string{"less than 2³¹ parameters", "2000000000"}},
		{"shape mismatch", saved(func(m *stored) { m.tensors[0].Shape = []int{2, 32} }), "predict m x.csv", 1, []string{"layers.0.weight", "[2 32]", "[32 2]"}},
		{"missing tensor", saved(func(m *stored) { m.tensors = m.tensors[1:] }), "predict m x.csv", 1, []string{"layers.0.weight is missing"}},
		{"NaN weight", saved(func(m *stored) { m.tensors[0].Data[7] = float32(math.NaN()) }), "predict m x.csv", 1, []string{"layers.0.weight", "NaN"}},
		{"scale of 0", saved(func(m *stored) { m.replace(`"scale":[`, `"scale":[0,`) }), "predict m x.csv", 1, []string{"scaler"}},

		// Data that do not suit the model.
		{"missing column", saved(nil, "a,c\n1,2\n"), "predict m x.csv", 1, []string{`"b"`, `"a", "c"`}},
		{"too few columns", saved(nil, "1\n2\n"), "predict m x.csv", 1, []string{"1 column", "2 features"}},
		{"too many columns", saved(nil, "1,2,3,4\n5,6,7,8\n"), "predict m x.csv --header no", 1, []string{"4 columns", "2 features"}},
		{"no label", saved(nil, "a,b\n1,2\n"), "eval m x.csv", 1, []string{`"y"`}},
		{"embedded data of other features", saved(nil), "eval m iris", 1, []string{"iris", `"a"`}},
		{"unknown class", func(t *testing.T) {
			t.Helper()
			write(t, "bin.csv", binaryCSV(20))
			mustRun(t, "", "train", "bin.csv", "--label", "answer", "--out", "m", "--epochs", "1", "--quiet")
			write(t, "x.csv", "a,b,answer\n1,2,no\n3,4,maybe\n")
		}, "eval m x.csv", 1, []string{"line 3", `"maybe"`, `"no", "yes"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if c.setup == nil {
				csv(good)(t)
			} else {
				c.setup(t)
			}
			before := snapshot(t, ".")
			code, stdout, stderr := hd("", strings.Fields(c.args)...)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(stderr, want) {
					t.Errorf("message lacks %q", want)
				}
			}
			if stdout != "" {
				t.Errorf("output:\n%s", stdout)
			}
			after := snapshot(t, ".")
			for path := range after {
				if text, ok := before[path]; !ok || text != after[path] {
					t.Errorf("%s was written", path)
				}
			}
			if len(after) < len(before) {
				t.Error("a file is gone")
			}
			if t.Failed() {
				t.Logf("hadamard %s\n%s", c.args, stderr)
			}
		})
	}
}

// checkpointed is a set-up of a CSV file, x.csv, and a checkpoint c of a training
// on it.
func checkpointed(t *testing.T) {
	t.Helper()
	write(t, "x.csv", regressionCSV(40))
	mustRun(t, "", "train", "x.csv", "--epochs", "1", "--checkpoint", "c", "--quiet", "--l2", "0.1", "--batch", "8")
}

// stored is the contents of a model file.
type stored struct {
	metadata map[string]string
	tensors  []safetensors.TensorData
}

// replace replaces text in the architecture, which must be there.
func (s *stored) replace(old, new string) {
	for key, text := range s.metadata {
		if !strings.Contains(text, old) {
			panic("no " + old + " in " + text)
		}
		s.metadata[key] = strings.Replace(text, old, new, 1)
	}
}

// saved returns a set-up of a CSV file, x.csv, with the given text or good, and
// a regression model m of features a and b that change has changed.
func saved(change func(*stored), text ...string) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		write(t, "x.csv", regressionCSV(40))
		mustRun(t, "", "train", "x.csv", "--out", "m", "--epochs", "1", "--quiet")
		if len(text) > 0 {
			write(t, "x.csv", text[0])
		}
		if change == nil {
			return
		}
		f, err := safetensors.ReadFile("m")
		if err != nil {
			t.Fatal(err)
		}
		s := stored{metadata: f.Metadata}
		for _, name := range f.Names() {
			tensor, _ := f.Tensor(name)
			v := make([]float32, tensor.Len())
			if err := tensor.Float32s(v); err != nil {
				t.Fatal(err)
			}
			s.tensors = append(s.tensors, safetensors.TensorData{Name: name, Shape: tensor.Shape, Data: v})
		}
		change(&s)
		w, err := os.Create("m")
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if err := safetensors.Write(w, s.metadata, s.tensors); err != nil {
			t.Fatal(err)
		}
	}
}

// bytesOf is saved with a change of the bytes of the file.
func bytesOf(change func([]byte) []byte) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		saved(nil)(t)
		b, err := os.ReadFile("m")
		if err != nil {
			t.Fatal(err)
		}
		write(t, "m", string(change(b)))
	}
}
