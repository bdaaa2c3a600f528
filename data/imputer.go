package data

import (
	"fmt"
	"math"
	"slices"

	"github.com/hadamard-go/hadamard/layout"
)

// Imputation says what stands in for a missing value.
type Imputation uint8

const (
	ImputeMean         Imputation = iota // mean of the column
	ImputeMedian                         // median of the column; of the two in the middle, their mean
	ImputeMostFrequent                   // most frequent value of the column; of equals, the least
)

var imputationNames = [...]string{"mean", "median", "most_frequent"}

// String returns "mean", "median" or "most_frequent", scikit-learn's names.
func (m Imputation) String() string { return nameOf(imputationNames[:], int(m), "Imputation") }

// MarshalText returns String; with UnmarshalText it makes an Imputation a flag
// (flag.TextVar) and a JSON string.
func (m Imputation) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText sets m by its name. Any other text is an error that lists the
// names.
func (m *Imputation) UnmarshalText(text []byte) error {
	i, err := indexOf(imputationNames[:], text, "imputation")
	if err == nil {
		*m = Imputation(i)
	}
	return err
}

// Imputer replaces what is missing, a NaN, by a value of its column:
//
//	x′[i][j] = Fill[j] if x[i][j] is a NaN, else x[i][j]
//
// Fit it on the training rows and apply it to every row the network sees, before
// a Scaler. For values of your own, set Fill. The methods do not allocate and
// may be called from many goroutines.
//
//	d, err := data.LoadCSV("pima.csv", data.CSVOptions{AllowMissing: true})
//	train, test, err := data.SplitStratified(d, 0.2, 1)
//	imputer, err := data.FitImputer(train.X, data.ImputeMedian)
//	imputer.Apply(train.X, train.X)
//	imputer.Apply(test.X, test.X)
type Imputer struct {
	Fill []float32
}

// FitImputer returns the Imputer whose Fill[j] is the mean, median or most
// frequent value of column j of x, NaNs left out, as scikit-learn's
// SimpleImputer has them. It is computed in float64 and rounded once.
//
// It is an error if x has no rows or holds an infinity, if a column has no
// values, or if m is none of the constants. It panics if x is not valid.
func FitImputer(x layout.Matrix, m Imputation) (Imputer, error) {
	if !x.Valid() {
		panic("data: FitImputer: x is not valid")
	}
	if m > ImputeMostFrequent {
		return Imputer{}, fmt.Errorf("data: no such option: %v", m)
	}
	if x.Rows == 0 {
		return Imputer{}, fmt.Errorf("data: an imputer needs rows to fit")
	}
	im := Imputer{Fill: make([]float32, x.Cols)}
	column := make([]float32, 0, x.Rows)
	for j := range x.Cols {
		column = column[:0]
		for i := range x.Rows {
			switch v := x.At(i, j); {
			case math.IsInf(float64(v), 0):
				return Imputer{}, fmt.Errorf("data: an imputer needs finite values; row %d, column %d is %v", i, j, v)
			case v == v:
				column = append(column, v)
			}
		}
		if len(column) == 0 {
			return Imputer{}, fmt.Errorf("data: column %d has no values, all are missing; remove it", j)
		}
		switch m {
		case ImputeMean:
			im.Fill[j] = mean(column)
		case ImputeMedian:
			im.Fill[j] = median(column)
		case ImputeMostFrequent:
			im.Fill[j] = mostFrequent(column)
		}
	}
	return im, nil
}

func mean(v []float32) float32 {
	sum := 0.
	for _, x := range v {
		sum += float64(x)
	}
	return float32(sum / float64(len(v)))
}

// median sorts v.
func median(v []float32) float32 {
	slices.Sort(v)
	a, b := v[(len(v)-1)/2], v[len(v)/2]
	return float32((float64(a) + float64(b)) / 2)
}

// mostFrequent sorts v.
func mostFrequent(v []float32) float32 {
	slices.Sort(v)
	best, most := v[0], 0
	for from := 0; from < len(v); {
		to := from + 1
		for to < len(v) && v[to] == v[from] {
			to++
		}
		if to-from > most {
			best, most = v[from], to-from
		}
		from = to
	}
	return best
}

// Apply sets dst to x with its NaNs replaced. dst may be x; else they must not
// overlap.
// It panics if the shapes differ, or x has not len(Fill) columns.
func (im Imputer) Apply(dst, x layout.Matrix) {
	if !dst.Valid() || !x.Valid() || dst.Rows != x.Rows || dst.Cols != x.Cols || x.Cols != len(im.Fill) {
		panic("data: Imputer: shapes differ")
	}
	for i := range x.Rows {
		from, to := x.Row(i), dst.Row(i)
		for j, v := range from {
			if v != v {
				v = im.Fill[j]
			}
			to[j] = v
		}
	}
}
