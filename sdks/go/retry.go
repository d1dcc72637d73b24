package exai

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

var errTimeUp = fmt.Errorf("the time for the call is up: %w", context.DeadlineExceeded)

var errTryTimeUp = fmt.Errorf("the time for a try is up: %w", context.DeadlineExceeded)

// mayRetry reports whether sending the request again is safe and may help.
func (x *exchange) mayRetry(failure error) bool {
	if !x.op.idempotent() || !x.payload.replayable {
		return false
	}
	var auth *authError
	if errors.As(failure, &auth) {
		return false
	}
	var e *APIError
	if !errors.As(failure, &e) {
		return true
	}
	switch e.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// retryAfter reads the Retry-After header: seconds or a date (RFC 9110, section 10.2.3).
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := header.Get("Retry-After")
	if value != "" && strings.Trim(value, "0123456789") == "" {
		seconds, err := strconv.ParseInt(value, 10, 32)
		if err != nil {
			seconds = math.MaxInt32 // more than fits is still a wait that fits nowhere
		}
		return time.Duration(seconds) * time.Second, true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now)), true
	}
	return 0, false
}

const (
	backoffFirst = 500 * time.Millisecond
	backoffLimit = 8 * time.Second
)

// backoff gives the wait after so many tries: exponential, with full jitter.
func backoff(tries int) time.Duration {
	ceiling := backoffLimit
	if tries < 5 {
		ceiling = backoffFirst << (tries - 1)
	}
	return rand.N(ceiling)
}

// sleep waits, or gives the cause for which the context ended.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// retryBudget is a token bucket that keeps a client from amplifying the
// failures of a server that is in trouble: a retry takes several tokens, a
// success gives one back.
type retryBudget struct {
	mu    sync.Mutex
	spent int
}

const (
	budgetSize = 100
	retryCost  = 5
)

func (b *retryBudget) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spent+retryCost > budgetSize {
		return false
	}
	b.spent += retryCost
	return true
}

func (b *retryBudget) success() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent = max(0, b.spent-1)
}
