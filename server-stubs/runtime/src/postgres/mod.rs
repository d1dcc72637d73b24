//! What several nodes keep together, in Postgres.

mod alone;
mod link;
mod nodes;
mod settle;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, oneshot};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, Row};

pub use self::alone::Alone;
use self::alone::Idle;
use self::link::Link;
pub(crate) use self::nodes::Held;
pub use self::nodes::{Job, News};
pub(crate) use self::settle::Steps;
pub use self::settle::Transaction;
use self::settle::Waiting;
use crate::{Draft, StoreError, Unit};

/// How long a node is taken to live after it was last heard of.
const LEASE: Duration = Duration::from_secs(5);

/// A database that several nodes of a server share: receipts, keys and answers, tokens, deliveries
/// of webhooks, and units of work.
///
/// Units are settled one after the other, over all nodes, under one lock of the database; those of
/// a node that wait meanwhile share the next transaction. Where the database does not answer within
/// five seconds a request fails, with a 500, and what it asked for was done whole or not at all: the
/// same request with the same key finds out.
///
/// Clones share the connections: one that writes, one that reads, one that listens.
#[derive(Clone)]
pub struct Postgres(Arc<Shared>);

pub(crate) struct Shared {
    /// This process, as other nodes know it: `node_...`.
    pub(crate) node: String,
    pub(crate) held: Arc<Held>,
    config: Config,
    idle: Idle,
    reading: Link,
    settling: mpsc::UnboundedSender<Waiting>,
    releases: mpsc::UnboundedSender<Release>,
    news: broadcast::Sender<News>,
    tasks: Vec<tokio::task::AbortHandle>,
}

/// What a node gives back without waiting for it.
pub(crate) enum Release {
    Claim {
        org: String,
        key: String,
        number: i64,
    },
    Job {
        name: String,
        number: i64,
    },
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres")
            .field("node", &self.0.node)
            .finish_non_exhaustive()
    }
}

impl Postgres {
    /// Connects, as a new node, to a URL such as `postgres://user@host/database`, and makes the
    /// tables that are not there; their names begin with `exai_`. TLS is asked for unless the host
    /// is this machine, or the URL says otherwise.
    ///
    /// # Errors
    /// The URL is none, nothing answers there, or the tables cannot be made.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let config: Config = url.parse().map_err(StoreError::new)?;
        let mut chance = [0_u8; 16];
        getrandom::fill(&mut chance).map_err(|error| StoreError::new(error.to_string()))?;
        let node = format!("node_{:032x}", u128::from_be_bytes(chance));
        let writing = Arc::new(Link::new(config.clone()));
        let (settling, queue) = mpsc::unbounded_channel();
        let (releases, released) = mpsc::unbounded_channel();
        let (news, _) = broadcast::channel(1024);
        nodes::prepare(&writing, &node).await?;
        let held = Arc::<Held>::default();
        let tasks = [
            tokio::spawn(settle::settle_all(writing, queue, news.clone())),
            tokio::spawn(nodes::beat(
                config.clone(),
                node.clone(),
                held.clone(),
                news.clone(),
            )),
            tokio::spawn(nodes::listen(config.clone(), news.clone())),
            tokio::spawn(nodes::release_all(config.clone(), node.clone(), released)),
        ];
        Ok(Self(Arc::new(Shared {
            node,
            held,
            reading: Link::new(config.clone()),
            config,
            idle: Idle::default(),
            settling,
            releases,
            news,
            tasks: tasks
                .iter()
                .map(tokio::task::JoinHandle::abort_handle)
                .collect(),
        })))
    }

    /// A unit of work on this database.
    pub fn unit(&self) -> Unit {
        Unit::of_postgres(self.clone())
    }

    /// What nodes tell each other with [`Transaction::tell`], this one included, and what becomes
    /// of nodes.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.0.news.subscribe()
    }

    /// The rows that a statement gives, in a transaction of its own.
    ///
    /// # Errors
    /// What the database says, or that it does not answer.
    pub async fn query(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        self.0.reading.query(sql, params).await
    }

    /// Whether it can be written.
    ///
    /// # Errors
    /// The database, or the way to it.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.settle(Steps::default()).await.map(drop)
    }

    /// Whether both are clones of one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }

    /// Settles a unit: false where it was overtaken.
    pub(crate) async fn settle(&self, steps: Steps) -> Result<bool, StoreError> {
        let gone = || StoreError::new("the writer has stopped");
        let (settled, outcome) = oneshot::channel();
        let waiting = Waiting { steps, settled };
        self.0.settling.send(waiting).map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }

    /// Appends a receipt without more.
    pub(crate) async fn append(&self, draft: Draft) -> Result<(), StoreError> {
        let drafts = vec![draft];
        let steps = Steps {
            drafts,
            ..Steps::default()
        };
        self.settle(steps).await.map(drop)
    }
}

impl Shared {
    pub(crate) fn release(&self, release: Release) {
        // A node that ends gives everything back by ending.
        let _ = self.releases.send(release);
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        for task in &self.tasks[1..] {
            task.abort();
        }
    }
}
