package metrics

import (
	"fmt"
	"math"

	"github.com/hadamard-go/hadamard/internal/elementary"
	"github.com/hadamard-go/hadamard/layout"
)

// Bounds of a probability whose logarithm is taken: those of scikit-learn for
// float32, whose smallest step from 1 upwards is epsilon.
const epsilon = 0x1p-23

// maxDrift is how far the probabilities of a row may be from a sum of 1.
const maxDrift = 0x1p-11

// LogLoss returns the mean of −log p of each row's class, the natural logarithm: the
// negative log-likelihood, or cross-entropy. Equal probabilities of k classes have
// log k.
//
// Like scikit-learn from 1.5 on given float32, it clips probabilities to
// [ε, 1−ε], ε = 2⁻²³, and does not divide by the row's sum: nothing costs more than
// 15.95. With one column the class 0 has the probability 1−p, in float64. It
// allocates nothing.
//
// A probability not in [0, 1] and a row whose sum is not within 2⁻¹¹ of 1 are
// errors: logits, log-probabilities and independent sigmoids have no log loss.
func LogLoss(p layout.Matrix, labels []int, weights []float64) (float64, error) {
	sum, err := checkRows("LogLoss", p, labels, weights)
	if err != nil {
		return math.NaN(), err
	}
	return mean(weights, p.Rows, sum, func(i int) (float64, error) {
		row := p.Row(i)
		if err := checkProbabilities("LogLoss", i, row); err != nil {
			return 0, err
		}
		v := probabilityOf(row, labels[i])
		return -elementary.Log(min(max(v, epsilon), 1-epsilon)), nil
	})
}

// Brier returns the mean squared distance of the probabilities from the class of
// the row:
//
//	(p−y)²           one column, y = 0 or 1: in [0, 1]
//	½·Σⱼ (pⱼ−yⱼ)²    two columns: the same
//	Σⱼ (pⱼ−yⱼ)²      more columns: Brier's own definition, in [0, 2]
//
// which is scikit-learn's scale_by_half="auto". What are no probabilities is an
// error, as for LogLoss. It allocates nothing.
func Brier(p layout.Matrix, labels []int, weights []float64) (float64, error) {
	sum, err := checkRows("Brier", p, labels, weights)
	if err != nil {
		return math.NaN(), err
	}
	return mean(weights, p.Rows, sum, func(i int) (float64, error) {
		row := p.Row(i)
		if err := checkProbabilities("Brier", i, row); err != nil {
			return 0, err
		}
		if len(row) == 1 {
			d := 1 - probabilityOf(row, labels[i])
			return float64(d * d), nil
		}
		distance := 0.0
		for j, v := range row {
			d := float64(v) - indicator(j == labels[i])
			distance += float64(d * d)
		}
		if len(row) == 2 {
			distance /= 2
		}
		return distance, nil
	})
}

// probabilityOf returns the probability of a class.
func probabilityOf(row []float32, class int) float64 {
	switch {
	case len(row) > 1:
		return float64(row[class])
	case class == 1:
		return float64(row[0])
	}
	return 1 - float64(row[0])
}

// checkProbabilities returns an error unless row i holds probabilities.
func checkProbabilities(name string, i int, row []float32) error {
	sum := 0.0
	for j, v := range row {
		if !(v >= 0 && v <= 1) {
			return noProbability(name, i, j, v)
		}
		sum += float64(v)
	}
	if len(row) > 1 && math.Abs(sum-1) > maxDrift {
		return fmt.Errorf("metrics: %s: the probabilities of row %d have the sum %.4g, not 1", name, i, sum)
	}
	return nil
}

func noProbability(name string, i, j int, v float32) error {
	return fmt.Errorf("metrics: %s: row %d has %v in column %d, which is no probability", name, i, v, j)
}
