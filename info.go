package hadamard

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/klauspost/cpuid/v2"
	"golang.org/x/sys/cpu"
)

// MachineInfo describes the machine and what the library makes of it.
type MachineInfo struct {
	Level      string   `json:"level"`      // the level in use
	Levels     []string `json:"levels"`     // those that the machine supports, slowest first
	Arithmetic int      `json:"arithmetic"` // kernels.Version: equal versions give equal bits
	FMA        string   `json:"fma"`        // how level go computes a fused multiply-add: "hardware" or "exact"
	GOOS       string   `json:"goos"`
	GOARCH     string   `json:"goarch"`
	CPU        string   `json:"cpu"`      // the name that the processor gives itself; may be empty
	Features   []string `json:"features"` // instruction sets of interest that may be used
	Caches     Caches   `json:"caches"`
}

// Caches has the sizes of the data caches that one core can use, in bytes.
type Caches struct {
	L1D int `json:"l1d"`
	L2  int `json:"l2"`
	L3  int `json:"l3"`
}

// Info returns what the library knows of the machine. It allocates.
func Info() MachineInfo {
	fma := "exact"
	if kernels.HardwareFMA() {
		fma = "hardware"
	}
	info := MachineInfo{
		Level: level.String(), Arithmetic: kernels.Version, FMA: fma,
		GOOS: runtime.GOOS, GOARCH: runtime.GOARCH,
		CPU: cpuid.CPU.BrandName, Features: features(), Caches: caches(),
	}
	for _, l := range Levels() {
		info.Levels = append(info.Levels, l.String())
	}
	return info
}

// String returns the information as a table.
func (i MachineInfo) String() string {
	var b strings.Builder
	for _, row := range [][2]string{
		{"level", i.Level},
		{"levels", strings.Join(i.Levels, " ")},
		{"arithmetic", fmt.Sprintf("version %d", i.Arithmetic)},
		{"fma", i.FMA},
		{"platform", i.GOOS + "/" + i.GOARCH},
		{"cpu", i.CPU},
		{"features", strings.Join(i.Features, " ")},
		{"caches", fmt.Sprintf("L1d %d KiB, L2 %d KiB, L3 %d KiB", i.Caches.L1D>>10, i.Caches.L2>>10, i.Caches.L3>>10)},
	} {
		fmt.Fprintf(&b, "%-11s %s\n", row[0], row[1])
	}
	return b.String()
}

// features lists what x/sys/cpu says may be used: the processor has it, and the
// operating system saves its registers.
func features() []string {
	var names []string
	for _, f := range []struct {
		name string
		has  bool
	}{
		{"avx2", cpu.X86.HasAVX2},
		{"fma", cpu.X86.HasFMA},
		{"avx512f", cpu.X86.HasAVX512F},
		{"avx512bw", cpu.X86.HasAVX512BW},
		{"avx512dq", cpu.X86.HasAVX512DQ},
		{"avx512vl", cpu.X86.HasAVX512VL},
		{"avx512vnni", cpu.X86.HasAVX512VNNI},
		{"avx512bf16", cpu.X86.HasAVX512BF16},
		{"asimd", cpu.ARM64.HasASIMD},
		{"asimddp", cpu.ARM64.HasASIMDDP},
		{"sve", cpu.ARM64.HasSVE},
	} {
		if f.has {
			names = append(names, f.name)
		}
	}
	return names
}

// caches returns the cache sizes from the processor, or where it does not tell
// (most of arm64, riscv64, s390x; some emulators) from Linux, or else a guess.
// A size out of all proportion is cut: a virtual machine may report the whole
// cache of a socket that it shares.
func caches() Caches {
	c := cpuid.CPU.Cache
	sys := sysfsCaches("/sys/devices/system/cpu/cpu0/cache")
	pick := func(reported, fromSysfs, guess, lo, hi int) int {
		switch {
		case reported > 0:
		case fromSysfs > 0:
			reported = fromSysfs
		default:
			reported = guess
		}
		return min(max(reported, lo), hi)
	}
	return Caches{
		L1D: pick(c.L1D, sys.L1D, 32<<10, 8<<10, 256<<10),
		L2:  pick(c.L2, sys.L2, 512<<10, 64<<10, 16<<20),
		L3:  pick(c.L3, sys.L3, 4<<20, 0, 64<<20),
	}
}

// sysfsCaches reads the sizes from Linux's cacheinfo directory; what is not
// there is 0.
func sysfsCaches(dir string) Caches {
	var c Caches
	indexes, _ := filepath.Glob(filepath.Join(dir, "index*"))
	for _, index := range indexes {
		field := func(name string) string {
			b, _ := os.ReadFile(filepath.Join(index, name))
			return strings.TrimSpace(string(b))
		}
		kib, err := strconv.Atoi(strings.TrimSuffix(field("size"), "K"))
		if err != nil || kib < 0 || kib > 1<<20 || field("type") == "Instruction" {
			continue
		}
		switch field("level") {
		case "1":
			c.L1D = kib << 10
		case "2":
			c.L2 = kib << 10
		case "3":
			c.L3 = kib << 10
		}
	}
	return c
}
