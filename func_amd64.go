//go:build amd64 && gc && !purego

package hadamard

import (
	"math"

	"github.com/hadamard-go/hadamard/kernels"
)

// elements are what the kernel of a function f of one value is told:
//
//	dst[i][j] = Flush(f(x[i][j]), bound)
//	dst[i][j] = Flush(g[i][j]·f(x[i][j]), bound)     f a derivative
//
// Strides are in bytes. dst may be x or g.
type elements struct {
	dst, x, g     *float32
	rows, cols    int
	rsd, rsx, rsg int     // to the next row
	alpha         float32 // of the activation function
	bound         float32 // 0 or FlushProduct; Exp and Log have none
	kept          uint32  // bits of which one is set in each number from the bound on
}

// function is the function of a kernel: an activation's Kind, plus derivative for
// its derivative, or one of these.
type function int

const (
	derivative function = 32
	funcExp    function = 64
	funcLog    function = 65
)

// row sets the operands to n elements each. g is x for what is not a derivative.
// Fields are set one by one, because a composite literal is copied, in parts that
// are wider than what was stored, which takes 12 ns.
func (e *elements) row(dst, x, g *float32, n int) {
	e.dst, e.x, e.g = dst, x, g
	e.rows, e.cols = 1, n
}

// activation sets α and the bound: 0 or FlushProduct = 2⁻⁶³, from which on one of
// the two highest bits of the exponent is set. No bit is as good as a bound of 0.
func (e *elements) activation(act Activation, bound float32) {
	e.alpha, e.bound, e.kept = act.Alpha, bound, math.MaxUint32
	if bound != 0 {
		e.kept = 3 << 29
	}
}

// maxElements bounds the elements of a call, and so its time: a kernel cannot be
// preempted.
const maxElements = 1 << 14

// run computes f.
func (e *elements) run(f function) {
	switch n := e.rows * e.cols; {
	case n > maxElements:
		e.inPieces(f)
	case n > 0 && level == LevelAVX512:
		e.callAVX512(f)
	case n > 0:
		e.callAVX2(f)
	}
}

// inPieces cuts columns, then rows.
func (e *elements) inPieces(f function) {
	rest := *e
	for rest.cols > maxElements {
		strip := rest
		strip.cols = maxElements
		strip.run(f)
		const bytes = 4 * maxElements
		rest.dst, rest.x, rest.g = offset(rest.dst, bytes), offset(rest.x, bytes), offset(rest.g, bytes)
		rest.cols -= maxElements
	}
	for rows := maxElements / rest.cols; rest.rows > rows; rest.rows -= rows {
		part := rest
		part.rows = rows
		part.run(f)
		rest.dst, rest.x, rest.g = offset(rest.dst, rows*e.rsd), offset(rest.x, rows*e.rsx), offset(rest.g, rows*e.rsg)
	}
	rest.run(f)
}

func (e *elements) callAVX512(f function) {
	switch f {
	case funcExp:
		sexpAVX512(e)
	case funcLog:
		slogAVX512(e)
	case function(kernels.KindSigmoid):
		ssigmoidAVX512(e)
	case function(kernels.KindTanh):
		stanhAVX512(e)
	case function(kernels.KindReLU):
		sreluAVX512(e)
	case function(kernels.KindLeakyReLU):
		sleakyAVX512(e)
	case function(kernels.KindELU):
		seluAVX512(e)
	case function(kernels.KindSELU):
		sseluAVX512(e)
	case function(kernels.KindHardSigmoid):
		shardsigmoidAVX512(e)
	case function(kernels.KindSoftplus):
		ssoftplusAVX512(e)
	case function(kernels.KindSiLU):
		ssiluAVX512(e)
	case function(kernels.KindGELU):
		sgeluAVX512(e)
	case function(kernels.KindGELUTanh):
		sgelutanhAVX512(e)
	case derivative + function(kernels.KindSigmoid):
		ssigmoidgradAVX512(e)
	case derivative + function(kernels.KindTanh):
		stanhgradAVX512(e)
	case derivative + function(kernels.KindReLU), derivative + function(kernels.KindLeakyReLU):
		srelugradAVX512(e)
	case derivative + function(kernels.KindELU):
		selugradAVX512(e)
	case derivative + function(kernels.KindSELU):
		sselugradAVX512(e)
	case derivative + function(kernels.KindHardSigmoid):
		shardsigmoidgradAVX512(e)
	case derivative + function(kernels.KindSoftplus):
		ssoftplusgradAVX512(e)
	case derivative + function(kernels.KindSiLU):
		ssilugradAVX512(e)
	case derivative + function(kernels.KindGELU):
		sgelugradAVX512(e)
	case derivative + function(kernels.KindGELUTanh):
		sgelutanhgradAVX512(e)
	default:
		panic("hadamard: no such function")
	}
}

func (e *elements) callAVX2(f function) {
	switch f {
	case funcExp:
		sexpAVX2(e)
	case funcLog:
		slogAVX2(e)
	case function(kernels.KindSigmoid):
		ssigmoidAVX2(e)
	case function(kernels.KindTanh):
		stanhAVX2(e)
	case function(kernels.KindReLU):
		sreluAVX2(e)
	case function(kernels.KindLeakyReLU):
		sleakyAVX2(e)
	case function(kernels.KindELU):
		seluAVX2(e)
	case function(kernels.KindSELU):
		sseluAVX2(e)
	case function(kernels.KindHardSigmoid):
		shardsigmoidAVX2(e)
	case function(kernels.KindSoftplus):
		ssoftplusAVX2(e)
	case function(kernels.KindSiLU):
		ssiluAVX2(e)
	case function(kernels.KindGELU):
		sgeluAVX2(e)
	case function(kernels.KindGELUTanh):
		sgelutanhAVX2(e)
	case derivative + function(kernels.KindSigmoid):
		ssigmoidgradAVX2(e)
	case derivative + function(kernels.KindTanh):
		stanhgradAVX2(e)
	case derivative + function(kernels.KindReLU), derivative + function(kernels.KindLeakyReLU):
		srelugradAVX2(e)
	case derivative + function(kernels.KindELU):
		selugradAVX2(e)
	case derivative + function(kernels.KindSELU):
		sselugradAVX2(e)
	case derivative + function(kernels.KindHardSigmoid):
		shardsigmoidgradAVX2(e)
	case derivative + function(kernels.KindSoftplus):
		ssoftplusgradAVX2(e)
	case derivative + function(kernels.KindSiLU):
		ssilugradAVX2(e)
	case derivative + function(kernels.KindGELU):
		sgelugradAVX2(e)
	case derivative + function(kernels.KindGELUTanh):
		sgelutanhgradAVX2(e)
	default:
		panic("hadamard: no such function")
	}
}

//go:noescape
func sexpAVX512(e *elements)

//go:noescape
func slogAVX512(e *elements)

//go:noescape
func ssigmoidAVX512(e *elements)

//go:noescape
func stanhAVX512(e *elements)

//go:noescape
func sreluAVX512(e *elements)

//go:noescape
func sleakyAVX512(e *elements)

//go:noescape
func seluAVX512(e *elements)

//go:noescape
func sseluAVX512(e *elements)

//go:noescape
func shardsigmoidAVX512(e *elements)

//go:noescape
func ssoftplusAVX512(e *elements)

//go:noescape
func ssiluAVX512(e *elements)

//go:noescape
func sgeluAVX512(e *elements)

//go:noescape
func sgelutanhAVX512(e *elements)

//go:noescape
func ssigmoidgradAVX512(e *elements)

//go:noescape
func stanhgradAVX512(e *elements)

//go:noescape
func srelugradAVX512(e *elements)

//go:noescape
func selugradAVX512(e *elements)

//go:noescape
func sselugradAVX512(e *elements)

//go:noescape
func shardsigmoidgradAVX512(e *elements)

//go:noescape
func ssoftplusgradAVX512(e *elements)

//go:noescape
func ssilugradAVX512(e *elements)

//go:noescape
func sgelugradAVX512(e *elements)

//go:noescape
func sgelutanhgradAVX512(e *elements)

//go:noescape
func sexpAVX2(e *elements)

//go:noescape
func slogAVX2(e *elements)

//go:noescape
func ssigmoidAVX2(e *elements)

//go:noescape
func stanhAVX2(e *elements)

//go:noescape
func sreluAVX2(e *elements)

//go:noescape
func sleakyAVX2(e *elements)

//go:noescape
func seluAVX2(e *elements)

//go:noescape
func sseluAVX2(e *elements)

//go:noescape
func shardsigmoidAVX2(e *elements)

//go:noescape
func ssoftplusAVX2(e *elements)

//go:noescape
func ssiluAVX2(e *elements)

//go:noescape
func sgeluAVX2(e *elements)

//go:noescape
func sgelutanhAVX2(e *elements)

//go:noescape
func ssigmoidgradAVX2(e *elements)

//go:noescape
func stanhgradAVX2(e *elements)

//go:noescape
func srelugradAVX2(e *elements)

//go:noescape
func selugradAVX2(e *elements)

//go:noescape
func sselugradAVX2(e *elements)

//go:noescape
func shardsigmoidgradAVX2(e *elements)

//go:noescape
func ssoftplusgradAVX2(e *elements)

//go:noescape
func ssilugradAVX2(e *elements)

//go:noescape
func sgelugradAVX2(e *elements)

//go:noescape
func sgelutanhgradAVX2(e *elements)
