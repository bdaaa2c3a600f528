package ffnn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// Loss is what training minimises: a mean over the rows of a batch, of m rows
// and n outputs.
type Loss interface {
	fmt.Stringer

	// compute sets the losses of the rows and, in dst, the gradient of their sum
	// times scale with respect to z: the logits if the loss has outputs,
	// otherwise what the network gives.
	compute(rows []float32, dst, z, t layout.Matrix, scale float64)

	// divisor is what the sum of the rows' losses is divided by for the mean
	// over the given number of rows.
	divisor(rows, outputs int) float64

	// outputs returns the activations of the output layer that the loss
	// includes, being computed from logits; none if it takes outputs as they
	// are.
	outputs() []Activation

	// check returns an error if the loss does not suit outputs of that number
	// and activation.
	check(n int, act Activation) error

	// classes reports whether targets are probabilities of classes.
	classes() bool
}

type lossKind uint8

// The losses. In parentheses the activation of the last layer that belongs to
// it; cross-entropies are computed from logits, so that neither overflows nor
// loses a small loss. A network whose last layer has the Identity gives logits.
// Those of Probs take probabilities as they come, from a Sigmoid or Softmax
// too; logarithms are at least −100, as in PyTorch's BCELoss.
const (
	MSE                     lossKind = iota // mean over m·n elements of (y−t)²
	MSERows                                 // mean over m rows of Σ (y−t)²
	MAE                                     // mean over m·n elements of |y−t|
	BinaryCrossEntropy                      // mean over m·n elements of −t·ln y − (1−t)·ln(1−y) (Sigmoid)
	CrossEntropy                            // mean over m rows of −Σ t·ln y (Softmax)
	BinaryCrossEntropyProbs                 // BinaryCrossEntropy of probabilities
	CrossEntropyProbs                       // CrossEntropy of probabilities
)

var lossNames = [...]string{"mse", "mse_rows", "mae", "binary_cross_entropy", "cross_entropy", "binary_cross_entropy_probs", "cross_entropy_probs"}

// String returns the name of the loss.
func (l lossKind) String() string { return lossNames[l] }

// ParseLoss returns the loss of that name, one of LossNames; that of huber has
// the bound 1.
func ParseLoss(name string) (Loss, error) {
	if i := slices.Index(lossNames[:], name); i >= 0 {
		return lossKind(i), nil
	}
	if name == "huber" {
		return Huber(1), nil
	}
	return nil, fmt.Errorf("unknown loss %q: known are %v", name, LossNames())
}

// LossNames returns the names that ParseLoss knows.
func LossNames() []string { return append(slices.Clone(lossNames[:]), "huber") }

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
	switch l {
	case MSERows, CrossEntropy, CrossEntropyProbs:
		return float64(rows)
	}
	return float64(rows * outputs)
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

func (l lossKind) classes() bool { return l >= BinaryCrossEntropy }

func (l lossKind) check(n int, act Activation) error {
	can := l.outputs()
	if l == BinaryCrossEntropyProbs || l == CrossEntropyProbs {
		can = []Activation{Sigmoid, HardSigmoid, Softmax}
	}
	switch {
	case can != nil && !slices.Contains(can, act) && act.own == nil:
		return fmt.Errorf("outputs of activation %v: it needs one of %v", act, can)
	case can != nil && act.own != nil && l.outputs() != nil:
		return fmt.Errorf("outputs of activation %v: it needs one of %v; %v_probs takes any probabilities", act, can, l)
	case (l == CrossEntropy || l == CrossEntropyProbs) && n == 1:
		return fmt.Errorf("one output: a softmax of one output is always 1; use sigmoid and %v", BinaryCrossEntropy)
	}
	return nil
}

func (l lossKind) compute(rows []float32, dst, z, t layout.Matrix, scale float64) {
	switch l {
	case MSE, MSERows:
		hadamard.SquaredError(rows, dst, z, t, float32(2*scale))
	case MAE:
		hadamard.AbsoluteError(rows, dst, z, t, float32(scale))
	case BinaryCrossEntropy:
		hadamard.SigmoidCrossEntropy(rows, dst, z, t, float32(scale))
	case CrossEntropy:
		hadamard.SoftmaxCrossEntropy(rows, dst, z, t, float32(scale))
	case BinaryCrossEntropyProbs:
		hadamard.BinaryCrossEntropyProbs(rows, dst, z, t, float32(scale))
	case CrossEntropyProbs:
		hadamard.CrossEntropyProbs(rows, dst, z, t, float32(scale))
	}
}

// Huber returns the loss of that name, the mean over all elements of d²/2 for
// |d| ≤ delta and delta·(|d| − delta/2) beyond, d = y − t: like MSE near the
// target, like MAE far from it, where an outlier pulls no more than delta.
//
// Source: P. J. Huber, Annals of Math. Statistics 35(1), 1964; PyTorch's
// HuberLoss.
func Huber(delta float64) Loss { return huber{delta} }

type huber struct{ delta float64 }

func (h huber) String() string                    { return fmt.Sprintf("huber(%g)", h.delta) }
func (h huber) divisor(rows, outputs int) float64 { return float64(rows * outputs) }
func (h huber) outputs() []Activation             { return nil }
func (h huber) classes() bool                     { return false }

func (h huber) check(int, Activation) error {
	return checkRange("delta", h.delta, 1e-30, 1e30)
}

func (h huber) compute(rows []float32, dst, z, t layout.Matrix, scale float64) {
	hadamard.Huber(rows, dst, z, t, float32(h.delta), float32(scale))
}

// RowLoss computes the loss of one row from the network's outputs y and the
// targets t, and sets grad, which is zero before, to its derivative with
// respect to y. It must not allocate or change y and t; grad is none of them. For the same bits on every
// machine write products as float32(x*y), which keeps compilers from fusing
// them, and take functions from package kernels, not from math.
type RowLoss func(grad, y, t []float32) float32

// NewLoss returns a user's own loss: the mean of f over the rows.
//
// It is an error if the derivative is not that of f: at 60 points, outputs and
// targets in (0, 1), one-hot targets, and normal ones, it is compared with
// difference quotients, except where the loss is not finite or has a kink; at
// ten of them at least it must be possible to compare.
func NewLoss(name string, f RowLoss) (Loss, error) {
	if err := checkName(name); err != nil {
		return nil, fmt.Errorf("ffnn: NewLoss: %w", err)
	}
	if _, err := ParseLoss(name); err == nil {
		return nil, fmt.Errorf("ffnn: NewLoss: %q is the name of a loss of this package", name)
	}
	if err := checkRowLoss(f); err != nil {
		return nil, fmt.Errorf("ffnn: NewLoss: %s: %w", name, err)
	}
	return &ownLoss{name, f}, nil
}

type ownLoss struct {
	name string
	f    RowLoss
}

func (l *ownLoss) String() string                  { return l.name }
func (l *ownLoss) divisor(rows, _ int) float64     { return float64(rows) }
func (l *ownLoss) outputs() []Activation           { return nil }
func (l *ownLoss) classes() bool                   { return false }
func (l *ownLoss) check(n int, _ Activation) error { return nil }

func (l *ownLoss) compute(rows []float32, dst, z, t layout.Matrix, scale float64) {
	for i := range rows {
		g := dst.Row(i)
		clear(g)
		rows[i] = l.f(g, z.Row(i), t.Row(i))
		hadamard.Scale(g, float32(scale), g)
		hadamard.Flush(g, g, kernels.FlushProduct)
	}
}

// checkRowLoss compares the derivatives of a loss with difference quotients.
func checkRowLoss(f RowLoss) error {
	const n, h = 3, 0x1p-8
	var y, t, grad, scratch [n]float32
	compared := 0
	for point := range uint64(60) {
		r := kernels.Philox{Seed: point, Stream: 0x636865636b << 16} // "check"
		r.Uniform(y[:], 0)
		r.Uniform(t[:], n)
		switch point % 3 {
		case 0:
			clear(t[:])
			t[point/3%n] = 1
		case 1:
			r.Normal(y[:], 0)
			r.Normal(t[:], n)
		}
		clear(grad[:])
		at := f(grad[:], y[:], t[:])
		for j := range y {
			value := func(d float32) float64 {
				moved := y
				moved[j] += d
				return float64(f(scratch[:], moved[:], t[:]))
			}
			g, y0 := float64(grad[j]), float64(at)
			right, left := (value(h)-y0)/h, (y0-value(-h))/h
			bound := float64(0.02*max(1, math.Abs(g))) + float64(0x1p-21*max(1, math.Abs(y0)))/h
			switch kink := math.Abs(right-left) > bound; {
			case math.IsNaN(right+left+g) || math.IsInf(right+left+g, 0):
				continue
			case kink && float64((g-right)*(g-left)) <= 0:
				continue
			}
			compared++
			if math.Abs((right+left)/2-g) > bound {
				return fmt.Errorf("for outputs %v and targets %v the derivative by output %d is %g, and difference quotients are %.4g to the right and %.4g to the left",
					y, t, j, g, right, left)
			}
		}
	}
	if compared < 10 {
		return errors.New("the loss is nowhere finite: it was tried with three outputs between 0 and 1, and with normal ones")
	}
	return nil
}

// checkLoss returns an error if the loss cannot be computed for a network.
func checkLoss(l Loss, a *arch) error {
	if err := l.check(a.Outputs(), a.output().act); err != nil {
		return fmt.Errorf("loss %v: %w", l, err)
	}
	if l.classes() && !a.targets.empty() {
		return fmt.Errorf("loss %v with a scaler of the targets: classes are not scaled; use MSE", l)
	}
	return nil
}

// checkTargets returns an error if t are not targets of the loss, or of classes
// that have weights.
func checkTargets(l Loss, weighted bool, t layout.Matrix) error {
	if !l.classes() && !weighted {
		return nil
	}
	for i := range t.Rows {
		for j, v := range t.Row(i) {
			if v < 0 || v > 1 {
				what := l.String()
				if !l.classes() {
					what = "a training with class weights"
				}
				return fmt.Errorf("target (%d, %d) is %g: %s takes probabilities, or 0 and 1", i, j, v, what)
			}
		}
	}
	return nil
}

// BalancedWeights returns weights for TrainConfig.ClassWeights that give each
// class of the one-hot targets y (or of a column of 0 and 1) the same sum:
// rows/(classes·count), scikit-learn's "balanced". A class without rows gets 0,
// and is none of the classes.
func BalancedWeights(y layout.Matrix) []float64 {
	counts := make([]float64, max(y.Cols, 2))
	classes := 0.0
	for i := range y.Rows {
		c := classOf(y.Row(i))
		if counts[c] == 0 {
			classes++
		}
		counts[c]++
	}
	for c, n := range counts {
		if n > 0 {
			counts[c] = float64(y.Rows) / float64(classes*n)
		}
	}
	return counts
}

// classOf returns the class that a row of targets means.
func classOf(t []float32) int {
	if len(t) == 1 {
		if t[0] > 0.5 {
			return 1
		}
		return 0
	}
	return max(kernels.ArgMax(t), 0)
}
