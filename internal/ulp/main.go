// Ulp measures the error of the elementary functions of package kernels, input
// by input (on all 2³² with -all), and writes kernels/ACCURACY.md. Run it at the
// root of the module:
//
//	go run ./internal/ulp
//
// It takes about ten minutes on two cores. With -fn or -stride it prints the
// table and writes nothing; that is how a new polynomial is tried.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"strings"
	"time"

	"github.com/hadamard-go/hadamard/internal/ulp/sweep"
)

const intro = `# Accuracy of the elementary functions

Written by

    go run ./internal/ulp

ULP: the largest error in units in the last place of the exact value, subnormal results included; a correctly rounded result
has at most 0.5. At: the bits of the input where it occurs, and x its value. Rounded: the share of the inputs tried whose
result is the float32 nearest to the exact value. Exact values are computed in float64.

Inputs tried: every float32 for Log and Selu; for the others every float32 between 2⁻²⁷ and the end of the function's range in
magnitude, and one in 4099 of the rest. Smaller ones are computed as the tangent at 0, because each polynomial and each sum
rounds to its first term there; larger ones are clamped to the end of the range; Elu is x for x ≥ 0. With -all all are tried.

| function | ULP | at | x | rounded | inputs |
|---|---|---|---|---|---|
`

const zeros = `
The derivatives below cross zero, so between −2 and 0, where they are below ¼ in magnitude, the error is bounded absolutely,
here in units of 2⁻²⁴; the table above leaves these inputs out.

| function | absolute error · 2²⁴ | at | x |
|---|---|---|---|
`

func main() {
	log.SetFlags(0)
	fn := flag.String("fn", "", "functions to measure, separated by commas (default all)")
	stride := flag.Uint64("stride", 1, "measure every n-th bit pattern only")
	all := flag.Bool("all", false, "leave nothing out (an hour rather than ten minutes)")
	flag.Parse()
	if *stride == 0 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}

	var table, near bytes.Buffer
	failed, found := false, map[string]bool{}
	for _, f := range sweep.Funcs {
		if *fn != "" && !strings.Contains(","+*fn+",", ","+f.Name+",") {
			continue
		}
		found[f.Name] = true
		start := time.Now()
		r := f.Run(*stride, *all)
		r.Merge(f.Points())
		fmt.Fprintf(&table, "| %s | %.4f | %08x | %g | %.2f %% | %d |\n", f.Name, r.Max, r.At,
			math.Float32frombits(r.At), 100*float64(r.Rounded)/float64(r.Inputs), r.Inputs)
		if f.NearZero != nil {
			fmt.Fprintf(&near, "| %s | %.4f | %08x | %g |\n", f.Name, r.MaxAbs*0x1p24, r.AbsAt, math.Float32frombits(r.AbsAt))
		}
		log.Printf("%-13s %.4f ULP at %08x (%v)", f.Name, r.Max, r.At, time.Since(start).Round(time.Second))
		if err := f.Check(r); err != nil {
			failed = true
			log.Print(err)
		}
	}
	for _, name := range strings.Split(*fn, ",") {
		if *fn != "" && !found[name] {
			log.Fatalf("unknown function %q", name)
		}
	}

	out := intro + table.String()
	if near.Len() > 0 {
		out += zeros + near.String()
	}
	if *fn != "" || *stride != 1 {
		fmt.Print(out)
	} else if err := os.WriteFile("kernels/ACCURACY.md", []byte(out), 0o666); err != nil {
		log.Fatal(err)
	}
	if failed {
		os.Exit(1)
	}
}
