// Command wait starts a run and waits for its result. It keeps the place of the
// wait in a file: a process that is ended meanwhile goes on with the same run
// when it is started again.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"time"

	exai "github.com/exai/sdk-go"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	file := filepath.Join(os.TempDir(), "exai-example-wait")
	if err := run(ctx, exai.NewClient(), file); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, client *exai.Client, file string) error {
	keep := exai.WithWaitToken(func(token string) {
		if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
			log.Print(err)
		}
	})
	token, err := os.ReadFile(file)
	var done *exai.Run
	switch {
	case err == nil:
		fmt.Println("going on")
		done, err = client.Runs.StartAndWaitFrom(ctx, string(token), keep)
	case errors.Is(err, fs.ErrNotExist):
		done, err = start(ctx, client, keep)
	}
	if err != nil {
		return err
	}
	fmt.Println(done.ID, done.Status)
	return os.Remove(file)
}

func start(ctx context.Context, client *exai.Client, keep exai.RequestOption) (*exai.Run, error) {
	plan, err := client.Plans.Create(ctx, exai.PlanCreateParams{
		Name:  "Wait",
		Nodes: []exai.PlanNode{&exai.WaitNode{Key: "pause", Until: &exai.WaitForDuration{Duration: "PT1S"}}},
	})
	if err != nil {
		return nil, err
	}
	return client.Runs.StartAndWait(ctx, exai.RunStartParams{PlanID: plan.ID}, keep)
}
