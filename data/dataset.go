package data

import (
	"fmt"
	"strings"

	"github.com/hadamard-go/hadamard/layout"
)

// Task says what there is to learn.
type Task uint8

const (
	Auto       Task = iota // decided by the labels; see CSVOptions.Task
	Regression             // targets are numbers
	Binary                 // two classes
	Multiclass             // two classes or more, one-hot
)

var taskNames = [...]string{"auto", "regression", "binary", "multiclass"}

// String returns "auto", "regression", "binary" or "multiclass".
func (t Task) String() string { return nameOf(taskNames[:], int(t), "Task") }

// MarshalText returns String; with UnmarshalText it makes a Task a flag
// (flag.TextVar) and a JSON string.
func (t Task) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText sets t by its name. Any other text is an error that lists the
// names.
func (t *Task) UnmarshalText(text []byte) error {
	i, err := indexOf(taskNames[:], text, "task")
	if err == nil {
		*t = Task(i)
	}
	return err
}

// nameOf returns names[i], or kind(i) for a value that has no name.
func nameOf(names []string, i int, kind string) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s(%d)", kind, i)
}

// indexOf returns the place of text in names.
func indexOf(names []string, text []byte, kind string) (int, error) {
	for i, name := range names {
		if name == string(text) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("data: no %s %q: choose one of %s", kind, text, strings.Join(names, ", "))
}

// Dataset is a table: n rows of features, and what is to be learnt from each.
//
//	         X            Y            Labels
//	         n × features n × targets  n
//
//	Regression            the target   nil
//	Binary                0 or 1       0 or 1
//	Multiclass            one-hot      0 … len(Classes)−1
//
// So Y is what a network is trained towards: one column for Regression and
// Binary, one for each class for Multiclass. Y costs 4 bytes × rows × classes.
type Dataset struct {
	X        layout.Matrix
	Y        layout.Matrix
	Labels   []int    // class of each row; nil for Regression
	Features []string // names of the columns of X
	Target   string   // name of the label column
	Classes  []string // names of the classes, in the order of Labels; nil for Regression
	Task     Task
}

// Len returns the number of rows.
func (d *Dataset) Len() int { return d.X.Rows }

// Counts returns how many rows each class has; nil for Regression.
func (d *Dataset) Counts() []int {
	if d.Labels == nil {
		return nil
	}
	counts := make([]int, len(d.Classes))
	for _, c := range d.Labels {
		counts[c]++
	}
	return counts
}

// Subset returns a copy of the given rows, in the given order; a row may occur
// more than once. The names are shared with d, not copied.
// It panics if a row is out of range.
func (d *Dataset) Subset(rows []int) *Dataset {
	for _, i := range rows {
		if i < 0 || i >= d.Len() {
			panic(fmt.Sprintf("data: Dataset.Subset: row %d of %d", i, d.Len()))
		}
	}
	sub := *d
	sub.X = copyRows(d.X, rows)
	sub.Y = copyRows(d.Y, rows)
	if d.Labels != nil {
		sub.Labels = make([]int, len(rows))
		for k, i := range rows {
			sub.Labels[k] = d.Labels[i]
		}
	}
	return &sub
}

// copyRows returns the given rows of m in new memory.
func copyRows(m layout.Matrix, rows []int) layout.Matrix {
	dst := layout.NewMatrix(len(rows), m.Cols)
	for k, i := range rows {
		copy(dst.Row(k), m.Row(i))
	}
	return dst
}
