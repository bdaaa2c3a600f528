package data

import (
	"errors"
	"fmt"
	"math"

	"github.com/hadamard-go/hadamard/kernels"
)

// Split deals the rows of d, shuffled, to a training and a test set.
//
//	test  = the first round(fraction·n) rows of the shuffled order
//	train = the others
//
// The order is that of kernels.Philox{seed, StreamSplit}: it depends on n and
// the seed alone. Both sets are copies and have at least one row.
// It is an error if fraction is not between 0 and 1, or d has fewer than two
// rows.
func Split(d *Dataset, fraction float64, seed uint64) (train, test *Dataset, err error) {
	n, err := testRows(d, fraction)
	if err != nil {
		return nil, nil, err
	}
	order := shuffled(d.Len(), seed, StreamSplit)
	return d.Subset(order[n:]), d.Subset(order[:n]), nil
}

// SplitStratified is Split with the proportions of the classes kept: of a class
// with n rows the test set gets fraction·n, rounded down or up so that the
// total is that of Split (the greatest remainders are rounded up, of equals the
// lowest class). Every class that has rows keeps at least one for training.
//
// Beyond what Split refuses, it is an error if d has no classes, or no class
// has two rows.
func SplitStratified(d *Dataset, fraction float64, seed uint64) (train, test *Dataset, err error) {
	n, err := testRows(d, fraction)
	if err != nil {
		return nil, nil, err
	}
	if d.Labels == nil {
		return nil, nil, errors.New("data: a stratified split needs classes; use Split for regression")
	}
	quota := quotas(d.Counts(), fraction, n)
	var rest, picked []int
	for _, i := range shuffled(d.Len(), seed, StreamSplit) {
		if c := d.Labels[i]; quota[c] > 0 {
			quota[c]--
			picked = append(picked, i)
		} else {
			rest = append(rest, i)
		}
	}
	if len(picked) == 0 {
		return nil, nil, errors.New("data: a stratified split needs a class with two rows; use Split")
	}
	return d.Subset(rest), d.Subset(picked), nil
}

// testRows returns the number of rows of the test set.
func testRows(d *Dataset, fraction float64) (int, error) {
	if !(fraction > 0 && fraction < 1) {
		return 0, fmt.Errorf("data: the fraction of test rows is %v; it must lie between 0 and 1", fraction)
	}
	if d.Len() < 2 {
		return 0, fmt.Errorf("data: %s cannot be split; two are needed", count(d.Len(), "row"))
	}
	n := int(math.Round(float64(fraction * float64(d.Len()))))
	return min(max(n, 1), d.Len()-1), nil
}

// shuffled returns 0 … n−1 in the order of the seed and stream.
func shuffled(n int, seed, stream uint64) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	kernels.Philox{Seed: seed, Stream: stream}.Shuffle(order)
	return order
}

// quotas divides total test rows among classes of the given sizes: the method
// of largest remainders, with one row of each class held back. Where so many
// rows are held back that total cannot be reached, it gives what there is.
func quotas(sizes []int, fraction float64, total int) []int {
	quota := make([]int, len(sizes))
	left := total
	for c, size := range sizes {
		quota[c] = max(min(int(fraction*float64(size)), size-1), 0)
		left -= quota[c]
	}
	for ; left > 0; left-- {
		best, remainder := -1, math.Inf(-1)
		for c, size := range sizes {
			if r := float64(fraction*float64(size)) - float64(quota[c]); quota[c] < size-1 && r > remainder {
				best, remainder = c, r
			}
		}
		if best < 0 {
			break
		}
		quota[best]++
	}
	return quota
}
