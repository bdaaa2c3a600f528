package layout

import (
	"math"
	"strings"
	"testing"
	"unsafe"
)

func TestAlloc(t *testing.T) {
	for n := range 70 {
		v := Alloc(n)
		if len(v) != n || cap(v) != n {
			t.Fatalf("Alloc(%d): length %d, capacity %d", n, len(v), cap(v))
		}
		if n > 0 && uintptr(unsafe.Pointer(&v[0]))%Align != 0 {
			t.Errorf("Alloc(%d) is not aligned", n)
		}
	}
}

func TestPad(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 16, 15: 16, 16: 16, 17: 32} {
		if got := Pad(n); got != want {
			t.Errorf("Pad(%d) = %d, want %d", n, got, want)
		}
	}
}

func TestArena(t *testing.T) {
	var a Arena
	var v []float32
	var m Matrix
	plan := func() {
		v = a.Take(5)
		m = a.TakeMatrix(3, 17)
	}
	plan()
	if v != nil || m.Data != nil {
		t.Fatal("memory before Build")
	}
	a.Build()
	plan()
	if len(v) != 5 || m.Stride != 32 || !m.Valid() {
		t.Fatalf("%d elements, matrix %+v", len(v), m)
	}
	for _, p := range [][]float32{v, m.Data, m.Row(1)} {
		if uintptr(unsafe.Pointer(&p[0]))%Align != 0 {
			t.Error("a part is not aligned")
		}
	}
	for i := range v {
		v[i] = 1
	}
	if v = append(v, 2); m.Data[0] != 0 {
		t.Error("append to a part wrote to the next")
	}
	defer func() {
		if recover() != "layout: Arena.Take: more than was planned" {
			t.Error("no panic")
		}
	}()
	a.Take(1)
}

func TestMatrix(t *testing.T) {
	m := Matrix{Data: []float32{0, 1, 9, 10, 11, 9, 20, 21}, Rows: 3, Cols: 2, Stride: 3}
	if !m.Valid() || m.At(2, 1) != 21 || m.At(1, 0) != 10 {
		t.Fatalf("%+v", m)
	}
	s := m.Slice(1, 3)
	s.Set(1, 0, 5)
	if !s.Valid() || s.Rows != 2 || m.At(2, 0) != 5 || cap(m.Row(0)) != 2 {
		t.Errorf("%+v", s)
	}
	if e := m.Slice(2, 2); e.Rows != 0 || !e.Valid() {
		t.Errorf("%+v", e)
	}
}

func TestMatrixValid(t *testing.T) {
	d := make([]float32, 8)
	for _, c := range []struct {
		m    Matrix
		want bool
	}{
		{Matrix{}, true},
		{Matrix{Rows: 3}, true}, // rows of nothing
		{Matrix{Cols: 3, Stride: 3}, true},
		{Matrix{Rows: 3, Stride: 4}, false}, // rows of nothing still have places
		{Matrix{d, 3, 0, 4}, true},
		{Matrix{d, 4, 0, 4}, false},
		{Matrix{d, 2, 4, 4}, true},
		{Matrix{d, 2, 3, 5}, true},
		{Matrix{d, 2, 4, 5}, false},
		{Matrix{d, 1, 8, math.MaxInt}, true}, // one row: the stride does not matter
		{Matrix{d, 2, 1, math.MaxInt}, false},
		{Matrix{d, math.MaxInt, 1, 1}, false},
		{Matrix{d, math.MaxInt, 2, math.MaxInt}, false},
		{Matrix{d, 1, 9, 9}, false},
		{Matrix{d, 2, 4, 3}, false},
		{Matrix{d, -1, 4, 4}, false},
		{Matrix{d, 2, -1, 4}, false},
		{Matrix{nil, 1, 1, 1}, false},
	} {
		if got := c.m.Valid(); got != c.want {
			t.Errorf("%+v: %v", c.m, got)
		}
	}
}

// The layout that the documentation draws.
func TestPanels(t *testing.T) {
	const k, n = 3, 18
	w, bias := NewMatrix(k, n), make([]float32, n)
	for i := range k {
		for j := range n {
			w.Set(i, j, float32(100*(i+1)+j))
		}
	}
	for j := range n {
		bias[j] = float32(j + 1)
	}
	p := NewPanels(k, n)
	for i := range p.Data {
		p.Data[i] = -1
	}
	p.Pack(w, bias)
	if !p.Valid() || p.Count() != 2 || len(p.Data) != 2*4*16 {
		t.Fatalf("%d panels in %d elements", p.Count(), len(p.Data))
	}
	for i, v := range p.Data {
		panel, row, col := i/64, i/16%4, i%16
		j := panel*16 + col
		want := float32(0)
		switch {
		case j >= n:
		case row == 0:
			want = bias[j]
		default:
			want = w.At(row-1, j)
		}
		if v != want {
			t.Fatalf("element %d is %g, want %g", i, v, want)
		}
	}
	if p.Weight(2, 17) != 317 || p.Bias(17) != 18 || p.Panel(1)[16] != 116 {
		t.Error("Weight, Bias or Panel")
	}
	p.SetWeight(2, 17, 7)
	p.SetBias(17, 8)
	w2, b2 := NewMatrix(k, n), make([]float32, n)
	p.Unpack(w2, b2)
	w.Set(2, 17, 7)
	bias[17] = 8
	for i := range w.Data {
		if w2.Data[i] != w.Data[i] {
			t.Errorf("weight %d is %g, want %g", i, w2.Data[i], w.Data[i])
		}
	}
	for j := range bias {
		if b2[j] != bias[j] {
			t.Errorf("bias %d is %g, want %g", j, b2[j], bias[j])
		}
	}
	p.Pack(w, nil)
	if p.Bias(3) != 0 {
		t.Error("nil bias is not zero")
	}
}

// Products that overflow are found before anything believes them.
func TestOverflow(t *testing.T) {
	const half = math.MaxInt/16 + 1
	if (Panels{K: half - 1, N: 16}).Valid() || (Panels{K: math.MaxInt, N: 1}).Valid() || (Panels{K: 1, N: math.MaxInt}).Valid() {
		t.Error("panels that cannot be are valid")
	}
	var a Arena
	for name, f := range map[string]func(){
		"NewMatrix":  func() { NewMatrix(half, 32) },
		"MatrixOf":   func() { MatrixOf(nil, half, 32) },
		"NewPanels":  func() { NewPanels(half, 17) },
		"Take":       func() { a.Take(math.MaxInt) },
		"Take < 0":   func() { a.Take(-1) },
		"TakeMatrix": func() { a.TakeMatrix(half, 17) },
	} {
		func() {
			defer func() {
				if s, ok := recover().(string); !ok || !strings.HasPrefix(s, "layout: ") {
					t.Errorf("%s: panic %q", name, s)
				}
			}()
			f()
		}()
	}
}

func TestOverlap(t *testing.T) {
	d := make([]float32, 10)
	for _, c := range []struct {
		a, b []float32
		want bool
	}{
		{d[:5], d[5:], false}, {d[:6], d[5:], true}, {d[2:3], d, true}, {d[:0], d, false}, {d, make([]float32, 3), false},
	} {
		if Overlap(c.a, c.b) != c.want || Overlap(c.b, c.a) != c.want {
			t.Errorf("Overlap of %d and %d elements is not %v", len(c.a), len(c.b), c.want)
		}
	}
	m := Matrix{Data: d, Rows: 2, Cols: 2, Stride: 4}
	if len(m.Span()) != 6 || (Matrix{Rows: 2, Stride: 0}).Span() != nil {
		t.Error("Span")
	}
}

func TestPanics(t *testing.T) {
	for want, f := range map[string]func(){
		"layout: NewMatrix: negative dimension or too many elements": func() { NewMatrix(-1, 2) },
		"layout: MatrixOf: len(data) is not rows·cols":               func() { MatrixOf(make([]float32, 5), 2, 3) },
		"layout: Matrix.Slice: rows out of range":                    func() { NewMatrix(2, 2).Slice(1, 3) },
		"layout: PanelsLen: negative dimension or too many elements": func() { NewPanels(1, -1) },
		"layout: Panels.Pack: shapes differ":                         func() { NewPanels(2, 3).Pack(NewMatrix(2, 3), make([]float32, 2)) },
		"layout: Panels.Unpack: shapes differ":                       func() { NewPanels(2, 3).Unpack(NewMatrix(3, 2), nil) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
