package lecture

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/hadamard-go/hadamard/internal/elementary"
)

// progressBar returns the lecture's progress line, without the carriage return
// before it, for a part of the whole between 0 and 1:
//
//	[===================>--------------------] 50.00% | train_error: 0.500 | train_acc: 1.00
//
// A value that is NaN is left out.
func progressBar(part float64, trainError, trainAcc, valError, valAcc float64) string {
	const length = 40
	done := int(part * length)
	bar := strings.Repeat("-", length-done)
	if done > 0 {
		bar = strings.Repeat("=", done-1) + ">" + bar
	}
	line := fmt.Sprintf("  [%s] %s%% ", bar, format(part*100, 5))
	for _, v := range []struct {
		name  string
		value float64
	}{{"train_error", trainError}, {"train_acc", trainAcc}, {"val_error", valError}, {"val_acc", valAcc}} {
		if !math.IsNaN(v.value) {
			line += fmt.Sprintf("| %s: %s ", v.name, format(v.value, 4))
		}
	}
	return line
}

// format returns the value with as many decimals as make it that many characters
// wide, the point counted. A negative number is taken ten times larger for that,
// to make room for its sign (Q25).
func format(value float64, decimals int) string {
	v := 1.0
	switch {
	case value > 0:
		v = value
	case value < 0:
		v = -10 * value
	}
	n := 1 + int(math.Floor(log10(v)))
	if n >= decimals-1 {
		return strconv.FormatFloat(math.RoundToEven(value), 'f', 0, 64)
	}
	return strconv.FormatFloat(value, 'f', decimals-n-1, 64)
}

// log10 returns the decimal logarithm of v > 0 by the formula of the C library that
// Python asks, with v = m·2ʸ. It decides how many digits are shown near powers of
// ten: it is exact for 10⁰ … 10²², and math.Log10(1000) is less than 3.
//
// Source: Sun Microsystems, fdlibm, e_log10.c, 1993.
func log10(v float64) float64 {
	const (
		log2Hi  = 3.01029995663611771306e-01 // log₁₀ 2, its first bits and the rest
		log2Lo  = 3.69423907715893078616e-13
		inverse = 4.34294481903251816668e-01 // 1/log 10
	)
	m, e := math.Frexp(v)
	if e > 0 {
		m, e = 2*m, e-1
	}
	y := float64(e)
	return float64(float64(y*log2Lo)+float64(inverse*elementary.Log(m))) + float64(y*log2Hi)
}

// pythonFloat returns v as Python prints a float: the shortest digits, with an
// exponent below 1e-4 and from 1e16 on.
func pythonFloat(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.ContainsAny(s, ".IN") {
		s += ".0"
	}
	return s
}

// pythonLambda returns λ as the lecture prints it, where 0 is the integer that is
// the default.
func pythonLambda(lam float64) string {
	if lam == 0 {
		return "0"
	}
	return pythonFloat(lam)
}
