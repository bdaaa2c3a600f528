package kernels

// The optimisers make one step, element by element, in one pass over flat
// slices: parameters w, their gradients g, and the optimiser's state. Each
// first takes
//
//	g′ = fma(l2, w, Flush(g, FlushState))
//
// (l2 is λ of the penalty λ/2·‖w‖²; 0 for biases), stores its state flushed
// below FlushState and w flushed below FlushProduct. A weight, gradient and
// state of 0 stay 0: the padding of panels needs no care, as long as ε is at
// least MinEpsilon, or its square where ε is under a root. What is the same for
// all elements (a bias correction, say) the caller computes in float64 and
// rounds once.
//
// Special values: a NaN in w, g or the state makes w NaN.

// SGD makes a step of gradient descent: w = fma(−lr, g′, w).
func SGD(w, g []float32, lr, l2 float32) {
	for i, wi := range w {
		d := FMA(l2, wi, Flush(g[i], FlushState))
		w[i] = Flush(FMA(-lr, d, wi), FlushProduct)
	}
}

// Momentum makes a step of gradient descent with momentum, in the form
//
//	v = fma(mu, v, keep·g′)                keep = 1 − dampening, usually 1
//	w = fma(−lr, v, w)
//
// PyTorch does not dampen the first gradient: there v is 0 and keep 1.
//
// Source: B. T. Polyak, "Some methods of speeding up the convergence of
// iteration methods", USSR Comput. Math. Math. Phys. 4(5), 1964; the form is
// that of Sutskever et al., ICML 2013, with the learning rate outside v.
func Momentum(w, g, v []float32, lr, mu, keep, l2 float32) {
	for i, wi := range w {
		d := FMA(l2, wi, Flush(g[i], FlushState))
		d = Flush(FMA(mu, v[i], float32(keep*d)), FlushState)
		v[i] = d
		w[i] = Flush(FMA(-lr, d, wi), FlushProduct)
	}
}

// Nesterov makes a step of Nesterov's accelerated gradient:
//
//	v = fma(mu, v, g′)
//	w = fma(−lr, fma(mu, v, g′), w)
//
// Source: Sutskever et al., ICML 2013, in PyTorch's form.
func Nesterov(w, g, v []float32, lr, mu, l2 float32) {
	for i, wi := range w {
		d := FMA(l2, wi, Flush(g[i], FlushState))
		vi := Flush(FMA(mu, v[i], d), FlushState)
		v[i] = vi
		w[i] = Flush(FMA(-lr, FMA(mu, vi, d), wi), FlushProduct)
	}
}

// HeavyBall makes a step of gradient descent with momentum, with the learning
// rate inside, so that v is the change of w:
//
//	v = fma(mu, v, lr·g′)
//	w = w − v
//
// With a constant learning rate this is Momentum but for rounding.
//
// Source: Polyak 1964; the form of Keras.
func HeavyBall(w, g, v []float32, lr, mu, l2 float32) {
	for i, wi := range w {
		d := FMA(l2, wi, Flush(g[i], FlushState))
		vi := Flush(FMA(mu, v[i], float32(lr*d)), FlushState)
		v[i] = vi
		w[i] = Flush(wi-vi, FlushProduct)
	}
}

// AdagradStep holds the numbers of Adagrad.
type AdagradStep struct {
	Rate     float32
	Momentum float32
	Epsilon  float32 // outside the root, as in PyTorch
	Inside   float32 // an ε under the root, as in Keras; 0 without
	L2       float32
}

// Adagrad makes a step of Adagrad, s being the sum of squared gradients, and v
// the change of w if there is momentum (v is not used if Momentum is 0):
//
//	s = fma(h, h, s)                       h = Flush(g′, 2⁻⁵⁶)
//	d = g′ / (√(s + Inside) + ε)
//	w = fma(−Rate, d, w)                   if Momentum = 0
//	v = fma(Momentum, v, Rate·d);  w = w − v   otherwise
//
// Source: J. Duchi, E. Hazan, Y. Singer, JMLR 12, 2011.
func Adagrad(w, g, s, v []float32, p *AdagradStep) {
	for i, wi := range w {
		d := FMA(p.L2, wi, Flush(g[i], FlushState))
		h := Flush(d, flushSquare)
		si := Flush(FMA(h, h, s[i]), FlushState)
		s[i] = si
		d /= sqrt(si+p.Inside) + p.Epsilon
		if p.Momentum == 0 {
			w[i] = Flush(FMA(-p.Rate, d, wi), FlushProduct)
			continue
		}
		vi := Flush(FMA(p.Momentum, v[i], float32(p.Rate*d)), FlushState)
		v[i] = vi
		w[i] = Flush(wi-vi, FlushProduct)
	}
}

// AdadeltaStep holds the numbers of Adadelta.
type AdadeltaStep struct {
	Rho, OneMinusRho float32 // ρ, 1−ρ
	Rate             float32 // 1 in the paper
	Epsilon          float32
	L2               float32
}

// Adadelta makes a step of Adadelta, s being the mean of squared gradients, and
// u that of squared steps before the rate:
//
//	s = fma(ρ, s, (1−ρ)·(h·h))             h = Flush(g′, 2⁻⁵⁶)
//	d = (√(u + ε) / √(s + ε))·g′
//	u = fma(ρ, u, (1−ρ)·(e·e))             e = Flush(d, 2⁻⁵⁶)
//	w = fma(−Rate, d, w)
//
// Source: M. D. Zeiler, "ADADELTA: an adaptive learning rate method",
// arXiv:1212.5701, 2012, with PyTorch's rate.
func Adadelta(w, g, s, u []float32, p *AdadeltaStep) {
	for i, wi := range w {
		d := FMA(p.L2, wi, Flush(g[i], FlushState))
		h := Flush(d, flushSquare)
		si := Flush(FMA(p.Rho, s[i], float32(p.OneMinusRho*float32(h*h))), FlushState)
		d = float32(sqrt(u[i]+p.Epsilon) / sqrt(si+p.Epsilon) * d)
		e := Flush(d, flushSquare)
		s[i], u[i] = si, Flush(FMA(p.Rho, u[i], float32(p.OneMinusRho*float32(e*e))), FlushState)
		w[i] = Flush(FMA(-p.Rate, d, wi), FlushProduct)
	}
}

// RMSpropStep holds the numbers of RMSprop.
type RMSpropStep struct {
	Rho, OneMinusRho float32 // ρ, 1−ρ
	Rate             float32
	Momentum         float32
	Epsilon          float32 // outside the root, as in PyTorch
	Inside           float32 // an ε under the root, as in Keras; 0 without
	L2               float32
}

// RMSprop makes a step of RMSprop, s being the mean of squared gradients, a the
// mean of gradients if it is centred, and v the step if there is momentum; a
// and v may be nil:
//
//	s = fma(ρ, s, (1−ρ)·(h·h))             h = Flush(g′, 2⁻⁵⁶)
//	a = fma(ρ, a, (1−ρ)·g′)
//	d = g′ / (√(s + Inside) + ε)           centred: s − a², but at least 0, for s
//	v = fma(Momentum, v, d);  d = v        with momentum
//	w = fma(−Rate, d, w)
//
// Source: T. Tieleman, G. Hinton, Coursera lecture 6.5, 2012; centred: A.
// Graves, arXiv:1308.0850.
func RMSprop(w, g, s, a, v []float32, p *RMSpropStep) {
	for i, wi := range w {
		d := FMA(p.L2, wi, Flush(g[i], FlushState))
		h := Flush(d, flushSquare)
		si := Flush(FMA(p.Rho, s[i], float32(p.OneMinusRho*float32(h*h))), FlushState)
		s[i] = si
		if a != nil {
			ai := Flush(FMA(p.Rho, a[i], float32(p.OneMinusRho*d)), FlushState)
			a[i] = ai
			b := Flush(ai, flushSquare)
			si = FMA(-b, b, si)
			if 0 > si {
				si = 0
			}
		}
		d /= sqrt(si+p.Inside) + p.Epsilon
		if v != nil {
			d = Flush(FMA(p.Momentum, v[i], d), FlushState)
			v[i] = d
		}
		w[i] = Flush(FMA(-p.Rate, d, wi), FlushProduct)
	}
}

// LionStep holds the numbers of Lion.
type LionStep struct {
	Beta1, OneMinusBeta1 float32 // β₁, 1−β₁
	Beta2, OneMinusBeta2 float32 // β₂, 1−β₂
	Rate                 float32
	Decay                float32 // 1 − lr·λ of a decoupled weight decay λ; 1 without
	L2                   float32
}

// Lion makes a step of Lion, m being its momentum:
//
//	u = fma(β₁, m, (1−β₁)·g′)
//	m = fma(β₂, m, (1−β₂)·g′)
//	w = Decay·w − Rate·sign(u)             sign(±0) = 0, sign(NaN) = NaN
//
// Source: X. Chen et al., "Symbolic discovery of optimization algorithms",
// NeurIPS 2023.
func Lion(w, g, m []float32, p *LionStep) {
	for i, wi := range w {
		d := FMA(p.L2, wi, Flush(g[i], FlushState))
		u := FMA(p.Beta1, m[i], float32(p.OneMinusBeta1*d))
		m[i] = Flush(FMA(p.Beta2, m[i], float32(p.OneMinusBeta2*d)), FlushState)
		switch {
		case u > 0:
			u = p.Rate
		case u < 0:
			u = -p.Rate
		}
		w[i] = Flush(float32(p.Decay*wi)-u, FlushProduct)
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
	Decay                float32 // 1 − lr·λ of AdamW's weight decay λ; 1 for Adam
	L2                   float32
}

// Adam makes a step of Adam with bias-corrected moments m and v; of AMSGrad with
// the greatest v so far in top, which is nil otherwise; and of AdamW with Decay:
//
//	m = fma(β₁, m, (1−β₁)·g′)
//	v = fma(β₂, v, (1−β₂)·(h·h))           h = Flush(g′, 2⁻⁵⁶)
//	top = v > top ? v : top;  v̂ = top      AMSGrad (a NaN v passes); v̂ = v otherwise
//	w = fma(−Rate, m / fma(√v̂, InvRootBias2, ε), Decay·w)
//
// h keeps the square of a vanishing gradient from being subnormal; its root
// would be nothing beside ε.
//
// RAdam (Liu et al., ICLR 2020) is Adam with other numbers: Rate times the
// rectification where that is defined; InvRootBias2 = 0 and ε = 1 before, which
// make the denominator 1.
//
// Source: D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization",
// ICLR 2015; S. J. Reddi, S. Kale, S. Kumar, ICLR 2018; I. Loshchilov, F. Hutter,
// ICLR 2019; with ε outside the root and not scaled, as PyTorch has it.
func Adam(w, g, m, v, top []float32, s *AdamStep) {
	for i, wi := range w {
		d := FMA(s.L2, wi, Flush(g[i], FlushState))
		mi := Flush(FMA(s.Beta1, m[i], float32(s.OneMinusBeta1*d)), FlushState)
		h := Flush(d, flushSquare)
		vi := Flush(FMA(s.Beta2, v[i], float32(s.OneMinusBeta2*float32(h*h))), FlushState)
		m[i], v[i] = mi, vi
		if top != nil {
			if !(vi > top[i] || vi != vi) {
				vi = top[i]
			}
			top[i] = vi
		}
		w[i] = Flush(FMA(-s.Rate, mi/FMA(sqrt(vi), s.InvRootBias2, s.Epsilon), float32(s.Decay*wi)), FlushProduct)
	}
}

// AdamaxStep holds what one step of Adamax needs besides the slices. For step
// t = 1, 2, …:
type AdamaxStep struct {
	Beta1, OneMinusBeta1 float32 // β₁, 1−β₁
	Beta2                float32
	Rate                 float32 // lr / (1−β₁ᵗ)
	Epsilon              float32
	L2                   float32
}

// Adamax makes a step of Adamax, Adam with the greatest gradient u, decaying, in
// place of the root of the second moment:
//
//	m = fma(β₁, m, (1−β₁)·g′)
//	u = b > a ? b : a                      a = β₂·u, b = |g′| + ε (a NaN b passes)
//	w = fma(−Rate, m/u, w)
//
// The u of padding becomes ε, not 0.
//
// Source: Kingma, Ba 2015, §7.1, with ε where PyTorch has it.
func Adamax(w, g, m, u []float32, p *AdamaxStep) {
	for i, wi := range w {
		d := FMA(p.L2, wi, Flush(g[i], FlushState))
		mi := Flush(FMA(p.Beta1, m[i], float32(p.OneMinusBeta1*d)), FlushState)
		ui := float32(p.Beta2 * u[i])
		if b := abs(d) + p.Epsilon; b > ui || b != b {
			ui = b
		}
		ui = Flush(ui, FlushState)
		m[i], u[i] = mi, ui
		w[i] = Flush(FMA(-p.Rate, mi/ui, wi), FlushProduct)
	}
}

// NAdamStep holds what one step of NAdam needs besides the slices. For step
// t = 1, 2, … and a momentum μₜ that rises to β₁:
type NAdamStep struct {
	Beta1, OneMinusBeta1 float32 // β₁, 1−β₁
	Beta2, OneMinusBeta2 float32 // β₂, 1−β₂
	RateM                float32 // lr·μₜ₊₁ / (1−μ₁·…·μₜ₊₁)
	RateG                float32 // lr·(1−μₜ) / (1−μ₁·…·μₜ)
	InvRootBias2         float32 // 1 / √(1−β₂ᵗ)
	Epsilon              float32
	Decay                float32 // 1 − lr·λ of a decoupled weight decay λ; 1 without
	L2                   float32
}

// NAdam makes a step of NAdam, Adam with Nesterov's momentum:
//
//	m = fma(β₁, m, (1−β₁)·g′)
//	v = fma(β₂, v, (1−β₂)·(h·h))           h = Flush(g′, 2⁻⁵⁶)
//	d = fma(RateM, m, RateG·g′) / fma(√v, InvRootBias2, ε)
//	w = Decay·w − d
//
// Source: T. Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop,
// 2016, in PyTorch's form.
func NAdam(w, g, m, v []float32, p *NAdamStep) {
	for i, wi := range w {
		d := FMA(p.L2, wi, Flush(g[i], FlushState))
		mi := Flush(FMA(p.Beta1, m[i], float32(p.OneMinusBeta1*d)), FlushState)
		h := Flush(d, flushSquare)
		vi := Flush(FMA(p.Beta2, v[i], float32(p.OneMinusBeta2*float32(h*h))), FlushState)
		m[i], v[i] = mi, vi
		d = FMA(p.RateM, mi, float32(p.RateG*d)) / FMA(sqrt(vi), p.InvRootBias2, p.Epsilon)
		w[i] = Flush(float32(p.Decay*wi)-d, FlushProduct)
	}
}
