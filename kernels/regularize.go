package kernels

// Dropout sets
//
//	dst[i] = x[i]·m[i],   m[i] = draw at+i of r < threshold ? 0 : scale
//
// With threshold = p·2³² an element is dropped with probability p; with
// scale = 1/(1−p) the expectation stays what it was, and prediction needs no
// factor (inverted dropout). The mask is a function of its arguments: the
// backward pass makes it again from the same draws and stores nothing.
//
// Special values: a dropped Inf or NaN is NaN, a dropped negative number −0.
//
// Source: N. Srivastava et al., "Dropout: a simple way to prevent neural networks
// from overfitting", JMLR 15, 2014.
func Dropout(dst, x []float32, r Philox, at uint64, threshold uint32, scale float32) {
	x = x[:len(dst)]
	for i := 0; i < len(dst); {
		block := r.Block(at / 4)
		for _, u := range block[at%4:] {
			if i == len(dst) {
				break
			}
			m := scale
			if u < threshold {
				m = 0
			}
			dst[i] = float32(x[i] * m)
			i++
			at++
		}
	}
}

// Clip sets dst[i] to x[i] clamped to [−bound, bound]; −0 and NaN pass.
func Clip(dst, x []float32, bound float32) {
	for i := range dst {
		dst[i] = atMost(atLeast(x[i], -bound), bound)
	}
}

// AddSign sets y[i] = y[i] + alpha·sign(x[i]), where y[i] stays as it is if x[i]
// is ±0, and is NaN if x[i] is NaN. To a gradient y it adds the subgradient of
// the penalty alpha·Σ|x[i]|.
//
// Source: R. Tibshirani, "Regression shrinkage and selection via the lasso", J.
// Royal Statist. Soc. B 58(1), 1996.
func AddSign(y []float32, alpha float32, x []float32) {
	for i, v := range x[:len(y)] {
		switch {
		case v > 0:
			y[i] += alpha
		case v < 0:
			y[i] -= alpha
		case v != v:
			y[i] = v
		}
	}
}

// SumSquares returns Σ x[i]², in Lanes partial results:
//
//	s[i mod 16] = fma(h, h, s[i mod 16])   h = Flush(x[i], FlushProduct)
//
// The sum of nothing is +0. From 1.8·10¹⁹ on a square is +Inf.
func SumSquares(x []float32) float32 {
	var s [Lanes]float32
	for i, v := range x {
		h := Flush(v, FlushProduct)
		s[i%Lanes] = FMA(h, h, s[i%Lanes])
	}
	return fold(&s)
}

// MaxNorm scales each column of w, k rows of cols elements one after the other,
// down to a Euclidean norm of at most bound ≥ 0. Column by column, rows in order,
//
//	s = fma(h, h, s)                              h = Flush(w[i][j], FlushProduct)
//	w[i][j] = Flush(w[i][j]·f, FlushProduct)      f = bound/√s, if √s > bound
//
// The columns of a layer's weights are what goes into one unit; the bias is left
// out by the caller, who passes the rows after it. Rounding may leave the norm
// above bound by a few units in the last place.
//
// Special values: a column with a NaN stays as it is. If s overflows, which takes
// an element of 1.8·10¹⁹, finite elements become 0 and infinite ones NaN.
//
// Source: N. Srebro, J. Rennie, T. Jaakkola, "Maximum-margin matrix
// factorization", NIPS 2004; Srivastava et al. 2014, §5.1; Keras' MaxNorm, without
// its ε in the divisor.
func MaxNorm(w []float32, k, cols int, bound float32) {
	var sums [Panel]float32
	for from := 0; from < cols; from += Panel {
		s := sums[:min(Panel, cols-from)]
		clear(s)
		for i := range k {
			for j, v := range w[i*cols+from:][:len(s)] {
				h := Flush(v, FlushProduct)
				s[j] = FMA(h, h, s[j])
			}
		}
		for j, v := range s {
			norm := sqrt(v)
			if !(norm > bound) {
				continue
			}
			f := bound / norm
			for at := from + j; at < k*cols; at += cols {
				w[at] = Flush(float32(w[at]*f), FlushProduct)
			}
		}
	}
}
