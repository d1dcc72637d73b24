package exai

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// logged gives a logger of a level and what it has written.
func logged(level slog.Level) (*slog.Logger, *bytes.Buffer) {
	var log bytes.Buffer
	return slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level})), &log
}

func TestLogTellsOfTriesAndHidesSecrets(t *testing.T) {
	logger, log := logged(slog.LevelDebug)
	tries := 0
	tr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("x-receipt", "rcp_7")
		w.Header().Set("Set-Cookie", "session=hidden1")
		w.Header().Set("Retry-After", "0")
		if tries++; tries == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, `{"id":"hidden2"}`)
	}, WithLogger(logger))
	_, err := call[*thing](t.Context(), tr, request{op: &postThing, params: thing{ID: "hidden3"}}, []RequestOption{
		WithIdempotencyKey("hidden4"), WithQuery("key", "hidden5"), WithHeader("X-Own", "shown1"),
		WithHeader("X-Api-Key", "hidden6"), WithHeader("Cookie", "hidden7"), WithHeader("Proxy-Authorization", "hidden8"),
	})
	if err != nil {
		t.Fatal(err)
	}
	text := log.String()
	for _, shown := range []string{"shown1", "rcp_7", "status=503", "status=200", "/v1/things", "method=POST", "headers.Authorization=" + redacted, "level=INFO msg=retrying", "try=2"} {
		if !strings.Contains(text, shown) {
			t.Errorf("the log lacks %s:\n%s", shown, text)
		}
	}
	if strings.Contains(text, "hidden") || strings.Contains(text, testToken) {
		t.Errorf("the log shows a secret:\n%s", text)
	}
}

func TestLogOfAHigherLevelHoldsRetriesAlone(t *testing.T) {
	logger, log := logged(slog.LevelInfo)
	tr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusBadGateway)
	}, WithLogger(logger), WithMaxRetries(2))
	_, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil)
	if err == nil || strings.Count(log.String(), "\n") != 2 || strings.Count(log.String(), "wait=") != 2 {
		t.Errorf("got %v and\n%s", err, log)
	}
}
