//! Credentials: which one a request takes, and how it travels.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::RequestBuilder;
use reqwest::header::{COOKIE, HeaderValue};

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
        mut request: RequestBuilder,
    ) -> Result<RequestBuilder, Error> {
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
                let by_own = sets.iter().find(|set| set.iter().all(|name| own(name)));
                let by_any = || sets.iter().find(|set| set.iter().all(|name| any(name)));
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
                request = send(*scheme, &secret, request)?;
            }
        }
        Ok(request)
    }

    fn find(&self, scheme: &str) -> Option<&Credential> {
        self.named.get(scheme).or(self.default.as_ref())
    }
}

fn send(scheme: Scheme, secret: &Secret, request: RequestBuilder) -> Result<RequestBuilder, Error> {
    Ok(match scheme {
        Scheme::Bearer => return send(Scheme::Authorization("Bearer"), secret, request),
        Scheme::Authorization(name) => {
            let value = sensitive(&format!("{name} {}", secret.expose()))?;
            request.header(reqwest::header::AUTHORIZATION, value)
        }
        Scheme::Basic => {
            let (user, password) = secret
                .expose()
                .split_once(':')
                .unwrap_or((secret.expose(), ""));
            request.basic_auth(user, Some(password))
        }
        Scheme::Header(name) => request.header(name, sensitive(secret.expose())?),
        Scheme::Query(name) => {
            let (client, built) = request.build_split();
            let mut built = built.map_err(Error::unsendable)?;
            built
                .url_mut()
                .query_pairs_mut()
                .append_pair(name, secret.expose());
            RequestBuilder::from_parts(client, built)
        }
        Scheme::Cookie(name) => {
            let pair = format!("{name}={}", super::param::escape(secret.expose()));
            request.header(COOKIE, sensitive(&pair)?)
        }
    })
}

fn sensitive(value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| Error::config("the credential holds a character that no header can carry"))?;
    value.set_sensitive(true);
    Ok(value)
}
