package kernels

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// bigFMA is the oracle: a·b + c exactly, then rounded once. The sum of a
// product down to 2⁻²⁹⁸ and a number up to 2¹²⁸ has fewer than 600 bits.
func bigFMA(a, b, c float32) float32 {
	x := new(big.Float).SetPrec(600).SetFloat64(float64(a))
	x.Mul(x, new(big.Float).SetFloat64(float64(b)))
	x.Add(x, new(big.Float).SetFloat64(float64(c)))
	if x.Sign() == 0 {
		// The sign of zero: IEEE's rule, which float64 follows.
		return float32(float64(a)*float64(b) + float64(c))
	}
	v, _ := x.Float32()
	return v
}

func checkFMA(t *testing.T, a, b, c float32) {
	t.Helper()
	got, exact := FMA(a, b, c), fmaOdd(a, b, c)
	var want float32
	if s := float64(a)*float64(b) + float64(c); math.IsNaN(s) || math.IsInf(s, 0) {
		want = float32(s)
	} else {
		want = bigFMA(a, b, c)
	}
	if !sameBits(got, want) || !sameBits(exact, want) {
		t.Fatalf("FMA(%#08x, %#08x, %#08x) = %#08x, by rounding to odd %#08x, want %#08x",
			math.Float32bits(a), math.Float32bits(b), math.Float32bits(c),
			math.Float32bits(got), math.Float32bits(exact), math.Float32bits(want))
	}
}

// sameBits reports equality of bits, NaN being equal to NaN.
func sameBits(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
}

// specials are values at which arithmetic changes its behaviour.
var specials = func() []float32 {
	var s []float32
	for _, u := range []uint32{
		0, 1, 2, 3, 0x007fffff, 0x00800000, 0x00800001, 0x00800003, 0x12fffff0, 0x0000a941,
		0x1f800000, 0x20000000, 0x33800000, 0x34000000, 0x3effffff, 0x3f000000, 0x3f7fffff,
		0x3f800000, 0x3f800001, 0x3f800800, 0x40000000, 0x40490fdb, 0x4b000000, 0x4b7fffff,
		0x5f000000, 0x7f000000, 0x7f7fffff, 0x7f800000, 0x7fc00000,
	} {
		s = append(s, math.Float32frombits(u), math.Float32frombits(u|1<<31))
	}
	return s
}()

func TestFMASpecials(t *testing.T) {
	for _, a := range specials {
		for _, b := range specials {
			for _, c := range specials {
				checkFMA(t, a, b, c)
			}
		}
	}
	for _, k := range fmaCases {
		checkFMA(t, math.Float32frombits(k.a), math.Float32frombits(k.b), math.Float32frombits(k.c))
	}
}

// The published failure of another implementation, as a literal.
func TestFMASubnormalResult(t *testing.T) {
	got := FMA(math.Float32frombits(0xa1000008), math.Float32frombits(0x12fffff0), math.Float32frombits(0x0000a941))
	if math.Float32bits(got) != 0x0000a941 {
		t.Errorf("got %#08x, want 0x0000a941", math.Float32bits(got))
	}
	a := float32(1 + 0x1p-12)
	if wrong := float32(math.FMA(float64(a), float64(a), 0x1p-80)); FMA(a, a, 0x1p-80) == wrong {
		t.Error("rounds twice, as float32(math.FMA) does")
	}
}

// Triples whose sum cancels, lands near a midpoint, or is subnormal.
func TestFMAAdversarial(t *testing.T) {
	n := 200_000
	if testing.Short() {
		n = 20_000
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		a, b := math.Float32frombits(r.Uint32()), math.Float32frombits(r.Uint32())
		checkFMA(t, a, b, math.Float32frombits(r.Uint32()))
		p := float32(a * b)
		near := math.Float32frombits(math.Float32bits(-p) + r.Uint32N(9) - 4)
		checkFMA(t, a, b, near)
		// c so much smaller than the product that it only breaks a tie.
		a = math.Float32frombits(0x3f800000 | r.Uint32()&0x7ff800)
		b = math.Float32frombits(0x3f800000 | r.Uint32()&0x7ff800)
		tiny := math.Float32frombits(r.Uint32()&0x807fffff | (20+r.Uint32N(60))<<23)
		checkFMA(t, a, b, tiny)
		// Result around 2⁻¹²⁶ and below.
		scale := float32(math.Ldexp(1, -60-int(r.Uint32N(15))))
		checkFMA(t, a*scale, b*scale, math.Float32frombits(r.Uint32()&0x80ffffff))
	}
}

func BenchmarkFMA(b *testing.B) {
	x, y, z := float32(1.1), float32(0.9), float32(0.3)
	for b.Loop() {
		z = FMA(x, y, z-1)
	}
	sink = z
}

var sink float32
