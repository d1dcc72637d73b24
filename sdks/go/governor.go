package exai

import (
	"errors"
	"net/http"
	"sync"
	"time"
)

// governor keeps a client from running into its rate limit. What it knows is
// what the last answer said.
type governor struct {
	mu           sync.Mutex
	remaining    int       // requests that may be made until the reset; -1 if nothing was said
	reset        time.Time // when the full allowance is there again
	inFlight     int       // tries that are sent and not yet answered
	blockedUntil time.Time // nothing is sent before, as a 429 asked
	nextSlot     time.Time // the slot given last
}

const (
	governorEnough  = 10          // tries are not spaced while so many may be made
	governorSpacing = time.Second // at most, between two tries
)

var errLimited = errors.New("the rate limit is used up, or nearly so")

// wait waits until a try of the call may be sent.
func (g *governor) wait(x *exchange) error {
	slot, err := g.slot(x)
	if err != nil {
		return err
	}
	for {
		pause := time.Until(g.earliest(slot))
		switch {
		case pause <= 0:
			return nil
		case !x.fits(pause):
			return x.noTimeFor(pause, errLimited)
		}
		if err := sleep(x.ctx, pause); err != nil {
			return x.interrupted(err)
		}
	}
}

// slot gives the time for a try, and keeps it for the call if it fits.
func (g *governor) slot(x *exchange) (time.Time, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	left := g.remaining - g.inFlight
	if g.remaining < 0 || left >= governorEnough || !g.reset.After(now) {
		return now, nil
	}
	slot := now
	if g.nextSlot.After(now) {
		slot = g.nextSlot
	}
	slot = slot.Add(min(g.reset.Sub(now)/time.Duration(max(left, 0)+1), governorSpacing))
	if pause := slot.Sub(now); !x.fits(pause) {
		return slot, x.noTimeFor(pause, errLimited)
	}
	g.nextSlot = slot
	return slot, nil
}

// earliest is the slot, or the end of the block.
func (g *governor) earliest(slot time.Time) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.blockedUntil.After(slot) {
		return g.blockedUntil
	}
	return slot
}

func (g *governor) sent() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight++
}

func (g *governor) answered() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight--
}

// learn takes note of what an answer says of the rate limit.
func (g *governor) learn(response *http.Response, names headerNames) {
	limit := newRateLimit(response.Header, names)
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if limit.Remaining >= 0 {
		g.remaining = limit.Remaining
	}
	if !limit.Reset.IsZero() {
		g.reset = limit.Reset
	}
	if response.StatusCode != http.StatusTooManyRequests {
		return
	}
	if asked, ok := retryAfter(response.Header, now); ok && now.Add(asked).After(g.blockedUntil) {
		g.blockedUntil = now.Add(asked)
	}
}
