//! Where a client goes on with a stream.

use axum::http::StatusCode;
use serde_json::json;

use crate::builder::{built, events};
use crate::support::Client;
use crate::text;

#[tokio::test]
async fn a_stream_is_resumed_behind_an_event_of_its_own_alone() {
    let client = Client::open();
    let id = built(&client, json!({"prompt": "A blog"})).await;
    let last = events(&client, &id).await.len();
    let resumed = |after: usize| {
        let (client, id) = (&client, &id);
        async move {
            let header = ("last-event-id", &*after.to_string());
            client.call_with("streamBuildEvents", &[id], header).await
        }
    };
    let rest = resumed(last - 1).await;
    assert_eq!(
        String::from_utf8_lossy(&rest.bytes)
            .matches("data: ")
            .count(),
        1
    );
    assert!(resumed(last).await.bytes.is_empty());
    let refused = resumed(last + 1).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(text(&refused.json, "/details/0/pointer"), "/Last-Event-ID");
}
