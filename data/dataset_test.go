package data_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/layout"
)

func TestSubset(t *testing.T) {
	d := data.Iris()
	sub := d.Subset([]int{149, 0, 0})
	checkRows(t, d, sub, []int{149, 0, 0})
	sub.X.Set(1, 0, -1)
	sub.Y.Set(1, 0, -1)
	sub.Labels[1] = 2
	if d.X.At(0, 0) == -1 || d.Y.At(0, 0) == -1 || d.Labels[0] == 2 {
		t.Error("a subset shares memory with its data set")
	}
	if none := d.Subset(nil); none.Len() != 0 || none.X.Cols != 4 {
		t.Errorf("empty subset: %d × %d", none.Len(), none.X.Cols)
	}
	bare := &data.Dataset{X: d.X}
	if sub := bare.Subset([]int{3}); sub.Labels != nil || sub.Y.Cols != 0 {
		t.Errorf("unlabelled subset: %v", sub)
	}
	for _, row := range []int{-1, 150} {
		mustPanic(t, func() { d.Subset([]int{row}) })
	}
}

// checkRows fails unless sub has the given rows of d.
func checkRows(t *testing.T, d, sub *data.Dataset, rows []int) {
	t.Helper()
	if sub.Len() != len(rows) || sub.Y.Rows != len(rows) || len(sub.Labels) != len(rows) ||
		sub.Task != d.Task || sub.Target != d.Target || !slices.Equal(sub.Classes, d.Classes) || !slices.Equal(sub.Features, d.Features) {
		t.Fatalf("subset of %d rows: %s", len(rows), show(sub))
	}
	for k, i := range rows {
		if !slices.Equal(sub.X.Row(k), d.X.Row(i)) || !slices.Equal(sub.Y.Row(k), d.Y.Row(i)) || sub.Labels[k] != d.Labels[i] {
			t.Fatalf("row %d is not row %d", k, i)
		}
	}
}

func mustPanic(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if s, ok := recover().(string); !ok || !strings.HasPrefix(s, "data: ") {
			t.Errorf("panic %q, want one of this package", s)
		}
	}()
	f()
}

func TestOneHot(t *testing.T) {
	labels := []int{2, 0, 1, 2}
	y, err := data.OneHot(labels, 3)
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1}; !slices.Equal(y.Data, want) {
		t.Errorf("got %v, want %v", y.Data, want)
	}
	if got := data.ArgMax(y); !slices.Equal(got, labels) {
		t.Errorf("ArgMax: got %v, want %v", got, labels)
	}
	if y, err := data.OneHot(nil, 3); err != nil || y.Rows != 0 || y.Cols != 3 {
		t.Errorf("no labels: %v, %v", y, err)
	}
	for _, test := range []struct {
		labels  []int
		classes int
		want    string
	}{
		{nil, 0, "data: OneHot with 0 classes"},
		{[]int{0, 3}, 3, "data: OneHot: label 1 is 3; it must be in [0, 3)"},
		{[]int{-1}, 3, "data: OneHot: label 0 is -1; it must be in [0, 3)"},
	} {
		if _, err := data.OneHot(test.labels, test.classes); err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

func TestArgMax(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, test := range []struct {
		row  []float32
		want int
	}{
		{[]float32{1, 3, 2}, 1},
		{[]float32{2, 3, 3}, 1},
		{[]float32{0, 0, 0}, 0},
		{[]float32{float32(math.Copysign(0, -1)), 0}, 0},
		{[]float32{-inf, -inf}, 0},
		{[]float32{-inf, -1, inf}, 2},
		{[]float32{nan, 1}, -1},
		{[]float32{1, nan}, -1},
		{nil, -1},
	} {
		m := layout.MatrixOf(test.row, 1, len(test.row))
		if got := data.ArgMax(m); len(got) != 1 || got[0] != test.want {
			t.Errorf("ArgMax of %v: %v, want %d", test.row, got, test.want)
		}
	}
	wide := layout.Matrix{Data: []float32{1, 2, 9, 2, 1}, Rows: 2, Cols: 2, Stride: 3}
	if got := data.ArgMax(wide); !slices.Equal(got, []int{1, 0}) {
		t.Errorf("padding counted: %v", got)
	}
}
