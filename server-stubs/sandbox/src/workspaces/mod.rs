//! Development environments, their files and commands, simulated.

use crate::Sandbox;

impl exai_server::unimplemented::Workspaces for Sandbox {}
