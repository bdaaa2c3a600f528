package data_test

import (
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/hadamard-go/hadamard/data"
)

func TestReadCSVErrors(t *testing.T) {
	features := func(names ...string) data.CSVOptions { return data.CSVOptions{Features: names} }
	label := func(s string) data.CSVOptions { return data.CSVOptions{Label: s} }
	task := func(t data.Task) data.CSVOptions { return data.CSVOptions{Task: t} }
	classes := func(names ...string) data.CSVOptions { return data.CSVOptions{Classes: names} }
	var manyClasses strings.Builder
	for i := range 1001 {
		fmt.Fprintf(&manyClasses, "%d,c%d\n", i, i)
	}
	var bigTargets strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&bigTargets, "1,c%d\n", i%1000)
	}
	manyNumbers := strings.ReplaceAll(manyClasses.String(), "c", "")
	for _, test := range []struct {
		name string
		in   string
		opt  data.CSVOptions
		want string // what follows "data: CSV"
	}{
		// The file.
		{"empty", "", data.CSVOptions{}, ": the file is empty"},
		{"byte order mark alone", "\xEF\xBB\xBF", data.CSVOptions{}, ": the file is empty"},
		{"empty lines alone", "\n\r\n  \n", data.CSVOptions{}, ": the file is empty"},
		{"header alone", "a,b\n", data.CSVOptions{}, ": the file has a header and no rows"},
		{"gzip", "\x1F\x8B\x08\x00", data.CSVOptions{}, ": this is a gzip file; unpack it first"},
		{"workbook", "PK\x03\x04\x14\x00", data.CSVOptions{}, ": this is a ZIP archive or an Excel workbook; save the table as CSV"},
		{"UTF-16", "\xFF\xFE1\x00,\x002\x00", data.CSVOptions{}, ": this is UTF-16 text; save it as UTF-8"},
		{"NumPy", "\x93NUMPY\x01\x00", data.CSVOptions{}, ": this is a NumPy array; write it with numpy.savetxt(file, array, delimiter=',')"},
		{"CR", "1,2\r3,4\r", data.CSVOptions{}, ": the lines end in CR alone; save the file with LF or CR LF"},
		{"NUL", "1,2\n3,\x004\n", data.CSVOptions{}, ": line 2: a NUL byte: this is not UTF-8 text"},
		{"NUL far down", strings.Repeat("1,2\n", 50000) + "\x00", data.CSVOptions{}, ": line 50001: a NUL byte: this is not UTF-8 text"},
		{"long line", strings.Repeat("1", 5<<20), data.CSVOptions{}, ": line 1: the line is longer than 4 MiB"},
		{"bare quote", "1,2\n3,4\"5\n", data.CSVOptions{}, `: line 2: a quote mark inside a cell that does not start with one; quote the whole cell and double the mark ("")`},
		{"open quote", "1,2\n3,\"4\n5,6\n", data.CSVOptions{}, `: line 2: a quoted cell does not end, or goes on after its closing quote mark; double the marks inside ("")`},
		{"quote goes on", "1,2\n3,\"4\"5\n", data.CSVOptions{}, `: line 2: a quoted cell does not end, or goes on after its closing quote mark; double the marks inside ("")`},

		// The lines.
		{"short line", "a,b,c\n1,2,3\n1,2\n", data.CSVOptions{}, `: line 3: the line has 2 columns, the first has 3; add or remove cells (separator ',')`},
		{"long second line", "1;2\n1;2;3\n", data.CSVOptions{}, `: line 2: the line has 3 columns, the first has 2; add or remove cells (separator ';')`},
		{"one cell", "1,2\n1\n", data.CSVOptions{}, `: line 2: the line has 1 column, the first has 2; add or remove cells (separator ',')`},
		{"one column", "1\n2\n", data.CSVOptions{}, `: the file has one column (separator ','); a feature and a label need two: set the separator`},

		// The header.
		{"nameless column", ",a,b\n0,1,2\n", data.CSVOptions{}, `: line 1, column 0: the column has no name: name it, or remove it (pandas writes its row numbers so: use index=False)`},
		{"same name", "a,b,a\n1,2,3\n", data.CSVOptions{}, `: line 1, column 2 "a": column 0 has the same name; rename one`},
		{"Latin-1 name", "a,caf\xE9\n1,2\n", data.CSVOptions{}, `: line 1, column 1 "caf\xe9": the name is not UTF-8; save the file as UTF-8`},
		{"header or broken row", "\n6,a,7,1\n1,2,3,0\n", data.CSVOptions{}, `: line 2, column 1: "a" stands above a number, in a line that has numbers too: correct it, or set the header option to yes or no`},
		{"pandas header", "0,1,2,label\n5,6,7,x\n", data.CSVOptions{}, `: line 1: the line counts the columns, as pandas does where they have no names: set the header option to yes, or to no if it is data`},
		{"pandas header, numbers alone", "0,1,2\n5,6,0\n", data.CSVOptions{}, `: line 1: the line counts the columns, as pandas does where they have no names: set the header option to yes, or to no if it is data`},

		// The cells.
		{"empty cell", "a,mass,c\n1,2,3\n1,,3\n", data.CSVOptions{}, `: line 3, column 1 "mass": empty cell: the value is missing; fill it in or remove the row`},
		{"blank cell, no header", "1,2,3\n1,\" \",3\n", data.CSVOptions{}, `: line 2, column 1: empty cell: the value is missing; fill it in or remove the row`},
		{"first cell empty", ",2,3\n1,2,4\n", data.CSVOptions{}, `: line 1, column 0: empty cell: the value is missing; fill it in or remove the row`},
		{"NA", "a,b\nNA,3\n", data.CSVOptions{}, `: line 2, column 0 "a": "NA": the value is missing; fill it in or remove the row`},
		{"question mark first", "1,?,3\n1,2,4\n", data.CSVOptions{}, `: line 1, column 1: "?": the value is missing; fill it in or remove the row`},
		{"NaN", "a,b\nNaN,3\n", data.CSVOptions{}, `: line 2, column 0 "a": "NaN": the value is missing; fill it in or remove the row`},
		{"infinity", "a,b\n-Inf,3\n", data.CSVOptions{}, `: line 2, column 0 "a": "-Inf" is not finite; correct it or remove the row`},
		{"overflow", "a,b\n3.5e38,3\n", data.CSVOptions{}, `: line 2, column 0 "a": "3.5e38" is beyond float32, which ends at 3.4e38; change the unit of the column`},
		{"text", "a,b\nred,3\n", data.CSVOptions{}, `: line 2, column 0 "a": "red" is not a number; encode the column as numbers or remove it`},
		{"constant text, no header", "red,1,3\nred,2,4\n", data.CSVOptions{}, `: line 1, column 0: "red" is not a number; encode the column as numbers or remove it`},
		{"hexadecimal", "a,b\n0x1p3,3\n", data.CSVOptions{}, `: line 2, column 0 "a": "0x1p3" is not a number; encode the column as numbers or remove it`},
		{"underscore", "a,b\n1_000,3\n", data.CSVOptions{}, `: line 2, column 0 "a": "1_000" is not a number; encode the column as numbers or remove it`},
		{"sign alone", "a,b\n+,3\n", data.CSVOptions{}, `: line 2, column 0 "a": "+" is not a number; encode the column as numbers or remove it`},
		{"decimal comma", "a;b\n1,5;3\n", data.CSVOptions{}, `: line 2, column 0 "a": "1,5" is not a number; write a decimal point: 1.5`},
		{"long cell", "a,b\n" + strings.Repeat("x", 37) + "ééé,3\n", data.CSVOptions{}, `: line 2, column 0 "a": "` + strings.Repeat("x", 37) + `é…" is not a number; encode the column as numbers or remove it`},

		// The columns.
		{"no such label", "a,b,class\n1,2,3\n", label("kind"), `: no column "kind"; the columns are "a", "b", "class"`},
		{"label in another case", "a,b,class\n1,2,3\n", label("Class"), `: no column "Class"; did you mean "class"?`},
		{"label without header", "1,2,3\n", label("class"), `: no column "class": the file has no header; give a number from 0 to 2, or set the header option to yes`},
		{"label number too great", "a,b,c\n1,2,3\n", label("3"), `: no column 3: the file has 3, numbered 0 to 2, or -1 to -3 from the last`},
		{"label number too small", "1,2,3\n", label("-4"), `: no column -4: the file has 3, numbered 0 to 2, or -1 to -3 from the last`},
		{"missing feature", "a,b\n1,2\n", features("b", "d"), `: no column for the feature "d"; the columns are "a", "b"`},
		{"feature in another case", "a,B\n1,2\n", features("a", "b"), `: no column for the feature "b"; did you mean "B"?`},
		{"label beside features", "a,b\n1,2\n", data.CSVOptions{Features: []string{"a"}, Label: "7"}, `: no column 7: the file has 2, numbered 0 to 1, or -1 to -2 from the last`},
		{"label is a feature", "a,b\n1,2\n", data.CSVOptions{Features: []string{"a"}, Label: "a"}, `: column 0 "a": the column is to be the label and a feature; choose one`},
		{"no column left", "a,b\n1,2\n", features("b", "a"), `: every column is a feature; none is left for the label`},
		{"too few for the features", "1,2\n", features("a", "b"), `: the file has 2 columns (separator ','); 2 features and a label are expected`},
		{"label number beyond the features", "1,2\n", data.CSVOptions{Features: []string{"a"}, Label: "2"}, `: no column 2: the file has 2, numbered 0 to 1, or -1 to -2 from the last`},

		// The labels.
		{"empty label", "a,b\n1,x\n2,\n", data.CSVOptions{}, `: line 3, column 1 "b": empty cell: the label is missing; fill it in or remove the row`},
		{"one number", "a,b\n1,3\n2,3.0\n", data.CSVOptions{}, `: column 1 "b": every label is "3": there is nothing to tell apart`},
		{"one text", "1,x\n2,x\n", data.CSVOptions{}, `: column 1: every label is "x": there is nothing to tell apart`},
		{"one text in numbers", "a,b\n1,3\n2,4\n3,x\n", data.CSVOptions{}, `: line 4, column 1 "b": label "x" is not a number, unlike "3" on line 2: correct it, or set the task (binary or multiclass) to take labels as text`},
		{"one number in texts", "a,b\n1,x\n2,4\n3,x\n", data.CSVOptions{}, `: line 3, column 1 "b": label "4" is a number, unlike "x" on line 2: correct it, or set the task (binary or multiclass) to take labels as text`},
		{"Latin-1 label", "1,caf\xE9\n2,b\n", data.CSVOptions{}, `: column 1: label "caf\xe9" is not UTF-8; save the file as UTF-8`},
		{"overflow in the label", "1,1e39\n2,1\n", data.CSVOptions{}, `: line 1, column 1: "1e39" is beyond float32, which ends at 3.4e38; change the unit of the column`},
		{"text for regression", "1,1\n2,x\n", task(data.Regression), `: line 2, column 1: "x" is not a number, as regression needs it: correct it, or set the task to binary or multiclass`},
		{"NA for regression", "1,1\n2,NA\n", task(data.Regression), `: line 2, column 1: "NA": the value is missing; fill it in or remove the row`},
		{"three for binary", "1,1\n2,2\n3,3\n", task(data.Binary), `: column 1: 3 classes: a binary task has two; the classes are "1", "2", "3"`},
		{"too many texts", manyClasses.String(), data.CSVOptions{}, `: column 1: more than 1000 different labels: choose another label column, or set the task to regression`},
		{"too many numbers", manyNumbers, task(data.Multiclass), `: column 1: more than 1000 different labels: choose another label column, or set the task to regression`},
		{"too much one-hot", bigTargets.String(), data.CSVOptions{}, `: column 1: 1000 classes of 20000 rows need 76 MiB, too much for a file of this size: choose another label column, or fewer classes`},
		{"long list", "1,x\n", classes(strings.Fields("a b c d e f g h i j k l m n o p q r s t u v w")...), `: line 1, column 1: no class "x"; the classes are "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", … (23 in all)`},
		{"unknown class", "a,b\n1,x\n2,z\n", classes("x", "y"), `: line 3, column 1 "b": no class "z"; the classes are "x", "y"`},
		{"unknown number", "a,b\n1,1\n2,3\n", classes("1", "2"), `: line 3, column 1 "b": no class "3"; the classes are "1", "2"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := data.ReadCSV(strings.NewReader(test.in), test.opt)
			checkCSVError(t, err, test.want)
		})
	}
}

func checkCSVError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", want)
	}
	if got := err.Error(); got != "data: CSV"+want {
		t.Errorf("got  %s\nwant data: CSV%s", got, want)
	}
	var e *data.CSVError
	if !errors.As(err, &e) {
		t.Errorf("%T is not a *CSVError", err)
	}
}

func TestReadFeaturesErrors(t *testing.T) {
	ab := []string{"a", "b"}
	for _, test := range []struct {
		name string
		in   string
		opt  data.CSVOptions
		want string
	}{
		{"empty", "", data.CSVOptions{}, ": the file is empty"},
		{"missing column", "a,c\n1,2\n", data.CSVOptions{}, `: no column for the feature "b"; the columns are "a", "c"`},
		{"too few", "1\n2\n", data.CSVOptions{}, `: the file has 1 column (separator ','); 2 features are expected, or one column more for the label`},
		{"too many", "1,2,3,4\n", data.CSVOptions{}, `: the file has 4 columns (separator ','); 2 features are expected, or one column more for the label`},
		{"text", "b,a\nx,1\n", data.CSVOptions{}, `: line 2, column 0 "b": "x" is not a number; encode the column as numbers or remove it`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := data.ReadFeatures(strings.NewReader(test.in), ab, test.opt)
			checkCSVError(t, err, test.want)
		})
	}
}

// Options that fit no file are refused before the file is read.
func TestOptionErrors(t *testing.T) {
	for _, test := range []struct {
		opt  data.CSVOptions
		want string
	}{
		{data.CSVOptions{Comma: '"'}, `data: '"' cannot separate columns`},
		{data.CSVOptions{Comma: '\n'}, `data: '\n' cannot separate columns`},
		{data.CSVOptions{Comma: -5}, `data: '�' cannot separate columns`},
		{data.CSVOptions{Task: 9}, `data: no such option: Task(9), auto`},
		{data.CSVOptions{Header: 9}, `data: no such option: auto, Header(9)`},
		{data.CSVOptions{Task: data.Regression, Classes: []string{"a", "b"}}, `data: regression has no classes: leave Classes or Task out`},
		{data.CSVOptions{Classes: []string{"a"}}, `data: one class only; two or more are needed`},
		{data.CSVOptions{Task: data.Binary, Classes: []string{"a", "b", "c"}}, `data: 3 classes for a binary task`},
		{data.CSVOptions{Classes: []string{"a", "a"}}, `data: two classes are named "a"`},
		{data.CSVOptions{Features: []string{"a", "a"}}, `data: two features are named "a"`},
	} {
		if _, err := data.ReadCSV(iotest.ErrReader(io.ErrClosedPipe), test.opt); err == nil || err.Error() != test.want {
			t.Errorf("%+v: %v, want %s", test.opt, err, test.want)
		}
	}
	if _, err := data.ReadFeatures(strings.NewReader("1\n"), nil, data.CSVOptions{}); err == nil {
		t.Error("ReadFeatures without features: no error")
	}
	if _, err := data.ReadFeatures(strings.NewReader("1\n"), []string{"a", "a"}, data.CSVOptions{}); err == nil {
		t.Error("ReadFeatures with equal features: no error")
	}
}

// An error names the file, and what it wraps can be found.
func TestErrorsWrap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cars.csv")
	if _, err := data.LoadCSV(path, data.CSVOptions{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := data.LoadCSV(t.TempDir(), data.CSVOptions{}); err == nil || !strings.HasPrefix(err.Error(), "data: ") {
		t.Errorf("directory: %v", err)
	}
	if err := os.WriteFile(path, []byte("a,b\n1,2\n3\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := data.LoadCSV(path, data.CSVOptions{})
	if err == nil || !strings.HasPrefix(err.Error(), "data: "+path+": line 3: ") {
		t.Errorf("got %v, want the path and the line", err)
	}
	_, err = data.ReadCSV(strings.NewReader("1,2\n3,4\"\n"), data.CSVOptions{})
	if !errors.Is(err, csv.ErrBareQuote) {
		t.Errorf("got %v, want csv.ErrBareQuote inside", err)
	}
	long := strings.Repeat("1,2\n", 1<<16)
	for _, n := range []int64{0, 3, 1 << 17} {
		_, err = data.ReadCSV(http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(long)), n), data.CSVOptions{})
		var tooLarge *http.MaxBytesError
		if !errors.As(err, &tooLarge) {
			t.Errorf("limit %d: %v, want http.MaxBytesError inside", n, err)
		}
	}
	if _, err = data.ReadCSV(iotest.OneByteReader(strings.NewReader("1,2\n3,4\n")), data.CSVOptions{}); err != nil {
		t.Errorf("byte by byte: %v", err)
	}
}

// Task and Header are flags.
func TestFlags(t *testing.T) {
	var opt data.CSVOptions
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.TextVar(&opt.Task, "task", data.Auto, "")
	flags.TextVar(&opt.Header, "header", data.HeaderAuto, "")
	if err := flags.Parse([]string{"-task", "regression", "-header", "no"}); err != nil {
		t.Fatal(err)
	}
	if opt.Task != data.Regression || opt.Header != data.HeaderNo {
		t.Errorf("got %v, %v", opt.Task, opt.Header)
	}
	err := flags.Parse([]string{"-task", "classify"})
	if err == nil || !strings.Contains(err.Error(), `data: no task "classify": choose one of auto, regression, binary, multiclass`) {
		t.Errorf("got %v", err)
	}
	err = flags.Parse([]string{"-header", "1"})
	if err == nil || !strings.Contains(err.Error(), `data: no header "1": choose one of auto, yes, no`) {
		t.Errorf("got %v", err)
	}
}
