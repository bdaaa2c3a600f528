package hadamard

import (
	"math"
	"runtime"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Parallel is a number of goroutines that may work on one matrix product. Its
// methods are the functions of the same names, and return the same bits:
//
//	hadamard.Parallel(2).Dense(y, x, w, hadamard.ReLU, true)
//
// The functions themselves, and Parallel(1) or less, use the calling goroutine
// alone. So does a product that is too small to gain, one that is called while
// another goroutine has the helpers, and every product with GOMAXPROCS = 1: no
// more goroutines than GOMAXPROCS work on a product, and no more than 64. Go sets
// GOMAXPROCS to the limit of a Linux control group, so a container needs no
// setting.
//
// A product is cut by the rows and columns of its result, never along a sum.
// Helpers are started when they are first needed and stay for ever, as few as
// the calls so far could use; each spins for 50 µs after its last part, and then
// sleeps. The first calls may find them asleep and work alone, and a
// call that starts one allocates; no other does.
//
// Where many products run at a time, such as in a server, one goroutine for each
// is better; Parallel is for a program that waits for a single one.
type Parallel int

// Dense is the function Dense.
func (p Parallel) Dense(y, x layout.Matrix, w layout.Panels, act Activation, hidden bool) {
	if members, work := p.plan(y.Rows, w.N, w.K); members > 1 {
		checkDense(&y, &x, &w, act)
		if crew.do(task{form: formDense, m: y.Rows, n: w.N, c: y, a: x, w: w, act: act, flush: hiddenFlush(hidden)}, members, work) {
			return
		}
	}
	Dense(y, x, w, act, hidden)
}

// Gemm is the function Gemm.
func (p Parallel) Gemm(c, a, b layout.Matrix, op GemmOp) {
	k := a.Cols
	if op&TransA != 0 {
		k = a.Rows
	}
	if members, work := p.plan(c.Rows, c.Cols, k); members > 1 {
		checkGemm(&c, &a, &b, op)
		if crew.do(task{form: formGemm, m: c.Rows, n: c.Cols, c: c, a: a, b: b, op: op}, members, work) {
			return
		}
	}
	Gemm(c, a, b, op)
}

// GemmBias is the function GemmBias.
func (p Parallel) GemmBias(c, a, b layout.Matrix, bias []float32, act Activation) {
	if members, work := p.plan(c.Rows, c.Cols, a.Cols); members > 1 {
		checkGemmBias(&c, &a, &b, bias, act)
		if crew.do(task{form: formGemmBias, m: c.Rows, n: c.Cols, c: c, a: a, b: b, bias: bias, act: act}, members, work) {
			return
		}
	}
	GemmBias(c, a, b, bias, act)
}

// DenseGradW is the function DenseGradW.
func (p Parallel) DenseGradW(g layout.Panels, x, delta layout.Matrix, accumulate bool) {
	if members, work := p.plan(g.K, g.N, x.Rows); members > 1 {
		checkDenseGradW(&g, &x, &delta)
		if crew.do(task{form: formGradW, m: g.K, n: g.N, w: g, a: x, b: delta, add: accumulate}, members, work) {
			return
		}
	}
	DenseGradW(g, x, delta, accumulate)
}

// DenseGradX is the function DenseGradX.
func (p Parallel) DenseGradX(dx, delta layout.Matrix, w layout.Panels, x layout.Matrix, act Activation) {
	if members, work := p.plan(dx.Rows, w.K, w.N); members > 1 {
		checkDenseGradX(&dx, &delta, &w, &x, act)
		if crew.do(task{form: formGradX, m: dx.Rows, n: w.K, c: dx, a: delta, b: x, w: w, act: act}, members, work) {
			return
		}
	}
	DenseGradX(dx, delta, w, x, act)
}

// minWork is the work, in nanoseconds, that is worth a member of the team.
const minWork = 1500

// plan returns how many members an m × n product of k steps is worth, and its
// work in nanoseconds. The arguments need not be valid.
func (p Parallel) plan(m, n, k int) (members, work int) {
	if p < 2 || m <= 0 || n <= 0 || k <= 0 {
		return 1, 0
	}
	speed := 60. // multiply-adds in a nanosecond
	switch level {
	case LevelGo:
		speed = 0.7
	case LevelAVX512:
		speed = 100
	}
	// Columns are computed in panels; and it takes as long to load weights as to
	// multiply them with three rows.
	columns := (n-1)/layout.Width + 1
	steps := float64(float64(max(m, 3)) * float64(columns))
	steps = float64(steps * layout.Width)
	work = int(min(float64(steps*float64(k))/speed, 1e9))
	if work < 2*minWork {
		return 1, work
	}
	return min(int(p), runtime.GOMAXPROCS(0), maxTeam, work/minWork), work
}

// task is a product that is done in parts: the blocks of a grid over its result.
type task struct {
	form       form
	m, n       int // the result
	rows, cols int // the grid
	c, a, b    layout.Matrix
	w          layout.Panels
	bias       []float32
	act        Activation
	flush      float32
	op         GemmOp
	add        bool
}

// form tells which function a task is, and with that what the operands are.
type form uint8

const (
	formDense    form = iota // c = σ(a·w)
	formGemm                 // c = op(a)·op(b)
	formGemmBias             // c = σ(a·b + bias)
	formGradW                // w = aᵀ·b
	formGradX                // c = (a·wᵀ) ∘ σ′(b)
)

// do does the task with several members, or returns false: alone it is done
// sooner.
func (t *team) do(k task, members, work int) bool {
	members, wake := t.enter(members, work)
	if members < 2 {
		return false
	}
	k.cut(members, work)
	t.task = k
	t.run(k.rows*k.cols, members, wake)
	return true
}

// cut chooses the grid: parts of equal size, for each member one or, so that a
// member that comes late does no harm, more that take 25 µs; and of those grids
// the one whose largest part is done first. A part costs its multiply-adds, and
// the rows of A and columns of B that it loads, copies and packs, each element
// as much as some multiply-adds.
func (t *task) cut(members, work int) {
	const load = 16
	pack := load
	if t.form == formGradX { // transposes
		pack *= 2
	}
	parts := members * min(max(work/members/25_000, 1), 4, maxTeam/members)
	panels := (t.n + layout.Width - 1) / layout.Width
	least := math.MaxInt
	for rows := min(parts, t.m); rows > 0; rows-- {
		cols := min(parts/rows, panels)
		for !t.mayCut(cols, panels) {
			cols--
		}
		m, n := (t.m+rows-1)/rows, (panels+cols-1)/cols*layout.Width
		turns := (rows*cols + members - 1) / members
		if cost := turns * (m*n + load*m + pack*n); cost < least {
			least, t.rows, t.cols = cost, rows, cols
		}
	}
}

// mayCut reports whether the panels may be cut into so many parts: a layer of
// more than 32 outputs has one sum over k, a narrower part would have four
// (kernels.Segments).
func (t *task) mayCut(cols, panels int) bool {
	segmented := t.form == formDense || t.form == formGemmBias
	return cols == 1 || !segmented || panels/cols > 2 || kernels.Segments(t.a.Cols, t.n) == kernels.Segments(t.a.Cols, 1)
}

// do computes a part of the grid.
func (t *task) do(part int) {
	panels := (t.n + layout.Width - 1) / layout.Width
	r, c := part/t.cols, part%t.cols
	i, iEnd := t.m*r/t.rows, t.m*(r+1)/t.rows
	p, pEnd := panels*c/t.cols, panels*(c+1)/t.cols
	j, jEnd := p*layout.Width, min(pEnd*layout.Width, t.n)
	switch t.form {
	case formDense:
		y, x, w := block(&t.c, i, iEnd, j, jEnd), block(&t.a, i, iEnd, 0, t.a.Cols), somePanels(&t.w, p, pEnd)
		dense(&y, &x, &w, t.act, t.flush)
	case formGemm:
		a, b, out := t.a, t.b, block(&t.c, i, iEnd, j, jEnd)
		if t.op&TransA != 0 {
			a = block(&a, 0, a.Rows, i, iEnd)
		} else {
			a = block(&a, i, iEnd, 0, a.Cols)
		}
		if t.op&TransB != 0 {
			b = block(&b, j, jEnd, 0, b.Cols)
		} else {
			b = block(&b, 0, b.Rows, j, jEnd)
		}
		gemmOf(&out, &a, &b, t.op)
	case formGemmBias:
		gemmBias(block(&t.c, i, iEnd, j, jEnd), block(&t.a, i, iEnd, 0, t.a.Cols), block(&t.b, 0, t.b.Rows, j, jEnd), t.bias[j:jEnd], t.act)
	case formGradW:
		denseGradW(somePanels(&t.w, p, pEnd), t.a, block(&t.b, 0, t.b.Rows, j, jEnd), t.add, i, iEnd)
	case formGradX:
		x := t.b
		if t.act.Kind != kernels.KindIdentity {
			x = block(&x, i, iEnd, j, jEnd)
		}
		denseGradX(block(&t.c, i, iEnd, j, jEnd), block(&t.a, i, iEnd, 0, t.a.Cols), t.w, x, t.act, j)
	}
}

// block returns rows i … iEnd−1 and columns j … jEnd−1 of a matrix.
func block(m *layout.Matrix, i, iEnd, j, jEnd int) layout.Matrix {
	b := layout.Matrix{Rows: iEnd - i, Cols: jEnd - j, Stride: m.Stride}
	if b.Rows > 0 && b.Cols > 0 {
		b.Data = m.Data[i*m.Stride+j:]
	}
	return b
}

// somePanels returns panels p … pEnd−1 of a layer.
func somePanels(w *layout.Panels, p, pEnd int) layout.Panels {
	size := (w.K + 1) * layout.Width
	return layout.Panels{Data: w.Data[p*size : pEnd*size], K: w.K, N: min(pEnd*layout.Width, w.N) - p*layout.Width}
}
