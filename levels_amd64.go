//go:build amd64 && gc && !purego

package hadamard

// Which assembly is in the build.
const (
	amd64Kernels = true
	arm64Kernels = false
)
