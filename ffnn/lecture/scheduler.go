package lecture

import (
	"fmt"
	"math"
)

// Scheduler is an optimiser: a rule by which a gradient becomes the change that
// is subtracted from the weights. Fit gives each matrix of weights, and each row
// of biases, a Clone of its own, and calls Reset after each epoch.
type Scheduler interface {
	// UpdateChange returns the change for the gradient, a new matrix, and keeps what
	// it needs for the next call, whose gradient has the same shape. An element that
	// is not finite ends the fit.
	UpdateChange(gradient Matrix) Matrix

	// Reset ends an epoch.
	Reset()

	// Clone returns a copy that shares nothing with the original.
	Clone() Scheduler

	// String returns name and eta as the first line of a fit shows them.
	String() string
}

// delta is the lecture's 1e-8, which keeps denominators from 0.
const delta = 1e-8

// Constant is gradient descent: change = η·g.
type Constant struct {
	Eta float64
}

// UpdateChange returns η·g.
func (s *Constant) UpdateChange(g Matrix) Matrix { return scaled(s.Eta, g) }

// Reset does nothing.
func (s *Constant) Reset() {}

// Clone returns a copy.
func (s *Constant) Clone() Scheduler { c := *s; return &c }

func (s *Constant) String() string { return describe("Constant", s.Eta) }

// Momentum is change = m·change + η·g. The change outlives the epoch (Q14).
type Momentum struct {
	Eta, Momentum float64

	change Matrix
}

// UpdateChange returns m times the last change plus η·g.
func (s *Momentum) UpdateChange(g Matrix) Matrix {
	s.change = s.change.decayed(s.Momentum, scaled(s.Eta, g))
	return s.change.clone()
}

// Reset does nothing.
func (s *Momentum) Reset() {}

// Clone returns a copy.
func (s *Momentum) Clone() Scheduler {
	return &Momentum{s.Eta, s.Momentum, s.change.clone()}
}

func (s *Momentum) String() string { return describe("Momentum", s.Eta) }

// Adagrad is change = η·g / (δ + √G), where G is the sum of the squares of all
// gradients of the epoch, over a whole row of the matrix: one number for each
// input of a layer, and one for all of its biases (Q13).
type Adagrad struct {
	Eta float64

	squares []float64
}

// UpdateChange returns the change.
func (s *Adagrad) UpdateChange(g Matrix) Matrix { return rowScaled(&s.squares, s.Eta, g) }

// Reset forgets the squares.
func (s *Adagrad) Reset() { s.squares = nil }

// Clone returns a copy.
func (s *Adagrad) Clone() Scheduler {
	return &Adagrad{s.Eta, append([]float64(nil), s.squares...)}
}

func (s *Adagrad) String() string { return describe("Adagrad", s.Eta) }

// AdagradMomentum is change = m·change + η·g / (δ + √G) with Adagrad's G. The
// change outlives the epoch, G does not (Q13, Q14).
type AdagradMomentum struct {
	Eta, Momentum float64

	squares []float64
	change  Matrix
}

// UpdateChange returns m times the last change plus Adagrad's.
func (s *AdagradMomentum) UpdateChange(g Matrix) Matrix {
	s.change = s.change.decayed(s.Momentum, rowScaled(&s.squares, s.Eta, g))
	return s.change.clone()
}

// Reset forgets the squares.
func (s *AdagradMomentum) Reset() { s.squares = nil }

// Clone returns a copy.
func (s *AdagradMomentum) Clone() Scheduler {
	return &AdagradMomentum{s.Eta, s.Momentum, append([]float64(nil), s.squares...), s.change.clone()}
}

func (s *AdagradMomentum) String() string { return describe("AdagradMomentum", s.Eta) }

// RMSProp is change = η·g / √(v + δ) with v = ρ·v + (1−ρ)·g², element by element. The
// lecture calls it RMS_prop. v starts from 0 in each epoch (Q11, Q12).
type RMSProp struct {
	Eta, Rho float64

	second Matrix
}

// UpdateChange returns the change.
func (s *RMSProp) UpdateChange(g Matrix) Matrix {
	s.second = s.second.decayed(s.Rho, weightedSquares(1-s.Rho, g))
	return each(g, s.second, func(g, v float64) float64 {
		return s.Eta * g / math.Sqrt(orNaN(v)+delta)
	})
}

// Reset forgets v.
func (s *RMSProp) Reset() { s.second = nil }

// Clone returns a copy.
func (s *RMSProp) Clone() Scheduler { return &RMSProp{s.Eta, s.Rho, s.second.clone()} }

func (s *RMSProp) String() string { return describe("RMS_prop", s.Eta) }

// Adam is change = η·m̂ / √(v̂ + δ), element by element, with
//
//	m = ρ·m + (1−ρ)·g      m̂ = m / (1−ρᵉ)
//	v = ρ₂·v + (1−ρ₂)·g²   v̂ = v / (1−ρ₂ᵉ)
//
// where e is the number of the epoch, from 1, and m and v start from 0 in each
// epoch (Q10, Q11). With one batch an epoch that is η·sign(g) times a factor, which
// for the usual ρ = 0.9 and ρ₂ = 0.999 is 1 in the first epoch, 0.48 in the tenth, and
// grows to 3.16.
type Adam struct {
	Eta, Rho, Rho2 float64

	moment, second Matrix
	epochs         int // that are over
}

// UpdateChange returns the change.
func (s *Adam) UpdateChange(g Matrix) Matrix {
	s.moment = s.moment.decayed(s.Rho, scaled(1-s.Rho, g))
	s.second = s.second.decayed(s.Rho2, weightedSquares(1-s.Rho2, g))
	e := float64(s.epochs + 1)
	m, v := 1-math.Pow(s.Rho, e), 1-math.Pow(s.Rho2, e)
	return each(s.moment, s.second, func(moment, second float64) float64 {
		return s.Eta * (moment / m) / math.Sqrt(orNaN(second/v)+delta)
	})
}

// Reset forgets m and v and counts the epoch.
func (s *Adam) Reset() {
	s.moment, s.second = nil, nil
	s.epochs++
}

// Clone returns a copy.
func (s *Adam) Clone() Scheduler {
	return &Adam{s.Eta, s.Rho, s.Rho2, s.moment.clone(), s.second.clone(), s.epochs}
}

func (s *Adam) String() string { return describe("Adam", s.Eta) }

func describe(name string, eta float64) string {
	return fmt.Sprintf("%s: Eta=%s", name, pythonFloat(eta))
}

// decayed returns decay·m + next, and next for an m that is nil.
func (m Matrix) decayed(decay float64, next Matrix) Matrix {
	if m == nil {
		return next
	}
	return each(m, next, func(old, next float64) float64 { return old*decay + next })
}

// scaled returns s·g.
func scaled(s float64, g Matrix) Matrix {
	return each(g, g, func(g, _ float64) float64 { return s * g })
}

// weightedSquares returns w·g².
func weightedSquares(w float64, g Matrix) Matrix {
	return each(g, g, func(g, _ float64) float64 { return w * g * g })
}

// rowScaled adds the squares of each row of g to squares and returns η·g divided
// by their roots.
func rowScaled(squares *[]float64, eta float64, g Matrix) Matrix {
	if *squares == nil {
		*squares = make([]float64, len(g))
	}
	c := newMatrix(len(g), g.cols())
	for i, row := range g {
		for _, v := range row {
			(*squares)[i] += v * v
		}
		inverse := 1 / (delta + math.Sqrt(orNaN((*squares)[i])))
		for j, v := range row {
			c[i][j] = eta * v * inverse
		}
	}
	return c
}
