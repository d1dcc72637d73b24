//! Plans of changes: made, reviewed, revised, discarded.

mod applies;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, Client};
use crate::{text, until};

const REFUSED: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// A workspace that runs, with a file of twelve lines.
async fn workspace(client: &Client, origin: Value) -> String {
    let body = json!({"name": "web", "origin": origin});
    let made = client.call("createWorkspace", &[], "", body).await;
    assert_eq!(made.status, StatusCode::ACCEPTED, "{:#}", made.json);
    let id = text(&made.json, "/id").to_owned();
    until(client, "getWorkspace", &id, &["running"]).await;
    let lines = (1..=12).map(|n| format!("line {n}\n")).collect::<String>();
    write(client, &id, &lines).await;
    id
}

async fn write(client: &Client, workspace: &str, content: &str) {
    let (path, query) = ([workspace], "?path=src%2Fmain.rs");
    let bytes = content.as_bytes().to_vec();
    let kind = "application/octet-stream";
    let written = client.upload("uploadWorkspaceFile", &path, query, kind, bytes);
    assert!(written.await.status.is_success());
}

async fn read(client: &Client, workspace: &str) -> String {
    let (path, query) = ([workspace], "?path=src%2Fmain.rs");
    let answer = client.call("downloadWorkspaceFile", &path, query, Value::Null);
    String::from_utf8(answer.await.bytes).expect("text")
}

/// A plan that is over, as it stands then.
async fn plan(client: &Client, mut body: Value, workspace: &str, ends: &str) -> Value {
    body["workspace_id"] = workspace.into();
    let plan = client.call("requestComposerPlan", &[], "", body).await;
    assert_eq!(plan.status, StatusCode::ACCEPTED, "{:#}", plan.json);
    let id = text(&plan.json, "/id").to_owned();
    until(client, "getComposerPlan", &id, &[ends]).await.json
}

async fn hunks(client: &Client, plan: &str, query: &str) -> Vec<Value> {
    let path = [plan];
    let answer = client.call("listComposerPlanHunks", &path, query, Value::Null);
    answer.await.json["data"].as_array().expect("hunks").clone()
}

async fn review(client: &Client, hunk: &Value, review: Value) -> Answer {
    let path = [text(hunk, "/plan_id"), text(hunk, "/id")];
    client
        .call("reviewComposerPlanHunk", &path, "", review)
        .await
}

async fn patch(client: &Client, plan: &str, query: &str) -> Answer {
    let path = [plan];
    client
        .call("downloadComposerPlanPatch", &path, query, Value::Null)
        .await
}

async fn events(client: &Client, plan: &str) -> Vec<String> {
    let answer = client
        .call("streamComposerPlanEvents", &[plan], "", Value::Null)
        .await;
    let text = String::from_utf8(answer.bytes).expect("text");
    let names = text.lines().filter_map(|line| line.strip_prefix("event: "));
    names.map(str::to_owned).collect()
}

/// A plan that is ready, with two hunks in one file.
async fn fix(client: &Client, workspace: &str) -> Value {
    let body = json!({"prompt": "Fix src/main.rs"});
    plan(client, body, workspace, "ready").await
}

#[tokio::test]
async fn a_plan_shows_new_files_as_new_and_others_as_changed() {
    let client = Client::open();
    let workspace = workspace(&client, json!({"type": "empty"})).await;
    let new = plan(
        &client,
        json!({"prompt": "Add a README"}),
        &workspace,
        "ready",
    )
    .await;
    let id = text(&new, "/id");
    let text_of = String::from_utf8(patch(&client, id, "").await.bytes).expect("text");
    assert!(
        text_of.starts_with("--- /dev/null\n+++ b/README.md\n@@ -0,0 +1,3 @@\n"),
        "{text_of}"
    );
    let diff = client
        .call("getComposerPlanDiff", &[id], "", Value::Null)
        .await;
    assert_eq!(text(&diff.json, "/files/0/change"), "added");
    let body = json!({"prompt": "Fix src/main.rs", "model": "deep"});
    let old = plan(&client, body, &workspace, "ready").await;
    let id = text(&old, "/id");
    assert_eq!(text(&old, "/usage/cost/amount"), "0.12");
    assert_eq!(old["stats"]["hunks_by_state"], json!({"pending": 2}));
    let text_of = String::from_utf8(patch(&client, id, "").await.bytes).expect("text");
    assert!(text_of.starts_with("--- a/src/main.rs\n+++ b/src/main.rs\n@@ -1,3 +1,4 @@\n"));
    for (query, lines) in [("?context_lines=0", 1), ("", 4), ("?context_lines=100", 13)] {
        let diff = client
            .call("getComposerPlanDiff", &[id], query, Value::Null)
            .await;
        assert_eq!(text(&diff.json, "/files/0/change"), "modified");
        let found = diff.json["files"][0]["hunks"][0]["lines"].as_array();
        assert_eq!(found.map(Vec::len), Some(lines), "{query}");
    }
    let names = events(&client, id).await;
    assert_eq!(
        names.first().map(String::as_str),
        Some("composer.plan.started")
    );
    assert_eq!(
        names.last().map(String::as_str),
        Some("composer.plan.ready")
    );
    let query = format!("?workspace_id={workspace}&status=ready&limit=1");
    let listed = client
        .call("listComposerPlans", &[], &query, Value::Null)
        .await;
    assert_eq!(text(&listed.json, "/data/0/id"), id);
}

#[tokio::test]
async fn the_patch_is_what_reviewers_left_of_the_plan() {
    let client = Client::open();
    let workspace = workspace(&client, json!({"type": "empty"})).await;
    let plan = fix(&client, &workspace).await;
    let id = text(&plan, "/id");
    let found = hunks(&client, id, "?path=src%2Fmain.rs").await;
    let rejected = review(
        &client,
        &found[0],
        json!({"state": "rejected", "note": "no"}),
    )
    .await;
    assert_eq!(text(&rejected.json, "/review/note"), "no");
    let naked = review(&client, &found[1], json!({"state": "edited"})).await;
    assert_eq!(naked.status, REFUSED);
    let edit = json!({"state": "edited", "replacement": "edited 1\nedited 2"});
    let edited = review(&client, &found[1], edit).await;
    assert_eq!(text(&edited.json, "/review/reviewed_by/type"), "token");
    let kept = review(&client, &found[1], json!({"state": "accepted"})).await;
    assert_eq!(kept.status, REFUSED);
    let text_of = String::from_utf8(patch(&client, id, "").await.bytes).expect("text");
    let expected = "--- a/src/main.rs\n+++ b/src/main.rs\n@@ -10,3 +10,5 @@\n \
        line 10\n line 11\n line 12\n+edited 1\n+edited 2\n";
    assert_eq!(text_of, expected);
    let all = patch(&client, id, "?state=rejected&state=edited").await;
    assert!(String::from_utf8_lossy(&all.bytes).contains("@@ -10,3 +11,5 @@"));
    let back = review(
        &client,
        &found[0],
        json!({"state": "pending", "note": null}),
    )
    .await;
    assert!(back.json["review"]["reviewed_by"].is_null());
    let now = client.call("getComposerPlan", &[id], "", Value::Null).await;
    assert_eq!(
        now.json["stats"]["hunks_by_state"],
        json!({"edited": 1, "pending": 1})
    );
    assert_eq!(hunks(&client, id, "?state=edited").await.len(), 1);
    let unknown = [id, "hnk_x"];
    let unknown = client
        .call("reviewComposerPlanHunk", &unknown, "", json!({}))
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn comments_are_about_what_the_plan_has_and_make_a_revision() {
    let client = Client::open();
    let workspace = workspace(&client, json!({"type": "empty"})).await;
    let plan = fix(&client, &workspace).await;
    let id = text(&plan, "/id");
    let silent = client
        .call("reviseComposerPlan", &[id], "", json!({}))
        .await;
    assert_eq!(silent.status, REFUSED);
    let found = hunks(&client, id, "").await;
    let about = |anchor: Value| json!({"body": "Shorter, src/main.rs", "anchor": anchor});
    let hunk = json!({"type": "hunk", "hunk_id": found[0]["id"], "line": 4});
    let first = client
        .call("createComposerPlanComment", &[id], "", about(hunk.clone()))
        .await;
    assert_eq!(first.status, StatusCode::CREATED);
    let answer = json!({"body": "Yes.", "in_reply_to": first.json["id"]});
    let answer = client
        .call("createComposerPlanComment", &[id], "", answer)
        .await;
    assert_eq!(answer.json["anchor"], hunk);
    for (body, pointer) in [
        (
            about(json!({"type": "file", "path": "none"})),
            "/anchor/path",
        ),
        (
            about(json!({"type": "hunk", "hunk_id": "hnk_x"})),
            "/anchor/hunk_id",
        ),
        (
            about(json!({"type": "hunk", "hunk_id": found[0]["id"], "line": 5})),
            "/anchor/line",
        ),
        (json!({"body": "?", "in_reply_to": "cmt_x"}), "/in_reply_to"),
    ] {
        let refused = client
            .call("createComposerPlanComment", &[id], "", body)
            .await;
        assert_eq!(refused.status, REFUSED);
        assert_eq!(text(&refused.json, "/details/0/pointer"), pointer);
    }
    let query = format!("?hunk_id={}&limit=1", text(&found[0], "/id"));
    let comments = client
        .call("listComposerPlanComments", &[id], &query, Value::Null)
        .await;
    assert_eq!(comments.json["data"].as_array().map(Vec::len), Some(1));
    assert!(comments.json["next_cursor"].is_string());
    review(&client, &found[0], json!({"state": "accepted"})).await;
    let revised = client
        .call("reviseComposerPlan", &[id], "", Value::Null)
        .await;
    assert_eq!(revised.status, StatusCode::ACCEPTED, "{:#}", revised.json);
    assert_eq!(text(&revised.json, "/parent_plan_id"), id);
    let new = text(&revised.json, "/id").to_owned();
    until(&client, "getComposerPlan", &new, &["ready"]).await;
    let now = hunks(&client, &new, "").await;
    assert_eq!(now[0]["lines"], found[0]["lines"]);
    assert_eq!(text(&now[0], "/review/state"), "accepted");
    assert_eq!(
        text(&now[1], "/lines/3/text"),
        "// TODO: test that: Shorter, src/main.rs"
    );
    let old = client.call("getComposerPlan", &[id], "", Value::Null).await;
    assert_eq!(text(&old.json, "/status"), "ready");
}

#[tokio::test]
async fn plans_that_failed_have_no_patch() {
    let client = Client::open();
    let workspace = workspace(&client, json!({"type": "empty"})).await;
    let cents = json!({"amount": "0.01", "currency": "USD"});
    for (body, reason) in [
        (
            json!({"prompt": "Fix src/main.rs", "exclude": ["src/"]}),
            "nothing_to_change",
        ),
        (
            json!({"prompt": "Fix src/main.rs", "ceiling": cents}),
            "ceiling_reached",
        ),
    ] {
        let failed = plan(&client, body, &workspace, "failed").await;
        assert_eq!(text(&failed, "/fault/reason"), reason);
        let id = text(&failed, "/id");
        assert_eq!(patch(&client, id, "").await.status, REFUSED);
        let diff = client
            .call("getComposerPlanDiff", &[id], "", Value::Null)
            .await;
        assert_eq!(diff.status, REFUSED);
        assert_eq!(
            events(&client, id).await.last().map(String::as_str),
            Some("composer.plan.failed")
        );
    }
}

#[tokio::test]
async fn a_plan_that_is_discarded_is_made_no_further() {
    let client = Client::slow();
    let workspace = workspace(&client, json!({"type": "empty"})).await;
    let body = json!({"workspace_id": workspace, "prompt": "Fix src/main.rs"});
    let making = client.call("requestComposerPlan", &[], "", body).await;
    let id = text(&making.json, "/id");
    let early = patch(&client, id, "").await;
    assert_eq!(early.status, REFUSED);
    let gone = client
        .call("discardComposerPlan", &[id], "", Value::Null)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    // Making it takes less than this.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let now = client.call("getComposerPlan", &[id], "", Value::Null).await;
    assert_eq!(text(&now.json, "/status"), "discarded");
    assert_eq!(
        events(&client, id).await.last().map(String::as_str),
        Some("composer.plan.discarded")
    );
    assert_eq!(patch(&client, id, "").await.status, REFUSED);
    let apply = client
        .call("applyComposerHunks", &[], "", json!({"plan_id": id}))
        .await;
    assert_eq!(apply.status, REFUSED);
}

#[tokio::test]
async fn a_plan_reads_what_is_there_alone() {
    let client = Client::open();
    let workspace = workspace(&client, json!({"type": "empty"})).await;
    for (path, status) in [("src/main.rs", StatusCode::ACCEPTED), ("none", REFUSED)] {
        let context = json!([{"type": "file", "path": path}]);
        let body = json!({"workspace_id": workspace, "prompt": "Fix it", "context": context});
        let asked = client.call("requestComposerPlan", &[], "", body).await;
        assert_eq!(asked.status, status, "{path}");
    }
    let body = json!({"workspace_id": "wsp_x", "prompt": "Fix it"});
    let nowhere = client.call("requestComposerPlan", &[], "", body).await;
    assert_eq!(nowhere.status, REFUSED);
}

#[test]
fn a_plan_is_made_by_the_process_after_where_the_one_before_has_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let keep = || exai_sandbox::Keep::File(folder.path().join("state"));
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime");
    let first = runtime();
    let id = first.block_on(async {
        let client = Client::keeping(keep());
        let workspace = workspace(&client, json!({"type": "empty"})).await;
        let body = json!({"workspace_id": workspace, "prompt": "Fix src/main.rs"});
        let plan = client.call("requestComposerPlan", &[], "", body).await;
        text(&plan.json, "/id").to_owned()
    });
    drop(first);
    runtime().block_on(async {
        let client = Client::keeping(keep());
        until(&client, "getComposerPlan", &id, &["ready"]).await;
        assert_eq!(hunks(&client, &id, "").await.len(), 2);
    });
}
