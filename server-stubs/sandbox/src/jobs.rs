//! Work behind answers: on one node, however many know of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use exai_runtime::{Job, News, Unit};
use exai_server::ApiError;
use tokio::sync::broadcast::error::RecvError;

use crate::Sandbox;
use crate::events::EVENTS_OF;
use crate::runs::CHANGED;
use crate::store::Home;

tokio::task_local! {
    /// The piece of work that this task does.
    static JOB: Arc<Working>;
}

struct Working {
    job: Job,
    /// Another node has it now.
    lost: AtomicBool,
}

/// How long to wait at first, and at most, until a piece of work that another node does is asked
/// for again.
const WAITS: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(3));

/// How long after the news that nodes are gone, that news were missed, or that the store has failed,
/// it is looked what is left to do: what this node gives back itself is there by then.
const PAUSE: Duration = Duration::from_secs(1);

/// Commits a unit of this task's work only if the work is still this node's.
pub(crate) fn fence(unit: &Unit) {
    if let Ok(working) = JOB.try_with(Arc::clone) {
        unit.check_sql(move |transaction| {
            Box::pin(async move {
                let holds = working.job.holds(transaction).await?;
                working.lost.fetch_or(!holds, Ordering::Relaxed);
                Ok(holds)
            })
        });
    }
}

/// Whether this task's work has become another node's.
pub(crate) fn is_lost() -> bool {
    JOB.try_with(|working| working.lost.load(Ordering::Relaxed))
        .unwrap_or(false)
}

/// Looks what is left to do, once for all who ask for it meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Looking(AtomicBool);

impl Sandbox {
    /// Does work behind the answer to a request, once what the request has written is kept. `name`
    /// says which piece of work it is.
    pub(crate) fn behind(
        &self,
        name: String,
        work: impl Future<Output = Result<(), ApiError>> + Send + 'static,
    ) {
        let sandbox = self.clone();
        Unit::after(move || {
            tokio::spawn(async move { sandbox.alone(&name, work).await });
        });
    }

    /// Does a piece of work when no other node does. Whoever waits for it finds when its turn comes
    /// that nothing is left to do, or goes on.
    ///
    /// Work ends early where what it is for is over. Where the store has failed under it, or it was
    /// another node's in the meantime, nobody may be at it any more: it is looked what is left to
    /// do. Without other nodes a store that fails is a disk that does, for a new process.
    pub(crate) async fn alone(&self, name: &str, work: impl Future<Output = Result<(), ApiError>>) {
        let Home::Postgres(postgres) = self.store.home() else {
            let _ = work.await;
            return;
        };
        let mut wait = WAITS.0;
        let job = loop {
            // A database that does not answer is asked again: the work is not lost.
            if let Ok(Some(job)) = postgres.take_job(name).await {
                break job;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(WAITS.1);
        };
        let lost = AtomicBool::new(false);
        let done = JOB.scope(Arc::new(Working { job, lost }), work).await;
        if done.is_err_and(|error| error.status() == 500) {
            self.look_again();
        }
    }

    /// Goes on with the work that whoever had the state before has left.
    pub(crate) fn resume(&self) -> Result<(), ApiError> {
        self.resume_runs()?;
        self.resume_composer()?;
        self.resume_builds()?;
        self.resume_workspaces()?;
        self.resume_exports()?;
        self.resume_webhooks();
        self.resume_streams()?;
        self.end_lost_invocations()?;
        self.end_lost_commands()
    }

    /// Listens to what other nodes say, for as long as there is somebody else who has this sandbox.
    pub(crate) fn listen(&self) {
        let Home::Postgres(postgres) = self.store.home() else {
            return;
        };
        let (mut news, sandbox) = (postgres.news(), self.clone());
        tokio::spawn(async move {
            loop {
                match news.recv().await {
                    Ok(News::Told(told)) => sandbox.hear(&told),
                    Ok(News::NodesGone) => sandbox.look_again(),
                    Ok(_) | Err(RecvError::Lagged(_)) => {
                        sandbox.log.wake_all();
                        sandbox.walkers.wake_all();
                        sandbox.look_again();
                    }
                    Err(RecvError::Closed) => return,
                }
            }
        });
    }

    fn hear(&self, told: &str) {
        if let Some(subject) = told.strip_prefix(EVENTS_OF) {
            self.log.wake_own(subject);
        } else if let Some(run_id) = told.strip_prefix(CHANGED) {
            self.walkers.wake(run_id);
        } else if told == "reset" {
            self.log.end_all();
        }
    }

    fn look_again(&self) {
        if self.looking.0.swap(true, Ordering::SeqCst) {
            return;
        }
        let sandbox = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(PAUSE).await;
                // What fails from here on asks for another look.
                sandbox.looking.0.store(false, Ordering::SeqCst);
                match sandbox.resume() {
                    Err(error) if error.status() == 500 => {}
                    _ => return,
                }
            }
        });
    }
}
