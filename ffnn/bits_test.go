package ffnn

import (
	"context"
	"testing"

	"github.com/hadamard-go/hadamard/layout"
)

// The hashes of the weights and running means, the history, and the predictions
// of a training with all that goldenRun has not; and of the weights after three
// epochs with each optimiser and each loss.
const (
	goldenOptimizers = 0x98cc9489c3a95cd9
	goldenLosses     = 0x96341fc69811649f
)

var goldenLayers = [3]uint64{0x585c467ecd366e4c, 0x43a4825b612a7ab2, 0x43106e635efea0d4}

func TestSameBitsOfLayers(t *testing.T) {
	x := randomMatrix(203, 6, 7)
	y := classTargets(x, 3)
	n := must(New(6, BatchNorm(Identity), Dense(20, Identity), BatchNorm(GELU), Dropout(0.3), Dense(17, SiLU).MaxNorm(1.5), BatchNorm(Identity).Momentum(0.3),
		Dense(9, LogSoftmax).Penalize(Penalty{L1: 1e-3, L2: 1e-3}), Dropout(0.1), Dense(3, Identity).InitBias(0.1), BatchNorm(Softmax)))
	n.Reset(5)
	if err := n.SetScaler(Scaler{Shift: []float32{.1, .2, .3, .4, .5, .6}, Scale: []float32{1, 2, .5, 1.1, .9, .3}}); err != nil {
		t.Fatal(err)
	}
	train := Dataset{X: x.Slice(0, 161), Y: y.Slice(0, 161)} // the last batch is a row
	for i := range train.X.Rows {
		train.Weights = append(train.Weights, float32(1+i%3)/3)
	}
	hist := must(n.Fit(context.Background(), train, FitConfig{
		TrainConfig: TrainConfig{BatchSize: 32, MicroBatch: 20, Seed: 3, Optimizer: NAdam{LearningRate: 0.01}, Penalty: L1(1e-4), ClipNorm: 0.5, ClipValue: 0.2,
			ClassWeights: BalancedWeights(train.Y), LabelSmoothing: 0.1},
		Epochs: 6, Validation: Dataset{X: x.Slice(161, 203), Y: y.Slice(161, 203)}, TrainingDev: train,
		Schedule: Cosine{WarmUp: 0.1, Floor: 0.05}, EarlyStopping: EarlyStopping{Patience: 2},
	}))
	p := layout.NewMatrix(100, 3)
	n.Compile().PredictBatch(p, randomMatrix(100, 6, 77))
	if got := [3]uint64{hashBits(n.values), historyBits(hist), hashBits(p.Data)}; got != goldenLayers {
		t.Errorf("weights, history and predictions hash to %#x, want %#x; %v", got, goldenLayers, hist)
	}
}

func TestSameBitsOfOptimizers(t *testing.T) {
	x := randomMatrix(50, 4, 1)
	y := classTargets(x, 3)
	bits := func(c TrainConfig, output Activation) []float32 {
		n := must(New(4, Dense(17, Identity), BatchNorm(Tanh), Dense(3, output)))
		c.BatchSize, c.Penalty = 16, L2(1e-3)
		must(n.Fit(context.Background(), Dataset{X: x, Y: y}, FitConfig{TrainConfig: c, Epochs: 3}))
		return n.values
	}
	var all []float32
	for _, o := range allOptimizers {
		all = append(all, bits(TrainConfig{Optimizer: o}, Softmax)...)
	}
	if got := hashBits(all); got != goldenOptimizers {
		t.Errorf("weights hash to %#x, want %#x", got, uint64(goldenOptimizers))
	}
	all = nil
	for _, l := range allLosses {
		output := Softmax
		if multiLabel(l) {
			output = Sigmoid
		}
		all = append(all, bits(TrainConfig{Loss: l}, output)...)
	}
	if got := hashBits(all); got != goldenLosses {
		t.Errorf("weights hash to %#x, want %#x", got, uint64(goldenLosses))
	}
}
