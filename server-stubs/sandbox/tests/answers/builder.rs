//! Builds: stages, ceilings, follow-up prompts, previews, artifacts.

use axum::http::StatusCode;
use exai_sandbox::Keep;
use serde_json::{Value, json};

use crate::support::{Answer, Client};
use crate::{text, until};

const SETTLED: &[&str] = &["succeeded", "failed", "cancelled"];

async fn start(client: &Client, body: Value) -> String {
    let started = client.call("startBuild", &[], "", body).await;
    assert_eq!(started.status, StatusCode::ACCEPTED);
    text(&started.json, "/id").to_owned()
}

async fn settled(client: &Client, id: &str) -> Value {
    until(client, "getBuild", id, SETTLED).await.json
}

/// A build that has succeeded.
pub(crate) async fn built(client: &Client, body: Value) -> String {
    let id = start(client, body).await;
    assert_eq!(text(&settled(client, &id).await, "/status"), "succeeded");
    id
}

async fn get(client: &Client, operation: &str, path: &[&str]) -> Answer {
    client.call(operation, path, "", Value::Null).await
}

/// The events of the stream, to its end.
pub(crate) async fn events(client: &Client, id: &str) -> Vec<Value> {
    let stream = get(client, "streamBuildEvents", &[id]).await;
    let stream = String::from_utf8(stream.bytes).expect("text");
    let data = stream
        .lines()
        .filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).expect("JSON"))
        .collect()
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| text(event, "/type")).collect()
}

fn items(list: &Answer) -> &[Value] {
    list.json["data"].as_array().expect("a list")
}

#[tokio::test]
async fn a_prompt_becomes_an_app_in_a_workspace_of_its_own() {
    let client = Client::open();
    let prompt = "A portal where customers pay their invoices, in Svelte";
    let started = client
        .call(
            "startBuild",
            &[],
            "",
            json!({"prompt": prompt, "labels": {"team": "web"}}),
        )
        .await;
    assert_eq!(text(&started.json, "/status"), "queued");
    assert_eq!(text(&started.json, "/name"), "a-portal-where-customers");
    let id = text(&started.json, "/id");
    let events = events(&client, id).await;
    let stages = events.iter().filter_map(|event| event["stage"].as_str());
    assert_eq!(
        stages.collect::<Vec<_>>(),
        ["planning", "generating", "testing"]
    );
    let numbers: Vec<_> = events
        .iter()
        .filter_map(|event| event["sequence"].as_i64())
        .collect();
    assert!(
        numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]),
        "{numbers:?}"
    );
    assert_eq!(types(&events).last(), Some(&"build.succeeded"));
    let receipt = text(&events[events.len() - 1], "/receipt");
    assert_eq!(
        get(&client, "getReceipt", &[receipt]).await.status,
        StatusCode::OK
    );

    let build = settled(&client, id).await;
    assert_eq!(text(&build, "/stack"), "sveltekit");
    assert_eq!(text(&build, "/usage/cost/amount"), "0.24");
    let workspace = text(&build, "/target/workspace_id");
    let readme = client
        .call(
            "downloadWorkspaceFile",
            &[workspace],
            "?path=README.md",
            Value::Null,
        )
        .await;
    assert!(String::from_utf8_lossy(&readme.bytes).contains(prompt));

    let listed = client
        .call("listBuilds", &[], "?label=team%3Dweb", Value::Null)
        .await;
    assert_eq!(text(&items(&listed)[0], "/id"), id);
    let listed = client
        .call("listBuilds", &[], "?status=failed", Value::Null)
        .await;
    assert!(items(&listed).is_empty());
    let messages = get(&client, "listBuildMessages", &[id]).await;
    let roles: Vec<_> = items(&messages)
        .iter()
        .map(|message| text(message, "/role"))
        .collect();
    assert_eq!(roles.len(), 2);
    assert!(roles.contains(&"user") && roles.contains(&"assistant"));
    let logs = client
        .call(
            "listBuildLogs",
            &[id],
            "?stage=testing&level=info",
            Value::Null,
        )
        .await;
    assert_eq!(text(&items(&logs)[0], "/message"), "3 passed, 0 failed");
}

#[tokio::test]
async fn artifacts_are_downloaded_whole_and_in_parts() {
    let client = Client::open();
    let id = built(
        &client,
        json!({"prompt": "A page", "target": {"type": "artifact"}}),
    )
    .await;
    let list = get(&client, "listBuildArtifacts", &[&id]).await;
    let of = |kind: &str| {
        let found = items(&list)
            .iter()
            .find(|artifact| artifact["kind"] == kind);
        text(found.expect("an artifact"), "/id").to_owned()
    };
    let report = of("test_report");
    let got = get(&client, "getBuildArtifact", &[&id, &report]).await;
    assert_eq!(text(&got.json, "/media_type"), "application/json");
    let whole = get(&client, "downloadBuildArtifact", &[&id, &report]).await;
    assert_eq!(got.json["size_bytes"], whole.bytes.len());
    assert!(whole.headers.contains_key("repr-digest"));
    let tests: Value = serde_json::from_slice(&whole.bytes).expect("JSON");
    assert_eq!(tests["failed"], 0);

    let part = client
        .call_with(
            "downloadBuildArtifact",
            &[&id, &report],
            ("range", "bytes=1-4"),
        )
        .await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes, &whole.bytes[1..5]);
    let outside = client
        .call_with(
            "downloadBuildArtifact",
            &[&id, &report],
            ("range", "bytes=999999-"),
        )
        .await;
    assert_eq!(outside.status, StatusCode::UNPROCESSABLE_ENTITY);

    let source = get(
        &client,
        "downloadBuildArtifact",
        &[&id, &of("source_archive")],
    )
    .await;
    assert_eq!(&source.bytes[..2], [0x1f, 0x8b], "gzip");
    let none = get(
        &client,
        "downloadBuildArtifact",
        &[&id, "art_01JZZZZZZZZZZZZZZZZZZZZZZZ"],
    )
    .await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_ceiling_ends_a_build_and_a_higher_one_goes_on_with_it() {
    let client = Client::open();
    let ceiling = |amount: &str| json!({"amount": amount, "currency": "USD"});
    let id = start(
        &client,
        json!({"prompt": "A shop", "ceiling": ceiling("0.05")}),
    )
    .await;
    let events = events(&client, &id).await;
    let last = &events[events.len() - 1];
    assert_eq!(text(last, "/type"), "build.failed");
    assert_eq!(text(last, "/stage"), "generating");
    let failed = settled(&client, &id).await;
    assert_eq!(text(&failed, "/fault/reason"), "ceiling_reached");
    assert_eq!(text(&failed, "/usage/cost/amount"), "0.02");

    let euros = json!({"ceiling": {"amount": "1", "currency": "EUR"}});
    let foreign = client.call("retryBuild", &[&id], "", euros).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    let later = json!({"from_stage": "testing"});
    let later = client.call("retryBuild", &[&id], "", later).await;
    assert_eq!(later.status, StatusCode::UNPROCESSABLE_ENTITY);
    let spent = json!({"ceiling": ceiling("0.02")});
    let spent = client.call("retryBuild", &[&id], "", spent).await;
    assert_eq!(spent.status, StatusCode::PAYMENT_REQUIRED);

    let retried = client
        .call("retryBuild", &[&id], "", json!({"ceiling": ceiling("1")}))
        .await;
    assert_eq!(retried.status, StatusCode::ACCEPTED);
    assert_eq!(retried.json["attempt"], 2);
    let done = settled(&client, &id).await;
    assert_eq!(text(&done, "/status"), "succeeded");
    assert_eq!(text(&done, "/usage/cost/amount"), "0.24");
    assert!(done["fault"].is_null());
}

#[tokio::test]
async fn a_cancelled_build_ends_at_once_and_once() {
    let client = Client::slow();
    let id = start(&client, json!({"prompt": "A shop"})).await;
    let again = client.call("retryBuild", &[&id], "", json!({})).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let cancelled = client
        .call("cancelBuild", &[&id], "", json!({"reason": "enough"}))
        .await;
    assert_eq!(text(&cancelled.json, "/status"), "cancelled");
    let events = events(&client, &id).await;
    let last = &events[events.len() - 1];
    assert_eq!(text(last, "/type"), "build.cancelled");
    assert_eq!(text(last, "/reason"), "enough");
    let twice = client.call("cancelBuild", &[&id], "", json!({})).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_follow_up_prompt_changes_the_app_and_streams_its_own_events() {
    let client = Client::open();
    let id = built(
        &client,
        json!({"prompt": "A static page", "stack": "static"}),
    )
    .await;
    let asset = json!({"text": "Use the logo", "asset_ids": ["ast_01JZZZZZZZZZZZZZZZZZZZZZZZ"]});
    let missing = client.call("sendBuildMessage", &[&id], "", asset).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sent = client
        .call(
            "sendBuildMessage",
            &[&id],
            "",
            json!({"text": "Make it blue"}),
        )
        .await;
    assert_eq!(sent.status, StatusCode::ACCEPTED);
    let events = events(&client, &id).await;
    let written = events
        .iter()
        .filter(|event| event["type"] == "build.file_written");
    assert_eq!(
        written
            .map(|event| text(event, "/path"))
            .collect::<Vec<_>>(),
        ["README.md"]
    );
    assert_eq!(types(&events).last(), Some(&"build.succeeded"));
    let messages = get(&client, "listBuildMessages", &[&id]).await;
    assert_eq!(items(&messages).len(), 4);
}

#[tokio::test]
async fn previews_come_up_and_are_taken_down() {
    let client = Client::open();
    let id = built(&client, json!({"prompt": "A page", "deploy": true})).await;
    let first = settled(&client, &id).await;
    assert_eq!(text(&first, "/preview/status"), "ready");
    let long = json!({"expires_in": "P31D"});
    let long = client.call("deployBuildPreview", &[&id], "", long).await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
    let asked = json!({"expires_in": "PT1H", "visibility": "public", "region": "eu-west-1"});
    let started = client.call("deployBuildPreview", &[&id], "", asked).await;
    assert_eq!(text(&started.json, "/status"), "deploying");
    let preview = text(&started.json, "/id");
    assert_eq!(
        types(&events(&client, &id).await).last(),
        Some(&"build.succeeded")
    );
    let done = settled(&client, &id).await;
    assert_eq!(text(&done, "/preview/id"), preview);
    assert!(text(&done, "/preview/url").starts_with("https://"));
    assert_eq!(text(&done, "/preview/region"), "eu-west-1");

    let list = get(&client, "listBuildPreviews", &[&id]).await;
    assert_eq!(items(&list).len(), 2);
    let down = get(&client, "deleteBuildPreview", &[&id, preview]).await;
    assert_eq!(down.status, StatusCode::NO_CONTENT);
    let again = get(&client, "deleteBuildPreview", &[&id, preview]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_folder_of_a_workspace_is_built_in_where_it_is_empty() {
    let client = Client::open();
    let made = client
        .call(
            "createWorkspace",
            &[],
            "",
            json!({"name": "web", "size": "small"}),
        )
        .await;
    let workspace = text(&made.json, "/id");
    until(&client, "getWorkspace", workspace, &["running"]).await;
    let body = json!({
        "prompt": "A shop",
        "target": {"type": "workspace", "workspace_id": workspace, "path": "shop"},
    });
    built(&client, body.clone()).await;
    let readme = client
        .call(
            "downloadWorkspaceFile",
            &[workspace],
            "?path=shop/README.md",
            Value::Null,
        )
        .await;
    assert_eq!(readme.status, StatusCode::OK);
    let full = client.call("startBuild", &[], "", body).await;
    assert_eq!(text(&full.json, "/details/0/pointer"), "/target/path");
}

#[tokio::test]
async fn assets_are_kept_and_removed() {
    let client = Client::open();
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"logo.svg\"\r\n\
                Content-Type: image/svg+xml\r\n\r\n<svg/>\r\n\
                --b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbrand\r\n--b--\r\n";
    let upload = async |form: String| {
        let kind = "multipart/form-data; boundary=b";
        let form = form.into_bytes();
        client.upload("uploadBuildAsset", &[], "", kind, form).await
    };
    let empty = upload(form.replace("<svg/>", "")).await;
    assert_eq!(text(&empty.json, "/details/0/rule"), "minLength");
    let video = upload(form.replace("image/svg+xml", "video/mp4")).await;
    assert_eq!(text(&video.json, "/details/0/rule"), "contentMediaType");
    let kept = upload(form.to_owned()).await;
    assert_eq!(kept.status, StatusCode::CREATED);
    let asset = text(&kept.json, "/id");
    assert_eq!(text(&kept.json, "/file_name"), "logo.svg");
    assert_eq!(
        get(&client, "getBuildAsset", &[asset]).await.json["size_bytes"],
        6
    );
    built(
        &client,
        json!({"prompt": "Use the logo", "asset_ids": [asset]}),
    )
    .await;
    let removed = get(&client, "deleteBuildAsset", &[asset]).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(
        get(&client, "getBuildAsset", &[asset]).await.status,
        StatusCode::NOT_FOUND
    );
}

#[test]
fn a_build_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let keep = || Keep::File(folder.path().join("state"));
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime");
    let first = runtime();
    let id = first.block_on(async {
        let client = Client::keeping(keep());
        start(&client, json!({"prompt": "A shop"})).await
    });
    drop(first);
    runtime().block_on(async {
        let client = Client::keeping(keep());
        assert_eq!(text(&settled(&client, &id).await, "/status"), "succeeded");
    });
}
