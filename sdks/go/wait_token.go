package exai

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrWaitToken is what a wait fails with, before anything is sent, when the
// token it is given is not one of its own.
var ErrWaitToken = errors.New("the wait token is not valid")

// tokenVersion is the version of the form of wait tokens.
const tokenVersion = 1

// waitPlace is where a wait stands: all that is needed to go on with it in
// another process, or by another SDK of the same API, which reads the same
// form. It holds neither credentials nor URLs.
type waitPlace struct {
	Version     int      `json:"v"`
	Operation   string   `json:"op"`   // by the id that the API's document gives it
	Poll        []string `json:"poll"` // path parameters of the operation that reads the state
	Stream      []string `json:"stream,omitzero"`
	LastEventID string   `json:"last_event_id,omitzero"`
	Key         string   `json:"key,omitzero"` // of the call that is waited for
}

// token is the place as unpadded base64url of compact JSON.
func (p waitPlace) token() string {
	b, err := marshal(p)
	if err != nil {
		return "" // never: it is made of texts
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// readWaitToken gives the place of a wait for an operation.
func readWaitToken(token string, op *operation, shape *waitShape) (waitPlace, error) {
	var p waitPlace
	refuse := func(why string) (waitPlace, error) {
		return waitPlace{}, fmt.Errorf("%s: %w: %s", op.name, ErrWaitToken, why)
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return refuse("it is not base64url")
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return refuse("it holds no place of a wait")
	}
	switch {
	case p.Version != tokenVersion:
		return refuse(fmt.Sprintf("it is of version %d, not %d", p.Version, tokenVersion))
	case p.Operation != op.id:
		return refuse(fmt.Sprintf("it is of the operation %q, not %q", p.Operation, op.id))
	case len(p.Poll) != len(shape.pollPath) || len(p.Stream) != 0 && len(p.Stream) != len(shape.streamPath):
		return refuse("it names other path parameters")
	}
	return p, nil
}

// mark puts the token and the key of the call that is waited for on an error
// and on those it wraps.
func (p waitPlace) mark(err error) error {
	token := p.token()
	var timeout *TimeoutError
	if errors.As(err, &timeout) {
		timeout.WaitToken = token
		timeout.IdempotencyKey = cmp.Or(timeout.IdempotencyKey, p.Key)
	}
	var connection *ConnectionError
	if errors.As(err, &connection) {
		connection.WaitToken = token
		connection.IdempotencyKey = cmp.Or(connection.IdempotencyKey, p.Key)
	}
	var decode *DecodeError
	if errors.As(err, &decode) {
		decode.WaitToken = token
		decode.IdempotencyKey = cmp.Or(decode.IdempotencyKey, p.Key)
	}
	var api *APIError
	if errors.As(err, &api) {
		api.WaitToken = token
		api.IdempotencyKey = cmp.Or(api.IdempotencyKey, p.Key)
	}
	return err
}
