package hadamard

import (
	"math"
	"os"
	"testing"

	"github.com/hadamard-go/hadamard/kernels"
)

// Every function of one value and every derivative, for every float32
// (HADAMARD_EXHAUSTIVE=1; some minutes for each).
func TestEveryFloat32(t *testing.T) {
	if os.Getenv("HADAMARD_EXHAUSTIVE") == "" || len(Levels()) == 1 {
		t.Skip("takes hours: set HADAMARD_EXHAUSTIVE=1, on a processor with another level than go")
	}
	one := make([]float32, 1<<14)
	for i := range one {
		one[i] = 1
	}
	sweep := func(name string, spec, f func(dst, x []float32)) {
		t.Run(name, func(t *testing.T) {
			old := level
			defer func() { level = old }()
			x, want, got := make([]float32, len(one)), make([]float32, len(one)), make([]float32, len(one))
			for from := uint64(0); from < 1<<32; from += uint64(len(x)) {
				for i := range x {
					x[i] = math.Float32frombits(uint32(from) + uint32(i))
				}
				spec(want, x)
				for _, level = range Levels()[1:] {
					f(got, x)
					for i := range x {
						if !same(got[i], want[i]) {
							t.Fatalf("%v: f(%g = %#x) is %g (%#x), want %g (%#x)", level, x[i], math.Float32bits(x[i]),
								got[i], math.Float32bits(got[i]), want[i], math.Float32bits(want[i]))
						}
					}
				}
			}
		})
	}
	sweep("exp", kernels.ExpSlice, Exp)
	sweep("log", kernels.LogSlice, Log)
	for _, f := range []struct {
		name string
		act  Activation
	}{
		{"sigmoid", Sigmoid}, {"tanh", Tanh}, {"relu", ReLU}, {"leakyrelu", LeakyReLU(0.01)}, {"elu", ELU(1.5)}, {"selu", SELU},
		{"hardsigmoid", HardSigmoid}, {"softplus", Softplus}, {"silu", SiLU}, {"gelu", GELU}, {"gelu_tanh", GELUTanh},
	} {
		sweep(f.name,
			func(dst, x []float32) { kernels.Activate(dst, x, f.act, kernels.FlushProduct) },
			func(dst, x []float32) { activate(dst, x, f.act, kernels.FlushProduct) })
		sweep(f.name+"/derivative",
			func(dst, x []float32) { kernels.ActivateGrad(dst, one, x, f.act) },
			func(dst, x []float32) { ActivateGrad(dst, one, x, f.act) })
	}
}
