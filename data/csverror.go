package data

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// CSVError says what is wrong with a CSV file, where, and what to do. Its text
// reads
//
//	data: pima.csv: line 3, column 5 "mass": empty cell: …
//
// with the parts left out that do not apply.
type CSVError struct {
	Name   string // of the file; empty if the reader has no name
	Line   int    // from 1; 0 if no single line is at fault
	Column int    // from 0; −1 if no single column is at fault
	Field  string // name of the column; empty if it has none
	Msg    string
	Err    error // the cause, for errors.Is and errors.As; may be nil
}

// Error returns the text shown above.
func (e *CSVError) Error() string {
	var b strings.Builder
	b.WriteString("data: ")
	if e.Name == "" {
		b.WriteString("CSV")
	} else {
		b.WriteString(e.Name)
	}
	sep := ": "
	if e.Line > 0 {
		fmt.Fprintf(&b, "%sline %d", sep, e.Line)
		sep = ", "
	}
	if e.Column >= 0 {
		fmt.Fprintf(&b, "%scolumn %d", sep, e.Column)
		if e.Field != "" {
			b.WriteByte(' ')
			b.WriteString(quote(e.Field))
		}
	}
	b.WriteString(": ")
	b.WriteString(e.Msg)
	return b.String()
}

// Unwrap returns Err.
func (e *CSVError) Unwrap() error { return e.Err }

// quote returns s in quotes, printable, and cut where it is long.
func quote(s string) string {
	const limit = 40
	if len(s) > limit {
		cut := limit
		for cut > limit-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return fmt.Sprintf("%q", s)
}

// list returns the first names, in quotes, for an error that says what exists.
func list(names []string) string {
	const limit = 20
	quoted := make([]string, 0, limit+1)
	for i, name := range names {
		if i == limit {
			quoted = append(quoted, fmt.Sprintf("… (%d in all)", len(names)))
			break
		}
		quoted = append(quoted, quote(name))
	}
	return strings.Join(quoted, ", ")
}
