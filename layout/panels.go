package layout

import "math"

// Width is the number of columns of a panel: one AVX-512 register of float32,
// two AVX2 registers, four NEON registers.
const Width = 16

// Panels is the packed form of a layer's weights W (K × N) and bias b (N): the
// columns are cut into panels of Width, each panel holds its part of the bias
// first and then its part of each row of W, and the last panel is filled up
// with zeros. This is the form that every kernel on every machine reads, for
// one row and for many; row-major weights appear only at the border.
//
// For K = 3, N = 18 (b: bias, k: row of W, columns in hexadecimal, 0: zero):
//
//	Data →  b0 b1 b2 … bf   k=0: 00 01 … 0f   k=1: 10 11 … 1f   k=2: 20 … 2f   panel 0
//	        bg bh  0 …  0   k=0: 0g 0h … 0    k=1: 1g 1h … 0    k=2: 2g 2h … 0 panel 1
//
// Element (k, j) is Data[(j/16)·(K+1)·16 + (k+1)·16 + j mod 16], the bias row
// being k = −1. Data should be 64-byte aligned (Alloc): kernels are right
// without, but slower.
type Panels struct {
	Data []float32
	K    int // rows of W: inputs
	N    int // columns of W: outputs
}

// PanelsLen returns the number of elements of the panels of a K × N layer.
// It panics if k or n is negative or the product overflows.
func PanelsLen(k, n int) int {
	size, ok := panelsLen(k, n)
	if !ok {
		panic("layout: PanelsLen: negative dimension or too many elements")
	}
	return size
}

func panelsLen(k, n int) (int, bool) {
	if k < 0 || k == math.MaxInt || n < 0 || n > math.MaxInt-Width {
		return 0, false
	}
	return product(Pad(n), k+1)
}

// NewPanels returns the panels of a K × N layer, all zero, aligned.
// It panics as PanelsLen does.
func NewPanels(k, n int) Panels {
	return Panels{Data: Alloc(PanelsLen(k, n)), K: k, N: n}
}

// Valid reports whether the dimensions are not negative and len(Data) is
// PanelsLen(K, N).
func (p Panels) Valid() bool {
	size, ok := panelsLen(p.K, p.N)
	return ok && len(p.Data) == size
}

// Count returns the number of panels.
func (p Panels) Count() int { return (p.N + Width - 1) / Width }

// Panel returns panel i: Width biases, then Width weights for each k.
func (p Panels) Panel(i int) []float32 {
	size := (p.K + 1) * Width
	return p.Data[i*size : (i+1)*size : (i+1)*size]
}

// index returns the place of weight (k, j); the bias is k = −1.
func (p Panels) index(k, j int) int {
	return j/Width*(p.K+1)*Width + (k+1)*Width + j%Width
}

// Weight returns weight (k, j), from input k to output j.
func (p Panels) Weight(k, j int) float32 { return p.Data[p.index(k, j)] }

// SetWeight sets weight (k, j).
func (p Panels) SetWeight(k, j int, v float32) { p.Data[p.index(k, j)] = v }

// Bias returns the bias of output j.
func (p Panels) Bias(j int) float32 { return p.Data[p.index(-1, j)] }

// SetBias sets the bias of output j.
func (p Panels) SetBias(j int, v float32) { p.Data[p.index(-1, j)] = v }

// Pack sets the panels to the row-major weights w (K × N) and the bias (N
// elements, or nil for zeros). Padding becomes zero.
// It panics if the shapes differ.
func (p Panels) Pack(w Matrix, bias []float32) {
	if !p.Valid() || !w.Valid() || w.Rows != p.K || w.Cols != p.N || bias != nil && len(bias) != p.N {
		panic("layout: Panels.Pack: shapes differ")
	}
	for i := range p.Count() {
		panel, j := p.Panel(i), i*Width
		cols := min(Width, p.N-j)
		clear(panel)
		if bias != nil {
			copy(panel, bias[j:j+cols])
		}
		for k := range p.K {
			copy(panel[(k+1)*Width:], w.Row(k)[j:j+cols])
		}
	}
}

// Unpack writes the weights to w (K × N, row-major) and the bias to bias (N
// elements, or nil).
// It panics if the shapes differ.
func (p Panels) Unpack(w Matrix, bias []float32) {
	if !p.Valid() || !w.Valid() || w.Rows != p.K || w.Cols != p.N || bias != nil && len(bias) != p.N {
		panic("layout: Panels.Unpack: shapes differ")
	}
	for i := range p.Count() {
		panel, j := p.Panel(i), i*Width
		cols := min(Width, p.N-j)
		if bias != nil {
			copy(bias[j:j+cols], panel)
		}
		for k := range p.K {
			copy(w.Row(k)[j:j+cols], panel[(k+1)*Width:])
		}
	}
}
