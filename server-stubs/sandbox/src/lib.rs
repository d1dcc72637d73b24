//! The exAI API as a server that keeps state and does its work in small: what SDKs are
//! tested against, and what their users can try things on.
//!
//! [`Sandbox`] implements the generated traits, an area a module; `exai_runtime` keeps the
//! promises around them. What is simulated is so behind the API: no command is run, no model asked.

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct ReadmeOfTheRepository;

mod agents;
mod archive;
mod audit;
mod body;
mod builder;
mod composer;
mod digest;
mod events;
mod jobs;
mod money;
mod numbers;
mod pages;
mod patch;
mod patterns;
mod plans;
mod range;
mod runs;
mod seed;
mod store;
mod templates;
mod tokens;
mod trouble;
mod typing;
mod webhooks;
mod workspaces;
mod world;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use exai_runtime::{Bucket, Health, Limits, Operation, Operations, Promises};

pub use exai_runtime::webhooks::Network;

pub use self::seed::Seed;
pub use self::store::Keep;
pub use self::tokens::StartingTokens;
pub use self::trouble::{Latency, Trouble};
pub use self::world::Settings;

use self::trouble::{Troubles, trouble};
use self::world::World;

/// Buckets that nobody empties.
const ENDLESS: Limits = {
    let bucket = Bucket {
        per_minute: 1_000_000_000,
        room: 1_000_000_000,
    };
    Limits {
        org: bucket,
        token: bucket,
    }
};

/// A sandbox, open. Clones share its state.
#[derive(Clone)]
pub struct Sandbox(Arc<World>);

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").finish_non_exhaustive()
    }
}

impl std::ops::Deref for Sandbox {
    type Target = World;

    fn deref(&self) -> &World {
        &self.0
    }
}

/// Why a sandbox cannot be opened.
pub type OpenError = Box<dyn std::error::Error + Send + Sync>;

impl Sandbox {
    /// Opens the state, or makes it. Inside a runtime of Tokio's, it goes on with the work that
    /// whoever had the state before has left.
    ///
    /// # Errors
    /// The file is another process's, or cannot be read or written.
    pub fn open(settings: Settings) -> Result<Self, OpenError> {
        let sandbox = World::open(settings).map(|world| Self(Arc::new(world)))?;
        if tokio::runtime::Handle::try_current().is_ok() {
            sandbox.listen();
            sandbox.resume().map_err(|error| error.to_string())?;
        }
        Ok(sandbox)
    }

    /// The tokens to start with.
    pub fn tokens(&self) -> &StartingTokens {
        &self.0.tokens
    }

    /// Begins anew: everything is gone but the tokens, and streams end. Work that is under way finds
    /// nothing to go on with.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn reset(&self) -> Result<(), OpenError> {
        tokens::clear(&self.store).map_err(|error| error.to_string())?;
        self.log.end_all();
        Ok(())
    }

    /// The API below `/v1`, its promises kept.
    pub fn router(&self) -> Router {
        let operations = exai_server::OPERATIONS.iter().map(|info| Operation {
            id: info.id,
            method: info.method,
            path: info.path,
            route: info.route,
            keyed: info.idempotency,
            security: info.security,
            long_running: info.long_running,
            streams: info.streams,
            cost: 1,
        });
        let kept = &self.0.kept;
        let promises = Promises::new(Operations::new(operations), self.0.known.clone())
            .receipts(kept.receipts.clone())
            .idempotency(kept.keys.clone());
        let promises = match &self.0.rate_limits {
            Some(store) => promises.rate_limits(store.clone()),
            None => promises,
        };
        let promises = match self.0.unlimited {
            true => promises.limits(ENDLESS),
            false => promises,
        };
        let troubles = Troubles::new(self.0.trouble.clone());
        Router::new()
            .nest("/v1", exai_server::router(self.clone()))
            .layer(from_fn_with_state(troubles, trouble))
            .layer(promises)
    }

    /// Whether it lives, and can write what it keeps.
    pub fn health(&self) -> Health {
        let kept = self.0.kept.clone();
        Health::new(move || {
            let kept = kept.clone();
            // An empty unit is written, and tells nothing.
            Box::pin(async move { kept.unit().commit().await })
        })
    }
}
