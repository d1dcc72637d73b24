package exai

import (
	"crypto/tls"
	"errors"
	"net/http/httptrace"
	"sync/atomic"
)

// sending watches one try, and keeps net/http from sending its request again by
// itself: it does so, with no bound, when a connection breaks that was used
// before. Whether to try again is decided by the [exchange] alone.
type sending struct {
	trace httptrace.ClientTrace
	wrote atomic.Bool // the request was written to a connection
	again atomic.Bool // net/http was about to write it to another
}

var errBrokenOff = errors.New("the connection broke off before the answer")

func newSending() *sending {
	s := &sending{}
	s.trace.WroteRequest, s.trace.GotConn = s.wroteRequest, s.gotConn
	return s
}

func (s *sending) wroteRequest(info httptrace.WroteRequestInfo) { s.wrote.Store(info.Err == nil) }

// gotConn closes the connection that the request would be written to again,
// before anything is. HTTP/2 shares a connection between requests, and sends
// again only what the server says it didn't process.
func (s *sending) gotConn(info httptrace.GotConnInfo) {
	if !s.wrote.Load() {
		return
	}
	if secure, ok := info.Conn.(*tls.Conn); ok && secure.ConnectionState().NegotiatedProtocol == "h2" {
		return
	}
	s.again.Store(true)
	info.Conn.Close()
}
