package layout_test

import (
	"fmt"

	"github.com/hadamard-go/hadamard/layout"
)

// A view of the left half of a matrix: its rows are as far apart, and writing to
// it writes to the matrix.
func ExampleMatrix() {
	m := layout.MatrixOf([]float32{0, 1, 2, 3, 4, 5, 6, 7}, 2, 4)
	left := layout.Matrix{Data: m.Data, Rows: 2, Cols: 2, Stride: m.Stride}
	left.Set(1, 0, -4)
	fmt.Println(left.Row(0), left.Row(1), left.Valid())
	fmt.Println(m.Slice(1, 2).Row(0))
	// Output:
	// [0 1] [-4 5] true
	// [-4 5 6 7]
}

// 18 outputs take two panels; the second is filled up with zeros.
func ExamplePanels() {
	p := layout.NewPanels(3, 18)
	p.SetBias(17, 0.5)
	p.SetWeight(2, 17, 7)
	fmt.Println(p.Count(), "panels,", len(p.Data) == layout.PanelsLen(3, 18))
	last := p.Panel(1)
	fmt.Println(last[:layout.Width])   // the bias
	fmt.Println(last[3*layout.Width:]) // k = 2
	// Output:
	// 2 panels, true
	// [0 0.5 0 0 0 0 0 0 0 0 0 0 0 0 0 0]
	// [0 7 0 0 0 0 0 0 0 0 0 0 0 0 0 0]
}

// What belongs together lies together, each part aligned.
func ExampleArena() {
	var a layout.Arena
	var bias []float32
	var w layout.Matrix
	plan := func() {
		bias = a.Take(5)
		w = a.TakeMatrix(2, 5)
	}
	plan() // counts
	a.Build()
	plan() // takes
	fmt.Println(len(bias), w.Rows, w.Cols, w.Stride == layout.Pad(5))
	// Output: 5 2 5 true
}
