package exai

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

// limited answers with the state of a rate limit, and keeps the times of requests.
func limited(t *testing.T, remaining int, reset time.Duration) (*transport, func() []time.Time) {
	t.Helper()
	var mu sync.Mutex
	var times []time.Time
	until := time.Now().Add(reset)
	tr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		times = append(times, time.Now())
		w.Header().Set("X-RateLimit-Remaining", fmt.Sprint(remaining))
		w.Header().Set("X-RateLimit-Reset", fmt.Sprint(until.Unix()))
		fmt.Fprint(w, `{"id":"a"}`)
	}, WithGovernor())
	return tr, func() []time.Time {
		mu.Lock()
		defer mu.Unlock()
		return times
	}
}

func TestGovernorSpacesTheLastRequestsOfALimit(t *testing.T) {
	tr, times := limited(t, 1, 2*time.Minute)
	var all sync.WaitGroup
	get := func() {
		if _, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil); err != nil {
			t.Error(err)
		}
	}
	get()
	for range 2 {
		all.Go(get)
	}
	all.Wait()
	seen := times()
	for i := 1; i < len(seen); i++ {
		if gap := seen[i].Sub(seen[i-1]); gap < 900*time.Millisecond || gap > 4*time.Second {
			t.Errorf("%s between two requests", gap)
		}
	}
}

func TestGovernorLeavesAloneWhileThereIsEnough(t *testing.T) {
	for name, test := range map[string]struct {
		remaining int
		reset     time.Duration
	}{
		"many are left":     {governorEnough, time.Minute},
		"the reset is past": {0, -time.Minute},
	} {
		tr, times := limited(t, test.remaining, test.reset)
		began := time.Now()
		for range 5 {
			if _, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if len(times()) != 5 || time.Since(began) > 3*time.Second {
			t.Errorf("%s: five requests took %s", name, time.Since(began))
		}
	}
}

func TestGovernorFailsNowWhereTheSlotDoesNotFit(t *testing.T) {
	tr, times := limited(t, 0, time.Minute)
	options := []RequestOption{WithTimeout(800 * time.Millisecond)}
	if _, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, options); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for range 3 { // none takes a slot that another could have used
		_, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, options)
		var timeout *TimeoutError
		if !errors.As(err, &timeout) || timeout.RetryAfter <= 0 || timeout.RetryAfter > governorSpacing {
			t.Fatalf("got %#v", err)
		}
	}
	if len(times()) != 1 || time.Since(began) > 700*time.Millisecond {
		t.Errorf("%d requests, after %s", len(times()), time.Since(began))
	}
}

func TestGovernorBlocksAllCallsUntilTheRetryAfterOfA429IsOver(t *testing.T) {
	var mu sync.Mutex
	var times []time.Time
	tr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if times = append(times, time.Now()); len(times) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		fmt.Fprint(w, `{"id":"a"}`)
	}, WithGovernor(), WithMaxRetries(0))
	r := request{op: &getThing, path: []any{"x"}}
	if _, err := call[*thing](t.Context(), tr, r, nil); err == nil {
		t.Fatal("a 429 is no success")
	}
	if _, err := call[*thing](t.Context(), tr, r, nil); err != nil {
		t.Fatal(err)
	}
	if gap := times[1].Sub(times[0]); gap < 990*time.Millisecond || gap > 5*time.Second {
		t.Errorf("another call was sent after %s", gap)
	}
}
