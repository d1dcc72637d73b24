//! Adding to the log.

use exai_server::{ApiError, RequestContext, types};
use serde_json::Value;

use crate::Sandbox;
use crate::digest::sha256;
use crate::store::{Kind, Linked, failed};
use crate::world::{actor, caller, id, now, receipt_id};

/// Entries by sequence number, in digits that sort.
pub(crate) const ENTRIES: Kind<types::AuditEvent> = Kind::new("audit");

/// The head of an organisation's chain: how many entries there are, and the hash of the last.
const HEADS: Kind<(i64, Option<String>)> = Kind::new("audit-head");

/// The key of the entry with a number.
pub(crate) fn key(sequence: i64) -> String {
    format!("{sequence:019}")
}

/// What followers of an organisation's log follow.
pub(super) fn tail_subject(org: &str) -> String {
    format!("{org}/audit")
}

/// Whether an entry's actor has an id.
pub(super) fn is_by(entry: &types::AuditEvent, id: &str) -> bool {
    match &entry.actor {
        types::Actor::User(user) => user.user_id == id,
        types::Actor::Token(token) => token.token_id == id,
        types::Actor::Agent(agent) => agent.agent_id == id,
        types::Actor::System(_) | types::Actor::Unknown(_) => false,
    }
}

impl Sandbox {
    /// Adds what a request did to a resource, and how it is answered.
    pub(crate) fn audit(
        &self,
        cx: &RequestContext,
        status: u16,
        action: types::AuditAction,
        resource: types::AuditResource,
    ) -> Result<(), ApiError> {
        let user_agent = cx.headers().get("user-agent");
        let user_agent = user_agent.and_then(|value| value.to_str().ok());
        let detail = types::AuditDetail::Request(types::RequestDetail {
            request: types::AuditRequest {
                idempotency_key: cx.idempotency_key().map(str::to_owned),
                ip_address: "127.0.0.1".to_owned(),
                method: method(cx.operation().method)?,
                operation_id: cx.operation().id.to_owned(),
                path: cx.path().to_owned(),
                status: i32::from(status),
                user_agent: user_agent.map(str::to_owned),
            },
        });
        self.audit_detail(cx, action, resource, detail)
    }

    /// Adds what a request did to a resource, with what is special to it.
    pub(crate) fn audit_detail(
        &self,
        cx: &RequestContext,
        action: types::AuditAction,
        resource: types::AuditResource,
        detail: types::AuditDetail,
    ) -> Result<(), ApiError> {
        let caller = caller(cx)?;
        let is_run = resource.r#type == types::AuditResourceType::Run;
        let of_run = cx.path().split('/').find(|part| part.starts_with("run_"));
        let run_id = if is_run {
            Some(resource.id.as_str())
        } else {
            of_run
        };
        let entry = types::AuditEvent {
            id: id("evt"),
            action,
            actor: actor(caller)?,
            detail,
            run_id: run_id.map(str::to_owned),
            hash: String::new(),
            occurred_at: now(),
            outcome: types::AuditOutcome::Succeeded,
            previous_hash: None,
            receipt: receipt_id(cx)?.to_owned(),
            resource,
            sequence: 0,
        };
        self.chain(&caller.org, entry)
    }

    /// Puts an entry at the head of its organisation's chain.
    pub(crate) fn chain(&self, org: &str, entry: types::AuditEvent) -> Result<(), ApiError> {
        let (org, subject) = (org.to_owned(), tail_subject(org));
        let entry = serde_json::to_value(entry).map_err(failed)?;
        let head = HEADS.key(&org, "head");
        self.store
            .link(head, subject.clone(), move |head| link(head, &org, entry))?;
        self.log.wake_followers(&subject);
        Ok(())
    }
}

/// Gives an entry its number and its hash, which are those after the last entry's.
fn link(head: Option<&[u8]>, org: &str, mut entry: Value) -> Result<Linked, serde_json::Error> {
    let head = head.map(serde_json::from_slice).transpose()?;
    let (count, previous): (i64, Option<String>) = head.unwrap_or((0, None));
    let sequence = count + 1;
    entry["sequence"] = sequence.into();
    entry["previous_hash"] = previous.into();
    let hash = hash(&entry);
    entry["hash"] = hash.clone().into();
    let event = entry.to_string().into_bytes();
    let head = Value::from(vec![Value::from(sequence), hash.into()]).to_string();
    let rows = vec![
        (ENTRIES.key(org, &key(sequence)), event.clone()),
        (HEADS.key(org, "head"), head.into_bytes()),
    ];
    Ok(Linked { rows, event })
}

/// A resource as an entry names it.
pub(crate) fn resource(
    r#type: types::AuditResourceType,
    id: &str,
    name: Option<&str>,
) -> types::AuditResource {
    types::AuditResource {
        id: id.to_owned(),
        r#type,
        name: name.map(str::to_owned),
    }
}

fn method(text: &str) -> Result<types::AuditRequestMethod, ApiError> {
    serde_json::from_value(Value::from(text)).map_err(failed)
}

/// SHA-256 of an entry's canonical JSON without `hash`, in lower-case hexadecimal digits.
fn hash(entry: &Value) -> String {
    let mut value = entry.clone();
    if let Value::Object(fields) = &mut value {
        fields.remove("hash");
    }
    sha256(canonical(&value))
}

/// RFC 8785 for what entries hold: names are ASCII, numbers are whole.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}
