package metrics

import (
	"errors"
	"math"

	"github.com/hadamard-go/hadamard/layout"
)

// Confusion counts what rows are and what they are taken for: Counts[i][j] rows of
// class i were taken for class j, and None[i] for no class (a NaN), each row
// counting with its weight. It is the confusion matrix with the layout of
// scikit-learn. Its methods do not change it; None counts as wrong in all of them,
// like a prediction that is none of the classes in scikit-learn.
type Confusion struct {
	Classes []string // names, for String and Report; nil: 0, 1, …
	Counts  [][]float64
	None    []float64
}

// NewConfusion returns a confusion matrix of so many classes, all 0.
// It panics if there is no class.
func NewConfusion(classes int) *Confusion {
	if classes < 1 {
		panic("metrics: NewConfusion: no classes")
	}
	c := &Confusion{Counts: make([][]float64, classes), None: make([]float64, classes)}
	for i := range c.Counts {
		c.Counts[i] = make([]float64, classes)
	}
	return c
}

// Add counts a row of class label that was taken for class predicted, or for none
// if that is −1, with a weight. It allocates nothing.
// It panics if there is no such class.
func (c *Confusion) Add(label, predicted int, weight float64) {
	k := len(c.Counts)
	if label < 0 || label >= k || predicted < -1 || predicted >= k {
		panic("metrics: Confusion.Add: no such class")
	}
	if predicted < 0 {
		c.None[label] += weight
		return
	}
	c.Counts[label][predicted] += weight
}

// AddRows counts the rows of p, which may be one batch of several. It allocates
// nothing, and counts nothing if there is an error.
// It panics if p does not have as many classes as c.
func (c *Confusion) AddRows(p layout.Matrix, labels []int, weights []float64) error {
	if classesOf(p) != len(c.Counts) {
		panic("metrics: Confusion.AddRows: another number of classes")
	}
	if _, err := checkRows("Confusion.AddRows", p, labels, weights); err != nil && !errors.Is(err, errNoRows) {
		return err
	}
	for i, label := range labels {
		c.Add(label, classOf(p.Row(i)), weightOf(weights, i))
	}
	return nil
}

// Scores are what the rows of one class, or an average over classes, come to.
// Support is the number of rows of the class, of all classes for an average.
// A quotient without a denominator is 0, scikit-learn's zero_division=0: the
// precision of a class that nothing is taken for, the recall of one that no row is
// of.
type Scores struct {
	Precision, Recall, F1, Support float64
}

// Average says how the classes of a metric are put together.
type Average uint8

const (
	Macro    Average = iota // the mean over the classes, all alike
	Weighted                // the mean over the classes, by the number of their rows
	Micro                   // one class against the rest, the decisions about all classes together
)

// Class returns the scores of class i.
func (c *Confusion) Class(i int) Scores {
	return scores(c.Counts[i][i], c.predicted(i), c.support(i))
}

// scores returns the scores of hits out of taken predictions and support rows.
func scores(hits, taken, support float64) Scores {
	return Scores{ratio(hits, taken), ratio(hits, support), ratio(2*hits, taken+support), support}
}

// ratio returns a/b, and 0 for 0/0.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// support returns the number of rows of class i.
func (c *Confusion) support(i int) float64 {
	sum := c.None[i]
	for _, n := range c.Counts[i] {
		sum += n
	}
	return sum
}

// predicted returns the number of rows that were taken for class j.
func (c *Confusion) predicted(j int) (sum float64) {
	for i := range c.Counts {
		sum += c.Counts[i][j]
	}
	return sum
}

// totals returns the number of rows that are right, of those that were taken for
// some class, and of all.
func (c *Confusion) totals() (hits, taken, all float64) {
	for i := range c.Counts {
		hits += c.Counts[i][i]
		taken += c.predicted(i)
		all += c.support(i)
	}
	return hits, taken, all
}

// Average returns the average of the classes' scores. Classes without rows count
// too, with zeros (scikit-learn leaves out those that are also never predicted,
// unless given all labels). Unless there are rows of no class, all three micro
// scores are the accuracy. It panics if there is no such average.
func (c *Confusion) Average(a Average) Scores {
	checkAverage(a)
	hits, taken, all := c.totals()
	if a == Micro {
		return scores(hits, taken, all)
	}
	var s Scores
	weights := 0.0
	for i := range c.Counts {
		one, w := c.Class(i), 1.0
		if a == Weighted {
			w = one.Support
		}
		s.Precision += float64(w * one.Precision)
		s.Recall += float64(w * one.Recall)
		s.F1 += float64(w * one.F1)
		weights += w
	}
	return Scores{ratio(s.Precision, weights), ratio(s.Recall, weights), ratio(s.F1, weights), all}
}

func checkAverage(a Average) {
	if a > Micro {
		panic("metrics: no such Average")
	}
}

// Accuracy returns the share of rows that are right; NaN if there are none.
func (c *Confusion) Accuracy() float64 {
	hits, _, all := c.totals()
	return hits / all
}

// BalancedAccuracy returns the mean recall of the classes that have rows; NaN if
// none has.
func (c *Confusion) BalancedAccuracy() float64 {
	sum, classes := 0.0, 0.0
	for i := range c.Counts {
		if s := c.Class(i); s.Support > 0 {
			sum += s.Recall
			classes++
		}
	}
	return sum / classes
}

// MatthewsCorrelation returns the correlation of what rows are and what they are
// taken for: 1 if all are right, about 0 by chance, −1 if two classes are swapped.
// With s rows, h of them right, tₖ of class k and pₖ taken for it (or for none):
//
//	(h·s − Σ tₖpₖ) / √((s² − Σ pₖ²)·(s² − Σ tₖ²))
//
// For two classes that is (TP·TN − FP·FN)/√((TP+FP)(TP+FN)(TN+FP)(TN+FN)). It is 0
// if all rows are of one class or taken for one.
func (c *Confusion) MatthewsCorrelation() float64 {
	hits, taken, all := c.totals()
	none := all - taken
	square := float64(all * all)
	both, predicted, support := 0.0, float64(none*none), 0.0
	for k := range c.Counts {
		p, t := c.predicted(k), c.support(k)
		both += float64(t * p)
		predicted += float64(p * p)
		support += float64(t * t)
	}
	spread := float64((square - predicted) * (square - support))
	if !(spread > 0) {
		return 0
	}
	return (float64(hits*all) - both) / math.Sqrt(spread)
}
