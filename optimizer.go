package hadamard

import (
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// The numbers of one step of an optimiser that has many.
type (
	AdagradStep  = kernels.AdagradStep
	AdadeltaStep = kernels.AdadeltaStep
	RMSpropStep  = kernels.RMSpropStep
	AdamStep     = kernels.AdamStep
	AdamaxStep   = kernels.AdamaxStep
	NAdamStep    = kernels.NAdamStep
	LionStep     = kernels.LionStep
)

// SGD makes a step of gradient descent on the parameters w, with gradients g:
//
//	g′ = l2·w + g
//	w  = w − lr·g′
//
// Gradients below kernels.FlushState count as 0, weights below
// kernels.FlushProduct become +0; this holds for the other optimisers too.
// w and g have the same length and do not overlap.
func SGD(w, g []float32, lr, l2 float32) {
	checkOptimizer("hadamard: SGD: lengths differ", "hadamard: SGD: arguments overlap", 1, w, g)
	sgd(w, g, lr, l2)
}

// Momentum makes a step of gradient descent with momentum, v being its state:
//
//	v = mu·v + keep·g′      keep = 1 − dampening, usually 1
//	w = w − lr·v
//
// w, g and v have the same length and do not overlap.
//
// Source: Sutskever et al., ICML 2013, with the learning rate outside v.
func Momentum(w, g, v []float32, lr, mu, keep, l2 float32) {
	checkOptimizer("hadamard: Momentum: lengths differ", "hadamard: Momentum: arguments overlap", 2, w, g, v)
	momentum(w, g, v, lr, mu, keep, l2)
}

// Nesterov makes a step of Nesterov's accelerated gradient, v being its state:
//
//	v = mu·v + g′
//	w = w − lr·(mu·v + g′)
//
// w, g and v have the same length and do not overlap.
//
// Source: Sutskever et al., ICML 2013, in PyTorch's form.
func Nesterov(w, g, v []float32, lr, mu, l2 float32) {
	checkOptimizer("hadamard: Nesterov: lengths differ", "hadamard: Nesterov: arguments overlap", 2, w, g, v)
	nesterov(w, g, v, lr, mu, l2)
}

// HeavyBall makes a step of gradient descent with momentum, v being the change
// of w:
//
//	v = mu·v + lr·g′
//	w = w − v
//
// w, g and v have the same length and do not overlap.
//
// Source: B. T. Polyak, 1964; the form of Keras.
func HeavyBall(w, g, v []float32, lr, mu, l2 float32) {
	checkOptimizer("hadamard: HeavyBall: lengths differ", "hadamard: HeavyBall: arguments overlap", 2, w, g, v)
	heavyBall(w, g, v, lr, mu, l2)
}

// Adagrad makes a step of Adagrad, s and v being its state:
//
//	s = s + g′²
//	d = g′/(√(s + Inside) + ε)
//	w = w − Rate·d                                      if Momentum = 0
//	v = Momentum·v + Rate·d;  w = w − v                 otherwise
//
// w, g and s have the same length, and v too unless Momentum is 0; none overlap.
//
// Source: J. Duchi, E. Hazan, Y. Singer, JMLR 12, 2011.
func Adagrad(w, g, s, v []float32, p *AdagradStep) {
	need := 3
	if p.Momentum == 0 {
		need = 2
	}
	checkOptimizer("hadamard: Adagrad: lengths differ", "hadamard: Adagrad: arguments overlap", need, w, g, s, v)
	adagrad(w, g, s, v, p)
}

// Adadelta makes a step of Adadelta, s and u being its state:
//
//	s = ρ·s + (1−ρ)·g′²
//	d = √(u + ε)/√(s + ε) · g′
//	u = ρ·u + (1−ρ)·d²
//	w = w − Rate·d
//
// w, g, s and u have the same length and do not overlap.
//
// Source: M. D. Zeiler, arXiv:1212.5701, 2012.
func Adadelta(w, g, s, u []float32, p *AdadeltaStep) {
	checkOptimizer("hadamard: Adadelta: lengths differ", "hadamard: Adadelta: arguments overlap", 3, w, g, s, u)
	adadelta(w, g, s, u, p)
}

// RMSprop makes a step of RMSprop, s, a and v being its state:
//
//	s = ρ·s + (1−ρ)·g′²
//	a = ρ·a + (1−ρ)·g′
//	d = g′/(√(s + Inside) + ε)      centred: s − a² for s
//	v = Momentum·v + d
//	w = w − Rate·v                  without momentum: Rate·d
//
// w, g and s have the same length, and so have a and v unless they are nil: a is
// given for the centred form, v for momentum. None overlap.
//
// Source: T. Tieleman, G. Hinton, 2012; A. Graves, arXiv:1308.0850.
func RMSprop(w, g, s, a, v []float32, p *RMSpropStep) {
	checkOptimizer("hadamard: RMSprop: lengths differ", "hadamard: RMSprop: arguments overlap", 2, w, g, s, a, v)
	rmsprop(w, g, s, a, v, p)
}

// Adam makes a step of Adam, m and v being its state; of AMSGrad if top, the
// greatest v so far, is not nil; of AdamW if Decay is not 1:
//
//	m = β₁·m + (1−β₁)·g′
//	v = β₂·v + (1−β₂)·g′²
//	w = Decay·w − Rate · m / (√v·InvRootBias2 + ε)
//
// w, g, m and v have the same length, and so has top unless it is nil; none
// overlap.
//
// Source: D. P. Kingma, J. Ba, ICLR 2015; S. J. Reddi, S. Kale, S. Kumar, ICLR
// 2018; I. Loshchilov, F. Hutter, ICLR 2019.
func Adam(w, g, m, v, top []float32, s *AdamStep) {
	checkOptimizer("hadamard: Adam: lengths differ", "hadamard: Adam: arguments overlap", 3, w, g, m, v, top)
	adam(w, g, m, v, top, s)
}

// Adamax makes a step of Adamax, m and u being its state:
//
//	m = β₁·m + (1−β₁)·g′
//	u = max(β₂·u, |g′| + ε)
//	w = w − Rate · m / u
//
// w, g, m and u have the same length and do not overlap.
//
// Source: D. P. Kingma, J. Ba, ICLR 2015, §7.1.
func Adamax(w, g, m, u []float32, p *AdamaxStep) {
	checkOptimizer("hadamard: Adamax: lengths differ", "hadamard: Adamax: arguments overlap", 3, w, g, m, u)
	adamax(w, g, m, u, p)
}

// NAdam makes a step of NAdam, m and v being its state:
//
//	m = β₁·m + (1−β₁)·g′
//	v = β₂·v + (1−β₂)·g′²
//	w = Decay·w − (RateM·m + RateG·g′) / (√v·InvRootBias2 + ε)
//
// w, g, m and v have the same length and do not overlap.
//
// Source: T. Dozat, ICLR workshop, 2016.
func NAdam(w, g, m, v []float32, p *NAdamStep) {
	checkOptimizer("hadamard: NAdam: lengths differ", "hadamard: NAdam: arguments overlap", 3, w, g, m, v)
	nadam(w, g, m, v, p)
}

// Lion makes a step of Lion, m being its state:
//
//	u = β₁·m + (1−β₁)·g′
//	m = β₂·m + (1−β₂)·g′
//	w = Decay·w − Rate·sign(u)
//
// w, g and m have the same length and do not overlap.
//
// Source: X. Chen et al., NeurIPS 2023.
func Lion(w, g, m []float32, p *LionStep) {
	checkOptimizer("hadamard: Lion: lengths differ", "hadamard: Lion: arguments overlap", 2, w, g, m)
	lion(w, g, m, p)
}

// checkOptimizer panics with lengths or overlaps unless the first need of the
// states, and the others if they are not nil, have the length of w and none
// share memory.
func checkOptimizer(lengths, overlaps string, need int, w []float32, states ...[]float32) {
	for i, s := range states {
		if len(s) != len(w) && (i < need || s != nil) {
			panic(lengths)
		}
	}
	for i, s := range states {
		if layout.Overlap(w, s) {
			panic(overlaps)
		}
		for _, t := range states[:i] {
			if layout.Overlap(s, t) {
				panic(overlaps)
			}
		}
	}
}
