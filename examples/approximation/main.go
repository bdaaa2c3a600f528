// Command approximation shows what the theorem of universal approximation says,
// and what it does not: a network with one hidden layer of tanh, as it grows
// wider, comes as near as one likes to a continuous function everywhere, but to a
// function with a jump only on average.
//
//	go run ./examples/approximation [-quick]
//
// It takes half a minute, and five seconds with -quick. The output is the same on
// every machine.
//
// Sources: G. Cybenko, "Approximation by superpositions of a sigmoidal function",
// Mathematics of Control, Signals and Systems 2, 1989; K. Hornik, "Approximation
// capabilities of multilayer feedforward networks", Neural Networks 4, 1991.
package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

func main() {
	quick := flag.Bool("quick", false, "fewer widths and seeds, and less training")
	flag.Parse()
	e := full
	if *quick {
		e = short
	}
	table, err := e.run(os.Stdout)
	if err == nil {
		err = explain(os.Stdout, e, table)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "approximation:", err)
		os.Exit(1)
	}
}

// experiment says which networks are trained, and for how long.
type experiment struct {
	widths []int
	seeds  uint64
	epochs int // with each of the rates
}

var (
	full  = experiment{widths: []int{1, 2, 4, 8, 16, 32, 64}, seeds: 5, epochs: 300}
	short = experiment{widths: []int{2, 8, 32}, seeds: 3, epochs: 200}

	rates = []float64{0.03, 0.01, 0.003, 0.001, 0.0003} // of Adam, in turn
)

const (
	samples = 128  // midpoints of as many parts of [0, 1], to train on; the jump is between two
	points  = 2001 // to measure the errors at
	slope   = 30   // of a hidden unit, at first: standard deviation
)

// target is a function on [0, 1].
type target struct {
	name string
	step float64 // height of the jump at ½
}

var targets = []target{{name: "arcs"}, {name: "arcs and a step", step: 1}}

// at returns the value at x: three arcs that touch 0 with a kink between them, and
// from ½ on the step. They are parabolas, as a sine is not the same on every
// machine.
func (f target) at(x float64) float64 {
	v := float64(3 * x)
	v -= math.Floor(v)
	y := float64(4 * float64(v*(1-v)))
	if x >= 0.5 {
		y += f.step
	}
	return y
}

// fit is a trained network, and how far it is from its target.
type fit struct {
	model         *ffnn.Model
	rms, greatest float64
}

// line is what there is for a target and a width.
type line struct {
	rms, greatest float64 // medians over the seeds
	best          fit     // that of the least RMS
}

// run writes the table, a line as soon as it is known, and returns it: for each
// width a line for each target.
func (e experiment) run(out io.Writer) ([][]line, error) {
	fmt.Fprintf(out, "Errors of networks 1-width-1 of tanh, median of %d seeds\n\n%5s", e.seeds, "")
	for _, f := range targets {
		fmt.Fprintf(out, "   %18s", f.name)
	}
	fmt.Fprintf(out, "\nwidth")
	for range targets {
		fmt.Fprintf(out, "   %8s  %8s", "RMS", "greatest")
	}
	fmt.Fprintln(out)
	var table [][]line
	for _, width := range e.widths {
		fmt.Fprintf(out, "%5d", width)
		var row []line
		for _, f := range targets {
			l, err := e.measure(f, width)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(out, "   %8.4f  %8.4f", l.rms, l.greatest)
			row = append(row, l)
		}
		if _, err := fmt.Fprintln(out); err != nil {
			return nil, err
		}
		table = append(table, row)
	}
	return table, nil
}

// measure trains networks of a width with every seed.
func (e experiment) measure(f target, width int) (line, error) {
	var fits []fit
	var rms, greatest []float64
	for seed := range e.seeds {
		model, err := e.train(f, width, seed)
		if err != nil {
			return line{}, fmt.Errorf("%s, width %d, seed %d: %w", f.name, width, seed, err)
		}
		one := judge(f, model)
		fits, rms, greatest = append(fits, one), append(rms, one.rms), append(greatest, one.greatest)
	}
	slices.Sort(rms)
	slices.Sort(greatest)
	best := slices.MinFunc(fits, func(a, b fit) int { return cmp.Compare(a.rms, b.rms) })
	return line{rms: rms[len(rms)/2], greatest: greatest[len(greatest)/2], best: best}, nil
}

// train fits a network in rounds of ever smaller learning rates.
func (e experiment) train(f target, width int, seed uint64) (*ffnn.Model, error) {
	net, err := ffnn.New(1, ffnn.Dense(width, ffnn.Tanh), ffnn.Dense(1, ffnn.Identity))
	if err != nil {
		return nil, err
	}
	net.Reset(seed)
	if err := spread(net, seed); err != nil {
		return nil, err
	}
	x, y := layout.NewMatrix(samples, 1), layout.NewMatrix(samples, 1)
	for i := range samples {
		at := (float64(i) + 0.5) / samples
		x.Set(i, 0, float32(at))
		y.Set(i, 0, float32(f.at(at)))
	}
	for round, rate := range rates {
		_, err := net.Fit(context.Background(), ffnn.Dataset{X: x, Y: y}, ffnn.FitConfig{
			TrainConfig: ffnn.TrainConfig{Loss: ffnn.MSE, Optimizer: ffnn.Adam{LearningRate: rate}, BatchSize: 32, Seed: seed<<8 + uint64(round)},
			Epochs:      e.epochs,
		})
		if err != nil {
			return nil, err
		}
	}
	return net.Compile(), nil
}

// spread makes w·(x − c) of each hidden unit's argument, with a steep w and with c
// anywhere in [0, 1], so that at first each unit sees to a place of its own. With
// the biases of New, zeros, all would see to the left end.
func spread(net *ffnn.Network, seed uint64) error {
	w, bias := net.Weights(0)
	r := kernels.Philox{Seed: seed}
	r.Normal(w.Data, 0)
	r.Uniform(bias, uint64(len(bias)))
	for j, c := range bias {
		w.Data[j] = float32(slope * w.Data[j])
		bias[j] = -float32(w.Data[j] * c)
	}
	return net.SetWeights(0, w, bias)
}

// judge measures a network against its target on a fine grid, and on both sides
// of the jump.
func judge(f target, model *ffnn.Model) fit {
	x, y := layout.NewMatrix(points, 1), layout.NewMatrix(points, 1)
	for i := range points {
		x.Set(i, 0, float32(float64(i)/(points-1)))
	}
	model.PredictBatch(y, x)
	m := fit{model: model}
	for i := range points {
		d := math.Abs(float64(y.At(i, 0)) - f.at(float64(x.At(i, 0))))
		m.rms += float64(d * d)
		m.greatest = max(m.greatest, d)
	}
	m.rms = math.Sqrt(m.rms / points)
	right := f.at(0.5)
	at := float64(model.Predict(nil, []float32{0.5})[0])
	m.greatest = max(m.greatest, math.Abs(at-right), math.Abs(at-(right-f.step)))
	return m
}

// explain draws the best fits of the greatest width and says what is to be seen.
func explain(out io.Writer, e experiment, table [][]line) error {
	last := len(table) - 1
	for i, f := range targets {
		fmt.Fprintf(out, "\nThe best of width %d for the %s (.: target, o: network)\n\n", e.widths[last], f.name)
		if _, err := out.Write(plot(f, table[last][i].best.model)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, `
The arcs are continuous: with the width both errors fall, from %.2f and %.2f to
%.3f and %.3f. With the step the mean (RMS) error falls as well, from %.2f to
%.3f, but the greatest ends at %.2f, half the height of the step, and cannot be
less: a network is continuous, so it has one value at the jump, and the two sides
of the jump are 1 apart. Wider networks only become steeper there. This is why the
theorem speaks of continuous functions when it means the greatest error, and
admits others, as Hornik does, when it means an average one.
`, table[0][0].rms, table[0][0].greatest, table[last][0].rms, table[last][0].greatest,
		table[0][1].rms, table[last][1].rms, table[last][1].greatest)
	return err
}

// plot draws the target and the network as text.
func plot(f target, model *ffnn.Model) []byte {
	const columns, rows = 64, 16
	low, high := -0.05, 1.05+f.step
	screen := slices.Repeat([][]byte{nil}, rows)
	for i := range screen {
		screen[i] = bytes.Repeat([]byte{' '}, columns)
	}
	draw := func(column int, y float64, mark byte) {
		if row := int((high - y) / (high - low) * rows); row >= 0 && row < rows {
			screen[row][column] = mark
		}
	}
	for c := range columns {
		x := (float64(c) + 0.5) / columns
		draw(c, f.at(x), '.')
		draw(c, float64(model.Predict(nil, []float32{float32(x)})[0]), 'o')
	}
	for i := range screen {
		screen[i] = append(bytes.TrimRight(screen[i], " "), '\n')
	}
	return bytes.Join(screen, nil)
}
