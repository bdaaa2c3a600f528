package data

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hadamard-go/hadamard/kernels"
)

// Folds divides rows for cross-validation: element i are the numbers of the
// test rows of round i, Train(i) those of its training rows. Each row is tested
// in one round.
//
//	folds, err := data.StratifiedKFold(d.Labels, 5, seed)
//	for i, test := range folds {
//		train, test := d.Subset(folds.Train(i)), d.Subset(test)
//		…
//	}
type Folds [][]int

// Train returns the rows of all folds but i, in new memory.
// It panics if there is no fold i.
func (f Folds) Train(i int) []int {
	if i < 0 || i >= len(f) {
		panic(fmt.Sprintf("data: Folds.Train: fold %d of %d", i, len(f)))
	}
	n := 0
	for _, rows := range f {
		n += len(rows)
	}
	train := make([]int, 0, n-len(f[i]))
	for j, rows := range f {
		if j != i {
			train = append(train, rows...)
		}
	}
	return train
}

// KFold deals the rows 0 … n−1, shuffled, to k folds: the first n mod k have
// ⌊n/k⌋ + 1 rows, the others ⌊n/k⌋, as scikit-learn's KFold has them.
//
// The order is that of kernels.Philox{seed, StreamFold}. It is an error if k is
// not between 2 and n.
func KFold(n, k int, seed uint64) (Folds, error) {
	if err := checkFolds(n, k); err != nil {
		return nil, err
	}
	order := shuffled(n, seed, StreamFold)
	folds := make(Folds, k)
	for i := range folds {
		size := n / k
		if i < n%k {
			size++
		}
		folds[i], order = order[:size:size], order[size:]
	}
	return folds, nil
}

// StratifiedKFold is KFold with the proportions of the classes kept: labels are
// the class of each row, from 0. The folds have the sizes of KFold, and of each
// class any two folds have the same number of rows, or one more, as
// scikit-learn's StratifiedKFold has them.
//
// Beyond what KFold refuses, it is an error if a label is negative, or no class
// has k rows. A class with fewer than k rows is missing from some folds.
func StratifiedKFold(labels []int, k int, seed uint64) (Folds, error) {
	n := len(labels)
	if n == 0 {
		return nil, errors.New("data: stratified folds need the classes of the rows; use KFold for regression")
	}
	if err := checkFolds(n, k); err != nil {
		return nil, err
	}
	next := make(map[int]int) // of each class: how many rows, later the place of its next row
	greatest := 0
	for i, c := range labels {
		if c < 0 {
			return nil, fmt.Errorf("data: StratifiedKFold: label %d is %d; it must be 0 or more", i, c)
		}
		next[c]++
		greatest = max(greatest, next[c])
	}
	if greatest < k {
		return nil, fmt.Errorf("data: %d stratified folds need a class of as many rows, and the greatest has %d; use fewer folds, or KFold", k, greatest)
	}
	// Sorted by class, the rows are dealt to the folds in turn.
	at := 0
	for _, c := range slices.Sorted(maps.Keys(next)) {
		at, next[c] = at+next[c], at
	}
	folds := make(Folds, k)
	for _, i := range shuffled(n, seed, StreamFold) {
		c := labels[i]
		fold := next[c] % k
		next[c]++
		folds[fold] = append(folds[fold], i)
	}
	return folds, nil
}

func checkFolds(n, k int) error {
	if k < 2 || k > n {
		return fmt.Errorf("data: %s of %s; there must be 2 folds or more, and a row for each", count(k, "fold"), count(n, "row"))
	}
	return nil
}

// Bootstrap draws n of the rows 0 … n−1 with replacement: sample, in the order
// drawn, has some rows more than once. rest are the rows that were not drawn
// ("out of bag"), in ascending order: about n/e, fit to test what is trained on
// the sample. There may be none if n is small.
//
// The draws are those of kernels.Philox{seed, StreamBootstrap}. For many
// samples use many seeds. It panics if n is negative.
func Bootstrap(n int, seed uint64) (sample, rest []int) {
	if n < 0 {
		panic(fmt.Sprintf("data: Bootstrap of %d rows", n))
	}
	r := kernels.Philox{Seed: seed, Stream: StreamBootstrap}
	sample = make([]int, n)
	drawn := make([]bool, n)
	var draw uint64
	for k := range sample {
		i := int(r.Intn(uint32(n), &draw))
		sample[k] = i
		drawn[i] = true
	}
	for i := range drawn {
		if !drawn[i] {
			rest = append(rest, i)
		}
	}
	return sample, rest
}

// Oversample returns d with rows of the rarer classes repeated until each class
// has as many as the most frequent one: against a network that does well by
// ignoring the rare.
//
//	rows 0 … n−1      those of d, in their order
//	from row n        for each class in turn, rows of it drawn with replacement
//
// A class without rows stays without. The draws are those of
// kernels.Philox{seed, StreamOversample}. The result is a copy, of up to
// len(Classes)·n rows.
//
// Only training rows may be repeated, after the split (or inside each fold): of
// rows repeated before it, copies are on both sides, and the test measures
// memory. Probabilities that are learnt from the result suppose classes equally
// frequent. It panics if d has no classes.
//
// Source: G. E. A. P. A. Batista, R. C. Prati, M. C. Monard, "A study of the
// behavior of several methods for balancing machine learning training data",
// SIGKDD Explorations 6(1), 2004.
func Oversample(d *Dataset, seed uint64) *Dataset {
	if d.Labels == nil {
		panic("data: Oversample: the data have no classes")
	}
	of := make([][]int, len(d.Classes)) // the rows of each class
	rows := make([]int, d.Len())
	most := 0
	for i, c := range d.Labels {
		rows[i] = i
		of[c] = append(of[c], i)
		most = max(most, len(of[c]))
	}
	r := kernels.Philox{Seed: seed, Stream: StreamOversample}
	var draw uint64
	for _, its := range of {
		for k := len(its); 0 < k && k < most; k++ {
			rows = append(rows, its[r.Intn(uint32(len(its)), &draw)])
		}
	}
	return d.Subset(rows)
}
