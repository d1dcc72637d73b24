package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"

	exai "github.com/exai/sdk-go"
)

// arguments are those of all calls, by wire name.
type arguments struct {
	RunID        string            `json:"run_id"`
	ExportID     string            `json:"export_id"`
	Slug         string            `json:"slug"`
	PlanID       string            `json:"plan_id"`
	EventID      string            `json:"event_id"`
	BuildID      string            `json:"build_id"`
	ArtifactID   string            `json:"artifact_id"`
	WorkspaceID  string            `json:"workspace_id"`
	Path         string            `json:"path"`
	Content      string            `json:"content"`
	Streamed     bool              `json:"streamed"`
	FileName     string            `json:"file_name"`
	Purpose      string            `json:"purpose"`
	Description  *string           `json:"description"`
	Limit        *int64            `json:"limit"`
	Label        []string          `json:"label"`
	Status       []exai.RunStatus  `json:"status"`
	CreatedAfter *time.Time        `json:"created_after"`
	Body         json.RawMessage   `json:"body"`
	Headers      map[string]string `json:"headers"`
	Secrets      []string          `json:"secrets"`
	Token        string            `json:"token"`
	Size         int64             `json:"size"`
	Now          *int64            `json:"now"`
}

func value(v any, err error) (map[string]any, error) {
	if err != nil {
		return nil, err
	}
	return map[string]any{"value": v}, nil
}

// items collects what an iterator gives until it fails, ends, or enough is there.
func items[T any](source iter.Seq2[T, error], take *int) (map[string]any, error) {
	all := []any{}
	result := func() map[string]any { return map[string]any{"items": all} }
	for item, err := range source {
		if err != nil {
			return result(), err
		}
		all = append(all, item)
		if take != nil && len(all) >= *take {
			break
		}
	}
	return result(), nil
}

// within bounds a wait by the context; the option bounds each of its calls.
func (s *settings) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.TimeoutMS == nil {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, milliseconds(*s.TimeoutMS))
}

// rawRequest makes a request by its method and path.
func rawRequest(ctx context.Context, client *exai.Client, raw json.RawMessage, options []exai.RequestOption) (map[string]any, error) {
	var a struct {
		Method string                     `json:"method"`
		Path   string                     `json:"path"`
		Query  map[string]json.RawMessage `json:"query"`
		Body   json.RawMessage            `json:"body"`
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, err
	}
	for name, value := range a.Query {
		text := string(value)
		if json.Unmarshal(value, &text) != nil {
			text = string(value) // a number or a boolean
		}
		options = append(options, exai.WithQuery(name, text))
	}
	var body any
	if a.Body != nil {
		body = a.Body
	}
	var answer json.RawMessage
	if err := client.Request(ctx, a.Method, a.Path, body, &answer, options...); err != nil {
		return nil, err
	}
	return value(answer, nil)
}

// endless gives the letter x again and again, in pieces of 64 KiB at most.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	p = p[:min(len(p), 64<<10)]
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// perform makes one call.
func perform(ctx context.Context, client *exai.Client, op string, raw json.RawMessage, s *settings, options []exai.RequestOption) (map[string]any, error) {
	var start exai.RunStartParams
	if strings.HasPrefix(op, "runs.start") {
		var err error
		if start, err = exai.Unmarshal[exai.RunStartParams](raw); err != nil {
			return nil, err
		}
	}
	switch op {
	case "raw":
		return rawRequest(ctx, client, raw, options)
	case "operation", "operation_wait":
		a := asked{take: s.Take}
		if err := json.Unmarshal(raw, &a); err != nil {
			return nil, err
		}
		if op == "operation" {
			return operation(ctx, client, &a, options)
		}
		ctx, cancel := s.within(ctx)
		defer cancel()
		return operationWait(ctx, client, &a, options)
	}
	var a arguments
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, err
	}
	switch op {
	case "runs.get":
		return value(client.Runs.Get(ctx, a.RunID, options...))
	case "runs.start":
		return value(client.Runs.Start(ctx, start, options...))
	case "runs.start_and_wait":
		ctx, cancel := s.within(ctx)
		defer cancel()
		return value(client.Runs.StartAndWait(ctx, start, options...))
	case "runs.start_and_wait_from":
		ctx, cancel := s.within(ctx)
		defer cancel()
		return value(client.Runs.StartAndWaitFrom(ctx, a.Token, options...))
	case "runs.cancel":
		var params exai.RunCancelParams
		if a.Body != nil {
			if err := json.Unmarshal(a.Body, &params); err != nil {
				return nil, err
			}
		}
		return value(client.Runs.Cancel(ctx, a.RunID, params, options...))
	case "runs.list":
		params := exai.RunListParams{Label: a.Label, Status: a.Status, CreatedAfter: a.CreatedAfter, Limit: a.Limit}
		if a.PlanID != "" {
			params.PlanID = &a.PlanID
		}
		return items(client.Runs.List(ctx, params, options...), s.Take)
	case "runs.events":
		return items(client.Runs.Events(ctx, a.RunID, options...), s.Take)
	case "audit.exports.download":
		return items(client.Audit.Exports.Download(ctx, a.ExportID, options...), s.Take)
	case "audit.tail":
		return items(client.Audit.Tail(ctx, exai.AuditTailParams{}, options...), s.Take)
	case "agents.list":
		return items(client.Agents.List(ctx, exai.AgentListParams{Limit: a.Limit}, options...), s.Take)
	case "agents.page":
		page, err := client.Agents.ListPage(ctx, exai.AgentListParams{Limit: a.Limit}, options...)
		if err != nil {
			return nil, err
		}
		return value(map[string]any{"items": page.Data, "next_cursor": text(page.NextCursor)}, nil)
	case "templates.get":
		return value(client.Templates.Get(ctx, a.Slug, options...))
	case "templates.star":
		return value(nil, client.Templates.Star(ctx, a.Slug, options...))
	case "plans.get":
		return value(client.Plans.Get(ctx, a.PlanID, options...))
	case "plans.delete":
		return value(nil, client.Plans.Delete(ctx, a.PlanID, options...))
	case "plans.update":
		var params exai.PlanUpdateParams
		if err := json.Unmarshal(a.Body, &params); err != nil {
			return nil, err
		}
		return value(client.Plans.Update(ctx, a.PlanID, params, options...))
	case "audit.events.get":
		return value(client.Audit.Events.Get(ctx, a.EventID, options...))
	case "builder.assets.upload":
		return value(client.Builder.Assets.Upload(ctx, exai.BuilderAssetUploadParams{
			File:        exai.File{Name: a.FileName, ContentType: "text/plain", Content: strings.NewReader(a.Content)},
			Purpose:     exai.BuildAssetPurpose(a.Purpose),
			Description: a.Description,
		}, options...))
	case "builder.artifacts.download":
		download, err := client.Builder.Runs.Artifacts.Download(ctx, a.BuildID, a.ArtifactID, exai.BuilderRunArtifactDownloadParams{}, options...)
		if err != nil {
			return nil, err
		}
		defer download.Close()
		content, err := io.ReadAll(download)
		return value(string(content), err)
	case "builder.artifacts.drain":
		download, err := client.Builder.Runs.Artifacts.Download(ctx, a.BuildID, a.ArtifactID, exai.BuilderRunArtifactDownloadParams{}, options...)
		if err != nil {
			return nil, err
		}
		defer download.Close()
		return value(io.Copy(io.Discard, download))
	case "workspaces.upload":
		var body io.Reader = strings.NewReader(a.Content)
		if a.Size > 0 {
			body = io.LimitReader(endless{}, a.Size)
		} else if a.Streamed {
			body = io.MultiReader(body) // can't be read again
		}
		return value(client.Workspaces.Files.Upload(ctx, a.WorkspaceID, body, exai.WorkspaceFileUploadParams{Path: a.Path}, options...))
	case "webhooks.unwrap":
		header := http.Header{}
		for name, value := range a.Headers {
			header.Set(name, value)
		}
		var body string
		if err := json.Unmarshal(a.Body, &body); err != nil {
			return nil, err
		}
		if a.Now != nil {
			if err := exai.VerifyWebhookAt(time.Unix(*a.Now, 0), []byte(body), header, a.Secrets...); err != nil {
				return nil, err
			}
			return value(exai.Unmarshal[exai.WebhookEvent]([]byte(body)))
		}
		return value(client.Webhooks.Unwrap([]byte(body), header, a.Secrets...))
	}
	return nil, errors.New("no such call: " + op)
}
