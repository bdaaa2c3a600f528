// The vocabulary of the vector kernels for AVX-512. Bodies written in it
// (blas1_amd64.h, optimizer_amd64.h) are those of AVX2 as well; there the same
// names stand for other registers and instructions (vector_avx2_amd64.h).
//
// Registers
//
//	V0 … V9    16 elements each            V15  free between two macros
//	C0 … C15   constants, one number in all elements; C0 is that of abs
//	DI         what is written first       SI, DX, BX, R8 … R13  other operands
//	AX         bytes from there            CX   elements left
//	K1         those of the last vector    K7   comparisons      R15  free
#define V0 Z0
#define V1 Z1
#define V2 Z2
#define V3 Z3
#define V4 Z4
#define V5 Z5
#define V6 Z6
#define V7 Z7
#define V8 Z8
#define V9 Z9
#define C0 Z16
#define C1 Z17
#define C2 Z18
#define C3 Z19
#define C4 Z20
#define C5 Z21
#define C6 Z22
#define C7 Z23
#define C8 Z24
#define C9 Z25
#define C10 Z26
#define C11 Z27
#define C12 Z28
#define C13 Z29
#define C14 Z30
#define C15 Z31

// CONSTS comes before the first CONST; CONST(m, c) fills c with the number at m,
// CONST4 with the four at m in turn.
#define CONSTS
#define CONST(m, c) VBROADCASTSS m, c
#define CONST4(m, c) VBROADCASTF32X4 m, c

// What a body does with memory: whole vectors, or with the suffix T their first
// CX elements. A body loads before it stores.
#define LOAD(m, v) VMOVUPS m, v
#define LOADT(m, v) VMOVUPS.Z m, K1, v
#define STORE(v, m) VMOVUPS v, m
#define STORET(v, m) VMOVUPS v, K1, m

// TAIL prepares for the first CX < 16 elements.
#define TAIL \
	MOVL $1, R15; \
	SHLL CX, R15; \
	DECL R15; \
	KMOVW R15, K1

// FLUSH sets d = |x| < bound ? +0 : x. t is lost.
#define FLUSH(x, bound, t, d) \
	VANDPS C0, x, t; \
	VCMPPS $5, bound, t, K7; \
	VMOVAPS.Z x, K7, d

// FLUSH2 is FLUSH with FlushState or FlushProduct: c holds what is at STATE or
// PRODUCT, the bits of which one is set in every number from 2⁻¹²⁶ or 2⁻⁶³ on.
#define STATE ·vectors+vectorConstants_stateBits(SB)
#define PRODUCT ·vectors+vectorConstants_productBits(SB)
#define FLUSH2(x, c, t, d) \
	VPTESTMD c, x, K7; \
	VMOVAPS.Z x, K7, d

// WHERE sets y = (a pred b) ? x : y. t is lost.
#define WHERE(a, pred, b, x, y, t) \
	VCMPPS pred, b, a, K7; \
	VMOVAPS x, K7, y

// EACH does body(LOAD, STORE, o) for all vectors, o being bytes from AX, and
// body(LOADT, STORET, 0) for what remains. EACH4 does four at a time.
#define EACH(body) \
	XORL AX, AX; \
	REST(body)

#define REST(body) \
	CMPQ CX, $16; \
	JLT tail; \
one: \
	body(LOAD, STORE, 0); \
	ADDQ $64, AX; \
	SUBQ $16, CX; \
	CMPQ CX, $16; \
	JGE one; \
tail: \
	TESTQ CX, CX; \
	JZ done; \
	TAIL; \
	body(LOADT, STORET, 0); \
done: \
	VZEROUPPER

#define EACH4(body) \
	XORL AX, AX; \
	CMPQ CX, $64; \
	JLT few; \
many: \
	body(LOAD, STORE, 0); \
	body(LOAD, STORE, 64); \
	body(LOAD, STORE, 128); \
	body(LOAD, STORE, 192); \
	ADDQ $256, AX; \
	SUBQ $64, CX; \
	CMPQ CX, $64; \
	JGE many; \
few: \
	REST(body)

// REDUCE does body(LOADK, op, o, s, k) for all elements, s being the lanes that
// the vector at o goes to, and k the mask that keeps lanes beyond the end as
// they are. The lanes start from those at R13, or from +0 if that is 0.
#define REDUCE(body, op, opk) \
	XORL AX, AX; \
	VXORPS V0, V0, V0; \
	TESTQ R13, R13; \
	JZ 2(PC); \
	VMOVUPS (R13), V0; \
	SUBQ $16, CX; \
	JLT tail; \
one: \
	body(LOADALL, op, 0, V0, K1); \
	ADDQ $64, AX; \
	SUBQ $16, CX; \
	JGE one; \
tail: \
	ADDQ $16, CX; \
	JZ done; \
	TAIL; \
	body(LOADK, opk, 0, V0, K1); \
done: \
	TESTQ R13, R13; \
	JZ 2(PC); \
	VMOVUPS V0, (R13)

#define LOADALL(m, v, k) VMOVUPS m, v
#define LOADK(m, v, k) VMOVUPS.Z m, k, v
#define ADDALL(x, y, s, k) VADDPS x, s, s
#define ADDK(x, y, s, k) VADDPS x, s, k, s
#define FMAALL(x, y, s, k) VFMADD231PS x, y, s
#define FMAK(x, y, s, k) VFMADD231PS x, y, k, s

// FOLD sums the lanes by the tree 16 → 8 → 4 → 2 → 1 into X0.
#define FOLD \
	VEXTRACTF32X8 $1, Z0, Y1; \
	VADDPS Y1, Y0, Y0; \
	VEXTRACTF128 $1, Y0, X1; \
	VADDPS X1, X0, X0; \
	VMOVHLPS X0, X0, X1; \
	VADDPS X1, X0, X0; \
	VMOVSHDUP X0, X1; \
	VADDSS X1, X0, X0; \
	VZEROUPPER

// Columns: up to 64 at a time, four vectors that M0 … M3 mask, at DI, SI, DX and
// bytes R9, R10, R11 from there. COLMASKS sets these from the number in CX; a
// vector without columns has the place of the first. SUMS4 loads the sums at DI,
// PUT4 stores them.
#define M0 K1
#define M1 K2
#define M2 K3
#define M3 K4

#define COLMASKS \
	MOVQ CX, R12; \
	XORL R9, R9; \
	XORL R10, R10; \
	XORL R11, R11; \
	MOVL $64, R15; \
	CMPQ CX, $16; \
	CMOVQGT R15, R9; \
	ADDQ R15, R15; \
	CMPQ CX, $32; \
	CMOVQGT R15, R10; \
	ADDQ $64, R15; \
	CMPQ CX, $48; \
	CMOVQGT R15, R11; \
	MOVQ $-1, R15; \
	NEGQ CX; \
	SHRQ CX, R15; \
	KMOVQ R15, K1; \
	KSHIFTRQ $16, K1, K2; \
	KSHIFTRQ $32, K1, K3; \
	KSHIFTRQ $48, K1, K4

#define LOAD4(p, a, b, c, d) \
	LOADK((p), a, M0); \
	LOADK((p)(R9*1), b, M1); \
	LOADK((p)(R10*1), c, M2); \
	LOADK((p)(R11*1), d, M3)

#define PUT4 \
	VMOVUPS V0, K1, (DI); \
	CMPQ R12, $16; \
	JLE put; \
	VMOVUPS V1, K2, (DI)(R9*1); \
	CMPQ R12, $32; \
	JLE put; \
	VMOVUPS V2, K3, (DI)(R10*1); \
	VMOVUPS V3, K4, (DI)(R11*1); \
put: \
	VZEROUPPER

// The maximum of a row (ROWMAX): NANS0, NANS and NANJ note that a or b has a NaN and
// jump if there was one; LOADINF is LOADT with −Inf, in C1, beyond the end;
// MAX16 is the greatest lane of V0, in X0.
#define NANS0 KXORW K5, K5, K5
#define NANS(a, b) VCMPPS $3, a, b, K6; KORW K6, K5, K5
#define NANJ(label) KORTESTW K5, K5; JNZ label
#define LOADINF(m, v) VMOVAPS C1, v; VMOVUPS m, K1, v
#define MAX16 VEXTRACTF32X8 $1, Z0, Y1; VMAXPS Y1, Y0, Y0; MAX8

// Draws (DROPOUT): four blocks in a vector. SPAN is TAIL for n elements.
#define BLOCKS vectorConstants_blocks4
#define XOR3(a, b, s) VPTERNLOGD $0x96, a, b, s
#define KEEP(u, m) VPCMPUD $5, C1, u, K7; VMOVAPS.Z C2, K7, m
#define STORESPAN(v, m) VMOVUPS v, K1, m
#define SPAN(n) \
	VPBROADCASTD n, V9; \
	VPCMPGTD ·vectors+vectorConstants_lanes(SB), V9, K1
