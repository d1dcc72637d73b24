package exai

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
)

var errSamePage = errors.New("the server gave one page as its own successor")

// pageShape says where the parts of a page are.
type pageShape struct {
	cursor string // the query parameter that asks for a page
	items  string // JSON Pointer to the list, in the answer
	next   string // JSON Pointer to the next page's cursor
}

// Page is one page of a list.
type Page[T any] struct {
	ResponseMeta

	// Data holds the items of this page.
	Data []T
	// NextCursor names the next page; "" means that this is the last one.
	NextCursor string
	// Raw is the whole answer, which may hold more than the items and the cursor.
	Raw json.RawMessage

	fetch func(ctx context.Context, cursor string) (*Page[T], error)
}

// HasNext reports whether there is a page after this one.
func (p *Page[T]) HasNext() bool { return p.NextCursor != "" }

// Next fetches the page after this one. It gives nil after the last page.
func (p *Page[T]) Next(ctx context.Context) (*Page[T], error) {
	if !p.HasNext() {
		return nil, nil
	}
	return p.fetch(ctx, p.NextCursor)
}

// Items iterates over the items of this page and of those after it.
func (p *Page[T]) Items(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page := p; page != nil; {
			for _, item := range page.Data {
				if !yield(item, nil) {
					return
				}
			}
			next, err := page.Next(ctx)
			if err != nil {
				yield(*new(T), err)
				return
			}
			page = next
		}
	}
}

// callPage fetches one page.
func callPage[T any](ctx context.Context, t *transport, r request, options []RequestOption) (*Page[T], error) {
	body, meta, err := t.read(ctx, r, t.settings(options))
	if err != nil {
		return nil, err
	}
	p := &Page[T]{ResponseMeta: meta, Raw: body}
	p.fetch = func(ctx context.Context, cursor string) (*Page[T], error) {
		if cursor == r.cursor {
			return nil, &ConnectionError{operation: r.op.name, Err: errSamePage}
		}
		r.cursor = cursor
		return callPage[T](ctx, t, r, options)
	}
	if err := p.decode(r.op.page); err != nil {
		return nil, newDecodeError(r.op.name, meta, body, err)
	}
	return p, nil
}

func (p *Page[T]) decode(shape *pageShape) error {
	if err := checkJSON(p.Raw); err != nil {
		return err
	}
	items := lookup(p.Raw, shape.items)
	if items == nil {
		return &misfit{text: "the list " + shape.items + " is missing"}
	}
	if err := unmarshalInto(items, &p.Data); err != nil {
		return below(err, shape.items[1:])
	}
	if next := lookup(p.Raw, shape.next); next != nil {
		return unmarshalInto(next, &p.NextCursor)
	}
	return nil
}

// callItems iterates over the items of all pages. The first page is fetched
// when the iteration begins.
func callItems[T any](ctx context.Context, t *transport, r request, options []RequestOption) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		first, err := callPage[T](ctx, t, r, options)
		if err != nil {
			yield(*new(T), err)
			return
		}
		first.Items(ctx)(yield)
	}
}
