// Macros of the AVX-512 product kernels (kernels_sgemm_amd64.s). A tile has MR
// rows and NP panels of 16 columns.
//
// Registers
//
//	AX   the tile's arguments            CX   steps, or panels, left
//	SI   row 0 of A (or C)               BX   bytes to the next row
//	R8   row 5                           DX   3·BX
//	R9   row 10                          R13  bytes of A from one k to the next
//	DI   panel 0 of B                    R10  bytes to the next panel
//	R12  panel 5                         R11  3·R10
//	                                     R15  bytes of B from one k to the next
//	K1   columns of the last panel       K2   of the panel at hand

// ROWS0 points SI, R8, R9, BX, DX at the rows of a matrix.
#define ROWS0(ptr, stride) \
	MOVQ ptr(AX), SI; \
	MOVQ stride(AX), BX; \
	LEAQ (BX)(BX*2), DX; \
	LEAQ (SI)(BX*4), R8; \
	ADDQ BX, R8; \
	LEAQ (R8)(BX*4), R9; \
	ADDQ BX, R9

// PANELS0 points DI, R12, R10, R11 at the panels of B.
#define PANELS0 \
	MOVQ tile_b(AX), DI; \
	MOVQ tile_psb(AX), R10; \
	LEAQ (R10)(R10*2), R11; \
	LEAQ (DI)(R10*4), R12; \
	ADDQ R10, R12

// NEXT goes on to the next panel of C; the last one has the mask.
#define NEXT \
	ADDQ R10, SI; ADDQ R10, R8; ADDQ R10, R9; \
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

// TILE is a kernel: cs walks over C, as loads or prepares a step of A or B, and
// ms multiplies it.
#define TILE(np, cs, as, ms) \
	KMOVW tile_mask(AX), K1; \
	C_FIRST(np, tile_init, tile_rsi, tile_psi); \
	cs(LOADC); \
	STEPS(as, ms); \
	C_FIRST(np, tile_c, tile_rsc, tile_psc); \
	CMPQ tile_add(AX), $0; \
	JEQ store; \
	cs(ADDC); \
	C_FIRST(np, tile_c, tile_rsc, tile_psc); \
store: \
	cs(STOREC); \
	VZEROUPPER

// STEPS multiplies all k.
#define STEPS(as, ms) \
	ROWS0(tile_a, tile_rsa); \
	PANELS0; \
	MOVQ tile_csa(AX), R13; \
	MOVQ tile_rsb(AX), R15; \
	MOVQ tile_k(AX), CX; \
	TESTQ CX, CX; \
	JZ done; \
step: \
	as; \
	ms; \
	ADDQ R13, SI; \
	ADDQ R13, R8; \
	ADDQ R13, R9; \
	ADDQ R15, DI; \
	ADDQ R15, R12; \
	DECQ CX; \
	JNZ step; \
done:

// EACHn does op with n rows of a panel of C and their accumulators.
#define EACH1(op, a) op((SI), a)
#define EACH2(op, a, b) EACH1(op, a); op((SI)(BX*1), b)
#define EACH3(op, a, b, c) EACH2(op, a, b); op((SI)(BX*2), c)
#define EACH4(op, a, b, c, d) EACH3(op, a, b, c); op((SI)(DX*1), d)
#define EACH5(op, a, b, c, d, e) EACH4(op, a, b, c, d); op((SI)(BX*4), e)
#define EACH6(op, a, b, c, d, e, f) EACH5(op, a, b, c, d, e); op((R8), f)
#define EACH7(op, a, b, c, d, e, f, g) EACH6(op, a, b, c, d, e, f); op((R8)(BX*1), g)
#define EACH8(op, a, b, c, d, e, f, g, h) EACH7(op, a, b, c, d, e, f, g); op((R8)(BX*2), h)
#define EACH9(op, a, b, c, d, e, f, g, h, i) EACH8(op, a, b, c, d, e, f, g, h); op((R8)(DX*1), i)
#define EACH10(op, a, b, c, d, e, f, g, h, i, j) EACH9(op, a, b, c, d, e, f, g, h, i); op((R8)(BX*4), j)
#define EACH11(op, a, b, c, d, e, f, g, h, i, j, k) EACH10(op, a, b, c, d, e, f, g, h, i, j); op((R9), k)
#define EACH12(op, a, b, c, d, e, f, g, h, i, j, k, l) EACH11(op, a, b, c, d, e, f, g, h, i, j, k); op((R9)(BX*1), l)
#define EACH13(op, a, b, c, d, e, f, g, h, i, j, k, l, m) EACH12(op, a, b, c, d, e, f, g, h, i, j, k, l); op((R9)(BX*2), m)
#define EACH14(op, a, b, c, d, e, f, g, h, i, j, k, l, m, n) EACH13(op, a, b, c, d, e, f, g, h, i, j, k, l, m); op((R9)(DX*1), n)

// CmrXnp does op with all rows and panels of C.
#define C1x1(op) EACH1(op, Z0)
#define C1x2(op) C1x1(op); NEXT; EACH1(op, Z1)
#define C1x3(op) C1x2(op); NEXT; EACH1(op, Z2)
#define C1x4(op) C1x3(op); NEXT; EACH1(op, Z3)
#define C1x5(op) C1x4(op); NEXT; EACH1(op, Z4)
#define C1x6(op) C1x5(op); NEXT; EACH1(op, Z5)
#define C1x7(op) C1x6(op); NEXT; EACH1(op, Z6)
#define C1x8(op) C1x7(op); NEXT; EACH1(op, Z7)
#define C2x1(op) EACH2(op, Z0, Z1)
#define C2x2(op) C2x1(op); NEXT; EACH2(op, Z2, Z3)
#define C2x3(op) C2x2(op); NEXT; EACH2(op, Z4, Z5)
#define C2x4(op) C2x3(op); NEXT; EACH2(op, Z6, Z7)
#define C2x5(op) C2x4(op); NEXT; EACH2(op, Z8, Z9)
#define C2x6(op) C2x5(op); NEXT; EACH2(op, Z10, Z11)
#define C2x7(op) C2x6(op); NEXT; EACH2(op, Z12, Z13)
#define C2x8(op) C2x7(op); NEXT; EACH2(op, Z14, Z15)
#define C3x1(op) EACH3(op, Z0, Z1, Z2)
#define C3x2(op) C3x1(op); NEXT; EACH3(op, Z3, Z4, Z5)
#define C3x3(op) C3x2(op); NEXT; EACH3(op, Z6, Z7, Z8)
#define C3x4(op) C3x3(op); NEXT; EACH3(op, Z9, Z10, Z11)
#define C3x5(op) C3x4(op); NEXT; EACH3(op, Z12, Z13, Z14)
#define C3x6(op) C3x5(op); NEXT; EACH3(op, Z15, Z16, Z17)
#define C3x7(op) C3x6(op); NEXT; EACH3(op, Z18, Z19, Z20)
#define C4x1(op) EACH4(op, Z0, Z1, Z2, Z3)
#define C4x2(op) C4x1(op); NEXT; EACH4(op, Z4, Z5, Z6, Z7)
#define C4x3(op) C4x2(op); NEXT; EACH4(op, Z8, Z9, Z10, Z11)
#define C4x4(op) C4x3(op); NEXT; EACH4(op, Z12, Z13, Z14, Z15)
#define C4x5(op) C4x4(op); NEXT; EACH4(op, Z16, Z17, Z18, Z19)
#define C4x6(op) C4x5(op); NEXT; EACH4(op, Z20, Z21, Z22, Z23)
#define C5x1(op) EACH5(op, Z0, Z1, Z2, Z3, Z4)
#define C5x2(op) C5x1(op); NEXT; EACH5(op, Z5, Z6, Z7, Z8, Z9)
#define C5x3(op) C5x2(op); NEXT; EACH5(op, Z10, Z11, Z12, Z13, Z14)
#define C5x4(op) C5x3(op); NEXT; EACH5(op, Z15, Z16, Z17, Z18, Z19)
#define C5x5(op) C5x4(op); NEXT; EACH5(op, Z20, Z21, Z22, Z23, Z24)
#define C6x1(op) EACH6(op, Z0, Z1, Z2, Z3, Z4, Z5)
#define C6x2(op) C6x1(op); NEXT; EACH6(op, Z6, Z7, Z8, Z9, Z10, Z11)
#define C6x3(op) C6x2(op); NEXT; EACH6(op, Z12, Z13, Z14, Z15, Z16, Z17)
#define C6x4(op) C6x3(op); NEXT; EACH6(op, Z18, Z19, Z20, Z21, Z22, Z23)
#define C7x1(op) EACH7(op, Z0, Z1, Z2, Z3, Z4, Z5, Z6)
#define C7x2(op) EACH7(op, Z0, Z2, Z4, Z6, Z8, Z10, Z12); NEXT; \
	EACH7(op, Z1, Z3, Z5, Z7, Z9, Z11, Z13)
#define C8x1(op) EACH8(op, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
#define C8x2(op) EACH8(op, Z0, Z2, Z4, Z6, Z8, Z10, Z12, Z14); NEXT; \
	EACH8(op, Z1, Z3, Z5, Z7, Z9, Z11, Z13, Z15)
#define C9x1(op) EACH9(op, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8)
#define C9x2(op) EACH9(op, Z0, Z2, Z4, Z6, Z8, Z10, Z12, Z14, Z16); NEXT; \
	EACH9(op, Z1, Z3, Z5, Z7, Z9, Z11, Z13, Z15, Z17)
#define C10x1(op) EACH10(op, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9)
#define C10x2(op) EACH10(op, Z0, Z2, Z4, Z6, Z8, Z10, Z12, Z14, Z16, Z18); NEXT; \
	EACH10(op, Z1, Z3, Z5, Z7, Z9, Z11, Z13, Z15, Z17, Z19)
#define C11x1(op) EACH11(op, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10)
#define C11x2(op) EACH11(op, Z0, Z2, Z4, Z6, Z8, Z10, Z12, Z14, Z16, Z18, Z20); NEXT; \
	EACH11(op, Z1, Z3, Z5, Z7, Z9, Z11, Z13, Z15, Z17, Z19, Z21)
#define C12x1(op) EACH12(op, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11)
#define C12x2(op) EACH12(op, Z0, Z2, Z4, Z6, Z8, Z10, Z12, Z14, Z16, Z18, Z20, Z22); NEXT; \
	EACH12(op, Z1, Z3, Z5, Z7, Z9, Z11, Z13, Z15, Z17, Z19, Z21, Z23)
#define C13x1(op) EACH13(op, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11, Z12)
#define C13x2(op) EACH13(op, Z0, Z2, Z4, Z6, Z8, Z10, Z12, Z14, Z16, Z18, Z20, Z22, Z24); NEXT; \
	EACH13(op, Z1, Z3, Z5, Z7, Z9, Z11, Z13, Z15, Z17, Z19, Z21, Z23, Z25)
#define C14x1(op) EACH14(op, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11, Z12, Z13)
#define C14x2(op) EACH14(op, Z0, Z2, Z4, Z6, Z8, Z10, Z12, Z14, Z16, Z18, Z20, Z22, Z24, Z26); NEXT; \
	EACH14(op, Z1, Z3, Z5, Z7, Z9, Z11, Z13, Z15, Z17, Z19, Z21, Z23, Z25, Z27)

// Up to six rows: their elements of A stay in Z25 to Z30, and each panel of B is
// loaded once. A single row multiplies with B in memory.
#define BCAST(x, z) VBROADCASTSS x, z
#define A1 EACH1(BCAST, Z25)
#define A2 EACH2(BCAST, Z25, Z26)
#define A3 EACH3(BCAST, Z25, Z26, Z27)
#define A4 EACH4(BCAST, Z25, Z26, Z27, Z28)
#define A5 EACH5(BCAST, Z25, Z26, Z27, Z28, Z29)
#define A6 EACH6(BCAST, Z25, Z26, Z27, Z28, Z29, Z30)
#define MAC1(b, p) VFMADD231PS b, Z25, p
#define MAC2(b, p, q) VMOVUPS b, Z31; VFMADD231PS Z31, Z25, p; VFMADD231PS Z31, Z26, q
#define MAC3(b, p, q, r) VMOVUPS b, Z31; VFMADD231PS Z31, Z25, p; VFMADD231PS Z31, Z26, q; VFMADD231PS Z31, Z27, r
#define MAC4(b, p, q, r, s) MAC3(b, p, q, r); VFMADD231PS Z31, Z28, s
#define MAC5(b, p, q, r, s, t) MAC4(b, p, q, r, s); VFMADD231PS Z31, Z29, t
#define MAC6(b, p, q, r, s, t, u) MAC5(b, p, q, r, s, t); VFMADD231PS Z31, Z30, u
#define M1x1 MAC1((DI), Z0)
#define M1x2 M1x1; MAC1((DI)(R10*1), Z1)
#define M1x3 M1x2; MAC1((DI)(R10*2), Z2)
#define M1x4 M1x3; MAC1((DI)(R11*1), Z3)
#define M1x5 M1x4; MAC1((DI)(R10*4), Z4)
#define M1x6 M1x5; MAC1((R12), Z5)
#define M1x7 M1x6; MAC1((R12)(R10*1), Z6)
#define M1x8 M1x7; MAC1((R12)(R10*2), Z7)
#define M2x1 MAC2((DI), Z0, Z1)
#define M2x2 M2x1; MAC2((DI)(R10*1), Z2, Z3)
#define M2x3 M2x2; MAC2((DI)(R10*2), Z4, Z5)
#define M2x4 M2x3; MAC2((DI)(R11*1), Z6, Z7)
#define M2x5 M2x4; MAC2((DI)(R10*4), Z8, Z9)
#define M2x6 M2x5; MAC2((R12), Z10, Z11)
#define M2x7 M2x6; MAC2((R12)(R10*1), Z12, Z13)
#define M2x8 M2x7; MAC2((R12)(R10*2), Z14, Z15)
#define M3x1 MAC3((DI), Z0, Z1, Z2)
#define M3x2 M3x1; MAC3((DI)(R10*1), Z3, Z4, Z5)
#define M3x3 M3x2; MAC3((DI)(R10*2), Z6, Z7, Z8)
#define M3x4 M3x3; MAC3((DI)(R11*1), Z9, Z10, Z11)
#define M3x5 M3x4; MAC3((DI)(R10*4), Z12, Z13, Z14)
#define M3x6 M3x5; MAC3((R12), Z15, Z16, Z17)
#define M3x7 M3x6; MAC3((R12)(R10*1), Z18, Z19, Z20)
#define M4x1 MAC4((DI), Z0, Z1, Z2, Z3)
#define M4x2 M4x1; MAC4((DI)(R10*1), Z4, Z5, Z6, Z7)
#define M4x3 M4x2; MAC4((DI)(R10*2), Z8, Z9, Z10, Z11)
#define M4x4 M4x3; MAC4((DI)(R11*1), Z12, Z13, Z14, Z15)
#define M4x5 M4x4; MAC4((DI)(R10*4), Z16, Z17, Z18, Z19)
#define M4x6 M4x5; MAC4((R12), Z20, Z21, Z22, Z23)
#define M5x1 MAC5((DI), Z0, Z1, Z2, Z3, Z4)
#define M5x2 M5x1; MAC5((DI)(R10*1), Z5, Z6, Z7, Z8, Z9)
#define M5x3 M5x2; MAC5((DI)(R10*2), Z10, Z11, Z12, Z13, Z14)
#define M5x4 M5x3; MAC5((DI)(R11*1), Z15, Z16, Z17, Z18, Z19)
#define M5x5 M5x4; MAC5((DI)(R10*4), Z20, Z21, Z22, Z23, Z24)
#define M6x1 MAC6((DI), Z0, Z1, Z2, Z3, Z4, Z5)
#define M6x2 M6x1; MAC6((DI)(R10*1), Z6, Z7, Z8, Z9, Z10, Z11)
#define M6x3 M6x2; MAC6((DI)(R10*2), Z12, Z13, Z14, Z15, Z16, Z17)
#define M6x4 M6x3; MAC6((DI)(R11*1), Z18, Z19, Z20, Z21, Z22, Z23)

// From seven rows on: a step of B is in Z28 and Z29, and each element of A is
// loaded once, into Z30 and Z31 in turn.
#define B1 VMOVUPS (DI), Z28
#define B2 B1; VMOVUPS (DI)(R10*1), Z29
#define ROW1(x, p) VFMADD231PS.BCST x, Z28, p
#define ROW2(x, t, p, q) VBROADCASTSS x, t; VFMADD231PS Z28, t, p; VFMADD231PS Z29, t, q
#define M7x1 \
	ROW1((SI), Z0); ROW1((SI)(BX*1), Z1); ROW1((SI)(BX*2), Z2); ROW1((SI)(DX*1), Z3); \
	ROW1((SI)(BX*4), Z4); ROW1((R8), Z5); ROW1((R8)(BX*1), Z6)
#define M7x2 \
	ROW2((SI), Z30, Z0, Z1); ROW2((SI)(BX*1), Z31, Z2, Z3); \
	ROW2((SI)(BX*2), Z30, Z4, Z5); ROW2((SI)(DX*1), Z31, Z6, Z7); \
	ROW2((SI)(BX*4), Z30, Z8, Z9); ROW2((R8), Z31, Z10, Z11); ROW2((R8)(BX*1), Z30, Z12, Z13)
#define M8x1 M7x1; ROW1((R8)(BX*2), Z7)
#define M8x2 M7x2; ROW2((R8)(BX*2), Z31, Z14, Z15)
#define M9x1 M8x1; ROW1((R8)(DX*1), Z8)
#define M9x2 M8x2; ROW2((R8)(DX*1), Z30, Z16, Z17)
#define M10x1 M9x1; ROW1((R8)(BX*4), Z9)
#define M10x2 M9x2; ROW2((R8)(BX*4), Z31, Z18, Z19)
#define M11x1 M10x1; ROW1((R9), Z10)
#define M11x2 M10x2; ROW2((R9), Z30, Z20, Z21)
#define M12x1 M11x1; ROW1((R9)(BX*1), Z11)
#define M12x2 M11x2; ROW2((R9)(BX*1), Z31, Z22, Z23)
#define M13x1 M12x1; ROW1((R9)(BX*2), Z12)
#define M13x2 M12x2; ROW2((R9)(BX*2), Z30, Z24, Z25)
#define M14x1 M13x1; ROW1((R9)(DX*1), Z13)
#define M14x2 M13x2; ROW2((R9)(DX*1), Z31, Z26, Z27)
