//! From a lowered API to one that targets can print: each pass a small, named function.

mod cycles;
mod direction;
mod home;
mod order;
mod split;

use crate::diagnostic::Diagnostics;
use crate::ir::Api;

pub(crate) use self::home::home;

/// A pass: an API in, an API out, findings aside.
pub type Pass = fn(Api, &mut Diagnostics) -> Api;

/// Every pass, in the order they run.
pub const PASSES: &[(&str, Pass)] = &[
    ("direction", direction::direction),
    ("split", split::split),
    ("cycles", cycles::cycles),
    ("order", order::order),
    ("home", home),
];

/// Runs every pass.
pub fn run(api: Api, diagnostics: &mut Diagnostics) -> Api {
    PASSES
        .iter()
        .fold(api, |api, (_, pass)| pass(api, diagnostics))
}
