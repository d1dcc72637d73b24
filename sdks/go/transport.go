package exai

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"time"
)

// product is what generated code tells the runtime of the API it is for.
type product struct {
	name        string // of the package: "example"
	version     string // of the package: "1.4.0"
	envPrefix   string // of environment variables: "EXAMPLE"
	server      string // the default server's URL template
	variables   map[string]string
	schemes     map[string]authScheme
	auth        [][]string // alternatives, each a set of schemes, for operations that say nothing else
	headers     headerNames
	specialised func(e *APIError) error // gives an error its own type
}

// transport sends requests. It is safe for concurrent use.
type transport struct {
	product     product
	http        *http.Client
	base        string // without a slash at its end
	err         error  // what was wrong with the options; every call fails with it
	credentials credentials
	defaults    callOptions
	middleware  []Middleware
	logger      *slog.Logger
	budget      retryBudget
}

func newTransport(p product, options []ClientOption) *transport {
	t := &transport{
		product:     p,
		credentials: credentials{},
		defaults:    callOptions{timeout: time.Minute, maxRetries: 2, header: http.Header{}, query: url.Values{}},
		logger:      slog.New(slog.DiscardHandler),
	}
	t.http = t.guardRedirects(defaultHTTPClient())
	t.setServer(p.server, p.variables)
	if base := os.Getenv(p.envPrefix + "_BASE_URL"); base != "" {
		t.setBaseURL(base)
	}
	if key := os.Getenv(p.envPrefix + "_API_KEY"); key != "" {
		WithAPIKey(key).applyClient(t)
	}
	for _, o := range options {
		o.applyClient(t)
	}
	return t
}

// defaultHTTPClient keeps more idle connections to the one host of the API
// than net/http's default, which is two.
func defaultHTTPClient() *http.Client {
	shared, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return &http.Client{}
	}
	own := shared.Clone()
	own.MaxIdleConnsPerHost = own.MaxIdleConns
	return &http.Client{Transport: own}
}

func (t *transport) setBaseURL(base string) {
	t.err = checkBaseURL(base)
	for base != "" && base[len(base)-1] == '/' {
		base = base[:len(base)-1]
	}
	t.base = base
}

func (t *transport) setServer(template string, variables map[string]string) {
	base, err := resolveServer(template, variables)
	t.setBaseURL(base)
	if err != nil {
		t.err = err
	}
}

// withServer sets the base URL from a server of the API's document.
func withServer(template string, variables map[string]string) ClientOption {
	return clientOption(func(t *transport) { t.setServer(template, variables) })
}

// answer is a successful response whose body is still to be read.
type answer struct {
	op     *operation
	body   io.ReadCloser
	size   int64 // of the body, or -1
	meta   ResponseMeta
	cancel func() // releases what the call holds
	// fault makes an error of the call of what went wrong while reading.
	fault func(err error) error
}

// close ends the answer; its body need not have been read.
func (a *answer) close() {
	a.cancel()
	a.body.Close()
}

// Read reads the body.
func (a *answer) Read(p []byte) (int, error) {
	n, err := a.body.Read(p)
	if err != nil && err != io.EOF {
		err = a.fault(err)
	}
	return n, err
}

// settings gives the options of one call.
func (t *transport) settings(options []RequestOption) callOptions {
	c := t.defaults.clone()
	for _, o := range options {
		o.applyRequest(&c)
	}
	return c
}

// try is a request that can be sent several times.
type try struct {
	op      *operation
	url     string
	header  http.Header
	payload payload
	key     string
}

func (t *transport) prepare(r request, c callOptions) (*try, error) {
	if t.err != nil {
		return nil, fmt.Errorf("%s: %w", r.op.name, t.err)
	}
	header := make(http.Header)
	address, err := r.address(header)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.op.name, err)
	}
	body, err := r.payload(c.body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.op.name, err)
	}
	prepared := &try{op: r.op, url: t.base + addQuery(address, c.query), header: header, payload: body}
	header.Set("User-Agent", fmt.Sprintf("%s-go/%s (%s; %s)", t.product.name, t.product.version, runtime.Version(), runtime.GOOS))
	if r.op.accept != "" {
		header.Set("Accept", r.op.accept)
	}
	if body.contentType != "" {
		header.Set("Content-Type", body.contentType)
	}
	if r.op.keyed {
		if prepared.key = c.key; prepared.key == "" {
			prepared.key = newUUID()
		}
		header.Set(t.product.headers.idempotencyKey, prepared.key)
	}
	if c.lastEventID != "" {
		header.Set(t.product.headers.lastEventID, c.lastEventID)
	}
	for name, values := range c.header {
		header[name] = values
	}
	return prepared, nil
}

// send sends the request once.
func (t *transport) send(ctx context.Context, p *try) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, p.op.method, p.url, nil)
	if err != nil {
		return nil, err
	}
	r.Header = p.header.Clone()
	if p.payload.open != nil {
		body, err := p.payload.open()
		if err != nil {
			return nil, err
		}
		// The wrapper keeps the HTTP client from closing the caller's reader.
		r.Body = io.NopCloser(body)
		if r.ContentLength = p.payload.length; p.payload.length == 0 {
			r.Body = http.NoBody
		}
		if p.payload.replayable {
			r.GetBody = func() (io.ReadCloser, error) {
				body, err := p.payload.open()
				return io.NopCloser(body), err
			}
		}
	}
	if err := t.authorize(r, p.op); err != nil {
		return nil, &authError{err}
	}
	next := t.http.Do
	for i := len(t.middleware) - 1; i >= 0; i-- {
		inner, middleware := next, t.middleware[i]
		next = func(r *http.Request) (*http.Response, error) { return middleware(r, inner) }
	}
	response, err := next(r)
	if err != nil {
		// url.Error prints the URL, which may hold a credential.
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
	}
	return response, err
}

// authError is a failure to get a credential; trying again is up to the token source.
type authError struct{ err error }

func (e *authError) Error() string { return e.err.Error() }
func (e *authError) Unwrap() error { return e.err }

// newUUID gives a random UUID (RFC 9562, version 4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails since Go 1.24
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
