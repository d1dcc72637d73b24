package exai

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Unmarshal decodes a JSON text into a type of this package. Unlike
// encoding/json it can also decode the union types, which are interfaces.
func Unmarshal[T any](data []byte) (T, error) {
	var value T
	err := unmarshal(data, &value)
	return value, err
}

// unmarshal decodes one JSON text into target, a non-nil pointer.
func unmarshal(data []byte, target any) error {
	if err := checkJSON(data); err != nil {
		return err
	}
	return unmarshalInto(data, target)
}

// checkJSON reports what is wrong with a text that is not JSON.
func checkJSON(data []byte) error {
	if json.Valid(data) {
		return nil
	}
	var ignored json.RawMessage
	return json.Unmarshal(data, &ignored)
}

// unmarshalInto is unmarshal for a text that is known to be valid JSON.
func unmarshalInto(data []byte, target any) error {
	d := jsonDecoder{data: data}
	return d.value(reflect.ValueOf(target).Elem())
}

// jsonValue is implemented by the types of this module that decode and
// encode themselves inside the codec.
type jsonValue interface {
	decodeJSON(d *jsonDecoder) error
}

// jsonDecoder walks a valid JSON text once; because the text was validated
// before, it does not look for syntax errors.
type jsonDecoder struct {
	data       []byte
	pos        int
	strict     bool // a missing required member is an error
	undeclared int  // members that no field declares, so far
}

var (
	timeType   = reflect.TypeFor[time.Time]()
	rawType    = reflect.TypeFor[json.RawMessage]()
	numberType = reflect.TypeFor[json.Number]()
)

func (d *jsonDecoder) value(v reflect.Value) error {
	c := d.peek()
	t := v.Type()
	switch t {
	case rawType:
		v.SetBytes(bytes.Clone(d.skip()))
		return nil
	case timeType:
		return d.time(v)
	case numberType:
		return d.number(v)
	}
	if v.CanAddr() {
		if own, ok := v.Addr().Interface().(jsonValue); ok {
			return own.decodeJSON(d)
		}
	}
	if c == 'n' {
		if d.strict && t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface {
			return d.wrong("a value", c)
		}
		d.skip()
		v.SetZero()
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(t.Elem()))
		}
		return d.value(v.Elem())
	case reflect.Struct:
		return d.object(v, c)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return d.bytes(v, c)
		}
		return d.array(v, c)
	case reflect.Map:
		return d.mapping(v, c)
	case reflect.Interface:
		return d.dynamic(v)
	case reflect.String:
		if c != '"' {
			return d.wrong("a string", c)
		}
		v.SetString(d.string())
		return nil
	case reflect.Bool:
		if c != 't' && c != 'f' {
			return d.wrong("a boolean", c)
		}
		d.skip()
		v.SetBool(c == 't')
		return nil
	default:
		return d.numeric(v, c)
	}
}

func (d *jsonDecoder) object(v reflect.Value, c byte) error {
	if c != '{' {
		return d.wrong("an object", c)
	}
	plan := planOf(v.Type())
	seen := 0
	err := d.members(func(name []byte) error {
		if i, ok := plan.byName[string(name)]; ok {
			if d.strict && !plan.fields[i].omitZero {
				seen++
			}
			return d.value(v.Field(plan.fields[i].index))
		}
		if fixed, ok := plan.constant(string(name)); ok {
			start := d.pos
			if string(d.skip()) == fixed {
				seen++
				return nil
			}
			if d.strict {
				return &misfit{text: "want " + fixed}
			}
			d.pos = start
		} else {
			d.undeclared++
		}
		if plan.rest < 0 {
			d.skip()
			return nil
		}
		return d.entry(v.Field(plan.rest), string(name))
	})
	if err != nil || !d.strict {
		return err
	}
	seen -= len(plan.consts)
	for _, f := range plan.fields {
		if !f.omitZero {
			seen--
		}
	}
	if seen < 0 {
		return &misfit{text: "a required member is missing"}
	}
	return nil
}

func (d *jsonDecoder) mapping(v reflect.Value, c byte) error {
	if c != '{' {
		return d.wrong("an object", c)
	}
	v.Set(reflect.MakeMap(v.Type()))
	return d.members(func(name []byte) error { return d.entry(v, string(name)) })
}

// entry decodes the next value into the map v, which is made if it is nil.
func (d *jsonDecoder) entry(v reflect.Value, name string) error {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	// The maps that are everywhere are filled without reflection.
	switch m := v.Interface().(type) {
	case map[string]json.RawMessage:
		m[name] = bytes.Clone(d.skip())
		return nil
	case map[string]any:
		m[name] = d.anything()
		return nil
	case map[string]string:
		if d.peek() == '"' {
			m[name] = d.string()
			return nil
		}
	}
	value := reflect.New(v.Type().Elem()).Elem()
	if err := d.value(value); err != nil {
		return err
	}
	v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), value)
	return nil
}

func (d *jsonDecoder) array(v reflect.Value, c byte) error {
	if c != '[' {
		return d.wrong("an array", c)
	}
	v.SetZero()
	err := d.elements(func(i int) error {
		if i == v.Cap() {
			v.Grow(max(4, i))
		}
		v.SetLen(i + 1)
		return d.value(v.Index(i))
	})
	if v.IsNil() {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0)) // an empty list is not an absent one
	}
	return err
}

func (d *jsonDecoder) dynamic(v reflect.Value) error {
	if plan, ok := unionPlans.Load(v.Type()); ok {
		u, text := plan.(unionPlan), d.skip()
		value, undeclared, err := u.decode(text, d.strict)
		if err != nil {
			return err
		}
		d.undeclared += undeclared
		// A union inside the union gives a value of one of its own types.
		if value.Kind() == reflect.Interface {
			value = value.Elem()
		}
		if !value.IsValid() || !value.Type().AssignableTo(v.Type()) {
			value = u.keep("", text)
		}
		v.Set(value)
		return nil
	}
	v.Set(reflect.ValueOf(d.anything()))
	return nil
}

// anything reads the next value as encoding/json does with UseNumber.
func (d *jsonDecoder) anything() any {
	switch c := d.peek(); c {
	case '{':
		object := map[string]any{}
		// The callback never fails.
		_ = d.members(func(name []byte) error {
			object[string(name)] = d.anything()
			return nil
		})
		return object
	case '[':
		list := []any{}
		// The callback never fails.
		_ = d.elements(func(int) error {
			list = append(list, d.anything())
			return nil
		})
		return list
	case '"':
		return d.string()
	case 't', 'f':
		d.skip()
		return c == 't'
	case 'n':
		d.skip()
		return nil
	default:
		return json.Number(d.skip())
	}
}

func (d *jsonDecoder) bytes(v reflect.Value, c byte) error {
	if c != '"' {
		return d.wrong("a base64 string", c)
	}
	b, err := base64.StdEncoding.DecodeString(d.string())
	if err != nil {
		return &misfit{text: "want a base64 string: " + err.Error()}
	}
	v.SetBytes(b)
	return nil
}

func (d *jsonDecoder) time(v reflect.Value) error {
	switch c := d.peek(); c {
	case 'n':
		d.skip()
		v.SetZero()
		return nil
	case '"':
		text, t := d.stringBytes(), v.Addr().Interface().(*time.Time)
		if t.UnmarshalText(text) == nil {
			return nil
		}
		// Parse takes more than the method does, such as hours of one digit; that
		// the letters may be small is RFC 3339, section 5.6.
		lenient, err := time.Parse(time.RFC3339, strings.ToUpper(string(text)))
		if err != nil {
			return &misfit{text: "want an RFC 3339 time"}
		}
		*t = lenient
		return nil
	default:
		return d.wrong("an RFC 3339 time", c)
	}
}

// number keeps the digits of a JSON number, or of a string that holds one, as they are.
func (d *jsonDecoder) number(v reflect.Value) error {
	switch c := d.peek(); {
	case c == '"':
		v.SetString(d.string())
	case c == 'n':
		d.skip()
		v.SetString("")
	case c == '-' || c >= '0' && c <= '9':
		v.SetString(string(d.skip()))
	default:
		return d.wrong("a number", c)
	}
	return nil
}

func (d *jsonDecoder) numeric(v reflect.Value, c byte) error {
	if c != '-' && (c < '0' || c > '9') {
		return d.wrong("a number", c)
	}
	text := string(d.skip())
	switch {
	case v.CanInt():
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			// 1.0 and 1e3 are integers too (JSON Schema 2020-12, section 4.2.3).
			f, _ := strconv.ParseFloat(text, 64)
			if f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
				return &misfit{text: "want an integer of 64 bits, got " + text}
			}
			n = int64(f)
		}
		if v.OverflowInt(n) {
			return &misfit{text: fmt.Sprintf("want an integer of %d bits, got %s", v.Type().Bits(), text)}
		}
		v.SetInt(n)
	case v.CanUint():
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil || v.OverflowUint(n) {
			return &misfit{text: fmt.Sprintf("want an unsigned integer of %d bits, got %s", v.Type().Bits(), text)}
		}
		v.SetUint(n)
	case v.CanFloat():
		f, err := strconv.ParseFloat(text, v.Type().Bits())
		if err != nil {
			return &misfit{text: "want a floating-point number, got " + text}
		}
		v.SetFloat(f)
	default:
		return &misfit{text: "cannot decode into " + v.Type().String()}
	}
	return nil
}
