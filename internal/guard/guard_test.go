package guard

import (
	"runtime"
	"runtime/debug"
	"testing"
	"unsafe"
)

// faults reports whether f reads or writes forbidden memory.
func faults(f func()) (fault bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { fault = recover() != nil }()
	f()
	return
}

func TestAlloc(t *testing.T) {
	forbidden := runtime.GOOS == "linux" || runtime.GOOS == "darwin"
	var m Memory
	defer m.Free()
	for _, n := range []int{1, 2, 17, 1023, 1024, 1025, 70000} {
		for range 2 { // the second time from what Reset took back
			for _, atEnd := range []bool{false, true} {
				x := m.Alloc(n, atEnd)
				if len(x) != n || cap(x) != n {
					t.Fatalf("Alloc(%d): length %d, capacity %d", n, len(x), cap(x))
				}
				for i, v := range x {
					if v != 0 {
						t.Fatalf("Alloc(%d): element %d is %g", n, i, v)
					}
					x[i] = float32(i + 1)
				}
				if !forbidden {
					continue
				}
				beside := (*byte)(unsafe.Add(unsafe.Pointer(&x[0]), -1))
				if atEnd {
					beside = (*byte)(unsafe.Add(unsafe.Pointer(&x[n-1]), 4))
				}
				var sink byte
				if !faults(func() { sink = *beside }) || !faults(func() { *beside = sink }) {
					t.Errorf("Alloc(%d, %v): the neighbour can be read or written", n, atEnd)
				}
			}
			m.Reset()
		}
	}
	if x := m.Alloc(0, true); len(x) != 0 {
		t.Errorf("Alloc(0): length %d", len(x))
	}
	if x := m.Copy([]float32{3, 4}, true); len(x) != 2 || x[0] != 3 || x[1] != 4 {
		t.Errorf("Copy: %g", x)
	}
}
