// Package guard gives tests memory with forbidden neighbours: to read or write
// one byte too many is a fault, not luck.
package guard

import "unsafe"

// Memory hands out slices beside pages that can be neither read nor written, on
// Linux and macOS; elsewhere they are ordinary slices. The zero Memory is ready
// for use.
type Memory struct {
	used, free [][]byte // whole mappings
}

// Alloc returns n zeros, and no capacity beyond them. With atEnd they end where
// a forbidden page begins; otherwise they begin where one ends. It panics if the
// system gives no memory.
func (m *Memory) Alloc(n int, atEnd bool) []float32 {
	if n == 0 {
		return []float32{}
	}
	b := m.pages(4 * n)
	if b == nil {
		return make([]float32, n)
	}
	if atEnd {
		b = b[len(b)-4*n:]
	}
	clear(b[:4*n])
	return unsafe.Slice((*float32)(unsafe.Pointer(&b[0])), n)
}

// Copy is Alloc with the elements of x.
func (m *Memory) Copy(x []float32, atEnd bool) []float32 {
	y := m.Alloc(len(x), atEnd)
	copy(y, x)
	return y
}
