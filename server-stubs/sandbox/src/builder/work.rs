//! The work on a build, stage after stage.

use std::collections::BTreeMap;

use exai_server::{ApiError, types};
use serde::{Deserialize, Serialize};
use types::{Build, BuildEvent, BuildStack, BuildStage, BuildStatus, LogLevel};

use super::source::{report, stack_for, write};
use super::starting::workspace_of;
use super::{BUILDS, SOURCES, settled};
use crate::Sandbox;
use crate::archive::{Entry, pack};
use crate::money::{micros, money};
use crate::store::Kind;
use crate::world::{id, now, refused};

/// The latest piece of work, by the build's id.
pub(super) const WORKS: Kind<Work> = Kind::new("build work");

/// What the builder does in one go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Work {
    /// Tells it from the work before and after.
    pub(super) turn: String,
    /// The number of the last event before it.
    pub(super) after: u64,
    /// What it works on.
    pub(super) prompt: String,
    /// Where it begins, later where it is.
    pub(super) stage: BuildStage,
    /// What is to be deployed in the end.
    pub(super) deploy: Option<Deploy>,
}

/// What a deploy was asked for with.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Deploy {
    pub(super) seconds: Option<i64>,
    pub(super) region: Option<types::Region>,
    pub(super) visibility: Option<types::PortVisibility>,
    /// The preview, once there is one.
    pub(super) preview_id: Option<types::PreviewId>,
}

impl Deploy {
    /// The same, for a preview of its own.
    pub(super) fn anew(self) -> Self {
        Self {
            preview_id: None,
            ..self
        }
    }
}

impl Work {
    /// Everything, for a prompt.
    pub(super) fn new(after: u64, prompt: &str) -> Self {
        Self {
            turn: id("trn"),
            after,
            prompt: prompt.to_owned(),
            stage: BuildStage::Planning,
            deploy: None,
        }
    }
}

/// The place of a stage among the others.
pub(super) fn rank(stage: &BuildStage) -> usize {
    match stage {
        BuildStage::Planning => 0,
        BuildStage::Generating => 1,
        BuildStage::Testing => 2,
        _ => 3,
    }
}

/// What a stage costs, in millionths, and how many tokens are read and written.
fn price(stage: &BuildStage) -> (i128, i64, i64) {
    match stage {
        BuildStage::Planning => (20_000, 900, 300),
        BuildStage::Generating => (180_000, 6_200, 4_100),
        BuildStage::Testing => (40_000, 2_400, 350),
        _ => (0, 0, 0),
    }
}

fn status_of(stage: &BuildStage) -> BuildStatus {
    match stage {
        BuildStage::Planning => BuildStatus::Planning,
        BuildStage::Generating => BuildStatus::Generating,
        BuildStage::Testing => BuildStatus::Testing,
        _ => BuildStatus::Deploying,
    }
}

impl Sandbox {
    pub(super) fn go_on_building(&self, org: &str, build_id: &str, turn: String) {
        let (sandbox, org, build_id) = (self.clone(), org.to_owned(), build_id.to_owned());
        self.behind(format!("build/{build_id}/{turn}"), async move {
            sandbox.labour(&org, &build_id, &turn).await
        });
    }

    /// Works from the stage that is next to the end.
    async fn labour(&self, org: &str, build_id: &str, turn: &str) -> Result<(), ApiError> {
        self.work(50).await;
        let work = self.store.find(&WORKS, org, build_id)?;
        let wrote = rank(&work.stage) < rank(&BuildStage::Deploying);
        let stages = [
            BuildStage::Planning,
            BuildStage::Generating,
            BuildStage::Testing,
        ];
        for stage in stages {
            if rank(&stage) < rank(&work.stage) {
                continue;
            }
            let enter = || std::future::ready(self.enter(org, build_id, turn, &stage));
            let build = self.atomically(enter).await?;
            let (cost, ..) = price(&stage);
            let ceiling = build.ceiling.as_ref().map(micros);
            if ceiling.is_some_and(|ceiling| micros(&build.usage.cost) + cost > ceiling) {
                let fault = types::Fault {
                    message: format!("{} would cost more than the ceiling", stage.as_str()),
                    reason: "ceiling_reached".to_owned(),
                };
                let fail = || self.fail_build(org, build_id, turn, stage.clone(), fault.clone());
                return self.atomically(fail).await;
            }
            self.work(100).await;
            let pass = || {
                match stage {
                    BuildStage::Planning => self.design(org, &build, turn, &work.prompt)?,
                    BuildStage::Generating => self.generate(org, &build, turn, &work.prompt)?,
                    _ => self.try_out(org, &build, turn)?,
                }
                self.charge(org, build_id, turn, &stage)
            };
            self.atomically(|| std::future::ready(pass())).await?;
        }
        if let Some(deploy) = work.deploy {
            let begin = || std::future::ready(self.begin_deploy(org, build_id, turn, &deploy));
            let preview_id = self.atomically(begin).await?;
            self.work(150).await;
            self.atomically(|| self.put_up(org, build_id, turn, &preview_id))
                .await?;
        }
        self.atomically(|| self.finish_build(org, build_id, turn, wrote))
            .await
    }

    /// Changes a build, and says what happens, while this work goes on: an error once it has ended.
    /// Within work that is done atomically.
    pub(super) fn further<F: FnOnce(u64) -> BuildEvent>(
        &self,
        org: &str,
        build_id: &str,
        turn: &str,
        change: impl FnOnce(&mut Build) -> Vec<F>,
    ) -> Result<Build, ApiError> {
        let work = self.store.find(&WORKS, org, build_id)?;
        let mut build = self.store.find(&BUILDS, org, build_id)?;
        if work.turn != turn || settled(&build.status) {
            return Err(refused("", "state", "this work has ended"));
        }
        build.updated_at = now();
        let events = change(&mut build);
        self.store.put(&BUILDS, org, build_id, &build)?;
        if !events.is_empty() {
            self.log.extend(build_id, events)?;
        }
        Ok(build)
    }

    /// Goes on to a stage.
    pub(super) fn enter(
        &self,
        org: &str,
        build_id: &str,
        turn: &str,
        stage: &BuildStage,
    ) -> Result<Build, ApiError> {
        let build = self.further(org, build_id, turn, |build| {
            build.status = status_of(stage);
            let changed = types::BuildStageChangedEvent {
                attempt: build.attempt,
                build_id: build.id.clone(),
                occurred_at: now(),
                sequence: 0,
                stage: stage.clone(),
            };
            vec![move |sequence| {
                BuildEvent::BuildStageChanged(types::BuildStageChangedEvent {
                    sequence: number(sequence),
                    ..changed
                })
            }]
        })?;
        self.store.update(&WORKS, org, build_id, |work| {
            if work.turn == turn {
                work.stage = stage.clone();
            }
            Ok(())
        })?;
        Ok(build)
    }

    fn charge(
        &self,
        org: &str,
        build_id: &str,
        turn: &str,
        stage: &BuildStage,
    ) -> Result<(), ApiError> {
        let (cost, read, written) = price(stage);
        self.further(org, build_id, turn, |build| {
            build.usage = types::Usage {
                cost: money(micros(&build.usage.cost) + cost),
                input_tokens: build.usage.input_tokens + read,
                output_tokens: build.usage.output_tokens + written,
            };
            Vec::<fn(u64) -> BuildEvent>::new()
        })?;
        Ok(())
    }

    /// Decides what the app is made with, and says so.
    fn design(&self, org: &str, build: &Build, turn: &str, prompt: &str) -> Result<(), ApiError> {
        let stack = match build.stack {
            BuildStack::Auto => stack_for(prompt),
            ref stack => stack.clone(),
        };
        let message = format!("The app is made with {}.", stack.as_str());
        self.further(org, &build.id, turn, |build| {
            build.stack = stack;
            Vec::<fn(u64) -> BuildEvent>::new()
        })?;
        self.build_log(
            org,
            &build.id,
            turn,
            BuildStage::Planning,
            LogLevel::Info,
            &message,
        )
    }

    /// Writes the source.
    fn generate(&self, org: &str, build: &Build, turn: &str, prompt: &str) -> Result<(), ApiError> {
        let mut source = self
            .store
            .get(&SOURCES, org, &build.id)?
            .unwrap_or_default();
        let changed = write(&mut source, &build.name, &build.stack, prompt);
        for path in &changed {
            let content = source.get(path).map(String::as_str).unwrap_or_default();
            if let Some((workspace_id, folder)) = workspace_of(&build.target) {
                let path = match folder {
                    "" => path.clone(),
                    folder => format!("{folder}/{path}"),
                };
                self.put_file(org, workspace_id, path, None, content.as_bytes())?;
            }
            let written = types::BuildFileWrittenEvent {
                build_id: build.id.clone(),
                occurred_at: now(),
                path: path.clone(),
                sequence: 0,
                size_bytes: i64::try_from(content.len()).unwrap_or(i64::MAX),
            };
            self.further(org, &build.id, turn, |_| {
                vec![move |sequence| {
                    BuildEvent::BuildFileWritten(types::BuildFileWrittenEvent {
                        sequence: number(sequence),
                        ..written
                    })
                }]
            })?;
        }
        self.store.put(&SOURCES, org, &build.id, &source)?;
        let message = format!("{} files written", changed.len());
        self.build_log(
            org,
            &build.id,
            turn,
            BuildStage::Generating,
            LogLevel::Info,
            &message,
        )
    }

    /// Tests the source, and keeps what came of it.
    fn try_out(&self, org: &str, build: &Build, turn: &str) -> Result<(), ApiError> {
        let source = self
            .store
            .get(&SOURCES, org, &build.id)?
            .unwrap_or_default();
        let stage = BuildStage::Testing;
        for path in source.keys() {
            let message = format!("{path}: ok");
            self.build_log(
                org,
                &build.id,
                turn,
                stage.clone(),
                LogLevel::Debug,
                &message,
            )?;
        }
        let message = format!("{} passed, 0 failed", source.len());
        self.build_log(org, &build.id, turn, stage, LogLevel::Info, &message)?;
        let kind = types::BuildArtifactKind::TestReport;
        let bytes = report(&source);
        self.keep_artifact(
            org,
            build,
            turn,
            kind,
            "tests.json",
            "application/json",
            &bytes,
        )?;
        let kind = types::BuildArtifactKind::SourceArchive;
        let name = format!("{}.tar.gz", build.name.replace(['/', '\\', '"'], "_"));
        let bytes = pack(&entries(&source))?;
        self.keep_artifact(org, build, turn, kind, &name, "application/gzip", &bytes)
    }
}

/// The number of an event, as the wire has it.
pub(super) fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

fn entries(source: &BTreeMap<String, String>) -> Vec<Entry> {
    let entry = |(path, content): (&String, &String)| Entry {
        path: path.clone(),
        executable: false,
        content: content.clone().into_bytes(),
    };
    source.iter().map(entry).collect()
}
