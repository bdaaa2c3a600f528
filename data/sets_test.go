package data_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/hadamard-go/hadamard/data"
)

func ExampleLoad() {
	for _, name := range data.Names() {
		d, err := data.Load(name)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(name, d.Len(), "×", d.X.Cols, d.Task, d.Classes)
	}
	_, err := data.Load("mnist")
	fmt.Println(err)
	// Output:
	// digits 1797 × 64 multiclass [0 1 2 3 4 5 6 7 8 9]
	// iris 150 × 4 multiclass [setosa versicolor virginica]
	// wdbc 569 × 30 binary [malignant benign]
	// wine 178 × 13 multiclass [class_0 class_1 class_2]
	// data: no data set "mnist": choose one of digits, iris, wdbc, wine
}

// Sizes of classes, first rows and sums as in scikit-learn.
func TestSets(t *testing.T) {
	for _, test := range []struct {
		name   string
		d      *data.Dataset
		counts []int
		first  []float32 // of row 0
		sum    float64   // of all features
	}{
		{"digits", data.Digits(), []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, []float32{0, 0, 5, 13, 9, 1, 0, 0}, 561718},
		{"iris", data.Iris(), []int{50, 50, 50}, []float32{5.1, 3.5, 1.4, 0.2}, 2078.7},
		{"wdbc", data.BreastCancer(), []int{212, 357}, []float32{17.99, 10.38, 122.8, 1001}, 1056474.46},
		{"wine", data.Wine(), []int{59, 71, 48}, []float32{14.23, 1.71, 2.43, 15.6, 127}, 159975.296},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkDataset(t, test.d)
			if got := test.d.Counts(); !slices.Equal(got, test.counts) {
				t.Errorf("classes of %v rows, want %v", got, test.counts)
			}
			if got := test.d.X.Row(0)[:len(test.first)]; !slices.Equal(got, test.first) {
				t.Errorf("row 0 starts %v, want %v", got, test.first)
			}
			sum := 0.
			for _, v := range test.d.X.Data {
				sum += float64(v)
			}
			if math.Abs(sum-test.sum) > 1e-6*test.sum {
				t.Errorf("sum %.1f, want %.1f", sum, test.sum)
			}
			loaded, err := data.Load(test.name)
			if err != nil || show(loaded) != show(test.d) {
				t.Errorf("Load gives another data set (%v)", err)
			}
		})
	}
}
