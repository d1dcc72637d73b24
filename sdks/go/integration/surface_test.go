package consumer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"

	exai "github.com/exai/sdk-go"
)

// documented is an operation as the API's document describes it.
type documented struct {
	method, path string
	status       int
	contentType  string
	example      []byte // the body of the answer: JSON, or the text itself
}

// document reads the operations from the bundled document that EXAI_OPENAPI names.
func document(t *testing.T) map[string]documented {
	t.Helper()
	text, err := os.ReadFile(os.Getenv("EXAI_OPENAPI"))
	if err != nil {
		t.Fatal("EXAI_OPENAPI names the bundled document, as JSON: ", err)
	}
	type media struct {
		Example  json.RawMessage
		Examples map[string]struct{ Value json.RawMessage }
	}
	var bundle struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &bundle); err != nil {
		t.Fatal(err)
	}
	operations := map[string]documented{}
	for path, item := range bundle.Paths {
		for method, raw := range item {
			var operation struct {
				OperationID string `json:"operationId"`
				Responses   map[string]struct{ Content map[string]media }
			}
			if json.Unmarshal(raw, &operation) != nil || operation.OperationID == "" {
				continue // parameters of the path, or a summary
			}
			found := documented{method: strings.ToUpper(method), path: path}
			for status := 200; status < 300 && found.status == 0; status++ {
				response, ok := operation.Responses[fmt.Sprint(status)]
				if !ok {
					continue
				}
				found.status = status
				for contentType, content := range response.Content {
					found.contentType, found.example = contentType, content.Example
					for _, example := range content.Examples {
						found.example = example.Value
					}
				}
			}
			var plain string
			if !strings.HasSuffix(found.contentType, "json") || found.contentType == "application/x-ndjson" {
				if json.Unmarshal(found.example, &plain) == nil {
					found.example = []byte(plain)
				}
			}
			operations[operation.OperationID] = found
		}
	}
	return operations
}

// matches reports whether a request's path fits the template.
func (d documented) matches(r *http.Request) bool {
	want, got := strings.Split(d.path, "/"), strings.Split(r.URL.Path, "/")
	if d.method != r.Method || len(want) != len(got) {
		return false
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && want[i] != got[i] {
			return false
		}
	}
	return true
}

// fixed counts the segments that are no parameters, to prefer /agents/custom to /agents/{agent_id}.
func (d documented) fixed() int { return strings.Count(d.path, "/") - strings.Count(d.path, "{") }

// mirror answers each request with the example of its operation.
type mirror struct {
	t          *testing.T
	operations map[string]documented
	last       string
	called     map[string]bool
}

func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	best := ""
	for id, operation := range m.operations {
		if operation.matches(r) && (best == "" || operation.fixed() > m.operations[best].fixed()) {
			best = id
		}
	}
	if best == "" {
		m.t.Errorf("no operation is %s %s", r.Method, r.URL)
		return
	}
	m.last, m.called[best] = best, true
	if keyed := r.Method == "POST" || r.Method == "PATCH"; keyed != (r.Header.Get("Idempotency-Key") != "") {
		m.t.Errorf("%s: idempotency key %q", best, r.Header.Get("Idempotency-Key"))
	}
	if r.Header.Get("Authorization") != "Bearer sk_test_mirror" {
		m.t.Errorf("%s: authorization %q", best, r.Header.Get("Authorization"))
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("Content-Type") == "application/json" && !json.Valid(body) {
		m.t.Errorf("%s: body %q, %v", best, body, err)
	}
	operation := m.operations[best]
	if operation.contentType != "" {
		w.Header().Set("Content-Type", operation.contentType)
	}
	w.WriteHeader(operation.status)
	switch {
	case r.URL.Query().Has("cursor"):
		// The examples are of first pages; this is the page after them.
		io.WriteString(w, `{"data":[],"next_cursor":null}`)
	default:
		w.Write(operation.example)
		if operation.contentType == "text/event-stream" {
			io.WriteString(w, "\n\n") // ends the last event
		}
	}
}

// Every method is called, every operation is reached, and every example of the
// document comes out of the types as it went in.
func TestEveryExampleOfTheDocumentIsKept(t *testing.T) {
	m := &mirror{t: t, operations: document(t), called: map[string]bool{}}
	server := httptest.NewServer(m)
	defer server.Close()
	c := exai.NewClient(exai.WithBaseURL(server.URL), exai.WithAPIKey("sk_test_mirror"), exai.WithMaxRetries(0))
	m.service(reflect.ValueOf(c), "Client")
	for id := range m.operations {
		if !m.called[id] {
			t.Errorf("no method calls %s", id)
		}
	}
	t.Logf("%d operations", len(m.called))
}

// service calls the methods of a service and of those below it.
func (m *mirror) service(v reflect.Value, name string) {
	for i := range v.NumMethod() {
		method := name + "." + v.Type().Method(i).Name
		if strings.Contains(method, "AndWait") || strings.HasSuffix(method, ".Unwrap") || method == "Client.Request" {
			continue
		}
		m.method(v.Method(i), method)
	}
	for i := range v.Elem().NumField() {
		if field := v.Elem().Type().Field(i); field.IsExported() {
			m.service(v.Elem().Field(i), name+"."+field.Name)
		}
	}
}

// method calls a method with an argument of each type, and looks at what comes back.
func (m *mirror) method(method reflect.Value, name string) {
	arguments := []reflect.Value{reflect.ValueOf(m.t.Context())}
	for i := 1; i < method.Type().NumIn()-1; i++ {
		arguments = append(arguments, argument(method.Type().In(i)))
	}
	results := method.Call(arguments)
	if len(results) == 2 || results[0].Type().Implements(reflect.TypeFor[error]()) {
		if err, _ := results[len(results)-1].Interface().(error); err != nil {
			m.t.Errorf("%s: %v", name, err)
			return
		}
	}
	example := m.operations[m.last].example
	switch result := results[0]; {
	case result.Kind() == reflect.Func:
		m.items(result, name)
	case result.Type() == reflect.TypeFor[*exai.Download]():
		download := result.Interface().(*exai.Download)
		defer download.Close()
		if content, err := io.ReadAll(download); err != nil || !bytes.Equal(content, example) {
			m.t.Errorf("%s: got %d bytes, %v", name, len(content), err)
		}
	case result.Type() == reflect.TypeFor[string]():
		if result.String() != string(example) {
			m.t.Errorf("%s: got %q", name, result)
		}
	case strings.HasPrefix(result.Type().String(), "*exai.Page["):
		m.same(name, result.Elem().FieldByName("Data").Interface(), member(example, "data"))
	case result.Kind() == reflect.Pointer || result.Kind() == reflect.Interface && !result.Type().Implements(reflect.TypeFor[error]()):
		m.same(name, result.Interface(), example)
	}
}

// items ranges over a list or a stream.
func (m *mirror) items(sequence reflect.Value, name string) {
	var got []any
	for item, err := range sequence.Seq2() {
		// The examples of streams end before the event that ends the stream.
		if err, _ := err.Interface().(error); errors.Is(err, io.ErrUnexpectedEOF) {
			break
		} else if err != nil {
			m.t.Errorf("%s: %v", name, err)
			return
		}
		got = append(got, item.Interface())
		if len(got) > 1000 {
			m.t.Errorf("%s: goes on and on", name)
			return
		}
	}
	operation := m.operations[m.last]
	var want []json.RawMessage
	switch operation.contentType {
	case "application/json":
		if err := json.Unmarshal(member(operation.example, "data"), &want); err != nil {
			m.t.Errorf("%s: %v", name, err)
		}
	case "text/event-stream":
		for line := range strings.Lines(string(operation.example)) {
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				want = append(want, json.RawMessage(data))
			}
		}
	default:
		for line := range strings.Lines(string(operation.example)) {
			want = append(want, json.RawMessage(line))
		}
	}
	if len(want) == 0 || len(want) != len(got) {
		m.t.Errorf("%s: got %d items of %d", name, len(got), len(want))
		return
	}
	for i := range want {
		m.same(fmt.Sprintf("%s item %d", name, i), got[i], want[i])
	}
}

// argument makes a value that can be sent.
func argument(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t == reflect.TypeFor[io.Reader]():
		return reflect.ValueOf(strings.NewReader("content"))
	case t.Kind() == reflect.String:
		v.SetString("id")
	case v.CanInt():
		v.SetInt(8080)
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).Type == reflect.TypeFor[exai.File]() {
				v.Field(i).Set(reflect.ValueOf(exai.File{Name: "a.txt", Content: strings.NewReader("content")}))
			}
		}
	}
	return v
}

func member(object []byte, name string) json.RawMessage {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(object, &members)
	return members[name]
}

// same compares a value with the JSON it was made of, and finds members that
// the types don't declare.
func (m *mirror) same(name string, value any, want []byte) {
	got, err := json.Marshal(value)
	if err != nil {
		m.t.Errorf("%s: %v", name, err)
		return
	}
	if got, want := canonical(got), canonical(want); got != want {
		m.t.Errorf("%s:\n got %s\nwant %s", name, got, want)
	}
	extras(reflect.ValueOf(value), func(extra string) {
		m.t.Errorf("%s: the example has %s, which is not declared", name, extra)
	})
}

// extras finds members and variants that were kept because they are not declared.
func extras(v reflect.Value, report func(string)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			extras(v.Elem(), report)
		}
	case reflect.Slice:
		for i := range v.Len() {
			extras(v.Index(i), report)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			extras(v.MapIndex(key), report)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			switch {
			case field.Type == reflect.TypeFor[exai.UnknownVariant]():
				report("the variant " + v.Type().Name())
			case field.Name == "ExtraFields":
				for _, key := range v.Field(i).MapKeys() {
					report(key.String() + " of " + v.Type().Name())
				}
			case field.IsExported():
				extras(v.Field(i), report)
			}
		}
	}
}

// canonical orders a JSON text's members and keeps its numbers.
func canonical(text []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return fmt.Sprintf("%v: %s", err, text)
	}
	ordered, _ := json.Marshal(value)
	return string(ordered)
}
