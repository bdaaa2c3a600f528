package hadamard

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/cpu"
)

// Level is a set of kernels for one kind of machine. All levels return the same
// bits; they differ in speed alone.
type Level uint8

// The levels, slowest first.
const (
	LevelGo     Level = iota // pure Go: the specification itself, on every machine
	LevelNEON                // arm64: 128-bit registers, NEON
	LevelAVX2                // amd64: 256-bit registers, AVX2 and FMA3
	LevelAVX512              // amd64: 512-bit registers, AVX-512 F, BW, DQ and VL
	numLevels
)

// levels has a row for each Level. A level is whole, without falling back within it;
// but NEON has kernels of the products alone so far.
var levels = [numLevels]struct {
	name      string
	supported bool // by this processor and operating system
}{
	LevelGo:     {"go", true},
	LevelNEON:   {"neon", arm64Kernels},
	LevelAVX2:   {"avx2", amd64Kernels && cpu.X86.HasAVX2 && cpu.X86.HasFMA},
	LevelAVX512: {"avx512", amd64Kernels && cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL},
}

// String returns the name that HADAMARD_LEVEL knows the level by.
func (l Level) String() string {
	if l < numLevels {
		return levels[l].name
	}
	return fmt.Sprintf("Level(%d)", uint8(l))
}

// Levels returns the levels that this machine supports, slowest first.
func Levels() []Level {
	var ls []Level
	for l := range numLevels {
		if levels[l].supported {
			ls = append(ls, l)
		}
	}
	return ls
}

// level is the level in use, chosen once at start.
var level = mustLevel(os.Getenv("HADAMARD_LEVEL"))

// mustLevel panics rather than measure or serve with another level than the
// one that was asked for.
func mustLevel(name string) Level {
	l, err := chooseLevel(name)
	if err != nil {
		panic(err.Error())
	}
	return l
}

// chooseLevel returns the fastest supported level for the empty name, and
// otherwise the level of that name.
func chooseLevel(name string) (Level, error) {
	all := Levels()
	if name == "" {
		return all[len(all)-1], nil
	}
	var names []string
	for _, l := range all {
		if l.String() == name {
			return l, nil
		}
		names = append(names, l.String())
	}
	return 0, fmt.Errorf("hadamard: HADAMARD_LEVEL=%s: this machine has: %s; unset it, or choose one of these", name, strings.Join(names, ", "))
}
