package ffnn_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
	"github.com/hadamard-go/hadamard/layout"
)

// The exclusive or of two bits, which no network without a hidden layer can
// learn.
func Example() {
	x := layout.MatrixOf([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	y := layout.MatrixOf([]float32{0, 1, 1, 0}, 4, 1)

	net, err := ffnn.New(2, ffnn.Dense(4, ffnn.Tanh), ffnn.Dense(1, ffnn.Sigmoid))
	if err != nil {
		log.Fatal(err)
	}
	_, err = net.Fit(context.Background(), ffnn.Dataset{X: x, Y: y}, ffnn.FitConfig{
		TrainConfig: ffnn.TrainConfig{Optimizer: ffnn.Adam{LearningRate: 0.1}, Penalty: ffnn.L2(1e-3)},
		Epochs:      1000,
	})
	if err != nil {
		log.Fatal(err)
	}
	model := net.Compile()
	for i := range x.Rows {
		p := model.Predict(nil, x.Row(i))
		fmt.Println(x.Row(i), model.Class(p))
	}
	// Output:
	// [0 0] 0
	// [0 1] 1
	// [1 0] 1
	// [1 1] 0
}

// Classes from an embedded data set: split, scale, train, save, load.
func ExampleNetwork_Fit() {
	train, val, err := data.SplitStratified(data.Iris(), 0.2, 1)
	if err != nil {
		log.Fatal(err)
	}
	scaler, err := data.FitStandard(train.X)
	if err != nil {
		log.Fatal(err)
	}
	net, err := ffnn.New(4, ffnn.Dense(16, ffnn.ReLU), ffnn.Dense(3, ffnn.Softmax))
	if err != nil {
		log.Fatal(err)
	}
	if err := net.SetScaler(ffnn.Scaler(scaler)); err != nil {
		log.Fatal(err)
	}
	hist, err := net.Fit(context.Background(), ffnn.Dataset{X: train.X, Y: train.Y}, ffnn.FitConfig{
		TrainConfig: ffnn.TrainConfig{Optimizer: ffnn.Adam{LearningRate: 0.01}},
		Epochs:      60,
		Validation:  ffnn.Dataset{X: val.X, Y: val.Y},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("good:", hist[len(hist)-1].ValAccuracy > 0.9)

	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "iris.safetensors")
	if err := net.Compile().Save(path); err != nil {
		log.Fatal(err)
	}
	model, err := ffnn.Load(path)
	if err != nil {
		log.Fatal(err)
	}
	p := model.Predict(nil, []float32{5.1, 3.5, 1.4, 0.2})
	fmt.Println("class:", data.Iris().Classes[model.Class(p)])
	// Output:
	// good: true
	// class: setosa
}

// A Trainer makes single steps, on batches that come from anywhere.
func ExampleTrainer() {
	net, err := ffnn.New(1, ffnn.Dense(1, ffnn.Identity).Init(ffnn.Normal(0)))
	if err != nil {
		log.Fatal(err)
	}
	trainer, err := ffnn.NewTrainer(net, ffnn.TrainConfig{Optimizer: ffnn.SGD{LearningRate: 0.25}, BatchSize: 2})
	if err != nil {
		log.Fatal(err)
	}
	x := layout.MatrixOf([]float32{1, -1}, 2, 1)
	y := layout.MatrixOf([]float32{3, -1}, 2, 1) // 2x + 1
	for range 4 {
		fmt.Println(trainer.Step(ffnn.Dataset{X: x, Y: y}))
	}
	w, b := net.Weights(0)
	fmt.Println(w.At(0, 0), b[0])
	// Output:
	// 5
	// 1.25
	// 0.3125
	// 0.078125
	// 1.875 0.9375
}
