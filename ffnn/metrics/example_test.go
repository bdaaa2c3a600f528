package metrics_test

import (
	"fmt"
	"log"
	"math"

	"github.com/hadamard-go/hadamard/ffnn/metrics"
	"github.com/hadamard-go/hadamard/layout"
)

// Outputs of a softmax for eight rows of three classes, and what the rows are.
var (
	outputs = layout.MatrixOf([]float32{
		0.75, 0.125, 0.125,
		0.5, 0.25, 0.25,
		0.25, 0.5, 0.25,
		0.125, 0.75, 0.125,
		0.125, 0.5, 0.375,
		0.25, 0.25, 0.5,
		0.5, 0.125, 0.375,
		0.125, 0.125, 0.75,
	}, 8, 3)
	classes = []int{0, 0, 0, 1, 1, 2, 2, 2}
)

// Outputs of a sigmoid, and whether the rows are of class 1.
var (
	sigmoid = layout.MatrixOf([]float32{0.9, 0.8, 0.8, 0.6, 0.4, 0.3, 0.3, 0.1}, 8, 1)
	truth   = []int{1, 1, 0, 1, 0, 0, 1, 0}
)

func show(v float64, err error) {
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f\n", v)
}

func Example() {
	c := metrics.NewConfusion(3)
	c.Classes = []string{"setosa", "versicolor", "virginica"}
	if err := c.AddRows(outputs, classes, nil); err != nil {
		log.Fatal(err)
	}
	fmt.Println(c)
	fmt.Print(c.Report(2))
	// Output:
	// is \ taken for      setosa  versicolor   virginica
	//         setosa           2           1           0
	//     versicolor           0           2           0
	//      virginica           1           0           2
	//
	//               precision    recall  f1-score   support
	//
	//       setosa       0.67      0.67      0.67         3
	//   versicolor       0.67      1.00      0.80         2
	//    virginica       1.00      0.67      0.80         3
	//
	//     accuracy                           0.75         8
	//    macro avg       0.78      0.78      0.76         8
	// weighted avg       0.79      0.75      0.75         8
}

func ExampleAccuracy() {
	show(metrics.Accuracy(outputs, classes, nil))
	show(metrics.Accuracy(sigmoid, truth, nil))
	// Rows of class 1 stand for ten others each.
	show(metrics.Accuracy(sigmoid, truth, []float64{10, 10, 1, 10, 1, 1, 10, 1}))
	// Output:
	// 0.7500
	// 0.7500
	// 0.7500
}

func ExampleTopK() {
	for k := 1; k <= 3; k++ {
		show(metrics.TopK(outputs, classes, k, nil))
	}
	// Output:
	// 0.7500
	// 1.0000
	// 1.0000
}

// Of targets that are one-hot, as networks are trained on, to labels.
func ExampleLabels() {
	y := layout.MatrixOf([]float32{
		0, 1, 0,
		1, 0, 0,
	}, 2, 3)
	labels, err := metrics.Labels(y)
	fmt.Println(labels, err)
	y.Set(1, 0, 0.9)
	_, err = metrics.Labels(y)
	fmt.Println(err)
	// Output:
	// [1 0] <nil>
	// metrics: Labels: row 1 has 0.9 in column 0: targets of classes are 0 or 1
}

// Rows need not come from a matrix of outputs, nor count alike; a network whose
// outputs are NaN takes them for nothing.
func ExampleConfusion_Add() {
	c := metrics.NewConfusion(2)
	for range 97 {
		c.Add(0, 0, 1)
	}
	c.Add(1, 0, 1.5)
	c.Add(1, 1, 0.5)
	c.Add(1, -1, 1)
	fmt.Print(c)
	fmt.Printf("accuracy %.2f, balanced %.2f, correlation %.2f\n", c.Accuracy(), c.BalancedAccuracy(), c.MatthewsCorrelation())
	fmt.Printf("class 1: %.2f\n", c.Class(1))
	// Output:
	// is \ taken for     0     1  none
	//              0    97     0     0
	//              1   1.5   0.5     1
	// accuracy 0.97, balanced 0.58, correlation 0.47
	// class 1: {1.00 0.17 0.29 3.00}
}

func ExampleConfusion_Average() {
	c := metrics.NewConfusion(3)
	if err := c.AddRows(outputs, classes, nil); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("macro    %.4f\n", c.Average(metrics.Macro))
	fmt.Printf("weighted %.4f\n", c.Average(metrics.Weighted))
	fmt.Printf("micro    %.4f\n", c.Average(metrics.Micro))
	// Output:
	// macro    {0.7778 0.7778 0.7556 8.0000}
	// weighted {0.7917 0.7500 0.7500 8.0000}
	// micro    {0.7500 0.7500 0.7500 8.0000}
}

// Of 16 pairs of a positive and a negative row, 11 are in order and 2 are ties.
func ExampleROCAUC() {
	show(metrics.ROCAUC(sigmoid, truth, metrics.Macro, nil))
	show(metrics.ROCAUC(outputs, classes, metrics.Macro, nil))
	_, err := metrics.ROCAUC(sigmoid, make([]int, 8), metrics.Macro, nil)
	fmt.Println(err)
	// Output:
	// 0.7500
	// 0.9306
	// metrics: ROCAUC is not defined: no row is of class 1
}

func ExampleAveragePrecision() {
	show(metrics.AveragePrecision(sigmoid, truth, metrics.Macro, nil))
	show(metrics.AveragePrecision(outputs, classes, metrics.Weighted, nil))
	// Output:
	// 0.7470
	// 0.8354
}

// The threshold with the greatest difference of TPR and FPR, Youden's index.
func ExampleCurve() {
	points, err := metrics.Curve(sigmoid, truth, 1, nil)
	if err != nil {
		log.Fatal(err)
	}
	best := points[0]
	for _, q := range points {
		fmt.Printf("%4.1f  FPR %.2f  TPR %.2f  precision %.2f\n", q.Threshold, q.FPR, q.TPR, q.Precision)
		if q.TPR-q.FPR > best.TPR-best.FPR {
			best = q
		}
	}
	fmt.Println("best from", best.Threshold)
	// Output:
	// +Inf  FPR 0.00  TPR 0.00  precision 1.00
	//  0.9  FPR 0.00  TPR 0.25  precision 1.00
	//  0.8  FPR 0.25  TPR 0.50  precision 0.67
	//  0.6  FPR 0.25  TPR 0.75  precision 0.75
	//  0.4  FPR 0.50  TPR 0.75  precision 0.60
	//  0.3  FPR 0.75  TPR 1.00  precision 0.57
	//  0.1  FPR 1.00  TPR 1.00  precision 0.50
	// best from 0.6
}

// The bins, and the expected calibration error.
func ExampleCalibration() {
	bins, err := metrics.Calibration(sigmoid, truth, 1, 4, nil)
	if err != nil {
		log.Fatal(err)
	}
	off, rows := 0.0, 0.0
	for _, b := range bins {
		fmt.Printf("predicted %.2f  observed %.2f  of %g rows\n", b.Predicted, b.Observed, b.Weight)
		off += b.Weight * math.Abs(b.Predicted-b.Observed)
		rows += b.Weight
	}
	fmt.Printf("error %.4f\n", off/rows)
	// Output:
	// predicted 0.10  observed 0.00  of 1 rows
	// predicted 0.33  observed 0.33  of 3 rows
	// predicted 0.60  observed 1.00  of 1 rows
	// predicted 0.83  observed 0.67  of 3 rows
	// error 0.1250
}

func ExampleLogLoss() {
	show(metrics.LogLoss(sigmoid, truth, nil))
	show(metrics.LogLoss(outputs, classes, nil))
	certain := layout.MatrixOf([]float32{1}, 1, 1)
	show(metrics.LogLoss(certain, []int{0}, nil)) // clipped
	// Output:
	// 0.5782
	// 0.6637
	// 15.9424
}

func ExampleBrier() {
	show(metrics.Brier(sigmoid, truth, nil))
	show(metrics.Brier(outputs, classes, nil))
	// Output:
	// 0.2000
	// 0.3711
}

func ExampleRegression() {
	y := layout.MatrixOf([]float32{1, 10, 2, 20, 5, 30, 4, 40}, 4, 2)
	p := layout.MatrixOf([]float32{1, 11, 2, 21, 3, 31, 8, 41}, 4, 2)
	average, outputs, err := metrics.Regression(p, y, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range append(outputs, average) {
		fmt.Printf("RMSE %.3f  MAE %.3f  max %g  R² %.3f  explained variance %.3f\n", e.RMSE, e.MAE, e.MaxError, e.R2, e.ExplainedVariance)
	}
	// Output:
	// RMSE 2.236  MAE 1.500  max 4  R² -1.000  explained variance -0.900
	// RMSE 1.000  MAE 1.000  max 1  R² 0.992  explained variance 1.000
	// RMSE 1.618  MAE 1.250  max 4  R² -0.004  explained variance 0.050
}
