//go:build gc && !purego

// One step of each optimiser for AVX2: the bodies are in optimizer_amd64.h. A call
// is bounded by its caller (chunk), because it cannot be preempted.

#include "go_asm.h"
#include "textflag.h"
#include "vector_avx2_amd64.h"
#include "optimizer_amd64.h"

// ssgdAVX2 makes a step of gradient descent for n parameters.
//
// Spec    kernels.SGD, bit for bit.
// Needs   AVX2, FMA3.
// Cost    2 loads, 1 store, 2 FMAs for 8 parameters.
//
// func ssgdAVX2(n int, w, dw *float32, lr, l2 float32)
TEXT ·ssgdAVX2(SB), 0, $384-32
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	CONSTS
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(lr+24(FP), C3)
	CONST(l2+28(FP), C4)
	EACH(SGD)
	RET

// smomentumAVX2 makes a step of gradient descent with momentum for n parameters.
//
// Spec    kernels.Momentum, bit for bit.
// Needs   AVX2, FMA3.
// Cost    3 loads, 2 stores for 8 parameters.
//
// func smomentumAVX2(n int, w, dw, v *float32, lr, mu, keep, l2 float32)
TEXT ·smomentumAVX2(SB), 0, $384-48
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ v+24(FP), DX
	CONSTS
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(lr+32(FP), C3)
	CONST(l2+44(FP), C4)
	CONST(mu+36(FP), C5)
	CONST(keep+40(FP), C6)
	EACH(MOMENTUM)
	RET

// snesterovAVX2 makes a step of Nesterov's accelerated gradient for n parameters.
//
// Spec    kernels.Nesterov, bit for bit.
// Needs   AVX2, FMA3.
// Cost    3 loads, 2 stores for 8 parameters.
//
// func snesterovAVX2(n int, w, dw, v *float32, lr, mu, l2 float32)
TEXT ·snesterovAVX2(SB), 0, $384-44
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ v+24(FP), DX
	CONSTS
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(lr+32(FP), C3)
	CONST(l2+40(FP), C4)
	CONST(mu+36(FP), C5)
	EACH(NESTEROV)
	RET

// sheavyballAVX2 makes a step of gradient descent with momentum for n parameters.
//
// Spec    kernels.HeavyBall, bit for bit.
// Needs   AVX2, FMA3.
// Cost    3 loads, 2 stores for 8 parameters.
//
// func sheavyballAVX2(n int, w, dw, v *float32, lr, mu, l2 float32)
TEXT ·sheavyballAVX2(SB), 0, $384-44
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ v+24(FP), DX
	CONSTS
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(lr+32(FP), C3)
	CONST(l2+40(FP), C4)
	CONST(mu+36(FP), C5)
	EACH(HEAVYBALL)
	RET

// sadagradAVX2 makes a step of Adagrad for n parameters.
//
// Spec    kernels.Adagrad with Momentum 0, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 root, 1 division for 8 parameters: bound by them.
//
// func sadagradAVX2(n int, w, dw, s *float32, p *AdagradStep)
TEXT ·sadagradAVX2(SB), 0, $384-40
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ s+24(FP), DX
	CONSTS
	CONST(·vectors+vectorConstants_abs(SB), C0)
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(·vectors+vectorConstants_flushSquare(SB), C3)
	MOVQ p+32(FP), R9
	CONST(AdagradStep_L2(R9), C4)
	CONST(AdagradStep_Inside(R9), C5)
	CONST(AdagradStep_Epsilon(R9), C6)
	CONST(AdagradStep_Rate(R9), C7)
	EACH(ADAGRAD)
	RET

// sadagradmomentumAVX2 makes a step of Adagrad for n parameters.
//
// Spec    kernels.Adagrad with Momentum not 0, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 root, 1 division for 8 parameters: bound by them.
//
// func sadagradmomentumAVX2(n int, w, dw, s, v *float32, p *AdagradStep)
TEXT ·sadagradmomentumAVX2(SB), 0, $384-48
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ s+24(FP), DX
	MOVQ v+32(FP), BX
	CONSTS
	CONST(·vectors+vectorConstants_abs(SB), C0)
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(·vectors+vectorConstants_flushSquare(SB), C3)
	MOVQ p+40(FP), R9
	CONST(AdagradStep_L2(R9), C4)
	CONST(AdagradStep_Inside(R9), C5)
	CONST(AdagradStep_Epsilon(R9), C6)
	CONST(AdagradStep_Rate(R9), C7)
	CONST(AdagradStep_Momentum(R9), C8)
	EACH(ADAGRADMOMENTUM)
	RET

// sadadeltaAVX2 makes a step of Adadelta for n parameters.
//
// Spec    kernels.Adadelta, bit for bit.
// Needs   AVX2, FMA3.
// Cost    2 roots, 1 division for 8 parameters: bound by them.
//
// func sadadeltaAVX2(n int, w, dw, s, u *float32, p *AdadeltaStep)
TEXT ·sadadeltaAVX2(SB), 0, $384-48
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ s+24(FP), DX
	MOVQ u+32(FP), BX
	CONSTS
	CONST(·vectors+vectorConstants_abs(SB), C0)
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(·vectors+vectorConstants_flushSquare(SB), C3)
	MOVQ p+40(FP), R9
	CONST(AdadeltaStep_L2(R9), C4)
	CONST(AdadeltaStep_Rho(R9), C5)
	CONST(AdadeltaStep_OneMinusRho(R9), C6)
	CONST(AdadeltaStep_Rate(R9), C7)
	CONST(AdadeltaStep_Epsilon(R9), C8)
	EACH(ADADELTA)
	RET

// srmspropAVX2 makes a step of RMSprop for n parameters.
//
// Spec    kernels.RMSprop, a and v being nil, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 root, 1 division for 8 parameters: bound by them.
//
// func srmspropAVX2(n int, w, dw, s *float32, p *RMSpropStep)
TEXT ·srmspropAVX2(SB), 0, $384-40
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ s+24(FP), DX
	CONSTS
	CONST(·vectors+vectorConstants_abs(SB), C0)
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(·vectors+vectorConstants_flushSquare(SB), C3)
	MOVQ p+32(FP), R9
	CONST(RMSpropStep_L2(R9), C4)
	CONST(RMSpropStep_Rho(R9), C5)
	CONST(RMSpropStep_OneMinusRho(R9), C6)
	CONST(RMSpropStep_Rate(R9), C7)
	CONST(RMSpropStep_Epsilon(R9), C9)
	CONST(RMSpropStep_Inside(R9), C10)
	EACH(RMSPROP)
	RET

// srmspropmomentumAVX2 makes a step of RMSprop for n parameters.
//
// Spec    kernels.RMSprop, a being nil, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 root, 1 division for 8 parameters: bound by them.
//
// func srmspropmomentumAVX2(n int, w, dw, s, v *float32, p *RMSpropStep)
TEXT ·srmspropmomentumAVX2(SB), 0, $384-48
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ s+24(FP), DX
	MOVQ v+32(FP), BX
	CONSTS
	CONST(·vectors+vectorConstants_abs(SB), C0)
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(·vectors+vectorConstants_flushSquare(SB), C3)
	MOVQ p+40(FP), R9
	CONST(RMSpropStep_L2(R9), C4)
	CONST(RMSpropStep_Rho(R9), C5)
	CONST(RMSpropStep_OneMinusRho(R9), C6)
	CONST(RMSpropStep_Rate(R9), C7)
	CONST(RMSpropStep_Epsilon(R9), C9)
	CONST(RMSpropStep_Inside(R9), C10)
	CONST(RMSpropStep_Momentum(R9), C8)
	EACH(RMSPROPMOMENTUM)
	RET

// srmspropcentredAVX2 makes a step of RMSprop for n parameters.
//
// Spec    kernels.RMSprop, v being nil, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 root, 1 division for 8 parameters: bound by them.
//
// func srmspropcentredAVX2(n int, w, dw, s, a *float32, p *RMSpropStep)
TEXT ·srmspropcentredAVX2(SB), 0, $384-48
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ s+24(FP), DX
	MOVQ a+32(FP), BX
	CONSTS
	CONST(·vectors+vectorConstants_abs(SB), C0)
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(·vectors+vectorConstants_flushSquare(SB), C3)
	MOVQ p+40(FP), R9
	CONST(RMSpropStep_L2(R9), C4)
	CONST(RMSpropStep_Rho(R9), C5)
	CONST(RMSpropStep_OneMinusRho(R9), C6)
	CONST(RMSpropStep_Rate(R9), C7)
	CONST(RMSpropStep_Epsilon(R9), C9)
	CONST(RMSpropStep_Inside(R9), C10)
	EACH(RMSPROPCENTRED)
	RET

// srmspropcentredmomentumAVX2 makes a step of RMSprop for n parameters.
//
// Spec    kernels.RMSprop, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 root, 1 division for 8 parameters: bound by them.
//
// func srmspropcentredmomentumAVX2(n int, w, dw, s, a, v *float32, p *RMSpropStep)
TEXT ·srmspropcentredmomentumAVX2(SB), 0, $384-56
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ s+24(FP), DX
	MOVQ a+32(FP), BX
	MOVQ v+40(FP), R8
	CONSTS
	CONST(·vectors+vectorConstants_abs(SB), C0)
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(·vectors+vectorConstants_flushSquare(SB), C3)
	MOVQ p+48(FP), R9
	CONST(RMSpropStep_L2(R9), C4)
	CONST(RMSpropStep_Rho(R9), C5)
	CONST(RMSpropStep_OneMinusRho(R9), C6)
	CONST(RMSpropStep_Rate(R9), C7)
	CONST(RMSpropStep_Epsilon(R9), C9)
	CONST(RMSpropStep_Inside(R9), C10)
	CONST(RMSpropStep_Momentum(R9), C8)
	EACH(RMSPROPCENTREDMOMENTUM)
	RET

// sadamAVX2 makes a step of Adam for n parameters.
//
// Spec    kernels.Adam, top being nil, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 root, 1 division for 8 parameters: bound by them.
//
// func sadamAVX2(n int, w, dw, m, v *float32, p *AdamStep)
TEXT ·sadamAVX2(SB), 0, $384-48
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ m+24(FP), DX
	MOVQ v+32(FP), BX
	CONSTS
	CONST(·vectors+vectorConstants_abs(SB), C0)
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(·vectors+vectorConstants_flushSquare(SB), C3)
	MOVQ p+40(FP), R9
	CONST(AdamStep_L2(R9), C4)
	CONST(AdamStep_Beta1(R9), C5)
	CONST(AdamStep_OneMinusBeta1(R9), C6)
	CONST(AdamStep_Beta2(R9), C7)
	CONST(AdamStep_OneMinusBeta2(R9), C8)
	CONST(AdamStep_Rate(R9), C9)
	CONST(AdamStep_InvRootBias2(R9), C10)
	CONST(AdamStep_Epsilon(R9), C11)
	CONST(AdamStep_Decay(R9), C12)
	EACH(ADAM)
	RET

// samsgradAVX2 makes a step of AMSGrad for n parameters.
//
// Spec    kernels.Adam, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 root, 1 division for 8 parameters: bound by them.
//
// func samsgradAVX2(n int, w, dw, m, v, top *float32, p *AdamStep)
TEXT ·samsgradAVX2(SB), 0, $384-56
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ m+24(FP), DX
	MOVQ v+32(FP), BX
	MOVQ top+40(FP), R8
	CONSTS
	CONST(·vectors+vectorConstants_abs(SB), C0)
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(·vectors+vectorConstants_flushSquare(SB), C3)
	MOVQ p+48(FP), R9
	CONST(AdamStep_L2(R9), C4)
	CONST(AdamStep_Beta1(R9), C5)
	CONST(AdamStep_OneMinusBeta1(R9), C6)
	CONST(AdamStep_Beta2(R9), C7)
	CONST(AdamStep_OneMinusBeta2(R9), C8)
	CONST(AdamStep_Rate(R9), C9)
	CONST(AdamStep_InvRootBias2(R9), C10)
	CONST(AdamStep_Epsilon(R9), C11)
	CONST(AdamStep_Decay(R9), C12)
	EACH(AMSGRAD)
	RET

// sadamaxAVX2 makes a step of Adamax for n parameters.
//
// Spec    kernels.Adamax, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 division for 8 parameters.
//
// func sadamaxAVX2(n int, w, dw, m, u *float32, p *AdamaxStep)
TEXT ·sadamaxAVX2(SB), 0, $384-48
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ m+24(FP), DX
	MOVQ u+32(FP), BX
	CONSTS
	CONST(·vectors+vectorConstants_abs(SB), C0)
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	MOVQ p+40(FP), R9
	CONST(AdamaxStep_L2(R9), C4)
	CONST(AdamaxStep_Beta1(R9), C5)
	CONST(AdamaxStep_OneMinusBeta1(R9), C6)
	CONST(AdamaxStep_Beta2(R9), C7)
	CONST(AdamaxStep_Rate(R9), C8)
	CONST(AdamaxStep_Epsilon(R9), C9)
	EACH(ADAMAX)
	RET

// snadamAVX2 makes a step of NAdam for n parameters.
//
// Spec    kernels.NAdam, bit for bit.
// Needs   AVX2, FMA3.
// Cost    1 root, 1 division for 8 parameters: bound by them.
//
// func snadamAVX2(n int, w, dw, m, v *float32, p *NAdamStep)
TEXT ·snadamAVX2(SB), 0, $384-48
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ m+24(FP), DX
	MOVQ v+32(FP), BX
	CONSTS
	CONST(·vectors+vectorConstants_abs(SB), C0)
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	CONST(·vectors+vectorConstants_flushSquare(SB), C3)
	MOVQ p+40(FP), R9
	CONST(NAdamStep_L2(R9), C4)
	CONST(NAdamStep_Beta1(R9), C5)
	CONST(NAdamStep_OneMinusBeta1(R9), C6)
	CONST(NAdamStep_Beta2(R9), C7)
	CONST(NAdamStep_OneMinusBeta2(R9), C8)
	CONST(NAdamStep_RateM(R9), C9)
	CONST(NAdamStep_RateG(R9), C10)
	CONST(NAdamStep_InvRootBias2(R9), C11)
	CONST(NAdamStep_Epsilon(R9), C12)
	CONST(NAdamStep_Decay(R9), C13)
	EACH(NADAM)
	RET

// slionAVX2 makes a step of Lion for n parameters.
//
// Spec    kernels.Lion, bit for bit.
// Needs   AVX2, FMA3.
// Cost    3 loads, 2 stores for 8 parameters.
//
// func slionAVX2(n int, w, dw, m *float32, p *LionStep)
TEXT ·slionAVX2(SB), 0, $384-40
	MOVQ n+0(FP), CX
	MOVQ w+8(FP), DI
	MOVQ dw+16(FP), SI
	MOVQ m+24(FP), DX
	CONSTS
	CONST(STATE, C1)
	CONST(PRODUCT, C2)
	MOVQ p+32(FP), R9
	CONST(LionStep_L2(R9), C4)
	CONST(LionStep_Beta1(R9), C5)
	CONST(LionStep_OneMinusBeta1(R9), C6)
	CONST(LionStep_Beta2(R9), C7)
	CONST(LionStep_OneMinusBeta2(R9), C8)
	CONST(LionStep_Rate(R9), C9)
	CONST(LionStep_Decay(R9), C10)
	CONST(·vectors+vectorConstants_sign(SB), C11)
	EACH(LION)
	RET
