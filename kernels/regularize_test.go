package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
)

// Draw by draw, from every place in a block and across the ends of the counter's
// halves.
func TestDropout(t *testing.T) {
	const threshold, scale = 1 << 30, 1.5
	r := Philox{Seed: 7, Stream: 3}
	pcg := rand.New(rand.NewPCG(20, 1))
	for n := range 40 {
		for _, at := range []uint64{0, 1, 2, 3, 4, 1001, 1<<34 - 2, math.MaxUint64 - 4} {
			x := make([]float32, n+1)
			fillAdversarial(pcg, x, true)
			dst := make([]float32, n+1)
			dst[n] = 5
			Dropout(dst[:n], x, r, at, threshold, scale)
			for i, v := range x[:n] {
				want := float32(v * scale)
				if r.Uint32(at+uint64(i)) < threshold {
					want = float32(v * 0)
				}
				if !sameBits(dst[i], want) {
					t.Fatalf("draw %d of %d from %d: %g, want %g", i, n, at, dst[i], want)
				}
			}
			if dst[n] != 5 {
				t.Fatalf("%d from %d: wrote behind dst", n, at)
			}
			parts := append([]float32(nil), x[:n]...)
			Dropout(parts[:n/3], parts, r, at, threshold, scale)
			Dropout(parts[n/3:], parts[n/3:], r, at+uint64(n/3), threshold, scale)
			for i := range parts {
				if !sameBits(parts[i], dst[i]) {
					t.Fatalf("draw %d of %d from %d: %g in parts and in place, want %g", i, n, at, parts[i], dst[i])
				}
			}
		}
	}
}

// A draw that is the threshold is kept.
func TestDropoutThreshold(t *testing.T) {
	r := Philox{Seed: 13}
	x := make([]float32, 2)
	for at := range uint64(20) {
		u := r.Uint32(at)
		Dropout(x[:1], []float32{1}, r, at, u, 1)
		Dropout(x[1:], []float32{1}, r, at, u+1, 1)
		if x[0] != 1 || x[1] != 0 {
			t.Errorf("draw %d: %g at its own threshold, %g at the next", at, x[0], x[1])
		}
	}
}

// The share that is dropped, within five standard deviations; none with
// threshold 0.
func TestDropoutShare(t *testing.T) {
	const n = 100_000
	x := make([]float32, n)
	for _, p := range []float64{0, 0.1, 0.5, 0.999} {
		for i := range x {
			x[i] = 1
		}
		Dropout(x, x, Philox{Seed: 11}, 0, uint32(p*(1<<32)), 1)
		dropped := n - float64(Sum(x)) // a sum of ones below 2²⁴ is exact
		if math.Abs(dropped-n*p) > 5*math.Sqrt(n*p*(1-p)) {
			t.Errorf("p = %g: %g of %d dropped", p, dropped, n)
		}
	}
}

// layersFile is what PyTorch makes of layers and of gradients that are clipped.
type layersFile struct {
	Dropout []struct {
		P        float64
		X, Y, Dy golden.Array
		Dx       golden.Array
		Keep     golden.Array `json:"keep_mask"`
	}
	Clip []struct {
		Kind    string
		Max     float64
		Norm    float64 `json:"total_norm"`
		In, Out []golden.Array
	}
	Batchnorm []struct {
		Momentum, Eps float64
		Gamma, Beta   golden.Array
		Steps         []struct {
			X, Y, Dy, Dx, Dgamma, Dbeta golden.Array
			Mean                        golden.Array `json:"running_mean"`
			Variance                    golden.Array `json:"running_var"`
			Eval                        golden.Array `json:"y_eval"`
		}
	}
}

// PyTorch's mask, element by element with a draw that is below the threshold, or
// is not.
func TestDropoutGolden(t *testing.T) {
	var file layersFile
	golden.Read(t, "testdata/layers.json", &file)
	r := Philox{Seed: 5}
	for _, c := range file.Dropout {
		threshold, scale := uint32(c.P*(1<<32)), float32(1/(1-c.P))
		x, dy := c.X.Float32(), c.Dy.Float32()
		at := uint64(0)
		for i, keep := range c.Keep.Data {
			for (r.Uint32(at) >= threshold) != (keep == 1) {
				at++
			}
			Dropout(x[i:i+1], x[i:i+1], r, at, threshold, scale)
			Dropout(dy[i:i+1], dy[i:i+1], r, at, threshold, scale)
		}
		golden.Close(t, fmt.Sprintf("p = %g: y", c.P), x, c.Y.Data, 1e-6, 0)
		golden.Close(t, fmt.Sprintf("p = %g: dx", c.P), dy, c.Dx.Data, 1e-6, 0)
	}
	if len(file.Dropout) != 2 {
		t.Errorf("%d cases", len(file.Dropout))
	}
}

// Gradients clipped by value and by their common norm.
func TestClipGolden(t *testing.T) {
	var file layersFile
	golden.Read(t, "testdata/layers.json", &file)
	for _, c := range file.Clip {
		name := fmt.Sprintf("%s, at most %g", c.Kind, c.Max)
		var squares float32
		for _, in := range c.In {
			squares += SumSquares(in.Float32())
		}
		norm := sqrt(squares)
		f := min(1, float32(c.Max)/(norm+1e-6))
		if c.Kind == "global_norm" {
			golden.Close(t, name+": norm", []float32{norm}, []float64{c.Norm}, 1e-6, 0)
		}
		for i, in := range c.In {
			x := in.Float32()
			if c.Kind == "value" {
				Clip(x, x, float32(c.Max))
			} else {
				Scale(x, f, x)
			}
			golden.Close(t, name, x, c.Out[i].Data, 1e-6, 0)
		}
	}
	if len(file.Clip) != 6 {
		t.Errorf("%d cases", len(file.Clip))
	}
}

func TestClip(t *testing.T) {
	x := []float32{-3, -2, -1, neg, 0, 1, 2, 3, inf, -inf, nan, 0x1p-140}
	for bound, want := range map[float32][]float32{
		2:   {-2, -2, -1, neg, 0, 1, 2, 2, 2, -2, nan, 0x1p-140},
		0:   {neg, neg, neg, neg, 0, 0, 0, 0, 0, neg, nan, 0},
		inf: x,
	} {
		got := make([]float32, len(x))
		Clip(got, x, bound)
		for i := range x {
			if !sameBits(got[i], want[i]) {
				t.Errorf("%g clipped to ±%g is %g, want %g", x[i], bound, got[i], want[i])
			}
		}
	}
}

func TestAddSign(t *testing.T) {
	for _, c := range []struct{ y, alpha, x, want float32 }{
		{1, 0.25, 3, 1.25}, {1, 0.25, -3, 0.75}, {1, 0.25, 0x1p-149, 1.25}, {1, 0.25, -inf, 0.75},
		{1, 0.25, 0, 1}, {neg, 0.25, 0, neg}, {neg, 0.25, neg, neg}, {nan, 0.25, 0, nan}, {0x1p-140, inf, neg, 0x1p-140},
		{1, 0.25, nan, nan}, {1, 0, nan, nan}, {inf, inf, -1, nan}, {nan, 1, 1, nan}, {neg, 0, 1, 0},
	} {
		y := []float32{c.y}
		AddSign(y, c.alpha, []float32{c.x})
		if !sameBits(y[0], c.want) {
			t.Errorf("%g + %g·sign(%g) is %g, want %g", c.y, c.alpha, c.x, y[0], c.want)
		}
	}
	r := rand.New(rand.NewPCG(21, 1))
	x, y := make([]float32, 200), make([]float32, 200)
	fillAdversarial(r, x, false)
	fillAdversarial(r, y, false)
	for i, v := range y {
		want := exactly(v).plus(exactly(float32(math.Copysign(0.3, float64(x[i])))))
		AddSign(y[i:i+1], 0.3, x[i:i+1])
		want.check(t, "AddSign", y[i])
	}
}

// The bits of Dot, small values counting as 0; and the sum within one rounding
// for each FMA of the longest lane and each level of the tree.
func TestSumSquares(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 1))
	for n := range 70 {
		x, h := make([]float32, n), make([]float32, n)
		fillAdversarial(r, x, false)
		exact := 0.0
		for i, v := range x {
			exact += float64(v) * float64(v)
			if h[i] = v; i%5 == 4 {
				x[i], h[i] = 0x1.8p-64, 0
				exact -= float64(v) * float64(v)
			}
		}
		got := SumSquares(x)
		if want := Dot(h, h); !sameBits(got, want) {
			t.Errorf("of %d: %g, Dot gives %g", n, got, want)
		}
		approx{v: exact}.rounded(float64((n+15)/16+4)).check(t, "SumSquares", got)
	}
	for _, c := range []struct{ x, want float32 }{
		{0x1p-63, 0x1p-126}, {0x1.fffffep-64, 0}, {-0x1.fffffep-64, 0}, {nan, nan}, {-inf, inf}, {0x1p64, inf}, {-3, 9},
	} {
		if got := SumSquares([]float32{c.x}); !sameBits(got, c.want) {
			t.Errorf("of %g: %g, want %g", c.x, got, c.want)
		}
	}
}

// Columns below the bound keep every bit; those above have their norm; nothing
// is written behind.
func TestMaxNorm(t *testing.T) {
	const bound = 1.5
	r := rand.New(rand.NewPCG(23, 1))
	below, above := 0, 0
	for _, cols := range []int{1, 2, 15, 16, 17, 33} {
		for _, k := range []int{0, 1, 2, 3, 9} {
			w := make([]float32, k*cols+1)
			fillAdversarial(r, w, false)
			for i := range w {
				if r.IntN(9) == 0 {
					w[i] = 0x1p-70 // only a column that is scaled loses it
				}
			}
			got := append([]float32(nil), w...)
			MaxNorm(got, k, cols, bound)
			if got[k*cols] != w[k*cols] {
				t.Fatalf("%d × %d: wrote behind w", k, cols)
			}
			for j := range cols {
				squares := approx{}
				for i := range k {
					v := exactly(w[i*cols+j])
					squares = squares.plus(v.times(v))
				}
				norm := squares.root()
				scaled := norm.v > bound
				if scaled {
					above++
				} else {
					below++
				}
				for i := range k {
					old, now := w[i*cols+j], got[i*cols+j]
					if !scaled && now != old {
						t.Fatalf("%d × %d, column %d of norm %g: %g became %g", k, cols, j, norm.v, old, now)
					}
					if scaled {
						exactly(old).times(exactly(bound).over(norm)).check(t, "MaxNorm", now)
						if old == 0x1p-70 && !sameBits(now, 0) {
							t.Fatalf("%d × %d: %g became %g", k, cols, old, now)
						}
					}
				}
			}
		}
	}
	if below < 20 || above < 20 {
		t.Errorf("%d columns below the bound, %d above", below, above)
	}
}

// Rows are added in order, with FMAs; a norm of exactly the bound stays.
func TestMaxNormDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(24, 1))
	const k, bound = 40, 2
	for range 200 {
		w := make([]float32, k)
		fillAdversarial(r, w, false)
		var s float32
		for _, v := range w {
			s = fmaOdd(v, v, s)
		}
		f := bound / sqrt(s)
		got := append([]float32(nil), w...)
		MaxNorm(got, k, 1, bound)
		for i, v := range w {
			if want := float32(v * f); !sameBits(got[i], want) {
				t.Fatalf("element %d: %g, want %g", i, got[i], want)
			}
		}
	}
	for _, c := range []struct{ w, want []float32 }{ // two rows of one column
		{[]float32{1.2, 1.6}, []float32{1.2, 1.6}}, // 1.44 + 2.56
		{[]float32{0, 2}, []float32{0, 2}},
		{[]float32{3, -4}, []float32{float32(3 * float32(0.4)), -float32(4 * float32(0.4))}},
		{[]float32{nan, 4}, []float32{nan, 4}},
		{[]float32{-inf, 4}, []float32{nan, 0}},
		{[]float32{0x1p70, 4}, []float32{0, 0}},
		{[]float32{0x1.8p-63, 0x1p10}, []float32{0, 2}},
		{[]float32{0x1p-64, 1}, []float32{0x1p-64, 1}},
		{[]float32{0x1p-64, 2}, []float32{0x1p-64, 2}},
	} {
		got := append([]float32(nil), c.w...)
		MaxNorm(got, 2, 1, bound)
		for i, want := range c.want {
			if !sameBits(got[i], want) {
				t.Errorf("%g: %g, want %g", c.w, got, c.want)
				break
			}
		}
	}
	zero := []float32{1, 0x1p-64, 0, 0x1p-64} // the second column counts as 0
	if MaxNorm(zero, 2, 2, 0); zero[0] != 0 || zero[2] != 0 || zero[1] != 0x1p-64 || zero[3] != 0x1p-64 {
		t.Errorf("bound 0: %g", zero)
	}
}
