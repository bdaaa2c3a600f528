package main

import (
	"fmt"
	"io"
	"math"
	"unicode/utf8"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/layout"
)

// evaluation is how well a model does on labelled rows.
type evaluation struct {
	Rows     int
	Loss     float64
	LossName string

	// Of classes:
	Classes   []string
	Confusion [][]int // rows of class i that were taken for class j
	Correct   int

	// Of a regression, in the unit of the target:
	RMSE, MAE float64
	R2        float64 // NaN if the target is constant
}

func (e *evaluation) accuracy() float64 { return float64(e.Correct) / float64(e.Rows) }

// evaluate measures the model on d, which has its features and classes.
func evaluate(m *ffnn.Model, d *data.Dataset, loss ffnn.Loss) (*evaluation, error) {
	if d.Y.Cols != m.Outputs() {
		return nil, fmt.Errorf("the model has %d outputs, and the data have %d targets", m.Outputs(), d.Y.Cols)
	}
	tr, err := ffnn.NewTrainer(m.Network(), ffnn.TrainConfig{Loss: loss, Optimizer: ffnn.SGD{}, BatchSize: 64})
	if err != nil {
		return nil, err
	}
	e := &evaluation{Rows: d.Len(), LossName: loss.String(), Classes: d.Classes}
	e.Loss, _ = tr.Evaluate(d.X, d.Y)
	out := layout.NewMatrix(d.Len(), m.Outputs())
	m.PredictBatch(out, d.X)
	if d.Task == data.Regression {
		e.measureErrors(out, d.Y)
	} else {
		e.countClasses(m, out, d.Labels)
	}
	return e, nil
}

func (e *evaluation) countClasses(m *ffnn.Model, out layout.Matrix, labels []int) {
	e.Confusion = make([][]int, len(e.Classes))
	for i := range e.Confusion {
		e.Confusion[i] = make([]int, len(e.Classes))
	}
	for i, want := range labels {
		got := m.Class(out.Row(i))
		if got < 0 {
			continue // NaN: no class
		}
		e.Confusion[want][got]++
		if got == want {
			e.Correct++
		}
	}
}

// measureErrors sums in float64, in the order of the rows.
func (e *evaluation) measureErrors(out, y layout.Matrix) {
	n := float64(y.Rows * y.Cols)
	var squares, abs, mean, variance float64
	for i := range y.Rows {
		for j, t := range y.Row(i) {
			d := float64(out.At(i, j)) - float64(t)
			squares += float64(d * d)
			abs += math.Abs(d)
			mean += float64(t) / n
		}
	}
	for i := range y.Rows {
		for _, t := range y.Row(i) {
			d := float64(t) - mean
			variance += float64(d * d)
		}
	}
	e.RMSE, e.MAE, e.R2 = math.Sqrt(squares/n), abs/n, math.NaN()
	if variance > 0 {
		e.R2 = 1 - squares/variance
	}
}

// line is the evaluation in one line.
func (e *evaluation) line() string {
	if e.Confusion != nil {
		return fmt.Sprintf("loss %.4g (%s), accuracy %.4f (%d of %d)", e.Loss, e.LossName, e.accuracy(), e.Correct, e.Rows)
	}
	r2 := "undefined"
	if !math.IsNaN(e.R2) {
		r2 = fmt.Sprintf("%.4f", e.R2)
	}
	return fmt.Sprintf("RMSE %.4g, MAE %.4g, R² %s, loss %.4g (%s of the scaled target)", e.RMSE, e.MAE, r2, e.Loss, e.LossName)
}

// maxConfusion is the number of classes whose confusion matrix a screen takes.
const maxConfusion = 30

// writeConfusion writes the confusion matrix as a table.
func (e *evaluation) writeConfusion(w io.Writer) {
	if len(e.Classes) > maxConfusion {
		fmt.Fprintf(w, "confusion  of %d classes: see --json\n", len(e.Classes))
		return
	}
	first, width := len("is \\ taken for"), 0
	for i, name := range e.Classes {
		first = max(first, utf8.RuneCountInString(name))
		width = max(width, utf8.RuneCountInString(name))
		for _, n := range e.Confusion[i] {
			width = max(width, len(fmt.Sprint(n)))
		}
	}
	fmt.Fprintf(w, "%-*s", first, "is \\ taken for")
	for _, name := range e.Classes {
		fmt.Fprintf(w, "  %*s", width, name)
	}
	fmt.Fprintln(w)
	for i, name := range e.Classes {
		fmt.Fprintf(w, "%*s", first, name)
		for _, n := range e.Confusion[i] {
			fmt.Fprintf(w, "  %*d", width, n)
		}
		fmt.Fprintln(w)
	}
}
