package exai

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// marshal encodes a value as JSON.
func marshal(value any) ([]byte, error) {
	return appendJSON(nil, reflect.ValueOf(value))
}

// jsonAppender is implemented by the types of this module that encode
// themselves inside the codec.
type jsonAppender interface {
	appendJSON(b []byte) ([]byte, error)
}

func appendJSON(b []byte, v reflect.Value) ([]byte, error) {
	if !v.IsValid() {
		return append(b, "null"...), nil
	}
	t := v.Type()
	switch t {
	case rawType:
		if v.Len() == 0 {
			return append(b, "null"...), nil
		}
		if err := checkJSON(v.Bytes()); err != nil {
			return b, err
		}
		return append(b, v.Bytes()...), nil
	case timeType:
		return appendTime(b, v.Interface().(time.Time))
	case numberType:
		return appendStandard(b, v)
	}
	kind := t.Kind()
	if (kind == reflect.Pointer || kind == reflect.Interface) && v.IsNil() {
		return append(b, "null"...), nil
	}
	if own, ok := v.Interface().(jsonAppender); ok {
		return own.appendJSON(b)
	}
	switch kind {
	case reflect.Pointer:
		return appendJSON(b, v.Elem())
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return appendStandard(b, v)
		}
		return appendJSON(b, v.Elem())
	case reflect.Struct:
		return appendObject(b, v)
	case reflect.Map:
		return appendMap(b, v)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			b = append(b, '"')
			b = base64.StdEncoding.AppendEncode(b, v.Bytes())
			return append(b, '"'), nil
		}
		return appendArray(b, v)
	case reflect.String:
		return appendString(b, v.String()), nil
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.AppendUint(b, v.Uint(), 10), nil
	default:
		return appendStandard(b, v)
	}
}

// appendStandard appends what encoding/json makes of a value.
func appendStandard(b []byte, v reflect.Value) ([]byte, error) {
	buffer := bytes.NewBuffer(b)
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v.Interface()); err != nil {
		return b, err
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}

// foreignJSON encodes a value of a caller's own type, as encoding/json does.
func foreignJSON(value any) (json.RawMessage, error) {
	if value == nil {
		return json.RawMessage("null"), nil
	}
	return appendStandard(nil, reflect.ValueOf(value))
}

func appendObject(b []byte, v reflect.Value) ([]byte, error) {
	plan := planOf(v.Type())
	var rest reflect.Value
	if plan.rest >= 0 {
		rest = v.Field(plan.rest)
	}
	b = append(b, '{')
	start := len(b)
	for _, c := range plan.consts {
		if rest.IsValid() && rest.MapIndex(reflect.ValueOf(c.name)).IsValid() {
			continue // the server sent another value, which was kept
		}
		b = appendName(b, start, c.name)
		b = append(b, c.value...)
	}
	var err error
	for _, f := range plan.fields {
		field := v.Field(f.index)
		if f.omitZero && isZero(field) {
			continue
		}
		b = appendName(b, start, f.name)
		if b, err = appendJSON(b, field); err != nil {
			return b, below(err, f.name)
		}
	}
	if rest.IsValid() {
		if b, err = appendEntries(b, start, rest); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// isZero reports whether a field tagged omitzero is left out.
func isZero(v reflect.Value) bool {
	if own, ok := v.Interface().(interface{ IsZero() bool }); ok && v.Kind() == reflect.Struct {
		return own.IsZero()
	}
	return v.IsZero()
}

func appendMap(b []byte, v reflect.Value) ([]byte, error) {
	b = append(b, '{')
	b, err := appendEntries(b, len(b), v)
	return append(b, '}'), err
}

// appendEntries appends the entries of a map in the order of their names, so
// that the same value always gives the same bytes.
func appendEntries(b []byte, start int, v reflect.Value) ([]byte, error) {
	names := make([]string, 0, v.Len())
	for _, key := range v.MapKeys() {
		names = append(names, key.String())
	}
	slices.Sort(names)
	for _, name := range names {
		b = appendName(b, start, name)
		var err error
		key := reflect.ValueOf(name).Convert(v.Type().Key())
		if b, err = appendJSON(b, v.MapIndex(key)); err != nil {
			return b, below(err, name)
		}
	}
	return b, nil
}

func appendArray(b []byte, v reflect.Value) ([]byte, error) {
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendJSON(b, v.Index(i)); err != nil {
			return b, below(err, strconv.Itoa(i))
		}
	}
	return append(b, ']'), nil
}

// appendName appends a member's name; start is where the object's first name stands.
func appendName(b []byte, start int, name string) []byte {
	if len(b) > start {
		b = append(b, ',')
	}
	return append(appendString(b, name), ':')
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x80 {
			// A string always encodes.
			b, _ = appendStandard(b, reflect.ValueOf(s))
			return b
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendTime(b []byte, t time.Time) ([]byte, error) {
	if y := t.Year(); y < 0 || y > 9999 {
		return b, fmt.Errorf("the year %d has no RFC 3339 form", y)
	}
	b = append(b, '"')
	b = t.AppendFormat(b, time.RFC3339Nano)
	return append(b, '"'), nil
}
