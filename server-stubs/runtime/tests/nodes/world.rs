//! A small API on several nodes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Router};
use exai_runtime::{
    Caller, IdempotencyKey, Operation, Operations, Postgres, Promises, Secret, Unit,
};
use http_body_util::BodyExt;
use tokio::sync::Semaphore;
use tower::ServiceExt;

pub(crate) const TOKEN: &str = "sk_test_org1aaaaaaaaaaaaaaaaaaaaaaaa";

/// One node: its routes, and what stops its handler.
pub(crate) struct Node {
    pub(crate) app: Router,
    pub(crate) postgres: Postgres,
    pub(crate) gate: Arc<Gate>,
}

/// How often the handler has run here, and how many may go on.
pub(crate) struct Gate {
    pub(crate) runs: AtomicUsize,
    pub(crate) pass: Semaphore,
}

const KEYED: Operation = Operation {
    id: "makeThing",
    method: "POST",
    path: "/things",
    route: "/things",
    keyed: Some(("Idempotency-Key", true)),
    security: &[&["orgToken"]],
    long_running: false,
    streams: false,
    cost: 1,
};

impl Node {
    /// A node on a database, whose table of things is made if it is not there.
    pub(crate) async fn on(url: &str) -> Self {
        let postgres = Postgres::connect(url).await.unwrap();
        let table = "CREATE TABLE IF NOT EXISTS things (id text PRIMARY KEY, key text NOT NULL)";
        // Two that make it at once may meet; then it is there.
        let _ = postgres.query(table, &[]).await;
        let caller = Caller::service("org_1", "orgToken", "tok_1", "a service");
        let token = Secret::new(TOKEN);
        postgres.insert_token(&token, &caller, None).await.unwrap();
        let operations = Operations::new([
            KEYED,
            Operation {
                id: "listThings",
                method: "GET",
                keyed: None,
                ..KEYED
            },
        ]);
        let gate = Arc::new(Gate {
            runs: AtomicUsize::new(0),
            pass: Semaphore::new(Semaphore::MAX_PERMITS),
        });
        let kept = Arc::new(postgres.clone());
        let promises = Promises::new(operations, kept.clone())
            .receipts(kept.clone())
            .idempotency(kept)
            .limits(exai_runtime::Limits {
                org: ENDLESS,
                token: ENDLESS,
            });
        let app = Router::new()
            .route("/things", post(make_thing))
            .route("/things", get(async || "things"))
            .layer(Extension(gate.clone()))
            .layer(promises);
        Self {
            app,
            postgres,
            gate,
        }
    }

    pub(crate) fn runs(&self) -> usize {
        self.gate.runs.load(Ordering::SeqCst)
    }

    /// How many things there are for a key.
    pub(crate) async fn things(&self, key: &str) -> usize {
        let find = "SELECT id FROM things WHERE key = $1";
        self.postgres.query(find, &[&key]).await.unwrap().len()
    }

    pub(crate) async fn make(&self, key: &str, body: &str) -> Answer {
        let request = Request::post("/things")
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("idempotency-key", key)
            .body(Body::from(body.to_owned()));
        self.send(request.unwrap()).await
    }

    pub(crate) async fn list(&self) -> Answer {
        let request = Request::get("/things").header("authorization", format!("Bearer {TOKEN}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a request; one that nobody answers fails the test.
    async fn send(&self, request: Request<Body>) -> Answer {
        let answered = self.app.clone().oneshot(request);
        let answered = tokio::time::timeout(Duration::from_secs(30), answered);
        let (parts, body) = answered.await.unwrap().unwrap().into_parts();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }
}

pub(crate) const ENDLESS: exai_runtime::Bucket = exai_runtime::Bucket {
    per_minute: 1_000_000_000,
    room: 1_000_000_000,
};

/// Makes a thing, in the transaction of its answer.
async fn make_thing(
    Extension(gate): Extension<Arc<Gate>>,
    Extension(key): Extension<IdempotencyKey>,
    body: Bytes,
) -> (StatusCode, String) {
    gate.runs.fetch_add(1, Ordering::SeqCst);
    gate.pass.acquire().await.unwrap().forget();
    let id = exai_runtime::new_id("thg_", jiff::Timestamp::now());
    let (row, key) = (id.clone(), key.as_str().to_owned());
    let insert = "INSERT INTO things (id, key) VALUES ($1, $2)";
    Unit::current().unwrap().write_sql(move |transaction| {
        Box::pin(async move { transaction.query(insert, &[&row, &key]).await.map(drop) })
    });
    (StatusCode::CREATED, format!("{id} {}", body.len()))
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().unwrap())
    }

    /// Status, receipt and body: what a replay repeats.
    pub(crate) fn lasting(&self) -> (u16, String, Bytes) {
        let receipt = self.header("x-exai-receipt").unwrap().to_owned();
        (self.status, receipt, self.body.clone())
    }
}
