//! What can fail, what is tried again, and how a call is made once although it is made twice.

use std::time::Duration;

use exai_sdk::types::{CreatePlan, PlanNode, WaitForDuration, WaitNode, WaitUntil};
use exai_sdk::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let exai = Client::builder()
        .from_env()?
        .timeout(Duration::from_secs(20))
        .attempt_timeout(Duration::from_secs(5))
        .max_retries(3)
        .governor(true)
        .build()?;

    match exai.templates().get("no-such-template").await {
        Ok(template) => println!("{}", template.name),
        Err(error) if error.is_not_found() => println!("none: {:?}", error.receipt()),
        Err(error) if error.is_rate_limited() => println!("wait {:?}", error.retry_after()),
        Err(error) if error.is_timeout() || error.is_connection() => println!("no answer: {error}"),
        Err(error) => return Err(error),
    }

    // The same key: the second call gives the answer of the first, and nothing is done again.
    let plan = || {
        let at_once = WaitUntil::Duration(WaitForDuration::new("PT0S"));
        CreatePlan::new(
            "once",
            vec![PlanNode::Wait(WaitNode::new("pause", at_once))],
        )
    };
    let first = exai.plans().create(plan()).with_response().await?;
    let key = first.metadata.idempotency_key().unwrap_or_default();
    let again = exai.plans().create(plan()).idempotency_key(key);
    let again = again.with_response().await?;
    assert_eq!(first.data.id, again.data.id);
    assert!(again.metadata.replayed());
    Ok(())
}
