//! Who lives, who does what, and what nodes tell each other.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::{broadcast, mpsc};
use tokio_postgres::{AsyncMessage, Config};

use super::link::{self, Link};
use super::{LEASE, Postgres, Release, Transaction};
use crate::StoreError;

/// What a node learns of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// Somebody has said this, with [`Transaction::tell`].
    Told(String),
    /// Something may have been missed: the connection was lost.
    Missed,
    /// Nodes have ended, or cannot reach the database any more: what they did is nobody's now.
    NodesGone,
}

/// The right of this node to do a piece of background work. It is given back when this is dropped,
/// and lost when the node is taken for dead.
#[derive(Debug)]
pub struct Job {
    postgres: Postgres,
    name: String,
}

impl Postgres {
    /// Takes a piece of background work, if no living node has it; one name is one piece.
    ///
    /// # Errors
    /// The database failed.
    pub async fn take_job(&self, name: &str) -> Result<Option<Job>, StoreError> {
        let take = "INSERT INTO exai_jobs AS job (name, node) VALUES ($1, $2) \
            ON CONFLICT (name) DO UPDATE SET node = excluded.node \
            WHERE NOT EXISTS (SELECT FROM exai_nodes WHERE id = job.node AND until > now()) \
            RETURNING true";
        let taken = self.query(take, &[&name, &self.shared().node]).await?;
        Ok((!taken.is_empty()).then(|| Job {
            postgres: self.clone(),
            name: name.to_owned(),
        }))
    }
}

impl Job {
    /// Whether it is still this node's, to be asked in the transaction that writes what was done.
    ///
    /// # Errors
    /// The database failed.
    pub async fn holds(&self, transaction: &Transaction) -> Result<bool, StoreError> {
        let held = "SELECT true FROM exai_jobs WHERE name = $1 AND node = $2";
        let node = &self.postgres.shared().node;
        let held = transaction.query(held, &[&self.name, node]).await?;
        Ok(!held.is_empty())
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        self.postgres.shared().release(Release::Job(name));
    }
}

/// Makes the tables and says that a node lives.
pub(super) async fn prepare(link: &Link, node: &str) -> Result<(), StoreError> {
    let session = link.session().await?;
    let begin = "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('exai tables', 0))";
    let made = async {
        session.batch(begin).await?;
        session.batch(include_str!("schema.sql")).await?;
        session.batch("COMMIT").await
    };
    link.within(&session, made).await?;
    live(link, node).await
}

async fn live(link: &Link, node: &str) -> Result<(), StoreError> {
    let lives = "INSERT INTO exai_nodes (id, until) VALUES ($1, now() + make_interval(secs => $2)) \
        ON CONFLICT (id) DO UPDATE SET until = excluded.until";
    let lease = LEASE.as_secs_f64();
    link.query(lives, &[&node, &lease]).await.map(drop)
}

/// Says again and again that a node lives, and finds those that do not.
pub(super) async fn beat(config: Config, node: String, news: broadcast::Sender<News>) {
    let link = Link::new(config);
    loop {
        tokio::time::sleep(LEASE / 5).await;
        let bury = "DELETE FROM exai_nodes WHERE until < now() RETURNING id";
        // A database that does not answer is asked again; requests say that it does not.
        if live(&link, &node).await.is_ok()
            && let Ok(gone) = link.query(bury, &[]).await
            && !gone.is_empty()
        {
            let _ = news.send(News::NodesGone);
        }
    }
}

/// Passes on what nodes say, over every loss of the connection.
pub(super) async fn listen(config: Config, news: broadcast::Sender<News>) {
    loop {
        let heard = async {
            let (session, mut messages) = link::connect(&config).await?;
            session.batch("LISTEN exai").await?;
            let _ = news.send(News::Missed);
            while let Some(message) = messages.next().await {
                if let AsyncMessage::Notification(told) = message {
                    let _ = news.send(News::Told(told.payload().to_owned()));
                }
            }
            Ok::<(), StoreError>(())
        };
        // Lost or refused, it is tried again.
        let _ = heard.await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Gives back what is released, again until it is done.
pub(super) async fn release_all(
    config: Config,
    node: String,
    mut released: mpsc::UnboundedReceiver<Release>,
) {
    let link = Arc::new(Link::new(config));
    while let Some(one) = released.recv().await {
        let give_back = async || match &one {
            Release::Claim { org, key, number } => {
                let delete = "DELETE FROM exai_claims \
                    WHERE org = $1 AND key = $2 AND node = $3 AND number = $4";
                link.query(delete, &[org, key, &node, number]).await
            }
            Release::Job(name) => {
                let delete = "DELETE FROM exai_jobs WHERE name = $1 AND node = $2";
                link.query(delete, &[name, &node]).await
            }
        };
        while give_back().await.is_err() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}
