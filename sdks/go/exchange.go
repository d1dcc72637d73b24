package exai

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"
)

// exchange is one call: a request that is sent until it is answered with a
// success, with an error that trying again won't mend, or its tries or its
// time are used up.
type exchange struct {
	transport *transport
	op        *operation
	options   *callOptions
	url       string
	header    http.Header
	values    [4]string // of the headers that most requests have, in one piece of memory
	payload   payload
	key       string // its idempotency key, if it has one
	tries     int

	ctx      context.Context // ends with the call's time, and holds the exchange
	cancel   context.CancelCauseFunc
	deadline time.Time   // zero if the time is not bounded
	timer    *time.Timer // ends the time; nil if the call sets no bound of its own
	sending  *sending    // the try that is made
}

// answer is a successful answer.
type answer struct {
	exchange *exchange
	text     []byte        // the whole body; nil with streaming
	body     io.ReadCloser // with streaming
	size     int64         // of the body, or -1
	meta     ResponseMeta
	release  context.CancelFunc // of the try; nil if it holds nothing
}

// read makes a call and reads the whole answer. A break while the body is
// read is a failed connection like any other.
func (t *transport) read(ctx context.Context, r request, c *callOptions) ([]byte, ResponseMeta, error) {
	x, err := t.begin(ctx, r, c)
	if err != nil {
		return nil, ResponseMeta{}, err
	}
	defer x.end()
	a, err := x.run(false)
	if err == nil && x.options.text != nil {
		*x.options.text = a.text
	}
	return a.text, a.meta, err
}

// open makes a call whose answer is read by the caller, who closes it. The
// call's time ends with the answer's headers.
func (t *transport) open(ctx context.Context, r request, c *callOptions) (*answer, error) {
	x, err := t.begin(ctx, r, c)
	if err != nil {
		return nil, err
	}
	a, err := x.run(true)
	if err != nil {
		x.end()
		return nil, err
	}
	x.stopTimer()
	return &a, nil
}

// close ends the answer; its body need not have been read.
func (a *answer) close() {
	if a.release != nil {
		a.release()
	}
	a.exchange.end()
	a.body.Close()
}

// Read reads the body.
func (a *answer) Read(p []byte) (int, error) {
	n, err := a.body.Read(p)
	if err != nil && err != io.EOF {
		if cause := context.Cause(a.exchange.ctx); cause != nil {
			err = cause
		}
		err = a.exchange.interrupted(err)
	}
	return n, err
}

// bound begins the call's time.
func (x *exchange) bound(ctx context.Context) {
	x.ctx, x.cancel = context.WithCancelCause(withExchange(ctx, x))
	x.deadline, _ = ctx.Deadline()
	if x.options.timeout <= 0 {
		return
	}
	if end := time.Now().Add(x.options.timeout); x.deadline.IsZero() || end.Before(x.deadline) {
		x.deadline = end
	}
	x.timer = time.AfterFunc(x.options.timeout, func() { x.cancel(errTimeUp) })
}

func (x *exchange) stopTimer() {
	if x.timer != nil {
		x.timer.Stop()
	}
}

// end releases what the call holds.
func (x *exchange) end() {
	x.stopTimer()
	x.cancel(nil)
}

// fits reports whether a wait leaves time for a try.
func (x *exchange) fits(wait time.Duration) bool {
	return x.deadline.IsZero() || !time.Now().Add(wait).After(x.deadline)
}

// run sends the request until the call is over.
func (x *exchange) run(streaming bool) (answer, error) {
	t := x.transport
	for {
		if t.governor != nil {
			if err := t.governor.wait(x); err != nil {
				return answer{}, err
			}
		}
		x.tries++
		a, failure := x.attempt(streaming)
		if failure == nil {
			t.budget.success()
			return a, nil
		}
		if cause := context.Cause(x.ctx); cause != nil {
			return answer{}, x.interrupted(cause)
		}
		if x.tries > x.options.maxRetries || !x.mayRetry(failure) || !t.budget.take() {
			return answer{}, failure
		}
		wait := backoff(x.tries)
		var apiError *APIError
		if errors.As(failure, &apiError) {
			if asked, ok := retryAfter(apiError.Header, time.Now()); ok {
				wait = asked
			}
		}
		if !x.fits(wait) {
			return answer{}, x.noTimeFor(wait, failure)
		}
		x.logRetry(wait)
		if err := sleep(x.ctx, wait); err != nil {
			return answer{}, x.interrupted(err)
		}
	}
}

// attempt sends the request once and gives a successful answer or an error.
func (x *exchange) attempt(streaming bool) (a answer, err error) {
	ctx := x.ctx
	var timer *time.Timer
	if x.options.tryTimeout > 0 {
		var cancel context.CancelCauseFunc
		ctx, cancel = context.WithCancelCause(ctx)
		timer = time.AfterFunc(x.options.tryTimeout, func() { cancel(errTryTimeUp) })
		a.release = func() { cancel(nil) }
		defer func() {
			timer.Stop()
			if err != nil || !streaming {
				a.release()
			}
		}()
	}
	began := time.Now()
	response, err := x.send(ctx)
	if err != nil {
		err = x.failed(ctx, err)
		x.logNoAnswer(err, time.Since(began))
		return a, err
	}
	x.logAnswer(response, time.Since(began))
	a.exchange, a.size = x, response.ContentLength
	a.meta = newResponseMeta(response, x.transport.product.headers, x.key, x.tries)
	if x.options.meta != nil {
		*x.options.meta = a.meta
	}
	if response.StatusCode < 200 || response.StatusCode >= 300 {
		defer response.Body.Close()
		// What can't be read of an error's body is not worth another error.
		body, _ := io.ReadAll(io.LimitReader(response.Body, 1<<20))
		failure := newAPIError(x.op.name, a.meta, body)
		if x.transport.product.specialised == nil {
			return a, failure
		}
		return a, x.transport.product.specialised(failure)
	}
	if streaming {
		a.body = response.Body
		return a, nil
	}
	a.text, err = readAll(response)
	response.Body.Close()
	if err != nil {
		return a, x.failed(ctx, err)
	}
	return a, nil
}

// maxExpected bounds the memory that is set aside on the word of a header.
const maxExpected = 1 << 20

// readAll reads a body into one piece of memory where its length is known.
func readAll(response *http.Response) ([]byte, error) {
	size := response.ContentLength
	if size < 0 || size >= maxExpected {
		return io.ReadAll(response.Body)
	}
	text := make([]byte, size)
	n, err := io.ReadFull(response.Body, text)
	if err == io.EOF && size == 0 {
		err = nil
	}
	return text[:n], err
}

// send sends the request once.
func (x *exchange) send(ctx context.Context) (*http.Response, error) {
	t := x.transport
	x.sending = newSending()
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, &x.sending.trace), x.op.method, x.url, nil)
	if err != nil {
		return nil, err
	}
	r.Header = x.header
	if x.tries > 1 || len(t.middleware) > 0 {
		r.Header = x.header.Clone() // the last try may still be read, or was changed
	}
	if err := x.payload.attach(r); err != nil {
		return nil, err
	}
	if err := t.authorize(r, x.op); err != nil {
		return nil, &authError{err: err}
	}
	x.logRequest(r)
	if t.governor != nil {
		t.governor.sent()
		defer t.governor.answered()
	}
	response, err := t.next(r)
	if err != nil {
		// url.Error prints the URL, which may hold a credential.
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		if x.sending.again.Load() {
			err = errBrokenOff
		}
	} else if t.governor != nil {
		t.governor.learn(response, t.product.headers)
	}
	return response, err
}

// failed is the error of a try that got no whole answer.
func (x *exchange) failed(ctx context.Context, err error) error {
	if auth, ok := err.(*authError); ok {
		auth.operation = x.op.name
		return auth
	}
	if cause := context.Cause(ctx); cause != nil {
		return x.interrupted(cause)
	}
	return &ConnectionError{operation: x.op.name, IdempotencyKey: x.key, Err: err}
}

// interrupted is the error of a call that got no whole answer.
func (x *exchange) interrupted(cause error) error { return interrupted(x.op, x.key, cause) }

func interrupted(op *operation, key string, cause error) error {
	if errors.Is(cause, context.DeadlineExceeded) {
		return &TimeoutError{operation: op.name, IdempotencyKey: key, Err: cause}
	}
	return &ConnectionError{operation: op.name, IdempotencyKey: key, Err: cause}
}

// noTimeFor is the error of a call that would have to wait longer than it may.
func (x *exchange) noTimeFor(wait time.Duration, failure error) error {
	return &TimeoutError{operation: x.op.name, IdempotencyKey: x.key, RetryAfter: wait, Err: failure}
}
