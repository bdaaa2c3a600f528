//go:build gc && !purego

#include "textflag.h"

// transpose4NEON transposes 4 × 4 elements.
//
//	dst[k][l] = src[l][k]
//
// Spec    packTransposed, transpose.
// Needs   NEON.
// Shapes  dst, src: 4 × 4, rows rsd and stride bytes apart.
// Memory  Reads and writes exactly those.
//
// func transpose4NEON(dst, src *float32, stride, rsd int)
TEXT ·transpose4NEON(SB), 0, $128-32
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R1
	MOVD stride+16(FP), R2
	MOVD rsd+24(FP), R3
	FMOVQ (R1), F0
	ADD R2, R1, R1
	FMOVQ (R1), F1
	ADD R2, R1, R1
	FMOVQ (R1), F2
	ADD R2, R1, R1
	FMOVQ (R1), F3
	VTRN1 V1.S4, V0.S4, V4.S4
	VTRN2 V1.S4, V0.S4, V5.S4
	VTRN1 V3.S4, V2.S4, V6.S4
	VTRN2 V3.S4, V2.S4, V7.S4
	VTRN1 V6.D2, V4.D2, V0.D2
	VTRN1 V7.D2, V5.D2, V1.D2
	VTRN2 V6.D2, V4.D2, V2.D2
	VTRN2 V7.D2, V5.D2, V3.D2
	FMOVQ F0, (R0)
	ADD R3, R0, R0
	FMOVQ F1, (R0)
	ADD R3, R0, R0
	FMOVQ F2, (R0)
	ADD R3, R0, R0
	FMOVQ F3, (R0)
	RET
