package kernels

// The losses compute, for one row of outputs (or logits) z and its targets t,
// the row's loss and, times scale, its gradient with respect to z (half of it
// for SquaredError). They return the loss without the scale. The gradient is
// what the backward pass multiplies, so it is flushed below FlushProduct. dst
// may be z, but not t; a nil dst asks for the loss alone.
//
// Special values: a NaN in z or t gives NaN. An infinite logit gives what the
// formula gives, which is NaN for Inf − Inf and 0·Inf: a network that produces
// one has left the finite numbers, and training says so.
//
// Source: from logits as in I. Goodfellow, Y. Bengio, A. Courville, "Deep
// Learning", MIT Press, 2016, §6.2.2.

// SquaredError returns Σ (z[j]−t[j])², in Lanes partial results, and sets
//
//	dst[j] = (z[j]−t[j])·scale
//
// For the mean squared error of an m × n batch scale is 2/(m·n), for its form
// by rows (the sum over a row, the mean over rows) 2/m.
func SquaredError(dst, z, t []float32, scale float32) float32 {
	var s [Lanes]float32
	for j, v := range z {
		d := v - t[j]
		s[j%Lanes] = FMA(d, d, s[j%Lanes])
		if dst != nil {
			dst[j] = Flush(float32(d*scale), FlushProduct)
		}
	}
	return fold(&s)
}

// SigmoidCrossEntropy is binary cross-entropy from logits. It returns the sum
// over j, in Lanes partial results, of
//
//	−t·log σ(z) − (1−t)·log(1−σ(z)) = fma(−t, z, max(z, 0)) + log1p(e^−|z|)
//
// with max(z, 0) = 0 > z ? 0 : z, and sets
//
//	dst[j] = (σ(z[j])−t[j])·scale
//
// Targets are 0, 1 or a probability between. The form does not overflow, and
// keeps the small losses of confident rows that log(σ(z)) would lose.
func SigmoidCrossEntropy(dst, z, t []float32, scale float32) float32 {
	var s [Lanes]float32
	for j, v := range z {
		pos, abs := v, v
		if 0 > v {
			pos, abs = 0, -v
		}
		s[j%Lanes] += FMA(-t[j], v, pos) + Log1p(Exp(-abs))
		if dst != nil {
			dst[j] = Flush(float32((Sigmoid(v)-t[j])*scale), FlushProduct)
		}
	}
	return fold(&s)
}

// SoftmaxCrossEntropy is categorical cross-entropy from logits. With
// m = Max(z), s = Σ e^(z[j]−m) and T = Sum(t), it returns the sum over j, in
// Lanes partial results, of
//
//	−t·log softmax(z) = t[j]·(log s − (z[j]−m))      (by FMA onto the lane)
//
// and sets
//
//	dst[j] = fma(e^(z[j]−m)/s, T, −t[j])·scale
//
// Targets are one-hot (T = 1), a distribution, or these times a weight per
// class. dst is needed as working memory and may not be z.
func SoftmaxCrossEntropy(dst, z, t []float32, scale float32) float32 {
	m, sum := expSum(dst, z)
	logSum, total := Log(sum), Sum(t[:len(z)])
	var s [Lanes]float32
	for j, v := range z {
		s[j%Lanes] = FMA(t[j], logSum-(v-m), s[j%Lanes])
		dst[j] = Flush(float32(FMA(dst[j]/sum, total, -t[j])*scale), FlushProduct)
	}
	return fold(&s)
}
