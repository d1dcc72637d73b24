package exai

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestWebhookIsVerified(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	body := []byte(`{"type":"run.completed"}`)
	signed := func(id, secret string, at time.Time) http.Header {
		mac := hmac.New(sha256.New, []byte(secret))
		timestamp := strconv.FormatInt(at.Unix(), 10)
		mac.Write([]byte(id + "." + timestamp + "." + string(body)))
		h := http.Header{}
		h.Set("Webhook-Id", id)
		h.Set("Webhook-Timestamp", timestamp)
		h.Set("Webhook-Signature", "v1="+hex.EncodeToString(mac.Sum(nil)))
		return h
	}
	with := func(name, value string) http.Header {
		h := signed("whk_1", "new", now)
		h.Set(name, value)
		return h
	}
	twice := signed("whk_1", "new", now)
	twice.Add("Webhook-Signature", "v1=00")
	genuine := signed("whk_1", "new", now)
	for name, test := range map[string]struct {
		header  http.Header
		secrets []string
		ok      bool
	}{
		"genuine":                      {genuine, []string{"new"}, true},
		"signed with one of several":   {genuine, []string{"old", "new"}, true},
		"five minutes old":             {signed("whk_1", "new", now.Add(-5*time.Minute)), []string{"new"}, true},
		"five minutes ahead":           {signed("whk_1", "new", now.Add(5*time.Minute)), []string{"new"}, true},
		"too old":                      {signed("whk_1", "new", now.Add(-301*time.Second)), []string{"new"}, false},
		"too far ahead":                {signed("whk_1", "new", now.Add(301*time.Second)), []string{"new"}, false},
		"another secret":               {genuine, []string{"old"}, false},
		"no secret":                    {genuine, nil, false},
		"an empty secret":              {signed("whk_1", "", now), []string{""}, false},
		"another id":                   {with("Webhook-Id", "whk_2"), []string{"new"}, false},
		"another time":                 {with("Webhook-Timestamp", "1700000001"), []string{"new"}, false},
		"a time that isn't one":        {with("Webhook-Timestamp", "now"), []string{"new"}, false},
		"two signatures":               {twice, []string{"new"}, false},
		"a list of signatures":         {with("Webhook-Signature", genuine.Get("Webhook-Signature")+",v1=00"), []string{"new"}, false},
		"another version":              {with("Webhook-Signature", strings.Replace(genuine.Get("Webhook-Signature"), "v1", "v2", 1)), []string{"new"}, false},
		"upper case":                   {with("Webhook-Signature", "v1="+strings.ToUpper(genuine.Get("Webhook-Signature")[3:])), []string{"new"}, false},
		"no headers":                   {http.Header{}, []string{"new"}, false},
		"a time that would wrap round": {with("Webhook-Timestamp", "-9223372036854775808"), []string{"new"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := VerifyWebhookAt(now, body, test.header, test.secrets...)
			if (err == nil) != test.ok || err != nil && !errors.Is(err, ErrWebhookSignature) {
				t.Errorf("got %v", err)
			}
		})
	}
	if err := VerifyWebhookAt(now, append(body, ' '), genuine, "new"); err == nil {
		t.Error("another body was accepted")
	}
}
