//! The first calls: a plan, a run of it, and what came of the run.
//!
//! `EXAI_API_KEY` holds the token; `EXAI_BASE_URL` names another server than the production one.

use exai_sdk::types::{CreatePlan, PlanNode, StartRun, WaitForDuration, WaitNode, WaitUntil};
use exai_sdk::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let exai = Client::from_env()?;

    // A plan of one node that waits for no time at all.
    let at_once = WaitUntil::Duration(WaitForDuration::new("PT0S"));
    let nodes = vec![PlanNode::Wait(WaitNode::new("pause", at_once))];
    let plan = exai
        .plans()
        .create(CreatePlan::new("quickstart", nodes))
        .await?;

    let run = exai.runs().start(StartRun::new(&plan.id)).await?;
    println!("{} is {}", run.id, run.status.as_str());

    // What came beside the answer.
    let answer = exai.runs().get(&run.id).with_response().await?;
    let metadata = &answer.metadata;
    println!("{:?} {:?}", metadata.receipt(), metadata.rate_limit());
    Ok(())
}
