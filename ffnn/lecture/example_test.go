package lecture_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/hadamard-go/hadamard/ffnn/lecture"
)

// The lecture's gates: a net without hidden layer learns AND, or what its bootstrap
// sample of the four rows shows of it (Q15).
func Example() {
	X := lecture.Matrix{{0, 0}, {0, 1}, {1, 0}, {1, 1}}
	and := lecture.Matrix{{0}, {0}, {0}, {1}}

	net, err := lecture.New([]int{2, 1}, lecture.Sigmoid, lecture.Sigmoid, lecture.CostLogReg, 21)
	if err != nil {
		log.Fatal(err)
	}
	scores, err := net.Fit(context.Background(), X, and,
		&lecture.Adam{Eta: 0.1, Rho: 0.9, Rho2: 0.999},
		lecture.FitConfig{Epochs: 1000, XVal: X, TVal: and})
	if err != nil {
		log.Fatal(err)
	}
	classes, err := net.Predict(X, 0.5)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("of the bootstrap sample:", scores.TrainAccs[999])
	fmt.Println("of the four true rows: ", scores.ValAccs[999])
	fmt.Println(classes)
	// Output:
	// of the bootstrap sample: 1
	// of the four true rows:  0.75
	// [[0] [0] [1] [1]]
}

// The numbers of np.random.seed(0); np.random.randn(3), and scikit-learn's
// train_test_split of ten rows with random_state=0.
func ExampleRandomState() {
	r := lecture.NewRandomState(0)
	fmt.Println(r.NormFloat64(), r.NormFloat64(), r.NormFloat64())
	train, test := lecture.NewRandomState(0).TrainTestSplit(10, 0.25)
	fmt.Println(train, test)
	// Output:
	// 1.764052345967664 0.4001572083672233 0.9787379841057392
	// [9 1 6 7 3 0 5] [2 8 4]
}

// A cost function of one's own: the mean absolute error.
func ExampleCost() {
	mae := lecture.Cost{
		Name: "CostMAE",
		Value: func(t, p lecture.Matrix) (sum float64) {
			for i := range t {
				sum += max(t[i][0]-p[i][0], p[i][0]-t[i][0]) / float64(len(t))
			}
			return sum
		},
		Gradient: func(t, p lecture.Matrix) lecture.Matrix {
			g := make(lecture.Matrix, len(t))
			for i := range t {
				g[i] = []float64{1 / float64(len(t))}
				if p[i][0] < t[i][0] {
					g[i][0] = -g[i][0]
				}
			}
			return g
		},
	}
	net, err := lecture.New([]int{1, 1}, lecture.Sigmoid, lecture.Identity, mae, 7)
	if err != nil {
		log.Fatal(err)
	}
	X, t := lecture.Matrix{{1}, {2}, {3}, {4}}, lecture.Matrix{{2}, {4}, {6}, {8}}
	if _, err := net.Fit(context.Background(), X, t, &lecture.Constant{Eta: 0.01}, lecture.FitConfig{Epochs: 500}); err != nil {
		log.Fatal(err)
	}
	p, err := net.Predict(lecture.Matrix{{5}}, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.0f\n", p[0][0])
	// Output: 10
}

// The progress bar writes over its own line; here each state has a line of its own.
func ExampleFitConfig_progress() {
	net, err := lecture.New([]int{1, 1}, lecture.Sigmoid, lecture.Identity, lecture.CostOLS, 3)
	if err != nil {
		log.Fatal(err)
	}
	var b strings.Builder
	_, err = net.Fit(context.Background(), lecture.Matrix{{1}, {2}}, lecture.Matrix{{1}, {2}},
		&lecture.Momentum{Eta: 0.1, Momentum: 0.3}, lecture.FitConfig{Epochs: 2, Lam: 0.001, Progress: &b})
	if err != nil {
		log.Fatal(err)
	}
	for _, line := range strings.FieldsFunc(b.String(), func(r rune) bool { return r == '\r' || r == '\n' }) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Println(line)
		}
	}
	// Output:
	// Momentum: Eta=0.1, Lambda=0.001
	// [----------------------------------------] 0.000% | train_error: 0.202
	// [===================>--------------------] 50.00% | train_error: 0.105
	// [=======================================>] 100.0% | train_error: 0.105
}
