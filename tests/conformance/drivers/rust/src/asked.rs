//! What is asked of this program: a call with its arguments and options, and what came of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use exai_sdk::runtime::{Answer, Binary, Events, Framed, Kind, Metadata, Paged, Part, Wait};
use exai_sdk::{Call, Client, Error, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{Failure, Outcome};

pub(crate) type Done = Result<Outcome, Failure>;

/// The arguments and options of one call.
pub(crate) struct Asked<'a> {
    pub(crate) client: &'a Client,
    pub(crate) op: &'a str,
    pub(crate) args: &'a Value,
    pub(crate) options: &'a Value,
    /// What a wait has told of its place.
    pub(crate) tokens: Arc<Mutex<Vec<String>>>,
}

/// Arguments by their names on the wire, and what a generated call gives.
impl Asked<'_> {
    pub(crate) fn path<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        read(&self.args["path"][name])
    }

    pub(crate) fn query<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        read(&self.args["query"][name])
    }

    pub(crate) fn header<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        read(&self.args["header"][name])
    }

    /// The JSON of the body.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        read(&self.args["body"])
    }

    pub(crate) fn has_body(&self) -> bool {
        self.args.get("body").is_some()
    }

    /// The bytes of the body.
    pub(crate) fn content(&self) -> Result<Vec<u8>, Failure> {
        bytes_of(&self.args["body"])
    }

    /// A member of a form.
    pub(crate) fn member<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        read(&self.args["body"][name])
    }

    /// A file of a form.
    pub(crate) fn part(&self, name: &str) -> Result<Part, Failure> {
        part_of(&self.args["body"][name])
    }

    /// Whether the result is waited for, and not its promise taken.
    pub(crate) fn waits(&self) -> bool {
        self.op == "operation_wait"
    }
}

/// Making calls.
impl Asked<'_> {
    pub(crate) fn text(&self, name: &str) -> &str {
        self.args[name].as_str().unwrap_or_default()
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.options[name].as_u64()
    }

    /// A call with the options that all kinds of calls take.
    pub(crate) fn set<R: Kind, P>(&self, mut call: Call<R, P>) -> Call<R, P> {
        if let Some(ms) = self.number("timeout_ms") {
            call = call.timeout(Duration::from_millis(ms));
        }
        if let Some(ms) = self.number("try_timeout_ms") {
            call = call.attempt_timeout(Duration::from_millis(ms));
        }
        if let Some(retries) = self.number("max_retries") {
            call = call.max_retries(u32::try_from(retries).unwrap_or(u32::MAX));
        }
        let key = self.options["idempotency_key"].as_str();
        let key = key.or(self.args["header"]["Idempotency-Key"].as_str());
        if let Some(key) = key {
            call = call.idempotency_key(key);
        }
        for (name, value) in self.options["headers"].as_object().into_iter().flatten() {
            call = call.extra_header(name, value.as_str().unwrap_or_default());
        }
        for (name, value) in self.options["query"].as_object().into_iter().flatten() {
            call = call.extra_query(name, value);
        }
        for (name, value) in self.options["body"].as_object().into_iter().flatten() {
            call = call.extra_body(name, value.clone());
        }
        call
    }

    pub(crate) async fn one<R: Answer, P>(&self, call: Call<R, P>) -> Done
    where
        R::Output: Serialize,
    {
        let Response { data, metadata, .. } = self.set(call).with_response().await?;
        Ok(Outcome::value(&data)?.with(&metadata))
    }

    pub(crate) async fn pages<T, P>(&self, call: Call<Paged<T>, P>) -> Done
    where
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let mut items = self.set(call).items();
        let mut outcome = Outcome::items();
        loop {
            match items.try_next().await {
                Ok(Some(item)) => outcome.push(&item)?,
                Ok(None) => return Ok(outcome),
                Err(error) => return Ok(outcome.ended(error)),
            }
        }
    }

    pub(crate) async fn events<T, P>(&self, mut call: Call<Events<T>, P>) -> Done
    where
        T: Serialize + DeserializeOwned,
    {
        let id = self.options["last_event_id"].as_str();
        if let Some(id) = id.or(self.args["header"]["Last-Event-ID"].as_str()) {
            call = call.last_event_id(id);
        }
        self.stream(call).await
    }

    pub(crate) async fn stream<R: Framed, P>(&self, call: Call<R, P>) -> Done
    where
        R::Item: Serialize,
    {
        let mut call = self.set(call);
        let take = self.number("take").unwrap_or(u64::MAX);
        let mut outcome = Outcome::items();
        let mut taken = 0;
        while taken < take {
            match call.try_next().await {
                Ok(Some(item)) => outcome.push(&item)?,
                Ok(None) => break,
                Err(error) => return Ok(outcome.ended(error)),
            }
            taken += 1;
        }
        Ok(match call.metadata() {
            Some(metadata) => outcome.with(metadata),
            None => outcome,
        })
    }

    /// A download as bytes.
    pub(crate) async fn bytes<P>(&self, call: Call<Binary, P>) -> Done {
        let Response { data, metadata, .. } = self.set(call).with_response().await?;
        let content = BASE64_STANDARD.encode(data.bytes().await?);
        Ok(Outcome::value(&json!({ "base64": content }))?.with(&metadata))
    }

    pub(crate) async fn wait<T>(&self, mut wait: Wait<T>) -> Done
    where
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        if let Some(ms) = self.number("timeout_ms") {
            wait = wait.timeout(Duration::from_millis(ms));
        }
        if self.options["on_waiting"] == true {
            let tokens = Arc::clone(&self.tokens);
            wait = wait.on_waiting(move |token| {
                let mut tokens = tokens.lock().unwrap_or_else(PoisonError::into_inner);
                tokens.push(token.to_owned());
            });
        }
        let Response { data, metadata, .. } = wait.with_response().await?;
        Ok(Outcome::value(&data)?.with(&metadata))
    }
}

/// A value that a scenario gives; what it does not give is null.
pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Failure> {
    T::deserialize(value).map_err(|error| Failure::Driver(error.to_string()))
}

/// `{"base64": ..., "file_name": ..., "content_type": ...}`
pub(crate) fn part_of(file: &Value) -> Result<Part, Failure> {
    let mut part = Part::new(bytes_of(file)?);
    if let Some(name) = file["file_name"].as_str() {
        part = part.file_name(name);
    }
    if let Some(media_type) = file["content_type"].as_str() {
        part = part.content_type(media_type);
    }
    Ok(part)
}

/// `{"base64": ...}`, or a text.
fn bytes_of(value: &Value) -> Result<Vec<u8>, Failure> {
    match (value, value["base64"].as_str()) {
        (Value::String(text), _) => Ok(text.clone().into_bytes()),
        (_, Some(base64)) => {
            let decoded = BASE64_STANDARD.decode(base64);
            decoded.map_err(|error| Failure::Driver(error.to_string()))
        }
        _ => Err(Failure::Driver("the call has no content".to_owned())),
    }
}

/// What a call is that this program has not.
pub(crate) fn unknown(op: &str) -> Failure {
    Failure::Driver(format!("no such call: {op}"))
}

impl Outcome {
    pub(crate) fn value(value: &impl Serialize) -> Result<Self, Failure> {
        let value = serde_json::to_value(value).map_err(|e| Failure::Driver(e.to_string()))?;
        Ok(Self(json!({ "value": value })))
    }

    pub(crate) fn items() -> Self {
        Self(json!({ "items": [] }))
    }

    pub(crate) fn push(&mut self, item: &impl Serialize) -> Result<(), Failure> {
        let item = serde_json::to_value(item).map_err(|e| Failure::Driver(e.to_string()))?;
        if let Some(items) = self.0["items"].as_array_mut() {
            items.push(item);
        }
        Ok(())
    }

    pub(crate) fn ended(mut self, error: Error) -> Self {
        self.0["error"] = crate::described(&error);
        self
    }

    pub(crate) fn with(mut self, metadata: &Metadata) -> Self {
        self.0["meta"] = json!({
            "status": metadata.status(),
            "receipt": metadata.receipt(),
            "idempotency_key": metadata.idempotency_key(),
            "replayed": metadata.replayed(),
            "remaining": metadata.rate_limit().map(|limit| limit.remaining),
            "reset": metadata.rate_limit().map(|limit| limit.reset),
        });
        self
    }
}
