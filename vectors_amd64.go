//go:build amd64 && gc && !purego

package hadamard

import (
	"math"
	"unsafe"

	"github.com/hadamard-go/hadamard/kernels"
)

// chunk is the number of elements that a vector kernel is given at most, a
// multiple of kernels.Lanes: assembly cannot be preempted, so that a call should
// take no more than some 30 µs.
const chunk = 1 << 14

// first returns where x begins, which may be nowhere if it is empty. The kernels
// get addresses; the lengths were checked by the public operation.
func first(x []float32) *float32 { return unsafe.SliceData(x) }

// rest returns what follows a chunk, if there is an x at all.
func rest(x []float32) []float32 {
	if x == nil {
		return nil
	}
	return x[chunk:]
}

// vectorConstants are the numbers that the vector kernels load from memory.
type vectorConstants struct {
	lanes [32]int32 // 0, 1, 2, …

	// Philox: each block is two words of 64 bits.
	ramp             [8]uint64 // 0 … 3 blocks further
	blocks2, blocks4 [2]uint64 // how far the blocks of the next vector are
	multipliers      [2]uint64
	weyl             [2]uint64 // what is added to the key after each round

	abs, sign, negInf      uint32
	stateBits, productBits uint32 // one of them is set in each number from FlushState, FlushProduct on
	flushSquare, one       float32
}

//lint:ignore U1000 only assembly reads it
var vectors = vectorConstants{
	lanes: [32]int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31},
	ramp:        [8]uint64{0, 0, 1, 0, 2, 0, 3, 0},
	blocks2:     [2]uint64{2, 0},
	blocks4:     [2]uint64{4, 0},
	multipliers: [2]uint64{0xD2511F53, 0xCD9E8D57},
	weyl:        [2]uint64{0x9E3779B9, 0xBB67AE85},
	abs:         math.MaxInt32,
	sign:        1 << 31,
	negInf:      0xff<<23 | 1<<31,
	stateBits:   0xff << 23,
	productBits: 3 << 29,
	flushSquare: kernels.MinEpsilon, // which is defined as that bound
	one:         1,
}
