package data

import (
	"fmt"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// OneHot returns the len(labels) × classes matrix
//
//	y[i][j] = 1 if labels[i] = j, else 0
//
// It is an error if classes is not positive or a label is not in
// [0, classes).
func OneHot(labels []int, classes int) (layout.Matrix, error) {
	if classes < 1 {
		return layout.Matrix{}, fmt.Errorf("data: OneHot with %d classes", classes)
	}
	for i, c := range labels {
		if c < 0 || c >= classes {
			return layout.Matrix{}, fmt.Errorf("data: OneHot: label %d is %d; it must be in [0, %d)", i, c, classes)
		}
	}
	y := layout.NewMatrix(len(labels), classes)
	for i, c := range labels {
		y.Set(i, c, 1)
	}
	return y, nil
}

// ArgMax returns the column of the greatest element of each row of m, the first
// if there are several: the inverse of OneHot, and the class that a network
// predicts. A row with a NaN has no greatest element, nor has a row of no
// columns: its value is −1, which is no class.
func ArgMax(m layout.Matrix) []int {
	at := make([]int, m.Rows)
	for i := range at {
		at[i] = kernels.ArgMax(m.Row(i))
	}
	return at
}
