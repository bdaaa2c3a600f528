package layout

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
// It panics if rows or cols is negative.
func NewMatrix(rows, cols int) Matrix {
	if rows < 0 || cols < 0 {
		panic("layout: NewMatrix: negative dimension")
	}
	return Matrix{Data: Alloc(rows * cols), Rows: rows, Cols: cols, Stride: cols}
}

// MatrixOf returns data as a rows × cols matrix without padding.
// It panics if len(data) is not rows·cols.
func MatrixOf(data []float32, rows, cols int) Matrix {
	if rows < 0 || cols < 0 || len(data) != rows*cols {
		panic("layout: MatrixOf: len(data) is not rows·cols")
	}
	return Matrix{Data: data, Rows: rows, Cols: cols, Stride: cols}
}

// Valid reports whether the dimensions are not negative, Stride ≥ Cols, and
// Data holds every element.
func (m Matrix) Valid() bool {
	if m.Rows < 0 || m.Cols < 0 || m.Stride < m.Cols {
		return false
	}
	if m.Rows == 0 || m.Cols == 0 {
		return true
	}
	last := len(m.Data) - m.Cols // greatest offset that a row may start at
	return last >= 0 && (m.Stride == 0 || m.Rows-1 <= last/m.Stride)
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
	if from < to && m.Cols > 0 {
		v.Data = m.Data[from*m.Stride : (to-1)*m.Stride+m.Cols]
	}
	return v
}
