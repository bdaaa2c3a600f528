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
	JEQ sum; \
	cs(ADDC); \
	C_FIRST(np, c-16(SP), tile_rsc, tile_psc); \
sum: \
	MOVQ tile_keep(AX), R11; \
	TESTQ R11, R11; \
	JEQ store; \
	KEEP0; \
	cs(KEEPC); \
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
