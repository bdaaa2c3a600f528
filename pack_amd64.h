// Macros of the packing kernels (kernels_pack_amd64.s).
//
// Registers
//
//	DI   the panel                       CX   columns left, or rows
//	SI   row 0 of the block              DX   rows
//	R9   row 4                           BX   bytes to the next row
//	R10  row 8                           R8   3·BX
//	R11  row 12                          R13  bytes to the next block of columns
//	                                     R12  bytes to the next row of the panel
//	                                     R14  3·R12
//	While the panel is stored, R9 to R11 are its rows 4, 8 and 12.

// ROWS4 points at every fourth row.
#define ROWS4 \
	LEAQ (SI)(BX*4), R9; \
	LEAQ (R9)(BX*4), R10; \
	LEAQ (R10)(BX*4), R11

// ROW loads row i, or goes to loaded if there are only i rows.
#define ROW(i, op, x, z) \
	CMPQ DX, $i; \
	JLE loaded; \
	op(x, z)

// WHOLE loads a row unasked.
#define WHOLE(i, op, x, z) op(x, z)

// ROWS8 and ROWS16 load the rows of a block by one of the two.
#define ROWS8(row, op, a, b, c, d, e, f, g, h) \
	row(0, op, (SI), a); \
	row(1, op, (SI)(BX*1), b); \
	row(2, op, (SI)(BX*2), c); \
	row(3, op, (SI)(R8*1), d); \
	row(4, op, (R9), e); \
	row(5, op, (R9)(BX*1), f); \
	row(6, op, (R9)(BX*2), g); \
	row(7, op, (R9)(R8*1), h)
#define ROWS16(row, op) \
	ROWS8(row, op, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7); \
	row(8, op, (R10), Z8); \
	row(9, op, (R10)(BX*1), Z9); \
	row(10, op, (R10)(BX*2), Z10); \
	row(11, op, (R10)(R8*1), Z11); \
	row(12, op, (R11), Z12); \
	row(13, op, (R11)(BX*1), Z13); \
	row(14, op, (R11)(BX*2), Z14); \
	row(15, op, (R11)(R8*1), Z15)

// Loads of the columns in K1, or in Y15.
#define LOADZ(x, z) VMOVUPS.Z x, K1, z
#define LOADY(x, y) VMASKMOVPS x, Y15, y

// CLEAR sets four registers to zero.
#define CLEAR(a, b, c, d) \
	VXORPS a, a, a; \
	VXORPS b, b, b; \
	VXORPS c, c, c; \
	VXORPS d, d, d

// TRANSPOSE4 transposes the 4×4 elements that rows a to d have in each of their
// 128-bit lanes.
#define TRANSPOSE4(a, b, c, d, p, q, r, s) \
	VUNPCKLPS b, a, p; \
	VUNPCKHPS b, a, q; \
	VUNPCKLPS d, c, r; \
	VUNPCKHPS d, c, s; \
	VUNPCKLPD r, p, a; \
	VUNPCKHPD r, p, b; \
	VUNPCKLPD s, q, c; \
	VUNPCKHPD s, q, d

// LANES4 transposes the 4×4 lanes of a to d.
#define LANES4(a, b, c, d, p, q, r, s) \
	VSHUFF32X4 $0x88, b, a, p; \
	VSHUFF32X4 $0xdd, b, a, q; \
	VSHUFF32X4 $0x88, d, c, r; \
	VSHUFF32X4 $0xdd, d, c, s; \
	VSHUFF32X4 $0x88, r, p, a; \
	VSHUFF32X4 $0x88, s, q, b; \
	VSHUFF32X4 $0xdd, r, p, c; \
	VSHUFF32X4 $0xdd, s, q, d

// LANES2 transposes the 2×2 lanes of a and b, into p and b.
#define LANES2(a, b, p) \
	VPERM2F128 $0x20, b, a, p; \
	VPERM2F128 $0x31, b, a, b

// TRANSPOSE16 transposes Z0 to Z15.
#define TRANSPOSE16 \
	TRANSPOSE4(Z0, Z1, Z2, Z3, Z16, Z17, Z18, Z19); \
	TRANSPOSE4(Z4, Z5, Z6, Z7, Z20, Z21, Z22, Z23); \
	TRANSPOSE4(Z8, Z9, Z10, Z11, Z24, Z25, Z26, Z27); \
	TRANSPOSE4(Z12, Z13, Z14, Z15, Z28, Z29, Z30, Z31); \
	LANES4(Z0, Z4, Z8, Z12, Z16, Z17, Z18, Z19); \
	LANES4(Z1, Z5, Z9, Z13, Z20, Z21, Z22, Z23); \
	LANES4(Z2, Z6, Z10, Z14, Z24, Z25, Z26, Z27); \
	LANES4(Z3, Z7, Z11, Z15, Z28, Z29, Z30, Z31)

// TRANSPOSE8 transposes Y0 to Y7, into Y8 to Y11 and Y4 to Y7.
#define TRANSPOSE8 \
	TRANSPOSE4(Y0, Y1, Y2, Y3, Y8, Y9, Y10, Y11); \
	TRANSPOSE4(Y4, Y5, Y6, Y7, Y12, Y13, Y14, Y8); \
	LANES2(Y0, Y4, Y8); \
	LANES2(Y1, Y5, Y9); \
	LANES2(Y2, Y6, Y10); \
	LANES2(Y3, Y7, Y11)

// WHOLE16 loads and transposes 16 rows: each fourth row goes to one of the four
// lanes as it is loaded, so that no shuffle has to.
#define WHOLE16 \
	WHOLE4(0, Z0, Z1, Z2, Z3, Z16, Z17, Z18, Z19); \
	WHOLE4(16, Z4, Z5, Z6, Z7, Z20, Z21, Z22, Z23); \
	WHOLE4(32, Z8, Z9, Z10, Z11, Z24, Z25, Z26, Z27); \
	WHOLE4(48, Z12, Z13, Z14, Z15, Z28, Z29, Z30, Z31)
#define WHOLE4(i, a, b, c, d, p, q, r, s) \
	GATHER(a, i (SI), i (R9), i (R10), i (R11)); \
	GATHER(b, i (SI)(BX*1), i (R9)(BX*1), i (R10)(BX*1), i (R11)(BX*1)); \
	GATHER(c, i (SI)(BX*2), i (R9)(BX*2), i (R10)(BX*2), i (R11)(BX*2)); \
	GATHER(d, i (SI)(R8*1), i (R9)(R8*1), i (R10)(R8*1), i (R11)(R8*1)); \
	TRANSPOSE4(a, b, c, d, p, q, r, s)
#define GATHER(z, a, b, c, d) \
	VBROADCASTF32X4 a, z; \
	VINSERTF32X4 $1, b, z, z; \
	VINSERTF32X4 $2, c, z, z; \
	VINSERTF32X4 $3, d, z, z

// COLUMNS4 points at every fourth row of the panel.
#define COLUMNS4 \
	LEAQ (DI)(R12*4), R9; \
	LEAQ (R9)(R12*4), R10; \
	LEAQ (R10)(R12*4), R11

// COLUMN stores row k of the panel, or goes to stored if the block has only k
// columns.
#define COLUMN(k, op, v, x) \
	CMPQ CX, $k; \
	JLE stored; \
	op(v, x)

// UNASKED stores a row of the panel.
#define UNASKED(k, op, v, x) op(v, x)

// COLUMNS8 and COLUMNS16 store the rows of a panel by one of the two.
#define COLUMNS8(col, op, a, b, c, d, e, f, g, h) \
	col(0, op, a, (DI)); \
	col(1, op, b, (DI)(R12*1)); \
	col(2, op, c, (DI)(R12*2)); \
	col(3, op, d, (DI)(R14*1)); \
	col(4, op, e, (R9)); \
	col(5, op, f, (R9)(R12*1)); \
	col(6, op, g, (R9)(R12*2)); \
	col(7, op, h, (R9)(R14*1))
#define COLUMNS16(col, op) \
	COLUMNS8(col, op, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7); \
	col(8, op, Z8, (R10)); \
	col(9, op, Z9, (R10)(R12*1)); \
	col(10, op, Z10, (R10)(R12*2)); \
	col(11, op, Z11, (R10)(R14*1)); \
	col(12, op, Z12, (R11)); \
	col(13, op, Z13, (R11)(R12*1)); \
	col(14, op, Z14, (R11)(R12*2)); \
	col(15, op, Z15, (R11)(R14*1))

// Stores of all columns, or of those in K2, or in Y0.
#define STOREZ(z, x) VMOVUPS z, K2, x
#define STOREY(y, x) VMOVUPS y, x
#define STORESOME(y, x) VMASKMOVPS y, Y0, x
