package exai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestRetryKeepsTheKeyAndObeysRetryAfter(t *testing.T) {
	var keys []string
	var began, again time.Time
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		if body, _ := io.ReadAll(r.Body); string(body) != `{"id":"a"}` {
			t.Errorf("try %d sent %s", len(keys), body)
		}
		if len(keys) == 1 {
			began = time.Now()
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(503)
			return
		}
		again = time.Now()
		fmt.Fprint(w, `{"id":"b"}`)
	})
	var meta ResponseMeta
	_, err := call[*thing](t.Context(), tr, request{op: &postThing, params: thing{ID: "a"}}, []RequestOption{WithResponseInto(&meta)})
	if err != nil || len(keys) != 2 || keys[0] == "" || keys[0] != keys[1] || meta.IdempotencyKey != keys[0] || meta.Tries != 2 {
		t.Fatalf("got %v, keys %q, %+v", err, keys, meta)
	}
	if wait := again.Sub(began); wait < time.Second || wait > 1500*time.Millisecond {
		t.Errorf("waited %s", wait)
	}
}

func TestRetryOnlyWhatIsSafeAndMayHelp(t *testing.T) {
	plainPost := postThing
	plainPost.keyed = false
	upload := operation{name: "Things.Upload", method: "PUT", path: "/up", body: bodyRaw, contentType: "text/plain"}
	for _, test := range []struct {
		name   string
		r      request
		status int
		want   int32
	}{
		{"a read that found the server busy", request{op: &getThing, path: []any{"x"}}, 500, 3},
		{"a conflict", request{op: &postThing, params: thing{}}, 409, 1},
		{"a write without a key", request{op: &plainPost, params: thing{}}, 503, 1},
		{"a body that can be read again", request{op: &upload, body: strings.NewReader("hi")}, 502, 3},
		{"a body that can be read once", request{op: &upload, body: io.MultiReader(strings.NewReader("hi"))}, 502, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var calls atomic.Int32
			tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(test.status)
			})
			_, err := call[*thing](t.Context(), tr, test.r, nil)
			var e *APIError
			if !errors.As(err, &e) || e.StatusCode != test.status || calls.Load() != test.want {
				t.Errorf("%d calls, %v", calls.Load(), err)
			}
		})
	}
}

func TestWaitThatDoesNotFitFailsNow(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(429)
	})
	began := time.Now()
	_, err := call[*thing](t.Context(), tr, request{op: &postThing, params: thing{}}, []RequestOption{WithTimeout(5 * time.Second), WithIdempotencyKey("mine")})
	var timeout *TimeoutError
	var e *APIError
	if !errors.As(err, &timeout) || timeout.RetryAfter != 30*time.Second || timeout.IdempotencyKey != "mine" || !errors.As(err, &e) || e.StatusCode != 429 {
		t.Errorf("got %v", err)
	}
	if time.Since(began) > time.Second {
		t.Error("it waited")
	}
}

func TestTimeoutBoundsTheWholeCallAndCancellationStopsIt(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	var calls atomic.Int32
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			w.Write([]byte(`{"id":`)) // headers come at once, the body never ends
			w.(http.Flusher).Flush()
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	r := request{op: &getThing, path: []any{"x"}}
	for range 2 {
		_, err := call[*thing](t.Context(), tr, r, []RequestOption{WithTimeout(100 * time.Millisecond)})
		var timeout *TimeoutError
		if !errors.As(err, &timeout) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %T %v", err, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := call[*thing](ctx, tr, r, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	calls.Store(1)
	if _, err := call[*thing](t.Context(), tr, r, []RequestOption{WithTryTimeout(20 * time.Millisecond), WithMaxRetries(1)}); err == nil || calls.Load() != 3 {
		t.Errorf("%d calls, %v", calls.Load(), err)
	}
}

func TestRetryBudgetStopsABrownOut(t *testing.T) {
	var calls atomic.Int32
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(503)
	})
	for range 200 {
		call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil)
	}
	if got, want := calls.Load(), int32(200+budgetSize/retryCost); got != want {
		t.Errorf("200 calls made %d requests, want %d", got, want)
	}
}

// net/http sends a request again by itself when a connection breaks that was
// used before. That would be a try that nobody counts.
func TestATryIsOneRequestOnAUsedConnectionToo(t *testing.T) {
	var requests atomic.Int32
	tr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) == 1 {
			fmt.Fprint(w, `{"id":"a"}`)
			return
		}
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		connection.(*net.TCPConn).SetLinger(0) // a reset in place of an end
		connection.Close()
	}, WithMaxRetries(0))
	r := request{op: &getThing, path: []any{"x"}}
	if _, err := call[*thing](t.Context(), tr, r, nil); err != nil {
		t.Fatal(err)
	}
	_, err := call[*thing](t.Context(), tr, r, nil)
	var connection *ConnectionError
	if !errors.As(err, &connection) || requests.Load() != 2 {
		t.Errorf("got %v after %d requests", err, requests.Load())
	}
}

func TestARedirectOnAUsedConnectionIsFollowed(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/things/x" {
			http.Redirect(w, r, "/v1/things/y", http.StatusTemporaryRedirect)
			return
		}
		fmt.Fprint(w, `{"id":"y"}`)
	})
	for range 3 {
		got, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil)
		if err != nil || got.ID != "y" {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
}
