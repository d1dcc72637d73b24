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
}

type constPlan struct {
	name  string
	value string // JSON text
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
		tag, ok := f.Tag.Lookup("json")
		if !ok || tag == "-" || !f.IsExported() {
			continue
		}
		// A name may hold a comma, so the option is cut off the end.
		name, omit := strings.CutSuffix(tag, ",omitzero")
		p.byName[name] = len(p.fields)
		p.fields = append(p.fields, fieldPlan{name: name, index: i, omitZero: omit})
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

// unionPlan says how a union's interface type is decoded.
type unionPlan struct {
	// decode gives the value for one JSON text; it is never called for null.
	decode func(data []byte) (any, error)
}

var unionPlans sync.Map // reflect.Type of the interface to unionPlan

// registerUnion makes fields of the interface type U decodable. It is called
// once for each union while the package is initialised.
func registerUnion[U any](decode func(data []byte) (U, error)) struct{} {
	unionPlans.Store(reflect.TypeFor[U](), unionPlan{decode: func(data []byte) (any, error) {
		return decode(data)
	}})
	return struct{}{}
}

// variants maps the values of a discriminator to the types they stand for.
type variants[U any] map[string]func() U

// decodeTagged decodes the union U by the string member called tag. A value
// that is not in known goes to unknown with the JSON text as it came.
func decodeTagged[U any](data []byte, tag string, known variants[U], unknown func(tag string, raw json.RawMessage) U) (U, error) {
	var none U
	name, err := stringMember(data, tag)
	if err != nil {
		return none, err
	}
	variant, ok := known[name]
	if !ok {
		return unknown(name, append(json.RawMessage(nil), data...)), nil
	}
	value := variant()
	if err := unmarshalInto(data, value); err != nil {
		return none, err
	}
	return value, nil
}

// decodeUntagged decodes the union U as the first of the variants that takes
// every member and type of the text; failing that, the first that takes its types.
func decodeUntagged[U any](data []byte, candidates []func() U, unknown func(raw json.RawMessage) U) (U, error) {
	best, bestRest := *new(U), -1
	for _, candidate := range candidates {
		value := candidate()
		rest, err := unmarshalMeasured(data, value)
		if err == nil && (bestRest < 0 || rest < bestRest) {
			best, bestRest = value, rest
		}
	}
	if bestRest < 0 {
		return unknown(append(json.RawMessage(nil), data...)), nil
	}
	return best, nil
}
