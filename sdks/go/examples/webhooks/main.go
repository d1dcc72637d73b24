// Command webhooks receives webhooks on the address of its argument.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"

	exai "github.com/exai/sdk-go"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: WEBHOOK_SECRET=whsec_... webhooks ADDRESS")
	}
	http.Handle("POST /webhooks", receiver(os.Getenv("WEBHOOK_SECRET"), func(event exai.WebhookEvent) {
		fmt.Printf("%T\n", event)
	}))
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}

// receiver hands over webhooks that are genuine and recent.
func receiver(secret string, handle func(event exai.WebhookEvent)) http.Handler {
	client := exai.NewClient()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		event, err := client.Webhooks.Unwrap(body, r.Header, secret)
		if err != nil {
			http.Error(w, "not genuine", http.StatusBadRequest)
			return
		}
		handle(event)
		w.WriteHeader(http.StatusNoContent)
	})
}
