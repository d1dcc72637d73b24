//! What generated code would hand to the runtime.

use std::time::Duration;

use exai_sdk::runtime::{
    Api, Binary, Call, ClientBuilder, Core, Empty, Error, Events, HeaderRoles, Json, Lines, Link,
    LongRunning, Operation, Paged, Pagination, RetryPolicy, Scheme, Security, Server, Terminal,
    Verb, Wait,
};
use serde_json::Value;

pub(crate) static API: Api = Api {
    user_agent: "acme-sdk-rust/1.0.0",
    api_key_env: "ACME_TEST_UNSET_API_KEY",
    base_url_env: "ACME_TEST_UNSET_BASE_URL",
    servers: &[
        Server {
            name: "production",
            url: "https://api.acme.example/v1",
            variables: &[],
        },
        Server {
            name: "local",
            url: "http://127.0.0.1:{port}/v1",
            variables: &[("port", None)],
        },
    ],
    schemes: &[
        ("token", Scheme::Bearer),
        ("legacy", Scheme::Header("X-Legacy-Key")),
    ],
    security: Security::OneOf(&[&["token"]]),
    headers: HeaderRoles {
        idempotency_key: Some("Idempotency-Key"),
        replayed: Some("Idempotent-Replayed"),
        receipt: Some("X-Receipt"),
        rate_limit_remaining: Some("X-RateLimit-Remaining"),
        rate_limit_reset: Some("X-RateLimit-Reset"),
        retry_after: "Retry-After",
    },
};

static CURSOR: Pagination = Pagination {
    request: "cursor",
    items: "/data",
    next: "/next_cursor",
};
static GET: Operation = Operation {
    verb: Verb::Get,
    path: "/things/{id}",
    ..Operation::DEFAULT
};
static UPLOADED: Operation = Operation {
    server: Some("/uploads"),
    ..GET
};
static LEGACY: Operation = Operation {
    security: Security::OneOf(&[&["unknown"], &["legacy"]]),
    verb: Verb::Get,
    path: "/legacy",
    ..Operation::DEFAULT
};
static OPEN: Operation = Operation {
    security: Security::None,
    verb: Verb::Get,
    path: "/open",
    ..Operation::DEFAULT
};
static CREATE: Operation = Operation {
    name: "createThing",
    keyed: true,
    verb: Verb::Post,
    path: "/things",
    ..Operation::DEFAULT
};
static UNKEYED: Operation = Operation {
    verb: Verb::Post,
    path: "/unkeyed",
    ..Operation::DEFAULT
};
static LIST: Operation = Operation {
    pagination: Some(&CURSOR),
    verb: Verb::Get,
    path: "/things",
    ..Operation::DEFAULT
};
static EVENTS: Operation = Operation {
    accept: "text/event-stream",
    terminal: Some(Terminal {
        property: "type",
        values: &["done"],
    }),
    verb: Verb::Get,
    path: "/events",
    ..Operation::DEFAULT
};
static TAIL: Operation = Operation {
    accept: "text/event-stream",
    verb: Verb::Get,
    path: "/tail",
    ..Operation::DEFAULT
};
static EXEC: Operation = Operation {
    keyed: true,
    ..EVENTS_BY_POST
};
const EVENTS_BY_POST: Operation = Operation {
    accept: "text/event-stream",
    terminal: Some(Terminal {
        property: "type",
        values: &["done"],
    }),
    verb: Verb::Post,
    path: "/exec",
    ..Operation::DEFAULT
};
static START: LongRunning = LongRunning {
    operation: &CREATE,
    poll: Link {
        operation: &GET,
        arguments: &[("id", "/id")],
    },
    stream: Some(Link {
        operation: &EVENTS,
        arguments: &[],
    }),
    state: "/status",
    terminal: &["succeeded", "failed"],
};
static EXPORT: Operation = Operation {
    verb: Verb::Get,
    path: "/export",
    ..Operation::DEFAULT
};

#[derive(Debug, Clone)]
pub(crate) struct Client(pub(crate) Core);

impl From<Core> for Client {
    fn from(core: Core) -> Self {
        Self(core)
    }
}

impl Client {
    pub(crate) fn builder() -> ClientBuilder<Self> {
        let mut policy = RetryPolicy::default();
        policy.base = Duration::from_millis(1);
        ClientBuilder::new(&API)
            .api_key("sk_test_1")
            .retry_policy(policy)
    }

    pub(crate) fn at(base_url: &str) -> Result<Self, Error> {
        Self::builder().base_url(base_url).build()
    }

    pub(crate) fn get(&self, id: &str) -> Call<Json<Value>> {
        Call::new(&self.0, &GET).path_param("id", id)
    }

    /// Of a server of its own.
    pub(crate) fn uploaded(&self, id: &str) -> Call<Json<Value>> {
        Call::new(&self.0, &UPLOADED).path_param("id", id)
    }

    pub(crate) fn delete(&self) -> Call<Empty> {
        Call::new(&self.0, &UNKEYED)
    }

    pub(crate) fn legacy(&self) -> Call<Json<Value>> {
        Call::new(&self.0, &LEGACY)
    }

    pub(crate) fn open(&self) -> Call<Json<Value>> {
        Call::new(&self.0, &OPEN)
    }

    pub(crate) fn create(&self, body: &Value) -> Call<Json<Value>> {
        Call::new(&self.0, &CREATE).json_body("application/json", body)
    }

    pub(crate) fn create_and_wait(&self) -> Wait<Value> {
        let call: Call<Json<Value>> = Call::new(&self.0, &CREATE);
        call.wait_for(&START).interval(Duration::from_millis(1))
    }

    pub(crate) fn wait_from(&self, token: &str) -> Wait<Value> {
        Wait::from_token(&self.0, token, &START).interval(Duration::from_millis(1))
    }

    pub(crate) fn unkeyed(&self) -> Call<Json<Value>> {
        Call::new(&self.0, &UNKEYED)
    }

    pub(crate) fn list(&self) -> Call<Paged<i64>> {
        Call::new(&self.0, &LIST)
    }

    pub(crate) fn events(&self) -> Call<Events<Value>> {
        Call::new(&self.0, &EVENTS)
    }

    pub(crate) fn tail(&self) -> Call<Events<Value>> {
        Call::new(&self.0, &TAIL)
    }

    pub(crate) fn exec(&self) -> Call<Events<Value>> {
        Call::new(&self.0, &EXEC).json_body("application/json", &Value::Null)
    }

    pub(crate) fn export(&self) -> Call<Lines<Value>> {
        Call::new(&self.0, &EXPORT)
    }

    pub(crate) fn download(&self) -> Call<Binary> {
        Call::new(&self.0, &EXPORT)
    }
}
