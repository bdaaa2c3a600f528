package data

import (
	"slices"
	"strconv"
	"strings"
)

// plan says which columns of a table are read.
type plan struct {
	features []string // names, in the order of X
	columns  []int    // where they are
	target   string
	label    int // −1 if there is none
}

// plan finds the columns that opt asks for.
func (t *table) plan(opt CSVOptions, labelled bool) (plan, error) {
	switch {
	case len(opt.Features) == 0:
		return t.planAll(opt)
	case t.names == nil || placed(opt.Features) && !contains(t.names, opt.Features):
		return t.planByPlace(opt, labelled)
	}
	return t.planByName(opt, labelled)
}

// planAll takes every column but the label for a feature.
func (t *table) planAll(opt CSVOptions) (plan, error) {
	if t.width < 2 {
		return plan{}, t.errorf(0, -1, "the file has one column (separator %q); a feature and a label need two: set the separator", t.comma)
	}
	label := t.width - 1
	if opt.Label != "" {
		var err error
		if label, err = t.column(opt.Label); err != nil {
			return plan{}, err
		}
	}
	p := plan{columns: t.except(label), label: label, target: t.target(label, opt)}
	for i, c := range p.columns {
		if t.names == nil {
			p.features = append(p.features, "x"+strconv.Itoa(i))
		} else {
			p.features = append(p.features, t.names[c])
		}
	}
	return p, nil
}

// planByName finds the features, and the label if it is needed, by the header.
func (t *table) planByName(opt CSVOptions, labelled bool) (plan, error) {
	p := plan{features: slices.Clone(opt.Features), label: -1}
	at := make(map[string]int, t.width)
	for i, name := range t.names {
		at[name] = i
	}
	feature := make([]bool, t.width)
	for _, name := range opt.Features {
		i, ok := at[name]
		if !ok {
			return plan{}, t.noColumn("for the feature ", name)
		}
		feature[i] = true
		p.columns = append(p.columns, i)
	}
	if !labelled {
		return p, nil
	}
	if opt.Label != "" {
		var err error
		if p.label, err = t.column(opt.Label); err != nil {
			return plan{}, err
		}
		if feature[p.label] {
			return plan{}, t.errorf(0, p.label, "the column is to be the label and a feature; choose one")
		}
	} else {
		for i := range feature {
			if !feature[i] {
				p.label = i
			}
		}
		if p.label < 0 {
			return plan{}, t.errorf(0, -1, "every column is a feature; none is left for the label")
		}
	}
	p.target = t.target(p.label, opt)
	return p, nil
}

// planByPlace takes the columns as they come.
func (t *table) planByPlace(opt CSVOptions, labelled bool) (plan, error) {
	n := len(opt.Features)
	p := plan{features: slices.Clone(opt.Features), label: -1}
	switch {
	case t.width == n && !labelled:
	case t.width == n+1:
		p.label = t.width - 1
		if i, err := t.column(opt.Label); err == nil {
			p.label = i
		} else if _, e := strconv.Atoi(opt.Label); e == nil {
			return plan{}, err
		}
	case labelled:
		return plan{}, t.errorf(0, -1, "the file has %s (separator %q); %s and a label are expected", count(t.width, "column"), t.comma, count(n, "feature"))
	default:
		return plan{}, t.errorf(0, -1, "the file has %s (separator %q); %s are expected, or one column more for the label", count(t.width, "column"), t.comma, count(n, "feature"))
	}
	p.columns = t.except(p.label)
	p.target = t.target(p.label, opt)
	return p, nil
}

// placed reports whether features are x0, x1, …: the names of columns that have
// none.
func placed(features []string) bool {
	for i, name := range features {
		if name != "x"+strconv.Itoa(i) {
			return false
		}
	}
	return true
}

// column returns the column that label names or numbers.
func (t *table) column(label string) (int, error) {
	if i := slices.Index(t.names, label); i >= 0 {
		return i, nil
	}
	i, err := strconv.Atoi(label)
	switch {
	case err != nil && t.names == nil:
		return 0, t.errorf(0, -1, "no column %s: the file has no header; give a number from 0 to %d, or set the header option to yes", quote(label), t.width-1)
	case err != nil:
		return 0, t.noColumn("", label)
	case i < -t.width || i >= t.width:
		return 0, t.errorf(0, -1, "no column %d: the file has %d, numbered 0 to %d, or -1 to -%d from the last", i, t.width, t.width-1, t.width)
	case i < 0:
		i += t.width
	}
	return i, nil
}

// noColumn is the error for a name, of a feature or a label, that the header
// lacks.
func (t *table) noColumn(role, name string) *CSVError {
	for _, other := range t.names {
		if strings.EqualFold(name, other) {
			return t.errorf(0, -1, "no column %s%s; did you mean %s?", role, quote(name), quote(other))
		}
	}
	return t.errorf(0, -1, "no column %s%s; the columns are %s", role, quote(name), list(t.names))
}

// except returns all columns but the label.
func (t *table) except(label int) []int {
	columns := make([]int, 0, t.width)
	for i := range t.width {
		if i != label {
			columns = append(columns, i)
		}
	}
	return columns
}

// target returns the name of the label column.
func (t *table) target(label int, opt CSVOptions) string {
	if t.names != nil && label >= 0 {
		return t.names[label]
	}
	if _, err := strconv.Atoi(opt.Label); err != nil && opt.Label != "" {
		return opt.Label
	}
	return "y"
}
