//go:build gc && !purego

#include "go_asm.h"
#include "textflag.h"
#include "tile_amd64.h"
#include "steps_amd64.h"
#include "sgemm_avx512_amd64.h"
#include "sgemmc_avx512_amd64.h"

// The product kernels for AVX-512. sgemmMxNAVX512 computes a tile of M rows and N
// columns, N/16 panels, of which the last may be narrower:
//
//	s[i][j] = init[i][j]
//	s[i][j] = fma(a[i][p], b[p][j], s[i][j])   for p = 0, 1, … k-1 in order
//	c[i][j] = s[i][j], or with add c[i][j] + s[i][j]
//
// Spec    kernels.Sgemm, and a part of kernels.SgemmBias; bit for bit.
// Needs   AVX-512 F.
// Shapes  a: M rows of k; b: k rows of panels of 16, all of it there; c, init: M × N.
//
//	All strides are free: a is X or Xᵀ, init a bias (row stride 0), zeros or C.
//
// Memory  Reads those elements, writes c only, under a mask in the last panel.
// Registers
//
//	up to 6 rows             s: Z0 to Z24, panel by panel   a: Z25 to Z30   b: Z31
//	7 to 14 rows, 2 panels   s: Z0 to Z27, row by row       b: Z28, Z29     a: Z30, Z31
//	7 to 14 rows, 1 panel    s: Z0 to Z13                   b: Z28          a: from memory
//
//	Others: sgemm_avx512_amd64.h.
//
// Cost    M·N/16 FMA a step, and for 7 to 14 rows M + N/16 loads: bound by the FMA
//
//	from 8 chains on. One row: bound by the loads of b.
//
// Source  F. G. Van Zee, R. A. van de Geijn, "BLIS", ACM TOMS 41(3):14, 2015; tall and
//
//	wide tiles as in libxsmm (A. Heinecke et al., SC16, 2016).

// func sgemm1x16AVX512(t *tile)
TEXT ·sgemm1x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C1x1, WIDE(A1, T1, M1x1))
	RET

// func sgemm1x32AVX512(t *tile)
TEXT ·sgemm1x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C1x2, WIDE(A1, T1, M1x2))
	RET

// func sgemm1x48AVX512(t *tile)
TEXT ·sgemm1x48AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(3, C1x3, WIDE(A1, T1, M1x3))
	RET

// func sgemm1x64AVX512(t *tile)
TEXT ·sgemm1x64AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(4, C1x4, WIDE(A1, T1, M1x4))
	RET

// func sgemm1x80AVX512(t *tile)
TEXT ·sgemm1x80AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(5, C1x5, WIDE(A1, T1, M1x5))
	RET

// func sgemm1x96AVX512(t *tile)
TEXT ·sgemm1x96AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(6, C1x6, WIDE(A1, T1, M1x6))
	RET

// func sgemm1x112AVX512(t *tile)
TEXT ·sgemm1x112AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(7, C1x7, WIDE(A1, T1, M1x7))
	RET

// func sgemm1x128AVX512(t *tile)
TEXT ·sgemm1x128AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(8, C1x8, WIDE(A1, T1, M1x8))
	RET

// func sgemm2x16AVX512(t *tile)
TEXT ·sgemm2x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C2x1, WIDE(A2, T2, M2x1))
	RET

// func sgemm2x32AVX512(t *tile)
TEXT ·sgemm2x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C2x2, WIDE(A2, T2, M2x2))
	RET

// func sgemm2x48AVX512(t *tile)
TEXT ·sgemm2x48AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(3, C2x3, WIDE(A2, T2, M2x3))
	RET

// func sgemm2x64AVX512(t *tile)
TEXT ·sgemm2x64AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(4, C2x4, WIDE(A2, T2, M2x4))
	RET

// func sgemm2x80AVX512(t *tile)
TEXT ·sgemm2x80AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(5, C2x5, WIDE(A2, T2, M2x5))
	RET

// func sgemm2x96AVX512(t *tile)
TEXT ·sgemm2x96AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(6, C2x6, WIDE(A2, T2, M2x6))
	RET

// func sgemm2x112AVX512(t *tile)
TEXT ·sgemm2x112AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(7, C2x7, WIDE(A2, T2, M2x7))
	RET

// func sgemm2x128AVX512(t *tile)
TEXT ·sgemm2x128AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(8, C2x8, WIDE(A2, T2, M2x8))
	RET

// func sgemm3x16AVX512(t *tile)
TEXT ·sgemm3x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C3x1, WIDE(A3, T3, M3x1))
	RET

// func sgemm3x32AVX512(t *tile)
TEXT ·sgemm3x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C3x2, WIDE(A3, T3, M3x2))
	RET

// func sgemm3x48AVX512(t *tile)
TEXT ·sgemm3x48AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(3, C3x3, WIDE(A3, T3, M3x3))
	RET

// func sgemm3x64AVX512(t *tile)
TEXT ·sgemm3x64AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(4, C3x4, WIDE(A3, T3, M3x4))
	RET

// func sgemm3x80AVX512(t *tile)
TEXT ·sgemm3x80AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(5, C3x5, WIDE(A3, T3, M3x5))
	RET

// func sgemm3x96AVX512(t *tile)
TEXT ·sgemm3x96AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(6, C3x6, WIDE(A3, T3, M3x6))
	RET

// func sgemm3x112AVX512(t *tile)
TEXT ·sgemm3x112AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(7, C3x7, WIDE(A3, T3, M3x7))
	RET

// func sgemm4x16AVX512(t *tile)
TEXT ·sgemm4x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C4x1, WIDE(A4, T4, M4x1))
	RET

// func sgemm4x32AVX512(t *tile)
TEXT ·sgemm4x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C4x2, WIDE(A4, T4, M4x2))
	RET

// func sgemm4x48AVX512(t *tile)
TEXT ·sgemm4x48AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(3, C4x3, WIDE(A4, T4, M4x3))
	RET

// func sgemm4x64AVX512(t *tile)
TEXT ·sgemm4x64AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(4, C4x4, WIDE(A4, T4, M4x4))
	RET

// func sgemm4x80AVX512(t *tile)
TEXT ·sgemm4x80AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(5, C4x5, WIDE(A4, T4, M4x5))
	RET

// func sgemm4x96AVX512(t *tile)
TEXT ·sgemm4x96AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(6, C4x6, WIDE(A4, T4, M4x6))
	RET

// func sgemm5x16AVX512(t *tile)
TEXT ·sgemm5x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C5x1, WIDE(A5, T5, M5x1))
	RET

// func sgemm5x32AVX512(t *tile)
TEXT ·sgemm5x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C5x2, WIDE(A5, T5, M5x2))
	RET

// func sgemm5x48AVX512(t *tile)
TEXT ·sgemm5x48AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(3, C5x3, WIDE(A5, T5, M5x3))
	RET

// func sgemm5x64AVX512(t *tile)
TEXT ·sgemm5x64AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(4, C5x4, WIDE(A5, T5, M5x4))
	RET

// func sgemm5x80AVX512(t *tile)
TEXT ·sgemm5x80AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(5, C5x5, WIDE(A5, T5, M5x5))
	RET

// func sgemm6x16AVX512(t *tile)
TEXT ·sgemm6x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C6x1, WIDE(A6, T6, M6x1))
	RET

// func sgemm6x32AVX512(t *tile)
TEXT ·sgemm6x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C6x2, WIDE(A6, T6, M6x2))
	RET

// func sgemm6x48AVX512(t *tile)
TEXT ·sgemm6x48AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(3, C6x3, WIDE(A6, T6, M6x3))
	RET

// func sgemm6x64AVX512(t *tile)
TEXT ·sgemm6x64AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(4, C6x4, WIDE(A6, T6, M6x4))
	RET

// func sgemm7x16AVX512(t *tile)
TEXT ·sgemm7x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C7x1, TALL(B1, R1, M7x1, T7x1))
	RET

// func sgemm7x32AVX512(t *tile)
TEXT ·sgemm7x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C7x2, TALL(B2, R2, M7x2, T7x2))
	RET

// func sgemm8x16AVX512(t *tile)
TEXT ·sgemm8x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C8x1, TALL(B1, R1, M8x1, T8x1))
	RET

// func sgemm8x32AVX512(t *tile)
TEXT ·sgemm8x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C8x2, TALL(B2, R2, M8x2, T8x2))
	RET

// func sgemm9x16AVX512(t *tile)
TEXT ·sgemm9x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C9x1, TALL(B1, R1, M9x1, T9x1))
	RET

// func sgemm9x32AVX512(t *tile)
TEXT ·sgemm9x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C9x2, TALL(B2, R2, M9x2, T9x2))
	RET

// func sgemm10x16AVX512(t *tile)
TEXT ·sgemm10x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C10x1, TALL(B1, R1, M10x1, T10x1))
	RET

// func sgemm10x32AVX512(t *tile)
TEXT ·sgemm10x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C10x2, TALL(B2, R2, M10x2, T10x2))
	RET

// func sgemm11x16AVX512(t *tile)
TEXT ·sgemm11x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C11x1, TALL(B1, R1, M11x1, T11x1))
	RET

// func sgemm11x32AVX512(t *tile)
TEXT ·sgemm11x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C11x2, TALL(B2, R2, M11x2, T11x2))
	RET

// func sgemm12x16AVX512(t *tile)
TEXT ·sgemm12x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C12x1, TALL(B1, R1, M12x1, T12x1))
	RET

// func sgemm12x32AVX512(t *tile)
TEXT ·sgemm12x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C12x2, TALL(B2, R2, M12x2, T12x2))
	RET

// func sgemm13x16AVX512(t *tile)
TEXT ·sgemm13x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C13x1, TALL(B1, R1, M13x1, T13x1))
	RET

// func sgemm13x32AVX512(t *tile)
TEXT ·sgemm13x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C13x2, TALL(B2, R2, M13x2, T13x2))
	RET

// func sgemm14x16AVX512(t *tile)
TEXT ·sgemm14x16AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(1, C14x1, TALL(B1, R1, M14x1, T14x1))
	RET

// func sgemm14x32AVX512(t *tile)
TEXT ·sgemm14x32AVX512(SB), 0, $128-8
	MOVQ t+0(FP), AX
	TILE(2, C14x2, TALL(B2, R2, M14x2, T14x2))
	RET
