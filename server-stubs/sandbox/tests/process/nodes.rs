//! Two nodes serve one API, from one Postgres and one Redis: one is killed, or cut off from what it
//! stands on, under load.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::crash::{Known, Next, base_plan, fastrand, judge, under_way};
use crate::program::Process;
use crate::proxy::Way;
use crate::servers::{database, server};

/// Clients that write at the same time.
const CLIENTS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_nodes_killed_under_load_each_write_is_done_once() {
    in_time(240, kill(3)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_nodes_cut_off_under_load_each_write_is_done_once() {
    in_time(240, cut(2)).await;
}

/// `cargo xtask with-servers cargo test -p exai-sandbox --test process fifty -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn one_of_two_nodes_fifty_times_killed_under_load_each_write_is_done_once() {
    in_time(1800, kill(50)).await;
}

/// `cargo xtask with-servers cargo test -p exai-sandbox --test process twenty -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn one_of_two_nodes_twenty_times_cut_off_under_load_each_write_is_done_once() {
    in_time(1800, cut(20)).await;
}

/// A test that waits for a request or a node without an end fails.
async fn in_time(seconds: u64, test: impl Future<Output = ()>) {
    let ended = tokio::time::timeout(Duration::from_secs(seconds), test).await;
    assert!(ended.is_ok(), "it is not done after {seconds} s");
}

/// Where both nodes are, and how clients reach them.
struct Cluster {
    postgres: String,
    redis: String,
    nodes: [RwLock<Arc<Process>>; 2],
    known: Mutex<Known>,
    over: AtomicBool,
}

async fn node(postgres: &str, redis: &str) -> Arc<Process> {
    let args = ["--speed", "20", "--unlimited", "--log", "off"];
    let stores = ["--postgres", postgres, "--redis", redis];
    Arc::new(Process::with(&[&args[..], &stores[..]].concat(), Stdio::inherit()).await)
}

/// The servers of this test alone.
async fn stores() -> Option<(String, String)> {
    let redis = server("EXAI_REDIS_URL")?;
    Some((database().await?, redis))
}

impl Cluster {
    /// Two nodes, the second by the ways of its own where there are such.
    async fn start(postgres: String, redis: String, ways: Option<(&Way, &Way)>) -> Arc<Self> {
        let second = match ways {
            Some((to_postgres, to_redis)) => (to_postgres.url.as_str(), to_redis.url.as_str()),
            None => (postgres.as_str(), redis.as_str()),
        };
        let nodes = tokio::join!(node(&postgres, &redis), node(second.0, second.1));
        Arc::new(Self {
            nodes: [RwLock::new(nodes.0), RwLock::new(nodes.1)],
            postgres,
            redis,
            known: Mutex::default(),
            over: AtomicBool::new(false),
        })
    }

    fn node(&self, index: usize) -> Arc<Process> {
        self.nodes[index % 2].read().expect("held").clone()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().expect("held")
    }

    /// Clients that write, and replay, at one node after the other.
    fn clients(self: &Arc<Self>, plan: &str) -> Vec<tokio::task::JoinHandle<()>> {
        let client = |first: usize| {
            let (cluster, plan) = (self.clone(), plan.to_owned());
            tokio::spawn(async move {
                for turn in first.. {
                    if cluster.over.load(Ordering::SeqCst) {
                        return;
                    }
                    let (write, before) = cluster.known().next(&plan);
                    let node = cluster.node(turn);
                    let answer = node.post(write.path, &write.key, &write.body).await;
                    let next = cluster.known().note(write, before, answer);
                    if !matches!(next, Next::AtOnce) {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
            })
        };
        (0..CLIENTS).map(client).collect()
    }

    async fn end(&self, clients: Vec<tokio::task::JoinHandle<()>>) {
        self.over.store(true, Ordering::SeqCst);
        for client in clients {
            client.await.expect("no client fails");
        }
    }
}

async fn pause(round: u32) {
    let moment = 20 + u64::from(fastrand(round)) % 600;
    tokio::time::sleep(Duration::from_millis(moment)).await;
}

/// Waits until nothing is under way: what a node that is gone has left, the other has ended.
async fn all_is_done(process: &Process) {
    for path in [
        "/runs?limit=200",
        "/builder/runs?limit=200",
        "/workspaces?limit=200",
    ] {
        let idle = async {
            loop {
                let list = process.get(path).await;
                let done = |one: &Value| {
                    ["succeeded", "running"].contains(&one["status"].as_str().unwrap_or_default())
                        && (one["status"] == "succeeded" || path.starts_with("/workspaces"))
                };
                if list["data"].as_array().expect("a list").iter().all(done) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        };
        let idle = tokio::time::timeout(Duration::from_secs(90), idle).await;
        assert!(idle.is_ok(), "{path}: {}", process.get(path).await);
    }
}

async fn kill(rounds: u32) {
    let Some((postgres, redis)) = stores().await else {
        return;
    };
    let cluster = Cluster::start(postgres, redis, None).await;
    let plan = base_plan(&cluster.node(0)).await;
    let clients = cluster.clients(&plan);
    for round in 0..rounds {
        under_way(&cluster.known, round).await;
        let index = usize::try_from(round).unwrap_or(0) % 2;
        cluster.node(index).kill().await;
        pause(round).await;
        let again = node(&cluster.postgres, &cluster.redis).await;
        *cluster.nodes[index].write().expect("held") = again;
    }
    cluster.end(clients).await;
    let (writes, replays) = judge(&cluster.known, &cluster.node(1)).await;
    all_is_done(&cluster.node(0)).await;
    println!(
        "{rounds} kills of one of two nodes, {writes} writes, {replays} replays during the load: \
         one resource a key, every replay the same, nothing left undone"
    );
}

async fn cut(rounds: u32) {
    let Some((postgres, redis)) = stores().await else {
        return;
    };
    let (to_postgres, to_redis) = tokio::join!(Way::to(&postgres), Way::to(&redis));
    let ways = Some((&to_postgres, &to_redis));
    let cluster = Cluster::start(postgres, redis, ways).await;
    cluster.known().may_fail = true;
    let plan = base_plan(&cluster.node(0)).await;
    let clients = cluster.clients(&plan);
    for round in 0..rounds {
        for way in [&to_postgres, &to_redis] {
            pause(round).await;
            way.cut();
            // Closed: nobody is let through uncounted, and nothing is done that cannot be kept.
            let request = cluster
                .node(1)
                .request(Method::GET, "/plans")
                .body(Body::empty());
            let refused = cluster.node(1).send(request.expect("a request")).await;
            let refused = refused.expect("it lives");
            assert_eq!(refused.status, 500, "{}", refused.json());
            pause(round + 1000).await;
            way.mend();
            // Open again by itself.
            let back = async {
                while cluster.node(1).get("/plans").await["data"].is_null() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            let back = tokio::time::timeout(Duration::from_secs(20), back).await;
            assert!(back.is_ok(), "it does not come back");
        }
    }
    cluster.end(clients).await;
    let (writes, replays) = judge(&cluster.known, &cluster.node(1)).await;
    all_is_done(&cluster.node(0)).await;
    println!(
        "{rounds} times cut off from Postgres and from Redis, {writes} writes, {replays} replays \
         during the load: one resource a key, every replay the same, nothing left undone"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_where_the_database_fails_under_it() {
    let Some((postgres, redis)) = stores().await else {
        return;
    };
    let (client, connection) = tokio_postgres::connect(&postgres, tokio_postgres::NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    let node = node(&postgres, &redis).await;
    let known = Mutex::new(Known::default());
    known.lock().expect("held").may_fail = true;
    let plan = base_plan(&node).await;
    // All that ask or write; who listens for news is left, and hears of none.
    let fail = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT IN ('LISTEN exai', '')";
    for turn in 0..40 {
        let (write, before) = known.lock().expect("held").next(&plan);
        let answer = node.post(write.path, &write.key, &write.body).await;
        known.lock().expect("held").note(write, before, answer);
        if turn % 3 == 2 {
            let failed = client.execute(fail, &[]).await.expect("they are ended");
            assert!(failed > 0, "in turn {turn}");
        }
    }
    judge(&known, &node).await;
    all_is_done(&node).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_begins_the_other_shows_steers_and_follows() {
    let Some((postgres, redis)) = stores().await else {
        return;
    };
    let cluster = Cluster::start(postgres, redis, None).await;
    let (one, two) = (cluster.node(0), cluster.node(1));
    let signal = json!({"type": "signal", "signal": "go"});
    let wait = json!({"type": "wait", "key": "w", "until": signal});
    let plan = json!({"name": "waits", "nodes": [wait]});
    let plan = one.post("/plans", "plan", &plan).await.expect("an answer");
    let plan = plan.json()["id"].as_str().expect("an id").to_owned();
    let run = json!({"plan_id": plan});
    let run = two.post("/runs", "run", &run).await.expect("an answer");
    let id = run.json()["id"].as_str().expect("an id").to_owned();
    let follow = one.request(Method::GET, &format!("/runs/{id}/events"));
    let follow = follow.body(Body::empty()).expect("a request");
    let following = tokio::spawn({
        let one = one.clone();
        async move { one.send(follow).await.expect("a stream to its end") }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let path = format!("/runs/{id}/signals");
    let nodes = two.get(&format!("/runs/{id}/nodes")).await;
    let node_id = &nodes["data"][0]["id"];
    let go = json!({"type": "input", "node_id": node_id, "signal": "go", "data": {}});
    let given = one.post(&path, "go", &go).await;
    let given = given.expect("an answer");
    assert!(given.status < 300, "{}", given.json());
    let stream = tokio::time::timeout(Duration::from_secs(10), following).await;
    let stream = stream.expect("it ends soon").expect("no panic").body;
    let stream = String::from_utf8(stream).expect("text");
    assert!(stream.contains("event: run.completed"), "{stream}");
    let shown = two.get(&format!("/runs/{id}")).await;
    assert_eq!(shown["status"], "succeeded", "{shown}");
}
