//! Changes that are asked for: of what a workspace is, and of its status.

use exai_server::{ApiError, types};
use types::{EnvironmentVariable, EnvironmentVariableInput, WorkspaceStatus};

use super::WORKSPACES;
use super::state::resources;
use crate::Sandbox;
use crate::patch::merge;
use crate::tokens::ORGANISATION;
use crate::world::{lasting, now, refused};

impl Sandbox {
    /// Changes what a patch names. A running workspace that is resized pauses for it.
    pub(super) fn amend(
        &self,
        org: &str,
        id: &str,
        mut body: types::UpdateWorkspace,
    ) -> Result<types::Workspace, ApiError> {
        let variables = body.environment.take();
        let mut resize = false;
        let workspace = self.store.update(&WORKSPACES, org, id, |workspace| {
            let before = workspace.size.clone();
            merge(workspace, &body)?;
            if let Some(variables) = variables {
                workspace.environment = variables_of(variables, &workspace.environment)?;
            }
            if workspace.size != before {
                resize = workspace.status == WorkspaceStatus::Running;
                if !resize && !is_settled(&workspace.status) {
                    let message = format!("the workspace is {}", workspace.status.as_str());
                    return Err(refused("/size", "state", message));
                }
                let (resources, rate) = resources(&workspace.size);
                workspace.resources = resources;
                workspace.hourly_rate.amount = rate.to_owned();
            }
            workspace.updated_at = now();
            Ok(())
        })?;
        if !resize {
            return Ok(workspace);
        }
        let (from, to) = ([WorkspaceStatus::Running], WorkspaceStatus::Resizing);
        let workspace = self.depart(org, id, &from, to)?;
        self.go_on(org, id, async |sandbox, org, id| {
            sandbox.work(200).await;
            sandbox.settle(&org, &id, WorkspaceStatus::Running).await
        });
        Ok(workspace)
    }

    /// Boots a workspace that is stopped or has failed.
    pub(super) fn start_up(&self, org: &str, id: &str) -> Result<types::Workspace, ApiError> {
        let from = [WorkspaceStatus::Stopped, WorkspaceStatus::Failed];
        let workspace = self.depart(org, id, &from, WorkspaceStatus::Starting)?;
        self.go_on(org, id, async |sandbox, org, id| {
            sandbox.work(150).await;
            sandbox.settle(&org, &id, WorkspaceStatus::Running).await
        });
        Ok(workspace)
    }

    /// Stops a workspace and boots it again.
    pub(super) fn reboot(&self, org: &str, id: &str) -> Result<types::Workspace, ApiError> {
        let from = [WorkspaceStatus::Running, WorkspaceStatus::Failed];
        let workspace = self.depart(org, id, &from, WorkspaceStatus::Restarting)?;
        self.go_on(org, id, async |sandbox, org, id| {
            sandbox.work(100).await;
            sandbox.boot(&org, &id).await
        });
        Ok(workspace)
    }

    /// Ends what runs in a workspace, and takes a snapshot of what is left if that is wanted.
    pub(super) fn shut_down(
        &self,
        org: &str,
        id: &str,
        by: types::Actor,
        body: types::StopWorkspace,
    ) -> Result<types::Workspace, ApiError> {
        if let Some(text) = &body.grace_period {
            lasting("/grace_period", text)?;
        }
        let from = [WorkspaceStatus::Running];
        let workspace = self.depart(org, id, &from, WorkspaceStatus::Stopping)?;
        // What is there when it is asked for, and not lost with the process that goes on with it.
        if body.snapshot == Some(true) {
            self.freeze(org, id, by, types::CreateWorkspaceSnapshot::default())?;
        }
        self.go_on(org, id, async |sandbox, org, id| {
            sandbox.work(100).await;
            sandbox.settle(&org, &id, WorkspaceStatus::Stopped).await
        });
        Ok(workspace)
    }

    /// Does the rest of a change behind the answer to it.
    pub(super) fn go_on<F>(
        &self,
        org: &str,
        id: &str,
        work: impl FnOnce(Self, String, String) -> F + Send + 'static,
    ) where
        F: Future<Output = Result<(), ApiError>> + Send,
    {
        let name = format!("workspace/{id}");
        let (sandbox, org, id) = (self.clone(), org.to_owned(), id.to_owned());
        // A workspace that was deleted has no more to do.
        self.behind(name, async move { work(sandbox, org, id).await });
    }
}

impl Sandbox {
    /// Goes on with the workspaces that are on the way from one status to another: what a process
    /// does that finds some in its file.
    pub(crate) fn resume_workspaces(&self) -> Result<(), ApiError> {
        self.resume_snapshots()?;
        for workspace in self.store.list(&WORKSPACES, ORGANISATION, "")? {
            if is_settled(&workspace.status) {
                continue;
            }
            self.go_on(ORGANISATION, &workspace.id, async |sandbox, org, id| {
                let found = sandbox.store.find(&WORKSPACES, &org, &id)?;
                match found.status {
                    status if is_settled(&status) => Ok(()),
                    WorkspaceStatus::Provisioning => sandbox.bring_up(&org, &id).await,
                    WorkspaceStatus::Starting | WorkspaceStatus::Restarting => {
                        sandbox.boot(&org, &id).await
                    }
                    WorkspaceStatus::Stopping => {
                        sandbox.settle(&org, &id, WorkspaceStatus::Stopped).await
                    }
                    _ => sandbox.settle(&org, &id, WorkspaceStatus::Running).await,
                }
            });
        }
        Ok(())
    }
}

/// True for a status that is not on the way to another.
pub(super) fn is_settled(status: &WorkspaceStatus) -> bool {
    use WorkspaceStatus::{Failed, Running, Stopped};
    matches!(status, Running | Stopped | Failed)
}

/// Variables as they are kept, ordered by name, without their values. One that was there and is
/// given no value keeps its time.
pub(super) fn variables_of(
    given: Vec<EnvironmentVariableInput>,
    before: &[EnvironmentVariable],
) -> Result<Vec<EnvironmentVariable>, ApiError> {
    let mut variables: Vec<EnvironmentVariable> = Vec::new();
    for (at, variable) in given.into_iter().enumerate() {
        if variables.iter().any(|other| other.name == variable.name) {
            let pointer = format!("/environment/{at}/name");
            return Err(refused(&pointer, "unique", "two variables have this name"));
        }
        let old = before.iter().find(|old| old.name == variable.name);
        variables.push(EnvironmentVariable {
            updated_at: match variable.value {
                None => old.map_or_else(|| Some(now()), |old| old.updated_at),
                Some(_) => Some(now()),
            },
            name: variable.name,
            secret: variable.secret,
        });
    }
    variables.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(variables)
}
