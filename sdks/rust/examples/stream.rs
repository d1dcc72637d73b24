//! The events of a run, as they happen.

use exai_sdk::types::{
    CreatePlan, PlanNode, RunEvent, StartRun, WaitForDuration, WaitNode, WaitUntil,
};
use exai_sdk::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let exai = Client::from_env()?;
    let at_once = WaitUntil::Duration(WaitForDuration::new("PT0S"));
    let nodes = vec![PlanNode::Wait(WaitNode::new("pause", at_once))];
    let plan = exai
        .plans()
        .create(CreatePlan::new("stream", nodes))
        .await?;
    let run = exai.runs().start(StartRun::new(&plan.id)).await?;

    // A connection that breaks is resumed behind the last event; none is lost, none comes twice.
    let mut events = exai.runs().events(&run.id);
    let mut first = None;
    while let Some(event) = events.try_next().await? {
        match &event {
            RunEvent::RunStarted(event) => println!("started at {}", event.occurred_at),
            RunEvent::NodeCompleted(event) => println!("{} is done", event.node_id),
            RunEvent::RunCompleted(event) => println!("receipt {}", event.receipt),
            // What a newer server sends is kept whole.
            RunEvent::Unknown(event) => println!("news: {event}"),
            _ => {}
        }
        if first.is_none() {
            first = events.position().map(str::to_owned);
        }
    }

    // From a position that was kept, in this process or another: all but the first once more.
    if let Some(position) = first {
        let mut rest = exai.runs().events(&run.id).last_event_id(position);
        while let Some(event) = rest.try_next().await? {
            assert!(!matches!(event, RunEvent::RunStarted(_)));
        }
    }
    Ok(())
}
