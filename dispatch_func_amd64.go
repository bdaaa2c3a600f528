//go:build amd64 && gc && !purego

package hadamard

import (
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

func activate(dst, x []float32, act Activation, bound float32) {
	n := len(dst)
	x = x[:n]
	switch {
	case level == LevelGo:
		kernels.Activate(dst, x, act, bound)
	case act.Kind == kernels.KindIdentity && bound == 0:
		copy(dst, x)
	case act.Kind == kernels.KindIdentity:
		flush(dst, x, bound)
	case n > 0:
		var e elements
		e.row(&dst[0], &x[0], &x[0], n)
		e.activation(act, bound)
		e.run(function(act.Kind))
	}
}

func activateGrad(dst, g, y []float32, act Activation) {
	n := len(dst)
	g, y = g[:n], y[:n]
	switch {
	case level == LevelGo:
		kernels.ActivateGrad(dst, g, y, act)
	case act.Kind == kernels.KindIdentity:
		flush(dst, g, kernels.FlushProduct)
	case n > 0:
		var e elements
		e.row(&dst[0], &y[0], &g[0], n)
		e.activation(act, kernels.FlushProduct)
		e.run(derivative + function(act.Kind))
	}
}

// activateRows computes the activation function of a layer's sums, in place; the
// bound is 0 or FlushProduct. It is activate for all rows in one call, which
// matters if they are short.
func activateRows(y layout.Matrix, act Activation, bound float32) {
	if level == LevelGo || act.Kind == kernels.KindIdentity {
		if act.Kind != kernels.KindIdentity || bound != 0 {
			for i := range y.Rows {
				activate(y.Row(i), y.Row(i), act, bound)
			}
		}
		return
	}
	if y.Rows == 0 || y.Cols == 0 {
		return
	}
	var e elements
	p := &y.Data[0]
	if y.Stride == y.Cols {
		e.row(p, p, p, y.Rows*y.Cols)
	} else {
		e.row(p, p, p, y.Cols)
		e.rows, e.rsd, e.rsx = y.Rows, 4*y.Stride, 4*y.Stride
	}
	e.activation(act, bound)
	e.run(function(act.Kind))
}

// activateGradRows multiplies δ with the derivative, in place: it is activateGrad
// for all rows.
func activateGradRows(delta, y layout.Matrix, act Activation) {
	if level == LevelGo || act.Kind == kernels.KindIdentity {
		for i := range delta.Rows {
			d := delta.Row(i)
			if act.Kind == kernels.KindIdentity {
				flush(d, d, kernels.FlushProduct)
			} else {
				kernels.ActivateGrad(d, d, y.Row(i), act)
			}
		}
		return
	}
	if delta.Rows == 0 || delta.Cols == 0 {
		return
	}
	var e elements
	p := &delta.Data[0]
	if delta.Stride == delta.Cols && y.Stride == y.Cols {
		e.row(p, &y.Data[0], p, delta.Rows*delta.Cols)
	} else {
		e.row(p, &y.Data[0], p, delta.Cols)
		e.rows, e.rsd, e.rsx, e.rsg = delta.Rows, 4*delta.Stride, 4*y.Stride, 4*delta.Stride
	}
	e.activation(act, kernels.FlushProduct)
	e.run(derivative + function(act.Kind))
}

func exp(dst, x []float32) {
	n := len(dst)
	if level == LevelGo {
		kernels.ExpSlice(dst, x)
	} else if n > 0 {
		x = x[:n]
		var e elements
		e.row(&dst[0], &x[0], &x[0], n)
		e.run(funcExp)
	}
}

func log(dst, x []float32) {
	n := len(dst)
	if level == LevelGo {
		kernels.LogSlice(dst, x)
	} else if n > 0 {
		x = x[:n]
		var e elements
		e.row(&dst[0], &x[0], &x[0], n)
		e.run(funcLog)
	}
}
