package main

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	const in = `goos: linux
goarch: amd64
cpu: A Processor
BenchmarkGemm/level=go/b=packed/m=64/k=64/n=64-2         	  10	 250000 ns/op	 2.0 GFLOP/s	 1 %roof	 0 B/op	 0 allocs/op
BenchmarkGemm/level=avx2/b=packed/m=64/k=64/n=64-2       	 100	   4000 ns/op	 90.0 %roof	 100 GFLOP/s
BenchmarkGemm/level=avx2/b=packed/m=64/k=64/n=64-2       	 100	   5000 ns/op	 91.0 %roof	 100 GFLOP/s
BenchmarkGemm/level=avx2/b=packed/m=64/k=64/n=64-2       	 100	   9000 ns/op	 99.0 %roof	 100 GFLOP/s
BenchmarkFunc/level=avx2/func=exp/n=4096 	 100	 1100 ns/op	 1.107 cycles/elem
BenchmarkParallel/level=avx2/b=packed/m=64/k=784/n=256/threads=2-2 	 100	 2e+06 ns/op	 1.9 x1	 200 GFLOP/s
PASS
`
	const want = `linux, amd64, A Processor

| benchmark | go | avx2 |
|---|---|---|
| Gemm b=packed m=64 k=64 n=64 | 1.0 %, 250 µs | 91.0 %, 5 µs |
| Func func=exp n=4096 |  | 1.11 cycles/elem, 1.1 µs |
| Parallel b=packed m=64 k=784 n=256 threads=2 |  | 1.90×, 2 ms |
`
	var out strings.Builder
	if err := run(strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestTableOfNothing(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "no benchmark",
		"PASS\nok  \tx\t0.1s\n":   "no benchmark",
		"BenchmarkGemm-2 \t 10\n": "line 1: \"Gemm\" has no values",
	} {
		if err := run(strings.NewReader(in), new(strings.Builder)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", in, err, want)
		}
	}
}
