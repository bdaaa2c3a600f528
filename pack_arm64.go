//go:build gc && !purego

package hadamard

import "github.com/hadamard-go/hadamard/layout"

// packRows sets panels of 16 columns to cols columns of src, whose rows are
// stride elements apart, and zeros. Rows of dst are rsd elements apart, and
// panels psd.
func packRows(dst, src []float32, rows, cols, stride, rsd, psd int) {
	packRowsGo(dst, src, rows, cols, stride, rsd, psd)
}

// packTransposed sets a panel, cols × 16, to the transpose of src, rows × cols
// with rows ≤ 16, and zeros. Element (l, k) of src is
// src[l·stride + k/16·step + k mod 16]: step is 16 for a row-major src, and
// the length of a panel for rows of packed weights.
func packTransposed(dst, src []float32, rows, cols, stride, step int) {
	transposed(dst, src, rows, cols, stride, step, layout.Width, layout.Width)
}

// transpose sets dst, cols × rows with rows ≤ 16, to the transpose of src, whose
// rows are stride elements apart, and those of dst rsd.
func transpose(dst, src []float32, rows, cols, stride, rsd int) {
	transposed(dst, src, rows, cols, stride, layout.Width, rsd, rows)
}

// transposed writes the first put columns of dst.
func transposed(dst, src []float32, rows, cols, stride, step, rsd, put int) {
	// src may be the first of several panels: element (l, k) may lie behind its end.
	for k := 0; k < cols; k += 4 {
		from := k/layout.Width*step + k%layout.Width
		l := 0
		for ; k+4 <= cols && l+4 <= rows; l += 4 {
			transpose4NEON(&dst[k*rsd+l], offset(&src[0], 4*(l*stride+from)), 4*stride, 4*rsd)
		}
		for ; l < put; l++ {
			for c := k; c < min(k+4, cols); c++ {
				var v float32
				if l < rows {
					v = *offset(&src[0], 4*(l*stride+from+c-k))
				}
				dst[c*rsd+l] = v
			}
		}
	}
}

//go:noescape
func transpose4NEON(dst, src *float32, stride, rsd int)
