package data_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

func ExampleSplitStratified() {
	train, test, err := data.SplitStratified(data.Iris(), 0.2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(train.Len(), train.Counts())
	fmt.Println(test.Len(), test.Counts())
	// Output:
	// 120 [40 40 40]
	// 30 [10 10 10]
}

// The order of a split is one that anybody can compute.
func ExampleSplit() {
	d, err := data.Gate("xor")
	if err != nil {
		fmt.Println(err)
		return
	}
	train, test, err := data.Split(d, 0.25, 7)
	if err != nil {
		fmt.Println(err)
		return
	}
	order := []int{0, 1, 2, 3}
	kernels.Philox{Seed: 7, Stream: data.StreamSplit}.Shuffle(order)
	fmt.Println(train.Len(), test.Len())
	fmt.Println(slices.Equal(test.X.Row(0), d.X.Row(order[0])), slices.Equal(train.X.Row(2), d.X.Row(order[3])))
	// Output:
	// 3 1
	// true true
}

// Every random order is drawn from its own stream.
func TestStreams(t *testing.T) {
	const n, seed = 50, 9
	order := numbersTo(n)
	kernels.Philox{Seed: seed, Stream: data.StreamFold}.Shuffle(order)
	folds, err := data.KFold(n, 5, seed)
	if err != nil || !slices.Equal(slices.Concat(folds...), order) {
		t.Errorf("KFold: %v, %v", folds, err)
	}
	draws := func(stream uint64, of, k int) []int {
		r, v, draw := kernels.Philox{Seed: seed, Stream: stream}, make([]int, k), uint64(0)
		for i := range v {
			v[i] = int(r.Intn(uint32(of), &draw))
		}
		return v
	}
	if sample, _ := data.Bootstrap(n, seed); !slices.Equal(sample, draws(data.StreamBootstrap, n, n)) {
		t.Errorf("Bootstrap: %v", sample)
	}
	if extra := rows(data.Oversample(numbered(0, 7, n), seed))[n+7:]; !slices.Equal(extra, draws(data.StreamOversample, 7, n-7)) {
		t.Errorf("Oversample: %v", extra)
	}
	var table strings.Builder
	for i := range n {
		fmt.Fprintf(&table, "%d,%d.5\n", i, i)
	}
	s, err := data.NewCSVStream(strings.NewReader(table.String()), data.StreamOptions{
		CSVOptions: data.CSVOptions{Task: data.Regression}, Shuffle: n, Seed: seed,
	})
	if err != nil {
		t.Fatal(err)
	}
	x, y := layout.NewMatrix(1, 1), layout.NewMatrix(1, 1)
	for e := range uint64(3) {
		if _, err := s.Next(x, y); err != nil || int(x.At(0, 0)) != draws(data.StreamShuffle+e, n, 1)[0] {
			t.Errorf("CSVStream, epoch %d: starts with %v, %v", e, x.At(0, 0), err)
		}
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
	}
}

// numbered returns n rows that hold their own numbers, of classes of the given
// sizes; or a regression of n rows.
func numbered(n int, sizes ...int) *data.Dataset {
	d := &data.Dataset{Task: data.Regression, Features: []string{"row"}, Target: "y"}
	for c, size := range sizes {
		d.Task = data.Multiclass
		d.Classes = append(d.Classes, fmt.Sprint(c))
		for range size {
			d.Labels = append(d.Labels, c)
			n++
		}
	}
	d.X, d.Y = layout.NewMatrix(n, 1), layout.NewMatrix(n, 1)
	for i := range n {
		d.X.Set(i, 0, float32(i))
		d.Y.Set(i, 0, float32(i))
	}
	return d
}

// rows returns the numbers that numbered gave the rows.
func rows(d *data.Dataset) (at []int) {
	for i := range d.Len() {
		at = append(at, int(d.X.At(i, 0)))
	}
	return at
}

func TestSplit(t *testing.T) {
	for _, test := range []struct {
		n        int
		fraction float64
		want     int
	}{
		{10, 0.3, 3}, {10, 0.25, 3}, {10, 0.24, 2}, {150, 0.2, 30}, {2, 0.5, 1},
		{2, 0.01, 1}, {2, 0.99, 1}, {100, 0.999, 99}, {100, 0.001, 1},
	} {
		d := numbered(test.n)
		train, check, err := data.Split(d, test.fraction, 7)
		if err != nil {
			t.Fatal(err)
		}
		if check.Len() != test.want || train.Len() != test.n-test.want || check.Labels != nil || check.Task != data.Regression {
			t.Errorf("%v of %d: %d and %d rows", test.fraction, test.n, train.Len(), check.Len())
		}
		all := append(rows(train), rows(check)...)
		slices.Sort(all)
		if !slices.Equal(all, rows(d)) {
			t.Errorf("%v of %d: rows %v", test.fraction, test.n, all)
		}
	}
}

// The order belongs to the seed for ever: files in use rely on it.
func TestSplitOrder(t *testing.T) {
	_, a, _ := data.Split(numbered(1000), 0.01, 42)
	_, b, _ := data.Split(numbered(1000), 0.01, 42)
	_, c, _ := data.Split(numbered(1000), 0.01, 43)
	if !slices.Equal(rows(a), rows(b)) || slices.Equal(rows(a), rows(c)) {
		t.Errorf("seeds 42, 42, 43: %v, %v, %v", rows(a), rows(b), rows(c))
	}
	if want := []int{958, 792, 864, 552, 868, 109, 153, 333, 195, 835}; !slices.Equal(rows(a), want) {
		t.Errorf("seed 42: %v, want %v", rows(a), want)
	}
}

func TestSplitStratified(t *testing.T) {
	for _, test := range []struct {
		sizes    []int
		fraction float64
		want     []int
	}{
		{[]int{50, 50, 50}, 0.2, []int{10, 10, 10}},
		{[]int{357, 212}, 0.25, []int{89, 53}},
		{[]int{5, 5}, 0.3, []int{2, 1}},       // remainders are equal: the lower class
		{[]int{7, 3}, 0.5, []int{4, 1}},       // 3.5 and 1.5
		{[]int{100, 1}, 0.5, []int{51, 0}},    // the one row is for training
		{[]int{2, 2}, 0.99, []int{1, 1}},      // one row of each is for training
		{[]int{6, 0, 6}, 0.5, []int{3, 0, 3}}, // a class without rows
		{[]int{4, 1, 1}, 0.9, []int{3, 0, 0}},
	} {
		d := numbered(0, test.sizes...)
		train, check, err := data.SplitStratified(d, test.fraction, 3)
		if err != nil {
			t.Fatal(err)
		}
		if got := check.Counts(); !slices.Equal(got, test.want) {
			t.Errorf("%v of %v: %v, want %v", test.fraction, test.sizes, got, test.want)
		}
		all := append(rows(train), rows(check)...)
		slices.Sort(all)
		if !slices.Equal(all, rows(d)) {
			t.Errorf("%v of %v: rows %v", test.fraction, test.sizes, all)
		}
	}
	train, _, _ := data.SplitStratified(numbered(0, 50, 50), 0.2, 3)
	if slices.IsSorted(train.Labels) {
		t.Error("the rows are not shuffled")
	}
}

func TestSplitErrors(t *testing.T) {
	for _, test := range []struct {
		d          *data.Dataset
		fraction   float64
		stratified bool
		want       string
	}{
		{numbered(9), 0, false, "data: the fraction of test rows is 0; it must lie between 0 and 1"},
		{numbered(9), 1, true, "data: the fraction of test rows is 1; it must lie between 0 and 1"},
		{numbered(9), math.NaN(), false, "data: the fraction of test rows is NaN; it must lie between 0 and 1"},
		{numbered(1), 0.5, false, "data: 1 row cannot be split; two are needed"},
		{numbered(0), 0.5, true, "data: 0 rows cannot be split; two are needed"},
		{numbered(9), 0.5, true, "data: a stratified split needs classes; use Split for regression"},
		{numbered(0, 1, 1), 0.5, true, "data: a stratified split needs a class with two rows; use Split"},
	} {
		split := data.Split
		if test.stratified {
			split = data.SplitStratified
		}
		if _, _, err := split(test.d, test.fraction, 0); err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}
