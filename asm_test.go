package hadamard

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The rules of the assembly, on its source: what the tools do not see, and what
// keeps it readable.
func TestAssemblySource(t *testing.T) {
	stubs := goStubs(t)
	text := regexp.MustCompile(`^TEXT ·(\w+)\(SB\), 0, \$[1-9]\d\d-\d+$`)
	forbidden := regexp.MustCompile(`\b(V?RCP|V?RSQRT|VDPBF16)\w*`)
	files, _ := filepath.Glob("*.s")
	headers, _ := filepath.Glob("*.h")
	kernels := 0
	for _, name := range append(files, headers...) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
		header := strings.HasSuffix(name, ".h")
		if limit := map[bool]int{true: 250, false: 1500}[header]; len(lines) > limit {
			t.Errorf("%s: %d lines, at most %d", name, len(lines), limit)
		}
		bad := func(i int, format string, args ...any) {
			t.Errorf("%s:%d: %s", name, i+1, fmt.Sprintf(format, args...))
		}
		textAt, macroAt := -1, -1
		for i, line := range lines {
			code, _, _ := strings.Cut(line, "//")
			if m := forbidden.FindString(code); m != "" {
				bad(i, "%s differs between processors", m)
			}
			if header && (strings.Contains(code, "TEXT") || strings.Contains(code, "(FP)")) {
				bad(i, "vet does not look into a header: TEXT and arguments stand in a .s")
			}
			if strings.HasPrefix(strings.TrimSpace(line), "PCALIGN") && i > 0 && strings.HasSuffix(strings.TrimSpace(lines[i-1]), ":") {
				bad(i, "PCALIGN after a label: the assembler may hang")
			}
			if strings.HasPrefix(line, "#define") {
				macroAt = i
			}
			if macroAt >= 0 && !strings.HasSuffix(line, `\`) {
				if i-macroAt >= 24 {
					bad(macroAt, "macro of %d lines, at most 24", i-macroAt+1)
				}
				macroAt = -1
			}
			if strings.HasPrefix(line, "TEXT") {
				m := text.FindStringSubmatch(line)
				if m == nil {
					bad(i, "a TEXT has the form TEXT ·name(SB), 0, $frame-n, the frame at least 100 bytes: its prologue is where it can be preempted")
					continue
				}
				kernels++
				textAt = i
				if i == 0 || !strings.HasPrefix(lines[i-1], "// func "+m[1]+"(") {
					bad(i, "the line before a TEXT is its Go declaration")
				}
				if !stubs[m[1]] {
					bad(i, "%s has no stub with //go:noescape", m[1])
				}
			}
			if textAt >= 0 && strings.TrimSpace(line) == "RET" && i-textAt >= 120 {
				bad(textAt, "TEXT of %d lines, at most 120", i-textAt+1)
			}
		}
	}
	if len(files) > 0 && kernels < 70 {
		t.Errorf("found only %d kernels", kernels)
	}
}

// goStubs returns the functions without a body that are declared not to let
// their arguments escape.
func goStubs(t *testing.T) map[string]bool {
	stub := regexp.MustCompile(`(?m)^//go:noescape\nfunc (\w+)\(`)
	found := map[string]bool{}
	files, _ := filepath.Glob("*.go")
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range stub.FindAllStringSubmatch(string(b), -1) {
			found[m[1]] = true
		}
	}
	return found
}
