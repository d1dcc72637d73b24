//! The promises of an API server as tower layers.
