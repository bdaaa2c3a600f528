package hadamard

import (
	"math/rand/v2"
	"testing"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// rowLosses are the losses that take a row by itself, and their specification.
var rowLosses = []struct {
	name string
	run  func(loss []float32, dst, y, t layout.Matrix, scale float32)
	spec func(dst, y, t []float32, scale float32) float32
}{
	{"SquaredError", SquaredError, kernels.SquaredError},
	{"SigmoidCrossEntropy", SigmoidCrossEntropy, kernels.SigmoidCrossEntropy},
	{"AbsoluteError", AbsoluteError, kernels.AbsoluteError},
	{
		"Huber",
		func(loss []float32, dst, y, t layout.Matrix, scale float32) { Huber(loss, dst, y, t, 0.7, scale) },
		func(dst, y, t []float32, scale float32) float32 { return kernels.Huber(dst, y, t, 0.7, scale) },
	},
	{"BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, kernels.BinaryCrossEntropyProbs},
	{"CrossEntropyProbs", CrossEntropyProbs, kernels.CrossEntropyProbs},
}

// layerOps are the operations of this file on one row.
func layerOps() []op {
	r := kernels.Philox{Seed: 3}
	clone := func(x []float32) []float32 { return append([]float32(nil), x...) }
	ops := []op{
		{"Clip", func(d, x, _ []float32) { Clip(d, x, 0.5) }, func(d, x, _ []float32) { kernels.Clip(d, x, 0.5) }},
		{"AddSign", func(d, x, _ []float32) { AddSign(d, 0.3, x) }, func(d, x, _ []float32) { kernels.AddSign(d, 0.3, x) }},
		{
			"Dropout",
			func(d, x, _ []float32) { Dropout(row(d), row(x), r, 3, 1<<30, 1.5) },
			func(d, x, _ []float32) { kernels.Dropout(d, x, r, 3, 1<<30, 1.5) },
		},
		{"InvRoot", func(d, x, _ []float32) { InvRoot(d, x, 0.1) }, func(d, x, _ []float32) { kernels.InvRoot(d, x, 0.1) }},
		{"Normalize", func(d, x, y []float32) {
			s := clone(y)
			Normalize(row(d), row(clone(x)), row(x), s, s, s, s)
		}, func(d, x, y []float32) {
			s := clone(y)
			kernels.Normalize(d, clone(x), x, s, s, s, s)
		}},
		{"Normalize: x̂", func(d, x, y []float32) {
			s := clone(y)
			Normalize(row(clone(x)), row(d), row(x), s, s, s, s)
		}, func(d, x, y []float32) {
			s := clone(y)
			kernels.Normalize(clone(x), d, x, s, s, s, s)
		}},
		{"NormalizeGrad", func(d, x, y []float32) {
			s := clone(y)
			NormalizeGrad(row(d), row(x), row(y), s, s, s)
		}, func(d, x, y []float32) {
			s := clone(y)
			kernels.NormalizeGrad(d, x, y, s, s, s)
		}},
	}
	for _, l := range rowLosses[2:] {
		ops = append(ops, op{l.name,
			func(d, x, y []float32) { l.run(make([]float32, 1), row(d), row(x), row(clone(y)), 0.3) },
			func(d, x, y []float32) { l.spec(d, x, clone(y), 0.3) }})
	}
	return ops
}

// On matrices with padding and at every offset: each row, or column, has the
// bits of the specification, a batch in parts has those of the whole, and
// nothing outside is written.
func TestLayers(t *testing.T) {
	philox := kernels.Philox{Seed: 4}
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(11, 2))
		for _, m := range []int{0, 1, 2, 5, 9} {
			for _, n := range []int{0, 1, 3, 15, 16, 17, 33} {
				x, _ := guarded(t, r, m, n, n+2, 1)
				y, _ := guarded(t, r, m, n, n+1, 2)
				want, half := layout.NewMatrix(m, n), m/2
				result := func() (layout.Matrix, func(string)) { return guarded(t, r, m, n, n+r.IntN(4), r.IntN(5)) }
				var v [4][]float32
				for i := range v {
					v[i] = make([]float32, n)
					fill(r, v[i])
				}

				for _, l := range rowLosses {
					got, check := result()
					loss, alone, wantLoss := make([]float32, m), make([]float32, m), make([]float32, m)
					for i := range m {
						wantLoss[i] = l.spec(want.Row(i), x.Row(i), y.Row(i), 0.3)
					}
					l.run(loss, got, x, y, 0.3)
					l.run(alone, layout.Matrix{}, x, y, 0.3)
					compare(t, l.name, got, want)
					compare(t, l.name+": losses", row(loss), row(wantLoss))
					compare(t, l.name+": losses alone", row(alone), row(wantLoss))
					check(l.name)
				}

				got, check := result()
				for i := range m {
					kernels.Dropout(want.Row(i), x.Row(i), philox, uint64(7+i*n), 1<<31, 2)
				}
				Dropout(got, x, philox, 7, 1<<31, 2)
				compare(t, "Dropout", got, want)
				Dropout(got.Slice(0, half), x.Slice(0, half), philox, 7, 1<<31, 2)
				Dropout(got.Slice(half, m), x.Slice(half, m), philox, uint64(7+half*n), 1<<31, 2)
				compare(t, "Dropout in parts", got, want)
				check("Dropout")

				got, check = result()
				xhat, checkHat := result()
				wantHat := layout.NewMatrix(m, n)
				for i := range m {
					kernels.Normalize(want.Row(i), wantHat.Row(i), x.Row(i), v[0], v[1], v[2], v[3])
				}
				Normalize(got, xhat, x, v[0], v[1], v[2], v[3])
				compare(t, "Normalize", got, want)
				compare(t, "Normalize: x̂", xhat, wantHat)
				check("Normalize")
				checkHat("Normalize")
				Normalize(xhat, xhat, x, v[0], v[1], v[2], v[3])
				compare(t, "Normalize, y being x̂", xhat, want)

				got, check = result()
				for i := range m {
					kernels.NormalizeGrad(want.Row(i), x.Row(i), y.Row(i), v[0], v[1], v[2])
				}
				NormalizeGrad(got, x, y, v[0], v[1], v[2])
				compare(t, "NormalizeGrad", got, want)
				check("NormalizeGrad")

				moments, wantMoments := layout.NewMatrix(2, n), layout.NewMatrix(2, n)
				fill(r, moments.Data)
				ColMoments(moments.Row(0), moments.Row(1), x)
				if n > 0 {
					kernels.ColMoments(wantMoments.Row(0), wantMoments.Row(1), m, x.Data, x.Stride)
				}
				compare(t, "ColMoments", moments, wantMoments)

				dots, wantDots := append([]float32(nil), v[0]...), append([]float32(nil), v[0]...)
				if n > 0 {
					kernels.ColDots(wantDots, m, x.Data, x.Stride, y.Data, y.Stride)
				}
				ColDots(dots, x, y, true)
				compare(t, "ColDots", row(dots), row(wantDots))
				clear(wantDots)
				ColDots(wantDots, x, y, true)
				ColDots(dots, x.Slice(0, half), y.Slice(0, half), false)
				ColDots(dots, x.Slice(half, m), y.Slice(half, m), true)
				compare(t, "ColDots in parts", row(dots), row(wantDots))
			}
		}
	})
}

// The panels' columns have the bits of the row-major ones; biases and padding
// stay.
func TestMaxNorm(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(12, 2))
		for _, k := range []int{0, 1, 2, 9, 40} {
			for _, n := range []int{0, 1, 15, 16, 17, 40} {
				w, bias := layout.NewMatrix(k, n), make([]float32, n)
				fill(r, w.Data)
				fill(r, bias)
				got, want := layout.NewPanels(k, n), layout.NewPanels(k, n)
				got.Pack(w, bias)
				MaxNorm(got, 1.5)
				kernels.MaxNorm(w.Data, k, n, 1.5)
				want.Pack(w, bias)
				compare(t, "MaxNorm", row(got.Data), row(want.Data))
			}
		}
	})
}
