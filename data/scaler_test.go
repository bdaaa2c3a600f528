package data_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/layout"
)

func ExampleFitStandard() {
	train := layout.MatrixOf([]float32{0, 0, 0, 0, 1, 1, 1, 1}, 4, 2)
	s, err := data.FitStandard(train)
	if err != nil {
		fmt.Println(err)
		return
	}
	x := layout.MatrixOf([]float32{2, 2}, 1, 2)
	s.Apply(x, x)
	fmt.Println(s.Shift, s.Scale, x.Data)
	// Output: [0.5 0.5] [2 2] [3 3]
}

func ExampleFitMinMax() {
	train := layout.MatrixOf([]float32{-1, 2, -0.5, 6, 0, 10, 1, 18}, 4, 2)
	s, err := data.FitMinMax(train, 0, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	s.Apply(train, train)
	fmt.Println(train.Data)
	// Output: [0 0 0.25 0.25 0.5 0.5 1 1]
}

// Mean and variance of iris as scikit-learn's StandardScaler prints them.
func TestFitStandardIris(t *testing.T) {
	x := data.Iris().X
	s, err := data.FitStandard(x)
	if err != nil {
		t.Fatal(err)
	}
	mean := []float64{5.84333333, 3.05733333, 3.758, 1.19933333}
	variance := []float64{0.68112222, 0.18871289, 3.09550267, 0.57713289}
	for j := range mean {
		if d := math.Abs(float64(s.Shift[j]) - mean[j]); d > 1e-6 {
			t.Errorf("column %d: mean %v, want %v", j, s.Shift[j], mean[j])
		}
		if got := 1 / (float64(s.Scale[j]) * float64(s.Scale[j])); math.Abs(got-variance[j]) > 1e-6 {
			t.Errorf("column %d: variance %v, want %v", j, got, variance[j])
		}
	}
	s.Apply(x, x)
	again, err := data.FitStandard(x)
	if err != nil {
		t.Fatal(err)
	}
	for j := range mean {
		if math.Abs(float64(again.Shift[j])) > 1e-6 || math.Abs(float64(again.Scale[j])-1) > 1e-6 {
			t.Errorf("column %d, scaled: mean %v, scale %v", j, again.Shift[j], again.Scale[j])
		}
	}
}

func TestScalerValues(t *testing.T) {
	x := layout.MatrixOf([]float32{
		1, 7, 0.1, -5,
		2, 7, 0.1, 5,
		4, 7, 0.1, 0,
	}, 3, 4)
	standard, err := data.FitStandard(x)
	if err != nil {
		t.Fatal(err)
	}
	unit, err := data.FitMinMax(x, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	symmetric, err := data.FitMinMax(x, -1, 1)
	if err != nil {
		t.Fatal(err)
	}
	beyond, err := data.FitMinMax(x, 2, 6)
	if err != nil {
		t.Fatal(err)
	}
	// 1, 2, 4: mean 7/3, variance 14/9. −5, 5, 0: mean 0, variance 50/3.
	for _, test := range []struct {
		name         string
		s            data.Scaler
		shift, scale []float32
		want         []float64 // the first row, scaled
	}{
		{"standard", standard, []float32{7. / 3, 7, 0.1, 0}, []float32{0.80178374, 1, 1, 0.24494897}, []float64{-1.0690450, 0, 0, -1.2247449}},
		{"0 to 1", unit, []float32{1, 7, 0.1, -5}, []float32{1. / 3, 1, 1, 0.1}, []float64{0, 0, 0, 0}},
		{"-1 to 1", symmetric, []float32{2.5, 7.5, 0.6, 0}, []float32{2. / 3, 2, 2, 0.2}, []float64{-1, -1, -1, -1}},
		{"2 to 6", beyond, []float32{-0.5, 6.5, -0.4, -10}, []float32{4. / 3, 4, 4, 0.4}, []float64{2, 2, 2, 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !slices.Equal(test.s.Shift, test.shift) || !slices.Equal(test.s.Scale, test.scale) {
				t.Errorf("shift %v, scale %v\nwant  %v,       %v", test.s.Shift, test.s.Scale, test.shift, test.scale)
			}
			y := layout.NewMatrix(3, 4)
			test.s.Apply(y, x)
			for j, want := range test.want {
				if math.Abs(float64(y.At(0, j))-want) > 5e-7 {
					t.Errorf("column %d: %v, want %v", j, y.At(0, j), want)
				}
			}
			test.s.Inverse(y, y)
			for i, v := range x.Data {
				if math.Abs(float64(y.Data[i]-v)) > 1e-6 {
					t.Errorf("element %d: %v after the round trip, want %v", i, y.Data[i], v)
				}
			}
		})
	}
}

func TestScalerRoundTrip(t *testing.T) {
	for _, d := range []*data.Dataset{data.Digits(), data.BreastCancer(), data.Wine()} {
		standard, err := data.FitStandard(d.X)
		if err != nil {
			t.Fatal(err)
		}
		minmax, err := data.FitMinMax(d.X, -1, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []data.Scaler{standard, minmax} {
			y := layout.NewMatrix(d.X.Rows, d.X.Cols)
			s.Apply(y, d.X)
			s.Inverse(y, y)
			for i := range y.Rows {
				for j, v := range y.Row(i) {
					x := d.X.At(i, j)
					// Of each column the greatest value sets the error.
					if math.Abs(float64(v-x)) > 3e-7*(math.Abs(float64(x))+math.Abs(float64(s.Shift[j]))+4/math.Abs(float64(s.Scale[j]))) {
						t.Fatalf("%s: (%d, %d) is %v after the round trip, was %v", d.Target, i, j, v, x)
					}
				}
			}
		}
	}
}

// The target is the same in place, with padding, and on a part of a matrix.
func TestScalerViews(t *testing.T) {
	x := data.Iris().X
	s, err := data.FitStandard(x)
	if err != nil {
		t.Fatal(err)
	}
	want := layout.NewMatrix(x.Rows, x.Cols)
	s.Apply(want, x)
	padded := layout.Matrix{Data: make([]float32, 20*7), Rows: 20, Cols: 4, Stride: 7}
	s.Apply(padded, x.Slice(30, 50))
	for i := range padded.Rows {
		if !slices.Equal(padded.Row(i), want.Row(30+i)) {
			t.Fatalf("row %d: %v, want %v", i, padded.Row(i), want.Row(30+i))
		}
		if pad := padded.Data[i*7+4 : i*7+7]; !slices.Equal(pad, []float32{0, 0, 0}) {
			t.Fatalf("row %d: padding %v was written", i, pad)
		}
	}
	s.Apply(x, x)
	if !slices.Equal(x.Data, want.Data) {
		t.Error("in place differs")
	}
	if n := testing.AllocsPerRun(10, func() { s.Apply(x, x); s.Inverse(x, x) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	mustPanic(t, func() { s.Apply(want.Slice(0, 1), x) })
	mustPanic(t, func() { s.Inverse(layout.NewMatrix(1, 3), layout.NewMatrix(1, 3)) })
	mustPanic(t, func() { data.FitStandard(layout.Matrix{Rows: 1, Cols: 1, Stride: 1}) })
}

func TestScalerErrors(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	column := func(v ...float32) layout.Matrix { return layout.MatrixOf(v, len(v), 1) }
	standard := data.FitStandard
	minmax := func(lo, hi float32) func(layout.Matrix) (data.Scaler, error) {
		return func(x layout.Matrix) (data.Scaler, error) { return data.FitMinMax(x, lo, hi) }
	}
	for _, test := range []struct {
		fit  func(layout.Matrix) (data.Scaler, error)
		x    layout.Matrix
		want string
	}{
		{standard, layout.NewMatrix(0, 2), "data: a scaler needs rows to fit"},
		{standard, column(1, nan), "data: a scaler needs finite values; row 1, column 0 is NaN"},
		{minmax(0, 1), column(-inf, 1), "data: a scaler needs finite values; row 0, column 0 is -Inf"},
		{standard, column(0, 1e-45), "data: column 0 spans 0 to 1e-45, which float32 cannot scale; change its unit"},
		{minmax(0, 1), column(-3e38, 3e38), "data: column 0 spans -3e+38 to 3e+38, which float32 cannot scale; change its unit"},
		{minmax(0, 1e-30), column(0, 3e38), "data: column 0 spans 0 to 3e+38, which float32 cannot scale; change its unit"},
		{minmax(1, 1), column(0, 1), "data: FitMinMax to [1, 1]: a finite interval is needed"},
		{minmax(1, 0), column(0, 1), "data: FitMinMax to [1, 0]: a finite interval is needed"},
		{minmax(nan, 1), column(0, 1), "data: FitMinMax to [NaN, 1]: a finite interval is needed"},
		{minmax(0, inf), column(0, 1), "data: FitMinMax to [0, +Inf]: a finite interval is needed"},
	} {
		if _, err := test.fit(test.x); err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}
