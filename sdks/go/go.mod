module github.com/exai/sdk-go

go 1.25
