//! Work that takes long: wait for its result, and go on with the wait in another process.

use std::sync::mpsc;
use std::time::Duration;

use exai_sdk::types::{CreatePlan, PlanNode, StartRun, WaitForDuration, WaitNode, WaitUntil};
use exai_sdk::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let exai = Client::from_env()?;
    let soon = WaitUntil::Duration(WaitForDuration::new("PT1S"));
    let nodes = vec![PlanNode::Wait(WaitNode::new("pause", soon))];
    let plan = exai.plans().create(CreatePlan::new("wait", nodes)).await?;

    // A program would write the token to where it looks after a crash.
    let (kept, tokens) = mpsc::channel();
    let wait = exai
        .runs()
        .start(StartRun::new(&plan.id))
        .wait()
        .timeout(Duration::from_millis(300))
        .on_waiting(move |token| kept.send(token.to_owned()).unwrap_or_default());
    let token = match wait.await {
        Ok(run) => {
            println!("{} was quick", run.id);
            return Ok(());
        }
        // The work goes on without us; the error carries the token too.
        Err(error) if error.is_timeout() => error.wait_token().map(str::to_owned),
        Err(error) => return Err(error),
    };
    assert_eq!(token, tokens.try_iter().last());

    let token = token.unwrap_or_default();
    let run = exai.runs().start_wait_from(token).await?;
    println!("{} is {}", run.id, run.status.as_str());
    Ok(())
}
