//! Starting points for workspaces and plans.

use crate::Sandbox;

impl exai_server::unimplemented::Templates for Sandbox {}
