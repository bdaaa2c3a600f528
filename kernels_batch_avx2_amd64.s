//go:build gc && !purego

#include "go_asm.h"
#include "textflag.h"
#include "func_amd64.h"
#include "func_avx2_amd64.h"
#include "put_avx2_amd64.h"
#include "batch_avx2_amd64.h"
#include "loss_avx2_amd64.h"

// squaredErrorAVX2 is squaredErrorAVX512 on halves of 8 columns.
//
// Spec    kernels.SquaredError.
// Needs   AVX2, FMA3.
// Shapes  batch.
// Memory  As squaredErrorAVX512.
// Registers  batch_avx2_amd64.h.
//
// func squaredErrorAVX2(b *batch)
TEXT ·squaredErrorAVX2(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	LOSSES(SQUARED, SQUARED_GRAD)
	RET

// absoluteErrorAVX2 is absoluteErrorAVX512 on halves of 8 columns.
//
// Spec    kernels.AbsoluteError.
// Needs   AVX2, FMA3.
// Shapes  batch.
// Memory  As absoluteErrorAVX512.
// Registers  batch_avx2_amd64.h.
//
// func absoluteErrorAVX2(b *batch)
TEXT ·absoluteErrorAVX2(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	LOSSES(ABSOLUTE, ABSOLUTE_GRAD)
	RET

// huberAVX2 is huberAVX512 on halves of 8 columns.
//
// Spec    kernels.Huber.
// Needs   AVX2, FMA3.
// Shapes  batch.
// Memory  As huberAVX512.
// Registers  batch_avx2_amd64.h.
//
// func huberAVX2(b *batch)
TEXT ·huberAVX2(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	VBROADCASTSS batch_delta(AX), Y10
	VXORPS K_SIGN, Y10, Y11
	LOSSES(HUBER, SQUARED_GRAD)
	RET

// sigmoidCrossEntropyAVX2 is sigmoidCrossEntropyAVX512 on halves of 8 columns.
//
// Spec    kernels.SigmoidCrossEntropy.
// Needs   AVX2, FMA3.
// Shapes  batch.
// Memory  As sigmoidCrossEntropyAVX512.
// Registers  batch_avx2_amd64.h.
//
// func sigmoidCrossEntropyAVX2(b *batch)
TEXT ·sigmoidCrossEntropyAVX2(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	LOSSES(LOGISTIC, LOGISTIC_GRAD)
	RET

// binaryCrossEntropyProbsAVX2 is binaryCrossEntropyProbsAVX512 on halves of 8 columns.
//
// Spec    kernels.BinaryCrossEntropyProbs.
// Needs   AVX2, FMA3.
// Shapes  batch.
// Memory  As binaryCrossEntropyProbsAVX512.
// Registers  batch_avx2_amd64.h.
//
// func binaryCrossEntropyProbsAVX2(b *batch)
TEXT ·binaryCrossEntropyProbsAVX2(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	LOSSES(BINARY, BINARY_GRAD)
	RET

// crossEntropyProbsAVX2 is crossEntropyProbsAVX512 on halves of 8 columns.
//
// Spec    kernels.CrossEntropyProbs.
// Needs   AVX2, FMA3.
// Shapes  batch.
// Memory  As crossEntropyProbsAVX512.
// Registers  batch_avx2_amd64.h.
//
// func crossEntropyProbsAVX2(b *batch)
TEXT ·crossEntropyProbsAVX2(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	LOSSES(CATEGORICAL, CATEGORICAL_GRAD)
	RET

// softmaxAVX2 is softmaxAVX512 on halves of 8 columns.
//
// Spec    kernels.Softmax.
// Needs   AVX2, FMA3.
// Shapes  batch.
// Memory  As softmaxAVX512.
// Registers  batch_avx2_amd64.h; Y2 and Y5: the last e^(x−m).
//
// func softmaxAVX2(b *batch)
TEXT ·softmaxAVX2(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	VBROADCASTSS batch_max(AX), Y9
	VBROADCASTSS batch_sum(AX), Y0
	CMPQ R14, $const_passLast
	JEQ last
row:
	CMPQ R14, $const_passAll
	JNE sums
	MAX_PASS
sums:
	LANES
	FIRST
vec:
	MASK
	EXP_HALF(0, Y0, Y2, Y3, Y4)
	CMPQ CX, $8
	JLE summed
	EXP_HALF(32, Y1, Y5, Y6, Y7)
	CMPQ CX, $16
	JLE summed
	VMOVUPS Y2, (DI)(R13*1)
	VMOVUPS Y5, 32(DI)(R13*1)
	NEXT(vec)
summed:
	CMPQ R14, $const_passAll
	JNE keep
	FOLD(VADDPS, Y0, Y1)
quotients:
	VDIVPS Y0, Y2, Y2
	PUT(0, 0, Y2, X2)
	CMPQ CX, $8
	JLE whole1
	VDIVPS Y0, Y5, Y5
	PUT(32, 8, Y5, X5)
	JMP whole1
whole2:
	VMOVUPS (DI)(R13*1), Y2
	VMOVUPS 32(DI)(R13*1), Y5
	VDIVPS Y0, Y2, Y2
	VDIVPS Y0, Y5, Y5
	VMOVUPS Y2, (DI)(R13*1)
	VMOVUPS Y5, 32(DI)(R13*1)
whole1:
	SUBQ $64, R13
	JGE whole2
	NEXT_ROW
	VZEROUPPER
	RET
last:
	LAST
	LOAD(DI, 0, Y3, Y2)
	LOAD(DI, 32, Y3, Y5)
	JMP quotients
keep:
	PUT(0, 0, Y2, X2)
	CMPQ CX, $8
	JLE kept
	PUT(32, 8, Y5, X5)
kept:
	KEEP
	RET

// logSoftmaxAVX2 is logSoftmaxAVX512 on halves of 8 columns.
//
// Spec    kernels.LogSoftmax.
// Needs   AVX2, FMA3.
// Shapes  batch.
// Memory  As logSoftmaxAVX512.
// Registers  batch_avx2_amd64.h.
//
// func logSoftmaxAVX2(b *batch)
TEXT ·logSoftmaxAVX2(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	VBROADCASTSS batch_max(AX), Y9
	VBROADCASTSS batch_sum(AX), Y0
	CMPQ R14, $const_passLast
	JEQ last
row:
	CMPQ R14, $const_passAll
	JNE sums
	MAX_PASS
	VXORPS Y2, Y2, Y2
	VADDPS Y2, Y9, Y9 // −0 + 0 is +0
sums:
	LANES
	FIRST
vec:
	MASK
	EXP_HALF(0, Y0, Y2, Y3, Y4)
	CMPQ CX, $8
	JLE summed
	EXP_HALF(32, Y1, Y5, Y6, Y7)
	NEXT(vec)
summed:
	CMPQ R14, $const_passAll
	JNE keep
	FOLD(VADDPS, Y0, Y1)
last:
	LOG(Y0, Y1, Y2, Y3, Y4)
	FIRST
differences:
	MASK
	LOAD(SI, 0, Y3, Y2)
	VSUBPS Y9, Y2, Y2
	VSUBPS Y0, Y2, Y2
	PUT(0, 0, Y2, X2)
	CMPQ CX, $8
	JLE next
	LOAD(SI, 32, Y3, Y2)
	VSUBPS Y9, Y2, Y2
	VSUBPS Y0, Y2, Y2
	PUT(32, 8, Y2, X2)
	NEXT(differences)
next:
	NEXT_ROW
	VZEROUPPER
	RET
keep:
	KEEP
	RET

// softmaxGradAVX2 is softmaxGradAVX512 on halves of 8 columns.
//
// Spec    kernels.SoftmaxGrad.
// Needs   AVX2, FMA3.
// Shapes  batch.
// Memory  As softmaxGradAVX512.
// Registers  batch_avx2_amd64.h; Y2 and Y3, Y4 and Y5: halves of x and t.
//
// func softmaxGradAVX2(b *batch)
TEXT ·softmaxGradAVX2(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	VBROADCASTSS batch_sum(AX), Y0
	CMPQ R14, $const_passLast
	JEQ last
row:
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	FIRST
vec:
	MASK
	LOAD(SI, 0, Y6, Y2)
	LOAD(DX, 0, Y6, Y3)
	VFMADD231PS Y3, Y2, Y0
	LOAD(SI, 32, Y6, Y4)
	LOAD(DX, 32, Y6, Y5)
	VFMADD231PS Y5, Y4, Y1
	CMPQ CX, $16
	JLE summed
	NEXT(vec)
summed:
	FOLD(VADDPS, Y0, Y1)
products:
	VSUBPS Y0, Y2, Y2
	VMULPS Y2, Y3, Y2
	FLUSH(Y2, Y6)
	PUT(0, 0, Y2, X2)
	CMPQ CX, $8
	JLE back
	VSUBPS Y0, Y4, Y4
	VMULPS Y4, Y5, Y4
	FLUSH(Y4, Y6)
	PUT(32, 8, Y4, X4)
back:
	SUBQ $64, R13
	JLT next
	VMOVUPS (SI)(R13*1), Y2
	VMOVUPS (DX)(R13*1), Y3
	VMOVUPS 32(SI)(R13*1), Y4
	VMOVUPS 32(DX)(R13*1), Y5
	MOVL $16, CX
	JMP products
next:
	NEXT_ROW
	VZEROUPPER
	RET
last:
	LAST
	LOAD(SI, 0, Y6, Y2)
	LOAD(DX, 0, Y6, Y3)
	LOAD(SI, 32, Y6, Y4)
	LOAD(DX, 32, Y6, Y5)
	JMP products

// logSoftmaxGradAVX2 is logSoftmaxGradAVX512 on halves of 8 columns.
//
// Spec    kernels.LogSoftmaxGrad.
// Needs   AVX2, FMA3.
// Shapes  batch.
// Memory  As logSoftmaxGradAVX512.
// Registers  batch_avx2_amd64.h.
//
// func logSoftmaxGradAVX2(b *batch)
TEXT ·logSoftmaxGradAVX2(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	VBROADCASTSS batch_sum(AX), Y0
	CMPQ R14, $const_passLast
	JEQ last
row:
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	FIRST
vec:
	MASK
	LOAD(SI, 0, Y3, Y2)
	VADDPS Y2, Y0, Y0
	LOAD(SI, 32, Y3, Y2)
	VADDPS Y2, Y1, Y1
	NEXT(vec)
	FOLD(VADDPS, Y0, Y1)
last:
	FIRST
differences:
	MASK
	LOAD(DX, 0, Y6, Y3)
	LOAD(SI, 0, Y6, Y2)
	EXP(Y3, Y4, Y5)
	VFNMADD231PS Y0, Y3, Y2
	FLUSH(Y2, Y6)
	PUT(0, 0, Y2, X2)
	CMPQ CX, $8
	JLE next
	LOAD(DX, 32, Y6, Y3)
	LOAD(SI, 32, Y6, Y2)
	EXP(Y3, Y4, Y5)
	VFNMADD231PS Y0, Y3, Y2
	FLUSH(Y2, Y6)
	PUT(32, 8, Y2, X2)
	NEXT(differences)
next:
	NEXT_ROW
	VZEROUPPER
	RET

// softmaxCrossEntropyAVX2 is softmaxCrossEntropyAVX512 on halves of 8 columns.
//
// Spec    kernels.SoftmaxCrossEntropy.
// Needs   AVX2, FMA3.
// Shapes  batch.
// Memory  As softmaxCrossEntropyAVX512.
// Registers  batch_avx2_amd64.h; Y8 and Y9: the last e^(x−m) in the last pass.
//	Results of the row are kept in the batch.
//
// func softmaxCrossEntropyAVX2(b *batch)
TEXT ·softmaxCrossEntropyAVX2(SB), 0, $128-8
	MOVQ b+0(FP), AX
	BATCH
	EXP_REGS
	CMPQ R14, $const_passLast
	JEQ last
row:
	CMPQ R14, $const_passAll
	JNE given
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	FIRST
targets:
	MASK
	LOAD(DX, 0, Y3, Y2)
	VADDPS Y2, Y0, Y0
	LOAD(DX, 32, Y3, Y2)
	VADDPS Y2, Y1, Y1
	NEXT(targets)
	FOLD(VADDPS, Y0, Y1)
	VMOVSS X0, batch_total(AX)
	MAX_PASS
	VMOVSS X9, batch_max(AX)
given:
	VBROADCASTSS batch_max(AX), Y9
	LANES
	FIRST
vec:
	MASK
	EXP_HALF(0, Y0, Y2, Y3, Y4)
	CMPQ CX, $8
	JLE summed
	EXP_HALF(32, Y1, Y5, Y6, Y7)
	CMPQ CX, $16
	JLE summed
	VMOVUPS Y2, (DI)(R13*1)
	VMOVUPS Y5, 32(DI)(R13*1)
	NEXT(vec)
summed:
	CMPQ R14, $const_passAll
	JNE keep
	VMOVAPS Y2, Y8
	VMOVAPS Y5, Y9
	FOLD(VADDPS, Y0, Y1)
	VMOVSS X0, batch_sum(AX)
logs:
	LOG(Y0, Y1, Y2, Y3, Y4)
	VMOVSS X0, batch_logSum(AX)
	LANES
	FIRST
losses:
	MASK
	CROSS_HALF(0, 0, Y0, Y8)
	CMPQ CX, $8
	JLE end
	CROSS_HALF(32, 8, Y1, Y9)
	NEXT(losses)
end:
	LOSS
	RET
last:
	VBROADCASTSS batch_sum(AX), Y0
	LAST
	LOAD(DI, 0, Y3, Y8)
	LOAD(DI, 32, Y3, Y9)
	JMP logs
keep:
	PUT(0, 0, Y2, X2)
	CMPQ CX, $8
	JLE kept
	PUT(32, 8, Y5, X5)
kept:
	KEEP
	RET
