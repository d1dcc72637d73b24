//! Templates: made, forked, published, starred, and what is made of them.

use axum::http::StatusCode;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tar::{Builder, Header};

use crate::support::{Answer, Client};
use crate::{plan, text, until};

fn archive(path: &str, content: &str) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut header = Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    let added = builder.append_data(&mut header, path, content.as_bytes());
    added.expect("an entry");
    builder
        .into_inner()
        .and_then(GzEncoder::finish)
        .expect("an archive")
}

async fn upload(client: &Client, slug: &str, bytes: Vec<u8>) -> Answer {
    client
        .upload(
            "uploadTemplateArchive",
            &[slug],
            "",
            "application/gzip",
            bytes,
        )
        .await
}

async fn of_workspace(client: &Client, slug: &str) -> Value {
    let made = client
        .call("createWorkspace", &[], "", json!({"name": "web"}))
        .await;
    let id = text(&made.json, "/id").to_owned();
    until(client, "getWorkspace", &id, &["running"]).await;
    for (path, content) in [("src/main.rs", "fn main() {}"), ("target/out", "junk")] {
        let query = format!("?path={path}");
        let binary = "application/octet-stream";
        let bytes = content.as_bytes().to_vec();
        client
            .upload("uploadWorkspaceFile", &[&id], &query, binary, bytes)
            .await;
    }
    let asked = json!([
        {"type": "string", "name": "host", "label": "Host", "pattern": "^[a-z.]+$"},
        {"type": "secret", "name": "api_key", "label": "Key"},
    ]);
    let source = json!({"type": "workspace", "workspace_id": id, "exclude": ["target/"]});
    let body = json!({"name": "Web", "slug": slug, "source": source, "parameters": asked});
    let made = client.call("createTemplate", &[], "", body).await;
    assert_eq!(made.status, StatusCode::CREATED);
    made.json
}

#[tokio::test]
async fn a_template_of_a_workspace_makes_others() {
    let client = Client::open();
    of_workspace(&client, "own-web").await;
    let source = json!({"type": "workspace", "workspace_id": "wsp_01JB8Z6Q4M2N7T5V9X1C3E5G7H"});
    for slug in ["own-web", "next-app"] {
        let body = json!({"name": "Web", "slug": slug, "source": source});
        let taken = client.call("createTemplate", &[], "", body).await;
        assert_eq!(text(&taken.json, "/details/0/pointer"), "/slug");
    }
    let missing = client
        .call(
            "instantiateTemplate",
            &["own-web"],
            "",
            json!({"parameters": {"host": "a.b"}}),
        )
        .await;
    assert_eq!(text(&missing.json, "/details/0/pointer"), "/secrets");
    let secret = "hidden value";
    let body = json!({
        "name": "copy", "labels": {"a": "b"},
        "parameters": {"host": "a.b"}, "secrets": {"api_key": secret},
    });
    let made = client
        .call("instantiateTemplate", &["own-web"], "", body)
        .await;
    assert_eq!(made.status, StatusCode::ACCEPTED);
    assert!(!String::from_utf8_lossy(&made.bytes).contains(secret));
    let id = text(&made.json, "/workspace/id").to_owned();
    assert_eq!(text(&made.json, "/workspace/environment/0/name"), "api_key");
    let file = client
        .call(
            "downloadWorkspaceFile",
            &[&id],
            "?path=src/main.rs",
            Value::Null,
        )
        .await;
    assert_eq!(file.bytes, b"fn main() {}");
    let left_out = client
        .call(
            "downloadWorkspaceFile",
            &[&id],
            "?path=target/out",
            Value::Null,
        )
        .await;
    assert_eq!(left_out.status, StatusCode::NOT_FOUND);
    let origin = json!({"type": "template", "slug": "own-web"});
    let body = json!({"name": "second", "origin": origin});
    let second = client.call("createWorkspace", &[], "", body).await;
    let id = text(&second.json, "/id").to_owned();
    let query = "?path=src/main.rs";
    let file = client
        .call("downloadWorkspaceFile", &[&id], query, Value::Null)
        .await;
    assert_eq!(file.bytes, b"fn main() {}");
    for (origin, pointer) in [
        (
            json!({"type": "template", "slug": "review-and-fix"}),
            "/origin/slug",
        ),
        (
            json!({"type": "template", "slug": "own-web", "version": "9.0.0"}),
            "/origin/version",
        ),
    ] {
        let body = json!({"name": "none", "origin": origin});
        let none = client.call("createWorkspace", &[], "", body).await;
        assert_eq!(text(&none.json, "/details/0/pointer"), pointer);
    }
    let used = client
        .call("getTemplate", &["own-web"], "", Value::Null)
        .await;
    assert_eq!(used.json["use_count"], 1);
}

#[tokio::test]
async fn a_template_of_a_plan_makes_plans() {
    let client = Client::open();
    let id = plan(&client).await;
    let source = json!({"type": "plan", "plan_id": id});
    let body = json!({"name": "Flow", "slug": "flow", "source": source});
    let made = client.call("createTemplate", &[], "", body).await;
    assert_eq!(text(&made.json, "/kind"), "plan");
    for (slug, name) in [("flow", "mine"), ("review-and-fix", "other")] {
        let made = client
            .call("instantiateTemplate", &[slug], "", json!({"name": name}))
            .await;
        assert_eq!(text(&made.json, "/plan/name"), name);
        let id = text(&made.json, "/plan/id").to_owned();
        let kept = client.call("getPlan", &[&id], "", Value::Null).await;
        assert_eq!(kept.json, made.json["plan"]);
    }
}

#[tokio::test]
async fn versions_rise_and_keep_what_was_uploaded() {
    let client = Client::open();
    of_workspace(&client, "own-web").await;
    let none = json!({"version": "1.1.0"});
    let refused = client
        .call("publishTemplateVersion", &["own-web"], "", none.clone())
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let bytes = archive("b.txt", "two");
    let stored = upload(&client, "own-web", bytes.clone()).await;
    assert_eq!(stored.json["file_count"], 1);
    let published = client
        .call("publishTemplateVersion", &["own-web"], "", none)
        .await;
    assert_eq!(published.status, StatusCode::CREATED);
    assert_eq!(published.json["digest"], stored.json["digest"]);
    let lower = client
        .call(
            "publishTemplateVersion",
            &["own-web"],
            "",
            json!({"version": "1.0.9"}),
        )
        .await;
    assert_eq!(text(&lower.json, "/details/0/pointer"), "/version");
    let newest = client
        .call("downloadTemplateArchive", &["own-web"], "", Value::Null)
        .await;
    assert_eq!(newest.bytes, bytes);
    let first = client
        .call(
            "downloadTemplateArchive",
            &["own-web"],
            "?version=1.0.0",
            Value::Null,
        )
        .await;
    assert_ne!(first.bytes, bytes);
    let listed = client
        .call("listTemplateVersions", &["own-web"], "", Value::Null)
        .await;
    assert_eq!(text(&listed.json, "/data/0/version"), "1.1.0");
    assert_eq!(listed.json["data"].as_array().map(Vec::len), Some(2));
    let missing = client
        .call("getTemplateVersion", &["own-web", "9.9.9"], "", Value::Null)
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_archive_is_refused() {
    let client = Client::open();
    of_workspace(&client, "own-web").await;
    let refused = upload(&client, "own-web", b"no archive".to_vec()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn forks_know_where_they_come_from() {
    let client = Client::open();
    let forked = client
        .call(
            "forkTemplate",
            &["next-app"],
            "",
            json!({"slug": "our-app"}),
        )
        .await;
    assert_eq!(text(&forked.json, "/forked_from/slug"), "next-app");
    let origin = client
        .call("getTemplate", &["next-app"], "", Value::Null)
        .await;
    assert_eq!(origin.json["fork_count"], 1);
    for operation in ["updateTemplate", "deleteTemplate"] {
        let body = match operation {
            "updateTemplate" => json!({"name": "Mine"}),
            _ => Value::Null,
        };
        let refused = client.call(operation, &["next-app"], "", body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    let patch = json!({"name": "Ours", "description": null, "tags": ["web"]});
    let patched = client.call("updateTemplate", &["our-app"], "", patch).await;
    assert_eq!(text(&patched.json, "/name"), "Ours");
    assert_eq!(patched.json["description"], Value::Null);
    let second = json!({"slug": "their-app"});
    client.call("forkTemplate", &["our-app"], "", second).await;
    let private = json!({"visibility": "private"});
    let refused = client
        .call("updateTemplate", &["our-app"], "", private)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let gone = client
        .call("deleteTemplate", &["our-app"], "", Value::Null)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let missing = client
        .call("getTemplate", &["our-app"], "", Value::Null)
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let kept = client
        .call("getTemplate", &["their-app"], "", Value::Null)
        .await;
    assert_eq!(kept.status, StatusCode::OK);
}

#[tokio::test]
async fn a_star_is_given_once_and_taken_back() {
    let client = Client::open();
    let stars = async || {
        let seen = client
            .call("getTemplate", &["next-app"], "", Value::Null)
            .await;
        (
            seen.json["star_count"].clone(),
            seen.json["starred"].clone(),
        )
    };
    assert_eq!(stars().await, (json!(310), json!(false)));
    for _ in 0..2 {
        let given = client
            .call("starTemplate", &["next-app"], "", Value::Null)
            .await;
        assert_eq!(given.status, StatusCode::NO_CONTENT);
        assert_eq!(stars().await, (json!(311), json!(true)));
    }
    let starred = client
        .call("listTemplates", &[], "?starred=true", Value::Null)
        .await;
    assert_eq!(starred.json["data"].as_array().map(Vec::len), Some(1));
    for _ in 0..2 {
        client
            .call("unstarTemplate", &["next-app"], "", Value::Null)
            .await;
        assert_eq!(stars().await, (json!(310), json!(false)));
    }
}
