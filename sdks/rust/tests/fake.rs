//! A fake in place of the network, as the users of the crate write their tests.
#![cfg(feature = "testing")]

use exai_sdk::testing::Fake;
use exai_sdk::testing::operations::{
    DELETE_PLAN, DOWNLOAD_AUDIT_EXPORT, DOWNLOAD_BUILD_ARTIFACT, GET_RUN, LIST_AGENTS, START_RUN,
    STREAM_RUN_EVENTS,
};
use exai_sdk::types::{Agent, AuditEvent, Run, RunEvent, RunStatus, StartRun};
use serde_json::json;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn run(status: &str) -> Result<Run, serde_json::Error> {
    let usage = json!({
        "input_tokens": 0, "output_tokens": 0, "cost": {"amount": "0", "currency": "USD"},
    });
    serde_json::from_value(json!({
        "id": "run_1", "plan_id": "pln_1", "plan_revision": 2, "name": null, "status": status,
        "input": {}, "labels": {}, "ceiling": null, "usage": usage, "node_counts": {},
        "fault": null, "replay_of": null, "parent_run_id": null, "receipt": null,
        "created_by": {"type": "token", "token_id": "tok_1", "token_name": "ci"},
        "created_at": "2026-01-02T10:00:00Z", "deadline_at": "2026-02-01T10:00:00Z",
        "started_at": null, "finished_at": null,
        "poll_url": "https://api.exai.cloud/v1/runs/run_1",
        "stream_url": "https://api.exai.cloud/v1/runs/run_1/events",
    }))
}

fn agent(id: &str) -> Result<Agent, serde_json::Error> {
    serde_json::from_value(json!({
        "id": id, "slug": "reviewer", "title": "Reviewer", "description": "Reads a diff.",
        "origin": "builtin", "category": "review", "capabilities": ["read_files"],
        "status": "active", "latest_version": "2.3.1",
        "pricing": {
            "type": "tokens",
            "input_per_million": {"amount": "3.00", "currency": "USD"},
            "cached_input_per_million": {"amount": "0.30", "currency": "USD"},
            "output_per_million": {"amount": "15.00", "currency": "USD"},
        },
        "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-12-18T12:00:00Z",
    }))
}

fn event(sequence: u64, event: &str) -> Result<RunEvent, serde_json::Error> {
    let mut event = json!({
        "type": event, "sequence": sequence, "run_id": "run_1", "receipt": "rcp_1",
        "occurred_at": "2026-01-02T10:00:01Z", "plan_id": "pln_1", "plan_revision": 2,
    });
    event["usage"] = json!({
        "input_tokens": 0, "output_tokens": 0, "cost": {"amount": "0", "currency": "USD"},
    });
    serde_json::from_value(event)
}

#[tokio::test]
async fn a_value_goes_through_the_wire_and_the_call_is_seen() -> Outcome {
    let fake = Fake::new();
    fake.on(START_RUN).answer(run("queued")?);
    let exai = fake.client()?;
    let started = exai.runs().start(StartRun::new("pln_1")).await?;
    assert_eq!(started, run("queued")?);
    let seen = fake.seen_of(START_RUN);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].method, "POST");
    assert_eq!(seen[0].url.path(), "/runs");
    assert_eq!(seen[0].json::<StartRun>()?, StartRun::new("pln_1"));
    assert!(seen[0].headers.contains_key("idempotency-key"));
    Ok(())
}

#[tokio::test]
async fn pages_lead_to_each_other() -> Outcome {
    let fake = Fake::new();
    let pages = [vec![agent("a")?, agent("b")?], vec![], vec![agent("c")?]];
    fake.on(LIST_AGENTS).pages(pages);
    let items: Vec<Agent> = fake.client()?.agents().list().items().try_collect().await?;
    assert_eq!(items, [agent("a")?, agent("b")?, agent("c")?]);
    let cursors: Vec<_> = fake
        .seen()
        .iter()
        .map(|seen| seen.query("cursor"))
        .collect();
    assert_eq!(cursors, [None, Some("1".to_owned()), Some("2".to_owned())]);
    Ok(())
}

#[tokio::test]
async fn a_wait_is_answered_by_its_stream_and_its_state() -> Outcome {
    let fake = Fake::new();
    fake.on(START_RUN).answer(run("queued")?);
    let events = [event(1, "run.started")?, event(2, "run.completed")?];
    fake.on(STREAM_RUN_EVENTS).events(events.clone());
    fake.on(GET_RUN).answer(run("succeeded")?);
    let exai = fake.client()?;
    let done = exai.runs().start(StartRun::new("pln_1")).wait().await?;
    assert_eq!(done.status, RunStatus::Succeeded);
    let mut rest = exai.runs().events("run_1").last_event_id("1");
    assert_eq!(rest.try_next().await?.as_ref(), Some(&events[1]));
    assert_eq!(rest.try_next().await?, None);
    Ok(())
}

#[tokio::test]
async fn a_script_is_played_in_order_and_its_errors_are_the_apis() -> Outcome {
    let fake = Fake::new();
    fake.on(GET_RUN)
        .provider_unavailable()
        .disconnect()
        .answer(run("running")?)
        .not_found();
    let exai = fake.client()?;
    let answer = exai.runs().get("run_1").with_response().await?;
    assert_eq!(answer.metadata.retries(), 2);
    for _ in 0..2 {
        let error = exai.runs().get("run_1").await.unwrap_err();
        assert!(error.is_not_found());
        assert_eq!((error.status(), error.code()), (Some(404), Some(404)));
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_may_be_made_of_the_call() -> Outcome {
    let fake = Fake::new();
    let template = run("running")?;
    fake.on(GET_RUN).answer_with(move |seen| {
        let mut run = template.clone();
        run.id = seen
            .url
            .path()
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        run
    });
    assert_eq!(fake.client()?.runs().get("run_7").await?.id, "run_7");
    Ok(())
}

#[tokio::test]
async fn bytes_lines_and_nothing_are_answers() -> Outcome {
    let fake = Fake::new();
    fake.on(DOWNLOAD_BUILD_ARTIFACT).bytes(&b"\0png"[..]);
    fake.on(DOWNLOAD_AUDIT_EXPORT)
        .lines(Vec::<AuditEvent>::new());
    fake.on(DELETE_PLAN).done();
    let exai = fake.client()?;
    let artifacts = exai.builder_resource().runs().artifacts();
    let download = artifacts.download("bld_1", "art_1").await?;
    assert_eq!(download.bytes().await?, &b"\0png"[..]);
    let mut lines = exai.audit().exports().download("exp_1");
    assert!(lines.try_next().await?.is_none());
    exai.plans().delete("pln_1").await?;
    Ok(())
}

#[tokio::test]
async fn a_call_that_nothing_answers_names_its_operation() -> Outcome {
    let error = Fake::new().client()?.runs().get("run_1").await.unwrap_err();
    assert!(error.is_config());
    assert!(error.message().contains("getRun"), "{error}");
    Ok(())
}
