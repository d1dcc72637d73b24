package exai

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestEventStreamIsReadByTheStandard(t *testing.T) {
	type event struct{ name, data, id string }
	for name, test := range map[string]struct {
		stream string
		want   []event
	}{
		"the standard's first example":  {"data: This is the first message.\n\ndata: This is the second message, it\ndata: has two lines.\n\n", []event{{"message", "This is the first message.", ""}, {"message", "This is the second message, it\nhas two lines.", ""}}},
		"names":                         {"event: add\ndata: 73857293\n\nevent\ndata: x\n\n", []event{{"add", "73857293", ""}, {"message", "x", ""}}},
		"ids, reset by an empty one":    {": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n", []event{{"message", "first event", "1"}, {"message", "second event", ""}, {"message", " third event", ""}}},
		"empty data":                    {"data\n\ndata\ndata\n\ndata:", []event{{"message", "", ""}, {"message", "\n", ""}}},
		"one space is dropped":          {"data:test\n\ndata: test\n\n", []event{{"message", "test", ""}, {"message", "test", ""}}},
		"carriage returns":              {"data: a\rdata: b\r\rdata: c\r\n\r\n", []event{{"message", "a\nb", ""}, {"message", "c", ""}}},
		"a byte order mark":             {"\uFEFFdata: a\n\n", []event{{"message", "a", ""}}},
		"an id with a null is ignored":  {"id: 1\nid: a\x00b\ndata: x\n\n", []event{{"message", "x", "1"}}},
		"an event without data is none": {"event: ping\n\nid: 4\n\ndata: a\n\n", []event{{"message", "a", "4"}}},
		"an event cut off is dropped":   {"data: a\n\ndata: b\n", []event{{"message", "a", ""}}},
		"unknown fields":                {"foo: 1\ndata: a\nDATA: b\n\n", []event{{"message", "a", ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			// Read whole, and a byte at a time.
			for _, source := range []io.Reader{strings.NewReader(test.stream), iotest.OneByteReader(strings.NewReader(test.stream))} {
				reader := newEventReader(source, "")
				var got []event
				for {
					e, err := reader.next()
					if err != nil {
						break
					}
					got = append(got, event{e.name, string(e.data), e.id})
				}
				if !reflect.DeepEqual(got, test.want) {
					t.Errorf("got %q", got)
				}
			}
		})
	}
}

// However a stream is cut into reads, its events are the same.
func FuzzEventStreamDoesNotDependOnReads(f *testing.F) {
	f.Add("\uFEFFid: 1\r\ndata: a\r\rdata\n\nretry: 5\nevent: x\ndata:b\n\r\n")
	f.Add("data: a\n\r\ndata: b\r\n\r")
	read := func(r io.Reader) (events []string) {
		reader := newEventReader(r, "")
		for {
			e, err := reader.next()
			if err != nil {
				return append(events, fmt.Sprint(reader.lastID, reader.retry))
			}
			events = append(events, fmt.Sprintf("%q", []string{e.name, string(e.data), e.id}))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		whole, bytewise := read(strings.NewReader(text)), read(iotest.OneByteReader(strings.NewReader(text)))
		if !reflect.DeepEqual(whole, bytewise) {
			t.Errorf("whole %q, byte by byte %q", whole, bytewise)
		}
		// LF, CR and CRLF mean the same where none of them is in the text already.
		if !strings.Contains(text, "\r") {
			if crlf := read(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n"))); !reflect.DeepEqual(whole, crlf) {
				t.Errorf("with LF %q, with CRLF %q", whole, crlf)
			}
		}
	})
}

func TestEventIsHandedOverAtACarriageReturn(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	go w.Write([]byte("data: a\r\r"))
	done := make(chan serverEvent)
	go func() {
		e, _ := newEventReader(r, "").next()
		done <- e
	}()
	select {
	case e := <-done:
		if string(e.data) != "a" {
			t.Errorf("got %q", e.data)
		}
	case <-time.After(5 * time.Second):
		t.Error("the event was held back for a line feed")
	}
}

type tick struct {
	Type string `json:"type"`
	N    int    `json:"n"`
}

var tickEvents = operation{name: "Ticks.Events", method: "GET", path: "/ticks", accept: "text/event-stream", events: &eventShape{tag: "type", terminal: []string{"done"}}}

func TestStreamResumesAfterTheLastEvent(t *testing.T) {
	var from []string
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		from = append(from, r.Header.Get("Last-Event-ID"))
		if len(from) == 1 {
			fmt.Fprint(w, "retry: 1\nid: 1\ndata: {\"type\":\"tick\",\"n\":1}\n\n: beat\n\nid: 2\ndata: {\"type\":\"tick\",\"n\":2}\n\ndata: {\"type\"")
			return
		}
		fmt.Fprint(w, "id: 3\nevent: done\ndata: {\"type\":\"done\",\"n\":3}\n\ndata: never read\n\n")
	})
	var got []int
	var last string
	for event, err := range callEvents[*tick](t.Context(), tr, request{op: &tickEvents}, []RequestOption{WithLastEventIDInto(&last), WithLastEventID("0")}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, event.N)
	}
	if !reflect.DeepEqual(got, []int{1, 2, 3}) || !reflect.DeepEqual(from, []string{"0", "2"}) || last != "3" {
		t.Errorf("got %v, from %q, last %q", got, from, last)
	}
}

func TestStreamThatCannotResumeHandsOverTheBreak(t *testing.T) {
	calls := 0
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		fmt.Fprint(w, "data: {\"type\":\"tick\",\"n\":1}\n\n")
	})
	events := 0
	var last error
	for _, err := range callEvents[*tick](t.Context(), tr, request{op: &tickEvents}, nil) {
		events++
		last = err
	}
	var broken *ConnectionError
	if events != 2 || calls != 1 || !errors.As(last, &broken) || !errors.Is(last, io.ErrUnexpectedEOF) {
		t.Errorf("%d events, %d calls, %v", events, calls, last)
	}
}

func TestLeavingAStreamEndsTheRequest(t *testing.T) {
	gone := make(chan struct{})
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "data: {\"type\":\"tick\"}\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(gone)
	})
	// The bound on the call's time doesn't cut off a stream that has begun.
	for _, err := range callEvents[*tick](t.Context(), tr, request{op: &tickEvents}, []RequestOption{WithTimeout(time.Second)}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	select {
	case <-gone:
	case <-time.After(5 * time.Second):
		t.Error("the request goes on")
	}
}

func TestLinesAreReadOneByOne(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "{\"n\":1}\n\r\n {\"n\":2}\r\n{\"n\":\"x\"}\n{\"n\":4}")
	})
	op := operation{name: "Lines", method: "GET", path: "/lines"}
	var got []int
	var last error
	for line, err := range callLines[*tick](t.Context(), tr, request{op: &op}, nil) {
		if err != nil {
			last = err
			continue
		}
		got = append(got, line.N)
	}
	var decode *DecodeError
	if !reflect.DeepEqual(got, []int{1, 2}) || !errors.As(last, &decode) || decode.Pointer != "/n" {
		t.Errorf("got %v, %v", got, last)
	}
}

var listThings = operation{name: "Things.List", method: "GET", path: "/things", page: &pageShape{cursor: "cursor", items: "/data", next: "/next_cursor"}}

func TestPagesAreFetchedAsTheyAreNeeded(t *testing.T) {
	var queries []string
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		queries = append(queries, r.URL.RawQuery)
		switch r.URL.Query().Get("cursor") {
		case "a":
			fmt.Fprint(w, `{"data":[{"id":"1"},{"id":"2"}],"next_cursor":"b&"}`)
		case "b&":
			fmt.Fprint(w, `{"data":[],"next_cursor":"c"}`)
		default:
			fmt.Fprint(w, `{"total":3,"data":[{"id":"3"}],"next_cursor":null}`)
		}
	})
	params := struct {
		Limit  *int64  `query:"limit"`
		Cursor *string `query:"cursor"`
	}{Int(2), String("a")}
	r := request{op: &listThings, params: params}
	var got []string
	for item, err := range callItems[*thing](t.Context(), tr, r, nil) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, item.ID)
	}
	want := []string{"limit=2&cursor=a", "cursor=b%26&limit=2", "cursor=c&limit=2"}
	if !reflect.DeepEqual(got, []string{"1", "2", "3"}) || !reflect.DeepEqual(queries, want) {
		t.Errorf("got %v by %q", got, queries)
	}
	queries = nil
	for range callItems[*thing](t.Context(), tr, r, nil) {
		break
	}
	page, err := callPage[*thing](t.Context(), tr, r, nil)
	if err != nil || len(queries) != 2 || len(page.Data) != 2 || !page.HasNext() {
		t.Fatalf("got %+v, %v, %q", page, err, queries)
	}
	page, _ = page.Next(t.Context())
	page, err = page.Next(t.Context())
	if err != nil || page.HasNext() || !json.Valid(page.Raw) || !bytes.Contains(page.Raw, []byte(`"total"`)) {
		t.Errorf("got %+v, %v", page, err)
	}
	if end, err := page.Next(t.Context()); end != nil || err != nil {
		t.Errorf("got %v, %v after the end", end, err)
	}
}

func TestAListThatIsMissingIsAnError(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"items":[]}`) })
	var decode *DecodeError
	if _, err := callPage[*thing](t.Context(), tr, request{op: &listThings}, nil); !errors.As(err, &decode) {
		t.Errorf("got %v", err)
	}
}

// A stream of a write goes on under the key of its first request, so that
// nothing runs twice.
func TestAStreamOfAKeyedWriteIsResumedUnderItsKey(t *testing.T) {
	op := tickEvents
	op.method, op.keyed = "POST", true
	var keys, ids []string
	tr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		ids = append(ids, r.Header.Get("Last-Event-ID"))
		if len(keys) == 1 {
			fmt.Fprint(w, "retry: 1\nid: 1\ndata: {\"type\":\"tick\"}\n\nid: 2\n\n") // and it breaks off
			return
		}
		fmt.Fprint(w, "id: 3\ndata: {\"type\":\"done\"}\n\n")
	})
	for _, err := range callEvents[json.RawMessage](t.Context(), tr, request{op: &op}, nil) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(keys) != 2 || keys[0] == "" || keys[0] != keys[1] || ids[1] != "2" {
		t.Errorf("got the keys %q and the ids %q", keys, ids)
	}
}

func TestAnAnswerOfAnotherTypeIsNoStream(t *testing.T) {
	tr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html>")
	})
	for _, err := range callEvents[json.RawMessage](t.Context(), tr, request{op: &tickEvents}, []RequestOption{WithLastEventID("1")}) {
		var decode *DecodeError
		if !errors.As(err, &decode) || decode.Header.Get("Content-Type") != "text/html" {
			t.Errorf("got %v", err)
		}
	}
}
