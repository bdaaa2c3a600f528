package metrics

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/hadamard-go/hadamard/layout"
)

// scored is a row's score for a class, and whether it is of the class.
type scored struct {
	score    float32
	positive bool
	weight   float64
}

// columnOf returns the column of p with the scores for a class, and panics if
// there is none: with one column only class 1 has scores.
func columnOf(name string, p layout.Matrix, class int) int {
	if p.Cols == 1 && class == 1 {
		return 0
	}
	if p.Cols == 1 || class < 0 || class >= p.Cols {
		panic("metrics: " + name + ": no scores for that class")
	}
	return class
}

// gather appends the scores of each row of weight for a class. The arguments have
// been checked.
func gather(name string, dst []scored, p layout.Matrix, labels []int, class int, weights []float64) ([]scored, error) {
	j := columnOf(name, p, class)
	for i, label := range labels {
		v, w := p.At(i, j), weightOf(weights, i)
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("metrics: %s: row %d has %v in column %d: no score", name, i, v, j)
		}
		if w > 0 {
			dst = append(dst, scored{v, label == class, w})
		}
	}
	return dst, nil
}

// tally sorts rows by their scores, the greatest first, and returns how much of
// them is of the class and how much is not; it is an error if either is nothing.
// Equal scores stay in the order of the rows.
func tally(name string, rows []scored, class int) (positive, negative float64, err error) {
	slices.SortStableFunc(rows, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	for _, r := range rows {
		if r.positive {
			positive += r.weight
		} else {
			negative += r.weight
		}
	}
	switch {
	case positive == 0:
		err = fmt.Errorf("metrics: %s is not defined: no row is of class %d", name, class)
	case negative == 0:
		err = fmt.Errorf("metrics: %s is not defined: every row is of class %d", name, class)
	}
	return positive, negative, err
}

// sweep calls f for each different score of tallied rows, with the true and false
// positives among those that have it or more.
func sweep(rows []scored, f func(threshold float32, tp, fp float64)) {
	tp, fp := 0.0, 0.0
	for i, r := range rows {
		if r.positive {
			tp += r.weight
		} else {
			fp += r.weight
		}
		if i+1 == len(rows) || rows[i+1].score != r.score {
			f(r.score, tp, fp)
		}
	}
}

// areaROC returns the area under the ROC curve: the share of pairs of a positive and
// a negative that are in order. Without weights the pairs are halves, and exact.
func areaROC(rows []scored, positive, negative float64) float64 {
	pairs, tp0, fp0 := 0.0, 0.0, 0.0
	sweep(rows, func(_ float32, tp, fp float64) {
		pairs += float64((fp-fp0)*(tp+tp0)) / 2
		tp0, fp0 = tp, fp
	})
	return pairs / float64(positive*negative)
}

// areaPrecision returns the average precision.
func areaPrecision(rows []scored, positive, _ float64) float64 {
	area, tp0 := 0.0, 0.0
	sweep(rows, func(_ float32, tp, fp float64) {
		area += float64((tp - tp0) / positive * (tp / (tp + fp)))
		tp0 = tp
	})
	return area
}

// ROCAUC returns the area under the ROC curve: the probability that a row of the
// class has a greater score than a row that is not, ties counting half. Any scores
// do that are finite and in order: probabilities, or logits.
//
// One column, or the second one of two, is the score of class 1, and avg does not
// matter. For more classes each is set against the rest, and avg says how their
// areas are put together: Macro, Weighted, or Micro, which is one area over all
// elements of p. It sorts a copy of the scores.
//
// It is an error if a class has no rows, or all of them: the area is not defined
// then (scikit-learn returns NaN, or fails). It panics if there is no such average.
//
// Source: Fawcett, 2006; J. A. Hanley, B. J. McNeil, "The meaning and use of the
// area under a receiver operating characteristic (ROC) curve", Radiology 143(1), 1982.
func ROCAUC(p layout.Matrix, labels []int, avg Average, weights []float64) (float64, error) {
	return area("ROCAUC", areaROC, p, labels, avg, weights)
}

// AveragePrecision returns Σ (Rᵢ−Rᵢ₋₁)·Pᵢ over the points of the precision–recall
// curve, from the greatest threshold to the least: the area under it as a
// staircase. Chance has the share of the class, so it tells more than ROCAUC where
// that is small. Arguments, averages and errors are those of ROCAUC. (scikit-learn
// gives a class without rows 0, and 1 if all rows are of it.)
func AveragePrecision(p layout.Matrix, labels []int, avg Average, weights []float64) (float64, error) {
	return area("AveragePrecision", areaPrecision, p, labels, avg, weights)
}

// area returns the average of f over the classes.
func area(name string, f func(rows []scored, positive, negative float64) float64,
	p layout.Matrix, labels []int, avg Average, weights []float64) (float64, error) {
	checkAverage(avg)
	if _, err := checkRows(name, p, labels, weights); err != nil {
		return math.NaN(), err
	}
	first, last := 0, p.Cols-1
	if p.Cols <= 2 {
		first, last, avg = 1, 1, Macro
	}
	rows := make([]scored, 0, p.Rows)
	sum, divisor := 0.0, 0.0
	for class := first; class <= last; class++ {
		if avg != Micro {
			rows = rows[:0]
		}
		var err error
		if rows, err = gather(name, rows, p, labels, class, weights); err != nil {
			return math.NaN(), err
		}
		if avg == Micro && class < last {
			continue
		}
		positive, negative, err := tally(name, rows, class)
		if err != nil {
			return math.NaN(), err
		}
		w := 1.0
		if avg == Weighted {
			w = positive
		}
		sum += float64(w * f(rows, positive, negative))
		divisor += w
	}
	return sum / divisor, nil
}

// Point is what becomes of a class at one threshold: rows are taken for it whose
// score is Threshold or more.
type Point struct {
	Threshold float32
	TPR       float64 // recall: the share of the class's rows that are taken for it
	FPR       float64 // the share of the other rows that are
	Precision float64 // the share of the rows taken for it that are of it
}

// Curve returns the ROC curve of one class against the rest, (FPR, TPR), and its
// precision–recall curve, (TPR, Precision), as they have the same points: one for
// each different score, the greatest first, after the point {+Inf, 0, 0, 1}, where
// no row is taken for the class. (scikit-learn's roc_curve with
// drop_intermediate=False; its precision_recall_curve backwards.)
//
// Scores are the column of the class, or with one column those of class 1.
// Errors are those of ROCAUC. It panics if there is no such column.
//
// A threshold on the curve is chosen on other data than it is judged on.
func Curve(p layout.Matrix, labels []int, class int, weights []float64) ([]Point, error) {
	if _, err := checkRows("Curve", p, labels, weights); err != nil {
		return nil, err
	}
	rows, err := gather("Curve", nil, p, labels, class, weights)
	if err != nil {
		return nil, err
	}
	positive, negative, err := tally("Curve", rows, class)
	if err != nil {
		return nil, err
	}
	points := []Point{{float32(math.Inf(1)), 0, 0, 1}}
	sweep(rows, func(threshold float32, tp, fp float64) {
		points = append(points, Point{threshold, tp / positive, fp / negative, tp / (tp + fp)})
	})
	return points, nil
}

// Bin is a part of the rows whose probabilities for a class are alike.
type Bin struct {
	Predicted float64 // their mean probability
	Observed  float64 // the share of them that is of the class
	Weight    float64 // how many they are
}

// Calibration returns the reliability diagram of one class: rows are put into bins
// of equal width by their probability for it,
//
//	(0, 1/bins], … ((bins−1)/bins, 1]   with 0 in the first
//
// and those bins returned that have rows, in that order. Calibrated probabilities
// have Predicted ≈ Observed in each. The mean of |Predicted − Observed| by Weight
// is the expected calibration error, which depends on the number of bins.
//
// Probabilities are the column of the class, or with one column those of class 1.
// It panics if there is no such column, or bins < 1.
//
// Source: M. H. DeGroot, S. E. Fienberg, "The comparison and evaluation of
// forecasters", The Statistician 32, 1983; C. Guo et al., "On calibration of modern
// neural networks", ICML 2017; scikit-learn, calibration_curve.
func Calibration(p layout.Matrix, labels []int, class, bins int, weights []float64) ([]Bin, error) {
	if bins < 1 {
		panic("metrics: Calibration: no bins")
	}
	if _, err := checkRows("Calibration", p, labels, weights); err != nil {
		return nil, err
	}
	j := columnOf("Calibration", p, class)
	sums := make([]Bin, bins)
	for i, label := range labels {
		v, w := p.At(i, j), weightOf(weights, i)
		if !(v >= 0 && v <= 1) {
			return nil, noProbability("Calibration", i, j, v)
		}
		b := &sums[max(int(math.Ceil(float64(float64(v)*float64(bins))))-1, 0)]
		b.Predicted += float64(w * float64(v))
		b.Observed += float64(w * indicator(label == class))
		b.Weight += w
	}
	sums = slices.DeleteFunc(sums, func(b Bin) bool { return b.Weight == 0 })
	for i := range sums {
		b := &sums[i]
		b.Predicted /= b.Weight
		b.Observed /= b.Weight
	}
	return sums, nil
}
