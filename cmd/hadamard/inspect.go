package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/internal/safetensors"
	"github.com/spf13/cobra"
)

func newInspect(s *streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "inspect MODEL",
		Short:   "Show what is in a model file",
		Example: "  hadamard inspect digits.safetensors",
		Args:    operands("MODEL"),
		RunE: action(func(_ *cobra.Command, args []string) error {
			in, err := inspect(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(s.out, in)
			}
			in.write(s.out)
			return nil
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON (see hadamard help json)")
	return cmd
}

// inspection is what inspect shows.
type inspection struct {
	Path         string       `json:"path"`
	Bytes        int64        `json:"bytes"`
	Task         data.Task    `json:"task"`
	Inputs       int          `json:"inputs"`
	Outputs      int          `json:"outputs"`
	Parameters   int          `json:"parameters"`
	Features     []string     `json:"features"`
	Target       string       `json:"target"`
	Classes      []string     `json:"classes"`
	Layers       []layerJSON  `json:"layers"`
	Scaler       *ffnn.Scaler `json:"scaler"`
	TargetScaler *ffnn.Scaler `json:"target_scaler"`
	Tensors      []tensorJSON `json:"tensors"`

	summary string
}

type tensorJSON struct {
	Name  string `json:"name"`
	DType string `json:"dtype"`
	Shape []int  `json:"shape"`
}

func inspect(path string) (*inspection, error) {
	m, err := ffnn.Load(path)
	if err != nil {
		return nil, err
	}
	file, err := safetensors.ReadFile(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	in := &inspection{
		Path: path, Bytes: info.Size(), Task: taskOf(m),
		Inputs: m.Inputs(), Outputs: m.Outputs(), Parameters: m.Parameters(),
		Features: m.Meta().Features, Target: m.Meta().Target, Classes: classNames(m),
		Layers: layersJSON(m), Scaler: scaler(m.Scaler()), TargetScaler: scaler(m.TargetScaler()),
		summary: m.Summary(),
	}
	for _, name := range file.Names() {
		t, _ := file.Tensor(name)
		in.Tensors = append(in.Tensors, tensorJSON{name, t.DType, t.Shape})
	}
	return in, nil
}

// scaler returns s, or nil if it is no map.
func scaler(s ffnn.Scaler) *ffnn.Scaler {
	if len(s.Scale) == 0 {
		return nil
	}
	return &s
}

func (in *inspection) write(w *output) {
	fmt.Fprintf(w, "%s: %s, %v\n\n%s\n", in.Path, size(in.Bytes), in.Task, in.summary)
	names := func(label string, list []string, of string) {
		if len(list) > 0 {
			fmt.Fprintf(w, "%-9s %s\n", label, wrap(list, 10, 80))
		} else {
			fmt.Fprintf(w, "%-9s %s\n", label, of)
		}
	}
	names("features", in.Features, fmt.Sprintf("%d, without names", in.Inputs))
	if in.Classes != nil {
		names("classes", in.Classes, "")
	}
	if in.Target != "" {
		fmt.Fprintf(w, "%-9s %s\n", "target", in.Target)
	}
	writeScaler(w, "scaler", in.Scaler, in.Features)
	writeScaler(w, "target scaler", in.TargetScaler, []string{in.Target})
	fmt.Fprintln(w)
	for _, t := range in.Tensors {
		fmt.Fprintf(w, "%-24s %-4s %v\n", t.Name, t.DType, t.Shape)
	}
}

// writeScaler writes a scaler as a table with a line for each column.
func writeScaler(w *output, title string, s *ffnn.Scaler, names []string) {
	if s == nil {
		return
	}
	fmt.Fprintf(w, "\n%-30s %14s %14s\n", title+" (x − shift)·scale", "shift", "scale")
	for i := range s.Scale {
		name := fmt.Sprintf("%d", i)
		if i < len(names) && names[i] != "" {
			name = names[i]
		}
		fmt.Fprintf(w, "  %-28s %14.6g %14.6g\n", name, s.Shift[i], s.Scale[i])
	}
}

// wrap joins words with spaces, in lines of a width that start indented but for
// the first.
func wrap(words []string, indent, width int) string {
	var b strings.Builder
	at := indent
	for i, word := range words {
		n := len([]rune(word))
		switch {
		case i == 0:
		case at+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}
