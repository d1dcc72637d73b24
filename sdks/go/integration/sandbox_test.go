// Package consumer calls every kind of operation of a server, the way a
// program that depends on the module does.
package consumer

import (
	"bytes"
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
)

// client calls the server of EXAI_BASE_URL.
func client(t *testing.T, options ...exai.ClientOption) *exai.Client {
	t.Helper()
	if os.Getenv("EXAI_BASE_URL") == "" || os.Getenv("EXAI_API_KEY") == "" {
		t.Fatal("EXAI_BASE_URL and EXAI_API_KEY name the server to test against")
	}
	return exai.NewClient(options...)
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// unique makes names that no other run of the tests has used.
func unique(prefix string) string { return fmt.Sprintf("%s-%d", prefix, time.Now().UnixNano()) }

func newPlan(t *testing.T, c *exai.Client) *exai.Plan {
	t.Helper()
	plan, err := c.Plans.Create(t.Context(), exai.PlanCreateParams{
		Name:  unique("plan"),
		Nodes: []exai.PlanNode{&exai.WaitNode{Key: "pause", Until: &exai.WaitForDuration{Duration: "PT0S"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func newWorkspace(t *testing.T, c *exai.Client) *exai.Workspace {
	t.Helper()
	workspace, err := c.Workspaces.CreateAndWait(within(t, time.Minute), exai.WorkspaceCreateParams{Name: unique("workspace")})
	if err != nil {
		t.Fatal(err)
	}
	if workspace.Status != exai.WorkspaceStatusRunning {
		t.Fatalf("the workspace is %s", workspace.Status)
	}
	return workspace
}

func TestWriteAndReadWithMetadata(t *testing.T) {
	c := client(t)
	plan := newPlan(t, c)
	var meta exai.ResponseMeta
	got, err := c.Plans.Get(t.Context(), plan.ID, exai.WithResponseInto(&meta))
	if err != nil {
		t.Fatal(err)
	}
	if node, ok := got.Nodes[0].(*exai.WaitNode); !ok || node.Key != "pause" {
		t.Errorf("got %#v", got.Nodes[0])
	}
	if !strings.HasPrefix(meta.Receipt, "rcp_") || meta.RateLimit.Remaining < 0 || meta.RateLimit.Reset.IsZero() {
		t.Errorf("got %+v", meta)
	}
	receipt, err := c.Audit.Receipts.Get(t.Context(), meta.Receipt)
	if err != nil || receipt.ID != meta.Receipt {
		t.Errorf("got %+v, %v", receipt, err)
	}
}

func TestNullClearsAndAbsentLeaves(t *testing.T) {
	c := client(t)
	plan, err := c.Plans.Create(t.Context(), exai.PlanCreateParams{
		Name:        unique("plan"),
		Description: exai.String("to be cleared"),
		Nodes:       []exai.PlanNode{&exai.WaitNode{Key: "pause", Until: &exai.WaitForDuration{Duration: "PT0S"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	renamed, err := c.Plans.Update(t.Context(), plan.ID, exai.PlanUpdateParams{Name: exai.String("renamed")})
	if err != nil || renamed.Name != "renamed" || renamed.Description == nil {
		t.Fatalf("got %+v, %v", renamed, err)
	}
	cleared, err := c.Plans.Update(t.Context(), plan.ID, exai.PlanUpdateParams{Description: exai.Null[string]()})
	if err != nil || cleared.Name != "renamed" || cleared.Description != nil {
		t.Fatalf("got %+v, %v", cleared, err)
	}
	if err := c.Plans.Delete(t.Context(), plan.ID); err != nil {
		t.Fatal(err)
	}
	var notFound *exai.NotFoundError
	if _, err := c.Plans.Get(t.Context(), plan.ID); !errors.As(err, &notFound) || notFound.Name != "not_found" || notFound.Receipt == "" {
		t.Errorf("got %v", err)
	}
}

func TestPagesHoldEveryItemOnce(t *testing.T) {
	c := client(t)
	want := map[string]bool{}
	for range 5 {
		want[newPlan(t, c).ID] = true
	}
	seen := map[string]int{}
	for plan, err := range c.Plans.List(t.Context(), exai.PlanListParams{Limit: exai.Int(2)}) {
		if err != nil {
			t.Fatal(err)
		}
		seen[plan.ID]++
	}
	for id := range want {
		if seen[id] != 1 {
			t.Errorf("%s was listed %d times", id, seen[id])
		}
	}
	page, err := c.Plans.ListPage(t.Context(), exai.PlanListParams{Limit: exai.Int(2)})
	if err != nil || len(page.Data) != 2 || !page.HasNext() {
		t.Errorf("got %+v, %v", page, err)
	}
}

func TestRunIsFollowedToItsEnd(t *testing.T) {
	c := client(t)
	plan := newPlan(t, c)
	run, err := c.Runs.Start(t.Context(), exai.RunStartParams{PlanID: plan.ID, Input: map[string]any{"n": 1}})
	if err != nil {
		t.Fatal(err)
	}
	var last exai.RunEvent
	var id string
	for event, err := range c.Runs.Events(within(t, time.Minute), run.ID, exai.WithLastEventIDInto(&id)) {
		if err != nil {
			t.Fatal(err)
		}
		last = event
	}
	completed, ok := last.(*exai.RunCompletedEvent)
	if !ok || completed.RunID != run.ID || completed.Receipt == "" || id == "" {
		t.Fatalf("the last event is %#v with id %q", last, id)
	}
	done, err := c.Runs.StartAndWait(within(t, time.Minute), exai.RunStartParams{PlanID: plan.ID})
	if err != nil || done.Status != exai.RunStatusSucceeded {
		t.Errorf("got %+v, %v", done, err)
	}
}

func TestSameKeyRunsOnce(t *testing.T) {
	c := client(t)
	key := unique("key")
	create := func(name string) (*exai.Plan, exai.ResponseMeta, error) {
		var meta exai.ResponseMeta
		plan, err := c.Plans.Create(t.Context(), exai.PlanCreateParams{
			Name:  name,
			Nodes: []exai.PlanNode{&exai.WaitNode{Key: "pause", Until: &exai.WaitForDuration{Duration: "PT0S"}}},
		}, exai.WithIdempotencyKey(key), exai.WithResponseInto(&meta))
		return plan, meta, err
	}
	first, _, err := create("one")
	if err != nil {
		t.Fatal(err)
	}
	again, meta, err := create("one")
	if err != nil || again.ID != first.ID || !meta.Replayed {
		t.Errorf("got %+v, %+v, %v", again, meta, err)
	}
	var conflict *exai.ConflictError
	if _, _, err := create("two"); !errors.As(err, &conflict) || conflict.IdempotencyKey != key {
		t.Errorf("got %v", err)
	}
}

func TestFilesGoUpAndDownAsBytes(t *testing.T) {
	c := client(t)
	workspace := newWorkspace(t, c)
	content := bytes.Repeat([]byte{0, 1, 2, 0xff}, 1<<16)
	file, err := c.Workspaces.Files.Upload(t.Context(), workspace.ID, bytes.NewReader(content), exai.WorkspaceFileUploadParams{Path: "data/a b.bin"})
	if err != nil || file.SizeBytes != int64(len(content)) {
		t.Fatalf("got %+v, %v", file, err)
	}
	download, err := c.Workspaces.Files.Download(t.Context(), workspace.ID, exai.WorkspaceFileDownloadParams{Path: "data/a b.bin"})
	if err != nil {
		t.Fatal(err)
	}
	defer download.Close()
	if got, err := io.ReadAll(download); err != nil || !bytes.Equal(got, content) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}

func TestCommandIsStreamedFromAWrite(t *testing.T) {
	c := client(t)
	workspace := newWorkspace(t, c)
	var output []byte
	exited := false
	for event, err := range c.Workspaces.Exec(within(t, time.Minute), workspace.ID, exai.WorkspaceExecParams{Command: []string{"echo", "hello"}}) {
		if err != nil {
			t.Fatal(err)
		}
		switch event := event.(type) {
		case *exai.ExecOutputEvent:
			output = append(output, event.Data...)
		case *exai.ExecExitedEvent:
			exited = event.ExitCode != nil && *event.ExitCode == 0
		}
	}
	if !exited || !strings.Contains(string(output), "hello") {
		t.Errorf("exited %t with %q", exited, output)
	}
}

func TestUnionsAreSentAndReceived(t *testing.T) {
	c := client(t)
	stream, err := c.Audit.Streams.Create(t.Context(), exai.AuditStreamCreateParams{
		Name: unique("stream"),
		Sink: &exai.HTTPSSinkInput{URL: "https://siem.example.com/in"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if sink, ok := stream.Sink.(*exai.HTTPSSink); !ok || sink.URL != "https://siem.example.com/in" {
		t.Errorf("got %#v", stream.Sink)
	}
	if err := c.Audit.Streams.Delete(t.Context(), stream.ID); err != nil {
		t.Error(err)
	}
}

func TestExportIsReadLineByLine(t *testing.T) {
	c := client(t)
	newPlan(t, c)
	export, err := c.Audit.Exports.CreateAndWait(within(t, time.Minute), exai.AuditExportCreateParams{Since: time.Now().Add(-time.Hour), Until: time.Now()})
	if err != nil || export.Status != exai.AuditExportStatusSucceeded {
		t.Fatalf("got %+v, %v", export, err)
	}
	events := 0
	for event, err := range c.Audit.Exports.Download(t.Context(), export.ID) {
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(event.ID, "evt_") {
			t.Errorf("got %+v", event)
		}
		events++
	}
	if events == 0 {
		t.Error("the export is empty")
	}
}

func TestPatchIsText(t *testing.T) {
	c := client(t)
	workspace := newWorkspace(t, c)
	plan, err := c.Composer.PlanAndWait(within(t, time.Minute), exai.ComposerPlanParams{WorkspaceID: workspace.ID, Prompt: "Add a README"})
	if err != nil {
		t.Fatal(err)
	}
	patch, err := c.Composer.Plans.Patch(t.Context(), plan.ID, exai.ComposerPlanPatchParams{})
	if err != nil || !strings.Contains(patch, "@@") {
		t.Errorf("got %q, %v", patch, err)
	}
}

func TestAssetIsUploadedAsAForm(t *testing.T) {
	c := client(t)
	asset, err := c.Builder.Assets.Upload(t.Context(), exai.BuilderAssetUploadParams{
		Purpose: exai.BuildAssetPurposeReference,
		File:    exai.File{Name: "logo.png", ContentType: "image/png", Content: strings.NewReader("not really an image")},
	})
	if err != nil || asset.ID == "" {
		t.Fatalf("got %+v, %v", asset, err)
	}
}

func TestWrongTokenIsUnauthorized(t *testing.T) {
	c := client(t, exai.WithAPIKey("sk_test_wrong"))
	_, err := c.Runs.Get(t.Context(), "run_x")
	var unauthorized *exai.UnauthorizedError
	if !errors.As(err, &unauthorized) || unauthorized.StatusCode != http.StatusUnauthorized || strings.Contains(err.Error(), "sk_test_wrong") {
		t.Errorf("got %v", err)
	}
}

func TestInvalidRequestSaysWhere(t *testing.T) {
	c := client(t)
	_, err := c.Runs.Start(t.Context(), exai.RunStartParams{PlanID: "pln_x"}, exai.WithBodyField("surprise", true))
	var invalid *exai.InvalidRequestError
	if !errors.As(err, &invalid) || len(invalid.Details) == 0 {
		t.Errorf("got %v", err)
	}
}

func TestWaitGoesOnFromAStoredToken(t *testing.T) {
	c := client(t)
	plan := newPlan(t, c)
	ctx, cancel := context.WithCancel(within(t, time.Minute))
	var token string
	_, err := c.Runs.StartAndWait(ctx, exai.RunStartParams{PlanID: plan.ID}, exai.WithWaitToken(func(now string) {
		token = now
		cancel()
	}))
	if !errors.Is(err, context.Canceled) || token == "" {
		t.Fatalf("got %v with the token %q", err, token)
	}
	run, err := c.Runs.StartAndWaitFrom(within(t, time.Minute), token)
	if err != nil || run.PlanID != plan.ID || run.Status != exai.RunStatusSucceeded {
		t.Errorf("got %+v, %v", run, err)
	}
	if _, err := c.Runs.ReplayAndWaitFrom(t.Context(), token); !errors.Is(err, exai.ErrWaitToken) {
		t.Errorf("got %v", err)
	}
}

func TestRequestCallsWhatHasNoMethod(t *testing.T) {
	c := client(t)
	var plan exai.Plan
	var meta exai.ResponseMeta
	err := c.Request(t.Context(), http.MethodPost, "/plans", map[string]any{
		"name":  unique("plan"),
		"nodes": []exai.PlanNode{&exai.WaitNode{Key: "pause", Until: &exai.WaitForDuration{Duration: "PT0S"}}},
	}, &plan, exai.WithResponseInto(&meta))
	if err != nil || plan.ID == "" || meta.IdempotencyKey == "" {
		t.Fatalf("got %+v, %+v, %v", plan, meta, err)
	}
	var notFound *exai.NotFoundError
	if err := c.Request(t.Context(), http.MethodGet, "/plans/pln_nope", nil, nil); !errors.As(err, &notFound) {
		t.Errorf("got %v", err)
	}
}
