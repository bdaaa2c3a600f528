//go:build gc && !purego

#include "textflag.h"
#include "put_avx2_amd64.h"
#include "narrow_amd64.h"

// sgemm1x32S4AVX512 multiplies a row with a layer of four segments and two panels.
//
//	c[j] = ((s0 + s1) + s2) + s3, s0 starting from the bias, the others from +0
//	st   = fma(a[p], w[p][j], st)   for p = t·q, … min(k, (t+1)·q)−1, q = ⌈k/4⌉;
//	at last, with keep, what it does
//
// Spec    kernels.SgemmBias with four segments.
// Needs   AVX-512 F, BW, DQ.
// Shapes  a: k ≥ 16 elements; w: layout.Panels; mask: columns of the second panel, a
//	bit each.
// Memory  Reads a and w, writes the columns of c.
// Registers  narrow_amd64.h; Z0 and Z1, … Z6 and Z7: the sums of a segment.
// Cost    9 loads of 512 bits, one a cycle, for 4 steps.
//
// func sgemm1x32S4AVX512(k int, a, w, c *float32, mask int, keep *keep)
TEXT ·sgemm1x32S4AVX512(SB), 0, $128-48
	MOVQ k+0(FP), DX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), BX
	MOVQ c+24(FP), AX
	KMOVQ mask+32(FP), K1
	SEGMENTS
	VMOVUPS (DI), Z0
	VMOVUPS (R12), Z1
	CLEAR4(Z2, Z3, Z4, Z5)
	VXORPS Z6, Z6, Z6
	VXORPS Z7, Z7, Z7
	FORWARD(0, 64)
	STEPS(ALL32(FOUR2), ALL32(ONE2), LESS32(ONE2))
	SUM(Z0, Z2, Z4, Z6)
	SUM(Z1, Z3, Z5, Z7)
	MOVQ keep+40(FP), R9
	TESTQ R9, R9
	JEQ kept
	KEEP(Z0)
	KEEP(Z1)
kept:
	VMOVUPS Z0, (AX)
	VMOVUPS Z1, K1, 64(AX)
	VZEROUPPER
	RET

// sgemm2x32S4AVX512 is sgemm1x32S4AVX512 for two rows.
//
// Spec    kernels.SgemmBias with four segments.
// Needs   AVX-512 F, BW, DQ.
// Shapes  As sgemm1x32S4AVX512; rows of a and c are rsa and rsc bytes apart.
// Memory  As sgemm1x32S4AVX512.
// Registers  narrow_amd64.h; Z0 to Z3, … Z12 to Z15: the sums of a segment, row 0
//	first in each panel.
// Cost    16 FMAs, one a cycle, for 4 steps.
//
// func sgemm2x32S4AVX512(k int, a *float32, rsa int, w, c *float32, rsc, mask int, keep *keep)
TEXT ·sgemm2x32S4AVX512(SB), 0, $128-64
	MOVQ k+0(FP), DX
	MOVQ a+8(FP), SI
	MOVQ rsa+16(FP), R15
	ADDQ SI, R15
	MOVQ w+24(FP), BX
	MOVQ c+32(FP), AX
	KMOVQ mask+48(FP), K1
	SEGMENTS
	MOVQ rsc+40(FP), BX
	VMOVUPS (DI), Z0
	VMOVAPS Z0, Z1
	VMOVUPS (R12), Z2
	VMOVAPS Z2, Z3
	CLEAR4(Z4, Z5, Z6, Z7)
	CLEAR4(Z8, Z9, Z10, Z11)
	CLEAR4(Z12, Z13, Z14, Z15)
	FORWARD(0, 64)
	STEPS(ALL2x32(ROWS2FOUR), ALL2x32(ROWS2), LESS2x32(ROWS2))
	SUM(Z0, Z4, Z8, Z12)
	SUM(Z1, Z5, Z9, Z13)
	SUM(Z2, Z6, Z10, Z14)
	SUM(Z3, Z7, Z11, Z15)
	MOVQ keep+56(FP), R9
	TESTQ R9, R9
	JEQ kept
	KEEP(Z0)
	KEEP(Z1)
	KEEP(Z2)
	KEEP(Z3)
kept:
	VMOVUPS Z0, (AX)
	VMOVUPS Z1, (AX)(BX*1)
	VMOVUPS Z2, K1, 64(AX)
	VMOVUPS Z3, K1, 64(AX)(BX*1)
	VZEROUPPER
	RET

// sgemm1x16S4AVX2 is sgemm1x32S4AVX512 for one panel, and for AVX2. With AVX-512
// there would be half as many chains of FMAs.
//
// Spec    kernels.SgemmBias with four segments.
// Needs   AVX2, FMA3.
// Shapes  As sgemm1x32S4AVX512; cols: the columns of c.
// Memory  As sgemm1x32S4AVX512.
// Registers  narrow_amd64.h; Y0 and Y1, … Y6 and Y7: the sums of a segment.
// Cost    9 loads of 256 bits, two a cycle, for 4 steps.
//
// func sgemm1x16S4AVX2(k int, a, w, c *float32, cols int, keep *keep)
TEXT ·sgemm1x16S4AVX2(SB), 0, $128-48
	MOVQ k+0(FP), DX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), BX
	SEGMENTS
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	CLEAR4(Y2, Y3, Y4, Y5)
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	FORWARD(0, 64)
	STEPS(ALL16Y(FOUR1Y), ALL16Y(ONE1Y), LESS16Y(ONE1Y))
	SUM(Y0, Y2, Y4, Y6)
	SUM(Y1, Y3, Y5, Y7)
	MOVQ keep+40(FP), R9
	TESTQ R9, R9
	JEQ kept
	KEEPY(Y0)
	KEEPY(Y1)
kept:
	MOVQ c+24(FP), DI
	MOVQ cols+32(FP), CX
	XORL R13, R13
	PUT(0, 0, Y0, X0)
	CMPQ CX, $8
	JLE done
	PUT(32, 8, Y1, X1)
done:
	VZEROUPPER
	RET

// sgemm1x32S4AVX2 is sgemm1x32S4AVX512 for AVX2, the last two segments after the
// first two.
//
// Spec    kernels.SgemmBias with four segments.
// Needs   AVX2, FMA3.
// Shapes  As sgemm1x32S4AVX512; cols: the columns of c in the second panel.
// Memory  As sgemm1x32S4AVX512.
// Registers  narrow_amd64.h; Y0 to Y3 and Y4 to Y7: the sums of two segments; Y8 to
//	Y11: that of the first two; R9: steps of the last segment, BX: those that it
//	lacks, 0 while it is at hand.
// Cost    17 loads of 256 bits, two a cycle, for 4 steps.
//
// func sgemm1x32S4AVX2(k int, a, w, c *float32, cols int, keep *keep)
TEXT ·sgemm1x32S4AVX2(SB), 0, $128-48
	MOVQ k+0(FP), DX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), BX
	SEGMENTS
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS (R12), Y2
	VMOVUPS 32(R12), Y3
	FORWARD(0, 64)
	MOVQ DX, R9
	MOVQ R13, BX
	ADDQ R13, DX
	XORL R13, R13
two:
	CLEAR4(Y4, Y5, Y6, Y7)
	STEPS(ALL32Y(FOUR2Y), ALL32Y(ONE2Y), LESS32Y(ONE2Y))
	TESTQ R9, R9
	JZ last
	VADDPS Y4, Y0, Y8
	VADDPS Y5, Y1, Y9
	VADDPS Y6, Y2, Y10
	VADDPS Y7, Y3, Y11
	CLEAR4(Y0, Y1, Y2, Y3)
	ADDQ R8, SI
	ADDQ R10, DI
	ADDQ R10, R12
	MOVQ R9, DX
	MOVQ BX, R13
	XORL R9, R9
	JMP two
last:
	ADD2(Y8, Y0, Y4)
	ADD2(Y9, Y1, Y5)
	ADD2(Y10, Y2, Y6)
	ADD2(Y11, Y3, Y7)
	MOVQ keep+40(FP), R9
	TESTQ R9, R9
	JEQ kept
	KEEPY(Y8)
	KEEPY(Y9)
	KEEPY(Y10)
	KEEPY(Y11)
kept:
	MOVQ c+24(FP), DI
	MOVQ cols+32(FP), CX
	VMOVUPS Y8, (DI)
	VMOVUPS Y9, 32(DI)
	MOVL $64, R13
	PUT(0, 0, Y10, X10)
	CMPQ CX, $8
	JLE done
	PUT(32, 8, Y11, X11)
done:
	VZEROUPPER
	RET
