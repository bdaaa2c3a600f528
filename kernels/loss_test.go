package kernels

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
)

// PyTorch's values and gradients, from logits and from outputs, with soft
// targets and extreme logits.
func TestLossesGolden(t *testing.T) {
	var file struct {
		Std []struct {
			Loss          string
			Note          string
			Smoothing     float64 `json:"label_smoothing"`
			Delta         float64
			Input, Target golden.Array
			Value         float64
			Grad          golden.Array
		}
	}
	golden.Read(t, "testdata/costs.json", &file)
	seen, deltas := map[string]int{}, map[float64]int{}
	for i, c := range file.Std {
		m, n := c.Input.Shape[0], c.Input.Shape[1]
		x, target, grad := c.Input.Float32(), c.Target.Float32(), make([]float32, m*n)
		for j, v := range target { // PyTorch's label smoothing
			target[j] = float32((1-c.Smoothing)*float64(v) + c.Smoothing/float64(n))
		}
		loss, div := SquaredError, float64(m*n)
		scale := float32(2 / div)
		switch c.Loss {
		case "ols_sum_per_row":
			div = float64(m)
			scale = float32(2 / div)
		case "bce_with_logits_mean":
			loss, scale = SigmoidCrossEntropy, float32(1/div)
		case "cross_entropy_logits_mean":
			div = float64(m)
			loss, scale = SoftmaxCrossEntropy, float32(1/div)
		case "mae_mean":
			loss, scale = AbsoluteError, float32(1/div)
		case "huber_mean":
			deltas[c.Delta]++
			scale = float32(1 / div)
			loss = func(dst, z, t []float32, scale float32) float32 {
				return Huber(dst, z, t, float32(c.Delta), scale)
			}
		case "bce_mean":
			loss, scale = BinaryCrossEntropyProbs, float32(1/div)
		}
		var sum float64
		for r := range m {
			sum += float64(loss(grad[r*n:][:n], x[r*n:][:n], target[r*n:][:n], scale))
		}
		golden.Close(t, c.Loss+" "+c.Note, grad, c.Grad.Data, 1e-5, 0)
		if got := sum / div; math.Abs(got-c.Value) > 1e-5*math.Abs(c.Value) {
			t.Errorf("case %d, %s %s: loss %g, want %g", i, c.Loss, c.Note, got, c.Value)
		}
		seen[c.Loss]++
	}
	if len(seen) != 7 || len(file.Std) != 40 || len(deltas) != 2 {
		t.Errorf("saw %v, deltas %v", seen, deltas)
	}
}

// Confident rows keep their small losses, and a loss alone is the same loss.
func TestLossDetails(t *testing.T) {
	one := []float32{1}
	if got := SigmoidCrossEntropy(nil, []float32{30}, one, 1); math.Abs(float64(got)-math.Exp(-30)) > 1e-18 {
		t.Errorf("loss of a logit of 30 is %g, want %g", got, math.Exp(-30))
	}
	d := make([]float32, 2)
	if got := SigmoidCrossEntropy(d[:1], []float32{-200}, one, 1); got != 200 || d[0] != -1 {
		t.Errorf("logit −200: loss %g, gradient %g", got, d[0])
	}
	if a, b := SquaredError(nil, []float32{3}, one, 1), SquaredError(d[:1], []float32{3}, one, 0.5); a != 4 || b != 4 || d[0] != 1 {
		t.Errorf("squared error: %g and %g, gradient %g", a, b, d[0])
	}
	// A square is fused onto its lane: 2⁻²⁴ and (1+2⁻¹²)² make 1 + 2⁻¹¹ + 2⁻²³.
	e := make([]float32, 17)
	e[0], e[16] = 0x1p-12, 1+0x1p-12
	if got := SquaredError(nil, e, make([]float32, 17), 1); got != 1+0x1p-11+0x1p-23 {
		t.Errorf("squares are not fused: %g", got)
	}
	// Targets that do not sum to one: a class weight of 2, and no class.
	z := []float32{0, 0}
	if got := SoftmaxCrossEntropy(d, z, []float32{2, 0}, 1); math.Abs(float64(got)-2*math.Ln2) > 1e-6 || d[0] != -1 || d[1] != 1 {
		t.Errorf("weighted: loss %g, gradient %v", got, d)
	}
	if got := SoftmaxCrossEntropy(d, z, []float32{0, 0}, 1); got != 0 || d[0] != 0 || d[1] != 0 {
		t.Errorf("no class: loss %g, gradient %v", got, d)
	}
	if got := SoftmaxCrossEntropy(d, []float32{nan, 0}, []float32{1, 0}, 1); got == got {
		t.Errorf("NaN logit: loss %g", got)
	}
}

// The losses of one element and their gradients, against their formulas.
func TestLossFormulas(t *testing.T) {
	const scale, delta = 0.3, 0.75
	one := exactly(1)
	// Log and Log1p have at most 0.93 ULP, each at most two units of rounded.
	logOf := func(p float64, err float64) approx {
		return approx{max(math.Log(p), -100), err}.rounded(1.86)
	}
	check := func(name string, f func(dst, z, t []float32, scale float32) float32, z, target float32, loss, grad approx) {
		t.Helper()
		dst := []float32{nan}
		l := f(dst, []float32{z}, []float32{target}, scale)
		loss.check(t, name, l)
		grad.times(exactly(scale)).check(t, name+": gradient", dst[0])
		if alone := f(nil, []float32{z}, []float32{target}, scale); alone != l {
			t.Errorf("%s(%g, %g): %g alone, %g with the gradient", name, z, target, alone, l)
		}
	}
	r := rand.New(rand.NewPCG(12, 1))
	for range 2000 {
		z, target := float32(r.NormFloat64()), float32(r.NormFloat64())
		d := exactly(z).minus(exactly(target))
		check("AbsoluteError", AbsoluteError, z, target, d.abs(), approx{v: math.Copysign(1, d.v)})

		loss, grad := d.times(d).times(exactly(0.5)), d
		if math.Abs(d.v) > delta {
			loss = d.abs().minus(exactly(delta / 2)).times(exactly(delta))
			grad = approx{v: math.Copysign(delta, d.v)}
		}
		check("Huber", func(dst, z, t []float32, scale float32) float32 { return Huber(dst, z, t, delta, scale) }, z, target, loss, grad)
	}
	probabilities := []float32{0, 0x1p-149, 1e-40, 1e-30, 0.999e-12, 1e-12, 1.001e-12, 1e-6, 0.5, 1 - 0x1p-24, 1}
	for range 500 {
		probabilities = append(probabilities, r.Float32())
	}
	for _, p := range probabilities {
		for _, target := range []float32{0, 0.3, 1} {
			v, tt := exactly(p), exactly(target)
			yes, no := logOf(v.v, 0), approx{max(math.Log1p(-v.v), -100), 0}.rounded(1.86)
			least := approx{v: 1e-12}.rounded(1)
			check("BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, p, target,
				approx{}.minus(tt.times(yes)).minus(one.minus(tt).times(no)),
				v.minus(tt).over(v.times(one.minus(v)).max(least)))
			check("CrossEntropyProbs", CrossEntropyProbs, p, target,
				approx{}.minus(tt.times(yes)), approx{}.minus(tt).over(v.max(least)))
		}
	}
}

// Sixteen lanes and the order of the FMAs: written out again for every length.
func TestLossLanes(t *testing.T) {
	const delta = 0.75
	for name, c := range map[string]struct {
		loss func(dst, z, t []float32, scale float32) float32
		lane func(s, z, t float32) float32
	}{
		"AbsoluteError": {AbsoluteError, func(s, z, t float32) float32 { return s + float32(math.Abs(float64(z-t))) }},
		"Huber": {
			func(dst, z, t []float32, scale float32) float32 { return Huber(dst, z, t, delta, scale) },
			func(s, z, t float32) float32 {
				d := z - t
				c := max(-delta, min(delta, d))
				return fmaOdd(c, fmaOdd(-0.5, c, d), s)
			},
		},
		"BinaryCrossEntropyProbs": {BinaryCrossEntropyProbs, func(s, p, t float32) float32 {
			return fmaOdd(t-1, max(Log1p(-p), -100), fmaOdd(-t, max(Log(p), -100), s))
		}},
		"CrossEntropyProbs": {CrossEntropyProbs, func(s, p, t float32) float32 { return fmaOdd(-t, max(Log(p), -100), s) }},
	} {
		for n := range 70 {
			z, target := make([]float32, n), make([]float32, n)
			Philox{Seed: 1}.Uniform(z, 0)
			Philox{Seed: 2}.Uniform(target, 0)
			var s [16]float32
			for i := range n {
				s[i%16] = c.lane(s[i%16], z[i], target[i])
			}
			for _, w := range []int{8, 4, 2, 1} {
				for l := range w {
					s[l] += s[l+w]
				}
			}
			dst := make([]float32, n)
			if got := c.loss(dst, z, target, 0.3); !sameBits(got, s[0]) {
				t.Errorf("%s of %d: %g, want %g", name, n, got, s[0])
			}
			c.loss(z, z, target, 0.3)
			for i := range n {
				if !sameBits(z[i], dst[i]) {
					t.Errorf("%s of %d in place: %g, want %g", name, n, z[i], dst[i])
				}
			}
		}
	}
}

// Huber's loss without an end of its square is half the squared error, and the
// gradients through softmax and sigmoid are those from the logits.
func TestLossesAgree(t *testing.T) {
	const n = 45
	z, target := make([]float32, n), make([]float32, n)
	Philox{Seed: 1}.Normal(z, 0)
	Philox{Seed: 2}.Uniform(target, 0)
	a, b, p := make([]float32, n), make([]float32, n), make([]float32, n)
	if h, s := Huber(a, z, target, inf, 0.3), SquaredError(b, z, target, 0.3); 2*h != s {
		t.Errorf("Huber %g, squared error %g", h, s)
	}
	compare := func(name string, tol float64) {
		t.Helper()
		for j := range a {
			if math.Abs(float64(a[j])-float64(b[j])) > tol {
				t.Errorf("%s: element %d is %g, from logits %g", name, j, a[j], b[j])
			}
		}
	}
	compare("Huber", 0)
	Softmax(p, z)
	CrossEntropyProbs(a, p, target, 1)
	SoftmaxGrad(a, a, p)
	SoftmaxCrossEntropy(b, z, target, 1)
	compare("softmax", 45*0x1p-21) // Σ target is about 22; its error enters the gradient of each element
	sigmoid := Act{Kind: KindSigmoid}
	Activate(p, z, sigmoid, 0)
	BinaryCrossEntropyProbs(a, p, target, 1)
	ActivateGrad(a, a, p, sigmoid)
	SigmoidCrossEntropy(b, z, target, 1)
	compare("sigmoid", 0x1p-21)
}

// The losses at the ends of their domains.
func TestLossSpecials(t *testing.T) {
	huber := func(dst, z, t []float32, scale float32) float32 { return Huber(dst, z, t, 2, scale) }
	for _, c := range []struct {
		name             string
		loss             func(dst, z, t []float32, scale float32) float32
		z, t, scale      float32
		want, wantedGrad float32
	}{
		{"AbsoluteError", AbsoluteError, 3, 1, 0.5, 2, 0.5},
		{"AbsoluteError", AbsoluteError, 1, 3, 0.5, 2, -0.5},
		{"AbsoluteError", AbsoluteError, 1, 1, 0.5, 0, 0},
		{"AbsoluteError", AbsoluteError, neg, 0, 0.5, 0, 0}, // d = −0, gradient +0
		{"AbsoluteError", AbsoluteError, 3, 1, 0x1p-64, 2, 0},
		{"AbsoluteError", AbsoluteError, 3, 1, 0x1p-63, 2, 0x1p-63},
		{"AbsoluteError", AbsoluteError, -inf, 1, 0.5, inf, -0.5},
		{"AbsoluteError", AbsoluteError, nan, 1, 0.5, nan, nan},
		{"AbsoluteError", AbsoluteError, 1, nan, 0.5, nan, nan},
		{"AbsoluteError", AbsoluteError, inf, inf, 0.5, nan, nan},
		{"Huber", huber, 2, 1, 0.5, 0.5, 0.5},
		{"Huber", huber, 3, 1, 0.5, 2, 1}, // both forms
		{"Huber", huber, 1, 4, 0.5, 4, -1},
		{"Huber", huber, neg, 0, 0.5, 0, 0},
		{"Huber", huber, 1, 0, 0x1p-64, 0.5, 0},
		{"Huber", huber, 0x1p-63, 0, 1, 0x1p-127, 0x1p-63},
		{"Huber", huber, -inf, 1, 0.5, inf, -1},
		{"Huber", huber, nan, 1, 0.5, nan, nan},
		{"Huber", huber, 1, nan, 0.5, nan, nan},
		{"BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, 0, 0, 1, 0, 0},
		{"BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, 1, 1, 1, 0, 0},
		{"BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, neg, 1, 1, 100, -1e12},
		{"BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, 0, 1, 1, 100, -1e12},
		{"BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, 1, 0, 1, 100, 1e12},
		{"BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, 0x1p-149, 1, 1, 100, -1e12}, // log is −103
		{"BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, -0.5, 0, 0, nan, 0},
		{"BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, 1.5, 0, 0, nan, 0},
		{"BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, nan, 0, 1, nan, nan},
		{"BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, 0.5, nan, 1, nan, nan},
		{"BinaryCrossEntropyProbs", BinaryCrossEntropyProbs, 0.5, 1, 0x1p-65, math.Ln2, 0}, // −2·scale
		{"CrossEntropyProbs", CrossEntropyProbs, 0, 0, 1, 0, 0},
		{"CrossEntropyProbs", CrossEntropyProbs, 0, 1, 1, 100, -1e12},
		{"CrossEntropyProbs", CrossEntropyProbs, 0, 0.25, 1, 25, -0.25e12},
		{"CrossEntropyProbs", CrossEntropyProbs, 1, 1, 1, 0, -1},
		{"CrossEntropyProbs", CrossEntropyProbs, -0.5, 1, 0, nan, 0},
		{"CrossEntropyProbs", CrossEntropyProbs, nan, 0, 1, nan, nan},
		{"CrossEntropyProbs", CrossEntropyProbs, 0.5, nan, 1, nan, nan},
		{"CrossEntropyProbs", CrossEntropyProbs, 0.5, 1, 0x1p-65, math.Ln2, 0},
	} {
		dst := []float32{5}
		if got := c.loss(dst, []float32{c.z}, []float32{c.t}, c.scale); !sameBits(got, c.want) {
			t.Errorf("%s(%g, %g): loss %g, want %g", c.name, c.z, c.t, got, c.want)
		}
		if !sameBits(dst[0], c.wantedGrad) {
			t.Errorf("%s(%g, %g): gradient %g, want %g", c.name, c.z, c.t, dst[0], c.wantedGrad)
		}
	}
}
