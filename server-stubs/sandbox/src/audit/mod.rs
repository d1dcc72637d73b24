//! The audit log: what was done, by whom, with which outcome; a hash chain an organisation.

mod log;

pub(crate) use self::log::resource;

use crate::Sandbox;

impl exai_server::unimplemented::Audit for Sandbox {}
