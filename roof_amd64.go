//go:build amd64 && gc && !purego

package hadamard

import (
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// The ceilings that benchmarks compare with.

//go:noescape
func fmaRoofAVX512(n int, numbers *float32)

//go:noescape
func fmaRoofAVX2(n int, numbers *float32)

//go:noescape
func loadRoofAVX512(p *float32, n int)

//go:noescape
func loadRoofAVX2(p *float32, n int)

// roofNumbers are uniform in [0, 1), so that x·a + y goes nowhere far.
var roofNumbers = func() (numbers [14 * layout.Width]float32) {
	kernels.Philox{}.Uniform(numbers[:], 0)
	return
}()

// fmaRoof makes about n floating-point operations, multiply-adds counting two,
// and returns how many they were: with the widest registers that the level l
// uses.
func fmaRoof(l Level, n int) int {
	if l == LevelAVX2 {
		n /= 12 * 8 * 2
		fmaRoofAVX2(n, &roofNumbers[0])
		return n * 12 * 8 * 2
	}
	n /= 12 * 16 * 2
	fmaRoofAVX512(n, &roofNumbers[0])
	return n * 12 * 16 * 2
}

// loadRoof loads the elements of x.
func loadRoof(l Level, x []float32) {
	if l == LevelAVX2 {
		loadRoofAVX2(&x[0], len(x)/128)
		return
	}
	loadRoofAVX512(&x[0], len(x)/128)
}
