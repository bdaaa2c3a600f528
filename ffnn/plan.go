package ffnn

import (
	"math"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// plan is a network as predictions compute it: Dense layers alone. Dropout does
// nothing there, and BatchNorm is an affine map, which is folded
//
//   - into the Dense layer before it, if that has the Identity:
//     W·s, b·s + t with s = γ/√(variance+ε), t = β − mean·s;
//   - else into the one after it: s·W, b + t·W, so that what lies between
//     (an activation) stays where it is;
//   - a BatchNorm of the inputs becomes a part of the input scaler but for γ and
//     β: raw inputs may be large, and their mean must be subtracted first.
//
// Each fold is computed in float64 and rounded once.
type plan struct {
	scaler Scaler
	layers []planned

	// For refresh, nil without BatchNorm: the affine map that waits for the next
	// Dense layer.
	scale, shift []float64

	inputs bool // a BatchNorm of the inputs is a part of the scaler
}

// planned is a layer of a plan.
type planned struct {
	w     layout.Panels
	act   Activation
	layer int // of the network, whose outputs these are
}

// newPlan returns the plan of a network. Without BatchNorm it shares the
// network's weights.
func newPlan(a *arch) *plan {
	p := &plan{scaler: a.scaler}
	widest, norms, total := a.inputs, false, 0
	for i := range a.layers {
		l := &a.layers[i]
		widest = max(widest, l.out)
		switch l.kind {
		case kindDense:
			p.layers = append(p.layers, planned{l.w, l.act, i})
			total += len(l.w.Data)
		case kindBatchNorm:
			norms = true
			if k := len(p.layers) - 1; k >= 0 && p.layers[k].act == Identity {
				p.layers[k].act, p.layers[k].layer = l.act, i
			}
		}
	}
	if !norms {
		return p
	}
	data := layout.Alloc(total)
	for i := range p.layers {
		w := &p.layers[i].w
		w.Data, data = data[:len(w.Data):len(w.Data)], data[len(w.Data):]
	}
	p.scale, p.shift = make([]float64, widest), make([]float64, widest)
	if p.inputs = a.layers[firstLayer(a)].kind == kindBatchNorm; p.inputs {
		p.scaler = Scaler{make([]float32, a.inputs), make([]float32, a.inputs)}
	}
	p.refresh(a)
	return p
}

// firstLayer returns the index of the first layer that is not Dropout.
func firstLayer(a *arch) int {
	for i := range a.layers {
		if a.layers[i].kind != kindDropout {
			return i
		}
	}
	return 0
}

// refresh computes the weights from those that the network has now.
func (p *plan) refresh(a *arch) {
	if !p.inputs {
		p.scaler = a.scaler
	}
	if p.scale == nil {
		return
	}
	waiting, k, linear := false, -1, false
	for i := range a.layers {
		l := &a.layers[i]
		switch l.kind {
		case kindDense:
			k++
			w := p.layers[k].w
			copy(w.Data, l.w.Data)
			if waiting {
				foldRows(w, p.scale, p.shift)
				waiting = false
			}
			linear = l.act == Identity
		case kindBatchNorm:
			switch {
			case linear:
				for j := range l.out {
					s, t := l.affine(j)
					foldColumn(p.layers[k].w, j, s, t)
				}
				linear = l.act == Identity
			case waiting:
				for j := range l.out {
					s, t := l.affine(j)
					p.scale[j], p.shift[j] = float64(p.scale[j]*s), float64(p.shift[j]*s)+t
				}
			case k < 0:
				p.foldInputs(a, l)
				waiting = true
			default:
				for j := range l.out {
					p.scale[j], p.shift[j] = l.affine(j)
				}
				waiting = true
			}
		}
	}
}

// affine returns the map x·s + t that column j of a BatchNorm layer is after
// the training.
func (l *layer) affine(j int) (s, t float64) {
	s = float64(l.gamma[j]) / math.Sqrt(float64(l.variance[j])+float64(float32(l.epsilon)))
	return s, float64(l.beta[j]) - float64(float64(l.mean[j])*s)
}

// foldInputs makes the normalisation of the inputs a part of the scaler, and
// lets γ and β wait.
func (p *plan) foldInputs(a *arch, l *layer) {
	for j := range l.out {
		shift, scale := 0.0, 1.0
		if !a.scaler.empty() {
			shift, scale = float64(a.scaler.Shift[j]), float64(a.scaler.Scale[j])
		}
		shift += float64(l.mean[j]) / scale
		scale /= math.Sqrt(float64(l.variance[j]) + float64(float32(l.epsilon)))
		p.scaler.Shift[j], p.scaler.Scale[j] = float32(shift), float32(scale)
		// What a large shift loses when it is rounded.
		rest := float64((float64(p.scaler.Shift[j]) - shift) * scale)
		p.scale[j], p.shift[j] = float64(l.gamma[j]), float64(l.beta[j])+float64(float64(l.gamma[j])*rest)
	}
}

// foldColumn replaces the outputs y of column j by y·s + t.
func foldColumn(w layout.Panels, j int, s, t float64) {
	w.SetBias(j, round(float64(float64(w.Bias(j))*s)+t))
	for k := range w.K {
		w.SetWeight(k, j, round(float64(float64(w.Weight(k, j))*s)))
	}
}

// foldRows replaces the inputs x by x·scale + shift.
func foldRows(w layout.Panels, scale, shift []float64) {
	for j := range w.N {
		sum := float64(w.Bias(j))
		for k := range w.K {
			v := float64(w.Weight(k, j))
			sum += float64(v * shift[k])
			w.SetWeight(k, j, round(float64(v*scale[k])))
		}
		w.SetBias(j, round(sum))
	}
}

func round(x float64) float32 { return kernels.Flush(float32(x), kernels.FlushProduct) }

// forward computes the outputs of a layer of a plan for a batch.
func (l *planned) forward(out, in layout.Matrix, act Activation, hidden bool) {
	fused := act.row == notRow && act.own == nil
	hadamard.Dense(out, in, l.w, act.act, hidden && fused)
	if !fused {
		act.apply(out, out, hidden)
	}
}
