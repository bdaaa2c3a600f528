package data_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/layout"
)

func ExampleFromArrays() {
	x := layout.MatrixOf([]float32{1, 2, 3, 4, 5, 6}, 3, 2)
	y := layout.MatrixOf([]float32{0, 1, 1}, 3, 1)
	d, err := data.FromArrays(x, y, data.ArrayOptions{Features: []string{"length", "width"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Features, d.Task, d.Classes, d.Labels)
	// Output: [length width] binary [0 1] [0 1 1]
}

// column returns v as a matrix of one column.
func column(v ...float32) layout.Matrix { return layout.MatrixOf(v, len(v), 1) }

func TestFromArrays(t *testing.T) {
	tasks := func(task data.Task) data.ArrayOptions { return data.ArrayOptions{Task: task} }
	classes := func(names ...string) data.ArrayOptions { return data.ArrayOptions{Classes: names} }
	pairs := func(v ...float32) layout.Matrix { return layout.MatrixOf(v, len(v)/2, 2) }
	for _, test := range []struct {
		name string
		y    layout.Matrix
		opt  data.ArrayOptions
		want string // Y, target, task, classes, labels
	}{
		{"two labels", column(5, 3, 5), data.ArrayOptions{}, "[1][0][1] y binary [3 5] [1 0 1]"},
		{"minus one and one", column(1, -1), data.ArrayOptions{Target: "sign"}, "[1][0] sign binary [-1 1] [1 0]"},
		{"three labels", column(0, 1, 2, 0, 1, 2), data.ArrayOptions{}, "[1 0 0][0 1 0][0 0 1][1 0 0][0 1 0][0 0 1] y multiclass [0 1 2] [0 1 2 0 1 2]"},
		{"many numbers", column(1, 2, 3), data.ArrayOptions{}, "[1][2][3] y regression [] []"},
		{"fractions", column(1, 0.5), data.ArrayOptions{}, "[1][0.5] y regression [] []"},
		{"forced regression", column(0, 1), tasks(data.Regression), "[0][1] y regression [] []"},
		{"forced one-hot", column(0, 1), tasks(data.Multiclass), "[1 0][0 1] y multiclass [0 1] [0 1]"},
		{"forced fractions", column(0.1, 0.5), tasks(data.Binary), "[0][1] y binary [0.1 0.5] [0 1]"},
		{"minus zero", column(float32(math.Copysign(0, -1)), 1, 0), data.ArrayOptions{}, "[0][1][0] y binary [0 1] [0 1 0]"},
		{"known numbers", column(2, 9), classes("9", "2.0", "4"), "[0 1 0][1 0 0] y multiclass [9 2.0 4] [1 0]"},
		{"known names", column(1, 0), classes("cat", "dog"), "[1][0] y binary [cat dog] [1 0]"},
		{"one-hot", pairs(0, 1, 1, 0), data.ArrayOptions{}, "[0 1][1 0] y multiclass [0 1] [1 0]"},
		{"one-hot, named", pairs(0, 1, 1, 0), classes("cat", "dog"), "[0 1][1 0] y multiclass [cat dog] [1 0]"},
		{"two targets", pairs(0, 1, 1, 1), data.ArrayOptions{}, "[0 1][1 1] y regression [] []"},
		{"two targets that look one-hot", pairs(0, 1, 1, 0), tasks(data.Regression), "[0 1][1 0] y regression [] []"},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := layout.NewMatrix(test.y.Rows, 1)
			d, err := data.FromArrays(x, test.y, test.opt)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := show(d), strings.Repeat("[0]", x.Rows)+" [x0]"+test.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if &d.X.Data[0] != &x.Data[0] {
				t.Error("x was copied")
			}
		})
	}
	d, err := data.FromArrays(column(1, float32(math.NaN())), column(0, 1), data.ArrayOptions{AllowMissing: true})
	if err != nil || fmt.Sprint(d.X.Data) != "[1 NaN]" {
		t.Errorf("missing value: %v, %v", d, err)
	}
}

func TestFromArraysErrors(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	many := layout.NewMatrix(1001, 1)
	for i := range many.Data {
		many.Data[i] = float32(i)
	}
	wide := layout.NewMatrix(20000, 1)
	for i := range wide.Data {
		wide.Data[i] = float32(i % 1000)
	}
	for _, test := range []struct {
		x, y layout.Matrix
		opt  data.ArrayOptions
		want string
	}{
		{column(1, 2), column(1), data.ArrayOptions{}, "data: x has 2 rows, y has 1 row; they must have as many"},
		{column(), column(), data.ArrayOptions{}, "data: x and y have no rows"},
		{layout.NewMatrix(1, 0), column(1), data.ArrayOptions{}, "data: x has 0 columns, y has 1 column; both need one"},
		{column(1), column(1), data.ArrayOptions{Features: []string{"a", "b"}}, "data: 2 features, but x has 1 column"},
		{column(1), column(1), data.ArrayOptions{Features: []string{"a", "a"}}, `data: two features are named "a"`},
		{column(1), column(1), data.ArrayOptions{Task: 7}, "data: no such option: Task(7), auto"},
		{column(1, nan), column(0, 1), data.ArrayOptions{}, "data: x, row 1, column 0: NaN: the value is missing; fill it in or remove the row"},
		{column(1, inf), column(0, 1), data.ArrayOptions{AllowMissing: true}, "data: x, row 1, column 0: +Inf is not finite; correct it or remove the row"},
		{column(1, 2), column(0, nan), data.ArrayOptions{AllowMissing: true}, "data: y, row 1, column 0: NaN: the value is missing; fill it in or remove the row"},
		{column(1, 2), column(3, 3), data.ArrayOptions{}, "data: every label in y is 3: there is nothing to tell apart"},
		{column(1, 2, 3), column(1, 2, 3), data.ArrayOptions{Task: data.Binary}, `data: y has 3 classes: a binary task has two; the classes are "1", "2", "3"`},
		{many, many, data.ArrayOptions{Task: data.Multiclass}, "data: y has more than 1000 different labels: set the task to regression"},
		{wide, wide, data.ArrayOptions{Task: data.Multiclass}, "data: 1000 classes of 20000 rows need 76 MiB, too much for so few features: is y a regression?"},
		{column(1, 2), column(0, 1<<25), data.ArrayOptions{}, "data: y, row 1: label 33554432 is beyond 2^24, where float32 no longer tells whole numbers apart; number the classes from 0"},
		{column(1, 2), column(0, 5), data.ArrayOptions{Classes: []string{"0", "1"}}, `data: y, row 1: no class "5"; the classes are "0", "1"`},
		{column(1, 2), column(0, 2), data.ArrayOptions{Classes: []string{"cat", "dog"}}, `data: y, row 1: no class "2"; the classes are "cat", "dog"`},
		{column(1, 2), column(0, 1), data.ArrayOptions{Classes: []string{"1", "1.0"}}, `data: the classes "1" and "1.0" are the same number`},
		{column(1), layout.MatrixOf([]float32{0, 1}, 1, 2), data.ArrayOptions{Task: data.Binary}, "data: y has 2 columns; a binary task has one, of two labels"},
		{column(1), layout.MatrixOf([]float32{1, 1}, 1, 2), data.ArrayOptions{Task: data.Multiclass}, "data: y, row 0 is [1 1]: of the 2 columns one must be 1, the others 0"},
		{column(1), layout.MatrixOf([]float32{0, 0.5}, 1, 2), data.ArrayOptions{Classes: []string{"a", "b"}}, "data: y, row 0 is [0 0.5]: of the 2 columns one must be 1, the others 0"},
		{column(1), layout.MatrixOf([]float32{0, 1}, 1, 2), data.ArrayOptions{Classes: []string{"a", "b", "c"}}, "data: 3 classes, but y has 2 columns"},
	} {
		if d, err := data.FromArrays(test.x, test.y, test.opt); err == nil || err.Error() != test.want || d != nil {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
	mustPanic(t, func() {
		data.FromArrays(layout.Matrix{Rows: 1, Cols: 1, Stride: 1}, column(1), data.ArrayOptions{})
	})
}
