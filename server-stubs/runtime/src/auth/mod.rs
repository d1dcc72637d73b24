//! Who calls, and whether the operation takes that.

#[cfg(feature = "postgres")]
mod postgres;
mod secret;
mod tokens;

use axum::http::{HeaderMap, header};
use futures::future::BoxFuture;
use jiff::Timestamp;

pub use self::secret::Secret;
pub use self::tokens::Tokens;

use crate::fault::Stop;
use crate::{Caller, Fault, Operation, StoreError};

/// Knows whom a token speaks for.
pub trait Authenticator: Send + Sync + 'static {
    /// The caller behind a bearer token.
    fn authenticate<'a>(
        &'a self,
        token: &'a Secret,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Caller, Refusal>>;
}

/// Why a token is not taken.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// It is nobody's.
    Unknown,
    /// It was good until a while ago.
    Expired,
    /// It was taken back.
    Revoked,
    /// It could not be looked up.
    Unavailable(StoreError),
}

/// The caller of an operation; `None` where it needs none and none is named.
pub(crate) async fn caller(
    authenticator: &dyn Authenticator,
    operation: &Operation,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<Option<Caller>, Stop> {
    let open = operation.security.iter().any(|set| set.is_empty());
    if operation.security.is_empty() || (open && !headers.contains_key(header::AUTHORIZATION)) {
        return Ok(None);
    }
    let token = bearer(headers).map_err(unauthorized)?;
    let refused = match authenticator.authenticate(&token, now).await {
        Ok(caller) => return Ok(Some(caller)),
        Err(refused) => refused,
    };
    Err(match refused {
        Refusal::Unknown => unauthorized("the token is not known"),
        Refusal::Expired => unauthorized("the token has expired"),
        Refusal::Revoked => unauthorized("the token was revoked"),
        Refusal::Unavailable(error) => error.into(),
    })
}

/// Refuses a caller whose scheme the operation does not take. One bearer token is of one scheme,
/// so that a set of several is never satisfied.
pub(crate) fn permit(operation: &Operation, caller: &Caller) -> Result<(), Fault> {
    let mut sets = operation.security.iter();
    if sets.any(|set| set.iter().all(|wanted| *wanted == caller.scheme)) {
        return Ok(());
    }
    let message = "this operation does not take this kind of token".to_owned();
    Err(Fault::ForbiddenRole { message })
}

/// `Authorization: Bearer TOKEN` (RFC 6750, section 2.1): exactly one, its scheme in any case.
fn bearer(headers: &HeaderMap) -> Result<Secret, &'static str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or("a bearer token is missing")?;
    if values.next().is_some() {
        return Err("there is more than one Authorization header");
    }
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .ok_or("the Authorization header is malformed")?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err("the Authorization header is not of the Bearer scheme");
    }
    let token = token.trim_start_matches(' ');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if token.is_empty() || !token.bytes().all(allowed) {
        return Err("the bearer token is malformed");
    }
    Ok(Secret::new(token))
}

fn unauthorized(message: &str) -> Stop {
    let message = message.to_owned();
    Fault::Unauthorized { message }.into()
}
