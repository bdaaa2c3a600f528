// Bodies of the optimisers' kernels, in the vocabulary of vector_avx512_amd64.h
// or vector_avx2_amd64.h. Each reads w, g and the state of an element once and
// writes it once.
//
//	DI  w       DX, BX, R8  the state, in the order of the arguments
//	SI  g       C1 … C3     STATE, PRODUCT, flushSquare       C4  l2
//	V0  w       V1  g′ (d)  V2, V3, … state                   V8  lost

// GRADIENT takes w and g′ = fma(l2, w, Flush(g, FlushState)).
#define GRADIENT(L, o) \
	L(o(DI)(AX*1), V0); \
	L(o(SI)(AX*1), V1); \
	FLUSH2(V1, C1, V8, V1); \
	VFMADD231PS C4, V0, V1

// UPDATE stores w.
#define UPDATE(S, o) \
	FLUSH2(V0, C2, V8, V0); \
	S(V0, o(DI)(AX*1))

// MEAN sets x = Flush(fma(a, old, b·x), FlushState).
#define MEAN(a, b, old, x) \
	VMULPS b, x, x; \
	VFMADD231PS a, old, x; \
	FLUSH2(x, C1, V8, x)

// SQUARE sets y = h·h with h = Flush(x, flushSquare).
#define SQUARE(x, y) \
	FLUSH(x, C3, V8, y); \
	VMULPS y, y, y

// C3 lr.
#define SGD(L, S, o) \
	GRADIENT(L, o); \
	VFNMADD231PS C3, V1, V0; \
	UPDATE(S, o)

// v is at DX; C3 lr, C5 mu, C6 keep.
#define MOMENTUM(L, S, o) \
	GRADIENT(L, o); \
	L(o(DX)(AX*1), V2); \
	MEAN(C5, C6, V2, V1); \
	VFNMADD231PS C3, V1, V0; \
	S(V1, o(DX)(AX*1)); \
	UPDATE(S, o)

// v is at DX; C3 lr, C5 mu.
#define NESTEROV(L, S, o) \
	GRADIENT(L, o); \
	L(o(DX)(AX*1), V2); \
	VMOVAPS V1, V3; \
	VFMADD231PS C5, V2, V3; \
	FLUSH2(V3, C1, V8, V3); \
	VFMADD231PS C5, V3, V1; \
	VFNMADD231PS C3, V1, V0; \
	S(V3, o(DX)(AX*1)); \
	UPDATE(S, o)

// v is at DX; C3 lr, C5 mu.
#define HEAVYBALL(L, S, o) \
	GRADIENT(L, o); \
	L(o(DX)(AX*1), V2); \
	MEAN(C5, C3, V2, V1); \
	VSUBPS V1, V0, V0; \
	S(V1, o(DX)(AX*1)); \
	UPDATE(S, o)

// ADAGRADIENT takes s, at DX, and makes d = g′/(√(s + Inside) + ε); C5 Inside,
// C6 ε, C7 Rate.
#define ADAGRADIENT(L, o) \
	GRADIENT(L, o); \
	L(o(DX)(AX*1), V2); \
	FLUSH(V1, C3, V8, V3); \
	VFMADD231PS V3, V3, V2; \
	FLUSH2(V2, C1, V8, V2); \
	VADDPS C5, V2, V3; \
	VSQRTPS V3, V3; \
	VADDPS C6, V3, V3; \
	VDIVPS V3, V1, V1
#define ADAGRAD(L, S, o) \
	ADAGRADIENT(L, o); \
	VFNMADD231PS C7, V1, V0; \
	S(V2, o(DX)(AX*1)); \
	UPDATE(S, o)

// v is at BX; C8 Momentum.
#define ADAGRADMOMENTUM(L, S, o) \
	L(o(BX)(AX*1), V4); \
	ADAGRADIENT(L, o); \
	MEAN(C8, C7, V4, V1); \
	VSUBPS V1, V0, V0; \
	S(V2, o(DX)(AX*1)); \
	S(V1, o(BX)(AX*1)); \
	UPDATE(S, o)

// s is at DX, u at BX; C5 ρ, C6 1−ρ, C7 Rate, C8 ε.
#define ADADELTA(L, S, o) \
	GRADIENT(L, o); \
	L(o(DX)(AX*1), V2); \
	L(o(BX)(AX*1), V3); \
	SQUARE(V1, V4); \
	MEAN(C5, C6, V2, V4); \
	VADDPS C8, V3, V5; \
	VSQRTPS V5, V5; \
	VADDPS C8, V4, V6; \
	VSQRTPS V6, V6; \
	VDIVPS V6, V5, V5; \
	VMULPS V1, V5, V1; \
	SQUARE(V1, V5); \
	MEAN(C5, C6, V3, V5); \
	VFNMADD231PS C7, V1, V0; \
	S(V4, o(DX)(AX*1)); \
	S(V5, o(BX)(AX*1)); \
	UPDATE(S, o)

// RMSprop: s is at DX, then come a if it is centred and v if there is momentum;
// C5 ρ, C6 1−ρ, C7 Rate, C8 Momentum, C9 ε, C10 Inside. The new s is V5, a V6, and
// V4 what the root is taken of; the old a is V3, v V9.
#define MEANSQUARE(L, o) \
	GRADIENT(L, o); \
	L(o(DX)(AX*1), V2); \
	SQUARE(V1, V5); \
	MEAN(C5, C6, V2, V5); \
	VMOVAPS V5, V4
#define CENTRE \
	VMOVAPS V1, V6; \
	MEAN(C5, C6, V3, V6); \
	FLUSH(V6, C3, V8, V7); \
	VFNMADD231PS V7, V7, V4; \
	VXORPS V7, V7, V7; \
	VMAXPS V4, V7, V4
#define OVERROOT \
	VADDPS C10, V4, V4; \
	VSQRTPS V4, V4; \
	VADDPS C9, V4, V4; \
	VDIVPS V4, V1, V1
#define ROLL(S, o, P) \
	VFMADD231PS C8, V9, V1; \
	FLUSH2(V1, C1, V8, V1); \
	S(V1, o(P)(AX*1))
#define DESCEND(S, o) \
	VFNMADD231PS C7, V1, V0; \
	S(V5, o(DX)(AX*1)); \
	UPDATE(S, o)
#define RMSPROP(L, S, o) MEANSQUARE(L, o); OVERROOT; DESCEND(S, o)
#define RMSPROPMOMENTUM(L, S, o) \
	L(o(BX)(AX*1), V9); \
	MEANSQUARE(L, o); \
	OVERROOT; \
	ROLL(S, o, BX); \
	DESCEND(S, o)
#define RMSPROPCENTRED(L, S, o) \
	L(o(BX)(AX*1), V3); \
	MEANSQUARE(L, o); \
	CENTRE; \
	OVERROOT; \
	S(V6, o(BX)(AX*1)); \
	DESCEND(S, o)
#define RMSPROPCENTREDMOMENTUM(L, S, o) \
	L(o(BX)(AX*1), V3); \
	L(o(R8)(AX*1), V9); \
	MEANSQUARE(L, o); \
	CENTRE; \
	OVERROOT; \
	ROLL(S, o, R8); \
	S(V6, o(BX)(AX*1)); \
	DESCEND(S, o)

// MOMENTS makes the new m, at DX, in V4 and v, at BX, in V5; C5 β₁, C6 1−β₁,
// C7 β₂, C8 1−β₂.
#define MOMENTS(L, o) \
	GRADIENT(L, o); \
	L(o(DX)(AX*1), V2); \
	L(o(BX)(AX*1), V3); \
	VMOVAPS V1, V4; \
	MEAN(C5, C6, V2, V4); \
	SQUARE(V1, V5); \
	MEAN(C7, C8, V3, V5)

// ROOT sets V7 = fma(√v̂, r, e).
#define ROOT(v, r, e) VSQRTPS v, V6; VMOVAPS e, V7; VFMADD231PS r, V6, V7

// ADAPT makes w with v̂ and stores; C9 Rate, C10 InvRootBias2, C11 ε, C12 Decay.
#define ADAPT(S, o, v) \
	ROOT(v, C10, C11); \
	VDIVPS V7, V4, V7; \
	VMULPS C12, V0, V0; \
	VFNMADD231PS C9, V7, V0; \
	S(V4, o(DX)(AX*1)); \
	S(V5, o(BX)(AX*1)); \
	UPDATE(S, o)
#define ADAM(L, S, o) MOMENTS(L, o); ADAPT(S, o, V5)

// top is at R8: v if that is greater, or NaN.
#define AMSGRAD(L, S, o) \
	L(o(R8)(AX*1), V9); \
	MOMENTS(L, o); \
	VMAXPS V9, V5, V9; \
	WHERE(V5, $3, V5, V5, V9, V8); \
	S(V9, o(R8)(AX*1)); \
	ADAPT(S, o, V9)

// m is at DX, u at BX; C5 β₁, C6 1−β₁, C7 β₂, C8 Rate, C9 ε.
#define ADAMAX(L, S, o) \
	GRADIENT(L, o); \
	L(o(DX)(AX*1), V2); \
	L(o(BX)(AX*1), V3); \
	VANDPS C0, V1, V4; \
	VADDPS C9, V4, V4; \
	VMULPS C7, V3, V3; \
	VMAXPS V3, V4, V3; \
	WHERE(V4, $3, V4, V4, V3, V8); \
	FLUSH2(V3, C1, V8, V3); \
	MEAN(C5, C6, V2, V1); \
	VDIVPS V3, V1, V4; \
	VFNMADD231PS C8, V4, V0; \
	S(V1, o(DX)(AX*1)); \
	S(V3, o(BX)(AX*1)); \
	UPDATE(S, o)

// C9 RateM, C10 RateG, C11 InvRootBias2, C12 ε, C13 Decay.
#define NADAM(L, S, o) \
	MOMENTS(L, o); \
	VMULPS C10, V1, V1; \
	VFMADD231PS C9, V4, V1; \
	ROOT(V5, C11, C12); \
	VDIVPS V7, V1, V1; \
	VMULPS C13, V0, V0; \
	VSUBPS V1, V0, V0; \
	S(V4, o(DX)(AX*1)); \
	S(V5, o(BX)(AX*1)); \
	UPDATE(S, o)

// m is at DX; C5 β₁, C6 1−β₁, C7 β₂, C8 1−β₂, C9 Rate, C10 Decay, C11 the sign
// bit. V3 is u, and then ±Rate unless it is a zero or NaN.
#define LION(L, S, o) \
	GRADIENT(L, o); \
	L(o(DX)(AX*1), V2); \
	VMULPS C6, V1, V3; \
	VFMADD231PS C5, V2, V3; \
	MEAN(C7, C8, V2, V1); \
	VANDPS C11, V3, V4; \
	VXORPS C9, V4, V4; \
	VXORPS V5, V5, V5; \
	WHERE(V3, $12, V5, V4, V3, V8); \
	VMULPS C10, V0, V0; \
	VSUBPS V3, V0, V0; \
	S(V1, o(DX)(AX*1)); \
	UPDATE(S, o)
