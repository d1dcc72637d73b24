//! Two nodes that share a Redis share the limits, as clients see them.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Method;

use crate::program::Process;
use crate::servers::{database, server};

/// How long is asked.
const TIME: Duration = Duration::from_secs(180);
/// Clients at each node, and how long each waits after an answer: more than the rule lets through.
const CLIENTS: usize = 4;
const PAUSE: Duration = Duration::from_millis(150);

/// `cargo xtask with-servers cargo test -p exai-sandbox --test process one_percent -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes three minutes"]
async fn two_nodes_admit_what_the_rule_says_within_one_percent() {
    let Some(redis) = server("EXAI_REDIS_URL") else {
        return;
    };
    let postgres = database().await.expect("both servers");
    let args = ["--postgres", &postgres, "--redis", &redis, "--log", "off"];
    let nodes = tokio::join!(
        Process::with(&args, Stdio::inherit()),
        Process::with(&args, Stdio::inherit())
    );
    let (admitted, refused) = (Arc::<AtomicU32>::default(), Arc::<AtomicU32>::default());
    let begun = Instant::now();
    let nodes = [Arc::new(nodes.0), Arc::new(nodes.1)];
    let asking = nodes.iter().flat_map(|node| {
        (0..CLIENTS).map(|_| {
            let (node, admitted, refused) = (node.clone(), admitted.clone(), refused.clone());
            tokio::spawn(async move {
                while begun.elapsed() < TIME {
                    let request = node.request(Method::GET, "/plans?limit=1");
                    let request = request.body(Body::empty()).expect("a request");
                    let answer = node.send(request).await.expect("an answer");
                    match answer.status {
                        200 => admitted.fetch_add(1, Ordering::Relaxed),
                        429 => refused.fetch_add(1, Ordering::Relaxed),
                        other => panic!("{other}: {}", answer.json()),
                    };
                    tokio::time::sleep(PAUSE).await;
                }
            })
        })
    });
    futures::future::join_all(asking)
        .await
        .into_iter()
        .for_each(|asked| asked.expect("no client fails"));
    let seconds = begun.elapsed().as_secs_f64();
    // From full, and what comes back in that time.
    let rule = 2_000.0 + seconds * 1_000.0 / 60.0;
    let admitted = f64::from(admitted.load(Ordering::Relaxed));
    let refused = refused.load(Ordering::Relaxed);
    println!(
        "{admitted} admitted in {seconds:.1} s at two nodes, the rule says {rule:.0}; {refused} refused"
    );
    assert!(refused > 500, "too few were asked for");
    assert!(
        (admitted - rule).abs() <= rule / 100.0,
        "{admitted} of {rule}"
    );
}
