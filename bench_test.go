package hadamard

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/hadamard-go/hadamard/layout"
)

// ceiling is what a benchmark is compared with: amount units of work in a call
// of f. The metric is %roof, a hundred times the ratio; or x1, the ratio; or
// cycles/elem if the unit is the clock cycle, and the work of the benchmark so
// many elements.
type ceiling struct {
	f        func()
	amount   float64
	metric   string
	elements int
}

// measure runs f, which does amount units of work, in bursts of about 100 µs
// that take turns with the ceilings, and reports the medians of the bursts: the
// rate in the unit, and %roof, its ratio to a ceiling, or cycles/elem.
func measure(b *testing.B, unit string, amount float64, f func(), ceilings ...*ceiling) {
	seconds := func(n int, f func()) float64 {
		start := time.Now()
		for range n {
			f()
		}
		return time.Since(start).Seconds()
	}
	burst := func(f func()) int {
		f()
		return max(1, int(100e-6/max(seconds(1, f), 1e-9)))
	}
	ceilings = slices.DeleteFunc(ceilings, func(c *ceiling) bool { return c == nil })
	n := burst(f)
	var rates []float64
	bursts, ratios, tops := make([]int, len(ceilings)), make([][]float64, len(ceilings)), make([]float64, len(ceilings))
	for i, c := range ceilings {
		bursts[i] = burst(c.f)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += n {
		b.StopTimer()
		for i, c := range ceilings {
			tops[i] = float64(bursts[i]) * c.amount / seconds(bursts[i], c.f)
		}
		b.StartTimer()
		m := min(n, b.N-done)
		rate := float64(m) * amount / seconds(m, f)
		if m == n || done == 0 {
			rates = append(rates, rate)
			for i, top := range tops {
				ratios[i] = append(ratios[i], rate/top)
			}
		}
	}
	b.StopTimer()
	slices.Sort(rates)
	b.ReportMetric(rates[len(rates)/2]/1e9, unit)
	for i, c := range ceilings {
		slices.Sort(ratios[i])
		ratio := ratios[i][len(ratios[i])/2]
		switch c.metric {
		case "%roof":
			ratio *= 100
		case "cycles/elem":
			ratio = amount / float64(c.elements) / ratio
		}
		b.ReportMetric(ratio, c.metric)
	}
}

// clock is the ceiling that counts the cycles of an element: a chain of integer
// multiplications, of three cycles each on the processors from Intel and AMD.
func clock(elements int) *ceiling {
	if runtime.GOARCH != "amd64" {
		return nil
	}
	const n = 1 << 14
	return &ceiling{f: func() {
		x := product
		for range n {
			x *= 0x9e3779b97f4a7c15
		}
		product = x
	}, amount: 3 * n, metric: "cycles/elem", elements: elements}
}

var product uint64 = 1

// eachLevelBench runs f for every level of this machine.
func eachLevelBench(b *testing.B, f func(b *testing.B)) {
	old := level
	defer func() { level = old }()
	for _, l := range Levels() {
		level = l
		b.Run("level="+l.String(), f)
	}
}

// BenchmarkGemm is the matrix product of m × k and k × n: b=packed is Dense,
// b=rowmajor Gemm. For a layer of k inputs and n outputs and a batch of m rows,
// form=tn is the gradient of weights (Xᵀ·δ), form=nt that of inputs (δ·Wᵀ).
func BenchmarkGemm(b *testing.B) {
	eachLevelBench(b, func(b *testing.B) {
		shapes := [][3]int{{64, 64, 64}, {128, 128, 128}, {256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {2048, 2048, 2048},
			{8, 128, 128}, {64, 128, 128}, {256, 128, 128}, {8, 256, 256}, {64, 256, 256}, {8, 512, 512}, {64, 512, 512}, {256, 512, 512},
			{8, 784, 256}, {64, 784, 256}, {256, 784, 256}, {8, 1024, 1024}, {16, 1024, 1024}, {32, 1024, 1024}, {64, 1024, 1024}}
		for _, s := range shapes {
			m, k, n := s[0], s[1], s[2]
			if level == LevelGo && m*k*n > 1<<24 {
				continue
			}
			x, y, w := benchMatrix(m, k), benchMatrix(m, n), benchMatrix(k, n)
			p := layout.NewPanels(k, n)
			p.Pack(w, nil)
			name := fmt.Sprintf("m=%d/k=%d/n=%d", m, k, n)
			flops := 2 * float64(m) * float64(k) * float64(n)
			b.Run("b=packed/"+name, func(b *testing.B) {
				measure(b, "GFLOP/s", flops, func() { Dense(y, x, p, Identity, false) }, flopCeiling())
			})
			b.Run("b=rowmajor/"+name, func(b *testing.B) {
				measure(b, "GFLOP/s", flops, func() { Gemm(y, x, w, 0) }, flopCeiling())
			})
			if m < 64 {
				continue
			}
			g := layout.NewPanels(k, n)
			b.Run("form=tn/"+name, func(b *testing.B) {
				measure(b, "GFLOP/s", flops, func() { DenseGradW(g, x, y, false) }, flopCeiling())
			})
			dx := benchMatrix(m, k)
			b.Run("form=nt/"+name, func(b *testing.B) {
				measure(b, "GFLOP/s", flops, func() { DenseGradX(dx, y, p, layout.Matrix{}, Identity) }, flopCeiling())
			})
		}
	})
}

// BenchmarkGemv is a layer for one row.
func BenchmarkGemv(b *testing.B) {
	eachLevelBench(b, func(b *testing.B) {
		for _, s := range [][2]int{{64, 100}, {100, 30}, {30, 10}, {128, 10}, {64, 64}, {64, 128}, {256, 128}, {512, 512}, {784, 256}, {1024, 1024}, {4096, 4096}} {
			k, n := s[0], s[1]
			if level == LevelGo && k*n > 1<<20 {
				continue
			}
			x, y := benchMatrix(1, k).Row(0), benchMatrix(1, n).Row(0)
			p := layout.NewPanels(k, n)
			for i := range p.Data {
				p.Data[i] = 1
			}
			b.Run(fmt.Sprintf("k=%d/n=%d", k, n), func(b *testing.B) {
				measure(b, "GB/s", 4*float64(len(p.Data)), func() { Gemv(y, x, p, Identity, false) }, loadCeiling(p.Data))
			})
		}
	})
}

// BenchmarkFunc is a function of one value, from one vector to another in the L1
// cache, and softmax of 32 rows of n.
func BenchmarkFunc(b *testing.B) {
	eachLevelBench(b, func(b *testing.B) {
		const n = 4096
		x, y := benchMatrix(1, n).Row(0), benchMatrix(1, n).Row(0)
		for i := range x {
			x[i] = float32(i%64-32) / 8
		}
		run := func(name string, f func()) {
			b.Run(fmt.Sprintf("func=%s/n=%d", name, n), func(b *testing.B) {
				measure(b, "GB/s", 8*n, f, loadCeiling(x), clock(n))
			})
		}
		run("exp", func() { Exp(y, x) })
		for _, f := range []struct {
			name string
			act  Activation
		}{
			{"sigmoid", Sigmoid}, {"tanh", Tanh}, {"relu", ReLU}, {"leakyrelu", LeakyReLU(0.01)}, {"elu", ELU(1)}, {"selu", SELU},
			{"hardsigmoid", HardSigmoid}, {"softplus", Softplus}, {"silu", SiLU}, {"gelu", GELU}, {"gelu_tanh", GELUTanh},
		} {
			run(f.name, func() { Activate(y, x, f.act) })
		}
		run("log", func() { Log(y, y) })
		for _, cols := range []int{10, 100, 1000} {
			z, p := benchMatrix(32, cols), benchMatrix(32, cols)
			b.Run(fmt.Sprintf("func=softmax/n=%d", cols), func(b *testing.B) {
				size := 32 * float64(cols)
				measure(b, "GB/s", 8*size, func() { Softmax(p, z) }, loadCeiling(x), clock(32*cols))
			})
		}
	})
}

// BenchmarkOptimizer is a step on as many parameters as fit into the L2 cache,
// and on many more.
func BenchmarkOptimizer(b *testing.B) {
	eachLevelBench(b, func(b *testing.B) {
		for _, n := range []int{1 << 14, 1 << 22} {
			if level == LevelGo && n > 1<<20 {
				continue
			}
			w, g, m, v := layout.Alloc(n), layout.Alloc(n), layout.Alloc(n), layout.Alloc(n)
			for i := range g {
				g[i] = float32(i%17-8) / 1000
			}
			run := func(opt string, words int, f func()) {
				b.Run(fmt.Sprintf("opt=%s/n=%d", opt, n), func(b *testing.B) {
					measure(b, "GB/s", 4*float64(words*n), f, loadCeiling(w), clock(n))
				})
			}
			run("sgd", 3, func() { SGD(w, g, 1e-3, 0) })
			step := &AdamStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.999, OneMinusBeta2: 0.001, Rate: 1e-3, InvRootBias2: 1, Epsilon: 1e-8, Decay: 1}
			run("adam", 7, func() { Adam(w, g, m, v, nil, step) })
			if n > 1<<20 {
				continue
			}
			// A dead unit: the gradient is 0, and the moments decay towards the
			// numbers that make a processor slow.
			dead, dm, dv := layout.Alloc(n), layout.Alloc(n), layout.Alloc(n)
			for i := range dm {
				dm[i], dv[i] = 1e-37, 1e-37
			}
			run("adam_dead_unit", 7, func() { Adam(w, dead, dm, dv, nil, step) })
		}
	})
}

func benchMatrix(rows, cols int) layout.Matrix {
	m := layout.Matrix{Data: layout.Alloc(rows * cols), Rows: rows, Cols: cols, Stride: cols}
	for i := range m.Data {
		m.Data[i] = float32(i%17) / 17
	}
	return m
}
