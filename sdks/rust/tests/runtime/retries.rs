use std::time::{Duration, Instant};

use exai_sdk::runtime::Body;
use futures_util::stream;
use serde_json::json;

use crate::api::Client;
use crate::server::{Server, json as ok, reply};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn a_keyed_call_is_tried_again_with_the_same_key() -> Outcome {
    let server = Server::new(vec![String::new(), reply(503, &[], "{}"), ok("1")]).await?;
    let answer = Client::at(&server.base_url)?
        .create(&json!({"a": 1}))
        .with_response()
        .await?;
    assert_eq!(answer.metadata.retries(), 2);
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    let key = answer.metadata.idempotency_key();
    assert_eq!(key.map(str::len), Some(36));
    for request in &seen {
        assert_eq!(request.header("idempotency-key"), key);
        assert_eq!(request.body, r#"{"a":1}"#);
    }
    Ok(())
}

#[tokio::test]
async fn two_calls_have_two_keys() -> Outcome {
    let server = Server::new(vec![ok("1"), ok("1")]).await?;
    let client = Client::at(&server.base_url)?;
    client.create(&json!({})).await?;
    client.create(&json!({})).await?;
    let seen = server.seen();
    assert_ne!(
        seen[0].header("idempotency-key"),
        seen[1].header("idempotency-key")
    );
    Ok(())
}

#[tokio::test]
async fn only_what_the_contract_names_is_tried_again() -> Outcome {
    for (status, tries) in [
        (408, 3),
        (429, 3),
        (500, 3),
        (502, 3),
        (503, 3),
        (504, 3),
        (409, 1),
        (422, 1),
        (501, 1),
    ] {
        let server = Server::new(vec![reply(status, &[], "{}"); 3]).await?;
        let error = Client::at(&server.base_url)?
            .create(&json!({}))
            .await
            .unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert!(error.idempotency_key().is_some());
        assert_eq!(server.seen().len(), tries, "{status}");
    }
    Ok(())
}

#[tokio::test]
async fn a_post_without_a_key_and_a_streamed_body_are_tried_once() -> Outcome {
    let server = Server::new(vec![reply(503, &[], "{}"); 4]).await?;
    let client = Client::at(&server.base_url)?;
    assert!(client.unkeyed().await.is_err());
    assert_eq!(server.seen().len(), 1);
    let body = Body::stream(stream::iter([Ok::<_, std::io::Error>("a")]), None);
    assert!(
        client
            .create(&json!({}))
            .raw_body("text/plain", body)
            .await
            .is_err()
    );
    assert_eq!(server.seen().len(), 2);
    assert!(client.get("a").max_retries(1).await.is_err());
    assert_eq!(server.seen().len(), 4);
    Ok(())
}

#[tokio::test]
async fn retry_after_is_obeyed_to_the_second() -> Outcome {
    let server = Server::new(vec![reply(429, &["Retry-After: 1"], "{}"), ok("1")]).await?;
    Client::at(&server.base_url)?.get("a").await?;
    let seen = server.seen();
    let waited = seen[1].at - seen[0].at;
    assert!(
        (Duration::from_secs(1)..Duration::from_millis(1500)).contains(&waited),
        "{waited:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_wait_that_does_not_fit_fails_now_and_says_how_long() -> Outcome {
    let server = Server::new(vec![reply(429, &["Retry-After: 30"], "{}")]).await?;
    let start = Instant::now();
    let call = Client::at(&server.base_url)?
        .get("a")
        .timeout(Duration::from_secs(5));
    let error = call.await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(error.status(), Some(429));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    Ok(())
}

#[tokio::test]
async fn the_time_of_a_call_covers_a_server_that_is_silent() -> Outcome {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::at(&format!("http://{}", listener.local_addr()?))?;
    let start = Instant::now();
    let call = client
        .create(&json!({}))
        .timeout(Duration::from_millis(200));
    let error = call.await.unwrap_err();
    assert!(error.is_timeout() && error.idempotency_key().is_some());
    assert!(start.elapsed() < Duration::from_secs(2));

    let call = client
        .get("a")
        .attempt_timeout(Duration::from_millis(50))
        .max_retries(1);
    assert!(call.await.unwrap_err().is_timeout());
    Ok(())
}

#[tokio::test]
async fn a_body_that_breaks_off_is_read_again() -> Outcome {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\"".to_owned();
    let server = Server::new(vec![cut, ok("1")]).await?;
    assert_eq!(Client::at(&server.base_url)?.get("a").await?, json!(1));
    Ok(())
}
