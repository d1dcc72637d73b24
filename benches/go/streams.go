package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	exai "github.com/exai/sdk-go"
)

// streamCount is how many streams one client holds at once.
const streamCount = 1000

// streams says what memory a stream takes, and by how much it grows while
// events come.
func streams(base string, held time.Duration) {
	client := exai.NewClient(exai.WithBaseURL(base), exai.WithAPIKey("bench-token"))
	before := memory()
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	var open, events, failed atomic.Int64
	for range streamCount {
		all.Go(func() {
			first := true
			for _, err := range client.Runs.Events(ctx, runID, exai.WithQuery("every_ms", "1000")) {
				if err != nil {
					if ctx.Err() == nil {
						failed.Add(1)
					}
					return
				}
				if events.Add(1); first {
					open.Add(1)
					first = false
				}
			}
		})
	}
	for open.Load()+failed.Load() < streamCount {
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(2 * time.Second)
	begin := memory()
	time.Sleep(held)
	end := memory()
	cancel()
	all.Wait()
	say(figure{
		What: "1,000 concurrent streams",
		Said: fmt.Sprintf("%.1f KiB a stream, %+.1f after %s and %d events; %d failed",
			(begin-before)/streamCount/1024, (end-begin)/streamCount/1024, held, events.Load(), failed.Load()),
	})
}

// memory is what the heap and the stacks hold once all garbage is gone.
func memory() float64 {
	runtime.GC()
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	return float64(now.HeapAlloc + now.StackInuse)
}
