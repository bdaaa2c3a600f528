package lecture

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
)

func TestFormat(t *testing.T) {
	var g struct {
		Format []struct {
			Value    float64
			Decimals int
			Text     string
		}
		Lines []struct {
			Progression float64
			TrainError  *float64 `json:"train_error"`
			TrainAcc    *float64 `json:"train_acc"`
			ValError    *float64 `json:"val_error"`
			ValAcc      *float64 `json:"val_acc"`
			Line        string
		}
	}
	golden.Read(t, "testdata/format_progress.json", &g)
	if len(g.Format) != 40 || len(g.Lines) != 6 {
		t.Fatalf("%d values, %d lines", len(g.Format), len(g.Lines))
	}
	for _, v := range g.Format {
		if got := format(v.Value, v.Decimals); got != v.Text {
			t.Errorf("format(%v, %d) is %q, want %q", v.Value, v.Decimals, got, v.Text)
		}
	}
	value := func(v *float64) float64 {
		if v == nil {
			return math.NaN()
		}
		return *v
	}
	for _, v := range g.Lines {
		got := progressBar(v.Progression, value(v.TrainError), value(v.TrainAcc), value(v.ValError), value(v.ValAcc))
		if got != v.Line {
			t.Errorf("line of %v:\n%q, want\n%q", v.Progression, got, v.Line)
		}
	}
}

func TestLog10(t *testing.T) {
	for k := range 23 {
		if got := log10(math.Pow10(k)); got != float64(k) {
			t.Errorf("log10(1e%d) = %v", k, got)
		}
	}
	for _, v := range []struct {
		v, want float64 // by Python on Linux
	}{
		{999.9999999999994, 3}, {math.Nextafter(10, 0), 0.9999999999999999}, {math.Nextafter(1, 0), -4.8216373327664354e-17},
		{9.99999999999999e-05, -4}, {0.09999999999999998, -1}, {0.5, -0.3010299956639812}, {5e-324, -323.3062153431158},
	} {
		if got := log10(v.v); got != v.want {
			t.Errorf("log10(%v) = %v, want %v", v.v, got, v.want)
		}
	}
}

func TestPythonFloat(t *testing.T) {
	for v, want := range map[float64]string{
		0.001: "0.001", 0.1: "0.1", 1: "1.0", 1e-4: "0.0001", 1e-5: "1e-05", 2.5e-7: "2.5e-07", 1e16: "1e+16", 123456789: "123456789.0",
	} {
		if got := pythonFloat(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
	if got := pythonLambda(0) + pythonLambda(1e-4); got != "00.0001" {
		t.Error(got)
	}
}

// What a whole fit writes.
func TestProgress(t *testing.T) {
	c := readTraces(t, "fit_seed")[1] // gate_AND
	f := c.network(t)
	var b bytes.Buffer
	s, err := f.Fit(context.Background(), c.tensor(t, "X"), c.tensor(t, "t"), newScheduler(t, c.Scheduler, c.Params), FitConfig{Epochs: 4, Progress: &b})
	if err != nil {
		t.Fatal(err)
	}
	want := "Adam: Eta=0.1, Lambda=0\n"
	last := ""
	for e, part := range []float64{0, 0.25, 0.5, 0.75} {
		last = progressBar(part, s.TrainErrors[e], s.TrainAccs[e], math.NaN(), math.NaN())
		want += "\r" + last
	}
	want += "\r" + strings.Repeat(" ", len(last)) + "\r" + progressBar(1, s.TrainErrors[3], s.TrainAccs[3], math.NaN(), math.NaN())
	if b.String() != want {
		t.Errorf("wrote\n%q, want\n%q", b.String(), want)
	}

	broken := errors.New("broken")
	_, err = f.Fit(context.Background(), c.tensor(t, "X"), c.tensor(t, "t"), newScheduler(t, c.Scheduler, c.Params),
		FitConfig{Epochs: 4, Progress: writer(func([]byte) (int, error) { return 0, broken })})
	if !errors.Is(err, broken) {
		t.Errorf("a broken writer: %v", err)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }
