package exai

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ErrWebhookSignature is what [VerifyWebhook] fails with.
var ErrWebhookSignature = errors.New("the webhook is not genuine")

// webhookTolerance is how far a webhook's timestamp may be off, past or future.
const webhookTolerance = 5 * time.Minute

// VerifyWebhook checks that a webhook was sent by the API, and just now. The
// body is the request's as it was received, byte for byte. Give more than one
// secret while an old one is still valid after a rotation. The error wraps
// [ErrWebhookSignature].
func VerifyWebhook(body []byte, header http.Header, secrets ...string) error {
	return VerifyWebhookAt(time.Now(), body, header, secrets...)
}

// unwrapWebhook verifies a webhook and decodes its event.
func unwrapWebhook[T any](body []byte, header http.Header, secrets []string) (T, error) {
	var event T
	if err := VerifyWebhook(body, header, secrets...); err != nil {
		return event, err
	}
	if err := unmarshal(body, &event); err != nil {
		return event, newDecodeError("webhook", ResponseMeta{Header: header}, body, err)
	}
	return event, nil
}

// VerifyWebhookAt is [VerifyWebhook] at another time than now: for webhooks that
// were kept, and for tests.
func VerifyWebhookAt(now time.Time, body []byte, header http.Header, secrets ...string) error {
	refuse := func(why string) error { return fmt.Errorf("%w: %s", ErrWebhookSignature, why) }
	one := func(name string) (string, bool) {
		values := header.Values(name)
		return strings.Join(values, ""), len(values) == 1 && values[0] != ""
	}
	id, hasID := one("Webhook-Id")
	timestamp, hasTimestamp := one("Webhook-Timestamp")
	signature, hasSignature := one("Webhook-Signature")
	if !hasID || !hasTimestamp || !hasSignature {
		return refuse("each of Webhook-Id, Webhook-Timestamp and Webhook-Signature must be there once")
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return refuse("the timestamp is not a number")
	}
	given, ok := strings.CutPrefix(signature, "v1=")
	if !ok {
		return refuse("the signature is not of version v1")
	}
	genuine := false
	for _, secret := range secrets {
		if secret == "" {
			continue // an unset variable must not verify anything
		}
		mac := hmac.New(sha256.New, []byte(secret))
		fmt.Fprintf(mac, "%s.%s.", id, timestamp)
		mac.Write(body)
		want := hex.EncodeToString(mac.Sum(nil))
		genuine = hmac.Equal([]byte(want), []byte(given)) || genuine
	}
	if !genuine {
		return refuse("the signature does not match")
	}
	if off := now.Unix() - seconds; off > int64(webhookTolerance.Seconds()) || -off > int64(webhookTolerance.Seconds()) {
		return refuse("the timestamp is more than five minutes off")
	}
	return nil
}
