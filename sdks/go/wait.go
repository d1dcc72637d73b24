package exai

import (
	"context"
	"encoding/json"
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

// How often the state is read: at first, and at most.
const (
	pollFirst = 500 * time.Millisecond
	pollLimit = 5 * time.Second
)

// callAndWait makes a call and waits for its result, whatever it is: by the
// stream, if there is one, and then by reading the state until it is final.
func callAndWait[T any](ctx context.Context, t *transport, r request, w *waitShape, options []RequestOption) (T, error) {
	var result T
	c := t.settings(options)
	started, meta, err := t.read(ctx, r, c)
	if err != nil {
		return result, err
	}
	c.key, c.body = "", nil
	if w.stream != nil {
		follow(ctx, t, request{op: w.stream, path: w.arguments(w.streamPath, r, started)}, c)
	}
	poll := request{op: w.poll, path: w.arguments(w.pollPath, r, started)}
	for pause := pollFirst; ; pause = min(pause*3/2, pollLimit) {
		body, polled, err := t.read(ctx, poll, c)
		if err != nil {
			return result, err
		}
		var state string
		if err = checkJSON(body); err == nil {
			if text := lookup(body, w.state); text != nil {
				err = unmarshalInto(text, &state)
			}
		}
		if err == nil && slices.Contains(w.terminal, state) {
			err = unmarshalInto(body, &result)
			if err == nil {
				return result, nil
			}
		}
		if err != nil {
			return result, newDecodeError(w.poll.name, polled, body, err)
		}
		if asked, ok := retryAfter(polled.Header, time.Now()); ok {
			pause = max(asked, pollFirst)
		}
		if err := sleep(ctx, pause); err != nil {
			return result, (&try{op: w.poll, key: meta.IdempotencyKey}).interrupted(err)
		}
	}
}

// follow reads a stream to its end. That it breaks doesn't matter, since the
// state is read afterwards.
func follow(ctx context.Context, t *transport, r request, c callOptions) {
	c.meta, c.eventID, c.lastEventID = nil, nil, ""
	s := eventStream[json.RawMessage]{transport: t, request: r, options: c}
	_ = s.run(ctx, func(json.RawMessage, error) bool { return true })
}

// arguments gives the path parameters of an operation that follows.
func (w *waitShape) arguments(from []string, r request, started []byte) []any {
	var values []any
	for _, place := range from {
		if i, err := strconv.Atoi(place); err == nil {
			values = append(values, r.path[i])
			continue
		}
		var value any
		if checkJSON(started) == nil {
			if text := lookup(started, place); text != nil {
				_ = unmarshalInto(text, &value)
			}
		}
		values = append(values, value)
	}
	return values
}
