package hadamard

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/kernels"
)

func TestLevels(t *testing.T) {
	if got, err := chooseLevel("go"); got != LevelGo || err != nil {
		t.Errorf("go: %v, %v", got, err)
	}
	all := Levels()
	if got, err := chooseLevel(""); got != all[len(all)-1] || err != nil {
		t.Errorf("empty: %v, %v", got, err)
	}
	if _, err := chooseLevel("avx3"); err == nil || !strings.Contains(err.Error(), "HADAMARD_LEVEL=avx3: this machine has: go") {
		t.Errorf("avx3: %v", err)
	}
	for _, l := range all {
		if back, err := chooseLevel(l.String()); back != l || err != nil {
			t.Errorf("%v came back as %v, %v", l, back, err)
		}
	}
	if got := Level(200).String(); got != "Level(200)" {
		t.Error(got)
	}
}

// A level that is not there stops the program at its start.
func TestUnknownLevelPanics(t *testing.T) {
	if os.Getenv("HADAMARD_LEVEL") == "nonesuch" {
		return // not reached: package initialisation panics
	}
	exe, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestUnknownLevelPanics$")
	cmd.Env = append(os.Environ(), "HADAMARD_LEVEL=nonesuch")
	out, err := cmd.CombinedOutput()
	if _, ran := err.(*exec.ExitError); err != nil && !ran {
		t.Skip(err) // under emulation the system cannot start the program
	}
	if err == nil || !strings.Contains(string(out), "hadamard: HADAMARD_LEVEL=nonesuch: this machine has: go") {
		t.Errorf("error %v, output:\n%s", err, out)
	}
}

func TestInfo(t *testing.T) {
	i := Info()
	if i.Level != level.String() || len(i.Levels) == 0 || i.Levels[0] != "go" || i.Arithmetic != kernels.Version {
		t.Errorf("%+v", i)
	}
	if c := i.Caches; c.L1D < 8<<10 || c.L2 < 64<<10 || c.L3 < 0 || c.L3 > 64<<20 {
		t.Errorf("caches %+v", c)
	}
	if s := i.String(); !strings.Contains(s, "level       "+i.Level+"\n") {
		t.Error(s)
	}
}

func TestSysfsCaches(t *testing.T) {
	dir := t.TempDir()
	write := func(index, name, text string) {
		if err := os.MkdirAll(dir+"/"+index, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+"/"+index+"/"+name, []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for index, f := range map[string][3]string{
		"index0": {"1", "Data", "64K"}, "index1": {"1", "Instruction", "32K"},
		"index2": {"2", "Unified", "1024K"}, "index3": {"3", "Unified", "nonsense"},
	} {
		write(index, "level", f[0])
		write(index, "type", f[1])
		write(index, "size", f[2])
	}
	if got, want := sysfsCaches(dir), (Caches{L1D: 64 << 10, L2: 1 << 20}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := sysfsCaches(dir + "/none"); got != (Caches{}) {
		t.Errorf("%+v of nothing", got)
	}
}

// HADAMARD_REQUIRE_LEVEL names the level that must be in use: where a machine
// (or an emulated one) is tested for a level, another must not pass in silence.
func TestRequiredLevel(t *testing.T) {
	if want := os.Getenv("HADAMARD_REQUIRE_LEVEL"); want != "" && level.String() != want {
		t.Errorf("level %v is in use, %s is required; this machine has %v", level, want, Levels())
	}
}
