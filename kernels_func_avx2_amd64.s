//go:build gc && !purego

#include "go_asm.h"
#include "textflag.h"
#include "func_amd64.h"
#include "func_avx2_amd64.h"
#include "elements_avx2_amd64.h"
#include "activation_amd64.h"
#include "activationgrad_amd64.h"

// func sexpAVX2(e *elements)
TEXT ·sexpAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(EXP_SETUP, EXPONENTIAL)

// func slogAVX2(e *elements)
TEXT ·slogAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(EXP_REGS, LOGARITHM)

// func ssigmoidAVX2(e *elements)
TEXT ·ssigmoidAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(SIGMOID_SETUP, LOGISTIC; BOTH(FLUSHED))

// func stanhAVX2(e *elements)
TEXT ·stanhAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(EXP_SETUP, TANH; BOTH(FLUSHED))

// func sreluAVX2(e *elements)
TEXT ·sreluAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(RELU_SETUP, RELU)

// func sleakyAVX2(e *elements)
TEXT ·sleakyAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(ALPHA_SETUP, LEAKY; BOTH(FLUSHED))

// func seluAVX2(e *elements)
TEXT ·seluAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(ELU_SETUP, ELU; BOTH(FLUSHED))

// func sseluAVX2(e *elements)
TEXT ·sseluAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(SELU_SETUP, SELU; BOTH(FLUSHED))

// func shardsigmoidAVX2(e *elements)
TEXT ·shardsigmoidAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(HARD_SETUP, HARDSIGMOID; BOTH(FLUSHED))

// func ssoftplusAVX2(e *elements)
TEXT ·ssoftplusAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(EXP_SETUP, SOFTPLUS; BOTH(FLUSHED))

// func ssiluAVX2(e *elements)
TEXT ·ssiluAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(EXP_SETUP, SILU; BOTH(FLUSHED))

// func sgeluAVX2(e *elements)
TEXT ·sgeluAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(MILLS_SETUP, GELU; BOTH(FLUSHED))

// func sgelutanhAVX2(e *elements)
TEXT ·sgelutanhAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(EXP_SETUP, GELUTANH; BOTH(FLUSHED))

// func ssigmoidgradAVX2(e *elements)
TEXT ·ssigmoidgradAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(NOTHING, SIGMOIDGRAD)

// func stanhgradAVX2(e *elements)
TEXT ·stanhgradAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(NOTHING, TANHGRAD)

// func srelugradAVX2(e *elements)
TEXT ·srelugradAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(ALPHA_SETUP, RELUGRAD)

// func selugradAVX2(e *elements)
TEXT ·selugradAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(ALPHA_SETUP, ELUGRAD)

// func sselugradAVX2(e *elements)
TEXT ·sselugradAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(SELUGRAD_SETUP, SELUGRAD)

// func shardsigmoidgradAVX2(e *elements)
TEXT ·shardsigmoidgradAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(HARD_SETUP, HARDSIGMOIDGRAD)

// func ssoftplusgradAVX2(e *elements)
TEXT ·ssoftplusgradAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(SIGMOID_SETUP, LOGISTIC)

// func ssilugradAVX2(e *elements)
TEXT ·ssilugradAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD_WIDE(SILUGRAD)

// func sgelugradAVX2(e *elements)
TEXT ·sgelugradAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(MILLS_SETUP, GELUGRAD)

// func sgelutanhgradAVX2(e *elements)
TEXT ·sgelutanhgradAVX2(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD_WIDE(GELUTANHGRAD)
