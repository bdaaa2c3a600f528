// Macros of the product kernels of both levels: the blocks of a tile, and the
// steps of a block. Registers
//
//	AX   the tile's arguments            CX   steps, or panels, left
//	SI   row 0 of A (or C)               BX   bytes to the next row
//	R8   row 7                           DX   3·BX      R9   5·BX
//	                                     R13  bytes of A from one k to the next
//	DI   panel 0 of B                    R10  bytes to the next panel
//	                                     R11  3·R10     R12  5·R10     R14  7·R10
//	                                     R15  bytes of B from one k to the next
//	While four steps are done at a time, with at most two panels:
//	R12  what is prefetched              R13  bytes of it   R15  where it ends
//	Saved, because there are no more registers: a, c, init: of the block at hand;
//	fetch: R12; reps: how many blocks are left

// TILE is a kernel: cs walks over C, and steps multiplies.
#define TILE(np, cs, steps) \
	TILE0; \
block: \
	C_FIRST(np, init-24(SP), tile_rsi, tile_psi); \
	cs(LOADC); \
	steps; \
	C_FIRST(np, c-16(SP), tile_rsc, tile_psc); \
	CMPQ tile_add(AX), $0; \
	JEQ store; \
	cs(ADDC); \
	C_FIRST(np, c-16(SP), tile_rsc, tile_psc); \
store: \
	cs(STOREC); \
	NEXTBLOCK; \
	JNZ block; \
	VZEROUPPER

// TILE0 saves what changes from block to block.
#define TILE0 \
	MOVQ tile_a(AX), SI; \
	MOVQ SI, a-8(SP); \
	MOVQ tile_c(AX), DI; \
	MOVQ DI, c-16(SP); \
	MOVQ tile_init(AX), R8; \
	MOVQ R8, init-24(SP); \
	MOVQ tile_fetch(AX), R9; \
	MOVQ R9, fetch-32(SP); \
	MOVQ tile_reps(AX), R10; \
	MOVQ R10, reps-40(SP); \
	TILE1
#define NEXTBLOCK \
	MOVQ tile_bsa(AX), SI; \
	MOVQ tile_bsc(AX), DI; \
	MOVQ tile_bsi(AX), R8; \
	ADDQ SI, a-8(SP); \
	ADDQ DI, c-16(SP); \
	ADDQ R8, init-24(SP); \
	DECQ reps-40(SP)

// PANELS0 points DI, R10, R11, R12, R14 at the panels of B.
#define PANELS0 \
	MOVQ tile_b(AX), DI; \
	MOVQ tile_psb(AX), R10; \
	LEAQ (R10)(R10*2), R11; \
	LEAQ (R10)(R10*4), R12; \
	LEAQ (R11)(R10*4), R14

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
	SUBQ $4, CX; \
	JGE panel; \
	FETCHED
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
	SUBQ $4, CX; \
	JGE panel
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
