// Package kernels is the specification of the library: every operation in pure
// Go, defined to the bit. It is also what runs where no assembly does (the
// level "go"). Assembly is an optimisation that may not change one bit of what
// stands here.
//
// Version is the version of this arithmetic. A change of any bit of any result
// is a breaking change and takes a new one.
//
// # Rules
//
// All arithmetic is IEEE 754 binary32, rounded to nearest, ties to even:
// +, −, ×, ÷, √, the fused multiply-add (FMA), comparisons, and integer
// operations on the bits. Nothing is reassociated. No function of package math
// whose result differs between machines is used. A product that is not part of
// an FMA is written float32(x*y), so that no compiler fuses it.
//
// Matrix products are one chain of FMAs per element, in the order of the inner
// index (Sgemm); layers with few outputs sum four such chains (Segments).
//
// Reductions over a row (Dot, Sum, SumSquares, Softmax, losses) have Lanes = 16
// partial results: lane l takes the elements l, l+16, l+32, … in order, starting
// from +0, and a fixed tree folds them:
//
//	s[l] = s[l] + s[l+8]   l < 8
//	s[l] = s[l] + s[l+4]   l < 4
//	s[l] = s[l] + s[l+2]   l < 2
//	s    = s[0] + s[1]
//
// Reductions over the rows of a matrix (ColSums, ColDots, gradients) have a lane
// for each column; rows are added in order, and a sum can be continued with more
// rows.
//
// NaN in gives NaN out; its sign and payload are unspecified. Maxima are
// "c > x ? c : x": NaN and −0 of x pass.
//
// # The flush rule
//
// Arithmetic on subnormal numbers is up to 250 times slower on common
// processors, and decaying optimiser state and dead units get there. Hardware
// modes that flush to zero differ between processors, so values become +0 where
// they are stored for reuse (Flush): below FlushProduct what will be
// multiplied with its like (weights, hidden activations, δ), so that products
// stay normal; below FlushState gradients and optimiser state. A network's
// final output is never flushed, nor is NaN.
//
// # Conventions
//
// Slices that belong together have the length of the first; matrices are given
// by strides. Arguments are not checked beyond Go's own bounds: package
// hadamard does that. No function allocates, and none keeps its arguments.
// Destinations may be one of the sources unless a function says otherwise.
package kernels

// Version is the version of the arithmetic that this package defines.
const Version = 1
