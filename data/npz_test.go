package data_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/data"
)

// npz returns an archive of name, contents, name, contents, …
func npz(method uint16, parts ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: parts[i], Method: method})
		if err == nil {
			_, err = w.Write([]byte(parts[i+1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

func ExampleReadNPZ() {
	file := npz(zip.Deflate,
		"x_train.npy", npy("|u1", "(4, 2)", 0, 0, 0, 1, 1, 0, 1, 1),
		"y_train.npy", npy("|b1", "(4,)", 0, 1, 1, 0),
		"names.npy", npy("<U2", "(2,)"))
	a, err := data.ReadNPZ(strings.NewReader(file), int64(len(file)), "x_train", "y_train")
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := data.FromArrays(a["x_train"], a["y_train"], data.ArrayOptions{})
	fmt.Println(d.Task, d.X.Data, d.Labels, err)
	// Output: binary [0 0 0 1 1 0 1 1] [0 1 1 0] <nil>
}

func TestLoadNPZ(t *testing.T) {
	x, y := npy("|u1", "(1, 2)", 3, 4), npy("<i2", "(1,)", 5, 0)
	path := filepath.Join(t.TempDir(), "a.npz")
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		file := npz(method, "x.npy", x, "README", "no array", "dir/y.npy", y)
		if err := os.WriteFile(path, []byte(file), 0o666); err != nil {
			t.Fatal(err)
		}
		for want, names := range map[string][]string{
			"map[dir/y:{[5] 1 1 1} x:{[3 4] 1 2 2}]": nil,
			"map[x:{[3 4] 1 2 2}]":                   {"x", "x"},
		} {
			a, err := data.LoadNPZ(path, names...)
			if got := fmt.Sprint(a); err != nil || got != want {
				t.Errorf("method %d, %q: %s, %v, want %s", method, names, got, err, want)
			}
		}
	}
	if _, err := data.LoadNPZ("no such file"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := data.LoadNPZ(filepath.Dir(path)); err == nil || !strings.HasSuffix(err.Error(), ": this is no file") {
		t.Errorf("directory: %v", err)
	}
}

func TestReadNPZErrors(t *testing.T) {
	good := npy("|u1", "(1,)", 3)
	corrupt := []byte(npz(zip.Store, "x.npy", good))
	corrupt[bytes.Index(corrupt, []byte("(1,), }\n\x03"))+8]++
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for _, name := range []string{"x.npy", "y.npy"} {
		header := &zip.FileHeader{Name: name, UncompressedSize64: 40 << 20, CompressedSize64: uint64(len(good))}
		if w, err := z.CreateRaw(header); err == nil {
			w.Write([]byte(npy("|u1", "(1,)", 3)))
		}
	}
	z.Close()
	for _, test := range []struct {
		name  string
		in    string
		names []string
		want  string // what follows "data: npz: "
	}{
		{"empty", "", nil, "this is no npz file, or it was cut off; write it with numpy.savez: zip: not a valid zip file"},
		{"npy", good, nil, "this is no npz file, or it was cut off; write it with numpy.savez: zip: not a valid zip file"},
		{"no arrays", npz(zip.Store, "a.txt", "1"), nil, "the archive has no arrays; write it with numpy.savez"},
		{"no such array", npz(zip.Store, "x.npy", good, "b.npy", good), []string{"y"}, `no array "y"; the arrays are "b", "x"`},
		{"same name", npz(zip.Store, "x.npy", good, "x.npy", good), nil, `two arrays are named "x"; write the file again`},
		{"text", npz(zip.Store, "x.npy", good, "b.npy", npy("<U3", "(1,)")), nil, `array "b": dtype "<U3" is text; save numbers: numpy.unique(array, return_inverse=True)[1] for labels`},
		{"cut array", npz(zip.Deflate, "x.npy", npy("|u1", "(2,)", 3)), nil, `array "x": the file ends after 1 of 2 numbers: it was cut off; copy or save it again: unexpected EOF`},
		{"bad sum", string(corrupt), nil, `array "x": reading behind the last number: zip: checksum error`},
		{"bomb", bomb.String(), nil, "the arrays unpack to more than 64 MiB, 64 times the file; if that is right, save them with numpy.savez, or read fewer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := data.ReadNPZ(strings.NewReader(test.in), int64(len(test.in)), test.names...)
			if err == nil || err.Error() != "data: npz: "+test.want {
				t.Errorf("got  %v\nwant data: npz: %s", err, test.want)
			}
		})
	}
	// Packed entries whose directory is wrong.
	for _, test := range []struct {
		method uint16
		size   int // what the directory says, beyond the truth
		want   string
	}{
		{zip.Deflate, -5, `data: npz: array "x": reading number 0 of 1000: zip: not a valid zip file`},
		{zip.Deflate, +5, `data: npz: array "x": the file ends after 0 of 1000 numbers: it was cut off; copy or save it again: unexpected EOF`},
		{99, 0, `data: npz: array "x": zip: unsupported compression algorithm`},
	} {
		array := npy("|u1", "(1000,)", make([]byte, 1000)...)
		var packed, file bytes.Buffer
		d, err := flate.NewWriter(&packed, flate.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(d, array)
		d.Close()
		z := zip.NewWriter(&file)
		w, err := z.CreateRaw(&zip.FileHeader{
			Name: "x.npy", Method: test.method, CompressedSize64: uint64(packed.Len()),
			UncompressedSize64: uint64(len(array) + test.size), CRC32: crc32.ChecksumIEEE([]byte(array)),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Write(packed.Bytes())
		z.Close()
		if _, err := data.ReadNPZ(bytes.NewReader(file.Bytes()), int64(file.Len())); err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}
