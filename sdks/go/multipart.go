package exai

import (
	"crypto/rand"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// File is a file to upload in a multipart form.
type File struct {
	// Name is the file's name as the server sees it.
	Name string
	// ContentType is its media type; "" means application/octet-stream.
	ContentType string
	// Content is read while the request is sent. If it is an io.Seeker, a
	// failed request can be sent again.
	Content io.Reader
}

// part is one part of a form: what stands before its content, and the content.
type part struct {
	head    string
	content *source // nil if head holds all
}

var fileType = reflect.TypeFor[File]()

// multipartPayload writes the members of a struct as multipart/form-data
// (RFC 7578), read from the files while it is sent.
func (r request) multipartPayload() (payload, error) {
	v := reflect.ValueOf(r.params)
	boundary := rand.Text()
	var parts []part
	plan := planOf(v.Type())
	for _, c := range plan.consts {
		p, err := newPart(boundary, c.name, "", reflect.ValueOf(c.text()))
		if err != nil {
			return payload{}, fmt.Errorf("the form field %s: %w", c.name, err)
		}
		parts = append(parts, p)
	}
	for _, f := range plan.fields {
		field, ok := dereference(v.Field(f.index))
		if !ok || f.omitZero && field.IsZero() {
			continue
		}
		values := []reflect.Value{field}
		if field.Kind() == reflect.Slice && field.Type().Elem().Kind() != reflect.Uint8 {
			values = values[:0]
			for i := range field.Len() {
				values = append(values, field.Index(i))
			}
		}
		for _, value := range values {
			p, err := newPart(boundary, f.name, f.tag.Get("part"), value)
			if err != nil {
				return payload{}, fmt.Errorf("the form field %s: %w", f.name, err)
			}
			parts = append(parts, p)
		}
	}
	// A body that must be there and has no part is its end alone, as browsers write it.
	if len(parts) == 0 && r.op.body == bodyOptionalMultipart {
		return payload{replayable: true}, nil
	}
	tail := "--" + boundary + "--\r\n"
	length, replayable := int64(len(tail)), true
	for _, p := range parts {
		length += int64(len(p.head))
		if p.content == nil {
			continue
		}
		length += p.content.size + int64(len("\r\n"))
		replayable = replayable && p.content.seeker != nil
	}
	if !replayable {
		length = -1
	}
	open := func() (io.Reader, error) {
		var readers []io.Reader
		for _, p := range parts {
			readers = append(readers, strings.NewReader(p.head))
			if p.content == nil {
				continue
			}
			content, err := p.content.open()
			if err != nil {
				return nil, err
			}
			readers = append(readers, content, strings.NewReader("\r\n"))
		}
		return io.MultiReader(append(readers, strings.NewReader(tail))...), nil
	}
	contentType := "multipart/form-data; boundary=" + boundary
	return payload{contentType: contentType, length: length, open: open, replayable: replayable}, nil
}

// newPart writes a part. Its content type is the one given, if any, and
// otherwise a file's own, JSON for records and lists, and none for scalars.
func newPart(boundary, name, contentType string, v reflect.Value) (part, error) {
	v, _ = dereference(v)
	head := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + quoteParameter(name) + `"`
	if v.Type() != fileType {
		text, err := parameterText(v)
		if kind := v.Kind(); contentType == "" && (kind == reflect.Struct && v.Type() != timeType || kind == reflect.Map) {
			contentType = "application/json"
		}
		if contentType != "" {
			head += "\r\nContent-Type: " + contentType
		}
		return part{head: head + "\r\n\r\n" + text + "\r\n"}, err
	}
	file := v.Interface().(File)
	if file.Content == nil {
		return part{}, fmt.Errorf("the file %q has no content", file.Name)
	}
	if file.ContentType != "" {
		contentType = file.ContentType
	}
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	if strings.ContainsAny(contentType, "\r\n") {
		return part{}, fmt.Errorf("the content type %q holds a line break", contentType)
	}
	content, err := newSource(file.Content)
	head += `; filename="` + quoteParameter(file.Name) + "\"\r\nContent-Type: " + contentType + "\r\n\r\n"
	return part{head: head, content: content}, err
}

// quoteParameter escapes a name as browsers do (WHATWG HTML, "multipart form data").
func quoteParameter(s string) string {
	return strings.NewReplacer("\n", "%0A", "\r", "%0D", `"`, "%22").Replace(s)
}
