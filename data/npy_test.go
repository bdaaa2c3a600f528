package data_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/layout"
)

func ExampleWriteNPY() {
	var file bytes.Buffer
	if err := data.WriteNPY(&file, layout.MatrixOf([]float32{1, 2, 3, 4, 5, 6}, 2, 3)); err != nil {
		fmt.Println(err)
		return
	}
	m, err := data.ReadNPY(&file)
	fmt.Println(m.Row(0), m.Row(1), err)
	// Output: [1 2 3] [4 5 6] <nil>
}

// npy returns a file of format 1.0 with that dtype and shape.
func npy(descr, shape string, numbers ...byte) string {
	return npyText(fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descr, shape), numbers...)
}

// npyText returns a file with that text as its header.
func npyText(text string, numbers ...byte) string {
	size := binary.LittleEndian.AppendUint16(nil, uint16(len(text)))
	return "\x93NUMPY\x01\x00" + string(size) + text + string(numbers)
}

// put returns numbers as they lie in memory.
func put(order binary.ByteOrder, numbers any) []byte {
	var b bytes.Buffer
	if err := binary.Write(&b, order, numbers); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestReadNPYTypes(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, test := range []struct {
		kind    string
		numbers any
		want    []float32
	}{
		{"b1", []byte{0, 1, 1}, []float32{0, 1, 1}},
		{"i1", []int8{-128, -1, 127}, []float32{-128, -1, 127}},
		{"i2", []int16{-1 << 15, -2, 1<<15 - 1}, []float32{-1 << 15, -2, 1<<15 - 1}},
		{"i4", []int32{-1 << 31, -3, 1<<24 + 1}, []float32{-1 << 31, -3, 1 << 24}},
		{"i8", []int64{-1 << 63, -4, 1<<62 + 1}, []float32{-1 << 63, -4, 1 << 62}},
		{"u1", []uint8{0, 128, 255}, []float32{0, 128, 255}},
		{"u2", []uint16{0, 1 << 15, 1<<16 - 1}, []float32{0, 1 << 15, 1<<16 - 1}},
		{"u4", []uint32{0, 1 << 31, 1<<32 - 1}, []float32{0, 1 << 31, 1 << 32}},
		{"u8", []uint64{0, 1 << 63, 1<<64 - 1}, []float32{0, 1 << 63, 1 << 64}},
		{"f4", []float32{-0.1, 3e38, float32(inf)}, []float32{-0.1, 3e38, float32(inf)}},
		{"f8", []float64{0.1, -inf, 1e-60}, []float32{0.1, float32(-inf), 0}},
		{"f8", []float64{1, 2, nan}, []float32{1, 2, float32(nan)}},
	} {
		for order, name := range map[binary.ByteOrder]string{binary.LittleEndian: "<", binary.BigEndian: ">"} {
			m, err := data.ReadNPY(strings.NewReader(npy(name+test.kind, "(3,)", put(order, test.numbers)...)))
			if err != nil {
				t.Fatalf("%s%s: %v", name, test.kind, err)
			}
			if m.Rows != 3 || m.Cols != 1 || fmt.Sprint(m.Data) != fmt.Sprint(test.want) {
				t.Errorf("%s%s: %v, want %v", name, test.kind, m, test.want)
			}
		}
	}
}

func TestReadNPYHeaders(t *testing.T) {
	long := func(major byte, text string) string { // formats 2.0 and 3.0
		size := binary.LittleEndian.AppendUint32(nil, uint32(len(text)))
		return "\x93NUMPY" + string(rune(major)) + "\x00" + string(size) + text
	}
	numbers := func(n int) (b []byte) {
		for i := range n {
			b = append(b, byte(i))
		}
		return b
	}
	fortran := func(shape string) string {
		return "{'descr': '|u1', 'fortran_order': True, 'shape': " + shape + ", }\n"
	}
	const plain = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }"
	for _, test := range []struct {
		name string
		in   string
		want string // rows × columns and the numbers
	}{
		{"C order", npyText(plain, numbers(6)...), "2×3 [0 1 2 3 4 5]"},
		{"Fortran order", npyText(fortran("(2, 3)"), numbers(6)...), "2×3 [0 2 4 1 3 5]"},
		{"format 2.0", long(2, plain) + string(numbers(6)), "2×3 [0 1 2 3 4 5]"},
		{"format 3.0", long(3, plain) + string(numbers(6)), "2×3 [0 1 2 3 4 5]"},
		{"vector", npy("|u1", "(3,)", numbers(3)...), "3×1 [0 1 2]"},
		{"vector, Fortran order", npyText(fortran("(3,)"), numbers(3)...), "3×1 [0 1 2]"},
		{"scalar", npy("|u1", "()", 7), "1×1 [7]"},
		{"three dimensions", npy("|u1", "(2, 2, 2)", numbers(8)...), "2×4 [0 1 2 3 4 5 6 7]"},
		{"three dimensions, Fortran order", npyText(fortran("(2, 2, 3)"), numbers(12)...), "2×6 [0 4 8 2 6 10 1 5 9 3 7 11]"},
		{"no rows", npy("|u1", "(0, 3)"), "0×3 []"},
		{"no rows, Fortran order", npyText(fortran("(0, 3)")), "0×3 []"},
		{"other keys first", npyText(`{"shape":(1,),"fortran_order":False,"descr":"|u1"}`, 9), "1×1 [9]"},
		{"Python 2", npyText("{'descr': '|u1', 'fortran_order': False, 'shape': (1L, 2L), }     \n", 1, 2), "1×2 [1 2]"},
		{"one byte has no order", npy("=i1", "(1,)", 255), "1×1 [-1]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(test.in), iotest.OneByteReader(strings.NewReader(test.in)), iotest.DataErrReader(strings.NewReader(test.in))} {
				m, err := data.ReadNPY(r)
				if err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprintf("%d×%d %v", m.Rows, m.Cols, m.Data); got != test.want || !m.Valid() {
					t.Errorf("got %s, want %s", got, test.want)
				}
			}
		})
	}
}

func TestReadNPYErrors(t *testing.T) {
	dict := func(text string) string { return npyText(text + "\n") }
	for _, test := range []struct {
		name string
		in   string
		want string // what follows "data: npy: "
	}{
		{"empty", "", "the file ends in its header: it was cut off; copy or save it again: unexpected EOF"},
		{"text", "1,2,3\n4,5,6\n", `this is no npy file: it does not start with "\x93NUMPY"; write it with numpy.save`},
		{"npz", "PK\x03\x04\x00\x00", "this is a ZIP archive; if it is an npz file, read it with LoadNPZ"},
		{"gzip", "\x1F\x8B\x08\x00\x00\x00", "this is a gzip file; unpack it first"},
		{"version", "\x93NUMPY\x04\x00\x00\x00", "format 4.0 is unknown; 1.0, 2.0 and 3.0 can be read: write it with numpy.save"},
		{"cut in the header", npy("<f4", "(1,)")[:40], "the file ends in its header: it was cut off; copy or save it again: unexpected EOF"},
		{"long header", "\x93NUMPY\x02\x00\xFF\xFF\xFF\xFF", "the header has 4294967295 bytes, too many for an array of numbers"},
		{"cut in the numbers", npy("<f4", "(2, 2)", 0, 0, 0, 0, 0), "the file ends after 1 of 4 numbers: it was cut off; copy or save it again: unexpected EOF"},
		{"huge", npy("<f4", "(1000, 100000)", 0), "the file ends after 0 of 100000000 numbers: it was cut off; copy or save it again: unexpected EOF"},
		{"beyond int", npy("<f4", "(99999999999999999999,)"), `header, byte 71: the size "99999999999999999999" is too large for this machine`},
		{"product beyond int", npy("<f4", "(2000000000, 2000000000, 2000000000)"), "shape (2000000000, 2000000000, 2000000000): too large for this machine"},
		{"empty rows", npy("<f4", "(5, 0)"), "shape (5, 0): the rows are empty"},
		{"more bytes", npy("|u1", "(2,)", 1, 2, 3), "more bytes follow the 2 numbers that the header promises; the file is damaged, or several were joined"},
		{"beyond float32", npy("<f8", "(2,)", put(binary.LittleEndian, []float64{1, -4e38})...), "number 1 of 2 is -4e+38, beyond float32, which ends at 3.4e38; change the unit"},
		{"beyond float32, big endian", npy(">f8", "(1,)", put(binary.BigEndian, []float64{4e38})...), "number 0 of 1 is 4e+38, beyond float32, which ends at 3.4e38; change the unit"},
		{"text numbers", npy("<U5", "(1,)"), `dtype "<U5" is text; save numbers: numpy.unique(array, return_inverse=True)[1] for labels`},
		{"objects", npy("|O", "(1,)"), `dtype "|O" is objects; save numbers: array.astype('float32'), if that can be done`},
		{"float16", npy("<f2", "(1,)"), `dtype "<f2" is none of the types that can be read; save array.astype('float32')`},
		{"complex", npy("<c8", "(1,)"), `dtype "<c8" is none of the types that can be read; save array.astype('float32')`},
		{"native order", npy("=f4", "(1,)"), `dtype "=f4" is of no known byte order; write the file with numpy.save`},
		{"no order", npy("f4", "(1,)"), `dtype "f4" is unknown; write the file with numpy.save`},
		{"structures", dict("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"), "header, byte 10: the array has structures; save its columns as one array of numbers"},
		{"no dictionary", dict("1"), `header, byte 0: "1\n" stands where "{" should`},
		{"call", dict("dict(descr='<f4')"), `header, byte 0: "dict(descr='<f4')\n" stands where "{" should`},
		{"unknown key", dict("{'descr': '<f4', 'order': 1}"), `header, byte 25: "order" is unknown`},
		{"key twice", dict("{'descr': '<f4', 'descr': '<f4'}"), `header, byte 24: "descr" stands there twice`},
		{"missing key", dict("{'descr': '<f4', 'shape': (1,), }"), `header, byte 34: "fortran_order" is missing`},
		{"after the dictionary", dict("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } + {}"), `header, byte 58: "+ {}\n" follows the dictionary`},
		{"no colon", dict("{'descr'}"), `header, byte 8: "}\n" stands where ":" should`},
		{"no comma", dict("{'descr': '<f4' 'shape': (1,)}"), `header, byte 16: "'shape': (1,)}\n" stands where "}" should`},
		{"no end", dict("{'descr': '<f4',"), "header, byte 17: the end stands where a string should"},
		{"open string", dict("{'descr': '<f4"), "header, byte 10: the string does not end"},
		{"escape", dict(`{'descr': '\x3cf4'}`), `header, byte 10: the string "\\x3cf4" has a backslash or a new line`},
		{"not a truth value", dict("{'fortran_order': 0}"), `header, byte 18: "0}\n" stands where "False" should`},
		{"number for a shape", dict("{'shape': 3}"), `header, byte 10: "3}\n" stands where "(" should`},
		{"number in brackets", dict("{'shape': (3)}"), `header, byte 12: ")}\n" stands where "," should`},
		{"negative size", dict("{'shape': (-1,)}"), `header, byte 11: "-1,)}\n" stands where a size should`},
		{"two commas", dict("{'shape': (1,,)}"), `header, byte 13: ",)}\n" stands where a size should`},
		{"many dimensions", dict("{'shape': (" + strings.Repeat("1,", 65) + ")}"), "header, byte 140: more than 64 dimensions"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := data.ReadNPY(strings.NewReader(test.in))
			if err == nil || err.Error() != "data: npy: "+test.want {
				t.Errorf("got  %v\nwant data: npy: %s", err, test.want)
			}
		})
	}
}

// An error names the file, and what it wraps can be found.
func TestNPYErrorsWrap(t *testing.T) {
	if _, err := data.LoadNPY("no such file"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	path := filepath.Join(t.TempDir(), "x.npy")
	if err := os.WriteFile(path, []byte(npy("<f4", "(2,)", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := data.LoadNPY(path)
	if err == nil || !strings.HasPrefix(err.Error(), "data: "+path+": ") || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut off: %v", err)
	}
	whole := npy("|u1", "(2, 3)", 1, 2, 3, 4, 5, 6)
	for n := range len(whole) + 1 {
		r := io.MultiReader(strings.NewReader(whole[:n]), iotest.ErrReader(fs.ErrClosed))
		if _, err := data.ReadNPY(r); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("a failure after %d bytes: %v", n, err)
		}
		if _, err := data.ReadNPY(strings.NewReader(whole[:n])); n < len(whole) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the end after %d bytes: %v", n, err)
		}
	}
}

// The bytes are those of numpy.save.
func TestWriteNPY(t *testing.T) {
	m := layout.Matrix{Data: []float32{1, 2, 9, 3, 4}, Rows: 2, Cols: 2, Stride: 3}
	var b bytes.Buffer
	if err := data.WriteNPY(&b, m); err != nil {
		t.Fatal(err)
	}
	want := "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }" + strings.Repeat(" ", 58) + "\n" +
		string(put(binary.LittleEndian, []float32{1, 2, 3, 4}))
	if b.String() != want {
		t.Errorf("got  %q\nwant %q", b.String(), want)
	}
	big := layout.NewMatrix(30000, 3) // more than one block
	for i := range big.Data {
		big.Data[i] = math.Float32frombits(uint32(i) * 40503)
	}
	for _, m := range []layout.Matrix{big, layout.NewMatrix(0, 3)} {
		b.Reset()
		if err := data.WriteNPY(&b, m); err != nil {
			t.Fatal(err)
		}
		again, err := data.ReadNPY(&b)
		if err != nil || again.Rows != m.Rows || again.Cols != m.Cols || !slices.EqualFunc(again.Data, m.Data, sameBits) {
			t.Errorf("%d × %d is read as %d × %d, or other bits: %v", m.Rows, m.Cols, again.Rows, again.Cols, err)
		}
	}
	for n := range 3 {
		if err := data.WriteNPY(&failingWriter{n}, big); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("failing write %d: %v", n, err)
		}
	}
	mustPanic(t, func() { data.WriteNPY(&b, layout.Matrix{Rows: 1, Cols: 1, Stride: 1}) })
}

func sameBits(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }

// failingWriter fails after n writes.
type failingWriter struct{ n int }

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.n == 0 {
		return 0, fs.ErrClosed
	}
	w.n--
	return len(p), nil
}
