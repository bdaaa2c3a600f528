package hadamard

import (
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// GemmOp is a set of options of Gemm.
type GemmOp uint8

// The options of Gemm.
const (
	TransA     GemmOp = 1 << iota // op(A) = Aᵀ
	TransB                        // op(B) = Bᵀ
	Accumulate                    // add to C
)

// Gemm computes the matrix product C = op(A)·op(B), or with Accumulate
// C = C + op(A)·op(B), op(X) being X or its transpose:
//
//	c[i][j] = fma(a[i][p], b[p][j], c[i][j])   for p = 0, 1, … k−1 in this order
//
//	op(A)  m × k
//	op(B)  k × n
//	C      m × n
//
// starting from +0, or from C. A product that is accumulated in several calls
// over parts of k has the bits of a single call.
//
// C must not overlap A or B.
//
// Source: sgemm of Dongarra et al., ACM TOMS 16(1), 1990.
func Gemm(c, a, b layout.Matrix, op GemmOp) {
	checkGemm(&c, &a, &b, op)
	gemmOf(&c, &a, &b, op)
}

func checkGemm(c, a, b *layout.Matrix, op GemmOp) {
	if !valid(c) || !valid(a) || !valid(b) || op >= Accumulate<<1 {
		panic("hadamard: Gemm: matrix or option not valid")
	}
	m, k, kb, n := a.Rows, a.Cols, b.Rows, b.Cols
	if op&TransA != 0 {
		m, k = k, m
	}
	if op&TransB != 0 {
		kb, n = n, kb
	}
	if k != kb || c.Rows != m || c.Cols != n {
		panic("hadamard: Gemm: shapes differ")
	}
	if overlap(c, a) || overlap(c, b) {
		panic("hadamard: Gemm: C overlaps A or B")
	}
}

// gemmOf is Gemm without checks.
func gemmOf(c, a, b *layout.Matrix, op GemmOp) {
	m, n, k, rsa, csa, rsb, csb := c.Rows, c.Cols, a.Cols, a.Stride, 1, b.Stride, 1
	if op&TransA != 0 {
		k, rsa, csa = a.Rows, csa, rsa
	}
	if op&TransB != 0 {
		rsb, csb = csb, rsb
	}
	accumulate := op&Accumulate != 0
	if m > 0 && n > 0 && k > 0 {
		gemm(m, n, k, a.Data, rsa, csa, b.Data, rsb, csb, *c, accumulate)
	} else if !accumulate {
		clearMatrix(*c)
	}
}

// GemmBias computes a layer with row-major weights, C = σ(A·B + bias): the
// same bits as Dense with the panels of B and bias.
//
//	A     m × k
//	B     k × n
//	bias  n
//	C     m × n
//
// C must not overlap A, B or bias.
func GemmBias(c, a, b layout.Matrix, bias []float32, act Activation) {
	checkGemmBias(&c, &a, &b, bias, act)
	if c.Rows > 0 && c.Cols > 0 {
		gemmBias(c, a, b, bias, act)
	}
}

func checkGemmBias(c, a, b *layout.Matrix, bias []float32, act Activation) {
	if !valid(c) || !valid(a) || !valid(b) || !act.Valid() {
		panic("hadamard: GemmBias: matrix or activation not valid")
	}
	if a.Cols != b.Rows || c.Rows != a.Rows || c.Cols != b.Cols || len(bias) != b.Cols {
		panic("hadamard: GemmBias: shapes differ")
	}
	if overlap(c, a) || overlap(c, b) || layout.Overlap(span(c), bias) {
		panic("hadamard: GemmBias: C overlaps A, B or bias")
	}
}

// Dense computes a layer, Y = σ(X·W + b), in one call:
//
//	y[i][j] = σ(b[j] + Σ x[i][p]·w[p][j])
//
//	X  m × K
//	W  K × N, with its bias, packed
//	Y  m × N
//
// The sum is one chain of fused multiply-adds, p ascending, that starts from the
// bias; layers with few outputs have four (kernels.Segments). Each row has the
// same bits whatever m is. With hidden, Y is the input of another layer, and its
// elements below kernels.FlushProduct become +0.
//
// Y must not overlap X or W.
func Dense(y, x layout.Matrix, w layout.Panels, act Activation, hidden bool) {
	checkDense(&y, &x, &w, act)
	if y.Rows > 0 && y.Cols > 0 {
		dense(&y, &x, &w, act, hiddenFlush(hidden))
	}
}

func hiddenFlush(hidden bool) (bound float32) {
	if hidden {
		bound = kernels.FlushProduct
	}
	return
}

func checkDense(y, x *layout.Matrix, w *layout.Panels, act Activation) {
	if !valid(y) || !valid(x) || !validPanels(w) || !act.Valid() {
		panic("hadamard: Dense: matrix, panels or activation not valid")
	}
	if x.Cols != w.K || y.Cols != w.N || y.Rows != x.Rows {
		panic("hadamard: Dense: shapes differ")
	}
	if overlap(y, x) || layout.Overlap(span(y), w.Data) {
		panic("hadamard: Dense: Y overlaps X or W")
	}
}

// Gemv is Dense for one row: y = σ(x·W + b), x of K elements, y of N.
func Gemv(y, x []float32, w layout.Panels, act Activation, hidden bool) {
	if !validPanels(&w) || !act.Valid() {
		panic("hadamard: Gemv: panels or activation not valid")
	}
	if len(x) != w.K || len(y) != w.N {
		panic("hadamard: Gemv: shapes differ")
	}
	if layout.Overlap(y, x) || layout.Overlap(y, w.Data) {
		panic("hadamard: Gemv: y overlaps x or W")
	}
	if w.N > 0 {
		denseOne(y, x, &w, act, hiddenFlush(hidden))
	}
}

func row(v []float32) layout.Matrix {
	return layout.Matrix{Data: v, Rows: 1, Cols: len(v), Stride: len(v)}
}

// DenseGradW computes the gradient of a layer's weights and bias, in panels
// like those of the weights:
//
//	gW = Xᵀ·δ              gW[p][j] = fma(x[i][p], δ[i][j], gW[p][j])
//	gb = column sums of δ  gb[j]    = gb[j] + δ[i][j]        for i = 0, 1, … m−1
//
//	X  m × K
//	δ  m × N
//	G  panels of K × N; its padding stays or becomes zero
//
// starting from +0, or with accumulate from G: a batch that is given in several
// parts has the bits of a single call.
//
// G must not overlap X or δ.
func DenseGradW(g layout.Panels, x, delta layout.Matrix, accumulate bool) {
	checkDenseGradW(&g, &x, &delta)
	if x.Rows > 0 && g.N > 0 {
		denseGradW(g, x, delta, accumulate, 0, g.K)
	} else if !accumulate {
		clear(g.Data)
	}
}

func checkDenseGradW(g *layout.Panels, x, delta *layout.Matrix) {
	if !validPanels(g) || !valid(x) || !valid(delta) {
		panic("hadamard: DenseGradW: matrix or panels not valid")
	}
	if x.Cols != g.K || delta.Cols != g.N || x.Rows != delta.Rows {
		panic("hadamard: DenseGradW: shapes differ")
	}
	if layout.Overlap(g.Data, span(x)) || layout.Overlap(g.Data, span(delta)) {
		panic("hadamard: DenseGradW: G overlaps X or δ")
	}
}

// DenseGradX computes the δ of the layer before, from the δ of this one:
//
//	dX = (δ·Wᵀ) ∘ σ′(X)      dx[i][p] = (Σ δ[i][j]·w[p][j]) · σ′
//
//	δ   m × N
//	W   K × N, packed
//	X   m × K, this layer's input: what σ, the activation before it, gave;
//	    or what σ was given, if its derivative is computed FromInput
//	dX  m × K
//
// The sum is one chain of fused multiply-adds from +0, j ascending. The result
// is flushed to +0 below kernels.FlushProduct. With the Identity, X is not read
// and may be the zero Matrix.
//
// dX must not overlap δ, W or X.
func DenseGradX(dx, delta layout.Matrix, w layout.Panels, x layout.Matrix, act Activation) {
	checkDenseGradX(&dx, &delta, &w, &x, act)
	if dx.Rows > 0 && dx.Cols > 0 {
		denseGradX(dx, delta, w, x, act, 0)
	}
}

func checkDenseGradX(dx, delta *layout.Matrix, w *layout.Panels, x *layout.Matrix, act Activation) {
	if !valid(dx) || !valid(delta) || !validPanels(w) || !valid(x) || !act.Valid() {
		panic("hadamard: DenseGradX: matrix, panels or activation not valid")
	}
	plain := act.Kind == kernels.KindIdentity
	if dx.Cols != w.K || delta.Cols != w.N || dx.Rows != delta.Rows || !plain && !sameShape(dx, x) {
		panic("hadamard: DenseGradX: shapes differ")
	}
	if overlap(dx, delta) || layout.Overlap(span(dx), w.Data) || !plain && overlap(dx, x) {
		panic("hadamard: DenseGradX: dX overlaps δ, W or X")
	}
}

func clearMatrix(m layout.Matrix) {
	for i := range m.Rows {
		clear(m.Row(i))
	}
}
