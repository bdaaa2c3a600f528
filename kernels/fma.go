package kernels

import "math"

const (
	minNormal = 0x1p-126 // smallest normal float32

	// The 29 bits that a float64 has below a float32's last place, and
	// their value when the float64 lies exactly between two float32.
	lowBits  = 1<<29 - 1
	midpoint = 1 << 28

	// bits<<1 drops the sign of a float64; subtracting 1 makes zero, which is
	// exact, the greatest of all, so that one comparison sorts out the rest
	// of what is below minNormal.
	minNormalBits64 = uint64(1023-126) << 53
)

// FMA returns a·b + c, rounded once to the nearest float32, ties to even:
// the fused multiply-add of IEEE 754-2019 §5.4.1, with subnormal operands and
// results in full. It is the one building block of every product in this
// package; float32(math.FMA(…)) is not it, because that rounds twice.
//
// The product of two float32 is exact in float64. So is the comparison of the
// rounded float64 sum s with the midpoint of two float32 neighbours, unless s
// falls on that midpoint (or the result is subnormal, where the midpoints lie
// elsewhere). Only then the error of the float64 addition decides: see
// fmaOdd.
//
// Special values: as IEEE 754. NaN if an operand is NaN, for 0·Inf, and for
// Inf−Inf; the sign of an exact zero sum is + unless both terms are −0.
//
// Source: S. Boldo, G. Melquiond, "Emulation of FMA and correctly rounded
// sums: proved algorithms using rounding to odd", IEEE Trans. Computers 57(4),
// 2008.
//
//go:noinline
func FMA(a, b, c float32) float32 {
	if fused {
		return a*b + c
	}
	s := float64(a)*float64(b) + float64(c)
	u := math.Float64bits(s)
	if u&lowBits != midpoint && u<<1-1 >= minNormalBits64-1 {
		return float32(s)
	}
	return fmaOdd(a, b, c)
}

// fmaOdd is FMA for every operand: it rounds a·b + c to odd in float64 (the
// inexact sum takes an odd last bit), after which the conversion to float32
// cannot round the wrong way, because float64 has more than two bits to spare.
func fmaOdd(a, b, c float32) float32 {
	p := float64(a) * float64(b) // exact: 48 bits
	d := float64(c)
	s := p + d
	if s == 0 || math.IsInf(s, 0) || s != s {
		return float32(s)
	}
	// TwoSum (Knuth): s + e = p + d exactly.
	t := s - p
	e := (p - (s - t)) + (d - t)
	u := math.Float64bits(s)
	if e != 0 && u&1 == 0 {
		if (e > 0) == (s > 0) {
			u++
		} else {
			u--
		}
	}
	return float32(math.Float64frombits(u))
}

// fused reports that this machine's compiler turns the float32 x*y + z in FMA
// and in fmaRow into one fused instruction: arm64, riscv64, s390x, ppc64le,
// loong64. Then the exact chain is free; otherwise it goes through float64. It
// is found by trying the cases in which everything else goes wrong, with those
// two functions as they were compiled: whether a compiler fuses depends on what
// stands around (with GOAMD64=v3 it does in FMA, and does not in fmaRow).
// Neither is inlined, so there is no other copy of them.
var fused bool

func init() {
	fused = true
	fused = fusedSelfTest()
}

// fmaCase is an operand triple, in bits, for which a common wrong way to
// compute a fused multiply-add gives another result.
type fmaCase struct{ a, b, c uint32 }

var fmaCases = [...]fmaCase{
	{0x3f800800, 0x3f800800, 0x17800000}, // (1+2⁻¹²)² + 2⁻⁸⁰: float64 sum on a midpoint
	{0x3f800800, 0x3f800800, 0x97800000}, // the same, from below
	{0xbf800800, 0x3f800800, 0x17800000},
	{0x3f800001, 0x3f800001, 0xbf800000}, // rounded product loses everything
	{0xa1000008, 0x12fffff0, 0x0000a941}, // subnormal result (musl's fmaf fails)
	{0x00800001, 0x3f000000, 0x00000000}, // subnormal tie, to even
	{0x00800003, 0x3f000000, 0x00000000},
	{0x00000001, 0x3f000000, 0x00000001},
	{0x7f7fffff, 0x3f800001, 0xff7fffff}, // product beyond MaxFloat32, sum within
	{0x7f7fffff, 0x40000000, 0xff7fffff},
	{0x1f800000, 0x1f800000, 0x80000000}, // product underflows to a subnormal
}

// fusedSelfTest compares the fused forms with the exact one over fmaCases and a
// few thousand triples whose sum cancels, overflows or falls below 2⁻¹²⁶.
func fusedSelfTest() bool {
	for _, t := range fmaCases {
		if !fusedEqual(t.a, t.b, t.c) {
			return false
		}
	}
	x := uint32(1)
	next := func() uint32 { // xorshift32 (Marsaglia 2003)
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		return x
	}
	for range 2000 {
		a, b := next(), next()
		p := float32(math.Float32frombits(a) * math.Float32frombits(b))
		c := math.Float32bits(-p) + next()%5 - 2 // close to cancellation
		if !fusedEqual(a, b, c) || !fusedEqual(a, b, next()) {
			return false
		}
	}
	return true
}

func fusedEqual(a, b, c uint32) bool {
	x, y, z := math.Float32frombits(a), math.Float32frombits(b), math.Float32frombits(c)
	want := fmaOdd(x, y, z)
	equal := func(got float32) bool {
		return math.Float32bits(got) == math.Float32bits(want) || got != got && want != want
	}
	row, col := [3]float32{z, z, z}, [3]float32{y, y, y}
	fmaRow(row[:], x, col[:])
	return equal(FMA(x, y, z)) && equal(row[0]) && equal(row[1]) && equal(row[2])
}

// HardwareFMA reports whether FMA is a single instruction here; if not, it is
// computed in float64. The bits are the same.
func HardwareFMA() bool { return fused }
