// Macros of the kernels of losses and of softmax for AVX-512
// (kernels_batch_avx512_amd64.s). A row is done 16 columns at a time, and its last
// columns in registers from the first pass to the last: to load again what a
// masked store has just written takes 20 cycles.
//
// Registers
//
//	AX   the batch's arguments           R8   rows left
//	SI   row of x                        R10  bytes to the next
//	DX   row of t                        R11  bytes to the next
//	DI   row of dst, or 0                R12  bytes to the next
//	R9   loss of the row                 CX   columns left
//	R14  pass                            R13  bytes from the start of the row
//	K1   columns of the last vector      K2   of the vector at hand
//	Z0   sums of the lanes               Z1   elements of x, then of dst
//	Z16 … Z24  constants and results of the row; Z26 … Z31: func_avx512_amd64.h

#define FACTOR Z16
#define BOUND Z17
#define NOSIGN Z18
#define DELTA Z19
#define MINUSDELTA Z20
#define MINPROB Z20
#define MINLOG Z21
#define MAXIMUM Z22
#define SUM Z23
#define TOTAL Z24

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
	MOVQ batch_pass(AX), R14; \
	KMOVQ batch_mask(AX), K1; \
	VBROADCASTSS K_FLUSH, BOUND; \
	VBROADCASTSS batch_scale(AX), FACTOR; \
	VBROADCASTSS K_ABS, NOSIGN

// FIRST goes to the start of a row, MASK sets K2 for the vector at hand, and NEXT
// goes on to the next one, if there is one.
#define FIRST \
	XORL R13, R13; \
	MOVQ batch_cols(AX), CX; \
	KXNORW K2, K2, K2
#define MASK \
	CMPQ CX, $16; \
	JGT 2(PC); \
	KMOVW K1, K2
#define NEXT(loop) \
	ADDQ $64, R13; \
	SUBQ $16, CX; \
	JGT loop

// LAST goes to the last vector of a row, BACK to the one before, if there is one.
#define LAST \
	MOVQ batch_cols(AX), R13; \
	DECQ R13; \
	ANDQ $-16, R13; \
	SHLQ $2, R13; \
	KMOVW K1, K2
#define BACK(none) \
	SUBQ $64, R13; \
	JLT none; \
	KXNORW K2, K2, K2

// NEXT_ROW goes on to the next row.
#define NEXT_ROW \
	ADDQ R10, SI; \
	ADDQ R11, DX; \
	ADDQ R12, DI; \
	DECQ R8; \
	JNZ row

// X, T and DST load from a row, PUT stores to dst.
#define X(z) VMOVUPS.Z (SI)(R13*1), K2, z
#define T(z) VMOVUPS.Z (DX)(R13*1), K2, z
#define DST(z) VMOVUPS.Z (DI)(R13*1), K2, z
#define PUT(z) VMOVUPS z, K2, (DI)(R13*1)

// FLUSH is kernels.Flush with FlushProduct.
#define FLUSH(z, t) \
	VANDPS NOSIGN, z, t; \
	VCMPPS $5, BOUND, t, K3; \
	VMOVAPS.Z z, K3, z

// FOLD folds the lanes of z by op and the tree of kernels.fold, into each lane.
#define FOLD(op, z, t) \
	VSHUFF64X2 $0x4e, z, z, t; \
	op t, z, z; \
	VSHUFF64X2 $0xb1, z, z, t; \
	op t, z, z; \
	VPERMILPD $0x55, z, t; \
	op t, z, z; \
	VPERMILPS $0xb1, z, t; \
	op t, z, z

// FOLD1 folds the lanes of Z0 into the first.
#define FOLD1 \
	VEXTRACTF64X4 $1, Z0, Y1; \
	VADDPS Y1, Y0, Y0; \
	VEXTRACTF128 $1, Y0, X1; \
	VADDPS X1, X0, X0; \
	VPERMILPD $1, X0, X1; \
	VADDPS X1, X0, X0; \
	VMOVSHDUP X0, X1; \
	VADDSS X1, X0, X0

// LOSS stores the loss of a row, or the lanes of a part of it, and goes on.
#define LOSS \
	MOVQ batch_to(AX), CX; \
	TESTQ CX, CX; \
	JNZ part; \
	FOLD1; \
	VMOVSS X0, (R9); \
	ADDQ $4, R9; \
	NEXT_ROW; \
	JMP done; \
part: \
	VMOVUPS Z0, (CX); \
done: \
	VZEROUPPER

// MAX_PASS sets MAXIMUM: a NaN may be lost, but comes back in the sum of e^(z−m).
#define MAX_PASS \
	VBROADCASTSS K_NEGINF, MAXIMUM; \
	FIRST; \
greatest: \
	MASK; \
	VMAXPS (SI)(R13*1), MAXIMUM, K2, MAXIMUM; \
	NEXT(greatest); \
	FOLD(VMAXPS, MAXIMUM, Z1)

// EXP_VECTOR sets Z1 to e^(z−m) and adds it to Z0.
#define EXP_VECTOR \
	X(Z1); \
	VSUBPS MAXIMUM, Z1, Z1; \
	EXP_NEG(Z1, Z2, Z3); \
	VADDPS Z1, Z0, K2, Z0

// KEEP stores what a part of a row has summed.
#define KEEP \
	MOVQ batch_to(AX), CX; \
	TESTQ CX, CX; \
	JZ 2(PC); \
	VMOVUPS Z0, (CX); \
	FOLD(VADDPS, Z0, Z1); \
	VMOVSS X0, batch_sum(AX); \
	VZEROUPPER
