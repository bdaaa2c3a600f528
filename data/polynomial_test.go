package data_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/layout"
)

func ExamplePolynomial() {
	p, err := data.NewPolynomial(2, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	xy := layout.MatrixOf([]float32{2, 3}, 1, 2)
	fmt.Printf("%q\n", p.Names([]string{"x", "y"}))
	fmt.Println(p.Design(xy).Row(0))
	// Output:
	// ["1" "x" "y" "x^2" "x y" "y^2" "x^3" "x^2 y" "x y^2" "y^3"]
	// [1 2 3 4 6 9 8 12 18 27]
}

// The columns are those of the lecture's create_X, to within rounding.
func TestPolynomialLecture(t *testing.T) {
	for degree := range 8 {
		p, err := data.NewPolynomial(2, degree)
		if err != nil {
			t.Fatal(err)
		}
		if want := (degree + 1) * (degree + 2) / 2; p.Cols() != want {
			t.Fatalf("degree %d: %d columns, want %d", degree, p.Cols(), want)
		}
		x := layout.MatrixOf([]float32{0.3, -1.7, 0, 0, 1.1, 0.9}, 3, 2)
		got := p.Design(x)
		for r := range x.Rows {
			a, b := float64(x.At(r, 0)), float64(x.At(r, 1))
			for i := range degree + 1 {
				q := i * (i + 1) / 2
				for k := range i + 1 {
					want := math.Pow(a, float64(i-k)) * math.Pow(b, float64(k))
					if d := math.Abs(float64(got.At(r, q+k)) - want); d > 5e-7*math.Abs(want) {
						t.Errorf("degree %d, row %d, column %d: %v, want %v", degree, r, q+k, got.At(r, q+k), want)
					}
				}
			}
		}
	}
}

// The names and their order are those of scikit-learn's PolynomialFeatures.
func TestPolynomialNames(t *testing.T) {
	for _, test := range []struct {
		features string
		degree   int
		want     string
	}{
		{"a", 4, "1,a,a^2,a^3,a^4"},
		{"a b c", 3, "1,a,b,c,a^2,a b,a c,b^2,b c,c^2,a^3,a^2 b,a^2 c,a b^2,a b c,a c^2,b^3,b^2 c,b c^2,c^3"},
		{"a b c d", 2, "1,a,b,c,d,a^2,a b,a c,a d,b^2,b c,b d,c^2,c d,d^2"},
		{"a b", 0, "1"},
	} {
		features := strings.Fields(test.features)
		p, err := data.NewPolynomial(len(features), test.degree)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(p.Names(features), ","); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestPolynomialApply(t *testing.T) {
	p, err := data.NewPolynomial(2, 2)
	if err != nil {
		t.Fatal(err)
	}
	x := layout.Matrix{Data: []float32{2, 3, 9, 5, 7}, Rows: 2, Cols: 2, Stride: 3}
	dst := layout.Matrix{Data: make([]float32, 14), Rows: 2, Cols: 6, Stride: 8}
	if n := testing.AllocsPerRun(10, func() { p.Apply(dst, x) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if want := []float32{1, 2, 3, 4, 6, 9, 0, 0, 1, 5, 7, 25, 35, 49}; !slices.Equal(dst.Data, want) {
		t.Errorf("got  %v\nwant %v", dst.Data, want)
	}
	mustPanic(t, func() { p.Apply(dst, x.Slice(0, 1)) })
	mustPanic(t, func() { p.Apply(layout.NewMatrix(2, 5), x) })
	mustPanic(t, func() { p.Design(layout.NewMatrix(2, 3)) })
	mustPanic(t, func() { p.Names([]string{"x"}) })
	for _, test := range []struct {
		features, degree int
		want             string
	}{
		{0, 2, "data: a polynomial of degree 2 of 0 features"},
		{2, -1, "data: a polynomial of degree -1 of 2 features"},
		{64, 5, "data: a polynomial of degree 5 of 64 features has more than 1048576 columns; lower the degree"},
		{1, 1 << 30, "data: a polynomial of degree 1073741824 of 1 feature has more than 1048576 columns; lower the degree"},
	} {
		if _, err := data.NewPolynomial(test.features, test.degree); err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}
