//! What stores have in common: their error, and the file that the embedded ones keep.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use redb::{Database, ReadTransaction, ReadableDatabase, WriteTransaction};
use tokio::sync::oneshot;

use crate::Unit;
use crate::idempotency::{Answers, Claims};
use crate::receipt::Chains;

/// A store could not do what it was asked. The client learns of a 500 and no more; the operator
/// reads this in an [`Incident`](crate::Incident).
#[derive(Debug)]
pub struct StoreError(Box<dyn std::error::Error + Send + Sync>);

impl StoreError {
    /// From what went wrong.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }

    pub(crate) fn overtaken() -> Self {
        Self::new(Overtaken)
    }

    /// Whether a [`Unit`] was not committed because what it had seen had changed. Its work can be
    /// done again.
    pub fn is_overtaken(&self) -> bool {
        self.0.is::<Overtaken>()
    }
}

#[derive(Debug)]
struct Overtaken;

impl std::fmt::Display for Overtaken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("what was read has changed before it was written")
    }
}

impl std::error::Error for Overtaken {}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the store failed: {}", self.0)
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

/// What a piece of work does once it is known whether its transaction was committed.
type Finish = Box<dyn FnOnce(Result<(), String>) + Send>;
type Work = Box<dyn FnOnce(&mut Batch<'_>) -> (Result<(), redb::Error>, Finish) + Send>;

/// Pieces of work that share a commit at most.
const BATCH: usize = 256;

/// The transaction that pieces of work share. What the layers write for each of them stays open
/// from one to the next.
pub(crate) struct Batch<'t> {
    transaction: &'t WriteTransaction,
    chains: Option<Chains<'t>>,
    answers: Option<Answers<'t>>,
}

impl<'t> Batch<'t> {
    fn of(transaction: &'t WriteTransaction) -> Self {
        Self {
            transaction,
            chains: None,
            answers: None,
        }
    }

    /// The transaction, for tables that are not the layers' own.
    pub(crate) fn transaction(&self) -> &'t WriteTransaction {
        self.transaction
    }

    pub(crate) fn chains(&mut self) -> Result<&mut Chains<'t>, redb::Error> {
        if self.chains.is_none() {
            self.chains = Some(Chains::open(self.transaction)?);
        }
        self.chains.as_mut().ok_or_else(closed)
    }

    pub(crate) fn answers(&mut self) -> Result<&mut Answers<'t>, redb::Error> {
        if self.answers.is_none() {
            self.answers = Some(Answers::open(self.transaction)?);
        }
        self.answers.as_mut().ok_or_else(closed)
    }

    /// Writes what is written once for all of them.
    fn close(self) -> Result<(), redb::Error> {
        self.answers.map_or(Ok(()), Answers::close)
    }
}

fn closed() -> redb::Error {
    redb::Error::Corrupted("a table that was opened is not open".to_owned())
}

/// Bytes of the file that are held in memory at most; redb's own default is 1 GiB, which a flood of
/// requests would fill with pages that nobody asks for again.
const CACHE: usize = 64 << 20;

/// One file that keeps what must outlive the process, in [redb](https://www.redb.org).
///
/// Writes are made by a thread of their own. Those that wait while one is committed share the next
/// commit, so that many requests at once pay for few flushes to the disk; each is answered when it
/// is on the disk. Clones share the file, which is closed when the last of them is dropped.
#[derive(Clone)]
pub struct Embedded(Arc<File>);

struct File {
    database: Arc<Database>,
    work: Option<mpsc::Sender<Work>>,
    writer: Option<JoinHandle<()>>,
    claims: Claims,
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").finish_non_exhaustive()
    }
}

impl Embedded {
    /// Opens the file, or makes it. One process at a time can have it open. At most 64 MiB of it are
    /// held in memory; a server that wants more opens it itself, see [`Embedded::share`].
    ///
    /// # Errors
    /// The file is another process's, is none of redb's, or cannot be written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let mut builder = Database::builder();
        let database = builder.set_cache_size(CACHE).create(path);
        let database = database.map_err(StoreError::new)?;
        Self::share(Arc::new(database))
    }

    /// Uses a database that the server has open for its own tables, whose names must not begin with
    /// `exai.`.
    ///
    /// # Errors
    /// No thread could be started.
    pub fn share(database: Arc<Database>) -> Result<Self, StoreError> {
        let (work, queue) = mpsc::channel();
        let writing = database.clone();
        let writer = std::thread::Builder::new()
            .name("exai-embedded".to_owned())
            .spawn(move || write_all(&writing, &queue))
            .map_err(StoreError::new)?;
        Ok(Self(Arc::new(File {
            database,
            work: Some(work),
            writer: Some(writer),
            claims: Claims::default(),
        })))
    }

    /// Whether both are clones of one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A unit of work on this file.
    pub fn unit(&self) -> Unit {
        Unit::new(self.clone())
    }

    pub(crate) fn claims(&self) -> &Claims {
        &self.0.claims
    }

    /// Whether it can be written.
    ///
    /// # Errors
    /// The disk, or the thread that writes.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.write(|_| Ok(())).await
    }

    /// Runs `work` in a write transaction, and gives back what it made once that is on the disk.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, redb::Error> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let work: Work = Box::new(move |batch| {
            let (done, made) = match work(batch) {
                Ok(made) => (Ok(()), Some(made)),
                Err(error) => (Err(error), None),
            };
            let finish: Finish = Box::new(move |committed| {
                let result = committed.and_then(|()| made.ok_or_else(|| "no result".to_owned()));
                // Nobody may be waiting any more; the work is done all the same.
                let _ = sender.send(result);
            });
            (done, finish)
        });
        let gone = || StoreError::new("the writer has stopped");
        let queue = self.0.work.as_ref().ok_or_else(gone)?;
        queue.send(work).map_err(|_| gone())?;
        receiver.await.map_err(|_| gone())?.map_err(StoreError::new)
    }

    /// Runs `work`, which reads a row or two, in a read transaction.
    pub(crate) fn look<T>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        let read = || work(&self.0.database.begin_read()?);
        read().map_err(StoreError::new)
    }

    /// Runs `work` in a read transaction, off the threads that serve requests.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error> + Send + 'static,
    ) -> Result<T, StoreError> {
        let database = self.0.database.clone();
        let read = move || work(&database.begin_read()?);
        tokio::task::spawn_blocking(read)
            .await
            .map_err(StoreError::new)?
            .map_err(StoreError::new)
    }
}

impl Drop for File {
    /// Waits until what is queued is written, so that the file can be opened again at once.
    fn drop(&mut self) {
        drop(self.work.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn write_all(database: &Database, queue: &mpsc::Receiver<Work>) {
    while let Ok(first) = queue.recv() {
        let batch = std::iter::once(first).chain(queue.try_iter()).take(BATCH);
        let mut finishes = Vec::new();
        let committed = write_batch(database, batch, &mut finishes).map_err(|e| e.to_string());
        for finish in finishes {
            finish(committed.clone());
        }
    }
}

/// One transaction for all. The first failure ends it for all of them: what can fail here is the
/// disk, not one of them alone.
fn write_batch(
    database: &Database,
    batch: impl Iterator<Item = Work>,
    finishes: &mut Vec<Finish>,
) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    let mut shared = Batch::of(&transaction);
    for work in batch {
        let (done, finish) = work(&mut shared);
        finishes.push(finish);
        done?;
    }
    shared.close()?;
    Ok(transaction.commit()?)
}

/// A table that nothing was written to yet is not there.
pub(crate) fn table<T>(opened: Result<T, redb::TableError>) -> Result<Option<T>, redb::Error> {
    match opened {
        Ok(table) => Ok(Some(table)),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
