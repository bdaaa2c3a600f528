package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// reporter is told how a training goes.
type reporter interface {
	start(*job)
	batch(ffnn.BatchEnd)
	epoch(ffnn.EpochEnd, time.Duration) // since the start
	stop()                              // of the training, whatever the reason
	done(*result)
}

func newReporter(out *output, set *settings) reporter {
	if set.json {
		return &jsonReporter{w: out, quiet: set.quiet}
	}
	return &textReporter{w: out, quiet: set.quiet}
}

// textReporter reports to people: with a bar on a terminal, else with about ten
// lines of progress.
type textReporter struct {
	w     *output
	quiet bool
	job   *job

	bar     *progressbar.ProgressBar // nil: lines
	screen  *os.File                 // that the bar is on
	drawn   time.Time
	heldOut string // of the last epoch
}

const (
	redraw     = 100 * time.Millisecond // between two drawings of the bar
	minScreen  = 40                     // columns, for a bar
	minNumbers = 76                     // columns, for a bar with numbers
)

func (r *textReporter) start(j *job) {
	r.job = j
	if r.quiet {
		return
	}
	fmt.Fprintf(r.w, "data      %s: %d rows, %d features\n", j.source.name, j.all, j.train.X.Cols)
	fmt.Fprintf(r.w, "target    %s\n", describeTarget(j.train))
	fmt.Fprintf(r.w, "held out  %s\n", describeSplit(j))
	fmt.Fprintf(r.w, "training  %d epochs in batches of %d, loss %v, L2 %.3g\n", j.epochs, j.batch, j.loss, j.l2)
	fmt.Fprintf(r.w, "          %v\n", j.optim)
	for _, line := range describeOptions(j) {
		fmt.Fprintf(r.w, "          %s\n", line)
	}
	fmt.Fprintf(r.w, "\n%s\n", j.net.Summary())
	screen, ok := r.w.terminal()
	if !ok || columns(screen) < minScreen {
		return
	}
	r.screen = screen
	batches := (j.train.Len() + j.batch - 1) / j.batch
	r.bar = progressbar.NewOptions64(int64(j.epochs)*int64(batches),
		progressbar.OptionSetWriter(screen),
		progressbar.OptionFullWidth(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionShowElapsedTimeOnFinish(),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░"}),
	)
}

func (r *textReporter) batch(b ffnn.BatchEnd) {
	if r.bar == nil || time.Since(r.drawn) < redraw {
		return
	}
	r.drawn = time.Now()
	r.draw(b.Epoch, int64(b.Epoch-1)*int64(b.Batches)+int64(b.Batch), b.Loss)
}

// draw draws the bar. Numbers have a fixed width, lest the bar trembles.
func (r *textReporter) draw(epoch int, steps int64, loss float64) {
	digits := len(fmt.Sprint(r.job.epochs))
	text := fmt.Sprintf("epoch %*d/%d", digits, epoch, r.job.epochs)
	if columns(r.screen) >= minNumbers {
		text += fmt.Sprintf("  loss %-9.4g%s", loss, r.heldOut)
	}
	r.bar.Describe(text)
	r.bar.Set64(steps)
}

// columns returns the width of a terminal, which may change at any time.
func columns(f *os.File) int {
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

func (r *textReporter) epoch(e ffnn.EpochEnd, t time.Duration) {
	r.heldOut = fmt.Sprintf("  held-out accuracy %.4f", e.ValAccuracy)
	metrics := fmt.Sprintf("loss %-9.4g  accuracy %.4f   held out: loss %-9.4g  accuracy %.4f", e.Loss, e.Accuracy, e.ValLoss, e.ValAccuracy)
	if r.job.train.Task == data.Regression {
		r.heldOut = fmt.Sprintf("  held-out loss %-9.4g", e.ValLoss)
		metrics = fmt.Sprintf("loss %-9.4g  held out: loss %-9.4g", e.Loss, e.ValLoss)
	}
	if r.job.course != nil {
		metrics += fmt.Sprintf("  rate %-8.3g", e.LearningRate)
	}
	n := r.job.epochs
	switch {
	case r.bar != nil && e.Epoch == n:
		r.draw(n, r.bar.GetMax64(), e.Loss)
	case r.bar == nil && !r.quiet && (e.Epoch == 1 || e.Epoch == n || e.Epoch%max(n/10, 1) == 0):
		fmt.Fprintf(r.w, "epoch %*d/%d  %s  %5.1f s\n", len(fmt.Sprint(n)), e.Epoch, n, metrics, t.Seconds())
	}
}

func (r *textReporter) stop() {
	if r.bar != nil {
		r.bar.Exit()
		fmt.Fprintln(r.w)
	}
}

func (r *textReporter) done(res *result) {
	if !r.quiet {
		fmt.Fprintln(r.w)
	}
	fmt.Fprintf(r.w, "held out  %s\n", res.Eval.line())
	if res.Best > 0 {
		stopped := ""
		if res.Status == "finished" && res.Epochs < r.job.epochs {
			stopped = fmt.Sprintf("; stopped %d epochs later", res.Epochs-res.Best)
		}
		fmt.Fprintf(r.w, "kept      the weights of epoch %d of %d, with the least held-out loss%s\n", res.Best, r.job.epochs, stopped)
	}
	replaced := ""
	if res.Replace {
		replaced = ", in place of the file of that name"
	}
	fmt.Fprintf(r.w, "saved     %s (%s, after %.1f s of training%s)\n", res.Path, size(res.Bytes), res.Seconds, replaced)
	if l := res.Latency; l != nil {
		fmt.Fprintf(r.w, "latency   %s median, %s p99 for one prediction; %d allocs; level %s\n",
			nanoseconds(l.Median), nanoseconds(l.P99), l.Allocs, l.Level)
	}
}

// describeOptions returns lines about what is not used without a flag.
func describeOptions(j *job) []string {
	var lines []string
	var list []string
	add := func(used bool, format string, args ...any) {
		if used {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	end := func() {
		if len(list) > 0 {
			lines = append(lines, strings.Join(list, ", "))
		}
		list = nil
	}
	add(j.lrAuto, "learning rate %g found by --lr auto", j.rate)
	add(j.course != nil, "schedule %v", j.course)
	end()
	add(j.initial != nil, "initial weights %s", j.init)
	add(j.micro < j.batch, "%d rows of a batch at a time", j.micro)
	add(j.clipNorm > 0, "gradients clipped to the norm %g", j.clipNorm)
	add(j.clipValue > 0, "each gradient clipped to ±%g", j.clipValue)
	end()
	add(j.l1 > 0, "L1 %.3g", j.l1)
	add(j.maxNorm > 0, "max-norm %g", j.maxNorm)
	add(j.labelSmoothing > 0, "label smoothing %g (in the loss of training rows)", j.labelSmoothing)
	add(j.balance != nil, "class weights %.4g", j.balance)
	end()
	add(j.patience > 0, "ends after %d epochs without a better held-out loss", j.patience)
	end()
	add(j.checkpoint != "", "checkpoint %s after each epoch", j.checkpoint)
	add(j.resumed > 0, "going on after epoch %d", j.resumed)
	end()
	return lines
}

func describeTarget(d *data.Dataset) string {
	if d.Task == data.Regression {
		return fmt.Sprintf("%q, a number (%v)", d.Target, d.Task)
	}
	names := strings.Join(d.Classes, " ")
	if len(names) > 60 {
		names = "…"
	}
	return fmt.Sprintf("%q, %d classes (%v): %s", d.Target, len(d.Classes), d.Task, names)
}

func describeSplit(j *job) string {
	rows := fmt.Sprintf("%d rows", j.held.Len())
	if j.val != "" {
		return fmt.Sprintf("%s of %s", rows, j.val)
	}
	of := "drawn"
	if j.train.Task != data.Regression {
		of = "of each class alike, drawn"
	}
	return fmt.Sprintf("%s (%.4g %%), %s with seed %d; %d to train on", rows, 100*j.valFraction, of, j.seed, j.train.Len())
}

// nanoseconds returns t with a unit and three digits.
func nanoseconds(t float64) string {
	switch {
	case t < 1e3:
		return fmt.Sprintf("%.3g ns", t)
	case t < 1e6:
		return fmt.Sprintf("%.3g µs", t/1e3)
	}
	return fmt.Sprintf("%.3g ms", t/1e6)
}

// size returns a number of bytes with a unit.
func size(bytes int64) string {
	switch {
	case bytes < 1<<10:
		return fmt.Sprintf("%d bytes", bytes)
	case bytes < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
}
