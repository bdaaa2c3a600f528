// Macros of the kernels of losses and of softmax for AVX2
// (kernels_batch_avx2_amd64.s): those of batch_avx512_amd64.h, each vector of 16
// columns in two halves. Of the second half, nothing is done if the row has no
// such column.
//
// Registers
//
//	AX   the batch's arguments           R8   rows left
//	SI   row of x                        R10  bytes to the next
//	DX   row of t                        R11  bytes to the next
//	DI   row of dst, or 0                R12  bytes to the next
//	R9   loss of the row                 CX   columns left
//	R14  pass                            R13  bytes from the start of the row
//	BX   columns of the vector at hand, 16 words of 0 or −1
//	R15  put_avx2_amd64.h
//	Y0, Y1  sums of the lanes            Y2   elements of x, then of dst
//	Y9   greatest element; columns of the half at hand in LOSSES
//	Y13 … Y15  constants, func_avx2_amd64.h

// BATCH loads the arguments.
#define BATCH \
	MOVQ batch_rows(AX), R8; \
	MOVQ batch_x(AX), SI; \
	MOVQ batch_t(AX), DX; \
	MOVQ batch_dst(AX), DI; \
	MOVQ batch_loss(AX), R9; \
	MOVQ batch_rsx(AX), R10; \
	MOVQ batch_rst(AX), R11; \
	MOVQ batch_rsd(AX), R12; \
	MOVQ batch_pass(AX), R14

// LANES sets the sums to what they start from.
#define LANES \
	MOVQ batch_from(AX), CX; \
	VMOVUPS (CX), Y0; \
	VMOVUPS 32(CX), Y1

// FIRST goes to the start of a row, MASK sets BX for the vector at hand, and NEXT
// goes on to the next one, if there is one.
#define FIRST \
	XORL R13, R13; \
	MOVQ batch_cols(AX), CX; \
	LEAQ ·laneMasks(SB), BX
#define MASK \
	CMPQ CX, $16; \
	JGT 2(PC); \
	MOVQ batch_lanes(AX), BX
#define NEXT(loop) \
	ADDQ $64, R13; \
	SUBQ $16, CX; \
	JGT loop

// LAST goes to the last vector of a row.
#define LAST \
	MOVQ batch_cols(AX), CX; \
	LEAQ -1(CX), R13; \
	ANDQ $-16, R13; \
	SUBQ R13, CX; \
	SHLQ $2, R13; \
	MOVQ batch_lanes(AX), BX

// NEXT_ROW goes on to the next row.
#define NEXT_ROW \
	ADDQ R10, SI; \
	ADDQ R11, DX; \
	ADDQ R12, DI; \
	DECQ R8; \
	JNZ row

// LOAD loads the half at off of a vector of row p.
#define LOAD(p, off, mask, y) \
	VMOVUPS off(BX), mask; \
	VMASKMOVPS off(p)(R13*1), mask, y

// FLUSH is kernels.Flush with FlushProduct.
#define FLUSH(y, t) \
	VANDPS K_ABS, y, t; \
	VCMPPS $5, K_FLUSH, t, t; \
	VANDPS t, y, y

// TIMES multiplies y with a field of the batch.
#define TIMES(field, y, t) \
	VBROADCASTSS field(AX), t; \
	VMULPS t, y, y

// FOLD folds the lanes in y and z by op and the tree of kernels.fold, into each
// lane of y.
#define FOLD(op, y, z) \
	op z, y, y; \
	VPERM2F128 $0x01, y, y, z; \
	op z, y, y; \
	VPERMILPD $0x5, y, z; \
	op z, y, y; \
	VPERMILPS $0xb1, y, z; \
	op z, y, y

// LOSS stores the loss of a row, or the lanes of a part of it, and goes on.
#define LOSS \
	MOVQ batch_to(AX), CX; \
	TESTQ CX, CX; \
	JNZ part; \
	FOLD(VADDPS, Y0, Y1); \
	VMOVSS X0, (R9); \
	ADDQ $4, R9; \
	NEXT_ROW; \
	JMP done; \
part: \
	VMOVUPS Y0, (CX); \
	VMOVUPS Y1, 32(CX); \
done: \
	VZEROUPPER

// MAX_PASS sets Y9 to the greatest element: a NaN may be lost, but comes back in
// the sum of e^(z−m).
#define MAX_PASS \
	VMOVUPS K_NEGINF, Y9; \
	VMOVAPS Y9, Y2; \
	FIRST; \
	JMP some; \
whole: \
	VMAXPS (SI)(R13*1), Y9, Y9; \
	VMAXPS 32(SI)(R13*1), Y2, Y2; \
	ADDQ $64, R13; \
	SUBQ $16, CX; \
some: \
	CMPQ CX, $16; \
	JGT whole; \
	MASK; \
	MAX_HALF(0, Y9); \
	MAX_HALF(32, Y2); \
	FOLD(VMAXPS, Y9, Y2)
#define MAX_HALF(off, m) \
	LOAD(SI, off, Y3, Y4); \
	VMAXPS Y4, m, Y4; \
	VBLENDVPS Y3, Y4, m, m

// EXP_HALF sets x to e^(z−m) and adds it to s.
#define EXP_HALF(off, s, x, t, q) \
	LOAD(SI, off, Y8, x); \
	VSUBPS Y9, x, x; \
	EXP_NEG(x, t, q); \
	VANDPS Y8, x, t; \
	VADDPS t, s, s

// KEEP stores what a part of a row has summed.
#define KEEP \
	MOVQ batch_to(AX), CX; \
	TESTQ CX, CX; \
	JZ 3(PC); \
	VMOVUPS Y0, (CX); \
	VMOVUPS Y1, 32(CX); \
	FOLD(VADDPS, Y0, Y1); \
	VMOVSS X0, batch_sum(AX); \
	VZEROUPPER

// CROSS_HALF computes loss and gradient of softmaxCrossEntropyAVX2 from the
// last e^(x−m) in e, or from dst. Columns that are not there have t = 0.
#define CROSS_HALF(off, n, s, e) \
	VMOVAPS e, Y2; \
	CMPQ CX, $16; \
	JLE 2(PC); \
	VMOVUPS off(DI)(R13*1), Y2; \
	LOAD(DX, off, Y7, Y3); \
	LOAD(SI, off, Y7, Y4); \
	VBROADCASTSS batch_max(AX), Y5; \
	VSUBPS Y5, Y4, Y4; \
	VBROADCASTSS batch_logSum(AX), Y5; \
	VSUBPS Y4, Y5, Y4; \
	VFMADD231PS Y4, Y3, s; \
	VBROADCASTSS batch_sum(AX), Y5; \
	VDIVPS Y5, Y2, Y2; \
	VBROADCASTSS batch_total(AX), Y5; \
	VFMSUB213PS Y3, Y5, Y2; \
	TIMES(batch_scale, Y2, Y5); \
	FLUSH(Y2, Y5); \
	PUT(off, n, Y2, X2)
