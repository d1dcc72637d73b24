// Command quickstart makes a plan, runs it and prints what happens.
package main

import (
	"context"
	"fmt"
	"log"

	exai "github.com/exai/sdk-go"
)

func main() {
	client := exai.NewClient() // EXAI_API_KEY
	if err := run(context.Background(), client); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, client *exai.Client) error {
	plan, err := client.Plans.Create(ctx, exai.PlanCreateParams{
		Name: "Quickstart",
		Nodes: []exai.PlanNode{
			&exai.WaitNode{Key: "pause", Until: &exai.WaitForDuration{Duration: "PT0S"}},
		},
	})
	if err != nil {
		return err
	}
	started, err := client.Runs.Start(ctx, exai.RunStartParams{PlanID: plan.ID})
	if err != nil {
		return err
	}
	for event, err := range client.Runs.Events(ctx, started.ID) {
		if err != nil {
			return err
		}
		switch event := event.(type) {
		case *exai.NodeCompletedEvent:
			fmt.Println("completed", event.NodeID)
		case *exai.RunCompletedEvent:
			fmt.Println("the run is over")
		case *exai.UnknownRunEvent:
			fmt.Println("newer than this module:", event.Tag)
		}
	}
	return nil
}
