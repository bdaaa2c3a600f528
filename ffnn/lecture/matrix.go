package lecture

import (
	"errors"
	"fmt"
	"math"
)

// ErrNotFinite says that a result was too large for a float64 or has no value,
// such as e⁷¹⁰ or log(−1). The lecture makes an exception of NumPy's warning
// there (Q23).
var ErrNotFinite = errors.New("a result is not finite, which the lecture raises as a RuntimeWarning: lower eta or the momentum, or scale the inputs")

// Matrix is a matrix as its rows, all of one length. A literal of rows, and any
// [][]float64, can be passed where a Matrix is asked for.
type Matrix [][]float64

// newMatrix returns a matrix of zeros.
func newMatrix(rows, cols int) Matrix {
	data := make([]float64, rows*cols)
	m := make(Matrix, rows)
	for i := range m {
		m[i] = data[i*cols : (i+1)*cols : (i+1)*cols]
	}
	return m
}

// cols returns the length of the rows, 0 if there are none.
func (m Matrix) cols() int {
	if len(m) == 0 {
		return 0
	}
	return len(m[0])
}

// clone returns a copy of m, nil for nil.
func (m Matrix) clone() Matrix {
	if m == nil {
		return nil
	}
	c := newMatrix(len(m), m.cols())
	for i := range m {
		copy(c[i], m[i])
	}
	return c
}

// take returns the named rows of m, which it shares with m.
func (m Matrix) take(rows []int) Matrix {
	t := make(Matrix, len(rows))
	for i, r := range rows {
		t[i] = m[r]
	}
	return t
}

// check returns an error if m is not a matrix of finite numbers with at least
// one row, and of that many columns. It calls m by that name.
func (m Matrix) check(name string, cols int) error {
	if len(m) == 0 {
		return fmt.Errorf("lecture: %s has no rows", name)
	}
	for i, row := range m {
		if len(row) != cols {
			return fmt.Errorf("lecture: %s: row %d has %d columns, and %d are needed", name, i, len(row), cols)
		}
		for j, v := range row {
			if !isFinite(v) {
				return fmt.Errorf("lecture: %s: row %d, column %d is %g: remove or replace such values first", name, i, j, v)
			}
		}
	}
	return nil
}

// finite returns ErrNotFinite if an element of m is not finite.
func (m Matrix) finite() error {
	for _, row := range m {
		for _, v := range row {
			if !isFinite(v) {
				return ErrNotFinite
			}
		}
	}
	return nil
}

// isFinite is not v−v == 0: where v is a product, that may be fused to an FMA,
// which gives the rounding error.
func isFinite(v float64) bool { return math.Abs(v) <= math.MaxFloat64 }

// orNaN returns v, and NaN for an infinity: what has overflowed is not to look
// sound again after a division.
func orNaN(v float64) float64 {
	if isFinite(v) {
		return v
	}
	return math.NaN()
}

// mul returns a·b.
func mul(a, b Matrix) Matrix {
	c := newMatrix(len(a), b.cols())
	for i, row := range a {
		for k, v := range row {
			addScaled(c[i], v, b[k])
		}
	}
	return c
}

// mulTransposedA returns aᵀ·b for an a of that many columns.
func mulTransposedA(a Matrix, cols int, b Matrix, bCols int) Matrix {
	c := newMatrix(cols, bCols)
	for r, row := range a {
		for i, v := range row {
			addScaled(c[i], v, b[r])
		}
	}
	return c
}

// mulTransposedB returns a·bᵀ.
func mulTransposedB(a, b Matrix) Matrix {
	c := newMatrix(len(a), len(b))
	for i, row := range a {
		for j, other := range b {
			sum := 0.0
			for k, v := range row {
				sum += v * other[k]
			}
			c[i][j] = sum
		}
	}
	return c
}

// addScaled adds s·x to y.
func addScaled(y []float64, s float64, x []float64) {
	y = y[:len(x)]
	for j, v := range x {
		y[j] += s * v
	}
}

// withBias returns m with a first column of 0.01, the lecture's bias input (Q1).
func withBias(m Matrix, cols int) Matrix {
	b := newMatrix(len(m), 1+cols)
	for i, row := range m {
		b[i][0] = biasInput
		copy(b[i][1:], row)
	}
	return b
}

const biasInput = 0.01

// withoutBias returns m without its first column; the rows are shared.
func withoutBias(m Matrix) Matrix {
	w := make(Matrix, len(m))
	for i, row := range m {
		w[i] = row[1:]
	}
	return w
}
