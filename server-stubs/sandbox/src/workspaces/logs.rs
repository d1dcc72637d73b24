//! What processes and the platform wrote.

use exai_server::{ApiError, ListWorkspaceLogsParams, types};
use serde::{Deserialize, Serialize};
use types::{ExecOutputEventStream, LogLevel, WorkspaceLogLine, WorkspaceLogLineSource};

use super::WORKSPACES;
use crate::Sandbox;
use crate::pages::page;
use crate::store::Kind;
use crate::world::{id, now};

/// Lines by the workspace's id and their own.
const LINES: Kind<Line> = Kind::new("log-line");

/// A line with the id that it sorts by.
#[derive(Serialize, Deserialize)]
struct Line {
    id: String,
    line: WorkspaceLogLine,
}

impl Sandbox {
    /// A page of the lines that are asked for.
    pub(super) fn lines(
        &self,
        org: &str,
        workspace_id: &str,
        asked: &ListWorkspaceLogsParams,
    ) -> Result<types::WorkspaceLogLineList, ApiError> {
        self.store.find(&WORKSPACES, org, workspace_id)?;
        let text = asked.contains.as_ref().map(|text| text.to_lowercase());
        let mut found = self.store.list(&LINES, org, &format!("{workspace_id}/"))?;
        found.retain(|Line { line, .. }| {
            asked.since.is_none_or(|since| line.logged_at >= since)
                && asked.until.is_none_or(|until| line.logged_at < until)
                && asked
                    .level
                    .as_ref()
                    .is_none_or(|level| *level == line.level)
                && text
                    .as_ref()
                    .is_none_or(|text| line.message.to_lowercase().contains(text))
        });
        let (cursor, order) = (asked.cursor.as_deref(), asked.order);
        let (data, next_cursor) = page(found, |line| &line.id, order, cursor, asked.limit)?;
        Ok(types::WorkspaceLogLineList {
            data: data.into_iter().map(|line| line.line).collect(),
            next_cursor,
        })
    }

    /// Keeps a line of the platform's own.
    pub(super) fn log_system(
        &self,
        org: &str,
        workspace_id: &str,
        message: String,
    ) -> Result<(), ApiError> {
        let source = WorkspaceLogLineSource::System;
        self.log_lines(org, workspace_id, &message, source, LogLevel::Info, None)
    }

    /// Keeps what a command wrote.
    pub(super) fn log_output(
        &self,
        org: &str,
        workspace_id: &str,
        command: &[String],
        stream: &ExecOutputEventStream,
        bytes: &[u8],
    ) -> Result<(), ApiError> {
        let (source, level) = match stream {
            ExecOutputEventStream::Stderr => (WorkspaceLogLineSource::Stderr, LogLevel::Warn),
            _ => (WorkspaceLogLineSource::Stdout, LogLevel::Info),
        };
        let text = String::from_utf8_lossy(bytes);
        let process = Some(command.join(" "));
        self.log_lines(org, workspace_id, &text, source, level, process)
    }

    fn log_lines(
        &self,
        org: &str,
        workspace_id: &str,
        text: &str,
        source: WorkspaceLogLineSource,
        level: LogLevel,
        process: Option<String>,
    ) -> Result<(), ApiError> {
        let lines = text.lines().map(|message| Line {
            id: id("log"),
            line: WorkspaceLogLine {
                level: level.clone(),
                logged_at: now(),
                message: message.to_owned(),
                source: source.clone(),
                process: process.clone(),
            },
        });
        let lines: Vec<Line> = lines.collect();
        let keyed = lines
            .iter()
            .map(|line| (format!("{workspace_id}/{}", line.id), line));
        self.store.put_all(&LINES, org, keyed)
    }

    /// Takes the lines of a workspace that is gone away.
    pub(super) fn forget_lines(&self, org: &str, workspace_id: &str) -> Result<(), ApiError> {
        self.store
            .remove_all(&LINES, org, &format!("{workspace_id}/"))
    }
}
