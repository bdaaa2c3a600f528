// Macros of the elementary functions for AVX2 and FMA3: those of
// func_avx512_amd64.h, for the 8 elements of x. Include func_amd64.h before.
//
// Registers
//
//	Y15 … Y13  constants, set by EXP_REGS; all others are read from memory
//
// All other registers are the caller's. A macro has no label.

#define ONE Y15
#define MAGIC Y14
#define LN2HI Y13

// EXP_REGS sets the registers of constants.
#define EXP_REGS \
	VMOVAPS K_ONE, ONE; \
	VMOVAPS K_MAGIC, MAGIC; \
	VMOVAPS K_LN2HI, LN2HI

// The same names as in func_avx512_amd64.h.
#define LET(c, v) VMOVAPS c, v
#define FMAK(c, a, v) VFMADD213PS c, a, v
#define FMA_BY(c, a, v) VFMADD231PS c, a, v
#define ADDK(c, x, y) VADDPS c, x, y
#define MULK(c, x, y) VMULPS c, x, y
#define AT_LEAST(c, x, y, t) LET(c, t); VMAXPS x, t, y
#define AT_MOST(c, x, y, t) LET(c, t); VMINPS x, t, y
#define MAGNITUDE(x, y) VANDPS K_ABS, x, y
#define MINUS_ABS(x, y) VORPS K_SIGN, x, y
#define NEGATE(x) VXORPS K_SIGN, x, x
#define SIGN_FROM(x, y) VANDPS K_SIGN, x, x; VORPS y, x, x
#define ABS_MOST(c, x, y, t) MAGNITUDE(x, y); AT_MOST(c, y, y, t)
#define MINUS_ABS_LEAST(c, x, y, t) MINUS_ABS(x, y); AT_LEAST(c, y, y, t)
#define PICK(s, a, b, t) VBLENDVPS s, a, b, b
#define WHERE(pred, y, x, a, b, d, t) VCMPPS pred, y, x, t; VBLENDVPS t, a, b, d

// REDUCE splits x = k·ln 2 + r: r in x, k in the low bits of k.
#define REDUCE(x, k, t) \
	REDUCE_FIRST(x, k, t); \
	VFNMADD231PS K_LN2LO, t, x
#define REDUCE_FIRST(x, k, t) \
	VMOVAPS K_LOG2E, k; \
	VFMADD213PS MAGIC, x, k; \
	VSUBPS MAGIC, k, t; \
	VFNMADD231PS LN2HI, t, x

// REDUCE2 is REDUCE of x + lo.
#define REDUCE2(x, lo, k, t) \
	REDUCE_FIRST(x, k, t); \
	VFNMADD231PS K_LN2LO, t, lo; \
	VADDPS lo, x, x

// EXP_POLY is q = expPoly(r).
#define EXP_POLY(r, q) \
	VMOVAPS K_Q4, q; \
	VFMADD213PS K_Q3, r, q; \
	VFMADD213PS K_Q2, r, q; \
	VFMADD213PS K_Q1, r, q; \
	VFMADD213PS K_Q0, r, q

// EXPM1_SMALL is p = eʳ − 1 = fma(q(r), r², r).
#define EXPM1_SMALL(r, p, t) \
	EXP_POLY(r, p); \
	VMULPS r, r, t; \
	VFMADD213PS r, t, p

// POW2S sets h = 2^(k>>1) and k = 2^(k−k>>1), and SCALE multiplies y by both; POW2
// sets k = 2ᵏ where that is a normal number. The bits of MAGIC fall out at the
// top.
#define POW2S(k, h) \
	VPSRLD $1, k, h; \
	VPSUBD h, k, k; \
	VPSLLD $23, h, h; \
	VPSLLD $23, k, k; \
	VPADDD ONE, h, h; \
	VPADDD ONE, k, k
#define SCALE(y, k, h) \
	VMULPS h, y, y; \
	VMULPS k, y, y
#define POW2(k) \
	VPSLLD $23, k, k; \
	VPADDD ONE, k, k

// EXP is kernels.Exp. EXP_NEG is the same for x ≤ 89 (and NaN).
#define EXP(x, k, q) \
	AT_MOST(K_EXPMAX, x, x, q); \
	EXP_NEG(x, k, q)
#define EXP_NEG(x, k, q) \
	AT_LEAST(K_EXPMIN, x, x, q); \
	REDUCE(x, k, q); \
	EXP_POLY(x, q); \
	EXP_LAST(x, k, q, x)
#define EXP_LAST(r, k, q, y) \
	VFMADD213PS ONE, r, q; \
	VFMADD213PS ONE, q, r; \
	POW2S(k, q); \
	VMULPS q, r, r; \
	VMULPS k, r, y

// EXPM1_NEG is kernels.Expm1 for x < 0 (and NaN); x = ±0 gives +0.
#define EXPM1_NEG(x, k, p, t) \
	AT_LEAST(K_MIN20, x, x, t); \
	REDUCE(x, k, t); \
	EXPM1_SMALL(x, p, t); \
	EXPM1_LAST(x, k, p)
#define EXPM1_LAST(x, k, p) \
	POW2(k); \
	VSUBPS ONE, k, x; \
	VFMADD231PS k, p, x

// SIGMOID is kernels.Sigmoid.
#define SIGMOID(x, r, k, q) \
	SIGMOID_FIRST(x, r, q); \
	REDUCE(r, k, q); \
	SIGMOID_POLY(r, q); \
	SIGMOID_LAST(x, r, k, q)
#define SIGMOID_FIRST(x, r, t) \
	MINUS_ABS(x, r); \
	AT_LEAST(K_EXPMIN, r, r, t)
#define SIGMOID_POLY(r, q) \
	VMOVAPS K_S4, q; \
	VFMADD213PS K_S3, r, q; \
	VFMADD213PS K_S2, r, q; \
	VFMADD213PS K_S1, r, q; \
	VFMADD213PS K_S0, r, q; \
	VFMADD213PS K_3QUARTERS, r, q
#define SIGMOID_LAST(x, r, k, q) \
	VFMADD213PS K_3QUARTERS, q, r; \
	POW2S(k, q); \
	SCALE(r, k, q); \
	VMOVAPS K_3QUARTERS, k; \
	VADDPS k, r, q; \
	VBLENDVPS x, r, k, x; \
	VDIVPS q, x, x

// LOG_POLY is w(f) of log2p1, and LOG2P1 is f = log2p1(k, f).
#define LOG_POLY(f, w) \
	VMOVAPS K_W8, w; \
	VFMADD213PS K_W7, f, w; \
	VFMADD213PS K_W6, f, w; \
	VFMADD213PS K_W5, f, w; \
	VFMADD213PS K_W4, f, w; \
	VFMADD213PS K_W3, f, w; \
	VFMADD213PS K_W2, f, w; \
	VFMADD213PS K_W1, f, w; \
	VFMADD213PS K_W0, f, w
#define LOG2P1(f, k, w, t) \
	LOG_POLY(f, w); \
	VMULPS f, f, t; \
	VFMADD231PS t, w, f; \
	VFMADD231PS LN2HI, k, f

// FRAC splits a normal x = 2ᵏ·m with ¾ ≤ m < 3/2: m in x, the integer k in k.
#define FRAC(x, k, t) \
	VPSUBD K_3QUARTERS, x, k; \
	VPSRAD $23, k, k; \
	VPSLLD $23, k, t; \
	VPSUBD t, x, x

// LOG is kernels.Log. Subnormal x are multiplied by 2²³ before; zeros, +Inf, and
// what is not ≥ 0 get their results at the end.
#define LOG(x, f, k, w, t) \
	LOG_FIRST(x, f, k, w, t); \
	LOG_POLY(f, w); \
	LOG_LAST(x, f, k, w, t)
#define LOG_FIRST(x, f, k, w, t) \
	VCMPPS $1, K_MINNORMAL, x, w; \
	VMULPS K_TWO23, x, k; \
	VBLENDVPS w, k, x, f; \
	VANDPS K_INT23, w, w; \
	FRAC(f, k, t); \
	VPSUBD w, k, k; \
	VCVTDQ2PS k, k; \
	VSUBPS ONE, f, f
#define LOG_LAST(x, f, k, w, t) \
	VMULPS f, f, t; \
	VFMADD231PS t, w, f; \
	VFMADD231PS LN2HI, k, f; \
	LOG_SPECIAL(x, f, w, t); \
	VCMPPS $0, K_INF, x, t; \
	VBLENDVPS t, x, f, x

// LOG_SPECIAL corrects f, a logarithm of x, where x is a zero or not ≥ 0.
#define LOG_SPECIAL(x, f, w, t) \
	VXORPS w, w, w; \
	VCMPPS $9, w, x, t; \
	VORPS t, f, f; \
	VCMPPS $0, w, x, t; \
	VBLENDVPS t, K_NEGINF, f, f

// LOG1P_UNIT is kernels.Log1p for 0 ≤ x ≤ 1 (and NaN): k = 1 and f = x/2 − ½ for
// x ≥ ½, else k = 0.
#define LOG1P_UNIT(x, k, w, t) \
	VMOVAPS K_HALF, t; \
	VMOVAPS x, w; \
	VFMSUB213PS t, t, w; \
	VCMPPS $13, t, x, t; \
	VBLENDVPS t, w, x, x; \
	VANDPS ONE, t, k; \
	LOG2P1(x, k, w, t)

// LOG1P_NEG is kernels.Log1p for x ≤ 0 (and NaN), but x = −0 gives +0. It takes
// k from 1 + x.
#define LOG1P_NEG(x, f, k, w, t) \
	VADDPS ONE, x, f; \
	FRAC(f, k, w); \
	VCVTDQ2PS k, k; \
	VPSUBD w, ONE, w; \
	VSUBPS ONE, w, f; \
	VFMADD231PS w, x, f; \
	LOG2P1(f, k, w, t); \
	VADDPS ONE, x, x; \
	LOG_SPECIAL(x, f, w, t); \
	VMOVAPS f, x
