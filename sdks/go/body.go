package exai

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// bodyKind says how a request's body is written.
type bodyKind uint8

const (
	bodyNone              bodyKind = iota
	bodyJSON                       // params as JSON
	bodyOptionalJSON               // as bodyJSON; nothing at all if every member is absent
	bodyJSONValue                  // body as JSON
	bodyOptionalJSONValue          // as bodyJSONValue; nothing at all if it is nil
	bodyForm                       // params as application/x-www-form-urlencoded
	bodyOptionalForm               // as bodyForm; nothing at all if every member is absent
	bodyMultipart                  // params as multipart/form-data
	bodyOptionalMultipart          // as bodyMultipart; nothing at all if every member is absent
	bodyRaw                        // body, an io.Reader, string or []byte, as it is
)

// payload is a request's body, ready to be sent, and sent again if it can be.
type payload struct {
	contentType string
	length      int64 // -1 if it is not known
	// open gives the body from its start; nil if there is none.
	open func() (io.Reader, error)
	// replayable reports that open may be called more than once.
	replayable bool
}

// attach gives the body to a request.
func (p payload) attach(r *http.Request) error {
	if p.open == nil {
		return nil
	}
	body, err := p.open()
	if err != nil {
		return err
	}
	// The wrapper keeps the HTTP client from closing the caller's reader.
	r.Body = io.NopCloser(body)
	if r.ContentLength = p.length; p.length == 0 {
		r.Body = http.NoBody
	}
	if p.replayable {
		r.GetBody = func() (io.ReadCloser, error) {
			body, err := p.open()
			return io.NopCloser(body), err
		}
	}
	return nil
}

func (r request) payload(extra map[string]any) (payload, error) {
	switch r.op.body {
	case bodyJSON:
		return r.jsonPayload(r.params, "", extra)
	case bodyOptionalJSON:
		return r.jsonPayload(r.params, "{}", extra)
	case bodyJSONValue:
		return r.jsonPayload(r.body, "", extra)
	case bodyOptionalJSONValue:
		return r.jsonPayload(r.body, "null", extra)
	case bodyForm, bodyOptionalForm:
		return r.formPayload()
	case bodyMultipart, bodyOptionalMultipart:
		return r.multipartPayload()
	case bodyRaw:
		return rawPayload(r.op.contentType, r.body)
	}
	return payload{replayable: true}, nil
}

func bytesPayload(contentType string, b []byte) payload {
	open := func() (io.Reader, error) { return bytes.NewReader(b), nil }
	return payload{contentType: contentType, length: int64(len(b)), open: open, replayable: true}
}

// jsonPayload writes a value; the text none stands for no body at all.
func (r request) jsonPayload(value any, none string, extra map[string]any) (payload, error) {
	b, err := marshal(value)
	if err != nil {
		return payload{}, fmt.Errorf("the request's body: %w", err)
	}
	if len(extra) > 0 {
		if b, err = addMembers(b, extra); err != nil {
			return payload{}, err
		}
	}
	if string(b) == none {
		return payload{replayable: true}, nil
	}
	return bytesPayload(r.op.contentType, b), nil
}

// addMembers adds members to the text of a JSON object, in place of those of
// the same name.
func addMembers(b []byte, extra map[string]any) ([]byte, error) {
	d := jsonDecoder{data: b}
	if d.peek() != '{' {
		return nil, errors.New("a body field was given, but the body is not an object")
	}
	out := []byte{'{'}
	// The callback never fails.
	_ = d.members(func(name []byte) error {
		text := d.skip()
		if _, replaced := extra[string(name)]; !replaced {
			out = append(appendName(out, 1, string(name)), text...)
		}
		return nil
	})
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		text, err := foreignJSON(extra[name])
		if err != nil {
			return nil, fmt.Errorf("the body field %s: %w", name, err)
		}
		out = append(appendName(out, 1, name), text...)
	}
	return append(out, '}'), nil
}

func (r request) formPayload() (payload, error) {
	var parts []string
	v := reflect.ValueOf(r.params)
	plan := planOf(v.Type())
	for _, c := range plan.consts {
		parts = append(parts, escape(c.name)+"="+escape(c.text()))
	}
	for _, member := range plan.fields {
		f := newParameterField(member.tag, "query", member.name, member.index)
		p, err := f.parameter(v.Field(f.index))
		if err != nil {
			return payload{}, fmt.Errorf("the form field %s: %w", f.name, err)
		}
		if p.shape == missing {
			continue
		}
		if text := p.encodeQuery(f.name, f.style, f.explode, f.reserved); text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 && r.op.body == bodyOptionalForm {
		return payload{replayable: true}, nil
	}
	return bytesPayload(r.op.contentType, []byte(strings.Join(parts, "&"))), nil
}

// rawPayload sends a body as it is. A reader that can seek is sent again from
// where it stood; any other is sent once.
func rawPayload(contentType string, body any) (payload, error) {
	switch body := body.(type) {
	case nil:
		return payload{replayable: true}, nil
	case string:
		return bytesPayload(contentType, []byte(body)), nil
	case []byte:
		return bytesPayload(contentType, body), nil
	case io.Reader:
		source, err := newSource(body)
		if err != nil {
			return payload{}, err
		}
		return payload{contentType: contentType, length: source.size, open: source.open, replayable: source.seeker != nil}, nil
	}
	return payload{}, fmt.Errorf("a body of type %T cannot be sent", body)
}

// source is a caller's reader, and how to read it again.
type source struct {
	reader io.Reader
	seeker io.Seeker // nil if it can't seek
	start  int64
	size   int64 // -1 if it is not known
	opened bool
}

func newSource(r io.Reader) (*source, error) {
	s := &source{reader: r, size: -1}
	seeker, ok := r.(io.Seeker)
	if !ok {
		return s, nil
	}
	start, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil {
		return s, nil // a pipe or a terminal has the method, but can't seek
	}
	end, err := seeker.Seek(0, io.SeekEnd)
	if err != nil {
		return s, nil
	}
	if _, err := seeker.Seek(start, io.SeekStart); err != nil {
		return nil, fmt.Errorf("the request's body: %w", err)
	}
	s.seeker, s.start, s.size = seeker, start, end-start
	return s, nil
}

func (s *source) open() (io.Reader, error) {
	if s.opened {
		if s.seeker == nil {
			return nil, errors.New("the request's body can be read only once")
		}
		if _, err := s.seeker.Seek(s.start, io.SeekStart); err != nil {
			return nil, fmt.Errorf("the request's body: %w", err)
		}
	}
	s.opened = true
	return s.reader, nil
}
