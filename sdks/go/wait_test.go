package exai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestWaitFollowsTheStreamAndThenReadsTheState(t *testing.T) {
	var paths []string
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.Method+" "+r.URL.Path)
		switch len(paths) {
		case 1:
			w.WriteHeader(202)
			fmt.Fprint(w, `{"id":"run_1","state":"queued"}`)
		case 2:
			fmt.Fprint(w, "data: {\"type\":\"tick\"}\n\ndata: {\"type\":\"done\"}\n\n")
		case 3:
			fmt.Fprint(w, `{"id":"run_1","state":"running"}`)
		default:
			fmt.Fprint(w, `{"id":"run_1","state":"failed"}`)
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
	got, err := callAndWait[*run](t.Context(), tr, request{op: &start, path: []any{"x"}}, shape, nil)
	want := "[POST /v1/a/x/runs GET /v1/runs/run_1/events GET /v1/a/x/runs/run_1 GET /v1/a/x/runs/run_1]"
	if err != nil || got.State != "failed" || fmt.Sprint(paths) != want {
		t.Errorf("got %+v, %v, by %v", got, err, paths)
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
