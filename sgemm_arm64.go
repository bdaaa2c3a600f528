//go:build gc && !purego

package hadamard

import (
	"unsafe"

	"github.com/hadamard-go/hadamard/layout"
)

// tallest is the number of rows of the tallest tile.
const tallest = 6

// tiles computes the product tile by tile: panels outside, so that the one at hand
// stays in the L1 cache, rows inside. Rows are cut evenly.
func (t *tile) tiles(m, n int) {
	a, b, c, init := t.a, t.b, t.c, t.init
	blocks := (m + tallest - 1) / tallest
	for j := 0; j < n; {
		panels := 1
		if m == 1 && n-j >= 2*layout.Width {
			panels = 2
		}
		p := j / layout.Width
		t.b = offset(b, p*t.psb)
		for r := range blocks {
			i := m * r / blocks
			rows := m*(r+1)/blocks - i
			t.a = offset(a, i*t.rsa)
			t.c, t.init = offset(c, i*t.rsc+p*t.psc), offset(init, i*t.rsi+p*t.psi)
			if cols := n - j; cols < layout.Width {
				t.part(rows, cols)
			} else {
				sgemmNEON(t, rows, panels)
			}
		}
		j += panels * layout.Width
	}
	t.a, t.b, t.c, t.init = a, b, c, init
}

// part computes a tile of fewer than 16 columns: its kernel gets memory for 16.
func (t *tile) part(rows, cols int) {
	var c, init [tallest * layout.Width]float32
	p := *t
	p.c, p.rsc = &c[0], panelBytes
	p.init, p.rsi = &init[0], panelBytes
	for r := range rows {
		copy(init[r*layout.Width:], floats(offset(t.init, r*t.rsi), cols))
		if t.add != 0 {
			copy(c[r*layout.Width:], floats(offset(t.c, r*t.rsc), cols))
		}
	}
	sgemmNEON(&p, rows, 1)
	for r := range rows {
		copy(floats(offset(t.c, r*t.rsc), cols), c[r*layout.Width:])
	}
}

// floats returns n elements from p on.
func floats(p *float32, n int) []float32 { return unsafe.Slice(p, n) }

func sgemmNEON(t *tile, rows, panels int) {
	switch {
	case panels == 2:
		sgemm1x32NEON(t)
	case rows == 1:
		sgemm1x16NEON(t)
	case rows == 2:
		sgemm2x16NEON(t)
	case rows == 3:
		sgemm3x16NEON(t)
	case rows == 4:
		sgemm4x16NEON(t)
	case rows == 5:
		sgemm5x16NEON(t)
	default:
		sgemm6x16NEON(t)
	}
}

// denseRow computes the sums of a layer of one segment for one row, and at most
// maxSteps inputs.
func denseRow(y, x []float32, w *layout.Panels, keep *keep) {
	psb := panelBytes * (w.K + 1)
	t := tile{
		k: w.K, a: &x[0], csa: 4, b: &w.Data[layout.Width], rsb: panelBytes, psb: psb,
		c: &y[0], psc: panelBytes, init: &w.Data[0], psi: psb, keep: keep,
	}
	t.tiles(1, w.N)
}

// narrow reports whether rows times the panels of a layer of four segments are
// faster row by row than tile by tile: tiles read the panels once for several
// rows, but store and add each segment.
func narrow(rows int, w *layout.Panels) bool {
	if rows == 1 {
		return w.K <= 4*maxSteps
	}
	const inL1 = 24 << 10
	return len(w.Data)*4 <= inL1
}

// denseNarrow computes the sums of such a layer.
func denseNarrow(y, x *layout.Matrix, w *layout.Panels, keep *keep) {
	for i := range x.Rows {
		narrowRow(&y.Data[i*y.Stride], &x.Data[i*x.Stride], w, keep)
	}
}

// narrowRow is denseNarrow for one row.
func narrowRow(c, a *float32, w *layout.Panels, keep *keep) {
	for p := range w.Count() {
		panel, out := &w.Data[p*(w.K+1)*layout.Width], offset(c, p*panelBytes)
		if cols := w.N - p*layout.Width; cols < layout.Width {
			var sums [layout.Width]float32
			sgemm1x16S4NEON(w.K, a, panel, &sums[0], keep)
			copy(floats(out, cols), sums[:])
		} else {
			sgemm1x16S4NEON(w.K, a, panel, out, keep)
		}
	}
}

//go:noescape
func sgemm1x16NEON(t *tile)

//go:noescape
func sgemm2x16NEON(t *tile)

//go:noescape
func sgemm3x16NEON(t *tile)

//go:noescape
func sgemm4x16NEON(t *tile)

//go:noescape
func sgemm5x16NEON(t *tile)

//go:noescape
func sgemm6x16NEON(t *tile)

//go:noescape
func sgemm1x32NEON(t *tile)

//go:noescape
func sgemm1x16S4NEON(k int, a, w, c *float32, keep *keep)
