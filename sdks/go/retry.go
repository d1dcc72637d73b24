package exai

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
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

// do sends a request until it is answered with a success, is answered with an
// error that trying again won't mend, or its tries or time are used up. With
// streaming, the time runs only until the headers of the answer are there.
func (t *transport) do(ctx context.Context, r request, c callOptions, streaming bool) (*answer, error) {
	p, err := t.prepare(r, c)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := func() bool { return true }
	deadline, bounded := ctx.Deadline()
	if c.timeout > 0 {
		if end := time.Now().Add(c.timeout); !bounded || end.Before(deadline) {
			deadline, bounded = end, true
		}
		stop = time.AfterFunc(c.timeout, func() { cancel(errTimeUp) }).Stop
	}
	fail := func(err error) (*answer, error) {
		stop()
		cancel(nil)
		return nil, err
	}
	for tries := 1; ; tries++ {
		a, failure := t.attempt(ctx, p, c, tries, streaming)
		if failure == nil {
			t.budget.success()
			if streaming {
				stop()
			}
			a.fault = func(err error) error {
				if cause := context.Cause(ctx); cause != nil {
					err = cause
				}
				return p.interrupted(err)
			}
			release := a.cancel
			a.cancel = func() {
				stop()
				release()
				cancel(nil)
			}
			return a, nil
		}
		if cause := context.Cause(ctx); cause != nil {
			return fail(p.interrupted(cause))
		}
		if tries > c.maxRetries || !p.mayRetry(failure) || !t.budget.take() {
			return fail(failure)
		}
		wait := backoff(tries)
		var apiError *APIError
		if errors.As(failure, &apiError) {
			if asked, ok := retryAfter(apiError.Header, time.Now()); ok {
				wait = asked
			}
		}
		if bounded && time.Now().Add(wait).After(deadline) {
			return fail(&TimeoutError{operation: p.op.name, IdempotencyKey: p.key, RetryAfter: wait, Err: failure})
		}
		t.logger.LogAttrs(ctx, slog.LevelInfo, "retrying", slog.String("operation", p.op.name), slog.Int("tries", tries), slog.Duration("wait", wait))
		if err := sleep(ctx, wait); err != nil {
			return fail(p.interrupted(err))
		}
	}
}

// attempt sends the request once and gives a successful answer or an error.
func (t *transport) attempt(ctx context.Context, p *try, c callOptions, tries int, streaming bool) (*answer, error) {
	ctx, cancelCause := context.WithCancelCause(ctx)
	cancel := func() { cancelCause(nil) }
	stop := func() bool { return true }
	if c.tryTimeout > 0 {
		stop = time.AfterFunc(c.tryTimeout, func() { cancelCause(errTryTimeUp) }).Stop
	}
	// failed is the error of a try that got no whole answer.
	failed := func(err error) error {
		if cause := context.Cause(ctx); cause != nil {
			return p.interrupted(cause)
		}
		return &ConnectionError{operation: p.op.name, IdempotencyKey: p.key, Err: err}
	}
	began := time.Now()
	response, err := t.send(ctx, p)
	if err != nil {
		stop()
		err = failed(err)
		cancel()
		t.logger.LogAttrs(ctx, slog.LevelDebug, "no answer", slog.String("operation", p.op.name), slog.Duration("after", time.Since(began)))
		return nil, err
	}
	t.logger.LogAttrs(ctx, slog.LevelDebug, "answer", slog.String("operation", p.op.name), slog.Int("status", response.StatusCode), slog.Duration("after", time.Since(began)))
	meta := newResponseMeta(response, t.product.headers, p.key, tries)
	if c.meta != nil {
		*c.meta = meta
	}
	if streaming {
		stop()
	}
	release := func() {
		stop()
		cancel()
	}
	if response.StatusCode >= 200 && response.StatusCode < 300 {
		if !streaming {
			// A break while the body is read is a failed connection like any other.
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil {
				err = failed(err)
				release()
				return nil, err
			}
			response.Body = io.NopCloser(bytes.NewReader(body))
		}
		return &answer{op: p.op, body: response.Body, meta: meta, size: response.ContentLength, cancel: release}, nil
	}
	defer release()
	defer response.Body.Close()
	// What can't be read of an error's body is not worth another error.
	body, _ := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return nil, t.product.specialised(newAPIError(p.op.name, meta, body))
}

// interrupted is the error of a call that got no whole answer.
func (p *try) interrupted(cause error) error {
	if errors.Is(cause, context.DeadlineExceeded) {
		return &TimeoutError{operation: p.op.name, IdempotencyKey: p.key, Err: cause}
	}
	return &ConnectionError{operation: p.op.name, IdempotencyKey: p.key, Err: cause}
}

// mayRetry reports whether sending the request again is safe and may help.
func (p *try) mayRetry(failure error) bool {
	if !p.op.idempotent() || !p.payload.replayable {
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
