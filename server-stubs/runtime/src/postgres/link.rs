//! Connections: made when they are needed, made anew when they are lost.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Row, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{StoreError, tls};

/// How long a connection, a question or a transaction may take before the connection is given up.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// What the database is told of a node that says nothing more, whose connection may look whole for
/// hours: what it left open, and the lock that all nodes wait for, ends by itself.
const GIVE_UP: &str =
    "SET idle_in_transaction_session_timeout = '10s'; SET statement_timeout = '10s'";

/// How long a connection is silent before it is asked whether it is still there.
const SILENCE: Duration = Duration::from_secs(10);

/// Where the database is, and a connection to it that many use at once: what they ask is sent
/// without waiting for what was asked before.
pub(super) struct Link {
    config: Config,
    session: Mutex<Option<Arc<Session>>>,
    connecting: tokio::sync::Mutex<()>,
}

/// A connection, and the statements that it knows already.
pub(super) struct Session {
    client: Client,
    statements: Mutex<HashMap<&'static str, Statement>>,
}

/// What a connection says by itself.
pub(super) type Messages = futures::channel::mpsc::UnboundedReceiver<AsyncMessage>;

impl Link {
    pub(super) fn new(config: Config) -> Self {
        Self {
            config,
            session: Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
        }
    }

    /// The connection, made if there is none. One at a time makes it, and nobody waits for longer
    /// than a connection may take.
    pub(super) async fn session(&self) -> Result<Arc<Session>, StoreError> {
        if let Some(session) = self.living() {
            return Ok(session);
        }
        soon(async {
            let _turn = self.connecting.lock().await;
            if let Some(session) = self.living() {
                return Ok(session);
            }
            let session = Arc::new(connect(&self.config).await?.0);
            *self.kept() = Some(session.clone());
            Ok(session)
        })
        .await
    }

    fn living(&self) -> Option<Arc<Session>> {
        self.kept().clone().filter(|session| !session.is_closed())
    }

    fn kept(&self) -> MutexGuard<'_, Option<Arc<Session>>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something on the connection. One that takes too long is given up: what was asked may
    /// have been done.
    pub(super) async fn within<T>(
        &self,
        session: &Arc<Session>,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        match timeout(PATIENCE, work).await {
            Ok(done) => done,
            Err(late) => {
                self.forget(session);
                Err(StoreError::new(late))
            }
        }
    }

    /// Lets go of a connection: the next who needs one has a new one.
    pub(super) fn forget(&self, session: &Arc<Session>) {
        let mut kept = self.kept();
        if kept.as_ref().is_some_and(|one| Arc::ptr_eq(one, session)) {
            *kept = None;
        }
    }

    /// Rows of one statement, in a transaction of its own.
    pub(super) async fn query(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let session = self.session().await?;
        self.within(&session, session.query(sql, params)).await
    }
}

impl Session {
    pub(super) async fn query(
        &self,
        sql: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let statement = self.statement(sql).await?;
        let rows = self.client.query(&statement, params).await;
        rows.map_err(StoreError::new)
    }

    pub(super) async fn batch(&self, sql: &str) -> Result<(), StoreError> {
        let done = self.client.batch_execute(sql).await;
        done.map_err(StoreError::new)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    async fn statement(&self, sql: &'static str) -> Result<Statement, StoreError> {
        let known = || {
            let statements = self.statements.lock();
            statements.unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(statement) = known().get(sql) {
            return Ok(statement.clone());
        }
        let prepared = self.client.prepare(sql).await.map_err(StoreError::new)?;
        known().insert(sql, prepared.clone());
        Ok(prepared)
    }
}

/// Gives up what takes too long.
pub(super) async fn soon<T>(
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(PATIENCE, work).await.map_err(StoreError::new)?
}

/// Connects, with TLS but to this machine. A `sslmode` in the URL has the last word.
pub(super) async fn connect(config: &Config) -> Result<(Session, Messages), StoreError> {
    let here = |host: &Host| match host {
        Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    let mut config = config.clone();
    config
        .connect_timeout(PATIENCE)
        .keepalives_idle(SILENCE)
        .keepalives_interval(SILENCE / 5)
        .keepalives_retries(3)
        .tcp_user_timeout(SILENCE);
    let local = config.get_hosts().iter().all(here);
    match config.get_ssl_mode() {
        SslMode::Prefer if local => drop(config.ssl_mode(SslMode::Disable)),
        SslMode::Prefer => drop(config.ssl_mode(SslMode::Require)),
        _ => {}
    }
    let tls = MakeRustlsConnect::new(tls::client().map_err(StoreError::new)?);
    let (sender, messages) = futures::channel::mpsc::unbounded();
    let client = match config.get_ssl_mode() {
        SslMode::Disable => {
            let (client, connection) = connected(config.connect(NoTls)).await?;
            tokio::spawn(drive(connection, sender));
            client
        }
        _ => {
            let (client, connection) = connected(config.connect(tls)).await?;
            tokio::spawn(drive(connection, sender));
            client
        }
    };
    let statements = Mutex::default();
    let session = Session { client, statements };
    soon(session.batch(GIVE_UP)).await?;
    Ok((session, messages))
}

async fn connected<T>(
    connecting: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, StoreError> {
    soon(async { connecting.await.map_err(StoreError::new) }).await
}

/// Keeps a connection going until it ends, and passes on what it says.
async fn drive<S, T>(
    mut connection: tokio_postgres::Connection<S, T>,
    sender: futures::channel::mpsc::UnboundedSender<AsyncMessage>,
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
        // Whoever does not listen for news has let the other end go.
        let _ = sender.unbounded_send(message);
    }
}
