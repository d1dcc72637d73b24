//! Credentials: which one a request takes, and how it travels.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::Request;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};

use super::{Api, Error, Scheme, Secret, Security};

/// Gives a token when one is needed, once a try: the place to refresh one that expires.
///
/// Implemented for every `Fn() -> impl Future<Output = Result<Secret, Error>>`.
pub trait TokenSource: Send + Sync {
    /// The token for the request that is about to be sent.
    fn token(&self) -> Pin<Box<dyn Future<Output = Result<Secret, Error>> + Send + '_>>;
}

impl<F, R> TokenSource for F
where
    F: Fn() -> R + Send + Sync,
    R: Future<Output = Result<Secret, Error>> + Send + 'static,
{
    fn token(&self) -> Pin<Box<dyn Future<Output = Result<Secret, Error>> + Send + '_>> {
        Box::pin(self())
    }
}

#[derive(Clone)]
pub(super) enum Credential {
    Fixed(Secret),
    Source(Arc<dyn TokenSource>),
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(..)")
    }
}

/// The credentials of one client.
#[derive(Debug, Clone, Default)]
pub(super) struct Credentials {
    /// Serves every scheme that has none of its own.
    pub(super) default: Option<Credential>,
    pub(super) named: HashMap<String, Credential>,
}

impl Credentials {
    /// Puts on the request what the operation asks for.
    ///
    /// Where the client has no fitting credential, none is sent: the server's 401 says more than
    /// a guess made here.
    pub(super) async fn apply(
        &self,
        api: &Api,
        security: Security,
        request: &mut Request,
    ) -> Result<(), Error> {
        let security = match security {
            Security::Default => api.security,
            own => own,
        };
        let chosen: &[&str] = match security {
            Security::Default | Security::None => &[],
            Security::OneOf(sets) => {
                let known = |name: &str| api.schemes.iter().any(|(known, _)| *known == name);
                let own = |name: &str| known(name) && self.named.contains_key(name);
                let any = |name: &str| known(name) && self.find(name).is_some();
                // Where a call may go without a credential, one that is there is sent all the same.
                let asking = || sets.iter().filter(|set| !set.is_empty());
                let by_own = asking().find(|set| set.iter().all(|name| own(name)));
                let by_any = || asking().find(|set| set.iter().all(|name| any(name)));
                by_own.or_else(by_any).copied().unwrap_or_default()
            }
        };
        for name in chosen {
            let scheme = api.schemes.iter().find(|(known, _)| known == name);
            if let (Some((_, scheme)), Some(credential)) = (scheme, self.find(name)) {
                let secret = match credential {
                    Credential::Fixed(secret) => secret.clone(),
                    Credential::Source(source) => source.token().await?,
                };
                send(*scheme, &secret, request)?;
            }
        }
        Ok(())
    }

    fn find(&self, scheme: &str) -> Option<&Credential> {
        self.named.get(scheme).or(self.default.as_ref())
    }
}

fn send(scheme: Scheme, secret: &Secret, request: &mut Request) -> Result<(), Error> {
    let secret = secret.expose();
    let authorization = |text: &str| Ok((AUTHORIZATION, sensitive(text)?));
    let (name, value) = match scheme {
        Scheme::Bearer => authorization(&format!("Bearer {secret}"))?,
        Scheme::Authorization(name) => authorization(&format!("{name} {secret}"))?,
        Scheme::Basic => {
            // Without a password, the user is followed by a colon all the same.
            let colon = if secret.contains(':') { "" } else { ":" };
            let pair = BASE64_STANDARD.encode(format!("{secret}{colon}"));
            authorization(&format!("Basic {pair}"))?
        }
        Scheme::Header(name) => {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(Error::unsendable)?;
            (name, sensitive(secret)?)
        }
        Scheme::Query(name) => {
            let mut query = request.url_mut().query_pairs_mut();
            query.append_pair(name, secret);
            return Ok(());
        }
        Scheme::Cookie(name) => {
            let pair = format!("{name}={}", super::param::escape(secret));
            let value = sensitive(&pair)?;
            request.headers_mut().append(COOKIE, value);
            return Ok(());
        }
    };
    request.headers_mut().insert(name, value);
    Ok(())
}

fn sensitive(value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| Error::config("the credential holds a character that no header can carry"))?;
    value.set_sensitive(true);
    Ok(value)
}
