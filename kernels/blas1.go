package kernels

import "math"

// Lanes is the number of partial results of a reduction over a row.
const Lanes = 16

// fold sums the lanes by the fixed tree 16 → 8 → 4 → 2 → 1.
func fold(s *[Lanes]float32) float32 {
	for w := Lanes / 2; w > 0; w /= 2 {
		for l := range w {
			s[l] += s[l+w]
		}
	}
	return s[0]
}

// Mul sets dst[i] = x[i]·y[i], the Hadamard product.
func Mul(dst, x, y []float32) {
	for i := range dst {
		dst[i] = float32(x[i] * y[i])
	}
}

// Add sets dst[i] = x[i] + y[i].
func Add(dst, x, y []float32) {
	for i := range dst {
		dst[i] = x[i] + y[i]
	}
}

// Scale sets dst[i] = alpha·x[i].
func Scale(dst []float32, alpha float32, x []float32) {
	for i := range dst {
		dst[i] = float32(alpha * x[i])
	}
}

// Axpy sets y[i] = fma(alpha, x[i], y[i]).
//
// Source: Lawson et al., "Basic linear algebra subprograms for Fortran usage",
// ACM TOMS 5(3), 1979, with the multiply-add fused.
func Axpy(y []float32, alpha float32, x []float32) { fmaRow(y, alpha, x) }

// ShiftScale sets dst[i] = (x[i] − shift[i])·scale[i], the input scaler.
func ShiftScale(dst, x, shift, scale []float32) {
	for i := range dst {
		dst[i] = float32((x[i] - shift[i]) * scale[i])
	}
}

// Dot returns Σ x[i]·y[i], in Lanes partial results:
//
//	s[i mod 16] = fma(x[i], y[i], s[i mod 16])
//
// The sum of nothing is +0.
func Dot(x, y []float32) float32 {
	var s [Lanes]float32
	for i, v := range x {
		s[i%Lanes] = FMA(v, y[i], s[i%Lanes])
	}
	return fold(&s)
}

// Sum returns Σ x[i], in Lanes partial results. The sum of nothing is +0.
func Sum(x []float32) float32 {
	var s [Lanes]float32
	for i, v := range x {
		s[i%Lanes] += v
	}
	return fold(&s)
}

// Max returns the greatest x[i]; NaN if any is NaN, +0 if it is a zero of
// either sign, −Inf if there is none. So it does not depend on the order.
func Max(x []float32) float32 {
	m := float32(math.Inf(-1))
	for _, v := range x {
		if v != v {
			return v
		}
		if v > m {
			m = v
		}
	}
	return m + 0 // −0 + 0 is +0
}

// ArgMax returns the index of the first of the greatest elements; −1 if there
// is a NaN, or nothing.
func ArgMax(x []float32) int {
	best := -1
	for j, v := range x {
		if v != v {
			return -1
		}
		if best < 0 || v > x[best] {
			best = j
		}
	}
	return best
}

// RowMax sets dst[i] = Max of row i of the m × n matrix x with row stride rsx.
func RowMax(dst []float32, n int, x []float32, rsx int) {
	for i := range dst {
		dst[i] = Max(x[i*rsx:][:n])
	}
}

// ColSums adds the column sums of the m × n matrix x with row stride rsx to
// dst: dst[j] = dst[j] + x[i][j] for i = 0, 1, … in this order.
func ColSums(dst []float32, m int, x []float32, rsx int) {
	for i := range m {
		Add(dst, dst, x[i*rsx:][:len(dst)])
	}
}

// ExpSlice sets dst[i] = Exp(x[i]).
func ExpSlice(dst, x []float32) {
	for i := range dst {
		dst[i] = Exp(x[i])
	}
}

// LogSlice sets dst[i] = Log(x[i]).
func LogSlice(dst, x []float32) {
	for i := range dst {
		dst[i] = Log(x[i])
	}
}
