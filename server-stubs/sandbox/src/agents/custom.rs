//! An organisation's own agents: registered, changed, published, deprecated, removed.

use exai_server::{ApiError, RequestContext, types};
use jiff::SignedDuration;
use serde_json::Value;
use types::{
    AgentSource, AgentSourceInput, AgentStatus, AgentVersion, AgentVersionStatus, AgentVisibility,
    CustomAgent,
};

use super::builtin;
use super::registry::{CUSTOM, Custom, retire};
use crate::Sandbox;
use crate::digest::sha256;
use crate::numbers::{number, rises};
use crate::patch::{merge, recast};
use crate::plans::PLANS;
use crate::runs::{RUNS, agents_of};
use crate::world::{actor, caller, id, now, refused};

/// How long a version that is to be retired stays usable at least.
const NOTICE: SignedDuration = SignedDuration::from_hours(24);

impl Sandbox {
    pub(super) fn register_agent(
        &self,
        cx: &RequestContext,
        body: types::RegisterCustomAgent,
    ) -> Result<CustomAgent, ApiError> {
        let caller = caller(cx)?;
        usable(&body.input_schema, "/input_schema")?;
        usable(&body.output_schema, "/output_schema")?;
        let latest_version = body.version.unwrap_or_else(|| "1.0.0".to_owned());
        number(&latest_version)?;
        let now = now();
        let agent = CustomAgent {
            id: id("agt"),
            capabilities: body.capabilities.unwrap_or_default(),
            category: body.category.unwrap_or(types::AgentCategory::Coding),
            created_at: now,
            created_by: actor(caller)?,
            description: body.description,
            input_schema: body.input_schema,
            labels: body.labels.unwrap_or_default(),
            latest_version,
            output_schema: body.output_schema,
            secret_names: body.secrets.unwrap_or_default().into_keys().collect(),
            slug: body.slug,
            source: tried(&body.source)?,
            status: AgentStatus::Active,
            title: body.title,
            updated_at: now,
            visibility: body.visibility.unwrap_or(AgentVisibility::Private),
        };
        let own = self.store.list(&CUSTOM, &caller.org, "")?;
        let mut taken = own.iter().map(|one| one.agent.slug.clone());
        let builtin = builtin::agents();
        let mut builtin = builtin.iter().map(|one| one.slug.clone());
        if taken.any(|slug| slug == agent.slug) || builtin.any(|slug| slug == agent.slug) {
            return Err(refused("/slug", "unique", "an agent has this slug already"));
        }
        let first = version(&agent, None, agent.created_by.clone());
        let (versions, key) = (vec![first], agent.id.clone());
        let custom = Custom { agent, versions };
        self.store.put(&CUSTOM, &caller.org, &key, &custom)?;
        Ok(custom.agent)
    }

    pub(super) fn change_agent(
        &self,
        cx: &RequestContext,
        agent_id: &str,
        mut body: types::UpdateCustomAgent,
    ) -> Result<CustomAgent, ApiError> {
        let before = self.own_agent(cx, agent_id)?.agent;
        let org = &caller(cx)?.org;
        if body.visibility == Some(AgentVisibility::Private) {
            let plans = self.store.list(&PLANS, org, "")?;
            let other = |plan: &&types::Plan| plan.created_by != before.created_by;
            if plans.iter().filter(other).any(|plan| names(plan, agent_id)) {
                let message = "a plan of someone else uses it";
                return Err(refused("/visibility", "in_use", message));
            }
        }
        // Their values are for agents that run; none does here.
        let secrets = body.secrets.take().unwrap_or_default();
        let changed = self.store.update(&CUSTOM, org, agent_id, |custom| {
            let agent = &mut custom.agent;
            merge(agent, &body)?;
            agent
                .secret_names
                .retain(|name| !secrets.contains_key(name));
            let set = secrets.iter().filter(|(_, value)| value.is_some());
            agent.secret_names.extend(set.map(|(name, _)| name.clone()));
            agent.secret_names.sort();
            agent.updated_at = now();
            Ok(())
        })?;
        Ok(changed.agent)
    }

    /// Removes an agent with its versions; 422 while it works.
    pub(super) fn remove_agent(
        &self,
        cx: &RequestContext,
        agent_id: &str,
    ) -> Result<CustomAgent, ApiError> {
        let org = &caller(cx)?.org;
        let agent = self.own_agent(cx, agent_id)?.agent;
        let mut runs = self.store.list(&RUNS, org, "")?;
        runs.retain(|run| run.finished_at.is_none());
        for run in runs {
            let plan = self.store.get(&PLANS, org, &run.plan_id)?;
            if plan.is_some_and(|plan| names(&plan, agent_id)) {
                let message = format!("the run {} is using it", run.id);
                return Err(refused("", "in_use", message));
            }
        }
        if self.is_working(org, agent_id)? {
            return Err(refused("", "in_use", "an invocation of it is not over"));
        }
        self.store.remove(&CUSTOM, org, agent_id)?;
        Ok(agent)
    }

    pub(super) fn publish_version(
        &self,
        cx: &RequestContext,
        agent_id: &str,
        body: types::PublishAgentVersion,
    ) -> Result<AgentVersion, ApiError> {
        self.own_agent(cx, agent_id)?;
        let caller = caller(cx)?;
        let by = actor(caller)?;
        let schemas = [
            (&body.input_schema, "/input_schema"),
            (&body.output_schema, "/output_schema"),
        ];
        for (schema, pointer) in schemas {
            schema.as_ref().map_or(Ok(()), |one| usable(one, pointer))?;
        }
        let source = body.source.as_ref().map(tried).transpose()?;
        let changed = self
            .store
            .update(&CUSTOM, &caller.org, agent_id, |custom| {
                let agent = &mut custom.agent;
                rises(&body.version, &agent.latest_version)?;
                agent.latest_version = body.version;
                agent.updated_at = now();
                replace(&mut agent.source, source);
                replace(&mut agent.input_schema, body.input_schema);
                replace(&mut agent.output_schema, body.output_schema);
                replace(&mut agent.capabilities, body.capabilities);
                custom.versions.push(version(agent, body.changelog, by));
                Ok(())
            })?;
        let published = changed.versions.into_iter().next_back();
        published.ok_or_else(ApiError::internal_error)
    }

    pub(super) fn deprecate_version(
        &self,
        cx: &RequestContext,
        agent_id: &str,
        number: &str,
        body: types::DeprecateAgentVersion,
    ) -> Result<AgentVersion, ApiError> {
        self.own_agent(cx, agent_id)?;
        let now = now();
        let mut deprecated = None;
        self.store
            .update(&CUSTOM, &caller(cx)?.org, agent_id, |custom| {
                let versions = &mut custom.versions;
                versions.iter_mut().for_each(|version| retire(version, now));
                let place = versions.iter().position(|one| one.version == number);
                let missing = || ApiError::not_found(format!("there is no version {number}"));
                let place = place.ok_or_else(missing)?;
                deprecable(versions, place)?;
                if let Some(other) = &body.replacement_version {
                    replaces(versions, number, other)?;
                }
                let soon = |sunset| now.duration_until(sunset) < NOTICE;
                if body.sunset_at.is_some_and(soon) {
                    let message = "it is less than 24 hours from now";
                    return Err(refused("/sunset_at", "minimum", message));
                }
                let version = &mut versions[place];
                let before = version.deprecation.as_ref();
                version.deprecation = Some(types::AgentDeprecation {
                    deprecated_at: before.map_or(now, |before| before.deprecated_at),
                    reason: body.reason,
                    replacement_version: body.replacement_version,
                    sunset_at: body.sunset_at,
                });
                version.status = AgentVersionStatus::Deprecated;
                deprecated = Some(version.clone());
                custom.agent.updated_at = now;
                Ok(())
            })?;
        deprecated.ok_or_else(ApiError::internal_error)
    }
}

/// 422 for a version that is retired, or the only one that is published.
fn deprecable(versions: &[AgentVersion], place: usize) -> Result<(), ApiError> {
    let published = |one: &AgentVersion| one.status == AgentVersionStatus::Published;
    if versions[place].status == AgentVersionStatus::Retired {
        return Err(refused("", "state", "the version is retired"));
    }
    let others = versions.iter().enumerate().filter(|(at, _)| *at != place);
    if !others.into_iter().any(|(_, one)| published(one)) {
        let message = "it is the only version that is published";
        return Err(refused("", "state", message));
    }
    Ok(())
}

/// 422 where a version cannot be used in place of another.
fn replaces(versions: &[AgentVersion], number: &str, other: &str) -> Result<(), ApiError> {
    let published = |one: &AgentVersion| one.status == AgentVersionStatus::Published;
    let mut others = versions.iter().filter(|one| one.version != number);
    if others.any(|one| one.version == other && published(one)) {
        return Ok(());
    }
    let message = format!("no other version that is published is {other}");
    Err(refused("/replacement_version", "unknown_version", message))
}

/// The newest version of an agent, as it is now.
fn version(agent: &CustomAgent, changelog: Option<String>, by: types::Actor) -> AgentVersion {
    AgentVersion {
        agent_id: agent.id.clone(),
        capabilities: agent.capabilities.clone(),
        changelog,
        deprecation: None,
        input_schema: agent.input_schema.clone(),
        output_schema: agent.output_schema.clone(),
        published_at: agent.updated_at,
        published_by: by,
        status: AgentVersionStatus::Published,
        version: agent.latest_version.clone(),
    }
}

fn replace<T>(place: &mut T, with: Option<T>) {
    if let Some(with) = with {
        *place = with;
    }
}

/// Whether a node of a plan, or the body of a map of it, asks an agent.
fn names(plan: &types::Plan, agent_id: &str) -> bool {
    let mut asked = plan.nodes.iter().filter_map(agents_of);
    asked.any(|node| node.agent_id == agent_id)
}

/// 422 where a schema is none of JSON Schema 2020-12, or refers to what is not in it.
fn usable(schema: &types::JsonSchema, pointer: &str) -> Result<(), ApiError> {
    let schema = Value::Object(schema.clone().into_iter().collect());
    match jsonschema::draft202012::new(&schema) {
        Ok(_) => Ok(()),
        Err(error) => Err(refused(pointer, "schema", error.to_string())),
    }
}

/// A source as it is shown, tried as far as that can be done without a network: an image needs a
/// tag or a digest, and no host below `.invalid` answers (RFC 2606 section 2).
fn tried(source: &AgentSourceInput) -> Result<AgentSource, ApiError> {
    match source {
        AgentSourceInput::Image(image) => {
            let (name, digest) = match image.image.split_once('@') {
                Some((name, digest)) => (name, digest.to_owned()),
                // What its name stands for here.
                None => (
                    image.image.as_str(),
                    format!("sha256:{}", sha256(&image.image)),
                ),
            };
            let tagged = name.rsplit('/').next().is_some_and(|end| end.contains(':'));
            if !tagged && name == image.image {
                let message = "the reference has neither a tag nor a digest";
                return Err(refused("/source/image", "format", message));
            }
            Ok(AgentSource::Image(types::ImageSource {
                image: image.image.clone(),
                command: image.command.clone(),
                digest: Some(digest),
            }))
        }
        AgentSourceInput::Endpoint(endpoint) => {
            let after = endpoint.url.split("://").nth(1).unwrap_or_default();
            let host = after.split(['/', '?', '#']).next().unwrap_or_default();
            let host = host.rsplit('@').next().unwrap_or_default();
            let host = host.split(':').next().unwrap_or_default();
            if host.is_empty() || host.ends_with(".invalid") {
                let message = "the endpoint does not answer a test invocation";
                return Err(refused("/source/url", "unreachable", message));
            }
            Ok(AgentSource::Endpoint(types::EndpointSource {
                url: endpoint.url.clone(),
                verified_at: Some(Some(now())),
            }))
        }
        AgentSourceInput::Prompt(_) => recast(source),
        AgentSourceInput::Unknown(_) => {
            Err(refused("/source/type", "enum", "there is no such source"))
        }
    }
}
