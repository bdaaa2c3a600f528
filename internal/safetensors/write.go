package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// TensorData is a tensor to be written, as F32.
type TensorData struct {
	Name  string
	Shape []int     // none for a scalar
	Data  []float32 // as many as the product of Shape, row-major
}

// Write writes a file of the tensors in their order, and of the metadata, if
// any, in the order of its keys: the same arguments give the same bytes. The
// header is blank-padded so that the data begin at a multiple of 8 bytes.
//
// All arguments are checked before the first byte is written: names are
// distinct, all texts are UTF-8, and every shape fits its data.
func Write(w io.Writer, metadata map[string]string, tensors []TensorData) error {
	buf, err := appendHeader(make([]byte, 8, 1<<16), metadata, tensors)
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	for len(buf)%8 != 0 {
		buf = append(buf, ' ')
	}
	n := len(buf) - 8
	if n > maxHeader {
		return fmt.Errorf("safetensors: names, shapes and metadata take %d bytes, and the format allows %d: shorten the metadata", n, maxHeader)
	}
	binary.LittleEndian.PutUint64(buf, uint64(n))

	for _, t := range tensors {
		for _, v := range t.Data {
			if len(buf) > 1<<16-4 {
				if _, err := w.Write(buf); err != nil {
					return err
				}
				buf = buf[:0]
			}
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
		}
	}
	_, err = w.Write(buf)
	return err
}

// appendHeader appends the header of these contents to b.
func appendHeader(b []byte, metadata map[string]string, tensors []TensorData) ([]byte, error) {
	b = append(b, '{')
	if len(metadata) > 0 {
		b = append(b, `"`+metadataKey+`":{`...)
		for i, key := range slices.Sorted(maps.Keys(metadata)) {
			if !utf8.ValidString(key) || !utf8.ValidString(metadata[key]) {
				return nil, fmt.Errorf("metadata %s: not UTF-8 text: encode it as text", quote(key))
			}
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendText(b, key), ':')
			b = appendText(b, metadata[key])
		}
		b = append(b, '}')
	}
	seen := make(map[string]bool, len(tensors))
	at := int64(0)
	for _, t := range tensors {
		n, ok := byteLen(t.Shape, 4)
		switch {
		case !utf8.ValidString(t.Name):
			return nil, fmt.Errorf("tensor %s: the name is not UTF-8 text: choose another", quote(t.Name))
		case t.Name == metadataKey:
			return nil, fmt.Errorf("tensor %s: the format keeps this name for itself: choose another", quote(t.Name))
		case seen[t.Name]:
			return nil, fmt.Errorf("tensor %s occurs twice: names must differ", quote(t.Name))
		case len(t.Shape) > maxRank:
			return nil, fmt.Errorf("tensor %s has %d dimensions, and at most %d can be read: reshape it", quote(t.Name), len(t.Shape), maxRank)
		case !ok || n/4 != len(t.Data):
			return nil, fmt.Errorf("tensor %s: shape %v does not fit its %d elements", quote(t.Name), t.Shape, len(t.Data))
		}
		seen[t.Name] = true
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		b = append(appendText(b, t.Name), `:{"dtype":"F32","shape":[`...)
		for i, d := range t.Shape {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(d), 10)
		}
		b = append(b, `],"data_offsets":[`...)
		b = append(strconv.AppendInt(b, at, 10), ',')
		at += int64(n)
		b = append(strconv.AppendInt(b, at, 10), "]}"...)
	}
	return append(b, '}'), nil
}

// appendText appends s as a JSON string.
func appendText(b []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic("safetensors: " + err.Error()) // no string makes Marshal fail
	}
	return append(b, text...)
}
