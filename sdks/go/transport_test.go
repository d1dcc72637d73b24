package exai

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const testToken = "sk_test_hunter2"

// notThere is an error with a type of its own, as generated code makes them.
type notThere struct{ *APIError }

func (e *notThere) Unwrap() error { return e.APIError }

var testProduct = product{
	name: "test", version: "0.0.0", envPrefix: "RUNTIME_TEST", server: "http://127.0.0.1:0",
	schemes: map[string]authScheme{"bearer": {in: "header", name: "Authorization", prefix: "Bearer "}},
	auth:    [][]string{{"bearer"}},
	headers: headerNames{
		idempotencyKey: "Idempotency-Key", lastEventID: "Last-Event-ID", receipt: "x-receipt",
		rateLimitRemaining: "X-RateLimit-Remaining", rateLimitReset: "X-RateLimit-Reset", replayed: "Idempotent-Replayed",
	},
	specialised: func(e *APIError) error {
		if e.Name == "not_found" {
			return &notThere{e}
		}
		return e
	},
}

// serve starts a server and a transport that calls it.
func serve(t *testing.T, handler http.HandlerFunc, options ...ClientOption) *transport {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/events") || strings.HasSuffix(r.URL.Path, "/ticks") {
			w.Header().Set("Content-Type", "text/event-stream")
		}
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	options = append([]ClientOption{WithBaseURL(server.URL + "/v1/"), WithAPIKey(testToken)}, options...)
	return newTransport(testProduct, options)
}

var (
	getThing  = operation{name: "Things.Get", method: "GET", path: "/things/{id}", accept: "application/json"}
	postThing = operation{name: "Things.Create", method: "POST", path: "/things", accept: "application/json", keyed: true, body: bodyJSON, contentType: "application/json"}
)

type thing struct {
	ID string `json:"id"`
}

func TestCallSendsAndDecodes(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != "POST" || r.URL.Path != "/v1/things" || r.URL.RawQuery != "q=1" || r.Header.Get("Authorization") != "Bearer "+testToken {
			t.Errorf("got %s %s %v", r.Method, r.URL, r.Header)
		}
		if want := `{"id":"a","more":[1]}`; string(body) != want || r.Header.Get("X-Own") != "yes" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("got %s %v", body, r.Header)
		}
		w.Header().Set("x-receipt", "rcp_1")
		w.Header().Set("X-RateLimit-Remaining", "9")
		w.Header().Set("X-RateLimit-Reset", "1700000000")
		w.Header().Set("Idempotent-Replayed", "true")
		fmt.Fprint(w, `{"id":"b"}`)
	})
	var meta ResponseMeta
	got, err := call[*thing](t.Context(), tr, request{op: &postThing, params: thing{ID: "a"}},
		[]RequestOption{WithResponseInto(&meta), WithHeader("X-Own", "yes"), WithQuery("q", "1"), WithBodyField("more", []int{1}), WithIdempotencyKey("k")})
	if err != nil || got.ID != "b" {
		t.Fatalf("got %+v, %v", got, err)
	}
	if meta.Receipt != "rcp_1" || meta.RateLimit.Remaining != 9 || meta.RateLimit.Reset.Unix() != 1700000000 ||
		!meta.Replayed || meta.IdempotencyKey != "k" || meta.StatusCode != 200 || meta.Tries != 1 {
		t.Errorf("got %+v", meta)
	}
}

func TestErrorHasItsTypeAndItsBase(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("x-receipt", "rcp_2")
		w.WriteHeader(404)
		fmt.Fprint(w, `{"code":404,"name":"not_found","message":"no thing","details":[{"pointer":"/a","rule":"r","message":"m"}]}`)
	})
	_, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil)
	var special *notThere
	var base *APIError
	if !errors.As(err, &special) || !errors.As(err, &base) {
		t.Fatalf("got %T", err)
	}
	if special.Receipt != "rcp_2" || base.Code != 404 || base.Message != "no thing" || base.Details[0].Pointer != "/a" {
		t.Errorf("got %+v", base)
	}
	if want := "Things.Get: 404 Not Found (not_found): no thing [rcp_2]"; err.Error() != want {
		t.Errorf("got %s", err)
	}
}

func TestErrorWithoutAnEnvelopeIsStillAnError(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(418)
		fmt.Fprint(w, `<html>`)
	})
	_, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil)
	var base *APIError
	if !errors.As(err, &base) || base.StatusCode != 418 || string(base.Body) != "<html>" {
		t.Errorf("got %v", err)
	}
}

func TestErrorOfADocumentThatDeclaresNoneIsAnAPIError(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) })
	tr.product.specialised = nil
	_, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil)
	var failure *APIError
	if !errors.As(err, &failure) || failure.StatusCode != http.StatusTeapot {
		t.Fatalf("got %v", err)
	}
}

func TestAnswerOfAnotherShapeIsADecodeError(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"id":5}`) })
	_, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil)
	var decode *DecodeError
	if !errors.As(err, &decode) || decode.Pointer != "/id" || string(decode.Body) != `{"id":5}` {
		t.Errorf("got %v", err)
	}
}

func TestTokenIsNeverShown(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }, WithLogger(logger), WithMaxRetries(1))
	_, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil)
	tr.base = "http://127.0.0.1:1"
	byQuery := testProduct
	byQuery.schemes = map[string]authScheme{"bearer": {in: "query", name: "key"}}
	tr.product = byQuery
	_, refused := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil)
	if err == nil || refused == nil || log.Len() == 0 {
		t.Fatal("nothing to look at")
	}
	for _, text := range []string{log.String(), err.Error(), refused.Error(), fmt.Sprintf("%v %+v %#v", tr, tr, tr), fmt.Sprintf("%#v", err)} {
		if strings.Contains(text, testToken) || strings.Contains(text, "hunter2") {
			t.Errorf("the token is in %s", text)
		}
	}
}

func TestCredentialsStayWithTheOrigin(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "" {
			t.Errorf("another origin got %q", got)
		}
		fmt.Fprint(w, `{"id":"b"}`)
	}))
	defer elsewhere.Close()
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) })
	if _, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil); err != nil {
		t.Error(err)
	}
}

func TestNoKeyIsSaidBeforeAnythingIsSent(t *testing.T) {
	tr := newTransport(testProduct, []ClientOption{WithBaseURL("http://127.0.0.1:1")})
	_, err := call[*thing](t.Context(), tr, request{op: &getThing, path: []any{"x"}}, nil)
	if err == nil || !strings.Contains(err.Error(), "RUNTIME_TEST_API_KEY") {
		t.Errorf("got %v", err)
	}
}

func TestEnvironmentSetsKeyAndBaseURL(t *testing.T) {
	t.Setenv("RUNTIME_TEST_API_KEY", testToken)
	t.Setenv("RUNTIME_TEST_BASE_URL", "http://127.0.0.1:9/x/")
	tr := newTransport(testProduct, nil)
	token, err := tr.credentials[""](t.Context())
	if err != nil || token != testToken || tr.base != "http://127.0.0.1:9/x" || tr.err != nil {
		t.Errorf("got %q %q %v %v", token, tr.base, err, tr.err)
	}
}

func TestOwnServerOfAnOperationGetsItsCallsUnlessTheCallerGaveAURL(t *testing.T) {
	var path string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.Path
		fmt.Fprint(w, `{"id":"b"}`)
	}))
	t.Cleanup(server.Close)
	documented := testProduct
	documented.server = server.URL + "/v1"
	for _, c := range []struct {
		own, want string
		options   []ClientOption
	}{
		{"", "/v1/things/x", nil},
		{server.URL + "/uploads", "/uploads/things/x", nil},
		{"/v2/", "/v2/things/x", nil},
		{"beta", "/v1/beta/things/x", nil},
		{"https://upload.example.com", "/mine/things/x", []ClientOption{WithBaseURL(server.URL + "/mine/")}},
	} {
		op := getThing
		op.server = c.own
		tr := newTransport(documented, append(c.options, WithAPIKey(testToken)))
		if _, err := call[*thing](t.Context(), tr, request{op: &op, path: []any{"x"}}, nil); err != nil || path != c.want {
			t.Errorf("%q: got %s, %v", c.own, path, err)
		}
	}
}

// The runtime is copied beside the generated code of other documents, so it
// must compile without any.
func TestRuntimeNamesNoGeneratedSymbol(t *testing.T) {
	dir := t.TempDir()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	copied := 0
	for _, file := range append(files, "go.mod") {
		if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "_gen.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o644); err != nil {
			t.Fatal(err)
		}
		copied++
	}
	if copied < 10 {
		t.Fatalf("copied only %d files", copied)
	}
	vet := exec.CommandContext(t.Context(), "go", "vet", ".")
	vet.Dir = dir
	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
