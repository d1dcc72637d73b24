package exai

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"slices"
	"time"
)

// eventShape says what is known of the items of a stream.
type eventShape struct {
	tag      string   // the member that tells the types of items apart; "" if none does
	terminal []string // its values after which the stream ends; none if any item may be the last
}

func (s *eventShape) ends(event serverEvent) bool {
	if len(s.terminal) == 0 {
		return false
	}
	if slices.Contains(s.terminal, event.name) {
		return true
	}
	name, err := stringMember(event.data, s.tag)
	return err == nil && slices.ContainsFunc(s.terminal, func(last string) bool { return last == string(name) })
}

// reconnectWait is how long to wait before a broken stream is resumed, unless
// the server says.
const reconnectWait = time.Second

// callEvents makes a call whose answer is a text/event-stream of JSON items.
// The call is made when the iteration begins, and ends with it. A stream that
// breaks off is resumed after the last event, where the server gives its
// events ids and the request may be sent again, under its key if it has one;
// otherwise the break is an error.
func callEvents[T any](ctx context.Context, t *transport, r request, options []RequestOption) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		s := eventStream[T]{transport: t, request: r, options: t.settings(options)}
		if err := s.run(ctx, yield); err != nil {
			yield(*new(T), err)
		}
	}
}

type eventStream[T any] struct {
	transport *transport
	request   request
	options   *callOptions
	wait      time.Duration
}

// run hands over events until the stream ends, the caller stops (both nil) or it fails.
func (s *eventStream[T]) run(ctx context.Context, yield func(T, error) bool) error {
	s.wait = reconnectWait
	for failures := 0; ; {
		before := s.options.lastEventID
		done, err := s.connect(ctx, yield)
		if done {
			return err
		}
		if s.options.lastEventID != before {
			failures = 0
		}
		failures++
		resumable := s.options.lastEventID != "" && s.request.op.idempotent()
		if !resumable || failures > s.options.maxRetries || ctx.Err() != nil {
			return err
		}
		if err := sleep(ctx, s.wait); err != nil {
			return interrupted(s.request.op, "", err)
		}
	}
}

// connect makes the call once. It is done unless the connection broke off.
func (s *eventStream[T]) connect(ctx context.Context, yield func(T, error) bool) (done bool, err error) {
	a, err := s.transport.open(ctx, s.request, s.options)
	if err != nil {
		return true, err
	}
	defer a.close()
	if a.meta.StatusCode == http.StatusNoContent {
		return true, nil
	}
	s.options.key = a.meta.IdempotencyKey
	if err := wantType(a.meta.Header, "text/event-stream"); err != nil {
		return true, newDecodeError(a.exchange.op.name, a.meta, nil, err)
	}
	shape := s.request.op.events
	reader := newEventReader(a, s.options.lastEventID)
	for {
		event, err := reader.next()
		s.options.lastEventID = reader.lastID
		if reader.retry > 0 {
			s.wait = reader.retry
		}
		switch {
		case err == io.EOF && len(shape.terminal) == 0:
			return true, nil
		case err == io.EOF:
			return false, &ConnectionError{operation: a.exchange.op.name, IdempotencyKey: a.meta.IdempotencyKey, Err: io.ErrUnexpectedEOF}
		case errors.Is(err, errEventTooLarge):
			return true, newDecodeError(a.exchange.op.name, a.meta, nil, err)
		case err != nil:
			return false, err
		}
		if len(bytes.TrimSpace(event.data)) == 0 {
			continue // some servers keep a connection alive with events of no data
		}
		var item T
		if err := unmarshal(event.data, &item); err != nil {
			return true, newDecodeError(a.exchange.op.name, a.meta, event.data, err)
		}
		if s.options.eventID != nil {
			*s.options.eventID = event.id
		}
		if !yield(item, nil) || shape.ends(event) {
			return true, nil
		}
	}
}

// wantType refuses an answer of another media type; one without a type may be any.
func wantType(header http.Header, want string) error {
	given := header.Get("Content-Type")
	if media, _, _ := mime.ParseMediaType(given); given != "" && media != want {
		return fmt.Errorf("want the type %s, got %q", want, given)
	}
	return nil
}

// callLines makes a call whose answer is application/x-ndjson: a JSON item a
// line. The call is made when the iteration begins, and ends with it.
func callLines[T any](ctx context.Context, t *transport, r request, options []RequestOption) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if err := readLines(ctx, t, r, t.settings(options), yield); err != nil {
			yield(*new(T), err)
		}
	}
}

func readLines[T any](ctx context.Context, t *transport, r request, c *callOptions, yield func(T, error) bool) error {
	a, err := t.open(ctx, r, c)
	if err != nil {
		return err
	}
	defer a.close()
	source := bufio.NewReader(a)
	for {
		line, err := readLine(source)
		switch {
		case errors.Is(err, errEventTooLarge):
			return newDecodeError(a.exchange.op.name, a.meta, nil, err)
		case err != nil && err != io.EOF:
			return err
		}
		if text := bytes.TrimSpace(line); len(text) > 0 {
			var item T
			if err := unmarshal(text, &item); err != nil {
				return newDecodeError(a.exchange.op.name, a.meta, text, err)
			}
			if !yield(item, nil) {
				return nil
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// readLine reads a line with its end; the last may have none.
func readLine(source *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		piece, err := source.ReadSlice('\n')
		line = append(line, piece...)
		switch {
		case len(line) > maxEventSize:
			return nil, errEventTooLarge
		case err != bufio.ErrBufferFull:
			return line, err
		}
	}
}
