package safetensors

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// header is a checked header: its entries are in the order of their data and
// cover the data section from end to end.
type header struct {
	metadata map[string]string
	entries  []entry
	index    map[string]int // name → place in entries
}

// entry is one tensor, its Data still to be cut from the data section.
type entry struct {
	Tensor
	begin, end int // in the data section
}

// file returns the File of a header and its data section.
func (h *header) file(data []byte) *File {
	f := &File{Metadata: h.metadata, tensors: make([]Tensor, len(h.entries)), index: h.index}
	for i, e := range h.entries {
		f.tensors[i] = e.Tensor
		f.tensors[i].Data = data[e.begin:e.end:e.end]
	}
	return f
}

// parseHeader checks the header b of a file whose data section has dataLen
// bytes.
func parseHeader(b []byte, dataLen int) (*header, error) {
	if len(b) == 0 || b[0] != '{' {
		return nil, foreign("the header does not begin with {")
	}
	if !utf8.Valid(b) {
		return nil, damaged("the header is not UTF-8 text")
	}
	d := decoder{json.NewDecoder(bytes.NewReader(b))}
	d.json.UseNumber()

	h := &header{index: map[string]int{}}
	err := d.object(func(name string) error {
		if name == metadataKey {
			if h.metadata != nil {
				return damaged("key %q occurs twice", metadataKey)
			}
			h.metadata = map[string]string{}
			if err := d.metadata(h.metadata); err != nil {
				return fmt.Errorf("%s: %w", metadataKey, err)
			}
			return nil
		}
		if _, twice := h.index[name]; twice {
			return damaged("tensor %s occurs twice", quote(name))
		}
		e, err := d.tensor(dataLen)
		if err != nil {
			return fmt.Errorf("tensor %s: %w", quote(name), err)
		}
		e.Name = name
		h.index[name] = len(h.entries)
		h.entries = append(h.entries, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimLeft(b[d.json.InputOffset():], " \t\r\n")) > 0 {
		return nil, damaged("the header goes on after its closing }")
	}
	return h, h.cover(dataLen)
}

// cover puts the entries into the order of their data and checks that they
// lie end to end over all of the data section.
func (h *header) cover(dataLen int) error {
	slices.SortStableFunc(h.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	end := 0 // of the entries so far
	for i, e := range h.entries {
		if e.begin < end {
			return damaged("tensor %s: its data begin at byte %d, but those of tensor %s end at %d",
				quote(e.Name), e.begin, quote(h.entries[i-1].Name), end)
		}
		if e.begin > end {
			return damaged("tensor %s: the %d bytes before its data belong to no tensor", quote(e.Name), e.begin-end)
		}
		end = e.end
		h.index[e.Name] = i
	}
	if end < dataLen {
		return damaged("the last %d bytes of the file belong to no tensor", dataLen-end)
	}
	return nil
}

// decoder reads the header token by token, so that nothing is built that the
// format does not have, and no repeated key goes unnoticed.
type decoder struct{ json *json.Decoder }

// metadata reads an object of texts into m.
func (d decoder) metadata(m map[string]string) error {
	return d.object(func(key string) error {
		if _, twice := m[key]; twice {
			return damaged("key %s occurs twice", quote(key))
		}
		text, err := d.text()
		if err != nil {
			return fmt.Errorf("key %s: %w", quote(key), err)
		}
		m[key] = text
		return nil
	})
}

// tensor reads what the header says of one tensor.
func (d decoder) tensor(dataLen int) (e entry, err error) {
	var offsets []int
	size := 0
	err = d.object(func(key string) (err error) {
		// What was read before is not empty, even for an empty shape.
		twice := false
		switch key {
		case "dtype":
			twice = e.DType != ""
			e.DType, size, err = d.dtype()
		case "shape":
			twice = e.Shape != nil
			e.Shape, err = d.numbers(maxRank)
		case "data_offsets":
			twice = offsets != nil
			offsets, err = d.numbers(2)
		default:
			return damaged("unknown key %s", quote(key))
		}
		if twice {
			return damaged("key %q occurs twice", key)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	})
	if err != nil {
		return e, err
	}
	switch {
	case e.DType == "":
		return e, damaged("dtype is missing")
	case e.Shape == nil:
		return e, damaged("shape is missing")
	case len(offsets) != 2:
		return e, damaged("data_offsets must be two numbers, begin and end")
	}
	e.begin, e.end = offsets[0], offsets[1]
	n, ok := byteLen(e.Shape, size)
	switch {
	case e.begin > e.end:
		return e, damaged("data_offsets: the end, %d, is before the begin, %d", e.end, e.begin)
	case !ok:
		return e, damaged("shape %v of %s is more than this machine can address", e.Shape, e.DType)
	case n != e.end-e.begin:
		return e, damaged("shape %v of %s takes %d bytes, but data_offsets give %d", e.Shape, e.DType, n, e.end-e.begin)
	case e.end > dataLen:
		return e, fmt.Errorf("its data end at byte %d of the data, and there are only %d: the file is cut short, copy or save it again", e.end, dataLen)
	}
	return e, nil
}

// dtype reads an element type and returns it with its size in bytes.
func (d decoder) dtype() (string, int, error) {
	text, err := d.text()
	if err != nil {
		return "", 0, err
	}
	for _, t := range dtypes {
		if t.name == text {
			return t.name, t.size, nil
		}
	}
	known := ""
	for _, t := range dtypes {
		known += " " + t.name
	}
	return "", 0, fmt.Errorf("%s is none of the known types%s: convert it before saving", quote(text), known)
}

// numbers reads an array of at most limit integers ≥ 0 and never returns nil
// without an error.
func (d decoder) numbers(limit int) ([]int, error) {
	tok, err := d.token()
	if err != nil {
		return nil, err
	}
	if tok != json.Delim('[') {
		return nil, damaged("%s instead of an array of numbers", describe(tok))
	}
	v := []int{}
	for {
		tok, err := d.token()
		if err != nil {
			return nil, err
		}
		if tok == json.Delim(']') {
			return v, nil
		}
		text, ok := tok.(json.Number)
		if !ok {
			return nil, damaged("%s instead of a number", describe(tok))
		}
		n, err := strconv.ParseUint(string(text), 10, strconv.IntSize-1)
		switch {
		case errors.Is(err, strconv.ErrRange):
			return nil, damaged("%s is more than this machine can address", quote(string(text)))
		case err != nil:
			return nil, damaged("%s is not an integer ≥ 0", quote(string(text)))
		case len(v) == limit:
			return nil, damaged("more than %d numbers", limit)
		}
		v = append(v, int(n))
	}
}

// object reads an object and calls member with each key, to read the value.
func (d decoder) object(member func(key string) error) error {
	tok, err := d.token()
	if err != nil {
		return err
	}
	if tok != json.Delim('{') {
		return damaged("%s instead of an object", describe(tok))
	}
	for {
		tok, err := d.token()
		if err != nil {
			return err
		}
		key, ok := tok.(string)
		if !ok {
			return nil // }, as the decoder lets nothing else stand here
		}
		if err := member(key); err != nil {
			return err
		}
	}
}

// text reads a string.
func (d decoder) text() (string, error) {
	tok, err := d.token()
	if err != nil {
		return "", err
	}
	text, ok := tok.(string)
	if !ok {
		return "", damaged("%s instead of a text", describe(tok))
	}
	return text, nil
}

func (d decoder) token() (json.Token, error) {
	tok, err := d.json.Token()
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, damaged("the header ends within its JSON")
	}
	if err != nil {
		return nil, damaged("the header is not JSON after its byte %d (%v)", d.json.InputOffset(), err)
	}
	return tok, nil
}

// describe names a token that should not stand where it stands.
func describe(tok json.Token) string {
	switch tok := tok.(type) {
	case json.Delim:
		if tok == '[' {
			return "an array"
		}
		return "an object"
	case string:
		return "the text " + quote(tok)
	case json.Number:
		return "the number " + quote(string(tok))
	case bool:
		return strconv.FormatBool(tok)
	}
	return "null"
}
