package exai

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestRawRequestIsSentAsTheMethodsAre(t *testing.T) {
	tries := 0
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != "POST" || r.URL.RequestURI() != "/v1/new/%2F?a=1&q=2" || string(body) != `{"x":1}` {
			t.Errorf("got %s %s %s", r.Method, r.URL.RequestURI(), body)
		}
		if r.Header.Get("Idempotency-Key") == "" || r.Header.Get("Authorization") != "Bearer "+testToken || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("got %v", r.Header)
		}
		if tries++; tries == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("x-receipt", "rcp_1")
		fmt.Fprint(w, `{"ok":true,"big":9007199254740993}`)
	})
	var out struct {
		OK  bool        `json:"ok"`
		Big json.Number `json:"big"`
	}
	var meta ResponseMeta
	err := callRaw(t.Context(), tr, "POST", "/new/%2F?a=1", map[string]any{"x": 1}, &out, []RequestOption{WithQuery("q", "2"), WithResponseInto(&meta)})
	if err != nil || !out.OK || out.Big != "9007199254740993" || meta.Receipt != "rcp_1" || meta.Tries != 2 {
		t.Errorf("got %+v, %+v, %v", out, meta, err)
	}
}

func TestRawRequestTakesBytesAndGivesBytes(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if string(body) != "raw" || r.Header.Get("Content-Type") != "text/plain" || r.Header.Get("Idempotency-Key") != "" {
			t.Errorf("got %q, %v", body, r.Header)
		}
		fmt.Fprint(w, "not JSON")
	})
	var out []byte
	err := callRaw(t.Context(), tr, "PUT", "/new", strings.NewReader("raw"), &out, []RequestOption{WithHeader("Content-Type", "text/plain")})
	if err != nil || string(out) != "not JSON" {
		t.Errorf("got %q, %v", out, err)
	}
	if err := callRaw(t.Context(), tr, "PUT", "/new", []byte("raw"), nil, []RequestOption{WithHeader("Content-Type", "text/plain")}); err != nil {
		t.Error(err)
	}
	var decode *DecodeError
	var number int
	if err := callRaw(t.Context(), tr, "PUT", "/new", []byte("raw"), &number, []RequestOption{WithHeader("Content-Type", "text/plain")}); !errors.As(err, &decode) {
		t.Errorf("got %v", err)
	}
}

// A caller's own types are encoded and decoded as encoding/json has it.
func TestRawRequestTakesTypesOfTheCaller(t *testing.T) {
	type own struct {
		Untagged int
		Left     string `json:"left,omitempty"`
	}
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if want := `{"more":{"Untagged":2},"Untagged":1}`; string(body) != want && string(body) != `{"Untagged":1,"more":{"Untagged":2}}` {
			t.Errorf("got %s, want %s", body, want)
		}
		fmt.Fprint(w, `{"untagged":3,"left":"x"}`)
	})
	var out own
	err := callRaw(t.Context(), tr, "POST", "/new", own{Untagged: 1}, &out, []RequestOption{WithBodyField("more", own{Untagged: 2})})
	if err != nil || out != (own{3, "x"}) {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestRawRequestGoesNowhereElse(t *testing.T) {
	tr := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("got %s %s", r.Method, r.URL) })
	for _, path := range []string{"", "new", "@elsewhere.example/", ".elsewhere.example/", "https://elsewhere.example/", "/new#part"} {
		if err := callRaw(t.Context(), tr, "GET", path, nil, nil, nil); err == nil {
			t.Errorf("%q was sent", path)
		}
	}
	if err := callRaw(t.Context(), tr, "GET", "/new", nil, thing{}, nil); err == nil {
		t.Error("a result that is no pointer was taken")
	}
}

func TestOperationOfTellsWhatARequestIsFor(t *testing.T) {
	var seen []OperationInfo
	see := func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
		info, ok := OperationOf(r)
		if !ok {
			t.Error("the request is of no operation")
		}
		seen = append(seen, info)
		return next(r)
	}
	tr := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"id":"a"}`) }, WithMiddleware(see))
	if _, err := call[*job](t.Context(), tr, request{op: &jobStart, path: []any{"x"}}, nil); err != nil {
		t.Error(err)
	}
	_ = callRaw(t.Context(), tr, "GET", "/new?key=x", nil, nil, nil)
	if !slices.Contains(seen, OperationInfo{ID: "startJob", Name: "Jobs.Start", Method: "POST", Path: "/a/{a}/jobs"}) || seen[len(seen)-1].Name != "GET /new" {
		t.Errorf("got %+v", seen)
	}
	request, _ := http.NewRequest("GET", "http://127.0.0.1", nil)
	if _, ok := OperationOf(request); ok {
		t.Error("any other request is of no operation")
	}
}
