// Package lecture is the feed-forward neural network of a lecture, exactly as it
// was: class FFNN of M. Hjorth-Jensen's notes, with its cost functions, activation
// functions and schedulers, its quirks, and NumPy's random numbers. With the same
// seed it draws the same weights and the same bootstrap sample, and trains to the
// same scores, as the notes' Python code.
//
// It is for checking results of the course, for teaching, and as a reference for
// what package ffnn does otherwise. To train a network that is of use, take package
// ffnn: it has the standard methods, on float32 and fast.
//
//	net, err := lecture.New([]int{64, 100, 30, 10}, lecture.LRELU, lecture.Softmax, lecture.CostCrossEntropy, 2023)
//	scores, err := net.Fit(ctx, X, t, &lecture.Adam{Eta: 1e-4, Rho: 0.9, Rho2: 0.999},
//		lecture.FitConfig{Epochs: 1000, Progress: os.Stdout})
//	classes, err := net.Predict(X, 0.5)
//
// # The arithmetic
//
// Everything is float64. Random numbers, splits and bootstrap samples have the same
// bits on all machines; the rest need not, and is not what NumPy gives bit for bit:
// sums are taken in another order, and package math has other last bits than the C
// library, and on some machines than on others. A step is within 1e-10 of NumPy's,
// weights after 1000 epochs within 1e-8; the tests hold both. (The one answer on
// all machines, for which package kernels stands, is not promised here.)
//
// # The quirks
//
// What the code of the notes does that a reader of textbooks, or a user of today's
// frameworks, would not expect, and what takes its place in package ffnn, which has
// all of the right-hand column by default, unless a name is given. What is marked *
// is a convention, a matter of taste.
//
//	     the lecture                                     instead
//	Q1   bias input 0.01, z = 0.01·b + a·W               bias input 1
//	Q2   bias gradient Σδ, 100 times the true one;       the exact gradient
//	     in effect a rate 100 times smaller
//	Q3   weights change inside the backward sweep: δ     all gradients first, then one step
//	     comes from the next layer's new weights
//	Q4   softmax: δ = a−t, summed over the batch,        mean over the batch:
//	     whatever the cost function                      ffnn.CrossEntropy
//	Q5   cross-entropy divided by n·k                    by n
//	Q6*  CostOLS: Σ over outputs, by n, no ½             ffnn.MSERows is that; ffnn.MSE by n·k
//	Q7*  log(p + 1e-9)                                   losses from logits, nothing to guard
//	Q8   softmax with + 1e-9 in its denominator:         rows that sum to 1
//	     rows sum to less than 1
//	Q9*  LRELU has slope 0.001                           ffnn.LeakyReLU(0.01), any slope
//	Q10  Adam: moments zeroed each epoch, corrected by   ffnn.Adam: by the step, never zeroed
//	     the epoch; one batch an epoch: η·sign(g)
//	     times 1.0 … 0.48 … 2.5 … 3.16
//	Q11  Adam, RMS_prop: √(v + 1e-8), floor 1e-4         √v + 1e-8
//	Q12  RMS_prop: second moment zeroed each epoch       never zeroed
//	Q13  Adagrad: one sum of squares for each input,     one for each weight, never zeroed
//	     one for all biases, zeroed each epoch
//	Q14* momentum outlives the epoch; v = m·v + η·g      ffnn.SGD{Momentum}: v = m·v + g, w −= η·v,
//	                                                     the same for a constant η
//	Q15  trains and scores on one bootstrap sample:      all rows, shuffled
//	     37 % of the rows are never seen
//	Q16  the same batches each epoch; the last takes     reshuffled each epoch; the last is the
//	     the remainder, up to twice a batch              smaller one
//	Q17  classes by p > 0.5 for each output: a row       Model.Predict gives probabilities;
//	     may have none or several                        the class is the greatest output
//	Q18  a classifier's errors are costs of its 0/1      losses of the probabilities
//	     predictions: 20.7 times the error rate
//	Q19  accuracy is the share of equal elements: no     share of rows that are right
//	     prediction at all scores 0.9 of ten classes
//	Q20* λ·W is added to the gradient, as it is, not     TrainConfig.L2, the same
//	     to the biases, and not to the reported cost
//	Q21  weights N(0, 1), biases 0.01·N(0, 1)            Glorot and He, biases 0
//	Q22* each fit reseeds: the same bootstrap sample     FitConfig.Seed
//	Q23  NumPy's warnings are exceptions: a sigmoid      a stable sigmoid; DivergedError says
//	     below −709.8, or a diverging fit. In the        when
//	     output layer: printed, and the layer before
//	     is returned as the prediction
//	Q24  accuracy is that of the bootstrap sample        validation data: FitConfig.Validation
//	Q25* the bar shows e/epochs; digits by width         FitConfig.OnEpoch
//	Q26  softmax in a hidden layer: derivative ~ 1e-9    the full Jacobian
//	Q27  one-dimensional targets fail, or give wrong     an error; here too, as a Matrix has
//	     scores for validation                           two dimensions
//	Q28  perfect predictions cost −1e-9                  0
//	Q29  more batches than rows divide by zero           TrainConfig.BatchSize, of any size
//
// Where the lecture raises an exception there is an error. Beyond that, data that
// are not finite or do not fit the network are errors, where NumPy would go on
// with NaN or by broadcasting; and a fit ends when its output layer fails while an
// epoch is scored, where the lecture may go on (Q23).
//
// # Names
//
// Names are the lecture's where Go allows it: reset_weights is ResetWeights, RMS_prop
// is RMSProp. The methods with an underscore are not exported, but for _feedforward,
// the probabilities of a classifier: Feedforward.
//
// Source: M. Hjorth-Jensen, "Applied Data Analysis and Machine Learning", University
// of Oslo, lecture notes week 3, January 2024; NumPy reference, "Legacy random
// generation"; scikit-learn, resample and train_test_split.
package lecture
