package exai

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// job is what the waits of these tests are for.
type job struct {
	State string `json:"state"`
}

var (
	jobStart  = operation{id: "startJob", name: "Jobs.Start", method: "POST", path: "/a/{a}/jobs", keyed: true}
	jobGet    = operation{id: "getJob", name: "Jobs.Get", method: "GET", path: "/a/{a}/jobs/{id}"}
	jobEvents = operation{id: "jobEvents", name: "Jobs.Events", method: "GET", path: "/jobs/{id}/events", events: &eventShape{tag: "type", terminal: []string{"end"}}}
	jobWait   = waitShape{poll: &jobGet, pollPath: []string{"0", "/id"}, stream: &jobEvents, streamPath: []string{"/id"}, state: "/state", terminal: []string{"done", "failed"}}
)

func startJob(ctx context.Context, tr *transport, options ...RequestOption) (*job, error) {
	return callAndWait[*job](ctx, tr, request{op: &jobStart, path: []any{"x"}}, &jobWait, options)
}

// scripted answers the requests of one wait by their kind, and lists them.
func scripted(t *testing.T, seen *[]string, events func(w http.ResponseWriter, n int), states ...string) *transport {
	t.Helper()
	streams := 0
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "POST /v1/a/x/jobs":
			*seen = append(*seen, "start")
			w.WriteHeader(http.StatusAccepted)
			fmt.Fprint(w, `{"id":"job_1","state":"queued"}`)
		case "GET /v1/jobs/job_1/events":
			*seen = append(*seen, "stream "+r.Header.Get("Last-Event-ID"))
			streams++
			events(w, streams)
		case "GET /v1/a/x/jobs/job_1":
			*seen = append(*seen, "poll")
			state := states[0]
			if len(states) > 1 {
				states = states[1:]
			}
			w.Header().Set("x-receipt", "rcp_polled")
			fmt.Fprintf(w, `{"id":"job_1","state":%q}`, state)
		default:
			t.Errorf("got %s %s", r.Method, r.URL)
		}
	})
}

func wantSeen(t *testing.T, seen []string, want ...string) {
	t.Helper()
	if !slices.Equal(seen, want) {
		t.Errorf("the server saw %q, want %q", seen, want)
	}
}

func TestWaitFollowsTheStreamAndReadsTheResultBehindItsEnd(t *testing.T) {
	var seen []string
	tr := scripted(t, &seen, func(w http.ResponseWriter, n int) {
		if n == 1 {
			fmt.Fprint(w, "retry: 1\nid: 7\ndata: {\"type\":\"tick\"}\n\n") // and it breaks off
			return
		}
		fmt.Fprint(w, "id: 8\ndata: {\"type\":\"end\"}\n\n")
	}, "done")
	var tokens []string
	var meta ResponseMeta
	got, err := startJob(t.Context(), tr, WithResponseInto(&meta), WithIdempotencyKey("k"), WithWaitToken(func(token string) { tokens = append(tokens, token) }))
	if err != nil || got.State != "done" {
		t.Fatalf("got %+v, %v", got, err)
	}
	wantSeen(t, seen, "start", "stream ", "stream 7", "poll")
	if meta.Receipt != "rcp_polled" || meta.IdempotencyKey != "k" {
		t.Errorf("got %+v", meta)
	}
	var texts []string
	for _, token := range tokens {
		text, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if !slices.Equal(texts, []string{
		`{"v":1,"op":"startJob","poll":["x","job_1"],"stream":["job_1"],"key":"k"}`,
		`{"v":1,"op":"startJob","poll":["x","job_1"],"stream":["job_1"],"last_event_id":"7","key":"k"}`,
		`{"v":1,"op":"startJob","poll":["x","job_1"],"stream":["job_1"],"last_event_id":"8","key":"k"}`,
	}) {
		t.Errorf("got %q", texts)
	}
}

func TestWaitPollsWhereTheStreamCanNotBeHad(t *testing.T) {
	var seen []string
	tr := scripted(t, &seen, func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusNotFound) }, "running", "failed")
	got, err := startJob(t.Context(), tr)
	if err != nil || got.State != "failed" {
		t.Fatalf("got %+v, %v", got, err)
	}
	wantSeen(t, seen, "start", "stream ", "poll", "poll")
}

func TestWaitGoesOnFromAToken(t *testing.T) {
	var seen []string
	hang := make(chan struct{})
	defer close(hang)
	tr := scripted(t, &seen, func(w http.ResponseWriter, n int) {
		if n == 1 {
			fmt.Fprint(w, "id: 7\ndata: {\"type\":\"tick\"}\n\n")
			w.(http.Flusher).Flush()
			<-hang
		}
		fmt.Fprint(w, "id: 8\ndata: {\"type\":\"end\"}\n\n")
	}, "done")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	moved := 0
	_, err := startJob(ctx, tr, WithIdempotencyKey("k"), WithWaitToken(func(string) {
		if moved++; moved == 2 {
			cancel()
		}
	}))
	var connection *ConnectionError
	if !errors.As(err, &connection) || !errors.Is(err, context.Canceled) || connection.WaitToken == "" || connection.IdempotencyKey != "k" {
		t.Fatalf("got %#v", err)
	}
	got, err := callAndWaitFrom[*job](t.Context(), tr, &jobStart, &jobWait, connection.WaitToken, nil)
	if err != nil || got.State != "done" {
		t.Fatalf("got %+v, %v", got, err)
	}
	wantSeen(t, seen, "start", "stream ", "stream 7", "poll")
}

func TestTokenOfAnotherKindIsRefusedBeforeAnythingIsSent(t *testing.T) {
	tr := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("got %s %s", r.Method, r.URL) })
	coded := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for name, token := range map[string]string{
		"nothing":           "",
		"no base64url":      "a+b/",
		"no JSON":           coded("x"),
		"another version":   coded(`{"v":2,"op":"startJob","poll":["x","1"]}`),
		"another operation": coded(`{"v":1,"op":"stopJob","poll":["x","1"]}`),
		"too few places":    coded(`{"v":1,"op":"startJob","poll":["x"]}`),
		"other types":       coded(`{"v":1,"op":"startJob","poll":"x"}`),
	} {
		_, err := callAndWaitFrom[*job](t.Context(), tr, &jobStart, &jobWait, token, nil)
		if !errors.Is(err, ErrWaitToken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	up := coded(`{"v":1,"op":"startJob","poll":["x",".."]}`)
	if _, err := callAndWaitFrom[*job](t.Context(), tr, &jobStart, &jobWait, up, nil); err == nil {
		t.Error("a dot segment was sent")
	}
}

func TestWaitEndsWithTheContext(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"id":"1","state":"running"}`) })
	shape := jobWait
	shape.stream = nil
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := callAndWait[*job](ctx, tr, request{op: &jobStart, path: []any{"x"}}, &shape, []RequestOption{WithIdempotencyKey("k")})
	var timeout *TimeoutError
	if !errors.As(err, &timeout) || timeout.IdempotencyKey != "k" || timeout.WaitToken == "" {
		t.Errorf("got %#v", err)
	}
}

func TestWaitWhoseNextPollDoesNotFitFailsNow(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "30")
		fmt.Fprint(w, `{"id":"1","state":"running"}`)
	})
	shape := jobWait
	shape.stream = nil
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	began := time.Now()
	_, err := callAndWait[*job](ctx, tr, request{op: &jobStart, path: []any{"x"}}, &shape, nil)
	var timeout *TimeoutError
	if !errors.As(err, &timeout) || timeout.RetryAfter != 30*time.Second || time.Since(began) > 4*time.Second {
		t.Errorf("got %#v after %s", err, time.Since(began))
	}
}

func TestEveryErrorOfAWaitCarriesItsToken(t *testing.T) {
	for name, test := range map[string]struct {
		polled  string
		status  int
		carries func(err error) string
	}{
		"an answer of the API": {`{"name":"not_found"}`, 404, func(err error) string {
			var e *notThere
			errors.As(err, &e)
			return e.WaitToken
		}},
		"another form": {`{"state":5}`, 200, func(err error) string {
			var e *DecodeError
			errors.As(err, &e)
			return e.WaitToken
		}},
	} {
		tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "GET" {
				w.WriteHeader(test.status)
				fmt.Fprint(w, test.polled)
				return
			}
			fmt.Fprint(w, `{"id":"1"}`)
		}, WithMaxRetries(0))
		_, err := startJob(t.Context(), tr)
		if err == nil || test.carries(err) == "" {
			t.Errorf("%s: got %#v", name, err)
		}
		if err != nil && strings.Contains(test.carries(err), testToken) {
			t.Error("the token of the wait carries a credential")
		}
	}
}
