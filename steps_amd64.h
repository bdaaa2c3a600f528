// Macros of the product kernels of both levels: the steps of a block. Registers:
// tile_amd64.h.

// STEPS multiplies all k. Additions to pointers take slots of the ports that
// multiply, so it does four steps at a time, in one of three forms: panels, for
// A's rows and panels; rows, for A's rows and a row-major B; and columns, for
// the columns of A, whose rows are 4 bytes apart, and a row-major B. go goes on.
#define STEPS(as, ms, panels, rows, columns, go) \
	ROWS0(a-8(SP), tile_rsa); \
	PANELS0; \
	MOVQ tile_csa(AX), R13; \
	MOVQ tile_rsb(AX), R15; \
	MOVQ tile_k(AX), CX; \
	SUBQ $4, CX; \
	JLT rest; \
	CMPQ R13, $4; \
	JNE transposed; \
	CMPQ R15, $64; \
	JNE rowmajor; \
	panels; \
	JMP rest; \
rowmajor: \
	rows; \
	JMP rest; \
transposed: \
	columns; \
rest: \
	ADDQ $4, CX; \
	ONES(as, ms, go)
#define ONES(as, ms, go) \
	JZ done; \
one: \
	as(0, 0); \
	ms(0, 0); \
	go(R13, R15); \
	DECQ CX; \
	JNZ one; \
done:

// The steps of tiles of many rows. bs loads B, of a panel or row-major, and ms
// and ts multiply with A.
#define TALL(bs, rs, ms, ts) STEPS(bs, ms, TALLPANELS(bs, ms), TALLROWS(rs, ms), TALLCOLUMNS(rs, ts), GO2)
#define TALLPANELS(bs, ms) \
	FETCH0; \
	MOVQ tile_jsa(AX), R14; \
	MOVQ $4, R11; \
panel: \
	FETCH; \
	bs(0, 0); \
	ms(0, 0); \
	bs(4, 64); \
	ms(4, 64); \
	bs(8, 128); \
	ms(8, 128); \
	bs(12, 192); \
	ms(12, 192); \
	GO2($16, $256); \
	DECQ R11; \
	JNZ same; \
	JUMP; \
same: \
	SUBQ $4, CX; \
	JGE panel; \
	FETCHED
// JUMP goes on to the next 16 columns of A, if they are elsewhere, and prefetches
// those that follow: up to 14 rows, 64 bytes apart.
#define JUMP \
	MOVQ $4, R11; \
	TESTQ R14, R14; \
	JZ same; \
	ADDQ R14, SI; \
	ADDQ R14, R8; \
	PREFETCHT0 64(SI)(R14*1); \
	PREFETCHT0 128(SI)(R14*1); \
	PREFETCHT0 192(SI)(R14*1); \
	PREFETCHT0 256(SI)(R14*1); \
	PREFETCHT0 320(SI)(R14*1); \
	PREFETCHT0 384(SI)(R14*1); \
	PREFETCHT0 448(SI)(R14*1); \
	PREFETCHT0 512(SI)(R14*1); \
	PREFETCHT0 576(SI)(R14*1); \
	PREFETCHT0 640(SI)(R14*1); \
	PREFETCHT0 704(SI)(R14*1); \
	PREFETCHT0 768(SI)(R14*1); \
	PREFETCHT0 832(SI)(R14*1); \
	PREFETCHT0 896(SI)(R14*1)
#define TALLROWS(rs, ms) \
	LEAQ (R15)(R15*2), R14; \
row: \
	rs((DI)); \
	ms(0, 0); \
	rs((DI)(R15*1)); \
	ms(4, 0); \
	rs((DI)(R15*2)); \
	ms(8, 0); \
	rs((DI)(R14*1)); \
	ms(12, 0); \
	ADDQ $16, SI; \
	ADDQ $16, R8; \
	LEAQ (DI)(R15*4), DI; \
	SUBQ $4, CX; \
	JGE row
#define TALLCOLUMNS(rs, ts) \
	LEAQ (R15)(R15*2), R14; \
	LEAQ (R13)(R13*2), R12; \
column: \
	rs((DI)); \
	ts((SI)); \
	rs((DI)(R15*1)); \
	ts((SI)(R13*1)); \
	rs((DI)(R15*2)); \
	ts((SI)(R13*2)); \
	rs((DI)(R14*1)); \
	ts((SI)(R12*1)); \
	LEAQ (SI)(R13*4), SI; \
	LEAQ (DI)(R15*4), DI; \
	SUBQ $4, CX; \
	JGE column; \
	LEAQ 28(SI), R8

// The steps of tiles of few rows and many panels. as and ts load A, its rows or
// its columns, and ms multiplies with B.
#define WIDE(as, ts, ms) STEPS(as, ms, WIDEPANELS(as, ms), WIDEROWS(as, ms), WIDECOLUMNS(ts, ms), GO1)
#define WIDEAHEAD(as, ts, ms) STEPS(as, ms, TALLPANELS(as, ms), WIDEROWS(as, ms), WIDECOLUMNS(ts, ms), GO1) // and prefetches
#define WIDEPANELS(as, ms) \
	MOVQ tile_jsa(AX), R8; \
panel: \
	as(0, 0); \
	ms(0, 0); \
	as(4, 64); \
	ms(4, 64); \
	as(8, 128); \
	ms(8, 128); \
	as(12, 192); \
	ms(12, 192); \
	GO1($16, $256); \
	DECQ R13; \
	JNZ 3(PC); \
	MOVQ $4, R13; \
	ADDQ R8, SI; \
	SUBQ $4, CX; \
	JGE panel; \
	MOVQ $4, R13
#define WIDEROWS(as, ms) \
row: \
	as(0, 0); \
	ms(0, 0); \
	ADDQ R15, DI; \
	as(4, 0); \
	ms(0, 0); \
	ADDQ R15, DI; \
	as(8, 0); \
	ms(0, 0); \
	ADDQ R15, DI; \
	as(12, 0); \
	ms(0, 0); \
	GO1($16, R15); \
	SUBQ $4, CX; \
	JGE row
#define WIDECOLUMNS(ts, ms) \
	LEAQ (R13)(R13*2), R8; \
column: \
	ts((SI)); \
	ms(0, 0); \
	ADDQ R15, DI; \
	ts((SI)(R13*1)); \
	ms(0, 0); \
	ADDQ R15, DI; \
	ts((SI)(R13*2)); \
	ms(0, 0); \
	ADDQ R15, DI; \
	ts((SI)(R8*1)); \
	ms(0, 0); \
	ADDQ R15, DI; \
	LEAQ (SI)(R13*4), SI; \
	SUBQ $4, CX; \
	JGE column

// GO1 goes on by some bytes of A and B; GO2 does it for more than seven rows.
#define GO1(a, b) ADDQ a, SI; ADDQ b, DI
#define GO2(a, b) ADDQ a, R8; GO1(a, b)

// FETCH prefetches R13 bytes, two, four or eight lines, unless all is fetched.
#define FETCH0 \
	MOVQ fetch-32(SP), R12; \
	MOVQ tile_fetchLen(AX), R13; \
	MOVQ tile_fetchEnd(AX), R15
#define FETCH \
	CMPQ R12, R15; \
	JCC fetched; \
	PREFETCHT1 (R12); \
	PREFETCHT1 64(R12); \
	CMPQ R13, $128; \
	JEQ ahead; \
	PREFETCHT1 128(R12); \
	PREFETCHT1 192(R12); \
	CMPQ R13, $256; \
	JEQ ahead; \
	PREFETCHT1 256(R12); \
	PREFETCHT1 320(R12); \
	PREFETCHT1 384(R12); \
	PREFETCHT1 448(R12); \
ahead: \
	ADDQ R13, R12; \
fetched:
#define FETCHED \
	MOVQ R12, fetch-32(SP); \
	MOVQ $4, R13; \
	MOVQ $64, R15
