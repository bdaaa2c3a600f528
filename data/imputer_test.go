package data_test

import (
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/layout"
)

func ExampleFitImputer() {
	table := "mass,age,sick\n30,50,1\n,31,0\n20,?,1\n40,31,0\n"
	d, err := data.ReadCSV(strings.NewReader(table), data.CSVOptions{AllowMissing: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	imputer, err := data.FitImputer(d.X, data.ImputeMedian)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.X.Data)
	imputer.Apply(d.X, d.X)
	fmt.Println(d.X.Data, imputer.Fill)
	// Output:
	// [30 50 NaN 31 20 NaN 40 31]
	// [30 50 30 31 20 31 40 31] [30 31]
}

func TestAllowMissing(t *testing.T) {
	words := strings.Fields("? - . NA n/a #N/A <NA> NaN -nan NULL none")
	in := "a,b\n,1\n \"\" ,0\n" + strings.Join(words, ",1\n") + ",1\n7,0\n"
	opt := data.CSVOptions{AllowMissing: true}
	d, err := data.ReadCSV(strings.NewReader(strings.ReplaceAll(in, " \"\" ", "\" \"")), opt)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range d.X.Data {
		if math.IsNaN(float64(v)) != (i < d.Len()-1) {
			t.Errorf("row %d is %v", i, v)
		}
	}
	x, err := data.ReadFeatures(strings.NewReader("a\nNA\n"), []string{"a"}, opt)
	if err != nil || !math.IsNaN(float64(x.Data[0])) {
		t.Errorf("ReadFeatures: %v, %v", x, err)
	}
	for in, want := range map[string]string{
		"a,b\n1,0\n2,\n":  `: line 3, column 1 "b": empty cell: the label is missing; fill it in or remove the row`,
		"a,b\nInf,0\n":    `: line 2, column 0 "a": "Inf" is not finite; correct it or remove the row`,
		"a,b\nabsent,0\n": `: line 2, column 0 "a": "absent" is not a number; encode the column as numbers or remove it`,
	} {
		_, err := data.ReadCSV(strings.NewReader(in), opt)
		checkCSVError(t, err, want)
	}
}

func TestImputer(t *testing.T) {
	nan := float32(math.NaN())
	x := layout.Matrix{Data: []float32{
		1, 5, nan, 0,
		nan, 5, 4, 0,
		2, nan, 4, 0,
		7, -3, 3, 0,
		nan, -3, 3,
	}, Rows: 5, Cols: 3, Stride: 4}
	for m, want := range map[data.Imputation][]float32{
		data.ImputeMean:         {10. / 3, 1, 3.5},
		data.ImputeMedian:       {2, 1, 3.5},
		data.ImputeMostFrequent: {1, -3, 3},
	} {
		im, err := data.FitImputer(x, m)
		if err != nil || !slices.Equal(im.Fill, want) {
			t.Errorf("%v: %v, %v, want %v", m, im.Fill, err, want)
		}
	}
	im := data.Imputer{Fill: []float32{10, 20, 30}}
	dst := layout.NewMatrix(5, 3)
	im.Apply(dst, x)
	if want := []float32{1, 5, 30, 10, 5, 4, 2, 20, 4, 7, -3, 3, 10, -3, 3}; !slices.Equal(dst.Data, want) {
		t.Errorf("got  %v\nwant %v", dst.Data, want)
	}
	im.Apply(x, x)
	if x.At(4, 0) != 10 || x.Data[3] != 0 {
		t.Errorf("in place: %v", x.Data)
	}
	if n := testing.AllocsPerRun(10, func() { im.Apply(dst, x) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	mustPanic(t, func() { im.Apply(dst, x.Slice(0, 1)) })
	mustPanic(t, func() { data.Imputer{}.Apply(dst, x) })
	mustPanic(t, func() { data.FitImputer(layout.Matrix{Rows: 1, Cols: 1, Stride: 1}, 0) })
}

func TestImputerErrors(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	for _, test := range []struct {
		x    layout.Matrix
		m    data.Imputation
		want string
	}{
		{layout.NewMatrix(0, 1), data.ImputeMean, "data: an imputer needs rows to fit"},
		{column(nan, nan), data.ImputeMedian, "data: column 0 has no values, all are missing; remove it"},
		{column(1, inf), data.ImputeMean, "data: an imputer needs finite values; row 1, column 0 is -Inf"},
		{column(1), 3, "data: no such option: Imputation(3)"},
	} {
		if _, err := data.FitImputer(test.x, test.m); err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
	// An Imputation is a flag.
	var m data.Imputation
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.TextVar(&m, "missing", data.ImputeMean, "")
	if err := flags.Parse([]string{"-missing", "most_frequent"}); err != nil || m != data.ImputeMostFrequent {
		t.Errorf("%v, %v", m, err)
	}
	const want = `data: no imputation "mode": choose one of mean, median, most_frequent`
	if err := flags.Parse([]string{"-missing", "mode"}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want … %s", err, want)
	}
}
