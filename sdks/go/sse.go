package exai

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"time"
)

// serverEvent is one event of a text/event-stream.
type serverEvent struct {
	name string // "message" unless the server says otherwise
	data []byte
	id   string // the last id seen, on this event or before it
}

// maxEventSize bounds what is held in memory for one event.
const maxEventSize = 64 << 20

var errEventTooLarge = errors.New("an item of the stream is larger than 64 MiB")

// eventReader reads a text/event-stream as the WHATWG HTML standard says
// (section 9.2.6, "Interpreting an event stream").
type eventReader struct {
	source *bufio.Reader
	lastID string        // of the last event that ended, whether it had data or not
	nextID string        // of the event that is read
	retry  time.Duration // what the server asked to wait before reconnecting; 0 if it didn't
	begun  bool
	afterR bool // the last line ended in a carriage return
	buffer []byte
}

func newEventReader(r io.Reader, lastID string) *eventReader {
	return &eventReader{source: bufio.NewReader(r), lastID: lastID, nextID: lastID}
}

// next gives the next event. An event that isn't ended by a blank line is dropped.
func (r *eventReader) next() (serverEvent, error) {
	event := serverEvent{name: "message"}
	hasData := false
	for {
		line, err := r.line(maxEventSize - len(event.data))
		if err != nil {
			return serverEvent{}, err
		}
		if len(line) == 0 {
			r.lastID = r.nextID
			if hasData {
				event.data = event.data[:len(event.data)-1] // the last line feed
				event.id = r.lastID
				return event, nil
			}
			event = serverEvent{name: "message"}
			continue
		}
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "data":
			event.data = append(append(event.data, value...), '\n')
			hasData = true
		case "event":
			if event.name = string(value); event.name == "" {
				event.name = "message"
			}
		case "id":
			if bytes.IndexByte(value, 0) < 0 {
				r.nextID = string(value)
			}
		case "retry":
			if ms, err := strconv.ParseUint(string(value), 10, 31); err == nil {
				r.retry = time.Duration(ms) * time.Millisecond
			}
		}
	}
}

// line reads a line that ends in LF, CR or CRLF, without its end. It returns
// at a CR at once, and skips the LF after it when more is read, so that a
// stream of CRs is not held back. The line is valid until the next call.
func (r *eventReader) line(limit int) ([]byte, error) {
	if !r.begun {
		r.begun = true
		if mark, _ := r.source.Peek(3); string(mark) == "\uFEFF" {
			r.source.Discard(3)
		}
	}
	r.buffer = r.buffer[:0]
	for {
		if _, err := r.source.Peek(1); err != nil {
			return nil, err
		}
		chunk, _ := r.source.Peek(r.source.Buffered())
		if r.afterR {
			r.afterR = false
			if chunk[0] == '\n' {
				r.source.Discard(1)
				continue
			}
		}
		end := bytes.IndexAny(chunk, "\r\n")
		if end >= 0 {
			r.afterR = chunk[end] == '\r'
			r.buffer = append(r.buffer, chunk[:end]...)
			r.source.Discard(end + 1)
		} else {
			r.buffer = append(r.buffer, chunk...)
			r.source.Discard(len(chunk))
		}
		if len(r.buffer) > limit {
			return nil, errEventTooLarge
		}
		if end >= 0 {
			return r.buffer, nil
		}
	}
}
