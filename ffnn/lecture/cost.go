package lecture

import "math"

// Cost is a cost function of the targets t and the predictions p, matrices of
// the same shape, and its derivative by each element of p. The lecture takes a
// Python function of t that returns a function of p, and asks Autograd for the
// derivative; here both are given.
//
// Value returns NaN or an infinity where the lecture would raise a RuntimeWarning
// (ErrNotFinite), as for the logarithm of a negative number. Like Autograd, a fit
// computes it before each Gradient.
//
// The Name matters: CostLogReg and CostCrossEntropy make the network a
// classifier, any other cost a regression (Q17).
type Cost struct {
	Name     string
	Value    func(t, p Matrix) float64
	Gradient func(t, p Matrix) Matrix
}

// The lecture's cost functions for n samples of k outputs, with the guard
// g = 1e-9 (Q7).
var (
	// CostOLS is Σ (t−p)² / n, the sum going over samples and outputs (Q6).
	CostOLS = Cost{
		Name: "CostOLS",
		Value: func(t, p Matrix) float64 {
			return 1 / float64(len(t)) * total(t, p, func(t, p float64) float64 { return (t - p) * (t - p) })
		},
		Gradient: func(t, p Matrix) Matrix {
			n := 1 / float64(len(t))
			return each(t, p, func(t, p float64) float64 {
				return -n * 2 * (t - p)
			})
		},
	}

	// CostLogReg is −Σ (t·log(p+g) + (1−t)·log(1−p+g)) / n.
	CostLogReg = Cost{
		Name: "CostLogReg",
		Value: func(t, p Matrix) float64 {
			return -(1 / float64(len(t))) * total(t, p, func(t, p float64) float64 {
				return t*math.Log(p+guard) + (1-t)*math.Log(1-p+guard)
			})
		},
		Gradient: func(t, p Matrix) Matrix {
			n := -(1 / float64(len(t)))
			return each(t, p, func(t, p float64) float64 {
				return n*t/(p+guard) - n*(1-t)/(1-p+guard)
			})
		},
	}

	// CostCrossEntropy is −Σ t·log(p+g) / (n·k): the mean is over the elements (Q5).
	CostCrossEntropy = Cost{
		Name: "CostCrossEntropy",
		Value: func(t, p Matrix) float64 {
			return -(1 / float64(len(t)*t.cols())) * total(t, p, func(t, p float64) float64 {
				return t * math.Log(p+guard)
			})
		},
		Gradient: func(t, p Matrix) Matrix {
			n := -(1 / float64(len(t)*t.cols()))
			return each(t, p, func(t, p float64) float64 { return n * t / (p + guard) })
		},
	}
)

// classifies says whether a cost function of that name is for classification.
func (c Cost) classifies() bool {
	return c.Name == CostLogReg.Name || c.Name == CostCrossEntropy.Name
}

// total returns the sum of f over the elements.
func total(t, p Matrix, f func(t, p float64) float64) (sum float64) {
	for i := range t {
		for j := range t[i] {
			sum += f(t[i][j], p[i][j])
		}
	}
	return sum
}

// each returns f of each pair of elements.
func each(t, p Matrix, f func(t, p float64) float64) Matrix {
	m := newMatrix(len(t), t.cols())
	for i := range t {
		for j := range t[i] {
			m[i][j] = f(t[i][j], p[i][j])
		}
	}
	return m
}
