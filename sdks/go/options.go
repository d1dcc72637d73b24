package exai

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"time"
)

// ClientOption sets something for a client.
type ClientOption interface{ applyClient(t *transport) }

// RequestOption sets something for one call.
type RequestOption interface{ applyRequest(c *callOptions) }

// Option sets something for a client, as the default of its calls, or for one call.
type Option interface {
	ClientOption
	RequestOption
}

type clientOption func(t *transport)

func (f clientOption) applyClient(t *transport) { f(t) }

type requestOption func(c *callOptions)

func (f requestOption) applyRequest(c *callOptions) { f(c) }

type option func(c *callOptions)

func (f option) applyClient(t *transport)    { f(&t.defaults) }
func (f option) applyRequest(c *callOptions) { f(c) }

// callOptions are the settings of one call.
type callOptions struct {
	timeout     time.Duration // of the whole call; 0 means none
	tryTimeout  time.Duration // of one try; 0 means none
	maxRetries  int
	key         string // the caller's idempotency key
	header      http.Header
	query       url.Values
	body        map[string]any
	meta        *ResponseMeta
	text        *[]byte // where the body of the answer is kept
	lastEventID string
	eventID     *string            // where the id of the last event is kept
	onWaiting   func(token string) // is told where a wait stands
}

// WithAPIKey sets the token to send.
func WithAPIKey(key string) ClientOption {
	return WithTokenSource(func(context.Context) (string, error) { return key, nil })
}

// WithTokenSource sets a function that gives the token for each request.
func WithTokenSource(source TokenSource) ClientOption {
	return clientOption(func(t *transport) { t.credentials[""] = source })
}

// WithCredential sets the token of one security scheme of the API, by the
// name the API's document gives the scheme. For HTTP basic authentication it
// is "user:password".
func WithCredential(scheme string, source TokenSource) ClientOption {
	return clientOption(func(t *transport) { t.credentials[scheme] = source })
}

// WithBaseURL sets the URL that paths are appended to, such as http://127.0.0.1:8080/v1.
func WithBaseURL(base string) ClientOption {
	return clientOption(func(t *transport) { t.setOwnBaseURL(base) })
}

// WithHTTPClient sets the HTTP client to send requests with, such as one with
// a proxy. Its Timeout bounds each try, and the reading of streams too.
func WithHTTPClient(client *http.Client) ClientOption {
	return clientOption(func(t *transport) { t.http = t.guardRedirects(client) })
}

// Middleware stands around each try of a call. It may change the request, and
// calls next to send it. The request holds the credentials.
type Middleware func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error)

// WithMiddleware adds a middleware inside those added before it.
func WithMiddleware(m Middleware) ClientOption {
	return clientOption(func(t *transport) { t.middleware = append(t.middleware, m) })
}

// WithLogger logs each retry, with the wait before it, at info level, and each
// try at debug level: its method, its URL without the query, its headers, how
// it was answered and after which time. Headers that carry a credential or an
// idempotency key are logged by name alone, and bodies are never logged.
func WithLogger(logger *slog.Logger) ClientOption {
	return clientOption(func(t *transport) { t.logger = logger })
}

// WithGovernor slows the client down before its rate limit is used up, shared
// by all its calls: when few requests are left until the limit's reset, they
// are spaced, by a second at most, and after a 429 nothing is sent until its
// Retry-After is over. A wait that doesn't fit into a call's time fails at once
// with a [TimeoutError] that says how long it would be.
func WithGovernor() ClientOption {
	return clientOption(func(t *transport) { t.governor = &governor{remaining: -1} })
}

// WithTimeout bounds a whole call, its tries and the waits between them
// included; for a stream or a download, until its first byte. The default is
// one minute; 0 means no bound.
func WithTimeout(d time.Duration) Option {
	return option(func(c *callOptions) { c.timeout = d })
}

// WithTryTimeout bounds each try of a call. The default, 0, means no bound
// but the call's.
func WithTryTimeout(d time.Duration) Option {
	return option(func(c *callOptions) { c.tryTimeout = d })
}

// WithMaxRetries sets how often a failed request is sent again. The default is 2.
func WithMaxRetries(n int) Option {
	return option(func(c *callOptions) { c.maxRetries = n })
}

// WithHeader sets a header of the requests.
func WithHeader(name, value string) Option {
	return option(func(c *callOptions) {
		c.header = c.header.Clone() // those of the client stay as they are
		if c.header == nil {
			c.header = http.Header{}
		}
		c.header.Set(name, value)
	})
}

// WithQuery sets a query parameter of the requests, beside those of the operation.
func WithQuery(name, value string) Option {
	return option(func(c *callOptions) {
		c.query = maps.Clone(c.query) // that of the client stays as it is
		if c.query == nil {
			c.query = url.Values{}
		}
		c.query.Set(name, value)
	})
}

// WithBodyField sets a member of the request's JSON body, such as one that
// this version of the module doesn't know.
func WithBodyField(name string, value any) RequestOption {
	return requestOption(func(c *callOptions) {
		if c.body == nil {
			c.body = map[string]any{}
		}
		c.body[name] = value
	})
}

// WithIdempotencyKey sets the key under which the server runs the request at
// most once. By default it is a random UUID, the same for all tries of a call.
func WithIdempotencyKey(key string) RequestOption {
	return requestOption(func(c *callOptions) { c.key = key })
}

// WithResponseInto stores the status, headers, receipt, rate limit and
// idempotency key of the answer in meta, also if the call fails with an [APIError].
func WithResponseInto(meta *ResponseMeta) RequestOption {
	return requestOption(func(c *callOptions) { c.meta = meta })
}

// WithBodyInto stores the text of the answer's body in body, as it came; of a
// list, that of the page fetched last. Streams and downloads have none.
func WithBodyInto(body *[]byte) RequestOption {
	return requestOption(func(c *callOptions) { c.text = body })
}

// WithLastEventID resumes a stream of server-sent events after the event with this id.
func WithLastEventID(id string) RequestOption {
	return requestOption(func(c *callOptions) { c.lastEventID = id })
}

// WithLastEventIDInto stores the id of each server-sent event in id before
// the event is handed over, so that a later call can resume with [WithLastEventID].
func WithLastEventIDInto(id *string) RequestOption {
	return requestOption(func(c *callOptions) { c.eventID = id })
}

// WithWaitToken calls f with a token once the request that is waited for has
// been accepted, and after each event that moved the place in its stream. The
// token can be stored, and given to the method ...AndWaitFrom of the same
// operation to go on with the wait, in another process or much later. It holds
// no credentials. f is called by the goroutine that waits.
func WithWaitToken(f func(token string)) RequestOption {
	return requestOption(func(c *callOptions) { c.onWaiting = f })
}
