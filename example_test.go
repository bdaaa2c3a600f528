package hadamard_test

import (
	"fmt"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/layout"
)

// A layer with three inputs and two outputs, for a batch of two rows.
func ExampleDense() {
	w := layout.NewPanels(3, 2)
	w.Pack(layout.MatrixOf([]float32{
		1, 2,
		3, 4,
		5, 6,
	}, 3, 2), []float32{10, -20})

	x := layout.MatrixOf([]float32{
		1, 0, 0,
		1, 1, 1,
	}, 2, 3)
	y := layout.NewMatrix(2, 2)
	hadamard.Dense(y, x, w, hadamard.ReLU, true)
	fmt.Println(y.Row(0), y.Row(1))
	// Output: [11 0] [19 0]
}

func ExampleGemm() {
	a := layout.MatrixOf([]float32{1, 2, 3, 4}, 2, 2)
	c := layout.NewMatrix(2, 2)
	hadamard.Gemm(c, a, a, hadamard.TransB) // A·Aᵀ
	fmt.Println(c.Row(0), c.Row(1))
	// Output: [5 11] [11 25]
}

// The backward form of the Hadamard product, δ = g ∘ σ′.
func ExampleActivateGrad() {
	x, g := []float32{-2, 0.5, 3}, []float32{10, 20, 30}
	y, delta := make([]float32, 3), make([]float32, 3)
	act := hadamard.LeakyReLU(0.5)
	hadamard.Activate(y, x, act)
	hadamard.ActivateGrad(delta, g, y, act)
	fmt.Println(y, delta)
	// Output: [-1 0.5 3] [5 20 30]
}
