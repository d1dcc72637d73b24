// Package outside tests the module beside others, which it does not depend on.
package outside

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	exai "github.com/exai/sdk-go"
	"go.uber.org/goleak"
)

const event = "id: %d\ndata: {\"type\":\"node.completed\",\"sequence\":%[1]d,\"run_id\":\"run_1\",\"node_id\":\"node_1\"}\n\n"

// serve answers as a server of good and of bad days does, by the id that is asked for.
func serve(w http.ResponseWriter, r *http.Request) {
	flush := func() { w.(http.Flusher).Flush() }
	switch {
	case strings.HasSuffix(r.URL.Path, "/run_stalls"):
		<-r.Context().Done()
	case strings.HasSuffix(r.URL.Path, "/run_fails"):
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, strings.Repeat("x", 2<<20)) // more than is read of an error
	case strings.HasSuffix(r.URL.Path, "/run_breaks"):
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, `{"id":`)
	case strings.HasSuffix(r.URL.Path, "/events"):
		w.Header().Set("Content-Type", "text/event-stream")
		for n := 1; r.Context().Err() == nil; n++ {
			fmt.Fprintf(w, event, n)
			flush()
			if strings.Contains(r.URL.Path, "run_broken_stream") {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	case strings.HasSuffix(r.URL.Path, "/agents"):
		fmt.Fprint(w, `{"data":[{"id":"agt_1"},{"id":"agt_2"}],"next_cursor":"more"}`)
	case strings.Contains(r.URL.Path, "/artifacts/"):
		fmt.Fprint(w, strings.Repeat("x", 1<<20))
	case r.Method == http.MethodPost:
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprint(w, `{"id":"run_1","status":"queued"}`)
	default:
		fmt.Fprint(w, `{"id":"run_1","status":"running"}`)
	}
}

// However a call ends, no goroutine, timer or connection of it goes on.
func TestNothingIsLeftBehind(t *testing.T) {
	for name, use := range map[string]func(ctx context.Context, client *exai.Client) error{
		"a call": func(ctx context.Context, client *exai.Client) error {
			_, err := client.Runs.Get(ctx, "run_1")
			return err
		},
		"a call that is over before its answer": func(ctx context.Context, client *exai.Client) error {
			_, err := client.Runs.Get(ctx, "run_stalls", exai.WithTimeout(20*time.Millisecond))
			return wanted(err)
		},
		"a call whose tries are": func(ctx context.Context, client *exai.Client) error {
			_, err := client.Runs.Get(ctx, "run_stalls", exai.WithTryTimeout(20*time.Millisecond), exai.WithMaxRetries(1))
			return wanted(err)
		},
		"a call that fails again and again": func(ctx context.Context, client *exai.Client) error {
			_, err := client.Runs.Get(ctx, "run_fails")
			return wanted(err)
		},
		"an answer that breaks off": func(ctx context.Context, client *exai.Client) error {
			_, err := client.Runs.Get(ctx, "run_breaks", exai.WithMaxRetries(0))
			return wanted(err)
		},
		"a stream that is left": func(ctx context.Context, client *exai.Client) error {
			for _, err := range client.Runs.Events(ctx, "run_1") {
				return err
			}
			return nil
		},
		"a stream that is cancelled": func(ctx context.Context, client *exai.Client) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			for _, err := range client.Runs.Events(ctx, "run_1") {
				if err != nil {
					return nil
				}
				cancel()
			}
			return fmt.Errorf("it ended without an error")
		},
		"a stream that breaks off": func(ctx context.Context, client *exai.Client) error {
			seen := 0
			for _, err := range client.Runs.Events(ctx, "run_broken_stream", exai.WithMaxRetries(0)) {
				if err != nil {
					return nil
				}
				seen++
			}
			return fmt.Errorf("it ended after %d events without an error", seen)
		},
		"a list that is left": func(ctx context.Context, client *exai.Client) error {
			seen := 0
			for _, err := range client.Agents.List(ctx, exai.AgentListParams{}) {
				if seen++; err != nil || seen == 3 {
					return err
				}
			}
			return fmt.Errorf("the list has only %d items", seen)
		},
		"a download that is closed unread": func(ctx context.Context, client *exai.Client) error {
			file, err := client.Builder.Runs.Artifacts.Download(ctx, "build_1", "art_1", exai.BuilderRunArtifactDownloadParams{})
			if err != nil {
				return err
			}
			return file.Close()
		},
		"a download that is read": func(ctx context.Context, client *exai.Client) error {
			file, err := client.Builder.Runs.Artifacts.Download(ctx, "build_1", "art_1", exai.BuilderRunArtifactDownloadParams{})
			if err != nil {
				return err
			}
			defer file.Close()
			_, err = io.Copy(io.Discard, file)
			return err
		},
		"a wait that is cancelled": func(ctx context.Context, client *exai.Client) error {
			ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
			defer cancel()
			_, err := client.Runs.StartAndWait(ctx, exai.RunStartParams{PlanID: "pln_1"})
			return wanted(err)
		},
		"a governed client": func(ctx context.Context, client *exai.Client) error {
			_, err := client.Runs.Get(ctx, "run_1")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(serve))
			defer func() {
				server.CloseClientConnections()
				server.Close()
			}()
			before := goleak.IgnoreCurrent()
			connections := &http.Transport{}
			client := exai.NewClient(exai.WithBaseURL(server.URL), exai.WithAPIKey("sk_test"), exai.WithGovernor(),
				exai.WithHTTPClient(&http.Client{Transport: connections}))
			if err := use(context.Background(), client); err != nil {
				t.Error(err)
			}
			connections.CloseIdleConnections()
			goleak.VerifyNone(t, before)
		})
	}
}

// wanted is an error where there is none.
func wanted(err error) error {
	if err == nil {
		return fmt.Errorf("the call succeeded")
	}
	return nil
}
