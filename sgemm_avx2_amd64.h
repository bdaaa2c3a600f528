// Macros of the AVX2 product kernels (kernels_sgemm_avx2_amd64.s). A tile has MR
// rows and NP panels of 16 columns, two registers each.
//
// Registers
//
//	As in steps_amd64.h, except
//	R14  while C is walked over: the columns of the panel at hand, a bit each
//	Y12, Y13  the same, a word each

// ROWS0 points SI, BX, DX, R9 at the rows of a matrix.
#define ROWS0(ptr, stride) \
	MOVQ ptr, SI; \
	MOVQ stride(AX), BX; \
	LEAQ (BX)(BX*2), DX; \
	LEAQ (BX)(BX*4), R9

#define TILE1

// LAST sets the columns to those of the last panel.
#define LAST \
	MOVQ tile_lanes(AX), DI; \
	VMOVUPS (DI), Y12; \
	VMOVUPS 32(DI), Y13; \
	MOVQ tile_mask(AX), R14

// NEXT goes on to the next panel of C.
#define NEXT \
	ADDQ R10, SI; \
	DECQ CX; \
	JNZ 5(PC); \
	LAST

// C_FIRST points at the first of np panels of a matrix of C's shape.
#define C_FIRST(np, ptr, row, panel) \
	ROWS0(ptr, row); \
	MOVQ panel(AX), R10; \
	VPCMPEQD Y12, Y12, Y12; \
	VMOVAPS Y12, Y13; \
	MOVL $0xffff, R14; \
	MOVQ $np, CX; \
	DECQ CX; \
	JNZ 5(PC); \
	LAST

// What is done with the two halves of a panel's row of C, at x and y, and their
// sums p and q. VMASKMOVPS takes 15 cycles to store on AMD's processors.
#define LOADC(x, y, p, q) VMASKMOVPS x, Y12, p; VMASKMOVPS y, Y13, q
#define ADDC(x, y, p, q) VMASKMOVPS x, Y12, Y14; VMASKMOVPS y, Y13, Y15; VADDPS p, Y14, p; VADDPS q, Y15, q
#define STOREC(x, y, p, q) \
	TESTL $0x80, R14; \
	JNE 3(PC); \
	VMASKMOVPS p, Y12, x; \
	JMP 9(PC); \
	VMOVUPS p, x; \
	TESTL $0x8000, R14; \
	JNE 5(PC); \
	TESTL $0x100, R14; \
	JEQ 4(PC); \
	VMASKMOVPS q, Y13, y; \
	JMP 2(PC); \
	VMOVUPS q, y

#define KEEP0
#define KEEPC(x, y, p, q) \
	VANDPS (R11), p, Y14; \
	VANDPS (R11), q, Y15; \
	VCMPPS $5, 64(R11), Y14, Y14; \
	VCMPPS $5, 64(R11), Y15, Y15; \
	VANDPS Y14, p, p; \
	VANDPS Y15, q, q

// EACHn does op with n rows of a panel of C and the two halves of their sums.
#define EACH1(op, a, u) op((SI), 32(SI), a, u)
#define EACH2(op, a, u, b, v) EACH1(op, a, u); op((SI)(BX*1), 32(SI)(BX*1), b, v)
#define EACH3(op, a, u, b, v, c, w) EACH2(op, a, u, b, v); op((SI)(BX*2), 32(SI)(BX*2), c, w)
#define EACH4(op, a, u, b, v, c, w, d, x) EACH3(op, a, u, b, v, c, w); op((SI)(DX*1), 32(SI)(DX*1), d, x)
#define EACH5(op, a, u, b, v, c, w, d, x, e, y) EACH4(op, a, u, b, v, c, w, d, x); op((SI)(BX*4), 32(SI)(BX*4), e, y)
#define EACH6(op, a, u, b, v, c, w, d, x, e, y, f, z) EACH5(op, a, u, b, v, c, w, d, x, e, y); op((SI)(R9*1), 32(SI)(R9*1), f, z)

// CmrXnp does op with all rows and panels of C.
#define C1x1(op) EACH1(op, Y0, Y1)
#define C1x2(op) C1x1(op); NEXT; EACH1(op, Y2, Y3)
#define C1x3(op) C1x2(op); NEXT; EACH1(op, Y4, Y5)
#define C1x4(op) C1x3(op); NEXT; EACH1(op, Y6, Y7)
#define C1x5(op) C1x4(op); NEXT; EACH1(op, Y8, Y9)
#define C1x6(op) C1x5(op); NEXT; EACH1(op, Y10, Y11)
#define C2x1(op) EACH2(op, Y0, Y1, Y2, Y3)
#define C2x2(op) C2x1(op); NEXT; EACH2(op, Y4, Y5, Y6, Y7)
#define C2x3(op) C2x2(op); NEXT; EACH2(op, Y8, Y9, Y10, Y11)
#define C3x1(op) EACH3(op, Y0, Y1, Y2, Y3, Y4, Y5)
#define C3x2(op) C3x1(op); NEXT; EACH3(op, Y6, Y7, Y8, Y9, Y10, Y11)
#define C4x1(op) EACH4(op, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
#define C5x1(op) EACH5(op, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9)
#define C6x1(op) EACH6(op, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11)

// One to three rows: their elements of A stay in Y12 to Y14. i and j are the offsets
// of a step in A and in B.
#define A1(i, j) VBROADCASTSS i (SI), Y12
#define A2(i, j) A1(i, j); VBROADCASTSS i (SI)(BX*1), Y13
#define A3(i, j) A2(i, j); VBROADCASTSS i (SI)(BX*2), Y14
#define T1(x) VBROADCASTSS 0 x, Y12
#define T2(x) T1(x); VBROADCASTSS 4 x, Y13
#define T3(x) T2(x); VBROADCASTSS 8 x, Y14
#define MAC1(b, d, p, u) VFMADD231PS b, Y12, p; VFMADD231PS d, Y12, u
#define MAC2(b, d, p, u, q, v) \
	VMOVUPS b, Y14; VFMADD231PS Y14, Y12, p; VFMADD231PS Y14, Y13, q; \
	VMOVUPS d, Y15; VFMADD231PS Y15, Y12, u; VFMADD231PS Y15, Y13, v
#define MAC3(b, d, p, u, q, v, r, w) \
	VMOVUPS b, Y15; VFMADD231PS Y15, Y12, p; VFMADD231PS Y15, Y13, q; VFMADD231PS Y15, Y14, r; \
	VMOVUPS d, Y15; VFMADD231PS Y15, Y12, u; VFMADD231PS Y15, Y13, v; VFMADD231PS Y15, Y14, w
#define M1x1(i, j) MAC1(j (DI), 32+j (DI), Y0, Y1)
#define M1x2(i, j) M1x1(i, j); MAC1(j (DI)(R10*1), 32+j (DI)(R10*1), Y2, Y3)
#define M1x3(i, j) M1x2(i, j); MAC1(j (DI)(R10*2), 32+j (DI)(R10*2), Y4, Y5)
#define M1x4(i, j) M1x3(i, j); MAC1(j (DI)(R11*1), 32+j (DI)(R11*1), Y6, Y7)
#define M1x5(i, j) M1x4(i, j); MAC1(j (DI)(R10*4), 32+j (DI)(R10*4), Y8, Y9)
#define M1x6(i, j) M1x5(i, j); MAC1(j (DI)(R12*1), 32+j (DI)(R12*1), Y10, Y11)
#define M2x1(i, j) MAC2(j (DI), 32+j (DI), Y0, Y1, Y2, Y3)
#define M2x2(i, j) M2x1(i, j); MAC2(j (DI)(R10*1), 32+j (DI)(R10*1), Y4, Y5, Y6, Y7)
#define M2x3(i, j) M2x2(i, j); MAC2(j (DI)(R10*2), 32+j (DI)(R10*2), Y8, Y9, Y10, Y11)
#define M3x1(i, j) MAC3(j (DI), 32+j (DI), Y0, Y1, Y2, Y3, Y4, Y5)
#define M3x2(i, j) M3x1(i, j); MAC3(j (DI)(R10*1), 32+j (DI)(R10*1), Y6, Y7, Y8, Y9, Y10, Y11)

// Four to six rows: a step of B is in Y12 and Y13, and each element of A is loaded
// once, into Y14 and Y15 in turn.
#define B1(i, j) VMOVUPS j (DI), Y12; VMOVUPS 32+j (DI), Y13
#define R1(x) VMOVUPS 0 x, Y12; VMOVUPS 32 x, Y13
#define ROW(x, t, p, u) VBROADCASTSS x, t; VFMADD231PS Y12, t, p; VFMADD231PS Y13, t, u
#define M4x1(i, j) \
	ROW(i (SI), Y14, Y0, Y1); \
	ROW(i (SI)(BX*1), Y15, Y2, Y3); \
	ROW(i (SI)(BX*2), Y14, Y4, Y5); \
	ROW(i (SI)(DX*1), Y15, Y6, Y7)
#define M5x1(i, j) M4x1(i, j); ROW(i (SI)(BX*4), Y14, Y8, Y9)
#define M6x1(i, j) M5x1(i, j); ROW(i (SI)(R9*1), Y15, Y10, Y11)
#define T4x1(x) \
	ROW(0 x, Y14, Y0, Y1); \
	ROW(4 x, Y15, Y2, Y3); \
	ROW(8 x, Y14, Y4, Y5); \
	ROW(12 x, Y15, Y6, Y7)
#define T5x1(x) T4x1(x); ROW(16 x, Y14, Y8, Y9)
#define T6x1(x) T5x1(x); ROW(20 x, Y15, Y10, Y11)
