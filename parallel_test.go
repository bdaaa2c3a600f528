package hadamard

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/hadamard-go/hadamard/layout"
)

// parallelProducts computes each form of product of a shape with p goroutines.
func parallelProducts(p Parallel, seed uint64, m, k, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 7))
	matrix := func(rows, cols int) layout.Matrix {
		stride := cols + r.IntN(2)*r.IntN(20)
		x := layout.Matrix{Data: layout.Alloc(rows*stride + cols), Rows: rows, Cols: cols, Stride: stride}
		fill(r, x.Data)
		return x
	}
	act, hidden := acts[r.IntN(len(acts))], r.IntN(2) == 0
	x, w, y, bias, dx := matrix(m, k), matrix(k, n), matrix(m, n), matrix(1, n).Row(0), matrix(m, k)
	xt, wt := matrix(k, m), matrix(n, k)
	panels, g := layout.NewPanels(k, n), layout.NewPanels(k, n)
	panels.Pack(w, bias)
	var all []float32
	p.Dense(y, x, panels, act, hidden)
	all = append(all, y.Data...)
	p.GemmBias(y, x, w, bias, act)
	all = append(all, y.Data...)
	p.Gemm(y, xt, w, TransA)
	all = append(all, y.Data...)
	p.Gemm(y, x, wt, TransB|Accumulate)
	all = append(all, y.Data...)
	p.DenseGradW(g, x, y, false)
	p.DenseGradW(g, x, y, true)
	all = append(all, g.Data...)
	p.DenseGradX(dx, y, panels, x, act)
	return append(all, dx.Data...)
}

// Any number of goroutines has the bits of one; also while other goroutines work
// in parallel, which get no helpers then.
func TestParallel(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(8, 8))
		shapes := [][3]int{{1, 784, 256}, {200, 20, 30}, {64, 400, 10}, {64, 16, 33}, {64, 64, 64}, {37, 300, 129}, {300, 40, 50}, {5, 700, 200}}
		for range 10 {
			shapes = append(shapes, [3]int{1 + r.IntN(150), 1 + r.IntN(300), 1 + r.IntN(300)})
		}
		for i, s := range shapes {
			if testing.Short() && i%3 > 0 {
				continue
			}
			want := parallelProducts(1, uint64(i), s[0], s[1], s[2])
			var wg sync.WaitGroup
			for _, p := range []Parallel{2, 3, 4, 64, 2, 2} {
				check := func() {
					got := parallelProducts(p, uint64(i), s[0], s[1], s[2])
					for j := range want {
						if !same(got[j], want[j]) {
							t.Errorf("%d goroutines, %v: element %d is %g, want %g", p, s, j, got[j], want[j])
							return
						}
					}
				}
				if check(); i%2 == 0 {
					wg.Go(check)
				}
			}
			wg.Wait()
		}
	})
}

// A goroutine waits for helpers that it has woken, and they are there for the
// next product; none of it allocates.
func TestParallelAllocs(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	eachLevel(t, func(t *testing.T) {
		x, y, w := benchMatrix(96, 96), benchMatrix(96, 96), benchMatrix(96, 96)
		g := layout.NewPanels(96, 96)
		g.Pack(w, nil)
		work := func() {
			Parallel(3).Dense(y, x, g, ReLU, true)
			Parallel(3).Gemm(y, x, w, 0)
			Parallel(3).DenseGradX(y, x, g, w, Tanh)
			Parallel(3).DenseGradW(g, x, y, true)
		}
		for range 100 {
			work() // starts helpers
		}
		time.Sleep(2 * spinFor) // they fall asleep
		if n := testing.AllocsPerRun(100, work); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

// A product on several goroutines, and x1, how many times as fast it is as on
// one.
func BenchmarkParallel(b *testing.B) {
	eachLevelBench(b, func(b *testing.B) {
		for _, s := range [][3]int{{64, 64, 64}, {128, 128, 128}, {256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {64, 784, 256}, {1, 4096, 4096}} {
			m, k, n := s[0], s[1], s[2]
			if level == LevelGo && m*k*n > 1<<24 {
				continue
			}
			x, y, w := benchMatrix(m, k), benchMatrix(m, n), benchMatrix(k, n)
			p, g, dx := layout.NewPanels(k, n), layout.NewPanels(k, n), benchMatrix(m, k)
			p.Pack(w, nil)
			threads := Parallel(2)
			for _, f := range []struct {
				name string
				f    func(Parallel)
			}{
				{"b=packed", func(t Parallel) { t.Dense(y, x, p, Identity, false) }},
				{"b=rowmajor", func(t Parallel) { t.Gemm(y, x, w, 0) }},
				{"form=tn", func(t Parallel) { t.DenseGradW(g, x, y, false) }},
				{"form=nt", func(t Parallel) { t.DenseGradX(dx, y, p, layout.Matrix{}, Identity) }},
			} {
				b.Run(fmt.Sprintf("%s/m=%d/k=%d/n=%d/threads=%d", f.name, m, k, n, threads), func(b *testing.B) {
					// Some milliseconds at a time: helpers that are asleep are woken when it
					// has been worth it for a while.
					flops := 2 * float64(m) * float64(k) * float64(n)
					calls := max(1, int(1e9/flops))
					many := func(t Parallel) func() {
						return func() {
							for range calls {
								f.f(t)
							}
						}
					}
					one := &ceiling{f: many(1), amount: flops * float64(calls), metric: "x1"}
					measure(b, "GFLOP/s", flops*float64(calls), many(threads), one)
				})
			}
		}
	})
}
