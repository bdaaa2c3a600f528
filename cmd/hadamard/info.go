package main

import (
	"fmt"
	"runtime"

	"github.com/hadamard-go/hadamard"
	"github.com/spf13/cobra"
)

func newInfo(s *streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "info",
		Short: "Show the machine as the library sees it",
		Long: `Show the machine as the library sees it: the level of kernels in use, the levels
that it has, what its processor says of itself. All levels compute the same bits;
HADAMARD_LEVEL=NAME in the environment selects one.`,
		Args: operands(),
		RunE: action(func(*cobra.Command, []string) error {
			info := hadamard.Info()
			if asJSON {
				return writeJSON(s.out, struct {
					Version string `json:"version"`
					Go      string `json:"go"`
					hadamard.MachineInfo
				}{version(), runtime.Version(), info})
			}
			fmt.Fprintf(s.out, "%-11s %s, %s\n%s", "hadamard", version(), runtime.Version(), info)
			return nil
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON (see hadamard help json)")
	return cmd
}
