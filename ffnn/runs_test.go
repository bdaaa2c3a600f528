package ffnn_test

import (
	"context"
	"slices"
	"testing"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
)

// validationAccuracies trains a network on ten splits of a data set, a seed
// each, and returns the accuracies on the held-out fifths (quarters for tumours),
// sorted.
func validationAccuracies(t *testing.T, d *data.Dataset, fraction float64, scale func(*data.Dataset) data.Scaler, epochs int, layers ...ffnn.Layer) []float64 {
	accs := make([]float64, 10)
	t.Run("seeds", func(t *testing.T) {
		for seed := range uint64(10) {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				train, val, err := data.Split(d, fraction, seed)
				if err != nil {
					t.Fatal(err)
				}
				net, err := ffnn.New(d.X.Cols, layers...)
				if err != nil {
					t.Fatal(err)
				}
				net.Reset(seed)
				if err := net.SetScaler(ffnn.Scaler(scale(train))); err != nil {
					t.Fatal(err)
				}
				hist, err := net.Fit(context.Background(), ffnn.Dataset{X: train.X, Y: train.Y}, ffnn.FitConfig{
					TrainConfig: ffnn.TrainConfig{Seed: seed}, Epochs: epochs, Validation: ffnn.Dataset{X: val.X, Y: val.Y},
				})
				if err != nil {
					t.Fatal(err)
				}
				last := hist[len(hist)-1]
				t.Logf("seed %d: loss %.4f, accuracy %.4f, validation %.4f, %.4f", seed, last.Loss, last.Accuracy, last.ValLoss, last.ValAccuracy)
				accs[seed] = last.ValAccuracy
			})
		}
	})
	slices.Sort(accs)
	return accs
}

func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// Digits 64-100-30-10, Adam(0.001), batches of 32, 50 epochs: scikit-learn's
// MLPClassifier has a median of 0.976 over ten seeds, NumPy the same.
func TestDigitsRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for some minutes on slow machines")
	}
	pixels := func(d *data.Dataset) data.Scaler {
		s := data.Scaler{Shift: make([]float32, d.X.Cols), Scale: make([]float32, d.X.Cols)}
		for i := range s.Scale {
			s.Scale[i] = 1.0 / 16
		}
		return s
	}
	accs := validationAccuracies(t, data.Digits(), 0.2, pixels, 50,
		ffnn.Dense(100, ffnn.ReLU), ffnn.Dense(30, ffnn.ReLU), ffnn.Dense(10, ffnn.Softmax))
	if m := median(accs); m < 0.974 || accs[0] < 0.95 {
		t.Errorf("median %.4f of %.4f", m, accs)
	} else {
		t.Logf("median %.4f, from %.4f to %.4f", m, accs[0], accs[9])
	}
}

// Wisconsin 30-100-30-1 in batches of 32: scikit-learn's median is 0.972,
// NumPy's 0.965.
func TestWisconsinRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for some minutes on slow machines")
	}
	standard := func(d *data.Dataset) data.Scaler {
		s, err := data.FitStandard(d.X)
		if err != nil {
			t.Error(err)
		}
		return s
	}
	accs := validationAccuracies(t, data.BreastCancer(), 0.25, standard, 50,
		ffnn.Dense(100, ffnn.ReLU), ffnn.Dense(30, ffnn.ReLU), ffnn.Dense(1, ffnn.Sigmoid))
	if m := median(accs); m < 0.965 || accs[0] < 0.93 {
		t.Errorf("median %.4f of %.4f", m, accs)
	} else {
		t.Logf("median %.4f, from %.4f to %.4f", m, accs[0], accs[9])
	}
}
