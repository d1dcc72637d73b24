package exai

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

// The JSON codec of this module. It differs from encoding/json in four ways,
// which are the reasons it exists: union fields (interfaces) are decoded by
// their discriminator, members that a type does not declare are kept, fields
// with a fixed value are written without being settable, and an error names
// the place in the document by a JSON Pointer.
//
// It reads struct tags:
//
//	json:"name"           a member; json:"name,omitzero" is left out when zero
//	json:"-" member:"name"  the same, for a name that a json tag can't hold
//	json:"-" rest:"true"  a map that takes the members no other field declares
//	const:"name" value:"J"  on a blank field: a member that is always the JSON text J

// structPlan is what the codec needs to know of a struct type, computed once.
type structPlan struct {
	fields []fieldPlan
	byName map[string]int // index into fields
	consts []constPlan
	rest   int // index of the struct field tagged rest, or -1
}

type fieldPlan struct {
	name     string
	index    int
	omitZero bool
	tag      reflect.StructTag
}

type constPlan struct {
	name  string
	value string // JSON text
}

// text gives the value as a form says it.
func (c constPlan) text() string {
	d := jsonDecoder{data: []byte(c.value)}
	if d.peek() != '"' {
		return c.value
	}
	return d.string()
}

var structPlans sync.Map // reflect.Type to *structPlan

func planOf(t reflect.Type) *structPlan {
	if p, ok := structPlans.Load(t); ok {
		return p.(*structPlan)
	}
	p, _ := structPlans.LoadOrStore(t, newStructPlan(t))
	return p.(*structPlan)
}

func newStructPlan(t reflect.Type) *structPlan {
	p := &structPlan{byName: make(map[string]int, t.NumField()), rest: -1}
	for i := range t.NumField() {
		f := t.Field(i)
		if name, ok := f.Tag.Lookup("const"); ok {
			p.consts = append(p.consts, constPlan{name: name, value: f.Tag.Get("value")})
			continue
		}
		if _, ok := f.Tag.Lookup("rest"); ok {
			p.rest = i
			continue
		}
		tag, ok := f.Tag.Lookup("member")
		if !ok {
			tag, ok = f.Tag.Lookup("json")
			ok = ok && tag != "-"
		}
		if !ok || !f.IsExported() {
			continue
		}
		// A name may hold a comma, so the option is cut off the end.
		name, omit := strings.CutSuffix(tag, ",omitzero")
		p.byName[name] = len(p.fields)
		p.fields = append(p.fields, fieldPlan{name: name, index: i, omitZero: omit, tag: f.Tag})
	}
	return p
}

// constant returns the JSON text that the member called name always has.
func (p *structPlan) constant(name string) (string, bool) {
	for _, c := range p.consts {
		if c.name == name {
			return c.value, true
		}
	}
	return "", false
}

// UnknownVariant is a variant of a union that this version of the module does
// not know. It encodes as it came.
type UnknownVariant struct {
	// Tag is the value of the member that tells the variants apart, or "".
	Tag string
	// Raw is the whole JSON text.
	Raw json.RawMessage
}

// MarshalJSON gives the text as it came.
func (u UnknownVariant) MarshalJSON() ([]byte, error) { return u.appendJSON(nil) }

// UnmarshalJSON keeps the text as it is.
func (u *UnknownVariant) UnmarshalJSON(data []byte) error {
	u.keep("", data)
	return nil
}

func (u UnknownVariant) appendJSON(b []byte) ([]byte, error) {
	if len(u.Raw) == 0 {
		return append(b, "null"...), nil
	}
	return append(b, u.Raw...), checkJSON(u.Raw)
}

func (u *UnknownVariant) keep(tag string, raw []byte) {
	u.Tag, u.Raw = tag, append(json.RawMessage(nil), raw...)
}

// unionPlan says how a union's interface type is decoded. All of its types
// implement the interface.
type unionPlan struct {
	tag      string                  // the member that tells the variants apart; "" if none does
	tagged   map[string]reflect.Type // by the value of the tag
	untagged []reflect.Type          // tried in order, where there is no tag
	unknown  reflect.Type            // a pointer to a struct that embeds UnknownVariant
}

var unionPlans sync.Map // reflect.Type of the interface to unionPlan

// registerUnion makes values of the interface type U decodable. It is called
// once for each union while the package is initialised.
func registerUnion[U any](plan unionPlan) struct{} {
	unionPlans.Store(reflect.TypeFor[U](), plan)
	return struct{}{}
}

// misfitWeight is how much worse than a member that is undeclared it is for a value
// to be of no known variant at all.
const misfitWeight = 1 << 16

// decode gives a value of one of the union's types, and how badly it fits: how
// many members no field declares.
func (u unionPlan) decode(data []byte, strict bool) (reflect.Value, int, error) {
	if u.tag == "" {
		v, undeclared := u.decodeUntagged(data)
		return v, undeclared, nil
	}
	tag, err := stringMember(data, u.tag)
	if err != nil {
		return reflect.Value{}, 0, err
	}
	t, ok := u.tagged[string(tag)]
	if !ok {
		return u.keep(string(tag), data), misfitWeight, nil
	}
	d := jsonDecoder{data: data, strict: strict}
	if t.Kind() == reflect.Pointer && d.peek() != 'n' {
		v := reflect.New(t.Elem())
		err := d.value(v.Elem())
		return v, d.undeclared, err
	}
	v := reflect.New(t).Elem()
	err = d.value(v)
	return v, d.undeclared, err
}

// decodeUntagged takes the type that the text fits best: all of its required
// members are there, and the fewest of the text's members are undeclared.
func (u unionPlan) decodeUntagged(data []byte) (reflect.Value, int) {
	var best reflect.Value
	fewest := -1
	for _, t := range u.untagged {
		d := jsonDecoder{data: data, strict: true}
		v := reflect.New(t).Elem()
		if err := d.value(v); err == nil && (fewest < 0 || d.undeclared < fewest) {
			best, fewest = v, d.undeclared
		}
	}
	if fewest < 0 {
		return u.keep("", data), misfitWeight
	}
	return best, fewest
}

func (u unionPlan) keep(tag string, data []byte) reflect.Value {
	v := reflect.New(u.unknown.Elem())
	v.Interface().(interface{ keep(string, []byte) }).keep(tag, data)
	return v
}
