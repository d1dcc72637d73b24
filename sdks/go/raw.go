package exai

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
)

// callRaw makes a request that is told by its method and path: one that this
// version of the module has no method for.
func callRaw(ctx context.Context, t *transport, method, path string, body, out any, options []RequestOption) error {
	shown, _, _ := strings.Cut(path, "?")
	op := &operation{name: method + " " + shown, method: method, path: path, literal: true, accept: "application/json"}
	if !strings.HasPrefix(path, "/") || strings.Contains(path, "#") {
		return fmt.Errorf("%s: a path begins with a slash and has no fragment", op.name)
	}
	keep, whole := out.(*[]byte)
	if whole {
		op.accept = "*/*"
	} else if v := reflect.ValueOf(out); out != nil && (v.Kind() != reflect.Pointer || v.IsNil()) {
		return fmt.Errorf("%s: the result goes into a pointer, not a %T", op.name, out)
	}
	op.keyed = (method == http.MethodPost || method == http.MethodPatch) && t.product.headers.idempotencyKey != ""
	switch body.(type) {
	case nil:
	case io.Reader, []byte:
		op.body, op.contentType = bodyRaw, "application/octet-stream"
	default:
		text, err := foreignJSON(body)
		if err != nil {
			return fmt.Errorf("%s: the request's body: %w", op.name, err)
		}
		op.body, op.contentType, body = bodyJSONValue, "application/json", text
	}
	text, meta, err := t.read(ctx, request{op: op, body: body}, t.settings(options))
	switch {
	case err != nil || out == nil || meta.StatusCode == http.StatusNoContent:
		return err
	case whole:
		*keep = text
		return nil
	}
	// The caller's types are read as encoding/json has it; those of this
	// module do the same by their methods, save the interfaces of unions.
	decode := json.Unmarshal
	if _, union := unionPlans.Load(reflect.TypeOf(out).Elem()); union {
		decode = unmarshal
	}
	if err := decode(text, out); err != nil {
		return newDecodeError(op.name, meta, text, err)
	}
	return nil
}
