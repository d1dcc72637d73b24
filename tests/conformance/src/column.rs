//! The scenarios of one SDK, side by side.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::judge::Suite;
use crate::table::Cell;
use crate::{Driver, Scenario, run};

/// How many scenarios are played at a time: enough to sleep side by side, few enough for their
/// times to be measured.
const AT_A_TIME: u32 = 6;

/// What came of a scenario.
#[derive(Clone, Debug)]
pub struct Played {
    /// The scenario's row of the table.
    pub row: String,
    /// The scenario.
    pub name: String,
    /// What the SDK made of it.
    pub cell: Cell,
    /// What was not as it must be.
    pub said: String,
}

/// Plays scenarios with an SDK, in no order. `each` sees what came of one as soon as it is known;
/// where it says false, the rest is left out.
pub async fn column(
    suite: &Arc<Suite>,
    scenarios: Vec<Scenario>,
    sdk: &str,
    driver: &Arc<Driver>,
    mut each: impl FnMut(Played) -> bool,
) {
    let places = Arc::new(Semaphore::new(AT_A_TIME as usize));
    let mut tasks = JoinSet::new();
    for scenario in scenarios {
        let (places, driver) = (Arc::clone(&places), Arc::clone(driver));
        let (suite, sdk) = (Arc::clone(suite), sdk.to_owned());
        tasks.spawn(async move {
            let (cell, said) = if scenario.leaves_out(&sdk) {
                (Cell::NotFor, String::new())
            } else {
                let weight = if scenario.is_heavy() { AT_A_TIME } else { 1 };
                let _place = places.acquire_many(weight).await;
                match run(&scenario, &driver, &suite).await {
                    Ok(()) => (Cell::Kept, String::new()),
                    Err(said) => (Cell::Broken, said),
                }
            };
            Played {
                row: scenario.row().to_owned(),
                name: scenario.name,
                cell,
                said,
            }
        });
    }
    while let Some(played) = tasks.join_next().await {
        if played.is_ok_and(|played| !each(played)) {
            return;
        }
    }
}
