//! What a request writes, committed with its answer as a whole.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(feature = "postgres")]
use futures::future::BoxFuture;
use redb::WriteTransaction;

#[cfg(feature = "postgres")]
use crate::postgres::{Postgres, Steps, Transaction};
use crate::store::Batch;
use crate::{Embedded, StoreError};

type Check = Box<dyn FnOnce(&WriteTransaction) -> Result<bool, redb::Error> + Send>;
type Write = Box<dyn FnOnce(&mut Batch<'_>) -> Result<(), redb::Error> + Send>;

tokio::task_local! {
    static CURRENT: Unit;
}

/// One transaction of an [`Embedded`] file, or of Postgres, that is gathered while work goes on, and
/// committed at its end: all of it, or nothing where the work is dropped, fails, or was overtaken.
///
/// A keyed request whose answer is kept in the file runs in a unit of its own: what its handler
/// adds to [`Unit::current`] is committed with the answer and its receipt. So a server that is
/// killed at any moment has done a request whole, and replays it, or not at all.
///
/// Units do not lock: each says with [`Unit::check`] what it has seen, and a unit whose checks do
/// not hold any more is not committed. A request that was overtaken so runs again.
#[derive(Clone)]
pub struct Unit(Arc<Gathering>);

struct Gathering {
    home: Home,
    gathered: Mutex<Gathered>,
}

/// What a unit is committed to.
enum Home {
    File(Embedded),
    #[cfg(feature = "postgres")]
    Postgres(Postgres),
}

#[derive(Default)]
struct Gathered {
    checks: Vec<Check>,
    writes: Vec<Write>,
    #[cfg(feature = "postgres")]
    steps: Steps,
    after: Vec<Box<dyn FnOnce() + Send>>,
    parts: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
    committed: bool,
}

impl std::fmt::Debug for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unit").finish_non_exhaustive()
    }
}

impl Unit {
    pub(crate) fn new(file: Embedded) -> Self {
        Self::at(Home::File(file))
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn of_postgres(postgres: Postgres) -> Self {
        Self::at(Home::Postgres(postgres))
    }

    fn at(home: Home) -> Self {
        let gathered = Mutex::default();
        Self(Arc::new(Gathering { home, gathered }))
    }

    /// The unit that this task works in, unless it is committed already.
    pub fn current() -> Option<Self> {
        let current = CURRENT.try_with(Clone::clone).ok();
        current.filter(|unit| !unit.gathered().committed)
    }

    /// The unit that this task works in, if it is one of this file.
    pub(crate) fn current_of(file: &Embedded) -> Option<Self> {
        Self::current().filter(|unit| unit.is_of(file))
    }

    /// Whether it writes to this file.
    pub(crate) fn is_of(&self, file: &Embedded) -> bool {
        match &self.0.home {
            Home::File(own) => own.is(file),
            #[cfg(feature = "postgres")]
            Home::Postgres(_) => false,
        }
    }

    /// Whether it writes to this database.
    #[cfg(feature = "postgres")]
    pub(crate) fn is_of_postgres(&self, postgres: &Postgres) -> bool {
        matches!(&self.0.home, Home::Postgres(own) if own.is(postgres))
    }

    /// The unit that this task works in, if it is one of this database.
    #[cfg(feature = "postgres")]
    pub(crate) fn current_of_postgres(postgres: &Postgres) -> Option<Self> {
        Self::current().filter(|unit| unit.is_of_postgres(postgres))
    }

    /// Runs work in this unit. Tasks that it spawns are not in it.
    pub async fn run<F: Future>(&self, work: F) -> F::Output {
        self.scope(work).await
    }

    /// Work that runs in this unit.
    pub(crate) fn scope<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self.clone(), work)
    }

    /// Commits only if this still holds then. Of all units of a file one is checked and written at
    /// a time; all checks of a unit come before its writes.
    pub fn check(
        &self,
        holds: impl FnOnce(&WriteTransaction) -> Result<bool, redb::Error> + Send + 'static,
    ) {
        self.gathered().checks.push(Box::new(holds));
    }

    /// Writes this, after what was added before it.
    pub fn write(
        &self,
        write: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error> + Send + 'static,
    ) {
        self.write_own(|batch| write(batch.transaction()));
    }

    /// As [`Unit::write`], to the tables of the layers.
    pub(crate) fn write_own(
        &self,
        write: impl FnOnce(&mut Batch<'_>) -> Result<(), redb::Error> + Send + 'static,
    ) {
        self.gathered().writes.push(Box::new(write));
    }

    /// As [`Unit::check`], in a unit of Postgres.
    #[cfg(feature = "postgres")]
    pub fn check_sql(
        &self,
        holds: impl for<'t> FnOnce(&'t Transaction) -> BoxFuture<'t, Result<bool, StoreError>>
        + Send
        + 'static,
    ) {
        self.gathered().steps.checks.push(Box::new(holds));
    }

    /// As [`Unit::write`], in a unit of Postgres.
    #[cfg(feature = "postgres")]
    pub fn write_sql(
        &self,
        write: impl for<'t> FnOnce(&'t Transaction) -> BoxFuture<'t, Result<(), StoreError>>
        + Send
        + 'static,
    ) {
        self.gathered().steps.writes.push(Box::new(write));
    }

    /// Puts a receipt at the head of its chain, in a unit of Postgres.
    #[cfg(feature = "postgres")]
    pub(crate) fn append(&self, draft: crate::Draft) {
        self.gathered().steps.drafts.push(draft);
    }

    /// Does this once what is written is on the disk, or at once outside of a unit; never where the
    /// unit is not committed. It is for what must not begin before: a task, a wake-up.
    pub fn after(then: impl FnOnce() + Send + 'static) {
        match Self::current() {
            Some(unit) => unit.gathered().after.push(Box::new(then)),
            None => then(),
        }
    }

    /// The part of the unit of this type, which is `begun` when it is first asked for. It lives as
    /// long as the unit, commit included.
    pub fn part<T: Default + Send + Sync + 'static>(
        &self,
        begun: impl FnOnce(&Self, &Arc<T>),
    ) -> Arc<T> {
        let found = self.gathered().parts.get(&TypeId::of::<T>()).cloned();
        if let Some(Ok(part)) = found.map(Arc::downcast::<T>) {
            return part;
        }
        let part = Arc::<T>::default();
        begun(self, &part);
        let kept: Arc<dyn Any + Send + Sync> = part.clone();
        self.gathered().parts.insert(TypeId::of::<T>(), kept);
        part
    }

    /// Commits what was gathered. When this is done it is on the disk.
    ///
    /// # Errors
    /// Nothing was written: the unit was overtaken ([`StoreError::is_overtaken`]), or the store
    /// failed.
    pub async fn commit(&self) -> Result<(), StoreError> {
        let gathered = {
            let mut gathered = self.gathered();
            let kept = std::mem::take(&mut gathered.parts);
            let all = std::mem::take(&mut *gathered);
            gathered.parts = kept;
            all
        };
        let after = gathered.after;
        let done = match &self.0.home {
            Home::File(file) => {
                #[cfg(feature = "postgres")]
                if !gathered.steps.is_empty() {
                    return Err(StoreError::new("a unit of a file was given SQL"));
                }
                let (checks, writes) = (gathered.checks, gathered.writes);
                file.write(|batch| settle(batch, checks, writes)).await
            }
            #[cfg(feature = "postgres")]
            Home::Postgres(_) if !(gathered.checks.is_empty() && gathered.writes.is_empty()) => {
                return Err(StoreError::new(
                    "a unit of Postgres was given writes of a file",
                ));
            }
            #[cfg(feature = "postgres")]
            Home::Postgres(postgres) => postgres.settle(gathered.steps).await,
        };
        if !done? {
            return Err(StoreError::overtaken());
        }
        self.gathered().committed = true;
        for then in after {
            then();
        }
        Ok(())
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        let gathered = self.0.gathered.lock();
        gathered.unwrap_or_else(PoisonError::into_inner)
    }
}

fn settle(
    batch: &mut Batch<'_>,
    checks: Vec<Check>,
    writes: Vec<Write>,
) -> Result<bool, redb::Error> {
    for holds in checks {
        if !holds(batch.transaction())? {
            return Ok(false);
        }
    }
    for write in writes {
        write(batch)?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use redb::{ReadableDatabase, TableDefinition};

    use super::*;

    const COUNTS: TableDefinition<&str, u64> = TableDefinition::new("counts");

    fn file() -> (Arc<redb::Database>, Embedded) {
        let backend = redb::backends::InMemoryBackend::new();
        let database = redb::Database::builder().create_with_backend(backend);
        let database = Arc::new(database.unwrap());
        (database.clone(), Embedded::share(database).unwrap())
    }

    fn count(database: &redb::Database) -> u64 {
        let read = database.begin_read().unwrap();
        let Ok(table) = read.open_table(COUNTS) else {
            return 0;
        };
        table.get("n").unwrap().map_or(0, |value| value.value())
    }

    /// Adds one to what it has seen.
    fn add_one(unit: &Unit, seen: u64) {
        unit.check(move |transaction| {
            let table = transaction.open_table(COUNTS)?;
            Ok(redb::ReadableTable::get(&table, "n")?.map_or(0, |value| value.value()) == seen)
        });
        unit.write(move |transaction| {
            transaction.open_table(COUNTS)?.insert("n", seen + 1)?;
            Ok(())
        });
    }

    #[tokio::test]
    async fn a_unit_that_was_overtaken_writes_nothing() {
        let (database, file) = file();
        let (one, two) = (file.unit(), file.unit());
        add_one(&one, 0);
        add_one(&two, 0);
        let told = Arc::new(Mutex::new(Vec::new()));
        for (unit, name) in [(&one, "one"), (&two, "two")] {
            let told = told.clone();
            unit.run(async { Unit::after(move || told.lock().unwrap().push(name)) })
                .await;
        }
        let (one, two) = tokio::join!(one.commit(), two.commit());
        assert!(one.is_ok() && two.unwrap_err().is_overtaken());
        assert_eq!(count(&database), 1);
        assert_eq!(*told.lock().unwrap(), ["one"]);
    }

    #[tokio::test]
    async fn many_at_once_that_try_again_lose_nothing() {
        let (database, file) = file();
        let adding = (0..50).map(|_| async {
            loop {
                let unit = file.unit();
                add_one(&unit, count(&database));
                match unit.commit().await {
                    Ok(()) => return,
                    Err(error) => assert!(error.is_overtaken(), "{error}"),
                }
            }
        });
        futures::future::join_all(adding).await;
        assert_eq!(count(&database), 50);
    }

    #[tokio::test]
    async fn a_unit_that_is_dropped_writes_nothing() {
        let (database, file) = file();
        let unit = file.unit();
        unit.run(async {
            let current = Unit::current().unwrap();
            add_one(&current, 0);
        })
        .await;
        assert!(Unit::current().is_none());
        drop(unit);
        assert_eq!(count(&database), 0);
    }
}
