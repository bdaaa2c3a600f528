//go:build amd64 && gc && !purego

package hadamard

// flopCeiling is the rate of multiply-adds in registers, at the level in use; at
// level go, at the best level.
func flopCeiling() *ceiling {
	l := ceilingLevel()
	if l == LevelGo {
		return nil
	}
	const n = 1 << 20
	return &ceiling{f: func() { fmaRoof(l, n) }, amount: float64(n / (12 * 16 * 2) * (12 * 16 * 2)), metric: "%roof"}
}

// loadCeiling is the rate of loads of x.
func loadCeiling(x []float32) *ceiling {
	l := ceilingLevel()
	if l == LevelGo || len(x) < 128 {
		return nil
	}
	return &ceiling{f: func() { loadRoof(l, x) }, amount: float64(4 * (len(x) / 128 * 128)), metric: "%roof"}
}

func ceilingLevel() Level {
	if level != LevelGo {
		return level
	}
	all := Levels()
	return all[len(all)-1]
}
