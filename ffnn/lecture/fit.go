package lecture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
)

// FitConfig says how Fit trains. The zero value has the lecture's defaults.
type FitConfig struct {
	Batches int     // default 1: all rows at once; the last batch takes the remainder (Q16)
	Epochs  int     // default 100
	Lam     float64 // λ of lam·W, which is added to the gradient as it is (Q20)

	XVal, TVal Matrix // validation set, scored after each epoch; both or neither

	// Progress, if not nil, is where the lecture's progress bar is drawn, on one line
	// that is written over again; os.Stdout shows what a notebook does.
	Progress io.Writer
}

// Scores are measures after each epoch. What was not reached is NaN.
//
// The errors are values of the cost function, without the λ term; those of a
// classifier are of its 0/1 predictions (Q18). The accuracies are shares of equal
// elements of the matrices, not of rows (Q19). All rows of the bootstrap sample
// count, not those that it left out (Q24).
type Scores struct {
	TrainErrors []float64
	ValErrors   []float64 // nil without a validation set
	TrainAccs   []float64 // nil for a regression
	ValAccs     []float64 // nil for a regression, or without a validation set
}

// Fit trains on a bootstrap sample of the rows of X and their targets t: as many
// rows, drawn once, with replacement, with the network's seed (Q15, Q22). Each
// matrix of weights has a copy of the scheduler; the one given stays as it is.
// Training goes on from the weights that there are; ResetWeights starts over.
//
// It is an error if a matrix does not fit the network or has a number that is not
// finite; if there are more batches than rows, but for softmax (Q29); and if the
// fit diverges: ErrNotFinite (Q23). Unlike the lecture, Fit also ends if the output
// layer fails while an epoch is scored.
//
// When ctx is done, Fit ends between two batches, as the lecture does on Ctrl-C,
// with the cause as its error. Beside an error it returns the scores so far; the
// weights are those of the last complete step or, if it diverged, of a part of one.
func (f *FFNN) Fit(ctx context.Context, X, t Matrix, scheduler Scheduler, cfg FitConfig) (Scores, error) {
	if cfg.Batches == 0 {
		cfg.Batches = 1
	}
	if cfg.Epochs == 0 {
		cfg.Epochs = 100
	}
	if err := f.checkFit(X, t, scheduler, cfg); err != nil {
		return Scores{}, err
	}
	rows := NewRandomState(f.seed).Bootstrap(len(X))
	return f.train(ctx, X.take(rows), t.take(rows), scheduler, cfg)
}

func (f *FFNN) checkFit(X, t Matrix, scheduler Scheduler, cfg FitConfig) error {
	if scheduler == nil {
		return errors.New("lecture: Fit: there is no scheduler: give one, as &lecture.Adam{Eta: 0.001, Rho: 0.9, Rho2: 0.999}")
	}
	if cfg.Batches < 0 || cfg.Epochs < 0 {
		return fmt.Errorf("lecture: Fit: %d batches, %d epochs: both must be positive", cfg.Batches, cfg.Epochs)
	}
	if !isFinite(cfg.Lam) {
		return fmt.Errorf("lecture: Fit: Lam is %g", cfg.Lam)
	}
	if err := f.checkPair("X", X, "t", t); err != nil {
		return err
	}
	if cfg.XVal == nil && cfg.TVal == nil {
		return nil
	}
	return f.checkPair("XVal", cfg.XVal, "TVal", cfg.TVal)
}

// checkPair checks inputs and targets, and that they have equally many rows.
func (f *FFNN) checkPair(xName string, x Matrix, tName string, t Matrix) error {
	if err := x.check(xName, f.dims[0]); err != nil {
		return err
	}
	if err := t.check(tName, f.dims[len(f.dims)-1]); err != nil {
		return err
	}
	if len(x) != len(t) {
		return fmt.Errorf("lecture: %s has %d rows and %s has %d: give each sample its target", xName, len(x), tName, len(t))
	}
	return nil
}

// train is Fit without its checks, defaults and bootstrap.
func (f *FFNN) train(ctx context.Context, X, t Matrix, scheduler Scheduler, cfg FitConfig) (Scores, error) {
	weight := make([]Scheduler, len(f.weights))
	bias := make([]Scheduler, len(f.weights))
	for l := range weight {
		weight[l], bias[l] = scheduler.Clone(), scheduler.Clone()
	}
	s := newScores(cfg.Epochs, cfg.XVal != nil, f.Classification())
	p := progress{w: cfg.Progress}
	p.print("%s, Lambda=%s\n", scheduler, pythonLambda(cfg.Lam))
	for e := range cfg.Epochs {
		if err := f.epoch(ctx, e, X, t, cfg, weight, bias); err != nil {
			if ctx.Err() != nil && e > 0 {
				p.end(s, e)
			}
			return s, fmt.Errorf("lecture: Fit: epoch %d: %w", e, err)
		}
		for l := range weight {
			weight[l].Reset()
			bias[l].Reset()
		}
		err := f.score(X, t, at(s.TrainErrors, e), at(s.TrainAccs, e))
		if err == nil && cfg.XVal != nil {
			err = f.score(cfg.XVal, cfg.TVal, at(s.ValErrors, e), at(s.ValAccs, e))
		}
		if err != nil {
			return s, fmt.Errorf("lecture: Fit: scores of epoch %d: %w", e, err)
		}
		p.line(s, e, float64(e)/float64(cfg.Epochs))
	}
	p.end(s, cfg.Epochs-1)
	if p.err != nil {
		return s, fmt.Errorf("lecture: Fit: progress bar: %w", p.err)
	}
	return s, nil
}

// epoch trains on each batch once. The batches are the same in each epoch (Q16).
func (f *FFNN) epoch(ctx context.Context, e int, X, t Matrix, cfg FitConfig, weight, bias []Scheduler) error {
	size := len(X) / cfg.Batches
	for b := range cfg.Batches {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		begin, end := b*size, (b+1)*size
		if b == cfg.Batches-1 {
			end = len(X)
		}
		z, a, err := f.feedforward(X[begin:end])
		var deltas []Matrix
		if err == nil {
			deltas, err = f.backpropagate(z, a, t[begin:end], cfg.Lam, weight, bias)
		}
		if err != nil {
			return fmt.Errorf("batch %d: %w", b, err)
		}
		if f.traced != nil {
			f.traced(step{epoch: e, batch: b, z: z, a: a, deltas: deltas})
		}
	}
	return nil
}

// score sets the cost and, if it is not nil, the accuracy of the predictions for X.
func (f *FFNN) score(X, t Matrix, cost, accuracy *float64) error {
	_, a, err := f.feedforward(X)
	if err != nil {
		return err
	}
	p := a[len(a)-1]
	if f.Classification() {
		p = thresholded(p, 0.5)
		*accuracy = equalShare(p, t)
	}
	*cost = f.cost.Value(t, p)
	if !isFinite(*cost) {
		return ErrNotFinite
	}
	return nil
}

// equalShare returns the share of equal elements (Q19).
func equalShare(p, t Matrix) float64 {
	equal := total(t, p, func(t, p float64) float64 {
		if t == p {
			return 1
		}
		return 0
	})
	return equal / float64(len(t)*t.cols())
}

func newScores(epochs int, validation, classification bool) Scores {
	unset := func(wanted bool) []float64 {
		if !wanted {
			return nil
		}
		v := make([]float64, epochs)
		for i := range v {
			v[i] = math.NaN()
		}
		return v
	}
	return Scores{unset(true), unset(validation), unset(classification), unset(classification && validation)}
}

// at returns the place of v[i], nil if v is nil.
func at(v []float64, i int) *float64 {
	if v == nil {
		return nil
	}
	return &v[i]
}

// progress draws the progress bar. It keeps the first error of its writer.
type progress struct {
	w    io.Writer // may be nil
	err  error
	last int // length of the last line
}

func (p *progress) print(text string, args ...any) {
	if p.w != nil && p.err == nil {
		_, p.err = fmt.Fprintf(p.w, text, args...)
	}
}

// line draws the scores of epoch e over the last line.
func (p *progress) line(s Scores, e int, part float64) {
	value := func(v []float64) float64 {
		if v == nil {
			return math.NaN()
		}
		return v[e]
	}
	line := progressBar(part, value(s.TrainErrors), value(s.TrainAccs), value(s.ValErrors), value(s.ValAccs))
	p.print("\r%s", line)
	p.last = len(line)
}

// end draws the last line, with the bar at its end.
func (p *progress) end(s Scores, e int) {
	p.print("\r%*s", p.last, "")
	p.line(s, e, 1)
}
