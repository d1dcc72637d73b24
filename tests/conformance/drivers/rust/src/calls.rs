//! The calls that scenarios name.

use std::time::Duration;

use exai_sdk::runtime::webhook::{Scheme, Verifier};
use exai_sdk::runtime::{Answer, Body, Framed, Metadata, Page, Paged, Part};
use exai_sdk::types::{BuildAssetPurpose, CancelRun, UploadBuildAsset, WebhookEvent};
use exai_sdk::{Call, Client, Error, HeaderMap, Response};
use futures::stream;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{Failure, Outcome};

type Done = Result<Outcome, Failure>;

/// The arguments and options of one call.
pub(crate) struct Asked<'a> {
    pub(crate) client: &'a Client,
    pub(crate) args: &'a Value,
    pub(crate) options: &'a Value,
}

impl Asked<'_> {
    fn text(&self, name: &str) -> &str {
        self.args[name].as_str().unwrap_or_default()
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.options[name].as_u64()
    }

    fn body<T: DeserializeOwned>(&self, body: &Value) -> Result<T, Failure> {
        serde_json::from_value(body.clone()).map_err(|error| Failure::Driver(error.to_string()))
    }

    /// A call with the options that all kinds of calls take.
    fn set<R: exai_sdk::runtime::Kind, P>(&self, mut call: Call<R, P>) -> Call<R, P> {
        if let Some(ms) = self.number("timeout_ms") {
            call = call.timeout(Duration::from_millis(ms));
        }
        if let Some(ms) = self.number("try_timeout_ms") {
            call = call.attempt_timeout(Duration::from_millis(ms));
        }
        if let Some(retries) = self.number("max_retries") {
            call = call.max_retries(u32::try_from(retries).unwrap_or(u32::MAX));
        }
        if let Some(key) = self.options["idempotency_key"].as_str() {
            call = call.idempotency_key(key);
        }
        for (name, value) in self.options["headers"].as_object().into_iter().flatten() {
            call = call.extra_header(name, value.as_str().unwrap_or_default());
        }
        for (name, value) in self.options["query"].as_object().into_iter().flatten() {
            call = call.extra_query(name, value);
        }
        call
    }

    async fn one<R: Answer, P>(&self, call: Call<R, P>) -> Done
    where
        R::Output: Serialize,
    {
        let Response { data, metadata, .. } = self.set(call).with_response().await?;
        Ok(Outcome::value(&data)?.with(&metadata))
    }

    async fn pages<T, P>(&self, call: Call<Paged<T>, P>) -> Done
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

    async fn stream<R: Framed, P>(&self, mut call: Call<R, P>) -> Done
    where
        R::Item: Serialize,
    {
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

    async fn download<P>(&self, call: Call<exai_sdk::runtime::Binary, P>) -> Done {
        let Response { data, metadata, .. } = self.set(call).with_response().await?;
        let bytes = data.bytes().await?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Outcome::value(&text)?.with(&metadata))
    }

    fn unwrap(&self) -> Done {
        let mut headers = HeaderMap::new();
        for (name, value) in self.args["headers"].as_object().into_iter().flatten() {
            let name = reqwest::header::HeaderName::from_bytes(name.as_bytes());
            let value = value.as_str().unwrap_or_default().parse();
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.insert(name, value);
            }
        }
        let secrets = self.args["secrets"].as_array().into_iter().flatten();
        let secrets = secrets.map(|secret| secret.as_str().unwrap_or_default());
        let verifier = Verifier::new(Scheme::V1, secrets);
        let event: WebhookEvent = verifier.unwrap(&headers, self.text("body").as_bytes())?;
        Outcome::value(&event)
    }

    fn upload(&self) -> Body {
        let content = self.text("content").to_owned();
        if self.args["streamed"] == true {
            let piece = Ok::<_, std::io::Error>(content.into_bytes());
            return Body::stream(stream::iter([piece]), None);
        }
        Body::from(content.into_bytes())
    }
}

/// Makes one call.
pub(crate) async fn perform(op: &str, asked: &Asked<'_>) -> Done {
    let exai = asked.client;
    let args = asked.args;
    match op {
        "runs.get" => asked.one(exai.runs().get(asked.text("run_id"))).await,
        "runs.start" => asked.one(exai.runs().start(asked.body(args)?)).await,
        "runs.start_and_wait" => {
            let mut wait = asked.set(exai.runs().start(asked.body(args)?)).wait();
            if let Some(ms) = asked.number("timeout_ms") {
                wait = wait.timeout(Duration::from_millis(ms));
            }
            Outcome::value(&wait.await?)
        }
        "runs.cancel" => {
            let call = exai.runs().cancel(asked.text("run_id"));
            match args.get("body") {
                Some(body) => asked.one(call.body(asked.body::<CancelRun>(body)?)).await,
                None => asked.one(call).await,
            }
        }
        "runs.list" => {
            let mut call = exai.runs().list();
            if let Some(labels) = args.get("label") {
                call = call.label(asked.body(labels)?);
            }
            if let Some(states) = args.get("status") {
                call = call.status(asked.body(states)?);
            }
            if let Some(time) = args.get("created_after") {
                call = call.created_after(asked.body(time)?);
            }
            if let Some(plan) = args["plan_id"].as_str() {
                call = call.plan_id(plan);
            }
            asked.pages(call).await
        }
        "runs.events" => {
            let call = asked.set(exai.runs().events(asked.text("run_id")));
            asked.stream(after(call, asked.options)).await
        }
        "audit.exports.download" => {
            let exports = exai.audit().exports();
            let call = asked.set(exports.download(asked.text("export_id")));
            asked.stream(call).await
        }
        "audit.tail" => {
            let call = asked.set(exai.audit().tail());
            asked.stream(after(call, asked.options)).await
        }
        "agents.list" => asked.pages(listed(asked)).await,
        "agents.page" => {
            let answer: Response<Page<_>> = asked.set(listed(asked)).with_response().await?;
            let page = answer.data;
            let value = json!({"items": page.items, "next_cursor": page.next_cursor()});
            Ok(Outcome::value(&value)?.with(&answer.metadata))
        }
        "templates.get" => asked.one(exai.templates().get(asked.text("slug"))).await,
        "templates.star" => asked.one(exai.templates().star(asked.text("slug"))).await,
        "plans.get" => asked.one(exai.plans().get(asked.text("plan_id"))).await,
        "plans.delete" => asked.one(exai.plans().delete(asked.text("plan_id"))).await,
        "plans.update" => {
            let body = asked.body(&args["body"])?;
            asked
                .one(exai.plans().update(asked.text("plan_id"), body))
                .await
        }
        "audit.events.get" => {
            let events = exai.audit().events();
            asked.one(events.get(asked.text("event_id"))).await
        }
        "builder.assets.upload" => {
            let part = Part::new(asked.text("content").to_owned().into_bytes())
                .file_name(asked.text("file_name"))
                .content_type("text/plain");
            let purpose: BuildAssetPurpose = asked.body(&args["purpose"])?;
            let mut form = UploadBuildAsset::new(part, purpose);
            if let Some(text) = args["description"].as_str() {
                form = form.with_description(text);
            }
            asked
                .one(exai.builder_resource().assets().upload(form))
                .await
        }
        "builder.artifacts.download" => {
            let artifacts = exai.builder_resource().runs().artifacts();
            let call = artifacts.download(asked.text("build_id"), asked.text("artifact_id"));
            asked.download(call).await
        }
        "workspaces.upload" => {
            let files = exai.workspaces().files();
            let (id, path) = (asked.text("workspace_id"), asked.text("path"));
            asked.one(files.upload(id, path, asked.upload())).await
        }
        "webhooks.unwrap" => asked.unwrap(),
        other => Err(Failure::Driver(format!("no such call: {other}"))),
    }
}

fn listed(asked: &Asked<'_>) -> Call<Paged<exai_sdk::types::Agent>, impl Sized + use<>> {
    let call = asked.client.agents().list();
    match asked.args["limit"]
        .as_i64()
        .and_then(|n| i32::try_from(n).ok())
    {
        Some(limit) => call.limit(limit),
        None => call,
    }
}

fn after<T: DeserializeOwned, P>(
    call: Call<exai_sdk::runtime::Events<T>, P>,
    options: &Value,
) -> Call<exai_sdk::runtime::Events<T>, P> {
    match options["last_event_id"].as_str() {
        Some(id) => call.last_event_id(id),
        None => call,
    }
}

impl Outcome {
    fn value(value: &impl Serialize) -> Result<Self, Failure> {
        let value = serde_json::to_value(value).map_err(|e| Failure::Driver(e.to_string()))?;
        Ok(Self(json!({ "value": value })))
    }

    fn items() -> Self {
        Self(json!({ "items": [] }))
    }

    fn push(&mut self, item: &impl Serialize) -> Result<(), Failure> {
        let item = serde_json::to_value(item).map_err(|e| Failure::Driver(e.to_string()))?;
        if let Some(items) = self.0["items"].as_array_mut() {
            items.push(item);
        }
        Ok(())
    }

    fn ended(mut self, error: Error) -> Self {
        self.0["error"] = crate::described(&error);
        self
    }

    fn with(mut self, metadata: &Metadata) -> Self {
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
