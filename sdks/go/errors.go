package exai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// APIError is an answer of the server that is not a success. The errors that
// the API declares are types of their own that unwrap to it, so both of these
// hold for a missing resource:
//
//	var notFound *NotFoundError
//	errors.As(err, &notFound)
//	var apiError *APIError
//	errors.As(err, &apiError)
type APIError struct {
	// ResponseMeta holds the status, headers, receipt, rate limit and
	// idempotency key of the answer.
	ResponseMeta

	// Code and Name identify the error, such as 404 and "not_found". They are
	// zero if the body isn't the API's error envelope.
	Code int64
	Name string

	// Message says what went wrong, for people.
	Message string

	// Details lists what is wrong with the request, if the server says.
	Details []ErrorDetail

	// Body is the answer's body as it came, cut off after 1 MiB.
	Body []byte

	// RetryAfter is how long the server asks to wait, or zero.
	RetryAfter time.Duration

	// WaitToken goes on with the wait that failed, if it was one: it is for the
	// method ...AndWaitFrom of the same operation.
	WaitToken string

	operation string
}

// ErrorDetail is one fault of a request.
type ErrorDetail struct {
	// Location is the part of the request that the pointer leads into: "body",
	// "query", "path" or "header".
	Location string `json:"location,omitzero"`
	// Pointer is the place of the fault as an RFC 6901 JSON Pointer.
	Pointer string `json:"pointer,omitzero"`
	// Rule is the rule that is broken.
	Rule string `json:"rule,omitzero"`
	// Message says what is wrong, for people.
	Message string `json:"message,omitzero"`
}

// Error gives the operation, the status, the name, the message and the receipt.
func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d %s", e.operation, e.StatusCode, http.StatusText(e.StatusCode))
	if e.Name != "" {
		fmt.Fprintf(&b, " (%s)", e.Name)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.Receipt != "" {
		fmt.Fprintf(&b, " [%s]", e.Receipt)
	}
	return b.String()
}

// newAPIError reads an error answer whose body is body.
func newAPIError(operation string, meta ResponseMeta, body []byte) *APIError {
	e := &APIError{ResponseMeta: meta, Body: body, operation: operation}
	e.RetryAfter, _ = retryAfter(meta.Header, time.Now())
	if !json.Valid(body) {
		return e
	}
	// Each member on its own: one of another type must not lose the others.
	read := func(member string, target any) {
		if text := lookup(body, "/"+member); text != nil {
			_ = unmarshalInto(text, target)
		}
	}
	read("code", &e.Code)
	read("name", &e.Name)
	read("message", &e.Message)
	read("details", &e.Details)
	if e.Receipt == "" {
		read("receipt", &e.Receipt)
	}
	return e
}

// ConnectionError is a request that got no answer, or an answer that broke off.
type ConnectionError struct {
	// IdempotencyKey is the key the request carried, if any: the same call
	// made with it again runs at most once.
	IdempotencyKey string
	// Err is what the HTTP client reported.
	Err error
	// WaitToken goes on with the wait that failed, if it was one: it is for the
	// method ...AndWaitFrom of the same operation.
	WaitToken string

	operation string
}

func (e *ConnectionError) Error() string {
	return e.operation + ": connection failed: " + e.Err.Error()
}

// Unwrap gives what the HTTP client reported.
func (e *ConnectionError) Unwrap() error { return e.Err }

// TimeoutError is a call whose time was up, or would be up before the next
// try may be made. It unwraps to context.DeadlineExceeded.
type TimeoutError struct {
	// IdempotencyKey is the key the request carried, if any.
	IdempotencyKey string
	// RetryAfter is the wait that did not fit into the time left, or zero.
	RetryAfter time.Duration
	// Err is the last failure before the time was up, if any, and otherwise
	// context.DeadlineExceeded.
	Err error
	// WaitToken goes on with the wait that failed, if it was one: it is for the
	// method ...AndWaitFrom of the same operation.
	WaitToken string

	operation string
}

func (e *TimeoutError) Error() string {
	if e.RetryAfter > 0 {
		return fmt.Sprintf("%s: a wait of %s before the next try does not fit into the time left: %v", e.operation, e.RetryAfter, e.Err)
	}
	return e.operation + ": timed out: " + e.Err.Error()
}

// Unwrap gives the last failure and context.DeadlineExceeded.
func (e *TimeoutError) Unwrap() []error { return []error{e.Err, context.DeadlineExceeded} }

// Timeout reports true, as net.Error has it.
func (e *TimeoutError) Timeout() bool { return true }

// DecodeError is a successful answer whose body is not what the API declares.
type DecodeError struct {
	ResponseMeta

	// Pointer is the place in the JSON text as an RFC 6901 JSON Pointer.
	Pointer string
	// Body is the text that could not be decoded.
	Body []byte
	// Err says what is wrong with it.
	Err error
	// WaitToken goes on with the wait that failed, if it was one: it is for the
	// method ...AndWaitFrom of the same operation.
	WaitToken string

	operation string
}

func (e *DecodeError) Error() string {
	return e.operation + ": cannot decode the answer: " + e.Err.Error()
}

// Unwrap gives what is wrong with the text.
func (e *DecodeError) Unwrap() error { return e.Err }

func newDecodeError(operation string, meta ResponseMeta, body []byte, err error) *DecodeError {
	e := &DecodeError{ResponseMeta: meta, Body: body, Err: err, operation: operation}
	var m *misfit
	if errors.As(err, &m) {
		e.Pointer = m.pointer()
	}
	return e
}
