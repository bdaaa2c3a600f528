// The vocabulary of the vector kernels for AVX2: see vector_avx512_amd64.h.
//
//	V0 … V9    8 elements each             V15  the mask of the last vector
//	C0 … C4    constants in registers      C5 … C15  in memory, at R14
#define V0 Y0
#define V1 Y1
#define V2 Y2
#define V3 Y3
#define V4 Y4
#define V5 Y5
#define V6 Y6
#define V7 Y7
#define V8 Y8
#define V9 Y9
#define C0 Y10
#define C1 Y11
#define C2 Y12
#define C3 Y13
#define C4 Y14
#define C5 0(R14)
#define C6 32(R14)
#define C7 64(R14)
#define C8 96(R14)
#define C9 128(R14)
#define C10 160(R14)
#define C11 192(R14)
#define C12 224(R14)
#define C13 256(R14)
#define C14 288(R14)
#define C15 320(R14)

#define CONSTS LEAQ 31(SP), R14; ANDQ $~31, R14
#define CONST(m, c) VBROADCASTSS m, Y15; VMOVAPS Y15, c
#define CONST4(m, c) VBROADCASTF128 m, Y15; VMOVAPS Y15, c

#define LOAD(m, v) VMOVUPS m, v
#define LOADT(m, v) VMASKMOVPS m, Y15, v
#define STORE(v, m) VMOVUPS v, m

// STORET stores what bits 2, 1 and 0 of CX say: masked stores are slow on AMD's
// processors. The mask is lost.
#define STORET(v, m) \
	LEAQ m, R15; \
	VMOVAPS v, Y15; \
	TESTQ $4, CX; \
	JZ 4(PC); \
	VMOVUPS X15, (R15); \
	VEXTRACTF128 $1, Y15, X15; \
	ADDQ $16, R15; \
	TESTQ $2, CX; \
	JZ 4(PC); \
	VMOVLPS X15, (R15); \
	VMOVHLPS X15, X15, X15; \
	ADDQ $8, R15; \
	TESTQ $1, CX; \
	JZ 2(PC); \
	VMOVSS X15, (R15)

#define TAIL \
	VMOVD CX, X15; \
	VPBROADCASTD X15, Y15; \
	VPCMPGTD ·vectors+vectorConstants_lanes(SB), Y15, Y15

#define FLUSH(x, bound, t, d) \
	VANDPS C0, x, t; \
	VCMPPS $5, bound, t, t; \
	VANDPS x, t, d

#define STATE ·vectors+vectorConstants_stateBits(SB)
#define PRODUCT ·vectors+vectorConstants_productBits(SB)
#define FLUSH2(x, c, t, d) VPAND c, x, t; VPSIGND t, x, d

#define WHERE(a, pred, b, x, y, t) \
	VCMPPS pred, b, a, t; \
	VBLENDVPS t, x, y, y

#define EACH(body) \
	XORL AX, AX; \
	REST(body)

#define REST(body) \
	CMPQ CX, $8; \
	JLT tail; \
one: \
	body(LOAD, STORE, 0); \
	ADDQ $32, AX; \
	SUBQ $8, CX; \
	CMPQ CX, $8; \
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
	CMPQ CX, $32; \
	JLT few; \
many: \
	body(LOAD, STORE, 0); \
	body(LOAD, STORE, 32); \
	body(LOAD, STORE, 64); \
	body(LOAD, STORE, 96); \
	ADDQ $128, AX; \
	SUBQ $32, CX; \
	CMPQ CX, $32; \
	JGE many; \
few: \
	REST(body)

// REDUCE: lanes 0 … 7 are in V0, 8 … 15 in V1; Y14 and Y15 mask the last.
#define REDUCE(body, op, opk) \
	XORL AX, AX; \
	VXORPS V0, V0, V0; \
	VXORPS V1, V1, V1; \
	TESTQ R13, R13; \
	JZ 3(PC); \
	VMOVUPS (R13), V0; \
	VMOVUPS 32(R13), V1; \
	SUBQ $16, CX; \
	JLT tail; \
one: \
	body(LOADALL, op, 0, V0, Y14); \
	body(LOADALL, op, 32, V1, Y15); \
	ADDQ $64, AX; \
	SUBQ $16, CX; \
	JGE one; \
tail: \
	REDUCET(body, opk)

#define REDUCET(body, opk) \
	ADDQ $16, CX; \
	JZ done; \
	VMOVD CX, X15; \
	VPBROADCASTD X15, Y15; \
	VPCMPGTD ·vectors+vectorConstants_lanes(SB), Y15, Y14; \
	VPCMPGTD ·vectors+(vectorConstants_lanes+32)(SB), Y15, Y15; \
	body(LOADK, opk, 0, V0, Y14); \
	body(LOADK, opk, 32, V1, Y15); \
done: \
	TESTQ R13, R13; \
	JZ 3(PC); \
	VMOVUPS V0, (R13); \
	VMOVUPS V1, 32(R13)

#define LOADALL(m, v, k) VMOVUPS m, v
#define LOADK(m, v, k) VMASKMOVPS m, k, v
#define ADDALL(x, y, s, k) VADDPS x, s, s
#define ADDK(x, y, s, k) VADDPS x, s, V9; VBLENDVPS k, V9, s, s
#define FMAALL(x, y, s, k) VFMADD231PS x, y, s
#define FMAK(x, y, s, k) VMOVAPS s, V9; VFMADD231PS x, y, V9; VBLENDVPS k, V9, s, s

#define FOLD \
	VADDPS Y1, Y0, Y0; \
	VEXTRACTF128 $1, Y0, X1; \
	VADDPS X1, X0, X0; \
	VMOVHLPS X0, X0, X1; \
	VADDPS X1, X0, X0; \
	VMOVSHDUP X0, X1; \
	VADDSS X1, X0, X0; \
	VZEROUPPER

// Columns: up to 32 at a time.
#define M0 Y12
#define M1 Y13
#define M2 Y14
#define M3 Y15

#define COLMASKS \
	MOVQ CX, R12; \
	XORL R9, R9; \
	XORL R10, R10; \
	XORL R11, R11; \
	MOVL $32, R15; \
	CMPQ CX, $8; \
	CMOVQGT R15, R9; \
	ADDQ R15, R15; \
	CMPQ CX, $16; \
	CMOVQGT R15, R10; \
	ADDQ $32, R15; \
	CMPQ CX, $24; \
	CMOVQGT R15, R11; \
	VMOVD CX, X12; \
	VPBROADCASTD X12, Y12; \
	VPCMPGTD ·vectors+(vectorConstants_lanes+96)(SB), Y12, Y15; \
	VPCMPGTD ·vectors+(vectorConstants_lanes+64)(SB), Y12, Y14; \
	VPCMPGTD ·vectors+(vectorConstants_lanes+32)(SB), Y12, Y13; \
	VPCMPGTD ·vectors+vectorConstants_lanes(SB), Y12, Y12

#define LOAD4(p, a, b, c, d) \
	LOADK((p), a, M0); \
	LOADK((p)(R9*1), b, M1); \
	LOADK((p)(R10*1), c, M2); \
	LOADK((p)(R11*1), d, M3)

#define PUT4 \
	PUT(V0, M0, (DI), $8); \
	PUT(V1, M1, 32(DI), $16); \
	PUT(V2, M2, 64(DI), $24); \
	PUT(V3, M3, 96(DI), $32); \
put: \
	VZEROUPPER

// PUT stores a vector; it is the last one if it is not whole.
#define PUT(v, k, m, end) \
	CMPQ R12, end; \
	JLT 4(PC); \
	VMOVUPS v, m; \
	JEQ put; \
	JMP 3(PC); \
	VMASKMOVPS v, k, m; \
	JMP put

#define NANS0 VXORPS Y9, Y9, Y9
#define NANS(a, b) VCMPPS $3, a, b, Y8; VORPS Y8, Y9, Y9
#define NANJ(label) VMOVMSKPS Y9, R15; TESTL R15, R15; JNZ label
#define LOADINF(m, v) VMASKMOVPS m, Y15, v; VBLENDVPS Y15, v, C1, v
#define MAX16 MAX8

#define BLOCKS vectorConstants_blocks2
#define XOR3(a, b, s) VPXOR a, b, b; VPXOR b, s, s
#define KEEP(u, m) VPMAXUD C1, u, m; VPCMPEQD u, m, m; VPAND C2, m, m
#define STORESPAN(v, m) VMASKMOVPS v, Y15, m
#define SPAN(n) \
	VMOVD n, X15; \
	VPBROADCASTD X15, Y15; \
	VPCMPGTD ·vectors+vectorConstants_lanes(SB), Y15, Y15
