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
// What follows is a short course: what a network computes, how it learns, what
// goes wrong, and which name of this package belongs to each.
//
// # What a network computes
//
// A layer takes a row a of n numbers to a row of m numbers,
//
//	z = a·W + b,   a′ = σ(z),
//
// with weights W (n × m), a bias b and an activation function σ that works on
// each element. A network is layers one after the other (New, Dense); the rows
// of a batch X go through it together, Z = A·W + b, one matrix product a layer.
// Without σ, or with the Identity, all layers together would be one linear map.
//
// One hidden layer is enough to come as near as one likes to any continuous
// function on a bounded set, if it is wide enough (Cybenko 1989, Hornik 1991):
// the program examples/approximation shows error against width, and that it does
// not hold for functions that jump. That such weights exist does not say that
// training finds them. Deeper networks often need fewer.
//
// # Activation functions
//
//	hidden layers   ReLU, LeakyReLU, ELU, SiLU, GELU: their slope is near 1 for
//	                positive z. A ReLU that is negative for all data is dead: its
//	                slope is 0; LeakyReLU and ELU are not.
//	                Sigmoid, Tanh: slopes at most ¼ and 1, and nearly 0 for large
//	                |z|, so that gradients vanish through many layers. Softplus,
//	                SELU, HardSigmoid, GELUTanh; NewActivation for one's own.
//	output layer    Identity for values (regression), Sigmoid for a probability or
//	                several independent ones, Softmax for one class of several.
//
// # Losses
//
// Training minimises the mean of a Loss over the rows. For values it is MSE or
// MSERows, or MAE and Huber where outliers should not weigh so much; for
// probabilities the cross-entropies, which are the negative logarithm of the
// likelihood. They are computed from z, not from σ(z), and their derivative by z
// is simply a − t: a confident error has a large gradient, which MSE after a
// Sigmoid has not. NewLoss is for one's own.
//
// # Backpropagation
//
// With C for the loss and δ = ∂C/∂z for a layer, from the last to the first:
//
//	δ = ∂C/∂a ∘ σ′(z)              the last layer (∘ is the Hadamard product)
//	∂C/∂W = aᵀ·δ,  ∂C/∂b = Σ δ     a are the layer's inputs, Σ goes over the rows
//	δ′ = (δ·Wᵀ) ∘ σ′(z′)           the layer before
//
// (Rumelhart, Hinton and Williams 1986.) A Trainer does this for a batch and
// then changes all weights at once.
//
// # Gradient descent
//
// The rule is w = w − η·g; the learning rate η is the number to tune first.
// FindLearningRate tries them all; training that ends in a *DivergedError had too
// large a one. Batches of some rows (BatchSize) make many cheap, noisy steps of
// an epoch. An Optimizer does more with the gradients:
//
//	SGD          with Momentum: steps gather speed where gradients agree;
//	             Nesterov looks ahead; HeavyBall is the form of lectures
//	Adagrad      divides each weight's step by the root of its summed squares
//	RMSprop      by their running mean, which forgets; Adadelta needs no rate
//	Adam         RMSprop with momentum and a correction of the first steps;
//	             AMSGrad, Adamax, NAdam, RAdam are variants; with WeightDecay it is
//	             AdamW. The default, with 0.001
//	Lion         the sign of a momentum alone
//
// A Schedule changes the learning rate as training goes on: large first, small
// at the end. Cosine with a WarmUp is a good one; ReduceOnPlateau waits for the
// validation loss. ClipNorm and ClipValue bound a gradient that explodes.
//
// # Before the training
//
// Scale the inputs to mean 0 and deviation 1 (data.FitStandard, SetScaler): the
// loss is then about as steep in every direction. The scaler becomes a part of
// the model. For targets in other units than about 1 there is SetTargetScaler.
//
// Initial weights must differ, or all units of a layer stay equal, and must have
// a size that keeps the variance of z from layer to layer: GlorotUniform for
// Tanh and Sigmoid, HeNormal for ReLU and its kin, LeCunNormal for SELU are the
// defaults of Dense; Orthogonal for deep networks.
//
// # Overfitting
//
// A network that learns its rows by heart has a small training loss and a large
// validation loss. Against that, in the order to try them:
//
//   - more rows;
//   - EarlyStopping, which keeps the weights of the best epoch;
//   - a Penalty on the weights, L2 (or KerasL2: mind the factor 2) or L1, which
//     drives weights to 0; MaxNorm; weight decay;
//   - Dropout, which trains a new thinned network in each step;
//   - fewer or narrower layers;
//   - label smoothing, for classes.
//
// BatchNorm makes deep networks train faster and regularises a little. In
// prediction it costs nothing.
//
// # Reading the errors
//
// Compare the error that is possible with those on the training rows, on rows
// held out from the same source (TrainingDev), on rows from where the model will
// work (Validation), and on a test set looked at once: the greatest gap says what
// to do next. Diagnose has the words. Package metrics has the measures: with
// rare classes, accuracy says little, and precision, recall, F1 and the ROC curve
// say more. Against imbalance there are ClassWeights (BalancedWeights), the
// weights of a Dataset's rows, data.Oversample, and InitBias.
//
// # Long and endless trainings
//
// Fit saves a Checkpoint after each epoch, from which a training that was killed
// goes on with the same bits. MicroBatch lets a batch be larger than its memory.
// For data that do not fit into memory, or never end, Trainer.PartialFit takes
// chunks, as they come from a data.CSVStream.
//
// # The lecture
//
// Package ffnn/lecture has a lecture's network with its exact numbers, to check
// course results, and says where it differs from this package.
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
