//! Who lives, who does what, and what nodes tell each other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::{broadcast, mpsc};
use tokio::time::timeout;
use tokio_postgres::{AsyncMessage, Config};

use super::link::{self, Link};
use super::{LEASE, Postgres, Release, Transaction};
use crate::StoreError;
use crate::idempotency::Claims;

/// What a node learns of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// Somebody has said this, with [`Transaction::tell`].
    Told(String),
    /// Something may have been missed: a connection was lost, or the answer to a transaction, whose
    /// unit may be committed though nobody began what was to come [after](crate::Unit::after) it.
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
    number: i64,
}

impl Postgres {
    /// Takes a piece of background work, if no living node has it; one name is one piece.
    ///
    /// # Errors
    /// The database failed.
    pub async fn take_job(&self, name: &str) -> Result<Option<Job>, StoreError> {
        let take = "INSERT INTO exai_jobs AS job (name, node, number) VALUES ($1, $2, $3) \
            ON CONFLICT (name) DO UPDATE SET node = excluded.node, number = excluded.number \
            WHERE job.node = excluded.node \
                OR NOT EXISTS (SELECT FROM exai_nodes WHERE id = job.node AND until > now()) \
            RETURNING true";
        let Some(number) = self.shared().held.jobs.begin(name) else {
            return Ok(None);
        };
        // From here on it is given back unless it is handed out: an answer that is lost may have
        // been a yes.
        let job = Job {
            postgres: self.clone(),
            name: name.to_owned(),
            number,
        };
        let taken = self
            .query(take, &[&name, &self.shared().node, &number])
            .await?;
        Ok((!taken.is_empty()).then_some(job))
    }
}

impl Job {
    /// Whether it is still this node's, to be asked in the transaction that writes what was done.
    ///
    /// # Errors
    /// The database failed.
    pub async fn holds(&self, transaction: &Transaction) -> Result<bool, StoreError> {
        let held = "SELECT true FROM exai_jobs WHERE name = $1 AND node = $2 AND number = $3";
        let node = &self.postgres.shared().node;
        let held = transaction
            .query(held, &[&self.name, node, &self.number])
            .await?;
        Ok(!held.is_empty())
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let (name, number) = (std::mem::take(&mut self.name), self.number);
        let shared = self.postgres.shared();
        shared.held.jobs.end(&name);
        shared.release(Release::Job { name, number });
    }
}

/// What this node has claimed, taken, or asks for.
#[derive(Debug, Default)]
pub(crate) struct Held {
    pub(crate) claims: Claims,
    jobs: Jobs,
}

/// Pieces of work by name, each with a number that no other has.
#[derive(Debug, Default)]
struct Jobs(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    by_name: HashMap<String, i64>,
    last: i64,
}

impl Jobs {
    /// A number for a piece of work; `None` where this node does it already, or asks for it.
    fn begin(&self, name: &str) -> Option<i64> {
        let mut taken = self.taken();
        if taken.by_name.contains_key(name) {
            return None;
        }
        taken.last += 1;
        let number = taken.last;
        taken.by_name.insert(name.to_owned(), number);
        Some(number)
    }

    fn end(&self, name: &str) {
        self.taken().by_name.remove(name);
    }

    /// The numbers that are in use, and the last that was given out.
    fn numbers(&self) -> (Vec<i64>, i64) {
        let taken = self.taken();
        (taken.by_name.values().copied().collect(), taken.last)
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Says again and again that a node lives, gives back what it does not do, and finds those nodes
/// that do not live.
pub(super) async fn beat(
    config: Config,
    node: String,
    held: Arc<Held>,
    news: broadcast::Sender<News>,
) {
    let link = Link::new(config);
    loop {
        tokio::time::sleep(LEASE / 5).await;
        let bury = "DELETE FROM exai_nodes WHERE until < now() RETURNING id";
        // A database that does not answer is asked again; requests say that it does not.
        if live(&link, &node).await.is_ok()
            && give_back(&link, &node, &held).await.is_ok()
            && let Ok(gone) = link.query(bury, &[]).await
            && !gone.is_empty()
        {
            let _ = news.send(News::NodesGone);
        }
    }
}

/// Gives back what is this node's in the database and nobody here knows of: the connection was lost
/// between a claim and its answer, or while it was given back. Others would wait for it for as long
/// as this node lives. A number that was given out before the looking, and is not in use, is over.
async fn give_back(link: &Link, node: &str, held: &Held) -> Result<(), StoreError> {
    let claims = "DELETE FROM exai_claims \
        WHERE node = $1 AND number <= $2 AND NOT number = ANY($3)";
    let jobs = "DELETE FROM exai_jobs \
        WHERE node = $1 AND number <= $2 AND NOT number = ANY($3)";
    for (sql, (used, last)) in [(claims, held.claims.numbers()), (jobs, held.jobs.numbers())] {
        link.query(sql, &[&node, &last, &used]).await?;
    }
    Ok(())
}

/// Passes on what nodes say, over every loss of the connection.
pub(super) async fn listen(config: Config, news: broadcast::Sender<News>) {
    loop {
        let heard = async {
            let (session, mut messages) = link::connect(&config).await?;
            link::soon(session.batch("LISTEN exai")).await?;
            let _ = news.send(News::Missed);
            loop {
                match timeout(LEASE, messages.next()).await {
                    Ok(Some(AsyncMessage::Notification(told))) => {
                        let _ = news.send(News::Told(told.payload().to_owned()));
                    }
                    Ok(Some(_)) => {}
                    Ok(None) => return Ok::<(), StoreError>(()),
                    // Nothing to tell, or nobody there any more.
                    Err(_) => link::soon(session.batch("")).await?,
                }
            }
        };
        // Lost or refused, it is tried again.
        let _ = heard.await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Gives back what is released. What fails is given back by the [`beat`].
pub(super) async fn release_all(
    config: Config,
    node: String,
    mut released: mpsc::UnboundedReceiver<Release>,
) {
    let link = Link::new(config);
    while let Some(one) = released.recv().await {
        let _ = match one {
            Release::Claim { org, key, number } => {
                let delete = "DELETE FROM exai_claims \
                    WHERE org = $1 AND key = $2 AND node = $3 AND number = $4";
                link.query(delete, &[&org, &key, &node, &number]).await
            }
            Release::Job { name, number } => {
                let delete = "DELETE FROM exai_jobs WHERE name = $1 AND node = $2 AND number = $3";
                link.query(delete, &[&name, &node, &number]).await
            }
        };
    }
}
