package kernels

import (
	"math"
	"testing"
)

// The known-answer vectors of the Random123 library.
func TestPhiloxKnownAnswers(t *testing.T) {
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, [2]uint32{0xffffffff, 0xffffffff},
			[4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		r := Philox{
			Seed:   uint64(c.key[1])<<32 | uint64(c.key[0]),
			Stream: uint64(c.counter[3])<<32 | uint64(c.counter[2]),
		}
		if got := r.Block(uint64(c.counter[1])<<32 | uint64(c.counter[0])); got != c.want {
			t.Errorf("counter %x key %x: %x, want %x", c.counter, c.key, got, c.want)
		}
	}
}

// A draw depends on its index alone.
func TestPhiloxPosition(t *testing.T) {
	r := Philox{Seed: 7, Stream: 9}
	whole, part := make([]float32, 101), make([]float32, 101)
	for _, fill := range []func([]float32, uint64){r.Uniform, r.Normal} {
		fill(whole, 3)
		for i := range part {
			fill(part[i:i+1], 3+uint64(i))
			if part[i] != whole[i] {
				t.Fatalf("draw %d alone is %g, in a block %g", i, part[i], whole[i])
			}
		}
	}
}

func TestUniformMoments(t *testing.T) {
	const n = 1 << 18
	x := make([]float32, n)
	Philox{Seed: 1}.Uniform(x, 0)
	checkMoments(t, x, 0.5, 1.0/12)
	for _, v := range x {
		if v < 0 || v >= 1 {
			t.Fatalf("%g is not in [0, 1)", v)
		}
	}
}

func TestNormalMoments(t *testing.T) {
	const n = 1 << 18
	x := make([]float32, n)
	Philox{Seed: 1}.Normal(x, 0)
	checkMoments(t, x, 0, 1)
	var inside [3]int
	for _, v := range x {
		for k := range inside {
			if math.Abs(float64(v)) < float64(k+1) {
				inside[k]++
			}
		}
	}
	for k, got := range inside {
		p := math.Erf(float64(k+1) / math.Sqrt2)
		sd := math.Sqrt(n * p * (1 - p))
		if d := math.Abs(float64(got) - n*p); d > 4*sd {
			t.Errorf("%d draws within %d σ, want %.0f ± %.0f", got, k+1, n*p, sd)
		}
	}
}

func checkMoments(t *testing.T, x []float32, mean, variance float64) {
	t.Helper()
	var s, s2 float64
	for _, v := range x {
		s += float64(v)
	}
	s /= float64(len(x))
	for _, v := range x {
		s2 += (float64(v) - s) * (float64(v) - s)
	}
	s2 /= float64(len(x))
	sd := math.Sqrt(variance / float64(len(x)))
	if math.Abs(s-mean) > 4*sd || math.Abs(s2-variance) > 4*variance*math.Sqrt(2/float64(len(x))) {
		t.Errorf("mean %g, variance %g; want %g, %g", s, s2, mean, variance)
	}
}

// PPND7 against the inverse error function in float64, over all of its domain
// by steps, and both tails and the edge of its two ranges.
func TestNormalQuantile(t *testing.T) {
	check := func(odd int32) {
		q := float32(odd) * 0x1p-25
		got := float64(normalQuantile(q))
		want := math.Sqrt2 * math.Erfinv(2*float64(q))
		if d := math.Abs(got - want); !(d <= 5e-7*math.Abs(want)) {
			t.Fatalf("q = %g: %.9g, want %.9g", q, got, want)
		}
		if back := normalQuantile(-q); back != -float32(got) {
			t.Fatalf("q = %g: not odd: %g and %g", q, got, back)
		}
	}
	for odd := int32(1); odd < 1<<24; odd += 1234 {
		check(odd | 1)
	}
	for odd := int32(1<<24 - 4001); odd < 1<<24; odd += 2 {
		check(odd)
	}
}

func TestShuffle(t *testing.T) {
	const n = 5
	counts := map[[n]int]int{}
	for s := range uint64(12000) {
		p := [n]int{0, 1, 2, 3, 4}
		Philox{Seed: 3, Stream: s}.Shuffle(p[:])
		counts[p]++
	}
	// 120 permutations, 100 of each expected; χ² with 119 degrees of freedom
	// exceeds 190 with probability 4·10⁻⁵.
	chi2 := 0.0
	for _, c := range counts {
		chi2 += float64((c-100)*(c-100)) / 100
	}
	if len(counts) != 120 || chi2 > 190 {
		t.Errorf("%d permutations of 120, χ² = %.1f", len(counts), chi2)
	}
}

func TestIntn(t *testing.T) {
	r := Philox{Seed: 5}
	var i uint64
	const n = 3 << 30 // rejects a quarter of the words
	var low int
	for range 30000 {
		v := r.Intn(n, &i)
		if v >= n {
			t.Fatalf("%d of %d", v, uint32(n))
		}
		if v < n/3 {
			low++
		}
	}
	if low < 9600 || low > 10400 {
		t.Errorf("%d of 30000 in the first third", low)
	}
	if i < 38000 || i > 42000 {
		t.Errorf("used %d words for 30000 draws, want about 40000", i)
	}
}

func BenchmarkNormal(b *testing.B) {
	x := make([]float32, 1024)
	for b.Loop() {
		Philox{Seed: 1}.Normal(x, 0)
	}
}
