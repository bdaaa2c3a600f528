package data_test

import (
	"archive/zip"
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/layout"
)

// bounded runs f and fails if it allocates more than free bytes and ratio for
// each byte of in.
func bounded(t *testing.T, in []byte, free, ratio uint64, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > free+ratio*uint64(len(in)) {
		t.Errorf("%d bytes allocated for a file of %d", n, len(in))
	}
}

// checkRead fails unless m is whole, or the error one of this package.
func checkRead(t *testing.T, m layout.Matrix, err error) {
	t.Helper()
	switch {
	case err != nil && !strings.HasPrefix(err.Error(), "data: "):
		t.Fatalf("an error that does not say where it comes from: %v", err)
	case err == nil && (!m.Valid() || len(m.Data) != m.Rows*m.Cols):
		t.Fatalf("%d × %d in %d elements", m.Rows, m.Cols, len(m.Data))
	}
}

// FuzzReadNPY reads whatever there is: no panic, no memory that the file does
// not pay for, and what is read can be written and read again.
func FuzzReadNPY(f *testing.F) {
	for _, seed := range []string{
		npy("<f4", "(1, 2)", 0, 0, 128, 63, 1, 2, 3, 4),
		npy(">f8", "(1,)", 63, 240, 0, 0, 0, 0, 0, 0),
		npy("|b1", "()", 1),
		npy("<i8", "(99999999, 99999999)"),
		npyText("{'descr': '>u2', 'fortran_order': True, 'shape': (2L, 1, 2), }\n", 1, 2, 3, 4, 5, 6, 7, 8),
		npyText(`{"shape":(0,3),"descr":"|i1","fortran_order":False}`),
		npyText("{'descr': [('a', '<f4')]"),
		"\x93NUMPY\x03\x00\x0A\x00\x00\x00{'descr':",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		bounded(t, in, 1<<20, 64, func() {
			m, err := data.ReadNPY(bytes.NewReader(in))
			checkRead(t, m, err)
			if err != nil {
				return
			}
			var b bytes.Buffer
			if err := data.WriteNPY(&b, m); err != nil {
				t.Fatal(err)
			}
			again, err := data.ReadNPY(&b)
			if err != nil || again.Rows != m.Rows || again.Cols != m.Cols || !slices.EqualFunc(again.Data, m.Data, sameBits) {
				t.Fatalf("read again: %d × %d, %v", again.Rows, again.Cols, err)
			}
		})
	})
}

// FuzzReadNPZ reads whatever there is, as an archive and as an array in one.
func FuzzReadNPZ(f *testing.F) {
	array := npy("|u1", "(2,)", 1, 2)
	f.Add([]byte(npz(zip.Store, "x.npy", array, "y.npy", array)))
	f.Add([]byte(npz(zip.Deflate, "x.npy", npy("|u1", "(5000,)", make([]byte, 5000)...))))
	f.Add([]byte(npz(zip.Store, "x.npy", array, "x.npy", array)))
	f.Add([]byte(npz(zip.Store, "x.txt", array)))
	f.Add([]byte(array))
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, file := range []string{string(in), npz(zip.Store, "x.npy", string(in))} {
			// A deflated array may have 1000 times the bytes of its file.
			bounded(t, in, 4<<20, 16<<10, func() {
				arrays, err := data.ReadNPZ(strings.NewReader(file), int64(len(file)))
				checkRead(t, layout.Matrix{}, err)
				for _, m := range arrays {
					checkRead(t, m, nil)
				}
			})
		}
	})
}

// FuzzReadIDX reads whatever there is.
func FuzzReadIDX(f *testing.F) {
	for _, seed := range []string{
		idx(8, []uint32{2, 1, 2}, []byte{1, 2, 3, 4}),
		idx(14, []uint32{1}, []float64{1e300}),
		idx(12, []uint32{1 << 31, 1 << 31}, []int32{1}),
		idx(9, []uint32{0, 0}, []int8{}),
	} {
		f.Add([]byte(seed))
		f.Add([]byte(zipped(seed)))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		bounded(t, in, 4<<20, 16<<10, func() {
			m, shape, err := data.ReadIDX(bytes.NewReader(in))
			checkRead(t, m, err)
			if err == nil && (len(shape) == 0 || shape[0] != m.Rows) {
				t.Fatalf("shape %v of %d rows", shape, m.Rows)
			}
		})
	})
}
