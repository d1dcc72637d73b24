//! What the command carries inside: the templates and each SDK's runtime, as `build.rs` found them.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
