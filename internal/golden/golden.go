// Package golden reads reference vectors for tests: JSON files in which an array
// is {"shape": […], "f64": base64 of little-endian float64}.
package golden

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"testing"
)

// Array is a row-major array of float64.
type Array struct {
	Shape []int
	Data  []float64
}

// UnmarshalJSON reads the form of the package.
func (a *Array) UnmarshalJSON(b []byte) error {
	var v struct {
		Shape []int
		F64   string
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(v.F64)
	if err != nil {
		return err
	}
	a.Shape, a.Data = v.Shape, make([]float64, len(raw)/8)
	for i := range a.Data {
		a.Data[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	return nil
}

// Float32 returns the elements rounded to float32.
func (a Array) Float32() []float32 { return Float32(a.Data) }

// Float32 returns x rounded to float32.
func Float32(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

// Read decodes the JSON file into v.
func Read(t testing.TB, path string, v any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// Close reports an error for each element of got that differs from want by more
// than rel·max|want| + abs.
func Close(t testing.TB, name string, got []float32, want []float64, rel, abs float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", name, len(got), len(want))
	}
	bound := 0.0
	for _, w := range want {
		bound = max(bound, math.Abs(w))
	}
	bound = rel*bound + abs
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - w); !(d <= bound) {
			t.Errorf("%s: element %d is %g, want %g: off by %g, more than %g", name, i, got[i], w, d, bound)
			return
		}
	}
}
