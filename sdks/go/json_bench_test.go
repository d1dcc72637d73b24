package exai

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// listed is an item of a page as APIs have them: some 450 bytes.
type listed struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Status      string            `json:"status"`
	Version     int64             `json:"version"`
	Tags        []string          `json:"tags"`
	Labels      map[string]string `json:"labels"`
	Owner       *listedOwner      `json:"owner,omitzero"`
	CreatedAt   time.Time         `json:"created_at"`
	UpdatedAt   *time.Time        `json:"updated_at"`

	ExtraFields map[string]json.RawMessage `json:"-" rest:"true"`
}

type listedOwner struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
}

func pageOf(items int) []byte {
	var b strings.Builder
	b.WriteString(`{"data":[`)
	for i := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"agt_%026d","name":"Agent %d","description":"%s","status":"active","version":%d,"tags":["one","two","three"],"labels":{"team":"platform","tier":"gold"},"owner":{"id":"usr_1","kind":"user"},"created_at":"2026-01-02T03:04:05Z","updated_at":null}`, i, i, strings.Repeat("words ", 20), i)
	}
	b.WriteString(`],"next_cursor":null}`)
	return []byte(b.String())
}

func BenchmarkDecodePage(b *testing.B) {
	page := pageOf(100)
	shape := &pageShape{items: "/data", next: "/next_cursor"}
	b.SetBytes(int64(len(page)))
	b.Run("this module", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p := Page[*listed]{Raw: page}
			if err := p.decode(shape); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var p struct {
				Data       []*listed `json:"data"`
				NextCursor *string   `json:"next_cursor"`
			}
			if err := json.Unmarshal(page, &p); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkReadEvent(b *testing.B) {
	event := []byte("id: 42\nevent: node.completed\ndata: {\"type\":\"node.completed\",\"node_id\":\"nod_1\",\"output\":{\"text\":\"some words of an answer\"}}\n\n")
	stream := newEventReader(&endless{text: event}, "")
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := stream.next(); err != nil {
			b.Fatal(err)
		}
	}
}

// endless repeats a text.
type endless struct {
	text []byte
	rest bytes.Reader
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest.Len() == 0 {
		e.rest.Reset(e.text)
	}
	return e.rest.Read(p)
}
