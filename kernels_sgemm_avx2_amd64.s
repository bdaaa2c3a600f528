//go:build gc && !purego

#include "go_asm.h"
#include "textflag.h"
#include "tile_amd64.h"
#include "steps_amd64.h"
#include "sgemm_avx2_amd64.h"

// The product kernels for AVX2. sgemmMxNAVX2 computes a tile of M rows and N
// columns, N/16 panels, of which the last may be narrower:
//
//	s[i][j] = init[i][j]
//	s[i][j] = fma(a[i][p], b[p][j], s[i][j])   for p = 0, 1, … k-1 in order
//	c[i][j] = s[i][j], or with add c[i][j] + s[i][j]
//
// Spec    kernels.Sgemm, and a part of kernels.SgemmBias; bit for bit.
// Needs   AVX2, FMA3.
// Shapes  a: M rows of k; b: k rows of panels of 16, all of it there; c, init: M × N.
//
//	All strides are free: a is X or Xᵀ, init a bias (row stride 0), zeros or C.
//
// Memory  Reads those elements, writes c only, masked.
// Registers
//
//	up to 3 rows          s: Y0 to Y11, panel by panel   a: Y12 to Y14   b: Y14, Y15
//	4 to 6 rows, 1 panel  s: Y0 to Y11, row by row       b: Y12, Y13     a: Y14, Y15
//
//	Others: sgemm_avx2_amd64.h.
//
// Cost    M·N/8 FMA a step, and for 4 to 6 rows M + 2 loads: bound by the FMA
//
//	from 8 chains on. One row: bound by the loads of b.
//
// Source  F. G. Van Zee, R. A. van de Geijn, "BLIS", ACM TOMS 41(3):14, 2015; tall and
//
//	wide tiles as in libxsmm (A. Heinecke et al., SC16, 2016).

// func sgemm1x16AVX2(t *tile)
TEXT ·sgemm1x16AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C1x1, WIDE(A1, T1, M1x1))
	RET

// func sgemm1x32AVX2(t *tile)
TEXT ·sgemm1x32AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C1x2, WIDE(A1, T1, M1x2))
	RET

// func sgemm1x48AVX2(t *tile)
TEXT ·sgemm1x48AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(3, C1x3, WIDE(A1, T1, M1x3))
	RET

// func sgemm1x64AVX2(t *tile)
TEXT ·sgemm1x64AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(4, C1x4, WIDE(A1, T1, M1x4))
	RET

// func sgemm1x80AVX2(t *tile)
TEXT ·sgemm1x80AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(5, C1x5, WIDE(A1, T1, M1x5))
	RET

// func sgemm1x96AVX2(t *tile)
TEXT ·sgemm1x96AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(6, C1x6, WIDE(A1, T1, M1x6))
	RET

// func sgemm2x16AVX2(t *tile)
TEXT ·sgemm2x16AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C2x1, WIDE(A2, T2, M2x1))
	RET

// func sgemm2x32AVX2(t *tile)
TEXT ·sgemm2x32AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C2x2, WIDE(A2, T2, M2x2))
	RET

// func sgemm2x48AVX2(t *tile)
TEXT ·sgemm2x48AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(3, C2x3, WIDE(A2, T2, M2x3))
	RET

// func sgemm3x16AVX2(t *tile)
TEXT ·sgemm3x16AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C3x1, WIDE(A3, T3, M3x1))
	RET

// func sgemm3x32AVX2(t *tile)
TEXT ·sgemm3x32AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C3x2, WIDEAHEAD(A3, T3, M3x2))
	RET

// func sgemm4x16AVX2(t *tile)
TEXT ·sgemm4x16AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C4x1, TALL(B1, R1, M4x1, T4x1))
	RET

// func sgemm5x16AVX2(t *tile)
TEXT ·sgemm5x16AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C5x1, TALL(B1, R1, M5x1, T5x1))
	RET

// func sgemm6x16AVX2(t *tile)
TEXT ·sgemm6x16AVX2(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C6x1, TALL(B1, R1, M6x1, T6x1))
	RET
