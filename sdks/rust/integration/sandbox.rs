//! Every kind of operation against a server that keeps state: the one that `EXAI_BASE_URL` names.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use exai_sdk::runtime::Part;
use exai_sdk::types::{
    AuditExportStatus, AuditSinkInput, BuildAssetPurpose, CreateAuditExport, CreateAuditStream,
    CreatePlan, CreateWorkspace, ExecEvent, ExecInWorkspace, HttpsSinkInput, Plan, PlanNode,
    RequestComposerPlan, RunEvent, RunStatus, StartRun, UpdatePlan, UploadBuildAsset,
    WaitForDuration, WaitNode, WaitUntil, Workspace, WorkspaceStatus,
};
use exai_sdk::{Client, Error};

fn client() -> Client {
    Client::from_env().expect("EXAI_BASE_URL and EXAI_API_KEY name a server")
}

/// A name that no other run of the tests has used.
fn unique(prefix: &str) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    format!("{prefix}-{}", since.expect("a time after 1970").as_nanos())
}

fn pause() -> PlanNode {
    let until = WaitUntil::Duration(WaitForDuration::new("PT0S"));
    PlanNode::Wait(WaitNode::new("pause", until))
}

async fn new_plan(exai: &Client) -> Plan {
    let plan = CreatePlan::new(unique("plan"), vec![pause()]);
    exai.plans().create(plan).await.expect("a plan")
}

async fn new_workspace(exai: &Client) -> Workspace {
    let call = exai
        .workspaces()
        .create(CreateWorkspace::new(unique("workspace")));
    let workspace = call
        .timeout(Duration::from_secs(60))
        .wait()
        .await
        .expect("a workspace");
    assert_eq!(workspace.status, WorkspaceStatus::Running);
    workspace
}

#[tokio::test]
async fn a_write_is_read_with_its_metadata() {
    let exai = client();
    let plan = new_plan(&exai).await;
    let answer = exai
        .plans()
        .get(&plan.id)
        .with_response()
        .await
        .expect("the plan");
    assert_eq!(answer.data.nodes, [pause()]);
    let receipt = answer.metadata.receipt().expect("a receipt");
    assert!(receipt.starts_with("rcp_"), "{receipt}");
    assert!(answer.metadata.rate_limit().is_some());
    let found = exai
        .audit()
        .receipts()
        .get(receipt)
        .await
        .expect("the receipt");
    assert_eq!(found.id, receipt);
}

#[tokio::test]
async fn null_clears_and_absent_leaves() {
    let exai = client();
    let plan = CreatePlan::new(unique("plan"), vec![pause()]).with_description("to be cleared");
    let plan = exai.plans().create(plan).await.expect("a plan");
    let renamed = UpdatePlan::new().with_name("renamed");
    let renamed = exai
        .plans()
        .update(&plan.id, renamed)
        .await
        .expect("the plan");
    assert_eq!(renamed.name, "renamed");
    assert!(renamed.description.is_some());
    let cleared = UpdatePlan::new().with_description_null();
    let cleared = exai
        .plans()
        .update(&plan.id, cleared)
        .await
        .expect("the plan");
    assert_eq!(
        (cleared.name.as_str(), cleared.description),
        ("renamed", None)
    );
    exai.plans().delete(&plan.id).await.expect("nothing");
    let error = exai.plans().get(&plan.id).await.expect_err("it is gone");
    assert!(
        error.is_not_found() && error.receipt().is_some(),
        "{error:?}"
    );
}

#[tokio::test]
async fn pages_hold_every_item_once() {
    let exai = client();
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(new_plan(&exai).await.id);
    }
    let listed: Vec<Plan> = exai
        .plans()
        .list()
        .limit(2)
        .items()
        .try_collect()
        .await
        .expect("plans");
    for id in made {
        assert_eq!(
            listed.iter().filter(|plan| plan.id == id).count(),
            1,
            "{id}"
        );
    }
    let page = exai.plans().list().limit(2).await.expect("a page");
    assert_eq!(page.items.len(), 2);
    assert!(page.next_page().await.expect("a page").is_some());
}

#[tokio::test]
async fn a_run_is_followed_to_its_end() {
    let exai = client();
    let plan = new_plan(&exai).await;
    let run = exai
        .runs()
        .start(StartRun::new(&plan.id))
        .await
        .expect("a run");
    let mut events = exai.runs().events(&run.id);
    let mut last = None;
    while let Some(event) = events.try_next().await.expect("an event") {
        last = Some(event);
    }
    assert!(events.position().is_some());
    match last {
        Some(RunEvent::RunCompleted(event)) => assert_eq!(event.run_id, run.id),
        other => panic!("the last event is {other:?}"),
    }
    let done = exai
        .runs()
        .start(StartRun::new(&plan.id))
        .wait()
        .await
        .expect("a run");
    assert_eq!(done.status, RunStatus::Succeeded);
}

#[tokio::test]
async fn the_same_key_runs_once() {
    let exai = client();
    let key = unique("key");
    let create = |name: &str| {
        let plan = CreatePlan::new(name, vec![pause()]);
        exai.plans().create(plan).idempotency_key(&key)
    };
    let first = create("one").await.expect("a plan");
    let again = create("one").with_response().await.expect("the plan");
    assert_eq!(again.data, first);
    assert!(again.metadata.replayed());
    let error = create("two").await.expect_err("another body");
    assert!(error.is_conflict(), "{error:?}");
    assert_eq!(error.idempotency_key(), Some(key.as_str()));
}

#[tokio::test]
async fn files_go_up_and_down_as_bytes() {
    let exai = client();
    let workspace = new_workspace(&exai).await;
    let content = [0, 1, 2, 0xff].repeat(1 << 16);
    let files = exai.workspaces().files();
    let file = files
        .upload(&workspace.id, "data/a b.bin", content.clone())
        .await
        .expect("a file");
    assert_eq!(
        file.size_bytes,
        i64::try_from(content.len()).expect("a size")
    );
    let mut download = files
        .download(&workspace.id, "data/a b.bin")
        .await
        .expect("a file");
    let mut found = Vec::new();
    while let Some(piece) = download.try_next().await.expect("a piece") {
        found.extend_from_slice(&piece);
    }
    assert!(found == content, "{} bytes", found.len());
}

#[tokio::test]
async fn a_command_is_streamed_from_a_write() {
    let exai = client();
    let workspace = new_workspace(&exai).await;
    let command = ExecInWorkspace::new(["echo", "hello"].map(String::from));
    let mut events = exai.workspaces().exec(&workspace.id, command);
    let (mut output, mut code) = (String::new(), None);
    while let Some(event) = events.try_next().await.expect("an event") {
        match event {
            ExecEvent::ExecOutput(event) => output.push_str(&event.data),
            ExecEvent::ExecExited(event) => code = event.exit_code,
            _ => {}
        }
    }
    // `hello\n` in base64.
    assert_eq!((output.as_str(), code), ("aGVsbG8K", Some(0)));
}

#[tokio::test]
async fn unions_are_sent_and_received() {
    let exai = client();
    let url = "https://siem.example.com/in";
    let sink = AuditSinkInput::Https(HttpsSinkInput::new(url));
    let streams = exai.audit().streams();
    let stream = streams
        .create(CreateAuditStream::new(unique("stream"), sink))
        .await;
    let stream = stream.expect("a stream");
    match &stream.sink {
        exai_sdk::types::AuditSink::Https(sink) => assert_eq!(sink.url, url),
        other => panic!("the sink is {other:?}"),
    }
    streams.delete(&stream.id).await.expect("nothing");
}

#[tokio::test]
async fn an_export_is_read_line_by_line() {
    let exai = client();
    new_plan(&exai).await;
    let now = jiff::Timestamp::now();
    let hour = jiff::SignedDuration::from_hours(1);
    let export = CreateAuditExport::new(now - hour, now);
    let exports = exai.audit().exports();
    let export = exports.create(export).wait().await.expect("an export");
    assert_eq!(export.status, AuditExportStatus::Succeeded);
    let mut lines = exports.download(&export.id);
    let mut count = 0;
    while let Some(event) = lines.try_next().await.expect("an entry") {
        assert!(event.id.starts_with("evt_"), "{event:?}");
        count += 1;
    }
    assert!(count > 0);
}

#[tokio::test]
async fn a_patch_is_text() {
    let exai = client();
    let workspace = new_workspace(&exai).await;
    let composer = exai.composer();
    let plan = RequestComposerPlan::new("Add a README", &workspace.id);
    let plan = composer.plan(plan).wait().await.expect("a plan");
    let patch = composer.plans().patch(&plan.id).await.expect("a patch");
    assert!(patch.contains("@@"), "{patch}");
}

#[tokio::test]
async fn an_asset_is_uploaded_as_a_form() {
    let exai = client();
    let file = Part::new("not really an image")
        .file_name("logo.png")
        .content_type("image/png");
    let asset = UploadBuildAsset::new(file, BuildAssetPurpose::Reference);
    let asset = exai
        .builder_resource()
        .assets()
        .upload(asset)
        .await
        .expect("an asset");
    assert!(asset.id.starts_with("ast_"), "{asset:?}");
}

#[tokio::test]
async fn a_token_that_is_none_is_refused_and_not_shown() {
    let base_url = std::env::var("EXAI_BASE_URL").expect("a server");
    let exai = Client::builder()
        .api_key("sk_test_wrong")
        .base_url(base_url)
        .build();
    let error = exai
        .expect("a client")
        .runs()
        .get("run_x")
        .await
        .expect_err("no such token");
    assert!(error.is_unauthorized(), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("sk_test_wrong"));
}

#[tokio::test]
async fn an_invalid_request_says_where() {
    let exai = client();
    let call = exai.runs().start(StartRun::new("pln_x"));
    let error: Error = call
        .extra_body("surprise", true)
        .await
        .expect_err("an unknown field");
    assert!(error.is_invalid_request(), "{error:?}");
    assert!(
        error
            .details()
            .is_some_and(|details| details[0]["pointer"].is_string())
    );
}
