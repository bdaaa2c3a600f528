//go:build !(amd64 || arm64) || !gc || purego

package hadamard

import "github.com/hadamard-go/hadamard/layout"

// The products of the level go.

func gemm(m, n, k int, a []float32, rsa, csa int, b []float32, rsb, csb int, c layout.Matrix, accumulate bool) {
	gemmGo(m, n, k, a, rsa, csa, b, rsb, csb, c, accumulate)
}

func gemmBias(c, a, b layout.Matrix, bias []float32, act Activation) { gemmBiasGo(c, a, b, bias, act) }
func denseOne(y, x []float32, w *layout.Panels, act Activation, flush float32) {
	denseGo(row(y), row(x), *w, act, flush)
}
func dense(y, x *layout.Matrix, w *layout.Panels, act Activation, flush float32) {
	denseGo(*y, *x, *w, act, flush)
}
func denseGradW(g layout.Panels, x, delta layout.Matrix, accumulate bool, from, to int) {
	denseGradWGo(g, x, delta, accumulate, from, to)
}
func denseGradX(dx, delta layout.Matrix, w layout.Panels, x layout.Matrix, act Activation, from int) {
	denseGradXGo(dx, delta, w, x, act, from)
}
