//! Lists: the items of all pages, page by page, and one page alone.

use exai_sdk::types::Agent;
use exai_sdk::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let exai = Client::from_env()?;

    // Each page is asked for when it is needed.
    let mut agents = exai.agents().list().limit(2).items();
    let mut count = 0;
    while let Some(agent) = agents.try_next().await? {
        count += 1;
        println!("{}: {}", agent.slug, agent.title);
    }

    // All at once, where they are known to be few.
    let all: Vec<Agent> = exai.agents().list().items().try_collect().await?;
    assert_eq!(all.len(), count);

    // With what came beside each page.
    let mut pages = exai.agents().list().limit(2).pages();
    while let Some(page) = pages.try_next().await? {
        println!(
            "{} agents, {:?}",
            page.items.len(),
            page.metadata().receipt()
        );
    }

    // One page, and a cursor that can be kept.
    let page = exai.agents().list().limit(2).await?;
    if let Some(cursor) = page.next_cursor() {
        let next = exai.agents().list().limit(2).cursor(cursor).await?;
        println!("{} more", next.items.len());
    }
    Ok(())
}
