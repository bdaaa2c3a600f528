package data_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/data"
)

func ExampleReadCSV() {
	const table = `length,width,kind
5.1,3.5,setosa
4.9,3.0,setosa
7.0,3.2,versicolor
`
	d, err := data.ReadCSV(strings.NewReader(table), data.CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Len(), "rows of", d.Features)
	fmt.Println(d.Task, d.Target, d.Classes, d.Labels, d.Y.Data)
	// Output:
	// 3 rows of [length width]
	// binary kind [setosa versicolor] [0 0 1] [0 0 1]
}

func ExampleReadFeatures() {
	// The model knows length and width; the order of the file is another one.
	table := "width,id,length\n3.5,17,5.1\n3.0,18,4.9\n"
	x, err := data.ReadFeatures(strings.NewReader(table), []string{"length", "width"}, data.CSVOptions{})
	fmt.Println(x.Row(0), x.Row(1), err)
	// Output: [5.1 3.5] [4.9 3] <nil>
}

// A trained model is scored on rows whose classes and columns are the model's.
func ExampleReadCSV_score() {
	table := "kind,width,length\nversicolor,3.2,7.0\n"
	d, err := data.ReadCSV(strings.NewReader(table), data.CSVOptions{
		Label:    "kind",
		Task:     data.Binary,
		Features: []string{"length", "width"},
		Classes:  []string{"setosa", "versicolor"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.X.Row(0), d.Labels)
	// Output: [7 3.2] [1]
}

func ExampleCSVError() {
	_, err := data.ReadCSV(strings.NewReader("mass,age,sick\n33.6,50,1\n,31,0\n"), data.CSVOptions{})
	fmt.Println(err)
	var e *data.CSVError
	if errors.As(err, &e) {
		fmt.Println(e.Line, e.Column, e.Field)
		fmt.Println(e.Msg)
	}
	// Output:
	// data: CSV: line 3, column 0 "mass": empty cell: the value is missing; fill it in or remove the row
	// 3 0 mass
	// empty cell: the value is missing; fill it in or remove the row
}

// show writes what a reader must get right, short enough for a table.
func show(d *data.Dataset) string {
	var b strings.Builder
	for i := range d.X.Rows {
		fmt.Fprint(&b, d.X.Row(i))
	}
	fmt.Fprintf(&b, " %v", d.Features)
	for i := range d.Y.Rows {
		fmt.Fprint(&b, d.Y.Row(i))
	}
	fmt.Fprintf(&b, " %s %v %v %v", d.Target, d.Task, d.Classes, d.Labels)
	return b.String()
}

func TestReadCSV(t *testing.T) {
	yes := data.CSVOptions{Header: data.HeaderYes}
	no := data.CSVOptions{Header: data.HeaderNo}
	label := func(s string) data.CSVOptions { return data.CSVOptions{Label: s} }
	const placed = "[1 2][3 4] [x0 x1][0][1] y binary [5 6] [0 1]"
	for _, test := range []struct {
		name string
		in   string
		opt  data.CSVOptions
		want string
	}{
		{"header", "a,b,c\n1,2,5\n3,4,6\n", data.CSVOptions{}, "[1 2][3 4] [a b][0][1] c binary [5 6] [0 1]"},
		{"no header", "1,2,5\n3,4,6\n", data.CSVOptions{}, placed},
		{"no newline at the end", "1,2,5\n3,4,6", data.CSVOptions{}, placed},
		{"CR LF", "1,2,5\r\n3,4,6\r\n", data.CSVOptions{}, placed},
		{"byte order mark", "\xEF\xBB\xBFa,b,c\r\n1,2,5\r\n3,4,6\r\n", data.CSVOptions{}, "[1 2][3 4] [a b][0][1] c binary [5 6] [0 1]"},
		{"semicolon", "1;2;5\n3;4;6\n", data.CSVOptions{}, placed},
		{"tab", "1\t2\t5\n3\t4\t6\n", data.CSVOptions{}, placed},
		{"bar", "1|2|5\n3|4|6\n", data.CSVOptions{Comma: '|'}, placed},
		{"space", "1 2 5\n3  4  6\n", data.CSVOptions{Comma: ' '}, placed},
		{"separator in quotes", "\"a;1\",\"b\t2\",c\n1,2,5\n3,4,6\n", data.CSVOptions{}, "[1 2][3 4] [a;1 b\t2][0][1] c binary [5 6] [0 1]"},
		{"space around cells", " 1 , \"2\",5 \n3,\" 4 \",\u00a06\n", data.CSVOptions{}, placed},
		{"empty lines", "\n\n1,2,5\n\n   \n3,4,6\n\n", data.CSVOptions{}, placed},
		{"quoted new line in header", "\"a\nb\",c,d\n1,2,5\n3,4,6\n", data.CSVOptions{}, "[1 2][3 4] [a\nb c][0][1] d binary [5 6] [0 1]"},
		{"numbers", "-0.5,.5,1e3,1.,+2,1E-3,1e-60,1\n0,0,0,0,0,0,0,2\n", data.CSVOptions{}, "[-0.5 0.5 1000 1 2 0.001 0][0 0 0 0 0 0 0] [x0 x1 x2 x3 x4 x5 x6][0][1] y binary [1 2] [0 1]"},
		{"numeric header forced", "0,1,2\n1,2,5\n3,4,6\n", yes, "[1 2][3 4] [0 1][0][1] 2 binary [5 6] [0 1]"},
		{"first line forced to be data", "1,2,c\n3,4,d\n", no, "[1 2][3 4] [x0 x1][0][1] y binary [c d] [0 1]"},
		{"text label without header", "1,2,no\n3,4,yes\n", data.CSVOptions{}, "[1 2][3 4] [x0 x1][0][1] y binary [no yes] [0 1]"},
		{"text label first", "yes,1,2\nno,3,4\n", label("0"), "[1 2][3 4] [x0 x1][1][0] y binary [no yes] [1 0]"},
		{"label by name", "a,b,c\n1,5,2\n3,6,4\n", label("b"), "[1 2][3 4] [a c][0][1] b binary [5 6] [0 1]"},
		{"label by number", "a,b,c\n1,5,2\n3,6,4\n", label("1"), "[1 2][3 4] [a c][0][1] b binary [5 6] [0 1]"},
		{"label from the end", "1,5,2\n3,6,4\n", label("-2"), "[1 2][3 4] [x0 x1][0][1] y binary [5 6] [0 1]"},
		{"name before number", "2,b,c\n5,1,2\n6,3,4\n", data.CSVOptions{Label: "2", Header: data.HeaderYes}, "[1 2][3 4] [b c][0][1] 2 binary [5 6] [0 1]"},
		{"chosen features", "a,b,c,d\n0,2,1,5\n0,4,3,6\n", data.CSVOptions{Features: []string{"c", "b"}}, "[1 2][3 4] [c b][0][1] d binary [5 6] [0 1]"},
		{"label is the last that is no feature", "a,b,c\n5,1,2\n6,3,4\n", data.CSVOptions{Features: []string{"b", "c"}}, "[1 2][3 4] [b c][0][1] a binary [5 6] [0 1]"},
		{"features by place", "1,2,5\n3,4,6\n", data.CSVOptions{Features: []string{"a", "b"}, Label: "c"}, "[1 2][3 4] [a b][0][1] c binary [5 6] [0 1]"},
		{"features by place, label first", "5,1,2\n6,3,4\n", data.CSVOptions{Features: []string{"a", "b"}, Label: "0"}, "[1 2][3 4] [a b][0][1] y binary [5 6] [0 1]"},
		{"placed features under a header", "a,b,c\n1,2,5\n3,4,6\n", data.CSVOptions{Features: []string{"x0", "x1"}}, "[1 2][3 4] [x0 x1][0][1] c binary [5 6] [0 1]"},
		{"numeric header known by features", "0,1,2\n1,2,5\n3,4,6\n", data.CSVOptions{Features: []string{"0", "1"}}, "[1 2][3 4] [0 1][0][1] 2 binary [5 6] [0 1]"},
		{"multiclass text", "1,b\n2,a\n3,c\n", data.CSVOptions{}, "[1][2][3] [x0][0 1 0][1 0 0][0 0 1] y multiclass [a b c] [1 0 2]"},
		{"multiclass numbers", "1,10\n2,9\n3,9.0\n4,2\n5,10\n6,2\n", data.CSVOptions{}, "[1][2][3][4][5][6] [x0][0 0 1][0 1 0][0 1 0][1 0 0][0 0 1][1 0 0] y multiclass [2 9 10] [2 1 1 0 2 0]"},
		{"minus one and one", "1,-1\n2,1\n", data.CSVOptions{}, "[1][2] [x0][0][1] y binary [-1 1] [0 1]"},
		{"minus zero", "1,-0\n2,1\n3,0\n", data.CSVOptions{}, "[1][2][3] [x0][0][1][0] y binary [0 1] [0 1 0]"},
		{"two classes one-hot", "1,0\n2,1\n", data.CSVOptions{Task: data.Multiclass}, "[1][2] [x0][1 0][0 1] y multiclass [0 1] [0 1]"},
		{"fractions are regression", "1,0.5\n2,1\n", data.CSVOptions{}, "[1][2] [x0][0.5][1] y regression [] []"},
		{"many whole numbers are regression", "1,10\n2,20\n3,30\n", data.CSVOptions{}, "[1][2][3] [x0][10][20][30] y regression [] []"},
		{"forced regression", "1,0\n2,1\n", data.CSVOptions{Task: data.Regression}, "[1][2] [x0][0][1] y regression [] []"},
		{"forced binary fractions", "1,0.5\n2,1.5\n", data.CSVOptions{Task: data.Binary}, "[1][2] [x0][0][1] y binary [0.5 1.5] [0 1]"},
		{"forced text", "1,1\n2,2a\n", data.CSVOptions{Task: data.Binary}, "[1][2] [x0][0][1] y binary [1 2a] [0 1]"},
		{"known classes", "1,1.0\n2,b\n", data.CSVOptions{Classes: []string{"b", "1", "a"}}, "[1][2] [x0][0 1 0][1 0 0] y multiclass [b 1 a] [1 0]"},
		{"one row of a known class", "1,b\n", data.CSVOptions{Classes: []string{"a", "b"}}, "[1] [x0][1] y binary [a b] [1]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := data.ReadCSV(strings.NewReader(test.in), test.opt)
			if err != nil {
				t.Fatal(err)
			}
			if got := show(d); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// The rule for whole numbers: few of them are classes.
func TestAutoTask(t *testing.T) {
	cycle := func(rows, k, first, step int) (labels []int) {
		for i := range rows {
			labels = append(labels, first+step*(i%k))
		}
		return labels
	}
	for _, test := range []struct {
		name   string
		labels []int
		want   data.Task
	}{
		{"zeros and ones", cycle(10, 2, 0, 1), data.Binary},
		{"two of anything", cycle(2, 2, -7, 50), data.Binary},
		{"iris", cycle(150, 3, 0, 1), data.Multiclass},
		{"three in six rows", cycle(6, 3, 0, 1), data.Multiclass},
		{"three in five rows", cycle(5, 3, 0, 1), data.Regression},
		{"digits", cycle(100, 10, 0, 1), data.Multiclass},
		{"ten with gaps", cycle(20, 10, 5, 3), data.Multiclass},
		{"eleven with gaps", cycle(100, 11, 5, 3), data.Regression},
		{"letters from 0", cycle(100, 26, 0, 1), data.Multiclass},
		{"letters from 1", cycle(100, 26, 1, 1), data.Multiclass},
		{"ages from 20", cycle(100, 26, 20, 1), data.Regression},
		{"a hundred", cycle(200, 100, 0, 1), data.Multiclass},
		{"a hundred and one", cycle(1000, 101, 0, 1), data.Regression},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			for i, c := range test.labels {
				fmt.Fprintf(&b, "%d,%d\n", i, c)
			}
			d, err := data.ReadCSV(strings.NewReader(b.String()), data.CSVOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if d.Task != test.want {
				t.Errorf("task %v, want %v", d.Task, test.want)
			}
		})
	}
}

func TestReadFeatures(t *testing.T) {
	ab := []string{"a", "b"}
	x01 := []string{"x0", "x1"}
	for _, test := range []struct {
		name     string
		in       string
		features []string
		opt      data.CSVOptions
		want     string
	}{
		{"by name", "c,b,a\nz,2,1\ny,4,3\n", ab, data.CSVOptions{}, "[1 2][3 4]"},
		{"by place", "1,2\n3,4\n", ab, data.CSVOptions{}, "[1 2][3 4]"},
		{"by place, with label", "1,2,z\n3,4,\n", ab, data.CSVOptions{}, "[1 2][3 4]"},
		{"by place, label first", "z,1,2\ny,3,4\n", ab, data.CSVOptions{Label: "0"}, "[1 2][3 4]"},
		{"by place, label has a name", "1,2,z\n3,4,y\n", ab, data.CSVOptions{Label: "c"}, "[1 2][3 4]"},
		{"placed under a header", "a,b\n1,2\n3,4\n", x01, data.CSVOptions{}, "[1 2][3 4]"},
		{"placed under a header, with label", "a,b,c\n1,2,5\n3,4,6\n", x01, data.CSVOptions{}, "[1 2][3 4]"},
		{"placed under a header, with named label", "a,b,c\n5,1,2\n6,3,4\n", x01, data.CSVOptions{Label: "a"}, "[1 2][3 4]"},
		{"placed by name", "x1,x0\n2,1\n4,3\n", x01, data.CSVOptions{}, "[1 2][3 4]"},
		{"one column", "1\n\n2\n", []string{"a"}, data.CSVOptions{}, "[1][2]"},
		{"numeric header", "0,1\n1,2\n3,4\n", []string{"0", "1"}, data.CSVOptions{}, "[1 2][3 4]"},
		{"task and classes are not used", "1,2\n3,4\n", ab, data.CSVOptions{Task: data.Regression, Classes: ab}, "[1 2][3 4]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			x, err := data.ReadFeatures(strings.NewReader(test.in), test.features, test.opt)
			if err != nil {
				t.Fatal(err)
			}
			if got := show(&data.Dataset{X: x}); !strings.HasPrefix(got, test.want+" ") {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// The files hold invented numbers.
func TestLoadCSV(t *testing.T) {
	d, err := data.LoadCSV("testdata/text_label.csv", data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Len() != 60 || d.X.Cols != 4 || d.Task != data.Multiclass || d.Target != "kind" ||
		!slices.Equal(d.Classes, []string{"bus", "car", "van"}) || !slices.Equal(d.Counts(), []int{20, 20, 20}) {
		t.Errorf("text_label.csv: %d × %d, %v, %q, %q, %v", d.Len(), d.X.Cols, d.Task, d.Target, d.Classes, d.Counts())
	}
	if got, want := d.X.Row(1), []float32{4, 3.71, 1.478, 19.8}; !slices.Equal(got, want) {
		t.Errorf("text_label.csv: row 1 is %v, want %v", got, want)
	}
	d, err = data.LoadCSV("testdata/no_header.csv", data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Len() != 40 || d.X.Cols != 6 || d.Task != data.Binary || d.Target != "y" || d.Features[5] != "x5" {
		t.Errorf("no_header.csv: %d × %d, %v, %q, %q", d.Len(), d.X.Cols, d.Task, d.Target, d.Features)
	}
	if d, err := data.LoadCSV("testdata/no_header.csv", data.CSVOptions{Label: "3"}); err != nil || d.Task != data.Regression {
		t.Errorf("no_header.csv with label 3: %v, want a regression", err)
	}
}
