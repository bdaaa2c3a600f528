package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
)

// The moments, chain by chain with the padding of rows left alone, and against
// the sums in float64.
func TestColMoments(t *testing.T) {
	r := rand.New(rand.NewPCG(30, 1))
	for _, m := range []int{1, 2, 3, 17, 100} {
		for _, n := range []int{0, 1, 2, 16, 17} {
			stride := n + 2
			x := make([]float32, m*stride)
			fillAdversarial(r, x, false)
			for i := range m {
				x[i*stride+n] = nan // padding
			}
			mean, variance := make([]float32, n+1), make([]float32, n+1)
			mean[n], variance[n] = 5, 6
			if n > 0 {
				mean[0], variance[0] = nan, nan // what was there does not matter
			}
			ColMoments(mean[:n], variance[:n], m, x, stride)
			if mean[n] != 5 || variance[n] != 6 {
				t.Fatalf("%d × %d: wrote behind the moments", m, n)
			}
			for j := range n {
				var sum, squares float32
				exact, size := 0.0, 0.0
				for i := range m {
					v := x[i*stride+j]
					sum += v
					exact += float64(v)
					size += math.Abs(float64(v))
				}
				if want := sum / float32(m); mean[j] != want {
					t.Errorf("%d × %d: mean %d is %g, want %g", m, n, j, mean[j], want)
				}
				exact /= float64(m)
				approx{exact, float64(m) * 0x1p-24 * size / float64(m)}.rounded(1).check(t, "mean", mean[j])

				exactVar := 0.0
				for i := range m {
					v := x[i*stride+j]
					h := v - mean[j]
					squares = fmaOdd(h, h, squares)
					exactVar += (float64(v) - exact) * (float64(v) - exact)
				}
				if want := squares / float32(m); variance[j] != want {
					t.Errorf("%d × %d: variance %d is %g, want %g", m, n, j, variance[j], want)
				}
				// About another mean the sum is greater by the square of the difference.
				off := float64(mean[j]) - exact
				approx{exactVar / float64(m), off * off}.rounded(float64(m+3)).check(t, "variance", variance[j])
			}
		}
	}
}

func TestNormSpecials(t *testing.T) {
	mean, variance := []float32{0}, []float32{0}
	for _, c := range []struct {
		x              []float32
		mean, variance float32
	}{
		{nil, nan, nan},
		{[]float32{neg}, 0, 0},
		{[]float32{7, 7, 7}, 7, 0},
		{[]float32{0x1p-64, 0x1.8p-63}, 0x1p-63, 0}, // differences of 2⁻⁶⁴ are flushed
		{[]float32{0, 0x1p-62}, 0x1p-63, 0x1p-126},
		{[]float32{1, nan}, nan, nan},
		{[]float32{1, inf}, inf, nan},
		{[]float32{0x1p100, -0x1p100}, 0, inf},
	} {
		ColMoments(mean, variance, len(c.x), c.x, 1)
		if !sameBits(mean[0], c.mean) || !sameBits(variance[0], c.variance) {
			t.Errorf("moments of %g: %g, %g, want %g, %g", c.x, mean[0], variance[0], c.mean, c.variance)
		}
	}
	for _, c := range []struct{ v, eps, want float32 }{
		{0, 0, inf}, {neg, 0, inf}, {-1, 0, nan}, {nan, 1, nan}, {inf, 1, 0}, {0.25, 0, 2}, {3, 1, 0.5}, {0, 0x1p-126, 0x1p63},
	} {
		InvRoot(mean, []float32{c.v}, c.eps)
		if !sameBits(mean[0], c.want) {
			t.Errorf("1/√(%g+%g) = %g, want %g", c.v, c.eps, mean[0], c.want)
		}
	}
	y, xhat := []float32{0}, []float32{0}
	for _, c := range []struct{ x, mean, inv, gamma, beta, xhat, y float32 }{
		{3, 1, 0.5, 4, 2, 1, 6},
		{1, 1, 0.5, 4, 2, 0, 2},
		{1 + 0x1p-23, 1, 0x1p-41, 0x1p60, 2, 0, 2}, // 2⁻⁶⁴ is flushed
		{1 + 0x1p-23, 1, 0x1p-40, 0x1p63, 2, 0x1p-63, 3},
		{1 + 0x1p-12, 0, 1, 1 + 0x1p-12, -1 - 0x1p-11, 1 + 0x1p-12, 0x1p-24}, // fused
		{1, 1, inf, 1, 2, nan, nan},
		{nan, 1, 1, 1, 2, nan, nan},
		{inf, 1, 1, 1, 2, inf, inf},
	} {
		Normalize(y, xhat, []float32{c.x}, []float32{c.mean}, []float32{c.inv}, []float32{c.gamma}, []float32{c.beta})
		if !sameBits(xhat[0], c.xhat) || !sameBits(y[0], c.y) {
			t.Errorf("%+v: x̂ %g, y %g", c, xhat[0], y[0])
		}
	}
	for _, c := range []struct{ dy, xhat, c, db, dg, want float32 }{
		{5, 3, 2, 1, 0.5, 5},
		{1, 0, 0x1p-64, 0, 0, 0},
		{-1, 0, 0x1p-63, 0, 0, -0x1p-63},
		{1 + 0x1p-11 + 0x1p-23, 1 + 0x1p-12, 1, 0, 1 + 0x1p-12, 0x1p-24}, // fused
		{nan, 0, 1, 0, 0, nan},
		{1, nan, 1, 0, 0, nan},
	} {
		NormalizeGrad(y, []float32{c.dy}, []float32{c.xhat}, []float32{c.c}, []float32{c.db}, []float32{c.dg})
		if !sameBits(y[0], c.want) {
			t.Errorf("%+v: %g", c, y[0])
		}
	}
}

// The element-wise operations against their formulas, and in place.
func TestNormFormulas(t *testing.T) {
	const n = 300
	r := rand.New(rand.NewPCG(31, 1))
	var v [6][]float32
	for i := range v {
		v[i] = make([]float32, n)
		fillAdversarial(r, v[i], false)
	}
	a, b, c, d, e, f := v[0], v[1], v[2], v[3], v[4], v[5]
	for i := range c {
		c[i] = abs(c[i])
	}
	got, xhat := make([]float32, n), make([]float32, n)
	InvRoot(got, c, 1e-3)
	for i := range got {
		exactly(1).over(exactly(c[i]).plus(exactly(1e-3)).root()).check(t, "InvRoot", got[i])
	}
	inPlace := func(name string, x []float32, f func(x []float32)) {
		t.Helper()
		x = append([]float32(nil), x...)
		f(x)
		for i := range x {
			if !sameBits(x[i], got[i]) {
				t.Fatalf("%s in place: element %d is %g, want %g", name, i, x[i], got[i])
			}
		}
	}
	inPlace("InvRoot", c, func(x []float32) { InvRoot(x, x, 1e-3) })

	Normalize(got, xhat, a, b, c, d, e)
	for i := range got {
		h := exactly(a[i]).minus(exactly(b[i])).times(exactly(c[i]))
		h.check(t, "x̂", xhat[i])
		exactly(d[i]).times(h).plus(exactly(e[i])).check(t, "Normalize", got[i])
	}
	inPlace("Normalize, y and x̂ being x,", a, func(x []float32) { Normalize(x, x, x, b, c, d, e) })
	inPlace("Normalize, y being x,", a, func(x []float32) { Normalize(x, make([]float32, n), x, b, c, d, e) })

	NormalizeGrad(got, a, b, c, d, f)
	for i := range got {
		inner := exactly(a[i]).minus(exactly(d[i])).minus(exactly(b[i]).times(exactly(f[i])))
		exactly(c[i]).times(inner).check(t, "NormalizeGrad", got[i])
	}
	inPlace("NormalizeGrad, dst being dy,", a, func(x []float32) { NormalizeGrad(x, x, b, c, d, f) })
	inPlace("NormalizeGrad, dst being x̂,", b, func(x []float32) { NormalizeGrad(x, a, x, c, d, f) })
}

// One chain for each column, which can be continued: rows in two calls have the
// bits of one.
func TestColDots(t *testing.T) {
	r := rand.New(rand.NewPCG(32, 1))
	for _, special := range []bool{false, true} {
		for _, n := range []int{0, 1, 5, 16, 19} {
			const m = 13
			rsx, rsy := n+1, n+3
			x, y := make([]float32, m*rsx), make([]float32, m*rsy)
			fillAdversarial(r, x, special)
			fillAdversarial(r, y, special)
			whole, parts := make([]float32, n), make([]float32, n)
			ColDots(whole, m, x, rsx, y, rsy)
			ColDots(parts, 4, x, rsx, y, rsy)
			ColDots(parts, 0, nil, rsx, nil, rsy)
			ColDots(parts, m-4, x[4*rsx:], rsx, y[4*rsy:], rsy)
			for j := range n {
				want := chain(0, m, func(i int) float32 { return x[i*rsx+j] }, func(i int) float32 { return y[i*rsy+j] })
				if !sameBits(whole[j], want) || !sameBits(parts[j], want) {
					t.Errorf("column %d of %d: %g in one call, %g in two, want %g", j, n, whole[j], parts[j], want)
				}
				sum := approx{}
				for i := range m {
					sum = exactly(x[i*rsx+j]).times(exactly(y[i*rsy+j])).plus(sum)
				}
				if !special {
					sum.check(t, "ColDots", whole[j])
				}
			}
		}
	}
}

// PyTorch's BatchNorm1d over three steps: forward, backward, running moments,
// and the normalisation with them.
func TestBatchNormGolden(t *testing.T) {
	var file layersFile
	golden.Read(t, "testdata/layers.json", &file)
	for _, c := range file.Batchnorm {
		gamma, beta := c.Gamma.Float32(), c.Beta.Float32()
		n, eps, keep := len(gamma), float32(c.Eps), float32(1-c.Momentum)
		vector := func() []float32 { return make([]float32, n) }
		mean, variance, inv, dgamma, dbeta, factor := vector(), vector(), vector(), vector(), vector(), vector()
		runMean, runVar := vector(), vector()
		for j := range runVar {
			runVar[j] = 1
		}
		for k, s := range c.Steps {
			name := func(what string) string { return fmt.Sprintf("%d features, step %d: %s", n, k, what) }
			m := s.X.Shape[0]
			x, dy := s.X.Float32(), s.Dy.Float32()
			y, xhat, dx := make([]float32, m*n), make([]float32, m*n), make([]float32, m*n)
			eachRow := func(f func(at, end int)) {
				for i := range m {
					f(i*n, (i+1)*n)
				}
			}
			ColMoments(mean, variance, m, x, n)
			InvRoot(inv, variance, eps)
			eachRow(func(i, e int) { Normalize(y[i:e], xhat[i:e], x[i:e], mean, inv, gamma, beta) })
			golden.Close(t, name("y"), y, s.Y.Data, 1e-5, 0)

			clear(dgamma)
			clear(dbeta)
			ColSums(dbeta, m, dy, n)
			ColDots(dgamma, m, dy, n, xhat, n)
			golden.Close(t, name("dβ"), dbeta, s.Dbeta.Data, 1e-5, 0)
			golden.Close(t, name("dγ"), dgamma, s.Dgamma.Data, 1e-5, 0)
			Mul(factor, gamma, inv)
			Scale(dbeta, 1/float32(m), dbeta)
			Scale(dgamma, 1/float32(m), dgamma)
			eachRow(func(i, e int) { NormalizeGrad(dx[i:e], dy[i:e], xhat[i:e], factor, dbeta, dgamma) })
			// Of two rows almost everything cancels in dx; what is left has the
			// rounding errors of the terms, a few units each.
			terms := 0.0
			for j := range n {
				for i := range m {
					terms = max(terms, math.Abs(float64(factor[j])*float64(dy[i*n+j])))
				}
			}
			golden.Close(t, name("dx"), dx, s.Dx.Data, 0, 8*0x1p-24*terms)

			Scale(runMean, keep, runMean)
			Axpy(runMean, float32(c.Momentum), mean)
			Scale(runVar, keep, runVar)
			Axpy(runVar, float32(c.Momentum*float64(m)/float64(m-1)), variance) // unbiased
			golden.Close(t, name("running mean"), runMean, s.Mean.Data, 1e-5, 0)
			golden.Close(t, name("running variance"), runVar, s.Variance.Data, 1e-5, 0)

			InvRoot(inv, runVar, eps)
			eachRow(func(i, e int) { Normalize(y[i:e], xhat[i:e], x[i:e], runMean, inv, gamma, beta) })
			golden.Close(t, name("y in evaluation"), y, s.Eval.Data, 1e-5, 0)
		}
		if len(c.Steps) != 3 {
			t.Errorf("%d steps", len(c.Steps))
		}
	}
	if len(file.Batchnorm) != 2 {
		t.Errorf("%d cases", len(file.Batchnorm))
	}
}
