package metrics_test

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/ffnn/metrics"
	"github.com/hadamard-go/hadamard/layout"
)

// draw returns probabilities in sixteenths, so that many are equal, labels of which
// each class has some, and whole weights of which some are 0.
func draw(r *rand.Rand, rows, cols int) (p layout.Matrix, labels []int, weights []float64) {
	p = layout.NewMatrix(rows, cols+3)
	p.Cols = cols // a matrix with padding
	for i := range rows {
		for range 16 {
			p.Row(i)[r.IntN(cols)] += 1. / 16
		}
		if cols == 1 {
			p.Set(i, 0, float32(r.IntN(17))/16)
		}
		labels = append(labels, i%max(cols, 2))
		weights = append(weights, float64(r.IntN(4)))
	}
	r.Shuffle(rows, func(i, j int) { labels[i], labels[j] = labels[j], labels[i] })
	for class := range max(cols, 2) {
		weights[slices.Index(labels, class)] = 1
	}
	return p, labels, weights
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// The area under the ROC curve is the share of ordered pairs, and that under the
// points of Curve.
func TestAreaIsPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	number := must[float64](t)
	for range 200 {
		p, labels, weights := draw(r, 2+r.IntN(30), 1)
		halves, pairs := 0.0, 0.0
		for i := range labels {
			for j := range labels {
				if labels[i] == 1 && labels[j] == 0 {
					w := weights[i] * weights[j]
					pairs += 2 * w
					switch a, b := p.At(i, 0), p.At(j, 0); {
					case a > b:
						halves += 2 * w
					case a == b:
						halves += w
					}
				}
			}
		}
		auc := number(metrics.ROCAUC(p, labels, metrics.Macro, weights))
		if auc != halves/pairs {
			t.Fatalf("area %v, of pairs %v", auc, halves/pairs)
		}
		points := must[[]metrics.Point](t)(metrics.Curve(p, labels, 1, weights))
		trapezoids, staircase := 0.0, 0.0
		for i, q := range points[1:] {
			trapezoids += (q.FPR - points[i].FPR) * (q.TPR + points[i].TPR) / 2
			staircase += (q.TPR - points[i].TPR) * q.Precision
		}
		ap := number(metrics.AveragePrecision(p, labels, metrics.Macro, weights))
		if last := points[len(points)-1]; last.TPR != 1 || last.FPR != 1 || math.Abs(trapezoids-auc) > 1e-14 || math.Abs(staircase-ap) > 1e-14 {
			t.Fatalf("last point %v; areas %v, %v; want %v, %v", last, trapezoids, staircase, auc, ap)
		}
	}
}

// all returns every metric of classes.
func all(t *testing.T, p layout.Matrix, labels []int, weights []float64) []float64 {
	t.Helper()
	number := must[float64](t)
	c := confusionOf(t, p, labels, weights)
	v := []float64{c.Accuracy(), c.BalancedAccuracy(), c.MatthewsCorrelation()}
	score := func(s metrics.Scores) { v = append(v, s.Precision, s.Recall, s.F1, s.Support) }
	for i := range c.Counts {
		v = append(v, c.Counts[i]...)
		score(c.Class(i))
	}
	for _, avg := range []metrics.Average{metrics.Macro, metrics.Weighted, metrics.Micro} {
		score(c.Average(avg))
		v = append(v, number(metrics.ROCAUC(p, labels, avg, weights)))
	}
	v = append(v, number(metrics.Accuracy(p, labels, weights)), number(metrics.TopK(p, labels, 2, weights)),
		number(metrics.Brier(p, labels, weights)))
	points := must[[]metrics.Point](t)(metrics.Curve(p, labels, 1, weights))
	for _, q := range points {
		v = append(v, float64(q.Threshold), q.TPR, q.FPR, q.Precision)
	}
	for _, b := range must[[]metrics.Bin](t)(metrics.Calibration(p, labels, 1, 4, weights)) {
		v = append(v, b.Predicted, b.Observed, b.Weight)
	}
	return v
}

// The order of the rows does not matter, to the bit where sums are exact; a weight
// is that many rows; micro scores are accuracy; TopK is accuracy for the first, and
// grows to 1; batches add up.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	number := must[float64](t)
	for n := range 200 {
		cols := 1 + n%5
		p, labels, weights := draw(r, 2*cols+2+r.IntN(40), cols)
		want := all(t, p, labels, weights)

		var order []int
		for i, w := range weights {
			for range int(w) {
				order = append(order, i)
			}
		}
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		q, shuffled := layout.NewMatrix(len(order), cols), make([]int, len(order))
		for k, i := range order {
			copy(q.Row(k), p.Row(i))
			shuffled[k] = labels[i]
		}
		if got := all(t, q, shuffled, nil); !slices.Equal(got, want) {
			t.Fatalf("of %d rows\n%v\nshuffled\n%v", p.Rows, want, got)
		}
		loss, again := number(metrics.LogLoss(p, labels, weights)), number(metrics.LogLoss(q, shuffled, nil))
		if math.Abs(loss-again) > 1e-14*loss {
			t.Fatalf("log loss %v, shuffled %v", loss, again)
		}

		accuracy := number(metrics.Accuracy(p, labels, nil))
		c := confusionOf(t, p.Slice(0, 3), labels[:3], nil)
		if err := c.AddRows(p.Slice(3, p.Rows), labels[3:], nil); err != nil {
			t.Fatal(err)
		}
		if err := c.AddRows(p.Slice(0, 0), nil, nil); err != nil {
			t.Error(err)
		}
		micro := c.Average(metrics.Micro)
		if micro != (metrics.Scores{Precision: accuracy, Recall: accuracy, F1: accuracy, Support: float64(p.Rows)}) || c.Accuracy() != accuracy {
			t.Fatalf("micro %v, accuracy %v and %v", micro, accuracy, c.Accuracy())
		}
		before := 0.0
		for k := 1; k <= max(cols, 2); k++ {
			top := number(metrics.TopK(p, labels, k, nil))
			if k == 1 && top != accuracy || top < before || k == max(cols, 2) && top != 1 {
				t.Fatalf("top %d is %v after %v; accuracy %v", k, top, before, accuracy)
			}
			before = top
		}
	}
}

// What the package says a row is taken for is what a Model says; accuracy and log
// loss are those of a Trainer, but for the clipping and for float32.
func TestLikeModels(t *testing.T) {
	for name, c := range map[string]struct {
		d    *data.Dataset
		last ffnn.Activation
		loss ffnn.Loss
	}{
		"softmax": {data.Iris(), ffnn.Softmax, ffnn.CrossEntropy},
		"sigmoid": {data.BreastCancer(), ffnn.Sigmoid, ffnn.BinaryCrossEntropy},
	} {
		d := c.d
		scaler := must[data.Scaler](t)(data.FitStandard(d.X))
		net := must[*ffnn.Network](t)(ffnn.New(d.X.Cols, ffnn.Dense(8, ffnn.ReLU), ffnn.Dense(d.Y.Cols, c.last)))
		if err := net.SetScaler(ffnn.Scaler(scaler)); err != nil {
			t.Fatal(err)
		}
		if _, err := net.Fit(context.Background(), ffnn.Dataset{X: d.X, Y: d.Y}, ffnn.FitConfig{Epochs: 3}); err != nil {
			t.Fatal(err)
		}
		tr := must[*ffnn.Trainer](t)(ffnn.NewTrainer(net, ffnn.TrainConfig{Loss: c.loss, Optimizer: ffnn.SGD{}, BatchSize: 32}))
		loss, accuracy := tr.Evaluate(ffnn.Dataset{X: d.X, Y: d.Y})
		p := layout.NewMatrix(d.Len(), d.Y.Cols)
		m := net.Compile()
		m.PredictBatch(p, d.X)
		if labels, err := metrics.Labels(d.Y); err != nil || !slices.Equal(labels, d.Labels) {
			t.Errorf("%s: labels %v, %v", name, labels, err)
		}
		if a, err := metrics.Accuracy(p, d.Labels, nil); err != nil || a != accuracy {
			t.Errorf("%s: accuracy %v, %v; want %v", name, a, err, accuracy)
		}
		if l, err := metrics.LogLoss(p, d.Labels, nil); err != nil || math.Abs(l-loss) > 1e-5 {
			t.Errorf("%s: log loss %v, %v; want %v", name, l, err, loss)
		}
	}
	net := must[*ffnn.Network](t)(ffnn.New(1, ffnn.Dense(1, ffnn.Sigmoid)))
	m := net.Compile()
	for _, v := range []float32{0, 0.5, 0.50000006, 1, float32(math.NaN()), float32(math.Inf(1))} {
		c := metrics.NewConfusion(2)
		if err := c.AddRows(layout.MatrixOf([]float32{v}, 1, 1), []int{1}, nil); err != nil {
			t.Fatal(err)
		}
		counts := []float64{c.None[1], c.Counts[1][0], c.Counts[1][1]}
		if counts[1+m.Class([]float32{v})] != 1 {
			t.Errorf("%v: %v", v, counts)
		}
	}
}

// The averages of one column or two are the same to the bit.
func TestBinaryHasNoAverage(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for n := range 100 {
		p, labels, weights := draw(r, 5+r.IntN(30), 1+n%2)
		for i := range weights {
			weights[i] += 0.1 * r.Float64()
		}
		for _, f := range []func(layout.Matrix, []int, metrics.Average, []float64) (float64, error){metrics.ROCAUC, metrics.AveragePrecision} {
			macro := must[float64](t)(f(p, labels, metrics.Macro, weights))
			for _, avg := range []metrics.Average{metrics.Weighted, metrics.Micro} {
				if v := must[float64](t)(f(p, labels, avg, weights)); v != macro {
					t.Fatalf("average %d is %v, macro %v", avg, v, macro)
				}
			}
		}
	}
}

// A row with a NaN is right for no k.
func TestTopKOfNaN(t *testing.T) {
	nan := float32(math.NaN())
	for _, p := range []layout.Matrix{layout.MatrixOf([]float32{1, nan}, 2, 1), layout.MatrixOf([]float32{0, 1, nan, 1}, 2, 2)} {
		for k := 1; k <= 2; k++ {
			if v, err := metrics.TopK(p, []int{1, 1}, k, nil); v != 0.5 || err != nil {
				t.Errorf("%d columns, top %d: %v, %v; want 0.5", p.Cols, k, v, err)
			}
		}
	}
}

func TestConstantTarget(t *testing.T) {
	y := layout.MatrixOf([]float32{0.1, 0.1, 0.1, 0.1}, 4, 1)
	p := layout.MatrixOf([]float32{0.1, 0.2, 0.3, 0.1}, 4, 1)
	e, _, err := metrics.Regression(p, y, []float64{0.1, 0.7, 1.3, 0.2}) // scikit-learn: −1e32
	if err != nil || e.Variance != 0 || e.R2 != 0 || e.ExplainedVariance != 0 {
		t.Errorf("%+v, %v", e, err)
	}
	p.Set(2, 0, float32(math.NaN()))
	e, _, err = metrics.Regression(p, y, nil)
	for _, v := range []float64{e.MSE, e.RMSE, e.MAE, e.MaxError, e.R2, e.ExplainedVariance} {
		if err != nil || v == v {
			t.Errorf("%+v, %v: want NaN", e, err)
		}
	}
}

// Every metric has the same bits on all machines.
func TestBits(t *testing.T) {
	h := fnv.New64a()
	write := func(v ...float64) {
		for _, v := range v {
			binary.Write(h, binary.LittleEndian, math.Float64bits(v))
		}
	}
	number := must[float64](t)
	r := rand.New(rand.NewPCG(5, 5))
	for n := range 40 {
		cols := 1 + n%4
		p, labels, weights := draw(r, 40, cols)
		for i := range p.Rows {
			sum := float32(0)
			for j := range p.Row(i) {
				p.Row(i)[j] += r.Float32() / 8
				sum += p.Row(i)[j]
			}
			if cols == 1 {
				sum = 1.25
			}
			for j := range p.Row(i) {
				p.Row(i)[j] /= sum
			}
			weights[i] += r.Float64()
		}
		write(all(t, p, labels, weights)...)
		write(number(metrics.LogLoss(p, labels, weights)), number(metrics.AveragePrecision(p, labels, metrics.Macro, weights)))
		q, _, _ := draw(r, 40, cols)
		e, _, err := metrics.Regression(p, q, weights)
		if err != nil {
			t.Fatal(err)
		}
		write(e.MSE, e.RMSE, e.MAE, e.MaxError, e.R2, e.ExplainedVariance, e.Variance)
	}
	if got, want := h.Sum64(), uint64(0x1459658dd4e73d08); got != want {
		t.Errorf("hash %#x, want %#x", got, want)
	}
}

func TestErrors(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	area := func(f func(layout.Matrix, []int, metrics.Average, []float64) (float64, error), avg metrics.Average) func(layout.Matrix, []int, []float64) (float64, error) {
		return func(p layout.Matrix, labels []int, w []float64) (float64, error) { return f(p, labels, avg, w) }
	}
	curve := func(p layout.Matrix, labels []int, w []float64) (float64, error) {
		_, err := metrics.Curve(p, labels, 1, w)
		return math.NaN(), err
	}
	calibration := func(p layout.Matrix, labels []int, w []float64) (float64, error) {
		_, err := metrics.Calibration(p, labels, 1, 3, w)
		return math.NaN(), err
	}
	counts := func(p layout.Matrix, labels []int, w []float64) (float64, error) {
		c := metrics.NewConfusion(max(p.Cols, 2))
		err := c.AddRows(p, labels, w)
		return c.Accuracy(), err
	}
	regression := func(p layout.Matrix, labels []int, w []float64) (float64, error) {
		_, _, err := metrics.Regression(p, p, w)
		return math.NaN(), err
	}
	top := func(p layout.Matrix, labels []int, w []float64) (float64, error) {
		return metrics.TopK(p, labels, 1, w)
	}
	roc, ap := area(metrics.ROCAUC, metrics.Weighted), area(metrics.AveragePrecision, metrics.Macro)
	for name, c := range map[string]struct {
		f       func(layout.Matrix, []int, []float64) (float64, error)
		p       []float32
		labels  []int
		weights []float64
		want    string
	}{
		"label":           {metrics.Accuracy, []float32{0, 1}, []int{1, 2}, nil, "Accuracy: the label of row 1 is 2; it must be in [0, 2)"},
		"negative label":  {counts, []float32{0, 1}, []int{-1, 1}, nil, "AddRows: the label of row 0 is -1"},
		"no rows":         {metrics.Accuracy, nil, nil, nil, "Accuracy: there are no rows"},
		"no weight":       {top, []float32{0, 1}, []int{1, 0}, []float64{0, 0}, "TopK: there are no rows, or all weights are 0"},
		"negative weight": {counts, []float32{0, 1}, []int{1, 0}, []float64{1, -1}, "the weight of row 1 is -1"},
		"NaN weight":      {metrics.Brier, []float32{0, 1}, []int{1, 0}, []float64{math.NaN(), 1}, "the weight of row 0 is NaN"},
		"infinite weight": {regression, []float32{0, 1}, []int{1, 0}, []float64{1, math.Inf(1)}, "Regression: the weight of row 1 is +Inf"},
		"no regression":   {regression, nil, nil, nil, "Regression: there are no rows"},
		"NaN":             {metrics.LogLoss, []float32{0, nan}, []int{1, 0}, nil, "LogLoss: row 1 has NaN in column 0"},
		"greater than 1":  {metrics.Brier, []float32{1.5, 0}, []int{1, 0}, nil, "Brier: row 0 has 1.5 in column 0"},
		"negative":        {calibration, []float32{0, -1e-9}, []int{1, 0}, nil, "Calibration: row 1 has -1e-09 in column 0"},
		"NaN bin":         {calibration, []float32{0, nan}, []int{1, 0}, nil, "Calibration: row 1 has NaN"},
		"NaN score":       {roc, []float32{0, nan}, []int{1, 0}, nil, "ROCAUC: row 1 has NaN in column 0"},
		"infinite score":  {ap, []float32{inf, 0}, []int{1, 0}, nil, "AveragePrecision: row 0 has +Inf in column 0"},
		"infinite point":  {curve, []float32{inf, 0}, []int{1, 0}, nil, "Curve: row 0 has +Inf in column 0"},
		"no positive":     {roc, []float32{0, 1}, []int{0, 0}, nil, "ROCAUC is not defined: no row is of class 1"},
		"no negative":     {ap, []float32{0, 1}, []int{1, 1}, nil, "AveragePrecision is not defined: every row is of class 1"},
		"no negative row": {curve, []float32{0, 1}, []int{1, 0}, []float64{1, 0}, "Curve is not defined: every row is of class 1"},
	} {
		p := layout.Matrix{Data: c.p, Rows: len(c.p), Cols: 1, Stride: 1}
		v, err := c.f(p, c.labels, c.weights)
		if err == nil || !strings.HasPrefix(err.Error(), "metrics: ") || !strings.Contains(err.Error(), c.want) || v == v {
			t.Errorf("%s: %v, %v; want %q", name, v, err, c.want)
		}
	}

	p := layout.MatrixOf([]float32{0.5, 0.25, 0.25, 0.5, 0.5, 0.5}, 2, 3)
	if _, err := metrics.LogLoss(p, []int{0, 1}, nil); err == nil || !strings.Contains(err.Error(), "row 1 have the sum 1.5") {
		t.Error(err)
	}
	if _, err := metrics.Brier(p, []int{0, 1}, nil); err == nil || !strings.Contains(err.Error(), "row 1 have the sum 1.5") {
		t.Error(err)
	}
	for want, y := range map[string]layout.Matrix{
		"row 1 has 2 ones":            layout.MatrixOf([]float32{1, 0, 1, 1}, 2, 2),
		"row 0 has 0 ones":            layout.MatrixOf([]float32{0, 0, 0, 1}, 2, 2),
		"row 1 has 0.5 in column 0":   layout.MatrixOf([]float32{1, 0.5}, 2, 1),
		"row 0 has NaN in column 1":   layout.MatrixOf([]float32{1, nan}, 1, 2),
		"targets of classes are 0 or": layout.MatrixOf([]float32{3}, 1, 1),
	} {
		if _, err := metrics.Labels(y); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestPanics(t *testing.T) {
	p, one := layout.NewMatrix(2, 3), layout.NewMatrix(2, 1)
	labels := []int{0, 1}
	broken := layout.Matrix{Data: make([]float32, 3), Rows: 2, Cols: 3, Stride: 3}
	for want, f := range map[string]func(){
		"metrics: Accuracy: not one label for each row":               func() { metrics.Accuracy(p, labels[:1], nil) },
		"metrics: LogLoss: not one weight for each row":               func() { metrics.LogLoss(p, labels, []float64{1}) },
		"metrics: Brier: no valid matrix of outputs":                  func() { metrics.Brier(broken, labels, nil) },
		"metrics: ROCAUC: no valid matrix of outputs":                 func() { metrics.ROCAUC(layout.Matrix{}, nil, metrics.Macro, nil) },
		"metrics: no such Average":                                    func() { metrics.ROCAUC(p, labels, 3, nil) },
		"metrics: TopK: k is not positive":                            func() { metrics.TopK(p, labels, 0, nil) },
		"metrics: Curve: no scores for that class":                    func() { metrics.Curve(p, labels, 3, nil) },
		"metrics: Calibration: no scores for that class":              func() { metrics.Calibration(one, labels, 0, 5, nil) },
		"metrics: Calibration: no bins":                               func() { metrics.Calibration(p, labels, 0, 0, nil) },
		"metrics: NewConfusion: no classes":                           func() { metrics.NewConfusion(0) },
		"metrics: Confusion.Add: no such class":                       func() { metrics.NewConfusion(2).Add(0, 2, 1) },
		"metrics: Confusion.AddRows: another number of classes":       func() { metrics.NewConfusion(2).AddRows(p, labels, nil) },
		"metrics: Regression: shapes differ, or there are no columns": func() { metrics.Regression(p, one, nil) },
		"metrics: Labels: no valid matrix":                            func() { metrics.Labels(broken) },
	} {
		func() {
			defer func() {
				if v := recover(); v != want {
					t.Errorf("panics with %v, want %q", v, want)
				}
			}()
			f()
		}()
	}
}

func TestAllocs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, cols := range []int{1, 4} {
		p, labels, weights := draw(r, 50, cols)
		c := metrics.NewConfusion(max(cols, 2))
		for name, f := range map[string]func(){
			"Accuracy":  func() { metrics.Accuracy(p, labels, weights) },
			"TopK":      func() { metrics.TopK(p, labels, 2, nil) },
			"AddRows":   func() { c.AddRows(p, labels, weights) },
			"Add":       func() { c.Add(1, 0, 0.5) },
			"LogLoss":   func() { metrics.LogLoss(p, labels, nil) },
			"Brier":     func() { metrics.Brier(p, labels, weights) },
			"the rates": func() { c.Accuracy(); c.BalancedAccuracy(); c.MatthewsCorrelation(); c.Average(metrics.Macro) },
		} {
			if n := testing.AllocsPerRun(10, f); n != 0 {
				t.Errorf("%s of %d columns: %v allocs", name, cols, n)
			}
		}
	}
}
