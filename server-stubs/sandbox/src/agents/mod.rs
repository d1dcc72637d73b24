//! The registry of agents, and an organisation's own.

use crate::Sandbox;

impl exai_server::unimplemented::Agents for Sandbox {}
