package exai

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How a parameter is written, by the style and explode keywords of the
// OpenAPI Specification, section 4.8.12.2 "Style Values".
type style string

const (
	styleSimple         style = "simple"
	styleLabel          style = "label"
	styleMatrix         style = "matrix"
	styleForm           style = "form"
	styleSpaceDelimited style = "spaceDelimited"
	stylePipeDelimited  style = "pipeDelimited"
	styleDeepObject     style = "deepObject"
	styleJSON           style = "json" // a parameter with content application/json
)

// parameter is a parameter's value, taken apart.
type parameter struct {
	shape   shape
	scalar  string      // of a scalar
	items   []string    // of a list
	members [][2]string // of an object: name and value
}

type shape uint8

const (
	missing shape = iota // not sent
	scalar
	list
	object
)

// newParameter takes apart a Go value. A nil pointer, slice or map, or an
// absent Nullable, is missing.
func newParameter(v reflect.Value) (parameter, error) {
	v, ok := dereference(v)
	if !ok {
		return parameter{}, nil
	}
	switch kind := v.Kind(); {
	case v.Type() == timeType, kind == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		break
	case kind == reflect.Slice:
		p := parameter{shape: list}
		for i := range v.Len() {
			text, err := parameterText(v.Index(i))
			if err != nil {
				return p, err
			}
			p.items = append(p.items, text)
		}
		return p, nil
	case kind == reflect.Map:
		p := parameter{shape: object}
		for _, key := range v.MapKeys() {
			text, err := parameterText(v.MapIndex(key))
			if err != nil {
				return p, err
			}
			p.members = append(p.members, [2]string{key.String(), text})
		}
		slices.SortFunc(p.members, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
		return p, nil
	case kind == reflect.Struct:
		p := parameter{shape: object}
		for _, f := range planOf(v.Type()).fields {
			field := v.Field(f.index)
			if f.omitZero && isZero(field) {
				continue
			}
			text, err := parameterText(field)
			if err != nil {
				return p, err
			}
			p.members = append(p.members, [2]string{f.name, text})
		}
		return p, nil
	}
	text, err := parameterText(v)
	return parameter{shape: scalar, scalar: text}, err
}

// dereference follows pointers and interfaces and opens a Nullable; it
// reports whether there is a value at the end.
func dereference(v reflect.Value) (reflect.Value, bool) {
	for v.IsValid() {
		if own, ok := v.Interface().(interface{ inner() (reflect.Value, bool) }); ok {
			inner, present := own.inner()
			if !present {
				return v, false
			}
			v = inner
			continue
		}
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			v = v.Elem()
		case reflect.Slice, reflect.Map:
			return v, !v.IsNil()
		default:
			return v, true
		}
	}
	return v, false
}

// parameterText is the text of a scalar, and the JSON of anything larger,
// since the styles define only one level of nesting.
func parameterText(v reflect.Value) (string, error) {
	v, ok := dereference(v)
	if !ok {
		return "", nil
	}
	if t, ok := v.Interface().(time.Time); ok {
		return t.Format(time.RFC3339Nano), nil
	}
	switch {
	case v.Kind() == reflect.String:
		return v.String(), nil
	case v.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10), nil
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10), nil
	}
	b, err := appendJSON(nil, v)
	return strings.Trim(string(b), `"`), err
}

// encodePath writes a path parameter.
func (p parameter) encodePath(name string, s style, explode bool) string {
	name = escape(name)
	prefix, separator, assign := "", ",", "="
	switch s {
	case styleLabel:
		prefix = "."
		if explode {
			separator = "."
		}
	case styleMatrix:
		prefix = ";" + name + "="
		if explode && p.shape == list {
			separator = ";" + name + "="
		}
		if explode && p.shape == object {
			prefix, separator = ";", ";"
		}
	}
	if p.shape == object && !explode {
		assign = ","
	}
	return prefix + p.join(separator, assign, escape)
}

// encodeHeader writes a header's value, which is always of style simple. It
// is not percent-encoded; a line break in it is refused when it is sent.
func (p parameter) encodeHeader(explode bool) string {
	assign := ","
	if explode {
		assign = "="
	}
	return p.join(",", assign, func(s string) string { return s })
}

// encodeQuery writes a query parameter as it stands in a query string, or
// nothing for an empty list or object.
func (p parameter) encodeQuery(name string, s style, explode, allowReserved bool) string {
	quote := escape
	if allowReserved {
		quote = escapeReserved
	}
	key := escape(name)
	if s == styleDeepObject && p.shape == object {
		parts := make([]string, 0, len(p.members))
		for _, m := range p.members {
			parts = append(parts, key+escape("["+m[0]+"]")+"="+quote(m[1]))
		}
		return strings.Join(parts, "&")
	}
	if p.shape == list && len(p.items) == 0 || p.shape == object && len(p.members) == 0 {
		return ""
	}
	switch {
	case explode && p.shape == list:
		return key + "=" + p.join("&"+key+"=", "", quote)
	case explode && p.shape == object:
		return p.join("&", "=", quote)
	case s == styleSpaceDelimited:
		return key + "=" + p.join("%20", "%20", quote)
	case s == stylePipeDelimited:
		return key + "=" + p.join("%7C", "%7C", quote)
	default:
		return key + "=" + p.join(",", ",", quote)
	}
}

// join writes the value with its parts quoted.
func (p parameter) join(separator, assign string, quote func(string) string) string {
	var parts []string
	switch p.shape {
	case missing:
		return ""
	case scalar:
		return quote(p.scalar)
	case list:
		for _, item := range p.items {
			parts = append(parts, quote(item))
		}
	case object:
		for _, m := range p.members {
			parts = append(parts, quote(m[0])+assign+quote(m[1]))
		}
	}
	return strings.Join(parts, separator)
}

const (
	hexDigits  = "0123456789ABCDEF"
	unreserved = "-._~"               // beside letters and digits, RFC 3986 section 2.3
	reserved   = ":/?#[]@!$&'()*+,;=" // RFC 3986 section 2.2
)

// escape percent-encodes all but the unreserved characters.
func escape(s string) string { return escapeExcept(s, unreserved) }

// escapeReserved leaves the reserved characters too, save those that would
// end the value or the query: OpenAPI's allowReserved.
func escapeReserved(s string) string {
	return escapeExcept(s, unreserved+strings.NewReplacer("#", "", "&", "", "+", "").Replace(reserved))
}

func escapeExcept(s, kept string) string {
	plain := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(kept, c) >= 0
	}
	strange := 0
	for i := range len(s) {
		if !plain(s[i]) {
			strange++
		}
	}
	if strange == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 2*strange)
	for i := range len(s) {
		c := s[i]
		if plain(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return b.String()
}

// expandPath fills the slots of a path template with values, in order. A slot
// is {name}, with RFC 6570's operators for the styles: {.name} is label,
// {;name} is matrix, and {name*} explodes.
func expandPath(template string, values []any) (string, error) {
	if len(values) == 0 && strings.IndexByte(template, '{') < 0 {
		return template, nil
	}
	var b strings.Builder
	b.Grow(len(template) + 32)
	for {
		before, rest, found := strings.Cut(template, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		slot, after, _ := strings.Cut(rest, "}")
		template = after
		if len(values) == 0 {
			return "", errors.New("a path parameter is missing: " + slot)
		}
		name, explode := strings.CutSuffix(slot, "*")
		s := styleSimple
		if trimmed, ok := strings.CutPrefix(name, "."); ok {
			name, s = trimmed, styleLabel
		} else if trimmed, ok := strings.CutPrefix(name, ";"); ok {
			name, s = trimmed, styleMatrix
		}
		p, err := newParameter(reflect.ValueOf(values[0]))
		if err != nil {
			return "", fmt.Errorf("the path parameter %s: %w", name, err)
		}
		values = values[1:]
		text := p.encodePath(name, s, explode)
		// An empty segment or a dot segment would name another resource
		// (RFC 3986, section 5.2.4), and escaping does not protect dots.
		if text == "" || text == "." || text == ".." {
			return "", fmt.Errorf("the path parameter %s may not be %q", name, text)
		}
		b.WriteString(text)
	}
}
