//go:build amd64 && gc && !purego

package hadamard

import "github.com/hadamard-go/hadamard/layout"

// packRows sets a panel, rows × 16, to cols columns of src, whose rows are
// stride elements apart, and zeros. It takes one call: at most maxSteps rows.
func packRows(dst, src []float32, rows, cols, stride int) {
	if rows == 0 {
		return
	}
	switch level {
	case LevelAVX512:
		packRowsAVX512(&dst[0], &src[0], rows, 1<<cols-1, 4*stride)
	case LevelAVX2:
		packRowsAVX2(&dst[0], &src[0], rows, &laneMasks[layout.Width-cols], 4*stride)
	default:
		for k := range rows {
			d := dst[k*layout.Width:][:layout.Width]
			clear(d[copy(d, src[k*stride:][:cols]):])
		}
	}
}

// packTransposed sets a panel, cols × 16, to the transpose of src, rows × cols
// with rows ≤ 16, and zeros. Element (l, k) of src is
// src[l·stride + k/16·step + k mod 16]: step is 16 for a row-major src, and
// the length of a panel for rows of packed weights. At most maxSteps columns.
func packTransposed(dst, src []float32, rows, cols, stride, step int) {
	const width = layout.Width
	if cols == 0 {
		return
	}
	switch level {
	case LevelAVX512:
		last := (cols-1)%width + 1
		packTransposedAVX512(&dst[0], &src[0], rows, cols, 4*stride, 4*step, 1<<last-1)
	case LevelAVX2:
		last := (cols-1)%8 + 1
		lanes := &laneMasks[width-last]
		packTransposedAVX2(&dst[0], &src[0], min(rows, 8), cols, 4*stride, 4*step, lanes)
		high := &src[0]
		if rows > 8 {
			high = &src[8*stride]
		}
		packTransposedAVX2(&dst[8], high, max(rows-8, 0), cols, 4*stride, 4*step, lanes)
	default:
		clear(dst[:cols*width])
		for l := range rows {
			for k := range cols {
				dst[k*width+l] = src[l*stride+k/width*step+k%width]
			}
		}
	}
}

//go:noescape
func packRowsAVX512(dst, src *float32, rows, mask, stride int)

//go:noescape
func packRowsAVX2(dst, src *float32, rows int, mask *int32, stride int)

//go:noescape
func packTransposedAVX512(dst, src *float32, rows, cols, stride, step, mask int)

//go:noescape
func packTransposedAVX2(dst, src *float32, rows, cols, stride, step int, lanes *int32)
