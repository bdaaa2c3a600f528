// Macros of the elementary functions for AVX-512: each computes what the function
// of package kernels computes, for the 16 elements of x, and puts the result
// there; the other arguments are free registers that it overwrites. Include
// func_amd64.h before.
//
// Registers
//
//	Z31 … Z26  constants, set by EXP_REGS; other constants are read from memory
//	K7         overwritten by LOG1P_UNIT and LOG1P_NEG
//
// All other registers are the caller's. A macro has no label, so that it can
// stand in a TEXT more than once.

#define ONE Z31
#define MAGIC Z30
#define LN2HI Z29
#define LN2LO Z28
#define EXPMIN Z27
#define EXPMAX Z26

// EXP_REGS sets the registers of constants.
#define EXP_REGS \
	VBROADCASTSS K_ONE, ONE; \
	VBROADCASTSS K_MAGIC, MAGIC; \
	VBROADCASTSS K_LN2HI, LN2HI; \
	VBROADCASTSS K_LN2LO, LN2LO; \
	VBROADCASTSS K_EXPMIN, EXPMIN; \
	VBROADCASTSS K_EXPMAX, EXPMAX

// Names that func_avx2_amd64.h has too; c is in memory:
//
//	LET     v = c                 AT_LEAST         y = c > x ? c : x
//	FMAK    v = a·v + c           AT_MOST          y = c < x ? c : x
//	FMA_BY  v = c·a + v           MAGNITUDE        y = |x|
//	ADDK    y = x + c             MINUS_ABS        y = −|x|
//	MULK    y = x·c               SIGN_FROM        x = y with the sign of x
//	                              ABS_MOST         y = min(|x|, c), but c for a NaN
//	                              MINUS_ABS_LEAST  y = max(−|x|, c), but c for a NaN
#define LET(c, v) VBROADCASTSS c, v
#define FMAK(c, a, v) VFMADD213PS.BCST c, a, v
#define FMA_BY(c, a, v) VFMADD231PS.BCST c, a, v
#define ADDK(c, x, y) VADDPS.BCST c, x, y
#define MULK(c, x, y) VMULPS.BCST c, x, y
#define AT_LEAST(c, x, y, t) LET(c, t); VMAXPS x, t, y
#define AT_MOST(c, x, y, t) LET(c, t); VMINPS x, t, y
#define MAGNITUDE(x, y) VANDPS.BCST K_ABS, x, y
#define MINUS_ABS(x, y) VORPS.BCST K_SIGN, x, y
#define NEGATE(x) VXORPS.BCST K_SIGN, x, x
#define SIGN_FROM(x, y) VPTERNLOGD.BCST $0xe4, K_SIGN, y, x
#define ABS_MOST(c, x, y, t) VRANGEPS.BCST $10, c, x, y
#define MINUS_ABS_LEAST(c, x, y, t) VRANGEPS.BCST $14, c, x, y

// PICK is b = (sign bit of s) ? a : b, WHERE d = (x pred y) ? a : b.
#define PICK(s, a, b, t) VPSRAD $31, s, t; VPTERNLOGD $0xd8, t, a, b
#define WHERE(pred, y, x, a, b, d, t) VCMPPS pred, y, x, K7; VBLENDMPS a, b, K7, d

// POW2 is k = 2ᵏ, and SCALE y = scale(y, k), as VSCALEFPS rounds once.
#define POW2(k) VSCALEFPS k, ONE, k
#define POW2S(k, h)
#define SCALE(y, k, h) VSCALEFPS k, y, y

// REDUCE splits x = k·ln 2 + r: r in x, the integer k as a float32 in k.
#define REDUCE(x, k, t) \
	REDUCE_FIRST(x, k, t); \
	VFNMADD231PS LN2LO, k, x
#define REDUCE_FIRST(x, k, t) \
	VBROADCASTSS K_LOG2E, t; \
	VFMADD213PS MAGIC, x, t; \
	VSUBPS MAGIC, t, k; \
	VFNMADD231PS LN2HI, k, x

// REDUCE2 is REDUCE of x + lo.
#define REDUCE2(x, lo, k, t) \
	REDUCE_FIRST(x, k, t); \
	VFNMADD231PS LN2LO, k, lo; \
	VADDPS lo, x, x

// EXP_POLY is q = expPoly(r).
#define EXP_POLY(r, q) \
	VBROADCASTSS K_Q4, q; \
	VFMADD213PS.BCST K_Q3, r, q; \
	VFMADD213PS.BCST K_Q2, r, q; \
	VFMADD213PS.BCST K_Q1, r, q; \
	VFMADD213PS.BCST K_Q0, r, q

// EXPM1_SMALL is p = eʳ − 1 = fma(q(r), r², r).
#define EXPM1_SMALL(r, p, t) \
	EXP_POLY(r, p); \
	VMULPS r, r, t; \
	VFMADD213PS r, t, p

// EXP is kernels.Exp. EXP_NEG is the same for x ≤ 89 (and NaN).
#define EXP(x, k, q) \
	VMINPS x, EXPMAX, x; \
	EXP_NEG(x, k, q)
#define EXP_NEG(x, k, q) \
	VMAXPS x, EXPMIN, x; \
	REDUCE(x, k, q); \
	EXP_POLY(x, q); \
	EXP_LAST(x, k, q, x)
#define EXP_LAST(r, k, q, y) \
	VFMADD213PS ONE, r, q; \
	VFMADD213PS ONE, r, q; \
	VSCALEFPS k, q, y

// EXPM1_NEG is kernels.Expm1 for x < 0 (and NaN); x = ±0 gives +0.
#define EXPM1_NEG(x, k, p, t) \
	VBROADCASTSS K_MIN20, t; \
	VMAXPS x, t, x; \
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
	VMAXPS r, EXPMIN, r
#define SIGMOID_POLY(r, q) \
	VBROADCASTSS K_S4, q; \
	VFMADD213PS.BCST K_S3, r, q; \
	VFMADD213PS.BCST K_S2, r, q; \
	VFMADD213PS.BCST K_S1, r, q; \
	VFMADD213PS.BCST K_S0, r, q; \
	VFMADD213PS.BCST K_3QUARTERS, r, q
#define SIGMOID_LAST(x, r, k, q) \
	VFMADD213PS.BCST K_3QUARTERS, r, q; \
	VSCALEFPS k, q, q; \
	VADDPS.BCST K_3QUARTERS, q, k; \
	VPSRAD $31, x, x; \
	VPTERNLOGD.BCST $0xca, K_3QUARTERS, q, x; \
	VDIVPS k, x, x

// LOG_POLY is w(f) of log2p1, and LOG2P1 is f = log2p1(k, f).
#define LOG_POLY(f, w) \
	VBROADCASTSS K_W8, w; \
	VFMADD213PS.BCST K_W7, f, w; \
	VFMADD213PS.BCST K_W6, f, w; \
	VFMADD213PS.BCST K_W5, f, w; \
	VFMADD213PS.BCST K_W4, f, w; \
	VFMADD213PS.BCST K_W3, f, w; \
	VFMADD213PS.BCST K_W2, f, w; \
	VFMADD213PS.BCST K_W1, f, w; \
	VFMADD213PS.BCST K_W0, f, w
#define LOG2P1(f, k, w, t) \
	LOG_POLY(f, w); \
	VMULPS f, f, t; \
	VFMADD231PS t, w, f; \
	VFMADD231PS LN2HI, k, f

// FRAC splits x = 2ᵏ·m with ¾ ≤ m < 3/2: m in m, k as a float32 in k. A zero has
// k = −Inf, +Inf has k = +Inf, both with |m| = 1; x < 0 has the m NaN.
#define FRAC(x, m, k, t) \
	VGETEXPPS x, k; \
	VGETMANTPS $11, x, m; \
	VGETEXPPS m, t; \
	VSUBPS t, k, k

// LOG is kernels.Log.
#define LOG(x, k, w, t) \
	FRAC(x, x, k, t); \
	VSUBPS ONE, x, x; \
	LOG2P1(x, k, w, t)
#define LOG_FIRST(x, f, k, w, t) FRAC(x, f, k, t); VSUBPS ONE, f, f
#define LOG_LAST(x, f, k, w, t) \
	VMULPS f, f, x; \
	VFMADD213PS f, w, x; \
	VFMADD231PS LN2HI, k, x

// LOG1P_UNIT is kernels.Log1p for 0 ≤ x ≤ 1 (and NaN): k = 1 and f = x/2 − ½ for
// x ≥ ½, else k = 0; so the FMA with k is an addition of ln2hi.
#define LOG1P_UNIT(x, k, w, t) \
	VBROADCASTSS K_HALF, t; \
	VCMPPS $13, t, x, K7; \
	VFMSUB213PS t, t, K7, x; \
	LOG_POLY(x, w); \
	VMULPS x, x, t; \
	VFMADD231PS t, w, x; \
	VADDPS LN2HI, x, K7, x

// LOG1P_NEG is kernels.Log1p for x ≤ 0 (and NaN), but x = −0 gives +0. It takes
// k from 1 + x and f = 0 where that is 0.
#define LOG1P_NEG(x, k, w, t) \
	VADDPS ONE, x, w; \
	VPTESTMD w, w, K7; \
	FRAC(w, w, k, t); \
	NEGATE(k); \
	VSCALEFPS k, ONE, t; \
	NEGATE(k); \
	VSUBPS ONE, t, w; \
	VFMADD213PS w, t, x; \
	VMOVAPS.Z x, K7, x; \
	LOG2P1(x, k, w, t)
