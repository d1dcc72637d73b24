//! A run on its way: node after node, until it is over.

use std::time::Duration;

use exai_runtime::{Outcome, Subject};
use exai_server::{ApiError, types};
use types::{RunEvent, RunNodeDetail, RunNodeStatus, RunStatus, WaitUntil};

use super::start::duration;
use super::{RUNS, going_on};
use crate::Sandbox;
use crate::world::{id, now, since};

/// How often a run looks whether it may go on.
const LOOK: Duration = Duration::from_millis(20);

/// What a run does next.
enum Next {
    GoOn,
    /// Somebody has ended it.
    Over,
}

impl Sandbox {
    /// Walks a run from its first node to its end.
    pub(super) async fn walk(
        &self,
        org: &str,
        run_id: &str,
        pause_before: &[String],
    ) -> Result<(), ApiError> {
        self.work(50).await;
        let run = self.store.update(&RUNS, org, run_id, |run| {
            if run.finished_at.is_none() {
                // Paused before it began, it pauses before its first node.
                if run.status == RunStatus::Queued {
                    run.status = RunStatus::Running;
                }
                run.started_at = Some(now());
            }
            Ok(())
        })?;
        // Cancelled before it began, its stream has ended: nothing may follow the terminal event.
        if run.finished_at.is_some() {
            return Ok(());
        }
        self.say(run_id, |sequence| {
            RunEvent::RunStarted(types::RunStartedEvent {
                occurred_at: now(),
                plan_id: run.plan_id,
                plan_revision: run.plan_revision,
                run_id: run.id,
                sequence,
            })
        })?;
        for (key, node) in self.nodes(org, run_id)? {
            if pause_before.contains(&node.key) {
                self.store.update(&RUNS, org, run_id, |run| {
                    run.status = RunStatus::Pausing;
                    Ok(())
                })?;
            }
            if let Next::Over = self.may_go_on(org, run_id).await? {
                return Ok(());
            }
            if let Next::Over = self.do_node(org, &key, node).await? {
                return Ok(());
            }
        }
        match self.may_go_on(org, run_id).await? {
            Next::GoOn => self.complete(org, run_id).await,
            Next::Over => Ok(()),
        }
    }

    /// Waits while the run is paused.
    async fn may_go_on(&self, org: &str, run_id: &str) -> Result<Next, ApiError> {
        let mut checkpoint = None;
        loop {
            let run = self.store.find(&RUNS, org, run_id)?;
            match run.status {
                RunStatus::Cancelled | RunStatus::Failed => return Ok(Next::Over),
                RunStatus::Pausing => {
                    let id = id("ckp");
                    checkpoint = Some(id.clone());
                    self.store.update(&RUNS, org, run_id, |run| {
                        run.status = RunStatus::Paused;
                        Ok(())
                    })?;
                    self.say(run_id, |sequence| {
                        RunEvent::RunPaused(types::RunPausedEvent {
                            checkpoint_id: id,
                            occurred_at: now(),
                            reason: types::RunPausedEventReason::Requested,
                            run_id: run_id.to_owned(),
                            sequence,
                        })
                    })?;
                }
                RunStatus::Paused => tokio::time::sleep(LOOK).await,
                _ => break,
            }
        }
        if let Some(checkpoint_id) = checkpoint {
            self.say(run_id, |sequence| {
                RunEvent::RunResumed(types::RunResumedEvent {
                    checkpoint_id,
                    occurred_at: now(),
                    run_id: run_id.to_owned(),
                    sequence,
                })
            })?;
        }
        Ok(Next::GoOn)
    }

    async fn do_node(&self, org: &str, key: &str, node: types::RunNode) -> Result<Next, ApiError> {
        let run_id = node.run_id.clone();
        let node = self.change_node(org, key, |node| {
            node.status = RunNodeStatus::Running;
            node.attempt += 1;
            node.started_at = Some(now());
        })?;
        self.say(&run_id, |sequence| {
            RunEvent::NodeStarted(types::NodeStartedEvent {
                attempt: node.attempt,
                node_id: node.id.clone(),
                node_key: node.key.clone(),
                occurred_at: now(),
                run_id: run_id.clone(),
                sequence,
            })
        })?;
        if let Next::Over = self.do_work(org, &node).await? {
            self.change_node(org, key, |node| node.status = RunNodeStatus::Cancelled)?;
            return Ok(Next::Over);
        }
        let node = self.change_node(org, key, |node| {
            node.status = RunNodeStatus::Succeeded;
            node.finished_at = Some(now());
            node.output = Some(serde_json::json!({ "node": node.key }));
        })?;
        self.say(&run_id, |sequence| {
            RunEvent::NodeCompleted(types::NodeCompletedEvent {
                attempt: node.attempt,
                duration: since(node.started_at.unwrap_or_else(now)),
                node_id: node.id,
                node_key: node.key,
                occurred_at: now(),
                run_id: run_id.clone(),
                sequence,
                usage: node.usage,
                output: node.output,
            })
        })?;
        Ok(Next::GoOn)
    }

    /// What a node takes: a wait as long as it says, anything else a moment.
    async fn do_work(&self, org: &str, node: &types::RunNode) -> Result<Next, ApiError> {
        let until = match &node.detail {
            RunNodeDetail::Wait(wait) => match &wait.until {
                WaitUntil::Duration(wait) => {
                    duration(&wait.duration).and_then(|wait| now().checked_add(wait).ok())
                }
                WaitUntil::Time(wait) => Some(wait.at),
                WaitUntil::Signal(_) | WaitUntil::Unknown(_) => None,
            },
            _ => {
                self.work(100).await;
                Some(now())
            }
        };
        loop {
            let run = self.store.find(&RUNS, org, &node.run_id)?;
            if run.finished_at.is_some() {
                return Ok(Next::Over);
            }
            if until.is_some_and(|until| until <= now()) {
                return Ok(Next::GoOn);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn complete(&self, org: &str, run_id: &str) -> Result<(), ApiError> {
        let run = self.store.find(&RUNS, org, run_id)?;
        let receipt = self.receipt(org, subject(&run), Outcome::Succeeded).await?;
        let run = self.store.update(&RUNS, org, run_id, |run| {
            going_on(run)?;
            run.status = RunStatus::Succeeded;
            run.finished_at = Some(now());
            run.receipt = Some(receipt.clone());
            Ok(())
        })?;
        self.say(run_id, |sequence| {
            RunEvent::RunCompleted(types::RunCompletedEvent {
                occurred_at: now(),
                receipt,
                run_id: run.id,
                sequence,
                usage: run.usage,
            })
        })
    }

    /// Ends a run that somebody no longer wants.
    pub(super) async fn cancel(
        &self,
        org: &str,
        run_id: &str,
        reason: Option<String>,
    ) -> Result<types::Run, ApiError> {
        let run = self.store.find(&RUNS, org, run_id)?;
        going_on(&run)?;
        let receipt = self.receipt(org, subject(&run), Outcome::Failed).await?;
        let run = self.store.update(&RUNS, org, run_id, |run| {
            going_on(run)?;
            run.status = RunStatus::Cancelled;
            run.finished_at = Some(now());
            run.receipt = Some(receipt.clone());
            Ok(())
        })?;
        self.say(run_id, |sequence| {
            RunEvent::RunCancelled(types::RunCancelledEvent {
                occurred_at: now(),
                reason,
                receipt,
                run_id: run.id.clone(),
                sequence,
                usage: run.usage.clone(),
            })
        })?;
        Ok(run)
    }

    /// Adds an event to a run's stream.
    fn say(&self, run_id: &str, make: impl FnOnce(i64) -> RunEvent) -> Result<(), ApiError> {
        let sequence = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.log.append(run_id, |number| make(sequence(number)))?;
        Ok(())
    }
}

fn subject(run: &types::Run) -> Subject {
    Subject::Run {
        run_id: run.id.clone(),
        plan_id: run.plan_id.clone(),
    }
}
