package exaitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// scripted is what the answers of all kinds of operations share.
type scripted struct {
	core   *core
	name   string
	status int
}

// Fail answers a call with an error: a [Failure], which the client gets as an
// error of the API, or any other, with which the connection fails.
func (s *scripted) Fail(err error) {
	s.core.script(s.name, func(Call) (reply, error) { return reply{}, err })
}

// Calls lists the calls that were made, in their order.
func (s *scripted) Calls() []Call { return s.core.callsOf(s.name) }

// jsonReply is an answer of JSON.
func (s *scripted) jsonReply(value any) (reply, error) {
	body, err := json.Marshal(value)
	return reply{status: s.status, contentType: "application/json", body: body}, err
}

// Operation is an operation that answers with a T.
type Operation[T any] struct{ scripted }

func newOperation[T any](c *core, name string, status int) *Operation[T] {
	return &Operation[T]{scripted{c, name, status}}
}

// Return answers a call with each of the results, one after another. The last
// answer that an operation is given holds for all calls after it.
func (o *Operation[T]) Return(results ...T) {
	for _, result := range results {
		o.Respond(func(Call) (T, error) { return result, nil })
	}
}

// Respond answers a call with what f makes of it.
func (o *Operation[T]) Respond(f func(Call) (T, error)) {
	o.core.script(o.name, func(call Call) (reply, error) {
		result, err := f(call)
		if err != nil {
			return reply{}, err
		}
		return o.jsonReply(result)
	})
}

// Empty is an operation that answers with nothing.
type Empty struct{ scripted }

func newEmpty(c *core, name string, status int) *Empty { return &Empty{scripted{c, name, status}} }

// Return answers a call with a success.
func (e *Empty) Return() {
	e.core.script(e.name, func(Call) (reply, error) { return reply{status: e.status}, nil })
}

// Content is an operation that answers with text or a download.
type Content struct {
	scripted
	contentType string
}

func newContent(c *core, name string, status int, contentType string) *Content {
	return &Content{scripted{c, name, status}, contentType}
}

// Return answers a call with bytes.
func (c *Content) Return(content []byte) {
	c.core.script(c.name, func(Call) (reply, error) {
		return reply{status: c.status, contentType: c.contentType, body: content}, nil
	})
}

// Break answers a call with bytes, and then the connection fails.
func (c *Content) Break(content []byte, err error) {
	c.core.script(c.name, func(Call) (reply, error) {
		return reply{status: c.status, contentType: c.contentType, body: content, fault: err}, nil
	})
}

// List is an operation that answers with pages of Ts.
type List[T any] struct {
	scripted
	cursor, items, next string // the query parameter, and two JSON Pointers into a page
}

func newList[T any](c *core, name string, status int, cursor, items, next string) *List[T] {
	return &List[T]{scripted{c, name, status}, cursor, items, next}
}

// Items answers with one page, which is the last.
func (l *List[T]) Items(items ...T) { l.Pages(items) }

// Pages answers with the pages, each by the cursor that the one before it names.
func (l *List[T]) Pages(pages ...[]T) { l.pages(pages, nil) }

// PagesThen answers with the pages as [List.Pages] does; the last names a page
// that fails with err.
func (l *List[T]) PagesThen(err error, pages ...[]T) { l.pages(pages, err) }

func (l *List[T]) pages(pages [][]T, then error) {
	if len(pages) == 0 && then == nil {
		pages = [][]T{nil}
	}
	l.core.script(l.name, func(call Call) (reply, error) {
		at := 0
		if cursor := call.Query.Get(l.cursor); cursor != "" {
			if _, err := fmt.Sscanf(cursor, "page-%d", &at); err != nil || at < 0 || at > len(pages) {
				return reply{}, fmt.Errorf("%s: no page names the cursor %q", l.name, cursor)
			}
		}
		if at >= len(pages) {
			return reply{}, then
		}
		page := map[string]any{}
		items := pages[at]
		if items == nil {
			items = []T{}
		}
		member(page, l.items, items)
		member(page, l.next, nil)
		if at+1 < len(pages) || then != nil {
			member(page, l.next, "page-"+strconv.Itoa(at+1))
		}
		return l.jsonReply(page)
	})
}

// Stream is an operation that answers with a stream of Ts.
type Stream[T any] struct {
	scripted
	lines bool // one JSON text a line; otherwise server-sent events
	last  int  // the id of the last event that was scripted
}

func newStream[T any](c *core, name string, status int) *Stream[T] {
	return &Stream[T]{scripted: scripted{c, name, status}}
}

func newLines[T any](c *core, name string, status int) *Stream[T] {
	return &Stream[T]{scripted: scripted{c, name, status}, lines: true}
}

// Events answers with a stream of the events, with ids from 1. It ends behind
// the last, whatever that is.
func (s *Stream[T]) Events(events ...T) { s.events(events, nil) }

// Break answers with a stream of the events, and then the connection fails.
// The client asks for the rest if it can; that call gets the next answer,
// whose ids go on from the last of this one.
func (s *Stream[T]) Break(err error, events ...T) { s.events(events, err) }

func (s *Stream[T]) events(events []T, fault error) {
	first := s.last + 1
	s.last += len(events)
	s.core.script(s.name, func(call Call) (reply, error) {
		seen, _ := strconv.Atoi(call.Header.Get("Last-Event-ID"))
		if !s.lines && fault == nil && seen >= first+len(events)-1 && seen > 0 {
			return reply{status: http.StatusNoContent}, nil // there is no more
		}
		made := reply{status: s.status, contentType: "text/event-stream", fault: fault}
		if s.lines {
			made.contentType = "application/x-ndjson"
		}
		var body bytes.Buffer
		for i, event := range events {
			text, err := json.Marshal(event)
			if err != nil {
				return reply{}, err
			}
			switch {
			case s.lines:
				fmt.Fprintf(&body, "%s\n", text)
			case first+i > seen:
				fmt.Fprintf(&body, "retry: 1\nid: %d\ndata: %s\n\n", first+i, text)
			}
		}
		made.body = body.Bytes()
		return made, nil
	})
}
