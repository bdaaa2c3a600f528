package kernels

import (
	"fmt"
	"hash/fnv"
	"math"
	"testing"
)

// goldenInputs returns n numbers from a stream: normal draws, every fourth of
// them scaled to around one of the bounds of the flush rule or of float32, and
// every eleventh a zero; with special, some are infinite or NaN.
func goldenInputs(stream uint64, n int, special bool) []float32 {
	r := Philox{Seed: 2026, Stream: stream}
	x := make([]float32, n)
	r.Normal(x, 0)
	scales := []float32{0x1p-63, 0x1p-126, 0x1p-56, 0x1p-31, 0x1p60, 0x1p-140, 30, 0x1p-64}
	for i := range x {
		u := r.Uint32(uint64(n + i))
		switch {
		case special && u%97 == 0:
			x[i] = [...]float32{inf, -inf, nan}[u/97%3]
		case u%11 == 0:
			x[i] = [...]float32{0, neg}[u/11%2]
		case u%4 == 0:
			x[i] *= scales[u/4%uint32(len(scales))]
		}
	}
	return x
}

// goldenHash is FNV-1a over the bits, low byte first, every NaN being the same.
func goldenHash(parts ...[]float32) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		for _, v := range p {
			u := math.Float32bits(v)
			if v != v {
				u = 0x7fc00000
			}
			h.Write([]byte{byte(u), byte(u >> 8), byte(u >> 16), byte(u >> 24)})
		}
	}
	return h.Sum64()
}

// goldenBits holds one hash for each operation but the elementary functions,
// which have their own. Whoever changes one changes the arithmetic: Version.
var goldenBits = map[string]uint64{
	"AMSGrad":                       0x15132ef2c721128e,
	"AbsoluteError":                 0x327fc7627e1119e4,
	"Activate kind=0":               0xa6744a2cd506f66f,
	"Activate kind=1":               0xcdcbaa6328b9850b,
	"Activate kind=10":              0x41b1c738b93b6f31,
	"Activate kind=11":              0xbaccd9ea7d0b3200,
	"Activate kind=2":               0x259543bc6fcacfb5,
	"Activate kind=3":               0xa7cefad2c37d8efd,
	"Activate kind=4":               0x6f39b8dba22f9830,
	"Activate kind=5":               0xdfcd2ba932ad6fc9,
	"Activate kind=6":               0x6d80ad9e5f3d6edb,
	"Activate kind=7":               0x17722d21f078fc56,
	"Activate kind=8":               0xc53eaeb056f2cc15,
	"Activate kind=9":               0x0ee752615c560527,
	"Adagrad with momentum":         0xb296480ebb738e70,
	"Adadelta":                      0x71025410827c6c7c,
	"Adagrad":                       0x36c4b3058634996c,
	"Adagrad inside":                0xb4d4149956064be7,
	"Adam":                          0x5ac20b7a103cb6e7,
	"Adamax":                        0x184f1e973102d104,
	"Add":                           0x6a425258aabd5ac1,
	"AddSign":                       0x19ca3e2b2d8fa3bf,
	"Axpy":                          0xd22d10f1b83f2ea8,
	"BinaryCrossEntropyProbs":       0xe004f3adabb28d45,
	"Clip":                          0x63591362d7458683,
	"ColDots":                       0xbd7bab7b486a5724,
	"ColMoments":                    0xedf78df1067bed7c,
	"ColSums":                       0xd2e4e9776e809cd4,
	"CrossEntropyProbs":             0xfa11f9127aafb358,
	"Dropout":                       0x6fd9ecbef3f342ac,
	"Flush":                         0x72d95f842fa8e040,
	"HeavyBall":                     0x1fe14749dc557bc7,
	"Huber":                         0x6ba7c5680b46e1ee,
	"InvRoot":                       0x281447d5e9f3c06a,
	"Lion":                          0x405ad64461fe2104,
	"LogSoftmax n=1":                0x3ecb33e15783bec5,
	"LogSoftmax n=10":               0xa160b8125b916042,
	"LogSoftmax n=16":               0x933cb16c2c08f7d5,
	"LogSoftmax n=2":                0xa324f565a98b8524,
	"LogSoftmax n=45 tame":          0xced74c427710283a,
	"LogSoftmax n=45":               0x92e6fd88aaeea8bf,
	"MaxNorm":                       0xb30b0067fb164531,
	"Momentum":                      0x2277e4b6dad993d0,
	"Momentum dampened":             0x08b545651037ed19,
	"Mul":                           0xacfbd72f615bfaef,
	"NAdam":                         0xe733965e169b69ee,
	"Nesterov":                      0xcb93d832defaec36,
	"Normalize":                     0x6a3bf34d582c10f0,
	"NormalizeGrad":                 0xc46065c9081d613b,
	"Philox":                        0xa4b733fd0844190e,
	"RMSprop centred":               0x8782f5177287ab1e,
	"RMSprop":                       0xddd5e103c7a68346,
	"RMSprop inside":                0x531e50c9c11fd70c,
	"Reductions":                    0x37204373ffb7c819,
	"SGD without L2":                0x824ea16b8bfadf9b,
	"SGD":                           0x448e1bf42a8c2380,
	"Scale":                         0x1ef57474de1a92f1,
	"Sgemm":                         0x9c98d20706238d58,
	"SgemmBias n=10":                0xc17baed66b78aab6,
	"SgemmBias n=45":                0x4b3679bb378230f0,
	"ShiftScale":                    0x45bd93b1953542bc,
	"SigmoidCrossEntropy n=1":       0x16e0a124bbc57c7f,
	"SigmoidCrossEntropy n=10":      0x540e989682655057,
	"SigmoidCrossEntropy n=16":      0xe89694b642ee4b70,
	"SigmoidCrossEntropy n=2":       0x0c7c2891eb847c30,
	"SigmoidCrossEntropy n=45 tame": 0x24201beaf2dff318,
	"SigmoidCrossEntropy n=45":      0x29f024ed549f9eb8,
	"Softmax n=1":                   0x607f454bb9fb9958,
	"Softmax n=10":                  0x7f6d101d142f0448,
	"Softmax n=16":                  0x928f87da11b2ccae,
	"Softmax n=2":                   0x6ea96b6625d23281,
	"Softmax n=45 tame":             0x71b681d96cd39e0b,
	"Softmax n=45":                  0x2c8e4a76b7002551,
	"SoftmaxCrossEntropy n=1":       0x3ecb33e15783bec5,
	"SoftmaxCrossEntropy n=10":      0x6daa26e9c7c8d532,
	"SoftmaxCrossEntropy n=16":      0xcae22f436ddbafdb,
	"SoftmaxCrossEntropy n=2":       0xf96d28b8e4d14af0,
	"SoftmaxCrossEntropy n=45 tame": 0x045949610db7dc99,
	"SoftmaxCrossEntropy n=45":      0x5406a107966fc969,
	"SquaredError n=1":              0x66a18d0fc6a55db3,
	"SquaredError n=10":             0x39eab5550cb4985a,
	"SquaredError n=16":             0x70ae875dd2922f13,
	"SquaredError n=2":              0x30afc1d55cad29cf,
	"SquaredError n=45 tame":        0xcd012e4d132aeb35,
	"SquaredError n=45":             0xdde0575c1282326a,
	"SumSquares":                    0xbc1e334bb6e21bcd,
}

func TestGoldenBits(t *testing.T) {
	const n = 997
	in := func(stream uint64) []float32 { return goldenInputs(stream, n, false) }
	hashes := map[string]uint64{}
	add := func(name string, parts ...[]float32) { hashes[name] = goldenHash(parts...) }

	out := make([]float32, n)
	x, y, s := goldenInputs(1, n, true), goldenInputs(2, n, true), in(3)
	Mul(out, x, y)
	add("Mul", out)
	Add(out, x, y)
	add("Add", out)
	Scale(out, 0.3, x)
	add("Scale", out)
	copy(out, y)
	Axpy(out, 0.3, x)
	add("Axpy", out)
	ShiftScale(out, x, y, s)
	add("ShiftScale", out)
	FlushSlice(out, x, FlushProduct)
	add("Flush", out)
	add("Reductions", []float32{Dot(s, in(4)), Sum(s), Max(s), Dot(s[:37], in(5)), Sum(s[:21])})
	copy(out, y)
	ColSums(out[:31], 32, s, 31)
	add("ColSums", out[:31])

	for k := range numKinds {
		act := Act{Kind: k}
		if k == KindLeakyReLU || k == KindELU {
			act.Alpha = 0.3
		}
		hidden, grad := make([]float32, n), make([]float32, n)
		Activate(out, x, act, 0)
		Activate(hidden, x, act, FlushProduct)
		saved := out
		if act.FromInput() {
			saved = x
		}
		ActivateGrad(grad, y, saved, act)
		add(fmt.Sprintf("Activate kind=%d", k), out, hidden, grad)
	}

	for i, cols := range []int{1, 2, 10, 16, 45, 45} {
		suffix := fmt.Sprintf(" n=%d", cols)
		z, target, g := in(6)[:9*cols], in(7)[:9*cols], in(8)[:9*cols]
		if i == 5 { // of one magnitude, so that each term of a sum counts
			suffix += " tame"
			Philox{Seed: 1}.Normal(z, 0)
			Philox{Seed: 2}.Uniform(target, 0)
			Philox{Seed: 3}.Normal(g, 0)
		}
		p, lp, d1, d2 := make([]float32, 9*cols), make([]float32, 9*cols), make([]float32, 9*cols), make([]float32, 9*cols)
		var losses [3][]float32
		var grads [3][]float32
		for l, f := range []func(d, z, t []float32, scale float32) float32{SquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy} {
			grads[l] = make([]float32, 9*cols)
			for r := range 9 {
				at, end := r*cols, (r+1)*cols
				losses[l] = append(losses[l], f(grads[l][at:end], z[at:end], target[at:end], 0.3))
			}
		}
		for r := range 9 {
			at, end := r*cols, (r+1)*cols
			Softmax(p[at:end], z[at:end])
			LogSoftmax(lp[at:end], z[at:end])
			SoftmaxGrad(d1[at:end], g[at:end], p[at:end])
			LogSoftmaxGrad(d2[at:end], g[at:end], lp[at:end])
		}
		add("Softmax"+suffix, p, d1)
		add("LogSoftmax"+suffix, lp, d2)
		add("SquaredError"+suffix, losses[0], grads[0])
		add("SigmoidCrossEntropy"+suffix, losses[1], grads[1])
		add("SoftmaxCrossEntropy"+suffix, losses[2], grads[2])
	}

	a, b, c := in(9), in(10), make([]float32, 5*45)
	Sgemm(5, 45, 20, a, 20, 1, b, 45, 1, c, 45)
	add("Sgemm", c)
	for _, cols := range []int{10, 45} {
		SgemmBias(5, cols, 20, Segments(20, cols), a, 20, b, cols, s, c, cols)
		add(fmt.Sprintf("SgemmBias n=%d", cols), c[:5*cols])
	}

	goldenLosses(add)
	goldenLayers(add)

	optimizer := func(name string, step func(w, g, s1, s2, s3 []float32)) {
		w, s1, s2, s3 := in(11), in(12), in(13), in(14)
		for _, state := range [][]float32{s2, s3} { // second moments are not negative
			for i := range state {
				state[i] = abs(state[i])
			}
		}
		for k := range uint64(3) {
			step(w, in(20+k), s1, s2, s3)
		}
		add(name, w, s1, s2, s3)
	}
	adam := &AdamStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.99, OneMinusBeta2: 0.01, Rate: 0.1, InvRootBias2: 3, Epsilon: 1e-7, Decay: 0.98, L2: 0.01}
	rms := &RMSpropStep{Rho: 0.9, OneMinusRho: 0.1, Rate: 0.1, Momentum: 0.5, Epsilon: 1e-7, L2: 0.01}
	adagrad := &AdagradStep{Rate: 0.1, Momentum: 0.9, Epsilon: 1e-7, Inside: 1e-3, L2: 0.01}
	rmsInside := &RMSpropStep{Rho: 0.9, OneMinusRho: 0.1, Rate: 0.1, Momentum: 0.5, Inside: 1e-3, L2: 0.01}
	adadelta := &AdadeltaStep{Rho: 0.9, OneMinusRho: 0.1, Rate: 0.7, Epsilon: 1e-6, L2: 0.01}
	adamax := &AdamaxStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.99, Rate: 0.1, Epsilon: 1e-7, L2: 0.01}
	nadam := &NAdamStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.99, OneMinusBeta2: 0.01,
		RateM: 0.1, RateG: 0.03, InvRootBias2: 3, Epsilon: 1e-7, Decay: 0.98, L2: 0.01}
	lion := &LionStep{Beta1: 0.9, OneMinusBeta1: 0.1, Beta2: 0.99, OneMinusBeta2: 0.01, Rate: 0.1, Decay: 0.98, L2: 0.01}
	optimizer("SGD", func(w, g, _, _, _ []float32) { SGD(w, g, 0.1, 0.01) })
	optimizer("SGD without L2", func(w, g, _, _, _ []float32) { SGD(w, g, 0x1p-10, 0) })
	optimizer("Momentum", func(w, g, v, _, _ []float32) { Momentum(w, g, v, 0.1, 0.9, 1, 0.01) })
	optimizer("Nesterov", func(w, g, v, _, _ []float32) { Nesterov(w, g, v, 0.1, 0.9, 0.01) })
	optimizer("HeavyBall", func(w, g, v, _, _ []float32) { HeavyBall(w, g, v, 0.1, 0.9, 0.01) })
	optimizer("Adagrad", func(w, g, _, s, _ []float32) { Adagrad(w, g, s, nil, &AdagradStep{Rate: 0.1, Epsilon: 1e-7, L2: 0.01}) })
	optimizer("Adagrad with momentum", func(w, g, v, s, _ []float32) {
		Adagrad(w, g, s, v, &AdagradStep{Rate: 0.1, Momentum: 0.9, Epsilon: 1e-7, L2: 0.01})
	})
	optimizer("RMSprop", func(w, g, _, s, _ []float32) { RMSprop(w, g, s, nil, nil, rms) })
	optimizer("RMSprop centred", func(w, g, a, s, v []float32) { RMSprop(w, g, s, a, v, rms) })
	optimizer("Adam", func(w, g, m, v, _ []float32) { Adam(w, g, m, v, nil, adam) })
	optimizer("AMSGrad", func(w, g, m, v, top []float32) { Adam(w, g, m, v, top, adam) })
	optimizer("Momentum dampened", func(w, g, v, _, _ []float32) { Momentum(w, g, v, 0.1, 0.9, 0.7, 0.01) })
	optimizer("Adagrad inside", func(w, g, v, s, _ []float32) { Adagrad(w, g, s, v, adagrad) })
	optimizer("RMSprop inside", func(w, g, a, s, v []float32) { RMSprop(w, g, s, a, v, rmsInside) })
	optimizer("Adadelta", func(w, g, _, s, u []float32) { Adadelta(w, g, s, u, adadelta) })
	optimizer("Adamax", func(w, g, m, u, _ []float32) { Adamax(w, g, m, u, adamax) })
	optimizer("NAdam", func(w, g, m, v, _ []float32) { NAdam(w, g, m, v, nadam) })
	optimizer("Lion", func(w, g, m, _, _ []float32) { Lion(w, g, m, lion) })

	u := make([]float32, n)
	Philox{Seed: 3, Stream: 4}.Uniform(u, 5)
	Philox{Seed: 3, Stream: 4}.Normal(out, 5)
	add("Philox", u, out)

	for name, got := range hashes {
		if want, ok := goldenBits[name]; !ok || got != want {
			t.Errorf("%q: %#016x,", name, got)
		}
	}
	if len(hashes) != len(goldenBits) {
		t.Errorf("%d operations, %d hashes", len(hashes), len(goldenBits))
	}
}

// goldenLosses adds the losses that are no row of the loop over widths: of all
// magnitudes, and of one, which are also probabilities.
func goldenLosses(add func(name string, parts ...[]float32)) {
	for name, f := range map[string]func(dst, z, t []float32, scale float32) float32{
		"AbsoluteError":           AbsoluteError,
		"Huber":                   func(d, z, t []float32, scale float32) float32 { return Huber(d, z, t, 0.4, scale) },
		"BinaryCrossEntropyProbs": BinaryCrossEntropyProbs,
		"CrossEntropyProbs":       CrossEntropyProbs,
	} {
		var parts [][]float32
		for _, n := range []int{1, 2, 10, 16, 45} {
			p, target, dst := make([]float32, n), make([]float32, n), make([]float32, n)
			Philox{Seed: 1}.Uniform(p, 0)
			Philox{Seed: 2}.Uniform(target, 0)
			if n == 45 {
				copy(p, []float32{0, 1, 0x1p-140, 1e-12, 1 - 0x1p-24})
				target[1], target[2] = 1, 1
			}
			loss := f(dst, p, target, 0.3)
			parts = append(parts, []float32{loss}, dst)
			wild := make([]float32, n)
			loss = f(wild, goldenInputs(6, n, n == 45), goldenInputs(7, n, false), 0.3)
			parts = append(parts, []float32{loss}, wild)
		}
		add(name, parts...)
	}
}

// goldenLayers adds dropout, normalisation and bounds.
func goldenLayers(add func(name string, parts ...[]float32)) {
	const n = 997
	x, y, s := goldenInputs(1, n, true), goldenInputs(2, n, true), goldenInputs(3, n, false)
	tame, other := make([]float32, n), make([]float32, n)
	Philox{Seed: 1}.Normal(tame, 0)
	Philox{Seed: 2}.Normal(other, 0)
	a, b, c, d := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)

	Dropout(a, x, Philox{Seed: 3, Stream: 4}, 5, 1<<30, 4.0/3)
	add("Dropout", a)
	Clip(a, x, 0.7)
	add("Clip", a)
	copy(a, y)
	AddSign(a, 0.3, x)
	add("AddSign", a)
	add("SumSquares", []float32{SumSquares(s), SumSquares(s[:37]), SumSquares(x), SumSquares(tame)})
	copy(a, x)
	copy(b, s)
	copy(c, tame)
	copy(d, tame)
	MaxNorm(a, 19, 50, 0.7)
	MaxNorm(b, 60, 16, 0.7)
	MaxNorm(c, 10, 50, 3)
	MaxNorm(d, 60, 16, 8)
	add("MaxNorm", a, b, c, d)

	ColMoments(a[:31], b[:31], 30, s, 33)
	ColMoments(c[:31], d[:31], 30, tame, 33)
	add("ColMoments", a[:31], b[:31], c[:31], d[:31])
	InvRoot(a, x, 1e-5)
	InvRoot(d, d, 1e-5)
	add("InvRoot", a, d)
	Normalize(a, b, x, y, s, tame, other)
	Normalize(c, d, tame, other, s, x, y)
	add("Normalize", a, b, c, d)
	NormalizeGrad(a, x, y, s, tame, other)
	NormalizeGrad(b, tame, other, s, x, y)
	add("NormalizeGrad", a, b)
	copy(a, y)
	copy(b, y)
	ColDots(a[:31], 30, s, 33, x, 32)
	ColDots(b[:31], 30, tame, 33, other, 32)
	add("ColDots", a[:31], b[:31])
}
