package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// file returns a file of that header and data.
func file(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

// claim returns a file whose first 8 bytes claim n bytes of header.
func claim(n uint64, rest string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, n), rest...)
}

func TestRoundTrip(t *testing.T) {
	big := make([]float32, 100_003) // more than one buffer
	for i := range big {
		big[i] = math.Float32frombits(uint32(i) * 2654435761) // NaNs of all kinds among them
	}
	tensors := []TensorData{
		{"layers.1.weight", []int{2, 3}, []float32{1, -2, 0.5, float32(math.Inf(1)), math.SmallestNonzeroFloat32, 0}},
		{"layers.0.weight", []int{100_003}, big},
		{"scalar", nil, []float32{7}},
		{"empty", []int{3, 0}, nil},
		{"", []int{1}, []float32{8}},
		{"名前 \"quoted\" \\ <&> \n\x00\u2028", []int{1, 1}, []float32{9}},
	}
	metadata := map[string]string{"format": "hadamard", "": "empty key", "arch": `{"layers":[64,"relu"]}`, "z": "ü\n", "a": ""}

	var first, second bytes.Buffer
	if err := Write(&first, metadata, tensors); err != nil {
		t.Fatal(err)
	}
	if err := Write(&second, metadata, tensors); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Fatalf("a second Write differs, error %v", err)
	}
	if n := binary.LittleEndian.Uint64(first.Bytes()); n%8 != 0 {
		t.Errorf("data begin at byte %d, not a multiple of 8", 8+n)
	}

	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := os.WriteFile(path, first.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	parsed, err := Parse(first.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	read, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*File{parsed, read} {
		if !reflect.DeepEqual(f.Metadata, metadata) {
			t.Errorf("metadata %q", f.Metadata)
		}
		for i, name := range f.Names() {
			want := tensors[i]
			got, ok := f.Tensor(name)
			if !ok || name != want.Name || got.Name != name || got.DType != "F32" || !slices.Equal(got.Shape, want.Shape) || got.Len() != len(want.Data) {
				t.Fatalf("tensor %d: %+v", i, got)
			}
			data := make([]float32, got.Len())
			if err := got.Float32s(data); err != nil {
				t.Fatal(err)
			}
			for j := range data {
				if math.Float32bits(data[j]) != math.Float32bits(want.Data[j]) {
					t.Fatalf("tensor %q: element %d is %v, want %v", name, j, data[j], want.Data[j])
				}
			}
		}
		if len(f.Names()) != len(tensors) {
			t.Errorf("%d tensors", len(f.Names()))
		}
		if _, ok := f.Tensor("layers.2.weight"); ok {
			t.Error("there is a tensor that nobody wrote")
		}
	}
}

// TestWriteBytes pins the exact bytes.
func TestWriteBytes(t *testing.T) {
	for _, c := range []struct {
		metadata map[string]string
		tensors  []TensorData
		header   string
		data     string
	}{
		{nil, nil, "{}      ", ""},
		{map[string]string{"b": "2", "a": "1"}, nil, `{"__metadata__":{"a":"1","b":"2"}}      `, ""},
		{map[string]string{"k": "v"}, []TensorData{{"y", []int{1, 2}, []float32{1, -2}}, {"x", nil, []float32{0.5}}},
			`{"__metadata__":{"k":"v"},"y":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"x":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}  `,
			"\x00\x00\x80\x3f\x00\x00\x00\xc0\x00\x00\x00\x3f"},
	} {
		var b bytes.Buffer
		if err := Write(&b, c.metadata, c.tensors); err != nil {
			t.Fatal(err)
		}
		if got, want := b.String(), string(claim(uint64(len(c.header)), c.header+c.data)); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// TestPyTorch reads files that PyTorch's safetensors wrote.
func TestPyTorch(t *testing.T) {
	f, err := ReadFile("testdata/f32.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"0.bias", "0.weight", "2.bias", "2.weight", "4.bias", "4.weight"}; !slices.Equal(f.Names(), want) || f.Metadata["format"] != "pt" {
		t.Fatalf("names %q, metadata %q", f.Names(), f.Metadata)
	}
	w, _ := f.Tensor("4.weight")
	v := make([]float32, 14)
	if err := w.Float32s(v); err != nil || !slices.Equal(w.Shape, []int{2, 7}) || v[0] != -0.20467843115329742 || v[13] != 0.08846620470285416 {
		t.Errorf("shape %v, error %v, elements %v", w.Shape, err, v)
	}
	if d, err := w.Float64s(); err != nil || len(d) != 14 || d[13] != 0.08846620470285416 {
		t.Errorf("as float64: error %v, elements %v", err, d)
	}

	if f, err = ReadFile("testdata/f64.safetensors"); err != nil {
		t.Fatal(err)
	}
	w, _ = f.Tensor("0.bias")
	if d, err := w.Float64s(); err != nil || len(d) != 7 || d[0] != 0.09170044958591461 || d[6] != 0.3440188467502594 {
		t.Errorf("error %v, elements %v", err, d)
	}
}

func TestTensorErrors(t *testing.T) {
	f, err := Parse(file(`{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"d":{"dtype":"F64","shape":[],"data_offsets":[4,12]},"f":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}`, 16))
	if err != nil {
		t.Fatal(err)
	}
	get := func(name string) Tensor { v, _ := f.Tensor(name); return v }
	dst := []float32{1, 2}
	_, err64 := get("h").Float64s()
	for _, c := range []struct {
		err  error
		want string
	}{
		{get("h").Float32s(dst), `tensor "h" is F16, and F32 is needed`},
		{get("d").Float32s(dst[:1]), `tensor "d" is F64, and F32 is needed`},
		{get("f").Float32s(dst), `tensor "f": shape [1] holds 1 elements, and 2 are needed`},
		{get("f").Float32s(nil), `tensor "f": shape [1] holds 1 elements, and 0 are needed`},
		{Tensor{}.Float32s(nil), `tensor "" is , and F32 is needed`},
		{err64, `tensor "h" is F16, and F32 or F64 is needed`},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want %s", c.err, c.want)
		}
	}
	if dst[0] != 1 || dst[1] != 2 {
		t.Errorf("dst was changed: %v", dst)
	}
}

func TestWriteErrors(t *testing.T) {
	one := []float32{1}
	for _, c := range []struct {
		metadata map[string]string
		tensors  []TensorData
		want     string
	}{
		{nil, []TensorData{{"a", nil, one}, {"b", nil, one}, {"a", nil, one}}, `tensor "a" occurs twice`},
		{nil, []TensorData{{"__metadata__", nil, one}}, "keeps this name for itself"},
		{nil, []TensorData{{"a\xff", nil, one}}, "not UTF-8"},
		{map[string]string{"\xff": ""}, nil, "not UTF-8"},
		{map[string]string{"k": "\xff"}, nil, `metadata "k": not UTF-8`},
		{nil, []TensorData{{"a", []int{2}, one}}, `tensor "a": shape [2] does not fit its 1 elements`},
		{nil, []TensorData{{"a", []int{0}, one}}, "does not fit"},
		{nil, []TensorData{{"a", nil, nil}}, "does not fit"},
		{nil, []TensorData{{"a", []int{-1, -1}, one}}, "does not fit"},
		{nil, []TensorData{{"a", []int{math.MaxInt, 2}, one}}, "does not fit"},
		{nil, []TensorData{{"a", make([]int, 65), nil}}, "65 dimensions"},
		{map[string]string{"k": strings.Repeat("x", maxHeader)}, nil, "the format allows 100000000"},
	} {
		if testing.Short() && len(c.metadata["k"]) >= maxHeader {
			continue // takes much memory
		}
		var b bytes.Buffer
		if err := Write(&b, c.metadata, c.tensors); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
		if b.Len() > 0 {
			t.Errorf("%s: %d bytes were written all the same", c.want, b.Len())
		}
	}
	full := errors.New("disk full")
	for _, n := range []int{1, 100_000} {
		err := Write(writer(func([]byte) (int, error) { return 0, full }), nil, []TensorData{{"a", []int{n}, make([]float32, n)}})
		if !errors.Is(err, full) {
			t.Errorf("error of the writer became %v", err)
		}
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

func TestReadFileErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.safetensors")
	f32, err := os.ReadFile("testdata/f32.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	for n := range f32 {
		if n > 20 && n%7 > 0 {
			continue
		}
		if err := os.WriteFile(path, f32[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFile(path); err == nil || !strings.HasPrefix(err.Error(), "cannot read "+path+": ") {
			t.Errorf("first %d bytes: error %v", n, err)
		}
	}
	want := map[string]string{
		dir:                      "it is a directory",
		filepath.Join(dir, "no"): "",
		"testdata/reject_huge_header.safetensors": "claim a header of 1152921504606846976 bytes",
		"testdata/reject_overlap.safetensors":     `tensor "b": its data begin at byte 4, but those of tensor "a" end at 8`,
		"testdata/reject_truncated.safetensors":   "cut short",
	}
	if runtime.GOOS == "linux" {
		want[os.DevNull] = "not a regular file"
		want["/proc/self/status"] = "the file has 0 bytes"
	}
	for path, want := range want {
		if _, err := ReadFile(path); err == nil || !strings.HasPrefix(err.Error(), "cannot read "+path+": ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", path, err, want)
		}
	}
	if _, err := ReadFile(filepath.Join(dir, "no")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: error %v", err)
	}
}

// TestReadFileSparse reads files that claim more than they have.
func TestReadFileSparse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := os.WriteFile(path, file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{1 << 28, 1 << 38, 1 << 41} {
		if err := os.Truncate(path, size); err != nil {
			t.Skip(err)
		}
		want := "bytes of the file belong to no tensor"
		if size > maxFile {
			want = fmt.Sprintf("at most %d are read", int64(maxFile))
		}
		before := allocated()
		if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d bytes: error %v, want %s", size, err, want)
		}
		if used := allocated() - before; used > 1<<16 {
			t.Errorf("%d bytes: %d bytes were allocated", size, used)
		}
	}
}

// allocated returns the bytes that the program ever allocated.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestMemory holds Parse to its promise: memory in proportion to the input.
func TestMemory(t *testing.T) {
	const n = 20_000
	many := func(format string, times int) string {
		var b strings.Builder
		for i := range times {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, format, i, i+1)
		}
		return b.String()
	}
	inputs := map[string][]byte{
		"nothing":       {},
		"2^60":          claim(1<<60, "{}"),
		"2^64-1":        claim(math.MaxUint64, "{}"),
		"arrays":        file(strings.Repeat("[", n), 0),
		"objects":       file(strings.Repeat(`{"a":`, n), 0),
		"shapes":        file(`{"a":{"shape":`+strings.Repeat("[", n), 0),
		"metadata":      file(`{"__metadata__":{"a":`+strings.Repeat("[", n), 0),
		"unknown":       file(`{"a":{"b":`+strings.Repeat("[", n), 0),
		"long shape":    file(`{"a":{"shape":[`+strings.Repeat("1,", n), 0),
		"long number":   file(`{"a":{"shape":[`+strings.Repeat("1", n)+"]}}", 0),
		"long dtype":    file(`{"a":{"dtype":"`+strings.Repeat("F", n)+`"}}`, 0),
		"long name":     file(`{"`+strings.Repeat("a", n)+`":1}`, 0),
		"escapes":       file(`{"`+strings.Repeat(`\u0001`, n)+`":1}`, 0),
		"open text":     file(`{"`+strings.Repeat("a", n), 0),
		"blanks":        file("{}"+strings.Repeat(" ", n), 0),
		"blanks before": file("{"+strings.Repeat(" ", n)+"}", 0),
		"data":          file("{}", n),
		"huge shape":    file(`{"a":{"dtype":"F64","shape":[1152921504606846976],"data_offsets":[0,9223372036854775807]}}`, 0),
		"tiny tensors":  file("{"+many(`"%[1]x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`, n)+"}", 0),
		"bytes":         file("{"+many(`"%[1]x":{"dtype":"U8","shape":[],"data_offsets":[%[1]d,%[2]d]}`, n)+"}", n),
		"ranks":         file("{"+many(`"%[1]x":{"dtype":"U8","shape":[`+strings.Repeat("0,", 63)+`0],"data_offsets":[0,0]}`, n/20)+"}", 0),
		"keys":          file(`{"__metadata__":{`+many(`"%[1]x":""`, n)+"}}", 0),
	}
	for _, c := range hostile {
		inputs[c.name] = c.file
	}
	for name, b := range inputs {
		before := allocated()
		_, err := Parse(b)
		used := allocated() - before
		if limit := uint64(64*len(b) + 64<<10); used > limit {
			t.Errorf("%s: %d bytes of input took %d of memory, more than %d (error %.100v)", name, len(b), used, limit, err)
		}
		if len(b) > 10_000 {
			t.Logf("%-14s %8d bytes: %5.2f times as much memory", name, len(b), float64(used)/float64(len(b)))
		}
		if err != nil && len(err.Error()) > 2000 {
			t.Errorf("%s: message of %d bytes", name, len(err.Error()))
		}
	}
}

func BenchmarkParse(b *testing.B) {
	var buf bytes.Buffer
	tensors := make([]TensorData, 20)
	for i := range tensors {
		tensors[i] = TensorData{fmt.Sprintf("layers.%d.weight", i), []int{100, 100}, make([]float32, 10_000)}
	}
	if err := Write(&buf, nil, tensors); err != nil {
		b.Fatal(err)
	}
	b.Run("op=parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Parse(buf.Bytes()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("op=write", func(b *testing.B) {
		b.SetBytes(int64(buf.Len()))
		for b.Loop() {
			if err := Write(io.Discard, nil, tensors); err != nil {
				b.Fatal(err)
			}
		}
	})
}
