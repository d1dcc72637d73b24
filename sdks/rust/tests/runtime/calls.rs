use std::error::Error as _;

use exai_sdk::runtime::{Body, Error, Secret};
use futures_util::stream;
use serde_json::json;

use crate::api::Client;
use crate::server::{Server, json as ok, reply};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn a_call_sends_what_the_operation_says() -> Outcome {
    let server = Server::new(vec![ok(r#"{"id":"a/b"}"#)]).await?;
    let client = Client::at(&server.base_url)?;
    let thing = client
        .get("a/b")
        .extra_query("tag", ["x", "y z"])
        .extra_header("X-Trace", "1")
        .await?;
    assert_eq!(thing, json!({"id": "a/b"}));
    let seen = &server.seen()[0];
    assert_eq!(seen.target(), "/v1/things/a%2Fb?tag=x&tag=y%20z");
    assert_eq!(seen.header("authorization"), Some("Bearer sk_test_1"));
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(seen.header("user-agent"), Some("acme-sdk-rust/1.0.0"));
    assert_eq!(seen.header("x-trace"), Some("1"));
    assert_eq!(seen.header("idempotency-key"), None);
    Ok(())
}

#[tokio::test]
async fn an_operations_own_server_gets_its_calls_unless_the_caller_gave_a_url() -> Outcome {
    let server = Server::new(vec![ok("{}"), ok("{}"), ok("{}")]).await?;
    let url = server.base_url.trim_end_matches("/v1");
    let port = url.rsplit(':').next().ok_or("no port")?;
    let documented = Client::builder().server("local", &[("port", port)]);
    let documented = documented.build()?;
    documented.uploaded("a").await?;
    documented.get("a").await?;
    Client::at(&format!("{url}/mine"))?.uploaded("a").await?;
    let targets: Vec<String> = server
        .seen()
        .iter()
        .map(|s| s.target().to_owned())
        .collect();
    assert_eq!(
        targets,
        ["/uploads/things/a", "/v1/things/a", "/mine/things/a"]
    );
    Ok(())
}

#[tokio::test]
async fn metadata_is_on_every_result() -> Outcome {
    let headers = [
        "X-Receipt: rcp_1",
        "X-RateLimit-Remaining: 7",
        "X-RateLimit-Reset: 1700000000",
        "Idempotent-Replayed: true",
    ];
    let server = Server::new(vec![reply(202, &headers, "{}")]).await?;
    let call = Client::at(&server.base_url)?
        .create(&json!({"a": 1}))
        .idempotency_key("mine");
    let answer = call.extra_body("b", 2).with_response().await?;
    assert_eq!(answer.metadata.status(), 202);
    assert_eq!(answer.metadata.receipt(), Some("rcp_1"));
    let limit = answer.metadata.rate_limit().ok_or("no rate limit")?;
    assert_eq!((limit.remaining, limit.reset), (7, 1_700_000_000));
    assert!(answer.metadata.replayed());
    assert_eq!(answer.metadata.idempotency_key(), Some("mine"));
    let seen = &server.seen()[0];
    assert_eq!(seen.header("idempotency-key"), Some("mine"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.body, r#"{"a":1,"b":2}"#);
    Ok(())
}

#[tokio::test]
async fn an_error_carries_what_the_server_said() -> Outcome {
    let body = r#"{"code":404,"name":"not_found","message":"no such thing","receipt":"rcp_2","details":[]}"#;
    let server = Server::new(vec![reply(404, &["X-Receipt: rcp_2"], body)]).await?;
    let error = Client::at(&server.base_url)?.get("nope").await.unwrap_err();
    assert!(error.is_api() && error.is("not_found", 404) && !error.is("conflict", 404));
    assert_eq!((error.status(), error.code()), (Some(404), Some(404)));
    assert_eq!(error.message(), "no such thing");
    assert_eq!(error.receipt(), Some("rcp_2"));
    assert_eq!(error.details(), Some(&json!([])));
    assert_eq!(
        error.to_string(),
        "404 not_found: no such thing (receipt rcp_2)"
    );
    Ok(())
}

#[tokio::test]
async fn an_error_of_another_form_is_told_by_its_status() -> Outcome {
    let server = Server::new(vec![reply(404, &[], "<html>"), reply(418, &[], "")]).await?;
    let client = Client::at(&server.base_url)?;
    let error = client.get("a").await.unwrap_err();
    assert!(error.is("not_found", 404));
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"<html>"[..]));
    assert!(client.get("a").await.unwrap_err().is_api());
    Ok(())
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_kept() -> Outcome {
    let server = Server::new(vec![ok("[1")]).await?;
    let error = Client::at(&server.base_url)?
        .create(&json!({}))
        .await
        .unwrap_err();
    assert!(error.is_decode() && error.source().is_some());
    assert_eq!(error.status(), Some(200));
    assert_eq!(error.body().map(|body| &body[..]), Some(&b"[1"[..]));
    assert!(error.idempotency_key().is_some());
    Ok(())
}

#[tokio::test]
async fn an_operation_gets_the_credential_that_it_asks_for() -> Outcome {
    let server = Server::new(vec![ok("1"), ok("1"), ok("1")]).await?;
    let client = Client::builder()
        .base_url(&server.base_url)
        .credential("legacy", "k")
        .build()?;
    client.legacy().await?;
    client.open().await?;
    let source = || async { Ok::<Secret, Error>(Secret::new("fresh")) };
    let client = Client::builder()
        .base_url(&server.base_url)
        .token_source(source)
        .build()?;
    client.get("a").await?;
    let seen = server.seen();
    assert_eq!(seen[0].header("x-legacy-key"), Some("k"));
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(seen[1].header("authorization"), None);
    assert_eq!(seen[2].header("authorization"), Some("Bearer fresh"));
    Ok(())
}

#[tokio::test]
async fn a_redirect_elsewhere_is_not_followed_with_the_token() -> Outcome {
    let other = Server::new(vec![ok("1")]).await?;
    let location = format!("Location: {}/stolen", other.base_url);
    let server = Server::new(vec![
        reply(307, &["Location: /v1/things/b"], ""),
        ok("1"),
        reply(307, &[&location], ""),
    ])
    .await?;
    let client = Client::at(&server.base_url)?;
    client.get("a").await?;
    assert_eq!(server.seen()[1].target(), "/v1/things/b");
    assert_eq!(client.get("a").await.unwrap_err().status(), Some(307));
    assert!(other.seen().is_empty());
    Ok(())
}

#[tokio::test]
async fn bytes_are_streamed_up_and_down() -> Outcome {
    let server = Server::new(vec![
        ok("1"),
        reply(200, &["Content-Type: image/png"], "png"),
    ])
    .await?;
    let client = Client::at(&server.base_url)?;
    let pieces = stream::iter(["ab", "cd"].map(Ok::<_, std::io::Error>));
    client
        .unkeyed()
        .raw_body("text/plain", Body::stream(pieces, Some(4)))
        .await?;
    assert_eq!(server.seen()[0].header("content-length"), Some("4"));
    assert_eq!(server.seen()[0].body, "abcd");
    let download = client.download().await?;
    assert_eq!(download.content_type(), Some("image/png"));
    assert_eq!(download.content_length(), Some(3));
    assert_eq!(download.bytes().await?, "png");
    Ok(())
}

#[tokio::test]
async fn no_content_is_nothing() -> Outcome {
    let server = Server::new(vec![
        "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".into(),
    ])
    .await?;
    Client::at(&server.base_url)?.delete().await?;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() -> Outcome {
    let server = Server::new(vec![]).await?;
    let client = Client::at(&server.base_url)?;
    for id in ["", "..", "."] {
        assert!(client.get(id).await.unwrap_err().is_config());
    }
    assert!(
        client
            .get("a")
            .extra_header("X", "a\nb")
            .await
            .unwrap_err()
            .is_config()
    );
    assert!(server.seen().is_empty());
    Ok(())
}

#[test]
fn a_client_needs_a_token_and_a_url() {
    assert!(Client::builder().from_env().unwrap_err().is_config());
    assert!(Client::at("nonsense").unwrap_err().is_config());
    assert!(
        Client::builder()
            .server("nowhere", &[])
            .build()
            .unwrap_err()
            .is_config()
    );
    assert!(Client::builder().server("production", &[]).build().is_ok());
}

#[test]
fn no_token_is_printed() -> Result<(), Error> {
    let builder = Client::builder();
    assert!(!format!("{builder:?}").contains("sk_test_1"));
    let client = builder.build()?;
    assert!(!format!("{client:?} {:?}", client.get("a")).contains("sk_test_1"));
    Ok(())
}
