package data_test

import (
	"bytes"
	"compress/gzip"
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
)

// idx returns an idx file.
func idx(kind byte, shape []uint32, numbers any) string {
	return string([]byte{0, 0, kind, byte(len(shape))}) + string(put(binary.BigEndian, shape)) + string(put(binary.BigEndian, numbers))
}

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

func ExampleReadIDX() {
	file := "\x00\x00\x08\x03" + // uint8, 3 dimensions
		"\x00\x00\x00\x02" + "\x00\x00\x00\x01" + "\x00\x00\x00\x03" + // 2 images of 1 × 3
		"\x00\x01\x02" + "\xFD\xFE\xFF"
	m, shape, err := data.ReadIDX(strings.NewReader(file))
	fmt.Println(shape, m.Row(0), m.Row(1), err)
	// Output: [2 1 3] [0 1 2] [253 254 255] <nil>
}

func TestReadIDX(t *testing.T) {
	for _, test := range []struct {
		name string
		in   string
		want string
	}{
		{"uint8", idx(8, []uint32{2, 2, 2}, []byte{1, 2, 3, 4, 5, 6, 7, 255}), "[2 2 2] 2×4 [1 2 3 4 5 6 7 255]"},
		{"labels", idx(8, []uint32{3}, []byte{1, 2, 3}), "[3] 3×1 [1 2 3]"},
		{"int8", idx(9, []uint32{2}, []int8{-128, 127}), "[2] 2×1 [-128 127]"},
		{"int16", idx(11, []uint32{2}, []int16{-2, 256}), "[2] 2×1 [-2 256]"},
		{"int32", idx(12, []uint32{2}, []int32{-2, 1 << 20}), "[2] 2×1 [-2 1.048576e+06]"},
		{"float32", idx(13, []uint32{2}, []float32{-0.1, 3e38}), "[2] 2×1 [-0.1 3e+38]"},
		{"float64", idx(14, []uint32{1, 2}, []float64{-0.1, math.Inf(1)}), "[1 2] 1×2 [-0.1 +Inf]"},
		{"none", idx(8, []uint32{0, 28, 28}, []byte{}), "[0 28 28] 0×784 []"},
	} {
		for _, in := range []string{test.in, zipped(test.in)} {
			m, shape, err := data.ReadIDX(iotest.OneByteReader(strings.NewReader(in)))
			if err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			if got := fmt.Sprintf("%v %d×%d %v", shape, m.Rows, m.Cols, m.Data); got != test.want || !m.Valid() {
				t.Errorf("%s: got %s, want %s", test.name, got, test.want)
			}
		}
	}
}

func TestReadIDXErrors(t *testing.T) {
	good := idx(8, []uint32{2, 2}, []byte{1, 2, 3, 4})
	packed := zipped(good)
	for _, test := range []struct {
		name string
		in   string
		want string // what follows "data: idx: "
	}{
		{"empty", "", "the file ends in its header: it was cut off; copy or save it again: unexpected EOF"},
		{"text", "1,2\n3,4\n", "this is no idx file: it does not start with two zero bytes"},
		{"type", idx(10, []uint32{1}, []byte{1}), "type 0x0A is unknown: this is no idx file, or a damaged one"},
		{"no dimensions", idx(8, nil, []byte{1}), "the array has no dimensions; one or more are needed"},
		{"cut in the header", good[:9], "the file ends in its header: it was cut off; copy or save it again: unexpected EOF"},
		{"cut", good[:14], "the file ends after 2 of 4 numbers: it was cut off; copy or save it again: unexpected EOF"},
		{"huge", idx(8, []uint32{1000, 100000}, []byte{1}), "the file ends after 1 of 100000000 numbers: it was cut off; copy or save it again: unexpected EOF"},
		{"huge product", idx(8, []uint32{1 << 30, 1 << 30, 1 << 30}, []byte{1}), "shape (1073741824, 1073741824, 1073741824): too large for this machine"},
		{"empty rows", idx(8, []uint32{2, 0}, []byte{}), "shape (2, 0): the rows are empty"},
		{"more bytes", good + "x", "more bytes follow the 4 numbers that the header promises; the file is damaged, or several were joined"},
		{"more packed bytes", zipped(good + "x"), "more bytes follow the 4 numbers that the header promises; the file is damaged, or several were joined"},
		{"beyond float32", idx(14, []uint32{1}, []float64{1e39}), "number 0 of 1 is 1e+39, beyond float32, which ends at 3.4e38; change the unit"},
		{"packed, cut in the header", packed[:5], "unpacking: unexpected EOF"},
		{"packed, cut", packed[:20], "the file ends after 1 of 4 numbers: it was cut off; copy or save it again: unexpected EOF"},
		{"packed, cut at the end", packed[:len(packed)-3], "reading behind the last number: unexpected EOF"},
		{"packed, bad sum", packed[:len(packed)-8] + "1234" + packed[len(packed)-4:], "reading behind the last number: gzip: invalid checksum"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := data.ReadIDX(strings.NewReader(test.in))
			if err == nil || err.Error() != "data: idx: "+test.want {
				t.Errorf("got  %v\nwant data: idx: %s", err, test.want)
			}
		})
	}
	for n := range len(good) + 1 {
		r := io.MultiReader(strings.NewReader(good[:n]), iotest.ErrReader(fs.ErrClosed))
		if _, _, err := data.ReadIDX(r); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("a failure after %d bytes: %v", n, err)
		}
	}
}

// A small file that unpacks to much more is refused in time. Its gzip members
// follow one another, so that it is quick to make.
func TestIDXBomb(t *testing.T) {
	file := zipped(idx(14, []uint32{70 << 17}, []byte{})) + strings.Repeat(zipped(string(make([]byte, 1<<20))), 70)
	_, _, err := data.ReadIDX(strings.NewReader(file))
	const want = "the file unpacks to more than 64 MiB, 64 times its size; if that is right, unpack it first"
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want … %s", err, want)
	}
}

// mnist writes a pair of small files.
func mnist(t *testing.T, images, labels string) (string, string) {
	t.Helper()
	dir := t.TempDir()
	x, y := filepath.Join(dir, "images"), filepath.Join(dir, "labels")
	if err := errors.Join(os.WriteFile(x, []byte(images), 0o666), os.WriteFile(y, []byte(labels), 0o666)); err != nil {
		t.Fatal(err)
	}
	return x, y
}

func TestLoadMNIST(t *testing.T) {
	images := idx(8, []uint32{3, 2, 2}, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255})
	labels := idx(8, []uint32{3}, []byte{7, 2, 7})
	x, y := mnist(t, zipped(images), labels)
	d, err := data.LoadMNIST(x, y, data.ArrayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := show(d), "[0 1 2 3][4 5 6 7][8 9 10 255] [x0 x1 x2 x3][0 1][1 0][0 1] y multiclass [2 7] [1 0 1]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	d, err = data.LoadMNIST(x, y, data.ArrayOptions{Classes: strings.Fields("0 1 2 3 4 5 6 7 8 9")})
	if err != nil || d.Y.Cols != 10 || !slices.Equal(d.Labels, []int{7, 2, 7}) {
		t.Errorf("with ten classes: %v, %v", d, err)
	}
	_, err = data.LoadMNIST(y, x, data.ArrayOptions{})
	if want := "data: " + x + ": labels have one dimension, this file has shape (3, 2, 2); images come first"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	x, y = mnist(t, images, idx(8, []uint32{2}, []byte{1, 2}))
	_, err = data.LoadMNIST(x, y, data.ArrayOptions{})
	if want := "data: " + x + " has 3 rows, " + y + " has 2 rows; they do not belong together"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if m, shape, err := data.LoadIDX(x); err != nil || m.Rows != 3 || m.Cols != 4 || !slices.Equal(shape, []int{3, 2, 2}) {
		t.Errorf("LoadIDX: %v, %v, %v", m, shape, err)
	}
	if _, err = data.LoadMNIST(x, "no such file", data.ArrayOptions{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing labels: %v", err)
	}
	if _, err = data.LoadMNIST("no such file", y, data.ArrayOptions{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing images: %v", err)
	}
}
