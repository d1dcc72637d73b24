package exai

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// waitShape says how to wait for the result of an operation that answers
// before it is done.
//
// The arguments of the operations that follow are JSON Pointers into the first
// answer, or the index of one of the call's own path parameters.
type waitShape struct {
	poll       *operation // reads the state
	pollPath   []string
	stream     *operation // its stream ends with the result; nil if there is none
	streamPath []string
	state      string   // JSON Pointer to the state, in what is polled
	terminal   []string // the states after which nothing changes
}

// How often the state is read where no stream tells of its end: at first, and at most.
const (
	pollFirst = 500 * time.Millisecond
	pollLimit = 5 * time.Second
)

// waiter waits for the result of a call.
type waiter struct {
	transport *transport
	shape     *waitShape
	options   *callOptions
	place     waitPlace
}

// callAndWait makes a call and waits for its result, whatever it is.
func callAndWait[T any](ctx context.Context, t *transport, r request, shape *waitShape, options []RequestOption) (T, error) {
	w := waiter{transport: t, shape: shape, options: t.settings(options)}
	started, meta, err := t.read(ctx, r, w.options)
	if err != nil {
		return *new(T), err
	}
	w.place = waitPlace{Version: tokenVersion, Operation: r.op.id, Key: meta.IdempotencyKey}
	if w.place.Poll, err = arguments(shape.pollPath, r, started); err != nil {
		return *new(T), newDecodeError(r.op.name, meta, started, err)
	}
	if shape.stream != nil {
		// Without them there is no stream to be had.
		w.place.Stream, _ = arguments(shape.streamPath, r, started)
	}
	return wait[T](ctx, &w)
}

// callAndWaitFrom goes on with a wait that a token tells of.
func callAndWaitFrom[T any](ctx context.Context, t *transport, op *operation, shape *waitShape, token string, options []RequestOption) (T, error) {
	w := waiter{transport: t, shape: shape, options: t.settings(options)}
	var err error
	if w.place, err = readWaitToken(token, op, shape); err != nil {
		return *new(T), err
	}
	return wait[T](ctx, &w)
}

// wait gives the result once it is there. Its errors carry the token and the
// key of the call that is waited for.
func wait[T any](ctx context.Context, w *waiter) (T, error) {
	w.options.key, w.options.body = "", nil
	w.tell()
	var result T
	err := w.follow(ctx)
	if err == nil {
		var body []byte
		var meta ResponseMeta
		if body, meta, err = w.poll(ctx); err == nil {
			if err = unmarshalInto(body, &result); err != nil {
				err = newDecodeError(w.shape.poll.name, meta, body, err)
			}
		}
	}
	if w.options.meta != nil && w.options.meta.IdempotencyKey == "" {
		w.options.meta.IdempotencyKey = w.place.Key
	}
	if err != nil {
		return *new(T), w.place.mark(err)
	}
	return result, nil
}

// tell gives the token to whoever keeps it.
func (w *waiter) tell() {
	if w.options.onWaiting != nil {
		w.options.onWaiting(w.place.token())
	}
}

// follow reads the stream to its end, if there is one. A stream that can't be
// had, or fails, is no failure of the wait as long as its context goes on: the
// state is read then.
func (w *waiter) follow(ctx context.Context) error {
	if w.place.Stream == nil {
		return nil
	}
	var id string
	c := *w.options
	c.lastEventID, c.eventID = w.place.LastEventID, &id
	s := eventStream[json.RawMessage]{transport: w.transport, request: request{op: w.shape.stream, path: values(w.place.Stream)}, options: &c}
	err := s.run(ctx, func(json.RawMessage, error) bool {
		if id != w.place.LastEventID {
			w.place.LastEventID = id
			w.tell()
		}
		return true
	})
	if ctx.Err() != nil {
		return err
	}
	return nil
}

// poll reads the state until it is final.
func (w *waiter) poll(ctx context.Context) ([]byte, ResponseMeta, error) {
	r := request{op: w.shape.poll, path: values(w.place.Poll)}
	for pause := pollFirst; ; pause = min(pause*3/2, pollLimit) {
		body, meta, err := w.transport.read(ctx, r, w.options)
		if err != nil {
			return nil, meta, err
		}
		final, err := w.shape.isFinal(body)
		if err != nil {
			return nil, meta, newDecodeError(r.op.name, meta, body, err)
		}
		if final {
			return body, meta, nil
		}
		if asked, ok := retryAfter(meta.Header, time.Now()); ok {
			pause = max(asked, pollFirst)
			if end, bounded := ctx.Deadline(); bounded && time.Now().Add(pause).After(end) {
				return nil, meta, &TimeoutError{operation: r.op.name, RetryAfter: pause, Err: errTimeUp}
			}
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, meta, interrupted(r.op, "", err)
		}
	}
}

// isFinal reports whether nothing will change any more.
func (w *waitShape) isFinal(body []byte) (bool, error) {
	if err := checkJSON(body); err != nil {
		return false, err
	}
	var state string
	if text := lookup(body, w.state); text != nil {
		if err := unmarshalInto(text, &state); err != nil {
			return false, err
		}
	}
	return slices.Contains(w.terminal, state), nil
}

// arguments gives the path parameters of an operation that follows, as texts.
func arguments(from []string, r request, started []byte) ([]string, error) {
	if err := checkJSON(started); err != nil {
		return nil, err
	}
	texts := make([]string, 0, len(from))
	for _, place := range from {
		var value any
		if i, err := strconv.Atoi(place); err == nil {
			value = r.path[i]
		} else if text := lookup(started, place); text == nil {
			return nil, &misfit{text: "the member " + place + " is missing"}
		} else if err := unmarshalInto(text, &value); err != nil {
			return nil, below(err, place[1:])
		}
		text, err := parameterText(reflect.ValueOf(value))
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// values makes path parameters of texts.
func values(texts []string) []any {
	all := make([]any, len(texts))
	for i, text := range texts {
		all[i] = text
	}
	return all
}
