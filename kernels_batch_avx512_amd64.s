//go:build gc && !purego

#include "go_asm.h"
#include "textflag.h"
#include "func_amd64.h"
#include "func_avx512_amd64.h"
#include "batch_avx512_amd64.h"
#include "loss_avx512_amd64.h"

// squaredErrorAVX512 computes, for each row, the squared error.
//
//	loss[i] = Σ d², d = x[i][j] − t[i][j];   dst[i][j] = Flush(d·scale)
//
// Spec    kernels.SquaredError.
// Needs   AVX-512 F, BW, DQ.
// Shapes  batch.
// Memory  Reads the rows of x and t, writes those of dst, if it is not nil, and loss.
// Registers  batch_avx512_amd64.h.
// Cost    The chain of FMAs: 4 cycles for 16 elements of a long row.
//
// func squaredErrorAVX512(b *batch)
TEXT ·squaredErrorAVX512(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	LOSSES(SQUARED, SQUARED_GRAD)
	RET

// absoluteErrorAVX512 computes, for each row, the absolute error.
//
//	loss[i] = Σ |d|, d = x[i][j] − t[i][j];   dst[i][j] = Flush(sign(d)·scale)
//
// Spec    kernels.AbsoluteError.
// Needs   AVX-512 F, BW, DQ.
// Shapes  batch.
// Memory  As squaredErrorAVX512.
// Registers  batch_avx512_amd64.h.
// Cost    Some 4 cycles for 16 elements.
//
// func absoluteErrorAVX512(b *batch)
TEXT ·absoluteErrorAVX512(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	LOSSES(ABSOLUTE, ABSOLUTE_GRAD)
	RET

// huberAVX512 computes, for each row, Huber's loss.
//
//	loss[i] = Σ c·(d − ½c), d = x[i][j] − t[i][j], c = d clamped to ±δ
//	dst[i][j] = Flush(c·scale)
//
// Spec    kernels.Huber.
// Needs   AVX-512 F, BW, DQ.
// Shapes  batch.
// Memory  As squaredErrorAVX512.
// Registers  batch_avx512_amd64.h.
// Cost    Some 5 cycles for 16 elements.
//
// func huberAVX512(b *batch)
TEXT ·huberAVX512(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	VBROADCASTSS batch_delta(AX), DELTA
	VXORPS.BCST K_SIGN, DELTA, MINUSDELTA
	LOSSES(HUBER, SQUARED_GRAD)
	RET

// sigmoidCrossEntropyAVX512 computes, for each row of logits, the binary
// cross-entropy.
//
//	loss[i] = Σ fma(−t, z, max(z, 0)) + log1p(e^−|z|);   dst[i][j] = Flush((σ(z)−t)·scale)
//
// Spec    kernels.SigmoidCrossEntropy.
// Needs   AVX-512 F, BW, DQ.
// Shapes  batch.
// Memory  As squaredErrorAVX512.
// Registers  batch_avx512_amd64.h.
// Cost    Two exponentials, a logarithm and a division a vector.
//
// func sigmoidCrossEntropyAVX512(b *batch)
TEXT ·sigmoidCrossEntropyAVX512(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	LOSSES(LOGISTIC, LOGISTIC_GRAD)
	RET

// binaryCrossEntropyProbsAVX512 computes, for each row of probabilities, the
// binary cross-entropy.
//
//	loss[i] = Σ −t·max(log p, −100) − (1−t)·max(log1p(−p), −100)
//	dst[i][j] = Flush((p−t)/max(p·(1−p), 10⁻¹²)·scale)
//
// Spec    kernels.BinaryCrossEntropyProbs.
// Needs   AVX-512 F, BW, DQ.
// Shapes  batch.
// Memory  As squaredErrorAVX512.
// Registers  batch_avx512_amd64.h.
// Cost    Two logarithms and a division a vector.
//
// func binaryCrossEntropyProbsAVX512(b *batch)
TEXT ·binaryCrossEntropyProbsAVX512(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	VBROADCASTSS K_MINLOG, MINLOG
	VBROADCASTSS K_MINPROB, MINPROB
	LOSSES(BINARY, BINARY_GRAD)
	RET

// crossEntropyProbsAVX512 computes, for each row of probabilities, the
// categorical cross-entropy.
//
//	loss[i] = Σ −t·max(log p, −100);   dst[i][j] = Flush(−t/max(p, 10⁻¹²)·scale)
//
// Spec    kernels.CrossEntropyProbs.
// Needs   AVX-512 F, BW, DQ.
// Shapes  batch.
// Memory  As squaredErrorAVX512.
// Registers  batch_avx512_amd64.h.
// Cost    A logarithm and a division a vector.
//
// func crossEntropyProbsAVX512(b *batch)
TEXT ·crossEntropyProbsAVX512(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	VBROADCASTSS K_MINLOG, MINLOG
	VBROADCASTSS K_MINPROB, MINPROB
	LOSSES(CATEGORICAL, CATEGORICAL_GRAD)
	RET

// softmaxAVX512 computes the softmax of each row.
//
//	dst[i][j] = e^(x[i][j]−m) / Σ e^(x[i][k]−m), m the greatest element
//
// Spec    kernels.Softmax.
// Needs   AVX-512 F, BW, DQ.
// Shapes  batch, with dst.
// Memory  Reads the rows of x, writes those of dst.
// Registers  batch_avx512_amd64.h; Z1: the last e^(x−m).
// Cost    An exponential and a division a vector; a row of 16 columns takes some
//	30 cycles beside others, four times as many alone.
//
// func softmaxAVX512(b *batch)
TEXT ·softmaxAVX512(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	VBROADCASTSS batch_max(AX), MAXIMUM
	VBROADCASTSS batch_sum(AX), SUM
	CMPQ R14, $const_passLast
	JEQ last
row:
	CMPQ R14, $const_passAll
	JNE sums
	MAX_PASS
sums:
	MOVQ batch_from(AX), CX
	VMOVUPS (CX), Z0
	FIRST
vec:
	MASK
	EXP_VECTOR
	CMPQ CX, $16
	JLE summed
	PUT(Z1)
	NEXT(vec)
summed:
	CMPQ R14, $const_passAll
	JNE keep
	FOLD(VADDPS, Z0, Z2)
	VMOVAPS Z0, SUM
quotients:
	VDIVPS SUM, Z1, Z1
	PUT(Z1)
	BACK(next)
	DST(Z1)
	JMP quotients
next:
	NEXT_ROW
	VZEROUPPER
	RET
last:
	LAST
	DST(Z1)
	JMP quotients
keep:
	PUT(Z1)
	KEEP
	RET

// logSoftmaxAVX512 computes the logarithm of the softmax of each row.
//
//	dst[i][j] = (x[i][j]−m) − log Σ e^(x[i][k]−m), m the greatest element
//
// Spec    kernels.LogSoftmax.
// Needs   AVX-512 F, BW, DQ.
// Shapes  batch, with dst.
// Memory  Reads the rows of x, writes those of dst.
// Registers  batch_avx512_amd64.h.
// Cost    An exponential a vector, and a logarithm a row.
//
// func logSoftmaxAVX512(b *batch)
TEXT ·logSoftmaxAVX512(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	VXORPS Z24, Z24, Z24
	VBROADCASTSS batch_max(AX), MAXIMUM
	VBROADCASTSS batch_sum(AX), Z0
	CMPQ R14, $const_passLast
	JEQ last
row:
	CMPQ R14, $const_passAll
	JNE sums
	MAX_PASS
	VADDPS Z24, MAXIMUM, MAXIMUM // −0 + 0 is +0
sums:
	MOVQ batch_from(AX), CX
	VMOVUPS (CX), Z0
	FIRST
vec:
	MASK
	EXP_VECTOR
	NEXT(vec)
	CMPQ R14, $const_passAll
	JNE keep
	FOLD(VADDPS, Z0, Z1)
last:
	LOG(Z0, Z1, Z2, Z3)
	FIRST
differences:
	MASK
	X(Z1)
	VSUBPS MAXIMUM, Z1, Z1
	VSUBPS Z0, Z1, Z1
	PUT(Z1)
	NEXT(differences)
	NEXT_ROW
	VZEROUPPER
	RET
keep:
	KEEP
	RET

// softmaxGradAVX512 multiplies each row with the Jacobian of Softmax: x is the
// gradient with respect to its output t.
//
//	dst[i][j] = Flush(t[i][j]·(x[i][j] − Σ x[i][k]·t[i][k]))
//
// Spec    kernels.SoftmaxGrad.
// Needs   AVX-512 F, BW, DQ.
// Shapes  batch, with t and dst.
// Memory  Reads the rows of x and t, writes those of dst.
// Registers  batch_avx512_amd64.h; Z2: elements of t.
// Cost    The chain of FMAs: 4 cycles for 16 elements of a long row, and as many
//	again.
//
// func softmaxGradAVX512(b *batch)
TEXT ·softmaxGradAVX512(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	VBROADCASTSS batch_sum(AX), Z0
	CMPQ R14, $const_passLast
	JEQ last
row:
	VXORPS Z0, Z0, Z0
	FIRST
vec:
	MASK
	X(Z1)
	T(Z2)
	VFMADD231PS Z2, Z1, K2, Z0
	NEXT(vec)
	SUBQ $64, R13
	FOLD(VADDPS, Z0, Z3)
products:
	VSUBPS Z0, Z1, Z1
	VMULPS Z1, Z2, Z1
	FLUSH(Z1, Z3)
	PUT(Z1)
	BACK(next)
	X(Z1)
	T(Z2)
	JMP products
next:
	NEXT_ROW
	VZEROUPPER
	RET
last:
	LAST
	X(Z1)
	T(Z2)
	JMP products

// logSoftmaxGradAVX512 multiplies each row with the Jacobian of LogSoftmax: x is
// the gradient with respect to its output t.
//
//	dst[i][j] = Flush(fma(−e^t[i][j], Σ x[i][k], x[i][j]))
//
// Spec    kernels.LogSoftmaxGrad.
// Needs   AVX-512 F, BW, DQ.
// Shapes  batch, with t and dst.
// Memory  Reads the rows of x and t, writes those of dst.
// Registers  batch_avx512_amd64.h; Z2: elements of t.
// Cost    An exponential a vector.
//
// func logSoftmaxGradAVX512(b *batch)
TEXT ·logSoftmaxGradAVX512(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	VBROADCASTSS batch_sum(AX), Z0
	CMPQ R14, $const_passLast
	JEQ last
row:
	VXORPS Z0, Z0, Z0
	FIRST
vec:
	MASK
	VADDPS (SI)(R13*1), Z0, K2, Z0
	NEXT(vec)
	FOLD(VADDPS, Z0, Z3)
last:
	FIRST
differences:
	MASK
	T(Z2)
	EXP(Z2, Z3, Z4)
	X(Z1)
	VFNMADD231PS Z0, Z2, Z1
	FLUSH(Z1, Z3)
	PUT(Z1)
	NEXT(differences)
	NEXT_ROW
	VZEROUPPER
	RET

// softmaxCrossEntropyAVX512 computes, for each row of logits, the categorical
// cross-entropy. With m the greatest element, s = Σ e^(x[i][k]−m) and T = Σ t[i][k],
//
//	loss[i] = Σ t[i][j]·(log s − (x[i][j]−m))
//	dst[i][j] = Flush(fma(e^(x[i][j]−m)/s, T, −t[i][j])·scale)
//
// Spec    kernels.SoftmaxCrossEntropy.
// Needs   AVX-512 F, BW, DQ.
// Shapes  batch, with t and dst.
// Memory  Reads the rows of x and t, writes those of dst, its working memory, and
//	loss.
// Registers  batch_avx512_amd64.h; Z2: elements of t; Z4: log s; Z5: the last
//	e^(x−m).
// Cost    An exponential and a division a vector, and a logarithm a row.
//
// func softmaxCrossEntropyAVX512(b *batch)
TEXT ·softmaxCrossEntropyAVX512(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	VBROADCASTSS batch_max(AX), MAXIMUM
	VBROADCASTSS batch_sum(AX), SUM
	VBROADCASTSS batch_total(AX), TOTAL
	CMPQ R14, $const_passLast
	JEQ last
row:
	CMPQ R14, $const_passAll
	JNE sums
	MAX_PASS
sums:
	MOVQ batch_from(AX), CX
	VMOVUPS (CX), Z0
	VXORPS Z4, Z4, Z4
	FIRST
vec:
	MASK
	EXP_VECTOR
	VADDPS (DX)(R13*1), Z4, K2, Z4
	CMPQ CX, $16
	JLE summed
	PUT(Z1)
	NEXT(vec)
summed:
	CMPQ R14, $const_passAll
	JNE keep
	VMOVAPS Z1, Z5
	FOLD(VADDPS, Z4, Z2)
	VMOVAPS Z4, TOTAL
	FOLD(VADDPS, Z0, Z2)
	VMOVAPS Z0, SUM
logs:
	VMOVAPS SUM, Z4
	LOG(Z4, Z1, Z2, Z3)
	MOVQ batch_from(AX), CX
	VMOVUPS (CX), Z0
	FIRST
losses:
	VMOVAPS Z5, Z1
	MASK
	CMPQ CX, $16
	JLE 2(PC)
	DST(Z1)
	T(Z2)
	X(Z3)
	VSUBPS MAXIMUM, Z3, Z3
	VSUBPS Z3, Z4, Z3
	VFMADD231PS Z3, Z2, K2, Z0
	VDIVPS SUM, Z1, Z1
	VFMSUB213PS Z2, TOTAL, Z1
	VMULPS FACTOR, Z1, Z1
	FLUSH(Z1, Z3)
	PUT(Z1)
	NEXT(losses)
	LOSS
	RET
last:
	LAST
	DST(Z5)
	JMP logs
keep:
	PUT(Z1)
	KEEP
	RET
