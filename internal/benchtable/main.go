// Command benchtable prints benchmarks as a table in Markdown: a line for each
// benchmark, a column for each level, the medians of several runs.
//
//	go test -run '^$' -bench . -count 5 . | go run ./internal/benchtable
//
// A cell has the time of an operation and the metrics that the benchmark reports.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Fprintln(os.Stderr, "benchtable: no arguments; it reads the output of go test -bench on its standard input")
		os.Exit(2)
	}
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "benchtable:", err)
		os.Exit(1)
	}
}

// cell has the values of each unit, a value for each run.
type cell map[string][]float64

// The units of a cell, in the order of the table. GFLOP/s and GB/s are left out
// where there is a ratio.
var units = []string{"%roof", "x1", "cycles/elem", "GFLOP/s", "GB/s", "ns/op"}

func run(r io.Reader, w io.Writer) error {
	var names, levels []string
	var about []string
	cells := map[[2]string]cell{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if key, value, ok := strings.Cut(line, ": "); ok && (key == "goos" || key == "goarch" || key == "cpu") {
			if v := strings.TrimSpace(value); !slices.Contains(about, v) {
				about = append(about, v)
			}
		}
		name, level, values, ok := parse(line)
		if !ok {
			continue
		}
		if len(values) == 0 {
			return fmt.Errorf("line %d: %q has no values", n, name)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if !slices.Contains(levels, level) {
			levels = append(levels, level)
		}
		c := cells[[2]string{name, level}]
		if c == nil {
			c = cell{}
			cells[[2]string{name, level}] = c
		}
		for unit, v := range values {
			c[unit] = append(c[unit], v)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("there is no benchmark in the input: give it the output of go test -bench")
	}
	fmt.Fprintf(w, "%s\n\n", strings.Join(about, ", "))
	fmt.Fprintf(w, "| benchmark | %s |\n|---|%s\n", strings.Join(levels, " | "), strings.Repeat("---|", len(levels)))
	for _, name := range names {
		fmt.Fprintf(w, "| %s |", name)
		for _, level := range levels {
			fmt.Fprintf(w, " %s |", cells[[2]string{name, level}])
		}
		fmt.Fprintln(w)
	}
	return nil
}

// parse reads a line of a benchmark: its name without its level and the number of
// processors, and its values by unit.
func parse(line string) (name, level string, values map[string]float64, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 2 || !strings.HasPrefix(fields[0], "Benchmark") {
		return "", "", nil, false
	}
	if _, err := strconv.Atoi(fields[1]); err != nil {
		return "", "", nil, false
	}
	full := strings.TrimPrefix(fields[0], "Benchmark")
	if i := strings.LastIndexByte(full, '-'); i >= 0 {
		if _, err := strconv.Atoi(full[i+1:]); err == nil {
			full = full[:i]
		}
	}
	var parts []string
	for _, p := range strings.Split(full, "/") {
		if l, found := strings.CutPrefix(p, "level="); found {
			level = l
		} else {
			parts = append(parts, p)
		}
	}
	values = map[string]float64{}
	for i := 2; i+1 < len(fields); i += 2 {
		if v, err := strconv.ParseFloat(fields[i], 64); err == nil {
			values[fields[i+1]] = v
		}
	}
	return strings.Join(parts, " "), level, values, true
}

// String is the medians, and empty for a benchmark that the level has not.
func (c cell) String() string {
	var parts []string
	ratio := false
	for _, unit := range units {
		v := c[unit]
		rate := unit == "GFLOP/s" || unit == "GB/s"
		if len(v) == 0 || rate && ratio {
			continue
		}
		ratio = true
		m := median(v)
		switch unit {
		case "%roof":
			parts = append(parts, fmt.Sprintf("%.1f %%", m))
		case "x1":
			parts = append(parts, fmt.Sprintf("%.2f×", m))
		case "ns/op":
			parts = append(parts, duration(m))
		default:
			parts = append(parts, fmt.Sprintf("%.3g %s", m, unit))
		}
	}
	return strings.Join(parts, ", ")
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func duration(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.3g ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	}
	return fmt.Sprintf("%.3g ms", ns/1e6)
}
