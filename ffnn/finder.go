package ffnn

import (
	"context"
	"fmt"
	"math"

	"github.com/hadamard-go/hadamard/kernels"
)

// RatePoint is a step of FindLearningRate.
type RatePoint struct {
	Rate float64 // learning rate
	Loss float64 // mean of the losses up to this step, the last ten weighing most
}

// FindLearningRate makes a learning-rate range test: on a copy of the network,
// steps whose learning rate grows from 1e-7 to 10, twelve to a decade, until the
// loss is four times its least or not finite. It returns the curve, to be looked
// at, and a rate to begin with: a tenth of that where the loss was least, which
// was too great already. The optimiser's own learning rate does not count. The
// batches are those of Fit's first epochs.
//
// It returns an error from ctx, or one that says what is wrong with the data or
// the configuration; or if the loss did not fall at all.
//
// Source: L. N. Smith, "Cyclical learning rates for training neural networks",
// WACV 2017; the tenth is that of J. Howard and S. Gugger's fastai.
func (n *Network) FindLearningRate(ctx context.Context, train Dataset, c TrainConfig) (rate float64, curve []RatePoint, err error) {
	f, err := newFit(&Network{n.clone()}, train, FitConfig{TrainConfig: c, Epochs: 1})
	if err != nil {
		return 0, nil, fmt.Errorf("ffnn: FindLearningRate: %w", err)
	}
	const (
		steps = 8*12 + 1
		ratio = 1.2115276586285884 // 10^(1/12)
		keep  = 0.9
	)
	least := 0
	var sum float64
	power, at, epoch := 1.0, len(f.order), uint64(0)
	f.rate = 1e-7
	for range steps {
		if err := ctx.Err(); err != nil {
			return 0, curve, err
		}
		if at >= len(f.order) {
			epoch++
			at = 0
			for i := range f.order {
				f.order[i] = i
			}
			kernels.Philox{Seed: f.c.Seed, Stream: shuffleStream + epoch}.Shuffle(f.order)
		}
		m := min(f.c.BatchSize, len(f.order)-at)
		loss := f.step(f.train, f.order, at, m) / f.loss.divisor(m, f.t.Cols)
		at += m
		power = float64(power * keep)
		sum = float64(sum*keep) + float64(loss*(1-keep))
		smooth := sum / (1 - power)
		if math.IsNaN(smooth) || math.IsInf(smooth, 0) || len(curve) > 0 && smooth-curve[least].Loss > float64(3*math.Abs(curve[least].Loss)) {
			break
		}
		curve = append(curve, RatePoint{f.rate, smooth})
		if smooth < curve[least].Loss {
			least = len(curve) - 1
		}
		f.rate = float64(f.rate * ratio)
	}
	if least == 0 {
		return 0, curve, fmt.Errorf("ffnn: FindLearningRate: the loss did not fall at any learning rate from 1e-7 to 10: are the inputs scaled, and do they tell anything of the targets?")
	}
	return curve[least].Rate / 10, curve, nil
}
