package hadamard

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/hadamard-go/hadamard/internal/guard"
	"github.com/hadamard-go/hadamard/layout"
)

// guardedMatrix returns a matrix of wild values between forbidden pages, whose
// rows are stride elements apart; it ends with its last element, or begins with
// its first.
func guardedMatrix(mem *guard.Memory, r *rand.Rand, rows, cols, stride int, atEnd bool) layout.Matrix {
	n := 0
	if cols == 0 {
		stride = 0
	}
	if rows > 0 {
		n = (rows-1)*stride + cols
	}
	m := layout.Matrix{Data: mem.Alloc(n, atEnd), Rows: rows, Cols: cols, Stride: stride}
	fill(r, m.Data)
	return m
}

// products computes each form of product of a shape at the level in use, on
// operands between forbidden pages, and returns all results one after the other.
func products(mem *guard.Memory, seed uint64, m, k, n int, atEnd bool) []float32 {
	mem.Reset()
	r := rand.New(rand.NewPCG(seed, uint64(m)<<40|uint64(k)<<20|uint64(n)))
	wide := func(cols int) int { return cols + r.IntN(3)*r.IntN(20) }
	act := acts[r.IntN(len(acts))]
	hidden := r.IntN(2) == 0
	x, w := guardedMatrix(mem, r, m, k, wide(k), atEnd), guardedMatrix(mem, r, k, n, wide(n), atEnd)
	y, bias := guardedMatrix(mem, r, m, n, wide(n), atEnd), guardedMatrix(mem, r, 1, n, n, atEnd).Data
	p := layout.Panels{Data: mem.Alloc(layout.PanelsLen(k, n), atEnd), K: k, N: n}
	p.Pack(w, bias)
	var all []float32
	keep := func(m layout.Matrix) {
		for i := range m.Rows {
			all = append(all, m.Row(i)...)
		}
	}
	Dense(y, x, p, act, hidden)
	keep(y)
	if m > 0 {
		Gemv(y.Row(0), x.Row(m-1), p, act, hidden)
		keep(y)
	}
	GemmBias(y, x, w, bias, act)
	keep(y)
	Gemm(y, x, w, Accumulate)
	keep(y)
	wt := guardedMatrix(mem, r, n, k, wide(k), atEnd)
	Gemm(y, x, wt, TransB)
	keep(y)
	xt := guardedMatrix(mem, r, k, m, wide(m), atEnd)
	Gemm(y, xt, w, TransA)
	keep(y)
	Gemm(y, xt, wt, TransA|TransB)
	keep(y)
	g := layout.Panels{Data: mem.Alloc(layout.PanelsLen(k, n), atEnd), K: k, N: n}
	DenseGradW(g, x, y, false)
	DenseGradW(g, x, y, true)
	all = append(all, g.Data...)
	dx := guardedMatrix(mem, r, m, k, wide(k), atEnd)
	DenseGradX(dx, y, p, x, act)
	keep(dx)
	all = append(all, x.Data...) // unchanged
	all = append(all, w.Data...)
	all = append(all, p.Data...)
	all = append(all, y.Data...) // and nothing between rows
	return append(all, dx.Data...)
}

// compareProducts compares all levels with level go.
func compareProducts(t *testing.T, mem *guard.Memory, seed uint64, m, k, n int) {
	t.Helper()
	old := level
	defer func() { level = old }()
	level = LevelGo
	want := products(mem, seed, m, k, n, seed%2 == 0)
	for _, l := range Levels()[1:] {
		level = l
		got := products(mem, seed, m, k, n, seed%2 == 0)
		for i := range want {
			if !same(got[i], want[i]) {
				t.Fatalf("%v, %d × %d × %d, seed %d: element %d is %g (%#x), want %g (%#x)", l, m, k, n, seed, i,
					got[i], math.Float32bits(got[i]), want[i], math.Float32bits(want[i]))
			}
		}
	}
}

// Every shape up to two tiles and more (with HADAMARD_EXHAUSTIVE=1, which takes some
// minutes; otherwise a part of them), then random large ones.
func TestProductShapes(t *testing.T) {
	if len(Levels()) == 1 {
		t.Skip("there is level go alone")
	}
	var mem guard.Memory
	defer mem.Free()
	every := 37
	switch {
	case os.Getenv("HADAMARD_EXHAUSTIVE") != "":
		every = 1
	case testing.Short():
		every = 211
	}
	i := 0
	for m := range 34 {
		for n := range 71 {
			for k := range 71 {
				if i++; i%every == 0 {
					compareProducts(t, &mem, uint64(i), m, k, n)
				}
			}
		}
	}
	r := rand.New(rand.NewPCG(3, 5))
	for range 40 {
		compareProducts(t, &mem, r.Uint64(), 1+r.IntN(90), 1+r.IntN(300), 1+r.IntN(200))
	}
	// Blocks of k, of rows, copied rows and columns, packed panels, long segments,
	// transposed products.
	for _, s := range [][3]int{{3, 2100, 40}, {30, 1030, 130}, {15, 512, 160}, {29, 1024, 140}, {20, 4200, 20}, {2, 4500, 33}, {300, 40, 20}, {9, 70, 1100},
		{20, 300, 140}, {300, 40, 1030}, {9, 70, 2100}, {140, 150, 160}} {
		if testing.Short() && s[0]*s[1]*s[2] > 1<<19 {
			continue
		}
		compareProducts(t, &mem, 2, s[0], s[1], s[2])
		compareProducts(t, &mem, 3, s[0], s[1], s[2])
	}
}
