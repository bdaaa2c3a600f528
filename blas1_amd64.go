//go:build amd64 && gc && !purego

package hadamard

// dropoutArgs is what the kernel of Dropout is told.
type dropoutArgs struct {
	n, skip   int
	dst, x    *float32
	counter   [2]uint64 // block, stream
	key       [2]uint64 // the halves of the seed
	threshold uint32
	scale     float32
}

//go:noescape
func smulAVX512(n int, dst, x, y *float32)

//go:noescape
func saddAVX512(n int, dst, x, y *float32)

//go:noescape
func sscaleAVX512(n int, dst, x *float32, alpha float32)

//go:noescape
func saxpyAVX512(n int, y, x *float32, alpha float32)

//go:noescape
func sshiftscaleAVX512(n int, dst, x, shift, scale *float32)

//go:noescape
func sdivAVX512(n int, dst, x *float32, divisor float32)

//go:noescape
func sflushAVX512(n int, dst, x *float32, bound float32)

//go:noescape
func sclipAVX512(n int, dst, x *float32, bound float32)

//go:noescape
func saddsignAVX512(n int, y, x *float32, alpha float32)

//go:noescape
func sinvrootAVX512(n int, dst, v *float32, eps float32)

//go:noescape
func snormalizeAVX512(n int, y, xhat, x, mean, inv, gamma, beta *float32)

//go:noescape
func snormalizegradAVX512(n int, dst, dy, xhat, c, db, dg *float32)

//go:noescape
func sdotAVX512(n int, x, y *float32, s *[16]float32) float32

//go:noescape
func ssumAVX512(n int, x *float32, s *[16]float32) float32

//go:noescape
func ssumsquaresAVX512(n int, x *float32, s *[16]float32) float32

//go:noescape
func srowmaxAVX512(m int, dst *float32, n int, x *float32, rsx int)

//go:noescape
func scolsumsAVX512(cols, m int, dst, x *float32, rsx int)

//go:noescape
func scoldotsAVX512(cols, m int, dst, x *float32, rsx int, y *float32, rsy int)

//go:noescape
func scolsquaresAVX512(cols, m int, dst, mean, x *float32, rsx int)

//go:noescape
func smaxnormAVX512(n int, w *float32, s *[16]float32, bound float32)

//go:noescape
func sdropoutAVX512(p *dropoutArgs)

//go:noescape
func smulAVX2(n int, dst, x, y *float32)

//go:noescape
func saddAVX2(n int, dst, x, y *float32)

//go:noescape
func sscaleAVX2(n int, dst, x *float32, alpha float32)

//go:noescape
func saxpyAVX2(n int, y, x *float32, alpha float32)

//go:noescape
func sshiftscaleAVX2(n int, dst, x, shift, scale *float32)

//go:noescape
func sdivAVX2(n int, dst, x *float32, divisor float32)

//go:noescape
func sflushAVX2(n int, dst, x *float32, bound float32)

//go:noescape
func sclipAVX2(n int, dst, x *float32, bound float32)

//go:noescape
func saddsignAVX2(n int, y, x *float32, alpha float32)

//go:noescape
func sinvrootAVX2(n int, dst, v *float32, eps float32)

//go:noescape
func snormalizeAVX2(n int, y, xhat, x, mean, inv, gamma, beta *float32)

//go:noescape
func snormalizegradAVX2(n int, dst, dy, xhat, c, db, dg *float32)

//go:noescape
func sdotAVX2(n int, x, y *float32, s *[16]float32) float32

//go:noescape
func ssumAVX2(n int, x *float32, s *[16]float32) float32

//go:noescape
func ssumsquaresAVX2(n int, x *float32, s *[16]float32) float32

//go:noescape
func srowmaxAVX2(m int, dst *float32, n int, x *float32, rsx int)

//go:noescape
func scolsumsAVX2(cols, m int, dst, x *float32, rsx int)

//go:noescape
func scoldotsAVX2(cols, m int, dst, x *float32, rsx int, y *float32, rsy int)

//go:noescape
func scolsquaresAVX2(cols, m int, dst, mean, x *float32, rsx int)

//go:noescape
func smaxnormAVX2(n int, w *float32, s *[16]float32, bound float32)

//go:noescape
func sdropoutAVX2(p *dropoutArgs)
