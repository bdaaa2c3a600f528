package ffnn

import (
	"math"
	"testing"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// oracle is a network in float64, straight from the formulas of the
// documentation: nothing is folded, fused, flushed or summed in lanes.
type oracle struct {
	n    *Network
	p    []float64 // as n.params
	c    TrainConfig
	seen uint64 // rows trained on before, for the masks of Dropout
}

func newOracle(n *Network, c TrainConfig, seen uint64) *oracle {
	return &oracle{n, float64s(n.params), c, seen}
}

func float64s(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

func rows64(m layout.Matrix) [][]float64 {
	r := make([][]float64, m.Rows)
	for i := range r {
		r[i] = float64s(m.Row(i))
	}
	return r
}

// at returns the offset of layer i in the parameters.
func (o *oracle) at(i int) int {
	at := 0
	for k := range i {
		at += o.n.layers[k].paramsLen()
	}
	return at
}

// places returns the indices of all parameters: of the flat slice without its
// padding.
func (o *oracle) places() []int {
	var all []int
	for i := range o.n.layers {
		l, at := &o.n.layers[i], o.at(i)
		switch l.kind {
		case kindDense:
			for j := range l.out {
				for k := -1; k < l.in; k++ {
					all = append(all, at+place(l.in, k, j))
				}
			}
		case kindBatchNorm:
			for j := range l.out {
				all = append(all, at+j, at+layout.Pad(l.out)+j)
			}
		}
	}
	return all
}

// place returns the index of weight (k, j) of panels, the bias being k = −1.
func place(in, k, j int) int { return j/16*(in+1)*16 + (k+1)*16 + j%16 }

// forward returns the outputs of all layers for rows at, at+1, … of a batch.
func (o *oracle) forward(x [][]float64, at int, training bool) [][][]float64 {
	var all [][][]float64
	for i := range o.n.layers {
		l, p := &o.n.layers[i], o.p[o.at(i):]
		y := make([][]float64, len(x))
		for r := range y {
			y[r] = make([]float64, l.out)
		}
		switch l.kind {
		case kindDense:
			for r := range y {
				for j := range y[r] {
					sum := p[place(l.in, -1, j)]
					for k, v := range x[r] {
						sum += v * p[place(l.in, k, j)]
					}
					y[r][j] = sum
				}
			}
		case kindBatchNorm:
			for j := range l.out {
				mean, variance := float64(l.mean[j]), float64(l.variance[j])
				if training && len(x) > 1 {
					mean, variance = moments(x, j)
				}
				inv := 1 / math.Sqrt(variance+float64(float32(l.epsilon)))
				for r := range y {
					y[r][j] = p[j]*(x[r][j]-mean)*inv + p[layout.Pad(l.out)+j]
				}
			}
		case kindDropout:
			for r := range y {
				for j := range y[r] {
					y[r][j] = x[r][j]
					if training {
						y[r][j] *= o.mask(l, at+r, j)
					}
				}
			}
		}
		for r := range y {
			y[r] = activation64(l.act, y[r])
		}
		all = append(all, y)
		x = y
	}
	return all
}

// mask returns what Dropout multiplies an element of a row of the batch with.
func (o *oracle) mask(l *layer, row, col int) float64 {
	draw := kernels.Philox{Seed: o.c.Seed, Stream: 0x64726f70<<32 + l.stream}.Uint32((o.seen+uint64(row))*uint64(l.out) + uint64(col))
	if float64(draw) < math.Floor(l.rate*(1<<32)) {
		return 0
	}
	return 1 / (1 - l.rate)
}

// moments returns the mean and the biased variance of column j.
func moments(x [][]float64, j int) (mean, variance float64) {
	n := float64(len(x))
	for r := range x {
		mean += x[r][j] / n
	}
	for r := range x {
		d := x[r][j] - mean
		variance += d * d / n
	}
	return mean, variance
}

func sigmoid64(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func softmax64(x []float64) []float64 {
	top, sum := math.Inf(-1), 0.0
	for _, v := range x {
		top = max(top, v)
	}
	y := make([]float64, len(x))
	for j, v := range x {
		y[j] = math.Exp(v - top)
		sum += y[j]
	}
	for j := range y {
		y[j] /= sum
	}
	return y
}

// own64 has the float64 forms of the activations and losses that tests make.
var (
	own64     = map[string]func(float64) float64{}
	ownLoss64 = map[string]func(y, t []float64) float64{}
)

// activation64 returns the activation of a row.
func activation64(a Activation, x []float64) []float64 {
	alpha := float64(a.Alpha())
	elu := func(x, alpha float64) float64 {
		if x < 0 {
			return alpha * math.Expm1(x)
		}
		return x
	}
	var f func(x float64) float64
	switch a.Name() {
	case "identity":
		return x
	case "softmax":
		return softmax64(x)
	case "log_softmax":
		y := softmax64(x)
		for j := range y {
			y[j] = math.Log(y[j])
		}
		return y
	case "sigmoid":
		f = sigmoid64
	case "tanh":
		f = math.Tanh
	case "relu":
		f = func(x float64) float64 { return max(x, 0) }
	case "leaky_relu":
		f = func(x float64) float64 { return max(x, 0) + alpha*min(x, 0) }
	case "elu":
		f = func(x float64) float64 { return elu(x, alpha) }
	case "selu":
		f = func(x float64) float64 { return 1.0507009873554805 * elu(x, 1.6732632423543772) }
	case "hard_sigmoid":
		f = func(x float64) float64 { return min(max(x/6+0.5, 0), 1) }
	case "softplus":
		f = func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
	case "silu":
		f = func(x float64) float64 { return x * sigmoid64(x) }
	case "gelu":
		f = func(x float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) }
	case "gelu_tanh":
		f = func(x float64) float64 {
			return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		}
	default:
		f = own64[a.Name()]
	}
	y := make([]float64, len(x))
	for j, v := range x {
		y[j] = f(v)
	}
	return y
}

// rowLoss returns the loss of a row of outputs, before any division.
func (o *oracle) rowLoss(y, t []float64) float64 {
	act, sum := o.n.output().act, 0.0
	each := func(f func(y, t float64) float64) float64 {
		for j := range y {
			sum += f(y[j], t[j])
		}
		return sum
	}
	binary := func(y, t float64) float64 {
		return -t*max(math.Log(y), -100) - (1-t)*max(math.Log1p(-y), -100)
	}
	switch l := o.c.Loss.(type) {
	case huber:
		return each(func(y, t float64) float64 {
			d := math.Abs(y - t)
			if d <= l.delta {
				return d * d / 2
			}
			return l.delta * (d - l.delta/2)
		})
	case *ownLoss:
		return ownLoss64[l.name](y, t)
	case lossKind:
		switch l {
		case MSE, MSERows:
			return each(func(y, t float64) float64 { return (y - t) * (y - t) })
		case MAE:
			return each(func(y, t float64) float64 { return math.Abs(y - t) })
		case BinaryCrossEntropy:
			if act == Identity { // logits
				return each(func(z, t float64) float64 { return max(z, 0) - t*z + math.Log1p(math.Exp(-math.Abs(z))) })
			}
			return each(binary)
		case BinaryCrossEntropyProbs:
			return each(binary)
		case CrossEntropy:
			switch act {
			case Identity:
				y = activation64(LogSoftmax, y)
			case Softmax:
				return each(func(y, t float64) float64 { return -t * math.Log(y) })
			}
			return each(func(y, t float64) float64 { return -t * y })
		case CrossEntropyProbs:
			return each(func(y, t float64) float64 { return -t * max(math.Log(y), -100) })
		}
	}
	panic("no such loss")
}

// loss returns what a step on d minimises, penalties excluded.
func (o *oracle) loss(d Dataset) float64 {
	sum, cols, micro := 0.0, float64(d.Y.Cols), min(o.c.MicroBatch, d.X.Rows)
	if micro == 0 {
		micro = d.X.Rows
	}
	xs, ts := rows64(d.X), rows64(d.Y)
	for i := range xs {
		scale64(xs[i], o.n.scaler)
	}
	for from := 0; from < len(xs); from += micro {
		to := min(from+micro, len(xs))
		all := o.forward(xs[from:to], from, true)
		for i, y := range all[len(all)-1] {
			t, w := ts[from+i], 1.0
			if d.Weights != nil {
				w = float64(d.Weights[from+i])
			}
			if cw := o.c.ClassWeights; cw != nil {
				if len(t) == 1 {
					w *= map[bool]float64{false: cw[0], true: cw[len(cw)-1]}[t[0] > 0.5]
				} else {
					mean := 0.0
					for j := range t {
						mean += cw[j] * t[j]
					}
					w *= mean
				}
			}
			if eps := o.c.LabelSmoothing; eps > 0 {
				n := cols
				if o.c.Loss == BinaryCrossEntropy || o.c.Loss == BinaryCrossEntropyProbs {
					n = 2
				}
				for j := range t {
					t[j] = (1-eps)*t[j] + eps/n
				}
			}
			scale64(t, o.n.targets)
			sum += w * o.rowLoss(y, t)
		}
	}
	n := float64(len(xs))
	switch o.c.Loss.(type) {
	case *ownLoss:
		return sum / n
	}
	switch o.c.Loss {
	case MSERows, CrossEntropy, CrossEntropyProbs:
		return sum / n
	}
	return sum / (n * cols)
}

func scale64(x []float64, s Scaler) {
	if s.empty() {
		return
	}
	for j := range x {
		x[j] = (x[j] - float64(s.Shift[j])) * float64(s.Scale[j])
	}
}

// gradient returns the derivative of the loss by parameter i, a central
// difference: in float64 it is right to about nine digits.
func (o *oracle) gradient(d Dataset, i int) float64 {
	const h = 1e-6
	old := o.p[i]
	o.p[i] = old + h
	right := o.loss(d)
	o.p[i] = old - h
	left := o.loss(d)
	o.p[i] = old
	return (right - left) / (2 * h)
}

// checkGradients compares the loss of d and the gradients of a trainer with the
// oracle's. Those of float32 are off by some 1e-6 of the greatest.
func checkGradients(t *testing.T, name string, tr *Trainer, d Dataset) {
	t.Helper()
	checkGradientsWithin(t, name, tr, d, 3e-5)
}

// checkGradientsWithin takes errors up to a share of the greatest gradient.
func checkGradientsWithin(t *testing.T, name string, tr *Trainer, d Dataset, share float64) {
	t.Helper()
	loss := tr.gradients(d, nil, 0, d.X.Rows) / tr.loss.divisor(d.X.Rows, d.Y.Cols)
	o := newOracle(tr.net, tr.c, tr.seen) // after it: running means are what a lone row has seen
	if want := o.loss(d); !(math.Abs(loss-want) <= share/15*max(1, math.Abs(want))) {
		t.Errorf("%s: loss %.9g, want %.9g", name, loss, want)
	}
	places := o.places()
	want, top := make([]float64, len(places)), 0.0
	for k, i := range places {
		want[k] = o.gradient(d, i)
		top = max(top, math.Abs(want[k]))
	}
	for k, i := range places {
		if got := float64(tr.grads[i]); !(math.Abs(got-want[k]) <= share*top+1e-7) {
			t.Errorf("%s: gradient of parameter %d is %.7g, want %.7g (the greatest is %.3g)", name, i, got, want[k], top)
			return
		}
	}
	clean := make([]bool, len(tr.grads))
	for _, i := range places {
		clean[i] = true
	}
	for i, g := range tr.grads {
		if !clean[i] && g != 0 {
			t.Fatalf("%s: the padding at %d has the gradient %g", name, i, g)
		}
	}
}

// randomize gives all parameters of a network normal draws: a new network's
// biases, γ and β would hide mistakes. Running means become those of an earlier
// batch.
func randomize(t testing.TB, n *Network, seed uint64) {
	t.Helper()
	for i := range n.layers {
		l := &n.layers[i]
		s := seed*100 + uint64(i)
		var err error
		switch l.kind {
		case kindDense:
			w := randomMatrix(l.in, l.out, s)
			for k := range w.Data {
				w.Data[k] = float32(float64(w.Data[k]) / math.Sqrt(float64(l.in)))
			}
			err = n.SetWeights(i, w, randomMatrix(1, l.out, s+50).Data)
		case kindBatchNorm:
			v := Norm{make([]float32, l.out), make([]float32, l.out), make([]float32, l.out), make([]float32, l.out)}
			r := randomMatrix(4, l.out, s)
			for j := range l.out {
				v.Gamma[j], v.Beta[j] = 1+r.At(0, j)/3, r.At(1, j)/2
				v.Mean[j], v.Variance[j] = r.At(2, j)/2, float32(math.Exp(float64(r.At(3, j))/2))
			}
			err = n.SetNorm(i, v)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
