package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/internal/atomicfile"
	"github.com/hadamard-go/hadamard/layout"
	"github.com/spf13/pflag"
)

// dataSyntax says what DATA may be.
func dataSyntax() string {
	names := data.Names()
	return fmt.Sprintf(`DATA is the name of a data set that comes with the program (%s),
the path of a CSV file, or - for CSV on standard input. For a file that has one
of these names write ./%s.`, strings.Join(names, ", "), names[0])
}

const columnHelp = `The features are found by their names in the header, in any order; without a
header, or names, by their place.`

// csvFlags say how to read CSV.
type csvFlags struct {
	label  string
	header data.Header
	comma  string
}

func (c *csvFlags) register(f *pflag.FlagSet, label string) {
	f.StringVar(&c.label, "label", "", "`column` of the labels: its name, or its number from 0, or from -1, the\nlast, backwards (default "+label+")")
	f.TextVar(&c.header, "header", data.HeaderAuto, "`whether` the first line holds names: auto, yes, no")
	f.StringVar(&c.comma, "comma", "", "`character` between columns, or tab (default: the first of tab,\nsemicolon and comma that the first line has)")
}

// options returns the flags as options of package data.
func (c *csvFlags) options() (data.CSVOptions, error) {
	opt := data.CSVOptions{Label: c.label, Header: c.header}
	switch c.comma {
	case "":
	case "tab", `\t`:
		opt.Comma = '\t'
	default:
		r, size := utf8.DecodeRuneInString(c.comma)
		if size != len(c.comma) || r == utf8.RuneError || r < ' ' && r != '\t' || r == '"' {
			return opt, usagef("--comma %q: one character is needed, such as ; or the word tab", c.comma)
		}
		opt.Comma = r
	}
	return opt, nil
}

// source is a DATA operand.
type source struct {
	name  string
	stdin io.Reader
}

func (s source) embedded() bool { return slices.Contains(data.Names(), s.name) }

// check refuses options that an embedded data set has no use for.
func (s source) check(opt data.CSVOptions) error {
	if s.embedded() && (opt.Label != "" || opt.Task != data.Auto || opt.Header != data.HeaderAuto || opt.Comma != 0) {
		return usagef("--label, --task, --header and --comma are for CSV files, and %s is a data set of this program; for a file of that name write ./%s", s.name, s.name)
	}
	return nil
}

// stem is what a file made from the data is called by default.
func (s source) stem() string {
	if s.name == "-" {
		return "model"
	}
	base := filepath.Base(s.name)
	if stem := strings.TrimSuffix(base, filepath.Ext(base)); stem != "" {
		return stem
	}
	return base
}

// open opens a CSV file or standard input.
func (s source) open() (io.ReadCloser, error) {
	if s.name == "-" {
		return io.NopCloser(s.stdin), nil
	}
	info, err := os.Stat(s.name)
	if errors.Is(err, fs.ErrNotExist) && filepath.Base(s.name) == s.name {
		return nil, fmt.Errorf("%s: there is no such file here, nor a data set of that name: those are %s", s.name, strings.Join(data.Names(), ", "))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: there is no such file: check the path", s.name)
	}
	if err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: it is a directory: name a CSV file in it", s.name)
	}
	return os.Open(s.name)
}

// labelled reads rows with their labels.
func (s source) labelled(opt data.CSVOptions) (*data.Dataset, error) {
	if s.embedded() {
		d, err := data.Load(s.name)
		if err == nil && opt.Features != nil {
			return suit(d, s.name, opt)
		}
		return d, err
	}
	r, err := s.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return data.ReadCSV(r, opt)
}

// labelledFor reads rows with labels that suit the model: its features in its
// order, its classes in its order.
func (s source) labelledFor(m *ffnn.Model, opt data.CSVOptions) (*data.Dataset, error) {
	if err := s.check(opt); err != nil {
		return nil, err
	}
	opt.Features, opt.Classes, opt.Task = featureNames(m), classNames(m), taskOf(m)
	if s.embedded() {
		return s.embeddedFor(m, opt)
	}
	if opt.Label == "" {
		opt.Label = m.Meta().Target
	}
	return s.labelled(opt)
}

// features reads the rows of a model's features.
func (s source) features(m *ffnn.Model, opt data.CSVOptions) (layout.Matrix, error) {
	if err := s.check(opt); err != nil {
		return layout.Matrix{}, err
	}
	if s.embedded() {
		d, err := data.Load(s.name)
		if err != nil {
			return layout.Matrix{}, err
		}
		return selectColumns(d, s.name, embeddedFeatures(m, d))
	}
	r, err := s.open()
	if err != nil {
		return layout.Matrix{}, err
	}
	defer r.Close()
	return data.ReadFeatures(r, featureNames(m), opt)
}

// embeddedFor is labelledFor for an embedded data set. Where the model has no
// names of features or classes, those of the data are taken in their order.
func (s source) embeddedFor(m *ffnn.Model, opt data.CSVOptions) (*data.Dataset, error) {
	d, err := data.Load(s.name)
	if err != nil {
		return nil, err
	}
	opt.Features = embeddedFeatures(m, d)
	if len(m.Meta().Classes) == 0 && len(opt.Classes) == len(d.Classes) {
		opt.Classes = d.Classes
	}
	return suit(d, s.name, opt)
}

func embeddedFeatures(m *ffnn.Model, d *data.Dataset) []string {
	if len(m.Meta().Features) == 0 && m.Inputs() == d.X.Cols {
		return d.Features
	}
	return featureNames(m)
}

// suit returns an embedded data set with the features, classes and task of opt,
// as data.ReadCSV does for files.
func suit(d *data.Dataset, name string, opt data.CSVOptions) (*data.Dataset, error) {
	x, err := selectColumns(d, name, opt.Features)
	if err != nil {
		return nil, err
	}
	if opt.Task == data.Regression {
		return nil, fmt.Errorf("%s has classes (%s), and the model is for regression: give other data", name, strings.Join(d.Classes, ", "))
	}
	labels := make([]int, len(d.Labels))
	for i, c := range d.Labels {
		labels[i] = slices.Index(opt.Classes, d.Classes[c])
		if labels[i] < 0 {
			return nil, fmt.Errorf("%s has the class %q, and the model has not; its classes are %s", name, d.Classes[c], strings.Join(opt.Classes, ", "))
		}
	}
	s := &data.Dataset{X: x, Labels: labels, Features: opt.Features, Target: d.Target, Classes: opt.Classes, Task: opt.Task}
	if s.Y, err = data.OneHot(labels, len(opt.Classes)); err != nil {
		return nil, err
	}
	if opt.Task == data.Binary {
		s.Y = layout.NewMatrix(len(labels), 1)
		for i, c := range labels {
			s.Y.Set(i, 0, float32(c))
		}
	}
	return s, nil
}

// selectColumns returns the named columns of an embedded data set.
func selectColumns(d *data.Dataset, name string, features []string) (layout.Matrix, error) {
	from := make([]int, len(features))
	for j, f := range features {
		if from[j] = slices.Index(d.Features, f); from[j] < 0 {
			return layout.Matrix{}, fmt.Errorf("%s has no feature %q, and the model needs it: give the data that it was trained for", name, f)
		}
	}
	x := layout.NewMatrix(d.Len(), len(features))
	for i := range d.Len() {
		src, dst := d.X.Row(i), x.Row(i)
		for j, c := range from {
			dst[j] = src[c]
		}
	}
	return x, nil
}

// checkOutput refuses a path that is one of the inputs, or that cannot be
// written.
func checkOutput(path string, inputs ...string) error {
	for _, in := range inputs {
		a, errA := os.Stat(in)
		b, errB := os.Stat(path)
		if errA == nil && errB == nil && os.SameFile(a, b) {
			return usagef("--out %s is an input (%s): give another path", path, in)
		}
	}
	return atomicfile.Check(path)
}
