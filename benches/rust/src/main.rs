//! The Rust SDK against what one would write by hand over reqwest and serde_json.

mod cpu;
mod memory;
mod peer;

use exai_sdk::Client;

use crate::cpu::compare;
use crate::peer::Peer;

/// One thread, so that a call's CPU time is that of this process alone and no waking of threads.
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let base_url = std::env::var("EXAI_BENCH_URL").expect("EXAI_BENCH_URL names the server");
    let exai = Client::builder()
        .base_url(&base_url)
        .api_key("sk_test_1")
        .build()
        .expect("a client");
    let peer = Peer::new(&base_url);
    let name = "reqwest + serde_json";
    let only = std::env::args().nth(1).unwrap_or_default();
    let wanted = |part: &str| only.is_empty() || part.contains(&only);

    if wanted("small") {
        compare(
            "small GET, CPU over reqwest + serde_json",
            1.05,
            name,
            async || drop(exai.runs().get("run_1").await.expect("a run")),
            async || drop(peer.run("run_1").await.expect("a run")),
        )
        .await;
    }
    if wanted("page") {
        compare(
            "page of 100, CPU over reqwest + serde_json",
            1.05,
            name,
            async || drop(exai.agents().list().limit(100).await.expect("a page")),
            async || {
                let page = peer.agents().await.expect("a page");
                assert!(page.data.len() == 100 && page.next_cursor.is_none());
            },
        )
        .await;
    }
    if wanted("memory") {
        memory::of_streams(&exai).await;
    }
}
