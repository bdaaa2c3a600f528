// Package elementary has elementary functions of float64 that are the same on
// all machines, as those of package math are not. (Those of float32 are in
// package kernels.)
package elementary

import "math"

// Log returns the natural logarithm of a finite x > 0, correctly rounded wherever
// it was tried; nothing proves that there is no exception.
//
// With x = m·2ᵉ and m in [√½, √2):
//
//	log x = e·log 2 + 2s·(1 + s²/3 + s⁴/5 + …)   for s = (m−1)/(m+1)
//
// where s, s²/3 and the sums are pairs of float64, hi + lo.
func Log(x float64) float64 {
	const (
		ln2Hi = 6.93147180369123816490e-01 // 33 bits: e·ln2Hi is exact
		ln2Lo = 1.90821492927058770002e-10
	)
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m = 2 * m
		e--
	}
	denHi, denLo := twoSum(m, 1)
	s := (m - 1) / denHi
	sLo := (math.FMA(-s, denHi, m-1) - float64(s*denLo)) / denHi

	q := float64(s * s)
	qLo := math.FMA(s, s, -q) + float64(2*s*sLo)
	third := q / 3
	thirdLo := (math.FMA(-3, third, q) + qLo) / 3
	tail := 0.0 // q²/5 + q³/7 + …, of which q¹⁴ and more do not count
	for k := 13; k >= 2; k-- {
		tail = float64(tail*q) + 1/float64(2*k+1)
	}
	tail = float64(float64(tail*q) * q)
	p, pLo := twoSum(third, tail)
	pLo += thirdLo

	sp := float64(s * p)
	spLo := math.FMA(s, p, -sp) + float64(s*pLo) + float64(sLo*p)
	a, aLo := twoSum(s, sp)
	aLo += sLo + spLo
	sum, sumLo := twoSum(float64(float64(e)*ln2Hi), 2*a)
	return sum + (sumLo + (2*aLo + float64(float64(e)*ln2Lo)))
}

// twoSum returns a+b as the rounded sum and what is lost by rounding.
func twoSum(a, b float64) (sum, lost float64) {
	sum = a + b
	v := sum - a
	return sum, (a - (sum - v)) + (b - v)
}
