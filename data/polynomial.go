package data

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hadamard-go/hadamard/layout"
)

// Polynomial makes a design matrix: a column for each product of powers of the
// features, up to a degree. For two features x, y:
//
//	1, x, y, x², x·y, y², x³, x²·y, x·y², y³, …
//
// This is the order of the lecture's create_X and, for any number of features,
// of scikit-learn's PolynomialFeatures: by degree, then by features. There are
// C(features+degree, degree) columns.
//
// Each column is one of a degree less times one feature, so x²·y is (x·x)·y: a
// product of d factors is rounded to float32 d−1 times. A Polynomial is
// immutable.
type Polynomial struct {
	features int
	terms    []term
}

// term is one column: column parent times a feature. The first column is 1.
type term struct{ parent, feature int }

const maxTerms = 1 << 20

// NewPolynomial returns the Polynomial of so many features up to that degree.
// It is an error if features is less than 1, degree is negative, or there are
// more than 2²⁰ columns.
func NewPolynomial(features, degree int) (Polynomial, error) {
	if features < 1 || degree < 0 {
		return Polynomial{}, fmt.Errorf("data: a polynomial of degree %d of %s", degree, count(features, "feature"))
	}
	p := Polynomial{features: features, terms: []term{{}}}
	from := 0 // first term of the degree before
	for range degree {
		to := len(p.terms)
		for parent := from; parent < to; parent++ {
			for j := p.terms[parent].feature; j < features; j++ {
				if len(p.terms) == maxTerms {
					return Polynomial{}, fmt.Errorf("data: a polynomial of degree %d of %s has more than %d columns; lower the degree",
						degree, count(features, "feature"), maxTerms)
				}
				p.terms = append(p.terms, term{parent, j})
			}
		}
		from = to
	}
	return p, nil
}

// Cols returns the number of columns.
func (p Polynomial) Cols() int { return len(p.terms) }

// Names returns names of the columns from names of the features, as
// scikit-learn writes them: 1, x, y, x^2, x y, y^2, …
// It panics if there are not as many names as features.
func (p Polynomial) Names(features []string) []string {
	if len(features) != p.features {
		panic(fmt.Sprintf("data: Polynomial.Names: %d names for %s", len(features), count(p.features, "feature")))
	}
	names := make([]string, len(p.terms))
	powers := make([]int, p.features)
	for i := range p.terms {
		clear(powers)
		for k := i; k > 0; k = p.terms[k].parent {
			powers[p.terms[k].feature]++
		}
		var factors []string
		for j, n := range powers {
			switch {
			case n == 1:
				factors = append(factors, features[j])
			case n > 1:
				factors = append(factors, features[j]+"^"+strconv.Itoa(n))
			}
		}
		names[i] = strings.Join(factors, " ")
	}
	if len(names) > 0 {
		names[0] = "1"
	}
	return names
}

// Apply sets dst, rows × Cols(), to the design matrix of x, rows × features.
// They must not overlap. It does not allocate.
// It panics if the shapes differ.
func (p Polynomial) Apply(dst, x layout.Matrix) {
	if !dst.Valid() || !x.Valid() || dst.Rows != x.Rows || x.Cols != p.features || dst.Cols != len(p.terms) {
		panic("data: Polynomial.Apply: shapes differ")
	}
	for i := range x.Rows {
		from, to := x.Row(i), dst.Row(i)
		for k, t := range p.terms {
			if k == 0 {
				to[k] = 1
			} else {
				to[k] = float32(to[t.parent] * from[t.feature])
			}
		}
	}
}

// Design returns the design matrix of x in new memory.
// It panics if x is not valid or does not have as many columns as features.
func (p Polynomial) Design(x layout.Matrix) layout.Matrix {
	dst := layout.NewMatrix(x.Rows, len(p.terms))
	p.Apply(dst, x)
	return dst
}
