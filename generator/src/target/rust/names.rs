//! What a client crate means by a name before any document is read.

/// Methods of `Call`, among which the setters of optional parameters stand.
pub(super) const CALL: &[&str] = &[
    "attempt_timeout", "body", "borrow", "borrow_mut", "clone", "cookie_param", "extra_body",
    "extra_header", "extra_query", "fmt", "form_body", "from", "header_param", "idempotency_key",
    "into", "into_future", "items", "json_body", "json_query_param", "last_event_id",
    "max_retries", "metadata", "multipart_body", "new", "path_param", "poll_next", "position",
    "query_param", "raw_body", "styled_cookie_param", "styled_header_param", "styled_path_param",
    "styled_query_param", "timeout", "try_collect", "try_from", "try_into", "try_next", "type_id",
    "with_response",
];

/// Methods of `Error`.
pub(super) const ERROR: &[&str] = &[
    "is_api", "is_config", "is_connection", "is_decode", "is_signature", "is_timeout",
];

/// Methods of `ClientBuilder`.
pub(super) const BUILDER: &[&str] = &[
    "api_key", "attempt_timeout", "base_url", "build", "credential", "from_env", "http_client",
    "max_retries", "new", "retry_policy", "server", "timeout", "token_source",
];

/// Methods of `Client`.
pub(super) const CLIENT: &[&str] = &["builder", "clone", "core", "fmt", "from", "from_env", "into"];

/// Names that a resource's file imports or takes from the prelude.
pub(super) const RESOURCE_FILE: &[&str] = &[
    "AsRef", "Binary", "Body", "Call", "Core", "Empty", "Encoding", "Error", "Events", "Form",
    "FormStyle", "HeaderMap", "Into", "Json", "Lines", "Operation", "Option", "Paged", "Part",
    "Result", "Scheme", "Secret", "Security", "Self", "Some", "String", "Style", "Terminal",
    "Text", "Vec", "Verb", "Verifier",
];
