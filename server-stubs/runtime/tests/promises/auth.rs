//! Who may call what, and that no token is shown.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::world::{ORG, USER, api, operations, request, send, world};
use axum::Router;
use exai_runtime::{
    Authenticator, Caller, Clock, Draft, Embedded, Fault, MemoryIdempotency, Outcome, ReceiptStore,
    Refusal, Secret, StoreError, Subject, SystemClock,
};
use serde_json::json;

fn keyed(token: &str) -> axum::http::Request<axum::body::Body> {
    let mut request = request("POST", "/runs/run_7/decision", Some(token));
    let key = "k1".parse().unwrap();
    request.headers_mut().insert("idempotency-key", key);
    request
}

#[tokio::test]
async fn a_handler_knows_its_caller() {
    let app = api().layer(world().promises);
    let answer = send(&app, keyed(USER)).await;
    assert_eq!(answer.status, 200);
    let ada = json!({"org": "org_1", "user": "usr_ada", "role": "approver", "scheme": "userToken"});
    assert_eq!(answer.json(), ada);
}

#[tokio::test]
async fn a_token_of_another_scheme_is_403_and_recorded_as_denied() {
    let world = world();
    let app = api().layer(world.promises.clone());
    let answer = send(&app, keyed(ORG)).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.json()["name"], "forbidden_role");
    let record = world.receipts.get(Some("org_1"), answer.receipt()).await;
    let record = record.unwrap().expect("in the chain of who was refused");
    assert_eq!(record.outcome, Outcome::Denied);
    assert!(record.actor.is_some());
}

#[tokio::test]
async fn what_is_no_good_token_is_401() {
    let world = world();
    let app = Router::new().nest("/v1", api().layer(world.promises.clone()));
    let bearer = format!("bearer  {ORG}");
    let basic = format!("Basic {ORG}");
    let twice = format!("Bearer {ORG} {ORG}");
    let unknown = format!("Bearer {ORG}x");
    let prefix = format!("Bearer {}", &ORG[..ORG.len() - 1]);
    for (value, status) in [
        (&*bearer, 200),
        (&*basic, 401),
        (&*twice, 401),
        (&*unknown, 401),
        (&*prefix, 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        ("", 401),
        ("Bearer caf\u{e9}", 401),
    ] {
        let mut asked = request("GET", "/v1/runs/run_7", None);
        let value = axum::http::HeaderValue::from_bytes(value.as_bytes()).unwrap();
        asked.headers_mut().insert("authorization", value.clone());
        let answer = send(&app, asked).await;
        assert_eq!(answer.status, status, "{value:?}");
        if status == 401 {
            assert_eq!(answer.json()["name"], "unauthorized");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            assert!(!String::from_utf8(answer.body).unwrap().contains(ORG));
        }
    }
    let mut asked = request("GET", "/v1/runs/run_7", Some(ORG));
    let second = "Bearer x".parse().unwrap();
    asked.headers_mut().append("authorization", second);
    assert_eq!(send(&app, asked).await.status, 401, "two headers");
}

#[tokio::test]
async fn an_expired_and_a_revoked_token_are_401() {
    let world = world();
    let app = api().layer(world.promises.clone());
    let soon = world.clock.now() + Duration::from_secs(60);
    let brief = Secret::new("usr_test_brief");
    let caller = Caller::person("org_1", "userToken", "tok_9", "usr_b", "B");
    world.tokens.insert(&brief, caller, Some(soon));
    let ask = async || {
        let asked = request("GET", "/runs/run_7", Some(brief.expose()));
        send(&app, asked).await.status
    };
    assert_eq!(ask().await, 200);
    world.clock.advance(Duration::from_millis(59_999));
    assert_eq!(ask().await, 200);
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(ask().await, 401);

    assert!(world.tokens.revoke("tok_1"));
    assert!(!world.tokens.revoke("tok_none"));
    let asked = request("GET", "/runs/run_7", Some(ORG));
    assert_eq!(send(&app, asked).await.status, 401);
    let asked = request("GET", "/runs/run_7", Some(USER));
    assert_eq!(send(&app, asked).await.status, 200);
}

#[tokio::test]
async fn a_route_that_the_table_forgot_is_closed() {
    let app = api().layer(world().promises);
    for token in [None, Some(ORG)] {
        let answer = send(&app, request("GET", "/forgotten", token)).await;
        assert_eq!(answer.status, 404);
        assert_eq!(answer.json()["message"], "nothing is at this path");
    }
}

#[tokio::test]
async fn no_debug_shows_a_token() {
    let world = world();
    let secret = Secret::new(ORG);
    let caller = world.tokens.authenticate(&secret, world.clock.now()).await;
    let caller = caller.unwrap();
    let kept = Arc::new(MemoryIdempotency::new());
    let told = Arc::new(Mutex::new(String::new()));
    let log = told.clone();
    let promises = world.promises.clone().idempotency(kept.clone());
    let promises = promises.report(move |incident| *log.lock().unwrap() = format!("{incident:?}"));
    let app = api().layer(promises);
    let answer = send(&app, keyed(USER)).await;
    assert_eq!(kept.len(), 1);
    send(&app, request("GET", "/panics", Some(ORG))).await;
    let told = told.lock().unwrap().clone();
    assert!(told.contains("panicAtIt"));
    let folder = tempfile::tempdir().unwrap();
    let file = Embedded::open(folder.path().join("state.redb")).unwrap();
    let draft = Draft {
        org: None,
        id: Draft::new_id(SystemClock.now()),
        subject: Subject::Run {
            run_id: String::new(),
            plan_id: String::new(),
        },
        actor: Some(caller.actor.clone()),
        outcome: Outcome::Failed,
        run_id: None,
        event_id: None,
        issued_at: SystemClock.now(),
    };
    file.append(draft.clone()).await.unwrap();
    let record = file.get(draft.org.as_deref(), &draft.id).await.unwrap();
    let error = StoreError::new("no disk");
    let shown = [
        format!("{secret:?} {caller:?} {answer:?} {draft:?} {record:?} {error:?}"),
        format!("{:?} {:?} {file:?}", world.tokens, world.receipts),
        format!("{:?} {:?}", world.promises, operations()),
        format!("{:?} {:?}", Refusal::Unknown, Fault::InternalError),
        format!("{told} {kept:?}"),
        format!(
            "{:?}",
            tower_layer::Layer::layer(&world.promises, secret.clone())
        ),
    ];
    let hash: String = secret.sha256().iter().map(|b| format!("{b:02x}")).collect();
    let bytes = format!("{:?}", secret.sha256());
    for text in shown {
        assert!(!text.contains(ORG) && !text.contains(USER), "{text}");
        assert!(!text.contains(&hash) && !text.contains(&bytes), "{text}");
    }
}
