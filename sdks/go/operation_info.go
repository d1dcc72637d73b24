package exai

import (
	"context"
	"net/http"
)

// OperationInfo says which operation of the API a request is for.
type OperationInfo struct {
	// ID is the operation's id in the API's document, such as "startRun"; ""
	// for a request that the client was told by method and path.
	ID string
	// Name is how it is called, such as "Runs.Start".
	Name string
	// Method and Path are its HTTP method and the template of its path, such as
	// "GET" and "/runs/{run_id}".
	Method, Path string
}

type exchangeKey struct{}

func withExchange(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// OperationOf tells a [Middleware], an HTTP transport or a tracer which
// operation a request of this module is for. It reports false for any other
// request.
func OperationOf(r *http.Request) (OperationInfo, bool) {
	x, ok := r.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return OperationInfo{}, false
	}
	return OperationInfo{ID: x.op.id, Name: x.op.name, Method: x.op.method, Path: x.op.path}, true
}
