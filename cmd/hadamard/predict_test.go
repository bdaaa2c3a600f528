package main

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/layout"
)

// parseFloats reads what strconv wrote with 32 bits.
func parseFloats(t *testing.T, fields []string) []float32 {
	t.Helper()
	v := make([]float32, len(fields))
	for i, f := range fields {
		x, err := strconv.ParseFloat(f, 32)
		if err != nil {
			t.Fatal(err)
		}
		v[i] = float32(x)
	}
	return v
}

func TestPredict(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "bin.csv", binaryCSV(200))
	write(t, "reg.csv", regressionCSV(300))
	mustRun(t, "", "train", "bin.csv", "--label", "answer", "--quiet")
	mustRun(t, "", "train", "reg.csv", "--quiet")

	// By name, in any order, with columns that the model does not know.
	out := mustRun(t, "b,note,a\n3,x,30\n28,y,2\n", "predict", "bin.safetensors", "-")
	lines := strings.Split(out, "\n")
	if lines[0] != "class,p_no,p_yes" || !strings.HasPrefix(lines[1], "yes,") || !strings.HasPrefix(lines[2], "no,") || lines[3] != "" {
		t.Error(out)
	}
	p := parseFloats(t, strings.Split(lines[1], ",")[1:])
	if p[0] != 1-p[1] {
		t.Errorf("probabilities %v", p)
	}

	// By place, without a label; the output to a file.
	mustRun(t, "30,3\n2,28\n", "predict", "bin.safetensors", "-", "--header", "no", "--out", "p.csv")
	if b, err := os.ReadFile("p.csv"); err != nil || string(b) != out {
		t.Errorf("%v:\n%s, want\n%s", err, b, out)
	}

	list := events(t, mustRun(t, "a,b\n30,3\n", "predict", "bin.safetensors", "-", "--json"))
	if got := list[0]["probabilities"].([]any); list[0]["class"] != "yes" || float32(got[1].(float64)) != p[1] {
		t.Errorf("%v, want %v", list, p)
	}

	out = mustRun(t, "", "predict", "reg.safetensors", "reg.csv")
	lines = strings.Split(out, "\n")
	y := parseFloats(t, lines[1:2])[0]
	if lines[0] != "y" || len(lines) != 302 || y < 10 || y > 11 {
		t.Errorf("%q …, want y, about 10.5", lines[:2])
	}
	list = events(t, mustRun(t, "", "predict", "reg.safetensors", "reg.csv", "--json"))
	if len(list) != 300 || float32(list[0]["value"].(float64)) != y {
		t.Errorf("%v, want %v", list[0], y)
	}
}

func TestEval(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "reg.csv", regressionCSV(300))
	mustRun(t, "", "train", "wdbc", "--quiet")
	mustRun(t, "", "train", "reg.csv", "--quiet")

	out := mustRun(t, "", "eval", "wdbc.safetensors", "wdbc")
	for _, want := range []string{"569 rows: loss 0.", "accuracy 0.9", "malignant", "benign"} {
		if !strings.Contains(out, want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
	e := events(t, mustRun(t, "", "eval", "wdbc.safetensors", "wdbc", "--json"))[0]
	sum, diagonal := 0.0, 0.0
	for i, row := range e["confusion"].([]any) {
		for j, n := range row.([]any) {
			sum += n.(float64)
			if i == j {
				diagonal += n.(float64)
			}
		}
	}
	if sum != 569 || diagonal != e["correct"] || e["accuracy"] != diagonal/sum || diagonal < 540 || e["loss_name"] != "binary_cross_entropy" {
		t.Errorf("%v", e)
	}

	if out := mustRun(t, "", "eval", "reg.safetensors", "reg.csv"); !strings.Contains(out, "RMSE") || !strings.Contains(out, "R² 0.99") {
		t.Error(out)
	}
	r := events(t, mustRun(t, "", "eval", "reg.safetensors", "reg.csv", "--json"))[0]
	if r["r2"].(float64) < 0.99 || r["mae"].(float64) > r["rmse"].(float64) || r["rows"] != 300.0 {
		t.Errorf("%v", r)
	}

	// Labels of a file are those of the model, whatever order they come in.
	write(t, "bin.csv", binaryCSV(100))
	mustRun(t, "", "train", "bin.csv", "--label", "answer", "--quiet")
	e = events(t, mustRun(t, "a;b;answer\n30;3;yes\n29;1;yes\n", "eval", "bin.safetensors", "-", "--json"))[0]
	if e["accuracy"] != 1.0 || e["rows"] != 2.0 {
		t.Errorf("%v", e)
	}
}

// The metrics beyond accuracy, and null or "undefined" where there are none.
func TestEvalMetrics(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "reg.csv", regressionCSV(300))
	mustRun(t, "", "train", "wdbc", "--quiet")
	mustRun(t, "", "train", "iris", "--quiet")
	mustRun(t, "", "train", "reg.csv", "--quiet")

	out := mustRun(t, "", "eval", "wdbc.safetensors", "wdbc")
	for _, want := range []string{"\nlog loss 0.0", "ROC AUC 0.99", "balanced accuracy 0.9", "Matthews correlation 0.9", "f1-score", "macro avg"} {
		if !strings.Contains(out, want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
	e := events(t, mustRun(t, "", "eval", "wdbc.safetensors", "wdbc", "--json"))[0]
	row := func(i int) []any { return e["confusion"].([]any)[i].([]any) }
	count := func(i, j int) float64 { return row(i)[j].(float64) }
	recall := count(1, 1) / (count(1, 0) + count(1, 1))
	precision := count(1, 1) / (count(0, 1) + count(1, 1))
	f1 := 2 * count(1, 1) / (count(0, 1) + count(1, 0) + 2*count(1, 1))
	for name, want := range map[string]float64{"recall": recall, "precision": precision, "f1": f1} {
		both := e[name].([]any)
		mean := (both[0].(float64) + both[1].(float64)) / 2
		if got := e["macro"].(map[string]any)[name].(float64); both[1] != want || math.Abs(got-mean) > 1e-15 {
			t.Errorf("%s %v, want %v; its mean %v, want %v", name, both, want, got, mean)
		}
	}
	if d := e["log_loss"].(float64) - e["loss"].(float64); math.Abs(d) > 1e-5 || e["roc_auc"].(float64) < 0.99 || e["matthews_correlation"].(float64) < 0.9 || e["balanced_accuracy"].(float64) < 0.9 {
		t.Errorf("%v", e)
	}

	// Two of three classes have rows.
	lines := "sepal_length,sepal_width,petal_length,petal_width,class\n5,3.5,1.4,0.2,setosa\n6,2.8,4.5,1.4,versicolor\n"
	if out := mustRun(t, lines, "eval", "iris.safetensors", "-", "--label", "class"); !strings.Contains(out, "ROC AUC undefined, balanced accuracy") {
		t.Error(out)
	}
	e = events(t, mustRun(t, lines, "eval", "iris.safetensors", "-", "--label", "class", "--json"))[0]
	if auc, ok := e["roc_auc"]; !ok || auc != nil || e["log_loss"] == nil {
		t.Errorf("%v", e)
	}

	if out := mustRun(t, "", "eval", "reg.safetensors", "reg.csv"); strings.Count(out, "\n") != 2 || !strings.Contains(out, "\nmax error ") {
		t.Error(out)
	}
	r := events(t, mustRun(t, "", "eval", "reg.safetensors", "reg.csv", "--json"))[0]
	if r["max_error"].(float64) < r["rmse"].(float64) {
		t.Errorf("%v", r)
	}
}

// Logarithms of probabilities have an order, and no log loss.
func TestEvalLogSoftmax(t *testing.T) {
	t.Chdir(t.TempDir())
	net, err := ffnn.New(2, ffnn.Dense(3, ffnn.LogSoftmax))
	if err != nil {
		t.Fatal(err)
	}
	if err := net.Compile().Save("log"); err != nil {
		t.Fatal(err)
	}
	e := events(t, mustRun(t, "1,2,0\n3,4,2\n-5,1,1\n", "eval", "log", "-", "--json"))[0]
	if loss, ok := e["log_loss"]; !ok || loss != nil || e["roc_auc"] == nil {
		t.Errorf("%v", e)
	}
}

func TestMeasureErrors(t *testing.T) {
	var e evaluation
	e.measureErrors(layout.MatrixOf([]float32{1, 2, 3, 8}, 4, 1), layout.MatrixOf([]float32{1, 2, 5, 4}, 4, 1))
	// Errors 0, 0, −2, 4; the targets' deviations from their mean 3: −2, −1, 2, 1.
	if e.RMSE*e.RMSE < 4.999 || e.RMSE*e.RMSE > 5.001 || e.MAE != 1.5 || e.R2 != 1-20.0/10 {
		t.Errorf("%+v", e)
	}
}

func TestInspect(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "reg.csv", regressionCSV(50))
	mustRun(t, "", "train", "iris", "--epochs", "1", "--quiet")
	mustRun(t, "", "train", "reg.csv", "--epochs", "1", "--quiet", "--hidden", "5")
	out := mustRun(t, "", "inspect", "iris.safetensors")
	for _, want := range []string{"multiclass", "4 → 32", "petal_width", "setosa versicolor virginica", "layers.1.weight", "[3 32]", "259 parameters", "scaler"} {
		if !strings.Contains(out, want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
	if out := mustRun(t, "", "inspect", "reg.safetensors"); !strings.Contains(out, "regression") || !strings.Contains(out, "target scaler") {
		t.Error(out)
	}
	in := events(t, mustRun(t, "", "inspect", "reg.safetensors", "--json"))[0]
	if in["task"] != "regression" || in["parameters"] != 21.0 || in["classes"] != nil || in["target_scaler"] == nil || len(in["tensors"].([]any)) != 4 {
		t.Errorf("%v", in)
	}
}

// Models that a program has made need not have names, nor probabilities.
func TestModelsWithoutNames(t *testing.T) {
	t.Chdir(t.TempDir())
	save := func(name string, meta ffnn.Meta, layers ...ffnn.Layer) {
		t.Helper()
		net, err := ffnn.New(2, layers...)
		if err != nil {
			t.Fatal(err)
		}
		if err := net.SetMeta(meta); err != nil {
			t.Fatal(err)
		}
		if err := net.Compile().Save(name); err != nil {
			t.Fatal(err)
		}
	}
	save("softmax", ffnn.Meta{}, ffnn.Dense(3, ffnn.Softmax))
	save("log", ffnn.Meta{}, ffnn.Dense(3, ffnn.LogSoftmax))
	save("sigmoid", ffnn.Meta{}, ffnn.Dense(1, ffnn.Sigmoid))
	save("values", ffnn.Meta{}, ffnn.Dense(2, ffnn.Identity))
	save("logits", ffnn.Meta{Classes: []string{"no", "yes", "?"}, Target: "z"}, ffnn.Dense(3, ffnn.Identity))
	for _, c := range []struct{ model, header, json string }{
		{"softmax", "class,p_0,p_1,p_2", `"probabilities":[`},
		{"log", "class,y0,y1,y2", `"values":[`},
		{"sigmoid", "class,p_0,p_1", `"probabilities":[`},
		{"values", "y0,y1", `{"values":[`},
		{"logits", "class,z0,z1,z2", `"values":[`},
	} {
		if out := mustRun(t, "1,2\n3,4\n", "predict", c.model, "-"); !strings.HasPrefix(out, c.header+"\n") || strings.Count(out, "\n") != 3 {
			t.Errorf("%s:\n%s", c.model, out)
		}
		if out := mustRun(t, "1,2\n3,4\n", "predict", c.model, "-", "--json"); !strings.Contains(out, c.json) {
			t.Errorf("%s:\n%s", c.model, out)
		}
		mustRun(t, "", "inspect", c.model)
	}
	for model, rows := range map[string]string{"softmax": "1,2,0\n3,4,2\n", "log": "1,2,0\n3,4,2\n", "sigmoid": "1,2,0\n3,4,1\n", "logits": "1,2,no\n3,4,?\n"} {
		if out := mustRun(t, rows, "eval", model, "-"); !strings.Contains(out, "accuracy") {
			t.Errorf("%s: %s", model, out)
		}
	}

	net, err := ffnn.New(4, ffnn.Dense(3, ffnn.Softmax))
	if err != nil {
		t.Fatal(err)
	}
	if err := net.Compile().Save("iris"); err != nil {
		t.Fatal(err)
	}
	if out := mustRun(t, "", "eval", "iris", "iris"); !strings.Contains(out, "setosa") {
		t.Error(out)
	}
	mustRun(t, "", "predict", "iris", "iris")
}
