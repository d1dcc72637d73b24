// Command errors tells errors apart, shows retries in a log, and bounds a call.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"

	exai "github.com/exai/sdk-go"
)

func main() {
	// Retries are logged at info level, each try at debug level; no token is.
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	if err := run(context.Background(), exai.NewClient(exai.WithLogger(logger))); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, client *exai.Client) error {
	_, err := client.Templates.Get(ctx, "nope")
	var notFound *exai.NotFoundError
	if !errors.As(err, &notFound) {
		return fmt.Errorf("not the error that was expected: %w", err)
	}
	fmt.Println(notFound.Message, notFound.Receipt)

	// Nothing comes back in a nanosecond. The key makes it safe to try again.
	_, err = client.Runs.Start(ctx, exai.RunStartParams{PlanID: "pln_1"}, exai.WithTimeout(time.Nanosecond))
	var timeout *exai.TimeoutError
	if !errors.As(err, &timeout) {
		return fmt.Errorf("not the error that was expected: %w", err)
	}
	_, err = client.Runs.Start(ctx, exai.RunStartParams{PlanID: "pln_1"}, exai.WithIdempotencyKey(timeout.IdempotencyKey))
	var api *exai.APIError
	if !errors.As(err, &api) { // the base of all errors of the API
		return fmt.Errorf("not the error that was expected: %w", err)
	}
	fmt.Println(api.StatusCode, api.Name)
	return nil
}
