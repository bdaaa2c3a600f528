//go:build amd64 && gc && !purego

package hadamard

import "github.com/hadamard-go/hadamard/layout"

// packRows sets panels of 16 columns to cols columns of src, whose rows are
// stride elements apart, and zeros. Rows of dst are rsd elements apart, and
// panels psd. At most maxSteps rows.
func packRows(dst, src []float32, rows, cols, stride, rsd, psd int) {
	const width = layout.Width
	if rows == 0 {
		return
	}
	most := max(4096/rows, 1) // panels: bounds the time of a call
	for panels := (cols + width - 1) / width; panels > 0; panels -= most {
		n, last := panels, cols-(panels-1)*width
		if n > most {
			n, last = most, width
		}
		switch level {
		case LevelAVX512:
			packRowsAVX512(&dst[0], &src[0], rows, n, 1<<last-1, 4*stride, 4*rsd, 4*psd)
		case LevelAVX2:
			packRowsAVX2(&dst[0], &src[0], rows, n, &laneMasks[width-last], 4*stride, 4*rsd, 4*psd)
		default:
			packRowsGo(dst, src, rows, (n-1)*width+last, stride, rsd, psd)
		}
		if panels > n {
			dst, src, cols = dst[n*psd:], src[n*width:], cols-n*width
		}
	}
}

// packTransposed sets a panel, cols × 16, to the transpose of src, rows × cols
// with rows ≤ 16, and zeros. Element (l, k) of src is
// src[l·stride + k/16·step + k mod 16]: step is 16 for a row-major src, and
// the length of a panel for rows of packed weights. At most maxSteps columns.
func packTransposed(dst, src []float32, rows, cols, stride, step int) {
	transposed(dst, src, rows, cols, stride, step, layout.Width, layout.Width)
}

// transpose sets dst, cols × rows with rows ≤ 16, to the transpose of src, whose
// rows are stride elements apart, and those of dst rsd. At most maxSteps columns.
func transpose(dst, src []float32, rows, cols, stride, rsd int) {
	transposed(dst, src, rows, cols, stride, layout.Width, rsd, rows)
}

// transposed writes the first put columns of dst.
func transposed(dst, src []float32, rows, cols, stride, step, rsd, put int) {
	const width = layout.Width
	if cols == 0 {
		return
	}
	switch level {
	case LevelAVX512:
		last := (cols-1)%width + 1
		transposeAVX512(&dst[0], &src[0], rows, cols, 4*stride, 4*step, 1<<last-1, 4*rsd, 1<<put-1)
	case LevelAVX2:
		last := (cols-1)%8 + 1
		lanes := &laneMasks[width-last]
		for half := 0; half < put; half += 8 {
			n := min(max(rows-half, 0), 8)
			from, all := &src[0], (*int32)(nil)
			if n > 0 {
				from = &src[half*stride]
			}
			if put < half+8 {
				all = &laneMasks[width-put+half]
			}
			transposeAVX2(&dst[half], from, n, cols, 4*stride, 4*step, lanes, 4*rsd, all)
		}
	default:
		for k := range cols {
			d := dst[k*rsd:][:put]
			clear(d)
			for l := range rows {
				d[l] = src[l*stride+k/width*step+k%width]
			}
		}
	}
}

//go:noescape
func packRowsAVX512(dst, src *float32, rows, panels, mask, stride, rsd, psd int)

//go:noescape
func packRowsAVX2(dst, src *float32, rows, panels int, mask *int32, stride, rsd, psd int)

//go:noescape
func transposeAVX512(dst, src *float32, rows, cols, stride, step, mask, rsd, put int)

//go:noescape
func transposeAVX2(dst, src *float32, rows, cols, stride, step int, lanes *int32, rsd int, put *int32)
