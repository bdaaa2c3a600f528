package data_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/hadamard-go/hadamard/data"
)

// FuzzReadCSV reads whatever there is: no panic; every error says where it comes
// from; and a table that is read is whole, and read again by the names and
// classes it has, it is the same.
func FuzzReadCSV(f *testing.F) {
	for _, seed := range []string{
		"a,b,c\n1,2,5\n3,4,6\n",
		"1;2,5;x\r\n3;4;y\r\n",
		"\xEF\xBB\xBF\"a\",\"b \"\"c\"\"\"\n1,2\n",
		"1\t2\n\t3\n",
		"1,2\n3\n",
		"a,a\n1,NaN\n",
		"1e39,0x1,1_0\n",
		"1,\"2\n",
		"1,\x00\n",
		"x1,x0,y\n1,2,-0\n3,4,1e20\n",
		"\n \n,,\n",
	} {
		f.Add([]byte(seed), uint8(0), uint8(0), "")
		f.Add([]byte(seed), uint8(1), uint8(3), "0")
		f.Add([]byte(seed), uint8(2), uint8(1), "-2")
	}
	f.Fuzz(func(t *testing.T, in []byte, header, task uint8, label string) {
		opt := data.CSVOptions{Header: data.Header(header % 3), Task: data.Task(task % 4), Label: label}
		d, err := data.ReadCSV(bytes.NewReader(in), opt)
		if err != nil {
			if e := (*data.CSVError)(nil); !errors.As(err, &e) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		checkDataset(t, d)

		opt.Features, opt.Classes, opt.Task = d.Features, d.Classes, d.Task
		again, err := data.ReadCSV(bytes.NewReader(in), opt)
		if err != nil {
			t.Fatalf("read again: %v", err)
		}
		x, err := data.ReadFeatures(bytes.NewReader(in), d.Features, opt)
		if err != nil {
			t.Fatalf("read features: %v", err)
		}
		if !slices.Equal(again.X.Data, d.X.Data) || !slices.Equal(x.Data, d.X.Data) ||
			!slices.Equal(again.Y.Data, d.Y.Data) || !slices.Equal(again.Labels, d.Labels) || again.Target != d.Target {
			t.Fatalf("read again: got %s\nwant %s", show(again), show(d))
		}
	})
}

// checkDataset fails unless the parts of d agree.
func checkDataset(t *testing.T, d *data.Dataset) {
	t.Helper()
	outputs := 1
	if d.Task == data.Multiclass {
		outputs = len(d.Classes)
	}
	if !d.X.Valid() || !d.Y.Valid() || d.Len() < 1 || d.X.Cols != len(d.Features) || d.Y.Rows != d.Len() || d.Y.Cols != outputs {
		t.Fatalf("shapes: %s", show(d))
	}
	for _, v := range slices.Concat(d.X.Data, d.Y.Data) {
		if v != v || math.IsInf(float64(v), 0) {
			t.Fatalf("not finite: %s", show(d))
		}
	}
	switch d.Task {
	case data.Regression:
		if d.Labels != nil || d.Classes != nil || d.Counts() != nil {
			t.Fatalf("regression with classes: %s", show(d))
		}
	case data.Binary, data.Multiclass:
		if len(d.Labels) != d.Len() || len(d.Classes) < 2 || d.Task == data.Binary && len(d.Classes) != 2 || slices.Contains(d.Counts(), 0) {
			t.Fatalf("classes: %s", show(d))
		}
		for i, c := range d.Labels {
			if want := float32(c); d.Task == data.Binary && d.Y.At(i, 0) != want {
				t.Fatalf("row %d: %s", i, show(d))
			}
		}
		if d.Task == data.Multiclass && !slices.Equal(data.ArgMax(d.Y), d.Labels) {
			t.Fatalf("not one-hot: %s", show(d))
		}
	default:
		t.Fatalf("task: %s", show(d))
	}
}
