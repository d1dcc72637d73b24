//! An API as clients offer it, made of the API that a document describes. A server answers an
//! operation with any status and any media type it declares, and takes a body in any; who calls it
//! gets methods with one type each. So clients have:
//!
//! - what shipped under another name, under that name too ([`Shipped::with_former`]);
//! - for each further media type of a body or of the answer, one more method that sends it or asks
//!   for it ([`alternatives`]);
//! - one type for all successes of an operation, where several are JSON ([`results`]).
//!
//! Everything that speaks of the document reads the API as it is.

mod alternatives;
mod escape;
mod media;
mod results;

pub use self::results::unread;

#[cfg(test)]
mod tests;

use crate::ir::Api;
use crate::shipped::Shipped;

/// The API as clients offer it; `None` where that is what it is. What the API has keeps its ids.
pub fn offered(api: &Api, shipped: &Shipped) -> Option<Api> {
    let united = results::has_any(api).then(|| results::unite(api.clone()));
    let former = shipped.with_former(united.as_ref().unwrap_or(api));
    if united.is_none() && former.is_none() && !alternatives::has_any(api) {
        return None;
    }
    let mut out = former.or(united).unwrap_or_else(|| api.clone());
    alternatives::add(&mut out);
    Some(out)
}
