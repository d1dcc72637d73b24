package exai

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"reflect"
)

var errNoRecord = errors.New("null where a record must be")

// call makes a call whose answer is JSON that decodes into T. A 204 gives the
// zero value.
func call[T any](ctx context.Context, t *transport, r request, options []RequestOption) (T, error) {
	var result T
	body, meta, err := t.read(ctx, r, t.settings(options))
	if err != nil || meta.StatusCode == http.StatusNoContent && !r.op.nullable {
		return result, err
	}
	text := body
	if r.op.nullable && len(body) == 0 {
		text = []byte("null")
	}
	err = unmarshal(text, &result)
	if err == nil && !r.op.nullable && bytes.Equal(bytes.TrimSpace(body), []byte("null")) && reflect.TypeFor[T]().Kind() == reflect.Pointer {
		err = errNoRecord // else the caller would be given a nil pointer, and no error
	}
	if err != nil {
		return *new(T), newDecodeError(r.op.name, meta, body, err)
	}
	return result, nil
}

// callText makes a call whose answer is text.
func callText(ctx context.Context, t *transport, r request, options []RequestOption) (string, error) {
	body, _, err := t.read(ctx, r, t.settings(options))
	return string(body), err
}

// callEmpty makes a call whose answer has no body.
func callEmpty(ctx context.Context, t *transport, r request, options []RequestOption) error {
	_, _, err := t.read(ctx, r, t.settings(options))
	return err
}

// Download is an answer that is read as it arrives. Close it when done.
type Download struct {
	ResponseMeta

	// ContentType is the media type of the content.
	ContentType string
	// Size is the length of the content in bytes, or -1 if it is not known.
	Size int64

	answer *answer
}

// Read reads the content. A break of the connection is a [ConnectionError].
func (d *Download) Read(p []byte) (int, error) { return d.answer.Read(p) }

// Close ends the download; the content need not have been read to its end.
func (d *Download) Close() error {
	d.answer.close()
	return nil
}

// callDownload makes a call whose answer is read by the caller.
func callDownload(ctx context.Context, t *transport, r request, options []RequestOption) (*Download, error) {
	a, err := t.open(ctx, r, t.settings(options))
	if err != nil {
		return nil, err
	}
	return &Download{ResponseMeta: a.meta, ContentType: a.meta.Header.Get("Content-Type"), Size: a.size, answer: a}, nil
}
