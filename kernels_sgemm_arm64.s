//go:build gc && !purego

#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"
#include "sgemm_arm64.h"

// The product kernels for NEON. sgemmMxNNEON computes a tile of M rows and N
// columns:
//
//	s[i][j] = init[i][j]
//	s[i][j] = fma(a[i][p], b[p][j], s[i][j])   for p = 0, 1, … k-1 in order
//	c[i][j] = s[i][j], or with add c[i][j] + s[i][j]; at last, with keep, what it does
//
// Spec    kernels.Sgemm, and a part of kernels.SgemmBias; bit for bit.
// Needs   NEON, of every arm64.
// Shapes  a: M rows of k; b: k rows of panels of 16; c, init: M × N, all of it there.
//	One of rsa and csa is 4 bytes.
// Memory  Reads those elements, writes c only.
// Registers  sgemm_arm64.h.
// Cost    M·N/4 FMA a step, N/8 loads of pairs, and M loads for four steps: bound by
//	the FMA from 8 chains on.
// Source  F. G. Van Zee, R. A. van de Geijn, "BLIS", ACM TOMS 41(3):14, 2015.

// func sgemm1x16NEON(t *tile)
TEXT ·sgemm1x16NEON(SB), 0, $128-8
	MOVD t+0(FP), R0
	TILE(ROWS1, STEPS(FOUR1, ONE1, COL1, STEP, HALF1, COLUMN1))
	RET

// func sgemm2x16NEON(t *tile)
TEXT ·sgemm2x16NEON(SB), 0, $128-8
	MOVD t+0(FP), R0
	TILE(ROWS2, STEPS(FOUR2, ONE2, COL2, STEP, HALF2, COLUMN2))
	RET

// func sgemm3x16NEON(t *tile)
TEXT ·sgemm3x16NEON(SB), 0, $128-8
	MOVD t+0(FP), R0
	TILE(ROWS3, STEPS(FOUR3, ONE3, COL3, STEP, HALF3, COLUMN3))
	RET

// func sgemm4x16NEON(t *tile)
TEXT ·sgemm4x16NEON(SB), 0, $128-8
	MOVD t+0(FP), R0
	TILE(ROWS4, STEPS(FOUR4, ONE4, COL4, STEP, HALF4, COLUMN4))
	RET

// func sgemm5x16NEON(t *tile)
TEXT ·sgemm5x16NEON(SB), 0, $128-8
	MOVD t+0(FP), R0
	TILE(ROWS5, STEPS(FOUR5, ONE5, COL5, STEP, HALF5, COLUMN5))
	RET

// func sgemm6x16NEON(t *tile)
TEXT ·sgemm6x16NEON(SB), 0, $128-8
	MOVD t+0(FP), R0
	TILE(ROWS6, STEPS(FOUR6, ONE6, COL6, STEP, HALF6, COLUMN6))
	RET

// func sgemm1x32NEON(t *tile)
TEXT ·sgemm1x32NEON(SB), 0, $128-8
	MOVD t+0(FP), R0
	TILE(PANELS2, STEPS(FOUR1, ONE1, COL1, STEP2, HALF1, COLUMN1))
	RET

// sgemm1x16S4NEON multiplies a row with a panel of a layer of four segments.
//
//	c[j] = ((s0 + s1) + s2) + s3, s0 starting from the bias, the others from +0
//	st   = fma(a[p], w[p][j], st)   for p = t·q, … min(k, (t+1)·q)−1, q = ⌈k/4⌉;
//	at last, with keep, what it does
//
// Spec    kernels.SgemmBias with four segments.
// Needs   NEON.
// Shapes  a: k ≥ 16 elements; w: a panel of layout.Panels; c: 16.
// Memory  Reads a and w, writes c.
// Registers  V0 to V3, … V12 to V15: the sums of a segment; V24 to V27: elements of
//	a; R0 to R3 and R4 to R7: the segments of a and of w; R9: steps, R10: those
//	that the last lacks.
//
// func sgemm1x16S4NEON(k int, a, w, c *float32, keep *keep)
TEXT ·sgemm1x16S4NEON(SB), 0, $128-40
	MOVD k+0(FP), R9
	MOVD a+8(FP), R0
	MOVD w+16(FP), R4
	ADD $3, R9, R10
	LSR $2, R10, R10
	ADD R10<<2, R0, R1
	ADD R10<<2, R1, R2
	ADD R10<<2, R2, R3
	FLDPQ (R4), (F0, F1)
	FLDPQ 32(R4), (F2, F3)
	ADD $64, R4, R4
	ADD R10<<6, R4, R5
	ADD R10<<6, R5, R6
	ADD R10<<6, R6, R7
	ADD R10<<1, R10, R11
	SUB R11, R9, R9
	SUB R9, R10, R10
	ZERO4(V4, V5, V6, V7)
	ZERO4(V8, V9, V10, V11)
	ZERO4(V12, V13, V14, V15)
	CBZ R9, rest
all:
	SEGMENT(R0, R4, F24, 24, 0)
	SEGMENT(R1, R5, F25, 25, 4)
	SEGMENT(R2, R6, F26, 26, 8)
	SEGMENT(R3, R7, F27, 27, 12)
	SUBS $1, R9, R9
	BNE all
rest:
	CBZ R10, sum
less:
	SEGMENT(R0, R4, F24, 24, 0)
	SEGMENT(R1, R5, F25, 25, 4)
	SEGMENT(R2, R6, F26, 26, 8)
	SUBS $1, R10, R10
	BNE less
sum:
	ADD4(4)
	ADD4(8)
	ADD4(12)
	MOVD keep+32(FP), R15
	CBZ R15, store
	FMOVQ (R15), F28
	FMOVQ 64(R15), F29
	KEEPC((F0, F1), (F2, F3), 0)
store:
	MOVD c+24(FP), R20
	STOREC((F0, F1), (F2, F3), 0)
	RET
