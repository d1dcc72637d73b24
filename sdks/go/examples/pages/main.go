// Command pages reads lists: all items, one page, and page by page.
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
	// Pages are fetched as the loop needs them; leaving it fetches no more.
	count := 0
	for agent, err := range client.Agents.List(ctx, exai.AgentListParams{Limit: exai.Int(2)}) {
		if err != nil {
			return err
		}
		fmt.Println(agent.ID, agent.Title)
		if count++; count == 5 {
			break
		}
	}

	// A page says what came with it, and where the next one is.
	page, err := client.Agents.ListPage(ctx, exai.AgentListParams{Limit: exai.Int(3)})
	for page != nil && err == nil {
		fmt.Println(len(page.Data), "agents; requests left:", page.RateLimit.Remaining)
		page, err = page.Next(ctx)
	}
	return err
}
