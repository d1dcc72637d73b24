package exai

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// peek gives the first byte of the next value.
func (d *jsonDecoder) peek() byte {
	for d.data[d.pos] == ' ' || d.data[d.pos] == '\n' || d.data[d.pos] == '\t' || d.data[d.pos] == '\r' {
		d.pos++
	}
	return d.data[d.pos]
}

// skip passes the next value and gives its text, which shares d.data's memory.
func (d *jsonDecoder) skip() []byte {
	c := d.peek()
	start := d.pos
	switch c {
	case '"':
		d.skipString()
	case '{', '[':
		for depth := 0; ; {
			switch d.data[d.pos] {
			case '"':
				d.skipString()
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			d.pos++
			if depth == 0 {
				break
			}
		}
	default:
		for d.pos < len(d.data) && !endsLiteral(d.data[d.pos]) {
			d.pos++
		}
	}
	return d.data[start:d.pos]
}

// endsLiteral reports whether a number or a word is over at c.
func endsLiteral(c byte) bool {
	switch c {
	case ' ', '\n', '\t', '\r', ',', ']', '}':
		return true
	}
	return false
}

func (d *jsonDecoder) skipString() {
	for d.pos++; d.data[d.pos] != '"'; d.pos++ {
		if d.data[d.pos] == '\\' {
			d.pos++
		}
	}
	d.pos++
}

// string reads the next value, which is a string.
func (d *jsonDecoder) string() string { return string(d.stringBytes()) }

// stringBytes is string without a copy, where the text holds no escapes.
func (d *jsonDecoder) stringBytes() []byte {
	d.peek()
	start := d.pos
	d.skipString()
	text := d.data[start+1 : d.pos-1]
	if bytes.IndexByte(text, '\\') < 0 {
		if utf8.Valid(text) {
			return text
		}
		return bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	var s string
	if err := json.Unmarshal(d.data[start:d.pos], &s); err != nil {
		// The text was validated, so its strings are valid.
		return text
	}
	return []byte(s)
}

// members calls f for each member of the next value, an object, with the
// decoder standing before the member's value; f must pass the value.
func (d *jsonDecoder) members(f func(name []byte) error) error {
	d.peek()
	d.pos++
	if d.peek() == '}' {
		d.pos++
		return nil
	}
	for {
		name := d.stringBytes()
		d.peek()
		d.pos++ // the colon
		if err := f(name); err == errFound {
			return err
		} else if err != nil {
			return below(err, string(name))
		}
		end := d.peek()
		d.pos++
		if end == '}' {
			return nil
		}
	}
}

// elements calls f for each element of the next value, an array; f must pass it.
func (d *jsonDecoder) elements(f func(i int) error) error {
	d.peek()
	d.pos++
	if d.peek() == ']' {
		d.pos++
		return nil
	}
	for i := 0; ; i++ {
		if err := f(i); err != nil {
			return below(err, strconv.Itoa(i))
		}
		end := d.peek()
		d.pos++
		if end == ']' {
			return nil
		}
	}
}

// misfit is a JSON value that does not fit the Go type it is for.
type misfit struct {
	path []string // innermost first
	text string
}

func (m *misfit) Error() string { return "at " + strconv.Quote(m.pointer()) + ": " + m.text }

// pointer is the place of the value as an RFC 6901 JSON Pointer.
func (m *misfit) pointer() string {
	var b strings.Builder
	for _, part := range slices.Backward(m.path) {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(part))
	}
	return b.String()
}

// below adds to err, if it is a misfit, the member or index it was found below.
func below(err error, part string) error {
	var m *misfit
	if errors.As(err, &m) {
		m.path = append(m.path, part)
	}
	return err
}

// wrong is the misfit of a value whose first byte is c.
func (d *jsonDecoder) wrong(want string, c byte) error {
	got := "a number"
	switch c {
	case '{':
		got = "an object"
	case '[':
		got = "an array"
	case '"':
		got = "a string"
	case 't', 'f':
		got = "a boolean"
	case 'n':
		got = "null"
	}
	return &misfit{text: "want " + want + ", got " + got}
}

// errFound ends a walk over members early.
var errFound = errors.New("found")

// stringMember gives the string member called name of data, a valid JSON
// text. It reads no further than the member, which mostly comes first. What it
// gives may share data's memory.
func stringMember(data []byte, name string) ([]byte, error) {
	d := jsonDecoder{data: data}
	if c := d.peek(); c != '{' {
		return nil, d.wrong("an object", c)
	}
	var found []byte
	err := d.members(func(member []byte) error {
		if string(member) != name {
			d.skip()
			return nil
		}
		if c := d.peek(); c != '"' {
			return d.wrong("a string", c)
		}
		found = d.stringBytes()
		return errFound
	})
	if err == nil {
		err = &misfit{text: "the member " + strconv.Quote(name) + " is missing"}
	}
	if err == errFound {
		err = nil
	}
	return found, err
}

var unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")

// lookup gives the text at a JSON Pointer of object members in data, a valid
// JSON text, and nil if there is none. The text shares data's memory.
func lookup(data []byte, pointer string) []byte {
	for _, part := range strings.Split(pointer, "/")[1:] {
		part = unescapePointer.Replace(part)
		d := jsonDecoder{data: data}
		if d.peek() != '{' {
			return nil
		}
		data = nil
		// The callback never fails.
		_ = d.members(func(member []byte) error {
			text := d.skip()
			if string(member) == part {
				data = text
			}
			return nil
		})
		if data == nil {
			return nil
		}
	}
	return data
}
