package data

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/hadamard-go/hadamard/layout"
)

// Header says whether a CSV file starts with a line of column names.
type Header uint8

const (
	HeaderAuto Header = iota // decided by the first line; see CSVOptions.Header
	HeaderYes
	HeaderNo
)

var headerNames = [...]string{"auto", "yes", "no"}

// String returns "auto", "yes" or "no".
func (h Header) String() string { return nameOf(headerNames[:], int(h), "Header") }

// MarshalText returns String; with UnmarshalText it makes a Header a flag
// (flag.TextVar).
func (h Header) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText sets h by its name. Any other text is an error that lists the
// names.
func (h *Header) UnmarshalText(text []byte) error {
	i, err := indexOf(headerNames[:], text, "header")
	if err == nil {
		*h = Header(i)
	}
	return err
}

// CSVOptions says how to read a CSV file. The zero value reads what most people
// have: any of the usual separators, with or without a header, the label in the
// last column.
type CSVOptions struct {
	// Header says whether the first line holds names. HeaderAuto takes it for
	// names if it has some text and no number, or all of Features, and for
	// data otherwise. A line that may be either is an error: one with numbers,
	// and with text above a number; or one with three numbers or more that are
	// those of their columns, 0, 1, 2, …, as pandas names what has no names.
	//
	// Without a header the features are named x0, x1, … and the target y.
	Header Header

	// Label is the column to learn: its name or else its number, from 0, or
	// from −1 for the last column backwards. Empty means the last column
	// (that is not one of Features).
	Label string

	// Comma separates the columns. 0 means the first of tab, semicolon and
	// comma that occurs in the first line, outside quotes.
	Comma rune

	// Task says what the labels are. Auto decides by the labels:
	//
	//	text                                    Binary if there are two,
	//	                                        Multiclass if more
	//	whole numbers, two different ones       Binary
	//	whole numbers, few different ones       Multiclass
	//	other numbers                           Regression
	//
	// Few means: at most half as many as rows, and either no more than 10, or
	// no more than 100 that follow one another from 0 or 1 without a gap (the
	// letters 0 … 25, but not ages or prices).
	//
	// Classes are sorted, numbers by value and text byte by byte, so that of
	// two classes the second is the 1. There can be 1000 at most.
	Task Task

	// Features are the names of the columns to read, in the order of X: those
	// that a trained model expects, or a choice. Other columns are ignored.
	// Nil means all columns but the label.
	//
	// In a file without a header, or if they are x0, x1, …, the columns are
	// taken by their place: all columns but the label, as many as Features.
	Features []string

	// Classes are the names of the classes in the order of Labels: those of a
	// trained model. A label that is none of them is an error; numbers are
	// compared by value, so 1.0 is the class 1. Nil means those that occur.
	Classes []string

	// AllowMissing lets features be missing: their value in X is NaN, for an
	// Imputer to replace. Missing is a cell that is empty or, in any case of
	// letters, one of ? - . NA N/A #N/A <NA> NaN -NaN null None. A missing
	// label is always an error.
	AllowMissing bool
}

// LoadCSV is ReadCSV for a file.
func LoadCSV(path string, opt CSVOptions) (*Dataset, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	return ReadCSV(f, opt)
}

// ReadCSV reads a table with a label in each row. To score a trained model, set
// Features, Classes and Task to the model's.
//
// The file is UTF-8 text, with or without a byte order mark; lines end in LF or
// CR LF; empty lines are skipped; cells may be quoted ("" is a quote mark
// within); space around a cell is ignored. A line has 4 MiB at most. Features
// are finite decimal numbers that float32 can hold, and no cell is empty (unless
// AllowMissing).
//
// Any fault of the file, and a Label, Features or Classes that do not fit it,
// is a *CSVError; it has the name of r if r is an *os.File or has another
// Name method. Failures to read are passed on, wrapped.
//
// Memory: about ten bytes a number, twenty a row, and Y (see Dataset), which is
// refused where it exceeds both 64 MiB and 16 times the file. r is read to its
// end: bound it (http.MaxBytesReader) if you do not trust it.
func ReadCSV(r io.Reader, opt CSVOptions) (*Dataset, error) {
	if err := opt.check(); err != nil {
		return nil, err
	}
	t, err := openTable(r, opt)
	if err != nil {
		return nil, err
	}
	p, err := t.plan(opt, true)
	if err != nil {
		return nil, err
	}
	labels := newLabelColumn(t, p.label, opt)
	x, err := t.readRows(p, labels.add)
	if err != nil {
		return nil, err
	}
	d := &Dataset{X: x, Features: p.features, Target: p.target}
	if err := labels.finish(d); err != nil {
		return nil, err
	}
	return d, nil
}

// ReadFeatures reads rows to predict: the columns of a trained model, in its
// order, into a matrix of rows × len(features). Labels need not be there and
// are ignored.
//
// In a file with a header the columns are found by name and other columns are
// ignored. Without a header, or if the features are x0, x1, …, the columns are
// taken by their place: there must be len(features), or one more, which is the
// label column opt.Label (the last, if it is empty or a name).
//
// opt.Features, opt.Classes and opt.Task are not used. Format and errors are
// those of ReadCSV.
func ReadFeatures(r io.Reader, features []string, opt CSVOptions) (layout.Matrix, error) {
	if len(features) == 0 {
		return layout.Matrix{}, fmt.Errorf("data: ReadFeatures needs the names of the features")
	}
	opt.Features, opt.Classes, opt.Task = features, nil, Auto
	if err := opt.check(); err != nil {
		return layout.Matrix{}, err
	}
	t, err := openTable(r, opt)
	if err != nil {
		return layout.Matrix{}, err
	}
	p, err := t.plan(opt, false)
	if err != nil {
		return layout.Matrix{}, err
	}
	return t.readRows(p, nil)
}

// check refuses options that no file can meet.
func (opt CSVOptions) check() error {
	switch {
	case strings.ContainsRune("\"\r\n", opt.Comma) || opt.Comma != 0 && !utf8.ValidRune(opt.Comma) || opt.Comma == utf8.RuneError:
		return fmt.Errorf("data: %q cannot separate columns", opt.Comma)
	case opt.Task > Multiclass || opt.Header > HeaderNo:
		return fmt.Errorf("data: no such option: %v, %v", opt.Task, opt.Header)
	case len(opt.Classes) > 0 && opt.Task == Regression:
		return fmt.Errorf("data: regression has no classes: leave Classes or Task out")
	case len(opt.Classes) == 1:
		return fmt.Errorf("data: one class only; two or more are needed")
	case opt.Task == Binary && len(opt.Classes) > 2:
		return fmt.Errorf("data: %d classes for a binary task", len(opt.Classes))
	}
	if name, ok := repeated(opt.Features); ok {
		return fmt.Errorf("data: two features are named %q", name)
	}
	if name, ok := repeated(opt.Classes); ok {
		return fmt.Errorf("data: two classes are named %q", name)
	}
	return nil
}

// repeated returns a name that occurs twice.
func repeated(names []string) (string, bool) {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[name] {
			return name, true
		}
		seen[name] = true
	}
	return "", false
}
