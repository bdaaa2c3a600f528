package kernels

import (
	"math"
	"testing"
)

func TestHorner(t *testing.T) {
	if got := horner(2, 5, 3, 1); got != 27 {
		t.Errorf("5·2² + 3·2 + 1 = %g", got)
	}
	if got := horner(0x1p-12, 0x1p-12, 1, 0x1p-24); got != FMA(FMA(0x1p-12, 0x1p-12, 1), 0x1p-12, 0x1p-24) {
		t.Errorf("horner is not a chain of FMAs: %g", got)
	}
}

// A root is correctly rounded if x lies between the squares of the midpoints
// with its neighbours, which are exact in float64.
func TestSqrt(t *testing.T) {
	for u := uint32(0x00800000); u < 0x7f800000; u += 9973 {
		x := math.Float32frombits(u)
		r := sqrt(x)
		lo, hi := math.Float32frombits(math.Float32bits(r)-1), math.Float32frombits(math.Float32bits(r)+1)
		below, above := (float64(lo)+float64(r))/2, (float64(r)+float64(hi))/2
		if float64(x) < below*below || float64(x) > above*above {
			t.Fatalf("sqrt(%g) = %g", x, r)
		}
	}
	if r := sqrt(-1); r == r {
		t.Errorf("sqrt(-1) = %g", r)
	}
}

// The first step of the range reduction loses nothing, and the two steps leave
// r with an error of its own rounding only.
func TestReduce(t *testing.T) {
	for u := uint32(0x30000000); u < 0x42f00000; u += 1009 {
		for _, x := range []float32{math.Float32frombits(u), -math.Float32frombits(u)} {
			r, n := reduce(x)
			if h := float64(x) - float64(n)*ln2hi; float64(float32(h)) != h {
				t.Fatalf("%g: x − n·ln2hi = %g is not a float32", x, h)
			}
			exact := float64(x) - float64(n)*math.Ln2
			if d := math.Abs(float64(r) - exact); d > 0x1.1p-26 || math.Abs(exact) > 0.34658 {
				t.Fatalf("%g: r = %g, want %g, n = %d", x, r, exact, n)
			}
			if r2, n2 := reduce2(x, 0); n2 != n || math.Abs(float64(r2)-exact) > 0x1.1p-26 {
				t.Fatalf("%g: reduce2 gives %g, %d, want %g, %d", x, r2, n2, exact, n)
			}
		}
	}
}

func TestScale(t *testing.T) {
	for k := int32(-170); k <= 128; k++ {
		for _, y := range []float32{0.25, 1, 1.0000001, 1.75, -1.9999999, 110.3} {
			want := float32(math.Ldexp(float64(y), int(k)))
			if got := scale(y, k); math.Float32bits(got) != math.Float32bits(want) {
				t.Errorf("%g·2^%d = %g, want %g", y, k, got, want)
			}
		}
	}
}

// The table of Mills' ratio is continuous to rounding where its rows meet, and
// exact at 0.
func TestMills(t *testing.T) {
	if m := millsRatio(0); m != 0.5 {
		t.Errorf("M(0) = %g", m)
	}
	for a := float32(0); a < 15; a += 0x1p-10 {
		want := math.Erfc(float64(a)/math.Sqrt2) / 2 * math.Exp(float64(a)*float64(a)/2)
		if d := math.Abs(float64(millsRatio(a))/want - 1); d > 0x1p-23 {
			t.Errorf("M(%g) = %g, want %g", a, millsRatio(a), want)
		}
	}
}
