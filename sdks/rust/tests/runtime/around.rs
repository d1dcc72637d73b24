use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use exai_sdk::Method;
use exai_sdk::runtime::{Error, Next};
use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use crate::api::Client;
use crate::server::{Server, json as ok, reply};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn middleware_stands_around_each_try_in_the_order_of_its_adding() -> Outcome {
    let server = Server::new(vec![reply(503, &[], "{}"), ok("1")]).await?;
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tries);
    let client = Client::builder()
        .base_url(&server.base_url)
        .middleware(move |mut request: reqwest::Request, next: Next| {
            let number = counted.fetch_add(1, Ordering::Relaxed);
            assert!(request.headers().contains_key("authorization"));
            request.headers_mut().insert("x-try", number.into());
            next.run(request)
        })
        .middleware(|mut request: reqwest::Request, next: Next| async move {
            let seen = request.headers()["x-try"].clone();
            request.headers_mut().insert("x-seen", seen);
            let mut response = next.run(request).await?;
            let marked = HeaderValue::from_static("yes");
            response.headers_mut().insert("x-marked", marked);
            Ok(response)
        })
        .build()?;
    let answer = client.create(&json!({})).with_response().await?;
    assert_eq!(answer.metadata.headers()["x-marked"], "yes");
    let seen: Vec<_> = server
        .seen()
        .iter()
        .map(|request| request.header("x-seen").map(str::to_owned))
        .collect();
    assert_eq!(seen, [Some("0".to_owned()), Some("1".to_owned())]);
    assert_eq!(tries.load(Ordering::Relaxed), 2);
    Ok(())
}

#[tokio::test]
async fn middleware_may_answer_and_may_fail() -> Outcome {
    let answering = Client::builder()
        .base_url("http://127.0.0.1:1/v1")
        .middleware(|_, _| async { Ok(http::Response::new("7").into()) })
        .build()?;
    assert_eq!(answering.get("a").await?, json!(7));

    for (retried, tries) in [(true, 3), (false, 1)] {
        let made = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&made);
        let failing = Client::builder()
            .base_url("http://127.0.0.1:1/v1")
            .middleware(move |_, _| {
                counted.fetch_add(1, Ordering::Relaxed);
                async move {
                    Err(match retried {
                        true => Error::connection("cut off"),
                        false => Error::config("not allowed"),
                    })
                }
            })
            .build()?;
        let error = failing.create(&json!({})).await.unwrap_err();
        assert_eq!(error.is_connection(), retried);
        assert!(error.idempotency_key().is_some());
        assert_eq!(made.load(Ordering::Relaxed), tries);
    }
    Ok(())
}

fn limited(remaining: u64, in_seconds: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let reset = now.unwrap_or_default().as_secs() + in_seconds;
    let headers = [
        format!("X-RateLimit-Remaining: {remaining}"),
        format!("X-RateLimit-Reset: {reset}"),
    ];
    reply(200, &[&headers[0], &headers[1]], "1")
}

#[tokio::test]
async fn a_governed_client_spaces_its_tries_when_little_is_left() -> Outcome {
    let server = Server::new(vec![
        limited(0, 60),
        limited(0, 60),
        limited(50, 60),
        ok("1"),
    ])
    .await?;
    let client = Client::builder()
        .base_url(&server.base_url)
        .governor(true)
        .build()?;
    for _ in 0..4 {
        client.get("a").await?;
    }
    let seen = server.seen();
    let pauses: Vec<Duration> = seen.windows(2).map(|two| two[1].at - two[0].at).collect();
    let second = Duration::from_secs(1);
    assert!(pauses[0] >= second && pauses[1] >= second, "{pauses:?}");
    assert!(pauses[2] < second, "{pauses:?}");
    Ok(())
}

#[tokio::test]
async fn one_call_that_is_told_to_wait_holds_back_the_others() -> Outcome {
    let server = Server::new(vec![
        reply(429, &["Retry-After: 1"], "{}"),
        ok("1"),
        ok("2"),
    ])
    .await?;
    let client = Client::builder()
        .base_url(&server.base_url)
        .max_retries(0)
        .governor(true)
        .build()?;
    assert!(client.get("a").await.is_err());
    let began = Instant::now();
    let hurried = client.get("b").timeout(Duration::from_millis(300)).await;
    let error = hurried.unwrap_err();
    assert!(error.is_timeout() && began.elapsed() < Duration::from_millis(200));
    assert!(error.retry_after() > Some(Duration::from_millis(700)));
    let (one, other) = tokio::join!(
        client.get("c").with_response(),
        client.get("d").with_response()
    );
    assert!(
        began.elapsed() >= Duration::from_millis(900),
        "{:?}",
        began.elapsed()
    );
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(server.seen().len(), 3);
    Ok(())
}

#[tokio::test]
async fn what_no_document_describes_is_called_as_all_else() -> Outcome {
    let server = Server::new(vec![
        reply(503, &[], "{}"),
        reply(201, &["X-Receipt: r1"], r#"{"id":"a"}"#),
        reply(204, &[], ""),
    ])
    .await?;
    let client = Client::at(&server.base_url)?;
    let call = client.0.request(Method::POST, "/new things");
    let answer = call
        .query("tag", ["a", "b&c"])
        .body(json!({"n": 1}))
        .with_response()
        .await?;
    assert_eq!(answer.data, json!({"id": "a"}));
    assert_eq!(answer.metadata.receipt(), Some("r1"));
    assert_eq!(answer.metadata.retries(), 1);
    let nothing: Option<Value> = client
        .0
        .request(Method::DELETE, "x?y=1")
        .query("z", 2)
        .send()
        .await?;
    assert_eq!(nothing, None);

    let seen = server.seen();
    assert_eq!(seen[1].target(), "/v1/new%20things?tag=a&tag=b%26c");
    assert_eq!(seen[1].body, r#"{"n":1}"#);
    assert_eq!(
        seen[0].header("idempotency-key"),
        seen[1].header("idempotency-key")
    );
    assert!(seen[0].header("idempotency-key").is_some());
    assert_eq!(seen[2].target(), "/v1/x?y=1&z=2");
    assert_eq!(seen[2].header("idempotency-key"), None);
    Ok(())
}

#[tokio::test]
async fn a_path_of_ones_own_leads_to_no_other_host_and_no_method_is_made_up() -> Outcome {
    let server = Server::new(vec![ok("1")]).await?;
    let host = server.base_url.trim_end_matches("/v1");
    let client = Client::at(host)?;
    client.0.request(Method::GET, "@127.0.0.1:1/").await?;
    assert_eq!(server.seen()[0].target(), "/@127.0.0.1:1/");
    let made_up = Method::from_bytes(b"FETCH")?;
    assert!(
        client
            .0
            .request(made_up, "/")
            .await
            .unwrap_err()
            .is_config()
    );
    assert!(
        client
            .0
            .request(Method::GET, "/a/../b")
            .await
            .unwrap_err()
            .is_config()
    );
    Ok(())
}
