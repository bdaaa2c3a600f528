package data_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/layout"
)

func ExampleStratifiedKFold() {
	d := data.Iris()
	folds, err := data.StratifiedKFold(d.Labels, 5, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, rows := range folds {
		train, test := d.Subset(folds.Train(i)), d.Subset(rows)
		fmt.Println(train.Counts(), test.Counts())
	}
	// Output:
	// [40 40 40] [10 10 10]
	// [40 40 40] [10 10 10]
	// [40 40 40] [10 10 10]
	// [40 40 40] [10 10 10]
	// [40 40 40] [10 10 10]
}

func ExampleKFold() {
	folds, err := data.KFold(7, 3, 1)
	for i, test := range folds {
		fmt.Println(len(folds.Train(i)), len(test))
	}
	fmt.Println(err)
	// Output:
	// 4 3
	// 5 2
	// 5 2
	// <nil>
}

func ExampleBootstrap() {
	d := data.Iris()
	rows, rest := data.Bootstrap(d.Len(), 1)
	train, test := d.Subset(rows), d.Subset(rest)
	fmt.Println(train.Len(), test.Len() > 0)
	// Output: 150 true
}

// Nine rows of a class for each of the other, after the split: then as many.
func ExampleOversample() {
	x, y := layout.NewMatrix(100, 1), layout.NewMatrix(100, 1)
	for i := range 100 {
		x.Set(i, 0, float32(i))
		if i < 10 {
			y.Set(i, 0, 1)
		}
	}
	d, err := data.FromArrays(x, y, data.ArrayOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	train, test, err := data.SplitStratified(d, 0.2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	balanced := data.Oversample(train, 1)
	fmt.Println(train.Counts(), balanced.Counts(), test.Counts())
	// Output: [72 8] [72 72] [18 2]
}

// numbersTo returns 0 … n−1.
func numbersTo(n int) (v []int) {
	for i := range n {
		v = append(v, i)
	}
	return v
}

// checkFolds fails unless each of n rows is in one fold, and Train the rest.
func checkFolds(t *testing.T, folds data.Folds, n int) {
	t.Helper()
	all := slices.Concat(folds...)
	slices.Sort(all)
	if !slices.Equal(all, numbersTo(n)) {
		t.Errorf("the folds have the rows %v", all)
	}
	for i, test := range folds {
		both := slices.Concat(folds.Train(i), test)
		slices.Sort(both)
		if !slices.Equal(both, all) {
			t.Errorf("fold %d and its training rows: %v", i, both)
		}
	}
}

func TestKFold(t *testing.T) {
	for _, test := range []struct {
		n, k int
		want []int
	}{
		{10, 3, []int{4, 3, 3}}, {10, 5, []int{2, 2, 2, 2, 2}}, {11, 4, []int{3, 3, 3, 2}}, {3, 3, []int{1, 1, 1}}, {2, 2, []int{1, 1}},
	} {
		folds, err := data.KFold(test.n, test.k, 5)
		if err != nil {
			t.Fatal(err)
		}
		var sizes []int
		for _, rows := range folds {
			sizes = append(sizes, len(rows))
		}
		if !slices.Equal(sizes, test.want) {
			t.Errorf("%d rows: folds of %v, want %v", test.n, sizes, test.want)
		}
		checkFolds(t, folds, test.n)
	}
	a, _ := data.KFold(1000, 100, 42)
	b, _ := data.KFold(1000, 100, 42)
	c, _ := data.KFold(1000, 100, 43)
	if !slices.Equal(a[0], b[0]) || slices.Equal(a[0], c[0]) {
		t.Errorf("seeds 42, 42, 43: %v, %v, %v", a[0], b[0], c[0])
	}
	// The order belongs to the seed for ever: results in use rely on it.
	if want := []int{426, 839, 377, 297, 420, 670, 114, 262, 74, 526}; !slices.Equal(a[0], want) {
		t.Errorf("seed 42: %v, want %v", a[0], want)
	}
	a[0] = append(a[0], -1)
	if a[1][0] == -1 {
		t.Error("a fold grows into the next")
	}
}

// The sizes of the classes in each fold are those of scikit-learn.
func TestStratifiedKFold(t *testing.T) {
	for _, test := range []struct {
		sizes []int // of the classes
		k     int
		want  [][]int
	}{
		{[]int{7, 5, 4}, 4, [][]int{{2, 1, 1}, {2, 1, 1}, {2, 1, 1}, {1, 2, 1}}},
		{[]int{9, 8, 3, 1}, 5, [][]int{{2, 2, 0, 1}, {2, 2, 0, 0}, {2, 1, 1, 0}, {2, 1, 1, 0}, {1, 2, 1, 0}}},
		{[]int{50, 0, 50}, 2, [][]int{{25, 0, 25}, {25, 0, 25}}},
	} {
		d := numbered(0, test.sizes...)
		folds, err := data.StratifiedKFold(d.Labels, test.k, 3)
		if err != nil {
			t.Fatal(err)
		}
		checkFolds(t, folds, d.Len())
		for i, rows := range folds {
			if got := d.Subset(rows).Counts(); !slices.Equal(got, test.want[i]) {
				t.Errorf("%v in %d folds: fold %d has %v, want %v", test.sizes, test.k, i, got, test.want[i])
			}
		}
	}
	labels := numbered(0, 50, 50).Labels
	a, _ := data.StratifiedKFold(labels, 2, 1)
	b, _ := data.StratifiedKFold(labels, 2, 1)
	c, _ := data.StratifiedKFold(labels, 2, 2)
	if !slices.Equal(a[1], b[1]) || slices.Equal(a[1], c[1]) || slices.IsSorted(a[1]) {
		t.Errorf("seeds 1, 1, 2: %v, %v, %v", a[1], b[1], c[1])
	}
}

func TestFoldErrors(t *testing.T) {
	kfold := func(n, k int) error { _, err := data.KFold(n, k, 0); return err }
	stratified := func(k int, labels ...int) error { _, err := data.StratifiedKFold(labels, k, 0); return err }
	for _, test := range []struct {
		err  error
		want string
	}{
		{kfold(5, 1), "data: 1 fold of 5 rows; there must be 2 folds or more, and a row for each"},
		{kfold(1, 2), "data: 2 folds of 1 row; there must be 2 folds or more, and a row for each"},
		{kfold(-1, 2), "data: 2 folds of -1 rows; there must be 2 folds or more, and a row for each"},
		{stratified(2), "data: stratified folds need the classes of the rows; use KFold for regression"},
		{stratified(4, 0, 1, 0), "data: 4 folds of 3 rows; there must be 2 folds or more, and a row for each"},
		{stratified(3, 0, 1, 0), "data: 3 stratified folds need a class of as many rows, and the greatest has 2; use fewer folds, or KFold"},
		{stratified(2, 0, -1), "data: StratifiedKFold: label 1 is -1; it must be 0 or more"},
	} {
		if test.err == nil || test.err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", test.err, test.want)
		}
	}
	mustPanic(t, func() { data.Folds{{0}, {1}}.Train(2) })
	mustPanic(t, func() { data.Bootstrap(-1, 0) })
}

func TestBootstrap(t *testing.T) {
	const n = 10000
	sample, rest := data.Bootstrap(n, 42)
	drawn := make([]int, n)
	for _, i := range sample {
		drawn[i]++
	}
	var missing []int
	twice := 0
	for i, times := range drawn {
		switch times {
		case 0:
			missing = append(missing, i)
		case 2:
			twice++
		}
	}
	if len(sample) != n || !slices.Equal(rest, missing) {
		t.Errorf("%d rows, %d left over, want %d", len(sample), len(rest), len(missing))
	}
	// n/e rows are never drawn and n/2e twice, give or take √n.
	if len(rest) < 3579 || len(rest) > 3779 || twice < 1739 || twice > 1939 {
		t.Errorf("%d rows never drawn, %d twice", len(rest), twice)
	}
	again, _ := data.Bootstrap(n, 42)
	other, _ := data.Bootstrap(n, 43)
	if !slices.Equal(sample, again) || slices.Equal(sample, other) {
		t.Error("the rows do not depend on the seed alone")
	}
	// The draws belong to the seed for ever.
	if want := []int{3507, 2418, 4773, 6484, 7568, 2655, 3921, 5517}; !slices.Equal(sample[:8], want) {
		t.Errorf("seed 42: %v, want %v", sample[:8], want)
	}
	if sample, rest := data.Bootstrap(0, 1); len(sample) != 0 || len(rest) != 0 {
		t.Errorf("of no rows: %v, %v", sample, rest)
	}
}

func TestOversample(t *testing.T) {
	for _, test := range []struct {
		sizes []int
		want  []int
	}{
		{[]int{5, 1, 3}, []int{5, 5, 5}},
		{[]int{4, 4}, []int{4, 4}},
		{[]int{2, 0, 7}, []int{7, 0, 7}}, // a class without rows
		{[]int{3}, []int{3}},
		{[]int{0, 0}, []int{0, 0}},
	} {
		d := numbered(0, test.sizes...)
		if d.Labels == nil {
			d.Labels = []int{}
		}
		got := data.Oversample(d, 3)
		if counts := got.Counts(); !slices.Equal(counts, test.want) {
			t.Errorf("%v: %v, want %v", test.sizes, counts, test.want)
		}
		checkRows(t, d, got, rows(got))
		if n := d.Len(); !slices.Equal(rows(got)[:n], numbersTo(n)) || !slices.IsSorted(got.Labels[n:]) {
			t.Errorf("%v: rows %v of classes %v", test.sizes, rows(got), got.Labels)
		}
	}
	mustPanic(t, func() { data.Oversample(numbered(3), 0) })
}

// Each row of the rare class is as likely; the draws depend on the seed alone,
// and belong to it for ever.
func TestOversampleDraws(t *testing.T) {
	d := numbered(0, 10, 100010)
	got := rows(data.Oversample(d, 42))[d.Len():]
	drawn := make([]int, 10)
	for _, i := range got {
		drawn[i]++
	}
	for i, n := range drawn { // σ is 95
		if n < 9600 || n > 10400 {
			t.Errorf("row %d was drawn %d times of %d", i, n, len(got))
		}
	}
	again := rows(data.Oversample(d, 42))[d.Len():]
	other := rows(data.Oversample(d, 43))[d.Len():]
	if !slices.Equal(got, again) || slices.Equal(got, other) {
		t.Error("the rows do not depend on the seed alone")
	}
	if want := []int{1, 6, 8, 8, 1, 2, 2, 2}; !slices.Equal(got[:8], want) {
		t.Errorf("seed 42: %v, want %v", got[:8], want)
	}
}
