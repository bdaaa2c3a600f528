package kernels

import (
	"math"
	"testing"
)

// approx is a real number, in float64, with a bound of how far float32
// arithmetic may end from it: a running error analysis. Each operation rounds
// once; an FMA, which rounds once for two, can only be better. The formulas of
// the tests are written in it as they stand in the papers.
//
// Source: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd
// ed., SIAM, 2002, §3.3.
type approx struct{ v, err float64 }

func exactly(x float32) approx { return approx{v: float64(x)} }

// rounded adds the error of one rounding to float32, k times half an ULP.
func (a approx) rounded(k float64) approx {
	a.err += k * 0x1p-24 * (math.Abs(a.v) + a.err)
	return a
}

func (a approx) plus(b approx) approx { return approx{a.v + b.v, a.err + b.err}.rounded(1) }

func (a approx) minus(b approx) approx { return approx{a.v - b.v, a.err + b.err}.rounded(1) }

func (a approx) times(b approx) approx {
	return approx{float64(a.v * b.v), float64(math.Abs(a.v)*b.err) + float64(a.err*(math.Abs(b.v)+b.err))}.rounded(1)
}

// over is the quotient, for a divisor that is further from 0 than its error.
func (a approx) over(b approx) approx {
	q := a.v / b.v
	return approx{q, (a.err + float64(math.Abs(q)*b.err)) / (math.Abs(b.v) - b.err)}.rounded(1)
}

func (a approx) root() approx {
	r := math.Sqrt(a.v)
	return approx{r, a.err / (r + math.Sqrt(max(a.v-a.err, 0x1p-200)))}.rounded(1)
}

func (a approx) abs() approx { return approx{math.Abs(a.v), a.err} }

func (a approx) max(b approx) approx { return approx{max(a.v, b.v), max(a.err, b.err)} }

// check fails if got is further from a than its bound; what the flush rule
// takes away is far below it.
func (a approx) check(t *testing.T, name string, got float32) {
	t.Helper()
	if d := math.Abs(float64(got) - a.v); !(d <= float64(a.err*(1+1e-9))+0x1p-63) {
		t.Errorf("%s: %g, want %g: off by %g, more than %g", name, got, a.v, d, a.err)
	}
}
