//go:build amd64 && gc && !purego

package hadamard

import "github.com/hadamard-go/hadamard/layout"

// narrow reports whether rows times the panels of a layer of four segments are
// faster row by row than tile by tile: tiles read the panels once for several
// rows, but store and add each segment.
func narrow(rows int, w *layout.Panels) bool {
	if rows == 1 {
		return w.K <= 4*maxSteps
	}
	const inL1 = 24 << 10
	return len(w.Data)*4 <= inL1 && (rows <= 8 || w.N > layout.Width || level == LevelAVX2)
}

// denseNarrow computes the sums of such a layer.
func denseNarrow(y, x *layout.Matrix, w *layout.Panels, keep *keep) {
	pairs := 0
	if level == LevelAVX512 && w.N > layout.Width {
		pairs = x.Rows / 2
	}
	for i := range pairs {
		a, c := &x.Data[2*i*x.Stride], &y.Data[2*i*y.Stride]
		sgemm2x32S4AVX512(w.K, a, 4*x.Stride, &w.Data[0], c, 4*y.Stride, 1<<(w.N-layout.Width)-1, keep)
	}
	for i := 2 * pairs; i < x.Rows; i++ {
		narrowRow(&y.Data[i*y.Stride], &x.Data[i*x.Stride], w, keep)
	}
}

// narrowRow is denseNarrow for one row.
func narrowRow(c, a *float32, w *layout.Panels, keep *keep) {
	switch p := &w.Data[0]; {
	case w.N <= layout.Width:
		sgemm1x16S4AVX2(w.K, a, p, c, w.N, keep)
	case level == LevelAVX2:
		sgemm1x32S4AVX2(w.K, a, p, c, w.N-layout.Width, keep)
	default:
		sgemm1x32S4AVX512(w.K, a, p, c, 1<<(w.N-layout.Width)-1, keep)
	}
}

//go:noescape
func sgemm1x32S4AVX512(k int, a, w, c *float32, mask int, keep *keep)

//go:noescape
func sgemm2x32S4AVX512(k int, a *float32, rsa int, w, c *float32, rsc, mask int, keep *keep)

//go:noescape
func sgemm1x16S4AVX2(k int, a, w, c *float32, cols int, keep *keep)

//go:noescape
func sgemm1x32S4AVX2(k int, a, w, c *float32, cols int, keep *keep)
