package lecture

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
)

// scored are whole runs of the lecture's examples, seed by seed. As the random
// numbers are NumPy's, so are the scores, not only their distribution.
type scored struct {
	Gates []struct {
		Gate, Hidden string
		Dims         []int
		Bootstrap    bool
		Train10      string `json:"train@10"`
		Train100     string `json:"train@100"`
		Train1000    string `json:"train@1000"`
		Val10        string `json:"val@10"`
		Val100       string `json:"val@100"`
		Val1000      string `json:"val@1000"`
	}
	Others []struct {
		Name   string
		Scores map[string][]float64
	}
}

func readScored(t *testing.T) scored {
	t.Helper()
	var s scored
	golden.Read(t, "testdata/runs.json", &s)
	if len(s.Gates) != 12 || len(s.Others) != 5 {
		t.Fatalf("%d gates, %d others", len(s.Gates), len(s.Others))
	}
	return s
}

// The gates of the lecture, 12 nets with 60 seeds: as many wrong rows after 10,
// 100 and 1000 epochs, with the bootstrap sample and without.
func TestGates(t *testing.T) {
	X := Matrix{{0, 0}, {0, 1}, {1, 0}, {1, 1}}
	targets := map[string]Matrix{"AND": {{0}, {0}, {0}, {1}}, "XOR": {{0}, {1}, {1}, {0}}}
	for _, g := range readScored(t).Gates {
		target, ok := targets[g.Gate]
		if !ok || len(g.Val1000) != 60 {
			t.Fatalf("gate %q with %d seeds", g.Gate, len(g.Val1000))
		}
		seeds := 60
		if testing.Short() {
			seeds = 1
		}
		for seed := range seeds {
			f, err := New(g.Dims, activations[g.Hidden], Sigmoid, CostLogReg, uint32(seed))
			if err != nil {
				t.Fatal(err)
			}
			fit := f.Fit
			if !g.Bootstrap {
				fit = f.train
			}
			s, err := fit(context.Background(), X, target, &Adam{Eta: 0.1, Rho: 0.9, Rho2: 0.999},
				FitConfig{Batches: 1, Epochs: 1000, XVal: X, TVal: target})
			if err != nil {
				t.Fatal(err)
			}
			wrong := func(accs []float64) string {
				b := make([]byte, 3)
				for i, e := range []int{10, 100, 1000} {
					b[i] = '0' + byte(math.Round(4-4*accs[e-1]))
				}
				return string(b)
			}
			name := fmt.Sprintf("%s %v %s, bootstrap %v, seed %d", g.Gate, g.Dims, g.Hidden, g.Bootstrap, seed)
			want := string([]byte{g.Train10[seed], g.Train100[seed], g.Train1000[seed]})
			if got := wrong(s.TrainAccs); got != want {
				t.Errorf("%s: wrong in training %s, want %s", name, got, want)
			}
			want = string([]byte{g.Val10[seed], g.Val100[seed], g.Val1000[seed]})
			if got := wrong(s.ValAccs); got != want {
				t.Errorf("%s: wrong of all %s, want %s", name, got, want)
			}
		}
	}
}

// example is one of the lecture's data sets with its network.
type example struct {
	X, T      Matrix
	dims      []int
	hidden    Activation
	output    Activation
	cost      Cost
	scheduler Scheduler
	lam       float64
	split     bool // a quarter for validation
	scale     bool // to [0, 1] over the training rows
	epochs    int
	seeds     int // that a test may take long for
	quick     int // seeds of a short one
}

// skranke has the Skranke function x + 2y + 3x² + 4xy + 5y² on a grid in [0, 1)²,
// and the polynomials up to degree 3.
func skranke(n int, lam float64, epochs int) example {
	e := example{
		dims: []int{10, 1}, hidden: Sigmoid, output: Identity, cost: CostOLS, scheduler: &Constant{Eta: 0.001},
		lam: lam, split: true, epochs: epochs, seeds: 20, quick: 3,
	}
	for i := range n {
		for j := range n {
			x, y := float64(j)/float64(n), float64(i)/float64(n)
			e.X = append(e.X, []float64{1, x, y, x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y})
			e.T = append(e.T, []float64{x + 2*y + 3*x*x + 4*x*y + 5*y*y})
		}
	}
	return e
}

// readSet reads a data set of package data with numbers and, last, a class.
func readSet(t *testing.T, name string) (X Matrix, class []int) {
	t.Helper()
	f, err := os.Open("../../data/sets/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[1:] {
		row := make([]float64, len(r))
		for j, s := range r {
			if row[j], err = strconv.ParseFloat(s, 64); err != nil {
				t.Fatal(err)
			}
		}
		X, class = append(X, row[:len(row)-1]), append(class, int(row[len(row)-1]))
	}
	return X, class
}

func examples(t *testing.T) map[string]example {
	t.Helper()
	adam := func(eta float64) Scheduler { return &Adam{Eta: eta, Rho: 0.9, Rho2: 0.999} }
	tumours := example{output: Sigmoid, cost: CostLogReg, split: true, scale: true}
	var class []int
	tumours.X, class = readSet(t, "wdbc.csv")
	for _, c := range class {
		tumours.T = append(tumours.T, []float64{float64(c)})
	}
	logistic := tumours
	logistic.dims, logistic.hidden, logistic.scheduler = []int{30, 1}, Sigmoid, adam(1e-3)
	logistic.epochs, logistic.seeds = 1000, 10
	mlp := tumours
	mlp.dims, mlp.hidden, mlp.scheduler = []int{30, 100, 30, 1}, RELU, adam(1e-4)
	mlp.epochs, mlp.seeds = 100, 5
	digits := example{
		dims: []int{64, 100, 30, 10}, hidden: LRELU, output: Softmax, cost: CostCrossEntropy, scheduler: adam(1e-4),
		epochs: 100, seeds: 2,
	}
	digits.X, class = readSet(t, "digits.csv")
	digits.T = newMatrix(len(class), 10)
	for i, c := range class {
		digits.T[i][c] = 1
	}
	return map[string]example{
		"skranke_step0.05_e100": skranke(20, 0, 100),
		"skranke_step0.5_e1000": skranke(2, 1e-4, 1000),
		"wisconsin_logistic":    logistic,
		"wisconsin_mlp":         mlp,
		"digits":                digits,
	}
}

// fit runs the example with a seed; the rows for validation are scikit-learn's
// with random_state = 1000 + seed.
func (e example) fit(t *testing.T, seed uint32) Scores {
	t.Helper()
	X, T, cfg := e.X, e.T, FitConfig{Epochs: e.epochs, Lam: e.lam}
	if e.split {
		train, val := NewRandomState(1000+seed).TrainTestSplit(len(X), 0.25)
		if e.scale {
			X = X.clone()
			for j := range X[0] {
				low, high := math.Inf(1), math.Inf(-1)
				for _, i := range train {
					low, high = min(low, X[i][j]), max(high, X[i][j])
				}
				for _, row := range X {
					row[j] = (row[j] - low) / (high - low)
				}
			}
		}
		cfg.XVal, cfg.TVal = X.take(val), T.take(val)
		X, T = X.take(train), T.take(train)
	}
	f, err := New(e.dims, e.hidden, e.output, e.cost, seed)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Fit(context.Background(), X, T, e.scheduler, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The Skranke function, the Wisconsin tumours and the digits of the lecture: each
// seed's scores at some epochs, to 1e-9.
func TestExamples(t *testing.T) {
	all := examples(t)
	for _, want := range readScored(t).Others {
		t.Run(want.Name, func(t *testing.T) {
			e, ok := all[want.Name]
			if !ok {
				t.Fatal("no such example")
			}
			seeds := e.seeds
			if testing.Short() {
				seeds = e.quick
			}
			for seed := range seeds {
				s := e.fit(t, uint32(seed))
				got := map[string][]float64{
					"train_errors": s.TrainErrors, "val_errors": s.ValErrors, "train_accs": s.TrainAccs, "val_accs": s.ValAccs,
				}
				for name, values := range want.Scores {
					score, at, last := strings.Cut(name, "@")
					epoch := e.epochs
					if last {
						epoch, _ = strconv.Atoi(at)
					}
					v := got[score][epoch-1]
					near(t, fmt.Sprintf("%s of seed %d", name, seed), Matrix{{v}}, Matrix{{values[seed]}}, 1e-9, 1e-20)
				}
			}
		})
	}
}
