//! What a stream that is open costs, and whether it costs more with time.

use std::time::Duration;

use exai_sdk::Client;
use serde_json::json;

use crate::cpu::rounded;

const STREAMS: usize = 1_000;
/// How often the server sends an event to each.
const EVERY_MS: u64 = 1_000;

/// Opens a thousand streams, and prints the memory of each, and how much it grows over the
/// seconds of `EXAI_BENCH_SECONDS` (30 if it is not set; the claim is for 600).
pub async fn of_streams(exai: &Client) {
    let seconds = std::env::var("EXAI_BENCH_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(30);
    let before = resident();
    for _ in 0..STREAMS {
        let exai = exai.clone();
        tokio::spawn(async move {
            let events = exai.runs().events("run_1");
            let mut events = events.extra_query("every_ms", EVERY_MS);
            while events.try_next().await.expect("an event").is_some() {}
        });
    }
    // Connected, and warm.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let open = resident();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let after = resident();
    let kib = |bytes: u64| bytes as f64 / 1024.0;
    let each = rounded(kib(open.saturating_sub(before)) / STREAMS as f64);
    let growth = kib(after) - kib(open);
    let said = format!("{each} KiB a stream, {growth:+.0} KiB in all after {seconds} s more");
    println!(
        "{}",
        json!({"what": "1,000 concurrent streams, memory", "said": said})
    );
}

/// Bytes of memory that the process holds.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}
