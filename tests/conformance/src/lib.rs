//! One suite that every SDK runs: scenarios as data, a server that plays them, drivers that call.

mod answer;
mod column;
mod driver;
mod form;
mod judge;
mod load;
mod matches;
mod memory;
mod play;
mod request;
mod scenario;
mod secrets;
mod text;
mod token;
mod webhook;
mod wire;

pub mod mutants;
pub mod table;

pub use column::{Played, column};
pub use driver::{BROWSER, Driver, SDKS, has_browser};
pub use judge::{Suite, run};
pub use load::suite;
pub use scenario::Scenario;

/// The row of what no scenario sees: the log of all of them.
pub const LOG: &str = "logging/nothing-secret";

/// Milliseconds by which a clock of a language's own may be off.
const SLACK: u64 = 5;
