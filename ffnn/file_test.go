package ffnn

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/internal/safetensors"
)

// fileModel is a model that uses every part of the file.
func fileModel(t testing.TB) *Model {
	n, _ := trainingRun(t)
	err := n.SetMeta(Meta{Features: []string{"a", "b", "c", "d", "e", "f"}, Classes: []string{"x", "y", "z"}, Target: "kind"})
	if err != nil {
		t.Fatal(err)
	}
	return n.Compile()
}

func modelBytes(t testing.TB, m *Model) []byte {
	var b bytes.Buffer
	n, err := m.WriteTo(&b)
	if err != nil || n != int64(b.Len()) {
		t.Fatalf("wrote %d of %d bytes: %v", n, b.Len(), err)
	}
	return b.Bytes()
}

func TestSaveLoad(t *testing.T) {
	m := fileModel(t)
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	back, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(m.params, back.params) || m.Summary() != back.Summary() {
		t.Error("another model came back")
	}
	if got := back.Meta(); got.Target != "kind" || got.Classes[2] != "z" || got.Features[5] != "f" {
		t.Errorf("names: %+v", got)
	}
	x := randomMatrix(20, 6, 1)
	for i := range x.Rows {
		if !slices.Equal(m.Predict(nil, x.Row(i)), back.Predict(nil, x.Row(i))) {
			t.Errorf("row %d: another prediction", i)
		}
	}
	if !bytes.Equal(modelBytes(t, m), modelBytes(t, back)) {
		t.Error("written again, the file has other bytes")
	}
	// Loaded, Reset gives the weights that it gives to the network as it was.
	a := must(New(3, Dense(9, ReLU), Dense(8, SELU), Dense(2, Softmax)))
	b := must(Parse(modelBytes(t, a.Compile()))).Network()
	a.Reset(5)
	b.Reset(5)
	if !slices.Equal(a.params, b.params) {
		t.Error("after loading, Reset gives other weights")
	}
	// A regression with scaled targets.
	n := must(New(1, Dense(1, Identity)))
	if err := n.SetTargetScaler(Scaler{Shift: []float32{7}, Scale: []float32{0.1}}); err != nil {
		t.Fatal(err)
	}
	m = n.Compile()
	back = must(Parse(modelBytes(t, m)))
	if a, b := m.Predict(nil, []float32{3})[0], back.Predict(nil, []float32{3})[0]; a != b {
		t.Errorf("%g became %g", a, b)
	}
}

// Empty scalers are no scalers.
func TestEmptyScaler(t *testing.T) {
	n := must(New(1, Dense(1, Identity)))
	m := n.Compile()
	for _, key := range []string{"scaler", "target_scaler"} {
		b := withArch(t, m, func(a map[string]any) { a[key] = Scaler{Shift: []float32{}, Scale: []float32{}} })
		if got, want := must(Parse(b)).Predict(nil, []float32{3}), m.Predict(nil, []float32{3}); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", key, got, want)
		}
	}
}

// What is allocated to load a file is a multiple of its size.
func TestLoadMemory(t *testing.T) {
	n := must(New(1, Dense(1<<18, ReLU), Dense(1, Identity)))
	b := modelBytes(t, n.Compile())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	must(Parse(b))
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 16*uint64(len(b)) {
		t.Errorf("%d bytes for a file of %d", got, len(b))
	}
}

// The names and shapes by which PyTorch and NumPy find the tensors.
func TestFileTensors(t *testing.T) {
	m := fileModel(t)
	f := must(safetensors.Parse(modelBytes(t, m)))
	w, ok := f.Tensor("layers.1.weight")
	if !ok || !slices.Equal(w.Shape, []int{17, 20}) {
		t.Fatalf("layers.1.weight: %v", w.Shape)
	}
	v := make([]float32, w.Len())
	if err := w.Float32s(v); err != nil {
		t.Fatal(err)
	}
	if want := m.layers[1].w.Weight(3, 5); v[5*20+3] != want {
		t.Errorf("weight from input 3 to output 5 is %g, want %g", v[5*20+3], want)
	}
	if b, ok := f.Tensor("layers.1.bias"); !ok || !slices.Equal(b.Shape, []int{17}) {
		t.Errorf("layers.1.bias: %v", b.Shape)
	}
}

func TestSaveKeepsOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.safetensors")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := fileModel(t).Save(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err != nil {
		t.Error(err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("%d files in the directory", len(files))
	}
	if err := fileModel(t).Save(filepath.Join(dir, "no", "m")); err == nil {
		t.Error("wrote into a directory that is not there")
	}
	if err := fileModel(t).Save(dir); err == nil {
		t.Error("wrote over a directory")
	}
}

// withArch returns the bytes of a file with the tensors of m and another
// architecture.
func withArch(t testing.TB, m *Model, change func(a map[string]any)) []byte {
	f := must(safetensors.Parse(modelBytes(t, m)))
	var a map[string]any
	if err := json.Unmarshal([]byte(f.Metadata[metadataKey]), &a); err != nil {
		t.Fatal(err)
	}
	change(a)
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return withMetadata(t, f, map[string]string{metadataKey: string(text)}, "")
}

// withMetadata returns the bytes of a file with the tensors of f but one.
func withMetadata(t testing.TB, f *safetensors.File, meta map[string]string, without string) []byte {
	var ts []safetensors.TensorData
	for _, name := range f.Names() {
		x, _ := f.Tensor(name)
		v := make([]float32, x.Len())
		if err := x.Float32s(v); err != nil {
			t.Fatal(err)
		}
		if name != without {
			ts = append(ts, safetensors.TensorData{Name: name, Shape: x.Shape, Data: v})
		}
	}
	var b bytes.Buffer
	if err := safetensors.Write(&b, meta, ts); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLoadRefuses(t *testing.T) {
	m := fileModel(t)
	good := modelBytes(t, m)
	f := must(safetensors.Parse(good))
	layer := func(i int, key string, v any) []byte {
		return withArch(t, m, func(a map[string]any) { a["layers"].([]any)[i].(map[string]any)[key] = v })
	}
	field := func(key string, v any) []byte {
		return withArch(t, m, func(a map[string]any) { a[key] = v })
	}
	nan := slices.Clone(good)
	copy(nan[len(nan)-4:], []byte{0, 0, 0xc0, 0x7f})
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, ""},
		{"text", []byte("hello, I am not a model, I am a text"), ""},
		{"truncated header", good[:20], ""},
		{"truncated data", good[:len(good)-5], ""},
		{"trailing bytes", append(slices.Clone(good), 1, 2, 3, 4), ""},
		{"huge header", append([]byte{255, 255, 255, 255, 255, 255, 255, 127}, good[8:]...), ""},
		{"no metadata", withMetadata(t, f, nil, ""), "not a model of this program"},
		{"metadata is not JSON", withMetadata(t, f, map[string]string{metadataKey: "{"}, ""), "architecture in __metadata__"},
		{"metadata is an array", withMetadata(t, f, map[string]string{metadataKey: "[]"}, ""), "architecture in __metadata__"},
		{"JSON and more", withMetadata(t, f, map[string]string{metadataKey: f.Metadata[metadataKey] + "x"}, ""), "architecture in __metadata__"},
		{"newer version", field("version", 2), "version 2: this program reads version 1"},
		{"no version", field("version", nil), "version 0"},
		{"unknown field", field("colour", 1), "unknown field \"colour\""},
		{"no layers", field("layers", []int{}), "0 layers"},
		{"no inputs", field("inputs", 0), "0 inputs"},
		{"negative inputs", field("inputs", -6), "-6 inputs"},
		{"huge inputs", field("inputs", 1<<30), "layer 0: 1073741824 × 20 weights"},
		{"fractional inputs", field("inputs", 1.5), "architecture in __metadata__"},
		{"unknown activation", layer(1, "activation", "swoosh"), "layer 1: unknown activation \"swoosh\""},
		{"negative alpha", layer(0, "alpha", -1), "layer 0: activation leaky_relu(-1)"},
		{"zero units", layer(2, "units", 0), "layer 2: 0 units"},
		{"huge units", layer(2, "units", 1<<30), "layer 2: 17 × 1073741824 weights"},
		{"other units", layer(5, "units", 4), "tensor layers.5.weight has the shape [3 5]: the architecture wants [4 5]"},
		{"missing tensor", withMetadata(t, f, f.Metadata, "layers.3.bias"), "tensor layers.3.bias is missing"},
		{"spare layer", withArch(t, m, func(a map[string]any) { a["layers"] = a["layers"].([]any)[:5] }), "12 tensors, but the architecture has 10"},
		{"NaN weight", nan, "is NaN: a model's weights are finite"},
		{"short scaler", field("scaler", Scaler{Shift: []float32{1}, Scale: []float32{1}}), "scaler of the inputs: 1 shifts and 1 scales for 6 columns"},
		{"zero scale", field("scaler", Scaler{Shift: make([]float32, 6), Scale: make([]float32, 6)}), "scale 0"},
		{"scaled softmax", field("target_scaler", Scaler{Shift: make([]float32, 3), Scale: []float32{1, 1, 1}}), "only those of the identity can be scaled"},
		{"few features", field("features", []string{"a"}), "1 names of features for 6 inputs"},
		{"many classes", field("classes", []string{"a", "b", "c", "d"}), "4 names of classes for 3 outputs"},
	} {
		if _, err := Parse(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
		path := filepath.Join(t.TempDir(), "bad.safetensors")
		if err := os.WriteFile(path, c.file, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "bad.safetensors") {
			t.Errorf("%s: error %v does not name the file", c.name, err)
		}
	}
}

// Parse does not panic, and what it accepts is written as it was read.
func FuzzParse(f *testing.F) {
	n := must(New(2, Dense(3, LeakyReLU(0.1)), Dense(1, Identity)))
	if err := n.SetTargetScaler(Scaler{Shift: []float32{1}, Scale: []float32{2}}); err != nil {
		f.Fatal(err)
	}
	good := modelBytes(f, n.Compile())
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(bytes.Replace(good, []byte(`\"units\":3`), []byte(`\"units\":9`), 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		again := modelBytes(t, m)
		if !bytes.Equal(again, modelBytes(t, must(Parse(again)))) {
			t.Error("not stable")
		}
		m.Predict(nil, make([]float32, m.Inputs()))
	})
}
