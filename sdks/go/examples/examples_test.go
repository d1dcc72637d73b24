// Package examples runs the programs below it against the server of
// EXAI_BASE_URL. Those that take no server have tests of their own.
package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestProgramsRun(t *testing.T) {
	if os.Getenv("EXAI_BASE_URL") == "" {
		t.Skip("EXAI_BASE_URL names no server")
	}
	programs := map[string]string{ // and what they say, among others
		"quickstart": "the run is over",
		"pages":      "requests left:",
		"stream":     "then: ",
		"wait":       "succeeded",
		"errors":     "422",
		"files":      "package main",
	}
	binaries := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binaries+string(filepath.Separator), "./...")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, said := range programs {
		t.Run(name, func(t *testing.T) {
			program := exec.CommandContext(t.Context(), filepath.Join(binaries, name))
			program.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
			out, err := program.CombinedOutput()
			if err != nil || !strings.Contains(string(out), said) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
