//! Commands in a workspace, and the stream of what they write.

use exai_runtime::IdempotencyKey;
use exai_server::{ApiError, Events, RequestContext, types};
use types::{AuditAction, ExecEvent, ExecOutputEventStream, WorkspaceStatus};

use super::command::{Done, run};
use super::{WORKSPACES, named};
use crate::Sandbox;
use crate::world::{behind, caller, id, now, refused, since};

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
        let (sandbox, org, of) = (self.clone(), org.clone(), subject.clone());
        behind(async move {
            // A store that fails has said so; the stream stays open.
            let _ = sandbox.do_command(&org, &workspace.id, &of, body).await;
        });
        self.log.follow(cx, &subject, is_last)
    }

    async fn do_command(
        &self,
        org: &str,
        workspace_id: &str,
        subject: &str,
        body: types::ExecInWorkspace,
    ) -> Result<(), ApiError> {
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
                        data: base64(&bytes),
                        occurred_at: now(),
                        sequence,
                        stream,
                        workspace_id: workspace_id.to_owned(),
                    })
                })?;
            }
        }
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
        })
    }
}

fn is_last(event: &ExecEvent) -> bool {
    matches!(event, ExecEvent::ExecExited(_) | ExecEvent::ExecFailed(_))
}

/// RFC 4648 section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three
            .iter()
            .chain(std::iter::repeat(&0))
            .take(3)
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        for place in 0..4 {
            let digit = DIGITS[bits >> (18 - 6 * place) & 63];
            text.push(if place > three.len() {
                '='
            } else {
                char::from(digit)
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn the_examples_of_rfc_4648_section_10() {
        for (text, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
    }
}
