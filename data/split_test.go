package data_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/hadamard-go/hadamard/data"
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
