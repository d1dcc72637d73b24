//! Plans of changes to a working tree.

use crate::Sandbox;

impl exai_server::unimplemented::Composer for Sandbox {}
