// Command stream leaves a stream after its first event, and goes on behind it.
package main

import (
	"context"
	"fmt"
	"log"

	exai "github.com/exai/sdk-go"
)

func main() {
	if err := run(context.Background(), exai.NewClient()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, client *exai.Client) error {
	plan, err := client.Plans.Create(ctx, exai.PlanCreateParams{
		Name:  "Stream",
		Nodes: []exai.PlanNode{&exai.WaitNode{Key: "pause", Until: &exai.WaitForDuration{Duration: "PT0S"}}},
	})
	if err != nil {
		return err
	}
	started, err := client.Runs.Start(ctx, exai.RunStartParams{PlanID: plan.ID})
	if err != nil {
		return err
	}

	// The id of the last event is all that has to be kept. A connection that
	// breaks while the loop runs is taken up again by itself.
	var last string
	for event, err := range client.Runs.Events(ctx, started.ID, exai.WithLastEventIDInto(&last)) {
		if err != nil {
			return err
		}
		fmt.Printf("first: %T\n", event)
		break
	}
	for event, err := range client.Runs.Events(ctx, started.ID, exai.WithLastEventID(last)) {
		if err != nil {
			return err
		}
		fmt.Printf("then: %T\n", event)
	}
	return nil
}
