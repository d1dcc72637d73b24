//! Which request a key belongs to, and what is kept of it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, StatusCode};
use axum::routing::post;
use exai_runtime::{Embedded, IdempotencyStore, MemoryIdempotency, Promises, ReceiptStore, Unit};
use redb::{ReadableDatabase, ReadableTable, TableDefinition};

use super::{FREE, Work, app, keyed, lasting};
use crate::world::{Answer, ORG, OTHER, USER, World, request, send, world};

/// A world for each store.
fn worlds(folder: &tempfile::TempDir) -> [(World, Promises); 2] {
    let file = Embedded::open(folder.path().join("state.redb")).unwrap();
    let stores: [Arc<dyn IdempotencyStore>; 2] =
        [Arc::new(MemoryIdempotency::new()), Arc::new(file)];
    stores.map(|store| {
        let world = world();
        let promises = world.promises.clone().idempotency(store);
        (world, promises)
    })
}

#[tokio::test]
async fn a_key_that_is_none_is_400_and_nothing_runs() {
    let (world, work) = (world(), Work::new(FREE));
    let app = app(&world.promises, &work);
    let long = "k".repeat(256);
    for (key, rule) in [
        (None, "required"),
        (Some(&b""[..]), "pattern"),
        (Some(long.as_bytes()), "pattern"),
        (Some(b"a b"), "pattern"),
        (Some(b"caf\xc3\xa9"), "pattern"),
        (Some(b"a\tb"), "pattern"),
    ] {
        let mut asked = request("POST", "/v1/runs", Some(ORG));
        if let Some(key) = key {
            let key = HeaderValue::from_bytes(key).unwrap();
            asked.headers_mut().insert("idempotency-key", key);
        }
        let answer = send(&app, asked).await;
        assert_eq!(answer.status, 400, "{key:?}");
        let body = answer.json();
        assert_eq!(body["name"], "invalid_request");
        assert_eq!(body["details"][0]["location"], "header");
        assert_eq!(body["details"][0]["pointer"], "/Idempotency-Key");
        assert_eq!(body["details"][0]["rule"], rule);
    }
    let mut twice = keyed("/v1/runs", ORG, "k", "");
    let second = HeaderValue::from_static("k");
    twice.headers_mut().append("idempotency-key", second);
    assert_eq!(send(&app, twice).await.status, 400);
    assert_eq!(work.runs(), 0);
    let longest = send(&app, keyed("/v1/runs", ORG, &"~".repeat(255), "")).await;
    assert_eq!((longest.status, work.runs()), (201, 1));
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_its_receipt() {
    let folder = tempfile::tempdir().unwrap();
    for (world, promises) in worlds(&folder) {
        let work = Work::new(FREE);
        let app = app(&promises, &work);
        let first = send(&app, keyed("/v1/runs?a=1", ORG, "k", "x")).await;
        assert_eq!(
            (first.status, first.header("idempotent-replayed")),
            (201, None)
        );
        for token in [ORG, USER] {
            let again = send(&app, keyed("/v1/runs?a=1", token, "k", "x")).await;
            assert_eq!(again.header("idempotent-replayed"), Some("true"));
            assert_eq!(
                lasting(again),
                lasting(first.clone()),
                "a key is its organisation's"
            );
        }
        assert_eq!(work.runs(), 1);
        let chain = world.receipts.page(Some("org_1"), 1, 10).await.unwrap();
        assert_eq!(chain.len(), 1, "a replay is no new response");
        assert_eq!(chain[0].id, first.receipt());
        assert_eq!(chain[0].run_id.as_deref(), Some("run_1"));
    }
}

#[tokio::test]
async fn another_request_with_the_key_is_409_and_does_not_run() {
    let folder = tempfile::tempdir().unwrap();
    for (_, promises) in worlds(&folder) {
        let work = Work::new(FREE);
        let app = app(&promises, &work);
        send(&app, keyed("/v1/runs", USER, "k", "x")).await;
        let mut other_type = keyed("/v1/runs", USER, "k", "x");
        let json = HeaderValue::from_static("application/json");
        other_type.headers_mut().insert("content-type", json);
        for other in [
            keyed("/v1/runs", USER, "k", "y"),
            keyed("/v1/runs", USER, "k", ""),
            keyed("/v1/runs?dry=1", USER, "k", "x"),
            keyed("/v1/runs/run_7/decision", USER, "k", "x"),
            other_type,
        ] {
            let answer = send(&app, other).await;
            assert_eq!((answer.status, work.runs()), (409, 1));
            assert_eq!(answer.json()["name"], "conflict");
        }
        let elsewhere = send(&app, keyed("/v1/runs", OTHER, "k", "y")).await;
        assert_eq!((elsewhere.status, work.runs()), (201, 2));
        assert_eq!(elsewhere.header("idempotent-replayed"), None);
    }
}

#[tokio::test]
async fn what_is_not_2xx_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    for (_, promises) in worlds(&folder) {
        let work = Work::new(FREE);
        let app = app(&promises, &work);
        for (key, body, status) in [("a", "fail", 422), ("b", "panic", 500)] {
            let before = work.runs();
            let first = send(&app, keyed("/v1/runs", ORG, key, body)).await;
            let second = send(&app, keyed("/v1/runs", ORG, key, body)).await;
            assert_eq!((first.status, second.status), (status, status));
            assert_eq!(work.runs(), before + 2);
            assert_ne!(first.receipt(), second.receipt());
        }
        let other = send(&app, keyed("/v1/runs", ORG, "a", "another body")).await;
        assert_eq!(other.status, 201, "a key that nothing came of is free");
    }
}

#[tokio::test]
async fn an_answer_is_kept_for_24_hours() {
    let folder = tempfile::tempdir().unwrap();
    for (world, promises) in worlds(&folder) {
        let work = Work::new(FREE);
        let app = app(&promises, &work);
        let ask = async || send(&app, keyed("/v1/runs", ORG, "k", "x")).await;
        let first = ask().await;
        let day = Duration::from_secs(24 * 60 * 60);
        world.clock.advance(day - Duration::from_millis(1));
        assert_eq!(lasting(ask().await), lasting(first.clone()));
        world.clock.advance(Duration::from_millis(1));
        let anew = ask().await;
        assert_eq!((work.runs(), anew.header("idempotent-replayed")), (2, None));
        assert_ne!(anew.receipt(), first.receipt());
        world.clock.advance(day - Duration::from_millis(1));
        assert_eq!(lasting(ask().await), lasting(anew));
    }
}

#[tokio::test]
async fn memory_does_not_grow_with_what_is_past() {
    let (world, work) = (world(), Work::new(FREE));
    let store = Arc::new(MemoryIdempotency::new());
    let app = app(&world.promises.clone().idempotency(store.clone()), &work);
    for key in 0..50 {
        send(&app, keyed("/v1/runs", ORG, &key.to_string(), "x")).await;
    }
    assert_eq!(store.len(), 50);
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    send(&app, keyed("/v1/runs", ORG, "later", "x")).await;
    assert_eq!(store.len(), 1);
}

#[tokio::test]
async fn a_restart_forgets_nothing_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.redb");
    let mut answers = Vec::new();
    for restart in 0..3 {
        let (world, work) = (world(), Work::new(FREE));
        let file = Arc::new(Embedded::open(&path).unwrap());
        let promises = world.promises.clone();
        let promises = promises.idempotency(file.clone()).receipts(file.clone());
        let app = app(&promises, &work);
        answers.push(send(&app, keyed("/v1/runs", ORG, "k", "x")).await);
        let conflict = send(&app, keyed("/v1/runs", ORG, "k", "y")).await;
        assert_eq!(conflict.status, 409);
        assert_eq!(work.runs(), u32::from(restart == 0));
        let record = file.get(Some("org_1"), answers[0].receipt()).await;
        assert!(record.unwrap().is_some());
    }
    let trail: Vec<_> = answers[2].headers.get_all("x-trail").iter().collect();
    assert_eq!(trail, [&b"b: \xff\xe9"[..], b"a"]);
    let [first, second, third] = <[Answer; 3]>::try_from(answers).unwrap().map(lasting);
    assert_eq!(first, second);
    assert_eq!(first, third);
}

/// The file that the crashing process leaves, by an environment variable.
const LEFT: &str = "EXAI_TEST_LEFT";

#[tokio::test]
#[ignore = "ends its process; the test below runs it in one of its own"]
async fn crash_behind_an_answer() {
    let folder = std::env::var_os(LEFT)
        .map(std::path::PathBuf::from)
        .unwrap();
    let file = Embedded::open(folder.join("state.redb")).unwrap();
    let promises = world().promises.idempotency(Arc::new(file));
    let app = app(&promises, &Work::new(FREE));
    let answer = send(&app, keyed("/v1/runs", ORG, "k", "x")).await;
    std::fs::write(folder.join("receipt"), answer.receipt()).unwrap();
    std::process::abort();
}

#[tokio::test]
async fn what_was_answered_survives_a_crash_of_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let crashed = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "idempotency::kept::crash_behind_an_answer",
            "--ignored",
        ])
        .env(LEFT, folder.path())
        .output()
        .unwrap();
    assert!(!crashed.status.success());
    let receipt = std::fs::read_to_string(folder.path().join("receipt")).unwrap();
    let file = Embedded::open(folder.path().join("state.redb")).unwrap();
    let work = Work::new(FREE);
    let app = app(&world().promises.idempotency(Arc::new(file)), &work);
    let again = send(&app, keyed("/v1/runs", ORG, "k", "x")).await;
    assert_eq!((again.status, work.runs()), (201, 0));
    assert_eq!(again.receipt(), receipt);
}

#[tokio::test]
async fn answers_and_receipts_may_be_in_two_files() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name| Arc::new(Embedded::open(folder.path().join(name)).unwrap());
    let (answers, receipts) = (open("answers"), open("receipts"));
    let promises = world().promises.idempotency(answers.clone());
    let work = Work::new(FREE);
    let app = app(&promises.receipts(receipts.clone()), &work);
    let answer = send(&app, keyed("/v1/runs", ORG, "k", "x")).await;
    let found = async |file: &Embedded| {
        let found = file.get(Some("org_1"), answer.receipt()).await;
        found.unwrap().is_some()
    };
    assert!(found(&receipts).await && !found(&answers).await);
    let again = send(&app, keyed("/v1/runs", ORG, "k", "x")).await;
    assert_eq!((again.receipt(), work.runs()), (answer.receipt(), 1));
}

/// A handler's row, with its answer: what a request does that succeeds, fails, and is overtaken.
#[tokio::test]
async fn what_a_handler_writes_is_there_with_its_answer_or_not_at_all() {
    const ROWS: TableDefinition<&str, u64> = TableDefinition::new("rows");
    let backend = redb::backends::InMemoryBackend::new();
    let database = redb::Database::builder().create_with_backend(backend);
    let database = Arc::new(database.unwrap());
    let count = |database: &redb::Database| {
        let read = database.begin_read().unwrap();
        let table = read.open_table(ROWS);
        table.map_or(0, |table| {
            table.get("n").unwrap().map_or(0, |row| row.value())
        })
    };
    let (file, seen) = (Embedded::share(database.clone()).unwrap(), database.clone());
    let handler = move |body: String| {
        let (unit, before) = (Unit::current().unwrap(), count(&seen));
        async move {
            unit.check(move |transaction| {
                let table = transaction.open_table(ROWS)?;
                Ok(table.get("n")?.map_or(0, |row| row.value()) == before)
            });
            unit.write(move |transaction| {
                transaction.open_table(ROWS)?.insert("n", before + 1)?;
                Ok(())
            });
            // Others come in between.
            tokio::task::yield_now().await;
            match &*body {
                "fail" => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::CREATED,
            }
        }
    };
    let promises = world().promises.idempotency(Arc::new(file));
    let app = Router::new()
        .route("/v1/runs", post(handler))
        .layer(promises);
    let failed = send(&app, keyed("/v1/runs", ORG, "failed", "fail")).await;
    assert_eq!((failed.status, count(&database)), (422, 0));
    let keys: Vec<_> = (0..20).map(|key| format!("k{key}")).collect();
    let sent = keys
        .iter()
        .map(|key| send(&app, keyed("/v1/runs", ORG, key, "")));
    for answer in futures::future::join_all(sent).await {
        assert_eq!(answer.status, 201);
    }
    assert_eq!(count(&database), 20, "each came after another");
}
