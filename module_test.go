package hadamard_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/hadamard-go/hadamard"

// arrows lists what each package of the module may import of the module and of
// others; internal/golden and internal/guard are for tests, internal/benchtable for benchmarks.
var arrows = map[string][]string{
	"/kernels":              {},
	"/layout":               {},
	"":                      {"/kernels", "/layout", "golang.org/x/sys/cpu", "github.com/klauspost/cpuid/v2"},
	"/data":                 {"/kernels", "/layout"},
	"/internal/safetensors": {},
	"/internal/atomicfile":  {},
	"/internal/benchtable":  {},
	"/internal/golden":      {},
	"/internal/guard":       {},
	"/internal/ulp":         {"/kernels", "/internal/ulp/sweep"},
	"/internal/ulp/sweep":   {"/kernels"},
	"/internal/elementary":  {},
	"/ffnn/lecture":         {"/internal/elementary"},
	"/ffnn/metrics":         {"/kernels", "/layout", "/internal/elementary"},
	"/ffnn":                 {"", "/kernels", "/layout", "/internal/safetensors", "/internal/atomicfile"},

	"/examples/approximation": {"/ffnn", "/kernels", "/layout"},
	"/examples/mnist":         {"/data", "/ffnn"},
}

// Imports go one way: kernels and layout know nothing of the rest, only package
// hadamard knows levels, data knows no networks.
func TestArrows(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	d := json.NewDecoder(strings.NewReader(string(out)))
	for d.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed, known := arrows[name]
		if !known {
			t.Errorf("package %s is not in the list", p.ImportPath)
		}
		for _, i := range p.Imports {
			if standard := !strings.Contains(strings.Split(i, "/")[0], "."); standard {
				continue
			}
			if !slices.Contains(allowed, strings.TrimPrefix(i, module)) {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
	}
}

// The core module has two direct dependencies.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Skipf("go mod edit: %v", err)
	}
	var m struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	var direct []string
	for _, r := range m.Require {
		if !r.Indirect {
			direct = append(direct, r.Path)
		}
	}
	slices.Sort(direct)
	if !slices.Equal(direct, []string{"github.com/klauspost/cpuid/v2", "golang.org/x/sys"}) {
		t.Errorf("direct dependencies: %v", direct)
	}
}

// The program in the README compiles as it stands, and runs.
func TestReadmeProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and trains")
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, program, _ := strings.Cut(string(readme), "```go\n")
	program, _, _ = strings.Cut(program, "```")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(dir, "readme")
	if out, err := exec.Command("go", "build", "-o", exe, filepath.Join(dir, "main.go")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(exe)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "accuracy on held-out rows: 0.9") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "digits.safetensors")); err != nil {
		t.Error(err)
	}
}
