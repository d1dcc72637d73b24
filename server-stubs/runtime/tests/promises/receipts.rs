//! Every response carries a receipt that resolves, and every error is the envelope.

use std::sync::{Arc, Mutex};

use crate::world::{ORG, OTHER, api, request, send, world};
use axum::Router;
use exai_runtime::{
    Actor, Draft, Embedded, MemoryReceipts, Outcome, ReceiptStore, Record, StoreError, Subject,
};
use futures::future::BoxFuture;
use serde_json::json;

#[tokio::test]
async fn every_response_carries_a_receipt_that_resolves() {
    let world = world();
    let app = Router::new()
        .nest("/v1", api())
        .layer(world.promises.clone());
    let asked = [
        ("GET", "/v1/runs/run_7?x=1", Some(ORG), 200, Some("getRun")),
        ("HEAD", "/v1/runs/run_7", Some(ORG), 200, Some("getRun")),
        (
            "DELETE",
            "/v1/runs/run_7",
            Some(ORG),
            204,
            Some("deleteRun"),
        ),
        ("GET", "/v1/panics", Some(ORG), 500, Some("panicAtIt")),
        ("GET", "/v1/fails/400", Some(ORG), 400, Some("failAtIt")),
        ("GET", "/v1/runs/run_7", None, 401, Some("getRun")),
        ("GET", "/v1/health", None, 200, Some("health")),
        ("GET", "/v1/nowhere", Some(ORG), 404, None),
        ("PUT", "/v1/runs/run_7", Some(ORG), 404, None),
        ("GET", "/elsewhere", None, 404, None),
    ];
    for (method, path, token, status, operation) in asked {
        let answer = send(&app, request(method, path, token)).await;
        assert_eq!(answer.status, status, "{method} {path}");
        let recognised = operation.is_some() && token.is_some();
        let org = recognised.then_some("org_1");
        let record = world.receipts.get(org, answer.receipt()).await.unwrap();
        let record = record.unwrap_or_else(|| panic!("{method} {path}: no receipt"));
        let Subject::Response {
            operation_id,
            method: recorded_method,
            path: recorded_path,
            status: recorded_status,
            ..
        } = record.subject
        else {
            panic!("{:?}", record.subject)
        };
        assert_eq!(operation_id.as_deref(), operation);
        assert_eq!((&*recorded_method, recorded_status), (method, status));
        assert_eq!(Some(&*recorded_path), path.split('?').next());
        let run = path.contains("run_7") && operation.is_some();
        assert_eq!(record.run_id.as_deref(), run.then_some("run_7"));
        let elsewhere = world.receipts.get(Some("org_2"), answer.receipt()).await;
        assert_eq!(elsewhere.unwrap(), None, "a receipt is its organisation's");
    }
}

#[tokio::test]
async fn a_handler_says_what_it_led_to() {
    let world = world();
    let app = api().layer(world.promises.clone());
    let mut start = request("POST", "/runs", Some(ORG));
    let key = "k".parse().unwrap();
    start.headers_mut().insert("idempotency-key", key);
    let answer = send(&app, start).await;
    assert_eq!(answer.status, 202);
    let record = world.receipts.get(Some("org_1"), answer.receipt()).await;
    let record = record.unwrap().unwrap();
    assert_eq!(record.run_id.as_deref(), Some("run_8"));
    assert_eq!(record.event_id.as_deref(), Some("evt_9"));
    assert_eq!(record.outcome, Outcome::Succeeded);
    assert!(matches!(record.actor, Some(Actor::Token { token_id, .. }) if token_id == "tok_1"));
}

#[tokio::test]
async fn nothing_internal_reaches_the_client() {
    let world = world();
    let incidents = Arc::new(Mutex::new(Vec::new()));
    let told = incidents.clone();
    let promises = world.promises.clone();
    let promises = promises.report(move |incident| told.lock().unwrap().push(incident.to_string()));
    let app = api().layer(promises);
    for (path, status, name) in [
        ("/panics", 500, "internal_error"),
        ("/fails/500", 500, "internal_error"),
        ("/fails/502", 500, "internal_error"),
        ("/fails/507", 500, "internal_error"),
        ("/fails/400", 400, "invalid_request"),
        ("/fails/413", 400, "invalid_request"),
        ("/fails/429", 429, "rate_limited"),
        ("/fails/405", 404, "not_found"),
    ] {
        let answer = send(&app, request("GET", path, Some(ORG))).await;
        assert_eq!(answer.status, status, "{path}");
        let text = String::from_utf8(answer.body.clone()).unwrap();
        assert!(!text.contains("passwords"), "{text}");
        let body = answer.json();
        assert_eq!(body["code"], status);
        assert_eq!(body["name"], name);
        assert_eq!(body["receipt"], answer.receipt());
        let length = answer.header("content-length").unwrap();
        assert_eq!(length, answer.body.len().to_string());
        assert_eq!(answer.header("retry-after").is_some(), status == 429);
    }
    let incidents = incidents.lock().unwrap();
    assert_eq!(incidents.len(), 2, "{incidents:?}");
    assert!(incidents[1].contains("failAtIt, rcp_"), "{incidents:?}");
    assert!(incidents[0].contains("panicAtIt, rcp_"), "{incidents:?}");
}

#[tokio::test]
async fn an_envelope_of_the_handler_is_completed_and_not_changed() {
    let app = api().layer(world().promises);
    let answer = send(&app, request("GET", "/fails/418", Some(ORG))).await;
    let mut body = answer.json();
    assert_eq!(body["receipt"], answer.receipt());
    body.as_object_mut().unwrap().remove("receipt");
    let own = json!({"code": 418, "name": "teapot", "message": "short and stout", "extra": [1.5]});
    assert_eq!(body, own);
}

#[tokio::test]
async fn each_organisation_has_a_chain_without_gaps_that_shows_tampering() {
    let world = world();
    let app = api().layer(world.promises.clone());
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(send(&app, request("GET", "/runs/run_7", Some(ORG))).await);
        send(&app, request("GET", "/runs/run_7", Some(OTHER))).await;
        send(&app, request("GET", "/runs/run_7", None)).await;
    }
    for org in [Some("org_1"), Some("org_2"), None] {
        let chain = world.receipts.page(org, 1, 100).await.unwrap();
        let sequences: Vec<u64> = chain.iter().map(|record| record.sequence).collect();
        assert_eq!(sequences, [1, 2, 3, 4, 5]);
    }
    let second = answers[1].receipt();
    let verdict = world.receipts.verify(Some("org_1"), second).await;
    let verdict = verdict.unwrap().unwrap();
    assert!(verdict.valid, "{verdict:?}");
    assert_eq!(
        (verdict.chain.first_sequence, verdict.chain.last_sequence),
        (2, 5)
    );

    for tamper in [
        (|record: &mut Record| record.outcome = Outcome::Denied) as fn(&mut Record),
        |record| {
            record.outcome = Outcome::Denied;
            record.hash = record.computed_hash();
        },
    ] {
        let mut chain = world.receipts.page(Some("org_1"), 1, 100).await.unwrap();
        tamper(&mut chain[2]);
        let forged = Forged(chain);
        let verdict = forged.verify(None, second).await.unwrap().unwrap();
        let at = verdict.mismatch.as_ref().map(|link| link.sequence);
        assert!(!verdict.valid && matches!(at, Some(3 | 4)), "{verdict:?}");
        let after = forged.verify(None, answers[3].receipt()).await.unwrap();
        assert!(after.unwrap().valid, "what came after agrees with itself");
    }
}

/// A chain as somebody left it.
struct Forged(Vec<Record>);

impl ReceiptStore for Forged {
    fn append(&self, _: Draft) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async { Err(StoreError::new("disk full: /var/lib/receipts")) })
    }

    fn get<'a>(
        &'a self,
        _: Option<&'a str>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<Record>, StoreError>> {
        Box::pin(async move { Ok(self.0.iter().find(|record| record.id == id).cloned()) })
    }

    fn page<'a>(
        &'a self,
        _: Option<&'a str>,
        from: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, StoreError>> {
        let page = self.0.iter().filter(move |record| record.sequence >= from);
        Box::pin(async move { Ok(page.take(limit).cloned().collect()) })
    }
}

#[tokio::test]
async fn an_answer_whose_receipt_cannot_be_kept_is_not_given() {
    let world = world();
    let full = Arc::new(Forged(Vec::new()));
    let app = api().layer(world.promises.clone().receipts(full));
    let answer = send(&app, request("GET", "/runs/run_7", Some(ORG))).await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.json()["name"], "internal_error");
    assert_eq!(answer.json()["receipt"], answer.receipt());
    assert!(!String::from_utf8(answer.body).unwrap().contains("disk"));
}

#[tokio::test]
async fn the_embedded_chain_goes_on_after_a_restart_and_agrees_with_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.redb");
    let memory = MemoryReceipts::new();
    let draft = |index: usize| Draft {
        org: index.is_multiple_of(2).then(|| "org_1".to_owned()),
        id: format!("rcp_{index}"),
        subject: Subject::Run {
            run_id: "run_1".to_owned(),
            plan_id: "pln_1".to_owned(),
        },
        actor: None,
        outcome: Outcome::Succeeded,
        run_id: Some("run_1".to_owned()),
        event_id: None,
        issued_at: "2026-01-02T09:30:00Z".parse().unwrap(),
    };
    for start in [0, 40] {
        let file = Embedded::open(&path).unwrap();
        for index in start..start + 40 {
            file.append(draft(index)).await.unwrap();
            memory.append(draft(index)).await.unwrap();
        }
    }
    let file = Embedded::open(&path).unwrap();
    assert!(Embedded::open(&path).is_err(), "one process has the file");
    for org in [Some("org_1"), None] {
        let kept = file.page(org, 11, 25).await.unwrap();
        assert_eq!(kept, memory.page(org, 11, 25).await.unwrap());
        assert_eq!(kept.len(), 25);
    }
    let verdict = file.verify(Some("org_1"), "rcp_2").await.unwrap().unwrap();
    assert!(verdict.valid);
    assert_eq!(
        (verdict.chain.first_sequence, verdict.chain.last_sequence),
        (2, 40)
    );
    assert_eq!(file.get(None, "rcp_2").await.unwrap(), None);
    assert_eq!(file.get(Some("org_9"), "rcp_2").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_make_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let file = Embedded::open(folder.path().join("state.redb")).unwrap();
    assert_eq!(
        file.page(None, 1, 10).await.unwrap(),
        [],
        "nothing written yet"
    );
    let world = world();
    let promises = world.promises.clone().receipts(Arc::new(file.clone()));
    let app = api().layer(promises);
    let asking: Vec<_> = (0..100)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move { send(&app, request("GET", "/runs/r", Some(ORG))).await })
        })
        .collect();
    for task in asking {
        assert_eq!(task.await.unwrap().status, 200);
    }
    let chain = file.page(Some("org_1"), 1, 1000).await.unwrap();
    assert_eq!(chain.len(), 100);
    let verdict = file.verify(Some("org_1"), &chain[0].id).await.unwrap();
    assert!(verdict.unwrap().valid);
}
