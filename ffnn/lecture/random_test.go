package lecture

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
)

// All of NumPy's numbers, exactly.
func TestRandomState(t *testing.T) {
	var g struct {
		Seeds []struct {
			Seed    uint32
			Raw     []uint32     `json:"raw_uint32"`
			Sample  golden.Array `json:"random_sample"`
			Randn   golden.Array
			Then1   golden.Array                `json:"then_randn_2x3"`
			Then2   golden.Array                `json:"then_random_sample"`
			Then3   golden.Array                `json:"then_randn_after"`
			Int4    []int                       `json:"randint_4"`
			Int10   []int                       `json:"randint_10"`
			Int426  []int                       `json:"randint_426"`
			Int1797 []int                       `json:"randint_1797"`
			Perm4   []int                       `json:"permutation_4"`
			Perm10  []int                       `json:"permutation_10"`
			Perm57  []int                       `json:"permutation_57"`
			Split   struct{ Train, Test []int } `json:"train_test_split_57_default"`
			Boot    []int                       `json:"bootstrap_20_after_seed"`
			Uniform golden.Array                `json:"uniform_-2_3"`
		}
	}
	golden.Read(t, "testdata/rng_numpy_legacy.json", &g)
	if len(g.Seeds) != 5 {
		t.Fatalf("%d seeds", len(g.Seeds))
	}
	for _, s := range g.Seeds {
		fresh := func() *RandomState { return NewRandomState(s.Seed) }
		floats := func(name string, want golden.Array, next func() float64) {
			t.Helper()
			for i, w := range want.Data {
				if v := next(); v != w {
					t.Errorf("seed %d: %s[%d] is %v, want %v", s.Seed, name, i, v, w)
				}
			}
		}
		ints := func(name string, want, got []int) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Errorf("seed %d: %s is %d, want %d", s.Seed, name, got, want)
			}
		}
		r := fresh()
		for i, w := range s.Raw {
			if v := r.Uint32(); v != w {
				t.Errorf("seed %d: word %d is %d, want %d", s.Seed, i, v, w)
			}
		}
		floats("random_sample", s.Sample, fresh().Float64)
		r = fresh()
		floats("randn", s.Randn, r.NormFloat64)
		floats("then randn", s.Then1, r.NormFloat64)
		floats("then random_sample", s.Then2, r.Float64)
		floats("then randn again", s.Then3, r.NormFloat64)
		r = fresh()
		floats("uniform", s.Uniform, func() float64 { return r.Uniform(-2, 3) })
		for n, want := range map[int][]int{4: s.Int4, 10: s.Int10, 426: s.Int426, 1797: s.Int1797} {
			r := fresh()
			got := make([]int, len(want))
			for i := range got {
				got[i] = r.Intn(n)
			}
			ints(fmt.Sprintf("randint(%d)", n), want, got)
		}
		for n, want := range map[int][]int{4: s.Perm4, 10: s.Perm10, 57: s.Perm57} {
			ints(fmt.Sprintf("permutation(%d)", n), want, fresh().Perm(n))
		}
		train, test := fresh().TrainTestSplit(57, 0.25)
		ints("train", s.Split.Train, train)
		ints("test", s.Split.Test, test)
		ints("bootstrap", s.Boot, fresh().Bootstrap(20))
	}
}

func TestRandomStateLimits(t *testing.T) {
	r := NewRandomState(5)
	if r.Intn(1) != 0 || r.next != mtLen {
		t.Error("Intn(1) draws a number")
	}
	if v := r.Intn(math.MaxInt32); v < 0 || v == math.MaxInt32 {
		t.Error(v)
	}
	for name, f := range map[string]func(){
		"no integer": func() { r.Intn(0) },
		"no test":    func() { r.TrainTestSplit(10, 0) },
		"no train":   func() { r.TrainTestSplit(10, 1) },
		"NaN":        func() { r.TrainTestSplit(10, math.NaN()) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}
