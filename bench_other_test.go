//go:build !amd64 || !gc || purego

package hadamard

// There are no ceilings without assembly.

func flopCeiling() *ceiling          { return nil }
func loadCeiling([]float32) *ceiling { return nil }
