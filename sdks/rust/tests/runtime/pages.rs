use std::collections::BTreeMap;

use serde::Deserialize;

use crate::api::Client;
use crate::server::{Server, json as ok};

type Outcome = Result<(), Box<dyn std::error::Error>>;

async fn three_pages() -> std::io::Result<Server> {
    Server::new(vec![
        ok(r#"{"data":[1,2],"next_cursor":"a&b","total":4}"#),
        ok(r#"{"data":[],"next_cursor":"c"}"#),
        ok(r#"{"data":[3,4],"next_cursor":null}"#),
    ])
    .await
}

#[tokio::test]
async fn items_come_from_all_pages() -> Outcome {
    let server = three_pages().await?;
    let items: Vec<i64> = Client::at(&server.base_url)?
        .list()
        .extra_query("limit", 2)
        .items()
        .try_collect()
        .await?;
    assert_eq!(items, [1, 2, 3, 4]);
    let targets: Vec<String> = server
        .seen()
        .iter()
        .map(|seen| seen.target().to_owned())
        .collect();
    assert_eq!(
        targets,
        [
            "/v1/things?limit=2",
            "/v1/things?limit=2&cursor=a%26b",
            "/v1/things?limit=2&cursor=c"
        ]
    );
    Ok(())
}

#[tokio::test]
async fn a_page_is_asked_for_when_it_is_needed() -> Outcome {
    let server = three_pages().await?;
    let mut items = Client::at(&server.base_url)?.list().items();
    assert!(server.seen().is_empty());
    assert_eq!(items.try_next().await?, Some(1));
    assert_eq!(items.try_next().await?, Some(2));
    assert_eq!(server.seen().len(), 1);
    assert_eq!(items.try_next().await?, Some(3));
    assert_eq!(server.seen().len(), 3);
    Ok(())
}

#[tokio::test]
async fn one_page_has_its_envelope_and_its_successor() -> Outcome {
    #[derive(Deserialize)]
    struct Envelope {
        total: u64,
    }

    let server = three_pages().await?;
    let page = Client::at(&server.base_url)?.list().await?;
    assert_eq!(page.items, [1, 2]);
    assert_eq!(page.next_cursor(), Some("a&b"));
    assert_eq!(page.envelope::<Envelope>()?.total, 4);
    let second = page.next_page().await?.ok_or("no second page")?;
    assert!(second.items.is_empty());
    let third = second.next_page().await?.ok_or("no third page")?;
    assert_eq!(third.next_cursor(), None);
    assert!(third.next_page().await?.is_none());
    Ok(())
}

#[tokio::test]
async fn a_server_that_gives_one_cursor_forever_is_an_error() -> Outcome {
    let server = Server::new(vec![ok(r#"{"data":[1],"next_cursor":"a"}"#); 5]).await?;
    let items = Client::at(&server.base_url)?.list().items();
    assert!(items.try_collect::<Vec<_>>().await.is_err());
    assert_eq!(server.seen().len(), 2);
    Ok(())
}

#[tokio::test]
async fn an_answer_that_is_no_page_is_a_decode_error() -> Outcome {
    let server = Server::new(vec![ok(r#"{"items":[]}"#)]).await?;
    let error = Client::at(&server.base_url)?.list().await.unwrap_err();
    assert!(error.is_decode());
    let fields: BTreeMap<String, Vec<i64>> = error.body_as()?;
    assert!(fields.contains_key("items"));
    Ok(())
}
