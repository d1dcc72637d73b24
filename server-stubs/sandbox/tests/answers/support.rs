//! A client that holds every answer against the bundled document, by a validator of its own.

use std::collections::HashMap;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use exai_sandbox::{Keep, Network, Sandbox, Settings};
use http_body_util::BodyExt;
use jsonschema::{Draft, Registry};
use serde_json::{Value, json};
use tower::ServiceExt;

const DOCUMENT: &str = include_str!("../../../../spec/bundled/openapi.json");

/// An answer that is the document's.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    /// `null` where the body is no JSON.
    pub(crate) json: Value,
}

/// Calls a sandbox of its own.
pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
    router: Router,
    token: String,
    person: String,
    document: Value,
    registry: Registry<'static>,
    /// Method and path of each operation.
    operations: HashMap<String, (String, String)>,
}

impl Client {
    pub(crate) fn open() -> Self {
        Self::with(Keep::Memory, 50.0)
    }

    /// A client of a sandbox whose state is kept somewhere.
    pub(crate) fn keeping(keep: Keep) -> Self {
        Self::with(keep, 50.0)
    }

    /// A client of a sandbox that works at its usual speed, so that there is time to stop it.
    pub(crate) fn slow() -> Self {
        Self::with(Keep::Memory, 1.0)
    }

    /// A client of a sandbox that sends webhooks to this machine too.
    pub(crate) fn delivering() -> Self {
        let settings = Settings::new("http://sandbox.test/v1").speed(50.0);
        Self::of(settings.webhooks(Network::Any))
    }

    fn with(keep: Keep, speed: f64) -> Self {
        let settings = Settings::new("http://sandbox.test/v1");
        Self::of(settings.keep(keep).speed(speed))
    }

    fn of(settings: Settings) -> Self {
        let sandbox = Sandbox::open(settings).expect("a sandbox");
        let document: Value = serde_json::from_str(DOCUMENT).expect("JSON");
        let registry = Registry::new()
            .add("urn:document", document.clone())
            .and_then(|registry| registry.prepare())
            .expect("schemas");
        let mut operations = HashMap::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("an item") {
                if let Some(id) = operation["operationId"].as_str() {
                    operations.insert(id.to_owned(), (method.clone(), path.clone()));
                }
            }
        }
        Self {
            token: sandbox.tokens().organisation.expose().to_owned(),
            person: sandbox.tokens().user.expose().to_owned(),
            router: sandbox.router(),
            sandbox,
            document,
            registry,
            operations,
        }
    }

    /// The path of an operation with its parameters in their order.
    fn request(&self, id: &str, path: &[&str], query: &str) -> (String, String) {
        let (method, template) = &self.operations[id];
        let mut values = path.iter();
        let segments = template.split('/').map(|segment| {
            if segment.starts_with('{') {
                values.next().expect("a value for each parameter")
            } else {
                segment
            }
        });
        let path = segments.collect::<Vec<_>>().join("/");
        (method.to_uppercase(), format!("/v1{path}{query}"))
    }

    /// Calls an operation, with a JSON body if there is one.
    pub(crate) async fn call(&self, id: &str, path: &[&str], query: &str, body: Value) -> Answer {
        let (method, uri) = self.request(id, path, query);
        let mut request = Request::builder().method(method.as_str()).uri(uri);
        if method == "POST" || method == "PATCH" {
            request = request.header(
                "idempotency-key",
                format!("{:?}", std::time::Instant::now()).replace(' ', ""),
            );
        }
        let body = match body {
            Value::Null => Body::empty(),
            body => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
        };
        self.send(id, request.body(body).expect("a request")).await
    }

    /// Calls an operation that is for people with an organisation's token.
    pub(crate) async fn call_as_service(&self, id: &str, path: &[&str], body: Value) -> Answer {
        let (method, uri) = self.request(id, path, "");
        let request = Request::builder()
            .method(method.as_str())
            .uri(uri)
            .header("content-type", "application/json")
            .header("idempotency-key", "service")
            .body(Body::from(body.to_string()));
        self.send_as(id, request.expect("a request"), &self.token)
            .await
    }

    /// Calls an operation without a body, with one header more.
    pub(crate) async fn call_with(&self, id: &str, path: &[&str], header: (&str, &str)) -> Answer {
        let (method, uri) = self.request(id, path, "");
        let request = Request::builder()
            .method(method.as_str())
            .uri(uri)
            .header(header.0, header.1)
            .body(Body::empty());
        self.send(id, request.expect("a request")).await
    }

    /// The first events of a stream that does not end.
    pub(crate) async fn follow(&self, id: &str, query: &str, count: usize) -> Vec<Value> {
        let (method, uri) = self.request(id, &[], query);
        let request = Request::builder()
            .method(method.as_str())
            .uri(uri)
            .header("authorization", format!("Bearer {}", self.token))
            .body(Body::empty());
        let answered = self.router.clone().oneshot(request.expect("a request"));
        let mut body = answered.await.expect("an answer").into_body();
        let mut found = Vec::new();
        while found.len() < count {
            let frame = body.frame().await.expect("it goes on").expect("a frame");
            let text = String::from_utf8(frame.into_data().expect("data").to_vec());
            let text = text.expect("text");
            let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
            found.extend(data.map(|data| serde_json::from_str::<Value>(data).expect("JSON")));
        }
        found
    }

    /// Sends bytes to an operation.
    pub(crate) async fn upload(
        &self,
        id: &str,
        path: &[&str],
        query: &str,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> Answer {
        let (method, uri) = self.request(id, path, query);
        let request = Request::builder()
            .method(method.as_str())
            .uri(uri)
            .header("content-type", content_type)
            .header("idempotency-key", "upload")
            .body(Body::from(bytes));
        self.send(id, request.expect("a request")).await
    }

    async fn send(&self, id: &str, request: Request<Body>) -> Answer {
        let person = id == "decideRunApproval";
        let token = if person { &self.person } else { &self.token };
        self.send_as(id, request, token).await
    }

    async fn send_as(&self, id: &str, mut request: Request<Body>, token: &str) -> Answer {
        let token = format!("Bearer {token}").parse().expect("a header");
        request.headers_mut().insert("authorization", token);
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body
            .collect()
            .await
            .expect("a whole body")
            .to_bytes()
            .to_vec();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
            bytes,
        };
        self.hold(id, &answer);
        answer
    }

    /// The status, the required headers and the body are what the document says.
    fn hold(&self, id: &str, answer: &Answer) {
        let (method, path) = &self.operations[id];
        let text = String::from_utf8_lossy(&answer.bytes);
        let responses = &self.document["paths"][path][method]["responses"];
        let declared = self.resolve(&responses[answer.status.as_str()]);
        assert!(
            declared.is_object(),
            "{id} answers {}: {text}",
            answer.status
        );
        for (name, header) in declared["headers"].as_object().into_iter().flatten() {
            let required = self.resolve(header)["required"] == true;
            let there = answer.headers.contains_key(name.as_str());
            assert!(there || !required, "{id} answers without {name}");
        }
        let content_type = answer.headers.get("content-type");
        let Some(content_type) = content_type.map(|value| value.to_str().expect("text")) else {
            assert!(declared["content"].is_null(), "{id} answers without a body");
            return;
        };
        let media_type = content_type.split(';').next().unwrap_or_default();
        assert!(
            declared["content"][media_type].is_object(),
            "{id} answers {media_type}"
        );
        let schema = self.pointer(&declared["content"][media_type]["schema"]);
        if media_type == "application/json" {
            self.validate(id, &schema, &answer.json);
        }
        let item = &declared["content"][media_type]["x-exai-stream"]["item"];
        if item.is_object() {
            for line in text.lines() {
                let data = line.strip_prefix("data: ").unwrap_or(line);
                if data.starts_with('{') {
                    let value = serde_json::from_str(data).expect("JSON");
                    self.validate(id, &self.pointer(item), &value);
                }
            }
        }
    }

    fn validate(&self, id: &str, schema: &Value, value: &Value) {
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .build(schema)
            .expect("a schema");
        let errors: Vec<String> = validator
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{id}: {errors:#?} in {value:#}");
    }

    /// A schema whose references lead into the document.
    fn pointer(&self, schema: &Value) -> Value {
        match schema["$ref"].as_str() {
            Some(reference) => json!({ "$ref": format!("urn:document{reference}") }),
            None => {
                let text = schema.to_string().replace("\"#/", "\"urn:document#/");
                serde_json::from_str(&text).expect("JSON")
            }
        }
    }

    fn resolve<'v>(&'v self, value: &'v Value) -> &'v Value {
        match value["$ref"]
            .as_str()
            .and_then(|reference| reference.strip_prefix('#'))
        {
            Some(pointer) => self.document.pointer(pointer).expect("what it refers to"),
            None => value,
        }
    }
}
