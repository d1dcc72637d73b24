//! Who moves a run: one at a time, by what it is asked and by the clock.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use exai_runtime::{Outcome, Subject, Unit};
use exai_server::{ApiError, types};
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{Notify, OwnedMutexGuard};
use tokio::task::AbortHandle;
use types::{PlanNode, RunEvent, RunFaultReason, RunNodeDetail, RunNodeStatus, RunStatus};

use super::walk::{Walk, fault};
use super::{RUNS, going_on};
use crate::Sandbox;
use crate::audit::resource;
use crate::store::{Kind, failed};
use crate::tokens::ORGANISATION;
use crate::world::{id, now};

/// Walks by the run's id.
const WALKS: Kind<Walk> = Kind::new("run walk");

/// Those who walk runs, by the run's id.
#[derive(Default)]
pub(crate) struct Walkers(Mutex<HashMap<String, Arc<Walker>>>);

/// What nodes tell each other of a run that has changed.
pub(crate) const CHANGED: &str = "run:";

/// Who walks a run.
#[derive(Default)]
struct Walker {
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Told when the run has changed, and so when it goes on may have.
    changed: Notify,
    task: Mutex<Option<AbortHandle>>,
}

impl Walkers {
    fn of(&self, run_id: &str) -> Arc<Walker> {
        let mut walkers = held(&self.0);
        if let Some(found) = walkers.get(run_id) {
            return found.clone();
        }
        walkers.retain(|_, walker| Arc::strong_count(walker) > 1);
        walkers.entry(run_id.to_owned()).or_default().clone()
    }

    /// Tells the one who walks a run on this node, if there is one, that it has changed.
    pub(crate) fn wake(&self, run_id: &str) {
        if let Some(walker) = held(&self.0).get(run_id) {
            walker.changed.notify_one();
        }
    }

    /// Lets everybody who walks a run on this node look.
    pub(crate) fn wake_all(&self) {
        for walker in held(&self.0).values() {
            walker.changed.notify_one();
        }
    }

    /// Whether somebody on this node walks a run.
    fn walks(&self, run_id: &str) -> bool {
        let walkers = held(&self.0);
        let walker = walkers.get(run_id);
        walker.is_some_and(|walker| {
            let task = held(&walker.task);
            task.as_ref().is_some_and(|task| !task.is_finished())
        })
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The turns that a unit of work has taken, by the run's id: each is its own until it is committed.
#[derive(Default)]
struct Turns(Mutex<HashMap<String, OwnedMutexGuard<()>>>);

impl Turns {
    /// Takes a run's turn, for as long as the unit lasts.
    async fn take(&self, run_id: &str, walker: &Walker) {
        if !held(&self.0).contains_key(run_id) {
            let turn = walker.turn.clone().lock_owned().await;
            held(&self.0).insert(run_id.to_owned(), turn);
        }
    }
}

impl Sandbox {
    /// All there is to a run; 404 where there is none.
    pub(super) fn walk(&self, org: &str, run_id: &str) -> Result<Walk, ApiError> {
        // The run's record says it in the words of the API.
        self.store.find(&RUNS, org, run_id)?;
        self.store.find(&WALKS, org, run_id)
    }

    /// Keeps a run as it is now. What the API lists is a copy of a part of it.
    pub(super) fn keep_walk(&self, org: &str, walk: &Walk) -> Result<(), ApiError> {
        self.store.put(&WALKS, org, &walk.run.id, walk)?;
        self.store.put(&RUNS, org, &walk.run.id, &walk.run)
    }

    /// Does something to a run while nobody else does, and all that follows from it.
    ///
    /// # Errors
    /// 404, and what `act` says; then nothing has changed.
    pub(super) async fn run_turn<R>(
        &self,
        org: &str,
        run_id: &str,
        act: impl FnOnce(&mut Walk, Timestamp) -> Result<R, ApiError>,
    ) -> Result<(Walk, R), ApiError> {
        let walker = self.walkers.of(run_id);
        let done = self.run_turn_of(&walker, org, run_id, act).await?;
        self.tell_walker(run_id, walker);
        Ok(done)
    }

    /// A turn that its walker need not be told of.
    async fn run_turn_of<R>(
        &self,
        walker: &Walker,
        org: &str,
        run_id: &str,
        act: impl FnOnce(&mut Walk, Timestamp) -> Result<R, ApiError>,
    ) -> Result<(Walk, R), ApiError> {
        let unit = Unit::current().ok_or_else(ApiError::internal_error)?;
        let turns = unit.part::<Turns>(|_, _| {});
        turns.take(run_id, walker).await;
        let (mut walk, now) = (self.walk(org, run_id)?, now());
        walk.second = self.pace(Duration::from_secs(1));
        walk.advance(now);
        let done = act(&mut walk, now)?;
        walk.advance(now);
        while self.tend_children(org, &mut walk, now)? {
            walk.advance(now);
        }
        for (node_id, orphan) in std::mem::take(&mut walk.news.orphans) {
            if let Some(child) = self.cancel_orphan(org, &orphan).await {
                walk.charge_child(&node_id, &child);
            }
        }
        if walk.is_over() && walk.run.receipt.is_none() {
            self.close_run(org, &mut walk, now).await?;
        }
        let told = std::mem::take(&mut walk.news.invocations);
        self.note_invocations(org, &walk.run, told).await?;
        self.keep_checkpoints(org, &walk.news.checkpoints)?;
        self.tell_news(org, &mut walk).await?;
        self.keep_walk(org, &walk)?;
        if let (true, Some(parent)) = (walk.is_over(), &walk.run.parent_run_id) {
            self.tell_walker(parent, self.walkers.of(parent));
        }
        Ok((walk, done))
    }

    /// Tells who walks a run, on whichever node, that it has changed.
    fn tell_walker(&self, run_id: &str, walker: Arc<Walker>) {
        self.store.tell(format!("{CHANGED}{run_id}"));
        Unit::after(move || walker.changed.notify_one());
    }

    /// Tells the news, to webhooks too.
    async fn tell_news(&self, org: &str, walk: &mut Walk) -> Result<(), ApiError> {
        let news = std::mem::take(&mut walk.news);
        if news.events.is_empty() {
            return Ok(());
        }
        let events = news.events.iter().map(serde_json::to_value);
        let events = events.collect::<Result<Vec<Value>, _>>().map_err(failed)?;
        let numbered = events.into_iter().map(|mut event| {
            move |number: u64| {
                event["sequence"] = number.into();
                event
            }
        });
        self.log.extend(&walk.run.id, numbered)?;
        self.emit_of_run(org, &walk.run, &walk.approvals, &news.events)
            .await
    }

    /// Gives a run that is over its receipt and its last event.
    async fn close_run(&self, org: &str, walk: &mut Walk, now: Timestamp) -> Result<(), ApiError> {
        let run = &walk.run;
        let outcome = match run.status {
            RunStatus::Succeeded => Outcome::Succeeded,
            _ => Outcome::Failed,
        };
        let subject = Subject::Run {
            run_id: run.id.clone(),
            plan_id: run.plan_id.clone(),
        };
        let receipt = self.receipt(org, subject, outcome).await?;
        // Who has cancelled it is in the log already.
        if run.status != RunStatus::Cancelled {
            self.audit_end(org, run, &receipt)?;
        }
        walk.run.receipt = Some(receipt.clone());
        let (run_id, usage) = (walk.run.id.clone(), walk.run.usage.clone());
        let (occurred_at, sequence) = (now, 0);
        let lost = || fault(RunFaultReason::InternalError, "the run has failed", false);
        walk.say(match walk.run.status {
            RunStatus::Succeeded => RunEvent::RunCompleted(types::RunCompletedEvent {
                occurred_at,
                receipt,
                run_id,
                sequence,
                usage,
            }),
            RunStatus::Cancelled => RunEvent::RunCancelled(types::RunCancelledEvent {
                occurred_at,
                reason: walk.reason.clone(),
                receipt,
                run_id,
                sequence,
                usage,
            }),
            _ => RunEvent::RunFailed(types::RunFailedEvent {
                fault: walk.run.fault.clone().unwrap_or_else(lost),
                occurred_at,
                receipt,
                run_id,
                sequence,
                usage,
            }),
        });
        Ok(())
    }

    /// Says in the audit log that a run has ended.
    fn audit_end(&self, org: &str, run: &types::Run, receipt: &str) -> Result<(), ApiError> {
        let kind = types::AuditResourceType::Run;
        let entry = types::AuditEvent {
            id: id("evt"),
            action: types::AuditAction::RunFinished,
            actor: types::Actor::System(types::SystemActor {
                component: "orchestrator".to_owned(),
            }),
            detail: types::AuditDetail::Transition(types::TransitionDetail {
                from_status: Some(RunStatus::Running.as_str().to_owned()),
                to_status: run.status.as_str().to_owned(),
            }),
            hash: String::new(),
            occurred_at: now(),
            outcome: match run.status {
                RunStatus::Failed => types::AuditOutcome::Failed,
                _ => types::AuditOutcome::Succeeded,
            },
            previous_hash: None,
            receipt: receipt.to_owned(),
            resource: resource(kind, &run.id, run.name.as_deref()),
            run_id: Some(run.id.clone()),
            sequence: 0,
        };
        self.chain(org, entry)
    }

    /// Starts the runs of subplans, and takes what those that are over have given; whether
    /// anything has changed.
    fn tend_children(&self, org: &str, walk: &mut Walk, now: Timestamp) -> Result<bool, ApiError> {
        let mut changed = false;
        for at in 0..walk.steps.len() {
            let step = &walk.steps[at];
            let (true, PlanNode::Subplan(planned), RunNodeDetail::Subplan(detail)) = (
                step.node.status == RunNodeStatus::Running,
                &step.planned,
                &step.node.detail,
            ) else {
                continue;
            };
            let Some(child_id) = detail.child_run_id.as_deref() else {
                continue;
            };
            let Some(child) = self.store.get(&RUNS, org, child_id)? else {
                let input = step.node.input.clone().unwrap_or_default();
                if let Err(why) = self.start_child(org, walk, planned, child_id, &input) {
                    walk.fail(at, why, now);
                    changed = true;
                }
                continue;
            };
            if child.receipt.is_some() {
                let child = self.walk(org, child_id)?;
                walk.take_child(at, child, now);
                changed = true;
            }
            if walk.is_over() {
                break;
            }
        }
        Ok(changed)
    }

    /// Ends a run that somebody no longer wants.
    pub(super) async fn cancel(
        &self,
        org: &str,
        run_id: &str,
        reason: Option<String>,
    ) -> Result<Walk, ApiError> {
        let cancelled = self.run_turn(org, run_id, |walk, now| {
            going_on(&walk.run)?;
            walk.reason = reason;
            walk.end(RunStatus::Cancelled, None, now);
            Ok(())
        });
        Ok(cancelled.await?.0)
    }

    /// Ends the run of a subplan that nobody waits for any more; none where it was over already.
    fn cancel_orphan<'a>(&'a self, org: &'a str, run_id: &'a str) -> BoxFuture<'a, Option<Walk>> {
        let reason = "the run above it no longer waits for it".to_owned();
        Box::pin(async move { self.cancel(org, run_id, Some(reason)).await.ok() })
    }

    /// Walks a run until it is over, in the background. Whoever walked it before stops: this is
    /// called during a turn, or before there is any.
    pub(super) fn walk_on(&self, org: &str, run_id: &str) {
        let walker = self.walkers.of(run_id);
        let name = format!("run/{run_id}");
        let (sandbox, org, run_id) = (self.clone(), org.to_owned(), run_id.to_owned());
        let own = walker.clone();
        let walks = self.clone();
        let walking = async move {
            let look = |_: &mut Walk, _| Ok(());
            let turn = || sandbox.run_turn_of(&own, &org, &run_id, look);
            loop {
                let (walk, ()) = sandbox.atomically(turn).await?;
                let Some(next) = walk.next() else {
                    return Ok(());
                };
                let wait = Duration::try_from(next.duration_since(now())).unwrap_or_default();
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = own.changed.notified() => {}
                }
            }
        };
        Unit::after(move || {
            let task = tokio::spawn(async move { walks.alone(&name, walking).await });
            if let Some(before) = held(&walker.task).replace(task.abort_handle()) {
                before.abort();
            }
        });
    }

    /// Goes on with every run that is not over: what a process does that finds runs in its file.
    pub(crate) fn resume_runs(&self) -> Result<(), ApiError> {
        for walk in self.store.list(&WALKS, ORGANISATION, "")? {
            if !walk.is_over() && !self.walkers.walks(&walk.run.id) {
                self.walk_on(ORGANISATION, &walk.run.id);
            }
        }
        Ok(())
    }
}
