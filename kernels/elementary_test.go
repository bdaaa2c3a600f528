package kernels_test

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
	"github.com/hadamard-go/hadamard/internal/ulp/sweep"
	"github.com/hadamard-go/hadamard/kernels"
)

// The bounds that the documentation claims, on every 4099th float32 and around
// the points where something changes. All inputs: go run ./internal/ulp.
func TestElementaryError(t *testing.T) {
	stride := uint64(4099)
	if testing.Short() {
		stride = 65539
	}
	for _, f := range sweep.Funcs {
		r := f.Points()
		r.Merge(f.Run(stride, true))
		if err := f.Check(r); err != nil {
			t.Error(err)
		}
	}
}

// ACCURACY.md tells what this code does: the error it reports for each function
// is the error at the input that it names.
func TestAccuracyFile(t *testing.T) {
	b, err := os.ReadFile("ACCURACY.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\w+) \| ([\d.]+) \| ([\da-f]{8}) \|.* % \|`).FindAllStringSubmatch(string(b), -1) {
		rows[m[1]] = m[2:]
	}
	for _, f := range sweep.Funcs {
		row := rows[f.Name]
		if row == nil {
			t.Errorf("%s has no row", f.Name)
			continue
		}
		u, _ := strconv.ParseUint(row[1], 16, 32)
		var r sweep.Result
		f.Try(uint32(u), &r)
		if got := fmt.Sprintf("%.4f", r.Max); got != row[0] {
			t.Errorf("%s(%s): %s ULP, the file says %s", f.Name, row[1], got, row[0])
		}
	}
}

// A change of any bit of any result fails here, on every machine. Whoever means
// it takes a new kernels.Version.
func TestElementaryBits(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(float32) float32
		want uint64
	}{
		{"Exp", kernels.Exp, 0x46d9c1b2978bcd35},
		{"Expm1", kernels.Expm1, 0x867006188d025435},
		{"Log", kernels.Log, 0x201e02d815abec81},
		{"Log1p", kernels.Log1p, 0x6f794e71a9022129},
		{"Sigmoid", kernels.Sigmoid, 0xa8f74cfcada57b84},
		{"Tanh", kernels.Tanh, 0xd8966be0546b99c8},
		{"Elu 1", func(x float32) float32 { return kernels.Elu(x, 1) }, 0xfa247a9dcef393a5},
		{"Elu 0.3", func(x float32) float32 { return kernels.Elu(x, 0.3) }, 0xcb9d6b8265cd85e1},
		{"Selu", kernels.Selu, 0x760c87b7ac515238},
		{"SeluGrad", kernels.SeluGrad, 0xcd164dd6b67e9e2e},
		{"Softplus", kernels.Softplus, 0x15a8fb484b130688},
		{"SoftplusGrad", kernels.SoftplusGrad, 0xa8f74cfcada57b84},
		{"HardSigmoid", kernels.HardSigmoid, 0xc6da7e7c71dff696},
		{"Silu", kernels.Silu, 0x07e2ec77cf81b989},
		{"SiluGrad", kernels.SiluGrad, 0x7404a3bbf753409a},
		{"Gelu", kernels.Gelu, 0x59764ec0bcc5ac63},
		{"GeluGrad", kernels.GeluGrad, 0x33e3e8e546180e93},
		{"GeluTanh", kernels.GeluTanh, 0xc4966bdfe71e21c8},
		{"GeluTanhGrad", kernels.GeluTanhGrad, 0x967d8e7a66cc6a67},
	} {
		h := fnv.New64a()
		var b [4]byte
		for u := uint64(0); u < 1<<32; u += 20011 { // a prime: all low bits occur
			y := c.f(math.Float32frombits(uint32(u)))
			bits := math.Float32bits(y)
			if y != y {
				bits = 0x7fc00000
			}
			binary.LittleEndian.PutUint32(b[:], bits)
			h.Write(b[:])
		}
		if got := h.Sum64(); got != c.want {
			t.Errorf("%s: hash 0x%016x, want 0x%016x", c.name, got, c.want)
		}
	}
}

func TestElementarySpecials(t *testing.T) {
	var (
		inf = float32(math.Inf(1))
		nan = float32(math.NaN())
		neg = float32(math.Copysign(0, -1))
		sub = math.Float32frombits(0x00012345)
		big = float32(math.MaxFloat32)
	)
	for _, c := range []struct {
		name string
		f    func(float32) float32
		x, y float32
	}{
		{"Exp", kernels.Exp, 0, 1}, {"Exp", kernels.Exp, neg, 1}, {"Exp", kernels.Exp, sub, 1},
		{"Exp", kernels.Exp, inf, inf}, {"Exp", kernels.Exp, -inf, 0}, {"Exp", kernels.Exp, -big, 0},
		{"Exp", kernels.Exp, 88.72283, 0x1.ffff08p127}, {"Exp", kernels.Exp, 88.72284, inf},
		{"Exp", kernels.Exp, -103.97207, math.SmallestNonzeroFloat32}, {"Exp", kernels.Exp, -103.97209, 0},
		{"Expm1", kernels.Expm1, 0, 0}, {"Expm1", kernels.Expm1, neg, neg}, {"Expm1", kernels.Expm1, -sub, -sub},
		{"Expm1", kernels.Expm1, inf, inf}, {"Expm1", kernels.Expm1, -inf, -1}, {"Expm1", kernels.Expm1, 88.72283, 0x1.ffff08p127},
		{"Log", kernels.Log, 0, -inf}, {"Log", kernels.Log, neg, -inf}, {"Log", kernels.Log, -1, nan}, {"Log", kernels.Log, -inf, nan},
		{"Log", kernels.Log, inf, inf}, {"Log", kernels.Log, 1, 0}, {"Log", kernels.Log, -sub, nan},
		{"Log", kernels.Log, math.SmallestNonzeroFloat32, -0x1.9d1dap6}, {"Log", kernels.Log, big, 0x1.62e43p6},
		{"Log1p", kernels.Log1p, 0, 0}, {"Log1p", kernels.Log1p, neg, neg}, {"Log1p", kernels.Log1p, sub, sub},
		{"Log1p", kernels.Log1p, -sub, -sub}, {"Log1p", kernels.Log1p, -1, -inf}, {"Log1p", kernels.Log1p, -1.0000001, nan},
		{"Log1p", kernels.Log1p, -inf, nan}, {"Log1p", kernels.Log1p, inf, inf}, {"Log1p", kernels.Log1p, big, 0x1.62e43p6},
		{"Sigmoid", kernels.Sigmoid, 0, 0.5}, {"Sigmoid", kernels.Sigmoid, neg, 0.5}, {"Sigmoid", kernels.Sigmoid, inf, 1},
		{"Sigmoid", kernels.Sigmoid, -inf, 0}, {"Sigmoid", kernels.Sigmoid, -big, 0}, {"Sigmoid", kernels.Sigmoid, big, 1},
		{"Tanh", kernels.Tanh, 0, 0}, {"Tanh", kernels.Tanh, neg, neg}, {"Tanh", kernels.Tanh, sub, sub}, {"Tanh", kernels.Tanh, -sub, -sub},
		{"Tanh", kernels.Tanh, inf, 1}, {"Tanh", kernels.Tanh, -inf, -1}, {"Tanh", kernels.Tanh, -big, -1}, {"Tanh", kernels.Tanh, 9.1, 1},
		{"Selu", kernels.Selu, neg, neg}, {"Selu", kernels.Selu, inf, inf}, {"Selu", kernels.Selu, -inf, -1.7580993},
		{"SeluGrad", kernels.SeluGrad, 1, 1.050701}, {"SeluGrad", kernels.SeluGrad, 0, 1.7580993}, {"SeluGrad", kernels.SeluGrad, -1.7580993, 0},
		{"Softplus", kernels.Softplus, 0, math.Ln2}, {"Softplus", kernels.Softplus, inf, inf}, {"Softplus", kernels.Softplus, -inf, 0},
		{"SoftplusGrad", kernels.SoftplusGrad, 0, 0.5},
		{"HardSigmoid", kernels.HardSigmoid, 0, 0.5}, {"HardSigmoid", kernels.HardSigmoid, 3, 1}, {"HardSigmoid", kernels.HardSigmoid, inf, 1},
		{"HardSigmoid", kernels.HardSigmoid, -3, 0}, {"HardSigmoid", kernels.HardSigmoid, -inf, 0},
		{"Silu", kernels.Silu, 0, 0}, {"Silu", kernels.Silu, neg, neg}, {"Silu", kernels.Silu, inf, inf}, {"Silu", kernels.Silu, -inf, neg},
		{"Silu", kernels.Silu, 2 * sub, sub}, {"SiluGrad", kernels.SiluGrad, neg, 0.5}, {"SiluGrad", kernels.SiluGrad, inf, 1}, {"SiluGrad", kernels.SiluGrad, -inf, neg},
		{"Gelu", kernels.Gelu, 0, 0}, {"Gelu", kernels.Gelu, neg, neg}, {"Gelu", kernels.Gelu, inf, inf}, {"Gelu", kernels.Gelu, -inf, 0},
		{"Gelu", kernels.Gelu, big, big}, {"Gelu", kernels.Gelu, 2 * sub, sub},
		{"GeluGrad", kernels.GeluGrad, 0, 0.5}, {"GeluGrad", kernels.GeluGrad, inf, 1}, {"GeluGrad", kernels.GeluGrad, -inf, neg},
		{"GeluTanh", kernels.GeluTanh, 0, 0}, {"GeluTanh", kernels.GeluTanh, neg, neg}, {"GeluTanh", kernels.GeluTanh, inf, inf},
		{"GeluTanh", kernels.GeluTanh, -inf, neg}, {"GeluTanh", kernels.GeluTanh, 2 * sub, sub},
		{"GeluTanhGrad", kernels.GeluTanhGrad, 0, 0.5}, {"GeluTanhGrad", kernels.GeluTanhGrad, inf, 1}, {"GeluTanhGrad", kernels.GeluTanhGrad, -inf, neg},
	} {
		got := c.f(c.x)
		if math.Float32bits(got) != math.Float32bits(c.y) && (got == got || c.y == c.y) {
			t.Errorf("%s(%g) = %g, want %g", c.name, c.x, got, c.y)
		}
		if got := c.f(nan); got == got {
			t.Errorf("%s(NaN) = %g", c.name, got)
		}
	}
	for _, x := range []float32{neg, 2, inf, -inf, nan} {
		want := map[bool]float32{true: x, false: -0.25}[!(x < 0)]
		if got := kernels.Elu(x, 0.25); math.Float32bits(got) != math.Float32bits(want) && (got == got || want == want) {
			t.Errorf("Elu(%g, 0.25) = %g, want %g", x, got, want)
		}
	}
}

// Values and derivatives against 60-digit arithmetic.
func TestActivationGolden(t *testing.T) {
	var file struct {
		X         golden.Array
		Functions map[string]struct{ Y, Dy golden.Array }
	}
	golden.Read(t, "testdata/activations.json", &file)
	fromOutput := func(kind kernels.Kind, alpha float32) func(x, y float32) float32 {
		return func(_, y float32) float32 {
			d := []float32{1}
			kernels.ActivateGrad(d, d, []float32{y}, kernels.Act{Kind: kind, Alpha: alpha})
			return d[0]
		}
	}
	fromInput := func(f func(float32) float32) func(x, y float32) float32 {
		return func(x, _ float32) float32 { return f(x) }
	}
	elu := func(alpha float32) func(float32) float32 {
		return func(x float32) float32 { return kernels.Elu(x, alpha) }
	}
	for name, f := range map[string]struct {
		f    func(float32) float32
		grad func(x, y float32) float32
	}{
		"sigmoid":   {kernels.Sigmoid, fromOutput(kernels.KindSigmoid, 0)},
		"tanh":      {kernels.Tanh, fromOutput(kernels.KindTanh, 0)},
		"elu_1":     {elu(1), fromOutput(kernels.KindELU, 1)},
		"elu_0.5":   {elu(0.5), fromOutput(kernels.KindELU, 0.5)},
		"selu":      {kernels.Selu, func(_, y float32) float32 { return kernels.SeluGrad(y) }},
		"softplus":  {kernels.Softplus, fromInput(kernels.SoftplusGrad)},
		"silu":      {kernels.Silu, fromInput(kernels.SiluGrad)},
		"gelu":      {kernels.Gelu, fromInput(kernels.GeluGrad)},
		"gelu_tanh": {kernels.GeluTanh, fromInput(kernels.GeluTanhGrad)},
	} {
		g, ok := file.Functions[name]
		if !ok || len(g.Y.Data) != len(file.X.Data) || len(g.Dy.Data) != len(file.X.Data) {
			t.Errorf("%s: not in the file", name)
			continue
		}
		for i, x := range file.X.Float32() {
			y := f.f(x)
			near(t, name, x, y, g.Y.Data[i])
			near(t, name+"′", x, f.grad(x, y), g.Dy.Data[i])
		}
	}
}

func near(t *testing.T, name string, x, got float32, want float64) {
	t.Helper()
	if d := math.Abs(float64(got) - want); !(d <= 4e-6*math.Abs(want)+2e-7) && float64(got) != float64(float32(want)) {
		t.Errorf("%s(%g) = %g, want %g", name, x, got, want)
	}
}

func TestElementaryAllocs(t *testing.T) {
	for _, f := range sweep.Funcs {
		if n := testing.AllocsPerRun(10, func() { f.F(-1.5); f.F(0.3); f.F(20) }); n != 0 {
			t.Errorf("%s: %g allocations", f.Name, n)
		}
	}
}

func BenchmarkElementary(b *testing.B) {
	x := make([]float32, 1024)
	for i := range x {
		x[i] = float32(i-512) / 64
	}
	for _, f := range sweep.Funcs {
		b.Run("fn="+f.Name, func(b *testing.B) {
			var s float32
			for range b.N {
				for _, v := range x {
					s += f.F(v)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)), "ns/elt")
			sink = s
		})
	}
}

var sink float32
