module github.com/exai/sdk-go/bench

go 1.25

require github.com/exai/sdk-go v0.0.0

replace github.com/exai/sdk-go => ../../sdks/go
