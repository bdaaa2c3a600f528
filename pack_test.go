//go:build (amd64 || arm64) && gc && !purego

package hadamard

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hadamard-go/hadamard/internal/guard"
	"github.com/hadamard-go/hadamard/layout"
)

// A packed panel has the elements of its source and +0 beside them, for every
// shape, with nothing around the source and the panel accessible.
func TestPack(t *testing.T) {
	const width = layout.Width
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(13, 2))
		var mem guard.Memory
		defer mem.Free()
		filled := func(n int, atEnd bool) []float32 {
			s := mem.Alloc(n, atEnd)
			for i := range s {
				s[i] = math.Float32frombits(r.Uint32())
			}
			return s
		}
		check := func(name string, dst []float32, k, l int, want float32) {
			if got := dst[k*width+l]; !same(got, want) {
				t.Fatalf("%s: (%d, %d) is %g, want %g", name, k, l, got, want)
			}
		}
		for cols := 1; cols <= 4*width; cols++ {
			for rows := 1; rows <= 70; rows++ {
				atEnd, stride, panels := rows%2 == 0, cols+r.IntN(20), (cols+width-1)/width
				rsd, psd := width, (rows+r.IntN(2))*width
				if rows%3 == 0 {
					rsd, psd = (panels+r.IntN(2))*width, width
				}
				dst, src := filled((rows-1)*rsd+(panels-1)*psd+width, !atEnd), filled((rows-1)*stride+cols, atEnd)
				packRows(dst, src, rows, cols, stride, rsd, psd)
				for k := range rows {
					for l := range panels * width {
						var want float32
						if l < cols {
							want = src[k*stride+l]
						}
						check("packRows", dst[k*rsd+l/width*psd:], 0, l%width, want)
					}
				}
				mem.Reset()
			}
		}
		for rows := 1; rows <= width; rows++ {
			for cols := 1; cols <= 70; cols++ {
				for variant := range 4 {
					stride, step := cols+r.IntN(20), width // row-major
					if variant >= 2 {
						stride, step = width, (rows+r.IntN(3))*width // rows of panels
					}
					dst := filled(cols*width, variant%2 == 0)
					src := filled((rows-1)*stride+(cols-1)/width*step+(cols-1)%width+1, variant%2 == 1)
					packTransposed(dst, src, rows, cols, stride, step)
					for k := range cols {
						for l := range width {
							var want float32
							if l < rows {
								want = src[l*stride+k/width*step+k%width]
							}
							check("packTransposed", dst, k, l, want)
						}
					}
					mem.Reset()

					rsd := rows + r.IntN(20)
					dst = filled((cols-1)*rsd+rows, variant%2 == 0)
					src = filled((rows-1)*stride+cols, variant%2 == 1)
					want := slices.Clone(dst) // what lies between the rows stays
					for k := range cols {
						for l := range rows {
							want[k*rsd+l] = src[l*stride+k]
						}
					}
					transpose(dst, src, rows, cols, stride, rsd)
					for i := range dst {
						if !same(dst[i], want[i]) {
							t.Fatalf("transpose: %d × %d, element %d is %g, want %g", cols, rows, i, dst[i], want[i])
						}
					}
					mem.Reset()
				}
			}
		}
		packRows(nil, nil, 0, 3, 3, 16, 16)
		packTransposed(nil, nil, 3, 0, 3, width)
	})
}
