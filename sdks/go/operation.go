package exai

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// operation is what the API's document says of one operation.
type operation struct {
	id          string      // as the API's document has it: "startRun"
	name        string      // as it is called: "Runs.Start"
	method      string      // "POST"
	path        string      // a template for expandPath: "/runs/{run_id}"
	literal     bool        // path is no template, and is sent as it is
	server      string      // of its own, absolute or relative to the client's; "" for none
	accept      string      // the Accept header; "" sends none
	nullable    bool        // null is an answer, and so is no body at all
	keyed       bool        // carries an idempotency key
	body        bodyKind    // how the body is written
	contentType string      // the body's media type
	auth        [][]string  // the schemes that may authorise it; nil means the API's default
	public      bool        // sent without credentials
	page        *pageShape  // of a paginated operation
	events      *eventShape // of an operation that answers with a stream
}

// idempotent reports whether sending the request twice is as good as once.
func (op *operation) idempotent() bool {
	switch op.method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return true
	}
	return op.keyed
}

// request is one call of an operation.
type request struct {
	op *operation
	// path holds the values of the path parameters, in the path's order.
	path []any
	// params is a struct whose fields are tagged query, header or cookie, for
	// parameters, or json, for the members of the body; or nil.
	params any
	// body is the whole body, where it isn't a record.
	body any
	// cursor asks for a page other than the one that params ask for.
	cursor string
}

// A parameter's tags, beside query:"name", header:"name" or cookie:"name":
//
//	style:"deepObject"  the style, unless it is the place's default
//	explode:"false"     unless it is the style's default
//	reserved:"true"     leaves reserved characters as they are

// parameterField is a struct field that is sent as a parameter.
type parameterField struct {
	index    int
	in       string // "query", "header" or "cookie"
	name     string
	style    style
	explode  bool
	reserved bool
}

var parameterPlans sync.Map // reflect.Type to []parameterField

func parametersOf(t reflect.Type) []parameterField {
	if p, ok := parameterPlans.Load(t); ok {
		return p.([]parameterField)
	}
	var fields []parameterField
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		for _, in := range []string{"query", "header", "cookie"} {
			name, ok := tag.Lookup(in)
			if !ok {
				continue
			}
			fields = append(fields, newParameterField(tag, in, name, i))
		}
	}
	p, _ := parameterPlans.LoadOrStore(t, fields)
	return p.([]parameterField)
}

func newParameterField(tag reflect.StructTag, in, name string, index int) parameterField {
	f := parameterField{index: index, in: in, name: name, style: style(tag.Get("style"))}
	if f.style == "" && in != "header" {
		f.style = styleForm
	}
	f.explode = tag.Get("explode") == "true" || f.style == styleForm && tag.Get("explode") != "false"
	f.reserved = tag.Get("reserved") == "true"
	return f
}

// address gives the path and query, escaped, and sets the parameters that are headers.
func (r request) address(header http.Header) (string, error) {
	path := r.op.path
	if !r.op.literal {
		var err error
		if path, err = expandPath(path, r.path); err != nil {
			return "", err
		}
	}
	var query, cookies []string
	if r.cursor != "" {
		query = append(query, escape(r.op.page.cursor)+"="+escape(r.cursor))
	}
	v := reflect.ValueOf(r.params)
	if r.params == nil {
		v = reflect.ValueOf(struct{}{})
	}
	for _, f := range parametersOf(v.Type()) {
		if r.cursor != "" && f.in == "query" && f.name == r.op.page.cursor {
			continue
		}
		p, err := f.parameter(v.Field(f.index))
		if err != nil {
			return "", fmt.Errorf("the parameter %s: %w", f.name, err)
		}
		if p.shape == missing {
			continue
		}
		switch f.in {
		case "query":
			if text := p.encodeQuery(f.name, f.style, f.explode, f.reserved); text != "" {
				query = append(query, text)
			}
		case "header":
			header.Set(f.name, p.encodeHeader(f.explode))
		case "cookie":
			if text := p.encodeQuery(f.name, f.style, f.explode, false); text != "" {
				cookies = append(cookies, strings.ReplaceAll(text, "&", "; "))
			}
		}
	}
	if len(cookies) > 0 {
		header.Set("Cookie", strings.Join(cookies, "; "))
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	return path, nil
}

func (f parameterField) parameter(v reflect.Value) (parameter, error) {
	if f.style != styleJSON {
		return newParameter(v)
	}
	if _, ok := dereference(v); !ok {
		return parameter{}, nil
	}
	text, err := appendJSON(nil, v)
	return parameter{shape: scalar, scalar: string(text)}, err
}

// addQuery appends query parameters to an address that may have some already.
func addQuery(address string, extra url.Values) string {
	if len(extra) == 0 {
		return address
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		for _, value := range extra[name] {
			separator := "?"
			if strings.Contains(address, "?") {
				separator = "&"
			}
			address += separator + escape(name) + "=" + escape(value)
		}
	}
	return address
}

// resolveServer fills the variables of a server's URL template. A variable
// may hold letters, digits, dots, hyphens and underscores alone, so that it
// can't move requests to another host.
func resolveServer(template string, variables map[string]string) (string, error) {
	for name, value := range variables {
		if value == "" || strings.Trim(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") != "" {
			return "", fmt.Errorf("the %s %q is not a part of a host name", name, value)
		}
		template = strings.ReplaceAll(template, "{"+name+"}", value)
	}
	return template, checkBaseURL(template)
}

func checkBaseURL(base string) error {
	u, err := url.Parse(base)
	if err != nil {
		return fmt.Errorf("the base URL: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("the base URL must be http or https with a host, and without query, fragment or user")
	}
	return nil
}
