package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// asCommand makes the test binary the command: for tests that need a process.
const asCommand = "HADAMARD_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	latencyTime = 10 * time.Millisecond
	os.Exit(m.Run())
}

// hd runs the command in this process.
func hd(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(stdin), &out, &err)
	return code, out.String(), err.String()
}

// mustRun is hd for a command line that must work, and returns its output.
func mustRun(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	code, stdout, stderr := hd(stdin, args...)
	if code != 0 || stderr != "" {
		t.Fatalf("hadamard %s: exit code %d, %s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

// events parses lines of JSON; null is nil.
func events(t *testing.T, lines string) []map[string]any {
	t.Helper()
	var list []map[string]any
	for line := range strings.Lines(lines) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		list = append(list, v)
	}
	return list
}

// write writes a file of the test and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// snapshot returns what is in a directory, names and contents.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			files[path] = "directory"
			return err
		}
		b, err := os.ReadFile(path)
		files[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// regressionCSV has y = 3a − 2b + 10.
func regressionCSV(rows int) string {
	var b strings.Builder
	b.WriteString("a,b,y\n")
	for i := range rows {
		x, z := float64(i%17), float64(i*7%23)
		fmt.Fprintf(&b, "%g,%g,%g\n", x/4, z/5, 3*x/4-2*z/5+10.5)
	}
	return b.String()
}

// binaryCSV has the label first, and semicolons: yes if a > b.
func binaryCSV(rows int) string {
	var b strings.Builder
	b.WriteString("answer;a;b\n")
	for i := range rows {
		x, z := i*5%31, i*11%29
		answer := "no"
		if x > z {
			answer = "yes"
		}
		fmt.Fprintf(&b, "%s;%d;%d\n", answer, x, z)
	}
	return b.String()
}

// multiclassCSV has no header: three classes by the sign of x − 10 and of z − 10.
func multiclassCSV(rows int) string {
	var b strings.Builder
	for i := range rows {
		x, z := i*5%23, i*3%19
		class := "left"
		if x > 10 && z > 10 {
			class = "top"
		} else if x > 10 {
			class = "right"
		}
		fmt.Fprintf(&b, "%d,%d,%s\n", x, z, class)
	}
	return b.String()
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{
		{}, {"--help"}, {"help", "json"}, {"--version"},
		{"train", "--help"}, {"predict", "--help"}, {"eval", "--help"}, {"inspect", "--help"}, {"info", "--help"},
	} {
		if out := mustRun(t, "", args...); !strings.Contains(out, "hadamard") && !strings.Contains(out, "--json") {
			t.Errorf("%q: %s", args, out)
		}
	}
}

func TestInfo(t *testing.T) {
	if out := mustRun(t, "", "info"); !strings.Contains(out, "level") || !strings.Contains(out, "caches") {
		t.Error(out)
	}
	info := events(t, mustRun(t, "", "info", "--json"))[0]
	for _, name := range []string{"version", "go", "level", "levels", "arithmetic", "fma", "goos", "goarch", "cpu", "features", "caches"} {
		if _, ok := info[name]; !ok {
			t.Errorf("info --json has no %s: %v", name, info)
		}
	}
}

// brokenWriter takes some bytes and then none.
type brokenWriter struct{ left int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, fmt.Errorf("no space left")
	}
	return len(p), nil
}

func TestOutputFull(t *testing.T) {
	t.Chdir(t.TempDir())
	mustRun(t, "", "train", "iris", "--epochs", "3", "--quiet")
	for _, args := range [][]string{
		{"info"}, {"inspect", "iris.safetensors"}, {"inspect", "iris.safetensors", "--json"},
		{"predict", "iris.safetensors", "iris"}, {"predict", "iris.safetensors", "iris", "--json"},
		{"eval", "iris.safetensors", "iris"}, {"train", "iris", "--epochs", "3"},
	} {
		var stderr bytes.Buffer
		code := run(context.Background(), args, strings.NewReader(""), &brokenWriter{100}, &stderr)
		if code != exitFailure || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%q: exit code %d, %s", args, code, &stderr)
		}
	}
}

func TestTexts(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{nanoseconds(999), "999 ns"}, {nanoseconds(13249), "13.2 µs"}, {nanoseconds(2.5e6), "2.5 ms"},
		{size(12), "12 bytes"}, {size(2048), "2.0 KiB"}, {size(3 << 20), "3.0 MiB"},
		{wrap([]string{"ab", "cd", "ef"}, 2, 8), "ab cd\n  ef"},
		{source{name: "dir/a.b.csv"}.stem(), "a.b"}, {source{name: ".csv"}.stem(), ".csv"}, {source{name: "-"}.stem(), "model"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
