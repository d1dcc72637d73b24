//! Spans and events for who watches a program, by the `tracing` crate and its feature.
//!
//! Names of fields are those of OpenTelemetry's semantic conventions for HTTP clients. Bodies,
//! queries and values of headers that carry a credential or a key are never recorded.

#[cfg(feature = "tracing")]
pub(super) use self::on::*;

#[cfg(not(feature = "tracing"))]
pub(super) use self::off::*;

#[cfg(feature = "tracing")]
mod on {
    use std::fmt;
    use std::time::{Duration, Instant};

    use reqwest::header::{
        AUTHORIZATION, COOKIE, HeaderMap, HeaderName, PROXY_AUTHORIZATION, SET_COOKIE,
    };
    use tracing::field::Empty;
    use tracing::{Level, Span, debug, enabled, info, info_span};

    use super::super::core::Core;
    use super::super::{Error, Metadata, Operation, Scheme};

    pub(in super::super) use tracing::Instrument;

    /// The crate, whatever the module.
    const TARGET: &str = env!("CARGO_CRATE_NAME");

    /// The span of one call.
    pub(in super::super) fn span(operation: &Operation, base_url: &str) -> Span {
        let base_url = reqwest::Url::parse(base_url).ok();
        let method = reqwest::Method::from(operation.verb);
        info_span!(
            target: TARGET,
            "call",
            otel.name = operation.name,
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = %method,
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            url.full = Empty,
            url.template = Some(operation.path).filter(|path| !path.is_empty()),
            server.address = base_url.as_ref().and_then(reqwest::Url::host_str),
            server.port = base_url.as_ref().and_then(reqwest::Url::port_or_known_default),
            error.type = Empty,
            receipt = Empty,
        )
    }

    /// How the call of the span ended.
    pub(in super::super) fn ended(metadata: Result<&Metadata, &Error>, retries: u32) {
        let span = Span::current();
        if retries > 0 {
            span.record("http.request.resend_count", retries);
        }
        let known = metadata.map_or_else(Error::metadata, Some);
        if let Some(known) = known {
            span.record("http.response.status_code", known.status());
            if let Some(receipt) = known.receipt() {
                span.record("receipt", receipt);
            }
        }
        if let Err(error) = metadata {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", error.kind());
        }
    }

    /// A try that is about to be sent.
    pub(in super::super) struct Try {
        began: Instant,
        method: reqwest::Method,
        url: String,
    }

    impl Try {
        pub(in super::super) fn new(request: &reqwest::Request, core: &Core, first: bool) -> Self {
            let mut url = request.url().clone();
            url.set_query(None);
            url.set_fragment(None);
            // A URL of the environment may hold a password.
            let _ = url.set_password(None);
            let url = String::from(url);
            if first {
                Span::current().record("url.full", &url);
            }
            let method = request.method().clone();
            if enabled!(target: TARGET, Level::DEBUG) {
                let headers = Headers(request.headers(), core);
                debug!(target: TARGET, %method, url, headers = display(headers), "sending");
            }
            Self {
                began: Instant::now(),
                method,
                url,
            }
        }

        pub(in super::super) fn answered(&self, metadata: &Metadata, core: &Core) {
            if enabled!(target: TARGET, Level::DEBUG) {
                debug!(
                    target: TARGET,
                    method = %self.method,
                    url = self.url,
                    status = metadata.status(),
                    duration_ms = self.milliseconds(),
                    receipt = metadata.receipt(),
                    headers = display(Headers(metadata.headers(), core)),
                    "answered",
                );
            }
        }

        pub(in super::super) fn failed(&self, error: &Error) {
            debug!(
                target: TARGET,
                method = %self.method,
                url = self.url,
                duration_ms = self.milliseconds(),
                error = error.kind(),
                "failed",
            );
        }

        fn milliseconds(&self) -> u64 {
            u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
        }
    }

    /// A try that failed is followed by another.
    pub(in super::super) fn retrying(error: &Error, retries: u32, wait: Duration) {
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        info!(
            target: TARGET,
            retries,
            wait_ms,
            error = error.kind(),
            status = error.status(),
            receipt = error.receipt(),
            "trying again",
        );
    }

    /// Headers by name, each with its value unless that is a credential or a key.
    struct Headers<'a>(&'a HeaderMap, &'a Core);

    impl fmt::Display for Headers<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            for (index, (name, value)) in self.0.iter().enumerate() {
                let separator = if index == 0 { "" } else { ", " };
                match value.to_str() {
                    Ok(text) if !value.is_sensitive() && !is_secret(name, self.1) => {
                        write!(f, "{separator}{name}: {text}")?;
                    }
                    _ => write!(f, "{separator}{name}: (redacted)")?,
                }
            }
            Ok(())
        }
    }

    fn is_secret(name: &HeaderName, core: &Core) -> bool {
        let api = core.api();
        let is = |known: &str| name.as_str().eq_ignore_ascii_case(known);
        let by_scheme = |scheme: &Scheme| matches!(scheme, Scheme::Header(known) if is(known));
        [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, SET_COOKIE].contains(name)
            || api.headers.idempotency_key.is_some_and(is)
            || api.schemes.iter().any(|(_, scheme)| by_scheme(scheme))
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use std::time::Duration;

    use super::super::core::Core;
    use super::super::{Error, Metadata};

    pub(in super::super) fn ended(_: Result<&Metadata, &Error>, _: u32) {}

    pub(in super::super) struct Try;

    impl Try {
        pub(in super::super) fn new(_: &reqwest::Request, _: &Core, _: bool) -> Self {
            Self
        }

        pub(in super::super) fn answered(&self, _: &Metadata, _: &Core) {}

        pub(in super::super) fn failed(&self, _: &Error) {}
    }

    pub(in super::super) fn retrying(_: &Error, _: u32, _: Duration) {}
}
