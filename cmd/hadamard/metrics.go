package main

import (
	"fmt"
	"io"
	"math"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/ffnn/metrics"
	"github.com/hadamard-go/hadamard/layout"
)

// evaluation is how well a model does on labelled rows.
type evaluation struct {
	Rows     int
	Loss     float64
	LossName string

	// Of classes; NaN where it is not defined:
	Confusion       *metrics.Confusion
	LogLoss, ROCAUC float64

	// Of a regression, in the unit of the target; R2 is NaN if that is constant:
	metrics.Errors
}

// evaluate measures the model on d, which has its features and classes.
func evaluate(m *ffnn.Model, d *data.Dataset, loss ffnn.Loss) (*evaluation, error) {
	if d.Y.Cols != m.Outputs() {
		return nil, fmt.Errorf("the model has %d outputs, and the data have %d targets", m.Outputs(), d.Y.Cols)
	}
	tr, err := ffnn.NewTrainer(m.Network(), ffnn.TrainConfig{Loss: loss, Optimizer: ffnn.SGD{}, BatchSize: 64})
	if err != nil {
		return nil, err
	}
	e := &evaluation{Rows: d.Len(), LossName: loss.String()}
	e.Loss, _ = tr.Evaluate(fitData(d))
	out := layout.NewMatrix(d.Len(), m.Outputs())
	m.PredictBatch(out, d.X)
	if d.Task == data.Regression {
		return e, e.measureErrors(out, d.Y)
	}
	e.Confusion = metrics.NewConfusion(len(d.Classes))
	e.Confusion.Classes = d.Classes
	e.ROCAUC, _ = metrics.ROCAUC(out, d.Labels, metrics.Macro, nil)
	e.LogLoss = math.NaN()
	if a := outputActivation(m); a == ffnn.Softmax || a == ffnn.Sigmoid {
		e.LogLoss, _ = metrics.LogLoss(out, d.Labels, nil)
	}
	return e, e.Confusion.AddRows(out, d.Labels, nil)
}

func (e *evaluation) measureErrors(out, y layout.Matrix) (err error) {
	e.Errors, _, err = metrics.Regression(out, y, nil)
	if e.Variance == 0 {
		e.R2 = math.NaN()
	}
	return err
}

// correct returns the number of rows that are taken for their class.
func (e *evaluation) correct() (n int) {
	for i := range e.Confusion.Counts {
		n += int(e.Confusion.Counts[i][i])
	}
	return n
}

// line is the evaluation in one line.
func (e *evaluation) line() string {
	if e.Confusion != nil {
		return fmt.Sprintf("loss %.4g (%s), accuracy %.4f (%d of %d)", e.Loss, e.LossName, e.Confusion.Accuracy(), e.correct(), e.Rows)
	}
	return fmt.Sprintf("RMSE %.4g, MAE %.4g, R² %s, loss %.4g (%s of the scaled target)", e.RMSE, e.MAE, defined(e.R2), e.Loss, e.LossName)
}

// defined returns a number with four digits after the point, unless it is NaN.
func defined(v float64) string {
	if math.IsNaN(v) {
		return "undefined"
	}
	return fmt.Sprintf("%.4f", v)
}

// maxConfusion is the number of classes whose tables a screen takes.
const maxConfusion = 30

// writeMore writes what the line leaves out.
func (e *evaluation) writeMore(w io.Writer) {
	c := e.Confusion
	if c == nil {
		fmt.Fprintf(w, "max error %.4g\n", e.MaxError)
		return
	}
	fmt.Fprintf(w, "log loss %s, ROC AUC %s, balanced accuracy %.4f, Matthews correlation %.4f\n\n",
		defined(e.LogLoss), defined(e.ROCAUC), c.BalancedAccuracy(), c.MatthewsCorrelation())
	if len(c.Classes) > maxConfusion {
		fmt.Fprintf(w, "confusion  of %d classes: see --json\n", len(c.Classes))
		return
	}
	fmt.Fprintf(w, "%v\n%s", c, c.Report(4))
}
