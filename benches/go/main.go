// Command bench measures the Go SDK against what a program would use instead,
// and prints a line of JSON a figure.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"syscall"
	"time"

	exai "github.com/exai/sdk-go"
)

const peerName = "net/http + encoding/json"

// figure is one line of what is printed.
type figure struct {
	What   string  `json:"what"`
	OursUS float64 `json:"ours_us,omitzero"`
	Peer   string  `json:"peer,omitzero"`
	PeerUS float64 `json:"peer_us,omitzero"`
	Ratio  float64 `json:"ratio,omitzero"`
	AtMost float64 `json:"at_most,omitzero"`
	Said   string  `json:"said,omitzero"`
}

func main() {
	rounds := flag.Int("rounds", 15, "rounds, in each of which ours and the peer's run one after the other")
	minutes := flag.Float64("minutes", 0.1, "how long the 1,000 streams are held")
	profile := flag.String("profile", "", "measure nothing; write a profile of this to cpu.out: run, agents")
	flag.Parse()
	base := os.Getenv("EXAI_BENCH_URL")
	if base == "" {
		fail(fmt.Errorf("EXAI_BENCH_URL names the server"))
	}
	b := &bench{
		ours:   exai.NewClient(exai.WithBaseURL(base), exai.WithAPIKey("bench-token")),
		peer:   &peer{http: &http.Client{}, base: base, key: "bench-token"},
		rounds: *rounds,
	}
	if *profile != "" {
		b.profile(*profile)
		return
	}
	b.compare("small GET", 1500, b.oursRun, b.peerRun)
	b.compare("page of 100, typed", 150, b.oursAgents, b.peerAgents)
	streams(base, time.Duration(*minutes*float64(time.Minute)))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func say(f figure) {
	text, err := json.Marshal(f)
	if err != nil {
		fail(err)
	}
	fmt.Println(string(text))
}

type bench struct {
	ours   *exai.Client
	peer   *peer
	rounds int
}

const runID = "run_01JB8Z6Q4M2N7T5V9X1C3E5G7H"

func (b *bench) oursRun(ctx context.Context) error {
	_, err := b.ours.Runs.Get(ctx, runID)
	return err
}

func (b *bench) peerRun(ctx context.Context) error {
	_, err := b.peer.run(ctx, runID)
	return err
}

func (b *bench) oursAgents(ctx context.Context) error {
	page, err := b.ours.Agents.ListPage(ctx, exai.AgentListParams{Limit: exai.Int(100)})
	if err == nil && len(page.Data) != 100 {
		err = fmt.Errorf("the page has %d agents", len(page.Data))
	}
	return err
}

func (b *bench) peerAgents(ctx context.Context) error {
	page, err := b.peer.agents(ctx, 100)
	if err == nil && len(page.Data) != 100 {
		err = fmt.Errorf("the page has %d agents", len(page.Data))
	}
	return err
}

// cost is what calls cost, each.
type cost struct{ us, allocations, bytes float64 }

// measure makes calls one after another.
func measure(n int, call func(context.Context) error) cost {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := cpu()
	for range n {
		if err := call(context.Background()); err != nil {
			fail(err)
		}
	}
	spent := cpu() - began
	runtime.ReadMemStats(&after)
	each := func(total uint64) float64 { return float64(total) / float64(n) }
	return cost{
		us:          float64(spent.Microseconds()) / float64(n),
		allocations: each(after.Mallocs - before.Mallocs),
		bytes:       each(after.TotalAlloc - before.TotalAlloc),
	}
}

// cpu is the time of the process on all CPUs, in the kernel too.
func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// compare prints the medians of CPU, and of allocations.
func (b *bench) compare(what string, n int, ours, peers func(context.Context) error) {
	measure(n/2, ours)
	measure(n/2, peers)
	var mine, theirs [3][]float64
	var ratios [3][]float64
	for range b.rounds {
		a, b := measure(n, ours), measure(n, peers)
		for i, pair := range [][2]float64{{a.us, b.us}, {a.allocations, b.allocations}, {a.bytes, b.bytes}} {
			mine[i], theirs[i] = append(mine[i], pair[0]), append(theirs[i], pair[1])
			ratios[i] = append(ratios[i], pair[0]/pair[1])
		}
	}
	say(figure{What: what + ", CPU", Peer: peerName, OursUS: median(mine[0]), PeerUS: median(theirs[0]), Ratio: median(ratios[0]), AtMost: 1.10})
	for i, kind := range []string{"allocations", "bytes allocated"} {
		i++
		f := figure{What: what + ", " + kind, Said: fmt.Sprintf("%.0f", median(mine[i])), Peer: fmt.Sprintf("%s: %.0f", peerName, median(theirs[i])), Ratio: median(ratios[i])}
		if kind == "allocations" {
			f.AtMost = 1.15
		}
		say(f)
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// profile makes calls for ten seconds.
func (b *bench) profile(what string) {
	call := map[string]func(context.Context) error{
		"run": b.oursRun, "agents": b.oursAgents, "peer-run": b.peerRun, "peer-agents": b.peerAgents,
	}[what]
	if call == nil {
		fail(fmt.Errorf("there is no %q", what))
	}
	file, err := os.Create("cpu.out")
	if err != nil {
		fail(err)
	}
	defer file.Close()
	runtime.MemProfileRate = 1
	if err := pprof.StartCPUProfile(file); err != nil {
		fail(err)
	}
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
		if err := call(context.Background()); err != nil {
			fail(err)
		}
	}
	pprof.StopCPUProfile()
	heap, err := os.Create("mem.out")
	if err != nil {
		fail(err)
	}
	defer heap.Close()
	if err := pprof.Lookup("allocs").WriteTo(heap, 0); err != nil {
		fail(err)
	}
}
