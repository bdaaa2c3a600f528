package hadamard

import (
	"math/rand/v2"
	"testing"

	"github.com/hadamard-go/hadamard/internal/guard"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Dense of few rows has the bits of the specification for every shape, on both
// sides of each limit of its kernels, and touches nothing outside of its
// operands.
func TestDenseOfFewRows(t *testing.T) {
	type shape struct{ m, k, n int }
	shapes := []shape{
		{1, 1023, 20}, {1, 1024, 33}, {1, 1025, 33}, {1, 2050, 130}, {1, 4095, 10}, {1, 4096, 32}, {1, 4097, 17},
		{2, 191, 32}, {9, 192, 32}, {9, 193, 32}, {8, 384, 16}, {9, 383, 16}, {2, 385, 16}, {3, 384, 9}, {1, 7, 300},
	}
	for n := 1; n <= 145; n++ {
		for _, k := range []int{1, 2, 3, 4, 5, 7, 8, 11, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 31, 32, 33, 35} {
			if n <= 35 || k <= 8 {
				shapes = append(shapes, shape{1, k, n})
			}
			if n <= 33 && k >= 16 {
				shapes = append(shapes, shape{2, k, n}, shape{3, k, n}, shape{9, k, n})
			}
		}
	}
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(15, 2))
		var mem guard.Memory
		defer mem.Free()
		for i, s := range shapes {
			atEnd := i%2 == 0
			matrix := func(rows, cols int) layout.Matrix {
				stride := cols + r.IntN(3)
				m := layout.Matrix{Data: mem.Alloc((rows-1)*stride+cols, atEnd), Rows: rows, Cols: cols, Stride: stride}
				for i := range m.Data {
					m.Data[i] = float32(r.NormFloat64())
				}
				return m
			}
			x, y, w, bias := matrix(s.m, s.k), matrix(s.m, s.n), matrix(s.k, s.n), matrix(1, s.n)
			p := layout.Panels{Data: mem.Alloc(layout.PanelsLen(s.k, s.n), atEnd), K: s.k, N: s.n}
			p.Pack(w, bias.Data)
			before := append([]float32(nil), y.Data...)
			want := layout.NewMatrix(s.m, s.n)
			kernels.SgemmBias(s.m, s.n, s.k, kernels.Segments(s.k, s.n), x.Data, x.Stride, w.Data, w.Stride, bias.Data, want.Data, s.n)
			Dense(y, x, p, Identity, false)
			for i := range s.m {
				for j, v := range want.Row(i) {
					if got := y.At(i, j); !same(got, v) {
						t.Fatalf("%d×%d×%d: (%d, %d) is %g, want %g", s.m, s.k, s.n, i, j, got, v)
					}
				}
			}
			for at, v := range y.Data {
				if at%y.Stride >= s.n && !same(v, before[at]) {
					t.Fatalf("%d×%d×%d: wrote between the rows", s.m, s.k, s.n)
				}
			}
			mem.Reset()
		}
	})
}
