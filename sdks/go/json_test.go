package exai

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

type shapeUnion interface{ isShape() }

type circle struct {
	_      struct{} `const:"kind" value:"\"circle\""`
	Radius int64    `json:"radius"`

	ExtraFields map[string]json.RawMessage `json:"-" rest:"true"`
}

type square struct {
	_    struct{} `const:"kind" value:"\"square\""`
	Side int64    `json:"side"`
}

type unknownShape struct{ UnknownVariant }

func (*circle) isShape()       {}
func (*square) isShape()       {}
func (*unknownShape) isShape() {}

var _ = registerUnion[shapeUnion](unionPlan{
	tag: "kind",
	tagged: map[string]reflect.Type{
		"circle": reflect.TypeFor[*circle](),
		"square": reflect.TypeFor[*square](),
	},
	unknown: reflect.TypeFor[*unknownShape](),
})

type choice interface{ isChoice() }

type onlyA struct {
	A int64 `json:"a"`
}

type both struct {
	A int64 `json:"a"`
	B int64 `json:"b"`
}

// always is told from the others by a member alone whose value is fixed.
type always struct {
	_ struct{} `const:"kind" value:"\"always\""`
}

type word string

type words []string

// outer is a union that holds a union.
type outer interface{ isOuter() }

func (*onlyA) isOuter()         {}
func (*both) isOuter()          {}
func (*unknownChoice) isOuter() {}

type unknownOuter struct{ UnknownVariant }

func (*unknownOuter) isOuter() {}

var _ = registerUnion[outer](unionPlan{
	untagged: []reflect.Type{reflect.TypeFor[choice]()},
	unknown:  reflect.TypeFor[*unknownOuter](),
})

type unknownChoice struct{ UnknownVariant }

func (*onlyA) isChoice()         {}
func (*both) isChoice()          {}
func (*always) isChoice()        {}
func (word) isChoice()           {}
func (words) isChoice()          {}
func (*unknownChoice) isChoice() {}

var _ = registerUnion[choice](unionPlan{
	untagged: []reflect.Type{reflect.TypeFor[*always](), reflect.TypeFor[*onlyA](), reflect.TypeFor[*both](), reflect.TypeFor[word](), reflect.TypeFor[words]()},
	unknown:  reflect.TypeFor[*unknownChoice](),
})

type sample struct {
	ID       string                `json:"id"`
	Count    int64                 `json:"count"`
	Limit    *int64                `json:"limit,omitzero"`
	Note     Nullable[string]      `json:"note,omitzero"`
	Ended    *time.Time            `json:"ended"`
	Tags     []string              `json:"tags"`
	Labels   map[string]string     `json:"labels,omitzero"`
	Shape    shapeUnion            `json:"shape,omitzero"`
	Shapes   []shapeUnion          `json:"shapes,omitzero"`
	ByName   map[string]shapeUnion `json:"by_name,omitzero"`
	Price    json.Number           `json:"price,omitzero"`
	Any      any                   `json:"any,omitzero"`
	Bytes    []byte                `json:"bytes,omitzero"`
	Children []sample              `json:"children,omitzero"`

	ExtraFields map[string]json.RawMessage `json:"-" rest:"true"`
}

func TestJSONRoundTripLosesNothing(t *testing.T) {
	for name, text := range map[string]string{
		"required alone":         `{"id":"a","count":1,"ended":null,"tags":[]}`,
		"null differs from none": `{"id":"a","count":1,"note":null,"ended":null,"tags":[]}`,
		"large integers":         `{"id":"a","count":9223372036854775807,"limit":-9223372036854775808,"ended":null,"tags":[]}`,
		"decimals":               `{"id":"a","count":1,"ended":null,"tags":[],"price":0.10000000000000000000000001}`,
		"union variants":         `{"id":"a","count":1,"ended":null,"tags":[],"shape":{"kind":"circle","radius":2},"shapes":[{"kind":"square","side":1}],"by_name":{"x":{"kind":"circle","radius":3}}}`,
		"an unknown variant":     `{"id":"a","count":1,"ended":null,"tags":[],"shape":{"kind":"hexagon","n":[1,{"a":"}"}]}}`,
		"unknown members":        `{"id":"a","count":1,"ended":null,"tags":[],"later":{"x":[1,2]},"zzz":"\"]"}`,
		"another constant":       `{"id":"a","count":1,"ended":null,"tags":[],"shapes":[{"kind":"circle","radius":2,"unit":"m"}]}`,
		"escapes":                `{"id":"a\"\\/\u00e9\u2028\ud83d\ude00","count":1,"ended":"2026-01-02T03:04:05.000000006+02:00","tags":["<&>",""]}`,
		"any, bytes, nested":     `{"id":"a","count":1,"ended":null,"tags":[],"any":{"n":12345678901234567890},"bytes":"aGk=","children":[{"id":"b","count":2,"ended":null,"tags":[]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			var s sample
			if err := unmarshal([]byte(" "+strings.ReplaceAll(text, ":[", " : [ ")+"\n"), &s); err != nil {
				t.Fatal(err)
			}
			back, err := marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			if want, got := canonical(t, []byte(text)), canonical(t, back); !bytes.Equal(want, got) {
				t.Errorf("want %s\n got %s", want, got)
			}
		})
	}
}

// canonical orders the members of a JSON text and keeps its numbers.
func canonical(t *testing.T, text []byte) []byte {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestJSONTellsAbsentNullAndValueApart(t *testing.T) {
	for text, want := range map[string]Nullable[string]{
		`{}`:            {},
		`{"note":null}`: Null[string](),
		`{"note":"x"}`:  Value("x"),
	} {
		var s sample
		if err := unmarshal([]byte(text), &s); err != nil {
			t.Fatal(err)
		}
		if s.Note != want {
			t.Errorf("%s: got %+v", text, s.Note)
		}
	}
}

func TestJSONUnionIsSwitchedOverByType(t *testing.T) {
	var s sample
	if err := unmarshal([]byte(`{"shapes":[{"kind":"circle","radius":2},{"kind":"blob"},null]}`), &s); err != nil {
		t.Fatal(err)
	}
	if c, ok := s.Shapes[0].(*circle); !ok || c.Radius != 2 {
		t.Errorf("got %#v", s.Shapes[0])
	}
	if u, ok := s.Shapes[1].(*unknownShape); !ok || u.Tag != "blob" || string(u.Raw) != `{"kind":"blob"}` {
		t.Errorf("got %#v", s.Shapes[1])
	}
	if s.Shapes[2] != nil {
		t.Errorf("got %#v", s.Shapes[2])
	}
}

func TestJSONRequiredNilsAreWrittenEmpty(t *testing.T) {
	b, err := marshal(struct {
		List []string          `json:"list"`
		Map  map[string]string `json:"map"`
		Ptr  *string           `json:"ptr"`
	}{})
	if want := `{"list":[],"map":{},"ptr":null}`; err != nil || string(b) != want {
		t.Errorf("got %s, %v", b, err)
	}
}

func TestJSONMembersWithOddNames(t *testing.T) {
	type odd struct {
		Dash  string  `json:"-" member:"-"`
		Space *string `json:"-" member:"a \"b\", c,omitzero"`
		None  string  `json:"-"`
	}
	text := `{"-":"x","a \"b\", c":"y"}`
	got, err := Unmarshal[odd]([]byte(text))
	if err != nil || got.Dash != "x" || *got.Space != "y" {
		t.Errorf("got %+v, %v", got, err)
	}
	if back, err := marshal(got); err != nil || string(back) != text {
		t.Errorf("got %s, %v", back, err)
	}
}

func TestJSONErrorNamesThePlace(t *testing.T) {
	for text, want := range map[string]string{
		`{"children":[{"tags":["a",1]}]}`: "/children/0/tags/1",
		`{"count":"1"}`:                   "/count",
		`{"count":1.5}`:                   "/count",
		`{"count":9223372036854775808}`:   "/count",
		`{"ended":"yesterday"}`:           "/ended",
		`{"shape":{"radius":1}}`:          "/shape",
		`{"labels":{"a/b~":1}}`:           "/labels/a~1b~0",
	} {
		var s sample
		err := unmarshal([]byte(text), &s)
		var m *misfit
		if !errors.As(err, &m) || m.pointer() != want {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

func TestJSONIntegersInOtherForms(t *testing.T) {
	var n int64
	for text, want := range map[string]int64{"1.0": 1, "1e3": 1000, "-0": 0} {
		if err := unmarshal([]byte(text), &n); err != nil || n != want {
			t.Errorf("%s: got %d, %v", text, n, err)
		}
	}
	if _, err := marshal(math.NaN()); err == nil {
		t.Error("NaN was encoded")
	}
}

func TestJSONUntaggedUnionTakesTheBestFit(t *testing.T) {
	for text, want := range map[string]choice{
		`{"a":1,"b":2}`:     &both{1, 2},
		`{"a":1}`:           &onlyA{1},
		`{"kind":"always"}`: &always{},
		`{}`:                &unknownChoice{UnknownVariant{Raw: json.RawMessage(`{}`)}},
		`"text"`:            word("text"),
		`["text"]`:          words{"text"},
		`5`:                 &unknownChoice{UnknownVariant{Raw: json.RawMessage(`5`)}},
	} {
		var got choice
		if err := unmarshal([]byte(text), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, %v", text, got, err)
		}
		if back, err := marshal(want); err != nil || string(back) != text {
			t.Errorf("%s: encoded as %s, %v", text, back, err)
		}
	}
}

func TestJSONUnionInsideAUnion(t *testing.T) {
	if got, err := Unmarshal[outer]([]byte(`{"a":1,"b":2}`)); err != nil || !reflect.DeepEqual(got, outer(&both{1, 2})) {
		t.Errorf("got %#v, %v", got, err)
	}
	// A type of the inner union that the outer one doesn't have is kept as it came.
	if got, err := Unmarshal[outer]([]byte(`"text"`)); err != nil || string(got.(*unknownOuter).Raw) != `"text"` {
		t.Errorf("got %#v, %v", got, err)
	}
}

func FuzzJSONAgreesWithTheStandardLibrary(f *testing.F) {
	f.Add([]byte(`{"id":"a","count":1,"tags":["\ud83d"],"any":[{"a":[]},"b",1e5]}`))
	f.Add([]byte(` [ ] `))
	f.Add([]byte("{\"id\":\"\xff\"}"))
	type plain struct {
		ID    string            `json:"id"`
		Tags  []string          `json:"tags"`
		Flag  *bool             `json:"flag"`
		Score float64           `json:"score"`
		Map   map[string]string `json:"map"`
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var ours, theirs plain
		err := unmarshal(data, &ours)
		if !json.Valid(data) {
			if err == nil {
				t.Fatal("accepted a text that isn't JSON")
			}
			return
		}
		if bytes.ContainsAny(data, "IDTAGSFLCORMEPidtagsflcormep\\\"") && hasDuplicates(data) {
			return // the standard library merges duplicates and ignores case
		}
		if theirErr := json.Unmarshal(data, &theirs); (err == nil) != (theirErr == nil) {
			t.Fatalf("ours %v, theirs %v", err, theirErr)
		}
		if err == nil && !reflect.DeepEqual(ours, theirs) {
			t.Fatalf("ours %+v, theirs %+v", ours, theirs)
		}
	})
}

// hasDuplicates reports whether an object in data names a member twice, case
// aside, or by another case than the plain type does.
func hasDuplicates(data []byte) bool {
	d := jsonDecoder{data: data}
	if d.peek() != '{' {
		return false
	}
	seen, found := map[string]bool{}, false
	_ = d.members(func(name []byte) error {
		lower := strings.ToLower(string(name))
		found = found || seen[lower] || lower != string(name)
		seen[lower] = true
		d.skip()
		return nil
	})
	return found
}
