//go:build amd64 && gc && !purego

package hadamard

// amd64Kernels says that the assembly is in the build.
const amd64Kernels = true
