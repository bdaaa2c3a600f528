// The loops of the functions of one value for AVX2: those of
// elements_avx512_amd64.h with blocks of 16 columns, in Y0 and Y6; with BEGIN_WIDE
// of 8, in Y0. Include func_avx2_amd64.h before.
//
// Registers
//
//	AX          the arguments            BX  columns done
//	SI DX DI    rows of x, g and dst     CX  columns left
//	R9 R11 R10  bytes to the next        R8  rows left        R12 R13  free
//	Y12         see FLUSH; Y13 … Y15: func_avx2_amd64.h

#define KEPT Y12

#define BOTH(step) \
	step(Y0, Y1, Y2, Y3, Y4, Y5); \
	step(Y6, Y7, Y8, Y9, Y10, Y11)
#define WIDE(step) \
	step(Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11)

#define CONSTANTS \
	EXP_REGS; \
	VBROADCASTSS elements_kept(AX), KEPT
#define EXP_SETUP
#define SIGMOID_SETUP
#define MILLS_SETUP
#define EXP_HORNER(r, q) EXP_POLY(r, q)
#define SIGMOID_HORNER(r, q) SIGMOID_POLY(r, q)
#define EXP_CLAMP(x, y, t) AT_MOST(K_EXPMAX, x, y, t); AT_LEAST(K_EXPMIN, y, y, t)
#define SIGMOID_RATIO(x, r, k, q) SIGMOID_LAST(x, r, k, q)

#define FUNC(setup, steps) CONSTANTS; setup; BEGIN; steps; END
#define GRAD(setup, steps) CONSTANTS; setup; BEGIN; steps; END_GRAD
#define GRAD_WIDE(steps) CONSTANTS; BEGIN_WIDE; steps; END_GRAD_WIDE
#define NOTHING

#define ARGUMENTS \
	MOVQ elements_x(AX), SI; \
	MOVQ elements_g(AX), DX; \
	MOVQ elements_dst(AX), DI; \
	MOVQ elements_rsx(AX), R9; \
	MOVQ elements_rsg(AX), R11; \
	MOVQ elements_rsd(AX), R10; \
	MOVQ elements_rows(AX), R8

#define BEGIN \
	ARGUMENTS; \
row: \
	MOVQ elements_cols(AX), CX; \
	XORL BX, BX; \
block: \
	CMPQ CX, $16; \
	JLT part; \
	VMOVUPS (SI)(BX*4), Y0; \
	VMOVUPS 32(SI)(BX*4), Y6; \
loaded: \
	NOP

#define END \
	CMPQ CX, $16; \
	JLT eight; \
	VMOVUPS Y0, (DI)(BX*4); \
	VMOVUPS Y6, 32(DI)(BX*4); \
	ADDQ $16, BX; \
	SUBQ $16, CX; \
	JGT block; \
eight: \
	TESTL $8, CX; \
	JEQ 4(PC); \
	VMOVUPS Y0, (DI)(BX*4); \
	VMOVAPS Y6, Y0; \
	ADDQ $8, BX; \
	STORE_REST; \
	NEXT_ROW; \
	RET; \
part: \
	MASKS(Y0, Y6); \
	VMASKMOVPS (SI)(BX*4), Y0, Y0; \
	VMASKMOVPS 32(SI)(BX*4), Y6, Y6; \
	JMP loaded

// END_GRAD multiplies with g and flushes before.
#define END_GRAD \
	CMPQ CX, $16; \
	JLT partg; \
	VMULPS (DX)(BX*4), Y0, Y0; \
	VMULPS 32(DX)(BX*4), Y6, Y6; \
times: \
	FLUSH(Y0, Y1); \
	FLUSH(Y6, Y7); \
	END; \
partg: \
	MASKS(Y1, Y7); \
	VMASKMOVPS (DX)(BX*4), Y1, Y1; \
	VMASKMOVPS 32(DX)(BX*4), Y7, Y7; \
	VMULPS Y1, Y0, Y0; \
	VMULPS Y7, Y6, Y6; \
	JMP times

// MASKS are those of the first CX columns of a block.
#define MASKS(a, b) \
	MOVQ CX, R12; \
	NEGQ R12; \
	LEAQ ·laneMasks+64(SB), R13; \
	VMOVUPS (R13)(R12*4), a; \
	VMOVUPS 32(R13)(R12*4), b

// STORE_REST stores the first CX mod 8 elements of Y0: VMASKMOVPS would take 15
// cycles on AMD's processors.
#define STORE_REST \
	TESTL $4, CX; \
	JEQ 4(PC); \
	VMOVUPS X0, (DI)(BX*4); \
	VEXTRACTF128 $1, Y0, X0; \
	ADDQ $4, BX; \
	TESTL $2, CX; \
	JEQ 4(PC); \
	VMOVLPS X0, (DI)(BX*4); \
	VMOVHLPS X0, X0, X0; \
	ADDQ $2, BX; \
	TESTL $1, CX; \
	JEQ 2(PC); \
	VMOVSS X0, (DI)(BX*4)

#define NEXT_ROW \
	ADDQ R9, SI; \
	ADDQ R11, DX; \
	ADDQ R10, DI; \
	DECQ R8; \
	JNZ row; \
	VZEROUPPER

#define BEGIN_WIDE \
	ARGUMENTS; \
row: \
	MOVQ elements_cols(AX), CX; \
	XORL BX, BX; \
block: \
	CMPQ CX, $8; \
	JLT part; \
	VMOVUPS (SI)(BX*4), Y0; \
loaded: \
	NOP
#define END_GRAD_WIDE \
	CMPQ CX, $8; \
	JLT partg; \
	VMULPS (DX)(BX*4), Y0, Y0; \
times: \
	FLUSH(Y0, Y1); \
	CMPQ CX, $8; \
	JLT rest; \
	VMOVUPS Y0, (DI)(BX*4); \
	ADDQ $8, BX; SUBQ $8, CX; \
	JGT block; \
rest: \
	STORE_REST; \
	NEXT_ROW; \
	RET; \
part: \
	MASKS(Y0, Y1); \
	VMASKMOVPS (SI)(BX*4), Y0, Y0; \
	JMP loaded; \
partg: \
	MASKS(Y1, Y2); \
	VMASKMOVPS (DX)(BX*4), Y1, Y1; \
	VMULPS Y1, Y0, Y0; \
	JMP times

#define FLUSH(x, t) \
	VANDPS KEPT, x, t; \
	VPCMPEQD K_ZERO, t, t; \
	VPANDN x, t, x

#define RELU BOTH(RELU_1)
#define RELU_SETUP VBROADCASTSS elements_bound(AX), KEPT
#define RELU_1(x, r, k, p, t, u) VCMPPS $5, KEPT, x, t; VANDPS t, x, x
#define TIMES_WHERE(pred, x, a, b, d, t, v) \
	VCMPPS pred, K_ZERO, x, t; \
	VMULPS a, b, v; \
	VBLENDVPS t, v, d, d
#define WHERE_POSITIVE(x, a, b, d, t) WHERE($14, K_ZERO, x, a, b, d, t)

// The columns of mills are in memory.
#define C0 K_MILLS(0)
#define C1 K_MILLS(1)
#define C2 K_MILLS(2)
#define C3 K_MILLS(3)
#define C4 K_MILLS(4)
#define C5 K_MILLS(5)
#define C6 K_MILLS(6)
#define C7 K_MILLS(7)
#define C8 K_MILLS(8)
