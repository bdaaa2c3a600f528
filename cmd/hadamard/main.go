// The command hadamard trains feed-forward neural networks on tables of
// numbers and predicts with them.
//
//	hadamard train digits
//	hadamard predict digits.safetensors scans.csv
//
// hadamard help says more.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
