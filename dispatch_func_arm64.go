//go:build gc && !purego

package hadamard

import (
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// activateRows computes the activation function of a layer's sums, in place; the
// bound is 0 or FlushProduct.
func activateRows(y layout.Matrix, act Activation, bound float32) {
	for i := range y.Rows {
		activate(y.Row(i), y.Row(i), act, bound)
	}
}

// activateGradRows multiplies δ with the derivative, in place: it is activateGrad
// for all rows.
func activateGradRows(delta, y layout.Matrix, act Activation) {
	for i := range delta.Rows {
		d := delta.Row(i)
		h := d
		if act.Kind != kernels.KindIdentity {
			h = y.Row(i)
		}
		activateGrad(d, d, h, act)
	}
}
