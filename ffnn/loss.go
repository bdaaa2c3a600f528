package ffnn

import (
	"fmt"
	"slices"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/layout"
)

// Loss is what training minimises: a mean over the rows of a batch, of m rows
// and n outputs.
type Loss interface {
	fmt.Stringer

	// compute sets the losses of the rows and, in dst, the gradient of their
	// mean with respect to z: the logits if the loss has outputs, otherwise what
	// the network gives.
	compute(rows []float32, dst, z, t layout.Matrix)

	// divisor is what the sum of the rows' losses is divided by for the mean
	// over the given number of rows.
	divisor(rows, outputs int) float64

	// outputs returns the activations of the output layer that the loss
	// includes, being computed from logits; none if it takes outputs as they
	// are.
	outputs() []Activation
}

type lossKind uint8

// The losses. In parentheses the activation of the last layer that belongs to
// it; cross-entropies are computed from logits, so that neither overflows nor
// loses a small loss. A network whose last layer has the Identity gives logits.
const (
	MSE                lossKind = iota // mean over m·n elements of (y−t)²
	MSERows                            // mean over m rows of Σ (y−t)²
	BinaryCrossEntropy                 // mean over m·n elements (Sigmoid)
	CrossEntropy                       // mean over m rows of −Σ t·ln y (Softmax)
)

var _ = [...]Loss{MSE, MSERows, BinaryCrossEntropy, CrossEntropy}

var lossNames = [...]string{"mse", "mse_rows", "binary_cross_entropy", "cross_entropy"}

// String returns the name of the loss.
func (l lossKind) String() string { return lossNames[l] }

// ParseLoss returns the loss of that name: mse, mse_rows, binary_cross_entropy
// or cross_entropy.
func ParseLoss(name string) (Loss, error) {
	for i, n := range lossNames {
		if n == name {
			return lossKind(i), nil
		}
	}
	return nil, fmt.Errorf("unknown loss %q: known are mse, mse_rows, binary_cross_entropy and cross_entropy", name)
}

// DefaultLoss returns the loss that belongs to the activation of the last
// layer: CrossEntropy to Softmax and LogSoftmax, BinaryCrossEntropy to Sigmoid, MSE to others.
func DefaultLoss(output Activation) Loss {
	switch output {
	case Softmax, LogSoftmax:
		return CrossEntropy
	case Sigmoid:
		return BinaryCrossEntropy
	}
	return MSE
}

func (l lossKind) divisor(rows, outputs int) float64 {
	if l == MSE || l == BinaryCrossEntropy {
		return float64(rows * outputs)
	}
	return float64(rows)
}

func (l lossKind) outputs() []Activation {
	switch l {
	case BinaryCrossEntropy:
		return []Activation{Sigmoid, Identity}
	case CrossEntropy:
		return []Activation{Softmax, LogSoftmax, Identity}
	}
	return nil
}

func (l lossKind) compute(rows []float32, dst, z, t layout.Matrix) {
	scale := 1 / l.divisor(z.Rows, z.Cols)
	switch l {
	case MSE, MSERows:
		hadamard.SquaredError(rows, dst, z, t, float32(2*scale))
	case BinaryCrossEntropy:
		hadamard.SigmoidCrossEntropy(rows, dst, z, t, float32(scale))
	case CrossEntropy:
		hadamard.SoftmaxCrossEntropy(rows, dst, z, t, float32(scale))
	}
}

// checkLoss returns an error if the loss cannot be computed for a network.
func checkLoss(l Loss, a *arch) error {
	can := l.outputs()
	if last := a.layers[len(a.layers)-1].act; can != nil && !slices.Contains(can, last) {
		return fmt.Errorf("loss %v with outputs of activation %v: it needs %v, or identity for logits", l, last, can[0])
	}
	if can != nil && !a.targets.empty() {
		return fmt.Errorf("loss %v with a scaler of the targets: classes are not scaled; use MSE", l)
	}
	if l == CrossEntropy && a.Outputs() == 1 {
		return fmt.Errorf("loss %v with one output: a softmax of one output is always 1; use sigmoid and %v", l, BinaryCrossEntropy)
	}
	return nil
}

// checkTargets returns an error if t are not targets of the loss.
func checkTargets(l Loss, t layout.Matrix) error {
	if l.outputs() == nil {
		return nil
	}
	for i := range t.Rows {
		for j, v := range t.Row(i) {
			if v < 0 || v > 1 {
				return fmt.Errorf("target (%d, %d) is %g: %v takes probabilities, or 0 and 1", i, j, v, l)
			}
		}
	}
	return nil
}
