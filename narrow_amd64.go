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
func denseNarrow(y, x *layout.Matrix, w *layout.Panels) {
	p, one := &w.Data[0], w.N <= layout.Width
	cols := w.N // of the last panel
	if !one {
		cols -= layout.Width
	}
	for i := 0; i < x.Rows; i++ {
		a, c := &x.Data[i*x.Stride], &y.Data[i*y.Stride]
		switch {
		case one:
			sgemm1x16S4AVX2(w.K, a, p, c, cols)
		case level == LevelAVX2:
			sgemm1x32S4AVX2(w.K, a, p, c, cols)
		case i+1 == x.Rows:
			sgemm1x32S4AVX512(w.K, a, p, c, 1<<cols-1)
		default:
			sgemm2x32S4AVX512(w.K, a, 4*x.Stride, p, c, 4*y.Stride, 1<<cols-1)
			i++
		}
	}
}

//go:noescape
func sgemm1x32S4AVX512(k int, a, w, c *float32, mask int)

//go:noescape
func sgemm2x32S4AVX512(k int, a *float32, rsa int, w, c *float32, rsc, mask int)

//go:noescape
func sgemm1x16S4AVX2(k int, a, w, c *float32, cols int)

//go:noescape
func sgemm1x32S4AVX2(k int, a, w, c *float32, cols int)
