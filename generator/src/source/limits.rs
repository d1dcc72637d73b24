//! How much a document may ask for. Each limit is far above what real documents need
//! and far below what would exhaust a machine.

/// Largest file that is read, in bytes: 128 MiB. The largest public descriptions are near 12 MB.
pub const MAX_BYTES: u64 = 128 * 1024 * 1024;

/// Deepest nesting of collections: 128, `serde_json`'s own limit. Real documents stay
/// below 40; later stages recurse over the tree and rely on this.
pub const MAX_DEPTH: usize = 128;

/// How many nodes all YAML aliases of a file may stand for together: a million.
pub const MAX_ALIASED_NODES: usize = 1_000_000;
