package kernels

// Philox is the counter-based generator Philox4x32-10: four random words are a
// function of a 64-bit key (the seed) and a 128-bit counter, and of nothing
// else. Draw i of a stream does not depend on how many were drawn before, on
// the order, or on how the work is split, and the rounds vectorise.
//
// The counter holds the stream in its upper and the index of the draw in its
// lower 64 bits.
//
// Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random
// numbers: as easy as 1, 2, 3", SC11, 2011 (the Random123 library; its
// known-answer vectors are a test here).
type Philox struct {
	Seed   uint64
	Stream uint64
}

const (
	philoxM0 = 0xD2511F53
	philoxM1 = 0xCD9E8D57
	philoxW0 = 0x9E3779B9 // golden ratio
	philoxW1 = 0xBB67AE85 // √3 − 1
)

// Block returns the four words of counter (block, Stream).
func (r Philox) Block(block uint64) [4]uint32 {
	k0, k1 := uint32(r.Seed), uint32(r.Seed>>32)
	c0, c1 := uint32(block), uint32(block>>32)
	c2, c3 := uint32(r.Stream), uint32(r.Stream>>32)
	for range 10 {
		p0 := uint64(philoxM0) * uint64(c0)
		p1 := uint64(philoxM1) * uint64(c2)
		c0, c1, c2, c3 = uint32(p1>>32)^c1^k0, uint32(p1), uint32(p0>>32)^c3^k1, uint32(p0)
		k0 += philoxW0
		k1 += philoxW1
	}
	return [4]uint32{c0, c1, c2, c3}
}

// Uint32 returns draw i of the stream: word i mod 4 of block i/4.
func (r Philox) Uint32(i uint64) uint32 {
	return r.Block(i / 4)[i%4]
}

// Uniform fills dst with draws first, first+1, … of the stream, uniform on
// [0, 1): the upper 24 bits of the word times 2⁻²⁴, exact.
func (r Philox) Uniform(dst []float32, first uint64) {
	for i := range dst {
		dst[i] = float32(float32(r.Uint32(first+uint64(i))>>8) * 0x1p-24)
	}
}

// Normal fills dst with draws first, first+1, … of the stream from the
// standard normal distribution, by inversion: each word gives one value.
//
//	q = (2·(word>>8) + 1 − 2²⁴) · 2⁻²⁵    in (−½, ½), exact
//	z = Φ⁻¹(½ + q)
//
// Φ⁻¹ is Wichura's PPND7, of relative accuracy about 10⁻⁷; |z| ≤ 5.42.
//
// Source: M. J. Wichura, "Algorithm AS 241: the percentage points of the
// normal distribution", Applied Statistics 37(3), 1988.
func (r Philox) Normal(dst []float32, first uint64) {
	for i := range dst {
		u := int32(r.Uint32(first+uint64(i)) >> 8)
		dst[i] = normalQuantile(float32(float32(2*u+1-1<<24) * 0x1p-25))
	}
}

// normalQuantile returns Φ⁻¹(½ + q) for q in (−½, ½) that is a multiple of
// 2⁻²⁵.
func normalQuantile(q float32) float32 {
	abs := max(q, -q)
	if abs <= 0.425 {
		r := FMA(-q, q, 0.180625)
		num := horner(r, 59.109374720, 159.29113202, 50.434271938, 3.3871327179)
		den := horner(r, 67.187563600, 78.757757664, 17.895169469, 1)
		return float32(q * (num / den))
	}
	r := sqrt(-Log(0.5-abs)) - 1.6 // ½ − |q| is exact and at least 2⁻²⁵, where PPND7's third range is not reached
	z := horner(r, 0.17023821103, 1.3067284816, 2.7568153900, 1.4234372777) /
		horner(r, 0.12021132975, 0.73700164250, 1)
	if q < 0 {
		return -z
	}
	return z
}

// Intn returns an integer uniform on [0, n) without bias from the draws of the
// stream, starting with draw *i, which it advances past those it used.
// It panics if n is 0.
//
// Source: D. Lemire, "Fast random integer generation in an interval", ACM
// Trans. Modeling and Computer Simulation 29(1), 2019.
func (r Philox) Intn(n uint32, i *uint64) uint32 {
	if n == 0 {
		panic("kernels: Intn of 0")
	}
	p := uint64(r.Uint32(*i)) * uint64(n)
	*i++
	if uint32(p) < n {
		for reject := -n % n; uint32(p) < reject; *i++ {
			p = uint64(r.Uint32(*i)) * uint64(n)
		}
	}
	return uint32(p >> 32)
}

// Shuffle permutes p uniformly with the draws of the stream: the shuffle of
// Fisher and Yates, from the last element down (Knuth, TAOCP 2, 3.4.2 P).
// len(p) must be below 2³².
func (r Philox) Shuffle(p []int) {
	var i uint64
	for k := len(p) - 1; k > 0; k-- {
		j := r.Intn(uint32(k+1), &i)
		p[k], p[j] = p[j], p[k]
	}
}
