package ffnn

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

func filled(in Initializer, inputs, outputs int, seed uint64) layout.Panels {
	w := layout.NewPanels(inputs, outputs)
	for i := range w.Data {
		w.Data[i] = 7 // left from before
	}
	in.fill(w, seed, 0)
	return w
}

func TestOrthogonal(t *testing.T) {
	for _, shape := range [][2]int{{1, 1}, {2, 2}, {1, 9}, {9, 1}, {16, 16}, {17, 33}, {33, 17}, {130, 128}, {64, 100}} {
		inputs, outputs := shape[0], shape[1]
		const gain = 1.5
		w := filled(Orthogonal(gain), inputs, outputs, 3)
		n, length := min(inputs, outputs), max(inputs, outputs)
		at := func(vector, i int) float64 {
			if inputs >= outputs {
				return float64(w.Weight(i, vector)) / gain
			}
			return float64(w.Weight(vector, i)) / gain
		}
		for a := range n {
			for b := range a + 1 {
				sum, want := 0.0, 0.0
				for i := range length {
					sum += at(a, i) * at(b, i)
				}
				if a == b {
					want = 1
				}
				if d := math.Abs(sum - want); !(d < 1e-6) {
					t.Fatalf("%d × %d: product of vectors %d and %d is off by %g", inputs, outputs, a, b, d)
				}
			}
		}
	}
}

// Over all orthogonal 4 × 4 matrices, the trace has mean 0 and variance 1, its
// fourth power mean 3, and each element mean 0 and variance ¼ (P. Diaconis,
// M. Shahshahani, 1994). Signs that follow from the reflections would show: the
// elements of the diagonal would not have mean 0.
func TestOrthogonalIsUniform(t *testing.T) {
	const n, runs = 4, 4000
	var sum, sum2 [n][n]float64
	var trace, trace2, trace4 float64
	for seed := range uint64(runs) {
		w := filled(Orthogonal(1), n, n, seed)
		tr := 0.0
		for k := range n {
			for j := range n {
				v := float64(w.Weight(k, j))
				sum[k][j] += v / runs
				sum2[k][j] += v * v / runs
			}
			tr += float64(w.Weight(k, k))
		}
		trace += tr / runs
		trace2 += tr * tr / runs
		trace4 += tr * tr * tr * tr / runs
	}
	sd := 1 / math.Sqrt(runs)
	for k := range n {
		for j := range n {
			if math.Abs(sum[k][j]) > 4*0.5*sd || math.Abs(sum2[k][j]-0.25) > 4*0.25*sd {
				t.Errorf("element (%d, %d): mean %.4f, square %.4f", k, j, sum[k][j], sum2[k][j])
			}
		}
	}
	if math.Abs(trace) > 4*sd || math.Abs(trace2-1) > 4*1.5*sd || math.Abs(trace4-3) > 4*10*sd {
		t.Errorf("trace: moments %.4f, %.4f, %.4f; want 0, 1, 3", trace, trace2, trace4)
	}
}

// Q is the factor that belongs to a positive diagonal of R = QᵀA, and columns
// that depend on each other give an orthonormal Q too.
func TestOrthonormalize(t *testing.T) {
	for name, a := range map[string][][]float64{
		"independent": {{-3, 1, 2, 0.5}, {1, -1, 4, 2}, {0, 2, -1, -7}},
		"equal":       {{1, 2, 3}, {1, 2, 3}, {2, 4, 6}},
		"zero":        {{0, 0, 0}, {0, 1, 0}, {0, 0, 0}},
	} {
		q := make([][]float64, len(a))
		for i := range a {
			q[i] = slices.Clone(a[i])
		}
		orthonormalize(q)
		for i := range q {
			for j := range q {
				want := 0.0
				if i == j {
					want = 1
				}
				if d := math.Abs(dot(q[i], q[j]) - want); !(d < 1e-15) {
					t.Errorf("%s: columns %d and %d of Q: off by %g", name, i, j, d)
				}
				r := dot(q[i], a[j])
				if i > j && math.Abs(r) > 1e-14 {
					t.Errorf("%s: R has %g below its diagonal at (%d, %d)", name, r, i, j)
				}
				if name == "independent" && i == j && r <= 0 {
					t.Errorf("R has %g on its diagonal at %d", r, i)
				}
			}
		}
	}
}

func TestInitializersWithArgument(t *testing.T) {
	const in, out = 300, 200
	for _, c := range []struct {
		init Initializer
		top  float64
	}{{Uniform(0.3), 0.3}, {TorchUniform, 1 / math.Sqrt(in)}} {
		w := filled(c.init, in, out, 1)
		var sum, sum2, top float64
		for k := range in {
			for j := range out {
				v := float64(w.Weight(k, j))
				sum += v / (in * out)
				sum2 += v * v / (in * out)
				top = max(top, math.Abs(v))
			}
		}
		std := c.top / math.Sqrt(3)
		if math.Abs(sum) > 4*std/math.Sqrt(in*out) || math.Abs(math.Sqrt(sum2)-std) > 0.01*std || top > c.top*(1+1e-6) || top < 0.99*c.top {
			t.Errorf("%v: mean %g, standard deviation %g, greatest %g", c.init, sum, math.Sqrt(sum2), top)
		}
	}
	for _, c := range []struct {
		v    float64
		want float32
	}{{0.25, 0.25}, {-3, -3}, {0, 0}, {0x1p-70, 0}} {
		w := filled(Constant(c.v), 3, 18, 1)
		for k := range 3 {
			for j := range 18 {
				if w.Weight(k, j) != c.want {
					t.Fatalf("Constant(%g): weight %g", c.v, w.Weight(k, j))
				}
			}
		}
		for j := range 18 {
			if w.Bias(j) != 0 {
				t.Fatalf("Constant(%g): bias %g", c.v, w.Bias(j))
			}
		}
		if pad := w.Data[len(w.Data)-1]; pad != 0 {
			t.Errorf("Constant(%g): padding %g", c.v, pad)
		}
	}
	if tiny := filled(Orthogonal(0x1p-70), 4, 4, 1); slices.Max(tiny.Data) != 0 {
		t.Error("Orthogonal: weights below the bound of the flush rule")
	}
}

// Initial weights of every kind, hashed; the same on every GOARCH.
const goldenInitializers = 0x85fefce3ebd3e77a

func TestInitializerBits(t *testing.T) {
	var all []float32
	for _, in := range []Initializer{GlorotUniform, GlorotNormal, HeUniform, HeNormal, LeCunUniform, LeCunNormal, Normal(0.3),
		TorchUniform, Uniform(0.3), Constant(0.1), Orthogonal(math.Sqrt2)} {
		all = append(all, filled(in, 23, 18, 5).Data...)
		all = append(all, filled(in, 18, 23, 6).Data...)
		all = append(all, filled(in, 20, 20, 7).Data...)
	}
	if got := hashBits(all); got != goldenInitializers {
		t.Errorf("weights hash to %#x, want %#x", got, uint64(goldenInitializers))
	}
}

func TestInitializersRefuse(t *testing.T) {
	for _, c := range []struct {
		init Initializer
		want string
	}{
		{Normal(-1), "initial weights: standard deviation -1: must be in [0, 1e+30]"},
		{Uniform(-0.5), "initial weights: limit -0.5: must be in [0, 1e+30]"},
		{Uniform(1e31), "limit 1e+31"},
		{Constant(math.NaN()), "initial weights: value NaN: must be in [-1e+30, 1e+30]"},
		{Constant(math.Inf(-1)), "value -Inf"},
		{Orthogonal(math.NaN()), "initial weights: gain NaN: must be in [0, 1e+30]"},
		{Orthogonal(-1), "gain -1"},
	} {
		_, err := New(2, Dense(3, Tanh).Init(c.init))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %q", c.init, err, c.want)
		}
	}
	for _, in := range []Initializer{Normal(1e30), Uniform(1e30), Constant(-1e30), Orthogonal(1e30), {}} {
		n, err := New(20, Dense(30, Tanh).Init(in))
		if err != nil || !n.finite() {
			t.Errorf("%v: error %v or weights that are not finite", in, err)
		}
	}
}

func TestParseInitializer(t *testing.T) {
	want := map[string]Initializer{"torch_uniform": TorchUniform, "orthogonal": Orthogonal(1), "zeros": Zeros, "he_normal": HeNormal}
	for _, name := range InitializerNames() {
		in, err := ParseInitializer(name)
		if w, ok := want[name]; err != nil || in.check() != nil || ok && in != w {
			t.Errorf("%s: %v, %v", name, in, err)
		}
	}
	_, err := ParseInitializer("xavier")
	if err == nil || !strings.Contains(err.Error(), `"xavier"`) || !strings.Contains(err.Error(), "glorot_uniform, glorot_normal") {
		t.Errorf("error %v", err)
	}
}

func BenchmarkOrthogonal(b *testing.B) {
	w := layout.NewPanels(500, 500)
	for b.Loop() {
		fillOrthogonal(w, kernels.Philox{}, 1)
	}
}
