package exaitest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// SignWebhook gives a webhook's body and headers as the API sends them, just
// now and signed with secret, to try a receiver with.
func SignWebhook(event any, secret string) ([]byte, http.Header, error) {
	body, err := json.Marshal(event)
	if err != nil {
		return nil, nil, err
	}
	const id = "msg_fake"
	timestamp := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body)
	header := http.Header{}
	header.Set("Webhook-Id", id)
	header.Set("Webhook-Timestamp", timestamp)
	header.Set("Webhook-Signature", "v1="+hex.EncodeToString(mac.Sum(nil)))
	return body, header, nil
}
