package data

import (
	"errors"
	"strconv"
	"strings"
)

// cellKind says what the text of a cell stands for.
type cellKind uint8

const (
	number    cellKind = iota
	missing            // empty, or one of the usual words for a missing value
	nonFinite          // an infinity
	overflow           // a number beyond float32
	text               // anything else
)

// parseNumber returns the float32 nearest to the number that s spells in
// decimal, as 12, −0.5, .5 or 1e−3 (with the ASCII minus). s is trimmed by the
// caller. Forms that only programmers write (hexadecimal, underscores) are
// text.
func parseNumber(s string) (float32, cellKind) {
	v, kind := parse(s, 32)
	return float32(v), kind
}

// parse is parseNumber for float32 or float64.
func parse(s string, bits int) (float64, cellKind) {
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, word(s)
		}
	}
	v, err := strconv.ParseFloat(s, bits)
	switch {
	case err == nil:
		return v, number
	case errors.Is(err, strconv.ErrRange):
		return 0, overflow
	}
	return 0, word(s)
}

// word returns the kind of a cell that is no number.
func word(s string) cellKind {
	if len(s) > len("-infinity") {
		return text
	}
	switch strings.ToLower(s) {
	case "", "?", "-", ".", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "none":
		return missing
	case "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity":
		return nonFinite
	}
	return text
}

// complaint says what is wrong with a cell of that kind, and what to do.
func (kind cellKind) complaint(s string) string {
	switch kind {
	case missing:
		if s == "" {
			return "empty cell: the value is missing; fill it in or remove the row"
		}
		return quote(s) + ": the value is missing; fill it in or remove the row"
	case nonFinite:
		return quote(s) + " is not finite; correct it or remove the row"
	case overflow:
		return quote(s) + " is beyond float32, which ends at 3.4e38; change the unit of the column"
	}
	if point := strings.Replace(s, ",", ".", 1); point != s {
		if _, kind := parse(point, 32); kind == number {
			return quote(s) + " is not a number; write a decimal point: " + point
		}
	}
	return quote(s) + " is not a number; encode the column as numbers or remove it"
}
