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
		Long: `Measure a model on labelled data: loss, and for classes accuracy and confusion
matrix, for a regression RMSE, MAE and R² in the unit of the target.

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
			if e.Confusion != nil {
				fmt.Fprintln(s.out)
				e.writeConfusion(s.out)
			}
			return nil
		}),
	}
	c.register(cmd.Flags(), "the model's")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON (see hadamard help json)")
	return cmd
}
