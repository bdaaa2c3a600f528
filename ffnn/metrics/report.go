package metrics

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// name returns the name of class i.
func (c *Confusion) name(i int) string {
	if i < len(c.Classes) {
		return c.Classes[i]
	}
	return strconv.Itoa(i)
}

// countText returns a number of rows: weights may make it no whole one.
func countText(n float64) string {
	if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strconv.FormatFloat(n, 'g', 6, 64)
}

// String returns the counts as a table: a line for each class that rows are, a
// column for each class that they are taken for, and one for "none" if there are
// such rows.
func (c *Confusion) String() string {
	const corner = "is \\ taken for"
	columns := make([][]string, 0, len(c.Counts)+1) // a heading each, then numbers
	some := false
	for j := range c.Counts {
		column := []string{c.name(j)}
		for i := range c.Counts {
			column = append(column, countText(c.Counts[i][j]))
		}
		columns = append(columns, column)
		some = some || c.None[j] != 0
	}
	if some {
		column := []string{"none"}
		for _, n := range c.None {
			column = append(column, countText(n))
		}
		columns = append(columns, column)
	}
	first, width := utf8.RuneCountInString(corner), 0
	for i := range c.Counts {
		first = max(first, utf8.RuneCountInString(c.name(i)))
	}
	for _, column := range columns {
		for _, text := range column {
			width = max(width, utf8.RuneCountInString(text))
		}
	}
	var b strings.Builder
	for line := range len(c.Counts) + 1 {
		if line == 0 {
			fmt.Fprintf(&b, "%-*s", first, corner)
		} else {
			fmt.Fprintf(&b, "%*s", first, c.name(line-1))
		}
		for _, column := range columns {
			fmt.Fprintf(&b, "  %*s", width, column[line])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Report returns scikit-learn's classification report: the scores of each class
// and their averages, with so many digits after the point.
func (c *Confusion) Report(digits int) string {
	const last = "weighted avg"
	width := max(len(last), digits)
	for i := range c.Counts {
		width = max(width, utf8.RuneCountInString(c.name(i)))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%*s  %9s %9s %9s %9s\n\n", width, "", "precision", "recall", "f1-score", "support")
	line := func(name string, s Scores) {
		fmt.Fprintf(&b, "%*s  %9.*f %9.*f %9.*f %9s\n", width, name, digits, s.Precision, digits, s.Recall, digits, s.F1, countText(s.Support))
	}
	for i := range c.Counts {
		line(c.name(i), c.Class(i))
	}
	macro := c.Average(Macro)
	fmt.Fprintf(&b, "\n%*s  %9s %9s %9.*f %9s\n", width, "accuracy", "", "", digits, c.Accuracy(), countText(macro.Support))
	line("macro avg", macro)
	line(last, c.Average(Weighted))
	return b.String()
}
