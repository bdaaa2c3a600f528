//go:build gc && !purego

package hadamard

// Which assembly is in the build.
const (
	amd64Kernels = false
	arm64Kernels = true
)
