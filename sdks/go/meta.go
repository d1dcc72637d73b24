package exai

import (
	"net/http"
	"strconv"
	"time"
)

// ResponseMeta is what comes with an answer beside its body. Get it with
// [WithResponseInto], or from an error.
type ResponseMeta struct {
	// StatusCode is the HTTP status, such as 200.
	StatusCode int
	// Header holds the answer's headers.
	Header http.Header
	// Receipt is the id under which the server keeps what happened.
	Receipt string
	// RateLimit is the state of the caller's rate limit after the request.
	RateLimit RateLimit
	// IdempotencyKey is the key the request carried, or "".
	IdempotencyKey string
	// Replayed reports that this is the kept answer of an earlier request
	// with the same idempotency key.
	Replayed bool
	// Tries is how many requests were sent.
	Tries int
}

// RateLimit is the state of a rate limit.
type RateLimit struct {
	// Remaining is how many requests may be made now, or -1 if the server
	// didn't say.
	Remaining int
	// Reset is when the full allowance is there again.
	Reset time.Time
}

// headerNames are the names of the headers that have a meaning for this module.
type headerNames struct {
	idempotencyKey     string // of requests
	lastEventID        string // of requests
	receipt            string
	rateLimitRemaining string
	rateLimitReset     string // Unix seconds
	replayed           string // "true" on a replayed answer
}

// canonical gives the names in the form that [http.Header] keeps them in, which
// saves a copy of each with each answer.
func (n headerNames) canonical() headerNames {
	return headerNames{
		idempotencyKey:     http.CanonicalHeaderKey(n.idempotencyKey),
		lastEventID:        http.CanonicalHeaderKey(n.lastEventID),
		receipt:            http.CanonicalHeaderKey(n.receipt),
		rateLimitRemaining: http.CanonicalHeaderKey(n.rateLimitRemaining),
		rateLimitReset:     http.CanonicalHeaderKey(n.rateLimitReset),
		replayed:           http.CanonicalHeaderKey(n.replayed),
	}
}

func newResponseMeta(response *http.Response, names headerNames, key string, tries int) ResponseMeta {
	h := response.Header
	return ResponseMeta{
		StatusCode:     response.StatusCode,
		Header:         h,
		Receipt:        h.Get(names.receipt),
		RateLimit:      newRateLimit(h, names),
		IdempotencyKey: key,
		Replayed:       h.Get(names.replayed) == "true",
		Tries:          tries,
	}
}

func newRateLimit(h http.Header, names headerNames) RateLimit {
	limit := RateLimit{Remaining: -1}
	if n, err := strconv.Atoi(h.Get(names.rateLimitRemaining)); err == nil {
		limit.Remaining = n
	}
	if seconds, err := strconv.ParseInt(h.Get(names.rateLimitReset), 10, 64); err == nil {
		limit.Reset = time.Unix(seconds, 0)
	}
	return limit
}
