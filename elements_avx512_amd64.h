// The loops of the functions of one value for AVX-512: over rows, and blocks of 32
// columns. Include func_avx512_amd64.h before. A TEXT consists of BEGIN, the steps
// of its function (activation_amd64.h), each for two vectors, so that the
// latencies of one are filled by the other, and END:
//
//	BEGIN
//	BOTH(EXP_1)        the first step for the vectors in Z0 and Z6
//	…
//	END
//
// Registers
//
//	AX          the arguments            BX  columns done
//	SI DX DI    rows of x, g and dst     CX  columns left
//	R9 R11 R10  bytes to the next        R8  rows left        R12  free
//	K1 K2       columns of the two vectors                    K7   free
//	Z24 Z25     KEPT and 0; Z26 … Z31: func_avx512_amd64.h

#define KEPT Z24
#define ZERO Z25

// BOTH does a step that takes 6 registers for both vectors, WIDE one of 12.
#define BOTH(step) \
	step(Z0, Z1, Z2, Z3, Z4, Z5); \
	step(Z6, Z7, Z8, Z9, Z10, Z11)
#define WIDE(step) \
	step(Z0, Z1, Z2, Z3, Z4, Z5, Z12, Z13, Z14, Z15, Z16, Z17); \
	step(Z6, Z7, Z8, Z9, Z10, Z11, Z18, Z19, Z20, Z21, Z22, Z23)

// What sets the registers of constants: CONSTANTS those of each kernel, EXP_SETUP
// and SIGMOID_SETUP those of the exponential and the polynomial of HORNER.
#define CONSTANTS \
	VBROADCASTSS K_ONE, ONE; \
	VXORPS ZERO, ZERO, ZERO; \
	VBROADCASTSS elements_kept(AX), KEPT
#define EXP_SETUP \
	EXP_REGS; \
	VBROADCASTSS K_Q3, Z23; \
	VBROADCASTSS K_Q2, Z22; \
	VBROADCASTSS K_Q1, Z21; \
	VBROADCASTSS K_Q0, Z20
#define SIGMOID_SETUP \
	EXP_REGS; \
	VBROADCASTSS K_S3, Z23; \
	VBROADCASTSS K_S2, Z22; \
	VBROADCASTSS K_S1, Z21; \
	VBROADCASTSS K_S0, Z20; \
	VBROADCASTSS K_3QUARTERS, THREEQUARTERS
#define THREEQUARTERS Z19
#define HORNER(r, q) \
	VFMADD213PS Z23, r, q; \
	VFMADD213PS Z22, r, q; \
	VFMADD213PS Z21, r, q; \
	VFMADD213PS Z20, r, q
#define EXP_HORNER(r, q) LET(K_Q4, q); HORNER(r, q)
#define SIGMOID_HORNER(r, q) LET(K_S4, q); HORNER(r, q); VFMADD213PS THREEQUARTERS, r, q
#define EXP_CLAMP(x, y, t) VMINPS x, EXPMAX, y; VMAXPS y, EXPMIN, y
#define SIGMOID_RATIO(x, r, k, q) \
	VFMADD213PS THREEQUARTERS, r, q; \
	VSCALEFPS k, q, q; \
	VADDPS THREEQUARTERS, q, k; \
	VPSRAD $31, x, x; \
	VPTERNLOGD $0xca, THREEQUARTERS, q, x; \
	VDIVPS k, x, x

// FUNC is a kernel: setup sets registers, steps are one of the lists. GRAD is one
// of a derivative; those of 12 registers have a loop of their own with AVX2.
#define FUNC(setup, steps) CONSTANTS; setup; BEGIN; steps; END
#define GRAD(setup, steps) CONSTANTS; setup; BEGIN; steps; END_GRAD
#define GRAD_WIDE(steps) GRAD(EXP_REGS, steps)
#define NOTHING
#define BEGIN \
	MOVQ elements_x(AX), SI; \
	MOVQ elements_g(AX), DX; \
	MOVQ elements_dst(AX), DI; \
	MOVQ elements_rsx(AX), R9; \
	MOVQ elements_rsg(AX), R11; \
	MOVQ elements_rsd(AX), R10; \
	MOVQ elements_rows(AX), R8; \
row: \
	MOVQ elements_cols(AX), CX; \
	XORL BX, BX; \
block: \
	CMPQ CX, $32; \
	JLT part; \
	VMOVUPS (SI)(BX*4), Z0; \
	VMOVUPS 64(SI)(BX*4), Z6; \
loaded: \
	NOP

#define END \
	CMPQ CX, $32; \
	JLT rest; \
	VMOVUPS Z0, (DI)(BX*4); \
	VMOVUPS Z6, 64(DI)(BX*4); \
	ADDQ $32, BX; \
	SUBQ $32, CX; \
	JGT block; \
next: \
	ADDQ R9, SI; \
	ADDQ R11, DX; \
	ADDQ R10, DI; \
	DECQ R8; \
	JNZ row; \
	VZEROUPPER; \
	RET; \
	PART

// PART is a block of fewer columns. Even a store of nothing delays loads from
// there, in the next row, and so is left out.
#define PART \
part: \
	MOVL $1, R12; \
	SHLL CX, R12; \
	DECL R12; \
	KMOVW R12, K1; \
	SHRL $16, R12; \
	KMOVW R12, K2; \
	VMOVUPS.Z (SI)(BX*4), K1, Z0; \
	VMOVUPS.Z 64(SI)(BX*4), K2, Z6; \
	JMP loaded; \
rest: \
	VMOVUPS Z0, K1, (DI)(BX*4); \
	CMPQ CX, $16; \
	JLE next; \
	VMOVUPS Z6, K2, 64(DI)(BX*4); \
	JMP next

// END_GRAD multiplies with g and flushes before.
#define END_GRAD \
	CMPQ CX, $32; \
	JLT partg; \
	VMULPS (DX)(BX*4), Z0, Z0; \
	VMULPS 64(DX)(BX*4), Z6, Z6; \
times: \
	FLUSH(Z0, Z1); \
	FLUSH(Z6, Z7); \
	END; \
partg: \
	VMULPS.Z (DX)(BX*4), Z0, K1, Z0; \
	VMULPS.Z 64(DX)(BX*4), Z6, K2, Z6; \
	JMP times

// FLUSH is x = kernels.Flush(x, bound); KEPT has the bits of which one is set in
// every number from the bound on.
#define FLUSH(x, t) \
	VPTESTMD KEPT, x, K7; \
	VMOVAPS.Z x, K7, x

// RELU is kernels.Flush(max(x, 0), bound), with the bound in KEPT: what is below
// it, even if it is 0, becomes +0.
#define RELU BOTH(RELU_1)
#define RELU_SETUP VBROADCASTSS elements_bound(AX), KEPT
#define RELU_1(x, r, k, p, t, u) VCMPPS $5, KEPT, x, K7; VMOVAPS.Z x, K7, x

// TIMES_WHERE is d = (x pred 0) ? a·b : d, WHERE_POSITIVE d = x > 0 ? a : b.
#define TIMES_WHERE(pred, x, a, b, d, t, v) VCMPPS pred, ZERO, x, K7; VMULPS a, b, K7, d
#define WHERE_POSITIVE(x, a, b, d, t) WHERE($14, ZERO, x, a, b, d, t)

// MILLS loads the columns of mills; each is in both halves of a register.
#define MILLS_SETUP \
	EXP_SETUP; \
	VBROADCASTF32X8 K_MILLS(0), Z12; \
	VBROADCASTF32X8 K_MILLS(1), Z13; \
	VBROADCASTF32X8 K_MILLS(2), Z14; \
	VBROADCASTF32X8 K_MILLS(3), Z15; \
	VBROADCASTF32X8 K_MILLS(4), Z16; \
	VBROADCASTF32X8 K_MILLS(5), Z17; \
	VBROADCASTF32X8 K_MILLS(6), Z18; \
	VBROADCASTF32X8 K_MILLS(7), Z19; \
	VBROADCASTF32X8 K_MILLS(8), Z26
#define C0 Z12
#define C1 Z13
#define C2 Z14
#define C3 Z15
#define C4 Z16
#define C5 Z17
#define C6 Z18
#define C7 Z19
#define C8 Z26
