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

// TILE is a kernel: cs walks over C, and steps multiplies, where as loads or
// prepares a step of A or B, and ms multiplies it.
#define TILE(np, cs, as, ms, steps) \
	TILE0; \
block: \
	C_FIRST(np, init-24(SP), tile_rsi, tile_psi); \
	cs(LOADC); \
	steps(as, ms); \
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

// STEPS multiplies all k: four at a time if A's elements and B's rows of a panel
// are beside each other, because additions to pointers take slots of the ports
// that multiply. go goes on.
#define STEPS(as, ms, go, fetch0, fetch, fetched) \
	ROWS0(a-8(SP), tile_rsa); \
	PANELS0; \
	MOVQ tile_csa(AX), R13; \
	MOVQ tile_rsb(AX), R15; \
	MOVQ tile_k(AX), CX; \
	CMPQ R13, $4; \
	JNE ones; \
	CMPQ R15, $64; \
	JNE ones; \
	FOURS(as, ms, go, fetch0, fetch, fetched); \
ones: \
	TESTQ CX, CX; \
	JZ done; \
one: \
	as(0, 0); \
	ms(0, 0); \
	go(R13, R15); \
	DECQ CX; \
	JNZ one; \
done:
#define FOURS(as, ms, go, fetch0, fetch, fetched) \
	SUBQ $4, CX; \
	JLT rest; \
	fetch0; \
four: \
	fetch; \
	as(0, 0); \
	ms(0, 0); \
	as(4, 64); \
	ms(4, 64); \
	as(8, 128); \
	ms(8, 128); \
	as(12, 192); \
	ms(12, 192); \
	go($16, $256); \
	SUBQ $4, CX; \
	JGE four; \
	fetched; \
rest: \
	ADDQ $4, CX

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

// TALL and WIDE are the steps of tiles of many rows, with prefetching, and of few
// rows and many panels.
#define TALL(as, ms) STEPS(as, ms, GO2, FETCH0, FETCH, FETCHED)
#define WIDE(as, ms) STEPS(as, ms, GO1, NOTHING, NOTHING, NOTHING)
#define NOTHING
