package exai

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
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
	specialised func(e *APIError) error // gives an error its own type; nil where errors have none
}

// transport sends requests. It is safe for concurrent use.
type transport struct {
	product     product
	http        *http.Client
	base        string // without a slash at its end
	ownBase     bool   // base is the caller's, and is that of every operation
	err         error  // what was wrong with the options; every call fails with it
	credentials credentials
	defaults    callOptions
	middleware  []Middleware
	next        func(*http.Request) (*http.Response, error) // the HTTP client, inside of the middleware
	logger      *slog.Logger
	userAgent   []string
	governor    *governor // nil unless it was asked for
	budget      retryBudget
}

func newTransport(p product, options []ClientOption) *transport {
	t := &transport{
		product:     p,
		credentials: credentials{},
		defaults:    callOptions{timeout: time.Minute, maxRetries: 2},
		logger:      slog.New(slog.DiscardHandler),
		userAgent:   []string{fmt.Sprintf("%s-go/%s (%s; %s)", p.name, p.version, runtime.Version(), runtime.GOOS)},
	}
	t.product.headers = p.headers.canonical()
	t.http = t.guardRedirects(defaultHTTPClient())
	t.setServer(p.server, p.variables)
	if base := os.Getenv(p.envPrefix + "_BASE_URL"); base != "" {
		t.setOwnBaseURL(base)
	}
	if key := os.Getenv(p.envPrefix + "_API_KEY"); key != "" {
		WithAPIKey(key).applyClient(t)
	}
	for _, o := range options {
		o.applyClient(t)
	}
	t.next = t.http.Do
	for _, middleware := range slices.Backward(t.middleware) {
		inner := t.next
		t.next = func(r *http.Request) (*http.Response, error) { return middleware(r, inner) }
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

// setOwnBaseURL sends the requests of every operation to a URL of the caller's.
func (t *transport) setOwnBaseURL(base string) {
	t.setBaseURL(base)
	t.ownBase = true
}

func (t *transport) setServer(template string, variables map[string]string) {
	base, err := resolveServer(template, variables)
	t.setBaseURL(base)
	t.ownBase = false
	if err != nil {
		t.err = err
	}
}

// baseOf gives what the path of an operation is appended to.
func (t *transport) baseOf(op *operation) (string, error) {
	if op.server == "" || t.ownBase {
		return t.base, nil
	}
	base, err := url.Parse(t.base + "/")
	if err != nil {
		return "", err
	}
	own, err := base.Parse(op.server)
	if err != nil {
		return "", err
	}
	text := strings.TrimRight(own.String(), "/")
	return text, checkBaseURL(text)
}

// withServer sets the base URL from a server of the API's document.
func withServer(template string, variables map[string]string) ClientOption {
	return clientOption(func(t *transport) { t.setServer(template, variables) })
}

// settings gives the options of one call.
func (t *transport) settings(options []RequestOption) *callOptions {
	c := t.defaults
	for _, o := range options {
		o.applyRequest(&c)
	}
	return &c
}

// begin makes a call ready to be sent.
func (t *transport) begin(ctx context.Context, r request, c *callOptions) (*exchange, error) {
	if t.err != nil {
		return nil, fmt.Errorf("%s: %w", r.op.name, t.err)
	}
	header := make(http.Header, 8)
	address, err := r.address(header)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.op.name, err)
	}
	body, err := r.payload(c.body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.op.name, err)
	}
	base, err := t.baseOf(r.op)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.op.name, err)
	}
	x := &exchange{transport: t, op: r.op, options: c, url: base + addQuery(address, c.query), header: header, payload: body}
	set := func(i int, name, value string) {
		x.values[i] = value
		header[name] = x.values[i : i+1 : i+1]
	}
	header["User-Agent"] = t.userAgent
	if r.op.accept != "" {
		set(0, "Accept", r.op.accept)
	}
	if body.contentType != "" {
		set(1, "Content-Type", body.contentType)
	}
	if r.op.keyed {
		if x.key = c.key; x.key == "" {
			x.key = newUUID()
		}
		set(2, t.product.headers.idempotencyKey, x.key)
	}
	if c.lastEventID != "" {
		set(3, t.product.headers.lastEventID, c.lastEventID)
	}
	for name, values := range c.header {
		header[name] = values
	}
	x.bound(ctx)
	return x, nil
}

// authError is a failure to get a credential; trying again is up to the token source.
type authError struct {
	err       error
	operation string
}

func (e *authError) Error() string { return e.operation + ": " + e.err.Error() }
func (e *authError) Unwrap() error { return e.err }

// newUUID gives a random UUID (RFC 9562, version 4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails since Go 1.24
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
