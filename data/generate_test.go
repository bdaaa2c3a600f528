package data_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hadamard-go/hadamard/data"
)

func ExampleGate() {
	d, err := data.Gate("xor")
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range d.Len() {
		fmt.Println(d.X.Row(i), d.Labels[i])
	}
	// Output:
	// [0 0] 0
	// [0 1] 1
	// [1 0] 1
	// [1 1] 0
}

func ExampleSkranke() {
	d, err := data.Skranke(0.5, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Features)
	for i := range d.Len() {
		fmt.Println(d.X.Row(i), d.Y.Row(i))
	}
	// Output:
	// [1 x y x^2 x y y^2]
	// [1 0 0 0 0 0] [0]
	// [1 0.5 0 0.25 0 0] [12.5]
	// [1 0 0.5 0 0 0.25] [22.5]
	// [1 0.5 0.5 0.25 0.25 0.25] [45]
}

func TestGate(t *testing.T) {
	for name, want := range map[string][]int{"and": {0, 0, 0, 1}, "or": {0, 1, 1, 1}, "xor": {0, 1, 1, 0}} {
		d, err := data.Gate(name)
		if err != nil {
			t.Fatal(err)
		}
		checkDataset(t, d)
		if !slices.Equal(d.Labels, want) || d.Target != name {
			t.Errorf("%s: %s", name, show(d))
		}
	}
	const want = `data: no gate "nand": choose one of and, or, xor`
	if _, err := data.Gate("nand"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestSkranke(t *testing.T) {
	for _, test := range []struct {
		step   float64
		degree int
		side   int // of the grid: numpy.arange(0, 1, step)
		last   float64
	}{
		{0.5, 3, 2, 45}, {0.05, 3, 20, 136.8}, {0.1, 1, 10, 124.2}, {0.3, 2, 4, 124.2},
	} {
		d, err := data.Skranke(test.step, test.degree)
		if err != nil {
			t.Fatal(err)
		}
		checkDataset(t, d)
		if n := test.side * test.side; d.Len() != n || d.X.Cols != (test.degree+1)*(test.degree+2)/2 || d.Y.At(n-1, 0) != float32(test.last) {
			t.Errorf("step %v: %d × %d, ends with %v", test.step, d.Len(), d.X.Cols, d.Y.At(d.Len()-1, 0))
		}
		if x, y := d.X.At(1, 1), d.X.At(test.side, 2); x != float32(test.step) || y != float32(test.step) || d.X.At(1, 2) != 0 {
			t.Errorf("step %v: x does not vary first", test.step)
		}
	}
	for _, test := range []struct {
		step   float64
		degree int
		want   string
	}{
		{0, 3, "data: Skranke with step 0 and degree 3: the step must be in [0.001, 1), the degree from 1 to 20"},
		{0.5, 0, "data: Skranke with step 0.5 and degree 0: the step must be in [0.001, 1), the degree from 1 to 20"},
		{1, 21, "data: Skranke with step 1 and degree 21: the step must be in [0.001, 1), the degree from 1 to 20"},
	} {
		if _, err := data.Skranke(test.step, test.degree); err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}
