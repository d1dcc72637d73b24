//! Postgres cut off and back: what fails is done whole or not at all.

use std::time::{Duration, Instant};

use crate::proxy::Way;
use crate::servers::database;
use crate::world::Node;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_and_comes_loses_and_doubles_nothing() {
    let Some(url) = database().await else {
        return;
    };
    let way = Way::to(&url).await;
    let (cut, whole) = (Node::on(&way.url).await, Node::on(&url).await);
    let asking = (0..40).map(|index| {
        let (cut, key) = (&cut, format!("k{index}"));
        async move {
            let mut failed = 0;
            loop {
                let answer = cut.make(&key, "body").await;
                match answer.status {
                    201 => return (key, answer, failed),
                    // Closed, and nothing told of why.
                    500 => {
                        let text = String::from_utf8_lossy(&answer.body).into_owned();
                        assert!(text.contains("internal_error"), "{text}");
                        failed += 1;
                    }
                    other => panic!("{other}"),
                }
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
        }
    });
    let switching = async {
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(15)).await;
            way.cut();
            tokio::time::sleep(Duration::from_millis(150)).await;
            way.mend();
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    };
    let (answers, ()) = tokio::join!(futures::future::join_all(asking), switching);
    assert!(
        answers.iter().any(|(.., failed)| *failed > 0),
        "nothing was cut off"
    );
    for (key, answer, _) in answers {
        assert_eq!(whole.things(&key).await, 1, "{key}");
        assert_eq!(whole.make(&key, "body").await.lasting(), answer.lasting());
    }
}

#[tokio::test]
async fn without_the_database_every_request_fails_soon_and_closed() {
    let Some(url) = database().await else {
        return;
    };
    let way = Way::to(&url).await;
    let node = Node::on(&way.url).await;
    way.cut();
    let begun = Instant::now();
    assert_eq!(node.list().await.status, 500);
    assert_eq!(node.make("k1", "body").await.status, 500);
    assert!(node.postgres.check().await.is_err());
    assert!(
        begun.elapsed() < Duration::from_secs(16),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(node.runs(), 0);
    way.mend();
    assert_eq!(node.make("k1", "body").await.status, 201);
    assert_eq!(node.things("k1").await, 1);
}
