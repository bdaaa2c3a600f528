package data

import (
	"fmt"
	"math"

	"github.com/hadamard-go/hadamard/layout"
)

// Gate returns the truth table of "and", "or" or "xor", the lecture's first
// data: four rows, Binary, classes "0" and "1".
//
//	x0 x1   and or xor
//	 0  0    0   0   0
//	 0  1    0   1   1
//	 1  0    0   1   1
//	 1  1    1   1   0
//
// Each call returns new memory. Another name is an error.
func Gate(name string) (*Dataset, error) {
	var out []int
	switch name {
	case "and":
		out = []int{0, 0, 0, 1}
	case "or":
		out = []int{0, 1, 1, 1}
	case "xor":
		out = []int{0, 1, 1, 0}
	default:
		return nil, fmt.Errorf("data: no gate %q: choose one of and, or, xor", name)
	}
	d := &Dataset{
		X:        layout.MatrixOf([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2),
		Y:        layout.NewMatrix(4, 1),
		Labels:   out,
		Features: []string{"x0", "x1"},
		Target:   name,
		Classes:  []string{"0", "1"},
		Task:     Binary,
	}
	for i, v := range out {
		d.Y.Data[i] = float32(v)
	}
	return d, nil
}

// Skranke returns the lecture's regression: the polynomial
//
//	f(x, y) = 0 + 10x + 20y + 30x² + 40xy + 50y²
//
// on the grid x, y = 0, step, 2·step, … below 1, x varying first; X is the
// design matrix of x and y up to degree (see Polynomial), the lecture's
// create_X. Its first column, of ones, is superfluous beside a bias, but it is
// what the lecture trains on, with step 0.5 and degree 3.
//
// The target is computed in float64 and rounded once. It is an error if step is
// not in [0.001, 1), or degree is less than 1 or more than 20.
func Skranke(step float64, degree int) (*Dataset, error) {
	if !(step >= 0.001 && step < 1) || degree < 1 || degree > 20 {
		return nil, fmt.Errorf("data: Skranke with step %v and degree %d: the step must be in [0.001, 1), the degree from 1 to 20", step, degree)
	}
	p, err := NewPolynomial(2, degree)
	if err != nil {
		return nil, err
	}
	m := int(math.Ceil(1 / step))
	grid := layout.NewMatrix(m*m, 2)
	d := &Dataset{Y: layout.NewMatrix(m*m, 1), Features: p.Names([]string{"x", "y"}), Target: "f", Task: Regression}
	for i := range grid.Rows {
		x, y := float64(float64(i%m)*step), float64(float64(i/m)*step)
		grid.Set(i, 0, float32(x))
		grid.Set(i, 1, float32(y))
		d.Y.Set(i, 0, float32(skranke(x, y)))
	}
	d.X = p.Design(grid)
	return d, nil
}

// skranke rounds every product, so that it is the same on all machines.
func skranke(x, y float64) float64 {
	f := float64(10*x) + float64(20*y)
	f += float64(30 * float64(x*x))
	f += float64(40 * float64(x*y))
	return f + float64(50*float64(y*y))
}
