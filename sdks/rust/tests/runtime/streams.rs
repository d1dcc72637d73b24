use futures_util::TryStreamExt;
use serde_json::{Value, json};

use crate::api::Client;
use crate::server::{Server, events, json as ok, reply};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn a_stream_ends_after_its_terminal_event() -> Outcome {
    let body = ": hi\n\nid: 1\nevent: tick\ndata: {\"type\":\"tick\"}\n\ndata: {\"type\":\"done\"}\n\ndata: {\"type\":\"late\"}\n\n";
    let server = Server::new(vec![events(body, false)]).await?;
    let mut stream = Client::at(&server.base_url)?.events();
    assert!(server.seen().is_empty() && stream.metadata().is_none());
    assert_eq!(stream.try_next().await?, Some(json!({"type": "tick"})));
    assert_eq!(stream.position(), Some("1"));
    assert_eq!(
        stream.metadata().map(|metadata| metadata.status()),
        Some(200)
    );
    assert_eq!(stream.try_next().await?, Some(json!({"type": "done"})));
    assert_eq!(stream.try_next().await?, None);
    assert_eq!(stream.try_next().await?, None);
    assert_eq!(server.seen()[0].header("accept"), Some("text/event-stream"));
    assert_eq!(server.seen()[0].header("last-event-id"), None);
    Ok(())
}

#[tokio::test]
async fn a_break_is_resumed_with_no_event_lost_and_none_twice() -> Outcome {
    let server = Server::new(vec![
        events(
            "retry: 1\nid: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n",
            false,
        ),
        events("", true),
        events("id: 3\ndata: 3\n\nid: 4\nevent: done\ndata: 4\n\n", true),
    ])
    .await?;
    let items: Vec<Value> = Client::at(&server.base_url)?.events().try_collect().await?;
    assert_eq!(items, [1, 2, 3, 4]);
    let ids: Vec<Option<String>> = server
        .seen()
        .iter()
        .map(|seen| seen.header("last-event-id").map(str::to_owned))
        .collect();
    assert_eq!(ids, [None, Some("2".into()), Some("2".into())]);
    Ok(())
}

#[tokio::test]
async fn a_break_without_ids_and_a_break_of_a_write_are_the_callers() -> Outcome {
    let server = Server::new(vec![
        events("data: 1\n\n", false),
        events("id: 1\ndata: 1\n\n", true),
    ])
    .await?;
    let client = Client::at(&server.base_url)?;
    let mut stream = client.events();
    assert_eq!(stream.try_next().await?, Some(json!(1)));
    assert!(stream.try_next().await.unwrap_err().is_connection());
    assert_eq!(stream.try_next().await?, None);
    let mut stream = client.exec();
    assert_eq!(stream.try_next().await?, Some(json!(1)));
    assert!(stream.try_next().await.unwrap_err().is_connection());
    assert_eq!(server.seen().len(), 2);
    Ok(())
}

#[tokio::test]
async fn resuming_gives_up_when_nothing_comes() -> Outcome {
    let mut replies = vec![events("id: 1\nretry: 1\ndata: 1\n\n", false)];
    replies.extend(vec![events("retry: 1\n\n", false); 5]);
    let server = Server::new(replies).await?;
    let mut stream = Client::at(&server.base_url)?.events();
    assert_eq!(stream.try_next().await?, Some(json!(1)));
    assert!(stream.try_next().await.unwrap_err().is_connection());
    assert_eq!(server.seen().len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_stream_without_a_terminal_event_ends_where_it_ends() -> Outcome {
    let server = Server::new(vec![events("id: 9\ndata: 1\n\n", true)]).await?;
    let stream = Client::at(&server.base_url)?.tail().last_event_id("8");
    // As a `Stream` of the futures crates.
    let items: Vec<Value> = TryStreamExt::try_collect(stream).await?;
    assert_eq!(items, [1]);
    assert_eq!(server.seen()[0].header("last-event-id"), Some("8"));
    Ok(())
}

#[tokio::test]
async fn an_event_that_cannot_be_read_does_not_end_the_stream() -> Outcome {
    let server = Server::new(vec![events("data: {\n\ndata: 2\n\n", true)]).await?;
    let mut stream = Client::at(&server.base_url)?.tail();
    assert!(stream.try_next().await.unwrap_err().is_decode());
    assert_eq!(stream.try_next().await?, Some(json!(2)));
    assert_eq!(stream.try_next().await?, None);
    Ok(())
}

#[tokio::test]
async fn an_error_or_another_type_is_an_error_of_the_stream() -> Outcome {
    let server = Server::new(vec![reply(404, &[], r#"{"name":"not_found"}"#), ok("{}")]).await?;
    let client = Client::at(&server.base_url)?;
    assert!(
        client
            .tail()
            .try_next()
            .await
            .unwrap_err()
            .is("not_found", 404)
    );
    assert!(client.tail().try_next().await.unwrap_err().is_decode());
    Ok(())
}

#[tokio::test]
async fn lines_are_values_and_the_last_needs_no_end() -> Outcome {
    let server = Server::new(vec![
        reply(
            200,
            &["Content-Type: application/x-ndjson"],
            "{\"a\":1}\n\n2\r\n\"x\"",
        ),
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1\n2".into(),
    ])
    .await?;
    let client = Client::at(&server.base_url)?;
    let items: Vec<Value> = client.export().try_collect().await?;
    assert_eq!(items, [json!({"a": 1}), json!(2), json!("x")]);
    let mut cut = client.export();
    assert_eq!(cut.try_next().await?, Some(json!(1)));
    assert!(cut.try_next().await.unwrap_err().is_connection());
    Ok(())
}
