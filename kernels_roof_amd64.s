//go:build gc && !purego

#include "textflag.h"

// Loops that do one thing as fast as the machine can: what kernels are measured
// against in benchmarks.

#define FMA4(a, b, c, d, x, y) \
	VFMADD213PS y, x, a; \
	VFMADD213PS y, x, b; \
	VFMADD213PS y, x, c; \
	VFMADD213PS y, x, d
#define LOAD4(i, j, k, l, a, b, c, d) \
	VMOVUPS i(SI), a; \
	VMOVUPS j(SI), b; \
	VMOVUPS k(SI), c; \
	VMOVUPS l(SI), d

// fmaRoofAVX512 does 12·n multiply-adds of 16 lanes, in 12 chains. The numbers,
// 14 times 16, are given, because zeros take less power and are done at a higher
// clock.
//
// func fmaRoofAVX512(n int, numbers *float32)
TEXT ·fmaRoofAVX512(SB), 0, $128-16
	MOVQ n+0(FP), CX
	MOVQ numbers+8(FP), SI
	LOAD4(0, 64, 128, 192, Z0, Z1, Z2, Z3)
	LOAD4(256, 320, 384, 448, Z4, Z5, Z6, Z7)
	LOAD4(512, 576, 640, 704, Z8, Z9, Z10, Z11)
	VMOVUPS 768(SI), Z30
	VMOVUPS 832(SI), Z31
loop:
	FMA4(Z0, Z1, Z2, Z3, Z30, Z31)
	FMA4(Z4, Z5, Z6, Z7, Z30, Z31)
	FMA4(Z8, Z9, Z10, Z11, Z30, Z31)
	DECQ CX
	JNZ loop
	VZEROUPPER
	RET

// fmaRoofAVX2 does 12·n multiply-adds of 8 lanes, in 12 chains, of numbers like
// those of fmaRoofAVX512.
//
// func fmaRoofAVX2(n int, numbers *float32)
TEXT ·fmaRoofAVX2(SB), 0, $128-16
	MOVQ n+0(FP), CX
	MOVQ numbers+8(FP), SI
	LOAD4(0, 64, 128, 192, Y0, Y1, Y2, Y3)
	LOAD4(256, 320, 384, 448, Y4, Y5, Y6, Y7)
	LOAD4(512, 576, 640, 704, Y8, Y9, Y10, Y11)
	VMOVUPS 768(SI), Y14
	VMOVUPS 832(SI), Y15
loop:
	FMA4(Y0, Y1, Y2, Y3, Y14, Y15)
	FMA4(Y4, Y5, Y6, Y7, Y14, Y15)
	FMA4(Y8, Y9, Y10, Y11, Y14, Y15)
	DECQ CX
	JNZ loop
	VZEROUPPER
	RET

// loadRoofAVX512 loads 512·n bytes from p on.
//
// func loadRoofAVX512(p *float32, n int)
TEXT ·loadRoofAVX512(SB), 0, $128-16
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
loop:
	VMOVUPS (SI), Z0
	VMOVUPS 64(SI), Z1
	VMOVUPS 128(SI), Z2
	VMOVUPS 192(SI), Z3
	VMOVUPS 256(SI), Z4
	VMOVUPS 320(SI), Z5
	VMOVUPS 384(SI), Z6
	VMOVUPS 448(SI), Z7
	ADDQ $512, SI
	DECQ CX
	JNZ loop
	VZEROUPPER
	RET

// loadRoofAVX2 loads 512·n bytes from p on.
//
// func loadRoofAVX2(p *float32, n int)
TEXT ·loadRoofAVX2(SB), 0, $128-16
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	ADDQ CX, CX
loop:
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	VMOVUPS 64(SI), Y2
	VMOVUPS 96(SI), Y3
	VMOVUPS 128(SI), Y4
	VMOVUPS 160(SI), Y5
	VMOVUPS 192(SI), Y6
	VMOVUPS 224(SI), Y7
	ADDQ $256, SI
	DECQ CX
	JNZ loop
	VZEROUPPER
	RET
