package metrics

import (
	"errors"
	"fmt"
	"math"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Labels returns the class of each row of the targets y: the column that is 1 of
// a one-hot row; of a single column its value, 0 or 1. It is the inverse of
// data.OneHot. Any other row is an error.
func Labels(y layout.Matrix) ([]int, error) {
	if !y.Valid() || y.Cols < 1 {
		panic("metrics: Labels: no valid matrix")
	}
	labels := make([]int, y.Rows)
	for i := range labels {
		row, sum := y.Row(i), float32(0)
		for j, v := range row {
			if v != 0 && v != 1 {
				return nil, fmt.Errorf("metrics: Labels: row %d has %v in column %d: targets of classes are 0 or 1", i, v, j)
			}
			sum += v
		}
		if len(row) > 1 && sum != 1 {
			return nil, fmt.Errorf("metrics: Labels: row %d has %v ones; it must have one", i, sum)
		}
		labels[i] = classOf(row)
	}
	return labels, nil
}

// classOf returns the class that a row of outputs means, −1 if there is a NaN.
// It is that of ffnn.Model.Class.
func classOf(p []float32) int {
	if len(p) > 1 {
		return kernels.ArgMax(p)
	}
	switch {
	case p[0] != p[0]:
		return -1
	case p[0] > 0.5:
		return 1
	}
	return 0
}

// classesOf returns the number of classes that p has outputs for.
func classesOf(p layout.Matrix) int { return max(p.Cols, 2) }

// checkRows checks the arguments that metrics of classes have in common and
// returns the sum of the weights.
func checkRows(name string, p layout.Matrix, labels []int, weights []float64) (float64, error) {
	if !p.Valid() || p.Cols < 1 {
		panic("metrics: " + name + ": no valid matrix of outputs")
	}
	if len(labels) != p.Rows {
		panic("metrics: " + name + ": not one label for each row")
	}
	k := classesOf(p)
	for i, c := range labels {
		if c < 0 || c >= k {
			return 0, fmt.Errorf("metrics: %s: the label of row %d is %d; it must be in [0, %d)", name, i, c, k)
		}
	}
	return checkWeights(name, p.Rows, weights)
}

var errNoRows = errors.New("there are no rows, or all weights are 0")

// checkWeights checks the weights of so many rows and returns their sum. No rows
// are an error.
func checkWeights(name string, rows int, weights []float64) (float64, error) {
	if weights != nil && len(weights) != rows {
		panic("metrics: " + name + ": not one weight for each row")
	}
	sum := 0.0
	for i := range rows {
		w := weightOf(weights, i)
		if !(w >= 0) || math.IsInf(w, 1) {
			return 0, fmt.Errorf("metrics: %s: the weight of row %d is %v; it must be finite and not negative", name, i, w)
		}
		sum += w
	}
	if sum == 0 {
		return 0, fmt.Errorf("metrics: %s: %w", name, errNoRows)
	}
	return sum, nil
}

// weightOf returns the weight of row i.
func weightOf(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}

// mean returns the weighted mean of f(i) over the rows, whose weights have the
// given sum, or the first error.
func mean(weights []float64, rows int, sum float64, f func(i int) (float64, error)) (float64, error) {
	total := 0.0
	for i := range rows {
		v, err := f(i)
		if err != nil {
			return math.NaN(), err
		}
		total += float64(weightOf(weights, i) * v)
	}
	return total / sum, nil
}
