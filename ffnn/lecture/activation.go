package lecture

import (
	"math"
	"slices"
)

// Activation is an activation function and its derivative. The lecture takes a
// Python function and asks Autograd for the derivative; here both are given.
//
// Each works on one row: z are the inputs of a layer's units for one sample. It
// writes NaN or an infinity where the lecture would raise a RuntimeWarning
// (ErrNotFinite). It must not keep or change z.
//
// The Name matters: an output function called softmax is trained by a − t,
// whatever the cost function (Q4).
type Activation struct {
	Name       string
	Func       func(a, z []float64) // writes the values to a
	Derivative func(d, z []float64) // writes dΣa/dz to d, for element-wise functions a′(z)
}

// The lecture's functions, and tanh, which it gets from NumPy.
var (
	// Identity is a = z.
	Identity = Activation{"identity", identity, one}

	// Sigmoid is a = 1/(1+e⁻ᶻ). It overflows below −709.78, and its derivative,
	// in which 1+e⁻ᶻ is squared, below −354.89 (Q23).
	Sigmoid = Activation{"sigmoid", elementwise(sigmoid), elementwise(sigmoidDerivative)}

	// Softmax is aᵢ = eᶻⁱ⁻ᵐ / (Σⱼ eᶻʲ⁻ᵐ + 1e-9) with m = maxⱼ zⱼ (Q8). It is meant for
	// the output: in a hidden layer its derivative, that of the sum of all outputs,
	// is nearly 0 (Q26).
	Softmax = Activation{"softmax", softmax, softmaxDerivative}

	// RELU is a = z for z > 0, else 0.
	RELU = Activation{"RELU", elementwise(relu), elementwise(reluDerivative)}

	// LRELU is a = z for z > 0, else z/1000 (Q9).
	LRELU = Activation{"LRELU", elementwise(leaky), elementwise(leakyDerivative)}

	// Tanh is a = tanh z. The derivative is 1/cosh² z, which overflows beyond ±355.58.
	Tanh = Activation{"tanh", elementwise(math.Tanh), elementwise(tanhDerivative)}
)

// guard is the lecture's 10e-10, in denominators and logarithms (Q7, Q8).
const guard = 1e-9

// slope is the lecture's 10e-4, the slope of LRELU (Q9).
const slope = 1e-3

func elementwise(f func(float64) float64) func(y, x []float64) {
	return func(y, x []float64) {
		for i, v := range x {
			y[i] = f(v)
		}
	}
}

func identity(a, z []float64) { copy(a, z) }

func one(d, _ []float64) {
	for i := range d {
		d[i] = 1
	}
}

func sigmoid(z float64) float64 { return 1 / (1 + orNaN(math.Exp(-z))) }

func sigmoidDerivative(z float64) float64 {
	e := math.Exp(-z)
	return 1 / orNaN((1+e)*(1+e)) * e
}

func relu(z float64) float64 {
	if z > 0 {
		return z
	}
	return 0
}

func reluDerivative(z float64) float64 {
	if z > 0 {
		return 1
	}
	return 0
}

func leaky(z float64) float64 {
	if z > 0 {
		return z
	}
	return slope * z
}

func leakyDerivative(z float64) float64 {
	if z > 0 {
		return 1
	}
	return slope
}

func tanhDerivative(z float64) float64 {
	c := math.Cosh(z)
	return 1 / orNaN(c*c)
}

// exponentials writes eᶻⁱ⁻ᵐ to e and returns their sum.
func exponentials(e, z []float64) (sum float64) {
	m := slices.Max(z)
	for i, v := range z {
		e[i] = math.Exp(orNaN(v - m))
		sum += e[i]
	}
	return sum
}

func softmax(a, z []float64) {
	sum := exponentials(a, z) + guard
	for i := range a {
		a[i] /= sum
	}
}

// softmaxDerivative writes the derivatives of the sum of the outputs, S/(S+g)
// for S = Σ eᶻⁱ⁻ᵐ and the guard g: that by one exponent is g·eᶻⁱ⁻ᵐ/(S+g)², and the
// sum of them all is taken from the maximum, in equal parts where there are
// several.
func softmaxDerivative(d, z []float64) {
	sum := exponentials(d, z)
	f := guard / ((sum + guard) * (sum + guard))
	m, atMax := slices.Max(z), 0.0
	for _, v := range z {
		if v == m {
			atMax++
		}
	}
	for i, v := range z {
		d[i] *= f
		if v == m {
			d[i] -= f * sum / atMax
		}
	}
}
