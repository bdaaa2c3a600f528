//go:build !amd64 || !gc || purego

package hadamard

const amd64Kernels = false
