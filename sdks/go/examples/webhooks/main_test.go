package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	exai "github.com/exai/sdk-go"
	"github.com/exai/sdk-go/exaitest"
)

func TestReceiverTakesGenuineWebhooksAlone(t *testing.T) {
	var got []exai.WebhookEvent
	server := httptest.NewServer(receiver("whsec_1", func(event exai.WebhookEvent) { got = append(got, event) }))
	defer server.Close()
	for secret, want := range map[string]int{"whsec_1": http.StatusNoContent, "whsec_2": http.StatusBadRequest} {
		body, header, err := exaitest.SignWebhook(&exai.AuditExportReadyWebhook{ID: "whe_1", CreatedAt: time.Now()}, secret)
		if err != nil {
			t.Fatal(err)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = header
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: got %s", secret, response.Status)
		}
	}
	if len(got) != 1 {
		t.Fatalf("got %d events", len(got))
	}
	if event, ok := got[0].(*exai.AuditExportReadyWebhook); !ok || event.ID != "whe_1" {
		t.Errorf("got %#v", got[0])
	}
}
