// Package metrics measures predictions: what scikit-learn's module of that name
// gives, for float32 outputs, in float64, with one answer on every machine.
//
//	p := layout.NewMatrix(d.Len(), model.Outputs())
//	model.PredictBatch(p, d.X)
//	c := metrics.NewConfusion(len(d.Classes))
//	err := c.AddRows(p, d.Labels, nil)
//	fmt.Print(c.Report(2))
//	auc, err := metrics.ROCAUC(p, d.Labels, metrics.Macro, nil)
//
// # What goes in
//
// p holds a model's outputs, a row for each sample: k ≥ 2 columns, one for each
// class, or one column, the probability of class 1 of two. labels[i] is the class
// of row i, in [0, k), as in data.Dataset; Labels makes them of one-hot or 0/1
// targets. A row is taken for the class of its first greatest output; with one
// column for class 1 if that is greater than ½, as ffnn.Model.Class does. (For
// another threshold, such as 0 for logits, there is Confusion.Add.) A row with a
// NaN is taken for no class, and so is wrong.
//
// weights[i] ≥ 0 says how many rows row i stands for; nil is 1 for each. Every
// metric takes weights, in the same place, so there is no second function and no
// option for it. A weight of 2 is the row twice; the greatest error alone does not
// depend on weights.
//
// A matrix that is not valid, and slices that do not have one element for each
// row, are programming mistakes and panic. What the data decide is an error that
// says which row: a label out of range, a score that is not finite, a probability
// not in [0, 1], no rows, or a metric that is not defined for want of a class; a
// metric that is one number is NaN then. No function changes its arguments. Those
// that sort (ROCAUC, AveragePrecision, Curve) allocate a copy of the scores; none
// allocates row by row.
//
// # Which one
//
// With TP, FP, FN, TN the rows of a class that were found, the others taken for
// it, its own that were missed, and the rest:
//
//	Accuracy            rows that are right / rows
//	Precision           TP/(TP+FP)      of those taken for it, how many are
//	Recall (TPR)        TP/(TP+FN)      of those that are, how many were found
//	F1                  2TP/(2TP+FP+FN) the harmonic mean of the two
//	FPR                 FP/(FP+TN)
//	BalancedAccuracy    the mean recall of the classes that occur
//	MatthewsCorrelation the correlation of what is and what was taken, −1 … 1
//
// Accuracy is the first number to look at, and under class imbalance the first to
// mislead: where one row in a hundred is positive, never saying so scores 0.99. Its
// balanced accuracy is ½ and its correlation 0, as chance. Choose by what an error
// costs: precision if false alarms do, recall if misses do. The macro average
// counts every class alike, rare ones too; the weighted average counts every row
// alike, and hides them; the micro average over all classes is accuracy.
//
// Those judge decisions, at one threshold. ROCAUC and AveragePrecision judge the
// order of the scores, at all of them. ROCAUC is the probability that a positive
// row has a greater score than a negative one, ties counting half: ½ is chance,
// whatever the classes' shares. So it flatters on rare positives: with a thousand
// negatives for each, ten false alarms a hit are an FPR of 0.01, but a precision
// of 0.09. There take AveragePrecision, where chance is the share of positives.
//
// LogLoss and Brier judge the probabilities, and are least in expectation for the
// true ones. LogLoss punishes confidence in a wrong class without bound (but for
// its clipping), Brier by at most 2. Calibration shows where probabilities promise
// too much.
//
// For a regression, MAE is in the unit of the target, RMSE too but dominated by
// large errors, and MaxError is the worst; R² compares with predicting the mean,
// which has 0, and explained variance does so once a constant bias is forgiven.
//
// # One answer
//
// Sums are float64, in the order of the rows; no product is fused, and the
// logarithm is the library's own. Without weights the counts, and so the metrics
// of decisions and the numerator and denominator of ROCAUC, are exact up to 2⁵²,
// and do not depend on the order of the rows.
//
// Sources: T. Fawcett, "An introduction to ROC analysis", Pattern Recognition
// Letters 27(8), 2006; J. Davis, M. Goadrich, "The relationship between
// precision-recall and ROC curves", ICML 2006; G. W. Brier, "Verification of
// forecasts expressed in terms of probability", Monthly Weather Review 78(1), 1950;
// B. W. Matthews, "Comparison of the predicted and observed secondary structure of
// T4 phage lysozyme", BBA 405(2), 1975; J. Gorodkin, "Comparing two K-category
// assignments by a K-category correlation coefficient", Computational Biology and
// Chemistry 28(5–6), 2004; T. Gneiting, A. E. Raftery, "Strictly proper scoring
// rules, prediction, and estimation", JASA 102(477), 2007; scikit-learn 1.2 and
// newer, sklearn.metrics.
package metrics
