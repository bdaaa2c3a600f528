//go:build amd64 && gc && !purego

package hadamard

import (
	"unsafe"

	"github.com/hadamard-go/hadamard/layout"
)

// tallest is the number of rows of the tallest tile.
const tallest = 14

// widest has the most panels of a tile of that many rows.
var (
	widestAVX512 = [...]int{1: 8, 2: 8, 3: 7, 4: 6, 5: 5, 6: 4, 7: 2, 8: 2, 9: 2, 10: 2, 11: 2, 12: 2, 13: 2, 14: 2}
	widestAVX2   = [...]int{1: 6, 2: 3, 3: 2, 4: 1, 5: 1, 6: 1}
)

// tiles computes the product tile by tile: panels outside, so that those of B
// that are at hand stay in the L1 cache, rows inside. Rows and panels are cut
// evenly.
func (t *tile) tiles(m, n int) {
	panels := (n + layout.Width - 1) / layout.Width
	cols := n - layout.Width*(panels-1) // of the last
	avx512 := level == LevelAVX512
	rowBlocks, wide, tall := (m+tallest-1)/tallest, widestAVX512[:], 7
	if !avx512 {
		rowBlocks, wide, tall = (m+5)/6, widestAVX2[:], 3
		if m == 4 || m > 6 && m < 10 { // 3 × 32 has more chains than 4 × 16
			rowBlocks = (m + 2) / 3
		}
	}
	most := max(maxSteps/max(t.k, 1), 1)
	rows, full, groups := m, 1, 1 // divisions take longer than a small tile
	if rowBlocks > 1 {
		rows = (m + rowBlocks - 1) / rowBlocks
		full = m - rowBlocks*(rows-1)
	}
	if group := wide[rows]; panels > group {
		groups = (panels + group - 1) / group
	}
	a, b, c, init := t.a, t.b, t.c, t.init
	ahead := rows >= tall && panels*t.psb > 1280<<10 && t.rsb == panelBytes && t.psb <= (t.k+layout.Width)*panelBytes
	for g, from := 0, 0; g < groups; g++ {
		to := panels
		t.mask, t.lanes = 1<<cols-1, &laneMasks[layout.Width-cols]
		if g+1 < groups {
			to = panels * (g + 1) / groups
			t.mask, t.lanes = 1<<layout.Width-1, &laneMasks[0]
		}
		t.b = offset(b, from*t.psb)
		// While these panels are multiplied, the next ones come into the L2 cache, some
		// lines with every four steps.
		t.fetch, t.fetchEnd = 0, 0
		if ahead && to < panels {
			t.fetch = uintptr(unsafe.Pointer(offset(b, to*t.psb)))
			t.fetchEnd = t.fetch + uintptr((to-from)*t.psb)
			t.fetchLen = max((to-from)*256/rowBlocks&^127, 128)
		}
		for r := 0; r < rowBlocks; r += t.reps {
			height, reps, i := rows, full-r, r*rows
			if r >= full { // these have a row less
				height, reps = rows-1, rowBlocks-r
				i = m - reps*height
			}
			reps = min(reps, most)
			t.a = offset(a, i*t.rsa)
			t.c, t.init = offset(c, i*t.rsc+from*t.psc), offset(init, i*t.rsi+from*t.psi)
			t.reps, t.bsa, t.bsc, t.bsi = reps, height*t.rsa, height*t.rsc, height*t.rsi
			if avx512 {
				sgemmAVX512(t, height, to-from)
			} else {
				sgemmAVX2(t, height, to-from)
			}
			t.fetch += uintptr(reps * (t.k / 4) * t.fetchLen)
		}
		from = to
	}
	t.a, t.b, t.c, t.init = a, b, c, init
}

// sgemmAVX512 computes a tile of at most 14 rows, and of as many panels as
// widestAVX512 has.
func sgemmAVX512(t *tile, rows, panels int) {
	switch rows<<4 | panels {
	case 1<<4 | 1:
		sgemm1x16AVX512(t)
	case 1<<4 | 2:
		sgemm1x32AVX512(t)
	case 1<<4 | 3:
		sgemm1x48AVX512(t)
	case 1<<4 | 4:
		sgemm1x64AVX512(t)
	case 1<<4 | 5:
		sgemm1x80AVX512(t)
	case 1<<4 | 6:
		sgemm1x96AVX512(t)
	case 1<<4 | 7:
		sgemm1x112AVX512(t)
	case 1<<4 | 8:
		sgemm1x128AVX512(t)
	case 2<<4 | 1:
		sgemm2x16AVX512(t)
	case 2<<4 | 2:
		sgemm2x32AVX512(t)
	case 2<<4 | 3:
		sgemm2x48AVX512(t)
	case 2<<4 | 4:
		sgemm2x64AVX512(t)
	case 2<<4 | 5:
		sgemm2x80AVX512(t)
	case 2<<4 | 6:
		sgemm2x96AVX512(t)
	case 2<<4 | 7:
		sgemm2x112AVX512(t)
	case 2<<4 | 8:
		sgemm2x128AVX512(t)
	case 3<<4 | 1:
		sgemm3x16AVX512(t)
	case 3<<4 | 2:
		sgemm3x32AVX512(t)
	case 3<<4 | 3:
		sgemm3x48AVX512(t)
	case 3<<4 | 4:
		sgemm3x64AVX512(t)
	case 3<<4 | 5:
		sgemm3x80AVX512(t)
	case 3<<4 | 6:
		sgemm3x96AVX512(t)
	case 3<<4 | 7:
		sgemm3x112AVX512(t)
	case 4<<4 | 1:
		sgemm4x16AVX512(t)
	case 4<<4 | 2:
		sgemm4x32AVX512(t)
	case 4<<4 | 3:
		sgemm4x48AVX512(t)
	case 4<<4 | 4:
		sgemm4x64AVX512(t)
	case 4<<4 | 5:
		sgemm4x80AVX512(t)
	case 4<<4 | 6:
		sgemm4x96AVX512(t)
	case 5<<4 | 1:
		sgemm5x16AVX512(t)
	case 5<<4 | 2:
		sgemm5x32AVX512(t)
	case 5<<4 | 3:
		sgemm5x48AVX512(t)
	case 5<<4 | 4:
		sgemm5x64AVX512(t)
	case 5<<4 | 5:
		sgemm5x80AVX512(t)
	case 6<<4 | 1:
		sgemm6x16AVX512(t)
	case 6<<4 | 2:
		sgemm6x32AVX512(t)
	case 6<<4 | 3:
		sgemm6x48AVX512(t)
	case 6<<4 | 4:
		sgemm6x64AVX512(t)
	case 7<<4 | 1:
		sgemm7x16AVX512(t)
	case 7<<4 | 2:
		sgemm7x32AVX512(t)
	case 8<<4 | 1:
		sgemm8x16AVX512(t)
	case 8<<4 | 2:
		sgemm8x32AVX512(t)
	case 9<<4 | 1:
		sgemm9x16AVX512(t)
	case 9<<4 | 2:
		sgemm9x32AVX512(t)
	case 10<<4 | 1:
		sgemm10x16AVX512(t)
	case 10<<4 | 2:
		sgemm10x32AVX512(t)
	case 11<<4 | 1:
		sgemm11x16AVX512(t)
	case 11<<4 | 2:
		sgemm11x32AVX512(t)
	case 12<<4 | 1:
		sgemm12x16AVX512(t)
	case 12<<4 | 2:
		sgemm12x32AVX512(t)
	case 13<<4 | 1:
		sgemm13x16AVX512(t)
	case 13<<4 | 2:
		sgemm13x32AVX512(t)
	case 14<<4 | 1:
		sgemm14x16AVX512(t)
	case 14<<4 | 2:
		sgemm14x32AVX512(t)
	default:
		panic("hadamard: no such tile")
	}
}

// sgemmAVX2 computes a tile of at most 6 rows, and of as many panels as
// widestAVX2 has.
func sgemmAVX2(t *tile, rows, panels int) {
	switch rows<<4 | panels {
	case 1<<4 | 1:
		sgemm1x16AVX2(t)
	case 1<<4 | 2:
		sgemm1x32AVX2(t)
	case 1<<4 | 3:
		sgemm1x48AVX2(t)
	case 1<<4 | 4:
		sgemm1x64AVX2(t)
	case 1<<4 | 5:
		sgemm1x80AVX2(t)
	case 1<<4 | 6:
		sgemm1x96AVX2(t)
	case 2<<4 | 1:
		sgemm2x16AVX2(t)
	case 2<<4 | 2:
		sgemm2x32AVX2(t)
	case 2<<4 | 3:
		sgemm2x48AVX2(t)
	case 3<<4 | 1:
		sgemm3x16AVX2(t)
	case 3<<4 | 2:
		sgemm3x32AVX2(t)
	case 4<<4 | 1:
		sgemm4x16AVX2(t)
	case 5<<4 | 1:
		sgemm5x16AVX2(t)
	case 6<<4 | 1:
		sgemm6x16AVX2(t)
	default:
		panic("hadamard: no such tile")
	}
}

//go:noescape
func sgemm1x16AVX512(t *tile)

//go:noescape
func sgemm1x32AVX512(t *tile)

//go:noescape
func sgemm1x48AVX512(t *tile)

//go:noescape
func sgemm1x64AVX512(t *tile)

//go:noescape
func sgemm1x80AVX512(t *tile)

//go:noescape
func sgemm1x96AVX512(t *tile)

//go:noescape
func sgemm1x112AVX512(t *tile)

//go:noescape
func sgemm1x128AVX512(t *tile)

//go:noescape
func sgemm2x16AVX512(t *tile)

//go:noescape
func sgemm2x32AVX512(t *tile)

//go:noescape
func sgemm2x48AVX512(t *tile)

//go:noescape
func sgemm2x64AVX512(t *tile)

//go:noescape
func sgemm2x80AVX512(t *tile)

//go:noescape
func sgemm2x96AVX512(t *tile)

//go:noescape
func sgemm2x112AVX512(t *tile)

//go:noescape
func sgemm2x128AVX512(t *tile)

//go:noescape
func sgemm3x16AVX512(t *tile)

//go:noescape
func sgemm3x32AVX512(t *tile)

//go:noescape
func sgemm3x48AVX512(t *tile)

//go:noescape
func sgemm3x64AVX512(t *tile)

//go:noescape
func sgemm3x80AVX512(t *tile)

//go:noescape
func sgemm3x96AVX512(t *tile)

//go:noescape
func sgemm3x112AVX512(t *tile)

//go:noescape
func sgemm4x16AVX512(t *tile)

//go:noescape
func sgemm4x32AVX512(t *tile)

//go:noescape
func sgemm4x48AVX512(t *tile)

//go:noescape
func sgemm4x64AVX512(t *tile)

//go:noescape
func sgemm4x80AVX512(t *tile)

//go:noescape
func sgemm4x96AVX512(t *tile)

//go:noescape
func sgemm5x16AVX512(t *tile)

//go:noescape
func sgemm5x32AVX512(t *tile)

//go:noescape
func sgemm5x48AVX512(t *tile)

//go:noescape
func sgemm5x64AVX512(t *tile)

//go:noescape
func sgemm5x80AVX512(t *tile)

//go:noescape
func sgemm6x16AVX512(t *tile)

//go:noescape
func sgemm6x32AVX512(t *tile)

//go:noescape
func sgemm6x48AVX512(t *tile)

//go:noescape
func sgemm6x64AVX512(t *tile)

//go:noescape
func sgemm7x16AVX512(t *tile)

//go:noescape
func sgemm7x32AVX512(t *tile)

//go:noescape
func sgemm8x16AVX512(t *tile)

//go:noescape
func sgemm8x32AVX512(t *tile)

//go:noescape
func sgemm9x16AVX512(t *tile)

//go:noescape
func sgemm9x32AVX512(t *tile)

//go:noescape
func sgemm10x16AVX512(t *tile)

//go:noescape
func sgemm10x32AVX512(t *tile)

//go:noescape
func sgemm11x16AVX512(t *tile)

//go:noescape
func sgemm11x32AVX512(t *tile)

//go:noescape
func sgemm12x16AVX512(t *tile)

//go:noescape
func sgemm12x32AVX512(t *tile)

//go:noescape
func sgemm13x16AVX512(t *tile)

//go:noescape
func sgemm13x32AVX512(t *tile)

//go:noescape
func sgemm14x16AVX512(t *tile)

//go:noescape
func sgemm14x32AVX512(t *tile)

//go:noescape
func sgemm1x16AVX2(t *tile)

//go:noescape
func sgemm1x32AVX2(t *tile)

//go:noescape
func sgemm1x48AVX2(t *tile)

//go:noescape
func sgemm1x64AVX2(t *tile)

//go:noescape
func sgemm1x80AVX2(t *tile)

//go:noescape
func sgemm1x96AVX2(t *tile)

//go:noescape
func sgemm2x16AVX2(t *tile)

//go:noescape
func sgemm2x32AVX2(t *tile)

//go:noescape
func sgemm2x48AVX2(t *tile)

//go:noescape
func sgemm3x16AVX2(t *tile)

//go:noescape
func sgemm3x32AVX2(t *tile)

//go:noescape
func sgemm4x16AVX2(t *tile)

//go:noescape
func sgemm5x16AVX2(t *tile)

//go:noescape
func sgemm6x16AVX2(t *tile)
