package ffnn

import (
	"fmt"
	"math"
	"strings"
)

// Errors are the error rates of one model on several sets: shares of wrong rows,
// in [0, 1]. They may also be losses, all of one kind and without row counts.
// NaN means not measured; 0 means no error, except that a TrainingDev, Dev or Test
// of 0 without its number of rows was not measured.
type Errors struct {
	Target      float64 // what can be hoped for: of people, or of the best model known
	Training    float64 // on the rows trained on
	TrainingDev float64 // on rows held out from where the training data come from
	Dev         float64 // on the rows that decisions are made by, from where the model will be used
	Test        float64 // on rows from there that no decision was made by

	// The rows that each rate was measured on; 0 takes it as exact.
	TrainingRows, TrainingDevRows, DevRows, TestRows int
}

// Gap is the difference between two neighbouring errors.
type Gap struct {
	Name string  // avoidable bias, variance, data mismatch, or overfitting to the dev set
	Size float64 // the later error less the earlier one

	// Noise is two standard errors of Size: a smaller Size means nothing.
	Noise float64

	from, to int    // rows of the table
	try      string // what helps
}

// Diagnosis says where the error of a model comes from.
type Diagnosis struct {
	Gaps []Gap  // those that were measured, in order of the errors
	Main string // the name of the greatest gap that is more than noise, or empty

	sets []errorSet
}

type errorSet struct {
	name string
	rate float64
	rows int
}

// Diagnose splits the error of a model into what the training does not fit, what
// does not carry over to new rows, what does not carry over to other data, and
// what was fitted to the dev set by choosing by it:
//
//	avoidable bias              = Training − Target
//	variance                    = TrainingDev − Training
//	data mismatch               = Dev − TrainingDev
//	overfitting to the dev set  = Test − Dev
//
// Without a TrainingDev the variance is Dev − Training.
//
// A rate e of n rows has the standard error √(e·(1−e)/n). So that a few rows
// without an error do not look like certainty, it is computed as if there were
// two rows more, one of them wrong. Sets are taken as independent: the squares
// add up in a gap.
//
// Sources: A. Ng, "Machine Learning Yearning", 2018, chapters 20 to 43;
// A. Agresti, B. Caffo, "Simple and effective confidence intervals for
// proportions and differences of proportions", The American Statistician 54(4),
// 2000.
func Diagnose(e Errors) Diagnosis {
	const target, training, trainingDev, dev, test = 0, 1, 2, 3, 4
	d := Diagnosis{sets: []errorSet{
		{"target", e.Target, 0},
		{"training", e.Training, e.TrainingRows},
		{"training-dev", e.TrainingDev, e.TrainingDevRows},
		{"dev", e.Dev, e.DevRows},
		{"test", e.Test, e.TestRows},
	}}
	for i := trainingDev; i <= test; i++ {
		if s := &d.sets[i]; s.rate == 0 && s.rows == 0 {
			s.rate = math.NaN()
		}
	}
	e.TrainingDev = d.sets[trainingDev].rate
	variance := Gap{Name: "variance", from: training, to: trainingDev,
		try: "the model does worse on new rows. Try more training data, dropout,\na greater L2, early stopping, or narrower layers."}
	if math.IsNaN(e.TrainingDev) {
		variance.to = dev
		variance.try += " If the dev set is from\nelsewhere than the training data, the gap may be a data mismatch: hold out a\ntraining-dev set to tell."
	}
	greatest := 0.0
	for _, g := range []Gap{
		{Name: "avoidable bias", from: target, to: training,
			try: "the model does not fit the rows it was trained on. Try wider or\nmore layers, longer training, another learning rate or optimiser, less L2 and\ndropout."},
		variance,
		{Name: "data mismatch", from: trainingDev, to: dev,
			try: "the dev set differs from the training data. Look at its rows that\nare wrong, and train on more data like them; more of the same does not help."},
		{Name: "overfitting to the dev set", from: dev, to: test,
			try: "too much was chosen by the dev set. Take a new or\nlarger one, and choose again."},
	} {
		from, to := d.sets[g.from], d.sets[g.to]
		g.Size = to.rate - from.rate
		if math.IsNaN(g.Size) {
			continue
		}
		g.Noise = 2 * math.Sqrt(from.variance()+to.variance())
		if g.Size > greatest && g.Size > g.Noise {
			greatest, d.Main = g.Size, g.Name
		}
		d.Gaps = append(d.Gaps, g)
	}
	return d
}

// variance returns the variance of a rate, 0 if it is taken as exact or is a
// loss.
func (s errorSet) variance() float64 {
	if s.rows < 1 || !(s.rate >= 0 && s.rate <= 1) {
		return 0
	}
	n := float64(s.rows)
	p := (float64(s.rate*n) + 1) / (n + 2)
	return float64(p*(1-p)) / (n + 2)
}

// String returns a table of errors and gaps, and what to try against each gap
// that is more than noise and at least half as great as the greatest.
func (d Diagnosis) String() string {
	var table, words strings.Builder
	greatest := 0.0
	gapTo := map[int]Gap{}
	for _, g := range d.Gaps {
		gapTo[g.to] = g
		if g.Name == d.Main {
			greatest = g.Size
		}
	}
	fmt.Fprintf(&table, "%-12s %8s %8s  %s\n", "set", "error", "gap", "noise")
	for i, s := range d.sets {
		if math.IsNaN(s.rate) {
			continue
		}
		fmt.Fprintf(&table, "%-12s %8.4g", s.name, s.rate)
		if g, ok := gapTo[i]; ok {
			noise := ""
			if g.Noise > 0 {
				noise = fmt.Sprintf("± %.2g", g.Noise)
			}
			fmt.Fprintf(&table, " %8.4g  %-9s %s", g.Size, noise, g.Name)
			if g.Size > g.Noise && g.Size >= greatest/2 {
				fmt.Fprintf(&words, "\n%s%s: %s\n", strings.ToUpper(g.Name[:1]), g.Name[1:], g.try)
			}
		}
		table.WriteByte('\n')
	}
	switch {
	case len(d.Gaps) == 0:
		words.WriteString("\nNothing to compare: measure the errors on the training and the dev set.\n")
	case d.Main == "":
		words.WriteString("\nNo gap is more than noise. To see smaller ones, measure on more rows.\n")
	}
	return table.String() + words.String()
}
