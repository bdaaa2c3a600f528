package hadamard

import (
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// The products of the level go, panel by panel as the specification computes
// them.

func gemmGo(m, n, k int, a []float32, rsa, csa int, b []float32, rsb, csb int, c layout.Matrix, accumulate bool) {
	if !accumulate {
		clearMatrix(c)
	}
	kernels.Sgemm(m, n, k, a, rsa, csa, b, rsb, csb, c.Data, c.Stride)
}

func gemmBiasGo(c, a, b layout.Matrix, bias []float32, act Activation) {
	kernels.SgemmBias(c.Rows, c.Cols, a.Cols, kernels.Segments(a.Cols, c.Cols),
		a.Data, a.Stride, b.Data, b.Stride, bias, c.Data, c.Stride)
	for i := range c.Rows {
		kernels.Activate(c.Row(i), c.Row(i), act, 0)
	}
}

func denseGo(y, x layout.Matrix, w layout.Panels, act Activation, flush float32) {
	const width = layout.Width
	seg := kernels.Segments(w.K, w.N)
	for p := range w.Count() {
		panel, j := w.Panel(p), p*width
		kernels.SgemmBias(y.Rows, min(width, w.N-j), w.K, seg,
			x.Data, x.Stride, panel[width:], width, panel[:width], y.Data[j:], y.Stride)
	}
	for i := range y.Rows {
		kernels.Activate(y.Row(i), y.Row(i), act, flush)
	}
}

// denseGradWGo computes rows from … to−1 of the gradient; that of the bias comes
// with row 0.
func denseGradWGo(g layout.Panels, x, delta layout.Matrix, accumulate bool, from, to int) {
	const width = layout.Width
	for p := range g.Count() {
		panel, j := g.Panel(p), p*width
		cols := min(width, g.N-j)
		d, rows := delta.Data[j:], panel[(from+1)*width:(to+1)*width]
		if !accumulate {
			clear(rows)
		}
		if from == 0 && !accumulate {
			clear(panel[:width])
		}
		if from == 0 {
			kernels.ColSums(panel[:cols], x.Rows, d, delta.Stride)
		}
		if to > from {
			kernels.Sgemm(to-from, cols, x.Rows, x.Data[from:], 1, x.Stride, d, delta.Stride, 1, rows, width)
		}
	}
}

// denseGradXGo computes the columns of dX that rows of W from the given one on
// give.
func denseGradXGo(dx, delta layout.Matrix, w layout.Panels, x layout.Matrix, act Activation, from int) {
	const width = layout.Width
	clearMatrix(dx)
	for p := range w.Count() {
		j := p * width
		kernels.Sgemm(dx.Rows, dx.Cols, min(width, w.N-j), delta.Data[j:], delta.Stride, 1,
			w.Panel(p)[(from+1)*width:], 1, width, dx.Data, dx.Stride)
	}
	for i := range dx.Rows {
		d, y := dx.Row(i), dx.Row(i)
		if act.Kind != kernels.KindIdentity {
			y = x.Row(i)
		}
		kernels.ActivateGrad(d, d, y, act)
	}
}
