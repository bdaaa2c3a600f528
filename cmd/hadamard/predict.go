package main

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/internal/atomicfile"
	"github.com/hadamard-go/hadamard/layout"
	"github.com/spf13/cobra"
)

func newPredict(s *streams) *cobra.Command {
	var c csvFlags
	var asJSON bool
	var out string
	cmd := &cobra.Command{
		Use:   "predict MODEL DATA",
		Short: "Predict each row of a table",
		Long: `Predict each row of a table. The output is CSV with a line for each row: the class
and the probability of every class, or for a regression the value, in as many
digits as give the exact float32.

` + dataSyntax() + "\n\n" + columnHelp + `
Other columns, such as the label, need not be there and are ignored.`,
		Example: `  hadamard predict iris.safetensors flowers.csv --out species.csv
  generate | hadamard predict iris.safetensors - --json`,
		Args: operands("MODEL", "DATA"),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			opt, err := c.options()
			if err != nil {
				return err
			}
			toFile := cmd.Flags().Changed("out")
			if toFile {
				if err := checkOutput(out, args...); err != nil {
					return err
				}
			}
			m, err := ffnn.Load(args[0])
			if err != nil {
				return err
			}
			x, err := source{args[1], s.in}.features(m, opt)
			if err != nil {
				return err
			}
			y := layout.NewMatrix(x.Rows, m.Outputs())
			m.PredictBatch(y, x)
			write := writeCSV
			if asJSON {
				write = writeJSONLines
			}
			if toFile {
				return atomicfile.Write(out, func(w io.Writer) error { return write(w, m, y) })
			}
			return write(s.out, m, y)
		}),
	}
	c.register(cmd.Flags(), "the model's, or the last")
	cmd.Flags().StringVarP(&out, "out", "o", "", "`path` of the predictions; default: standard output")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print lines of JSON (see hadamard help json)")
	return cmd
}

// probabilities returns the probability of each class for the outputs y: of a
// single sigmoid, those of the classes 0 and 1.
func probabilities(y []float32) []float32 {
	if len(y) == 1 {
		return []float32{1 - y[0], y[0]}
	}
	return y
}

// probabilistic reports whether the outputs are probabilities, and not logits.
func probabilistic(m *ffnn.Model) bool {
	out := outputActivation(m)
	return out == ffnn.Softmax || out == ffnn.Sigmoid
}

// writeCSV writes predictions as CSV.
func writeCSV(w io.Writer, m *ffnn.Model, y layout.Matrix) error {
	c := csv.NewWriter(w)
	classes := classNames(m)
	c.Write(header(m, classes))
	var record []string
	for i := range y.Rows {
		record = record[:0]
		row := y.Row(i)
		if classes != nil {
			record = append(record, className(m, classes, row))
		}
		if classes != nil && probabilistic(m) {
			row = probabilities(row)
		}
		for _, v := range row {
			record = append(record, strconv.FormatFloat(float64(v), 'g', -1, 32))
		}
		c.Write(record) // the writer keeps its errors
	}
	c.Flush()
	return c.Error()
}

// header returns the names of the columns of predictions.
func header(m *ffnn.Model, classes []string) []string {
	if taskOf(m) == data.Regression {
		return valueNames(m)
	}
	names := []string{"class"}
	if !probabilistic(m) {
		return append(names, valueNames(m)...)
	}
	for _, c := range classes {
		names = append(names, "p_"+c)
	}
	return names
}

// valueNames names the outputs that are no probabilities.
func valueNames(m *ffnn.Model) []string {
	if m.Outputs() == 1 {
		return []string{targetName(m)}
	}
	names := make([]string, m.Outputs())
	for i := range names {
		names[i] = targetName(m) + strconv.Itoa(i)
	}
	return names
}

// className returns the name of the class that the outputs mean, or nothing if
// one is NaN.
func className(m *ffnn.Model, classes []string, y []float32) string {
	if c := m.Class(y); c >= 0 {
		return classes[c]
	}
	return ""
}

type predictionJSON struct {
	Class         *string    `json:"class,omitempty"`
	Probabilities []number32 `json:"probabilities,omitempty"`
	Value         *number32  `json:"value,omitempty"`
	Values        []number32 `json:"values,omitempty"`
}

// writeJSONLines writes predictions as lines of JSON.
func writeJSONLines(w io.Writer, m *ffnn.Model, y layout.Matrix) error {
	classes := classNames(m)
	for i := range y.Rows {
		var p predictionJSON
		row := y.Row(i)
		if classes != nil {
			name := className(m, classes, row)
			p.Class = &name
		}
		switch {
		case classes != nil && probabilistic(m):
			p.Probabilities = numbers(probabilities(row))
		case len(row) == 1:
			p.Value = &numbers(row)[0]
		default:
			p.Values = numbers(row)
		}
		if err := writeJSON(w, p); err != nil {
			return err
		}
	}
	return nil
}

func numbers(v []float32) []number32 {
	n := make([]number32, len(v))
	for i, x := range v {
		n[i] = number32(x)
	}
	return n
}
