//! The registry of agents, and an organisation's own.

mod builtin;

use exai_server::unimplemented::Agents;
use exai_server::{
    ApiError, GetAgentResponse, ListAgentsParams, ListAgentsResponse, RequestContext, types,
};

use crate::Sandbox;
use crate::pages::page;
use crate::store::Kind;
use crate::world::caller;

/// An organisation's own agents by id.
pub(crate) const AGENTS: Kind<types::Agent> = Kind::new("agent");

impl Agents for Sandbox {
    async fn list_agents(
        &self,
        cx: &RequestContext,
        params: ListAgentsParams,
    ) -> Result<ListAgentsResponse, ApiError> {
        let mut found = self.agents(&caller(cx)?.org)?;
        found.retain(|agent| {
            let (category, origin) = (params.category.as_ref(), params.origin.as_ref());
            let query = params.query.as_deref().map(str::to_lowercase);
            let says = |query: &String| {
                let texts = [&agent.title, &agent.description, &agent.slug];
                texts.iter().any(|text| text.to_lowercase().contains(query))
            };
            let capable = |wanted: &Vec<types::AgentCapability>| {
                wanted.iter().all(|one| agent.capabilities.contains(one))
            };
            category.is_none_or(|category| *category == agent.category)
                && origin.is_none_or(|origin| *origin == agent.origin)
                && query.as_ref().is_none_or(says)
                && params.capability.as_ref().is_none_or(capable)
        });
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |one| &one.id, params.order, cursor, params.limit)?;
        Ok(ListAgentsResponse::Ok(types::AgentList {
            data,
            next_cursor,
        }))
    }

    async fn get_agent(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
    ) -> Result<GetAgentResponse, ApiError> {
        let found = self.agents(&caller(cx)?.org)?;
        let agent = found.into_iter().find(|agent| agent.id == agent_id);
        let missing = || ApiError::not_found(format!("there is no agent {agent_id}"));
        Ok(GetAgentResponse::Ok(agent.ok_or_else(missing)?))
    }
}

impl Sandbox {
    /// Every agent that an organisation sees: those that are built in, then its own.
    pub(crate) fn agents(&self, org: &str) -> Result<Vec<types::Agent>, ApiError> {
        let mut agents = builtin::agents();
        agents.extend(self.store.list(&AGENTS, org, "")?);
        Ok(agents)
    }
}
