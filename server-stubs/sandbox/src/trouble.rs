//! Trouble that is asked for, so that a program can be tested against it.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use exai_runtime::{Caller, Fault};

/// The header that asks for an error: `provider_unavailable`, or `rate_limited; times=2`.
const FAULT: &str = "x-sandbox-fault";
/// The header that asks for a delay, in milliseconds.
const DELAY: &str = "x-sandbox-delay";

/// The longest delay that a header can ask for.
const LONGEST: Duration = Duration::from_secs(60);

/// Requests that are counted at the same time; beyond, counting begins anew.
const COUNTED: usize = 10_000;

/// Trouble for every request, asked for when a sandbox is started.
#[derive(Clone, Debug, Default)]
pub struct Trouble {
    /// How long each request waits, at least and at most.
    pub latency: Option<Latency>,
    /// How many of a hundred requests answer 503 and do nothing.
    pub unavailable: u8,
}

/// A range of milliseconds: `50`, or `20-200`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latency(RangeInclusive<u64>);

impl FromStr for Latency {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (least, most) = text.split_once('-').unwrap_or((text, text));
        match (least.parse(), most.parse()) {
            (Ok(least), Ok(most)) if least <= most && most <= 600_000 => Ok(Self(least..=most)),
            _ => Err("expected milliseconds, such as 50 or 20-200, at most 600000"),
        }
    }
}

/// What is asked for, and how often it was given.
#[derive(Clone, Default)]
pub(crate) struct Troubles {
    trouble: Trouble,
    given: Arc<Mutex<HashMap<String, u32>>>,
}

impl Troubles {
    pub(crate) fn new(trouble: Trouble) -> Self {
        Self {
            trouble,
            given: Arc::default(),
        }
    }

    /// The error that a header asks for, while it is to be given.
    fn fault(&self, request: &Request) -> Option<Fault> {
        let asked = header(request, FAULT)?;
        let (name, times) = match asked.split_once(';') {
            Some((name, times)) => (
                name.trim(),
                times.trim().strip_prefix("times=")?.parse().ok()?,
            ),
            None => (asked.trim(), u32::MAX),
        };
        let fault = named(name)?;
        let org = request
            .extensions()
            .get::<Caller>()
            .map_or("", |caller| &caller.org);
        let of = match header(request, "idempotency-key") {
            Some(key) => format!("{org} {key}"),
            None => format!("{org} {} {}", request.method(), request.uri()),
        };
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if given.len() >= COUNTED {
            given.clear();
        }
        let count = given.entry(of).or_default();
        *count = count.saturating_add(1);
        (*count <= times).then_some(fault)
    }

    fn delay(&self, request: &Request) -> Duration {
        let asked = header(request, DELAY).and_then(|text| text.parse().ok());
        let asked = asked
            .map_or(Duration::ZERO, Duration::from_millis)
            .min(LONGEST);
        let Some(Latency(range)) = &self.trouble.latency else {
            return asked;
        };
        let spread = range.end() - range.start() + 1;
        asked + Duration::from_millis(range.start() + random() % spread)
    }
}

/// Delays a request, or answers it with an error in place of its handler.
pub(crate) async fn trouble(
    State(troubles): State<Troubles>,
    request: Request,
    next: Next,
) -> Response {
    let (fault, delay) = (troubles.fault(&request), troubles.delay(&request));
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let unlucky = random() % 100 < u64::from(troubles.trouble.unavailable);
    match fault.or_else(|| unlucky.then(|| named("provider_unavailable")).flatten()) {
        Some(fault) => fault.into_response(),
        None => next.run(request).await,
    }
}

fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}

/// One of the ten errors.
fn named(name: &str) -> Option<Fault> {
    let message = "asked for".to_owned();
    Some(match name {
        "invalid_request" => Fault::InvalidRequest {
            message,
            details: Vec::new(),
        },
        "unauthorized" => Fault::Unauthorized { message },
        "payment_required" => Fault::PaymentRequired { message },
        "forbidden_role" => Fault::ForbiddenRole { message },
        "not_found" => Fault::NotFound { message },
        "conflict" => Fault::Conflict { message },
        "validation_failed" => Fault::ValidationFailed {
            message,
            details: Vec::new(),
        },
        "rate_limited" => Fault::RateLimited {
            message,
            retry_after: NonZeroU64::MIN,
        },
        "internal_error" => Fault::InternalError,
        "provider_unavailable" => Fault::ProviderUnavailable {
            message,
            retry_after: Some(NonZeroU64::MIN),
        },
        _ => return None,
    })
}

fn random() -> u64 {
    getrandom::u64().unwrap_or_default()
}
