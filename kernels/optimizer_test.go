package kernels

import (
	"math"
	"math/rand/v2"
	"testing"
)

// stepCase is a step of an optimiser for one parameter with up to three numbers
// of state, and its formula.
type stepCase struct {
	step    func(w, g, a, b, c []float32)
	formula func(w, g, a, b, c approx) [4]approx // w, a, b, c after the step
}

func stepCases() map[string]stepCase {
	const lr, mu, keep, l2, eps, inside = 0.1, 0.9, 0.7, 0.01, 1e-3, 1e-2
	of := exactly
	adagrad := &AdagradStep{Rate: lr, Epsilon: eps, Inside: inside, L2: l2}
	adagradMu := &AdagradStep{Rate: lr, Momentum: mu, Inside: inside, L2: l2}
	rms := &RMSpropStep{Rho: 0.9, OneMinusRho: 0.1, Rate: lr, Momentum: mu, Epsilon: eps, Inside: inside, L2: l2}
	delta := &AdadeltaStep{Rho: 0.9, OneMinusRho: 0.1, Rate: lr, Epsilon: eps, L2: l2}
	radam := &AdamStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.99, OneMinusBeta2: 0.01, Rate: lr, Epsilon: 1, Decay: 1, L2: l2}
	adamax := &AdamaxStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.99, Rate: lr, Epsilon: eps, L2: l2}
	nadam := &NAdamStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.99, OneMinusBeta2: 0.01,
		RateM: lr, RateG: 0.3, InvRootBias2: 3, Epsilon: eps, Decay: 0.98, L2: l2}
	mean := func(beta, rest float32, old, x approx) approx { return of(beta).times(old).plus(of(rest).times(x)) }
	total := func(w, g approx) approx { return g.plus(of(l2).times(w)) }
	return map[string]stepCase{
		"Momentum": {
			func(w, g, v, _, _ []float32) { Momentum(w, g, v, lr, mu, keep, l2) },
			func(w, g, v, b, c approx) [4]approx {
				v = of(mu).times(v).plus(of(keep).times(total(w, g)))
				return [4]approx{w.minus(of(lr).times(v)), v, b, c}
			},
		},
		"Adagrad": {
			func(w, g, s, _, _ []float32) { Adagrad(w, g, s, nil, adagrad) },
			func(w, g, s, b, c approx) [4]approx {
				g = total(w, g)
				s = s.plus(g.times(g))
				d := g.over(s.plus(of(inside)).root().plus(of(eps)))
				return [4]approx{w.minus(of(lr).times(d)), s, b, c}
			},
		},
		"Adagrad with momentum": {
			func(w, g, s, v, _ []float32) { Adagrad(w, g, s, v, adagradMu) },
			func(w, g, s, v, c approx) [4]approx {
				g = total(w, g)
				s = s.plus(g.times(g))
				v = of(mu).times(v).plus(of(lr).times(g.over(s.plus(of(inside)).root())))
				return [4]approx{w.minus(v), s, v, c}
			},
		},
		"RMSprop": {
			func(w, g, s, v, _ []float32) { RMSprop(w, g, s, nil, v, rms) },
			func(w, g, s, v, c approx) [4]approx {
				g = total(w, g)
				s = mean(0.9, 0.1, s, g.times(g))
				v = of(mu).times(v).plus(g.over(s.plus(of(inside)).root().plus(of(eps))))
				return [4]approx{w.minus(of(lr).times(v)), s, v, c}
			},
		},
		"RMSprop centred": {
			func(w, g, s, v, a []float32) { RMSprop(w, g, s, a, v, rms) },
			func(w, g, s, v, a approx) [4]approx {
				g = total(w, g)
				s, a = mean(0.9, 0.1, s, g.times(g)), mean(0.9, 0.1, a, g)
				centred := s.minus(a.times(a)).max(of(0))
				v = of(mu).times(v).plus(g.over(centred.plus(of(inside)).root().plus(of(eps))))
				return [4]approx{w.minus(of(lr).times(v)), s, v, a}
			},
		},
		"Adadelta": {
			func(w, g, s, u, _ []float32) { Adadelta(w, g, s, u, delta) },
			func(w, g, s, u, c approx) [4]approx {
				g = total(w, g)
				s = mean(0.9, 0.1, s, g.times(g))
				d := u.plus(of(eps)).root().over(s.plus(of(eps)).root()).times(g)
				return [4]approx{w.minus(of(lr).times(d)), s, mean(0.9, 0.1, u, d.times(d)), c}
			},
		},
		"RAdam, not rectified": {
			func(w, g, v, m, _ []float32) { Adam(w, g, m, v, nil, radam) },
			func(w, g, v, m, c approx) [4]approx {
				g = total(w, g)
				m = mean(0.9, 0.1, m, g)
				return [4]approx{w.minus(of(lr).times(m)), mean(0.99, 0.01, v, g.times(g)), m, c}
			},
		},
		"Adamax": {
			func(w, g, u, m, _ []float32) { Adamax(w, g, m, u, adamax) },
			func(w, g, u, m, c approx) [4]approx {
				g = total(w, g)
				m, u = mean(0.9, 0.1, m, g), of(0.99).times(u).max(g.abs().plus(of(eps)))
				return [4]approx{w.minus(of(lr).times(m.over(u))), u, m, c}
			},
		},
		"NAdam": {
			func(w, g, v, m, _ []float32) { NAdam(w, g, m, v, nadam) },
			func(w, g, v, m, c approx) [4]approx {
				g = total(w, g)
				m, v = mean(0.9, 0.1, m, g), mean(0.99, 0.01, v, g.times(g))
				d := of(lr).times(m).plus(of(0.3).times(g)).over(v.root().times(of(3)).plus(of(eps)))
				return [4]approx{of(0.98).times(w).minus(d), v, m, c}
			},
		},
	}
}

// One step from any state, against the formula in float64.
func TestOptimizerFormulas(t *testing.T) {
	for name, c := range stepCases() {
		r := rand.New(rand.NewPCG(40, 1))
		for range 500 {
			var x [5]float32 // w, g, states, the first a second moment
			fillAdversarial(r, x[:], false)
			if x[2] = abs(x[2]) + 0.01; name == "Adadelta" {
				x[3] = abs(x[3]) // has two
			}
			want := c.formula(exactly(x[0]), exactly(x[1]), exactly(x[2]), exactly(x[3]), exactly(x[4]))
			c.step(x[0:1], x[1:2], x[2:3], x[3:4], x[4:5])
			for i, at := range []int{0, 2, 3, 4} {
				want[i].check(t, name+[4]string{": w", ": state 0", ": state 1", ": state 2"}[i], x[at])
			}
			if t.Failed() {
				break
			}
		}
	}
}

// A NaN anywhere makes w NaN; nothing moves padding; a gradient below 2⁻¹²⁶
// counts as 0, and one whose square does makes no step larger than its own.
func TestOptimizerSpecials(t *testing.T) {
	for name, c := range stepCases() {
		used := c.formula(approx{v: 1}, approx{v: 1}, approx{v: 1}, approx{v: 1}, approx{v: 1})
		for i := range 5 {
			x := [5]float32{1, 1, 1, 1, 1}
			if i > 1 && used[i-1].v == 1 && used[i-1].err == 0 {
				continue // not a state of this optimiser
			}
			x[i] = nan
			c.step(x[0:1], x[1:2], x[2:3], x[3:4], x[4:5])
			if x[0] == x[0] {
				t.Errorf("%s: NaN in argument %d, w is %g", name, i, x[0])
			}
		}
		small := [5]float32{0x1p-66, 0, 0, 0, 0}
		if c.step(small[0:1], small[1:2], small[2:3], small[3:4], small[4:5]); !sameBits(small[0], 0) {
			t.Errorf("%s: weight below 2⁻⁶³ is %g", name, small[0])
		}
		for _, g := range []float32{0, neg, 0x1.fffffcp-127} {
			x := [5]float32{0, g, 0, 0, 0}
			c.step(x[0:1], x[1:2], x[2:3], x[3:4], x[4:5])
			if name == "Adamax" && x[2] == 1e-3 {
				x[2] = 0 // ε
			}
			for _, i := range []int{0, 2, 3, 4} {
				if !sameBits(x[i], 0) {
					t.Errorf("%s: gradient %g moved argument %d to %g", name, g, i, x[i])
				}
			}
		}
	}
	const least = MinEpsilon * MinEpsilon
	for _, g := range []float32{0x1p-126, 0x1p-57, 0x1.fffffep-57, 0x1p-56, 0x1p-30} {
		for name, step := range map[string]func(w, g, a, b []float32){
			"Adagrad": func(w, g, s, _ []float32) { Adagrad(w, g, s, nil, &AdagradStep{Rate: 1, Inside: least}) },
			"RMSprop": func(w, g, s, _ []float32) {
				RMSprop(w, g, s, nil, nil, &RMSpropStep{OneMinusRho: 1, Rate: 1, Inside: least})
			},
			"Adadelta": func(w, g, s, u []float32) {
				Adadelta(w, g, s, u, &AdadeltaStep{OneMinusRho: 1, Rate: 1, Epsilon: least})
			},
			"Adamax": func(w, g, m, u []float32) {
				Adamax(w, g, m, u, &AdamaxStep{OneMinusBeta1: 1, Rate: 1, Epsilon: MinEpsilon})
			},
			"NAdam": func(w, g, m, v []float32) {
				NAdam(w, g, m, v, &NAdamStep{OneMinusBeta1: 1, OneMinusBeta2: 1, RateG: 1, InvRootBias2: 1, Epsilon: MinEpsilon})
			},
		} {
			w, s, u := []float32{0}, []float32{0}, []float32{0}
			step(w, []float32{g}, s, u)
			if !(math.Abs(float64(w[0])) <= 1) {
				t.Errorf("%s: the least ε and a gradient of %g make a step of %g", name, g, w[0])
			}
			if name == "Adadelta" && (s[0] != 0 || u[0] != 0) != (g >= flushSquare) {
				t.Errorf("Adadelta: a gradient of %g makes squares of %g and %g", g, s[0], u[0])
			}
		}
	}
}

// The greater of Adamax's two is taken where it stands, and its state passes a
// NaN from either.
func TestAdamaxState(t *testing.T) {
	p := &AdamaxStep{Beta1: 0.5, OneMinusBeta1: 0.5, Beta2: 0.5, Rate: 0.1, Epsilon: 0.25}
	for _, c := range []struct{ u, g, want float32 }{
		{4, 1, 2}, {4, -3, 3.25}, {0, 0, 0.25}, {nan, 1, nan}, {1, nan, nan}, {inf, 1, inf}, {1, -inf, inf}, {2.5, 1, 1.25},
	} {
		u := []float32{c.u}
		Adamax([]float32{1}, []float32{c.g}, []float32{0}, u, p)
		if !sameBits(u[0], c.want) {
			t.Errorf("u %g, gradient %g: %g, want %g", c.u, c.g, u[0], c.want)
		}
	}
}

// Padding stays zero, subnormal state and gradients do not survive, NaN does.
func TestOptimizerFlush(t *testing.T) {
	step := &AdamStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.999, OneMinusBeta2: 0.001, Rate: 0.1, InvRootBias2: 1, Epsilon: 1e-8, Decay: 1}
	w, g, m, v := make([]float32, 4), make([]float32, 4), make([]float32, 4), make([]float32, 4)
	g[1], m[1], v[1] = 0x1p-127, 0x1p-126, 0x1p-126 // decays below
	g[2] = nan
	g[3], w[3] = 1e-25, 0x1p-62
	Adam(w, g, m, v, nil, step)
	if w[0] != 0 || m[0] != 0 || v[0] != 0 {
		t.Errorf("padding moved: %g %g %g", w[0], m[0], v[0])
	}
	if m[1] != 0 || v[1] != 0 {
		t.Errorf("state is subnormal: %g %g", m[1], v[1])
	}
	if w[2] == w[2] || m[2] == m[2] || v[2] == v[2] {
		t.Error("NaN gradient vanished")
	}
	if v[3] != 0 || m[3] == 0 {
		t.Errorf("gradient 1e-25: moments %g %g", m[3], v[3])
	}
	w[0], g[0] = 0x1p-62, 0x1p-62
	SGD(w[:1], g[:1], 1-0x1p-10, 0)
	if w[0] != 0 {
		t.Errorf("weight below 2⁻⁶³ is %g", w[0])
	}
}

// State that decays below 2⁻¹²⁶ is zero, in every optimiser.
func TestStateIsFlushed(t *testing.T) {
	const tiny = 0x1p-126
	w, g := []float32{0}, []float32{0}
	adagrad := &AdagradStep{Rate: 0.1, Momentum: 0.5, Epsilon: 1e-7}
	rms := &RMSpropStep{Rho: 0.5, Momentum: 0.5, Rate: 0.1, Epsilon: 1e-7}
	adam := &AdamStep{Beta1: 0.5, Beta2: 0.5, Rate: 0.1, InvRootBias2: 1, Epsilon: 1e-7, Decay: 1}
	adadelta := &AdadeltaStep{Rho: 0.5, Rate: 0.1, Epsilon: 1e-7}
	adamax := &AdamaxStep{Beta1: 0.5, Beta2: 0.5, Rate: 0.1}
	nadam := &NAdamStep{Beta1: 0.5, Beta2: 0.5, RateM: 0.1, InvRootBias2: 1, Epsilon: 1e-7, Decay: 1}
	lion := &LionStep{Beta1: 0.5, Beta2: 0.5, Rate: 0.1, Decay: 1}
	for name, step := range map[string]func(a, b, c []float32){
		"Momentum":  func(v, _, _ []float32) { Momentum(w, g, v, 0.1, 0.5, 1, 0) },
		"Nesterov":  func(v, _, _ []float32) { Nesterov(w, g, v, 0.1, 0.5, 0) },
		"HeavyBall": func(v, _, _ []float32) { HeavyBall(w, g, v, 0.1, 0.5, 0) },
		"Adagrad":   func(v, _, _ []float32) { Adagrad(w, g, []float32{1}, v, adagrad) },
		"RMSprop":   func(s, a, v []float32) { RMSprop(w, g, s, a, v, rms) },
		"Adadelta":  func(s, u, _ []float32) { Adadelta(w, g, s, u, adadelta) },
		"Adam":      func(m, v, _ []float32) { Adam(w, g, m, v, nil, adam) },
		"Adamax":    func(m, u, _ []float32) { Adamax(w, g, m, u, adamax) },
		"NAdam":     func(m, v, _ []float32) { NAdam(w, g, m, v, nadam) },
		"Lion":      func(m, _, _ []float32) { Lion(w, g, m, lion) },
	} {
		w[0] = 0
		state := [3][]float32{{tiny}, {tiny}, {tiny}}
		step(state[0], state[1], state[2])
		for i, s := range state {
			if s[0] != 0 && s[0] != tiny {
				t.Errorf("%s: state %d is %g", name, i, s[0])
			}
		}
		if state[0][0] != 0 {
			t.Errorf("%s: state is %g", name, state[0][0])
		}
	}
}

// A unit that died: its gradients are zero and its moments decay. Without the
// flush rule they would become subnormal, and stay. Both halves should take the
// same time.
func BenchmarkDeadUnit(b *testing.B) {
	for _, unit := range []string{"live", "dead"} {
		b.Run("unit="+unit, func(b *testing.B) {
			const n = 1024
			w, g, m, v := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
			Philox{Seed: 1}.Normal(w, 0)
			for i := range m {
				m[i], v[i] = 1e-30, 1e-37
				if unit == "live" {
					g[i] = 0.1 * w[i]
				}
			}
			s := &AdamStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.99, OneMinusBeta2: 0.01, Rate: 1e-3, InvRootBias2: 1, Epsilon: 1e-8, Decay: 1}
			for range 300 { // past the range of normal numbers
				Adam(w, g, m, v, nil, s)
			}
			for b.Loop() {
				Adam(w, g, m, v, nil, s)
			}
		})
	}
}
