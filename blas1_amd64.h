// Bodies of the kernels for operations on elements, rows and columns, in the
// vocabulary of vector_avx512_amd64.h or vector_avx2_amd64.h. What is called dst,
// x, y, … in package kernels is at DI, SI, DX, BX, R8, R9, R10 here, in the order
// of the arguments.

#define MUL(L, S, o) \
	L(o(SI)(AX*1), V0); \
	L(o(DX)(AX*1), V1); \
	VMULPS V1, V0, V0; \
	S(V0, o(DI)(AX*1))

#define ADD(L, S, o) \
	L(o(SI)(AX*1), V0); \
	L(o(DX)(AX*1), V1); \
	VADDPS V1, V0, V0; \
	S(V0, o(DI)(AX*1))

// C1 is alpha.
#define SCALE(L, S, o) \
	L(o(SI)(AX*1), V0); \
	VMULPS C1, V0, V0; \
	S(V0, o(DI)(AX*1))

// C1 is alpha.
#define AXPY(L, S, o) \
	L(o(DI)(AX*1), V0); \
	L(o(SI)(AX*1), V1); \
	VFMADD231PS C1, V1, V0; \
	S(V0, o(DI)(AX*1))

#define SHIFTSCALE(L, S, o) \
	L(o(SI)(AX*1), V0); \
	L(o(DX)(AX*1), V1); \
	L(o(BX)(AX*1), V2); \
	VSUBPS V1, V0, V0; \
	VMULPS V2, V0, V0; \
	S(V0, o(DI)(AX*1))

// C1 is the divisor.
#define DIV(L, S, o) \
	L(o(SI)(AX*1), V0); \
	VDIVPS C1, V0, V0; \
	S(V0, o(DI)(AX*1))

// C1 is bound.
#define FLUSHES(L, S, o) \
	L(o(SI)(AX*1), V0); \
	FLUSH(V0, C1, V1, V0); \
	S(V0, o(DI)(AX*1))

// C1 is −bound, C2 bound. Both instructions return their last source, x, if it
// is NaN or a zero.
#define CLIP(L, S, o) \
	L(o(SI)(AX*1), V0); \
	VMAXPS V0, C1, V0; \
	VMINPS V0, C2, V0; \
	S(V0, o(DI)(AX*1))

// C1 is alpha, C2 the sign bit, C3 zero. What is added is NaN for a NaN, and
// nothing is added for a zero: −0 + 0 is not −0.
#define ADDSIGN(L, S, o) \
	L(o(DI)(AX*1), V0); \
	L(o(SI)(AX*1), V1); \
	VANDPS C2, V1, V2; \
	VXORPS C1, V2, V2; \
	WHERE(V1, $3, V1, V1, V2, V3); \
	VADDPS V2, V0, V2; \
	WHERE(V1, $4, C3, V2, V0, V3); \
	S(V0, o(DI)(AX*1))

// C1 is ε, C2 one.
#define INVROOT(L, S, o) \
	L(o(SI)(AX*1), V0); \
	VADDPS C1, V0, V0; \
	VSQRTPS V0, V0; \
	VDIVPS V0, C2, V0; \
	S(V0, o(DI)(AX*1))

// y, xhat, x, mean, inv, gamma, beta are at DI, SI, DX, BX, R8, R9, R10; C1 is
// FlushProduct.
#define NORMALIZE(L, S, o) \
	L(o(DX)(AX*1), V0); \
	L(o(BX)(AX*1), V1); \
	L(o(R8)(AX*1), V2); \
	L(o(R9)(AX*1), V3); \
	L(o(R10)(AX*1), V4); \
	VSUBPS V1, V0, V0; \
	VMULPS V2, V0, V0; \
	FLUSH2(V0, C1, V1, V0); \
	VFMADD231PS V0, V3, V4; \
	S(V0, o(SI)(AX*1)); \
	S(V4, o(DI)(AX*1))

// dst, dy, xhat, c, db, dg are at DI, SI, DX, BX, R8, R9; C1 is PRODUCT.
#define NORMALIZEGRAD(L, S, o) \
	L(o(SI)(AX*1), V0); \
	L(o(DX)(AX*1), V1); \
	L(o(BX)(AX*1), V2); \
	L(o(R8)(AX*1), V3); \
	L(o(R9)(AX*1), V4); \
	VSUBPS V3, V0, V0; \
	VFNMADD231PS V4, V1, V0; \
	VMULPS V2, V0, V0; \
	FLUSH2(V0, C1, V1, V0); \
	S(V0, o(DI)(AX*1))

// Reductions (REDUCE). C1 is PRODUCT.
#define DOT(L, op, o, s, k) \
	L(o(SI)(AX*1), V2, k); \
	L(o(DX)(AX*1), V3, k); \
	op(V2, V3, s, k)
#define SUM(L, op, o, s, k) \
	L(o(SI)(AX*1), V2, k); \
	op(V2, V2, s, k)
#define SUMSQUARES(L, op, o, s, k) \
	L(o(SI)(AX*1), V2, k); \
	FLUSH2(V2, C1, V3, V2); \
	op(V2, V2, s, k)

// Columns: COLUMNSn adds a row of x, at SI and BX bytes apart, and y, at DX and R8
// bytes apart, to the sums in the first n of V0 … V3; CX rows are left. The means
// of the columns are in V4 … V7.
#define COLUMNS1(body) \
	body((SI), (DX), V0, V4, M0); \
	ADDQ BX, SI; \
	ADDQ R8, DX; \
	DECQ CX
#define COLUMNS2(body) \
	body((SI)(R9*1), (DX)(R9*1), V1, V5, M1); \
	COLUMNS1(body)
#define COLUMNS4(body) \
	body((SI)(R10*1), (DX)(R10*1), V2, V6, M2); \
	body((SI)(R11*1), (DX)(R11*1), V3, V7, M3); \
	COLUMNS2(body)
#define COLSUM(x, y, s, mean, k) \
	LOADK(x, V8, k); \
	VADDPS V8, s, s
#define COLDOT(x, y, s, mean, k) \
	LOADK(x, V8, k); \
	LOADK(y, V9, k); \
	VFMADD231PS V8, V9, s
#define COLSQUARE(x, y, s, mean, k) \
	LOADK(x, V8, k); \
	VSUBPS mean, V8, V8; \
	FLUSH2(V8, C1, V9, V8); \
	VFMADD231PS V8, V8, s

// SHRINK scales a row of w, at AX from DI, where its columns' norms, in N, are
// greater than C2: by F. C1 is PRODUCT.
#define SHRINK(o, N, F) \
	VMOVUPS o(DI)(AX*1), V8; \
	VMULPS F, V8, V7; \
	FLUSH2(V7, C1, V9, V7); \
	WHERE(N, $14, C2, V7, V8, V9); \
	VMOVUPS V8, o(DI)(AX*1)

// MAX8 is the greatest of the lanes of Y0, in X0.
#define MAX8 \
	VEXTRACTF128 $1, Y0, X1; \
	VMAXPS X1, X0, X0; \
	VMOVHLPS X0, X0, X1; \
	VMAXPS X1, X0, X0; \
	VMOVSHDUP X0, X1; \
	VMAXSS X1, X0, X0

// TOP takes the vector v into the maximum m.
#define TOP(v, m) VMAXPS v, m, m

// Philox4x32-10 on blocks that lie in a vector as they do in memory: a block is
// two words of 64 bits, c1:c0 and c3:c2, so one multiplication of the even halves
// gives both products p0 and p1, and the same words reversed, xored with the odd
// halves and the keys, are the next state:
//
//	hi p1, lo p1, hi p0, lo p0  ⊕  c1, 0, c3, 0  ⊕  k0, 0, k1, 0
//
// The words come out in the order of the draws. C0 has the multipliers, C6 … C15
// the keys of the rounds, V8 the next blocks, C3 how far it is to those after.
#define BLOCK(s) VMOVAPS V8, s; VPADDQ C3, V8, V8
#define ROUND(k, s, p) \
	VPMULUDQ C0, s, p; \
	VPSRLQ $32, s, s; \
	VPSHUFD $0x1b, p, p; \
	XOR3(k, p, s)
#define ROUNDS1(k) ROUND(k, V0, V4)
#define ROUNDS4(k) ROUND(k, V0, V4); ROUND(k, V1, V5); ROUND(k, V2, V6); ROUND(k, V3, V7)
#define TEN(r) r(C6); r(C7); r(C8); r(C9); r(C10); r(C11); r(C12); r(C13); r(C14); r(C15)

// KEYS sets C6 … C15, from the first in V9 and Weyl's increments in V8.
#define KEY(k) VPADDD V8, V9, V9; VMOVAPS V9, k
#define KEYS VMOVAPS V9, C6; KEY(C7); KEY(C8); KEY(C9); KEY(C10); KEY(C11); KEY(C12); KEY(C13); KEY(C14); KEY(C15)

// DROP multiplies x with what the draws u make of C1, the threshold, and C2, the
// scale. t and m are lost.
#define DROP(L, S, o, u, t, m) \
	L(o(SI)(AX*1), t); \
	KEEP(u, m); \
	VMULPS m, t, t; \
	S(t, o(DI)(AX*1))
