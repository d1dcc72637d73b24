//! The calls that scenarios name.

use exai_sdk::runtime::webhook::{Scheme, Verifier};
use exai_sdk::runtime::{Body, Page, Paged, Part, Raw};
use exai_sdk::types::{BuildAssetPurpose, CancelRun, UploadBuildAsset, WebhookEvent};
use exai_sdk::{Call, HeaderMap, Method, Response};
use futures::stream;
use jiff::Timestamp;
use serde_json::json;

use crate::asked::{Asked, Done, read, unknown};
use crate::{Failure, Outcome, generated};

/// How much of an upload without end is made at a time.
const PIECE: usize = 64 << 10;

impl Asked<'_> {
    async fn download<P>(&self, call: Call<exai_sdk::runtime::Binary, P>) -> Done {
        let Response { data, metadata, .. } = self.set(call).with_response().await?;
        let bytes = data.bytes().await?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Outcome::value(&text)?.with(&metadata))
    }

    /// A call that the document does not describe.
    fn raw(&self) -> Result<Call<Raw>, Failure> {
        let method = Method::from_bytes(self.text("method").as_bytes());
        let method = method.map_err(|error| Failure::Driver(error.to_string()))?;
        let mut call = self.client.request(method, self.text("path"));
        for (name, value) in self.args["query"].as_object().into_iter().flatten() {
            call = call.query(name, value);
        }
        Ok(match self.args.get("body") {
            Some(body) => call.body(body),
            None => call,
        })
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
        let body = self.text("body").as_bytes();
        let event: WebhookEvent = match self.args["now"].as_i64() {
            Some(now) => {
                let now = Timestamp::from_second(now);
                let now = now.map_err(|error| Failure::Driver(error.to_string()))?;
                verifier.verify_at(&headers, body, now)?;
                read(&serde_json::from_slice(body).unwrap_or_default())?
            }
            None => verifier.unwrap(&headers, body)?,
        };
        Outcome::value(&event)
    }

    /// The number of bytes of a download, which are read piece by piece and dropped.
    async fn drain<P>(&self, call: Call<exai_sdk::runtime::Binary, P>) -> Done {
        let Response {
            mut data, metadata, ..
        } = self.set(call).with_response().await?;
        let mut length = 0;
        while let Some(piece) = data.try_next().await? {
            length += piece.len();
        }
        Ok(Outcome::value(&length)?.with(&metadata))
    }

    fn upload(&self) -> Body {
        if let Some(size) = self.args["size"].as_u64() {
            let mut left = usize::try_from(size).unwrap_or(usize::MAX);
            let pieces = std::iter::from_fn(move || {
                let length = left.min(PIECE);
                left -= length;
                (length > 0).then(|| Ok::<_, std::io::Error>(vec![b'x'; length]))
            });
            return Body::stream(stream::iter(pieces), None);
        }
        let content = self.text("content").to_owned();
        if self.args["streamed"] == true {
            let piece = Ok::<_, std::io::Error>(content.into_bytes());
            return Body::stream(stream::iter([piece]), None);
        }
        Body::from(content.into_bytes())
    }
}

/// Makes one call.
pub(crate) async fn perform(asked: &Asked<'_>) -> Done {
    let exai = asked.client;
    let args = asked.args;
    match asked.op {
        "runs.get" => asked.one(exai.runs().get(asked.text("run_id"))).await,
        "runs.start" => asked.one(exai.runs().start(read(args)?)).await,
        "runs.start_and_wait" => {
            let call = asked.set(exai.runs().start(read(args)?));
            asked.wait(call.wait()).await
        }
        "runs.start_and_wait_from" => {
            asked
                .wait(exai.runs().start_wait_from(asked.text("token")))
                .await
        }
        "raw" => asked.one(asked.raw()?).await,
        "runs.cancel" => {
            let call = exai.runs().cancel(asked.text("run_id"));
            match args.get("body") {
                Some(body) => asked.one(call.body(read::<CancelRun>(body)?)).await,
                None => asked.one(call).await,
            }
        }
        "runs.list" => {
            let mut call = exai.runs().list();
            if let Some(labels) = args.get("label") {
                call = call.label(read(labels)?);
            }
            if let Some(states) = args.get("status") {
                call = call.status(read(states)?);
            }
            if let Some(time) = args.get("created_after") {
                call = call.created_after(read(time)?);
            }
            if let Some(plan) = args["plan_id"].as_str() {
                call = call.plan_id(plan);
            }
            asked.pages(call).await
        }
        "runs.events" => asked.events(exai.runs().events(asked.text("run_id"))).await,
        "audit.exports.download" => {
            let exports = exai.audit().exports();
            asked
                .stream(exports.download(asked.text("export_id")))
                .await
        }
        "audit.tail" => asked.events(exai.audit().tail()).await,
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
            let body = read(&args["body"])?;
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
            let purpose: BuildAssetPurpose = read(&args["purpose"])?;
            let mut form = UploadBuildAsset::new(part, purpose);
            if let Some(text) = args["description"].as_str() {
                form = form.with_description(text);
            }
            asked
                .one(exai.builder_resource().assets().upload(form))
                .await
        }
        "builder.artifacts.drain" => {
            let artifacts = exai.builder_resource().runs().artifacts();
            let call = artifacts.download(asked.text("build_id"), asked.text("artifact_id"));
            asked.drain(call).await
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
        "operation" | "operation_wait" => generated::perform(asked.text("id"), asked).await,
        other => Err(unknown(other)),
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
