package ffnn

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hadamard-go/hadamard/layout"
)

// randomLayers returns up to seven layers of all kinds in any order; New refuses
// many of them.
func randomLayers(r *rand.Rand) []Layer {
	var layers []Layer
	for range 1 + r.IntN(7) {
		act := Identity
		if r.IntN(2) == 0 {
			act = hiddenActivations[r.IntN(len(hiddenActivations))]
		}
		switch r.IntN(4) {
		case 0:
			layers = append(layers, Dropout(float64(r.IntN(8))/10))
		case 1:
			layers = append(layers, BatchNorm(act).Epsilon([]float64{1e-5, 1e-3, 1}[r.IntN(3)]))
		default:
			layers = append(layers, Dense(1+r.IntN(6), act))
		}
	}
	return layers
}

// Networks that nobody thought of: their gradients and predictions against the
// oracle, their evaluation against the model, and their file.
func TestRandomNetworks(t *testing.T) {
	x := randomMatrix(7, 3, 1)
	tried, rounds := 0, uint64(1000)
	if testing.Short() {
		rounds = 300
	}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(seed, 7))
		layers := randomLayers(r)
		n, err := New(3, layers...)
		if err != nil {
			continue
		}
		tried++
		randomize(t, n, seed)
		name := fmt.Sprintf("seed %d, %s", seed, n.Summary())
		if r.IntN(2) == 0 {
			if err := n.SetScaler(Scaler{Shift: []float32{1, -2, 0.5}, Scale: []float32{0.5, 2, -1}}); err != nil {
				t.Fatal(err)
			}
		}
		d := Dataset{X: x, Y: classTargets(x, 1)}
		if k := n.Outputs(); k > 1 {
			d.Y = layout.NewMatrix(7, k)
			for i := range 7 {
				d.Y.Set(i, i%k, 1)
			}
		}
		tr := must(NewTrainer(n, TrainConfig{Loss: MSE, BatchSize: 7, MicroBatch: []int{7, 4, 3}[r.IntN(3)], Seed: seed}))
		tr.seen = seed * 11
		checkGradientsWithin(t, name, tr, d, 1e-3) // BatchNorm of three rows of little variance is ill-conditioned
		if t.Failed() {
			return
		}
		m := n.Compile()
		l, acc := tr.Evaluate(d)
		wantL, wantA, err := m.Evaluate(d, MSE)
		if err != nil || l != wantL || acc != wantA {
			t.Fatalf("%s: Evaluate gives %g, %g, the model %g, %g, %v", name, l, acc, wantL, wantA, err)
		}
		p := layout.NewMatrix(7, n.Outputs())
		m.PredictBatch(p, x)
		o := newOracle(n, tr.c, 0)
		for i := range 7 {
			x64 := float64s(x.Row(i))
			scale64(x64, n.scaler)
			all := o.forward([][]float64{x64}, 0, false)
			a, roundings := o.magnitude(x64)
			for j, want := range all[len(all)-1][0] {
				if bound := roundings * 0x1p-24 * a[j]; !(math.Abs(float64(p.At(i, j))-want) <= bound) {
					t.Fatalf("%s: output (%d, %d) is %g, want %g ± %.2g", name, i, j, p.At(i, j), want, bound)
				}
			}
		}
		b := modelBytes(t, m)
		back := must(Parse(b))
		if !bytes.Equal(b, modelBytes(t, back)) || !slices.Equal(m.Predict(nil, x.Row(0)), back.Predict(nil, x.Row(0))) {
			t.Fatalf("%s: another model comes back from the file", name)
		}
	}
	if tried < int(rounds)/6 {
		t.Errorf("tried %d of %d", tried, rounds)
	}
}
