//! Rows in a database that nodes share. Keys are bytes, which sort as text does in a file.

use std::collections::BTreeMap;

use exai_runtime::{Postgres, StoreError, Transaction};

use super::pending::{Changes, digest_of_digests};
use super::{Found, Linked, Table};

/// Made in one transaction: of nodes that begin at once, one makes them.
const TABLES: [&str; 3] = [
    "SELECT pg_advisory_xact_lock(hashtextextended('sandbox tables', 0))",
    "CREATE TABLE IF NOT EXISTS sandbox_rows \
        (space smallint, key bytea, value bytea NOT NULL, PRIMARY KEY (space, key))",
    "CREATE TABLE IF NOT EXISTS sandbox_events \
        (subject bytea, number bigint, event bytea NOT NULL, PRIMARY KEY (subject, number))",
];

const GET: &str = "SELECT value FROM sandbox_rows WHERE space = $1 AND key = $2";
const SCAN: &str = "SELECT key, value FROM sandbox_rows \
    WHERE space = $1 AND key >= $2 AND key < $3 ORDER BY key";
const AFTER: &str = "SELECT value FROM sandbox_rows \
    WHERE space = 0 AND key > $1 AND key < $2 ORDER BY key LIMIT $3";
const EVENTS: &str = "SELECT number, event FROM sandbox_events \
    WHERE subject = $1 AND number > $2 ORDER BY number LIMIT $3";
const LAST: &str = "SELECT number, event FROM sandbox_events \
    WHERE subject = $1 ORDER BY number DESC LIMIT 1";
const SEEN: &str = "SELECT one.space, one.key, sha256(one.value) FROM sandbox_rows one \
    JOIN unnest($1::smallint[], $2::bytea[]) AS seen (space, key) \
    ON one.space = seen.space AND one.key = seen.key";
const SCANNED: &str = "SELECT key, sha256(value) FROM sandbox_rows \
    WHERE space = $1 AND key >= $2 AND key < $3 ORDER BY key";
const LASTS: &str = "SELECT subject, max(number) FROM sandbox_events \
    WHERE subject = ANY($1) GROUP BY subject";
const PUT: &str = "INSERT INTO sandbox_rows (space, key, value) \
    SELECT * FROM unnest($1::smallint[], $2::bytea[], $3::bytea[]) \
    ON CONFLICT (space, key) DO UPDATE SET value = excluded.value";
const REMOVE: &str = "DELETE FROM sandbox_rows one \
    USING unnest($1::smallint[], $2::bytea[]) AS gone (space, key) \
    WHERE one.space = gone.space AND one.key = gone.key";
const TELL: &str = "INSERT INTO sandbox_events (subject, number, event) \
    SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bytea[])";

fn space(table: Table) -> i16 {
    match table {
        Table::Records => 0,
        Table::Bytes => 1,
    }
}

/// What every key with this prefix is below: no text has this byte.
fn above(prefix: &str) -> Vec<u8> {
    [prefix.as_bytes(), &[0xFF]].concat()
}

fn text(key: &[u8]) -> Result<String, StoreError> {
    String::from_utf8(key.to_vec()).map_err(StoreError::new)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(super) async fn prepare(postgres: &Postgres) -> Result<(), StoreError> {
    let alone = postgres.begin().await?;
    for statement in TABLES {
        alone.transaction().query(statement, &[]).await?;
    }
    alone.commit().await
}

pub(super) async fn get(
    postgres: &Postgres,
    table: Table,
    key: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let rows = postgres
        .query(GET, &[&space(table), &key.as_bytes()])
        .await?;
    Ok(rows.first().map(|row| row.get(0)))
}

pub(super) async fn get_in(
    transaction: &Transaction,
    table: Table,
    key: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let rows = transaction
        .query(GET, &[&space(table), &key.as_bytes()])
        .await?;
    Ok(rows.first().map(|row| row.get(0)))
}

pub(super) async fn scan(
    postgres: &Postgres,
    table: Table,
    prefix: &str,
) -> Result<Found, StoreError> {
    let range = (prefix.as_bytes(), above(prefix));
    let rows = postgres
        .query(SCAN, &[&space(table), &range.0, &range.1])
        .await?;
    let row = |row: &exai_runtime::Row| Ok((text(row.get(0))?, row.get(1)));
    rows.iter().map(row).collect()
}

pub(super) async fn scan_in(
    transaction: &Transaction,
    table: Table,
    prefix: &str,
) -> Result<Found, StoreError> {
    let range = (prefix.as_bytes(), above(prefix));
    let rows = transaction
        .query(SCAN, &[&space(table), &range.0, &range.1])
        .await?;
    let row = |row: &exai_runtime::Row| Ok((text(row.get(0))?, row.get(1)));
    rows.iter().map(row).collect()
}

pub(super) async fn after(
    postgres: &Postgres,
    prefix: &str,
    key: &str,
    limit: usize,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let range = (key.as_bytes(), above(prefix));
    let rows = postgres.query(AFTER, &[&range.0, &range.1, &limit]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

pub(super) async fn events(
    postgres: &Postgres,
    subject: &str,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = postgres
        .query(EVENTS, &[&subject.as_bytes(), &signed(after), &limit])
        .await?;
    Ok(rows
        .iter()
        .map(|row| (unsigned(row.get(0)), row.get(1)))
        .collect())
}

pub(super) async fn last_event(
    postgres: &Postgres,
    subject: &str,
) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
    let rows = postgres.query(LAST, &[&subject.as_bytes()]).await?;
    Ok(rows.first().map(|row| (unsigned(row.get(0)), row.get(1))))
}

/// The number of a subject's last event, in a transaction; 0 where there is none.
pub(super) async fn last_in(transaction: &Transaction, subject: &str) -> Result<u64, StoreError> {
    let rows = transaction.query(LAST, &[&subject.as_bytes()]).await?;
    Ok(rows.first().map_or(0, |row| unsigned(row.get(0))))
}

/// Whether everything is still as it was seen.
pub(super) async fn hold(changes: &Changes, transaction: &Transaction) -> Result<bool, StoreError> {
    if !changes.seen.is_empty() {
        let (spaces, keys): (Vec<i16>, Vec<&[u8]>) = changes
            .seen
            .keys()
            .map(|(table, key)| (space(*table), key.as_bytes()))
            .unzip();
        let rows = transaction.query(SEEN, &[&spaces, &keys]).await?;
        let now: BTreeMap<(i16, &[u8]), &[u8]> = rows
            .iter()
            .map(|row| ((row.get(0), row.get(1)), row.get(2)))
            .collect();
        for ((table, key), seen) in &changes.seen {
            let now = now.get(&(space(*table), key.as_bytes())).copied();
            if now != seen.as_ref().map(|digest| &digest[..]) {
                return Ok(false);
            }
        }
    }
    for ((table, prefix), seen) in &changes.scanned {
        let range = (prefix.as_bytes(), above(prefix));
        let rows = transaction
            .query(SCANNED, &[&space(*table), &range.0, &range.1])
            .await?;
        let now = digest_of_digests(rows.iter().map(|row| (row.get(0), row.get(1))));
        if now != *seen {
            return Ok(false);
        }
    }
    let subjects: Vec<&[u8]> = changes.events.keys().map(|s| s.as_bytes()).collect();
    if subjects.is_empty() {
        return Ok(true);
    }
    let rows = transaction.query(LASTS, &[&subjects]).await?;
    let now: BTreeMap<&[u8], u64> = rows
        .iter()
        .map(|row| (row.get(0), unsigned(row.get(1))))
        .collect();
    let as_before = |(subject, (kept, _)): (&String, &(u64, _))| {
        now.get(subject.as_bytes()).copied().unwrap_or(0) == *kept
    };
    Ok(changes.events.iter().all(as_before))
}

pub(super) async fn write(changes: &Changes, transaction: &Transaction) -> Result<(), StoreError> {
    let (mut put, mut gone) = (
        (Vec::new(), Vec::new(), Vec::new()),
        (Vec::new(), Vec::new()),
    );
    for ((table, key), row) in &changes.rows {
        match row {
            Some(row) => {
                put.0.push(space(*table));
                put.1.push(key.as_bytes());
                put.2.push(row.as_slice());
            }
            None => {
                gone.0.push(space(*table));
                gone.1.push(key.as_bytes());
            }
        }
    }
    let mut told = (Vec::new(), Vec::new(), Vec::new());
    for (subject, (kept, more)) in &changes.events {
        for (number, json) in (*kept + 1..).zip(more) {
            told.0.push(subject.as_bytes());
            told.1.push(signed(number));
            told.2.push(json.as_slice());
        }
    }
    if !put.0.is_empty() {
        transaction.query(PUT, &[&put.0, &put.1, &put.2]).await?;
    }
    if !gone.0.is_empty() {
        transaction.query(REMOVE, &[&gone.0, &gone.1]).await?;
    }
    if !told.0.is_empty() {
        transaction
            .query(TELL, &[&told.0, &told.1, &told.2])
            .await?;
    }
    Ok(())
}

/// Writes what is made of a row as it is now, and the event of it.
pub(super) async fn link<E: std::fmt::Display>(
    transaction: &Transaction,
    head: &str,
    subject: &str,
    make: impl FnOnce(Option<&[u8]>) -> Result<Linked, E>,
) -> Result<(), StoreError> {
    let found = get_in(transaction, Table::Records, head).await?;
    let made = make(found.as_deref());
    let Linked { rows, event } = made.map_err(|error| StoreError::new(error.to_string()))?;
    let mut changes = Changes::default();
    for (key, row) in rows {
        changes.rows.insert((Table::Records, key), Some(row));
    }
    let kept = last_in(transaction, subject).await?;
    changes
        .events
        .insert(subject.to_owned(), (kept, vec![event]));
    write(&changes, transaction).await
}

/// Takes everything away, receipts and keys included, but one record and what nodes are doing.
pub(super) async fn clear(transaction: &Transaction, but: &str) -> Result<(), StoreError> {
    let but = but.as_bytes();
    transaction
        .query(
            "DELETE FROM sandbox_rows WHERE NOT (space = 0 AND key = $1)",
            &[&but],
        )
        .await?;
    for statement in [
        "DELETE FROM sandbox_events",
        "DELETE FROM exai_kept",
        "DELETE FROM exai_receipts",
        "DELETE FROM exai_chains",
        "DELETE FROM exai_deliveries",
    ] {
        transaction.query(statement, &[]).await?;
    }
    transaction.tell("reset").await
}
