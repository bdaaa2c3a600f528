// Macros of the product kernels for NEON (kernels_sgemm_arm64.s). A tile has up to
// six rows and a panel of 16 columns, or one row and two panels.
//
// Registers
//
//	R0   the tile's arguments            R9   steps left
//	R1   B                               R10  bytes of B from one k to the next
//	R16  the second panel of B
//	R2 … R7  rows of A                   R11  bytes of A from one k to the next
//	R12  bytes to the next row of A      R13  after 16 columns, bytes besides
//	R14  groups of four steps to there
//	R20  a row of C or init              R21  bytes to the next
//	V0 … V23   sums, four registers a row
//	V24 … V29  elements of A: four of each row, or those of a column
//	V30, V31   half a step of a panel

#define MLA(m, i, n, d) VFMLA_S4_L(m, i, n, d)

// HALFn multiplies lane i of n rows of A with half a step of B; o is 0 or 2.
#define HALF1(i, o) MLA(24, i, 30, 0+o); MLA(24, i, 31, 1+o)
#define HALF2(i, o) HALF1(i, o); MLA(25, i, 30, 4+o); MLA(25, i, 31, 5+o)
#define HALF3(i, o) HALF2(i, o); MLA(26, i, 30, 8+o); MLA(26, i, 31, 9+o)
#define HALF4(i, o) HALF3(i, o); MLA(27, i, 30, 12+o); MLA(27, i, 31, 13+o)
#define HALF5(i, o) HALF4(i, o); MLA(28, i, 30, 16+o); MLA(28, i, 31, 17+o)
#define HALF6(i, o) HALF5(i, o); MLA(29, i, 30, 20+o); MLA(29, i, 31, 21+o)

// COLUMNn is HALFn for a column of A: four rows in V24, two in V25.
#define COLUMN1(i, o) MLA(24, 0, 30, 0+o); MLA(24, 0, 31, 1+o)
#define COLUMN2(i, o) COLUMN1(i, o); MLA(24, 1, 30, 4+o); MLA(24, 1, 31, 5+o)
#define COLUMN3(i, o) COLUMN2(i, o); MLA(25, 0, 30, 8+o); MLA(25, 0, 31, 9+o)
#define COLUMN4(i, o) COLUMN2(i, o); MLA(24, 2, 30, 8+o); MLA(24, 2, 31, 9+o); MLA(24, 3, 30, 12+o); MLA(24, 3, 31, 13+o)
#define COLUMN5(i, o) COLUMN4(i, o); MLA(25, 0, 30, 16+o); MLA(25, 0, 31, 17+o)
#define COLUMN6(i, o) COLUMN5(i, o); MLA(25, 1, 30, 20+o); MLA(25, 1, 31, 21+o)

// STEP is a step of B; STEP2 one of two panels, of one row.
#define STEP(half, i) \
	FLDPQ (R1), (F30, F31); \
	half(i, 0); \
	FLDPQ 32(R1), (F30, F31); \
	half(i, 2); \
	ADD R10, R1, R1
#define STEP2(half, i) \
	STEP(half, i); \
	FLDPQ (R16), (F30, F31); \
	half(i, 4); \
	FLDPQ 32(R16), (F30, F31); \
	half(i, 6); \
	ADD R10, R16, R16

// FOURn loads four elements of n rows, ONEn one, COLn a column of n rows.
#define FOUR1 FMOVQ.P 16(R2), F24
#define FOUR2 FOUR1; FMOVQ.P 16(R3), F25
#define FOUR3 FOUR2; FMOVQ.P 16(R4), F26
#define FOUR4 FOUR3; FMOVQ.P 16(R5), F27
#define FOUR5 FOUR4; FMOVQ.P 16(R6), F28
#define FOUR6 FOUR5; FMOVQ.P 16(R7), F29
#define ONE1 FMOVS.P 4(R2), F24
#define ONE2 ONE1; FMOVS.P 4(R3), F25
#define ONE3 ONE2; FMOVS.P 4(R4), F26
#define ONE4 ONE3; FMOVS.P 4(R5), F27
#define ONE5 ONE4; FMOVS.P 4(R6), F28
#define ONE6 ONE5; FMOVS.P 4(R7), F29
#define COL1 FMOVS (R2), F24
#define COL2 FMOVD (R2), F24
#define COL3 FMOVD (R2), F24; FMOVS 8(R2), F25
#define COL4 FMOVQ (R2), F24
#define COL5 FMOVQ (R2), F24; FMOVS 16(R2), F25
#define COL6 FMOVQ (R2), F24; FMOVD 16(R2), F25

// STEPS does all steps. JUMP goes to the next 16 columns of A.
#define STEPS(four, one, col, step, half, column) \
	MOVD tile_k(R0), R9; \
	MOVD tile_a(R0), R2; \
	MOVD tile_rsa(R0), R12; \
	MOVD tile_csa(R0), R11; \
	MOVD tile_jsa(R0), R13; \
	MOVD tile_b(R0), R1; \
	MOVD tile_rsb(R0), R10; \
	MOVD tile_psb(R0), R16; \
	ADD R1, R16, R16; \
	CMP $4, R11; \
	BNE columns; \
	ADD R12, R2, R3; \
	ADD R12, R3, R4; \
	ADD R12, R4, R5; \
	ADD R12, R5, R6; \
	ADD R12, R6, R7; \
	MOVD $4, R14; \
	SUBS $4, R9, R9; \
	BLT rest; \
	FOURS(four, step, half); \
rest: \
	ONES(one, col, step, half, column)
#define FOURS(four, step, half) \
fours: \
	four; \
	step(half, 0); \
	step(half, 1); \
	step(half, 2); \
	step(half, 3); \
	SUBS $1, R14, R14; \
	BNE same; \
	JUMP; \
same: \
	SUBS $4, R9, R9; \
	BGE fours
#define JUMP \
	MOVD $4, R14; \
	ADD R13, R2, R2; \
	ADD R13, R3, R3; \
	ADD R13, R4, R4; \
	ADD R13, R5, R5; \
	ADD R13, R6, R6; \
	ADD R13, R7, R7
#define ONES(one, col, step, half, column) \
	ADDS $4, R9, R9; \
	BEQ done; \
single: \
	one; \
	step(half, 0); \
	SUBS $1, R9, R9; \
	BNE single; \
	B done; \
columns: \
	CBZ R9, done; \
next: \
	col; \
	ADD R11, R2, R2; \
	step(column, 0); \
	SUBS $1, R9, R9; \
	BNE next; \
done:

// TILE is a kernel: rows walks over C.
#define TILE(rows, steps) \
	MOVD tile_init(R0), R20; \
	MOVD tile_rsi(R0), R21; \
	MOVD tile_psi(R0), R22; \
	rows(LOADC); \
	steps; \
	MOVD tile_c(R0), R20; \
	MOVD tile_rsc(R0), R21; \
	MOVD tile_psc(R0), R22; \
	MOVD tile_add(R0), R15; \
	CBZ R15, sum; \
	rows(ADDC); \
	MOVD tile_c(R0), R20; \
sum: \
	MOVD tile_keep(R0), R15; \
	CBZ R15, store; \
	FMOVQ (R15), F28; \
	FMOVQ 64(R15), F29; \
	rows(KEEPC); \
	MOVD tile_c(R0), R20; \
store: \
	rows(STOREC)

// What is done with a row of C and its sums in registers a to a+3, of which the
// first two and the last two are also given as a pair.
#define LOADC(p, q, a) FLDPQ (R20), p; FLDPQ 32(R20), q
#define STOREC(p, q, a) FSTPQ p, (R20); FSTPQ q, 32(R20)
#define ADDC(p, q, a) \
	FLDPQ (R20), (F30, F31); \
	VFADD_S4(0+a, 30, 0+a); \
	VFADD_S4(1+a, 31, 1+a); \
	FLDPQ 32(R20), (F30, F31); \
	VFADD_S4(2+a, 30, 2+a); \
	VFADD_S4(3+a, 31, 3+a)
#define KEEPC(p, q, a) KEEP(0+a); KEEP(1+a); KEEP(2+a); KEEP(3+a)

// KEEP makes register z zero where z & V28 < V29.
#define KEEP(z) \
	VAND_B16(28, z, 30); \
	VFCMGT_S4(30, 29, 31); \
	VBIC_B16(31, z, z)

#define ROWS1(op) op((F0, F1), (F2, F3), 0)
#define ROWS2(op) ROWS1(op); ADD R21, R20, R20; op((F4, F5), (F6, F7), 4)
#define ROWS3(op) ROWS2(op); ADD R21, R20, R20; op((F8, F9), (F10, F11), 8)
#define ROWS4(op) ROWS3(op); ADD R21, R20, R20; op((F12, F13), (F14, F15), 12)
#define ROWS5(op) ROWS4(op); ADD R21, R20, R20; op((F16, F17), (F18, F19), 16)
#define ROWS6(op) ROWS5(op); ADD R21, R20, R20; op((F20, F21), (F22, F23), 20)
#define PANELS2(op) ROWS1(op); ADD R22, R20, R20; op((F4, F5), (F6, F7), 4)

// SEGMENT is a step of a segment (sgemm1x16S4NEON): the element of a goes to m, the
// sums are d to d+3.
#define SEGMENT(a, w, f, m, d) \
	FMOVS.P 4(a), f; \
	FLDPQ (w), (F30, F31); \
	MLA(m, 0, 30, 0+d); \
	MLA(m, 0, 31, 1+d); \
	FLDPQ 32(w), (F30, F31); \
	MLA(m, 0, 30, 2+d); \
	MLA(m, 0, 31, 3+d); \
	ADD $64, w, w
#define ZERO4(a, b, c, d) \
	VEOR a.B16, a.B16, a.B16; \
	VEOR b.B16, b.B16, b.B16; \
	VEOR c.B16, c.B16, c.B16; \
	VEOR d.B16, d.B16, d.B16
#define ADD4(d) \
	VFADD_S4(0+d, 0, 0); \
	VFADD_S4(1+d, 1, 1); \
	VFADD_S4(2+d, 2, 2); \
	VFADD_S4(3+d, 3, 3)
