//go:build gc && !purego

#include "textflag.h"
#include "put_avx2_amd64.h"
#include "gemv_amd64.h"

// sgemv16AVX512 multiplies a row with a layer of one panel.
//
//	c[j] = fma(a[p], w[p][j], c[j])   for p = 0, 1, … k−1, starting from the bias;
//	at last, with keep, what it does
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX-512 F, BW.
// Shapes  a: k elements; w: panels of layout.Panels; mask: columns of the last
//	panel, a bit each.
// Memory  Reads a and w, writes the columns of c.
// Registers  gemv_amd64.h; Z0 …: the sums.
// Cost    A load for a step of a panel, and one for a step.
//
// func sgemv16AVX512(k int, a, w, c *float32, mask int, keep *keep)
TEXT ·sgemv16AVX512(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	KMOVQ mask+32(FP), K1
	MOVQ keep+40(FP), R9
	GEMV(WALK1, ELEM, KEEP0, KEEP, OUT1)
	RET

// sgemv32AVX512 is sgemv16AVX512 for two panels.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX-512 F, BW.
// Shapes  As sgemv16AVX512.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Z0 …: the sums.
//
// func sgemv32AVX512(k int, a, w, c *float32, mask int, keep *keep)
TEXT ·sgemv32AVX512(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	KMOVQ mask+32(FP), K1
	MOVQ keep+40(FP), R9
	GEMV(WALK2, ELEM, KEEP0, KEEP, OUT2)
	RET

// sgemv48AVX512 is sgemv16AVX512 for three panels.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX-512 F, BW.
// Shapes  As sgemv16AVX512.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Z0 …: the sums.
//
// func sgemv48AVX512(k int, a, w, c *float32, mask int, keep *keep)
TEXT ·sgemv48AVX512(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	KMOVQ mask+32(FP), K1
	MOVQ keep+40(FP), R9
	GEMV(WALK3, ELEM, KEEP0, KEEP, OUT3)
	RET

// sgemv64AVX512 is sgemv16AVX512 for four panels.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX-512 F, BW.
// Shapes  As sgemv16AVX512.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Z0 …: the sums.
//
// func sgemv64AVX512(k int, a, w, c *float32, mask int, keep *keep)
TEXT ·sgemv64AVX512(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	KMOVQ mask+32(FP), K1
	MOVQ keep+40(FP), R9
	GEMV(WALK4, ELEM, KEEP0, KEEP, OUT4)
	RET

// sgemv80AVX512 is sgemv16AVX512 for five panels.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX-512 F, BW.
// Shapes  As sgemv16AVX512.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Z0 …: the sums.
//
// func sgemv80AVX512(k int, a, w, c *float32, mask int, keep *keep)
TEXT ·sgemv80AVX512(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	KMOVQ mask+32(FP), K1
	MOVQ keep+40(FP), R9
	GEMV(WALK5, ELEM, KEEP0, KEEP, OUT5)
	RET

// sgemv96AVX512 is sgemv16AVX512 for six panels.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX-512 F, BW.
// Shapes  As sgemv16AVX512.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Z0 …: the sums.
//
// func sgemv96AVX512(k int, a, w, c *float32, mask int, keep *keep)
TEXT ·sgemv96AVX512(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	KMOVQ mask+32(FP), K1
	MOVQ keep+40(FP), R9
	GEMV(WALK6, ELEM, KEEP0, KEEP, OUT6)
	RET

// sgemv112AVX512 is sgemv16AVX512 for seven panels.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX-512 F, BW.
// Shapes  As sgemv16AVX512.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Z0 …: the sums.
//
// func sgemv112AVX512(k int, a, w, c *float32, mask int, keep *keep)
TEXT ·sgemv112AVX512(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	KMOVQ mask+32(FP), K1
	MOVQ keep+40(FP), R9
	GEMV(WALK7, ELEM, KEEP0, KEEP, OUT7)
	RET

// sgemv128AVX512 is sgemv16AVX512 for eight panels.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX-512 F, BW.
// Shapes  As sgemv16AVX512.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Z0 …: the sums.
//
// func sgemv128AVX512(k int, a, w, c *float32, mask int, keep *keep)
TEXT ·sgemv128AVX512(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	KMOVQ mask+32(FP), K1
	MOVQ keep+40(FP), R9
	GEMV(WALK8, ELEM, KEEP0, KEEP, OUT8)
	RET

// sgemv16AVX2 is sgemv16AVX512 for AVX2.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX2, FMA3.
// Shapes  As sgemv16AVX512; cols: the columns of the last panel.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Y0 …: the sums.
//
// func sgemv16AVX2(k int, a, w, c *float32, cols int, keep *keep)
TEXT ·sgemv16AVX2(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	MOVQ cols+32(FP), R8
	MOVQ keep+40(FP), R9
	GEMV(HALVES1, ELEMY, KEEP0Y, KEEPY, OUT1Y)
	RET

// sgemv32AVX2 is sgemv32AVX512 for AVX2.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX2, FMA3.
// Shapes  As sgemv16AVX512; cols: the columns of the last panel.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Y0 …: the sums.
//
// func sgemv32AVX2(k int, a, w, c *float32, cols int, keep *keep)
TEXT ·sgemv32AVX2(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	MOVQ cols+32(FP), R8
	MOVQ keep+40(FP), R9
	GEMV(HALVES2, ELEMY, KEEP0Y, KEEPY, OUT2Y)
	RET

// sgemv48AVX2 is sgemv48AVX512 for AVX2.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX2, FMA3.
// Shapes  As sgemv16AVX512; cols: the columns of the last panel.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Y0 …: the sums.
//
// func sgemv48AVX2(k int, a, w, c *float32, cols int, keep *keep)
TEXT ·sgemv48AVX2(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	MOVQ cols+32(FP), R8
	MOVQ keep+40(FP), R9
	GEMV(HALVES3, ELEMY, KEEP0Y, KEEPY, OUT3Y)
	RET

// sgemv64AVX2 is sgemv64AVX512 for AVX2.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX2, FMA3.
// Shapes  As sgemv16AVX512; cols: the columns of the last panel.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Y0 …: the sums.
//
// func sgemv64AVX2(k int, a, w, c *float32, cols int, keep *keep)
TEXT ·sgemv64AVX2(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	MOVQ cols+32(FP), R8
	MOVQ keep+40(FP), R9
	GEMV(HALVES4, ELEMY, KEEP0Y, KEEPY, OUT4Y)
	RET

// sgemv80AVX2 is sgemv80AVX512 for AVX2.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX2, FMA3.
// Shapes  As sgemv16AVX512; cols: the columns of the last panel.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Y0 …: the sums.
//
// func sgemv80AVX2(k int, a, w, c *float32, cols int, keep *keep)
TEXT ·sgemv80AVX2(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	MOVQ cols+32(FP), R8
	MOVQ keep+40(FP), R9
	GEMV(HALVES5, ELEMY, KEEP0Y, KEEPY, OUT5Y)
	RET

// sgemv96AVX2 is sgemv96AVX512 for AVX2.
//
// Spec    kernels.SgemmBias with one segment.
// Needs   AVX2, FMA3.
// Shapes  As sgemv16AVX512; cols: the columns of the last panel.
// Memory  As sgemv16AVX512.
// Registers  gemv_amd64.h; Y0 …: the sums.
//
// func sgemv96AVX2(k int, a, w, c *float32, cols int, keep *keep)
TEXT ·sgemv96AVX2(SB), 0, $128-48
	MOVQ k+0(FP), CX
	MOVQ a+8(FP), SI
	MOVQ w+16(FP), DI
	MOVQ c+24(FP), AX
	MOVQ cols+32(FP), R8
	MOVQ keep+40(FP), R9
	GEMV(HALVES6, ELEMY, KEEP0Y, KEEPY, OUT6Y)
	RET
