package data

import (
	"fmt"
	"strconv"
	"strings"
)

// npyHeader is the text of an npy file's header, understood.
type npyHeader struct {
	element
	fortran bool
	shape   []int
}

// maxDims is NumPy's limit.
const maxDims = 64

// parseNPYHeader reads a Python dictionary of this form and of no other, its
// keys in any order:
//
//	{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
func parseNPYHeader(text string) (h npyHeader, err error) {
	p := npyParser{text: text}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case npyFault:
			h, err = npyHeader{}, r.error
		default:
			panic(r)
		}
	}()
	descr := ""
	seen := make(map[string]bool)
	p.take("{")
	for !p.try("}") {
		key := p.str()
		if seen[key] {
			p.fail("%s stands there twice", quote(key))
		}
		seen[key] = true
		p.take(":")
		switch key {
		case "descr":
			if p.peek() == '[' || p.peek() == '(' || p.peek() == '{' {
				p.fail("the array has structures; save its columns as one array of numbers")
			}
			descr = p.str()
		case "fortran_order":
			h.fortran = p.try("True")
			if !h.fortran {
				p.take("False")
			}
		case "shape":
			h.shape = p.shape()
		default:
			p.fail("%s is unknown", quote(key))
		}
		if !p.try(",") {
			p.take("}")
			break
		}
	}
	if p.skip(); p.at < len(p.text) {
		p.fail("%s follows the dictionary", quote(p.text[p.at:]))
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			p.fail("%q is missing", key)
		}
	}
	h.element, err = npyElement(descr)
	return h, err
}

// npyElement returns the type that NumPy writes so: byte order, kind, size.
func npyElement(descr string) (element, error) {
	fail := func(what string) (element, error) {
		return element{}, fmt.Errorf("dtype %s is %s", quote(descr), what)
	}
	if len(descr) < 2 || !strings.ContainsRune("<>|=", rune(descr[0])) {
		return fail("unknown; write the file with numpy.save")
	}
	switch descr[1] {
	case 'U', 'S', 'a':
		return fail("text; save numbers: numpy.unique(array, return_inverse=True)[1] for labels")
	case 'O':
		return fail("objects; save numbers: array.astype('float32'), if that can be done")
	}
	switch descr[1:] {
	case "b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8":
	default:
		return fail("none of the types that can be read; save array.astype('float32')")
	}
	e := element{kind: descr[1], size: int(descr[2] - '0'), big: descr[0] == '>'}
	if e.size > 1 && descr[0] != '<' && descr[0] != '>' {
		return fail("of no known byte order; write the file with numpy.save")
	}
	return e, nil
}

// npyParser is a place in a header. Its methods skip white space first and
// panic with an npyFault.
type npyParser struct {
	text string
	at   int
}

type npyFault struct{ error }

func (p *npyParser) fail(format string, args ...any) {
	panic(npyFault{fmt.Errorf("header, byte %d: %s", p.at, fmt.Sprintf(format, args...))})
}

func (p *npyParser) skip() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// peek returns the next byte, 0 at the end.
func (p *npyParser) peek() byte {
	if p.skip(); p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// try goes past token if it is next.
func (p *npyParser) try(token string) bool {
	p.skip()
	if !strings.HasPrefix(p.text[p.at:], token) {
		return false
	}
	p.at += len(token)
	return true
}

// take goes past token.
func (p *npyParser) take(token string) {
	if !p.try(token) {
		p.fail("%s stands where %q should", p.next(), token)
	}
}

// next describes what is next.
func (p *npyParser) next() string {
	if p.peek() == 0 {
		return "the end"
	}
	return quote(p.text[p.at:])
}

// str returns a string without escapes, in quotes of either kind.
func (p *npyParser) str() string {
	q := p.peek()
	if q != '\'' && q != '"' {
		p.fail("%s stands where a string should", p.next())
	}
	end := strings.IndexByte(p.text[p.at+1:], q)
	if end < 0 {
		p.fail("the string does not end")
	}
	s := p.text[p.at+1 : p.at+1+end]
	if strings.ContainsAny(s, "\\\n") {
		p.fail("the string %s has a backslash or a new line", quote(s))
	}
	p.at += end + 2
	return s
}

// shape returns a tuple of integers. Python 2 wrote an L after them.
func (p *npyParser) shape() []int {
	shape := []int{}
	p.take("(")
	for !p.try(")") {
		p.skip()
		from := p.at
		for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
			p.at++
		}
		if p.at == from {
			p.fail("%s stands where a size should", p.next())
		}
		n, err := strconv.Atoi(p.text[from:p.at])
		if err != nil {
			p.fail("the size %s is too large for this machine", quote(p.text[from:p.at]))
		}
		if shape = append(shape, n); len(shape) > maxDims {
			p.fail("more than %d dimensions", maxDims)
		}
		p.try("L")
		if !p.try(",") {
			if len(shape) == 1 {
				p.take(",") // (3) is a number, (3,) a shape
			}
			p.take(")")
			break
		}
	}
	return shape
}
