// Macros of the products of one row with a layer (kernels_gemv_amd64.s).
//
// Registers
//
//	SI   the row                         CX   steps left
//	DI   panel 0                         R10  bytes to the next panel
//	R12  panel 5                         R11  3·R10
//	AX   result                          K1, R8  columns of the last panel
//	R9   keep, or nil                    Z29, Y15  an element of the row

// GEMV is a kernel of the panels that walk goes through. elem loads an element of
// the row; out stores the sums.
#define GEMV(walk, elem, keep0, keep, out) \
	LEAQ 1(CX), R10; \
	SHLQ $6, R10; \
	LEAQ (R10)(R10*2), R11; \
	LEAQ (DI)(R10*4), R12; \
	ADDQ R10, R12; \
	walk(LOAD, 0, 32); \
	ADDQ $64, DI; \
	ADDQ $64, R12; \
	SUBQ $4, CX; \
	JLT ones; \
	FOURS(walk, elem, keep0, keep, out)
#define FOURS(walk, elem, keep0, keep, out) \
fours: \
	elem(0); \
	walk(MULADD, 0, 32); \
	elem(4); \
	walk(MULADD, 64, 96); \
	elem(8); \
	walk(MULADD, 128, 160); \
	elem(12); \
	walk(MULADD, 192, 224); \
	ADDQ $16, SI; \
	ADDQ $256, DI; \
	ADDQ $256, R12; \
	SUBQ $4, CX; \
	JGE fours; \
	ONES(walk, elem, keep0, keep, out)
#define ONES(walk, elem, keep0, keep, out) \
ones: \
	ADDQ $4, CX; \
	JEQ done; \
one: \
	elem(0); \
	walk(MULADD, 0, 32); \
	ADDQ $4, SI; \
	ADDQ $64, DI; \
	ADDQ $64, R12; \
	DECQ CX; \
	JNZ one; \
done: \
	TESTQ R9, R9; \
	JEQ kept; \
	keep0; \
	walk(keep, 0, 32); \
kept: \
	out; \
	VZEROUPPER

#define ELEM(i) VBROADCASTSS i(SI), Z29
#define ELEMY(i) VBROADCASTSS i(SI), Y15

// What is done with the panels, or halves of them, at x and their sums z; t is the
// element of the row.
#define LOAD(x, t, z) VMOVUPS x, z
#define MULADD(x, t, z) VFMADD231PS x, t, z
#define KEEP0Y
#define KEEP0 VMOVUPS (R9), Z28; VMOVUPS 64(R9), Z30
#define KEEP(x, t, z) VPANDD Z28, z, Z31; VCMPPS $5, Z30, Z31, K3; VMOVAPS.Z z, K3, z
#define KEEPY(x, t, z) VANDPS (R9), z, Y14; VCMPPS $5, 64(R9), Y14, Y14; VANDPS Y14, z, z

// WALKn does op with n panels at an offset.
#define WALK1(op, i, j) op(i(DI), Z29, Z0)
#define WALK2(op, i, j) WALK1(op, i, j); op(i(DI)(R10*1), Z29, Z1)
#define WALK3(op, i, j) WALK2(op, i, j); op(i(DI)(R10*2), Z29, Z2)
#define WALK4(op, i, j) WALK3(op, i, j); op(i(DI)(R11*1), Z29, Z3)
#define WALK5(op, i, j) WALK4(op, i, j); op(i(DI)(R10*4), Z29, Z4)
#define WALK6(op, i, j) WALK5(op, i, j); op(i(R12), Z29, Z5)
#define WALK7(op, i, j) WALK6(op, i, j); op(i(R12)(R10*1), Z29, Z6)
#define WALK8(op, i, j) WALK7(op, i, j); op(i(R12)(R10*2), Z29, Z7)

// HALVESn does op with the halves of n panels.
#define HALVES1(op, i, j) op(i(DI), Y15, Y0); op(j(DI), Y15, Y1)
#define HALVES2(op, i, j) HALVES1(op, i, j); op(i(DI)(R10*1), Y15, Y2); op(j(DI)(R10*1), Y15, Y3)
#define HALVES3(op, i, j) HALVES2(op, i, j); op(i(DI)(R10*2), Y15, Y4); op(j(DI)(R10*2), Y15, Y5)
#define HALVES4(op, i, j) HALVES3(op, i, j); op(i(DI)(R11*1), Y15, Y6); op(j(DI)(R11*1), Y15, Y7)
#define HALVES5(op, i, j) HALVES4(op, i, j); op(i(DI)(R10*4), Y15, Y8); op(j(DI)(R10*4), Y15, Y9)
#define HALVES6(op, i, j) HALVES5(op, i, j); op(i(R12), Y15, Y10); op(j(R12), Y15, Y11)

// ALLn stores n whole panels, OUTn the last of n by its mask.
#define ALL1 VMOVUPS Z0, (AX)
#define ALL2 ALL1; VMOVUPS Z1, 64(AX)
#define ALL3 ALL2; VMOVUPS Z2, 128(AX)
#define ALL4 ALL3; VMOVUPS Z3, 192(AX)
#define ALL5 ALL4; VMOVUPS Z4, 256(AX)
#define ALL6 ALL5; VMOVUPS Z5, 320(AX)
#define ALL7 ALL6; VMOVUPS Z6, 384(AX)
#define OUT1 VMOVUPS Z0, K1, (AX)
#define OUT2 ALL1; VMOVUPS Z1, K1, 64(AX)
#define OUT3 ALL2; VMOVUPS Z2, K1, 128(AX)
#define OUT4 ALL3; VMOVUPS Z3, K1, 192(AX)
#define OUT5 ALL4; VMOVUPS Z4, K1, 256(AX)
#define OUT6 ALL5; VMOVUPS Z5, K1, 320(AX)
#define OUT7 ALL6; VMOVUPS Z6, K1, 384(AX)
#define OUT8 ALL7; VMOVUPS Z7, K1, 448(AX)

// ALLnY and, with CX columns in the last panel, OUTnY do it for halves of panels.
#define ALL1Y VMOVUPS Y0, (DI); VMOVUPS Y1, 32(DI)
#define ALL2Y ALL1Y; VMOVUPS Y2, 64(DI); VMOVUPS Y3, 96(DI)
#define ALL3Y ALL2Y; VMOVUPS Y4, 128(DI); VMOVUPS Y5, 160(DI)
#define ALL4Y ALL3Y; VMOVUPS Y6, 192(DI); VMOVUPS Y7, 224(DI)
#define ALL5Y ALL4Y; VMOVUPS Y8, 256(DI); VMOVUPS Y9, 288(DI)
#define OUT1Y COLS(0); PUT2(Y0, X0, Y1, X1)
#define OUT2Y COLS(64); ALL1Y; PUT2(Y2, X2, Y3, X3)
#define OUT3Y COLS(128); ALL2Y; PUT2(Y4, X4, Y5, X5)
#define OUT4Y COLS(192); ALL3Y; PUT2(Y6, X6, Y7, X7)
#define OUT5Y COLS(256); ALL4Y; PUT2(Y8, X8, Y9, X9)
#define OUT6Y COLS(320); ALL5Y; PUT2(Y10, X10, Y11, X11)
#define COLS(at) \
	MOVQ AX, DI; \
	MOVQ R8, CX; \
	MOVL $at, R13
#define PUT2(y, x, z, w) \
	PUT(0, 0, y, x); \
	CMPQ CX, $8; \
	JLE stored; \
	PUT(32, 8, z, w); \
stored:
