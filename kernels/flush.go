package kernels

const (
	// FlushProduct is the bound for values that are multiplied with each
	// other: 2⁻⁶³, so that the product of two is at least 2⁻¹²⁶, normal.
	FlushProduct = 0x1p-63

	// FlushState is the bound for gradients and optimiser state: the smallest
	// normal number.
	FlushState = 0x1p-126

	// flushSquare is the bound below which a gradient counts as 0 in a second
	// moment: (1−β₂)·g² stays normal for every β₂ ≤ 1 − 2⁻¹⁴. A root of
	// 2⁻⁵⁶ = 1.4·10⁻¹⁷ is nothing beside any ε in use; a smaller ε would let
	// a step explode.
	flushSquare = 0x1p-56

	// MinEpsilon is the least ε that the optimisers take. Under a root the least
	// is its square.
	MinEpsilon = flushSquare
)

// Flush returns |x| < bound ? +0 : x. NaN passes.
func Flush(x, bound float32) float32 {
	if x < bound && -x < bound {
		return 0
	}
	return x
}

// FlushSlice sets dst[i] = Flush(x[i], bound).
func FlushSlice(dst, x []float32, bound float32) {
	for i, v := range x[:len(dst)] {
		dst[i] = Flush(v, bound)
	}
}
