// Command testing starts a run and says how it ended. Its test needs no server.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	exai "github.com/exai/sdk-go"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: testing PLAN")
	}
	outcome, err := outcome(context.Background(), exai.NewClient(), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outcome)
}

// outcome runs a plan and says in words how the run ended.
func outcome(ctx context.Context, client *exai.Client, planID string) (string, error) {
	run, err := client.Runs.StartAndWait(ctx, exai.RunStartParams{PlanID: planID})
	if err != nil {
		return "", err
	}
	if run.Fault != nil {
		return "it failed: " + run.Fault.Message, nil
	}
	return "it " + string(run.Status), nil
}
