package exai

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestDownloadIsStreamed(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/gzip")
		w.Header().Set("Content-Length", "5")
		w.Header().Set("x-receipt", "rcp_3")
		fmt.Fprint(w, "hello")
	})
	op := operation{name: "Download", method: "GET", path: "/d"}
	d, err := callDownload(t.Context(), tr, request{op: &op}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	content, err := io.ReadAll(d)
	if err != nil || string(content) != "hello" || d.ContentType != "application/gzip" || d.Size != 5 || d.Receipt != "rcp_3" {
		t.Errorf("got %q, %v, %+v", content, err, d)
	}
}

// closeTracker notices that it was closed.
type closeTracker struct {
	*strings.Reader
	closed bool
}

func (c *closeTracker) Close() error {
	c.closed = true
	return nil
}

func TestUploadLeavesTheReaderOpenAndKnowsItsLength(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if string(body) != "tail" || r.ContentLength != 4 || r.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("got %q, %d, %v", body, r.ContentLength, r.Header)
		}
		w.WriteHeader(204)
	})
	op := operation{name: "Upload", method: "PUT", path: "/u", body: bodyRaw, contentType: "application/octet-stream"}
	body := &closeTracker{Reader: strings.NewReader("head tail")}
	body.Seek(5, io.SeekStart)
	if err := callEmpty(t.Context(), tr, request{op: &op, body: body}, nil); err != nil || body.closed {
		t.Errorf("%v, closed %t", err, body.closed)
	}
}

func TestMultipartIsWhatServersExpect(t *testing.T) {
	calls := 0
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			t.Fatal(err)
		}
		if got := r.MultipartForm.Value; fmt.Sprint(got) != `map[labels:[{"a":"1"}] n:[7] purpose:[prompt "x"] tags:[a b]]` {
			t.Errorf("got %v", got)
		}
		file := r.MultipartForm.File["file"][0]
		opened, _ := file.Open()
		content, _ := io.ReadAll(opened)
		if file.Filename != `a"b.png` && file.Filename != "a%22b.png" || file.Header.Get("Content-Type") != "image/png" || len(content) != 1<<17 {
			t.Errorf("got %q %v, %d bytes", file.Filename, file.Header, len(content))
		}
		if calls == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(503)
		}
	})
	op := operation{name: "Assets.Upload", method: "POST", path: "/assets", keyed: true, body: bodyMultipart}
	params := struct {
		Purpose string            `json:"purpose"`
		N       *int64            `json:"n,omitzero"`
		Absent  *string           `json:"absent,omitzero"`
		Tags    []string          `json:"tags,omitzero"`
		Labels  map[string]string `json:"labels,omitzero"`
		File    File              `json:"file"`
	}{Purpose: `prompt "x"`, N: Int(7), Tags: []string{"a", "b"}, Labels: map[string]string{"a": "1"}}
	content := bytes.Repeat([]byte("p"), 1<<17)
	params.File = File{Name: `a"b.png`, ContentType: "image/png", Content: bytes.NewReader(content)}
	if err := callEmpty(t.Context(), tr, request{op: &op, params: params}, nil); err != nil || calls != 2 {
		t.Errorf("%v after %d calls", err, calls)
	}
	calls = 1
	params.File.Content = io.MultiReader(bytes.NewReader(content)) // of unknown length
	if err := callEmpty(t.Context(), tr, request{op: &op, params: params}, nil); err != nil {
		t.Error(err)
	}
}

func TestFormAndTextBodies(t *testing.T) {
	var body, contentType string
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body, contentType = string(b), r.Header.Get("Content-Type")
		fmt.Fprint(w, "plain")
	})
	form := operation{name: "Form", method: "PUT", path: "/f", body: bodyForm, contentType: "application/x-www-form-urlencoded"}
	params := struct {
		_ struct{} `const:"k" value:"\"=\""`
		A string   `json:"a"`
		B *string  `json:"b,omitzero"`
		C []int64  `json:"c,omitzero"`
	}{A: "x y&", C: []int64{1, 2}}
	text, err := callText(t.Context(), tr, request{op: &form, params: params}, nil)
	if err != nil || text != "plain" || body != "k=%3D&a=x%20y%26&c=1&c=2" || contentType != "application/x-www-form-urlencoded" {
		t.Errorf("got %q, %v, %q, %q", text, err, body, contentType)
	}
	value := operation{name: "Value", method: "PUT", path: "/v", body: bodyOptionalJSONValue, contentType: "application/json"}
	query := struct {
		Q string `query:"q"`
	}{"x"}
	for want, given := range map[string]any{"": nil, "[1]": []int{1}} {
		if _, err := callText(t.Context(), tr, request{op: &value, params: query, body: given}, nil); err != nil || body != want {
			t.Errorf("got %v, %q of %v", err, body, given)
		}
	}
	none := operation{name: "None", method: "PUT", path: "/n", body: bodyOptionalForm, contentType: "application/x-www-form-urlencoded"}
	if _, err := callText(t.Context(), tr, request{op: &none, params: struct{}{}}, nil); err != nil || body != "" || contentType != "" {
		t.Errorf("got %v, %q, %q", err, body, contentType)
	}
	optional := operation{name: "Optional", method: "PUT", path: "/o", body: bodyOptionalJSON, contentType: "application/json"}
	if _, err := callText(t.Context(), tr, request{op: &optional, params: struct{}{}}, nil); err != nil || body != "" || contentType != "" {
		t.Errorf("got %v, %q, %q", err, body, contentType)
	}
}
