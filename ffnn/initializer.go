package ffnn

import (
	"fmt"
	"math"
	"strings"

	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Initializer is the distribution of a layer's initial weights. Its zero value
// is GlorotUniform.
type Initializer struct {
	kind  initKind
	param float64 // σ, limit, gain or value
}

type initKind uint8

const (
	initGlorotUniform initKind = iota
	initGlorotNormal
	initHeUniform
	initHeNormal
	initLeCunUniform
	initLeCunNormal
	initNormal
	initTorchUniform
	initUniform
	initConstant
	initOrthogonal
)

// The initialisers that scale with the layer, n inputs and m outputs.
//
// Sources: X. Glorot, Y. Bengio, AISTATS 2010; K. He et al., ICCV 2015; Y. LeCun
// et al., "Efficient BackProp", 1998; the weights of PyTorch's nn.Linear (whose
// biases are drawn alike, while here they start with 0). The normal forms are not
// truncated.
var (
	GlorotUniform = Initializer{kind: initGlorotUniform} // uniform on ±√(6/(n+m))
	GlorotNormal  = Initializer{kind: initGlorotNormal}  // σ = √(2/(n+m))
	HeUniform     = Initializer{kind: initHeUniform}     // uniform on ±√(6/n)
	HeNormal      = Initializer{kind: initHeNormal}      // σ = √(2/n)
	LeCunUniform  = Initializer{kind: initLeCunUniform}  // uniform on ±√(3/n)
	LeCunNormal   = Initializer{kind: initLeCunNormal}   // σ = √(1/n)
	TorchUniform  = Initializer{kind: initTorchUniform}  // uniform on ±√(1/n)
)

// Zeros is Constant(0). It suits a network of one layer: behind units that are
// all alike, the units of a layer stay alike.
var Zeros = Constant(0)

// Normal is the normal distribution with mean 0 and the given standard
// deviation.
func Normal(std float64) Initializer { return Initializer{initNormal, std} }

// Uniform is the uniform distribution on ±limit.
func Uniform(limit float64) Initializer { return Initializer{initUniform, limit} }

// Constant gives every weight the same value.
func Constant(v float64) Initializer { return Initializer{initConstant, v} }

// Orthogonal is gain times a random orthogonal matrix: the columns of the weights
// are orthonormal if there are at least as many inputs as outputs, otherwise the
// rows are. All such matrices are equally likely (Haar's measure). A gain of √2
// is usual before ReLU, 1 otherwise.
//
// For n inputs and m outputs it takes up to 4·n·m·min(n, m) floating-point
// operations, and n·m float64 of memory.
//
// Sources: A. M. Saxe, J. L. McClelland, S. Ganguli, "Exact solutions to the
// nonlinear dynamics of learning in deep linear neural networks", ICLR 2014;
// F. Mezzadri, "How to generate random matrices from the classical compact
// groups", Notices of the AMS 54(5), 2007.
func Orthogonal(gain float64) Initializer { return Initializer{initOrthogonal, gain} }

var namedInitializers = []struct {
	name string
	in   Initializer
}{
	{"glorot_uniform", GlorotUniform},
	{"glorot_normal", GlorotNormal},
	{"he_uniform", HeUniform},
	{"he_normal", HeNormal},
	{"lecun_uniform", LeCunUniform},
	{"lecun_normal", LeCunNormal},
	{"torch_uniform", TorchUniform},
	{"orthogonal", Orthogonal(1)},
	{"zeros", Zeros},
}

// InitializerNames returns the names that ParseInitializer knows.
func InitializerNames() []string {
	var names []string
	for _, n := range namedInitializers {
		names = append(names, n.name)
	}
	return names
}

// ParseInitializer returns the initialiser of that name, one of
// InitializerNames; the gain of orthogonal is 1.
func ParseInitializer(name string) (Initializer, error) {
	for _, n := range namedInitializers {
		if n.name == name {
			return n.in, nil
		}
	}
	return Initializer{}, fmt.Errorf("unknown initializer %q: known are %s", name, strings.Join(InitializerNames(), ", "))
}

// check returns an error if weights could be infinite, or the argument is
// negative where it is a width.
func (in Initializer) check() error {
	const top = 1e30
	name, low := "", 0.0
	switch in.kind {
	case initNormal:
		name = "standard deviation"
	case initUniform:
		name = "limit"
	case initOrthogonal:
		name = "gain"
	case initConstant:
		name, low = "value", -top
	}
	if !(in.param >= low && in.param <= top) {
		return fmt.Errorf("initial weights: %s %g: must be in [%g, %g]", name, in.param, low, top)
	}
	return nil
}

// initStream is the upper half of the random streams that initial weights come
// from, a stream for each layer.
const initStream = 0x696e6974 << 32 // "init"

// fill sets the weights of panels from the stream of the layer, and the biases
// to zero. Weight (k, j) comes from draw k·N + j: it does not depend on how
// weights are packed.
func (in Initializer) fill(w layout.Panels, seed uint64, layer int) {
	r := kernels.Philox{Seed: seed, Stream: initStream + uint64(layer)}
	clear(w.Data)
	n, m := float64(w.K), float64(w.N)
	var scale float64
	uniform := false
	switch in.kind {
	case initGlorotUniform:
		scale, uniform = math.Sqrt(6/(n+m)), true
	case initGlorotNormal:
		scale = math.Sqrt(2 / (n + m))
	case initHeUniform:
		scale, uniform = math.Sqrt(6/n), true
	case initHeNormal:
		scale = math.Sqrt(2 / n)
	case initLeCunUniform:
		scale, uniform = math.Sqrt(3/n), true
	case initLeCunNormal:
		scale = math.Sqrt(1 / n)
	case initTorchUniform:
		scale, uniform = math.Sqrt(1/n), true
	case initNormal:
		scale = in.param
	case initUniform:
		scale, uniform = in.param, true
	case initConstant:
		for k := range w.K {
			for j := range w.N {
				w.SetWeight(k, j, kernels.Flush(float32(in.param), kernels.FlushProduct))
			}
		}
		return
	case initOrthogonal:
		fillOrthogonal(w, r, in.param)
		return
	}
	row := make([]float32, w.N)
	for k := range w.K {
		if uniform {
			r.Uniform(row, uint64(k*w.N))
		} else {
			r.Normal(row, uint64(k*w.N))
		}
		for j, v := range row {
			if uniform {
				v = float32(2*v) - 1
			}
			w.SetWeight(k, j, kernels.Flush(float32(v*float32(scale)), kernels.FlushProduct))
		}
	}
}

// fillOrthogonal sets the weights to gain times the orthogonal factor of a
// matrix of normal draws. It works on vectors that are not fewer elements long
// than there are vectors: the columns of the weights, or their rows.
func fillOrthogonal(w layout.Panels, r kernels.Philox, gain float64) {
	place := func(vector, i int) (k, j int) { return i, vector }
	if w.K < w.N {
		place = func(vector, i int) (k, j int) { return vector, i }
	}
	vectors := make([][]float64, min(w.K, w.N))
	draw := make([]float32, 1)
	for c := range vectors {
		vectors[c] = make([]float64, max(w.K, w.N))
		for i := range vectors[c] {
			k, j := place(c, i)
			r.Normal(draw, uint64(k*w.N+j))
			vectors[c][i] = float64(draw[0])
		}
	}
	orthonormalize(vectors)
	for c, q := range vectors {
		for i, v := range q {
			k, j := place(c, i)
			w.SetWeight(k, j, kernels.Flush(float32(float64(gain*v)), kernels.FlushProduct))
		}
	}
}

// orthonormalize replaces the matrix A whose columns are a by the Q of A = Q·R
// for which the diagonal of R is positive, by Householder's reflections. (With
// the signs that a reflection happens to give, Q would not be uniform.) Columns
// that depend on each other do no harm.
func orthonormalize(a [][]float64) {
	signs := make([]float64, len(a))
	for j, v := range a {
		// H = I − v·vᵀ with v·v = 2 takes the rest x of column j to (−sign x₀·‖x‖, 0, …).
		x := v[j:]
		norm := math.Sqrt(dot(x, x))
		signs[j] = -1
		if x[0] < 0 {
			norm, signs[j] = -norm, 1
		}
		if norm == 0 {
			signs[j] = 1 // v = 0, H = I
			continue
		}
		x[0] += norm
		scale := 1 / math.Sqrt(float64(x[0]*norm)) // the old ‖v‖² is 2·x₀·norm
		for i := range x {
			x[i] = float64(x[i] * scale)
		}
		for _, b := range a[j+1:] {
			reflect(b[j:], x)
		}
	}
	// Column j of Q is H₀·H₁…Hⱼ·eⱼ and the sign. It takes the place of v, which
	// columns further left do not need.
	for j := len(a) - 1; j >= 0; j-- {
		q := a[j]
		clear(q[:j])
		first := q[j]
		for i := j; i < len(q); i++ {
			q[i] = -float64(first * q[i])
		}
		q[j]++
		for i := j - 1; i >= 0; i-- {
			reflect(q[i:], a[i][i:])
		}
		for i := range q {
			q[i] = float64(q[i] * signs[j])
		}
	}
}

// reflect applies I − v·vᵀ to x.
func reflect(x, v []float64) {
	d := dot(x, v)
	for i := range x {
		x[i] -= float64(d * v[i])
	}
}

// dot returns x·y, summed in order.
func dot(x, y []float64) float64 {
	s := 0.0
	for i, v := range x {
		s += float64(v * y[i])
	}
	return s
}
