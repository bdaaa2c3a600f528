package lecture

import (
	"math"
	"math/bits"

	"github.com/hadamard-go/hadamard/internal/elementary"
)

// RandomState is NumPy's legacy random generator, np.random.RandomState: the
// Mersenne Twister MT19937 with the methods that np.random.seed, randn, randint
// and permutation have had since long before NumPy 1.17. NumPy promises never to
// change what they return.
//
// It is here to repeat lecture results; a program of today takes math/rand/v2. It
// is not safe for concurrent use.
//
// Source: M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8(1):3, 1998;
// NumPy reference, "Legacy random generation".
type RandomState struct {
	state [mtLen]uint32
	next  int // word of state that comes next

	normal    float64 // the second normal of a pair
	hasNormal bool
}

// The numbers of MT19937: words of state, and the word that is mixed in.
const (
	mtLen   = 624
	mtShift = 397
)

// NewRandomState returns the generator as np.random.seed(seed) leaves it.
func NewRandomState(seed uint32) *RandomState {
	r := &RandomState{next: mtLen}
	for i := range r.state {
		r.state[i] = seed
		seed = 1812433253*(seed^seed>>30) + uint32(i) + 1
	}
	return r
}

// Uint32 returns the next 32 random bits.
func (r *RandomState) Uint32() uint32 {
	if r.next == mtLen {
		r.generate()
	}
	y := r.state[r.next]
	r.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// generate replaces all words of the state.
func (r *RandomState) generate() {
	for i := range r.state {
		y := r.state[i]&0x80000000 | r.state[(i+1)%mtLen]&0x7fffffff
		r.state[i] = r.state[(i+mtShift)%mtLen] ^ y>>1 ^ -(y&1)&0x9908b0df
	}
	r.next = 0
}

// Float64 returns a number uniform in [0, 1) with 53 random bits: np.random.rand,
// np.random.random_sample.
func (r *RandomState) Float64() float64 {
	a, b := r.Uint32()>>5, r.Uint32()>>6
	return float64(uint64(a)<<26|uint64(b)) / (1 << 53)
}

// Uniform returns a number uniform in [low, high): np.random.uniform.
func (r *RandomState) Uniform(low, high float64) float64 {
	return low + float64((high-low)*r.Float64())
}

// NormFloat64 returns a standard normal number: np.random.randn,
// np.random.normal. It is Marsaglia's polar method, which makes two numbers at a
// time; the second one is kept for the next call.
//
// The logarithm in it is the correctly rounded one. NumPy takes that of the C
// library, and so differs between systems in the last bit of some numbers: on
// Linux with the GNU library, in 3 of 10,000 from those here.
func (r *RandomState) NormFloat64() float64 {
	if r.hasNormal {
		r.hasNormal = false
		return r.normal
	}
	for {
		x := float64(2*r.Float64()) - 1
		y := float64(2*r.Float64()) - 1
		s := float64(x*x) + float64(y*y)
		if s >= 1 || s == 0 {
			continue
		}
		f := math.Sqrt(-2 * elementary.Log(s) / s)
		r.normal, r.hasNormal = f*x, true
		return f * y
	}
}

// Intn returns an integer uniform in [0, n), for 0 < n ≤ 2³²: np.random.randint(0, n).
// It takes as many bits of a word as n−1 has and draws again if they are n or more;
// for n = 1 it draws nothing.
func (r *RandomState) Intn(n int) int {
	if n <= 0 || uint64(n-1) > math.MaxUint32 {
		panic("lecture: Intn: n is not in [1, 2³²]")
	}
	most := uint32(n - 1)
	if most == 0 {
		return 0
	}
	mask := uint32(1)<<bits.Len32(most) - 1
	for {
		if v := r.Uint32() & mask; v <= most {
			return int(v)
		}
	}
}

// Perm returns the integers 0 … n−1 in random order: np.random.permutation(n).
func (r *RandomState) Perm(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j := r.Intn(i + 1)
		p[i], p[j] = p[j], p[i]
	}
	return p
}

// Bootstrap returns n rows out of n, drawn with replacement: the rows that
// sklearn.utils.resample takes.
func (r *RandomState) Bootstrap(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = r.Intn(n)
	}
	return rows
}

// TrainTestSplit returns the rows of scikit-learn's train_test_split of n ≥ 2 rows
// with this generator, where a new one stands for random_state=seed: a random
// order, of which the first ⌈n·testSize⌉ rows are for the test and the others for
// the training. scikit-learn's testSize is 0.25 if none is given.
func (r *RandomState) TrainTestSplit(n int, testSize float64) (train, test []int) {
	tests := int(math.Ceil(float64(n) * testSize))
	if !(tests > 0 && tests < n) {
		panic("lecture: TrainTestSplit: testSize leaves no rows for one of the two parts")
	}
	order := r.Perm(n)
	return order[tests:], order[:tests]
}
