package data

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hadamard-go/hadamard/layout"
)

const (
	sampleSize = 64 << 10 // what is looked at to guess the separator
	maxLine    = 4 << 20  // encoding/csv needs 40 bytes for an empty cell
)

// table is a CSV file whose first lines have been looked at.
type table struct {
	name  string
	input *textReader
	csv   *csv.Reader
	comma rune
	names []string // the header; nil if there is none
	width int      // columns
	held  []record // read already

	allowMissing bool
}

// record is one row as text, without the space around its cells.
type record struct {
	cells []string
	line  int
}

// openTable finds separator, header and width.
func openTable(r io.Reader, opt CSVOptions) (*table, error) {
	t := &table{comma: opt.Comma, allowMissing: opt.AllowMissing}
	if f, ok := r.(interface{ Name() string }); ok {
		t.name = f.Name()
	}
	t.input = &textReader{r: r, name: t.name, line: 1}
	buf := bufio.NewReaderSize(t.input, sampleSize)
	sample, err := buf.Peek(sampleSize)
	if what := foreign(sample); what != "" {
		return nil, t.errorf(0, -1, "%s", what)
	}
	if err != nil && err != io.EOF {
		return nil, t.readError(err)
	}
	if mark := []byte("\xEF\xBB\xBF"); bytes.HasPrefix(sample, mark) {
		sample = sample[len(mark):]
		buf.Discard(len(mark)) // cannot fail: it was peeked
	}
	if t.comma == 0 {
		t.comma = detectComma(sample)
	}
	t.csv = csv.NewReader(buf)
	t.csv.Comma = t.comma
	t.csv.ReuseRecord = true
	t.csv.FieldsPerRecord = -1               // next has the better words
	t.csv.TrimLeadingSpace = t.comma != '\t' // else empty cells would vanish
	return t, t.readHeader(opt)
}

// foreign says what a file is that is no CSV, or returns "".
func foreign(sample []byte) string {
	has := func(magic string) bool { return bytes.HasPrefix(sample, []byte(magic)) }
	switch {
	case has("\x1F\x8B"):
		return "this is a gzip file; unpack it first"
	case has("PK\x03\x04"):
		return "this is a ZIP archive or an Excel workbook; save the table as CSV"
	case has("\xFF\xFE"), has("\xFE\xFF"):
		return "this is UTF-16 text; save it as UTF-8"
	case has("\x93NUMPY"):
		return "this is a NumPy array; write it with numpy.savetxt(file, array, delimiter=',')"
	case bytes.ContainsRune(bytes.TrimRight(sample, "\r"), '\r') && !bytes.ContainsRune(sample, '\n'):
		return "the lines end in CR alone; save the file with LF or CR LF"
	}
	return ""
}

// detectComma returns tab, semicolon or comma: the first of them that stands in
// the first line outside quotes. A semicolon wins over commas because those are
// then decimal commas.
func detectComma(sample []byte) rune {
	comma, quoted := ',', false
	for _, c := range bytes.TrimLeft(sample, "\r\n") {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\t':
			return '\t'
		case c == ';':
			comma = ';'
		case c == '\n':
			return comma
		}
	}
	return comma
}

// readHeader reads the first two records, sets names and width, and holds what
// is data.
func (t *table) readHeader(opt CSVOptions) error {
	for len(t.held) < 2 {
		rec, err := t.read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		rec.cells = slices.Clone(rec.cells)
		t.held = append(t.held, rec)
	}
	if len(t.held) == 0 {
		return t.errorf(0, -1, "the file is empty")
	}
	first := t.held[0]
	header := opt.Header == HeaderYes
	if opt.Header == HeaderAuto {
		var err error
		if header, err = t.looksLikeHeader(opt); err != nil {
			return err
		}
	}
	if !header {
		return nil
	}
	t.names, t.held = first.cells, t.held[1:]
	seen := make(map[string]int, t.width)
	for i, name := range t.names {
		before, twice := seen[name]
		switch {
		case name == "":
			return t.errorf(first.line, i, "the column has no name: name it, or remove it (pandas writes its row numbers so: use index=False)")
		case !utf8.ValidString(name):
			return t.errorf(first.line, i, "the name is not UTF-8; save the file as UTF-8")
		case twice:
			return t.errorf(first.line, i, "column %d has the same name; rename one", before)
		}
		seen[name] = i
	}
	return nil
}

// looksLikeHeader applies the rule of CSVOptions.Header to the records held.
func (t *table) looksLikeHeader(opt CSVOptions) (bool, error) {
	first := t.held[0]
	if len(opt.Features) > 0 && contains(first.cells, opt.Features) {
		return true, nil
	}
	words, numbers, above, counting := 0, 0, -1, true
	for i, cell := range first.cells {
		switch _, kind := parseNumber(cell); kind {
		case text:
			words++
			if len(t.held) > 1 {
				if _, below := parseNumber(t.held[1].cells[i]); below == number {
					above = i
				}
			}
		case number, overflow:
			numbers++
			counting = counting && cell == strconv.Itoa(i)
		}
	}
	if counting && numbers >= 3 {
		return false, t.errorf(first.line, -1,
			"the line counts the columns, as pandas does where they have no names: set the header option to yes, or to no if it is data")
	}
	if words > 0 && numbers > 0 && above >= 0 {
		return false, t.errorf(first.line, above,
			"%s stands above a number, in a line that has numbers too: correct it, or set the header option to yes or no", quote(first.cells[above]))
	}
	return words > 0 && numbers == 0, nil
}

// contains reports whether every one of names is a cell.
func contains(cells, names []string) bool {
	set := make(map[string]bool, len(cells))
	for _, cell := range cells {
		set[cell] = true
	}
	for _, name := range names {
		if !set[name] {
			return false
		}
	}
	return true
}

// next returns the next record, valid until the call after; or io.EOF.
func (t *table) next() (record, error) {
	if len(t.held) > 0 {
		rec := t.held[0]
		t.held = t.held[1:]
		return rec, nil
	}
	return t.read()
}

// read reads a record and checks its width.
func (t *table) read() (record, error) {
	for {
		cells, err := t.csv.Read()
		if err == io.EOF {
			return record{}, io.EOF
		}
		if err != nil {
			return record{}, t.readError(err)
		}
		for i, cell := range cells {
			cells[i] = strings.TrimSpace(cell)
		}
		if len(cells) == 1 && cells[0] == "" && t.width != 1 {
			continue // a line of spaces
		}
		line, _ := t.csv.FieldPos(0)
		if t.width == 0 {
			t.width = len(cells)
		}
		if len(cells) != t.width {
			return record{}, t.errorf(line, -1, "the line has %s, the first has %d; add or remove cells (separator %q)",
				count(len(cells), "column"), t.width, t.comma)
		}
		return record{cells, line}, nil
	}
}

// readRows reads all rows: the features into a matrix, the label of each to
// label, unless that is nil.
func (t *table) readRows(p plan, label func(cell string, line int) error) (layout.Matrix, error) {
	var values []float32
	rows := 0
	for {
		rec, err := t.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return layout.Matrix{}, err
		}
		for _, c := range p.columns {
			v, err := t.feature(rec, c)
			if err != nil {
				return layout.Matrix{}, err
			}
			values = append(values, v)
		}
		if label != nil {
			if err := label(rec.cells[p.label], rec.line); err != nil {
				return layout.Matrix{}, err
			}
		}
		rows++
	}
	if rows == 0 {
		return layout.Matrix{}, t.errorf(0, -1, "the file has a header and no rows")
	}
	x := layout.NewMatrix(rows, len(p.columns))
	copy(x.Data, values)
	return x, nil
}

// feature returns the number in column c.
func (t *table) feature(rec record, c int) (float32, error) {
	v, kind := parseNumber(rec.cells[c])
	switch {
	case kind == number:
		return v, nil
	case kind == missing && t.allowMissing:
		return float32(math.NaN()), nil
	}
	return 0, t.errorf(rec.line, c, "%s", kind.complaint(rec.cells[c]))
}

// errorf returns an error at a line and column, 0 and −1 for none.
func (t *table) errorf(line, column int, format string, args ...any) *CSVError {
	e := &CSVError{Name: t.name, Line: line, Column: column, Msg: fmt.Sprintf(format, args...)}
	if column >= 0 && t.names != nil {
		e.Field = t.names[column]
	}
	return e
}

// readError puts a failure of the reader into the words of this package.
func (t *table) readError(err error) error {
	var known *CSVError
	if errors.As(err, &known) {
		return known
	}
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return fmt.Errorf("data: reading CSV: %w", err)
	}
	e := t.errorf(parse.Line, -1, "%v", parse.Err)
	switch parse.Err {
	case csv.ErrBareQuote:
		e.Msg = `a quote mark inside a cell that does not start with one; quote the whole cell and double the mark ("")`
	case csv.ErrQuote:
		e.Line = parse.StartLine
		e.Msg = `a quoted cell does not end, or goes on after its closing quote mark; double the marks inside ("")`
	}
	e.Err = err
	return e
}

// count returns "1 column", "2 columns", …
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// textReader passes text on and stops at what cannot be a table.
type textReader struct {
	r      io.Reader
	name   string
	size   int64 // bytes so far
	line   int   // the line that the next byte belongs to
	length int   // bytes of that line so far
}

func (t *textReader) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.size += int64(n)
	for i, c := range p[:n] {
		t.length++
		switch {
		case c == '\n':
			t.line++
			t.length = 0
		case c == 0:
			return i, &CSVError{Name: t.name, Line: t.line, Column: -1, Msg: "a NUL byte: this is not UTF-8 text"}
		case t.length > maxLine:
			return i, &CSVError{Name: t.name, Line: t.line, Column: -1, Msg: "the line is longer than 4 MiB"}
		}
	}
	return n, err
}
