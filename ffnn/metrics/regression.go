package metrics

import (
	"math"

	"github.com/hadamard-go/hadamard/layout"
)

// Errors measures predictions p of a target y, with the errors e = p − y and means
// over the rows:
//
//	MSE       mean e²
//	RMSE      √MSE
//	MAE       mean |e|
//	MaxError  max |e|
//	Variance  mean (y − mean y)²: the MSE of predicting the mean
//	R2        1 − MSE/Variance
//	ExplainedVariance  1 − (mean (e − mean e)²)/Variance
//
// For a constant target R2 is 1 if all predictions are right, else 0, and so is
// ExplainedVariance if all errors are equal: scikit-learn's force_finite. Variance
// is exactly 0 then. R2 of fewer than two rows is NaN. A NaN in p or y makes NaN of
// all numbers that it has a part in.
type Errors struct {
	MSE, RMSE, MAE, MaxError        float64
	R2, ExplainedVariance, Variance float64
}

// Regression measures predictions p, a column for each output, of the targets y. It
// returns the mean over the outputs, which is scikit-learn's uniform_average (and
// the greatest of MaxError), and each output by itself, its raw_values. Targets in
// different units have a mean that says little; R2 alone has none.
// It is an error if there are no rows, or a weight is negative or not finite. It
// panics unless p and y are valid and have the same shape with at least one column.
func Regression(p, y layout.Matrix, weights []float64) (average Errors, outputs []Errors, err error) {
	if !p.Valid() || !y.Valid() || p.Rows != y.Rows || p.Cols != y.Cols || p.Cols < 1 {
		panic("metrics: Regression: shapes differ, or there are no columns")
	}
	total, err := checkWeights("Regression", p.Rows, weights)
	if err != nil {
		return Errors{}, nil, err
	}
	outputs = make([]Errors, p.Cols)
	n := float64(p.Cols)
	for j := range outputs {
		e := measure(p, y, j, weights, total)
		outputs[j] = e
		average.MSE += e.MSE / n
		average.RMSE += e.RMSE / n
		average.MAE += e.MAE / n
		average.MaxError = max(average.MaxError, e.MaxError)
		average.R2 += e.R2 / n
		average.ExplainedVariance += e.ExplainedVariance / n
		average.Variance += e.Variance / n
	}
	return average, outputs, nil
}

// measure returns the errors of output j. Means are taken from the first row as
// origin, so that what is constant has a variance of exactly 0.
func measure(p, y layout.Matrix, j int, weights []float64, total float64) Errors {
	var e Errors
	y0 := float64(y.At(0, j))
	e0 := float64(p.At(0, j)) - y0
	var squares, absolutes, target, bias float64 // weighted sums
	for i := range y.Rows {
		w, t := weightOf(weights, i), float64(y.At(i, j))
		d := float64(p.At(i, j)) - t
		squares += float64(w * float64(d*d))
		absolutes += float64(w * math.Abs(d))
		target += float64(w * (t - y0))
		bias += float64(w * (d - e0))
		e.MaxError = max(e.MaxError, math.Abs(d))
	}
	target /= total
	bias /= total
	var spread, rest float64
	for i := range y.Rows {
		w, t := weightOf(weights, i), float64(y.At(i, j))
		d := float64(p.At(i, j)) - t - e0 - bias
		rest += float64(w * float64(d*d))
		t -= y0 + target
		spread += float64(w * float64(t*t))
	}
	e.MSE, e.MAE, e.Variance = squares/total, absolutes/total, spread/total
	e.RMSE = math.Sqrt(e.MSE)
	e.R2, e.ExplainedVariance = explained(squares, spread), explained(rest, spread)
	if y.Rows < 2 {
		e.R2 = math.NaN()
	}
	return e
}

// explained returns 1 − rest/spread, and for a spread of 0 1 or 0.
func explained(rest, spread float64) float64 {
	switch {
	case spread != 0:
		return 1 - rest/spread
	case rest == 0:
		return 1
	case rest != rest:
		return rest
	}
	return 0
}
