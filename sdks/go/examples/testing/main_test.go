package main

import (
	"errors"
	"testing"

	exai "github.com/exai/sdk-go"
	"github.com/exai/sdk-go/exaitest"
)

func TestOutcomeSaysWhyARunFailed(t *testing.T) {
	fake := exaitest.New()
	fake.Runs.Start.Return(&exai.Run{ID: "run_1", Status: exai.RunStatusQueued})
	fake.Runs.Events.Events(&exai.RunFailedEvent{})
	fake.Runs.Get.Return(&exai.Run{ID: "run_1", Status: exai.RunStatusFailed, Fault: &exai.RunFault{Message: "no budget"}})
	got, err := outcome(t.Context(), fake.Client(), "pln_1")
	if err != nil || got != "it failed: no budget" {
		t.Errorf("got %q, %v", got, err)
	}
	var sent exai.RunStartParams
	if calls := fake.Runs.Start.Calls(); len(calls) != 1 || calls[0].Decode(&sent) != nil || sent.PlanID != "pln_1" {
		t.Errorf("got %+v", calls)
	}
}

func TestOutcomeHandsOverWhatTheAPIRefuses(t *testing.T) {
	fake := exaitest.New()
	fake.Runs.Start.Fail(exaitest.ValidationFailed("the plan is not valid"))
	_, err := outcome(t.Context(), fake.Client(), "pln_1")
	var invalid *exai.ValidationFailedError
	if !errors.As(err, &invalid) {
		t.Errorf("got %v", err)
	}
}
