//! From an OpenAPI document to SDKs and a server.
