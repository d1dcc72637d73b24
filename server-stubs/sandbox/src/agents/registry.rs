//! Who is in the registry: agents that are built in, and an organisation's own.

use exai_server::types::{
    Actor, Agent, AgentOrigin, AgentPricing, AgentSource, AgentVersion, AgentVersionStatus,
    AgentVisibility, CustomAgent, InvocationPricing, TokenPricing,
};
use exai_server::{ApiError, RequestContext};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::builtin;
use crate::Sandbox;
use crate::money::money;
use crate::store::Kind;
use crate::world::{actor, caller, now};

/// An organisation's own agents by id.
pub(super) const CUSTOM: Kind<Custom> = Kind::new("agent");

/// An agent of an organisation's own, with its versions in the order of their numbers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Custom {
    /// What its newest version is, it is.
    pub(super) agent: CustomAgent,
    pub(super) versions: Vec<AgentVersion>,
}

/// An agent that a caller sees.
pub(crate) struct Known {
    pub(super) agent: Agent,
    pub(super) versions: Vec<AgentVersion>,
}

impl Known {
    /// A version; 404 where there is none.
    pub(crate) fn version(self, number: &str) -> Result<AgentVersion, ApiError> {
        let id = &self.agent.id;
        let missing = ApiError::not_found(format!("there is no version {number} of {id}"));
        let mut versions = self.versions.into_iter();
        versions.find(|one| one.version == number).ok_or(missing)
    }

    /// The newest version that is neither deprecated nor retired.
    pub(crate) fn newest(self) -> Result<AgentVersion, ApiError> {
        let published = |one: &AgentVersion| one.status == AgentVersionStatus::Published;
        let newest = self.versions.into_iter().rev().find(published);
        newest.ok_or_else(|| ApiError::not_found("no version of it is published"))
    }
}

impl Custom {
    fn into_known(self, now: Timestamp) -> Known {
        let agent = self.agent;
        let mut versions = self.versions;
        versions.iter_mut().for_each(|version| retire(version, now));
        Known {
            versions,
            agent: Agent {
                id: agent.id,
                capabilities: agent.capabilities,
                category: agent.category,
                created_at: agent.created_at,
                description: agent.description.unwrap_or_default(),
                latest_version: agent.latest_version,
                origin: AgentOrigin::Custom,
                pricing: pricing(&agent.source),
                slug: agent.slug,
                status: agent.status,
                title: agent.title,
                updated_at: agent.updated_at,
            },
        }
    }

    /// Whether somebody of its organisation sees it.
    pub(super) fn is_seen_by(&self, actor: &Actor) -> bool {
        self.agent.visibility != AgentVisibility::Private || self.agent.created_by == *actor
    }
}

/// A model is charged for by the token; what an organisation runs itself, by the call.
fn pricing(source: &AgentSource) -> AgentPricing {
    match source {
        AgentSource::Prompt(_) => AgentPricing::Tokens(TokenPricing {
            cached_input_per_million: money(300_000),
            input_per_million: money(3_000_000),
            output_per_million: money(15_000_000),
        }),
        _ => AgentPricing::Invocation(InvocationPricing {
            per_invocation: money(10_000),
        }),
    }
}

/// A version whose sunset has come is retired.
pub(super) fn retire(version: &mut AgentVersion, now: Timestamp) {
    let sunset = version.deprecation.as_ref().and_then(|one| one.sunset_at);
    if sunset.is_some_and(|sunset| sunset <= now) {
        version.status = AgentVersionStatus::Retired;
    }
}

impl Sandbox {
    /// Every agent that an organisation has: those that are built in, then its own.
    pub(crate) fn agents(&self, org: &str) -> Result<Vec<Agent>, ApiError> {
        let own = self.store.list(&CUSTOM, org, "")?;
        let own = own.into_iter().map(|one| one.into_known(now()).agent);
        Ok(builtin::agents().into_iter().chain(own).collect())
    }

    /// The agents that a caller sees: those that are built in, then the organisation's.
    pub(super) fn seen_agents(&self, cx: &RequestContext) -> Result<Vec<Agent>, ApiError> {
        let own = self.own_agents(cx)?;
        let own = own.into_iter().map(|one| one.into_known(now()).agent);
        Ok(builtin::agents().into_iter().chain(own).collect())
    }

    /// The organisation's agents that a caller sees, oldest first.
    pub(super) fn own_agents(&self, cx: &RequestContext) -> Result<Vec<Custom>, ApiError> {
        let caller = caller(cx)?;
        let actor = actor(caller)?;
        let mut own = self.store.list(&CUSTOM, &caller.org, "")?;
        own.retain(|one| one.is_seen_by(&actor));
        Ok(own)
    }

    /// An agent that a caller sees; 404 where there is none.
    pub(crate) fn known_agent(&self, cx: &RequestContext, id: &str) -> Result<Known, ApiError> {
        let builtin = builtin::agents().into_iter().find(|agent| agent.id == id);
        if let Some(agent) = builtin {
            let versions = vec![builtin::version(&agent)];
            return Ok(Known { agent, versions });
        }
        Ok(self.own_agent(cx, id)?.into_known(now()))
    }

    /// An agent of the organisation's that a caller sees; 404 where there is none.
    pub(super) fn own_agent(&self, cx: &RequestContext, id: &str) -> Result<Custom, ApiError> {
        let caller = caller(cx)?;
        let found = self.store.find(&CUSTOM, &caller.org, id)?;
        if found.is_seen_by(&actor(caller)?) {
            return Ok(found);
        }
        Err(ApiError::not_found(format!("there is no agent {id}")))
    }
}
