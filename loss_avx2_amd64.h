// Macros of the losses of one pass over a row for AVX2
// (kernels_batch_avx2_amd64.s); registers as in batch_avx2_amd64.h.

// LOSSES is a kernel of one pass: from the halves Y2 of x and Y3 of t, loss adds
// to the sums in its second argument, and grad leaves the gradient in Y2.
#define LOSSES(loss, grad) \
row: \
	LANES; \
	FIRST; \
vec: \
	MASK; \
	LOSS_HALF(0, 0, Y0, loss, grad, half); \
half: \
	CMPQ CX, $8; \
	JLE next; \
	LOSS_HALF(32, 8, Y1, loss, grad, next); \
next: \
	NEXT(vec); \
	LOSS
#define LOSS_HALF(off, n, sums, loss, grad, alone) \
	LOAD(SI, off, Y9, Y2); \
	LOAD(DX, off, Y9, Y3); \
	loss(off, sums); \
	TESTQ DI, DI; \
	JZ alone; \
	grad; \
	FLUSH(Y2, Y4); \
	PUT(off, n, Y2, X2)

// Σ d², d = z − t. Columns that are not there add +0 to a sum of squares, or of
// absolute values, which is never −0.
#define SQUARED(off, s) \
	VSUBPS Y3, Y2, Y2; \
	VFMADD231PS Y2, Y2, s
#define SQUARED_GRAD TIMES(batch_scale, Y2, Y4)

// Σ |d|. The gradient is scale with the sign of d, or d if it is 0 or NaN.
#define ABSOLUTE(off, s) \
	VSUBPS Y3, Y2, Y2; \
	VANDPS K_ABS, Y2, Y3; \
	VADDPS Y3, s, s
#define ABSOLUTE_GRAD \
	VXORPS Y4, Y4, Y4; \
	VCMPPS $14, Y4, Y3, Y3; \
	VANDPS K_SIGN, Y2, Y4; \
	VBROADCASTSS batch_scale(AX), Y5; \
	VXORPS Y5, Y4, Y4; \
	VBLENDVPS Y3, Y4, Y2, Y2

// Σ c·(d − ½c), c = d clamped to ±δ, which is in Y10, −δ in Y11.
#define HUBER(off, s) \
	VSUBPS Y3, Y2, Y3; \
	VMAXPS Y3, Y11, Y2; \
	VMINPS Y2, Y10, Y2; \
	VFMADD231PS K_MINUSHALF, Y2, Y3; \
	VFMADD231PS Y3, Y2, s

// Σ fma(−t, z, max(z, 0)) + log1p(e^−|z|).
#define LOGISTIC(off, s) \
	VXORPS Y4, Y4, Y4; \
	VMAXPS Y2, Y4, Y4; \
	VFNMADD231PS Y2, Y3, Y4; \
	VORPS K_SIGN, Y2, Y5; \
	EXP_NEG(Y5, Y6, Y7); \
	LOG1P_UNIT(Y5, Y6, Y7, Y8); \
	VADDPS Y5, Y4, Y4; \
	VANDPS Y9, Y4, Y4; \
	VADDPS Y4, s, s
#define LOGISTIC_GRAD \
	SIGMOID(Y2, Y4, Y5, Y6); \
	VSUBPS Y3, Y2, Y2; \
	TIMES(batch_scale, Y2, Y4)

// SELECT sets s to y in the columns that are there.
#define SELECT(off, y, s) \
	VMOVUPS off(BX), Y9; \
	VBLENDVPS Y9, y, s, s

// Σ −t·max(log p, −100) − (1−t)·max(log1p(−p), −100).
#define BINARY(off, s) \
	VMOVAPS Y2, Y4; \
	LOG(Y4, Y5, Y6, Y7, Y8); \
	AT_LEAST(K_MINLOG, Y4, Y4, Y6); \
	VMOVAPS s, Y5; \
	VFNMADD231PS Y4, Y3, Y5; \
	VXORPS K_SIGN, Y2, Y4; \
	LOG1P_NEG(Y4, Y6, Y7, Y8, Y9); \
	AT_LEAST(K_MINLOG, Y4, Y4, Y6); \
	VSUBPS ONE, Y3, Y6; \
	VFMADD231PS Y4, Y6, Y5; \
	SELECT(off, Y5, s)
#define BINARY_GRAD \
	VSUBPS Y2, ONE, Y4; \
	VMULPS Y4, Y2, Y4; \
	AT_LEAST(K_MINPROB, Y4, Y4, Y5); \
	VSUBPS Y3, Y2, Y2; \
	VDIVPS Y4, Y2, Y2; \
	TIMES(batch_scale, Y2, Y4)

// Σ −t·max(log p, −100).
#define CATEGORICAL(off, s) \
	VMOVAPS Y2, Y4; \
	LOG(Y4, Y5, Y6, Y7, Y8); \
	AT_LEAST(K_MINLOG, Y4, Y4, Y6); \
	VMOVAPS s, Y5; \
	VFNMADD231PS Y4, Y3, Y5; \
	SELECT(off, Y5, s)
#define CATEGORICAL_GRAD \
	VXORPS K_SIGN, Y3, Y3; \
	AT_LEAST(K_MINPROB, Y2, Y2, Y4); \
	VDIVPS Y2, Y3, Y2; \
	TIMES(batch_scale, Y2, Y4)
