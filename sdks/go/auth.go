package exai

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
)

// TokenSource gives the token to send. It is called for every request and
// should keep a token as long as it is valid. A token source is never
// printed or logged.
type TokenSource func(ctx context.Context) (string, error)

// authScheme says where a credential goes.
type authScheme struct {
	in     string // "header", "query" or "cookie"
	name   string // of the header, query parameter or cookie
	prefix string // "Bearer " or "Basic ", before the credential
}

// credentials are a client's token sources: by scheme, and one for all others under "".
type credentials map[string]TokenSource

// authorize adds the credentials for an operation to an outgoing request.
func (t *transport) authorize(r *http.Request, op *operation) error {
	alternatives := op.auth
	if alternatives == nil {
		alternatives = t.product.auth
	}
	if op.public || len(alternatives) == 0 {
		return nil
	}
	for _, schemes := range alternatives {
		if len(schemes) == 0 {
			return nil // credentials may be left out
		}
		complete := true
		for _, scheme := range schemes {
			_, named := t.credentials[scheme]
			complete = complete && (named || t.credentials[""] != nil)
		}
		if !complete {
			continue
		}
		for _, scheme := range schemes {
			if err := t.addCredential(r, scheme); err != nil {
				return err
			}
		}
		return nil
	}
	return errors.New("no API key: set " + t.product.envPrefix + "_API_KEY or use WithAPIKey")
}

func (t *transport) addCredential(r *http.Request, name string) error {
	source, ok := t.credentials[name]
	if !ok {
		source = t.credentials[""]
	}
	token, err := source(r.Context())
	if err != nil {
		return err
	}
	switch scheme := t.product.schemes[name]; scheme.in {
	case "query":
		query := r.URL.Query()
		query.Set(scheme.name, token)
		r.URL.RawQuery = query.Encode()
	case "cookie":
		r.AddCookie(&http.Cookie{Name: scheme.name, Value: token})
	default:
		if scheme.prefix == "Basic " {
			token = base64.StdEncoding.EncodeToString([]byte(token))
		}
		r.Header.Set(scheme.name, scheme.prefix+token)
	}
	return nil
}

// guardRedirects makes a copy of an HTTP client that takes the credentials
// off a request that is redirected to another origin. (The client does so by
// itself for Authorization alone, and not between subdomains.)
func (t *transport) guardRedirects(client *http.Client) *http.Client {
	guarded := *client
	guarded.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if x, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
			x.sending.wrote.Store(false) // the next request is another one
		}
		if !sameOrigin(r.URL, via[0].URL) {
			for _, scheme := range t.product.schemes {
				if scheme.in == "header" {
					r.Header.Del(scheme.name)
				}
			}
			r.Header.Del("Cookie")
		}
		if client.CheckRedirect != nil {
			return client.CheckRedirect(r, via)
		}
		if len(via) >= 10 {
			return errors.New("stopped after 10 redirects")
		}
		return nil
	}
	return &guarded
}

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }
