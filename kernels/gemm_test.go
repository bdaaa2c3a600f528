package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// fillAdversarial fills x with normal values, and here and there one that
// changes the behaviour of arithmetic.
func fillAdversarial(r *rand.Rand, x []float32, special bool) {
	for i := range x {
		x[i] = float32(r.NormFloat64())
		if special && r.IntN(7) == 0 {
			x[i] = specials[r.IntN(len(specials))]
		}
	}
}

// chain is the definition of one element of a product, from an accumulator.
func chain(acc float32, k int, a, b func(p int) float32) float32 {
	for p := range k {
		acc = fmaOdd(a(p), b(p), acc)
	}
	return acc
}

// All four storage orders of Sgemm, on small shapes exhaustively, against the
// definition element by element, with special values, and with C's surroundings
// untouched.
func TestSgemm(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	sizes := []int{0, 1, 2, 3, 5, 15, 16, 17}
	for _, m := range sizes {
		for _, n := range sizes {
			for _, k := range sizes {
				for mode := range 4 {
					rsa, csa, rsb, csb := k+1, 1, n+2, 1
					if mode&1 != 0 {
						rsa, csa = 1, m+3
					}
					if mode&2 != 0 {
						rsb, csb = 1, k+1
					}
					rsc := n + 2
					a := make([]float32, (m+4)*(k+4))
					b := make([]float32, (n+4)*(k+4))
					c := make([]float32, (m+1)*rsc)
					fillAdversarial(r, a, true)
					fillAdversarial(r, b, true)
					fillAdversarial(r, c, true)
					got := append([]float32(nil), c...)
					Sgemm(m, n, k, a, rsa, csa, b, rsb, csb, got, rsc)
					for i := range c {
						want := c[i]
						if row, col := i/rsc, i%rsc; row < m && col < n {
							want = chain(want, k,
								func(p int) float32 { return a[row*rsa+p*csa] },
								func(p int) float32 { return b[p*rsb+col*csb] })
						}
						if !sameBits(got[i], want) {
							t.Fatalf("m=%d n=%d k=%d mode=%d: c[%d] = %g, want %g", m, n, k, mode, i, got[i], want)
						}
					}
				}
			}
		}
	}
}

// The narrow-output rule, element by element, for every number of segments and
// for k that they do not divide.
func TestSgemmBias(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 2, 15, 16, 17, 31, 32, 33, 40} {
		for _, k := range []int{0, 1, 2, 3, 4, 5, 6, 7, 9, 15, 16, 17, 30, 33} {
			for seg := 1; seg <= 5; seg++ {
				const m = 3
				rsa, rsb, rsc := k+1, n+3, n+2
				a, b := make([]float32, m*rsa), make([]float32, (k+1)*rsb)
				bias, c := make([]float32, n), make([]float32, m*rsc)
				fillAdversarial(r, a, seg == 2)
				fillAdversarial(r, b, seg == 2)
				fillAdversarial(r, bias, false)
				fillAdversarial(r, c, true)
				got := append([]float32(nil), c...)
				SgemmBias(m, n, k, seg, a, rsa, b, rsb, bias, got, rsc)
				q := (k + seg - 1) / seg
				for i := range c {
					want := c[i]
					if row, col := i/rsc, i%rsc; col < n {
						want = bias[col]
						for s := range seg {
							from, to := min(s*q, k), min((s+1)*q, k)
							acc := float32(0)
							if s == 0 {
								acc = want
							}
							acc = chain(acc, to-from,
								func(p int) float32 { return a[row*rsa+from+p] },
								func(p int) float32 { return b[(from+p)*rsb+col] })
							if s == 0 {
								want = acc
							} else {
								want += acc
							}
						}
					}
					if !sameBits(got[i], want) {
						t.Fatalf("n=%d k=%d seg=%d: c[%d] = %g, want %g", n, k, seg, i, got[i], want)
					}
				}
			}
		}
	}
}

func TestSegments(t *testing.T) {
	for _, c := range []struct{ k, n, want int }{
		{15, 10, 1}, {16, 10, 4}, {16, 32, 4}, {16, 33, 1}, {784, 1, 4}, {784, 256, 1}, {0, 1, 1},
	} {
		if got := Segments(c.k, c.n); got != c.want {
			t.Errorf("Segments(%d, %d) = %d, want %d", c.k, c.n, got, c.want)
		}
	}
}

// The specification itself against float64: the error of a chain of k fused
// multiply-adds is at most γ_k·(|bias| + Σ|a||b|), γ_k = k·u/(1−k·u),
// u = 2⁻²⁴, whatever the order; the segments add S−1 additions (N. J. Higham,
// Accuracy and Stability of Numerical Algorithms, 2002, §3.1). Products that
// underflow add at most 2⁻¹⁵⁰ each.
func TestGemmErrorBound(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, k := range []int{1, 16, 100, 784, 3000} {
		for _, n := range []int{10, 40} {
			a, b := make([]float32, k), make([]float32, k*n)
			bias, c := make([]float32, n), make([]float32, n)
			fillAdversarial(r, a, false)
			fillAdversarial(r, b, false)
			fillAdversarial(r, bias, false)
			seg := Segments(k, n)
			SgemmBias(1, n, k, seg, a, k, b, n, bias, c, n)
			for j, got := range c {
				exact, abs := float64(bias[j]), math.Abs(float64(bias[j]))
				for p := range k {
					prod := float64(a[p]) * float64(b[p*n+j])
					exact += prod
					abs += math.Abs(prod)
				}
				ku := float64(k+seg-1) * 0x1p-24
				bound := ku/(1-ku)*abs + float64(k)*0x1p-150 + 1e-13*abs
				if d := math.Abs(float64(got) - exact); d > bound {
					t.Errorf("k=%d n=%d: off by %g, bound %g", k, n, d, bound)
				}
			}
		}
	}
}

func BenchmarkSgemm(b *testing.B) {
	for _, s := range [][3]int{{1, 16, 100}, {32, 16, 100}, {64, 64, 64}} {
		m, n, k := s[0], s[1], s[2]
		b.Run(fmt.Sprintf("m=%d/n=%d/k=%d", m, n, k), func(b *testing.B) {
			x, y, c := make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
			r := rand.New(rand.NewPCG(1, 1))
			fillAdversarial(r, x, false)
			fillAdversarial(r, y, false)
			for b.Loop() {
				clear(c)
				Sgemm(m, n, k, x, k, 1, y, n, 1, c, n)
			}
			b.ReportMetric(2*float64(m*n*k)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}
