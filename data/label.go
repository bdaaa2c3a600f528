package data

import (
	"bytes"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/hadamard-go/hadamard/layout"
)

const (
	maxClasses = 1000 // that are not known beforehand
	maxRun     = 100  // of classes that Auto sees in whole numbers without a gap
	maxFew     = 10   // of classes that Auto sees in whole numbers with gaps

	// Y may have freeBytes, or bytesPerByte for each byte of the file.
	freeBytes    = 64 << 20
	bytesPerByte = 16
)

// labelColumn gathers the labels of a table. Their text is kept until the last
// row, because only then it is known what they are, unless the options say so.
type labelColumn struct {
	t      *table
	column int
	task   Task

	targets []float32 // Regression, by the options

	classes []string // known classes, by the options
	byText  map[string]int
	byValue map[float64]int
	labels  []int

	cells  []byte      // else: the text of all labels, each with a NUL, which no cell has
	rows   int         // how many they are
	kinds  [2]int      // how many are numbers, how many are not
	firsts [2]labelRef // the first of each
}

// labelRef is one label and its place.
type labelRef struct {
	cell string
	line int
}

func newLabelColumn(t *table, column int, opt CSVOptions) *labelColumn {
	l := &labelColumn{t: t, column: column, task: opt.Task}
	if len(opt.Classes) > 0 {
		l.classes = slices.Clone(opt.Classes)
		l.byText = make(map[string]int)
		l.byValue = make(map[float64]int)
		for i, name := range opt.Classes {
			l.byText[name] = i
			if v, kind := parse(name, 64); kind == number {
				l.byValue[v] = i
			}
		}
	}
	return l
}

// add takes the label of the next row.
func (l *labelColumn) add(cell string, line int) error {
	if cell == "" {
		return l.errorf(line, "empty cell: the label is missing; fill it in or remove the row")
	}
	if l.classes != nil {
		return l.addKnown(cell, line)
	}
	v, kind := parseNumber(cell)
	switch {
	case l.task == Regression && kind == text:
		return l.errorf(line, "%s is not a number, as regression needs it: correct it, or set the task to binary or multiclass", quote(cell))
	case l.task == Regression && kind != number, kind == overflow:
		return l.errorf(line, "%s", kind.complaint(cell))
	}
	if l.task == Regression {
		l.targets = append(l.targets, v)
		return nil
	}
	k := 0
	if kind != number {
		k = 1
	}
	if l.kinds[k] == 0 {
		l.firsts[k] = labelRef{cell, line}
	}
	l.kinds[k]++
	l.cells = append(append(l.cells, cell...), 0)
	l.rows++
	return nil
}

// addKnown takes a label that must be one of the known classes.
func (l *labelColumn) addKnown(cell string, line int) error {
	i, ok := l.byText[cell]
	if !ok {
		if v, kind := parse(cell, 64); kind == number {
			i, ok = l.byValue[v]
		}
	}
	if !ok {
		return l.errorf(line, "no class %s; the classes are %s", quote(cell), list(l.classes))
	}
	l.labels = append(l.labels, i)
	return nil
}

// finish sets Y, Labels, Classes and Task of d.
func (l *labelColumn) finish(d *Dataset) error {
	switch {
	case l.task == Regression:
		d.setTargets(l.targets)
		return nil
	case l.classes != nil:
		return l.setClasses(d, l.labels, l.classes)
	case l.kinds[1] == 0:
		return l.finishNumbers(d)
	case l.kinds[0] > 0 && l.task == Auto:
		few, many := l.firsts[1], l.firsts[0]
		is := "is not a number"
		if l.kinds[0] < l.kinds[1] {
			few, many = many, few
			is = "is a number"
		}
		return l.errorf(few.line, "label %s %s, unlike %s on line %d: correct it, or set the task (binary or multiclass) to take labels as text",
			quote(few.cell), is, quote(many.cell), many.line)
	}
	return l.finishText(d)
}

// all returns the text of each label.
func (l *labelColumn) all() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := l.cells; len(rest) > 0; {
			end := bytes.IndexByte(rest, 0)
			if !yield(rest[:end]) {
				return
			}
			rest = rest[end+1:]
		}
	}
}

// finishText makes classes of texts.
func (l *labelColumn) finishText(d *Dataset) error {
	index := make(map[string]int)
	for cell := range l.all() {
		if _, ok := index[string(cell)]; ok {
			continue
		}
		if !utf8.Valid(cell) {
			return l.errorf(0, "label %s is not UTF-8; save the file as UTF-8", quote(string(cell)))
		}
		if len(index) == maxClasses {
			return l.tooMany()
		}
		index[string(cell)] = 0
	}
	classes := slices.Sorted(maps.Keys(index))
	for i, name := range classes {
		index[name] = i
	}
	labels := make([]int, 0, l.rows)
	for cell := range l.all() {
		labels = append(labels, index[string(cell)])
	}
	return l.setClasses(d, labels, classes)
}

// finishNumbers makes classes or targets of numbers.
func (l *labelColumn) finishNumbers(d *Dataset) error {
	index := make(map[float64]int)
	whole := true
	for cell := range l.all() {
		v, _ := parse(string(cell), 64)
		whole = whole && v == math.Trunc(v)
		if len(index) <= maxClasses {
			index[v] = 0
		}
	}
	distinct := slices.Sorted(maps.Keys(index))
	if l.task == Auto && len(distinct) > 1 && !(whole && areClasses(distinct, l.rows)) {
		for cell := range l.all() {
			v, _ := parseNumber(string(cell))
			l.targets = append(l.targets, v)
		}
		d.setTargets(l.targets)
		return nil
	}
	if len(distinct) > maxClasses {
		return l.tooMany()
	}
	classes := make([]string, len(distinct))
	for i, v := range distinct {
		index[v] = i
		classes[i] = className(v)
	}
	labels := make([]int, 0, l.rows)
	for cell := range l.all() {
		v, _ := parse(string(cell), 64)
		labels = append(labels, index[v])
	}
	return l.setClasses(d, labels, classes)
}

// className returns the shortest decimal number that is v.
func className(v float64) string {
	switch abs := math.Abs(v); {
	case abs == 0:
		return "0" // −0 is the same class
	case abs < 1e15:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// areClasses is the rule of CSVOptions.Task for whole numbers: the distinct
// ones, sorted, among so many rows.
func areClasses(distinct []float64, rows int) bool {
	k := len(distinct)
	first, last := distinct[0], distinct[k-1]
	run := (first == 0 || first == 1) && last-first == float64(k-1)
	return k == 2 || 2*k <= rows && (k <= maxFew || k <= maxRun && run)
}

// setTargets makes d a regression.
func (d *Dataset) setTargets(targets []float32) {
	d.Task = Regression
	d.Y = layout.NewMatrix(len(targets), 1)
	copy(d.Y.Data, targets)
}

// setClasses makes d a classification, if task and classes agree.
func (l *labelColumn) setClasses(d *Dataset, labels []int, classes []string) error {
	task := l.task
	if task == Auto {
		task = Multiclass
		if len(classes) == 2 {
			task = Binary
		}
	}
	switch {
	case len(classes) == 1:
		return l.errorf(0, "every label is %s: there is nothing to tell apart", quote(classes[0]))
	case task == Binary && len(classes) != 2:
		return l.errorf(0, "%d classes: a binary task has two; the classes are %s", len(classes), list(classes))
	}
	d.Task, d.Classes, d.Labels = task, classes, labels
	if task == Multiclass {
		if size := 4 * int64(len(labels)) * int64(len(classes)); size > max(freeBytes, bytesPerByte*l.t.input.size) {
			return l.errorf(0, "%d classes of %s need %d MiB, too much for a file of this size: choose another label column, or fewer classes",
				len(classes), count(len(labels), "row"), size>>20)
		}
		y, err := OneHot(labels, len(classes))
		d.Y = y
		return err
	}
	d.Y = layout.NewMatrix(len(labels), 1)
	for i, c := range labels {
		d.Y.Data[i] = float32(c)
	}
	return nil
}

func (l *labelColumn) tooMany() error {
	return l.errorf(0, "more than %d different labels: choose another label column, or set the task to regression", maxClasses)
}

// errorf returns an error in the label column.
func (l *labelColumn) errorf(line int, format string, args ...any) error {
	return l.t.errorf(line, l.column, format, args...)
}
