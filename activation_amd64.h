// The functions of one value in steps, for both levels: the instructions that
// differ have names, of func_avx512_amd64.h and elements_avx512_amd64.h and their
// like for AVX2. A function is a list of steps. A step has the registers
//
//	x  the value, at last the result      k  exponent of a power of two
//	r  the reduced argument               p  polynomial
//	t  free                               u  free, or what the function's _SETUP sets
//
// and the words are those of package kernels.

#define FLUSHED(x, r, k, p, t, u) FLUSH(x, t)
#define ALPHA_U(x, r, k, p, t, u) VBROADCASTSS elements_alpha(AX), u
#define ALPHA_SETUP BOTH(ALPHA_U)
#define ELU_SETUP EXP_SETUP; BOTH(ALPHA_U)

// The common middle: r = x − k·ln 2, then p = expPoly(r), or p = eʳ − 1.
#define REDUCED(x, r, k, p, t, u) REDUCE(r, k, t)
#define POLYNOMIAL(x, r, k, p, t, u) EXP_HORNER(r, p)
#define SMALL(x, r, k, p, t, u) EXPM1_HORNER(r, p, t)
#define EXPM1_HORNER(r, p, t) \
	EXP_HORNER(r, p); \
	VMULPS r, r, t; \
	VFMADD213PS r, t, p

#define EXPONENTIAL BOTH(EXP_1); BOTH(REDUCED); BOTH(POLYNOMIAL); BOTH(EXP_2)
#define EXP_1(x, r, k, p, t, u) EXP_CLAMP(x, r, t)
#define EXP_2(x, r, k, p, t, u) EXP_LAST(r, k, p, x)

#define LOGARITHM BOTH(LOG_1); BOTH(LOG_2); BOTH(LOG_3)
#define LOG_1(x, r, k, p, t, u) LOG_FIRST(x, r, k, p, t)
#define LOG_2(x, r, k, p, t, u) LOG_POLY(r, u)
#define LOG_3(x, r, k, p, t, u) LOG_LAST(x, r, k, u, t)

#define LOGISTIC BOTH(SIGMOID_1); BOTH(REDUCED); BOTH(SIGMOID_2); BOTH(SIGMOID_3)
#define SIGMOID_1(x, r, k, p, t, u) SIGMOID_FIRST(x, r, t)
#define SIGMOID_2(x, r, k, p, t, u) SIGMOID_HORNER(r, p)
#define SIGMOID_3(x, r, k, p, t, u) SIGMOID_RATIO(x, r, k, p)

#define TANH BOTH(TANH_1); BOTH(REDUCED); BOTH(SMALL); BOTH(TANH_2)
#define TANH_1(x, r, k, p, t, u) \
	MINUS_ABS(x, r); \
	VADDPS r, r, r; \
	AT_LEAST(K_MIN20, r, r, t)
#define TANH_2(x, r, k, p, t, u) \
	POW2(k); \
	VADDPS ONE, k, t; \
	VFMADD231PS k, p, t; \
	VSUBPS k, ONE, r; \
	VFNMADD231PS k, p, r; \
	VDIVPS t, r, r; \
	SIGN_FROM(x, r)

#define LEAKY BOTH(LEAKY_1)
#define LEAKY_1(x, r, k, p, t, u) TIMES_WHERE($1, x, x, u, x, t, r)

#define ELU BOTH(ELU_1); BOTH(REDUCED); BOTH(SMALL); BOTH(ELU_2)
#define ELU_1(x, r, k, p, t, u) AT_LEAST(K_MIN20, x, r, t)
#define ELU_2(x, r, k, p, t, u) \
	EXPM1_LAST(r, k, p); \
	TIMES_WHERE($1, x, r, u, x, t, r)

#define SELU BOTH(ELU_1); BOTH(REDUCED); BOTH(SMALL); BOTH(SELU_2)
#define SELU_SETUP EXP_SETUP; BOTH(SELU_U)
#define SELU_U(x, r, k, p, t, u) LET(K_LAMBDAALPHA, u)
#define SELU_2(x, r, k, p, t, u) \
	EXPM1_LAST(r, k, p); \
	MULK(K_LAMBDA, x, p); \
	TIMES_WHERE($1, x, r, u, p, t, r); \
	VMOVAPS p, x

#define HARDSIGMOID BOTH(HARD_1)
#define HARD_SETUP BOTH(HARD_RKPU)
#define HARD_RKPU(x, r, k, p, t, u) \
	LET(K_THREE, r); \
	LET(K_ZERO, k); \
	LET(K_SIX, p); \
	LET(K_SIXTH, u)
#define HARD_1(x, r, k, p, t, u) \
	VADDPS r, x, x; \
	VMAXPS x, k, x; \
	VMINPS x, p, x; \
	VMULPS u, x, x

#define SOFTPLUS BOTH(SOFTPLUS_1); BOTH(REDUCED); BOTH(POLYNOMIAL); BOTH(SOFTPLUS_2); BOTH(SOFTPLUS_3)
#define SOFTPLUS_1(x, r, k, p, t, u) MINUS_ABS_LEAST(K_EXPMIN, x, r, t)
#define SOFTPLUS_2(x, r, k, p, t, u) EXP_LAST(r, k, p, r)
#define SOFTPLUS_3(x, r, k, p, t, u) \
	LOG1P_UNIT(r, k, p, t); \
	AT_LEAST(K_ZERO, x, x, t); \
	VADDPS r, x, x

// Where x < 0, −a = max(x, −110), and so the numerator is scale(fma(−a, p, −a), k);
// GeluTanh has the same, with 11 and another p.
#define SILU BOTH(SILU_1); BOTH(REDUCED); BOTH(SMALL); BOTH(SILU_2)
#define SILU_1(x, r, k, p, t, u) MINUS_ABS_LEAST(K_MIN110, x, r, t)
#define SILU_2(x, r, k, p, t, u) \
	AT_LEAST(K_MIN110, x, r, t); \
	GATED(x, r, k, p, u)
#define GATED(x, r, k, p, u) \
	POW2S(k, u); \
	VFMADD213PS r, p, r; \
	SCALE(r, k, u); \
	VADDPS ONE, p, p; \
	SCALE(p, k, u); \
	VADDPS ONE, p, p; \
	PICK(x, r, x, k); \
	VDIVPS p, x, x

// a is in r, and M(a) and its products are in u; e^(−a²/2) is reduced in t.
#define GELU BOTH(GELU_1); BOTH(GELU_2); BOTH(GELU_3); BOTH(GELU_4); BOTH(SMALL_T); BOTH(GELU_5)
#define GELU_1(x, r, k, p, t, u) \
	ABS_MOST(K_GELUMAX, x, r, t); \
	MILLS_ROW(r, k, t)
#define GELU_2(x, r, k, p, t, u) MILLS_RATIO(k, t, p, u)
#define GELU_3(x, r, k, p, t, u) VMULPS r, u, u
#define GELU_4(x, r, k, p, t, u) \
	VMULPS r, r, t; \
	VMOVAPS t, p; \
	VFMSUB231PS r, r, p; \
	MULK(K_MINUSHALF, t, t); \
	MULK(K_MINUSHALF, p, p); \
	REDUCE2(t, p, k, r)
#define SMALL_T(x, r, k, p, t, u) EXPM1_HORNER(t, p, r)
#define GELU_5(x, r, k, p, t, u) \
	POW2S(k, r); \
	VFMADD213PS u, p, u; \
	SCALE(u, k, r); \
	AT_LEAST(K_ZERO, x, x, t); \
	VSUBPS u, x, x

// MILLS_ROW finds the row of a, k, and a minus its centre, d; of a + 1 the lowest
// bit of the exponent and the highest two of the mantissa count. MILLS_RATIO
// evaluates its polynomial, in u.
#define MILLS_ROW(a, k, d) \
	VADDPS ONE, a, k; \
	VPSRLD $22, k, k; \
	VPERMPS C0, k, d; \
	VSUBPS d, a, d
#define MILLS_RATIO(k, d, p, u) \
	VPERMPS C8, k, p; \
	VPERMPS C7, k, u; \
	VFMADD231PS p, d, u; \
	VPERMPS C6, k, p; \
	VFMADD231PS u, d, p; \
	VPERMPS C5, k, u; \
	VFMADD231PS p, d, u; \
	VPERMPS C4, k, p; \
	VFMADD231PS u, d, p; \
	VPERMPS C3, k, u; \
	VFMADD231PS p, d, u; \
	VPERMPS C2, k, p; \
	VFMADD231PS u, d, p; \
	VPERMPS C1, k, u; \
	VFMADD231PS p, d, u

#define GELUTANH BOTH(GELUTANH_1); BOTH(GELUTANH_2); BOTH(SMALL_T); BOTH(GELUTANH_3)
#define GELUTANH_1(x, r, k, p, t, u) \
	ABS_MOST(K_GELUTANHMAX, x, r, t); \
	GELU_FACTOR(r, k, u, K_GELUC2, K_GELUC2REST, t, p)
#define GELUTANH_2(x, r, k, p, t, u) GELU_EXP(r, k, u, t, p)
#define GELUTANH_3(x, r, k, p, t, u) \
	AT_LEAST(K_GELUTANHMIN, x, r, t); \
	GATED(x, r, k, p, u)

// GELU_FACTOR is v, vl = geluFactor(a, c, cl).
#define GELU_FACTOR(a, v, vl, c, cl, s, t) \
	VMULPS a, a, s; \
	VMOVAPS s, vl; \
	VFMSUB231PS a, a, vl; \
	LET(cl, t); \
	FMAK(K_GELUC1REST, s, t); \
	FMA_BY(c, vl, t); \
	LET(c, v); \
	FMAK(K_GELUC1, s, v); \
	LET(K_GELUC1CUT, vl); \
	VSUBPS v, vl, vl; \
	FMA_BY(c, s, vl); \
	VADDPS t, vl, vl

// GELU_EXP is expGelu, from v and vl of GELU_FACTOR, up to its expm1Small: r is in
// z and k in v.
#define GELU_EXP(a, v, vl, z, t) \
	VMULPS a, v, z; \
	VMOVAPS z, t; \
	VFMSUB231PS a, v, t; \
	VFMADD213PS t, a, vl; \
	NEGATE(z); \
	NEGATE(vl); \
	REDUCE2(z, vl, v, t)
