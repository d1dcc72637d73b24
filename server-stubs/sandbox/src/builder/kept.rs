//! What a build leaves: messages, lines of its log, artifacts.

use exai_runtime::Caller;
use exai_server::{ApiError, types};
use serde::{Deserialize, Serialize};
use types::{
    Actor, Build, BuildArtifact, BuildArtifactKind, BuildEvent, BuildLogLine, BuildMessage,
    BuildStage, LogLevel, MessagePart, MessageRole,
};

use super::BUILDS;
use super::work::number;
use crate::Sandbox;
use crate::digest::sha256;
use crate::store::Kind;
use crate::world::{actor, id, now};

/// Messages by the build's id and their own.
pub(super) const MESSAGES: Kind<BuildMessage> = Kind::new("message");

/// Lines by the build's id and their own.
pub(super) const LINES: Kind<Line> = Kind::new("build-line");

/// Artifacts by the build's id and their own, and their bytes.
pub(super) const ARTIFACTS: Kind<BuildArtifact> = Kind::new("artifact");

/// A line with the id that it sorts by.
#[derive(Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) line: BuildLogLine,
}

impl Sandbox {
    /// Keeps a prompt as a message.
    pub(super) fn say_to_builder(
        &self,
        caller: &Caller,
        build_id: &str,
        text: &str,
        assets: &[types::AssetId],
    ) -> Result<BuildMessage, ApiError> {
        let text = MessagePart::Text(types::TextPart {
            text: text.to_owned(),
        });
        let asset = |asset_id: &types::AssetId| {
            MessagePart::Asset(types::AssetPart {
                asset_id: asset_id.clone(),
            })
        };
        let message = BuildMessage {
            author: actor(caller)?,
            build_id: build_id.to_owned(),
            created_at: now(),
            id: id("msg"),
            parts: std::iter::once(text)
                .chain(assets.iter().map(asset))
                .collect(),
            role: MessageRole::User,
        };
        let key = format!("{build_id}/{}", message.id);
        self.store.put(&MESSAGES, &caller.org, &key, &message)?;
        Ok(message)
    }

    /// Keeps the builder's own word on a prompt, and streams it.
    pub(super) fn answer_prompt(
        &self,
        org: &str,
        build_id: &str,
        turn: &str,
    ) -> Result<(), ApiError> {
        let build = self.store.find(&BUILDS, org, build_id)?;
        let text = "It is written, and its tests pass.".to_owned();
        let shown = build.preview.filter(|preview| preview.url.is_some());
        let shown = shown.map(|preview| {
            MessagePart::Preview(types::PreviewPart {
                preview_id: preview.id,
            })
        });
        let message = BuildMessage {
            author: Actor::System(types::SystemActor {
                component: "builder".to_owned(),
            }),
            build_id: build_id.to_owned(),
            created_at: now(),
            id: id("msg"),
            parts: std::iter::once(MessagePart::Text(types::TextPart { text: text.clone() }))
                .chain(shown)
                .collect(),
            role: MessageRole::Assistant,
        };
        let piece = types::BuildMessageEvent {
            build_id: build_id.to_owned(),
            delta: text,
            message_id: message.id.clone(),
            occurred_at: now(),
            sequence: 0,
        };
        self.further(org, build_id, turn, |_| {
            vec![move |sequence| {
                BuildEvent::BuildMessage(types::BuildMessageEvent {
                    sequence: number(sequence),
                    ..piece
                })
            }]
        })?;
        let key = format!("{build_id}/{}", message.id);
        self.store.put(&MESSAGES, org, &key, &message)
    }

    /// Keeps a line of the log, and streams it.
    pub(super) fn build_log(
        &self,
        org: &str,
        build_id: &str,
        turn: &str,
        stage: BuildStage,
        level: LogLevel,
        message: &str,
    ) -> Result<(), ApiError> {
        let line = BuildLogLine {
            level,
            logged_at: now(),
            message: message.to_owned(),
            stage,
        };
        let logged = types::BuildLogEvent {
            build_id: build_id.to_owned(),
            line: line.clone(),
            occurred_at: line.logged_at,
            sequence: 0,
        };
        self.further(org, build_id, turn, |_| {
            vec![move |sequence| {
                BuildEvent::BuildLog(types::BuildLogEvent {
                    sequence: number(sequence),
                    ..logged
                })
            }]
        })?;
        let line = Line { id: id("ln"), line };
        let key = format!("{build_id}/{}", line.id);
        self.store.put(&LINES, org, &key, &line)
    }

    /// Keeps an artifact, and says that it can be downloaded.
    #[expect(clippy::too_many_arguments, reason = "who made it, and what it is")]
    pub(super) fn keep_artifact(
        &self,
        org: &str,
        build: &Build,
        turn: &str,
        kind: BuildArtifactKind,
        name: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<(), ApiError> {
        let artifact = BuildArtifact {
            build_id: build.id.clone(),
            created_at: now(),
            expires_at: None,
            id: id("art"),
            kind,
            media_type: media_type.to_owned(),
            name: name.to_owned(),
            sha256: sha256(bytes),
            size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        };
        let key = format!("{}/{}", build.id, artifact.id);
        self.store.put_bytes(&ARTIFACTS, org, &key, bytes)?;
        self.store.put(&ARTIFACTS, org, &key, &artifact)?;
        let created = types::BuildArtifactCreatedEvent {
            build_id: build.id.clone(),
            occurred_at: artifact.created_at,
            artifact,
            sequence: 0,
        };
        self.further(org, &build.id, turn, |_| {
            vec![move |sequence| {
                BuildEvent::BuildArtifactCreated(types::BuildArtifactCreatedEvent {
                    sequence: number(sequence),
                    ..created
                })
            }]
        })?;
        Ok(())
    }
}
