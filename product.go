//go:build (amd64 || arm64) && gc && !purego

package hadamard

import (
	"sync/atomic"
	"unsafe"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// tile is a product C = init + A·B, or with add C = C + (init + A·B), as its
// kernels are told. B is a sequence of panels of 16 columns. Strides are in
// bytes.
type tile struct {
	k             int      // steps
	a             *float32 // row 0
	rsa, csa      int      // to the next row of A, to its next element: one of them is 4
	jsa           int      // and from each 16 elements of a row to the next, beside those
	b             *float32 // row 0 of panel 0
	rsb, psb      int      // to the next row of B, to the next panel
	c             *float32
	rsc, psc      int      // to the next row of C, to the next panel
	init          *float32 // what the sums start from, of the shape of C
	rsi, psi      int
	add           int // 1: add C at the end
	keep          *keep
	reps          int // how many blocks of rows follow each other
	bsa, bsc, bsi int // to the next block

	// What is prefetched: addresses, and bytes for four steps, 128, 256 or 512.
	fetch, fetchEnd uintptr
	fetchLen        int
	mask            int    // columns of the last panel, a bit each
	lanes           *int32 // the same for AVX2, 16 words of 0 or −1
}

// keep is what is done with a sum at last: x becomes +0 if x & mask < bound. That
// is a rectifier, or a flush, or both at once.
type keep struct {
	mask  [layout.Width]uint32
	bound [layout.Width]float32
}

func newKeep(mask uint32, bound float32) *keep {
	var k keep
	for i := range k.mask {
		k.mask[i], k.bound[i] = mask, bound
	}
	return &k
}

var (
	keepReLU        = newKeep(^uint32(0), 0)
	keepReLUFlushed = newKeep(^uint32(0), kernels.FlushProduct)
	keepFlushed     = newKeep(1<<31-1, kernels.FlushProduct)
)

// keepFor returns what computes an activation function and flushes its result, or
// not ok if only activateRows can.
func keepFor(act Activation, bound float32) (k *keep, ok bool) {
	switch {
	case act.Kind == kernels.KindReLU && bound == 0:
		k = keepReLU
	case act.Kind == kernels.KindReLU:
		k = keepReLUFlushed
	case act.Kind == kernels.KindIdentity && bound != 0:
		k = keepFlushed
	default:
		return nil, act.Kind == kernels.KindIdentity
	}
	return k, true
}

const panelBytes = 4 * layout.Width

// smallL1 tells an L1 cache of 32 KiB from one of 48.
var smallL1 = caches().L1D < 48<<10

// zeros is an init of nothing.
var zeros [layout.Width]float32

// laneMasks has 16 words for n columns from word 16−n on.
var laneMasks = [2 * layout.Width]int32{
	-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
}

func (t *tile) startFromC()    { t.init, t.rsi, t.psi = t.c, t.rsc, t.psc }
func (t *tile) startFromZero() { t.init, t.rsi, t.psi = &zeros[0], 0, 0 }

func (t *tile) startFrom(c bool) {
	if c {
		t.startFromC()
	} else {
		t.startFromZero()
	}
}

// offset returns the address some bytes after p.
func offset(p *float32, bytes int) *float32 {
	return (*float32)(unsafe.Add(unsafe.Pointer(p), bytes))
}

// maxSteps bounds the steps of a call, and so its time: a kernel cannot be
// preempted.
const maxSteps = 2048

// product computes an m × n product of any number of steps.
func (t *tile) product(m, n int) {
	if t.k <= maxSteps {
		t.blocks(m, n)
		return
	}
	p := *t
	for from := 0; from < t.k; from += p.k {
		p.keep = nil
		if from > 0 {
			p.a = offset(p.a, p.k*p.csa+p.k/layout.Width*p.jsa)
			p.b = offset(p.b, p.k*p.rsb)
			p.startFromC()
		}
		if p.k = maxSteps; t.k-from <= p.k {
			p.k, p.keep = t.k-from, t.keep
		}
		p.blocks(m, n)
	}
}

// tilesCopied is how many tiles of columns are copied at a time.
const tilesCopied = 2

// blocks cuts the rows so that those of A that are multiplied with all panels
// stay in the L2 cache.
func (t *tile) blocks(m, n int) {
	const cached = 128 << 10
	switch {
	case t.csa >= 1024 && n >= 8*layout.Width:
		// A tile has a few elements of each cache line, and lines that are far apart are
		// neither prefetched nor spread over the sets of the L1 cache.
		s := takeScratch()
		t.rowBlocks(m, n, tilesCopied*tallest, s.data)
		s.put()
	case smallL1 && t.add == 0 && t.csa == 4 && t.rsa%2048 == 0 && m >= tallest && n >= 8*layout.Width:
		// Rows that are a multiple of 2 KiB apart fall on the same sets of the L1
		// cache: they are copied, where it has 8 ways and not 12.
		s := takeScratch()
		t.rowBlocks(m, n, len(s.data)/(t.k+layout.Width), s.data)
		s.put()
	case m*t.k > cached:
		t.rowBlocks(m, n, cached/t.k, nil)
	default:
		t.tiles(m, n)
	}
}

// rowBlocks computes a product at most so many rows, but whole tiles, at a time,
// with a copy of those of A if there is memory for it.
func (t *tile) rowBlocks(m, n, rows int, memory []float32) {
	tiles := (m + tallest - 1) / tallest
	most := max(rows/tallest, 1)
	blocks := (tiles + most - 1) / most
	for r := range blocks {
		i, end := m*(tiles*r/blocks)/tiles, m*(tiles*(r+1)/blocks)/tiles
		p := *t
		p.a, p.c, p.init = offset(t.a, i*t.rsa), offset(t.c, i*t.rsc), offset(t.init, i*t.rsi)
		if memory != nil {
			p.copyA(end-i, memory)
		}
		p.tiles(end-i, n)
	}
}

func (t *tile) copyA(m int, memory []float32) {
	if t.csa == 4 {
		stride := t.k + layout.Width
		for i := range m {
			copy(memory[i*stride:], unsafe.Slice(offset(t.a, i*t.rsa), t.k))
		}
		t.rsa = 4 * stride
	} else {
		stride := t.csa / 4
		packRows(memory, unsafe.Slice(t.a, (t.k-1)*stride+m), t.k, m, stride, tilesCopied*layout.Width, layout.Width)
		t.csa = tilesCopied * panelBytes
	}
	t.a = &memory[0]
}

// rowMajor computes an m × n product with a row-major B, whose rows are rsb
// bytes apart.
func (t *tile) rowMajor(m, n int, b []float32, rsb int) {
	full := n - n%layout.Width
	// In place, rows of 4 KiB and more fall on the same sets of the L1 cache; and
	// a large B is read again for each block of rows.
	if rsb >= 4096 && m > 12 || t.k*n > 1<<18 && m > 64 {
		full = 0
	}
	if full > 0 {
		d := *t
		d.b, d.rsb, d.psb = &b[0], rsb, panelBytes
		d.product(m, full)
	}
	if full < n {
		d, p := *t, full/layout.Width
		d.c, d.init = offset(t.c, p*t.psc), offset(t.init, p*t.psi)
		d.packed(m, n-full, t.k, func(dst []float32, j, cols, from, to, rsd, psd int) {
			packRows(dst, b[from*(rsb/4)+full+j:], to-from, cols, rsb/4, rsd, psd)
		})
	}
}

// inSegments computes a layer's product, its sum over k in segments
// (kernels.SgemmBias): run computes that of steps from … to−1.
func (t *tile) inSegments(m, n, k, segments int, run func(t tile, m, from, to int)) {
	q := (k + segments - 1) / segments
	run(*t, m, 0, min(q, k))
	if segments == 1 {
		return
	}
	t.startFromZero()
	if q <= maxSteps {
		t.add = 1
		for s := 1; s < segments; s++ {
			run(*t, m, min(s*q, k), min((s+1)*q, k))
		}
		return
	}
	// A segment that is computed in several calls has its own memory. There are
	// at most two panels.
	s := takeScratch()
	const rows = 256
	part := *t
	part.c, part.rsc = &s.data[0], 2*panelBytes
	for i := 0; i < m; i += rows {
		p, count := part, min(rows, m-i)
		p.a = offset(t.a, i*t.rsa)
		for g := 1; g < segments; g++ {
			run(p, count, min(g*q, k), min((g+1)*q, k))
			for r := range count {
				c := unsafe.Slice(offset(t.c, (i+r)*t.rsc), n)
				add(c, c, s.data[r*2*layout.Width:][:n])
			}
		}
	}
	s.put()
}

// scratch is memory for panels that are packed as they are needed.
type scratch struct{ data []float32 }

const scratchLen = 1 << 17 // 512 KiB

// idle holds scratches. A slot is taken by swapping in nil. Unlike those of a
// sync.Pool, they survive a garbage collection, so that products do not allocate
// after the first ones; there is one for each goroutine that is in a product at
// a time.
var idle [64]atomic.Pointer[scratch]

func takeScratch() *scratch {
	for i := range idle {
		if idle[i].Load() != nil {
			if s := idle[i].Swap(nil); s != nil {
				return s
			}
		}
	}
	return &scratch{layout.Alloc(scratchLen)}
}

func (s *scratch) put() {
	for i := range idle {
		if idle[i].Load() == nil && idle[i].CompareAndSwap(nil, s) {
			return
		}
	}
}

// packed computes an m × n product of k steps with the B that pack gives: pack
// sets panels of cols columns that start with column j to rows from … to−1. So
// much of B is packed at a time as the L2 cache holds beside A.
func (t *tile) packed(m, n, k int, pack func(dst []float32, j, cols, from, to, rsd, psd int)) {
	most := 1024
	if t.csa != 4 { // A is copied for each part of B: it is better wide
		most = 256
	}
	blocks := (k + most - 1) / most
	steps := ((k+blocks-1)/blocks + layout.Width - 1) &^ (layout.Width - 1)
	s := takeScratch()
	widest := len(s.data) / steps &^ (layout.Width - 1)
	if t.csa != 4 {
		widest -= 2 * layout.Width
	}
	for j := 0; j < n; j += widest {
		cols := min(n-j, widest)
		for from := 0; from < k; from += steps {
			to := min(from+steps, k)
			rsd, psd := layout.Width, (to-from)*layout.Width
			if t.csa != 4 && cols > layout.Width { // panels beside each other
				rsd, psd = ((cols+layout.Width-1)/layout.Width|1)*layout.Width, layout.Width
			}
			pack(s.data, j, cols, from, to, rsd, psd)
			q := *t
			q.k, q.a = to-from, offset(t.a, from*t.csa)
			q.b, q.rsb, q.psb = &s.data[0], 4*rsd, 4*psd
			q.c, q.init = offset(t.c, j/layout.Width*t.psc), offset(t.init, j/layout.Width*t.psi)
			if from > 0 {
				q.startFromC()
			}
			if to < k {
				q.keep = nil
			}
			q.blocks(m, cols)
		}
	}
	s.put()
}

// packRowsGo is packRows in Go.
func packRowsGo(dst, src []float32, rows, cols, stride, rsd, psd int) {
	for j := 0; j < cols; j += layout.Width {
		for k := range rows {
			d := dst[k*rsd+j/layout.Width*psd:][:layout.Width]
			clear(d[copy(d, src[k*stride+j:][:min(layout.Width, cols-j)]):])
		}
	}
}
