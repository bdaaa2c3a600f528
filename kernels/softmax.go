package kernels

// expSum sets dst[j] = e^(z[j]−m) with m = Max(z), and returns m and the sum of
// dst in Lanes partial results.
func expSum(dst, z []float32) (m, sum float32) {
	m = Max(z)
	var s [Lanes]float32
	for j, v := range z[:len(dst)] {
		e := Exp(v - m)
		dst[j] = e
		s[j%Lanes] += e
	}
	return m, fold(&s)
}

// Softmax sets, for one row z,
//
//	y[j] = e^(z[j]−m) / Σ e^(z[i]−m),   m = Max(z)
//
// Special values: a NaN in z, or +Inf, makes the whole row NaN; −Inf gives 0.
//
// Source: J. S. Bridle, NIPS 1989, shifted by the maximum against overflow.
func Softmax(y, z []float32) {
	_, sum := expSum(y, z)
	for j, e := range y {
		y[j] = e / sum
	}
}

// LogSoftmax sets, for one row z, with m and the sum as in Softmax,
//
//	y[j] = (z[j]−m) − log Σ e^(z[i]−m)
//
// y may be z.
func LogSoftmax(y, z []float32) {
	m := Max(z)
	var s [Lanes]float32
	for j, v := range z {
		s[j%Lanes] += Exp(v - m)
	}
	logSum := Log(fold(&s))
	for j, v := range z[:len(y)] {
		y[j] = (v - m) - logSum
	}
}

// LogSoftmaxGrad is the product with the Jacobian of LogSoftmax, for one row,
// from its output y:
//
//	dst[j] = Flush(fma(−e^y[j], Sum(g), g[j]), FlushProduct)
func LogSoftmaxGrad(dst, g, y []float32) {
	sum := Sum(g[:len(dst)])
	for j, v := range y[:len(dst)] {
		dst[j] = Flush(FMA(-Exp(v), sum, g[j]), FlushProduct)
	}
}

// SoftmaxGrad is the product with the Jacobian of Softmax, for one row, from
// its output y:
//
//	dst[j] = Flush(y[j]·(g[j] − Dot(g, y)), FlushProduct)
func SoftmaxGrad(dst, g, y []float32) {
	d := Dot(g[:len(dst)], y)
	for j, v := range y[:len(dst)] {
		dst[j] = Flush(float32(v*(g[j]-d)), FlushProduct)
	}
}
