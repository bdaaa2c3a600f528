// Macros of the kernels of narrow layers (kernels_narrow_amd64.s): one row, or
// two, times one panel of 16 columns, or two, the sums over the four segments of
// k (kernels.Segments) beside each other. A row's elements are broadcast within
// 128 bits, four at a load, because a broadcast of one from memory takes as long
// as a load of B.
//
// Registers
//
//	AX   C                               CX   groups of four steps left
//	SI   row 0 of A, segment 0           DX   k, then steps left after them
//	R15  row 1                           R13  steps that only the last lacks
//	DI   panel 0 of B, segment 0         R8   bytes of A from a segment to the next
//	R12  panel 1                         R9   3·R8
//	                                     R10  bytes of B from a segment to the next
//	                                     R11  3·R10
//	Z28, Y14  four elements of A         Z29, Z30, Y15  one of them; Z31: of B

// SEGMENTS sets all from DX, SI, R15, and the panels in BX: the bias comes first,
// at DI and R12 before the first step.
#define SEGMENTS \
	LEAQ 1(DX), R12; \
	SHLQ $6, R12; \
	ADDQ BX, R12; \
	MOVQ BX, DI; \
	LEAQ 3(DX), R8; \
	SHRQ $2, R8; \
	LEAQ (R8)(R8*2), R9; \
	SUBQ R9, DX; \
	MOVQ R8, R13; \
	SUBQ DX, R13; \
	MOVQ R8, R10; \
	SHLQ $6, R10; \
	LEAQ (R10)(R10*2), R11; \
	SHLQ $2, R8; \
	SHLQ $2, R9

// STEPS does DX steps of all segments and R13 of all but the last, by four: a
// group of four steps, one: a step, and less: a step without the last segment.
#define STEPS(four, one, less) \
	MOVQ DX, CX; \
	SHRQ $2, CX; \
	JZ ones; \
fours: \
	four; \
	FORWARD(16, 256); \
	DECQ CX; \
	JNZ fours; \
ones: \
	ANDQ $3, DX; \
	JZ rest; \
single: \
	one; \
	FORWARD(4, 64); \
	DECQ DX; \
	JNZ single; \
rest: \
	WITHOUT_LAST(less)
#define WITHOUT_LAST(less) \
	TESTQ R13, R13; \
	JZ stepped; \
lacking: \
	less; \
	FORWARD(4, 64); \
	DECQ R13; \
	JNZ lacking; \
stepped:

// FORWARD goes some bytes of A and of B on.
#define FORWARD(a, b) \
	ADDQ $a, SI; \
	ADDQ $a, R15; \
	ADDQ $b, DI; \
	ADDQ $b, R12

// ADD2 adds two sums of segments to a, SUM three.
#define ADD2(a, b, c) \
	VADDPS b, a, a; \
	VADDPS c, a, a
#define SUM(a, b, c, d) \
	ADD2(a, b, c); \
	VADDPS d, a, a

// KEEP and KEEPY do with a sum what keep, in R9, says.
#define KEEP(z) \
	VPANDD (R9), z, Z31; \
	VCMPPS $5, 64(R9), Z31, K3; \
	VMOVAPS.Z z, K3, z
#define KEEPY(y) \
	VANDPS (R9), y, Y15; \
	VCMPPS $5, 64(R9), Y15, Y15; \
	VANDPS Y15, y, y

// CLEAR4 sets registers to zero.
#define CLEAR4(a, b, c, d) \
	VXORPS a, a, a; \
	VXORPS b, b, b; \
	VXORPS c, c, c; \
	VXORPS d, d, d

// AVX-512, one row and two panels: a step of a segment with the sums p and q, and
// four steps.
#define ONE2(a, b, d, p, q) \
	VBROADCASTSS a, Z29; \
	VFMADD231PS b, Z29, p; \
	VFMADD231PS d, Z29, q
#define FOUR2(a, b, d, p, q) \
	VBROADCASTF32X4 a, Z28; \
	OF2(0x00, 0, b, d, p, q); \
	OF2(0x55, 64, b, d, p, q); \
	OF2(0xaa, 128, b, d, p, q); \
	OF2(0xff, 192, b, d, p, q)
#define OF2(i, off, b, d, p, q) \
	VPERMILPS $i, Z28, Z29; \
	VFMADD231PS off b, Z29, p; \
	VFMADD231PS off d, Z29, q

// The steps of all segments but the last, and of all.
#define LESS32(step) \
	step((SI), (DI), (R12), Z0, Z1); \
	step((SI)(R8*1), (DI)(R10*1), (R12)(R10*1), Z2, Z3); \
	step((SI)(R8*2), (DI)(R10*2), (R12)(R10*2), Z4, Z5)
#define ALL32(step) \
	LESS32(step); \
	step((SI)(R9*1), (DI)(R11*1), (R12)(R11*1), Z6, Z7)

// AVX-512, two rows and two panels. The elements of row 1, e, are broadcast from
// memory: shuffles of both would take the time of FMAs.
#define ROWS2(a, e, b, d, p, q, r, s) \
	VBROADCASTSS a, Z29; \
	VBROADCASTSS e, Z30; \
	MUL2(0, b, p, q); \
	MUL2(0, d, r, s)
#define MUL2(off, b, p, q) \
	VMOVUPS off b, Z31; \
	VFMADD231PS Z31, Z29, p; \
	VFMADD231PS Z31, Z30, q
#define ROWS2FOUR(a, e, b, d, p, q, r, s) \
	VBROADCASTF32X4 a, Z28; \
	ROWS2OF(0x00, 0, 0 e, b, d, p, q, r, s); \
	ROWS2OF(0x55, 64, 4 e, b, d, p, q, r, s); \
	ROWS2OF(0xaa, 128, 8 e, b, d, p, q, r, s); \
	ROWS2OF(0xff, 192, 12 e, b, d, p, q, r, s)
#define ROWS2OF(i, off, e, b, d, p, q, r, s) \
	VPERMILPS $i, Z28, Z29; \
	VBROADCASTSS e, Z30; \
	MUL2(off, b, p, q); \
	MUL2(off, d, r, s)
#define LESS2x32(step) \
	step((SI), (R15), (DI), (R12), Z0, Z1, Z2, Z3); \
	step((SI)(R8*1), (R15)(R8*1), (DI)(R10*1), (R12)(R10*1), Z4, Z5, Z6, Z7); \
	step((SI)(R8*2), (R15)(R8*2), (DI)(R10*2), (R12)(R10*2), Z8, Z9, Z10, Z11)
#define ALL2x32(step) \
	LESS2x32(step); \
	step((SI)(R9*1), (R15)(R9*1), (DI)(R11*1), (R12)(R11*1), Z12, Z13, Z14, Z15)

// AVX2, one row: a step of a segment of one panel, in two registers, and of two;
// and four steps.
#define ONE1Y(a, b, p, q) \
	VBROADCASTSS a, Y15; \
	MUL1Y(0, 32, b, p, q)
#define ONE2Y(a, b, d, p, q, r, s) \
	ONE1Y(a, b, p, q); \
	MUL1Y(0, 32, d, r, s)
#define MUL1Y(i, j, b, p, q) \
	VFMADD231PS i b, Y15, p; \
	VFMADD231PS j b, Y15, q
#define FOUR1Y(a, b, p, q) \
	VBROADCASTF128 a, Y14; \
	OF1Y(0x00, 0, 32, b, p, q); \
	OF1Y(0x55, 64, 96, b, p, q); \
	OF1Y(0xaa, 128, 160, b, p, q); \
	OF1Y(0xff, 192, 224, b, p, q)
#define OF1Y(c, i, j, b, p, q) \
	VPERMILPS $c, Y14, Y15; \
	MUL1Y(i, j, b, p, q)
#define FOUR2Y(a, b, d, p, q, r, s) \
	VBROADCASTF128 a, Y14; \
	OF2Y(0x00, 0, 32, b, d, p, q, r, s); \
	OF2Y(0x55, 64, 96, b, d, p, q, r, s); \
	OF2Y(0xaa, 128, 160, b, d, p, q, r, s); \
	OF2Y(0xff, 192, 224, b, d, p, q, r, s)
#define OF2Y(c, i, j, b, d, p, q, r, s) \
	OF1Y(c, i, j, b, p, q); \
	MUL1Y(i, j, d, r, s)

// All four segments of a panel; two segments of two panels.
#define LESS16Y(step) \
	step((SI), (DI), Y0, Y1); \
	step((SI)(R8*1), (DI)(R10*1), Y2, Y3); \
	step((SI)(R8*2), (DI)(R10*2), Y4, Y5)
#define ALL16Y(step) \
	LESS16Y(step); \
	step((SI)(R9*1), (DI)(R11*1), Y6, Y7)
#define LESS32Y(step) \
	step((SI), (DI), (R12), Y0, Y1, Y2, Y3)
#define ALL32Y(step) \
	LESS32Y(step); \
	step((SI)(R8*1), (DI)(R10*1), (R12)(R10*1), Y4, Y5, Y6, Y7)
