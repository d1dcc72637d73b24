//! How a client is configured.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::auth::{Credential, Credentials};
use super::core::Shared;
use super::governor::Governor;
use super::retry::Budget;
use super::{Api, Core, Error, Middleware, RetryPolicy, Secret, Server, TokenSource, tls};

/// What stands around each try, outermost first.
#[derive(Default)]
struct Layers(Vec<Arc<dyn Middleware>>);

impl fmt::Debug for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Layers({})", self.0.len())
    }
}

/// The settings of a client of type `C`.
///
/// What is not set is taken from the environment by [`from_env`](Self::from_env) alone; a builder
/// by itself reads nothing.
#[derive(Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder<C> {
    api: &'static Api,
    base_url: Option<Result<String, String>>,
    own_url: bool,
    credentials: Credentials,
    timeout: Duration,
    attempt_timeout: Option<Duration>,
    retry: RetryPolicy,
    http: Option<reqwest::Client>,
    governor: bool,
    middleware: Layers,
    #[cfg(feature = "testing")]
    pub(super) transport: Option<Arc<dyn super::testing::Transport>>,
    client: PhantomData<fn() -> C>,
}

impl<C: From<Core>> ClientBuilder<C> {
    /// The defaults: the API's first server, no credential, 60 seconds a call, two retries.
    pub fn new(api: &'static Api) -> Self {
        Self {
            api,
            base_url: None,
            own_url: false,
            credentials: Credentials::default(),
            timeout: Duration::from_secs(60),
            attempt_timeout: None,
            retry: RetryPolicy::default(),
            http: None,
            governor: false,
            middleware: Layers::default(),
            #[cfg(feature = "testing")]
            transport: None,
            client: PhantomData,
        }
    }

    /// Takes the token, and the base URL if it is set, from the environment variables that the
    /// API names.
    ///
    /// # Errors
    /// The token's variable is not set, though the API has a security scheme.
    pub fn from_env(self) -> Result<Self, Error> {
        let base_url = std::env::var(self.api.base_url_env)
            .ok()
            .filter(|url| !url.is_empty());
        let builder = match base_url {
            Some(base_url) => self.base_url(base_url),
            None => self,
        };
        let name = builder.api.api_key_env;
        match std::env::var(name) {
            Ok(key) if !key.is_empty() => Ok(builder.api_key(key)),
            _ if builder.api.schemes.is_empty() => Ok(builder),
            _ => Err(Error::config(format!(
                "the environment variable {name} is not set"
            ))),
        }
    }

    /// The URL below which all paths are, such as `http://127.0.0.1:8080/v1`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(Ok(url.into()));
        self.own_url = true;
        self
    }

    /// One of the API's servers by its name, each of its variables with a value or its default.
    ///
    /// A value may hold letters, digits, `-`, `.` and `_` and no more: it becomes part of the
    /// name of the host that gets the token.
    pub fn server(mut self, name: &str, variables: &[(&str, &str)]) -> Self {
        let server = self.api.servers.iter().find(|server| server.name == name);
        self.own_url = false;
        self.base_url = Some(match server {
            Some(server) => fill(server, variables),
            None => Err(format!("the API has no server named {name:?}")),
        });
        self
    }

    /// The token, for every security scheme that [`credential`](Self::credential) gives none.
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.credentials.default = Some(Credential::Fixed(key.into()));
        self
    }

    /// A function that gives the token; it is asked before each try.
    pub fn token_source(mut self, source: impl TokenSource + 'static) -> Self {
        self.credentials.default = Some(Credential::Source(Arc::new(source)));
        self
    }

    /// The credential of one security scheme, by the scheme's name in the document.
    pub fn credential(mut self, scheme: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.credentials
            .named
            .insert(scheme.into(), Credential::Fixed(secret.into()));
        self
    }

    /// How long a call may take, all its tries and waits included; 60 seconds by default. For a
    /// stream or a download, the time until its first byte.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long one try may take; unbounded by default, but for the time of the call.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// How many times a call is tried again; twice by default.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.retry.max_retries = retries;
        self
    }

    /// How long to wait between tries when the server does not say.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// An HTTP client of one's own: proxies, certificates, connection pools.
    ///
    /// Its redirect policy holds. The one used otherwise follows redirects within one origin, so
    /// that a token never leaves it.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Slows the client down before the server does; off by default.
    ///
    /// Once few requests are left in the window, the tries of all calls are spaced until it is
    /// full again, and after a 429 none is sent before its `Retry-After`. A call whose turn does
    /// not come within its time fails at once, with the wait in [`Error::retry_after`].
    pub fn governor(mut self, on: bool) -> Self {
        self.governor = on;
        self
    }

    /// What stands around each try; one that is added later stands further inside.
    pub fn middleware(mut self, middleware: impl Middleware + 'static) -> Self {
        self.middleware.0.push(Arc::new(middleware));
        self
    }

    /// The client.
    ///
    /// # Errors
    /// The base URL is not an absolute HTTP URL, a server variable has no value, or TLS can't be
    /// set up.
    pub fn build(self) -> Result<C, Error> {
        let base_url = match (self.base_url, self.api.servers) {
            (Some(base_url), _) => base_url,
            (None, [first, ..]) => fill(first, &[]),
            (None, []) => Err("no base URL is set, and the API declares no server".to_owned()),
        };
        let base_url = base_url.map_err(Error::config)?;
        let parsed = reqwest::Url::parse(&base_url);
        if !parsed.is_ok_and(|url| url.has_host() && url.query().is_none()) {
            return Err(Error::config(format!("{base_url:?} is not a base URL")));
        }
        let http = match self.http {
            Some(http) => http,
            None => tls::choose(reqwest::Client::builder().redirect(within_origin()))?
                .build()
                .map_err(Error::unsendable)?,
        };
        Ok(C::from(Core::new(Shared {
            api: self.api,
            http,
            base_url: base_url.trim_end_matches('/').to_owned(),
            own_url: self.own_url,
            credentials: self.credentials,
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            retry: self.retry,
            budget: Budget::new(),
            governor: self.governor.then(Governor::default),
            middleware: self.middleware.0,
            #[cfg(feature = "testing")]
            transport: self.transport,
        })))
    }
}

fn within_origin() -> reqwest::redirect::Policy {
    reqwest::redirect::Policy::custom(|attempt| {
        let same = attempt
            .previous()
            .first()
            .is_some_and(|first| first.origin() == attempt.url().origin());
        if !same {
            attempt.stop()
        } else if attempt.previous().len() > 10 {
            attempt.error("more than ten redirects")
        } else {
            attempt.follow()
        }
    })
}

fn fill(server: &Server, values: &[(&str, &str)]) -> Result<String, String> {
    let mut url = server.url.to_owned();
    for (name, default) in server.variables {
        let value = values
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| *value);
        let value = value
            .or(*default)
            .ok_or_else(|| format!("the server variable {name} has no value"))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if value.is_empty() || !value.chars().all(plain) {
            return Err(format!("{value:?} cannot be the server variable {name}"));
        }
        url = url.replace(&format!("{{{name}}}"), value);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::{Server, fill};

    const TENANT: Server = Server {
        name: "tenant",
        url: "https://api.{tenant}.example.com/v1",
        variables: &[("tenant", None)],
    };

    #[test]
    fn a_tenant_cannot_name_another_host() {
        let good = fill(&TENANT, &[("tenant", "acme")]);
        assert_eq!(good.as_deref(), Ok("https://api.acme.example.com/v1"));
        for evil in [
            "",
            "evil.com/",
            "a@evil.com",
            "a:b",
            "evil.com#",
            "evil.com?",
        ] {
            assert!(fill(&TENANT, &[("tenant", evil)]).is_err(), "{evil:?}");
        }
        assert!(fill(&TENANT, &[]).is_err());
    }
}
