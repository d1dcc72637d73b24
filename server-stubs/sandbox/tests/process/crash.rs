//! The sandbox is killed at random moments while clients write: every key has one resource in the
//! end, and one answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::program::{Answer, Process};

/// Clients that write at the same time.
const CLIENTS: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_it_has_done_each_write_once() {
    crash(6).await;
}

/// `cargo test -p exai-sandbox --test process -- --ignored --nocapture`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn fifty_times_killed_under_load_it_has_done_each_write_once() {
    crash(50).await;
}

/// What a client asks for. Its name is its key.
#[derive(Clone)]
pub(crate) struct Write {
    pub(crate) key: String,
    pub(crate) path: &'static str,
    pub(crate) body: Value,
}

impl Write {
    fn new(number: u64, key: &str, plan: &str) -> Self {
        let wait =
            json!({"type": "wait", "key": "w", "until": {"type": "duration", "duration": "PT0S"}});
        let (path, body) = match number % 4 {
            0 => ("/plans", json!({"name": key, "nodes": [wait]})),
            1 => ("/workspaces", json!({"name": key, "size": "small"})),
            2 => (
                "/builder/runs",
                json!({"name": key, "prompt": "A page", "target": {"type": "artifact"}}),
            ),
            _ => ("/runs", json!({"name": key, "plan_id": plan})),
        };
        Self {
            key: key.to_owned(),
            path,
            body,
        }
    }
}

/// What the clients know: the writes without an answer, and those with one.
#[derive(Default)]
pub(crate) struct Known {
    /// Whether what servers stand on is cut off, so that they may fail.
    pub(crate) may_fail: bool,
    written: u64,
    open: Vec<Write>,
    answered: Vec<(Write, Answer)>,
    replays: usize,
    /// Answers of either kind.
    answers: u32,
}

async fn crash(rounds: u32) {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state");
    let known = Arc::new(Mutex::new(Known::default()));
    let first = Process::start(&state).await;
    let plan = base_plan(&first).await;
    first.kill().await;
    for round in 0..rounds {
        let process = Arc::new(Process::start(&state).await);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| tokio::spawn(write_on(process.clone(), known.clone(), plan.clone())))
            .collect();
        under_way(&known, round).await;
        process.kill().await;
        for client in clients {
            client.await.expect("no client fails");
        }
    }
    let last = Process::start(&state).await;
    let (writes, replays) = judge(&known, &last).await;
    println!(
        "{rounds} kills, {writes} writes, {replays} replays during the load: one resource a key, every replay the same",
    );
    last.kill().await;
}

/// Waits from hardly begun to well under way: for up to twenty answers, however long a slow machine
/// takes for them, and then for a moment that is no answer's.
pub(crate) async fn under_way(known: &Mutex<Known>, round: u32) {
    let random = fastrand(round);
    let answers = || known.lock().expect("held").answers;
    let wanted = answers() + random % 20;
    // At the limits there are none for a while.
    let until = Instant::now() + Duration::from_secs(3);
    while answers() < wanted && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_micros(u64::from(random) % 20_000)).await;
}

/// The plan that runs are of.
pub(crate) async fn base_plan(process: &Process) -> String {
    let plan = json!({"name": "base", "nodes": [{"type": "wait", "key": "w", "until": {"type": "duration", "duration": "PT0S"}}]});
    let made = process
        .post("/plans", "base", &plan)
        .await
        .expect("an answer");
    made.json()["id"].as_str().expect("an id").to_owned()
}

/// Asks for everything that is still open, and looks whether every key has one resource and one
/// answer. Gives how many were written, and how many were replayed before.
pub(crate) async fn judge(known: &Mutex<Known>, last: &Process) -> (usize, usize) {
    let open = std::mem::take(&mut known.lock().expect("held").open);
    for write in open {
        let answer = settle(last, &write).await;
        known.lock().expect("held").answered.push((write, answer));
    }
    let known = std::mem::take(&mut *known.lock().expect("held"));
    for (write, answer) in &known.answered {
        let again = settle(last, write).await;
        assert_eq!(again.lasting(), answer.lasting(), "{}", write.key);
    }
    for path in ["/plans", "/workspaces", "/builder/runs", "/runs"] {
        let names = names(last, path).await;
        for (write, answer) in known
            .answered
            .iter()
            .filter(|(write, _)| write.path == path)
        {
            let id = answer.json()["id"].as_str().expect("an id").to_owned();
            assert_eq!(
                names.get(&write.key),
                Some(&vec![id]),
                "{path} {}",
                write.key
            );
        }
        let asked = known
            .answered
            .iter()
            .filter(|(write, _)| write.path == path);
        let beside = usize::from(path == "/plans");
        assert_eq!(
            names.len(),
            asked.count() + beside,
            "nothing that nobody asked for"
        );
    }
    let receipt = known.answered[0].1.receipt();
    let path = format!("/audit/receipts/{receipt}/verify");
    let verdict = last.get(&path).await;
    assert_eq!(verdict["valid"], true, "{verdict}");
    (known.answered.len(), known.replays)
}

/// How a client goes on.
pub(crate) enum Next {
    AtOnce,
    Later,
    Never,
}

impl Known {
    /// What to ask for next; with its answer where it has one, so that it is a replay.
    pub(crate) fn next(&mut self, plan: &str) -> (Write, Option<Answer>) {
        self.written += 1;
        let number = self.written;
        if number.is_multiple_of(5) && !self.answered.is_empty() {
            let at = usize::try_from(number).unwrap_or(0) % self.answered.len();
            let (write, answer) = self.answered[at].clone();
            return (write, Some(answer));
        }
        let open = self.open.pop();
        let new = || Write::new(number, &format!("key-{number}"), plan);
        (open.unwrap_or_else(new), None)
    }

    pub(crate) fn note(
        &mut self,
        write: Write,
        before: Option<Answer>,
        answer: Option<Answer>,
    ) -> Next {
        self.answers += u32::from(answer.is_some());
        match (answer, before) {
            (Some(answer), Some(before)) if answer.status < 300 => {
                assert_eq!(answer.lasting(), before.lasting(), "{}", write.key);
                self.replays += 1;
                Next::AtOnce
            }
            (Some(answer), None) if answer.status < 300 => {
                self.answered.push((write, answer));
                Next::AtOnce
            }
            // A 429 is no answer to the write.
            (answer, before) => {
                if before.is_none() {
                    self.open.push(write);
                }
                let Some(answer) = answer else {
                    return Next::Never;
                };
                let fails = self.may_fail && answer.status == 500;
                assert!(answer.status == 429 || fails, "{}", answer.json());
                Next::Later
            }
        }
    }
}

/// Writes, and replays, until the server is gone.
async fn write_on(process: Arc<Process>, known: Arc<Mutex<Known>>, plan: String) {
    loop {
        let (write, before) = known.lock().expect("held").next(&plan);
        let answer = process.post(write.path, &write.key, &write.body).await;
        let next = known.lock().expect("held").note(write, before, answer);
        match next {
            Next::AtOnce => {}
            Next::Later => tokio::time::sleep(Duration::from_millis(20)).await,
            Next::Never => return,
        }
    }
}

/// The answer to a write, whatever the limits say.
async fn settle(process: &Process, write: &Write) -> Answer {
    loop {
        let answer = process.post(write.path, &write.key, &write.body).await;
        let answer = answer.expect("the server is up");
        if answer.status != 429 {
            assert!(answer.status < 300, "{}", answer.json());
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The ids of everything in a list, by name.
async fn names(process: &Process, path: &str) -> HashMap<String, Vec<String>> {
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    let mut cursor = String::new();
    loop {
        let page = process.get(&format!("{path}?limit=100{cursor}")).await;
        for item in page["data"].as_array().expect("a list") {
            let text = |name: &str| item[name].as_str().expect("text").to_owned();
            found.entry(text("name")).or_default().push(text("id"));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

/// A number that differs from round to round and from run to run.
pub(crate) fn fastrand(round: u32) -> u32 {
    use std::hash::{BuildHasher, RandomState};
    let mixed = RandomState::new().hash_one(round);
    u32::try_from(mixed >> 32).unwrap_or(0)
}
