use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use crate::api::Client;
use crate::server::{Server, events, json as ok, reply};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn run(status: &str) -> String {
    ok(&format!(r#"{{"id":"a/b","status":"{status}"}}"#))
}

#[tokio::test]
async fn events_are_followed_and_the_state_is_read_once() -> Outcome {
    let body = "data: {\"type\":\"tick\"}\n\ndata: {\"type\":\"done\"}\n\n";
    let server = Server::new(vec![run("queued"), events(body, true), run("succeeded")]).await?;
    let result = Client::at(&server.base_url)?.create_and_wait().await?;
    assert_eq!(result, json!({"id": "a/b", "status": "succeeded"}));
    let targets: Vec<String> = server
        .seen()
        .iter()
        .map(|seen| seen.target().to_owned())
        .collect();
    assert_eq!(targets, ["/v1/things", "/v1/events", "/v1/things/a%2Fb"]);
    Ok(())
}

#[tokio::test]
async fn without_a_stream_the_state_is_asked_for_until_it_is_the_last() -> Outcome {
    let server = Server::new(vec![
        run("queued"),
        reply(404, &[], "{}"),
        run("queued"),
        run("running"),
        run("failed"),
    ])
    .await?;
    let result = Client::at(&server.base_url)?.create_and_wait().await?;
    assert_eq!(result["status"], "failed");
    assert_eq!(server.seen().len(), 5);
    Ok(())
}

#[tokio::test]
async fn a_wait_ends_with_its_time() -> Outcome {
    let mut replies = vec![run("queued"), reply(404, &[], "{}")];
    replies.extend(vec![run("running"); 200]);
    let server = Server::new(replies).await?;
    let wait = Client::at(&server.base_url)?.create_and_wait();
    let error = wait.timeout(Duration::from_millis(150)).await.unwrap_err();
    assert!(error.is_timeout() && error.idempotency_key().is_some());
    Ok(())
}

#[tokio::test]
async fn an_answer_without_the_id_is_an_error() -> Outcome {
    let body = "data: {\"type\":\"done\"}\n\n";
    let server = Server::new(vec![ok("{}"), events(body, true)]).await?;
    assert!(
        Client::at(&server.base_url)?
            .create_and_wait()
            .await
            .unwrap_err()
            .is_decode()
    );
    Ok(())
}

#[tokio::test]
async fn a_wait_goes_on_from_its_token_in_another_client() -> Outcome {
    let first = "id: 1\ndata: {\"type\":\"tick\"}\n\nid: 2\ndata: {\"type\":\"tick\"}\n\n";
    let server = Server::new(vec![run("queued"), events(first, false)]).await?;
    let told = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&told);
    let wait = Client::at(&server.base_url)?
        .create_and_wait()
        .on_waiting(move |token| kept.lock().unwrap().push(token.to_owned()));
    // The stream cannot be resumed, for the server has gone, and neither can the state be read.
    let error = wait.await.unwrap_err();
    assert!(error.is_connection());
    let told = told.lock().unwrap().clone();
    assert_eq!(told.len(), 3);
    assert_eq!(error.wait_token(), told.last().map(String::as_str));

    let rest = "id: 3\ndata: {\"type\":\"done\"}\n\n";
    let server = Server::new(vec![events(rest, true), run("succeeded")]).await?;
    let wait = Client::at(&server.base_url)?.wait_from(&told[2]);
    let answer = wait.with_response().await?;
    assert_eq!(answer.data["status"], "succeeded");
    assert_eq!(answer.metadata.status(), 200);
    let seen = server.seen();
    assert_eq!(seen[0].target(), "/v1/events");
    assert_eq!(seen[0].header("last-event-id"), Some("2"));
    assert_eq!(seen[1].target(), "/v1/things/a%2Fb");
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_none_is_refused_before_anything_is_sent() -> Outcome {
    let server = Server::new(Vec::new()).await?;
    let error = Client::at(&server.base_url)?.wait_from("no token").await;
    assert!(error.unwrap_err().is_config());
    assert!(server.seen().is_empty());
    Ok(())
}
