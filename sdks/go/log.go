package exai

import (
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// logRetry tells of a wait before the next try.
func (x *exchange) logRetry(wait time.Duration) {
	t := x.transport
	if t.logger.Enabled(x.ctx, slog.LevelInfo) {
		t.logger.LogAttrs(x.ctx, slog.LevelInfo, "retrying",
			slog.String("operation", x.op.name), slog.Int("tries", x.tries), slog.Duration("wait", wait))
	}
}

// logRequest tells of a try that is sent.
func (x *exchange) logRequest(r *http.Request) {
	t := x.transport
	if t.logger.Enabled(x.ctx, slog.LevelDebug) {
		t.logger.LogAttrs(x.ctx, slog.LevelDebug, "request",
			slog.String("operation", x.op.name), slog.String("method", r.Method), slog.String("url", withoutQuery(r)),
			slog.Int("try", x.tries), slog.Attr{Key: "headers", Value: t.headersForLog(r.Header)})
	}
}

// logAnswer tells of the answer to a try.
func (x *exchange) logAnswer(response *http.Response, after time.Duration) {
	t := x.transport
	if t.logger.Enabled(x.ctx, slog.LevelDebug) {
		t.logger.LogAttrs(x.ctx, slog.LevelDebug, "answer",
			slog.String("operation", x.op.name), slog.Int("try", x.tries), slog.Int("status", response.StatusCode),
			slog.Duration("after", after), slog.String("receipt", response.Header.Get(t.product.headers.receipt)),
			slog.Attr{Key: "headers", Value: t.headersForLog(response.Header)})
	}
}

// logNoAnswer tells of a try that got none. What a token source fails with is
// the caller's to log.
func (x *exchange) logNoAnswer(err error, after time.Duration) {
	t := x.transport
	if t.logger.Enabled(x.ctx, slog.LevelDebug) {
		said := err.Error()
		var auth *authError
		if errors.As(err, &auth) {
			said = "there is no token"
		}
		t.logger.LogAttrs(x.ctx, slog.LevelDebug, "no answer",
			slog.String("operation", x.op.name), slog.Int("try", x.tries), slog.Duration("after", after), slog.String("error", said))
	}
}

func withoutQuery(r *http.Request) string {
	u := *r.URL
	u.RawQuery, u.Fragment, u.User = "", "", nil
	return u.String()
}

const redacted = "[redacted]"

// headersForLog gives headers by name, those that may hold a secret without their values.
func (t *transport) headersForLog(header http.Header) slog.Value {
	var attrs []slog.Attr
	for _, name := range slices.Sorted(maps.Keys(header)) {
		value := strings.Join(header[name], ", ")
		if t.secret(name) {
			value = redacted
		}
		attrs = append(attrs, slog.String(name, value))
	}
	return slog.GroupValue(attrs...)
}

// secret reports whether a header may hold a credential, or a URL with one.
func (t *transport) secret(name string) bool {
	switch name {
	case "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "Location", "Content-Location", "Link", "Refresh",
		t.product.headers.idempotencyKey:
		return true
	}
	for _, scheme := range t.product.schemes {
		if scheme.in == "header" && strings.EqualFold(scheme.name, name) {
			return true
		}
	}
	lower := strings.ToLower(name)
	return slices.ContainsFunc([]string{"token", "secret", "key", "password", "signature"}, func(word string) bool {
		return strings.Contains(lower, word)
	})
}
