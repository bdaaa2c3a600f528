package lecture

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
	"github.com/hadamard-go/hadamard/internal/safetensors"
)

// The vectors in testdata were made with the lecture's code on NumPy 1.24 and
// Autograd's derivatives, in float64.

// matrixOf returns an array of two dimensions as a Matrix.
func matrixOf(a golden.Array) Matrix {
	m := newMatrix(a.Shape[0], a.Shape[1])
	for i := range m {
		copy(m[i], a.Data[i*a.Shape[1]:])
	}
	return m
}

// parts cuts an array of n+2 dimensions into its matrices.
func parts(a golden.Array) []Matrix {
	rows, cols := a.Shape[len(a.Shape)-2], a.Shape[len(a.Shape)-1]
	var list []Matrix
	for d := a.Data; len(d) > 0; d = d[rows*cols:] {
		list = append(list, matrixOf(golden.Array{Shape: []int{rows, cols}, Data: d}))
	}
	return list
}

// near reports an error for elements that differ by more than rel·max|want| + abs.
func near(t *testing.T, name string, got, want Matrix, rel, abs float64) {
	t.Helper()
	if len(got) != len(want) || got.cols() != want.cols() {
		t.Fatalf("%s is %d×%d, want %d×%d", name, len(got), got.cols(), len(want), want.cols())
	}
	largest := 0.0
	for _, row := range want {
		for _, v := range row {
			largest = max(largest, math.Abs(v))
		}
	}
	for i, row := range want {
		for j, v := range row {
			if d := math.Abs(got[i][j] - v); !(d <= rel*largest+abs) {
				t.Errorf("%s: row %d, column %d is %v, want %v: off by %.3g of %.3g", name, i, j, got[i][j], v, d, largest)
				return
			}
		}
	}
}

// trace is a case of ffnn_seed or fit_seed.
type trace struct {
	name                 string
	Dims                 []int
	Hidden, Output, Cost string
	Scheduler            string
	Params               map[string]float64 `json:"scheduler_params"`
	Lam                  float64
	Batches, Epochs      int
	Seed                 uint32
	Steps                []struct{ Epoch, Batch int }
	file                 *safetensors.File
}

func readTraces(t *testing.T, dir string) []trace {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", dir, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases in %s: %v", dir, err)
	}
	var list []trace
	for _, name := range names {
		c := trace{name: filepath.Base(name)}
		b, err := os.ReadFile(filepath.Join(name, "case.json"))
		if err == nil {
			err = json.Unmarshal(b, &c)
		}
		if err == nil {
			c.file, err = safetensors.ReadFile(filepath.Join(name, "tensors.safetensors"))
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}

func (c trace) has(name string) bool {
	_, ok := c.file.Tensor(name)
	return ok
}

// tensor returns a tensor as a Matrix; one of one dimension is a row.
func (c trace) tensor(t *testing.T, name string) Matrix {
	t.Helper()
	v, ok := c.file.Tensor(name)
	if !ok {
		t.Fatalf("%s has no tensor %s", c.name, name)
	}
	x, err := v.Float64s()
	if err != nil {
		t.Fatal(err)
	}
	shape := v.Shape
	if len(shape) == 1 {
		shape = []int{1, shape[0]}
	}
	return matrixOf(golden.Array{Shape: shape, Data: x})
}

// optional returns a tensor, nil if there is none.
func (c trace) optional(t *testing.T, name string) Matrix {
	if !c.has(name) {
		return nil
	}
	return c.tensor(t, name)
}

var activations = map[string]Activation{}

var costs = map[string]Cost{}

func init() {
	for _, a := range []Activation{Identity, Sigmoid, Softmax, RELU, LRELU, Tanh} {
		activations[a.Name] = a
	}
	for _, c := range []Cost{CostOLS, CostLogReg, CostCrossEntropy} {
		costs[c.Name] = c
	}
}

// network returns a new network, with the case's first weights.
func (c trace) network(t *testing.T) *FFNN {
	t.Helper()
	f, err := New(c.Dims, activations[c.Hidden], activations[c.Output], costs[c.Cost], c.Seed)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func newScheduler(t *testing.T, name string, p map[string]float64) Scheduler {
	t.Helper()
	switch name {
	case "Constant":
		return &Constant{p["eta"]}
	case "Momentum":
		return &Momentum{Eta: p["eta"], Momentum: p["momentum"]}
	case "Adagrad":
		return &Adagrad{Eta: p["eta"]}
	case "AdagradMomentum":
		return &AdagradMomentum{Eta: p["eta"], Momentum: p["momentum"]}
	case "RMS_prop":
		return &RMSProp{Eta: p["eta"], Rho: p["rho"]}
	case "Adam":
		return &Adam{Eta: p["eta"], Rho: p["rho"], Rho2: p["rho2"]}
	}
	t.Fatalf("no scheduler is called %s", name)
	return nil
}

// nearScores compares the scores with those of the case.
func (c trace) nearScores(t *testing.T, s Scores) {
	t.Helper()
	for _, v := range []struct {
		name string
		got  []float64
	}{{"train_errors", s.TrainErrors}, {"val_errors", s.ValErrors}, {"train_accs", s.TrainAccs}, {"val_accs", s.ValAccs}} {
		name := "score." + v.name
		if !c.has(name) {
			if v.got != nil && c.has("score.train_errors") {
				t.Errorf("there are %s", name)
			}
			continue
		}
		// Each score on its own: those of classifiers are multiples of 1/n, and
		// one that is off by 1e-11 of itself is off.
		want := c.tensor(t, name)[0]
		for e := range want {
			near(t, fmt.Sprintf("%s of epoch %d", name, e), Matrix{v.got[e : e+1]}, Matrix{want[e : e+1]}, 1e-11, 1e-20)
		}
	}
}
