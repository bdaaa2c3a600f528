//go:build gc && !purego

// Operations on elements, rows and columns for AVX2: the bodies are in
// blas1_amd64.h. A call is bounded by its caller (chunk), because it cannot be
// preempted.

#include "go_asm.h"
#include "textflag.h"
#include "vector_avx2_amd64.h"
#include "blas1_amd64.h"

// smulAVX2 computes dst[i] = x[i]·y[i] for n elements.
//
// Spec    kernels.Mul, bit for bit.
// Needs   AVX2, FMA3.
// Cost    2 loads, 1 store for 8 elements: store bound.
//
// func smulAVX2(n int, dst, x, y *float32)
TEXT ·smulAVX2(SB), 0, $128-32
	MOVQ n+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ x+16(FP), SI
	MOVQ y+24(FP), DX
	EACH4(MUL)
	RET

// saddAVX2 computes dst[i] = x[i] + y[i] for n elements.
//
// Spec    kernels.Add, bit for bit.
// Needs   AVX2, FMA3.
// Cost    2 loads, 1 store for 8 elements: store bound.
//
// func saddAVX2(n int, dst, x, y *float32)
TEXT ·saddAVX2(SB), 0, $128-32
	MOVQ n+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ x+16(FP), SI
	MOVQ y+24(FP), DX
	EACH4(ADD)
	RET

// sscaleAVX2 computes dst[i] = alpha·x[i] for n elements.
//
// Spec    kernels.Scale, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 load, 1 store for 8 elements: store bound.
//
// func sscaleAVX2(n int, dst, x *float32, alpha float32)
TEXT ·sscaleAVX2(SB), 0, $128-28
	MOVQ n+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ x+16(FP), SI
	CONST(alpha+24(FP), C1)
	EACH4(SCALE)
	RET

// saxpyAVX2 computes y[i] = fma(alpha, x[i], y[i]) for n elements.
//
// Spec    kernels.Axpy, bit for bit.
// Needs   AVX2, FMA3.
// Cost    2 loads, 1 store for 8 elements: store bound.
//
// func saxpyAVX2(n int, y, x *float32, alpha float32)
TEXT ·saxpyAVX2(SB), 0, $128-28
	MOVQ n+0(FP), CX
	MOVQ y+8(FP), DI
	MOVQ x+16(FP), SI
	CONST(alpha+24(FP), C1)
	EACH4(AXPY)
	RET

// sshiftscaleAVX2 computes dst[i] = (x[i] − shift[i])·scale[i] for n elements.
//
// Spec    kernels.ShiftScale, bit for bit.
// Needs   AVX2, FMA3.
// Cost    3 loads, 1 store for 8 elements: load bound.
//
// func sshiftscaleAVX2(n int, dst, x, shift, scale *float32)
TEXT ·sshiftscaleAVX2(SB), 0, $128-40
	MOVQ n+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ x+16(FP), SI
	MOVQ shift+24(FP), DX
	MOVQ scale+32(FP), BX
	EACH4(SHIFTSCALE)
	RET

// sdivAVX2 computes dst[i] = x[i]/divisor for n elements.
//
// Spec    the divisions of kernels.ColMoments, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 division for 8 elements.
//
// func sdivAVX2(n int, dst, x *float32, divisor float32)
TEXT ·sdivAVX2(SB), 0, $128-28
	MOVQ n+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ x+16(FP), SI
	CONST(divisor+24(FP), C1)
	EACH(DIV)
	RET

// sflushAVX2 computes dst[i] = |x[i]| < bound ? +0 : x[i] for n elements.
//
// Spec    kernels.FlushSlice, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 load, 1 store for 8 elements: store bound.
//
// func sflushAVX2(n int, dst, x *float32, bound float32)
TEXT ·sflushAVX2(SB), 0, $128-28
	MOVQ n+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ x+16(FP), SI
	CONST(·vectors+vectorConstants_abs(SB), C0)
	CONST(bound+24(FP), C1)
	EACH4(FLUSHES)
	RET

// sclipAVX2 computes dst[i], x[i] clamped to [−bound, bound], for n elements.
//
// Spec    kernels.Clip, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 load, 1 store for 8 elements: store bound.
//
// func sclipAVX2(n int, dst, x *float32, bound float32)
TEXT ·sclipAVX2(SB), 0, $128-28
	MOVQ n+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ x+16(FP), SI
	CONST(·vectors+vectorConstants_sign(SB), C1)
	CONST(bound+24(FP), C2)
	VXORPS C2, C1, C1
	EACH4(CLIP)
	RET

// saddsignAVX2 computes y[i] = y[i] + alpha·sign(x[i]) for n elements.
//
// Spec    kernels.AddSign, bit for bit.
// Needs   AVX2, FMA3.
// Cost    2 loads, 1 store for 8 elements.
//
// func saddsignAVX2(n int, y, x *float32, alpha float32)
TEXT ·saddsignAVX2(SB), 0, $128-28
	MOVQ n+0(FP), CX
	MOVQ y+8(FP), DI
	MOVQ x+16(FP), SI
	CONST(alpha+24(FP), C1)
	CONST(·vectors+vectorConstants_sign(SB), C2)
	VXORPS C3, C3, C3
	EACH4(ADDSIGN)
	RET

// sinvrootAVX2 computes dst[i] = 1/√(v[i]+eps) for n elements.
//
// Spec    kernels.InvRoot, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 root, 1 division for 8 elements: bound by them.
//
// func sinvrootAVX2(n int, dst, v *float32, eps float32)
TEXT ·sinvrootAVX2(SB), 0, $128-28
	MOVQ n+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ v+16(FP), SI
	CONST(eps+24(FP), C1)
	CONST(·vectors+vectorConstants_one(SB), C2)
	EACH(INVROOT)
	RET

// snormalizeAVX2 computes a row of n elements of x̂ and its affine image.
//
// Spec    kernels.Normalize, bit for bit.
// Needs   AVX2, FMA3.
// Cost    5 loads, 2 stores for 8 elements.
//
// func snormalizeAVX2(n int, y, xhat, x, mean, inv, gamma, beta *float32)
TEXT ·snormalizeAVX2(SB), 0, $128-64
	MOVQ n+0(FP), CX
	MOVQ y+8(FP), DI
	MOVQ xhat+16(FP), SI
	MOVQ x+24(FP), DX
	MOVQ mean+32(FP), BX
	MOVQ inv+40(FP), R8
	MOVQ gamma+48(FP), R9
	MOVQ beta+56(FP), R10
	CONST(PRODUCT, C1)
	EACH(NORMALIZE)
	RET

// snormalizegradAVX2 computes the gradient of a row of n elements.
//
// Spec    kernels.NormalizeGrad, bit for bit.
// Needs   AVX2, FMA3.
// Cost    5 loads, 1 store for 8 elements.
//
// func snormalizegradAVX2(n int, dst, dy, xhat, c, db, dg *float32)
TEXT ·snormalizegradAVX2(SB), 0, $128-56
	MOVQ n+0(FP), CX
	MOVQ dst+8(FP), DI
	MOVQ dy+16(FP), SI
	MOVQ xhat+24(FP), DX
	MOVQ c+32(FP), BX
	MOVQ db+40(FP), R8
	MOVQ dg+48(FP), R9
	CONST(PRODUCT, C1)
	EACH(NORMALIZEGRAD)
	RET

// sdotAVX2 returns Σ x[i]·y[i] of n elements, in 16 lanes.
//
// Spec    kernels.Dot, bit for bit.
// Needs   AVX2, FMA3.
// Shapes  s: the 16 lanes, carried from call to call; nil for one call alone.
// Cost    The latency of one FMA for 16 elements: there are but 16 lanes.
//
// func sdotAVX2(n int, x, y *float32, s *[16]float32) float32
TEXT ·sdotAVX2(SB), 0, $128-36
	MOVQ n+0(FP), CX
	MOVQ x+8(FP), SI
	MOVQ y+16(FP), DX
	MOVQ s+24(FP), R13
	REDUCE(DOT, FMAALL, FMAK)
	FOLD
	VMOVSS X0, ret+32(FP)
	RET

// ssumAVX2 returns Σ x[i] of n elements, in 16 lanes.
//
// Spec    kernels.Sum, bit for bit.
// Needs   AVX2, FMA3.
// Shapes  s: the 16 lanes, carried from call to call; nil for one call alone.
// Cost    The latency of one addition for 16 elements.
//
// func ssumAVX2(n int, x *float32, s *[16]float32) float32
TEXT ·ssumAVX2(SB), 0, $128-28
	MOVQ n+0(FP), CX
	MOVQ x+8(FP), SI
	MOVQ s+16(FP), R13
	REDUCE(SUM, ADDALL, ADDK)
	FOLD
	VMOVSS X0, ret+24(FP)
	RET

// ssumsquaresAVX2 returns Σ x[i]² of n elements, flushed, in 16 lanes.
//
// Spec    kernels.SumSquares, bit for bit.
// Needs   AVX2, FMA3.
// Shapes  s: the 16 lanes, carried from call to call; nil for one call alone.
// Cost    The latency of one FMA for 16 elements.
//
// func ssumsquaresAVX2(n int, x *float32, s *[16]float32) float32
TEXT ·ssumsquaresAVX2(SB), 0, $128-28
	MOVQ n+0(FP), CX
	MOVQ x+8(FP), SI
	MOVQ s+16(FP), R13
	CONST(PRODUCT, C1)
	REDUCE(SUMSQUARES, FMAALL, FMAK)
	FOLD
	VMOVSS X0, ret+24(FP)
	RET

// srowmaxAVX2 computes dst[i], the greatest of the n > 0 elements of row i of x,
// for m > 0 rows that are rsx elements apart.
//
// Spec    kernels.RowMax, bit for bit.
// Needs   AVX2, FMA3.
// Cost    Four maxima and two comparisons for four vectors.
//
// func srowmaxAVX2(m int, dst *float32, n int, x *float32, rsx int)
TEXT ·srowmaxAVX2(SB), 0, $128-40
	MOVQ m+0(FP), DX
	MOVQ dst+8(FP), DI
	MOVQ n+16(FP), R8
	MOVQ x+24(FP), SI
	MOVQ rsx+32(FP), BX
	SHLQ $2, BX
	CONST(·vectors+vectorConstants_negInf(SB), C1)
	MOVQ R8, CX
	ANDQ $7, CX
	TAIL
row:
	NANS0
	XORL AX, AX
	VMOVAPS C1, V0
	CMPQ R8, $8
	JLT last
	VMOVAPS C1, V1
	VMOVAPS C1, V2
	VMOVAPS C1, V3
	MOVQ R8, CX
	SUBQ $32, CX
	JLT few
many:
	LOAD(0(SI)(AX*1), V4)
	LOAD(32(SI)(AX*1), V5)
	LOAD(64(SI)(AX*1), V6)
	LOAD(96(SI)(AX*1), V7)
	TOP(V4, V0)
	TOP(V5, V1)
	TOP(V6, V2)
	TOP(V7, V3)
	NANS(V4, V5)
	NANS(V6, V7)
	ADDQ $128, AX
	SUBQ $32, CX
	JGE many
	TOP(V1, V0)
	TOP(V3, V2)
	TOP(V2, V0)
few:
	ADDQ $24, CX
	JLT rest
one:
	LOAD((SI)(AX*1), V4)
	TOP(V4, V0)
	NANS(V4, V4)
	ADDQ $32, AX
	SUBQ $8, CX
	JGE one
rest:
	ADDQ $8, CX
	JZ whole
last:
	LOADINF((SI)(AX*1), V4)
	TOP(V4, V0)
	NANS(V4, V4)
whole:
	MAX16
	VXORPS X1, X1, X1
	VADDSS X1, X0, X0 // −0 + 0 is +0
	NANJ(nan)
	VMOVSS X0, (DI)
	JMP next
nan:
	MOVL $0x7fc00000, (DI)
next:
	ADDQ $4, DI
	ADDQ BX, SI
	DECQ DX
	JNZ row
	VZEROUPPER
	RET

// scolsumsAVX2 adds the sums of columns of x to dst.
//
// Spec    kernels.ColSums, bit for bit.
// Needs   AVX2, FMA3.
// Shapes  cols: 1 … 32; m > 0 rows, rsx elements apart.
// Cost    1 load for each 8 columns of a row; at least the latency of an addition.
//
// func scolsumsAVX2(cols, m int, dst, x *float32, rsx int)
TEXT ·scolsumsAVX2(SB), 0, $128-40
	MOVQ cols+0(FP), CX
	MOVQ dst+16(FP), DI
	MOVQ x+24(FP), SI
	MOVQ rsx+32(FP), BX
	SHLQ $2, BX
	COLMASKS
	LOAD4(DI, V0, V1, V2, V3)
	MOVQ m+8(FP), CX
	CMPQ R12, $8
	JLE row1
	CMPQ R12, $16
	JLE row2
row4:
	COLUMNS4(COLSUM)
	JNZ row4
	JMP store
row2:
	COLUMNS2(COLSUM)
	JNZ row2
	JMP store
row1:
	COLUMNS1(COLSUM)
	JNZ row1
store:
	PUT4
	RET

// scoldotsAVX2 adds the sums of products of columns of x and y to dst.
//
// Spec    kernels.ColDots, bit for bit.
// Needs   AVX2, FMA3.
// Shapes  cols: 1 … 32; m > 0 rows, rsx and rsy elements apart.
// Cost    2 loads for each 8 columns of a row; at least the latency of an FMA.
//
// func scoldotsAVX2(cols, m int, dst, x *float32, rsx int, y *float32, rsy int)
TEXT ·scoldotsAVX2(SB), 0, $128-56
	MOVQ cols+0(FP), CX
	MOVQ dst+16(FP), DI
	MOVQ x+24(FP), SI
	MOVQ rsx+32(FP), BX
	SHLQ $2, BX
	MOVQ y+40(FP), DX
	MOVQ rsy+48(FP), R8
	SHLQ $2, R8
	COLMASKS
	LOAD4(DI, V0, V1, V2, V3)
	MOVQ m+8(FP), CX
	CMPQ R12, $8
	JLE row1
	CMPQ R12, $16
	JLE row2
row4:
	COLUMNS4(COLDOT)
	JNZ row4
	JMP store
row2:
	COLUMNS2(COLDOT)
	JNZ row2
	JMP store
row1:
	COLUMNS1(COLDOT)
	JNZ row1
store:
	PUT4
	RET

// scolsquaresAVX2 adds the sums of (x[i][j] − mean[j])², flushed, to dst.
//
// Spec    the second pass of kernels.ColMoments, bit for bit.
// Needs   AVX2, FMA3.
// Shapes  cols: 1 … 32; m > 0 rows, rsx elements apart.
// Cost    1 load for each 8 columns of a row; at least the latency of an FMA.
//
// func scolsquaresAVX2(cols, m int, dst, mean, x *float32, rsx int)
TEXT ·scolsquaresAVX2(SB), 0, $128-48
	MOVQ cols+0(FP), CX
	MOVQ dst+16(FP), DI
	MOVQ mean+24(FP), R13
	MOVQ x+32(FP), SI
	MOVQ rsx+40(FP), BX
	SHLQ $2, BX
	CONST(PRODUCT, C1)
	COLMASKS
	LOAD4(DI, V0, V1, V2, V3)
	LOAD4(R13, V4, V5, V6, V7)
	MOVQ m+8(FP), CX
	CMPQ R12, $8
	JLE row1
	CMPQ R12, $16
	JLE row2
row4:
	COLUMNS4(COLSQUARE)
	JNZ row4
	JMP store
row2:
	COLUMNS2(COLSQUARE)
	JNZ row2
	JMP store
row1:
	COLUMNS1(COLSQUARE)
	JNZ row1
store:
	PUT4
	RET

// smaxnormAVX2 scales the columns of a panel whose norms √s[j] are greater than
// bound down to it.
//
// Spec    the second half of kernels.MaxNorm for 16 columns, bit for bit.
// Needs   AVX2, FMA3.
// Shapes  w: n elements, whole rows of 16, n > 0; s: the sums of squares.
//
// func smaxnormAVX2(n int, w *float32, s *[16]float32, bound float32)
TEXT ·smaxnormAVX2(SB), 0, $128-28
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ s+16(FP), SI
	CONST(PRODUCT, C1)
	CONST(bound+24(FP), C2)
	VSQRTPS (SI), V2
	VSQRTPS 32(SI), V3
	VDIVPS V2, C2, V4
	VDIVPS V3, C2, V5
	VCMPPS $14, C2, V2, V6
	VCMPPS $14, C2, V3, V7
	VORPS V6, V7, V7
	VMOVMSKPS V7, R15
	TESTL R15, R15
	JZ done
	XORL AX, AX
row:
	SHRINK(0, V2, V4)
	SHRINK(32, V3, V5)
	ADDQ $64, AX
	SUBQ $16, CX
	JNZ row
done:
	VZEROUPPER
	RET

// sdropoutAVX2 computes dst[i] = x[i]·(draw i < threshold ? 0 : scale).
//
// Spec    kernels.Dropout, bit for bit.
// Needs   AVX2, FMA3.
// Shapes  n elements; the draw of the first is number skip < 4 of the block
//         counter.
// Registers
//	V8   the next blocks      C0  the multipliers    C6 … C15  the ten keys
//	V0 … V3  states           V4 … V7  products
// Cost    4 instructions a round and vector, four vectors interleaved.
// Source  Salmon et al., SC11, 2011.
//
// func sdropoutAVX2(p *dropoutArgs)
TEXT ·sdropoutAVX2(SB), 0, $384-8
	MOVQ p+0(FP), R8
	CONSTS
	CONST4(·vectors+vectorConstants_multipliers(SB), C0)
	CONST(dropoutArgs_threshold(R8), C1)
	CONST(dropoutArgs_scale(R8), C2)
	CONST4(·vectors+BLOCKS(SB), C3)
	CONST4(·vectors+vectorConstants_weyl(SB), V8)
	CONST4(dropoutArgs_key(R8), V9)
	KEYS
	CONST4(dropoutArgs_counter(R8), V8)
	VPADDQ ·vectors+vectorConstants_ramp(SB), V8, V8
	MOVQ dropoutArgs_dst(R8), DI
	MOVQ dropoutArgs_x(R8), SI
	MOVQ dropoutArgs_skip(R8), R9
	MOVQ dropoutArgs_n(R8), CX
	XORL AX, AX
	TESTQ R9, R9
	JNZ one
next:
	CMPQ CX, $32
	JLT one
four:
	BLOCK(V0)
	BLOCK(V1)
	BLOCK(V2)
	BLOCK(V3)
	TEN(ROUNDS4)
	DROP(LOAD, STORE, 0, V0, V4, V5)
	DROP(LOAD, STORE, 32, V1, V6, V7)
	DROP(LOAD, STORE, 64, V2, V4, V5)
	DROP(LOAD, STORE, 96, V3, V6, V7)
	ADDQ $128, AX
	SUBQ $32, CX
	JZ done
	JMP next
one:
	MOVQ $8, R10
	SUBQ R9, R10
	MOVQ CX, R11
	CMPQ CX, R10
	CMOVQGT R10, R11
	BLOCK(V0)
	TEN(ROUNDS1)
	VMOVD R9, X9
	VPBROADCASTD X9, V9
	VPADDD ·vectors+vectorConstants_lanes(SB), V9, V9
	VPERMD V0, V9, V0
	SPAN(R11)
	DROP(LOADT, STORESPAN, 0, V0, V4, V5)
	XORL R9, R9
	LEAQ (AX)(R11*4), AX
	SUBQ R11, CX
	JNZ next
done:
	VZEROUPPER
	RET
