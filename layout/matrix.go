package layout

import (
	"math"
	"math/bits"
	"unsafe"
)

// Matrix is a view of a row-major matrix of float32: element (i, j) is
// Data[i·Stride + j].
//
//	         ┌── Cols ──┐
//	Data →   0 1 2 … n-1 · · ·      row 0, then Stride − Cols elements
//	         0 1 2 … n-1 · · ·      row 1  that do not belong to it
//	         …
//	         0 1 2 … n-1            row Rows−1: need not be padded
//
// A Matrix is a plain value; copying it copies no data. The zero Matrix is an
// empty matrix.
type Matrix struct {
	Data   []float32
	Rows   int
	Cols   int
	Stride int // elements from one row to the next, ≥ Cols
}

// NewMatrix returns a rows × cols matrix of zeros without padding, 64-byte
// aligned.
// It panics if rows or cols is negative or their product overflows.
func NewMatrix(rows, cols int) Matrix {
	n, ok := product(rows, cols)
	if !ok {
		panic("layout: NewMatrix: negative dimension or too many elements")
	}
	return Matrix{Data: Alloc(n), Rows: rows, Cols: cols, Stride: cols}
}

// MatrixOf returns data as a rows × cols matrix without padding.
// It panics if len(data) is not rows·cols.
func MatrixOf(data []float32, rows, cols int) Matrix {
	if n, ok := product(rows, cols); !ok || len(data) != n {
		panic("layout: MatrixOf: len(data) is not rows·cols")
	}
	return Matrix{Data: data, Rows: rows, Cols: cols, Stride: cols}
}

// product returns a·b, and false if a factor is negative or the product
// overflows.
func product(a, b int) (int, bool) {
	high, low := bits.Mul64(uint64(a), uint64(b))
	if a < 0 || b < 0 || high != 0 || low > math.MaxInt {
		return 0, false
	}
	return int(low), true
}

// Valid reports whether the dimensions are not negative, Stride ≥ Cols, and
// Data reaches to the end of the last row.
func (m Matrix) Valid() bool {
	if m.Rows < 0 || m.Cols < 0 || m.Stride < m.Cols {
		return false
	}
	if m.Rows == 0 {
		return true
	}
	last := len(m.Data) - m.Cols // greatest offset that a row may start at
	high, low := bits.Mul64(uint64(m.Rows-1), uint64(m.Stride))
	return last >= 0 && high == 0 && low <= uint64(last)
}

// Row returns row i, of length Cols and no greater capacity.
func (m Matrix) Row(i int) []float32 {
	at := i * m.Stride
	return m.Data[at : at+m.Cols : at+m.Cols]
}

// At returns element (i, j).
func (m Matrix) At(i, j int) float32 { return m.Row(i)[j] }

// Set sets element (i, j).
func (m Matrix) Set(i, j int, v float32) { m.Row(i)[j] = v }

// Slice returns rows [from, to) as a view on the same data.
func (m Matrix) Slice(from, to int) Matrix {
	if from < 0 || to < from || to > m.Rows {
		panic("layout: Matrix.Slice: rows out of range")
	}
	v := Matrix{Rows: to - from, Cols: m.Cols, Stride: m.Stride}
	if from < to {
		v.Data = m.Data[from*m.Stride : (to-1)*m.Stride+m.Cols]
	}
	return v
}

// Overlap reports whether a and b share memory.
func Overlap(a, b []float32) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	pa, pb := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return pa < pb+uintptr(len(b))*4 && pb < pa+uintptr(len(a))*4
}

// Span returns the memory of a valid matrix from its first to its last element,
// padding between rows included.
func (m Matrix) Span() []float32 {
	if m.Rows == 0 || m.Cols == 0 {
		return nil
	}
	return m.Data[:(m.Rows-1)*m.Stride+m.Cols]
}
