//! Webhooks: what is asked of them, and what a receiver on this machine really gets.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use exai_sdk::runtime::webhook::{Scheme, Verifier};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::{Answer, Client};
use crate::{plan, text, until};

/// What receivers got, and the status that they answer.
#[derive(Clone)]
struct Receiver {
    got: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    status: Arc<Mutex<StatusCode>>,
    url: String,
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        let receiver = Self {
            got: Arc::default(),
            status: Arc::new(Mutex::new(StatusCode::NO_CONTENT)),
            url: format!("https://{address}/hook"),
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    fn answer(&self, status: StatusCode) {
        *self.status.lock().expect("a lock") = status;
    }

    fn got(&self) -> Vec<(HeaderMap, Bytes)> {
        self.got.lock().expect("a lock").clone()
    }

    /// The types of the events that came, in order, each held against the SDK's verifier.
    fn types(&self, secret: &str) -> Vec<String> {
        let verifier = Verifier::new(Scheme::V1, [secret]);
        let read = |(headers, body): &(HeaderMap, Bytes)| {
            let event: Value = verifier.unwrap(headers, body).expect("a signed event");
            text(&event, "/type").to_owned()
        };
        self.got().iter().map(read).collect()
    }
}

async fn take(State(this): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    this.got.lock().expect("a lock").push((headers, body));
    *this.status.lock().expect("a lock")
}

async fn register(client: &Client, url: &str, types: Value) -> Answer {
    let body = json!({"url": url, "event_types": types, "labels": {"team": "web"}});
    client.call("registerWebhook", &[], "", body).await
}

/// Asks for a delivery until nothing more is tried.
async fn settled(client: &Client, id: &str) -> Value {
    let ends = ["delivered", "failed"];
    until(client, "getWebhookDelivery", id, &ends).await.json
}

#[tokio::test]
async fn a_subscription_is_made_changed_turned_off_and_removed() {
    let client = Client::open();
    let hook = "https://hooks.example.com/exai";
    let made = register(&client, hook, json!(["run.completed"])).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let secret = text(&made.json, "/secret").to_owned();
    let id = text(&made.json, "/id").to_owned();
    let patch =
        json!({"event_types": ["run.failed"], "description": "bot", "labels": {"team": null}});
    let changed = client.call("updateWebhook", &[&id], "", patch).await;
    assert_eq!(changed.json["event_types"], json!(["run.failed"]));
    assert_eq!(changed.json["labels"], json!({}));
    let off = client.call("disableWebhook", &[&id], "", Value::Null).await;
    assert_eq!(text(&off.json, "/disabled_reason"), "requested");
    let list = |query| client.call("listWebhooks", &[], query, Value::Null);
    assert_eq!(list("?status=enabled").await.json["data"], json!([]));
    assert_eq!(text(&list("?status=disabled").await.json, "/data/0/id"), id);
    let now = json!({"since": recently()});
    let replay = client.call("replayWebhookEvents", &[&id], "", now).await;
    assert_eq!(text(&replay.json, "/details/0/rule"), "disabled");
    let on = client.call("enableWebhook", &[&id], "", Value::Null).await;
    assert_eq!(on.json["disabled_reason"], Value::Null);
    let of = [id.as_str()];
    let rotate = |body| client.call("rotateWebhookSecret", &of, "", body);
    let rotated = rotate(Value::Null).await.json;
    assert_ne!(text(&rotated, "/secret"), secret);
    assert!(rotated["previous_secret_expires_at"].is_string());
    let shown = client.call("getWebhook", &[&id], "", Value::Null).await;
    let expires = "previous_secret_expires_at";
    assert_eq!(shown.json[expires], rotated[expires]);
    assert!(!String::from_utf8_lossy(&shown.bytes).contains("whsec_"));
    let long = rotate(json!({"overlap": "P7DT1S"})).await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        rotate(json!({"overlap": "P7D"})).await.status,
        StatusCode::OK
    );
    let ended = rotate(json!({"overlap": "PT0S"})).await;
    assert_eq!(ended.json[expires], Value::Null);
    let gone = client.call("deleteWebhook", &[&id], "", Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let missing = client.call("getWebhook", &[&id], "", Value::Null).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nothing_is_sent_to_an_inner_address_unless_it_is_allowed() {
    let client = Client::open();
    let types = || json!(["run.completed"]);
    for url in [
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://localhost/",
    ] {
        let refused = register(&client, url, types()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
        assert_eq!(text(&refused.json, "/details/0/pointer"), "/url");
    }
    // What the document's own schema refuses is no valid request at all.
    let refused = register(&client, "http://hooks.example.com/", types()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let allowed = register(&Client::delivering(), "https://127.0.0.1/", types()).await;
    assert_eq!(allowed.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_run_is_told_of_to_who_wants_to_know_and_the_sdk_believes_it() {
    let (client, receiver) = (Client::delivering(), Receiver::start().await);
    let made = register(
        &client,
        &receiver.url,
        json!(["run.started", "run.completed"]),
    )
    .await;
    let secret = text(&made.json, "/secret").to_owned();
    let plan = plan(&client).await;
    let run = client
        .call("startRun", &[], "", json!({"plan_id": plan}))
        .await;
    assert_eq!(run.status, StatusCode::ACCEPTED, "{:#}", run.json);
    until(&client, "getRun", text(&run.json, "/id"), &["succeeded"]).await;
    let listed = loop {
        let found = client
            .call("listWebhookDeliveries", &[], "?order=asc", Value::Null)
            .await;
        let delivered = |one: &Value| one["status"] == "delivered";
        let data = found.json["data"].as_array().expect("a page").clone();
        if data.len() == 2 && data.iter().all(delivered) {
            break data;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    };
    let mut types = receiver.types(&secret);
    types.sort_unstable();
    assert_eq!(types, ["run.completed", "run.started"]);
    let wrong = Verifier::new(Scheme::V1, ["whsec_other"]);
    let (headers, body) = &receiver.got()[0];
    assert!(wrong.verify(headers, body).is_err());
    let id = text(&listed[0], "/id");
    let detail = client
        .call("getWebhookDelivery", &[id], "", Value::Null)
        .await;
    let sent = receiver
        .got()
        .into_iter()
        .find(|(headers, _)| headers["webhook-id"] == *id);
    let (headers, body) = sent.expect("it came");
    assert_eq!(text(&detail.json, "/body").as_bytes(), body);
    let signature = headers["webhook-signature"].to_str().expect("text");
    assert_eq!(text(&detail.json, "/signature"), signature);
    let hook = client
        .call("getWebhook", &[text(&made.json, "/id")], "", Value::Null)
        .await;
    assert!(hook.json["last_delivery_at"].is_string());
}

#[tokio::test]
async fn what_was_missed_is_replayed_and_what_was_sent_is_sent_again() {
    let (client, receiver) = (Client::delivering(), Receiver::start().await);
    let made = register(&client, &receiver.url, json!(["workspace.ready"])).await;
    let (id, secret) = (text(&made.json, "/id"), text(&made.json, "/secret"));
    client.call("disableWebhook", &[id], "", Value::Null).await;
    let body = json!({"name": "web"});
    let workspace = client.call("createWorkspace", &[], "", body).await;
    let workspace = text(&workspace.json, "/id");
    // The last of its events is written behind the one that webhooks send.
    client
        .call("streamWorkspaceEvents", &[workspace], "", Value::Null)
        .await;
    assert!(receiver.got().is_empty());
    client.call("enableWebhook", &[id], "", Value::Null).await;
    let body = json!({"since": recently(), "only_undelivered": true});
    let begun = client
        .call("replayWebhookEvents", &[id], "", body.clone())
        .await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{:#}", begun.json);
    assert_eq!(begun.json["replay"]["matched"], 1);
    let over = replayed(&client, id).await;
    assert_eq!(
        (&over["replay"]["sent"], &over["replay"]["failed"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(receiver.types(secret), ["workspace.ready"]);
    let query = format!("?replay_id={}", text(&over, "/replay/id"));
    let found = client
        .call("listWebhookDeliveries", &[], &query, Value::Null)
        .await;
    let delivery = text(&found.json, "/data/0/id");
    let none = client.call("replayWebhookEvents", &[id], "", body).await;
    assert_eq!(none.json["replay"]["matched"], 0);
    assert_eq!(
        text(&replayed(&client, id).await, "/replay_status"),
        "completed"
    );
    let again = client
        .call("redeliverWebhookDelivery", &[delivery], "", Value::Null)
        .await;
    assert_eq!(again.status, StatusCode::ACCEPTED);
    while receiver.got().len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let ids: Vec<_> = receiver
        .got()
        .iter()
        .map(|(headers, _)| headers["webhook-id"].clone())
        .collect();
    assert_eq!(ids, [delivery, delivery]);
    client.call("deleteWebhook", &[id], "", Value::Null).await;
    let refused = client
        .call("redeliverWebhookDelivery", &[delivery], "", Value::Null)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

fn recently() -> String {
    (Timestamp::now() - SignedDuration::from_hours(1)).to_string()
}

async fn replayed(client: &Client, id: &str) -> Value {
    for _ in 0..500 {
        let found = client.call("getWebhook", &[id], "", Value::Null).await;
        if found.json["replay_status"] != "running" {
            return found.json;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the replay does not end");
}

#[tokio::test]
async fn a_receiver_that_says_gone_gets_nothing_more_but_pings() {
    let (client, receiver) = (Client::delivering(), Receiver::start().await);
    receiver.answer(StatusCode::GONE);
    let made = register(&client, &receiver.url, json!(["run.completed"])).await;
    let (id, secret) = (text(&made.json, "/id"), text(&made.json, "/secret"));
    let of = [id];
    let ping = || client.call("pingWebhook", &of, "", json!({"message": "hello"}));
    let sent = ping().await;
    assert_eq!(sent.status, StatusCode::ACCEPTED);
    let first = settled(&client, text(&sent.json, "/id")).await;
    assert_eq!(
        (text(&first, "/status"), &first["attempt_count"]),
        ("failed", &json!(1))
    );
    let of = [text(&first, "/id")];
    let attempts = client.call("listWebhookDeliveryAttempts", &of, "", Value::Null);
    let attempts = attempts.await.json;
    assert_eq!(attempts["data"][0]["response_status"], 410);
    assert_eq!(text(&attempts, "/data/0/outcome"), "refused");
    let hook = loop {
        let hook = client.call("getWebhook", &[id], "", Value::Null).await.json;
        if hook["status"] == "disabled" {
            break hook;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    };
    assert_eq!(text(&hook, "/disabled_reason"), "gone");
    receiver.answer(StatusCode::OK);
    let sent = ping().await;
    let second = settled(&client, text(&sent.json, "/id")).await;
    assert_eq!(text(&second, "/status"), "delivered");
    assert_eq!(receiver.types(secret), ["webhook.ping", "webhook.ping"]);
    assert_eq!(text(&second, "/event/data/message"), "hello");
}

#[tokio::test]
async fn every_type_of_event_has_a_schema_that_its_example_holds() {
    let client = &Client::open();
    let list = |query: String| async move {
        client
            .call("listWebhookEventTypes", &[], &query, Value::Null)
            .await
            .json
    };
    let first = list("?limit=20".to_owned()).await;
    let cursor = text(&first, "/next_cursor");
    let rest = list(format!("?limit=20&cursor={cursor}")).await;
    let data = |page: &Value| page["data"].as_array().expect("a page").clone();
    let types = [data(&first), data(&rest)].concat();
    let names: Vec<&str> = types.iter().map(|one| text(one, "/type")).collect();
    assert!(names.len() == 21 && names.is_sorted(), "{names:?}");
    for name in names {
        let found = client
            .call("getWebhookEventType", &[name], "", Value::Null)
            .await
            .json;
        let schema = &found["payload_schema"];
        let validator = jsonschema::draft202012::new(schema).expect("a schema");
        let errors: Vec<_> = validator.iter_errors(&found["example"]).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert!(!validator.is_valid(&json!({"type": "other"})));
    }
    let missing = client
        .call("getWebhookEventType", &["nope"], "", Value::Null)
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}
