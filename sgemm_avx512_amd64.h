// Macros of the AVX-512 product kernels (kernels_sgemm_avx512_amd64.s). A tile has MR
// rows and NP panels of 16 columns.
//
// Registers: steps_amd64.h, and
//
//	K1   columns of the last panel       K2   of the panel at hand

#define TILE1 KMOVW tile_mask(AX), K1

// ROWS0 points SI, R8, BX, DX, R9 at the rows of a matrix.
#define ROWS0(ptr, stride) \
	MOVQ ptr, SI; \
	MOVQ stride(AX), BX; \
	LEAQ (BX)(BX*2), DX; \
	LEAQ (BX)(BX*4), R9; \
	LEAQ (SI)(R9*1), R8; \
	LEAQ (R8)(BX*2), R8

// NEXT goes on to the next panel of C; the last one has the mask.
#define NEXT \
	ADDQ R10, SI; ADDQ R10, R8; \
	DECQ CX; \
	JNZ 2(PC); KMOVW K1, K2

// C_FIRST points at the first of np panels of a matrix of C's shape.
#define C_FIRST(np, ptr, row, panel) \
	ROWS0(ptr, row); \
	MOVQ panel(AX), R10; \
	KXNORW K2, K2, K2; \
	MOVQ $np, CX; DECQ CX; \
	JNZ 2(PC); KMOVW K1, K2

// What is done with a vector of C at x and its accumulator z.
#define LOADC(x, z) VMOVUPS.Z x, K2, z
#define ADDC(x, z) VMOVUPS.Z x, K2, Z31; VADDPS z, Z31, z
#define STOREC(x, z) VMOVUPS z, K2, x
#define KEEP0 VMOVUPS (R11), Z29; VMOVUPS 64(R11), Z30
#define KEEPC(x, z) VPANDD Z29, z, Z31; VCMPPS $5, Z30, Z31, K3; VMOVAPS.Z z, K3, z

// Up to six rows: their elements of A stay in Z25 to Z30, and each panel of B is
// loaded once. A single row multiplies with B in memory. i and j are the offsets of
// a step in A and in B.
#define BCAST(x, z) VBROADCASTSS x, z
#define A1(i, j) BCAST(i (SI), Z25)
#define A2(i, j) A1(i, j); BCAST(i (SI)(BX*1), Z26)
#define A3(i, j) A2(i, j); BCAST(i (SI)(BX*2), Z27)
#define A4(i, j) A3(i, j); BCAST(i (SI)(DX*1), Z28)
#define A5(i, j) A4(i, j); BCAST(i (SI)(BX*4), Z29)
#define A6(i, j) A5(i, j); BCAST(i (SI)(R9*1), Z30)
#define T1(x) BCAST(0 x, Z25)
#define T2(x) T1(x); BCAST(4 x, Z26)
#define T3(x) T2(x); BCAST(8 x, Z27)
#define T4(x) T3(x); BCAST(12 x, Z28)
#define T5(x) T4(x); BCAST(16 x, Z29)
#define T6(x) T5(x); BCAST(20 x, Z30)
#define MAC1(b, p) VFMADD231PS b, Z25, p
#define MAC2(b, p, q) VMOVUPS b, Z31; VFMADD231PS Z31, Z25, p; VFMADD231PS Z31, Z26, q
#define MAC3(b, p, q, r) VMOVUPS b, Z31; VFMADD231PS Z31, Z25, p; VFMADD231PS Z31, Z26, q; VFMADD231PS Z31, Z27, r
#define MAC4(b, p, q, r, s) MAC3(b, p, q, r); VFMADD231PS Z31, Z28, s
#define MAC5(b, p, q, r, s, t) MAC4(b, p, q, r, s); VFMADD231PS Z31, Z29, t
#define MAC6(b, p, q, r, s, t, u) MAC5(b, p, q, r, s, t); VFMADD231PS Z31, Z30, u
#define M1x1(i, j) MAC1(j (DI), Z0)
#define M1x2(i, j) M1x1(i, j); MAC1(j (DI)(R10*1), Z1)
#define M1x3(i, j) M1x2(i, j); MAC1(j (DI)(R10*2), Z2)
#define M1x4(i, j) M1x3(i, j); MAC1(j (DI)(R11*1), Z3)
#define M1x5(i, j) M1x4(i, j); MAC1(j (DI)(R10*4), Z4)
#define M1x6(i, j) M1x5(i, j); MAC1(j (DI)(R12*1), Z5)
#define M1x7(i, j) M1x6(i, j); MAC1(j (DI)(R11*2), Z6)
#define M1x8(i, j) M1x7(i, j); MAC1(j (DI)(R14*1), Z7)
#define M2x1(i, j) MAC2(j (DI), Z0, Z1)
#define M2x2(i, j) M2x1(i, j); MAC2(j (DI)(R10*1), Z2, Z3)
#define M2x3(i, j) M2x2(i, j); MAC2(j (DI)(R10*2), Z4, Z5)
#define M2x4(i, j) M2x3(i, j); MAC2(j (DI)(R11*1), Z6, Z7)
#define M2x5(i, j) M2x4(i, j); MAC2(j (DI)(R10*4), Z8, Z9)
#define M2x6(i, j) M2x5(i, j); MAC2(j (DI)(R12*1), Z10, Z11)
#define M2x7(i, j) M2x6(i, j); MAC2(j (DI)(R11*2), Z12, Z13)
#define M2x8(i, j) M2x7(i, j); MAC2(j (DI)(R14*1), Z14, Z15)
#define M3x1(i, j) MAC3(j (DI), Z0, Z1, Z2)
#define M3x2(i, j) M3x1(i, j); MAC3(j (DI)(R10*1), Z3, Z4, Z5)
#define M3x3(i, j) M3x2(i, j); MAC3(j (DI)(R10*2), Z6, Z7, Z8)
#define M3x4(i, j) M3x3(i, j); MAC3(j (DI)(R11*1), Z9, Z10, Z11)
#define M3x5(i, j) M3x4(i, j); MAC3(j (DI)(R10*4), Z12, Z13, Z14)
#define M3x6(i, j) M3x5(i, j); MAC3(j (DI)(R12*1), Z15, Z16, Z17)
#define M3x7(i, j) M3x6(i, j); MAC3(j (DI)(R11*2), Z18, Z19, Z20)
#define M4x1(i, j) MAC4(j (DI), Z0, Z1, Z2, Z3)
#define M4x2(i, j) M4x1(i, j); MAC4(j (DI)(R10*1), Z4, Z5, Z6, Z7)
#define M4x3(i, j) M4x2(i, j); MAC4(j (DI)(R10*2), Z8, Z9, Z10, Z11)
#define M4x4(i, j) M4x3(i, j); MAC4(j (DI)(R11*1), Z12, Z13, Z14, Z15)
#define M4x5(i, j) M4x4(i, j); MAC4(j (DI)(R10*4), Z16, Z17, Z18, Z19)
#define M4x6(i, j) M4x5(i, j); MAC4(j (DI)(R12*1), Z20, Z21, Z22, Z23)
#define M5x1(i, j) MAC5(j (DI), Z0, Z1, Z2, Z3, Z4)
#define M5x2(i, j) M5x1(i, j); MAC5(j (DI)(R10*1), Z5, Z6, Z7, Z8, Z9)
#define M5x3(i, j) M5x2(i, j); MAC5(j (DI)(R10*2), Z10, Z11, Z12, Z13, Z14)
#define M5x4(i, j) M5x3(i, j); MAC5(j (DI)(R11*1), Z15, Z16, Z17, Z18, Z19)
#define M5x5(i, j) M5x4(i, j); MAC5(j (DI)(R10*4), Z20, Z21, Z22, Z23, Z24)
#define M6x1(i, j) MAC6(j (DI), Z0, Z1, Z2, Z3, Z4, Z5)
#define M6x2(i, j) M6x1(i, j); MAC6(j (DI)(R10*1), Z6, Z7, Z8, Z9, Z10, Z11)
#define M6x3(i, j) M6x2(i, j); MAC6(j (DI)(R10*2), Z12, Z13, Z14, Z15, Z16, Z17)
#define M6x4(i, j) M6x3(i, j); MAC6(j (DI)(R11*1), Z18, Z19, Z20, Z21, Z22, Z23)

// From seven rows on: a step of B is in Z28 and Z29, and each element of A is
// loaded once, into Z30 and Z31 in turn.
#define B1(i, j) VMOVUPS j (DI), Z28
#define B2(i, j) B1(i, j); VMOVUPS j (DI)(R10*1), Z29
#define R1(x) VMOVUPS 0 x, Z28
#define R2(x) R1(x); VMOVUPS 64 x, Z29
#define ROW1(x, p) VFMADD231PS.BCST x, Z28, p
#define ROW2(x, t, p, q) VBROADCASTSS x, t; VFMADD231PS Z28, t, p; VFMADD231PS Z29, t, q
#define M7x1(i, j) \
	ROW1(i (SI), Z0); ROW1(i (SI)(BX*1), Z1); ROW1(i (SI)(BX*2), Z2); ROW1(i (SI)(DX*1), Z3); \
	ROW1(i (SI)(BX*4), Z4); ROW1(i (SI)(R9*1), Z5); ROW1(i (SI)(DX*2), Z6)
#define M7x2(i, j) \
	ROW2(i (SI), Z30, Z0, Z1); ROW2(i (SI)(BX*1), Z31, Z2, Z3); \
	ROW2(i (SI)(BX*2), Z30, Z4, Z5); ROW2(i (SI)(DX*1), Z31, Z6, Z7); \
	ROW2(i (SI)(BX*4), Z30, Z8, Z9); ROW2(i (SI)(R9*1), Z31, Z10, Z11); ROW2(i (SI)(DX*2), Z30, Z12, Z13)
#define M8x1(i, j) M7x1(i, j); ROW1(i (R8), Z7)
#define M8x2(i, j) M7x2(i, j); ROW2(i (R8), Z31, Z14, Z15)
#define M9x1(i, j) M8x1(i, j); ROW1(i (SI)(BX*8), Z8)
#define M9x2(i, j) M8x2(i, j); ROW2(i (SI)(BX*8), Z30, Z16, Z17)
#define M10x1(i, j) M9x1(i, j); ROW1(i (R8)(BX*2), Z9)
#define M10x2(i, j) M9x2(i, j); ROW2(i (R8)(BX*2), Z31, Z18, Z19)
#define M11x1(i, j) M10x1(i, j); ROW1(i (SI)(R9*2), Z10)
#define M11x2(i, j) M10x2(i, j); ROW2(i (SI)(R9*2), Z30, Z20, Z21)
#define M12x1(i, j) M11x1(i, j); ROW1(i (R8)(BX*4), Z11)
#define M12x2(i, j) M11x2(i, j); ROW2(i (R8)(BX*4), Z31, Z22, Z23)
#define M13x1(i, j) M12x1(i, j); ROW1(i (SI)(DX*4), Z12)
#define M13x2(i, j) M12x2(i, j); ROW2(i (SI)(DX*4), Z30, Z24, Z25)
#define M14x1(i, j) M13x1(i, j); ROW1(i (R8)(DX*2), Z13)
#define M14x2(i, j) M13x2(i, j); ROW2(i (R8)(DX*2), Z31, Z26, Z27)

// The same with the columns of A.
#define T7x1(x) \
	ROW1(0 x, Z0); ROW1(4 x, Z1); ROW1(8 x, Z2); ROW1(12 x, Z3); \
	ROW1(16 x, Z4); ROW1(20 x, Z5); ROW1(24 x, Z6)
#define T7x2(x) \
	ROW2(0 x, Z30, Z0, Z1); ROW2(4 x, Z31, Z2, Z3); ROW2(8 x, Z30, Z4, Z5); ROW2(12 x, Z31, Z6, Z7); \
	ROW2(16 x, Z30, Z8, Z9); ROW2(20 x, Z31, Z10, Z11); ROW2(24 x, Z30, Z12, Z13)
#define T8x1(x) T7x1(x); ROW1(28 x, Z7)
#define T8x2(x) T7x2(x); ROW2(28 x, Z31, Z14, Z15)
#define T9x1(x) T8x1(x); ROW1(32 x, Z8)
#define T9x2(x) T8x2(x); ROW2(32 x, Z30, Z16, Z17)
#define T10x1(x) T9x1(x); ROW1(36 x, Z9)
#define T10x2(x) T9x2(x); ROW2(36 x, Z31, Z18, Z19)
#define T11x1(x) T10x1(x); ROW1(40 x, Z10)
#define T11x2(x) T10x2(x); ROW2(40 x, Z30, Z20, Z21)
#define T12x1(x) T11x1(x); ROW1(44 x, Z11)
#define T12x2(x) T11x2(x); ROW2(44 x, Z31, Z22, Z23)
#define T13x1(x) T12x1(x); ROW1(48 x, Z12)
#define T13x2(x) T12x2(x); ROW2(48 x, Z30, Z24, Z25)
#define T14x1(x) T13x1(x); ROW1(52 x, Z13)
#define T14x2(x) T13x2(x); ROW2(52 x, Z31, Z26, Z27)
