package exai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

func TestWaitReadsTheStateSoonAfterAnEvent(t *testing.T) {
	var polls, starts atomic.Int32
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "POST /v1/a/x/runs":
			starts.Add(1)
			w.WriteHeader(202)
			fmt.Fprint(w, `{"id":"run_1","state":"queued"}`)
		case "GET /v1/runs/run_1/events":
			// A stream that goes on: the wait must not depend on its end.
			for tick := range int32(2) {
				for polls.Load() < tick {
					time.Sleep(time.Millisecond)
				}
				fmt.Fprint(w, "data: {\"type\":\"tick\"}\n\n")
				w.(http.Flusher).Flush()
			}
			<-r.Context().Done()
		case "GET /v1/a/x/runs/run_1":
			state := "running"
			if polls.Add(1) > 1 {
				state = "failed"
			}
			fmt.Fprintf(w, `{"id":"run_1","state":%q}`, state)
		default:
			t.Errorf("got %s %s", r.Method, r.URL)
		}
	})
	poll := operation{name: "Runs.Get", method: "GET", path: "/a/{a}/runs/{id}"}
	stream := tickEvents
	stream.path = "/runs/{id}/events"
	start := operation{name: "Runs.Start", method: "POST", path: "/a/{a}/runs", keyed: true}
	shape := &waitShape{poll: &poll, pollPath: []string{"0", "/id"}, stream: &stream, streamPath: []string{"/id"}, state: "/state", terminal: []string{"failed"}}
	type run struct {
		State string `json:"state"`
	}
	began := time.Now()
	got, err := callAndWait[*run](t.Context(), tr, request{op: &start, path: []any{"x"}}, shape, nil)
	if err != nil || got.State != "failed" || starts.Load() != 1 || polls.Load() != 2 {
		t.Errorf("got %+v, %v, after %d polls", got, err, polls.Load())
	}
	if waited := time.Since(began); waited >= pollFirst {
		t.Errorf("waited %s in spite of an event", waited)
	}
}

func TestWaitEndsWithTheContext(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"id":"1","state":"running"}`) })
	poll := operation{name: "Runs.Get", method: "GET", path: "/runs/{id}"}
	start := operation{name: "Runs.Start", method: "POST", path: "/runs", keyed: true}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := callAndWait[*thing](ctx, tr, request{op: &start}, &waitShape{poll: &poll, pollPath: []string{"/id"}, state: "/state"}, []RequestOption{WithIdempotencyKey("k")})
	var timeout *TimeoutError
	if !errors.As(err, &timeout) || timeout.IdempotencyKey != "k" {
		t.Errorf("got %v", err)
	}
}
