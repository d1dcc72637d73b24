package exai_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	exai "github.com/exai/sdk-go"
	"github.com/exai/sdk-go/exaitest"
)

// The examples of README.md, each with what it needs to know. They are
// compiled here, and run where there is a server: see TestExamples.

func followRun(ctx context.Context, planID string) error {
	client := exai.NewClient()
	run, err := client.Runs.Start(ctx, exai.RunStartParams{PlanID: planID})
	if err != nil {
		return err
	}
	for event, err := range client.Runs.Events(ctx, run.ID) {
		if err != nil {
			return err
		}
		switch event := event.(type) {
		case *exai.NodeCompletedEvent:
			fmt.Println("completed", event.NodeID)
		case *exai.UnknownRunEvent:
			fmt.Println("newer than this module:", event.Tag)
		}
	}
	return nil
}

func waitForRun(ctx context.Context, client *exai.Client, planID string) error {
	var tokens []string
	keep := func(token string) { tokens = append(tokens, token) }
	run, err := client.Runs.StartAndWait(ctx, exai.RunStartParams{PlanID: planID}, exai.WithWaitToken(keep))
	if err != nil {
		return err
	}
	fmt.Println(run.Status)
	return goOn(ctx, client, tokens[0])
}

func goOn(ctx context.Context, client *exai.Client, token string) error {
	run, err := client.Runs.StartAndWaitFrom(ctx, token)
	if err == nil {
		fmt.Println(run.Status)
	}
	return err
}

func listRuns(ctx context.Context, client *exai.Client) error {
	var answer map[string]any
	err := client.Request(ctx, http.MethodGet, "/runs?limit=1", nil, &answer)
	if runs, ok := answer["data"].([]any); err == nil && (!ok || len(runs) != 1) {
		err = fmt.Errorf("got %v", answer)
	}
	return err
}

func TestWaitIsFaked(t *testing.T) {
	ctx := t.Context()
	fake := exaitest.New()
	fake.Runs.Start.Return(&exai.Run{ID: "run_1", Status: exai.RunStatusQueued})
	fake.Runs.Events.Events(&exai.NodeCompletedEvent{NodeID: "node_1"}, &exai.RunCompletedEvent{})
	fake.Runs.Get.Fail(exaitest.ProviderUnavailable("try again"))
	fake.Runs.Get.Return(&exai.Run{ID: "run_1", Status: exai.RunStatusSucceeded})
	run, err := fake.Client().Runs.StartAndWait(ctx, exai.RunStartParams{PlanID: "pln_1"})
	if err != nil || run.Status != exai.RunStatusSucceeded {
		t.Errorf("got %+v, %v", run, err)
	}
}

func listAgents(ctx context.Context, client *exai.Client) error {
	for agent, err := range client.Agents.List(ctx, exai.AgentListParams{Limit: exai.Int(100)}) {
		if err != nil {
			return err
		}
		fmt.Println(agent.ID)
	}
	return nil
}

func findTemplate(ctx context.Context, client *exai.Client) error {
	_, err := client.Templates.Get(ctx, "nope")
	var notFound *exai.NotFoundError
	if errors.As(err, &notFound) {
		fmt.Println(notFound.Message, notFound.Receipt)
	}
	if notFound == nil {
		return fmt.Errorf("the template was found, or: %w", err)
	}
	return nil
}

func showReceipt(ctx context.Context, client *exai.Client, runID string) error {
	var meta exai.ResponseMeta
	run, err := client.Runs.Get(ctx, runID, exai.WithResponseInto(&meta))
	if err != nil {
		return err
	}
	fmt.Println(run.Status, meta.Receipt, meta.RateLimit.Remaining)
	return nil
}

func clearDescription(ctx context.Context, client *exai.Client, planID string) error {
	_, err := client.Plans.Update(ctx, planID, exai.PlanUpdateParams{
		Name:        exai.String("Nightly review"),
		Description: exai.Null[string](), // cleared; left out, it would stay
	})
	return err
}

func printFile(ctx context.Context, client *exai.Client, workspaceID string) error {
	file, err := client.Workspaces.Files.Download(ctx, workspaceID, exai.WorkspaceFileDownloadParams{Path: "main.go"})
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(os.Stdout, file)
	return err
}

func receiveWebhooks(client *exai.Client) {
	http.HandleFunc("POST /webhooks", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		event, err := client.Webhooks.Unwrap(body, r.Header, os.Getenv("WEBHOOK_SECRET"))
		if err != nil {
			http.Error(w, "not genuine", http.StatusBadRequest)
			return
		}
		fmt.Printf("%T\n", event)
	})
}

func dedicatedClient() *exai.Client {
	client := exai.NewClient(
		exai.WithTenant("acme"),
		exai.WithAPIKey("sk_test_..."),
		exai.WithTimeout(30*time.Second),
		exai.WithMaxRetries(4),
	)
	return client
}

// TestExamples runs them against the server of EXAI_BASE_URL, if there is one.
func TestExamples(t *testing.T) {
	receiveWebhooks(dedicatedClient())
	if os.Getenv("EXAI_BASE_URL") == "" {
		t.Skip("EXAI_BASE_URL names no server")
	}
	ctx, client := t.Context(), exai.NewClient()
	plan, err := client.Plans.Create(ctx, exai.PlanCreateParams{
		Name:  "Example",
		Nodes: []exai.PlanNode{&exai.WaitNode{Key: "pause", Until: &exai.WaitForDuration{Duration: "PT0S"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	other, err := client.Plans.Create(ctx, exai.PlanCreateParams{Name: "Other", Nodes: plan.Nodes})
	if err != nil {
		t.Fatal(err)
	}
	run, err := client.Runs.Start(ctx, exai.RunStartParams{PlanID: plan.ID})
	if err != nil {
		t.Fatal(err)
	}
	workspace, err := client.Workspaces.CreateAndWait(ctx, exai.WorkspaceCreateParams{Name: fmt.Sprint("example-", time.Now().UnixNano())})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Workspaces.Files.Upload(ctx, workspace.ID, strings.NewReader("package main\n"), exai.WorkspaceFileUploadParams{Path: "main.go"})
	for name, err := range map[string]error{
		"upload":           err,
		"followRun":        followRun(ctx, plan.ID),
		"waitForRun":       waitForRun(ctx, client, plan.ID),
		"listAgents":       listAgents(ctx, client),
		"listRuns":         listRuns(ctx, client),
		"findTemplate":     findTemplate(ctx, client),
		"showReceipt":      showReceipt(ctx, client, run.ID),
		"clearDescription": clearDescription(ctx, client, other.ID),
		"printFile":        printFile(ctx, client, workspace.ID),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every Go snippet of README.md stands in this file, so that it compiles, or
// in the test that needs another module.
func TestReadmeIsCompiled(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var source []byte
	for _, file := range []string{"example_test.go", "tools/outside/otel_test.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, text...)
	}
	flat := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	blocks := strings.Split(string(readme), "```go\n")[1:]
	if len(blocks) < 8 {
		t.Errorf("found only %d snippets", len(blocks))
	}
	for _, block := range blocks {
		snippet, _, _ := strings.Cut(block, "```")
		if !strings.Contains(flat(string(source)), flat(snippet)) {
			t.Errorf("not in example_test.go:\n%s", snippet)
		}
	}
}
