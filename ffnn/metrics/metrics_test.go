package metrics_test

import (
	"math"
	"testing"

	"github.com/hadamard-go/hadamard/ffnn/metrics"
	"github.com/hadamard-go/hadamard/internal/golden"
	"github.com/hadamard-go/hadamard/layout"
)

// testdata/metrics.json has inputs and what scikit-learn 1.2.1 makes of them in
// float64. Two things of newer versions are by NumPy from the formula: log losses
// of several columns that are clipped, as 1.2 divides them by their sum, and Brier
// scores of more than two columns, which 1.2 does not have.

// cells is a row-major matrix in JSON, where null is NaN.
type cells []*float32

func (c cells) matrix(cols int) layout.Matrix {
	m := layout.NewMatrix(len(c)/cols, cols)
	for i, v := range c {
		m.Data[i] = float32(math.NaN())
		if v != nil {
			m.Data[i] = *v
		}
	}
	return m
}

// close64 compares with a bound relative to the greater of |want| and 1; a want of
// nil is NaN.
func close64(t *testing.T, name string, got float64, want *float64, bound float64) {
	t.Helper()
	if want == nil {
		if got == got {
			t.Errorf("%s is %v, want NaN", name, got)
		}
		return
	}
	if !(math.Abs(got-*want) <= bound*max(math.Abs(*want), 1)) {
		t.Errorf("%s is %.17g, want %.17g", name, got, *want)
	}
}

// Counts and their quotients differ from scikit-learn's by a rounding or two; sums
// over rows, which NumPy takes pairwise, by some.
const (
	exact = 1e-15
	sums  = 1e-13
)

type classCase struct {
	Name    string
	Cols    int
	P       cells
	Labels  []int
	Weights []float64
	Want    struct {
		Accuracy, Balanced, Matthews *float64
		Confusion                    []float64
		Classes                      [][4]float64
		Macro, Weighted, Micro       [3]float64
		Report2, Report4             string

		Top2, LogLoss, Brier *float64 // nil: not compared, for the two others an error
		ROC, AP              map[string]float64
		Curve                *struct {
			Class                                  int
			FPR, TPR, Threshold, Precision, Recall []float64
		}
		Calibration [][]float64
	}
}

func readCases(t *testing.T) (classes []classCase) {
	var g struct{ Classes []classCase }
	golden.Read(t, "testdata/metrics.json", &g)
	if len(g.Classes) < 20 {
		t.Fatalf("%d cases", len(g.Classes))
	}
	return g.Classes
}

func confusionOf(t *testing.T, p layout.Matrix, labels []int, weights []float64) *metrics.Confusion {
	t.Helper()
	c := metrics.NewConfusion(max(p.Cols, 2))
	if err := c.AddRows(p, labels, weights); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClassesGolden(t *testing.T) {
	for _, g := range readCases(t) {
		t.Run(g.Name, func(t *testing.T) {
			p := g.P.matrix(g.Cols)
			c := confusionOf(t, p, g.Labels, g.Weights)
			k := len(c.Counts)
			for i := range k {
				for j := range k {
					close64(t, "count", c.Counts[i][j], &g.Want.Confusion[i*k+j], sums)
				}
			}
			is := func(name string, s metrics.Scores, want []float64) {
				t.Helper()
				for i, v := range []float64{s.Precision, s.Recall, s.F1, s.Support}[:len(want)] {
					close64(t, name, v, &want[i], sums)
				}
			}
			for i := range k {
				is("class", c.Class(i), g.Want.Classes[i][:])
			}
			is("macro", c.Average(metrics.Macro), g.Want.Macro[:])
			is("weighted", c.Average(metrics.Weighted), g.Want.Weighted[:])
			is("micro", c.Average(metrics.Micro), g.Want.Micro[:])
			bound := sums
			if g.Weights == nil {
				bound = exact
			}
			close64(t, "accuracy", c.Accuracy(), g.Want.Accuracy, bound)
			close64(t, "balanced accuracy", c.BalancedAccuracy(), g.Want.Balanced, bound)
			close64(t, "correlation", c.MatthewsCorrelation(), g.Want.Matthews, bound)
			if g.Want.Report2 != "" && c.Report(2) != g.Want.Report2 {
				t.Errorf("report is\n%swant\n%s", c.Report(2), g.Want.Report2)
			}
			if g.Want.Report4 != "" {
				for i := range k {
					c.Classes = append(c.Classes, "class "+string(rune('0'+i))+" of them")
				}
				if c.Report(4) != g.Want.Report4 {
					t.Errorf("report is\n%swant\n%s", c.Report(4), g.Want.Report4)
				}
			}
			a, err := metrics.Accuracy(p, g.Labels, g.Weights)
			if err != nil || a != c.Accuracy() && g.Weights == nil {
				t.Errorf("accuracy %v, %v; of the matrix %v", a, err, c.Accuracy())
			}
			close64(t, "accuracy", a, g.Want.Accuracy, bound)
			if g.Want.Top2 != nil {
				top, err := metrics.TopK(p, g.Labels, 2, g.Weights)
				if err != nil {
					t.Error(err)
				}
				close64(t, "top 2", top, g.Want.Top2, bound)
			}
		})
	}
}

func TestProbabilitiesGolden(t *testing.T) {
	losses := 0
	for _, g := range readCases(t) {
		t.Run(g.Name, func(t *testing.T) {
			p := g.P.matrix(g.Cols)
			for name, m := range map[string]struct {
				f    func(layout.Matrix, []int, []float64) (float64, error)
				want *float64
			}{
				"log loss": {metrics.LogLoss, g.Want.LogLoss}, "Brier": {metrics.Brier, g.Want.Brier},
			} {
				v, err := m.f(p, g.Labels, g.Weights)
				if (err == nil) != (m.want != nil) {
					t.Errorf("%s: %v", name, err)
				}
				close64(t, name, v, m.want, sums)
				losses++
			}
			if g.Want.Calibration != nil {
				bins, err := metrics.Calibration(p, g.Labels, 1, 5, g.Weights)
				if err != nil || len(bins) != len(g.Want.Calibration[0]) {
					t.Fatal(bins, err)
				}
				total := 0.0
				for i, b := range bins {
					close64(t, "predicted", b.Predicted, &g.Want.Calibration[0][i], sums)
					close64(t, "observed", b.Observed, &g.Want.Calibration[1][i], exact)
					total += b.Weight
				}
				if total != float64(p.Rows) {
					t.Errorf("%v rows in the bins", total)
				}
			}
		})
	}
	if losses < 40 {
		t.Errorf("%d losses", losses)
	}
}

func TestAreasGolden(t *testing.T) {
	areas := 0
	for _, g := range readCases(t) {
		t.Run(g.Name, func(t *testing.T) {
			p := g.P.matrix(g.Cols)
			bound := sums
			if g.Weights == nil {
				bound = exact
			}
			for name, avg := range map[string]metrics.Average{"binary": 0, "macro": metrics.Macro, "weighted": metrics.Weighted, "micro": metrics.Micro} {
				if (name == "binary") != (g.Cols <= 2) {
					continue
				}
				roc, errROC := metrics.ROCAUC(p, g.Labels, avg, g.Weights)
				ap, errAP := metrics.AveragePrecision(p, g.Labels, avg, g.Weights)
				if g.Want.ROC == nil {
					if avg == metrics.Micro && errROC == nil { // defined whatever rows the classes have
						continue
					}
					if errROC == nil || errAP == nil || roc == roc || ap == ap {
						t.Errorf("%s: %v, %v; %v, %v; want errors", name, roc, errROC, ap, errAP)
					}
					continue
				}
				if errROC != nil || errAP != nil {
					t.Error(errROC, errAP)
				}
				want, wantAP := g.Want.ROC[name], g.Want.AP[name]
				close64(t, "ROC AUC "+name, roc, &want, bound)
				close64(t, "average precision "+name, ap, &wantAP, sums)
				areas++
			}
			if w := g.Want.Curve; w != nil {
				points, err := metrics.Curve(p, g.Labels, w.Class, g.Weights)
				if err != nil || len(points) != len(w.FPR) || len(points) != len(w.Precision) {
					t.Fatalf("%d points, want %d, %d: %v", len(points), len(w.FPR), len(w.Precision), err)
				}
				for i, q := range points {
					close64(t, "FPR", q.FPR, &w.FPR[i], exact)
					close64(t, "TPR", q.TPR, &w.TPR[i], exact)
					close64(t, "recall", q.TPR, &w.Recall[i], exact)
					close64(t, "precision", q.Precision, &w.Precision[i], exact)
					if i == 0 && !math.IsInf(float64(q.Threshold), 1) || i > 0 && q.Threshold != float32(w.Threshold[i-1]) {
						t.Errorf("threshold %d is %v", i, q.Threshold)
					}
				}
			}
		})
	}
	if areas < 30 {
		t.Errorf("%d areas", areas)
	}
}

func TestRegressionGolden(t *testing.T) {
	var g struct {
		Regressions []struct {
			Name    string
			Cols    int
			P, Y    cells
			Weights []float64
			Want    struct{ MSE, RMSE, MAE, Max, R2, EV []*float64 } // each output, then the average
		}
	}
	golden.Read(t, "testdata/metrics.json", &g)
	if len(g.Regressions) < 12 {
		t.Fatalf("%d cases", len(g.Regressions))
	}
	for _, g := range g.Regressions {
		t.Run(g.Name, func(t *testing.T) {
			average, outputs, err := metrics.Regression(g.P.matrix(g.Cols), g.Y.matrix(g.Cols), g.Weights)
			if err != nil || len(outputs) != g.Cols {
				t.Fatal(outputs, err)
			}
			for j, e := range append(outputs, average) {
				close64(t, "MSE", e.MSE, g.Want.MSE[j], sums)
				close64(t, "RMSE", e.RMSE, g.Want.RMSE[j], sums)
				close64(t, "MAE", e.MAE, g.Want.MAE[j], sums)
				close64(t, "greatest error", e.MaxError, g.Want.Max[j], exact)
				close64(t, "R²", e.R2, g.Want.R2[j], sums)
				close64(t, "explained variance", e.ExplainedVariance, g.Want.EV[j], sums)
			}
		})
	}
}
