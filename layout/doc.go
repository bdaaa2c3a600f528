// Package layout says where numbers lie in memory: row-major matrices, the
// panels that weights are packed into, aligned allocation, and arenas. It
// computes nothing and knows no instruction set.
//
// The types are plain values; methods neither lock nor allocate unless their
// documentation says so, and two goroutines may read the same memory.
package layout
