package data_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/layout"
)

func ExampleCSVStream() {
	table := "a,b,kind\n1,2,cat\n3,4,dog\n5,6,cat\n"
	s, err := data.NewCSVStream(strings.NewReader(table), data.StreamOptions{
		CSVOptions: data.CSVOptions{Classes: []string{"cat", "dog"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	x, y := layout.NewMatrix(2, s.Inputs()), layout.NewMatrix(2, s.Targets())
	for epoch := range 2 {
		for {
			n, err := s.Next(x, y)
			if err == io.EOF {
				break
			}
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Println(epoch, x.Slice(0, n).Data, y.Slice(0, n).Data)
		}
		if err := s.Reset(); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// 0 [1 2 3 4] [0 1]
	// 0 [5 6] [0]
	// 1 [1 2 3 4] [0 1]
	// 1 [5 6] [0]
}

// epoch reads what is left of s in batches of so many rows.
func epoch(s *data.CSVStream, batch int) (x, y []float32, err error) {
	bx, by := layout.NewMatrix(batch, s.Inputs()), layout.NewMatrix(batch, s.Targets())
	for {
		n, err := s.Next(bx, by)
		x, y = append(x, bx.Slice(0, n).Data...), append(y, by.Slice(0, n).Data...)
		if err == io.EOF {
			return x, y, nil
		}
		if err != nil {
			return x, y, err
		}
	}
}

// A stream has the rows of ReadCSV, whatever the size of the batches.
func TestCSVStream(t *testing.T) {
	digits := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
	for _, test := range []struct {
		name string
		in   string
		opt  data.CSVOptions
	}{
		{"regression", "a,b,c\n1,2,0.5\n3,4,1\n5,6,7\n", data.CSVOptions{Task: data.Regression}},
		{"binary", "1;2;no\r\n3;4;yes\r\n\r\n5;6;no", data.CSVOptions{Classes: []string{"no", "yes"}}},
		{"multiclass", "1,2,3.0\n3,4,9\n5,6,0\n", data.CSVOptions{Classes: digits}},
		{"two classes, one-hot", "1,2,3\n3,4,9\n", data.CSVOptions{Classes: []string{"3", "9"}, Task: data.Multiclass}},
		{"chosen features", "\xEF\xBB\xBFa,b,c\n1,2,3\n3,4,9\n", data.CSVOptions{Task: data.Regression, Features: []string{"c", "a"}, Label: "b"}},
		{"one row", "1,2,0.5\n", data.CSVOptions{Task: data.Regression}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := data.ReadCSV(strings.NewReader(test.in), test.opt)
			if err != nil {
				t.Fatal(err)
			}
			for batch := 1; batch < 5; batch++ {
				s, err := data.NewCSVStream(strings.NewReader(test.in), data.StreamOptions{CSVOptions: test.opt})
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(s.Features(), d.Features) || s.Target() != d.Target || s.Task() != d.Task || s.Inputs() != d.X.Cols || s.Targets() != d.Y.Cols {
					t.Fatalf("%q, %q, %v, %d × %d", s.Features(), s.Target(), s.Task(), s.Inputs(), s.Targets())
				}
				for range 3 {
					x, y, err := epoch(s, batch)
					if err != nil || !slices.Equal(x, d.X.Data) || !slices.Equal(y, d.Y.Data) {
						t.Fatalf("batches of %d: %v, %v, %v", batch, x, y, err)
					}
					if n, err := s.Next(layout.NewMatrix(batch, s.Inputs()), layout.NewMatrix(batch, s.Targets())); n != 0 || err != io.EOF {
						t.Fatalf("behind the end: %d, %v", n, err)
					}
					if err := s.Reset(); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

func TestCSVStreamMissing(t *testing.T) {
	s, err := data.NewCSVStream(strings.NewReader("1,2,3\n,NA,4\n"), data.StreamOptions{
		CSVOptions: data.CSVOptions{Task: data.Regression, AllowMissing: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if x, y, err := epoch(s, 8); fmt.Sprint(x, y, err) != "[1 2 NaN NaN] [3 4] <nil>" {
		t.Errorf("%v, %v, %v", x, y, err)
	}
}

// rowsTable is a table of n rows that hold their own numbers.
func rowsTable(n int) string {
	var b bytes.Buffer
	b.WriteString("x,minus,y\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%d,%d\n", i, -i, 2*i)
	}
	return b.String()
}

// A shuffled stream has each row once, in an order that depends on seed and
// epoch alone, and none earlier than the buffer allows.
func TestCSVStreamShuffle(t *testing.T) {
	orders := func(rows, buffer, batch int, seed uint64) (orders [][]float32) {
		s, err := data.NewCSVStream(strings.NewReader(rowsTable(rows)), data.StreamOptions{
			CSVOptions: data.CSVOptions{Task: data.Regression}, Shuffle: buffer, Seed: seed,
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			x, y, err := epoch(s, batch)
			if err != nil || len(y) != rows {
				t.Fatalf("%d rows, %v", len(y), err)
			}
			var order []float32
			for i := range y {
				if x[2*i+1] != -x[2*i] || y[i] != 2*x[2*i] {
					t.Fatalf("row %v, %v of %v is torn", x[2*i], x[2*i+1], y[i])
				}
				order = append(order, x[2*i])
			}
			orders = append(orders, order)
			if err := s.Reset(); err != nil {
				t.Fatal(err)
			}
		}
		return orders
	}
	for _, buffer := range []int{0, 1, 2, 10, 99, 100, 101, 1000} {
		a := orders(100, buffer, 7, 1)
		for e, order := range a {
			for i, v := range order {
				if int(v) >= i+max(buffer, 1) {
					t.Errorf("buffer of %d: row %v comes as number %d", buffer, v, i)
				}
			}
			if sorted := slices.Sorted(slices.Values(order)); sorted[0] != 0 || sorted[99] != 99 || len(slices.Compact(sorted)) != 100 {
				t.Errorf("buffer of %d, epoch %d: rows %v", buffer, e, order)
			}
			if slices.IsSorted(order) != (buffer < 2) {
				t.Errorf("buffer of %d, epoch %d: order %v", buffer, e, order)
			}
		}
		if buffer > 1 && (slices.Equal(a[0], a[1]) || slices.Equal(a[1], a[2])) {
			t.Errorf("buffer of %d: two epochs have the same order", buffer)
		}
		b := orders(100, buffer, 13, 1) // other batches
		c := orders(100, buffer, 7, 2)
		if !slices.Equal(a[2], b[2]) || buffer > 1 && slices.Equal(a[0], c[0]) {
			t.Errorf("buffer of %d: the order does not depend on the seed alone", buffer)
		}
	}
	// The order belongs to the seed for ever.
	if got, want := orders(10, 4, 3, 42)[1], []float32{2, 4, 0, 3, 5, 7, 6, 8, 1, 9}; !slices.Equal(got, want) {
		t.Errorf("seed 42: %v, want %v", got, want)
	}
	// With a buffer as large as the file, each row is as often first as another.
	counts := make([]int, 4)
	for seed := range uint64(400) {
		counts[int(orders(4, 4, 4, seed)[0][0])]++
	}
	for i, n := range counts {
		if math.Abs(float64(n-100)) > 40 {
			t.Errorf("row %d is first %d times of 400", i, n)
		}
	}
}

// Next allocates one string for each line, which encoding/csv does, and the
// memory in use does not grow with the file.
func TestCSVStreamMemory(t *testing.T) {
	const batch = 32
	for _, shuffle := range []int{0, 100} {
		for _, opt := range []data.CSVOptions{{Task: data.Regression}, {Classes: []string{"0", "1"}}, {Classes: []string{"0", "1", "2"}}} {
			s, err := data.NewCSVStream(&endless{}, data.StreamOptions{CSVOptions: opt, Shuffle: shuffle})
			if err != nil {
				t.Fatal(err)
			}
			x, y := layout.NewMatrix(batch, s.Inputs()), layout.NewMatrix(batch, s.Targets())
			next := func() {
				if n, err := s.Next(x, y); n != batch || err != nil {
					t.Fatal(n, err)
				}
			}
			next()
			if n := testing.AllocsPerRun(100, next); n > batch {
				t.Errorf("%v allocations in a batch of %d rows", n, batch)
			}
			before := heap()
			for range 1000 {
				next()
			}
			if after := heap(); after > before+64<<10 {
				t.Errorf("the heap grew from %d to %d bytes", before, after)
			}
			runtime.KeepAlive(s)
		}
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// endless is a table without an end.
type endless struct{ rest string }

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		e.rest = "0.25,-17,1e3,0\n1,2,3,1\n"
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestCSVStreamErrors(t *testing.T) {
	regression := data.CSVOptions{Task: data.Regression}
	for _, test := range []struct {
		in   string
		opt  data.CSVOptions
		want string // what follows "data: CSV"
	}{
		{"", regression, ": the file is empty"},
		{"a,b\n", regression, ": the file has a header and no rows"},
		{"a,b\n1,2\n3\n", regression, `: line 3: the line has 1 column, the first has 2; add or remove cells (separator ',')`},
		{"a,b\n1,2\n,3\n", regression, `: line 3, column 0 "a": empty cell: the value is missing; fill it in or remove the row`},
		{"a,b\n1,2\n1,x\n", regression, `: line 3, column 1 "b": "x" is not a number, as regression needs it: correct it, or set the task to binary or multiclass`},
		{"a,b\n1,2\n1,3\n", data.CSVOptions{Classes: []string{"1", "2"}}, `: line 3, column 1 "b": no class "3"; the classes are "1", "2"`},
		{"a,b\n1,2\n1,\"3\n", regression, `: line 3: a quoted cell does not end, or goes on after its closing quote mark; double the marks inside ("")`},
	} {
		for _, shuffle := range []int{0, 1, 2, 9} {
			s, err := data.NewCSVStream(strings.NewReader(test.in), data.StreamOptions{CSVOptions: test.opt, Shuffle: shuffle})
			if err == nil {
				_, _, err = epoch(s, 2)
				checkCSVError(t, err, test.want)
				_, _, err = epoch(s, 1) // again
			}
			checkCSVError(t, err, test.want)
		}
	}
	for want, opt := range map[string]data.StreamOptions{
		"data: a stream cannot look at all labels first: set Classes to the names of the classes, or Task to regression": {},
		"data: one class only; two or more are needed":                                                                   {CSVOptions: data.CSVOptions{Classes: []string{"a"}}},
		"data: to shuffle -1 rows makes no sense":                                                                        {CSVOptions: regression, Shuffle: -1},
		"data: to shuffle 20000000 rows of 2 numbers takes too much memory: 2^24 rows and 1 GiB are allowed":             {CSVOptions: regression, Shuffle: 20000000},
	} {
		if _, err := data.NewCSVStream(strings.NewReader("1,2\n"), opt); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	s, err := data.NewCSVStream(strings.NewReader("1,2,3\n"), data.StreamOptions{CSVOptions: regression})
	if err != nil {
		t.Fatal(err)
	}
	mustPanic(t, func() { s.Next(layout.NewMatrix(1, 3), layout.NewMatrix(1, 1)) })
	mustPanic(t, func() { s.Next(layout.NewMatrix(1, 2), layout.NewMatrix(2, 1)) })
}

func TestCSVStreamReset(t *testing.T) {
	opt := data.StreamOptions{CSVOptions: data.CSVOptions{Task: data.Regression}, Shuffle: 2}
	s, err := data.NewCSVStream(iotest.HalfReader(strings.NewReader("1,2\n3,4\n")), opt)
	if err != nil {
		t.Fatal(err)
	}
	const cannot = "data: the reader of the stream cannot seek: it has one epoch only"
	if err := s.Reset(); err == nil || err.Error() != cannot {
		t.Errorf("got %v, want %s", err, cannot)
	}
	if _, err := s.Next(layout.NewMatrix(1, 1), layout.NewMatrix(1, 1)); err == nil || err.Error() != cannot {
		t.Errorf("got %v, want %s", err, cannot)
	}

	path := filepath.Join(t.TempDir(), "table.csv")
	write := func(s string) {
		if err := os.WriteFile(path, []byte(s), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("a,b\n1,2\n3,4\n")
	if s, err = data.OpenCSV(path, opt); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Next(layout.NewMatrix(1, 1), layout.NewMatrix(1, 1)); err != nil {
		t.Fatal(err)
	}
	write("a,c,b\n1,2,3\n")
	want := "data: " + path + ": the columns have changed since the file was opened; open it again"
	for range 2 {
		if err := s.Reset(); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		if _, err := s.Next(layout.NewMatrix(1, 1), layout.NewMatrix(1, 1)); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	write("a,b\n5,6\n")
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	if x, y, err := epoch(s, 3); fmt.Sprint(x, y, err) != "[5] [6] <nil>" {
		t.Errorf("%v, %v, %v", x, y, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Reset(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := data.OpenCSV("no such file", opt); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := data.OpenCSV(path, data.StreamOptions{}); err == nil {
		t.Error("no classes: no error")
	}

	// A failed Reset is no epoch.
	var orders [2]string
	for k := range orders {
		r := &flaky{ReadSeeker: strings.NewReader("a,b\n1,2\n3,4\n5,6\n")}
		if s, err = data.NewCSVStream(r, opt); err != nil {
			t.Fatal(err)
		}
		if k == 1 {
			r.broken = true
			if err := s.Reset(); !errors.Is(err, fs.ErrClosed) {
				t.Errorf("cannot seek: %v", err)
			}
			r.broken = false
		}
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
		x, _, err := epoch(s, 3)
		orders[k] = fmt.Sprint(x, err)
		if err := s.Close(); err != nil {
			t.Errorf("nothing to close: %v", err)
		}
	}
	if orders[0] != orders[1] {
		t.Errorf("a failed Reset changes the order: %q", orders)
	}

	// A stream starts where the reader stands.
	r := strings.NewReader("# a remark\n1,2\n")
	if _, err := r.Seek(11, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if s, err = data.NewCSVStream(r, opt); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if x, y, err := epoch(s, 3); fmt.Sprint(x, y, err) != "[1] [2] <nil>" {
			t.Errorf("%v, %v, %v", x, y, err)
		}
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
	}
}

// flaky cannot seek while it is broken.
type flaky struct {
	io.ReadSeeker
	broken bool
}

func (f *flaky) Seek(offset int64, whence int) (int64, error) {
	if f.broken {
		return 0, fs.ErrClosed
	}
	return f.ReadSeeker.Seek(offset, whence)
}
