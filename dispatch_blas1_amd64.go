//go:build amd64 && gc && !purego

package hadamard

import (
	"math"
	"math/bits"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

func mul(dst, x, y []float32) {
	for len(dst) > chunk {
		mul(dst[:chunk], x, y)
		dst, x, y = dst[chunk:], x[chunk:], y[chunk:]
	}
	switch level {
	case LevelAVX512:
		smulAVX512(len(dst), first(dst), first(x), first(y))
	case LevelAVX2:
		smulAVX2(len(dst), first(dst), first(x), first(y))
	default:
		kernels.Mul(dst, x, y)
	}
}

func add(dst, x, y []float32) {
	for len(dst) > chunk {
		add(dst[:chunk], x, y)
		dst, x, y = dst[chunk:], x[chunk:], y[chunk:]
	}
	switch level {
	case LevelAVX512:
		saddAVX512(len(dst), first(dst), first(x), first(y))
	case LevelAVX2:
		saddAVX2(len(dst), first(dst), first(x), first(y))
	default:
		kernels.Add(dst, x, y)
	}
}

func scale(dst []float32, a float32, x []float32) {
	for len(dst) > chunk {
		scale(dst[:chunk], a, x)
		dst, x = dst[chunk:], x[chunk:]
	}
	switch level {
	case LevelAVX512:
		sscaleAVX512(len(dst), first(dst), first(x), a)
	case LevelAVX2:
		sscaleAVX2(len(dst), first(dst), first(x), a)
	default:
		kernels.Scale(dst, a, x)
	}
}

func axpy(y []float32, a float32, x []float32) {
	for len(y) > chunk {
		axpy(y[:chunk], a, x)
		y, x = y[chunk:], x[chunk:]
	}
	switch level {
	case LevelAVX512:
		saxpyAVX512(len(y), first(y), first(x), a)
	case LevelAVX2:
		saxpyAVX2(len(y), first(y), first(x), a)
	default:
		kernels.Axpy(y, a, x)
	}
}

func shiftScale(dst, x, shift, scale []float32) {
	for len(dst) > chunk {
		shiftScale(dst[:chunk], x, shift, scale)
		dst, x, shift, scale = dst[chunk:], x[chunk:], shift[chunk:], scale[chunk:]
	}
	switch level {
	case LevelAVX512:
		sshiftscaleAVX512(len(dst), first(dst), first(x), first(shift), first(scale))
	case LevelAVX2:
		sshiftscaleAVX2(len(dst), first(dst), first(x), first(shift), first(scale))
	default:
		kernels.ShiftScale(dst, x, shift, scale)
	}
}

// carry returns where the lanes of a sum of n elements are carried from chunk to
// chunk: nowhere if there is but one.
func carry(s *[kernels.Lanes]float32, n int) *[kernels.Lanes]float32 {
	if n <= chunk {
		return nil
	}
	return s
}

func dot(x, y []float32) (sum float32) {
	var lanes [kernels.Lanes]float32
	s := carry(&lanes, len(x))
	switch level {
	case LevelAVX512:
		for i := 0; i < len(x); i += chunk {
			sum = sdotAVX512(min(chunk, len(x)-i), &x[i], &y[i], s)
		}
	case LevelAVX2:
		for i := 0; i < len(x); i += chunk {
			sum = sdotAVX2(min(chunk, len(x)-i), &x[i], &y[i], s)
		}
	default:
		sum = kernels.Dot(x, y)
	}
	return sum
}

func sum(x []float32) (sum float32) {
	var lanes [kernels.Lanes]float32
	s := carry(&lanes, len(x))
	switch level {
	case LevelAVX512:
		for i := 0; i < len(x); i += chunk {
			sum = ssumAVX512(min(chunk, len(x)-i), &x[i], s)
		}
	case LevelAVX2:
		for i := 0; i < len(x); i += chunk {
			sum = ssumAVX2(min(chunk, len(x)-i), &x[i], s)
		}
	default:
		sum = kernels.Sum(x)
	}
	return sum
}

func sumSquares(x []float32) (sum float32) {
	var lanes [kernels.Lanes]float32
	s := carry(&lanes, len(x))
	switch level {
	case LevelAVX512:
		for i := 0; i < len(x); i += chunk {
			sum = ssumsquaresAVX512(min(chunk, len(x)-i), &x[i], s)
		}
	case LevelAVX2:
		for i := 0; i < len(x); i += chunk {
			sum = ssumsquaresAVX2(min(chunk, len(x)-i), &x[i], s)
		}
	default:
		sum = kernels.SumSquares(x)
	}
	return sum
}

func rowMax(dst []float32, n int, x []float32, rsx int) {
	if level == LevelGo || n == 0 {
		kernels.RowMax(dst, n, x, rsx)
		return
	}
	rows := max(chunk>>bits.Len(uint(n|15)), 1) // n·rows ≤ chunk
	for i := 0; i < len(dst); i += rows {
		rowMaxChunk(dst[i:min(i+rows, len(dst))], min(n, chunk), x[i*rsx:], rsx)
		for j := chunk; j < n; j += chunk { // of the one row
			var part [1]float32
			rowMaxChunk(part[:], min(n-j, chunk), x[i*rsx+j:], 0)
			if part[0] > dst[i] || part[0] != part[0] {
				dst[i] = part[0]
			}
		}
	}
}

func rowMaxChunk(dst []float32, n int, x []float32, rsx int) {
	if level == LevelAVX512 {
		srowmaxAVX512(len(dst), &dst[0], n, &x[0], rsx)
	} else {
		srowmaxAVX2(len(dst), &dst[0], n, &x[0], rsx)
	}
}

// blockRows is the number of rows that a kernel adds at most: its columns of them
// are no more than a chunk, and wide rows lie on few pages.
const blockRows = 128

func colSums(dst []float32, m int, x []float32, rsx int) {
	switch level {
	case LevelAVX512:
		for i := 0; i < m; i += blockRows {
			for j := 0; j < len(dst); j += 64 {
				scolsumsAVX512(min(64, len(dst)-j), min(blockRows, m-i), &dst[j], &x[i*rsx+j], rsx)
			}
		}
	case LevelAVX2:
		for i := 0; i < m; i += blockRows {
			for j := 0; j < len(dst); j += 32 {
				scolsumsAVX2(min(32, len(dst)-j), min(blockRows, m-i), &dst[j], &x[i*rsx+j], rsx)
			}
		}
	default:
		kernels.ColSums(dst, m, x, rsx)
	}
}

func colDots(dst []float32, m int, x []float32, rsx int, y []float32, rsy int) {
	switch level {
	case LevelAVX512:
		for i := 0; i < m; i += blockRows {
			for j := 0; j < len(dst); j += 64 {
				scoldotsAVX512(min(64, len(dst)-j), min(blockRows, m-i), &dst[j], &x[i*rsx+j], rsx, &y[i*rsy+j], rsy)
			}
		}
	case LevelAVX2:
		for i := 0; i < m; i += blockRows {
			for j := 0; j < len(dst); j += 32 {
				scoldotsAVX2(min(32, len(dst)-j), min(blockRows, m-i), &dst[j], &x[i*rsx+j], rsx, &y[i*rsy+j], rsy)
			}
		}
	default:
		kernels.ColDots(dst, m, x, rsx, y, rsy)
	}
}

func colMoments(mean, variance []float32, m int, x []float32, rsx int) {
	if level == LevelGo {
		kernels.ColMoments(mean, variance, m, x, rsx)
		return
	}
	clear(mean)
	colSums(mean, m, x, rsx)
	divide(mean, float32(m))
	clear(variance)
	colSquares(variance, mean, m, x, rsx)
	divide(variance, float32(m))
}

// colSquares adds the sums of (x[i][j] − mean[j])², flushed, to dst.
func colSquares(dst, mean []float32, m int, x []float32, rsx int) {
	switch level {
	case LevelAVX512:
		for i := 0; i < m; i += blockRows {
			for j := 0; j < len(dst); j += 64 {
				scolsquaresAVX512(min(64, len(dst)-j), min(blockRows, m-i), &dst[j], &mean[j], &x[i*rsx+j], rsx)
			}
		}
	case LevelAVX2:
		for i := 0; i < m; i += blockRows {
			for j := 0; j < len(dst); j += 32 {
				scolsquaresAVX2(min(32, len(dst)-j), min(blockRows, m-i), &dst[j], &mean[j], &x[i*rsx+j], rsx)
			}
		}
	}
}

// divide sets x[i] = x[i]/divisor.
func divide(x []float32, divisor float32) {
	for len(x) > chunk {
		divide(x[:chunk], divisor)
		x = x[chunk:]
	}
	switch level {
	case LevelAVX512:
		sdivAVX512(len(x), first(x), first(x), divisor)
	case LevelAVX2:
		sdivAVX2(len(x), first(x), first(x), divisor)
	}
}

func flush(dst, x []float32, bound float32) {
	for len(dst) > chunk {
		flush(dst[:chunk], x, bound)
		dst, x = dst[chunk:], x[chunk:]
	}
	switch level {
	case LevelAVX512:
		sflushAVX512(len(dst), first(dst), first(x), bound)
	case LevelAVX2:
		sflushAVX2(len(dst), first(dst), first(x), bound)
	default:
		kernels.FlushSlice(dst, x, bound)
	}
}

func dropout(dst, x []float32, r kernels.Philox, at uint64, threshold uint32, scale float32) {
	if level == LevelGo {
		kernels.Dropout(dst, x, r, at, threshold, scale)
		return
	}
	p := dropoutArgs{threshold: threshold, scale: scale}
	p.key = [2]uint64{r.Seed & math.MaxUint32, r.Seed >> 32}
	for i := 0; i < len(dst); i += p.n {
		p.n = min(chunk, len(dst)-i)
		if left := -at; left != 0 && left < uint64(p.n) {
			p.n = int(left) // then the draws begin again
		}
		p.dst, p.x = &dst[i], &x[i]
		p.skip, p.counter = int(at%4), [2]uint64{at / 4, r.Stream}
		if level == LevelAVX512 {
			sdropoutAVX512(&p)
		} else {
			sdropoutAVX2(&p)
		}
		at += uint64(p.n)
	}
}

func clip(dst, x []float32, bound float32) {
	for len(dst) > chunk {
		clip(dst[:chunk], x, bound)
		dst, x = dst[chunk:], x[chunk:]
	}
	switch level {
	case LevelAVX512:
		sclipAVX512(len(dst), first(dst), first(x), bound)
	case LevelAVX2:
		sclipAVX2(len(dst), first(dst), first(x), bound)
	default:
		kernels.Clip(dst, x, bound)
	}
}

func addSign(y []float32, a float32, x []float32) {
	for len(y) > chunk {
		addSign(y[:chunk], a, x)
		y, x = y[chunk:], x[chunk:]
	}
	switch level {
	case LevelAVX512:
		saddsignAVX512(len(y), first(y), first(x), a)
	case LevelAVX2:
		saddsignAVX2(len(y), first(y), first(x), a)
	default:
		kernels.AddSign(y, a, x)
	}
}

// maxNorm takes one panel's rows of weights: the 16 lanes of their sum of squares
// are those of its columns.
func maxNorm(w []float32, bound float32) {
	if level == LevelGo {
		kernels.MaxNorm(w, len(w)/layout.Width, layout.Width, bound)
		return
	}
	var s [kernels.Lanes]float32
	for i := 0; i < len(w); i += chunk {
		if n := min(chunk, len(w)-i); level == LevelAVX512 {
			ssumsquaresAVX512(n, &w[i], &s)
		} else {
			ssumsquaresAVX2(n, &w[i], &s)
		}
	}
	for i := 0; i < len(w); i += chunk {
		if n := min(chunk, len(w)-i); level == LevelAVX512 {
			smaxnormAVX512(n, &w[i], &s, bound)
		} else {
			smaxnormAVX2(n, &w[i], &s, bound)
		}
	}
}

func invRoot(dst, v []float32, eps float32) {
	for len(dst) > chunk {
		invRoot(dst[:chunk], v, eps)
		dst, v = dst[chunk:], v[chunk:]
	}
	switch level {
	case LevelAVX512:
		sinvrootAVX512(len(dst), first(dst), first(v), eps)
	case LevelAVX2:
		sinvrootAVX2(len(dst), first(dst), first(v), eps)
	default:
		kernels.InvRoot(dst, v, eps)
	}
}

func normalize(y, xhat, x, mean, inv, gamma, beta []float32) {
	for len(y) > chunk {
		normalize(y[:chunk], xhat, x, mean, inv, gamma, beta)
		y, xhat, x, mean, inv, gamma, beta = y[chunk:], xhat[chunk:], x[chunk:], mean[chunk:], inv[chunk:], gamma[chunk:], beta[chunk:]
	}
	switch level {
	case LevelAVX512:
		snormalizeAVX512(len(y), first(y), first(xhat), first(x), first(mean), first(inv), first(gamma), first(beta))
	case LevelAVX2:
		snormalizeAVX2(len(y), first(y), first(xhat), first(x), first(mean), first(inv), first(gamma), first(beta))
	default:
		kernels.Normalize(y, xhat, x, mean, inv, gamma, beta)
	}
}

func normalizeGrad(dst, dy, xhat, c, db, dg []float32) {
	for len(dst) > chunk {
		normalizeGrad(dst[:chunk], dy, xhat, c, db, dg)
		dst, dy, xhat, c, db, dg = dst[chunk:], dy[chunk:], xhat[chunk:], c[chunk:], db[chunk:], dg[chunk:]
	}
	switch level {
	case LevelAVX512:
		snormalizegradAVX512(len(dst), first(dst), first(dy), first(xhat), first(c), first(db), first(dg))
	case LevelAVX2:
		snormalizegradAVX2(len(dst), first(dst), first(dy), first(xhat), first(c), first(db), first(dg))
	default:
		kernels.NormalizeGrad(dst, dy, xhat, c, db, dg)
	}
}
