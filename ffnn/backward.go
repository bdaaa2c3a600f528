package ffnn

import (
	"math"

	"github.com/hadamard-go/hadamard"
	"github.com/hadamard-go/hadamard/kernels"
	"github.com/hadamard-go/hadamard/layout"
)

// dropoutStream is the upper half of the random streams that masks come from,
// a stream for each Dropout layer.
const dropoutStream = 0x64726f70 << 32 // "drop"

// forward computes the outputs of the loaded rows (or logits, if the loss takes
// them), which are rows at, at+1, … of the batch, as training does.
func (tr *Trainer) forward(rows, at int) layout.Matrix {
	in, last := tr.x.Slice(0, rows), len(tr.layers)-1
	for i := range tr.layers {
		l, k := &tr.net.layers[i], &tr.layers[i]
		out, act := k.y.Slice(0, rows), l.act
		if i == last && tr.fused {
			act = Identity
		}
		separate := act.separate()
		to := out // of the product or normalisation
		if separate {
			to = k.pre.Slice(0, rows)
		}
		switch l.kind {
		case kindDense:
			if !separate && act.row == notRow {
				hadamard.Dense(out, in, l.w, act.act, i < last)
				break
			}
			hadamard.Dense(to, in, l.w, hadamard.Identity, false)
			act.apply(out, to, i < last)
		case kindBatchNorm:
			l.normalize(k, to, in)
			act.apply(out, to, i < last)
		case kindDropout:
			tr.drop(i, out, in, at)
		}
		in = out
	}
	return in
}

// saved returns what the derivative of a layer's activation is computed from:
// its outputs, or what it was given.
func (k *work) saved(act Activation) layout.Matrix {
	if act.separate() {
		return k.pre
	}
	return k.y
}

// backward computes the gradients of all layers from the last delta, for the
// rows at, at+1, … of the batch; those of later rows are added to those of
// earlier ones.
func (tr *Trainer) backward(rows, at int) {
	more := at > 0
	for i := len(tr.layers) - 1; i >= tr.first; i-- {
		l, k := &tr.net.layers[i], &tr.layers[i]
		d, in := k.delta.Slice(0, rows), tr.x.Slice(0, rows)
		if i > 0 {
			in = tr.layers[i-1].y.Slice(0, rows)
		}
		switch l.kind {
		case kindDense:
			hadamard.DenseGradW(k.g, in, d, more)
		case kindBatchNorm:
			k.normGrads(d, more)
		}
		if i == tr.first {
			break
		}
		act := tr.net.layers[i-1].act
		dx := tr.layers[i-1].delta.Slice(0, rows)
		saved := tr.layers[i-1].saved(act).Slice(0, rows)
		switch {
		case l.kind == kindDense && act.row == notRow && act.own == nil:
			hadamard.DenseGradX(dx, d, l.w, saved, act.act)
			continue
		case l.kind == kindDense:
			hadamard.DenseGradX(dx, d, l.w, saved, hadamard.Identity)
		case l.kind == kindBatchNorm:
			k.normGradX(dx, d)
		case l.kind == kindDropout:
			tr.drop(i, dx, d, at)
		}
		act.grad(dx, saved)
	}
}

// drop multiplies x with the mask of Dropout layer i for the rows at, at+1, … of
// the batch.
func (tr *Trainer) drop(i int, dst, x layout.Matrix, at int) {
	l := &tr.net.layers[i]
	r := kernels.Philox{Seed: tr.c.Seed, Stream: dropoutStream + l.stream}
	first := (tr.seen + uint64(at)) * uint64(l.out)
	hadamard.Dropout(dst, x, r, first, uint32(l.rate*(1<<32)), float32(1/(1-l.rate)))
}

// normalize computes γ·x̂ + β and updates the running means.
func (l *layer) normalize(k *work, dst, x layout.Matrix) {
	eps := float32(l.epsilon)
	k.alone = x.Rows == 1
	if k.alone {
		copy(k.mean, l.mean)
		copy(k.variance, l.variance)
	} else {
		hadamard.ColMoments(k.mean, k.variance, x)
	}
	hadamard.InvRoot(k.inv, k.variance, eps)
	hadamard.Mul(k.scale, l.gamma, k.inv)
	hadamard.Normalize(dst, k.xhat.Slice(0, x.Rows), x, k.mean, k.inv, l.gamma, l.beta)
	if k.alone {
		return
	}
	m, rows := float32(l.momentum), float64(x.Rows)
	unbiased := float32(float64(l.momentum*rows) / (rows - 1))
	for _, r := range []struct {
		running, batch []float32
		share          float32
	}{{l.mean, k.mean, m}, {l.variance, k.variance, unbiased}} {
		hadamard.Scale(r.running, 1-m, r.running)
		hadamard.Axpy(r.running, r.share, r.batch)
		hadamard.Flush(r.running, r.running, kernels.FlushState)
	}
}

// normGrads computes the gradients of γ and β.
func (k *work) normGrads(d layout.Matrix, more bool) {
	xhat := k.xhat.Slice(0, d.Rows)
	hadamard.ColSums(k.dbeta, d, false)
	hadamard.ColDots(k.dgamma, d, xhat, false)
	if more {
		hadamard.Add(k.gradBeta, k.gradBeta, k.dbeta)
		hadamard.Add(k.gradGamma, k.gradGamma, k.dgamma)
	} else {
		copy(k.gradBeta, k.dbeta)
		copy(k.gradGamma, k.dgamma)
	}
	share := 1 / float32(d.Rows)
	if k.alone { // the running means do not depend on the batch
		share = 0
	}
	hadamard.Scale(k.dbeta, share, k.dbeta)
	hadamard.Scale(k.dgamma, share, k.dgamma)
}

func (k *work) normGradX(dx, d layout.Matrix) {
	hadamard.NormalizeGrad(dx, d, k.xhat.Slice(0, d.Rows), k.scale, k.dbeta, k.dgamma)
}

// update clips the gradients, makes the optimiser's step, and bounds norms.
func (tr *Trainer) update() {
	n, g := tr.net, tr.grads
	if tr.c.ClipValue > 0 {
		hadamard.Clip(g, g, float32(tr.c.ClipValue))
	}
	if tr.c.ClipNorm > 0 {
		norm, unit := math.Sqrt(float64(hadamard.SumSquares(g))), 1.0
		if math.IsInf(norm, 1) { // the squares overflow from 10¹⁹ on
			unit = 0x1p80
			hadamard.Scale(g, float32(1/unit), g)
			norm = float64(unit * math.Sqrt(float64(hadamard.SumSquares(g))))
		}
		if f := float64(unit * min(tr.c.ClipNorm/(norm+1e-6), 1)); f != 1 {
			hadamard.Scale(g, float32(f), g)
		}
	}
	tr.opt.begin(tr.rate)
	decay, decays := tr.opt.(decayer)
	for _, s := range tr.spans {
		w, g := n.params[s.from:s.to], g[s.from:s.to]
		if s.penalty.L1 != 0 {
			hadamard.AddSign(g, float32(s.penalty.L1), w)
		}
		if decays {
			decay.setDecay(s.decays)
		}
		tr.opt.apply(w, g, s.from, float32(s.penalty.L2))
	}
	for i := range n.layers {
		if l := &n.layers[i]; l.maxNorm > 0 {
			hadamard.MaxNorm(l.w, float32(l.maxNorm))
		}
	}
}
