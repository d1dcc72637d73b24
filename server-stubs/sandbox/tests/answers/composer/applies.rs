//! Hunks that are applied and reverted.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{REFUSED, fix, hunks, read, review, workspace, write};
use crate::support::Client;
use crate::{text, until};

#[tokio::test]
async fn hunks_are_applied_and_reverted() {
    let client = Client::open();
    let git = json!({"type": "git", "repository": "https://example.com/web.git"});
    let workspace = workspace(&client, git).await;
    let plan = fix(&client, &workspace).await;
    let id = text(&plan, "/id");
    let found = hunks(&client, id, "").await;
    let before = read(&client, &workspace).await;
    for (body, pointer) in [
        (json!({"plan_id": id}), "/hunk_ids"),
        (
            json!({"plan_id": id, "hunk_ids": [found[0]["id"]]}),
            "/hunk_ids/0",
        ),
        (json!({"plan_id": "cpl_x"}), "/plan_id"),
    ] {
        let refused = client.call("applyComposerHunks", &[], "", body).await;
        assert_eq!(refused.status, REFUSED);
        assert_eq!(text(&refused.json, "/details/0/pointer"), pointer);
    }
    for hunk in &found {
        review(&client, hunk, json!({"state": "accepted"})).await;
    }
    // The tree has moved on since the plan was made.
    write(&client, &workspace, &format!("new\n{before}")).await;
    let body = json!({"plan_id": id, "commit": {"message": "Fix it", "branch": "fix"}});
    let apply = client.call("applyComposerHunks", &[], "", body).await;
    assert_eq!(apply.headers["location"], text(&apply.json, "/poll_url"));
    let apply = text(&apply.json, "/id").to_owned();
    let done = until(&client, "getComposerApply", &apply, &["applied"])
        .await
        .json;
    assert_eq!(text(&done, "/commit/branch"), "fix");
    assert_ne!(done["commit"]["sha"], plan["base_commit"]);
    assert_eq!(done["results"][1]["offset"], 1);
    let after = read(&client, &workspace).await;
    assert!(
        after.starts_with("new\n// TODO: Fix src/main.rs\nline 1\n"),
        "{after}"
    );
    assert_eq!(after.lines().count(), 15);
    let now = client.call("getComposerPlan", &[id], "", Value::Null).await;
    assert_eq!(text(&now.json, "/status"), "applied");
    // The lines that they change are still there, so that they fit again.
    let again = client
        .call("applyComposerHunks", &[], "", json!({"plan_id": id}))
        .await;
    let again = text(&again.json, "/id").to_owned();
    let again = until(&client, "getComposerApply", &again, &["applied"])
        .await
        .json;
    let second = text(&again, "/id");
    client
        .call("revertComposerApply", &[second], "", Value::Null)
        .await;
    until(&client, "getComposerApply", second, &["reverted"]).await;
    assert_eq!(read(&client, &workspace).await, after);
    // What was edited since stays, unless it is to be discarded.
    write(
        &client,
        &workspace,
        &after.replace("// TODO: Fix", "// Fixed"),
    )
    .await;
    client
        .call("revertComposerApply", &[&apply], "", Value::Null)
        .await;
    let failed = until(&client, "getComposerApply", &apply, &["revert_failed"])
        .await
        .json;
    assert_eq!(text(&failed, "/fault/reason"), "edited_since");
    let body = json!({"discard_later_edits": true});
    client
        .call("revertComposerApply", &[&apply], "", body)
        .await;
    let reverted = until(&client, "getComposerApply", &apply, &["reverted"])
        .await
        .json;
    assert_eq!(text(&reverted, "/results/0/outcome"), "reverted");
    assert_eq!(read(&client, &workspace).await, format!("new\n{before}"));
    let twice = client
        .call("revertComposerApply", &[&apply], "", Value::Null)
        .await;
    assert_eq!(twice.status, REFUSED);
    let query = format!("?plan_id={id}&workspace_id={workspace}&status=reverted&order=asc");
    let listed = client
        .call("listComposerApplies", &[], &query, Value::Null)
        .await;
    assert_eq!(text(&listed.json, "/data/0/id"), apply);
}

#[tokio::test]
async fn what_no_longer_fits_is_left_out_or_stops_all() {
    let client = Client::open();
    let workspace = workspace(&client, json!({"type": "empty"})).await;
    let plan = fix(&client, &workspace).await;
    let id = text(&plan, "/id");
    for hunk in &hunks(&client, id, "").await {
        review(&client, hunk, json!({"state": "accepted"})).await;
    }
    let body = json!({"plan_id": id, "commit": {"message": "Fix it"}});
    let no_git = client.call("applyComposerHunks", &[], "", body).await;
    assert_eq!(no_git.status, REFUSED);
    let changed = read(&client, &workspace)
        .await
        .replace("line 2\n", "other\n");
    write(&client, &workspace, &changed).await;
    let atomic = client
        .call("applyComposerHunks", &[], "", json!({"plan_id": id}))
        .await;
    let atomic = text(&atomic.json, "/id").to_owned();
    let failed = until(&client, "getComposerApply", &atomic, &["failed"])
        .await
        .json;
    assert_eq!(text(&failed, "/results/0/outcome"), "conflicted");
    assert_eq!(text(&failed, "/results/1/outcome"), "skipped");
    assert_eq!(read(&client, &workspace).await, changed);
    let body = json!({"plan_id": id, "strategy": "best_effort"});
    let best = client.call("applyComposerHunks", &[], "", body).await;
    let best = text(&best.json, "/id").to_owned();
    until(&client, "getComposerApply", &best, &["partially_applied"]).await;
    let after = read(&client, &workspace).await;
    assert_eq!(
        after,
        format!("{changed}// TODO: test that: Fix src/main.rs\n")
    );
    client
        .call("deleteWorkspace", &[&workspace], "", Value::Null)
        .await;
    let stopped = client
        .call("applyComposerHunks", &[], "", json!({"plan_id": id}))
        .await;
    assert_eq!(stopped.status, REFUSED);
    let missing = client
        .call("getComposerApply", &["apl_x"], "", Value::Null)
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}
