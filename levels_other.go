//go:build !(amd64 || arm64) || !gc || purego

package hadamard

const (
	amd64Kernels = false
	arm64Kernels = false
)
