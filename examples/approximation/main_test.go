package main

import (
	"bytes"
	"strings"
	"testing"
)

// What the program says is so: the mean error falls with the width for both
// targets, the greatest only for the continuous one; for the other it stays at half
// the height of the step, and can never be less.
func TestQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for some seconds")
	}
	var out bytes.Buffer
	table, err := short.run(&out)
	if err != nil {
		t.Fatal(err)
	}
	if err := explain(&out, short, table); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + out.String())
	for i := range table {
		arcs, step := table[i][0], table[i][1]
		if i > 0 && (arcs.rms >= table[i-1][0].rms || step.rms >= table[i-1][1].rms || arcs.greatest >= table[i-1][0].greatest) {
			t.Errorf("width %d: the errors do not fall", short.widths[i])
		}
		if step.greatest < 0.5 || step.best.greatest < 0.5 {
			t.Errorf("width %d: greatest error %v, %v at a step of 1: no continuous function can have less than 0.5",
				short.widths[i], step.greatest, step.best.greatest)
		}
	}
	last := table[len(table)-1]
	if last[0].rms > 0.04 || last[0].greatest > 0.2 || last[1].rms > 0.1 || last[1].greatest > 0.56 {
		t.Errorf("width 32: errors %.4f, %.4f without the step, %.4f, %.4f with", last[0].rms, last[0].greatest, last[1].rms, last[1].greatest)
	}
	if n := strings.Count(out.String(), "\n"); n < 40 {
		t.Errorf("%d lines of output", n)
	}
}

// The targets are what their names say.
func TestTargets(t *testing.T) {
	arcs, step := targets[0], targets[1]
	const h = 1e-9
	for _, x := range []float64{0.01, 1.0 / 6, 1.0 / 3, 0.4, 0.5, 2.0 / 3, 0.99} {
		left, right := arcs.at(x-h), arcs.at(x+h)
		if d := right - left; d > 1e-6 || d < -1e-6 {
			t.Errorf("the arcs jump at %v by %v", x, d)
		}
		if d := step.at(x+h) - step.at(x-h) - (right - left); d > 1e-6 != (x == 0.5) {
			t.Errorf("at %v the step is %v", x, d)
		}
	}
}
