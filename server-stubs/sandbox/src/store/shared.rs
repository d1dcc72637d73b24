//! What a file and a database each do in their own way: beginning anew, links of a chain, and news
//! to other nodes.

use exai_runtime::Unit;
use exai_server::ApiError;

use super::home::{Home, wait};
use super::{Kind, Linked, Store, failed, file, sql};

impl Store {
    /// Takes everything away, receipts and keys included, but one record.
    pub(crate) fn clear<T>(&self, kind: &Kind<T>, org: &str, id: &str) -> Result<(), ApiError> {
        let key = kind.key(org, id);
        match &self.0 {
            Home::File(database) => {
                let clear = || {
                    let transaction = database.begin_write()?;
                    file::clear(&transaction, &key)?;
                    Ok::<_, redb::Error>(transaction.commit()?)
                };
                clear().map_err(failed)
            }
            Home::Postgres(postgres) => wait(async {
                let alone = postgres.begin().await?;
                sql::clear(alone.transaction(), &key).await?;
                alone.commit().await
            })
            .map_err(failed),
        }
    }

    /// Writes what is made of a record as it is at the moment of the commit, whichever came before,
    /// and adds the event of it to a subject's.
    pub(crate) fn link<E: std::fmt::Display + 'static>(
        &self,
        head: String,
        subject: String,
        make: impl FnOnce(Option<&[u8]>) -> Result<Linked, E> + Send + 'static,
    ) -> Result<(), ApiError> {
        match (&self.0, Unit::current()) {
            (Home::File(_), Some(unit)) => {
                unit.write(move |transaction| file::link(transaction, &head, &subject, make));
                Ok(())
            }
            (Home::Postgres(_), Some(unit)) => {
                unit.write_sql(move |transaction| {
                    Box::pin(async move { sql::link(transaction, &head, &subject, make).await })
                });
                Ok(())
            }
            (Home::File(database), None) => {
                let link = || {
                    let transaction = database.begin_write()?;
                    file::link(&transaction, &head, &subject, make)?;
                    Ok::<_, redb::Error>(transaction.commit()?)
                };
                link().map_err(failed)
            }
            (Home::Postgres(postgres), None) => wait(async {
                let alone = postgres.begin().await?;
                sql::link(alone.transaction(), &head, &subject, make).await?;
                alone.commit().await
            })
            .map_err(failed),
        }
    }

    /// Tells the other nodes something, once what this task's unit writes is kept, or at once.
    pub(crate) fn tell(&self, news: String) {
        let Home::Postgres(postgres) = &self.0 else {
            return;
        };
        match Unit::current() {
            Some(unit) => unit.write_sql(move |transaction| {
                Box::pin(async move { transaction.tell(&news).await })
            }),
            None => {
                let postgres = postgres.clone();
                tokio::spawn(async move {
                    let tell = "SELECT pg_notify('exai', $1)";
                    // Who misses it learns of it as of a connection that was lost.
                    postgres.query(tell, &[&news]).await.map_err(failed).ok();
                });
            }
        }
    }
}
