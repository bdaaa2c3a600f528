package kernels

// The losses compute, for one row of outputs z (logits, or probabilities p) and
// its targets t, the row's loss and, times scale, its gradient with respect to z
// (half of it for SquaredError). They return the loss without the scale. The gradient is
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

// AbsoluteError returns Σ |z[j]−t[j]|, in Lanes partial results, and sets
//
//	dst[j] = sign(z[j]−t[j])·scale         d > 0 ? scale : d < 0 ? −scale : d
//
// The subgradient of 0 is 0. For the mean absolute error of an m × n batch scale
// is 1/(m·n).
func AbsoluteError(dst, z, t []float32, scale float32) float32 {
	var s [Lanes]float32
	for j, v := range z {
		d := v - t[j]
		s[j%Lanes] += abs(d)
		if dst != nil {
			switch {
			case d > 0:
				d = scale
			case d < 0:
				d = -scale
			}
			dst[j] = Flush(d, FlushProduct)
		}
	}
	return fold(&s)
}

// Huber returns the sum over j, in Lanes partial results, of Huber's loss of
// d = z[j]−t[j],
//
//	|d| ≤ δ ? ½·d² : δ·(|d|−½·δ)           fma(c, fma(−½, c, d), s) onto the lane s
//
// with c = d clamped to ±δ, δ > 0, and sets
//
//	dst[j] = c·scale
//
// Source: P. J. Huber, "Robust estimation of a location parameter", Ann. Math.
// Statist. 35(1), 1964, scaled as in PyTorch's huber_loss.
func Huber(dst, z, t []float32, delta, scale float32) float32 {
	var s [Lanes]float32
	for j, v := range z {
		d := v - t[j]
		c := atMost(atLeast(d, -delta), delta)
		s[j%Lanes] = FMA(c, FMA(-0.5, c, d), s[j%Lanes])
		if dst != nil {
			dst[j] = Flush(float32(c*scale), FlushProduct)
		}
	}
	return fold(&s)
}

const (
	// minLog is the least that the losses from probabilities take a logarithm
	// for: −100, as PyTorch's BCELoss does. A probability of 0 then costs 100.
	minLog = -100

	// minProbability keeps their gradients finite, at PyTorch's bound.
	minProbability = 1e-12
)

// BinaryCrossEntropyProbs is binary cross-entropy from probabilities p. It
// returns the sum over j, in Lanes partial results, of
//
//	−t·max(log p, −100) − (1−t)·max(log1p(−p), −100)
//
// by two FMAs onto the lane, s = fma(t−1, log1p(−p), fma(−t, log p, s)), and sets
//
//	dst[j] = (p[j]−t[j])/max(p[j]·(1−p[j]), 10⁻¹²)·scale
//
// From the logits, SigmoidCrossEntropy is cheaper and keeps the losses that p
// near 0 or 1 has lost. For p outside [0, 1] the loss is NaN.
//
// Source: the bounds are those of PyTorch's BCELoss.
func BinaryCrossEntropyProbs(dst, p, t []float32, scale float32) float32 {
	var s [Lanes]float32
	for j, v := range p {
		yes, no := atLeast(Log(v), minLog), atLeast(Log1p(-v), minLog)
		s[j%Lanes] = FMA(t[j]-1, no, FMA(-t[j], yes, s[j%Lanes]))
		if dst != nil {
			d := (v - t[j]) / atLeast(float32(v*(1-v)), minProbability)
			dst[j] = Flush(float32(d*scale), FlushProduct)
		}
	}
	return fold(&s)
}

// CrossEntropyProbs is categorical cross-entropy from probabilities p. It
// returns the sum over j, in Lanes partial results, of
//
//	−t·max(log p, −100)                    (by FMA onto the lane)
//
// and sets
//
//	dst[j] = −t[j]/max(p[j], 10⁻¹²)·scale
//
// From the logits, SoftmaxCrossEntropy is cheaper and exact where p underflows.
// For p < 0 the loss is NaN.
//
// Source: the bounds are those of PyTorch's BCELoss.
func CrossEntropyProbs(dst, p, t []float32, scale float32) float32 {
	var s [Lanes]float32
	for j, v := range p {
		s[j%Lanes] = FMA(-t[j], atLeast(Log(v), minLog), s[j%Lanes])
		if dst != nil {
			dst[j] = Flush(float32(-t[j]/atLeast(v, minProbability)*scale), FlushProduct)
		}
	}
	return fold(&s)
}
