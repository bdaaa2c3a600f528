// Macros of the losses of one pass over a row for AVX-512
// (kernels_batch_avx512_amd64.s); registers as in batch_avx512_amd64.h.

// LOSSES is a kernel of one pass: from the vectors Z1 of x and Z2 of t, loss adds
// to Z0 under K2, and grad leaves the gradient in Z1.
#define LOSSES(loss, grad) \
row: \
	MOVQ batch_from(AX), CX; \
	VMOVUPS (CX), Z0; \
	FIRST; \
vec: \
	MASK; \
	X(Z1); \
	T(Z2); \
	loss; \
	TESTQ DI, DI; \
	JZ next; \
	grad; \
	FLUSH(Z1, Z3); \
	PUT(Z1); \
next: \
	NEXT(vec); \
	LOSS

// Σ d², d = z − t.
#define SQUARED \
	VSUBPS Z2, Z1, Z1; \
	VFMADD231PS Z1, Z1, K2, Z0
#define SQUARED_GRAD VMULPS FACTOR, Z1, Z1

// Σ |d|. The gradient is scale with the sign of d, or d if it is 0 or NaN.
#define ABSOLUTE \
	VSUBPS Z2, Z1, Z1; \
	VANDPS NOSIGN, Z1, Z2; \
	VADDPS Z2, Z0, K2, Z0
#define ABSOLUTE_GRAD \
	VXORPS Z3, Z3, Z3; \
	VCMPPS $14, Z3, Z2, K3; \
	VANDNPS Z1, NOSIGN, Z2; \
	VXORPS FACTOR, Z2, K3, Z1

// Σ c·(d − ½c), c = d clamped to ±δ.
#define HUBER \
	VSUBPS Z2, Z1, Z2; \
	VMAXPS Z2, MINUSDELTA, Z1; \
	VMINPS Z1, DELTA, Z1; \
	VFMADD231PS.BCST K_MINUSHALF, Z1, Z2; \
	VFMADD231PS Z2, Z1, K2, Z0

// Σ fma(−t, z, max(z, 0)) + log1p(e^−|z|).
#define LOGISTIC \
	VXORPS Z3, Z3, Z3; \
	VMAXPS Z1, Z3, Z3; \
	VFNMADD231PS Z1, Z2, Z3; \
	VORPS.BCST K_SIGN, Z1, Z4; \
	EXP_NEG(Z4, Z5, Z6); \
	LOG1P_UNIT(Z4, Z5, Z6, Z7); \
	VADDPS Z4, Z3, Z3; \
	VADDPS Z3, Z0, K2, Z0
#define LOGISTIC_GRAD \
	SIGMOID(Z1, Z3, Z4, Z5); \
	VSUBPS Z2, Z1, Z1; \
	VMULPS FACTOR, Z1, Z1

// Σ −t·max(log p, −100) − (1−t)·max(log1p(−p), −100). LOG1P_NEG loses the sign of
// log1p(−0), and a sum here is never −0, so that nothing comes of it.
#define BINARY \
	VMOVAPS Z1, Z3; \
	LOG(Z3, Z4, Z5, Z6); \
	VMAXPS Z3, MINLOG, Z3; \
	VXORPS.BCST K_SIGN, Z1, Z4; \
	LOG1P_NEG(Z4, Z5, Z6, Z7); \
	VMAXPS Z4, MINLOG, Z4; \
	VSUBPS ONE, Z2, Z5; \
	VFNMADD231PS Z3, Z2, K2, Z0; \
	VFMADD231PS Z4, Z5, K2, Z0
#define BINARY_GRAD \
	VSUBPS Z1, ONE, Z3; \
	VMULPS Z3, Z1, Z3; \
	VMAXPS Z3, MINPROB, Z3; \
	VSUBPS Z2, Z1, Z1; \
	VDIVPS Z3, Z1, Z1; \
	VMULPS FACTOR, Z1, Z1

// Σ −t·max(log p, −100).
#define CATEGORICAL \
	VMOVAPS Z1, Z3; \
	LOG(Z3, Z4, Z5, Z6); \
	VMAXPS Z3, MINLOG, Z3; \
	VFNMADD231PS Z3, Z2, K2, Z0
#define CATEGORICAL_GRAD \
	VXORPS.BCST K_SIGN, Z2, Z2; \
	VMAXPS Z1, MINPROB, Z1; \
	VDIVPS Z1, Z2, Z1; \
	VMULPS FACTOR, Z1, Z1
