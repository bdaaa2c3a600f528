//go:build gc && !purego

#include "go_asm.h"
#include "textflag.h"
#include "func_amd64.h"
#include "func_avx512_amd64.h"
#include "elements_avx512_amd64.h"
#include "activation_amd64.h"
#include "activationgrad_amd64.h"

// func sexpAVX512(e *elements)
TEXT ·sexpAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(EXP_SETUP, EXPONENTIAL)

// func slogAVX512(e *elements)
TEXT ·slogAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(EXP_REGS, LOGARITHM)

// func ssigmoidAVX512(e *elements)
TEXT ·ssigmoidAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(SIGMOID_SETUP, LOGISTIC; BOTH(FLUSHED))

// func stanhAVX512(e *elements)
TEXT ·stanhAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(EXP_SETUP, TANH; BOTH(FLUSHED))

// func sreluAVX512(e *elements)
TEXT ·sreluAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(RELU_SETUP, RELU)

// func sleakyAVX512(e *elements)
TEXT ·sleakyAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(ALPHA_SETUP, LEAKY; BOTH(FLUSHED))

// func seluAVX512(e *elements)
TEXT ·seluAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(ELU_SETUP, ELU; BOTH(FLUSHED))

// func sseluAVX512(e *elements)
TEXT ·sseluAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(SELU_SETUP, SELU; BOTH(FLUSHED))

// func shardsigmoidAVX512(e *elements)
TEXT ·shardsigmoidAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(HARD_SETUP, HARDSIGMOID; BOTH(FLUSHED))

// func ssoftplusAVX512(e *elements)
TEXT ·ssoftplusAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(EXP_SETUP, SOFTPLUS; BOTH(FLUSHED))

// func ssiluAVX512(e *elements)
TEXT ·ssiluAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(EXP_SETUP, SILU; BOTH(FLUSHED))

// func sgeluAVX512(e *elements)
TEXT ·sgeluAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(MILLS_SETUP, GELU; BOTH(FLUSHED))

// func sgelutanhAVX512(e *elements)
TEXT ·sgelutanhAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	FUNC(EXP_SETUP, GELUTANH; BOTH(FLUSHED))

// func ssigmoidgradAVX512(e *elements)
TEXT ·ssigmoidgradAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(NOTHING, SIGMOIDGRAD)

// func stanhgradAVX512(e *elements)
TEXT ·stanhgradAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(NOTHING, TANHGRAD)

// func srelugradAVX512(e *elements)
TEXT ·srelugradAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(ALPHA_SETUP, RELUGRAD)

// func selugradAVX512(e *elements)
TEXT ·selugradAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(ALPHA_SETUP, ELUGRAD)

// func sselugradAVX512(e *elements)
TEXT ·sselugradAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(SELUGRAD_SETUP, SELUGRAD)

// func shardsigmoidgradAVX512(e *elements)
TEXT ·shardsigmoidgradAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(HARD_SETUP, HARDSIGMOIDGRAD)

// func ssoftplusgradAVX512(e *elements)
TEXT ·ssoftplusgradAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(SIGMOID_SETUP, LOGISTIC)

// func ssilugradAVX512(e *elements)
TEXT ·ssilugradAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD_WIDE(SILUGRAD)

// func sgelugradAVX512(e *elements)
TEXT ·sgelugradAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD(MILLS_SETUP, GELUGRAD)

// func sgelutanhgradAVX512(e *elements)
TEXT ·sgelutanhgradAVX512(SB), 0, $128-8
	MOVQ e+0(FP), AX
	GRAD_WIDE(GELUTANHGRAD)
