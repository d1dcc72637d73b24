//! A test of one's own code, with a fake in place of the network.

use exai_sdk::testing::Fake;
use exai_sdk::testing::operations::{GET_RUN_RECEIPT, LIST_AGENTS};
use exai_sdk::types::Agent;
use exai_sdk::{Client, Error};
use serde_json::json;

/// The code that is tested.
async fn slugs(exai: &Client) -> Result<Vec<String>, Error> {
    let mut agents = exai.agents().list().limit(100).items();
    let mut slugs = Vec::new();
    while let Some(agent) = agents.try_next().await? {
        slugs.push(agent.slug);
    }
    Ok(slugs)
}

fn agent(slug: &str) -> Result<Agent, serde_json::Error> {
    let price = json!({"amount": "3.00", "currency": "USD"});
    serde_json::from_value(json!({
        "id": format!("agt_{slug}"), "slug": slug, "title": slug, "description": "",
        "origin": "builtin", "category": "review", "capabilities": [], "status": "active",
        "latest_version": "1.0.0", "pricing": {"type": "invocation", "per_invocation": price},
        "created_at": "2026-01-02T10:00:00Z", "updated_at": "2026-01-02T10:00:00Z",
    }))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let fake = Fake::new();
    // The first try fails; then there are two pages.
    fake.on(LIST_AGENTS)
        .provider_unavailable()
        .pages([vec![agent("coder")?], vec![agent("reviewer")?]]);
    let exai = fake.client()?;
    assert_eq!(slugs(&exai).await?, ["coder", "reviewer"]);
    assert_eq!(fake.seen_of(LIST_AGENTS).len(), 3);

    // What nothing answers fails, and says what it is.
    let Err(error) = exai.runs().receipt("run_1").await else {
        return Err("nothing was to answer".into());
    };
    assert!(error.message().contains("getRunReceipt"));
    fake.on(GET_RUN_RECEIPT).not_found();
    let answer = exai.runs().receipt("run_1").await;
    assert!(answer.is_err_and(|error| error.is_not_found()));
    Ok(())
}
