// Package ffnn has feed-forward neural networks on float32: multilayer
// perceptrons that train and predict without allocating.
//
//	net, err := ffnn.New(64,
//		ffnn.Dense(100, ffnn.LeakyReLU(0.01)),
//		ffnn.Dense(30, ffnn.LeakyReLU(0.01)),
//		ffnn.Dense(10, ffnn.Softmax),
//	)
//	hist, err := net.Fit(ctx, train, ffnn.FitConfig{Epochs: 50, Validation: val})
//	model := net.Compile()
//	p := model.Predict(nil, x)
//
// A Network is what is trained. Compile makes a Model of it: immutable, for any
// number of goroutines. A Model is saved as a safetensors file, which Python's
// package of that name opens for PyTorch and NumPy, and loaded with Load.
//
// # Where the numbers lie
//
// The parameters of a network are one flat slice: the panels (layout.Panels) of
// one layer after the other. Its gradients and each moment of an optimiser have
// the same form, so an optimiser's step is one pass.
//
//	params → │ layer 0: panel 0 │ panel 1 │ … │ layer 1: panel 0 │ … │
//
// The activations of a batch are row-major matrices whose rows are padded to 16
// elements. A Session, a Trainer, has one allocation for all of its matrices.
//
// # One answer
//
// A prediction has the same bits on every machine, in any batch, from any
// goroutine; and training with the same data, configuration and seed gives the
// same weights, bit for bit (package kernels says how).
package ffnn
