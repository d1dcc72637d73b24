//! The OpenAPI object model, with the standard's own names and the place of everything.
//!
//! After this stage a document of 3.0, 3.1 or 3.2 is one model, 3.1's with what 3.2
//! added; nothing later asks for a version. This stage holds no opinion on what to generate.

mod leave_out;
pub mod model;
mod read;
mod rules;

pub use leave_out::{LeftOut, leave_out};
pub use model::*;
pub(crate) use read::nearest;
pub use read::read;
