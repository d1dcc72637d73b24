package exaitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Call is a request that the client under test has made.
type Call struct {
	// Operation is how it was called: "Runs.Start"; "POST /path" for one that
	// was told by method and path.
	Operation string
	// Method and Path are those of the request; the path is decoded.
	Method, Path string
	Query        url.Values
	Header       http.Header
	// Body is the body as it was sent.
	Body []byte
}

// Decode decodes the body, which is JSON, into out.
func (c Call) Decode(out any) error { return json.Unmarshal(c.Body, out) }

// Failure is an answer of the API that is an error. The fake gives it as the
// API does, so that the client makes its own error of it.
type Failure struct {
	// Status is the HTTP status, and Name how the API calls the error.
	Status  int
	Name    string
	Message string
	// Details lists what is wrong with the request; it is sent as JSON.
	Details any
	// RetryAfter is what the client is asked to wait before it tries again, in
	// whole seconds. The default is none at all, so that tests don't wait.
	RetryAfter time.Duration
}

func (f *Failure) Error() string { return fmt.Sprintf("%d %s: %s", f.Status, f.Name, f.Message) }

// reply is one answer, ready to be given.
type reply struct {
	status      int
	contentType string
	body        []byte
	fault       error // the connection fails with it, after the body
}

// step answers a call, again and again.
type step func(call Call) (reply, error)

// core is the transport of a fake: it knows the answers of each operation, and
// the calls that were made.
type core struct {
	operationOf func(r *http.Request) string
	header      http.Header // sent with each answer

	mu    sync.Mutex
	steps map[string][]step
	calls []Call
}

func newCore(operationOf func(r *http.Request) string) *core {
	return &core{operationOf: operationOf, header: http.Header{}, steps: map[string][]step{}}
}

// script adds an answer behind those that an operation has.
func (c *core) script(operation string, s step) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steps[operation] = append(c.steps[operation], s)
}

func (c *core) callsOf(operation string) []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls := slices.Clone(c.calls)
	return slices.DeleteFunc(calls, func(call Call) bool { return operation != "" && call.Operation != operation })
}

// take notes a call and gives its answer: the first one is used up, unless it
// is the last.
func (c *core) take(call Call) step {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call)
	steps := c.steps[call.Operation]
	if len(steps) == 0 {
		return func(call Call) (reply, error) {
			return reply{}, &Failure{Status: http.StatusNotImplemented, Name: "not_faked",
				Message: fmt.Sprintf("the test gives no answer to %s (%s %s)", call.Operation, call.Method, call.Path)}
		}
	}
	if len(steps) > 1 {
		c.steps[call.Operation] = steps[1:]
	}
	return steps[0]
}

// RoundTrip answers a request; it makes the fake a transport of net/http.
func (c *core) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	call := Call{Operation: c.operationOf(r), Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header.Clone()}
	if r.Body != nil {
		var err error
		call.Body, err = io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			return nil, err
		}
	}
	made, err := c.take(call)(call)
	var failure *Failure
	switch {
	case errors.As(err, &failure):
		made = failure.reply()
	case err != nil:
		return nil, err
	}
	header := c.header.Clone()
	if made.contentType != "" {
		header.Set("Content-Type", made.contentType)
	}
	if failure != nil {
		header.Set("Retry-After", strconv.Itoa(int(failure.RetryAfter/time.Second)))
	}
	body := io.Reader(bytes.NewReader(made.body))
	length := int64(len(made.body))
	if made.fault != nil {
		body, length = io.MultiReader(body, broken{made.fault}), -1
	}
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", made.status, http.StatusText(made.status)),
		StatusCode:    made.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		Body:          io.NopCloser(body),
		ContentLength: length,
		Request:       r,
	}, nil
}

// reply is the failure as the API says it.
func (f *Failure) reply() reply {
	members := map[string]any{"code": f.Status, "name": f.Name, "message": f.Message}
	if f.Details != nil {
		members["details"] = f.Details
	}
	body, err := json.Marshal(members)
	if err != nil {
		body = []byte(`{"message":"the details can't be encoded"}`)
	}
	return reply{status: f.Status, contentType: "application/json", body: body}
}

// broken is a body that fails.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// member puts a value at a JSON Pointer of object members.
func member(object map[string]any, pointer string, value any) {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for _, part := range parts[:len(parts)-1] {
		name := unescape.Replace(part)
		inner, ok := object[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
		}
		inner = maps.Clone(inner)
		object[name], object = inner, inner
	}
	object[unescape.Replace(parts[len(parts)-1])] = value
}
