package metrics

import (
	"math"

	"github.com/hadamard-go/hadamard/layout"
)

// Accuracy returns the share of rows that are taken for their class.
// It is Confusion.Accuracy without the counting. It allocates nothing.
func Accuracy(p layout.Matrix, labels []int, weights []float64) (float64, error) {
	sum, err := checkRows("Accuracy", p, labels, weights)
	if err != nil {
		return math.NaN(), err
	}
	return mean(weights, p.Rows, sum, func(i int) (float64, error) {
		return indicator(classOf(p.Row(i)) == labels[i]), nil
	})
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// TopK returns the share of rows whose class is among the k with the greatest
// outputs; of equal outputs the first count as greater, so that TopK of 1 is
// Accuracy (scikit-learn takes the last). From the number of classes on, it is the
// share of rows without a NaN. It allocates nothing. It panics if k < 1.
func TopK(p layout.Matrix, labels []int, k int, weights []float64) (float64, error) {
	if k < 1 {
		panic("metrics: TopK: k is not positive")
	}
	sum, err := checkRows("TopK", p, labels, weights)
	if err != nil {
		return math.NaN(), err
	}
	return mean(weights, p.Rows, sum, func(i int) (float64, error) {
		row, label := p.Row(i), labels[i]
		first := classOf(row)
		if first < 0 {
			return 0, nil
		}
		if len(row) == 1 {
			return indicator(first == label || k > 1), nil
		}
		before := 0
		for j, v := range row {
			if v > row[label] || v == row[label] && j < label {
				before++
			}
		}
		return indicator(before < k), nil
	})
}
