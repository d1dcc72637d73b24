//! Ports that can be reached from outside. Nothing listens on them here.

use exai_server::{ApiError, types};
use types::{PortNumber, PortProtocol, PortVisibility, WorkspacePort};

use super::WORKSPACES;
use crate::Sandbox;
use crate::store::Kind;
use crate::world::{ending, now, refused};

/// Ports by the workspace's id and their number, in five digits.
const PORTS: Kind<WorkspacePort> = Kind::new("port");

impl Sandbox {
    /// Gives a port a URL.
    pub(super) fn expose(
        &self,
        org: &str,
        workspace_id: &str,
        by: types::Actor,
        body: types::ExposeWorkspacePort,
    ) -> Result<WorkspacePort, ApiError> {
        let open = self.ports(org, workspace_id)?;
        if open.iter().any(|other| other.port == body.port) {
            return Err(refused("/port", "unique", "the port is exposed already"));
        }
        let exposed_at = now();
        let expires_in = body.expires_in.as_deref();
        let expires_at = expires_in.map(|text| ending("/expires_in", text, exposed_at));
        // RFC 6761 section 6.4: nobody has a name below `invalid`.
        let host = workspace_id.replace('_', "-").to_lowercase();
        let protocol = body.protocol.unwrap_or(PortProtocol::Http);
        let scheme = match protocol {
            PortProtocol::Tcp => "tcp",
            _ => "https",
        };
        let port = WorkspacePort {
            expires_at: expires_at.transpose()?,
            exposed_at,
            exposed_by: by,
            port: body.port,
            protocol,
            url: format!("{scheme}://{}-{host}.sandbox.invalid", body.port),
            visibility: body.visibility.unwrap_or(PortVisibility::Private),
        };
        self.store
            .put(&PORTS, org, &key(workspace_id, port.port), &port)?;
        Ok(port)
    }

    /// The ports that are open, by number.
    pub(super) fn ports(
        &self,
        org: &str,
        workspace_id: &str,
    ) -> Result<Vec<WorkspacePort>, ApiError> {
        self.store.find(&WORKSPACES, org, workspace_id)?;
        let mut found = self.store.list(&PORTS, org, &format!("{workspace_id}/"))?;
        found.retain(|port| port.expires_at.is_none_or(|at| at > now()));
        Ok(found)
    }

    /// Takes the URL of a port away; 404 where it has none.
    pub(super) fn close(
        &self,
        org: &str,
        workspace_id: &str,
        port: PortNumber,
    ) -> Result<(), ApiError> {
        let open = self.ports(org, workspace_id)?;
        self.store.remove(&PORTS, org, &key(workspace_id, port))?;
        match open.iter().any(|other| other.port == port) {
            true => Ok(()),
            false => Err(ApiError::not_found(format!("port {port} is not exposed"))),
        }
    }

    /// Closes every port of a workspace that is gone.
    pub(super) fn forget_ports(&self, org: &str, workspace_id: &str) -> Result<(), ApiError> {
        self.store
            .remove_all(&PORTS, org, &format!("{workspace_id}/"))
    }
}

fn key(workspace_id: &str, port: PortNumber) -> String {
    format!("{workspace_id}/{}", place(port))
}

/// A port as it sorts.
pub(super) fn place(port: PortNumber) -> String {
    format!("{port:05}")
}
