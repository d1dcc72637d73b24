//! Apps built from a prompt.

use crate::Sandbox;

impl exai_server::unimplemented::Builder for Sandbox {}
