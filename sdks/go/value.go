package exai

import (
	"reflect"
	"time"
)

// Ptr returns a pointer to v, for optional fields that have no helper of their own.
func Ptr[T any](v T) *T { return &v }

// String returns a pointer to v, for optional fields.
func String(v string) *string { return &v }

// Int returns a pointer to v, for optional fields.
func Int(v int64) *int64 { return &v }

// Float returns a pointer to v, for optional fields.
func Float(v float64) *float64 { return &v }

// Bool returns a pointer to v, for optional fields.
func Bool(v bool) *bool { return &v }

// Time returns a pointer to v, for optional fields.
func Time(v time.Time) *time.Time { return &v }

// Nullable is a field that may be absent, null or a value, where the three
// differ. Its zero value is absent.
type Nullable[T any] struct {
	value T
	state presence
}

type presence uint8

const (
	absent presence = iota
	null
	present
)

// Value returns a Nullable that holds v.
func Value[T any](v T) Nullable[T] { return Nullable[T]{value: v, state: present} }

// Null returns a Nullable that is null.
func Null[T any]() Nullable[T] { return Nullable[T]{state: null} }

// Get returns the value and true, or the zero value of T and false if the
// field is absent or null.
func (n Nullable[T]) Get() (T, bool) { return n.value, n.state == present }

// IsNull reports whether the field is there and null.
func (n Nullable[T]) IsNull() bool { return n.state == null }

// IsZero reports whether the field is absent.
func (n Nullable[T]) IsZero() bool { return n.state == absent }

// MarshalJSON encodes the value; both null and absent encode as null. An
// absent field is left out by the omitzero option of its tag.
func (n Nullable[T]) MarshalJSON() ([]byte, error) { return n.appendJSON(nil) }

// UnmarshalJSON decodes null or a value.
func (n *Nullable[T]) UnmarshalJSON(data []byte) error { return unmarshal(data, n) }

func (n Nullable[T]) appendJSON(b []byte) ([]byte, error) {
	if n.state != present {
		return append(b, "null"...), nil
	}
	return appendJSON(b, reflect.ValueOf(&n.value).Elem())
}

func (n *Nullable[T]) decodeJSON(d *jsonDecoder) error {
	if d.peek() == 'n' {
		d.skip()
		*n = Null[T]()
		return nil
	}
	n.state = present
	return d.value(reflect.ValueOf(&n.value).Elem())
}

// inner gives the value to whatever writes parameters.
func (n Nullable[T]) inner() (reflect.Value, bool) {
	return reflect.ValueOf(&n.value).Elem(), n.state == present
}
