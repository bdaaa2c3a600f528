package data

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/hadamard-go/hadamard/layout"
)

// ArrayOptions says what the columns of two arrays are. Its zero value lets
// FromArrays decide.
type ArrayOptions struct {
	// Task says what y is. Auto decides by its values as CSVOptions.Task has
	// it, and takes several columns of which just one is 1 in each row, the
	// others 0, for Multiclass, other columns for Regression.
	Task Task

	// Classes are the names of the classes in the order of Labels: those of a
	// trained model. A label is the class whose name is that number; if no name
	// is a number, labels are 0, 1, … in the order of Classes. Nil means the
	// labels that occur, sorted, or 0, 1, … for the columns of a one-hot y.
	Classes []string

	// Features are the names of the columns of x. Nil means x0, x1, …
	Features []string

	// Target is the name of what y holds. Empty means y.
	Target string

	// AllowMissing lets x have NaNs, for an Imputer to replace.
	AllowMissing bool
}

// FromArrays returns a Dataset of n rows from x, n × features, and y: n labels
// or targets, or one-hot rows, or n × k targets (a Regression whose Y has k
// columns). x becomes X, and y becomes Y if it is that already; they are not
// copied.
//
// It is an error if there are no rows or columns, if x and y differ in rows, if
// a value is not finite (but see AllowMissing), if Features are not as many as
// columns, or if y does not fit the Task and Classes. It panics if x or y is
// not valid.
func FromArrays(x, y layout.Matrix, opt ArrayOptions) (*Dataset, error) {
	if !x.Valid() || !y.Valid() {
		panic("data: FromArrays: a matrix is not valid")
	}
	if err := (CSVOptions{Task: opt.Task, Classes: opt.Classes, Features: opt.Features}).check(); err != nil {
		return nil, err
	}
	switch {
	case x.Rows != y.Rows:
		return nil, fmt.Errorf("data: x has %s, y has %s; they must have as many", count(x.Rows, "row"), count(y.Rows, "row"))
	case x.Rows == 0:
		return nil, errors.New("data: x and y have no rows")
	case x.Cols == 0 || y.Cols == 0:
		return nil, fmt.Errorf("data: x has %s, y has %s; both need one", count(x.Cols, "column"), count(y.Cols, "column"))
	case opt.Features != nil && len(opt.Features) != x.Cols:
		return nil, fmt.Errorf("data: %s, but x has %s", count(len(opt.Features), "feature"), count(x.Cols, "column"))
	}
	if err := checkFinite("x", x, opt.AllowMissing); err != nil {
		return nil, err
	}
	if err := checkFinite("y", y, false); err != nil {
		return nil, err
	}
	d := &Dataset{X: x, Features: slices.Clone(opt.Features), Target: opt.Target}
	if d.Target == "" {
		d.Target = "y"
	}
	if d.Features == nil {
		for j := range x.Cols {
			d.Features = append(d.Features, "x"+strconv.Itoa(j))
		}
	}
	set := d.setLabels
	if y.Cols > 1 {
		set = d.setColumns
	}
	if err := set(y, opt); err != nil {
		return nil, err
	}
	return d, nil
}

func checkFinite(name string, m layout.Matrix, allowNaN bool) error {
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			switch {
			case v-v == 0:
			case v == v:
				return fmt.Errorf("data: %s, row %d, column %d: %v is not finite; correct it or remove the row", name, i, j, v)
			case !allowNaN:
				return fmt.Errorf("data: %s, row %d, column %d: NaN: the value is missing; fill it in or remove the row", name, i, j)
			}
		}
	}
	return nil
}

// setColumns takes y of several columns.
func (d *Dataset) setColumns(y layout.Matrix, opt ArrayOptions) error {
	if opt.Task == Binary {
		return fmt.Errorf("data: y has %d columns; a binary task has one, of two labels", y.Cols)
	}
	bad := notOneHot(y)
	switch {
	case opt.Task == Regression || bad >= 0 && opt.Task == Auto && opt.Classes == nil:
		d.Task, d.Y = Regression, y
		return nil
	case bad >= 0:
		return fmt.Errorf("data: y, row %d is %v: of the %d columns one must be 1, the others 0", bad, y.Row(bad), y.Cols)
	case opt.Classes != nil && len(opt.Classes) != y.Cols:
		return fmt.Errorf("data: %d classes, but y has %d columns", len(opt.Classes), y.Cols)
	}
	d.Task, d.Y, d.Labels, d.Classes = Multiclass, y, ArgMax(y), slices.Clone(opt.Classes)
	if d.Classes == nil {
		for j := range y.Cols {
			d.Classes = append(d.Classes, strconv.Itoa(j))
		}
	}
	return nil
}

// notOneHot returns the first row of y that is not one-hot, or −1.
func notOneHot(y layout.Matrix) int {
	for i := range y.Rows {
		ones := 0
		for _, v := range y.Row(i) {
			switch v {
			case 0:
			case 1:
				ones++
			default:
				return i
			}
		}
		if ones != 1 {
			return i
		}
	}
	return -1
}

// setLabels takes y of one column.
func (d *Dataset) setLabels(y layout.Matrix, opt ArrayOptions) error {
	if opt.Task == Regression {
		d.Task, d.Y = Regression, y
		return nil
	}
	var index map[float32]int
	var err error
	d.Classes = slices.Clone(opt.Classes)
	if d.Classes != nil {
		index, err = indexClasses(d.Classes)
	} else {
		var distinct []float32
		if index, distinct, err = distinctLabels(y, opt.Task); index == nil && err == nil {
			d.Task, d.Y = Regression, y
			return nil
		}
		for _, v := range distinct {
			d.Classes = append(d.Classes, labelName(v))
		}
	}
	if err != nil {
		return err
	}
	d.Task = CSVOptions{Task: opt.Task, Classes: d.Classes}.taskOfClasses()
	if d.Task == Binary && len(d.Classes) != 2 {
		return fmt.Errorf("data: y has %d classes: a binary task has two; the classes are %s", len(d.Classes), list(d.Classes))
	}
	d.Labels = make([]int, y.Rows)
	for i := range d.Labels {
		v := y.At(i, 0)
		if max(v, -v) > 1<<24 {
			return fmt.Errorf("data: y, row %d: label %s is beyond 2^24, where float32 no longer tells whole numbers apart; number the classes from 0", i, labelName(v))
		}
		c, ok := index[v]
		if !ok {
			return fmt.Errorf("data: y, row %d: no class %q; the classes are %s", i, labelName(v), list(d.Classes))
		}
		d.Labels[i] = c
	}
	if d.Task == Multiclass {
		size := 4 * int64(y.Rows) * int64(len(d.Classes))
		if size > max(freeBytes, bytesPerByte*4*int64(y.Rows)*int64(d.X.Cols+1)) {
			return fmt.Errorf("data: %d classes of %s need %d MiB, too much for so few features: is y a regression?", len(d.Classes), count(y.Rows, "row"), size>>20)
		}
		d.Y, err = OneHot(d.Labels, len(d.Classes))
		return err
	}
	d.Y = layout.NewMatrix(y.Rows, 1)
	for i, c := range d.Labels {
		d.Y.Data[i] = float32(c)
	}
	return nil
}

// indexClasses returns the class of each label, if the classes are known.
func indexClasses(classes []string) (map[float32]int, error) {
	index := make(map[float32]int)
	for i, name := range classes {
		v, kind := parseNumber(name)
		if kind != number {
			continue
		}
		if j, twice := index[v]; twice {
			return nil, fmt.Errorf("data: the classes %s and %s are the same number", quote(classes[j]), quote(name))
		}
		index[v] = i
	}
	if len(index) == 0 {
		for i := range classes {
			index[float32(i)] = i
		}
	}
	return index, nil
}

// distinctLabels returns the labels that occur, sorted, and the class of each;
// or nil if they are those of a regression.
func distinctLabels(y layout.Matrix, task Task) (map[float32]int, []float32, error) {
	index := make(map[float32]int)
	whole := true
	for i := range y.Rows {
		v := y.At(i, 0)
		whole = whole && float64(v) == math.Trunc(float64(v))
		if len(index) <= maxClasses {
			index[v] = 0
		}
	}
	distinct := slices.Sorted(maps.Keys(index))
	values := make([]float64, len(distinct))
	for i, v := range distinct {
		index[v] = i
		values[i] = float64(v)
	}
	switch {
	case task == Auto && len(distinct) > 1 && !(whole && areClasses(values, y.Rows)):
		return nil, nil, nil
	case len(distinct) > maxClasses:
		return nil, nil, fmt.Errorf("data: y has more than %d different labels: set the task to regression", maxClasses)
	case len(distinct) == 1:
		return nil, nil, fmt.Errorf("data: every label in y is %s: there is nothing to tell apart", labelName(distinct[0]))
	}
	return index, distinct, nil
}

// labelName returns the shortest decimal number that float32 rounds to v.
func labelName(v float32) string {
	f, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	return className(f)
}
