// These tests are a project of their own, so that they use the module from
// outside. ./run puts the module's zip in place of the folder.
module example.com/consumer

go 1.25

require github.com/exai/sdk-go v1.4.0

replace github.com/exai/sdk-go => ../
