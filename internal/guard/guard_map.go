//go:build linux || darwin

package guard

import (
	"os"
	"syscall"
)

// pages returns whole pages of at least size bytes between two forbidden ones.
func (m *Memory) pages(size int) []byte {
	if os.Getenv("HADAMARD_GUARD") == "off" { // an emulator may fault on lanes that are masked out
		return nil
	}
	page := syscall.Getpagesize()
	inner := (size + page - 1) / page * page
	for i, b := range m.free {
		if len(b) == inner+2*page {
			m.free = append(m.free[:i], m.free[i+1:]...)
			m.used = append(m.used, b)
			return b[page:][:inner]
		}
	}
	b, err := syscall.Mmap(-1, 0, inner+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic("guard: Alloc: mmap: " + err.Error())
	}
	for _, p := range [][]byte{b[:page], b[page+inner:]} {
		if err := syscall.Mprotect(p, syscall.PROT_NONE); err != nil {
			panic("guard: Alloc: mprotect: " + err.Error())
		}
	}
	m.used = append(m.used, b)
	return b[page:][:inner]
}

// Reset takes all slices back, for the next ones.
func (m *Memory) Reset() { m.used, m.free = nil, append(m.free, m.used...) }

// Free gives all memory back to the system. Slices from before must not be used.
func (m *Memory) Free() {
	m.Reset()
	for _, b := range m.free {
		if err := syscall.Munmap(b); err != nil {
			panic("guard: Free: munmap: " + err.Error())
		}
	}
	m.free = nil
}
