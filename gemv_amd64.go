//go:build amd64 && gc && !purego

package hadamard

import "github.com/hadamard-go/hadamard/layout"

// denseRow computes the sums of a layer of one segment for one row, and at most
// maxSteps inputs: what dense computes in tiles for more.
func denseRow(y, x []float32, w *layout.Panels, keep *keep) {
	panels := (w.N + layout.Width - 1) / layout.Width
	cols := w.N - layout.Width*(panels-1) // of the last
	widest := 8
	if level == LevelAVX2 {
		widest = 6
	}
	groups := 1
	if panels > widest {
		groups = (panels + widest - 1) / widest
	}
	for g, from := 0, 0; g < groups; g++ {
		to, n := panels, cols
		if g+1 < groups {
			to, n = panels*(g+1)/groups, layout.Width
		}
		a, p, c := &x[0], &w.Data[from*layout.Width*(w.K+1)], &y[from*layout.Width]
		if level == LevelAVX2 {
			sgemvAVX2(w.K, a, p, c, n, to-from, keep)
		} else {
			sgemvAVX512(w.K, a, p, c, 1<<n-1, to-from, keep)
		}
		from = to
	}
}

func sgemvAVX512(k int, a, w, c *float32, mask, panels int, keep *keep) {
	switch panels {
	case 1:
		sgemv16AVX512(k, a, w, c, mask, keep)
	case 2:
		sgemv32AVX512(k, a, w, c, mask, keep)
	case 3:
		sgemv48AVX512(k, a, w, c, mask, keep)
	case 4:
		sgemv64AVX512(k, a, w, c, mask, keep)
	case 5:
		sgemv80AVX512(k, a, w, c, mask, keep)
	case 6:
		sgemv96AVX512(k, a, w, c, mask, keep)
	case 7:
		sgemv112AVX512(k, a, w, c, mask, keep)
	case 8:
		sgemv128AVX512(k, a, w, c, mask, keep)
	}
}

func sgemvAVX2(k int, a, w, c *float32, cols, panels int, keep *keep) {
	switch panels {
	case 1:
		sgemv16AVX2(k, a, w, c, cols, keep)
	case 2:
		sgemv32AVX2(k, a, w, c, cols, keep)
	case 3:
		sgemv48AVX2(k, a, w, c, cols, keep)
	case 4:
		sgemv64AVX2(k, a, w, c, cols, keep)
	case 5:
		sgemv80AVX2(k, a, w, c, cols, keep)
	case 6:
		sgemv96AVX2(k, a, w, c, cols, keep)
	}
}

//go:noescape
func sgemv16AVX512(k int, a, w, c *float32, mask int, keep *keep)

//go:noescape
func sgemv32AVX512(k int, a, w, c *float32, mask int, keep *keep)

//go:noescape
func sgemv48AVX512(k int, a, w, c *float32, mask int, keep *keep)

//go:noescape
func sgemv64AVX512(k int, a, w, c *float32, mask int, keep *keep)

//go:noescape
func sgemv80AVX512(k int, a, w, c *float32, mask int, keep *keep)

//go:noescape
func sgemv96AVX512(k int, a, w, c *float32, mask int, keep *keep)

//go:noescape
func sgemv112AVX512(k int, a, w, c *float32, mask int, keep *keep)

//go:noescape
func sgemv128AVX512(k int, a, w, c *float32, mask int, keep *keep)

//go:noescape
func sgemv16AVX2(k int, a, w, c *float32, cols int, keep *keep)

//go:noescape
func sgemv32AVX2(k int, a, w, c *float32, cols int, keep *keep)

//go:noescape
func sgemv48AVX2(k int, a, w, c *float32, cols int, keep *keep)

//go:noescape
func sgemv64AVX2(k int, a, w, c *float32, cols int, keep *keep)

//go:noescape
func sgemv80AVX2(k int, a, w, c *float32, cols int, keep *keep)

//go:noescape
func sgemv96AVX2(k int, a, w, c *float32, cols int, keep *keep)
