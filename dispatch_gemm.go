//go:build (amd64 || arm64) && gc && !purego

package hadamard

import (
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

func gemm(m, n, k int, a []float32, rsa, csa int, b []float32, rsb, csb int, c layout.Matrix, accumulate bool) {
	if level == LevelGo {
		gemmGo(m, n, k, a, rsa, csa, b, rsb, csb, c, accumulate)
		return
	}
	t := tile{k: k, a: &a[0], rsa: 4 * rsa, csa: 4 * csa, c: &c.Data[0], rsc: 4 * c.Stride, psc: panelBytes}
	t.startFrom(accumulate)
	if csb == 1 {
		t.rowMajor(m, n, b, 4*rsb)
		return
	}
	widest := n
	if csa != 1 { // its kernels have no panels
		widest = layout.Width
	}
	for j := 0; j < n; j += widest {
		t.c, t.init = &c.Data[j], offset(t.init, j/layout.Width*t.psi)
		t.packed(m, min(n-j, widest), k, func(dst []float32, c, cols, from, to, _, psd int) {
			packPanels(dst, b[(j+c)*csb+from:], cols, to-from, csb, layout.Width, psd)
		})
	}
}

func gemmBias(c, a, b layout.Matrix, bias []float32, act Activation) {
	if level == LevelGo || a.Cols == 0 {
		gemmBiasGo(c, a, b, bias, act)
		return
	}
	t := tile{
		a: &a.Data[0], rsa: 4 * a.Stride, csa: 4,
		c: &c.Data[0], rsc: 4 * c.Stride, psc: panelBytes,
		init: &bias[0], psi: panelBytes,
	}
	n, segments := c.Cols, kernels.Segments(a.Cols, c.Cols)
	done := false
	if segments == 1 {
		t.keep, done = keepFor(act, 0)
	}
	t.inSegments(c.Rows, n, a.Cols, segments, func(t tile, m, from, to int) {
		if t.k = to - from; t.k == 0 {
			return // nothing is added
		}
		t.a = offset(t.a, 4*from)
		t.rowMajor(m, n, b.Data[from*b.Stride:], 4*b.Stride)
	})
	if !done {
		activateRows(c, act, 0)
	}
}

func dense(y, x *layout.Matrix, w *layout.Panels, act Activation, flush float32) {
	if level == LevelGo || w.K == 0 {
		denseGo(*y, *x, *w, act, flush)
		return
	}
	segments := kernels.Segments(w.K, w.N)
	keep, done := keepFor(act, flush)
	switch {
	case segments == 1 && x.Rows == 1 && w.K <= maxSteps:
		denseRow(y.Data, x.Data, w, keep)
	case segments > 1 && narrow(x.Rows, w):
		denseNarrow(y, x, w, keep)
	default:
		if segments > 1 {
			keep, done = nil, false
		}
		denseTiles(y, x, w, segments, keep)
	}
	if !done {
		activateRows(*y, act, flush)
	}
}

// denseOne is dense for one row.
func denseOne(y, x []float32, w *layout.Panels, act Activation, flush float32) {
	segments := kernels.Segments(w.K, w.N)
	keep, done := keepFor(act, flush)
	switch {
	case level == LevelGo || w.K == 0 || w.K > maxSteps:
		ym, xm := row(y), row(x)
		dense(&ym, &xm, w, act, flush)
		return
	case segments == 1:
		denseRow(y, x, w, keep)
	default:
		narrowRow(&y[0], &x[0], w, keep)
	}
	if !done {
		activate(y, y, act, flush)
	}
}

// denseTiles computes the sums of a layer.
func denseTiles(y, x *layout.Matrix, w *layout.Panels, segments int, keep *keep) {
	psb := panelBytes * (w.K + 1)
	t := tile{
		k: w.K, a: &x.Data[0], rsa: 4 * x.Stride, csa: 4,
		b: &w.Data[layout.Width], rsb: panelBytes, psb: psb,
		c: &y.Data[0], rsc: 4 * y.Stride, psc: panelBytes,
		init: &w.Data[0], psi: psb,
	}
	if segments == 1 {
		t.keep = keep
		t.product(x.Rows, w.N)
		return
	}
	t.inSegments(x.Rows, w.N, w.K, segments, func(t tile, m, from, to int) {
		t.k = to - from
		t.a, t.b = offset(t.a, 4*from), offset(t.b, panelBytes*from)
		t.product(m, w.N)
	})
}

// denseGradW computes rows from … to−1 of the gradient; that of the bias comes
// with row 0.
func denseGradW(g layout.Panels, x, delta layout.Matrix, accumulate bool, from, to int) {
	if level == LevelGo {
		denseGradWGo(g, x, delta, accumulate, from, to)
		return
	}
	if last := g.Panel(g.Count() - 1); !accumulate && g.N%layout.Width != 0 {
		clear(last[(from+1)*layout.Width : (to+1)*layout.Width]) // its padding
	}
	if from == 0 {
		biasGrad(g, delta, accumulate)
	}
	if from == to {
		return
	}
	t := tile{
		k: x.Rows, a: &x.Data[from], rsa: 4, csa: 4 * x.Stride,
		c: &g.Data[(from+1)*layout.Width], rsc: panelBytes, psc: panelBytes * (g.K + 1),
	}
	t.startFrom(accumulate)
	t.rowMajor(to-from, g.N, delta.Data, 4*delta.Stride)
}

// biasGrad sets the first row of each panel to the column sums of δ, or adds
// them. The sums of several panels are computed together.
func biasGrad(g layout.Panels, delta layout.Matrix, accumulate bool) {
	s := takeScratch()
	for j := 0; j < g.N; j += len(s.data) {
		sums := s.data[:min(g.N-j, len(s.data))]
		clear(sums)
		for i := 0; i < len(sums) && accumulate; i += layout.Width {
			copy(sums[i:], g.Panel((j + i) / layout.Width)[:layout.Width])
		}
		colSums(sums, delta.Rows, delta.Data[j:], delta.Stride)
		for i := 0; i < len(sums); i += layout.Width {
			bias := g.Panel((j + i) / layout.Width)[:layout.Width]
			clear(bias[copy(bias, sums[i:]):])
		}
	}
	s.put()
}

// packPanels transposes rows of src into panels psd elements apart
// (packTransposed).
func packPanels(dst, src []float32, rows, cols, stride, step, psd int) {
	for i := 0; i < rows; i += layout.Width {
		packTransposed(dst[i/layout.Width*psd:], src[i*stride:], min(layout.Width, rows-i), cols, stride, step)
	}
}

// denseGradX computes the columns of dX that rows of W from the given one on give.
func denseGradX(dx, delta layout.Matrix, w layout.Panels, x layout.Matrix, act Activation, from int) {
	if level == LevelGo || w.N == 0 {
		denseGradXGo(dx, delta, w, x, act, from)
		return
	}
	identity := act.Kind == kernels.KindIdentity
	if m := dx.Rows; m < dx.Cols && m < w.N && w.N <= scratchLen/layout.Width {
		gradXTransposed(dx, delta, w, identity, from)
	} else {
		t := tile{a: &delta.Data[0], rsa: 4 * delta.Stride, csa: 4, c: &dx.Data[0], rsc: 4 * dx.Stride, psc: panelBytes}
		t.startFromZero()
		if identity {
			t.keep = keepFlushed
		}
		t.packed(m, dx.Cols, w.N, func(dst []float32, j, cols, k, to int, _, psd int) {
			packPanels(dst, w.Panel(k / layout.Width)[(from+j+1)*layout.Width:], cols, to-k, layout.Width, (w.K+1)*layout.Width, psd)
		})
	}
	if !identity {
		activateGradRows(dx, x, act)
	}
}

// gradXTransposed computes δ·Wᵀ as (W·δᵀ)ᵀ: where the batch is smaller than the
// layer, δ and the result are transposed sooner than W is.
func gradXTransposed(dx, delta layout.Matrix, w layout.Panels, flushed bool, from int) {
	const width, some = layout.Width, 8 * tallest // rows of W at a time
	s, c := takeScratch(), takeScratch()
	most := min(128, scratchLen/w.N&^(width-1)) // rows of δ, columns of W·δᵀ
	for i := 0; i < dx.Rows; i += most {
		m := min(dx.Rows-i, most)
		packPanels(s.data, delta.Data[i*delta.Stride:], m, w.N, delta.Stride, width, w.N*width)
		pitch := (m + width - 1) &^ (width - 1)
		for p := 0; p < dx.Cols; p += some {
			rows := min(dx.Cols-p, some)
			t := tile{
				k: w.N, a: &w.Data[(from+p+1)*width], rsa: panelBytes, csa: 4, jsa: panelBytes * w.K,
				b: &s.data[0], rsb: panelBytes, psb: panelBytes * w.N,
				c: &c.data[0], rsc: 4 * pitch, psc: panelBytes,
			}
			t.startFromZero()
			if flushed {
				t.keep = keepFlushed
			}
			t.product(rows, m)
			for r := 0; r < rows; r += width {
				transpose(dx.Data[i*dx.Stride+p+r:], c.data[r*pitch:], min(width, rows-r), m, pitch, dx.Stride)
			}
		}
	}
	s.put()
	c.put()
}
