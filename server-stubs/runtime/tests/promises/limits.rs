//! Every response says what is left, and a client that waits as told goes on.

use std::time::Duration;

use exai_runtime::{Bucket, Clock, Limits};

use crate::world::{ORG, OTHER, USER, World, api, request, send, world};

fn small() -> Limits {
    Limits {
        org: Bucket {
            per_minute: 6,
            room: 4,
        },
        token: Bucket {
            per_minute: 60,
            room: 3,
        },
    }
}

fn seconds(world: &World) -> u64 {
    world.clock.now().as_second().try_into().unwrap()
}

#[tokio::test]
async fn remaining_is_the_lower_bucket_and_reset_is_when_that_is_full() {
    let world = world();
    let app = api().layer(world.promises.clone().limits(small()));
    let start = seconds(&world);
    let ask = async |token| {
        let answer = send(&app, request("GET", "/runs/r", Some(token))).await;
        let number = |name| answer.header(name).unwrap().parse::<u64>().unwrap();
        let left = (number("x-ratelimit-remaining"), number("x-ratelimit-reset"));
        (answer.status, left.0, left.1 - start)
    };
    // The token's bucket is the lower one: 3, one a second.
    assert_eq!(ask(ORG).await, (200, 2, 1));
    assert_eq!(ask(ORG).await, (200, 1, 2));
    // The organisation's has 1 of 4 left, one a ten seconds; another token of it has 2 of 3.
    assert_eq!(ask(USER).await, (200, 1, 30));
    assert_eq!(ask(OTHER).await, (200, 2, 1));
    assert_eq!(ask(ORG).await, (200, 0, 40));
    assert_eq!(ask(ORG).await, (429, 0, 40));
    world.clock.advance(Duration::from_millis(9_999));
    assert_eq!(ask(ORG).await, (429, 0, 40));
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(ask(ORG).await, (200, 0, 50));
}

#[tokio::test]
async fn waiting_for_retry_after_is_enough() {
    let world = world();
    let app = api().layer(world.promises.clone().limits(small()));
    let mut waited = 0;
    for _ in 0..50 {
        let answer = send(&app, request("GET", "/runs/r", Some(ORG))).await;
        if answer.status == 200 {
            world.clock.advance(Duration::from_millis(137));
            continue;
        }
        assert_eq!(answer.status, 429);
        assert_eq!(answer.json()["name"], "rate_limited");
        assert_eq!(answer.json()["receipt"], answer.receipt());
        let wait = answer.header("retry-after").unwrap().parse().unwrap();
        world.clock.advance(Duration::from_secs(wait));
        let answer = send(&app, request("GET", "/runs/r", Some(ORG))).await;
        assert_eq!(answer.status, 200, "after {wait} s");
        waited += 1;
    }
    assert!(waited > 10);
}

#[tokio::test]
async fn errors_and_answers_to_nobody_say_it_too() {
    let world = world();
    let app = api().layer(world.promises.clone());
    let full = (250, seconds(&world));
    let drawn = |left| (left, seconds(&world) + 1);
    for (path, token, status, left) in [
        ("/runs/r", None, 401, full),
        ("/runs/r", Some("sk_test_nobody"), 401, full),
        ("/health", None, 200, full),
        ("/nowhere", Some(ORG), 404, full),
        ("/panics", Some(ORG), 500, drawn(249)),
        ("/fails/400", Some(ORG), 400, drawn(248)),
        ("/dear", Some(ORG), 200, drawn(238)),
    ] {
        let answer = send(&app, request("GET", path, token)).await;
        assert_eq!(answer.status, status, "{path}");
        let number = |name| answer.header(name).unwrap().parse::<u64>().unwrap();
        let said = (number("x-ratelimit-remaining"), number("x-ratelimit-reset"));
        assert_eq!(said, left, "{path}");
    }
    let wrong_scheme = send(&app, request("POST", "/runs/r/decision", Some(ORG))).await;
    assert_eq!(wrong_scheme.status, 403);
    assert_eq!(wrong_scheme.header("x-ratelimit-remaining"), Some("237"));
}
