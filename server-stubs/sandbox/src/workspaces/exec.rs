//! Commands in a workspace, and the stream of what they write.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use exai_runtime::{IdempotencyKey, Outcome};
use exai_server::{ApiError, Events, RequestContext, types};
use serde::{Deserialize, Serialize};
use types::{AuditAction, ExecEvent, ExecOutputEventStream, WorkspaceStatus};

use super::command::{Done, run};
use super::{WORKSPACES, named};
use crate::Sandbox;
use crate::store::Kind;
use crate::tokens::ORGANISATION;
use crate::world::{caller, id, now, refused, since};

/// Commands that run, by an id.
const COMMANDS: Kind<Command> = Kind::new("command");

/// A command that runs.
#[derive(Serialize, Deserialize)]
struct Command {
    workspace_id: types::WorkspaceId,
    /// Whose events are its own.
    subject: String,
}

impl Sandbox {
    /// Runs a command, once a key: the same request again goes on with the stream of the first.
    pub(super) async fn exec(
        &self,
        cx: &RequestContext,
        workspace_id: &str,
        body: types::ExecInWorkspace,
    ) -> Result<Events<ExecEvent>, ApiError> {
        let org = &caller(cx)?.org;
        let workspace = self.store.find(&WORKSPACES, org, workspace_id)?;
        let key: Option<&IdempotencyKey> = cx.extension();
        let repeated = key.is_some_and(IdempotencyKey::is_repeated);
        let name = key.map_or_else(|| id("exe"), |key| key.as_str().to_owned());
        let subject = format!("{org}/{workspace_id}/exec/{name}");
        if repeated {
            return self.log.follow(cx, &subject, is_last);
        }
        if workspace.status != WorkspaceStatus::Running {
            return Err(refused("", "state", "the workspace is not running"));
        }
        self.audit(cx, 200, AuditAction::WorkspaceCommandRun, named(&workspace))?;
        let command = Command {
            workspace_id: workspace.id,
            subject: subject.clone(),
        };
        let running = id("exe");
        self.store.put(&COMMANDS, org, &running, &command)?;
        let (sandbox, org) = (self.clone(), org.clone());
        self.behind(job(&running), async move {
            sandbox.do_command(&org, &running, &command, body).await
        });
        self.log.follow(cx, &subject, is_last)
    }

    async fn do_command(
        &self,
        org: &str,
        running: &str,
        command: &Command,
        body: types::ExecInWorkspace,
    ) -> Result<(), ApiError> {
        let (workspace_id, subject) = (command.workspace_id.as_str(), command.subject.as_str());
        let say = |make: &dyn Fn(i64) -> ExecEvent| -> Result<(), ApiError> {
            let sequence = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            self.log.append(subject, |number| make(sequence(number)))?;
            Ok(())
        };
        let started = now();
        say(&|sequence| {
            ExecEvent::ExecStarted(types::ExecStartedEvent {
                occurred_at: started,
                pid: 1000,
                sequence,
                workspace_id: workspace_id.to_owned(),
            })
        })?;
        self.work(20).await;
        let read = |path: &str| {
            self.read(org, workspace_id, path)
                .ok()
                .map(|(_, bytes)| bytes)
        };
        let list = |path: &str| -> Vec<String> {
            let found = self.entries(org, workspace_id, path, false);
            found
                .unwrap_or_default()
                .into_iter()
                .map(|file| file.path)
                .collect()
        };
        let Done {
            output,
            error,
            code,
            millis,
        } = run(&body, read, list);
        self.work(millis).await;
        for (bytes, stream) in [
            (output, ExecOutputEventStream::Stdout),
            (error, ExecOutputEventStream::Stderr),
        ] {
            if !bytes.is_empty() {
                self.log_output(org, workspace_id, &body.command, &stream, &bytes)?;
                say(&|sequence| {
                    ExecEvent::ExecOutput(types::ExecOutputEvent {
                        data: BASE64_STANDARD.encode(&bytes),
                        occurred_at: now(),
                        sequence,
                        stream,
                        workspace_id: workspace_id.to_owned(),
                    })
                })?;
            }
        }
        let exit = async || {
            let receipt = self.job_receipt(org, "workspace", workspace_id).await?;
            say(&|sequence| {
                ExecEvent::ExecExited(types::ExecExitedEvent {
                    duration: since(started),
                    exit_code: Some(code),
                    occurred_at: now(),
                    receipt: receipt.clone(),
                    sequence,
                    signal: None,
                    workspace_id: workspace_id.to_owned(),
                })
            })?;
            self.store.remove(&COMMANDS, org, running)?;
            Ok(())
        };
        self.atomically(exit).await
    }
}

impl Sandbox {
    /// Ends the streams of commands that nobody runs any more: what a process does that finds some
    /// in its file.
    pub(crate) fn end_lost_commands(&self) -> Result<(), ApiError> {
        for (running, command) in self.store.entries(&COMMANDS, ORGANISATION)? {
            let sandbox = self.clone();
            self.behind(job(&running), async move {
                let end = || sandbox.lose_command(&running, &command);
                sandbox.atomically(end).await
            });
        }
        Ok(())
    }

    async fn lose_command(&self, running: &str, command: &Command) -> Result<(), ApiError> {
        let (org, workspace_id) = (ORGANISATION, &command.workspace_id);
        self.store.find(&COMMANDS, org, running)?;
        let failed = Outcome::Failed;
        let receipt = self
            .ended_receipt(org, "workspace", workspace_id, failed)
            .await?;
        self.log.append(&command.subject, |number| {
            ExecEvent::ExecFailed(types::ExecFailedEvent {
                fault: types::Fault {
                    message: "the server was stopped while the command ran".to_owned(),
                    reason: "interrupted".to_owned(),
                },
                occurred_at: now(),
                receipt,
                sequence: i64::try_from(number).unwrap_or(i64::MAX),
                workspace_id: workspace_id.clone(),
            })
        })?;
        self.store.remove(&COMMANDS, org, running)?;
        Ok(())
    }
}

/// What work on a command is called.
fn job(running: &str) -> String {
    format!("command/{running}")
}

fn is_last(event: &ExecEvent) -> bool {
    matches!(event, ExecEvent::ExecExited(_) | ExecEvent::ExecFailed(_))
}
