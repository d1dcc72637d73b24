package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"strings"

	exai "github.com/exai/sdk-go"
)

// asked is a call of an operation by its id, with arguments by their wire
// names. The first argument that doesn't fit is kept, and nothing is called.
type asked struct {
	ID     string                     `json:"id"`
	Path   map[string]json.RawMessage `json:"path"`
	Query  map[string]json.RawMessage `json:"query"`
	Header map[string]json.RawMessage `json:"header"`
	Cookie map[string]json.RawMessage `json:"cookie"`
	Body   json.RawMessage            `json:"body"`

	take *int
	err  error
}

func unknown(id string) error { return errors.New("no such operation: " + id) }

func (a *asked) keep(what string, err error) {
	if err != nil && a.err == nil {
		a.err = fmt.Errorf("%s: %w", what, err)
	}
}

// path gives a parameter of the path.
func path[T any](a *asked, name string) T {
	var value T
	a.keep(name, json.Unmarshal(a.Path[name], &value))
	return value
}

// body gives the whole body, decoded as the SDK decodes answers.
func body[T any](a *asked) T {
	if a.Body == nil {
		return *new(T)
	}
	value, err := exai.Unmarshal[T](a.Body)
	a.keep("body", err)
	return value
}

// content is a body of bytes: {"base64": ...}.
func content(a *asked) io.Reader {
	var file sent
	a.keep("body", json.Unmarshal(a.Body, &file))
	return bytes.NewReader(file.Base64)
}

// sent is a file, or a body of bytes.
type sent struct {
	Base64      []byte `json:"base64"`
	FileName    string `json:"file_name"`
	ContentType string `json:"content_type"`
}

func (s sent) file() exai.File {
	return exai.File{Name: s.FileName, ContentType: s.ContentType, Content: bytes.NewReader(s.Base64)}
}

// params gives the struct of a call's parameters: members of the body, and
// fields tagged query, header or cookie.
func params[T any](a *asked) T {
	var value T
	// A body that is no object is an argument of its own.
	if bytes.HasPrefix(a.Body, []byte("{")) {
		value = body[T](a)
	}
	v := reflect.ValueOf(&value).Elem()
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			continue // What is always the same is not asked for.
		}
		tag := v.Type().Field(i).Tag
		for place, given := range map[string]map[string]json.RawMessage{"query": a.Query, "header": a.Header, "cookie": a.Cookie} {
			name, ok := tag.Lookup(place)
			if text := given[name]; ok && text != nil {
				a.keep(name, json.Unmarshal(text, v.Field(i).Addr().Interface()))
			}
		}
		name, _, _ := strings.Cut(cmp.Or(tag.Get("member"), tag.Get("json")), ",")
		a.attach(name, v.Field(i).Addr().Interface())
	}
	return value
}

// attach fills a field that is a file of a form.
func (a *asked) attach(name string, field any) {
	given := func(target any) bool {
		var members map[string]json.RawMessage
		if a.Body != nil {
			a.keep("body", json.Unmarshal(a.Body, &members))
		}
		if members[name] == nil {
			return false
		}
		a.keep(name, json.Unmarshal(members[name], target))
		return true
	}
	var one sent
	var many []sent
	switch field := field.(type) {
	case *exai.File:
		given(&one)
		*field = one.file()
	case **exai.File:
		if given(&one) {
			file := one.file()
			*field = &file
		}
	case *[]exai.File:
		given(&many)
		*field = nil
		for _, each := range many {
			*field = append(*field, each.file())
		}
	}
}

// one makes a call that gives a value, if all arguments fit.
func one(a *asked, call func() (any, error)) (map[string]any, error) {
	if a.err != nil {
		return nil, a.err
	}
	return value(call())
}

// all makes a call that gives items.
func all[T any](a *asked, source iter.Seq2[T, error]) (map[string]any, error) {
	if a.err != nil {
		return nil, a.err
	}
	return items(source, a.take)
}

// download makes a call that gives bytes.
func download(a *asked, call func() (*exai.Download, error)) (map[string]any, error) {
	if a.err != nil {
		return nil, a.err
	}
	answer, err := call()
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	content, err := io.ReadAll(answer)
	return value(map[string]any{"base64": content}, err)
}
