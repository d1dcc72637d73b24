//! What is sent to a sink, in the words that it takes.

use std::collections::BTreeMap;

use exai_runtime::webhooks::{Network, signed_headers};
use exai_server::{ApiError, types};
use serde_json::{Value, json};
use types::{AuditEvent, AuditSinkInput};

use crate::store::failed;
use crate::world::{id, now, refused};

/// A request that delivers entries.
pub(super) struct Parcel {
    pub(super) url: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

/// 422 for a sink without the secret that it needs, and for one whose address is not public.
pub(super) fn check(sink: &AuditSinkInput, network: Network) -> Result<(), ApiError> {
    let needed = |name: &str, is_there: bool| match is_there {
        true => Ok(()),
        false => Err(refused(
            &format!("/sink/{name}"),
            "required",
            "the sink needs it",
        )),
    };
    let public = |url: &str| {
        let refusal = |refusal: exai_runtime::webhooks::UrlRefusal| {
            refused("/sink/url", "address", refusal.to_string())
        };
        network.check(url).map_err(refusal)
    };
    match sink {
        AuditSinkInput::SplunkHec(sink) => {
            needed("token", sink.token.is_some())?;
            public(&sink.url)
        }
        AuditSinkInput::Datadog(sink) => needed("api_key", sink.api_key.is_some()),
        AuditSinkInput::Https(sink) => public(&sink.url),
        _ => Ok(()),
    }
}

/// Gives a sink the secrets that it leaves out, which are those of the sink before where that is of
/// the same type.
pub(super) fn keep_secrets(sink: &mut AuditSinkInput, before: &AuditSinkInput) {
    match (sink, before) {
        (AuditSinkInput::SplunkHec(sink), AuditSinkInput::SplunkHec(before)) => {
            sink.token = sink.token.take().or_else(|| before.token.clone());
        }
        (AuditSinkInput::Datadog(sink), AuditSinkInput::Datadog(before)) => {
            sink.api_key = sink.api_key.take().or_else(|| before.api_key.clone());
        }
        (AuditSinkInput::Https(sink), AuditSinkInput::Https(before)) => {
            sink.headers = sink.headers.take().or_else(|| before.headers.clone());
            let secret = sink.signing_secret.take();
            sink.signing_secret = secret.or_else(|| before.signing_secret.clone());
        }
        _ => {}
    }
}

/// The request that brings entries to a sink; why there is none.
pub(super) fn parcel(
    sink: &AuditSinkInput,
    entries: &[AuditEvent],
) -> Result<Result<Parcel, &'static str>, ApiError> {
    let values = entries.iter().map(serde_json::to_value);
    let values = values.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    Ok(match sink {
        AuditSinkInput::SplunkHec(sink) => Ok(splunk(sink, entries, &values)),
        AuditSinkInput::Datadog(sink) => Ok(datadog(sink, &values)),
        AuditSinkInput::Https(sink) => Ok(https(sink, &values)),
        AuditSinkInput::S3(_) => Err("a sandbox has no account that could assume the role"),
        AuditSinkInput::Unknown(_) => Err("a sandbox does not know this kind of sink"),
    })
}

fn headers(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = pairs.iter().map(|(name, value)| (*name, *value));
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    pairs.map(owned).collect()
}

/// Events of Splunk's HTTP Event Collector, one behind the other.
fn splunk(sink: &types::SplunkHecSinkInput, entries: &[AuditEvent], values: &[Value]) -> Parcel {
    let source_type = sink.source_type.as_deref().unwrap_or("exai:audit");
    let event = |(entry, value): (&AuditEvent, &Value)| {
        let event = json!({
            "time": entry.occurred_at.as_millisecond() as f64 / 1000.0,
            "index": sink.index,
            "sourcetype": source_type,
            "event": value,
        });
        event.to_string()
    };
    let token = sink.token.as_ref().map_or("", |token| token.expose());
    let token = format!("Splunk {token}");
    Parcel {
        url: format!(
            "{}/services/collector/event",
            sink.url.trim_end_matches('/')
        ),
        headers: headers(&[
            ("authorization", &token),
            ("content-type", "application/json"),
        ]),
        body: entries.iter().zip(values).map(event).collect(),
    }
}

/// Logs of Datadog's intake, as an array.
fn datadog(sink: &types::DatadogSinkInput, values: &[Value]) -> Parcel {
    let tags = sink.tags.as_deref().unwrap_or_default().join(",");
    let log = |value: &Value| {
        json!({
            "ddsource": "exai",
            "ddtags": tags,
            "service": sink.service.as_deref().unwrap_or("exai"),
            "message": value.to_string(),
        })
    };
    let key = sink.api_key.as_ref().map_or("", |key| key.expose());
    Parcel {
        url: format!(
            "https://http-intake.logs.{}/api/v2/logs",
            sink.site.as_str()
        ),
        headers: headers(&[("content-type", "application/json"), ("dd-api-key", key)]),
        body: Value::Array(values.iter().map(log).collect()).to_string(),
    }
}

/// An entry a line, signed as webhooks are.
fn https(sink: &types::HttpsSinkInput, values: &[Value]) -> Parcel {
    let body: String = values.iter().map(|value| format!("{value}\n")).collect();
    let mut all = sink.headers.clone().unwrap_or_default();
    if let Some(secret) = &sink.signing_secret {
        let name = id("evt");
        all.extend(signed_headers(
            secret.expose(),
            &name,
            now(),
            body.as_bytes(),
        ));
    }
    all.insert("content-type".to_owned(), "application/x-ndjson".to_owned());
    Parcel {
        url: sink.url.clone(),
        headers: all,
        body,
    }
}
