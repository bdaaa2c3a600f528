package safetensors

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// one is a file of one tensor with these members and 8 bytes of data.
func one(members string) []byte { return file(`{"w":{`+members+`}}`, 8) }

// two is a file of two U8 tensors a and b with these offsets.
func two(a, b string, data int) []byte {
	return file(`{"a":{"dtype":"U8","shape":[4],"data_offsets":`+a+`},"b":{"dtype":"U8","shape":[4],"data_offsets":`+b+`}}`, data)
}

// hostile lists what Parse must refuse, and a part of what it must say.
var hostile = []struct {
	name string
	file []byte
	want string
}{
	// The first 8 bytes.
	{"empty", nil, "0 bytes, fewer than the 8"},
	{"7 bytes", make([]byte, 7), "7 bytes, fewer than the 8"},
	{"text", []byte("Hello, world. This is a text."), "is this a safetensors file"},
	{"zip", append([]byte("PK\x03\x04\x00\x00\x08\x08"), make([]byte, 100)...), "is this a safetensors file"},
	{"2^63", claim(1<<63, "{}"), "claim a header of 9223372036854775808 bytes, more than the 100000000"},
	{"-8", claim(1<<64-8, "{}"), "claim a header of 18446744073709551608 bytes"},
	{"above limit", claim(maxHeader+1, "{}"), "claim a header of 100000001 bytes"},
	{"limit", claim(maxHeader, "{}"), "should have 100000000 bytes, and only 2 follow"},
	{"header cut", claim(3, "{}"), "the header should have 3 bytes, and only 2 follow: the file is cut short"},

	// JSON.
	{"no header", claim(0, ""), "does not begin with {"},
	{"blank before", file(" {}", 0), "does not begin with {"},
	{"array", file("[]", 0), "does not begin with {"},
	{"byte order mark", file("\xef\xbb\xbf{}", 0), "does not begin with {"},
	{"not UTF-8", file("{\"a\xff\":{}}", 0), "not UTF-8"},
	{"open object", file(`{`, 0), "the header ends within its JSON"},
	{"open text", file(`{"a`, 0), "the header ends within its JSON"},
	{"open entry", file(`{"w":{"dtype":"F32"`, 0), `tensor "w": the header ends within its JSON`},
	{"no colon", file(`{"a" 1}`, 0), "not JSON"},
	{"comma at the end", one(`"dtype":"F32",`), `tensor "w": the header is not JSON`},
	{"comma in shape", one(`"shape":[1,]`), `tensor "w": shape: the header is not JSON`},
	{"NaN", one(`"shape":[NaN]`), "not JSON"},
	{"control character", file("{\"a\n\":{}}", 0), "not JSON"},
	{"two objects", file(`{}{}`, 0), "goes on after its closing }"},
	{"NUL padding", file("{}\x00\x00", 0), "goes on after its closing }"},
	{"comment", file(`{}//`, 0), "goes on after its closing }"},

	// Entries.
	{"number", file(`{"w":1}`, 0), `tensor "w": the number "1" instead of an object`},
	{"null", file(`{"w":null}`, 0), `tensor "w": null instead of an object`},
	{"nested", file(`{"w":[[[[]]]]}`, 0), `tensor "w": an array instead of an object`},
	{"unknown key", one(`"dtype":"F32","shape":[2],"data_offsets":[0,8],"strides":[1]`), `tensor "w": unknown key "strides"`},
	{"capitals", one(`"DType":"F32"`), `unknown key "DType"`},
	{"no dtype", one(`"shape":[2],"data_offsets":[0,8]`), `tensor "w": dtype is missing`},
	{"no shape", one(`"dtype":"F32","data_offsets":[0,8]`), `tensor "w": shape is missing`},
	{"no offsets", one(`"dtype":"F32","shape":[2]`), `tensor "w": data_offsets must be two numbers`},
	{"no members", one(``), "dtype is missing"},

	// Repeated keys, at every level.
	{"tensor twice", file(`{"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"w":{}}`, 0), `tensor "w" occurs twice`},
	{"spelt otherwise", file(`{"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\u0077":{}}`, 0), `tensor "w" occurs twice`},
	{"dtype twice", one(`"dtype":"F32","dtype":"F32"`), `tensor "w": key "dtype" occurs twice`},
	{"shape twice", one(`"shape":[],"shape":[]`), `tensor "w": key "shape" occurs twice`},
	{"offsets twice", one(`"data_offsets":[],"data_offsets":[0,8]`), `tensor "w": key "data_offsets" occurs twice`},
	{"metadata twice", file(`{"__metadata__":{},"__metadata__":{}}`, 0), `key "__metadata__" occurs twice`},
	{"metadata key twice", file(`{"__metadata__":{"k":"1","k":"1"}}`, 0), `__metadata__: key "k" occurs twice`},

	// Metadata.
	{"metadata text", file(`{"__metadata__":"pt"}`, 0), `__metadata__: the text "pt" instead of an object`},
	{"metadata null", file(`{"__metadata__":null}`, 0), `__metadata__: null instead of an object`},
	{"metadata number", file(`{"__metadata__":{"epoch":3}}`, 0), `__metadata__: key "epoch": the number "3" instead of a text`},
	{"metadata object", file(`{"__metadata__":{"arch":{}}}`, 0), `__metadata__: key "arch": an object instead of a text`},

	// Types and shapes.
	{"dtype unknown", one(`"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]`), `tensor "w": dtype: "F8_E4M3" is none of the known types F64 F32`},
	{"dtype small", one(`"dtype":"f32"`), `dtype: "f32" is none of`},
	{"dtype empty", one(`"dtype":""`), `dtype: "" is none of`},
	{"dtype number", one(`"dtype":32`), `dtype: the number "32" instead of a text`},
	{"shape number", one(`"shape":2`), `tensor "w": shape: the number "2" instead of an array`},
	{"shape text", one(`"shape":["2"]`), `shape: the text "2" instead of a number`},
	{"shape nested", one(`"shape":[[2]]`), `shape: an array instead of a number`},
	{"shape bool", one(`"shape":[true]`), `shape: true instead of a number`},
	{"shape negative", one(`"shape":[-1]`), `tensor "w": shape: "-1" is not an integer ≥ 0`},
	{"shape minus zero", one(`"shape":[-0]`), `"-0" is not an integer ≥ 0`},
	{"shape fraction", one(`"shape":[2.0]`), `"2.0" is not an integer ≥ 0`},
	{"shape exponent", one(`"shape":[1e999999999]`), `is not an integer ≥ 0`},
	{"shape 2^64", one(`"shape":[18446744073709551616]`), `tensor "w": shape: "18446744073709551616" is more than this machine can address`},
	{"shape 2^63", one(`"shape":[9223372036854775808]`), `is more than this machine can address`},
	{"shape rank", one(`"shape":[` + strings.Repeat("1,", 64) + `1]`), `shape: more than 64 numbers`},
	{"product 2^64", one(`"dtype":"U8","shape":[65536,65536,65536,65536],"data_offsets":[0,0]`), `is more than this machine can address`},
	{"bytes 2^64", one(`"dtype":"F64","shape":[1073741824,2147483647,1],"data_offsets":[0,0]`), `is more than this machine can address`},

	// Offsets.
	{"offsets one", one(`"dtype":"F32","shape":[2],"data_offsets":[8]`), "data_offsets must be two numbers"},
	{"offsets three", one(`"data_offsets":[0,8,8]`), "data_offsets: more than 2 numbers"},
	{"offsets negative", one(`"data_offsets":[-8,0]`), `tensor "w": data_offsets: "-8" is not an integer`},
	{"offsets turned", one(`"dtype":"F32","shape":[2],"data_offsets":[8,0]`), `tensor "w": data_offsets: the end, 0, is before the begin, 8`},
	{"too few bytes", one(`"dtype":"F32","shape":[3],"data_offsets":[0,8]`), `tensor "w": shape [3] of F32 takes 12 bytes, but data_offsets give 8`},
	{"too many bytes", one(`"dtype":"F32","shape":[1],"data_offsets":[0,8]`), `takes 4 bytes, but data_offsets give 8`},
	{"scalar", one(`"dtype":"F32","shape":[],"data_offsets":[0,8]`), `shape [] of F32 takes 4 bytes`},
	{"data cut", one(`"dtype":"U8","shape":[9],"data_offsets":[0,9]`), `tensor "w": its data end at byte 9 of the data, and there are only 8: the file is cut short`},
	{"far", one(`"dtype":"F32","shape":[0],"data_offsets":[2147483647,2147483647]`), `cut short`},

	// Holes and overlaps.
	{"overlap", two("[0,4]", "[3,7]", 7), `tensor "b": its data begin at byte 3, but those of tensor "a" end at 4`},
	{"the same bytes", two("[0,4]", "[0,4]", 4), `tensor "b": its data begin at byte 0`},
	{"turned overlap", two("[3,7]", "[0,4]", 7), `tensor "a": its data begin at byte 3, but those of tensor "b" end at 4`},
	{"hole at the begin", two("[1,5]", "[5,9]", 9), `tensor "a": the 1 bytes before its data belong to no tensor`},
	{"hole", two("[0,4]", "[6,10]", 10), `tensor "b": the 2 bytes before its data belong to no tensor`},
	{"rest", two("[0,4]", "[4,8]", 11), "the last 3 bytes of the file belong to no tensor"},
	{"only data", file(`{}`, 5), "the last 5 bytes of the file belong to no tensor"},
	{"empty within", file(`{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}`, 4), `tensor "b": its data begin at byte 2`},
}

func TestHostile(t *testing.T) {
	for _, c := range hostile {
		f, err := Parse(c.file)
		if err == nil || f != nil {
			t.Errorf("%s: accepted", c.name)
			continue
		}
		if !strings.HasPrefix(err.Error(), "safetensors: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %q\nshould have %q", c.name, err, c.want)
		}
	}
}

// TestLongNames checks that a message stays a message.
func TestLongNames(t *testing.T) {
	for n := range 200 {
		name := strings.Repeat("x", n%4) + strings.Repeat("名", n)
		_, err := Parse(file(`{"`+name+`":1}`, 0))
		if err == nil || len(err.Error()) > 300 || strings.Contains(err.Error(), `\x`) {
			t.Errorf("error %v", err)
		}
	}
}

// TestUnusual lists what is unusual and right.
func TestUnusual(t *testing.T) {
	for _, c := range []struct {
		name  string
		file  []byte
		names []string
	}{
		{"nothing", file(`{}`, 0), []string{}},
		{"blanks", file("{ \n\t} \r\n", 0), []string{}},
		{"no metadata", file(`{"__metadata__":{}}`, 0), []string{}},
		{"order of data", two("[4,8]", "[0,4]", 8), []string{"b", "a"}},
		{"metadata last", file(`{"a":{"data_offsets":[0,1],"shape":[],"dtype":"BOOL"},"__metadata__":{"k":"v"}}`, 1), []string{"a"}},
		{"empty tensors", file(`{"b":{"dtype":"F32","shape":[0,2147483647,2147483647],"data_offsets":[4,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"c":{"dtype":"F64","shape":[0],"data_offsets":[0,0]}}`, 4), []string{"c", "a", "b"}},
	} {
		f, err := Parse(c.file)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.Equal(f.Names(), c.names) {
			t.Errorf("%s: names %q, want %q", c.name, f.Names(), c.names)
		}
	}
	// Tensors without data stand in the order of the header.
	var members, names []string
	for i := range 50 {
		names = append(names, fmt.Sprint(i*37%50))
		members = append(members, `"`+names[i]+`":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`)
	}
	if f, err := Parse(file("{"+strings.Join(members, ",")+"}", 0)); err != nil || !slices.Equal(f.Names(), names) {
		t.Errorf("error %v, names %q", err, f.Names())
	}
	for _, d := range dtypes {
		f, err := Parse(file(fmt.Sprintf(`{"w":{"dtype":%q,"shape":[3],"data_offsets":[0,%d]}}`, d.name, 3*d.size), 3*d.size))
		if err != nil {
			t.Errorf("%s: %v", d.name, err)
		} else if w, ok := f.Tensor("w"); !ok || w.DType != d.name || w.Len() != 3 || len(w.Data) != 3*d.size {
			t.Errorf("%s: %+v", d.name, w)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range hostile {
		f.Add(c.file)
	}
	files, err := filepath.Glob("testdata/*.safetensors")
	if err != nil || len(files) < 5 {
		f.Fatalf("%d files in testdata, error %v", len(files), err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(two("[4,8]", "[0,4]", 8))
	f.Add(file(`{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[0,1],"data_offsets":[0,0]}}  `, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		p, err := Parse(b)
		if !bytes.Equal(b, before) {
			t.Fatal("Parse changed its input")
		}
		if err != nil {
			if p != nil || len(err.Error()) > 2000 {
				t.Fatalf("a File %v beside the error, or a long message: %v", p, err)
			}
			return
		}
		checkFile(t, b, p)
	})
}

// checkFile checks what Parse promises of the File f of the bytes b, and that
// writing its F32 tensors and reading them gives the same.
func checkFile(t *testing.T, b []byte, f *File) {
	var tensors []TensorData
	total := 0
	for _, name := range f.Names() {
		v, ok := f.Tensor(name)
		if !ok || v.Name != name {
			t.Fatalf("no tensor %q", name)
		}
		size := 0
		for _, d := range dtypes {
			if d.name == v.DType {
				size = d.size
			}
		}
		if size == 0 || len(v.Data) != size*v.Len() || cap(v.Data) != len(v.Data) {
			t.Fatalf("tensor %q: %s %v has %d bytes", name, v.DType, v.Shape, len(v.Data))
		}
		total += len(v.Data)
		dst := make([]float32, len(v.Data)/4)
		if err := v.Float32s(dst); (err == nil) != (v.DType == "F32") {
			t.Fatalf("tensor %q of %s: error %v", name, v.DType, err)
		} else if err == nil {
			tensors = append(tensors, TensorData{name, v.Shape, dst})
		}
		if d, err := v.Float64s(); (err == nil) != (v.DType == "F32" || v.DType == "F64") || err == nil && len(d) != v.Len() {
			t.Fatalf("tensor %q of %s: %d elements, error %v", name, v.DType, len(d), err)
		}
	}
	if data := b[len(b)-total:]; len(f.Names()) > 0 && total > 0 {
		if first, _ := f.Tensor(f.Names()[0]); len(first.Data) > 0 && &first.Data[0] != &data[0] {
			t.Fatal("the first tensor's data are not at the begin of the data section")
		}
	}

	var out bytes.Buffer
	if err := Write(&out, f.Metadata, tensors); err != nil {
		t.Fatal(err)
	}
	g, err := Parse(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(f.Metadata, g.Metadata) || len(g.Names()) != len(tensors) {
		t.Fatalf("%d tensors and metadata %q became %d and %q", len(tensors), f.Metadata, len(g.Names()), g.Metadata)
	}
	for i, name := range g.Names() {
		was, _ := f.Tensor(name)
		is, _ := g.Tensor(name)
		if name != tensors[i].Name || !slices.Equal(was.Shape, is.Shape) || !bytes.Equal(was.Data, is.Data) {
			t.Fatalf("tensor %q became %q %v", tensors[i].Name, name, is.Shape)
		}
	}
}
