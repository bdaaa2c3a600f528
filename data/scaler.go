package data

import (
	"fmt"
	"math"

	"github.com/hadamard-go/hadamard/layout"
)

// Scaler moves and stretches each column:
//
//	x′[i][j] = (x[i][j] − Shift[j]) · Scale[j]
//
// in float32, each operation rounded once. Fit it on the training rows and
// apply it to every row the network sees. The methods do not allocate and may
// be called from many goroutines.
type Scaler struct {
	Shift []float32
	Scale []float32
}

// FitStandard returns the Scaler that gives each column of x mean 0 and
// standard deviation 1, as scikit-learn's StandardScaler does:
//
//	Shift[j] = mean of column j
//	Scale[j] = 1/√(Σ(x[i][j] − mean)²/n)
//
// computed in float64, in two passes. A column whose values are all equal has
// Scale 1.
//
// It is an error if x has no rows, holds a NaN or an infinity, or has a column
// that float32 cannot scale. It panics if x is not valid.
func FitStandard(x layout.Matrix) (Scaler, error) {
	c, err := measure(x)
	if err != nil {
		return Scaler{}, err
	}
	return c.scaler(func(j int) (shift, scale float64) {
		if c.min[j] == c.max[j] {
			return c.mean[j], 1
		}
		return c.mean[j], 1 / math.Sqrt(c.variance[j])
	})
}

// FitMinMax returns the Scaler that maps the least value of each column of x to
// lo and the greatest to hi, as scikit-learn's MinMaxScaler does, to within the
// rounding of float32:
//
//	Scale[j] = (hi − lo) / (max − min)
//	Shift[j] = min − lo/Scale[j]
//
// computed in float64. A column whose values are all equal is mapped to lo,
// with Scale[j] = hi − lo.
//
// It is an error if x has no rows, holds a NaN or an infinity, or has a column
// that float32 cannot scale, or if not lo < hi. It panics if x is not valid.
func FitMinMax(x layout.Matrix, lo, hi float32) (Scaler, error) {
	if !(lo < hi) || math.IsInf(float64(hi)-float64(lo), 0) {
		return Scaler{}, fmt.Errorf("data: FitMinMax to [%v, %v]: a finite interval is needed", lo, hi)
	}
	c, err := measure(x)
	if err != nil {
		return Scaler{}, err
	}
	return c.scaler(func(j int) (shift, scale float64) {
		scale = float64(hi) - float64(lo)
		if c.min[j] < c.max[j] {
			scale /= c.max[j] - c.min[j]
		}
		return c.min[j] - float64(lo)/scale, scale
	})
}

// Apply sets dst to the scaled x. dst may be x; else they must not overlap.
// It panics if the shapes differ, or x has not len(Shift) columns.
func (s Scaler) Apply(dst, x layout.Matrix) {
	s.check(dst, x)
	for i := range x.Rows {
		from, to := x.Row(i), dst.Row(i)
		for j, v := range from {
			to[j] = float32((v - s.Shift[j]) * s.Scale[j])
		}
	}
}

// Inverse sets dst to x with the scaling undone, but for rounding:
//
//	x[i][j] = x′[i][j]/Scale[j] + Shift[j]
//
// dst may be x; else they must not overlap.
// It panics if the shapes differ, or x has not len(Shift) columns.
func (s Scaler) Inverse(dst, x layout.Matrix) {
	s.check(dst, x)
	for i := range x.Rows {
		from, to := x.Row(i), dst.Row(i)
		for j, v := range from {
			to[j] = v/s.Scale[j] + s.Shift[j]
		}
	}
}

func (s Scaler) check(dst, x layout.Matrix) {
	if !dst.Valid() || !x.Valid() || dst.Rows != x.Rows || dst.Cols != x.Cols ||
		x.Cols != len(s.Shift) || x.Cols != len(s.Scale) {
		panic("data: Scaler: shapes differ")
	}
}

// columns are the statistics of each column of a matrix.
type columns struct {
	min, max, mean, variance []float64
}

// measure returns the statistics of x, which must be finite.
func measure(x layout.Matrix) (columns, error) {
	if !x.Valid() {
		panic("data: Scaler: x is not valid")
	}
	if x.Rows == 0 {
		return columns{}, fmt.Errorf("data: a scaler needs rows to fit")
	}
	n := float64(x.Rows)
	c := columns{
		min: make([]float64, x.Cols), max: make([]float64, x.Cols),
		mean: make([]float64, x.Cols), variance: make([]float64, x.Cols),
	}
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			f := float64(v)
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return columns{}, fmt.Errorf("data: a scaler needs finite values; row %d, column %d is %v", i, j, v)
			}
			if i == 0 {
				c.min[j], c.max[j] = f, f
			}
			c.min[j], c.max[j] = min(c.min[j], f), max(c.max[j], f)
			c.mean[j] += f
		}
	}
	for j := range c.mean {
		c.mean[j] /= n
	}
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			d := float64(v) - c.mean[j]
			c.variance[j] += float64(d * d)
		}
	}
	for j := range c.variance {
		c.variance[j] /= n
	}
	return c, nil
}

// scaler rounds shift and scale of each column to float32 and checks that every
// value between min and max can be scaled and back.
func (c columns) scaler(column func(j int) (shift, scale float64)) (Scaler, error) {
	s := Scaler{Shift: make([]float32, len(c.min)), Scale: make([]float32, len(c.min))}
	for j := range c.min {
		shift, scale := column(j)
		s.Shift[j], s.Scale[j] = float32(shift), float32(scale)
		low := float32((float32(c.min[j]) - s.Shift[j]) * s.Scale[j])
		high := float32((float32(c.max[j]) - s.Shift[j]) * s.Scale[j])
		if s.Scale[j] == 0 || low-low != 0 || high-high != 0 { // 0, Inf or NaN
			return Scaler{}, fmt.Errorf("data: column %d spans %v to %v, which float32 cannot scale; change its unit", j, float32(c.min[j]), float32(c.max[j]))
		}
	}
	return s, nil
}
