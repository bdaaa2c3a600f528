package main

import (
	"fmt"

	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/spf13/cobra"
)

func newEval(s *streams) *cobra.Command {
	var c csvFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "eval MODEL DATA",
		Short: "Measure a model on labelled data",
		Long: `Measure a model on labelled data. For classes: loss, accuracy, log loss, area
under the ROC curve (for more than two classes the mean of each against the rest;
undefined unless each class has rows), balanced accuracy, Matthews correlation,
the confusion matrix, and precision, recall and F1 of each class. For a
regression: loss, and RMSE, MAE, R² and the greatest error in the unit of the
target.

` + dataSyntax() + "\n\n" + columnHelp,
		Example: "  hadamard eval digits.safetensors digits",
		Args:    operands("MODEL", "DATA"),
		RunE: action(func(_ *cobra.Command, args []string) error {
			opt, err := c.options()
			if err != nil {
				return err
			}
			m, err := ffnn.Load(args[0])
			if err != nil {
				return err
			}
			d, err := source{args[1], s.in}.labelledFor(m, opt)
			if err != nil {
				return err
			}
			e, err := evaluate(m, d, lossOf(m))
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(s.out, e.json())
			}
			fmt.Fprintf(s.out, "%d rows: %s\n", e.Rows, e.line())
			e.writeMore(s.out)
			return nil
		}),
	}
	c.register(cmd.Flags(), "the model's")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON (see hadamard help json)")
	return cmd
}
