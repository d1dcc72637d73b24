//! The registry of agents, their invocations, and an organisation's own agents. Those inside of runs
//! are kept as the runs tell of them.

mod builtin;
mod custom;
mod inside;
mod instance;
mod invocations;
mod metrics;
mod registry;
mod work;

use exai_server::{
    Agents, ApiError, CancelAgentInvocationResponse, DeleteCustomAgentResponse,
    DeprecateCustomAgentVersionResponse, GetAgentInvocationResponse, GetAgentMetricsParams,
    GetAgentMetricsResponse, GetAgentResponse, GetAgentSchemaParams, GetAgentSchemaResponse,
    GetAgentVersionResponse, GetCustomAgentResponse, InvokeAgentResponse,
    ListAgentInvocationsParams, ListAgentInvocationsResponse, ListAgentVersionsParams,
    ListAgentVersionsResponse, ListAgentsParams, ListAgentsResponse, ListCustomAgentsParams,
    ListCustomAgentsResponse, PublishCustomAgentVersionResponse, RegisterCustomAgentResponse,
    RequestContext, StreamAgentInvocationEventsResponse, UpdateCustomAgentResponse, types,
};
use types::{AuditAction, AuditResourceType};

pub(crate) use self::inside::{Answered, Asked, Inside};
use self::invocations::{Ending, is_last};
use crate::Sandbox;
use crate::audit::resource;
use crate::pages::{Window, page};
use crate::world::{caller, refused};

/// The dialect of the schemas of agents.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

impl Agents for Sandbox {
    async fn list_agents(
        &self,
        cx: &RequestContext,
        params: ListAgentsParams,
    ) -> Result<ListAgentsResponse, ApiError> {
        let mut found = self.seen_agents(cx)?;
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
        let known = self.known_agent(cx, &agent_id)?;
        Ok(GetAgentResponse::Ok(known.agent))
    }

    async fn get_agent_schema(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
        params: GetAgentSchemaParams,
    ) -> Result<GetAgentSchemaResponse, ApiError> {
        let known = self.known_agent(cx, &agent_id)?;
        let number = params.version;
        let number = number.unwrap_or_else(|| known.agent.latest_version.clone());
        let version = known.version(&number)?;
        Ok(GetAgentSchemaResponse::Ok(types::AgentSchema {
            dialect: DIALECT.to_owned(),
            agent_id,
            input: version.input_schema,
            output: version.output_schema,
            version: version.version,
        }))
    }

    async fn get_agent_metrics(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
        params: GetAgentMetricsParams,
    ) -> Result<GetAgentMetricsResponse, ApiError> {
        let metrics = self.metrics(cx, &agent_id, params)?;
        Ok(GetAgentMetricsResponse::Ok(metrics))
    }

    async fn list_agent_versions(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
        params: ListAgentVersionsParams,
    ) -> Result<ListAgentVersionsResponse, ApiError> {
        let versions = self.known_agent(cx, &agent_id)?.versions.into_iter();
        // Versions have no ids that sort; places among them do, for none is ever taken away.
        let placed = versions.enumerate();
        let mut placed: Vec<_> = placed.map(|(at, one)| (format!("{at:019}"), one)).collect();
        placed.retain(|(_, one)| params.status.as_ref().is_none_or(|s| *s == one.status));
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(placed, |(at, _)| at, params.order, cursor, params.limit)?;
        let data = data.into_iter().map(|(_, version)| version).collect();
        Ok(ListAgentVersionsResponse::Ok(types::AgentVersionList {
            data,
            next_cursor,
        }))
    }

    async fn get_agent_version(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
        version: types::SemanticVersion,
    ) -> Result<GetAgentVersionResponse, ApiError> {
        let version = self.known_agent(cx, &agent_id)?.version(&version)?;
        Ok(GetAgentVersionResponse::Ok(version))
    }

    async fn invoke_agent(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
        body: types::InvokeAgent,
    ) -> Result<InvokeAgentResponse, ApiError> {
        let invocation = self.invoke(cx, &agent_id, body)?;
        self.audit(cx, 202, AuditAction::AgentInvoked, invoked(&invocation))?;
        Ok(InvokeAgentResponse::Accepted(invocation))
    }

    async fn get_agent_invocation(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
        invocation_id: types::InvocationId,
    ) -> Result<GetAgentInvocationResponse, ApiError> {
        let invocation = self.invocation(cx, &agent_id, &invocation_id)?;
        Ok(GetAgentInvocationResponse::Ok(invocation))
    }

    async fn list_agent_invocations(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
        params: ListAgentInvocationsParams,
    ) -> Result<ListAgentInvocationsResponse, ApiError> {
        let window = Window {
            labels: params.label.as_deref(),
            created_after: params.created_after,
            created_before: params.created_before,
        };
        let found = self.invocations(cx, &agent_id)?.into_iter();
        let mut found: Vec<types::AgentInvocation> = found.map(|one| one.shown).collect();
        found.retain(|one| {
            let (statuses, version) = (params.status.as_ref(), params.version.as_ref());
            window.holds(one.created_at, &one.labels)
                && statuses.is_none_or(|statuses| statuses.contains(&one.status))
                && version.is_none_or(|version| *version == one.version)
                && (params.run_id.is_none() || params.run_id == one.run_id)
        });
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |one| &one.id, params.order, cursor, params.limit)?;
        Ok(ListAgentInvocationsResponse::Ok(
            types::AgentInvocationList { data, next_cursor },
        ))
    }

    async fn stream_agent_invocation_events(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
        invocation_id: types::InvocationId,
    ) -> Result<StreamAgentInvocationEventsResponse, ApiError> {
        self.invocation(cx, &agent_id, &invocation_id)?;
        let events = self.log.follow(cx, &invocation_id, is_last)?;
        Ok(StreamAgentInvocationEventsResponse::Ok(events))
    }

    async fn cancel_agent_invocation(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
        invocation_id: types::InvocationId,
        body: Option<types::CancelAgentInvocation>,
    ) -> Result<CancelAgentInvocationResponse, ApiError> {
        let found = self.invocation(cx, &agent_id, &invocation_id)?;
        if found.run_id.is_some() {
            return Err(refused("", "state", "the invocation is part of a run"));
        }
        let ending = Ending::Cancelled(body.and_then(|body| body.reason));
        let org = &caller(cx)?.org;
        let cancelled = self.end_invocation(org, &invocation_id, ending).await?;
        self.audit(cx, 200, AuditAction::AgentInvoked, invoked(&cancelled))?;
        Ok(CancelAgentInvocationResponse::Ok(cancelled))
    }

    async fn register_custom_agent(
        &self,
        cx: &RequestContext,
        body: types::RegisterCustomAgent,
    ) -> Result<RegisterCustomAgentResponse, ApiError> {
        let agent = self.register_agent(cx, body)?;
        self.audit(cx, 201, AuditAction::AgentRegistered, named(&agent))?;
        Ok(RegisterCustomAgentResponse::Created(agent))
    }

    async fn list_custom_agents(
        &self,
        cx: &RequestContext,
        params: ListCustomAgentsParams,
    ) -> Result<ListCustomAgentsResponse, ApiError> {
        let window = Window {
            labels: params.label.as_deref(),
            ..Window::default()
        };
        let found = self.own_agents(cx)?.into_iter().map(|one| one.agent);
        let mut found: Vec<types::CustomAgent> = found.collect();
        found.retain(|agent| {
            let visibility = params.visibility.as_ref();
            window.holds(agent.created_at, &agent.labels)
                && visibility.is_none_or(|visibility| *visibility == agent.visibility)
        });
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(found, |one| &one.id, params.order, cursor, params.limit)?;
        Ok(ListCustomAgentsResponse::Ok(types::CustomAgentList {
            data,
            next_cursor,
        }))
    }

    async fn get_custom_agent(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
    ) -> Result<GetCustomAgentResponse, ApiError> {
        let found = self.own_agent(cx, &agent_id)?;
        Ok(GetCustomAgentResponse::Ok(found.agent))
    }

    async fn update_custom_agent(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
        body: types::UpdateCustomAgent,
    ) -> Result<UpdateCustomAgentResponse, ApiError> {
        let agent = self.change_agent(cx, &agent_id, body)?;
        self.audit(cx, 200, AuditAction::AgentUpdated, named(&agent))?;
        Ok(UpdateCustomAgentResponse::Ok(agent))
    }

    async fn delete_custom_agent(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
    ) -> Result<DeleteCustomAgentResponse, ApiError> {
        let agent = self.remove_agent(cx, &agent_id)?;
        self.audit(cx, 204, AuditAction::AgentDeleted, named(&agent))?;
        Ok(DeleteCustomAgentResponse::NoContent)
    }

    async fn publish_custom_agent_version(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
        body: types::PublishAgentVersion,
    ) -> Result<PublishCustomAgentVersionResponse, ApiError> {
        let version = self.publish_version(cx, &agent_id, body)?;
        let of = resource(AuditResourceType::Agent, &agent_id, None);
        self.audit(cx, 201, AuditAction::AgentVersionPublished, of)?;
        Ok(PublishCustomAgentVersionResponse::Created(version))
    }

    async fn deprecate_custom_agent_version(
        &self,
        cx: &RequestContext,
        agent_id: types::AgentId,
        version: types::SemanticVersion,
        body: types::DeprecateAgentVersion,
    ) -> Result<DeprecateCustomAgentVersionResponse, ApiError> {
        let version = self.deprecate_version(cx, &agent_id, &version, body)?;
        let of = resource(AuditResourceType::Agent, &agent_id, None);
        self.audit(cx, 200, AuditAction::AgentVersionDeprecated, of)?;
        Ok(DeprecateCustomAgentVersionResponse::Ok(version))
    }
}

fn named(agent: &types::CustomAgent) -> types::AuditResource {
    resource(AuditResourceType::Agent, &agent.id, Some(&agent.title))
}

fn invoked(invocation: &types::AgentInvocation) -> types::AuditResource {
    resource(AuditResourceType::Invocation, &invocation.id, None)
}
