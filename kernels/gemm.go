package kernels

import "math"

// Panel is the number of columns that a product is computed in at a time: the
// width of a packed panel of weights.
const Panel = 16

// Sgemm adds the product of A (m × k) and B (k × n) to C (m × n):
//
//	c[i][j] = fma(a[i][p], b[p][j], c[i][j])   for p = 0, 1, … k−1 in this order
//
// One chain of fused multiply-adds per element of C, rounded to float32 after
// each. Blocking C, storing it between blocks of p, or giving parts of it to
// other threads changes nothing.
//
// Element (i, p) of A is a[i·rsa + p·csa], (p, j) of B is b[p·rsb + j·csb],
// (i, j) of C is c[i·rsc + j]: exchanging the two strides of A or B gives the
// transposed forms. With rsb = 16, csb = 1 and n ≤ 16, B is a panel.
//
// Special values: as FMA; 0·Inf is NaN and is not skipped. k = 0 leaves C.
//
// Source: the operation is sgemm of Dongarra et al., "A set of level 3 basic
// linear algebra subprograms", ACM TOMS 16(1), 1990; the order is ours.
func Sgemm(m, n, k int, a []float32, rsa, csa int, b []float32, rsb, csb int, c []float32, rsc int) {
	if n == 0 {
		return
	}
	for i := range m {
		row := c[i*rsc:][:n]
		for p := range k {
			if csb == 1 {
				fmaRow(row, a[i*rsa+p*csa], b[p*rsb:])
			} else {
				fmaRowStrided(row, a[i*rsa+p*csa], b[p*rsb:], csb)
			}
		}
	}
}

// Segments returns the number S of segments that the forward product of a
// layer with k inputs and n outputs is summed in: the narrow-output rule. It
// depends on the shape of the layer and on nothing else.
//
//	S = 4   if n ≤ 32 and k ≥ 16
//	S = 1   otherwise
//
// A chain of k fused multiply-adds takes k times their latency. A layer with
// few outputs and one row of input has too few chains to fill the machine; four
// contiguous segments of k give it four times as many.
func Segments(k, n int) int {
	if n <= 32 && k >= 16 {
		return 4
	}
	return 1
}

// SgemmBias computes the forward product of a layer, C = A·B + bias, for a
// block of n of its columns, with k cut into seg contiguous segments of
// q = ⌈k/seg⌉ (seg = Segments(k, N) for the N columns of the whole layer):
//
//	s_0[i][j] = bias[j];   s_t[i][j] = +0 for t > 0
//	s_t[i][j] = fma(a[i][p], b[p][j], s_t[i][j])   for p = t·q … min(k, (t+1)·q)−1
//	c[i][j]   = ((s_0 + s_1) + s_2) + s_3
//
// Indices and special values are those of Sgemm with csa = csb = 1. C is only
// written.
func SgemmBias(m, n, k, seg int, a []float32, rsa int, b []float32, rsb int, bias []float32, c []float32, rsc int) {
	q := (k + seg - 1) / seg
	var part [Panel]float32
	for i := range m {
		row := c[i*rsc:][:n]
		copy(row, bias[:n])
		Sgemm(1, n, min(q, k), a[i*rsa:], 0, 1, b, rsb, 1, row, 0)
		for t := 1; t < seg; t++ {
			from, to := min(t*q, k), min((t+1)*q, k)
			for j := 0; j < n; j += Panel {
				s := part[:min(Panel, n-j)]
				clear(s)
				for p := from; p < to; p++ {
					fmaRow(s, a[i*rsa+p], b[p*rsb+j:])
				}
				for l, v := range s {
					row[j+l] += v
				}
			}
		}
	}
}

// fmaRow sets c[j] = fma(a, b[j], c[j]) for every j in order. It is FMA with
// the usual case written out in the loop.
//
//go:noinline
func fmaRow(c []float32, a float32, b []float32) {
	b = b[:len(c)]
	if fused {
		for j := range c {
			c[j] = a*b[j] + c[j]
		}
		return
	}
	a64 := float64(a)
	for j := range c {
		s := a64*float64(b[j]) + float64(c[j])
		if u := math.Float64bits(s); u&lowBits != midpoint && u<<1-1 >= minNormalBits64-1 {
			c[j] = float32(s)
		} else {
			c[j] = fmaOdd(a, b[j], c[j])
		}
	}
}

// fmaRowStrided is fmaRow for b[j·stride].
func fmaRowStrided(c []float32, a float32, b []float32, stride int) {
	for j := range c {
		c[j] = FMA(a, b[j*stride], c[j])
	}
}
