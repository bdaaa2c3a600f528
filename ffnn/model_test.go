package ffnn

import (
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hadamard-go/hadamard/layout"
)

// A row has the same bits alone, at any place of any batch, in sessions of any
// size, and with any padding between rows.
func TestPredictSameBits(t *testing.T) {
	n, _ := trainingRun(t)
	m := n.Compile()
	x := randomMatrix(130, 6, 12)
	want := layout.NewMatrix(130, 3)
	for i := range x.Rows {
		m.Predict(want.Row(i), x.Row(i))
	}
	for _, rows := range []int{1, 2, 3, 16, 64, 65, 130, 200} {
		s := m.NewSession(rows)
		for _, at := range [][2]int{{0, 130}, {0, 1}, {7, 8}, {1, 130}, {63, 129}, {5, 5}} {
			got := layout.NewMatrix(at[1]-at[0], 3)
			s.Predict(got, x.Slice(at[0], at[1]))
			if !slices.Equal(got.Data, want.Slice(at[0], at[1]).Data) {
				t.Errorf("session of %d rows, rows %v: other bits", rows, at)
			}
		}
	}
	wide := layout.Matrix{Data: make([]float32, 130*11), Rows: 130, Cols: 3, Stride: 11}
	for i := range wide.Data {
		wide.Data[i] = 42
	}
	m.PredictBatch(wide, x)
	for i := range wide.Data {
		row, col := i/11, i%11
		if col < 3 && wide.Data[i] != want.At(row, col) || col >= 3 && wide.Data[i] != 42 {
			t.Fatalf("element %d of a padded matrix is %g", i, wide.Data[i])
		}
	}
}

// One model, many goroutines.
func TestPredictConcurrently(t *testing.T) {
	n, _ := trainingRun(t)
	m := n.Compile()
	x := randomMatrix(64, 6, 3)
	want := layout.NewMatrix(64, 3)
	m.PredictBatch(want, x)
	var wg sync.WaitGroup
	for g := range 4 * runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			dst := make([]float32, 3)
			for i := range 300 {
				r := (i + g) % 64
				if m.Predict(dst, x.Row(r)); !slices.Equal(dst, want.Row(r)) {
					t.Errorf("row %d: %v, want %v", r, dst, want.Row(r))
					return
				}
			}
		})
	}
	wg.Wait()
}

// A model does not change when its network is trained further, and the network
// of a model does not change the model.
func TestModelIsImmutable(t *testing.T) {
	n, _ := trainingRun(t)
	m := n.Compile()
	x := randomMatrix(1, 6, 3)
	before := m.Predict(nil, x.Row(0))
	n.Reset(99)
	again := m.Network()
	again.Reset(98)
	s := m.Scaler()
	s.Scale[0] = 100
	w, _ := m.Weights(0)
	w.Data[0] = 100
	if after := m.Predict(nil, x.Row(0)); !slices.Equal(before, after) {
		t.Errorf("%v became %v", before, after)
	}
}

func TestPredictSpecials(t *testing.T) {
	n := must(New(2, Dense(3, ReLU), Dense(2, Identity)))
	m := n.Compile()
	for _, v := range m.Predict(nil, []float32{float32(math.NaN()), 1}) {
		if v == v {
			t.Errorf("NaN input gives %g", v)
		}
	}
	// An output that is subnormal is not flushed; a hidden one would be.
	one := must(New(1, Dense(1, Identity)))
	if err := one.SetWeights(0, layout.MatrixOf([]float32{0x1p-60}, 1, 1), []float32{0}); err != nil {
		t.Fatal(err)
	}
	if got := one.Compile().Predict(nil, []float32{0x1p-80})[0]; got != 0x1p-140 {
		t.Errorf("subnormal output is %g", got)
	}
}

// A prediction in the units of the targets is y/scale + shift, rounded twice.
func TestTargetScaler(t *testing.T) {
	n := must(New(1, Dense(1, Identity)))
	if err := n.SetWeights(0, layout.MatrixOf([]float32{1}, 1, 1), []float32{0}); err != nil {
		t.Fatal(err)
	}
	scale, shift := float32(0.3), float32(17)
	if err := n.SetTargetScaler(Scaler{Shift: []float32{shift}, Scale: []float32{scale}}); err != nil {
		t.Fatal(err)
	}
	m := n.Compile()
	for i := range 1000 {
		x := float32(i) * 0.37
		if got, want := m.Predict(nil, []float32{x})[0], x/scale+shift; got != want {
			t.Fatalf("%g gives %g, want %g", x, got, want)
		}
	}
}

// Overlapping rows are refused however many layers there are.
func TestPredictOverlap(t *testing.T) {
	n := must(New(2, Dense(3, ReLU), Dense(3, ReLU), Dense(2, Identity)))
	a := randomMatrix(200, 2, 1)
	before := slices.Clone(a.Data)
	defer func() {
		if got := recover(); got != "ffnn: Session.Predict: dst and x overlap" || !slices.Equal(a.Data, before) {
			t.Errorf("panic %v", got)
		}
	}()
	n.Compile().PredictBatch(a.Slice(1, 200), a.Slice(0, 199))
}

func TestPredictPanics(t *testing.T) {
	n := must(New(2, Dense(1, Identity)))
	m := n.Compile()
	x := []float32{1, 2, 3}
	for want, f := range map[string]func(){
		"ffnn: Model.Predict: wrong length of dst or x":           func() { m.Predict(x[:2], x[:2]) },
		"ffnn: Session.Predict: shapes differ":                    func() { m.PredictBatch(layout.MatrixOf(x, 3, 1), layout.MatrixOf(x, 1, 3)) },
		"ffnn: NewSession: rows must be positive and at most 2²⁰": func() { m.NewSession(0) },
		"ffnn: Session.Predict: dst and x overlap":                func() { m.Predict(x[1:2], x[:2]) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

func TestClass(t *testing.T) {
	two, one := must(New(1, Dense(2, Softmax))), must(New(1, Dense(1, Sigmoid)))
	nan := float32(math.NaN())
	for _, c := range []struct {
		n    *Network
		p    []float32
		want int
	}{
		{two, []float32{.4, .6}, 1}, {two, []float32{.5, .5}, 0}, {two, []float32{nan, 1}, -1},
		{one, []float32{.5}, 0}, {one, []float32{.500001}, 1}, {one, []float32{nan}, -1},
	} {
		if got := c.n.Class(c.p); got != c.want {
			t.Errorf("Class(%v) = %d, want %d", c.p, got, c.want)
		}
	}
}

func TestSettersRefuse(t *testing.T) {
	n := must(New(2, Dense(3, Softmax)))
	w, b := n.Weights(0)
	inf := float32(math.Inf(1))
	wInf := layout.NewMatrix(2, 3)
	wInf.Set(1, 2, inf)
	for want, err := range map[string]error{
		"no layer 1":                    n.SetWeights(1, w, b),
		"no layer -1":                   n.SetWeights(-1, w, b),
		"weights of 3 × 2":              n.SetWeights(0, layout.NewMatrix(3, 2), b),
		"and 2 biases":                  n.SetWeights(0, w, b[:2]),
		"weight (1, 2) is +Inf":         n.SetWeights(0, wInf, b),
		"bias 1 is -Inf":                n.SetWeights(0, w, []float32{0, -inf, 0}),
		"1 shifts and 2 scales for 2":   n.SetScaler(Scaler{Shift: []float32{1}, Scale: []float32{1, 1}}),
		"column 1: shift 0, scale 0":    n.SetScaler(Scaler{Shift: []float32{0, 0}, Scale: []float32{1, 0}}),
		"column 0: shift +Inf":          n.SetScaler(Scaler{Shift: []float32{inf, 0}, Scale: []float32{1, 1}}),
		"activation softmax: only":      n.SetTargetScaler(Scaler{Shift: b, Scale: []float32{1, 1, 1}}),
		"1 names of features for 2":     n.SetMeta(Meta{Features: []string{"a"}}),
		"2 names of classes for 3":      n.SetMeta(Meta{Classes: []string{"a", "b"}}),
		"unknown activation \"swoosh\"": second(ParseActivation("swoosh", 0)),
		"unknown loss \"x\"":            second(ParseLoss("x")),
		"unknown optimizer \"x\"":       second(ParseOptimizer("x", 0)),
		"elu(-1)":                       second(ParseActivation("elu", -1)),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// Names go there and back.
func TestNames(t *testing.T) {
	for _, a := range []Activation{Identity, Sigmoid, Tanh, ReLU, LeakyReLU(0.25), ELU(2), Softmax,
		SELU, HardSigmoid, Softplus, SiLU, GELU, GELUTanh, LogSoftmax} {
		if back := must(ParseActivation(a.Name(), a.Alpha())); back != a {
			t.Errorf("%v became %v", a, back)
		}
	}
	for _, l := range []Loss{MSE, MSERows, BinaryCrossEntropy, CrossEntropy} {
		if back := must(ParseLoss(l.String())); back != l {
			t.Errorf("%v became %v", l, back)
		}
	}
	for name, want := range map[string]Optimizer{
		"sgd": SGD{LearningRate: 2}, "momentum": SGD{LearningRate: 2, Momentum: 0.9}, "adam": Adam{LearningRate: 2},
		"nesterov": SGD{LearningRate: 2, Momentum: 0.9, Nesterov: true}, "heavy_ball": HeavyBall{LearningRate: 2},
		"adagrad": Adagrad{LearningRate: 2}, "rmsprop": RMSprop{LearningRate: 2}, "amsgrad": Adam{LearningRate: 2, AMSGrad: true},
		"adamw": Adam{LearningRate: 2, WeightDecay: 0.01}, "lion": Lion{LearningRate: 2},
	} {
		if got := must(ParseOptimizer(name, 2)); got != want {
			t.Errorf("%s is %v", name, got)
		}
	}
	if LeakyReLU(0.5).String() != "leaky_relu(0.5)" || Tanh.String() != "tanh" {
		t.Error("String")
	}
}
