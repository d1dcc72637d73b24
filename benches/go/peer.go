package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// peer is what a program does without the SDK: net/http, and encoding/json
// into types of its own. It has the same timeout and the same headers, and
// neither retries nor keeps what came beside the body.
type peer struct {
	http *http.Client
	base string
	key  string
}

func (p *peer) get(ctx context.Context, path string, out any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "Bearer "+p.key)
	r.Header.Set("User-Agent", "peer/1.0")
	response, err := p.http.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(out)
}

func (p *peer) run(ctx context.Context, id string) (*run, error) {
	var out run
	return &out, p.get(ctx, "/runs/"+url.PathEscape(id), &out)
}

func (p *peer) agents(ctx context.Context, limit int) (*agents, error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	var out agents
	return &out, p.get(ctx, "/agents?"+query.Encode(), &out)
}

// The types hold what the SDK's do, by the same types of Go. A union is a
// struct of the members of all its variants.

type money struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

type actor struct {
	Type      string  `json:"type"`
	TokenID   string  `json:"token_id"`
	TokenName string  `json:"token_name"`
	UserID    string  `json:"user_id"`
	AgentID   string  `json:"agent_id"`
	RunID     *string `json:"run_id"`
}

type usage struct {
	InputTokens  int64 `json:"input_tokens"`
	OutputTokens int64 `json:"output_tokens"`
	Cost         money `json:"cost"`
}

type fault struct {
	Message   string  `json:"message"`
	Reason    string  `json:"reason"`
	Retryable bool    `json:"retryable"`
	NodeID    *string `json:"node_id"`
}

type origin struct {
	RunID        string `json:"run_id"`
	CheckpointID string `json:"checkpoint_id"`
}

type run struct {
	ID           string            `json:"id"`
	Ceiling      *money            `json:"ceiling"`
	CreatedAt    time.Time         `json:"created_at"`
	CreatedBy    actor             `json:"created_by"`
	DeadlineAt   time.Time         `json:"deadline_at"`
	Fault        *fault            `json:"fault"`
	FinishedAt   *time.Time        `json:"finished_at"`
	Input        map[string]any    `json:"input"`
	Labels       map[string]string `json:"labels"`
	Name         *string           `json:"name"`
	NodeCounts   map[string]int64  `json:"node_counts"`
	ParentRunID  *string           `json:"parent_run_id"`
	PlanID       string            `json:"plan_id"`
	PlanRevision int64             `json:"plan_revision"`
	PollURL      string            `json:"poll_url"`
	Receipt      *string           `json:"receipt"`
	ReplayOf     *origin           `json:"replay_of"`
	StartedAt    *time.Time        `json:"started_at"`
	Status       string            `json:"status"`
	StreamURL    string            `json:"stream_url"`
	Usage        usage             `json:"usage"`
}

type pricing struct {
	Type                  string `json:"type"`
	InputPerMillion       *money `json:"input_per_million"`
	CachedInputPerMillion *money `json:"cached_input_per_million"`
	OutputPerMillion      *money `json:"output_per_million"`
	PerInvocation         *money `json:"per_invocation"`
}

type agent struct {
	ID            string    `json:"id"`
	Capabilities  []string  `json:"capabilities"`
	Category      string    `json:"category"`
	CreatedAt     time.Time `json:"created_at"`
	Description   string    `json:"description"`
	LatestVersion string    `json:"latest_version"`
	Origin        string    `json:"origin"`
	Pricing       pricing   `json:"pricing"`
	Slug          string    `json:"slug"`
	Status        string    `json:"status"`
	Title         string    `json:"title"`
	UpdatedAt     time.Time `json:"updated_at"`
}

type agents struct {
	Data       []*agent `json:"data"`
	NextCursor *string  `json:"next_cursor"`
}
