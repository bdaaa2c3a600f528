// Package hadamard has the operations of a feed-forward neural network on
// float32, forward and backward: matrix products with bias and activation, the
// Hadamard product and other element-wise operations, softmax, losses, dropout,
// batch normalisation, penalties and bounds of norms, and optimiser steps.
//
// # One answer
//
// Each result is defined to the bit by package kernels, and is the same on
// every machine, at every Level, for any alignment, any number of rows in a
// call, and any number of threads.
//
// # Conventions
//
// Matrices are row-major views (layout.Matrix), weights are packed panels
// (layout.Panels); shapes are written rows × columns. Unless its documentation
// says otherwise, a function
//
//   - panics on wrong shapes or on memory that overlaps, with a constant string
//     that names the function and the fault, before it writes anything;
//   - lets a destination be one of its sources of the same length ("in place"),
//     but not overlap it in another way;
//   - allocates nothing, keeps no argument, and may be called from any
//     goroutine, as long as no other writes to the same memory;
//   - writes nothing outside the elements of its destination: neither the
//     padding of a row nor what lies behind a slice.
//
// # Threads
//
// A function uses the calling goroutine alone. Parallel has the matrix products on
// several, with the same bits.
//
// # Levels
//
// The fastest level that the machine supports is chosen at start. The
// environment variable HADAMARD_LEVEL forces one by name; a name that this
// machine does not have is a panic at start. Info tells which level runs.
package hadamard
