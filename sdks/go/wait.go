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

// How often the state is read: at first, at most, and after an event.
const (
	pollFirst = 500 * time.Millisecond
	pollLimit = 5 * time.Second
	pollEvent = 100 * time.Millisecond
)

// callAndWait makes a call and waits for its result, whatever it is. The state
// is read until it is final: now and then, and soon after each event and the
// end of the stream, if there is one, which is asked first.
func callAndWait[T any](ctx context.Context, t *transport, r request, w *waitShape, options []RequestOption) (T, error) {
	var result T
	c := t.settings(options)
	started, meta, err := t.read(ctx, r, c)
	if err != nil {
		return result, err
	}
	c.key, c.body = "", nil
	following, stop := context.WithCancel(ctx)
	defer stop()
	var events <-chan struct{}
	if w.stream != nil {
		events = follow(following, t, request{op: w.stream, path: w.arguments(w.streamPath, r, started)}, c)
	}
	poll := request{op: w.poll, path: w.arguments(w.pollPath, r, started)}
	if events != nil {
		if err := sleepOrEvent(ctx, pollFirst, events); err != nil {
			return result, (&try{op: w.poll, key: meta.IdempotencyKey}).interrupted(err)
		}
	}
	for pause := pollFirst; ; pause = min(pause*3/2, pollLimit) {
		body, polled, err := t.read(ctx, poll, c)
		if err != nil {
			return result, err
		}
		final, err := w.isFinal(body)
		if final && err == nil {
			err = unmarshalInto(body, &result)
		}
		if err != nil {
			return result, newDecodeError(w.poll.name, polled, body, err)
		}
		if final {
			return result, nil
		}
		if asked, ok := retryAfter(polled.Header, time.Now()); ok {
			pause = max(asked, pollFirst)
		}
		if err := sleepOrEvent(ctx, pause, events); err != nil {
			return result, (&try{op: w.poll, key: meta.IdempotencyKey}).interrupted(err)
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

// sleepOrEvent waits for a while, or until shortly after an event.
func sleepOrEvent(ctx context.Context, d time.Duration, events <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-events:
		return sleep(ctx, pollEvent)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// follow tells of the events of a stream, those that come together at once, and
// of its end. Why it ends doesn't matter, since the state is read.
func follow(ctx context.Context, t *transport, r request, c callOptions) <-chan struct{} {
	events := make(chan struct{}, 1)
	c.meta, c.eventID, c.lastEventID = nil, nil, ""
	s := eventStream[json.RawMessage]{transport: t, request: r, options: c}
	tell := func() {
		select {
		case events <- struct{}{}:
		default:
		}
	}
	go func() {
		defer tell()
		_ = s.run(ctx, func(json.RawMessage, error) bool {
			tell()
			return true
		})
	}()
	return events
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
