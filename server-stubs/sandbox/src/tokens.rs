//! The tokens that a sandbox begins with: one of an organisation, one of a person in it.

use exai_runtime::{Caller, Secret, Tokens};

use crate::OpenError;
use crate::digest::hex;
use crate::store::{Kind, Store};

/// The organisation that the tokens are of.
pub(crate) const ORGANISATION: &str = "org_sandbox";

/// Kept as they are: whoever can read a sandbox's state may use it.
const TOKENS: Kind<[String; 2]> = Kind::new("token");

/// Takes everything of a store away but its tokens.
pub(crate) fn clear(store: &Store) -> Result<(), exai_server::ApiError> {
    store.clear(&TOKENS, ORGANISATION, "start")
}

/// One token of each scheme.
#[derive(Clone, Debug)]
pub struct StartingTokens {
    /// `sk_test_...`: service to service.
    pub organisation: Secret,
    /// `usr_test_...`: a person in the loop.
    pub user: Secret,
}

/// The tokens of a store, made if there are none.
pub(crate) fn starting(store: &Store) -> Result<(StartingTokens, Tokens), OpenError> {
    let failed = |error: exai_server::ApiError| error.to_string();
    let make = || {
        let random = |prefix| random(prefix).map_err(crate::store::failed);
        Ok([random("sk_test_")?, random("usr_test_")?])
    };
    let texts = store.find_or_put(&TOKENS, ORGANISATION, "start", make);
    let texts = texts.map_err(failed)?;
    let [organisation, user] = texts.map(Secret::new);
    let known = Tokens::new();
    let service = Caller::service(
        ORGANISATION,
        "orgToken",
        "tok_01JB8Z6Q4M2N7T5V9X1C3E5G7H",
        "sandbox",
    );
    let person = Caller::person(
        ORGANISATION,
        "userToken",
        "tok_01JB8Z6Q4M2N7T5V9X1C3E5G7J",
        "usr_01JB8Z6Q4M2N7T5V9X1C3E5G7H",
        "Sandbox User",
    );
    known.insert(&organisation, service.with_role("admin"), None);
    known.insert(&user, person.with_role("admin"), None);
    Ok((StartingTokens { organisation, user }, known))
}

fn random(prefix: &str) -> Result<String, OpenError> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
    Ok(format!("{prefix}{}", hex(bytes)))
}
