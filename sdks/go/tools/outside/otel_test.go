package outside

import (
	"net/http"
	"testing"

	exai "github.com/exai/sdk-go"
	"github.com/exai/sdk-go/exaitest"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// traced makes a client with a span for each request, named after the
// operation. It stands in the README.
func traced(base http.RoundTripper, tracers *trace.TracerProvider, options ...exai.ClientOption) *exai.Client {
	transport := otelhttp.NewTransport(base,
		otelhttp.WithTracerProvider(tracers),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
			operation, _ := exai.OperationOf(r)
			return operation.Name
		}),
	)
	return exai.NewClient(append(options, exai.WithHTTPClient(&http.Client{Transport: transport}))...)
}

func TestEachTryIsASpanOfItsOperation(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	tracers := trace.NewTracerProvider(trace.WithSpanProcessor(spans))
	fake := exaitest.New()
	fake.Runs.Get.Fail(exaitest.ProviderUnavailable("not now"))
	fake.Runs.Get.Return(&exai.Run{ID: "run_1"})
	client := traced(fake.Transport(), tracers, exai.WithBaseURL("http://fake.invalid"), exai.WithAPIKey("sk_test"))
	ctx, whole := tracers.Tracer("test").Start(t.Context(), "whole")
	if _, err := client.Runs.Get(ctx, "run_1"); err != nil {
		t.Fatal(err)
	}
	whole.End()
	var statuses []int64
	for _, span := range spans.Ended() {
		if span.Name() != "Runs.Get" {
			continue
		}
		if span.Parent().SpanID() != whole.SpanContext().SpanID() {
			t.Error("a request is not below the span of its context")
		}
		for _, attribute := range span.Attributes() {
			if attribute.Key == "http.response.status_code" {
				statuses = append(statuses, attribute.Value.AsInt64())
			}
		}
	}
	if len(statuses) != 2 || statuses[0] != http.StatusServiceUnavailable || statuses[1] != http.StatusOK {
		t.Errorf("got the statuses %v of %d spans", statuses, len(spans.Ended()))
	}
	for _, call := range fake.Calls() {
		if call.Header.Get("Authorization") != "Bearer sk_test" {
			t.Errorf("got %v", call.Header)
		}
	}
}
