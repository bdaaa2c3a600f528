package ffnn_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/hadamard-go/hadamard/ffnn"
)

// Trained on pictures from the web, for pictures from telephones.
func ExampleDiagnose() {
	d := ffnn.Diagnose(ffnn.Errors{
		Target: 0.01, Training: 0.02, TrainingDev: 0.027, Dev: 0.1, Test: 0.106,
		TrainingRows: 200000, TrainingDevRows: 10000, DevRows: 2500, TestRows: 2500,
	})
	fmt.Println(d.Main)
	fmt.Println()
	fmt.Print(d)
	// Output:
	// data mismatch
	//
	// set             error      gap  noise
	// target           0.01
	// training         0.02     0.01  ± 0.00063 avoidable bias
	// training-dev    0.027    0.007  ± 0.0033  variance
	// dev               0.1    0.073  ± 0.012   data mismatch
	// test            0.106    0.006  ± 0.017   overfitting to the dev set
	//
	// Data mismatch: the dev set differs from the training data. Look at its rows that
	// are wrong, and train on more data like them; more of the same does not help.
}

// All data from one source, a loss instead of an error rate.
func ExampleDiagnose_loss() {
	d := ffnn.Diagnose(ffnn.Errors{
		Target: math.NaN(), Training: 0.12, TrainingDev: math.NaN(), Dev: 0.31, Test: math.NaN(),
	})
	fmt.Print(d)
	// Output:
	// set             error      gap  noise
	// training         0.12
	// dev              0.31     0.19            variance
	//
	// Variance: the model does worse on new rows. Try more training data, dropout,
	// a greater L2, early stopping, or narrower layers. If the dev set is from
	// elsewhere than the training data, the gap may be a data mismatch: hold out a
	// training-dev set to tell.
}

func TestDiagnose(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		e     ffnn.Errors
		main  string
		gaps  string
		words []string // the first words of what there is to try
	}{
		// The table of chapter 41.
		{ffnn.Errors{Target: 0, Training: 0.01, TrainingDev: 0.09, Dev: 0.10, Test: nan}, "variance", "avoidable bias 0.01, variance 0.08, data mismatch 0.01", []string{"Variance"}},
		{ffnn.Errors{Target: 0, Training: 0.10, TrainingDev: 0.11, Dev: 0.12, Test: nan}, "avoidable bias", "avoidable bias 0.10, variance 0.01, data mismatch 0.01", []string{"Avoidable bias"}},
		{ffnn.Errors{Target: 0, Training: 0.10, TrainingDev: 0.11, Dev: 0.20, Test: nan}, "avoidable bias", "avoidable bias 0.10, variance 0.01, data mismatch 0.09", []string{"Avoidable bias", "Data mismatch"}},
		{ffnn.Errors{Target: 0, Training: 0.01, TrainingDev: 0.015, Dev: 0.10, Test: nan}, "data mismatch", "avoidable bias 0.01, variance 0.01, data mismatch 0.09", []string{"Data mismatch"}},
		// No training-dev set: the variance is from the training to the dev set.
		{ffnn.Errors{Target: 0.14, Training: 0.15, TrainingDev: nan, Dev: 0.30, Test: 0.31}, "variance", "avoidable bias 0.01, variance 0.15, overfitting to the dev set 0.01", []string{"Variance"}},
		{ffnn.Errors{Target: nan, Training: 0.01, TrainingDev: 0.02, Dev: 0.02, Test: 0.05}, "overfitting to the dev set", "variance 0.01, data mismatch 0.00, overfitting to the dev set 0.03", []string{"Overfitting to the dev set"}},
		// The same gap is noise on 100 rows and none on 100000.
		{ffnn.Errors{Target: nan, Training: 0.05, TrainingDev: 0.08, Dev: nan, Test: nan, TrainingDevRows: 100}, "", "variance 0.03", []string{"No gap"}},
		{ffnn.Errors{Target: nan, Training: 0.05, TrainingDev: 0.08, Dev: nan, Test: nan, TrainingDevRows: 100000}, "variance", "variance 0.03", []string{"Variance"}},
		// The greatest gap is noise; a smaller one is none.
		{ffnn.Errors{Target: 0, Training: 0.02, TrainingDev: 0.05, Dev: nan, Test: nan, TrainingDevRows: 100}, "avoidable bias", "avoidable bias 0.02, variance 0.03", []string{"Avoidable bias"}},
		{ffnn.Errors{Target: 0.1, Training: 0.05, TrainingDev: 0.05, Dev: 0.04, Test: nan}, "", "avoidable bias -0.05, variance 0.00, data mismatch -0.01", []string{"No gap"}},
		// Few rows without an error are no certainty.
		{ffnn.Errors{Target: nan, Training: 0, TrainingDev: 0.1, Dev: nan, Test: nan, TrainingRows: 12, TrainingDevRows: 100000}, "", "variance 0.10", []string{"No gap"}},
		{ffnn.Errors{Target: nan, Training: 1.5, TrainingDev: 2.5, Dev: nan, Test: nan, TrainingRows: 5, TrainingDevRows: 5}, "variance", "variance 1.00", []string{"Variance"}},
		{ffnn.Errors{Target: nan, Training: 0.1, TrainingDev: nan, Dev: nan, Test: nan}, "", "", []string{"Nothing to compare"}},
	} {
		d := ffnn.Diagnose(c.e)
		var gaps []string
		for _, g := range d.Gaps {
			gaps = append(gaps, fmt.Sprintf("%s %.2f", g.Name, g.Size+1e-9))
		}
		if d.Main != c.main || strings.Join(gaps, ", ") != c.gaps {
			t.Errorf("%+v: %q of %q, want %q of %q", c.e, d.Main, gaps, c.main, c.gaps)
		}
		paragraphs := strings.Split(strings.TrimSpace(d.String()), "\n\n")[1:]
		if len(paragraphs) != len(c.words) {
			t.Errorf("%+v:\n%v", c.e, d)
			continue
		}
		for i, w := range c.words {
			if !strings.HasPrefix(paragraphs[i], w) {
				t.Errorf("%+v: %q, want %q…", c.e, paragraphs[i], w)
			}
		}
	}
	// 39 wrong of 398 and 1 of 2 more: √(0.1·0.9/400) = 0.015; 79 of 398:
	// √(0.2·0.8/400) = 0.02; together 0.025.
	g := ffnn.Diagnose(ffnn.Errors{Target: nan, Training: 39.0 / 398, TrainingDev: 79.0 / 398, Dev: nan, Test: nan, TrainingRows: 398, TrainingDevRows: 398}).Gaps[0]
	if math.Abs(g.Noise-0.05) > 1e-15 {
		t.Errorf("noise %g, want 0.05", g.Noise)
	}
}
