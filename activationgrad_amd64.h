// The derivatives in steps: see activation_amd64.h. x is the output y of the
// function, or its input for those of FromInput. The derivative of Softplus is
// LOGISTIC.

#define SIGMOIDGRAD BOTH(SIGMOIDGRAD_1)
#define SIGMOIDGRAD_1(x, r, k, p, t, u) \
	VSUBPS x, ONE, t; \
	VMULPS t, x, x

#define TANHGRAD BOTH(TANHGRAD_1)
#define TANHGRAD_1(x, r, k, p, t, u) VFNMADD213PS ONE, x, x

#define RELUGRAD BOTH(RELUGRAD_1)
#define RELUGRAD_1(x, r, k, p, t, u) WHERE_POSITIVE(x, ONE, u, x, t)

#define ELUGRAD BOTH(ELUGRAD_1)
#define ELUGRAD_1(x, r, k, p, t, u) \
	VADDPS u, x, r; \
	WHERE_POSITIVE(x, ONE, r, x, t)

#define SELUGRAD BOTH(SELUGRAD_1)
#define SELUGRAD_SETUP BOTH(SELU_U); BOTH(SELU_P)
#define SELU_P(x, r, k, p, t, u) LET(K_LAMBDA, p)
#define SELUGRAD_1(x, r, k, p, t, u) \
	VADDPS u, x, r; \
	WHERE_POSITIVE(x, p, r, x, t)

#define HARDSIGMOIDGRAD BOTH(HARDGRAD_1)
#define HARDGRAD_1(x, r, k, p, t, u) \
	WHERE($1, ONE, x, u, k, r, t); \
	WHERE_POSITIVE(x, r, k, x, t)

// A NaN of x must reach the result: so the clamp is not ABS_MOST.
#define GELUGRAD BOTH(GELUGRAD_1); BOTH(GELU_2); BOTH(GELUGRAD_3); BOTH(GELU_4); BOTH(SMALL_T); BOTH(GELUGRAD_5)
#define GELUGRAD_1(x, r, k, p, t, u) \
	MAGNITUDE(x, r); \
	AT_MOST(K_GELUMAX, r, r, t); \
	MILLS_ROW(r, k, t)
#define GELUGRAD_3(x, r, k, p, t, u) \
	LET(K_DENSITY0, p); \
	VFNMADD231PS p, r, u
#define GELUGRAD_5(x, r, k, p, t, u) \
	POW2S(k, r); \
	VFMADD213PS u, p, u; \
	SCALE(u, k, r); \
	VSUBPS u, ONE, t; \
	PICK(x, u, t, p); \
	VMOVAPS t, x

// gateGrad takes 12 registers: a, c, cl, p and k are as there, and h is for POW2S.
#define SILUGRAD WIDE(SILUGRAD_1); WIDE(GATEGRAD_1); WIDE(GATEGRAD_2)
#define SILUGRAD_1(x, a, c, cl, p, k, h, e, b, d, q, t) \
	MINUS_ABS(x, q); \
	AT_LEAST(K_MIN110, q, q, t); \
	MAGNITUDE(q, a); \
	REDUCE(q, k, t); \
	EXPM1_SMALL(q, p, t); \
	LET(K_ONE, c); \
	LET(K_ZERO, cl)

#define GELUTANHGRAD WIDE(GELUTANHGRAD_1); WIDE(GELUTANHGRAD_2); WIDE(GATEGRAD_1); WIDE(GATEGRAD_2)
#define GELUTANHGRAD_1(x, a, c, cl, p, k, h, e, b, d, q, t) \
	MAGNITUDE(x, a); \
	AT_MOST(K_GELUTANHMAX, a, a, t); \
	GELU_FACTOR(a, k, q, K_GELUC2, K_GELUC2REST, t, p); \
	GELU_EXP(a, k, q, t, p)
#define GELUTANHGRAD_2(x, a, c, cl, p, k, h, e, b, d, q, t) \
	EXPM1_SMALL(t, p, q); \
	GELU_FACTOR(a, c, cl, K_GELUC3, K_GELUC3REST, t, q)

// In GATEGRAD_1 b is b1, then the quotient; in GATEGRAD_2 it is w, then g.
#define GATEGRAD_1(x, a, c, cl, p, k, h, e, b, d, q, t) \
	POW2S(k, h); \
	VADDPS ONE, p, e; \
	SCALE(e, k, h); \
	LET(K_ONE, b); \
	VFNMADD231PS a, c, b; \
	ADDK(K_TWO, e, q); \
	LET(K_ONE, d); \
	VFMADD231PS e, q, d; \
	LET(K_ONE, t); \
	VFNMADD231PS b, q, t; \
	VMULPS e, t, t; \
	VADDPS e, b, b; \
	LET(K_EIGHTH, q); \
	WHERE($14, q, e, b, t, b, q); \
	VDIVPS d, b, b
#define GATEGRAD_2(x, a, c, cl, p, k, h, e, b, d, q, t) \
	VADDPS ONE, b, t; \
	VFNMADD231PS a, cl, t; \
	VFNMADD231PS a, c, t; \
	LET(K_EIGHTH, q); \
	WHERE($14, q, e, b, t, b, q); \
	VFMADD213PS b, p, b; \
	SCALE(b, k, h); \
	VSUBPS b, ONE, t; \
	PICK(x, b, t, p); \
	VMOVAPS t, x
