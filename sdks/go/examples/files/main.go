// Command files sends a file into a workspace and reads it back.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	exai "github.com/exai/sdk-go"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx, exai.NewClient()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, client *exai.Client) error {
	workspace, err := client.Workspaces.CreateAndWait(ctx, exai.WorkspaceCreateParams{
		Name: fmt.Sprintf("files-%d", time.Now().UnixNano()),
	})
	if err != nil {
		return err
	}

	// Any reader will do. One that can seek, like this or an *os.File, is sent
	// again when a try fails.
	content := strings.NewReader("package main\n")
	file, err := client.Workspaces.Files.Upload(ctx, workspace.ID, content, exai.WorkspaceFileUploadParams{Path: "main.go"})
	if err != nil {
		return err
	}
	fmt.Println("sent", file.Path)

	download, err := client.Workspaces.Files.Download(ctx, workspace.ID, exai.WorkspaceFileDownloadParams{Path: "main.go"})
	if err != nil {
		return err
	}
	defer download.Close()
	fmt.Println(download.Size, "bytes of", download.ContentType)
	_, err = io.Copy(os.Stdout, download)
	return err
}
