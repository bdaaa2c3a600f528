package main

import (
	"strconv"

	"github.com/hadamard-go/hadamard/data"
	"github.com/hadamard-go/hadamard/ffnn"
)

// outputActivation returns the activation of a model's last layer.
func outputActivation(m *ffnn.Model) ffnn.Activation { return m.Layer(m.Layers() - 1).Activation }

// taskOf returns the task that a model was trained for. The file does not name
// it: the outputs and the names of classes tell.
func taskOf(m *ffnn.Model) data.Task {
	out := outputActivation(m)
	switch {
	case out == ffnn.Softmax || out == ffnn.LogSoftmax, m.Outputs() > 1 && (out == ffnn.Sigmoid || m.Meta().Classes != nil):
		return data.Multiclass
	case out == ffnn.Sigmoid || m.Meta().Classes != nil:
		return data.Binary
	}
	return data.Regression
}

// classNames returns the names of a model's classes, 0, 1, … if they have none,
// and nil for regression.
func classNames(m *ffnn.Model) []string {
	if c := m.Meta().Classes; len(c) > 0 {
		return c
	}
	if taskOf(m) == data.Regression {
		return nil
	}
	names := make([]string, max(m.Outputs(), 2))
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}

// featureNames returns the names of a model's features. Package data takes the
// columns x0, x1, … by their place.
func featureNames(m *ffnn.Model) []string {
	if f := m.Meta().Features; len(f) > 0 {
		return f
	}
	names := make([]string, m.Inputs())
	for i := range names {
		names[i] = "x" + strconv.Itoa(i)
	}
	return names
}

// targetName returns the name of what a model predicts.
func targetName(m *ffnn.Model) string {
	if t := m.Meta().Target; t != "" {
		return t
	}
	return "y"
}

// defaultLoss returns the loss of a task.
func defaultLoss(t data.Task) ffnn.Loss {
	switch t {
	case data.Multiclass:
		return ffnn.CrossEntropy
	case data.Binary:
		return ffnn.BinaryCrossEntropy
	}
	return ffnn.MSE
}

// lossOf returns the loss to measure a model by: the one that belongs to its
// outputs, which with the identity are values, or logits of classes.
func lossOf(m *ffnn.Model) ffnn.Loss {
	if out := outputActivation(m); out != ffnn.Identity {
		return ffnn.DefaultLoss(out)
	}
	return defaultLoss(taskOf(m))
}
