package kernels

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/hadamard-go/hadamard/internal/golden"
)

var (
	nan = float32(math.NaN())
	inf = float32(math.Inf(1))
	neg = float32(math.Copysign(0, -1)) // −0
)

func TestFlush(t *testing.T) {
	for _, c := range []struct{ x, bound, want float32 }{
		{0x1p-63, FlushProduct, 0x1p-63},
		{0x1.fffffep-64, FlushProduct, 0},
		{-0x1.fffffep-64, FlushProduct, 0}, // +0, not −0
		{-0x1p-63, FlushProduct, -0x1p-63},
		{0x1p-126, FlushState, 0x1p-126},
		{0x1.fffffcp-127, FlushState, 0},
		{neg, FlushState, 0},
		{inf, FlushProduct, inf},
		{-inf, FlushProduct, -inf},
		{nan, FlushProduct, nan},
		{neg, 0, neg}, // a bound of 0 changes nothing
	} {
		if got := Flush(c.x, c.bound); !sameBits(got, c.want) {
			t.Errorf("Flush(%g, %g) = %g, want %g", c.x, c.bound, got, c.want)
		}
	}
}

// Sixteen lanes, then the tree: written out again for every length.
func TestReductions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for n := range 70 {
		x, y := make([]float32, n), make([]float32, n)
		fillAdversarial(r, x, n > 40)
		fillAdversarial(r, y, n > 40)
		var sum, dot [16]float32
		for i := range n {
			sum[i%16] += x[i]
			dot[i%16] = fmaOdd(x[i], y[i], dot[i%16])
		}
		for _, w := range []int{8, 4, 2, 1} {
			for l := range w {
				sum[l] += sum[l+w]
				dot[l] += dot[l+w]
			}
		}
		if got := Sum(x); !sameBits(got, sum[0]) {
			t.Errorf("Sum of %d: %g, want %g", n, got, sum[0])
		}
		if got := Dot(x, y); !sameBits(got, dot[0]) {
			t.Errorf("Dot of %d: %g, want %g", n, got, dot[0])
		}
	}
}

func TestMax(t *testing.T) {
	for _, c := range []struct {
		x    []float32
		want float32
	}{
		{nil, -inf},
		{[]float32{1, 3, 2}, 3},
		{[]float32{neg, neg}, 0},
		{[]float32{neg, 0, neg}, 0},
		{[]float32{-1, neg}, 0},
		{[]float32{inf, nan}, nan},
		{[]float32{nan, 1}, nan},
		{[]float32{1, nan}, nan},
		{[]float32{-inf, -inf}, -inf},
		{[]float32{-3, -2}, -2},
	} {
		if got := Max(c.x); !sameBits(got, c.want) {
			t.Errorf("Max(%v) = %g, want %g", c.x, got, c.want)
		}
	}
	got := make([]float32, 2)
	RowMax(got, 2, []float32{1, 2, 99, 4, 3}, 3)
	if got[0] != 2 || got[1] != 4 {
		t.Errorf("RowMax: %v", got)
	}
}

func TestArgMax(t *testing.T) {
	for _, c := range []struct {
		x    []float32
		want int
	}{
		{nil, -1}, {[]float32{3}, 0}, {[]float32{1, 3, 3}, 1}, {[]float32{-inf, -inf}, 0},
		{[]float32{neg, 0}, 0}, {[]float32{1, nan}, -1}, {[]float32{nan, 1}, -1}, {[]float32{0, inf}, 1},
	} {
		if got := ArgMax(c.x); got != c.want {
			t.Errorf("ArgMax(%v) = %d, want %d", c.x, got, c.want)
		}
	}
}

// A sum of columns can be continued: rows in two calls have the bits of one.
func TestColSums(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	const m, n, stride = 13, 5, 7
	x := make([]float32, m*stride)
	fillAdversarial(r, x, false)
	whole, parts := make([]float32, n), make([]float32, n)
	ColSums(whole, m, x, stride)
	ColSums(parts, 4, x, stride)
	ColSums(parts, m-4, x[4*stride:], stride)
	for j := range whole {
		want := float32(0)
		for i := range m {
			want += x[i*stride+j]
		}
		if whole[j] != want || parts[j] != want {
			t.Errorf("column %d: %g in one call, %g in two, want %g", j, whole[j], parts[j], want)
		}
	}
}

func TestElementwise(t *testing.T) {
	x, y := []float32{1.5, -2, inf, neg, nan}, []float32{2, 3, 0, 5, 1}
	dst := make([]float32, 5)
	check := func(name string, want ...float32) {
		t.Helper()
		for i := range want {
			if !sameBits(dst[i], want[i]) {
				t.Errorf("%s: element %d is %g, want %g", name, i, dst[i], want[i])
			}
		}
	}
	Mul(dst, x, y)
	check("Mul", 3, -6, nan, neg, nan)
	Add(dst, x, y)
	check("Add", 3.5, 1, inf, 5, nan)
	Scale(dst, -2, x)
	check("Scale", -3, 4, -inf, 0, nan)
	copy(dst, y)
	Axpy(dst, 2, x)
	check("Axpy", 5, -1, inf, 5, nan)
	ShiftScale(dst, x, y, []float32{2, 2, 2, 2, 2})
	check("ShiftScale", -1, -10, inf, -10, nan)
}

// Every activation at its special points, forward and backward.
func TestActivate(t *testing.T) {
	leaky, elu := Act{KindLeakyReLU, 0.25}, Act{KindELU, 0.5}
	for _, c := range []struct {
		act     Act
		x, y, d float32 // d: derivative
	}{
		{Act{}, -3, -3, 1}, {Act{}, neg, neg, 1}, {Act{}, nan, nan, 1},
		{Act{Kind: KindSigmoid}, 0, 0.5, 0.25}, {Act{Kind: KindSigmoid}, inf, 1, 0}, {Act{Kind: KindSigmoid}, -inf, 0, 0},
		{Act{Kind: KindTanh}, 0, 0, 1}, {Act{Kind: KindTanh}, neg, neg, 1}, {Act{Kind: KindTanh}, -inf, -1, 0},
		{Act{Kind: KindReLU}, 2, 2, 1}, {Act{Kind: KindReLU}, -2, 0, 0}, {Act{Kind: KindReLU}, 0, 0, 0},
		{Act{Kind: KindReLU}, neg, neg, 0}, {Act{Kind: KindReLU}, -inf, 0, 0},
		{leaky, 2, 2, 1}, {leaky, -2, -0.5, 0.25}, {leaky, neg, neg, 0.25}, {leaky, -inf, -inf, 0.25},
		{elu, 2, 2, 1}, {elu, 0, 0, 0.5}, {elu, -inf, -0.5, 0},
	} {
		y := []float32{nan}
		Activate(y, []float32{c.x}, c.act, 0)
		if !sameBits(y[0], c.y) {
			t.Errorf("%v(%g) = %g, want %g", c.act, c.x, y[0], c.y)
		}
		d := []float32{nan}
		ActivateGrad(d, []float32{2}, y, c.act)
		if !sameBits(d[0], 2*c.d) {
			t.Errorf("%v′(%g) = %g, want %g", c.act, c.x, d[0]/2, c.d)
		}
	}
	for k := range numKinds {
		y := []float32{nan}
		Activate(y, y, Act{Kind: k}, FlushProduct)
		if y[0] == y[0] {
			t.Errorf("kind %d of NaN is %g", k, y[0])
		}
	}
	hidden := []float32{0x1p-64, -0x1p-64, 1}
	Activate(hidden, hidden, Act{}, FlushProduct)
	if !sameBits(hidden[0], 0) || !sameBits(hidden[1], 0) || hidden[2] != 1 {
		t.Errorf("hidden outputs are not flushed: %g", hidden)
	}
	if (Act{Kind: KindELU, Alpha: -1}).Valid() || (Act{Kind: KindELU, Alpha: nan}).Valid() ||
		(Act{Kind: KindELU, Alpha: inf}).Valid() || (Act{Kind: numKinds}).Valid() || (Act{KindReLU, 0.5}).Valid() || !elu.Valid() {
		t.Error("Valid accepts a wrong parameter or kind")
	}
}

// Derivatives against difference quotients in float64 of the float32 function.
func TestActivateGradNumerically(t *testing.T) {
	for k := range numKinds {
		act := Act{Kind: k, Alpha: 0.3}
		if k == KindReLU {
			act.Alpha = 0
		}
		for x := float32(-6); x < 6; x += 0.0937 {
			const h = 0x1p-8
			y := []float32{x - h, x, x + h}
			Activate(y, y, act, 0)
			want := (float64(y[2]) - float64(y[0])) / (2 * h)
			d, s := []float32{1}, y[1:2]
			if act.FromInput() {
				s = []float32{x}
			}
			ActivateGrad(d, d, s, act)
			kink := k == KindHardSigmoid && math.Abs(math.Abs(float64(x))-3) <= h || math.Abs(float64(x)) <= h
			if math.Abs(float64(d[0])-want) > 2e-4 && !kink {
				t.Errorf("kind %d at %g: %g, difference quotient %g", k, x, d[0], want)
			}
		}
	}
}

func TestSoftmaxGolden(t *testing.T) {
	var file struct {
		Rows []struct {
			X, Softmax golden.Array
			Log        golden.Array `json:"log_softmax"`
		} `json:"softmax_rows"`
	}
	golden.Read(t, "testdata/softmax.json", &file)
	for i, row := range file.Rows {
		x := row.X.Float32()
		if math.IsInf(float64(Max(x)), 0) {
			continue // beyond float32
		}
		y := make([]float32, len(x))
		Softmax(y, x)
		for j, want := range row.Softmax.Data {
			// The inputs are rounded to float32: half an ULP of x is a
			// relative error in eˣ.
			tol := (4e-6+math.Abs(float64(x[j]))*0x1p-23)*want + 2e-7
			if d := math.Abs(float64(y[j]) - want); !(d <= tol) {
				t.Errorf("row %d, element %d: %g, want %g", i, j, y[j], want)
			}
		}
		LogSoftmax(y, x)
		for j, want := range row.Log.Data {
			tol := 4e-6*math.Abs(want) + 2e-7 + math.Abs(float64(x[j]))*0x1p-23
			if d := math.Abs(float64(y[j]) - want); !(d <= tol) {
				t.Errorf("row %d, element %d: log %g, want %g", i, j, y[j], want)
			}
		}
	}
}

func TestSoftmaxSpecials(t *testing.T) {
	for _, row := range [][]float32{{1, nan, 2}, {inf, 1, 2}, {-inf, -inf}} {
		y := make([]float32, len(row))
		Softmax(y, row)
		for _, v := range y {
			if v == v {
				t.Errorf("Softmax(%v) = %v, want NaN", row, y)
			}
		}
	}
	y := make([]float32, 3)
	Softmax(y, []float32{-inf, 0, 0})
	if y[0] != 0 || y[1] != 0.5 || y[2] != 0.5 {
		t.Errorf("Softmax with −Inf: %v", y)
	}
	in := []float32{1, 2, 3}
	Softmax(y, in)
	Softmax(in, in)
	for j := range in {
		if in[j] != y[j] {
			t.Errorf("in place: %v, want %v", in, y)
		}
	}
}

// The product with the Jacobian against the matrix diag(y) − y·yᵀ in float64.
func TestSoftmaxGrad(t *testing.T) {
	y, g := make([]float32, 20), make([]float32, 20)
	r := rand.New(rand.NewPCG(9, 9))
	fillAdversarial(r, y, false)
	fillAdversarial(r, g, false)
	Softmax(y, y)
	got := make([]float32, 20)
	SoftmaxGrad(got, g, y)
	for j := range y {
		var want float64
		for i := range y {
			d := -float64(y[i]) * float64(y[j])
			if i == j {
				d += float64(y[j])
			}
			want += d * float64(g[i])
		}
		if math.Abs(float64(got[j])-want) > 1e-6 {
			t.Errorf("element %d: %g, want %g", j, got[j], want)
		}
	}
}

func TestLogSoftmaxGrad(t *testing.T) {
	y, g, p := make([]float32, 20), make([]float32, 20), make([]float32, 20)
	r := rand.New(rand.NewPCG(9, 10))
	fillAdversarial(r, y, false)
	fillAdversarial(r, g, false)
	Softmax(p, y)
	LogSoftmax(y, y)
	got := make([]float32, 20)
	LogSoftmaxGrad(got, g, y)
	sum := 0.0
	for _, v := range g {
		sum += float64(v)
	}
	for j := range y {
		if want := float64(g[j]) - float64(p[j])*sum; math.Abs(float64(got[j])-want) > 1e-6 {
			t.Errorf("element %d: %g, want %g", j, got[j], want)
		}
	}
}

// Nothing in the package allocates.
func TestAllocs(t *testing.T) {
	x, y, z := make([]float32, 40), make([]float32, 40), make([]float32, 40)
	step := &AdamStep{Epsilon: 1}
	for name, f := range map[string]func(){
		"Sgemm":     func() { Sgemm(2, 4, 5, x, 5, 1, y, 4, 1, z, 4) },
		"SgemmBias": func() { SgemmBias(2, 4, 5, 4, x, 5, y, 4, y, z, 4) },
		"Reduce":    func() { x[0] = Dot(y, z) + Sum(y) + Max(y) },
		"Activate": func() {
			for k := range numKinds {
				Activate(x, y, Act{Kind: k}, FlushProduct)
				ActivateGrad(x, y, y, Act{Kind: k})
			}
		},
		"Loss": func() {
			SoftmaxCrossEntropy(x, y, z, 1)
			SigmoidCrossEntropy(x, y, z, 1)
			SquaredError(x, y, z, 1)
			AbsoluteError(x, y, z, 1)
			Huber(x, y, z, 1, 1)
			BinaryCrossEntropyProbs(x, y, z, 1)
			CrossEntropyProbs(x, y, z, 1)
		},
		"Regularize": func() {
			Dropout(x, y, Philox{}, 3, 1<<31, 2)
			Clip(x, y, 1)
			AddSign(x, 1, y)
			x[0] = SumSquares(y)
			MaxNorm(x, 2, 20, 1)
		},
		"Norm": func() {
			ColMoments(x[:20], x[20:], 2, y, 20)
			InvRoot(x, y, 1)
			Normalize(x, y, z, z, z, z, z)
			ColDots(x[:20], 2, y, 20, z, 20)
			NormalizeGrad(x, y, z, z, z, z)
		},
		"Adam": func() { Adam(x, y, z, z, nil, step); Momentum(x, y, z, 1, 1, 1, 1); SGD(x, y, 1, 1) },
		"optimizers": func() {
			Adagrad(x, y, z, z, &AdagradStep{Epsilon: 1})
			RMSprop(x, y, z, z, z, &RMSpropStep{Epsilon: 1})
			Adadelta(x, y, z, z, &AdadeltaStep{Epsilon: 1})
			Adamax(x, y, z, z, &AdamaxStep{Epsilon: 1})
			NAdam(x, y, z, z, &NAdamStep{Epsilon: 1})
		},
		"Philox":  func() { Philox{}.Uniform(x, 0); Philox{}.Normal(x, 0) },
		"Softmax": func() { Softmax(x, y); SoftmaxGrad(x, y, x); LogSoftmax(x, y); LogSoftmaxGrad(x, y, x) },
	} {
		if n := testing.AllocsPerRun(10, f); n != 0 {
			t.Errorf("%s: %g allocations", name, n)
		}
	}
}
