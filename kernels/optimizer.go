package kernels

// The optimisers make one step, element by element, in one pass over flat
// slices: parameters w, their gradients g, and the optimiser's state. Each
// first takes
//
//	g′ = fma(l2, w, Flush(g, FlushState))
//
// (l2 is λ of the penalty λ/2·‖w‖²; 0 for biases), stores its state flushed
// below FlushState and w flushed below FlushProduct. A weight, gradient and
// state of 0 stay 0: the padding of panels needs no care.

// SGD makes a step of gradient descent: w = fma(−lr, g′, w).
func SGD(w, g []float32, lr, l2 float32) {
	for i, wi := range w {
		d := FMA(l2, wi, Flush(g[i], FlushState))
		w[i] = Flush(FMA(-lr, d, wi), FlushProduct)
	}
}

// Momentum makes a step of gradient descent with momentum, in the form
//
//	v = fma(mu, v, g′)
//	w = fma(−lr, v, w)
//
// Source: B. T. Polyak, "Some methods of speeding up the convergence of
// iteration methods", USSR Comput. Math. Math. Phys. 4(5), 1964; the form is
// that of Sutskever et al., ICML 2013, with the learning rate outside v.
func Momentum(w, g, v []float32, lr, mu, l2 float32) {
	for i, wi := range w {
		d := FMA(l2, wi, Flush(g[i], FlushState))
		d = Flush(FMA(mu, v[i], d), FlushState)
		v[i] = d
		w[i] = Flush(FMA(-lr, d, wi), FlushProduct)
	}
}

// AdamStep holds what one step of Adam needs besides the slices. For step
// t = 1, 2, …:
type AdamStep struct {
	Beta1, OneMinusBeta1 float32 // β₁, 1−β₁
	Beta2, OneMinusBeta2 float32 // β₂, 1−β₂
	Rate                 float32 // lr / (1−β₁ᵗ)
	InvRootBias2         float32 // 1 / √(1−β₂ᵗ)
	Epsilon              float32
	L2                   float32
}

// Adam makes a step of Adam with bias-corrected moments m and v:
//
//	m = fma(β₁, m, (1−β₁)·g′)
//	v = fma(β₂, v, (1−β₂)·(h·h))     h = Flush(g′, 2⁻⁵⁶)
//	w = fma(−Rate, m / fma(√v, InvRootBias2, ε), w)
//
// h keeps the square of a vanishing gradient from being subnormal; its root
// would be nothing beside ε.
//
// Source: D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization",
// ICLR 2015, with ε outside the root and not scaled, as PyTorch has it.
func Adam(w, g, m, v []float32, s *AdamStep) {
	for i, wi := range w {
		d := FMA(s.L2, wi, Flush(g[i], FlushState))
		mi := Flush(FMA(s.Beta1, m[i], float32(s.OneMinusBeta1*d)), FlushState)
		h := Flush(d, flushSquare)
		vi := Flush(FMA(s.Beta2, v[i], float32(s.OneMinusBeta2*float32(h*h))), FlushState)
		m[i], v[i] = mi, vi
		w[i] = Flush(FMA(-s.Rate, mi/FMA(sqrt(vi), s.InvRootBias2, s.Epsilon), wi), FlushProduct)
	}
}
