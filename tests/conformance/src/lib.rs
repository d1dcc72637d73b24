//! One suite that every SDK runs: scenarios as data, a server that plays them, drivers that call.

mod answer;
mod driver;
mod judge;
mod load;
mod matches;
mod play;
mod request;
mod scenario;
mod text;
mod webhook;

pub mod table;

pub use driver::{Driver, SDKS};
pub use load::{read, scenarios};
pub use play::Origin;
pub use scenario::Scenario;

pub use judge::run;
