//! What is counted of an agent's invocations.

use serde_json::{Value, json};

use super::{CODER, events, invoke, refused};
use crate::support::Client;

#[tokio::test]
async fn metrics_count_what_was_invoked() {
    let client = Client::open();
    let none = client
        .call("getAgentMetrics", &[CODER], "", Value::Null)
        .await
        .json;
    assert_eq!(
        (&none["latency"], &none["buckets"]),
        (&Value::Null, &json!([]))
    );
    for simulate in [json!({}), json!({}), json!({"fault": "agent_error"})] {
        let one = invoke(&client, CODER, json!({"input": {"simulate": simulate}})).await;
        events(&client, CODER, &one).await;
    }
    let found = client
        .call("getAgentMetrics", &[CODER], "?step=day", Value::Null)
        .await
        .json;
    let totals = &found["totals"];
    assert_eq!(
        (&totals["invocations"], &totals["succeeded"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(
        (&totals["failed"], &totals["tool_calls"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(totals["usage"]["cost"]["amount"], "0.04");
    assert_eq!(found["by_version"]["1.0.0"], *totals);
    let latency = &found["latency"];
    assert!(latency["p50_ms"].as_f64() <= latency["max_ms"].as_f64());
    let buckets = found["buckets"].as_array().expect("buckets");
    let count = |bucket: &Value| bucket["counters"]["invocations"].as_i64();
    assert_eq!(buckets.iter().filter_map(count).sum::<i64>(), 3);
    for query in [
        "?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z",
        "?since=2026-01-01T00:00:00Z&until=2026-06-01T00:00:00Z",
    ] {
        let answer = client
            .call("getAgentMetrics", &[CODER], query, Value::Null)
            .await;
        refused(&answer, "/until", "window");
    }
}
