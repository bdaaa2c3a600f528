package data

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// The data sets that come with the package; sets/README.md says whose they are.
var (
	//go:embed sets/digits.csv
	digitsCSV string
	//go:embed sets/iris.csv
	irisCSV string
	//go:embed sets/wdbc.csv
	wdbcCSV string
	//go:embed sets/wine.csv
	wineCSV string
)

// Digits returns 1797 handwritten digits, images of 8 × 8 pixels from 0 to 16,
// row by row; classes 0 to 9. It is scikit-learn's load_digits.
//
// Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits"
// (test part), UCI Machine Learning Repository, 1998, CC BY 4.0.
func Digits() *Dataset { return builtin(digitsCSV) }

// Iris returns the 150 flowers of Anderson and Fisher: 4 lengths in cm; classes
// setosa, versicolor, virginica. It is scikit-learn's load_iris.
//
// Source: R. A. Fisher, "Iris", UCI Machine Learning Repository, 1936,
// CC BY 4.0.
func Iris() *Dataset { return builtin(irisCSV, "setosa", "versicolor", "virginica") }

// BreastCancer returns 569 tumours: 30 measures of the nuclei of their cells;
// classes malignant (0) and benign (1). It is scikit-learn's
// load_breast_cancer.
//
// Source: W. Wolberg, O. Mangasarian, N. Street, W. Street, "Breast Cancer
// Wisconsin (Diagnostic)", UCI Machine Learning Repository, 1993, CC BY 4.0.
func BreastCancer() *Dataset { return builtin(wdbcCSV, "malignant", "benign") }

// Wine returns 178 wines: 13 chemical measures; classes class_0, class_1,
// class_2, the cultivars. It is scikit-learn's load_wine.
//
// Source: S. Aeberhard, M. Forina, "Wine", UCI Machine Learning Repository,
// 1992, CC BY 4.0.
func Wine() *Dataset { return builtin(wineCSV, "class_0", "class_1", "class_2") }

// builtin reads a data set of this package. Names of classes, where there are
// any, are those of the labels 0, 1, …
func builtin(table string, classes ...string) *Dataset {
	d, err := ReadCSV(strings.NewReader(table), CSVOptions{})
	if err != nil {
		panic(err) // the tests read every set
	}
	if classes != nil {
		d.Classes = classes
	}
	return d
}

// setNames are the names for Load, sorted.
var setNames = []string{"digits", "iris", "wdbc", "wine"}

// Names returns the names that Load knows, sorted.
func Names() []string { return slices.Clone(setNames) }

// Load returns a data set of this package by its name: digits, iris, wdbc (that
// is BreastCancer) or wine. Each call returns new memory. An unknown name is an
// error that lists the names.
func Load(name string) (*Dataset, error) {
	switch name {
	case "digits":
		return Digits(), nil
	case "iris":
		return Iris(), nil
	case "wdbc":
		return BreastCancer(), nil
	case "wine":
		return Wine(), nil
	}
	return nil, fmt.Errorf("data: no data set %q: choose one of %s", name, strings.Join(setNames, ", "))
}
