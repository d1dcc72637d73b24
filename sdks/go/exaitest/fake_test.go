package exaitest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	exai "github.com/exai/sdk-go"
	"github.com/exai/sdk-go/exaitest"
)

func TestResultsComeOneAfterAnotherAndCallsAreKept(t *testing.T) {
	fake := exaitest.New()
	fake.Header.Set("x-exai-receipt", "rcp_1")
	fake.Runs.Get.Return(&exai.Run{ID: "run_1", Status: exai.RunStatusRunning}, &exai.Run{ID: "run_1", Status: exai.RunStatusSucceeded})
	client := fake.Client()
	for _, want := range []exai.RunStatus{exai.RunStatusRunning, exai.RunStatusSucceeded, exai.RunStatusSucceeded} {
		var meta exai.ResponseMeta
		run, err := client.Runs.Get(t.Context(), "run_1", exai.WithResponseInto(&meta))
		if err != nil || run.Status != want || meta.Receipt != "rcp_1" {
			t.Fatalf("got %+v, %+v, %v", run, meta, err)
		}
	}
	calls := fake.Runs.Get.Calls()
	if len(calls) != 3 || calls[0].Operation != "Runs.Get" || calls[0].Path != "/runs/run_1" || len(fake.Calls()) != 3 {
		t.Errorf("got %+v", calls)
	}
}

func TestBodiesAreEncodedAndKeysAreSent(t *testing.T) {
	fake := exaitest.New()
	fake.Runs.Start.Respond(func(call exaitest.Call) (*exai.Run, error) {
		var sent struct {
			PlanID string `json:"plan_id"`
		}
		if err := call.Decode(&sent); err != nil || call.Header.Get("Idempotency-Key") == "" {
			t.Errorf("got %+v, %v", call, err)
		}
		return &exai.Run{ID: "run_1", PlanID: sent.PlanID}, nil
	})
	var meta exai.ResponseMeta
	run, err := fake.Client().Runs.Start(t.Context(), exai.RunStartParams{PlanID: "pln_1"}, exai.WithResponseInto(&meta))
	if err != nil || run.PlanID != "pln_1" || meta.StatusCode != http.StatusAccepted {
		t.Errorf("got %+v, %+v, %v", run, meta, err)
	}
}

func TestErrorsAreTheClientsOwnAndAreTriedAgain(t *testing.T) {
	fake := exaitest.New()
	fake.Templates.Get.Fail(exaitest.ProviderUnavailable("not now"))
	fake.Templates.Get.Fail(exaitest.NotFound("no such template"))
	_, err := fake.Client().Templates.Get(t.Context(), "nope")
	var notFound *exai.NotFoundError
	if !errors.As(err, &notFound) || notFound.Message != "no such template" || notFound.Tries != 2 {
		t.Errorf("got %v", err)
	}
	fake.Plans.Delete.Fail(io.ErrClosedPipe)
	var connection *exai.ConnectionError
	if err := fake.Client(exai.WithMaxRetries(0)).Plans.Delete(t.Context(), "pln_1"); !errors.As(err, &connection) || !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
	fake.Runs.Get.Fail(&exaitest.Failure{Status: 429, Name: "rate_limited", RetryAfter: time.Hour})
	var timeout *exai.TimeoutError
	if _, err := fake.Client().Runs.Get(t.Context(), "run_1"); !errors.As(err, &timeout) || timeout.RetryAfter != time.Hour {
		t.Errorf("got %v", err)
	}
}

func TestPagesAreMadeOfItems(t *testing.T) {
	fake := exaitest.New()
	fake.Agents.List.PagesThen(exaitest.Internal("broken"), []*exai.Agent{{ID: "a"}, {ID: "b"}}, []*exai.Agent{{ID: "c"}})
	var seen []string
	var failed error
	for agent, err := range fake.Client(exai.WithMaxRetries(0)).Agents.List(t.Context(), exai.AgentListParams{}) {
		if err != nil {
			failed = err
			break
		}
		seen = append(seen, agent.ID)
	}
	var internal *exai.InternalError
	if strings.Join(seen, "") != "abc" || !errors.As(failed, &internal) {
		t.Errorf("got %q, %v", seen, failed)
	}
	fake.Plans.List.Items()
	for plan, err := range fake.Client().Plans.List(t.Context(), exai.PlanListParams{}) {
		t.Errorf("got %v, %v", plan, err)
	}
}

func TestStreamsAreResumedAndWaitedFor(t *testing.T) {
	fake := exaitest.New()
	fake.Runs.Start.Return(&exai.Run{ID: "run_1", Status: exai.RunStatusQueued})
	fake.Runs.Events.Break(io.ErrUnexpectedEOF, &exai.NodeCompletedEvent{NodeID: "node_1"})
	fake.Runs.Events.Events(&exai.NodeCompletedEvent{NodeID: "node_2"}, &exai.RunCompletedEvent{})
	fake.Runs.Get.Return(&exai.Run{ID: "run_1", Status: exai.RunStatusSucceeded})
	client := fake.Client()
	tokens := 0
	run, err := client.Runs.StartAndWait(t.Context(), exai.RunStartParams{PlanID: "pln_1"}, exai.WithWaitToken(func(string) { tokens++ }))
	if err != nil || run.Status != exai.RunStatusSucceeded || tokens != 4 {
		t.Fatalf("got %+v, %v, %d tokens", run, err, tokens)
	}
	calls := fake.Runs.Events.Calls()
	if len(calls) != 2 || calls[1].Header.Get("Last-Event-ID") != "1" {
		t.Errorf("got %+v", calls)
	}
	// A stream that names no end is ended by the server.
	fake = exaitest.New()
	fake.Audit.Tail.Events(&exai.AuditEvent{ID: "evt_1"})
	count := 0
	for event, err := range fake.Client().Audit.Tail(t.Context(), exai.AuditTailParams{}) {
		if err != nil || event.ID != "evt_1" {
			t.Fatalf("got %+v, %v", event, err)
		}
		count++
	}
	if count != 1 {
		t.Errorf("got %d events", count)
	}
}

func TestContentLinesAndNothing(t *testing.T) {
	fake := exaitest.New()
	fake.Workspaces.Files.Download.Return([]byte("content"))
	fake.Audit.Exports.Download.Events(&exai.AuditEvent{ID: "evt_1"}, &exai.AuditEvent{ID: "evt_2"})
	fake.Plans.Delete.Return()
	client := fake.Client()
	file, err := client.Workspaces.Files.Download(t.Context(), "ws_1", exai.WorkspaceFileDownloadParams{Path: "a"})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if content, err := io.ReadAll(file); err != nil || !bytes.Equal(content, []byte("content")) {
		t.Errorf("got %q, %v", content, err)
	}
	lines := 0
	for _, err := range client.Audit.Exports.Download(t.Context(), "exp_1") {
		if err != nil {
			t.Fatal(err)
		}
		lines++
	}
	if err := client.Plans.Delete(t.Context(), "pln_1"); err != nil || lines != 2 {
		t.Errorf("got %d lines, %v", lines, err)
	}
	fake.Workspaces.Files.Download.Break([]byte("con"), io.ErrUnexpectedEOF)
	fake.Raw("GET", "/new").Return(map[string]any{"ok": true})
	var out struct{ OK bool }
	if err := client.Request(t.Context(), "GET", "/new", nil, &out); err != nil || !out.OK {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestACallThatNothingAnswersFailsAndNamesTheOperation(t *testing.T) {
	fake := exaitest.New()
	_, err := fake.Client().Runs.Checkpoints.Get(t.Context(), "run_1", "chk_1")
	if err == nil || !strings.Contains(err.Error(), "Runs.Checkpoints.Get") || len(fake.Calls()) != 1 {
		t.Errorf("got %v after %d calls", err, len(fake.Calls()))
	}
}

func TestWebhooksAreSigned(t *testing.T) {
	body, header, err := exaitest.SignWebhook(map[string]any{"type": "audit.export.ready", "id": "whe_1"}, "whsec_1")
	if err != nil {
		t.Fatal(err)
	}
	client := exaitest.New().Client()
	if _, err := client.Webhooks.Unwrap(body, header, "whsec_1"); err != nil {
		t.Error(err)
	}
	if _, err := client.Webhooks.Unwrap(body, header, "whsec_2"); !errors.Is(err, exai.ErrWebhookSignature) {
		t.Errorf("got %v", err)
	}
}

// What an operation answers is held to its type by the compiler.
func TestAResultOfAnotherTypeDoesNotCompile(t *testing.T) {
	module, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		statement string
		compiles  bool
	}{
		"its own result":       {`fake.Runs.Get.Return(&exai.Run{})`, true},
		"another result":       {`fake.Runs.Get.Return(&exai.Plan{})`, false},
		"another item":         {`fake.Agents.List.Items(&exai.Run{})`, false},
		"no event of its":      {`fake.Runs.Events.Events(&exai.Run{})`, false},
		"a function's result":  {`fake.Runs.Get.Respond(func(exaitest.Call) (*exai.Plan, error) { return nil, nil })`, false},
		"a result for nothing": {`fake.Plans.Delete.Return(&exai.Plan{})`, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(file, text string) {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write("go.mod", "module example.com/consumer\n\ngo 1.25\n\nrequire github.com/exai/sdk-go v0.0.0\n\nreplace github.com/exai/sdk-go => "+module+"\n")
			write("main.go", "package main\n\nimport (\n\texai \"github.com/exai/sdk-go\"\n\t\"github.com/exai/sdk-go/exaitest\"\n)\n\nvar _ = exai.String\n\nfunc main() {\n\tfake := exaitest.New()\n\t"+test.statement+"\n}\n")
			build := exec.CommandContext(context.Background(), "go", "build", "-o", os.DevNull, ".")
			build.Dir = dir
			out, err := build.CombinedOutput()
			if compiled := err == nil; compiled != test.compiles || !compiled && !strings.Contains(string(out), "cannot use") && !strings.Contains(string(out), "too many arguments") && !strings.Contains(string(out), "does not match") {
				t.Errorf("compiled: %t\n%s", compiled, out)
			}
		})
	}
}
