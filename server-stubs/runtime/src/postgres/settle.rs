//! Units of work, settled: one node at a time, and many units in a transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::News;
use super::link::{self, Link, Session};
use crate::receipt::Head;
use crate::{Draft, StoreError};

/// Units that share a transaction at most.
const BATCH: usize = 64;

/// One transaction at a time, over all nodes: what a unit has checked is so until it is written.
pub(super) const BEGIN: &str =
    "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('exai ' || current_schema(), 0))";

/// The transaction that a unit is settled in. It ends by itself.
#[derive(Clone)]
pub struct Transaction(Arc<Session>);

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}

impl Transaction {
    pub(super) fn new(session: Arc<Session>) -> Self {
        Self(session)
    }

    /// The rows that a statement gives. It is prepared when it is first used.
    ///
    /// # Errors
    /// What the database says, or that it does not answer within five seconds; nothing of the unit
    /// is written then.
    pub async fn query(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        link::soon(self.0.query(sql, params)).await
    }

    /// Tells all nodes something once this is committed, see [`Postgres::news`](super::Postgres::news).
    ///
    /// # Errors
    /// What the database says.
    pub async fn tell(&self, news: &str) -> Result<(), StoreError> {
        let told = self.query("SELECT pg_notify('exai', $1)", &[&news]).await;
        told.map(drop)
    }
}

type Check =
    Box<dyn for<'t> FnOnce(&'t Transaction) -> BoxFuture<'t, Result<bool, StoreError>> + Send>;
type Write =
    Box<dyn for<'t> FnOnce(&'t Transaction) -> BoxFuture<'t, Result<(), StoreError>> + Send>;

/// What a unit does to the database.
#[derive(Default)]
pub(crate) struct Steps {
    pub(crate) checks: Vec<Check>,
    pub(crate) writes: Vec<Write>,
    pub(crate) drafts: Vec<Draft>,
}

impl Steps {
    pub(crate) fn is_empty(&self) -> bool {
        self.checks.is_empty() && self.writes.is_empty() && self.drafts.is_empty()
    }
}

/// A unit that waits to be settled.
pub(super) struct Waiting {
    pub(super) steps: Steps,
    pub(super) settled: oneshot::Sender<Result<bool, StoreError>>,
}

/// Settles what comes, until nobody is left who could send something. A transaction that fails may
/// have been committed all the same, its answer lost: it is news that something was missed.
pub(super) async fn settle_all(
    link: Arc<Link>,
    mut queue: mpsc::UnboundedReceiver<Waiting>,
    news: broadcast::Sender<News>,
) {
    let mut waiting = Vec::new();
    while queue.recv_many(&mut waiting, BATCH).await > 0 {
        let (steps, tell): (Vec<_>, Vec<_>) = waiting
            .drain(..)
            .map(|one| (one.steps, one.settled))
            .unzip();
        let mut outcomes = Vec::new();
        let committed = settle_with(&link, steps, &mut outcomes).await;
        let mut outcomes = outcomes.into_iter();
        for tell in tell {
            let outcome = match (&committed, outcomes.next()) {
                (Ok(()), Some(outcome)) => outcome,
                (Ok(()), None) => Err(StoreError::new("the unit was left out")),
                (Err(why), _) => Err(StoreError::new(why.to_string())),
            };
            // Nobody may be waiting any more; what is committed is so all the same.
            let _ = tell.send(outcome);
        }
        if let Err(why) = committed {
            // Who has waited meanwhile has waited long enough.
            while let Ok(one) = queue.try_recv() {
                let _ = one.settled.send(Err(StoreError::new(why.to_string())));
            }
            let _ = news.send(News::Missed);
        }
    }
}

/// Settles units on the connection, which is let go of where they are not.
async fn settle_with(
    link: &Link,
    steps: Vec<Steps>,
    outcomes: &mut Vec<Result<bool, StoreError>>,
) -> Result<(), StoreError> {
    let session = link.session().await?;
    let settled = link::soon(settle(&session, steps, outcomes)).await;
    if settled.is_err() {
        // A transaction that is given up must not stay open behind the next one.
        link.forget(&session);
    }
    settled
}

/// One transaction for all. One that fails does so alone, unless the connection is lost.
async fn settle(
    session: &Arc<Session>,
    batch: Vec<Steps>,
    outcomes: &mut Vec<Result<bool, StoreError>>,
) -> Result<(), StoreError> {
    session.batch(BEGIN).await?;
    let transaction = Transaction(session.clone());
    let alone = batch.len() == 1;
    let mut drafts = Vec::new();
    for steps in batch {
        let more = steps.drafts;
        let bare = steps.checks.is_empty() && steps.writes.is_empty();
        if !alone && !bare {
            session.batch("SAVEPOINT unit").await?;
        }
        let outcome = run(&transaction, steps.checks, steps.writes).await;
        match &outcome {
            Ok(true) => drafts.extend(more),
            Ok(false) => {}
            Err(_) if session.is_closed() => return outcome.map(drop),
            Err(_) if alone => session.batch("ROLLBACK; BEGIN").await?,
            Err(_) => session.batch("ROLLBACK TO SAVEPOINT unit").await?,
        }
        outcomes.push(outcome);
    }
    append(&transaction, drafts).await?;
    session.batch("COMMIT").await
}

async fn run(
    transaction: &Transaction,
    checks: Vec<Check>,
    writes: Vec<Write>,
) -> Result<bool, StoreError> {
    for holds in checks {
        if !holds(transaction).await? {
            return Ok(false);
        }
    }
    for write in writes {
        write(transaction).await?;
    }
    Ok(true)
}

/// Puts drafts at the heads of their chains, all in three statements.
async fn append(transaction: &Transaction, drafts: Vec<Draft>) -> Result<(), StoreError> {
    if drafts.is_empty() {
        return Ok(());
    }
    let org = |draft: &Draft| draft.org.clone().unwrap_or_default();
    let touched: Vec<String> = drafts.iter().map(org).collect();
    let found = "SELECT org, sequence, hash FROM exai_chains WHERE org = ANY($1)";
    let mut heads = BTreeMap::new();
    for row in transaction.query(found, &[&touched]).await? {
        let sequence: i64 = row.get(1);
        let sequence = u64::try_from(sequence).map_err(StoreError::new)?;
        let hash = row.get(2);
        heads.insert(row.get::<_, String>(0), Head { sequence, hash });
    }
    let (mut orgs, mut sequences) = (Vec::new(), Vec::new());
    let (mut ids, mut records) = (Vec::new(), Vec::new());
    for draft in drafts {
        let org = org(&draft);
        let sealed = draft.sealed(heads.remove(&org));
        let (record, text) = sealed.map_err(StoreError::new)?;
        let text = String::from_utf8(text).map_err(StoreError::new)?;
        let (sequence, hash) = (record.sequence, record.hash);
        heads.insert(org.clone(), Head { sequence, hash });
        orgs.push(org);
        sequences.push(i64::try_from(sequence).map_err(StoreError::new)?);
        ids.push(record.id);
        records.push(text);
    }
    let insert = "INSERT INTO exai_receipts (org, sequence, id, record) \
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])";
    let rows: &[&(dyn ToSql + Sync)] = &[&orgs, &sequences, &ids, &records];
    transaction.query(insert, rows).await?;
    let (mut orgs, mut sequences, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    for (org, head) in heads {
        orgs.push(org);
        sequences.push(i64::try_from(head.sequence).map_err(StoreError::new)?);
        hashes.push(head.hash);
    }
    let update = "INSERT INTO exai_chains (org, sequence, hash) \
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[]) \
        ON CONFLICT (org) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash";
    let rows: &[&(dyn ToSql + Sync)] = &[&orgs, &sequences, &hashes];
    transaction.query(update, rows).await.map(drop)
}
