// Command conformance makes the calls of the conformance suite with the Go
// SDK: calls come as JSON lines, results go as JSON lines.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	exai "github.com/exai/sdk-go"
)

type scenario struct {
	ID      string   `json:"id"`
	BaseURL string   `json:"base_url"`
	Client  settings `json:"client"`
	Calls   []made   `json:"calls"`
	// Parallel makes all calls at once.
	Parallel bool `json:"parallel"`
}

// made is a call that is to be made.
type made struct {
	Op      string          `json:"op"`
	Args    json.RawMessage `json:"args"`
	Options settings        `json:"options"`
}

// settings are those of a client or of a call.
type settings struct {
	APIKey         string            `json:"api_key"`
	TimeoutMS      *int              `json:"timeout_ms"`
	TryTimeoutMS   *int              `json:"try_timeout_ms"`
	MaxRetries     *int              `json:"max_retries"`
	IdempotencyKey string            `json:"idempotency_key"`
	Headers        map[string]string `json:"headers"`
	Query          map[string]string `json:"query"`
	LastEventID    string            `json:"last_event_id"`
	CancelAfterMS  *int              `json:"cancel_after_ms"`
	Take           *int              `json:"take"`
	OnWaiting      bool              `json:"on_waiting"`
	Governor       bool              `json:"governor"`
	Middleware     bool              `json:"middleware"`
	Tokens         []string          `json:"tokens"`
	TokenError     string            `json:"token_error"`
}

func main() {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	var mu sync.Mutex
	say := func(value any) {
		mu.Lock()
		defer mu.Unlock()
		if err := out.Encode(value); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	if err := openLog(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	say(map[string]any{"ready": true})
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		go func() {
			var s scenario
			if err := json.Unmarshal(line, &s); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return
			}
			say(map[string]any{"id": s.ID, "results": s.perform()})
		}()
	}
}

func (s *scenario) perform() []map[string]any {
	client := exai.NewClient(s.options()...)
	results := make([]map[string]any, len(s.Calls))
	var all sync.WaitGroup
	for i, c := range s.Calls {
		all.Go(func() { results[i] = c.perform(client) })
		if !s.Parallel {
			all.Wait()
		}
	}
	all.Wait()
	return results
}

// options are those of the client.
func (s *scenario) options() []exai.ClientOption {
	key := s.Client.APIKey
	if key == "" {
		key = "test-token"
	}
	options := []exai.ClientOption{exai.WithBaseURL(s.BaseURL), exai.WithAPIKey(key), exai.WithLogger(logger)}
	if s.Client.Tokens != nil || s.Client.TokenError != "" {
		options = append(options, exai.WithTokenSource(s.Client.tokenSource()))
	}
	if s.Client.Governor {
		options = append(options, exai.WithGovernor())
	}
	if s.Client.Middleware {
		var tries atomic.Int64
		options = append(options, exai.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
			r.Header.Set("X-Middleware", strconv.FormatInt(tries.Add(1), 10))
			return next(r)
		}))
	}
	for _, o := range s.Client.both() {
		options = append(options, o)
	}
	return options
}

// tokenSource gives the tokens one after another, the last one again and again.
func (s *settings) tokenSource() exai.TokenSource {
	var asked atomic.Int64
	return func(context.Context) (string, error) {
		if s.TokenError != "" {
			return "", errors.New(s.TokenError)
		}
		return s.Tokens[min(int(asked.Add(1)), len(s.Tokens))-1], nil
	}
}

func (c *made) perform(client *exai.Client) map[string]any {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if c.Options.CancelAfterMS != nil {
		time.AfterFunc(milliseconds(*c.Options.CancelAfterMS), cancel)
	}
	var meta exai.ResponseMeta
	options := c.Options.request(&meta)
	var tokens []string
	if c.Options.OnWaiting {
		options = append(options, exai.WithWaitToken(func(token string) { tokens = append(tokens, token) }))
	}
	began := time.Now()
	result, err := perform(ctx, client, c.Op, c.Args, &c.Options, options)
	if result == nil {
		result = map[string]any{}
	}
	result["ms"] = time.Since(began).Milliseconds()
	if tokens != nil {
		result["tokens"] = tokens
	}
	if err != nil {
		result["error"] = describe(err)
	} else {
		result["meta"] = describeMeta(meta)
	}
	return result
}

func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// both gives the options that clients and calls share.
func (s *settings) both() []exai.Option {
	var options []exai.Option
	if s.TimeoutMS != nil {
		options = append(options, exai.WithTimeout(milliseconds(*s.TimeoutMS)))
	}
	if s.TryTimeoutMS != nil {
		options = append(options, exai.WithTryTimeout(milliseconds(*s.TryTimeoutMS)))
	}
	if s.MaxRetries != nil {
		options = append(options, exai.WithMaxRetries(*s.MaxRetries))
	}
	for name, value := range s.Headers {
		options = append(options, exai.WithHeader(name, value))
	}
	for name, value := range s.Query {
		options = append(options, exai.WithQuery(name, value))
	}
	return options
}

func (s *settings) request(meta *exai.ResponseMeta) []exai.RequestOption {
	options := []exai.RequestOption{exai.WithResponseInto(meta)}
	for _, o := range s.both() {
		options = append(options, o)
	}
	if s.IdempotencyKey != "" {
		options = append(options, exai.WithIdempotencyKey(s.IdempotencyKey))
	}
	if s.LastEventID != "" {
		options = append(options, exai.WithLastEventID(s.LastEventID))
	}
	return options
}

// logger takes all that the SDK has to say.
var logger = slog.New(slog.DiscardHandler)

// openLog appends what the SDK logs to the file that the suite names.
func openLog() error {
	name := os.Getenv("EXAI_CONFORMANCE_LOG")
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		logger = slog.New(slog.NewTextHandler(file, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return err
}

func describeMeta(m exai.ResponseMeta) map[string]any {
	meta := map[string]any{"status": m.StatusCode, "receipt": text(m.Receipt), "idempotency_key": text(m.IdempotencyKey), "replayed": m.Replayed}
	if m.RateLimit.Remaining >= 0 {
		meta["remaining"] = m.RateLimit.Remaining
	}
	if !m.RateLimit.Reset.IsZero() {
		meta["reset"] = m.RateLimit.Reset.Unix()
	}
	return meta
}

// text is null where there is none.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// describe gives an error by the words that all drivers share.
func describe(err error) map[string]any {
	said := map[string]any{"message": err.Error(), "shown": fmt.Sprintf("%v %+v", err, err)}
	var apiError *exai.APIError
	if errors.As(err, &apiError) {
		said["status"], said["code"], said["name"] = apiError.StatusCode, apiError.Code, text(apiError.Name)
		said["message"], said["receipt"] = apiError.Message, text(apiError.Receipt)
		said["details"], said["idempotency_key"] = apiError.Details, text(apiError.IdempotencyKey)
		if apiError.Header.Get("Retry-After") != "" {
			said["retry_after_ms"] = apiError.RetryAfter.Milliseconds()
		}
		said["class"] = class(err)
	}
	var timeout *exai.TimeoutError
	var connection *exai.ConnectionError
	var decode *exai.DecodeError
	if token := waitToken(err); token != "" {
		said["wait_token"] = token
	}
	switch {
	case errors.Is(err, exai.ErrWebhookSignature):
		said["kind"] = "signature"
	case errors.As(err, &timeout):
		said["kind"], said["idempotency_key"] = "timeout", text(timeout.IdempotencyKey)
		if timeout.RetryAfter > 0 {
			said["retry_after_ms"] = timeout.RetryAfter.Milliseconds()
		}
	case errors.As(err, &decode):
		said["kind"], said["idempotency_key"], said["status"] = "decode", text(decode.IdempotencyKey), decode.StatusCode
	case errors.Is(err, context.Canceled):
		said["kind"] = "cancelled"
		if errors.As(err, &connection) {
			said["idempotency_key"] = text(connection.IdempotencyKey)
		}
	case errors.As(err, &connection):
		said["kind"], said["idempotency_key"] = "connection", text(connection.IdempotencyKey)
	case apiError != nil:
		said["kind"] = "api"
	default:
		said["kind"] = "config"
	}
	return said
}

// waitToken is the token of the wait that failed, if it was one.
func waitToken(err error) string {
	var api *exai.APIError
	var timeout *exai.TimeoutError
	var connection *exai.ConnectionError
	var decode *exai.DecodeError
	switch {
	case errors.As(err, &timeout):
		return timeout.WaitToken
	case errors.As(err, &connection):
		return connection.WaitToken
	case errors.As(err, &decode):
		return decode.WaitToken
	case errors.As(err, &api):
		return api.WaitToken
	}
	return ""
}

func class(err error) any {
	switch {
	case is[*exai.InvalidRequestError](err):
		return "invalid_request"
	case is[*exai.UnauthorizedError](err):
		return "unauthorized"
	case is[*exai.PaymentRequiredError](err):
		return "payment_required"
	case is[*exai.ForbiddenRoleError](err):
		return "forbidden_role"
	case is[*exai.NotFoundError](err):
		return "not_found"
	case is[*exai.ConflictError](err):
		return "conflict"
	case is[*exai.ValidationFailedError](err):
		return "validation_failed"
	case is[*exai.RateLimitedError](err):
		return "rate_limited"
	case is[*exai.InternalError](err):
		return "internal_error"
	case is[*exai.ProviderUnavailableError](err):
		return "provider_unavailable"
	}
	return nil
}

func is[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}
