//! Two APIs by hand: one of everything, and all that could go wrong with names and texts.

use crate::ir::build::{
    add_operation, api, field, json_response, name, operation, optional, parameter, record,
    string_enum, tagged_union, type_def,
};
use crate::ir::{
    Additional, Api, Content, Docs, ErrorId, ErrorKind, Header, HeaderRole, Home, IdempotencyKey,
    IntegerFormat, Link, LinkArgument, Literal, LongRunning, Method, OperationError, OperationId,
    Page, Part, PartKind, Payload, Place, Record, SecurityKind, SecurityScheme, SecuritySchemeId,
    SecurityUse, Server, ServerVariable, Shape, Status, Stream, StringFormat, Style, Tagging, Text,
    Type, TypeDef, TypeId, Union, Variant, WebhookEvents,
};

const STRING: Type = Type::String(StringFormat::Plain);
const TIME: Type = Type::String(StringFormat::DateTime);
const INT: Type = Type::Integer(IntegerFormat::Any);

fn docs(summary: &str, description: &str) -> Docs {
    Docs {
        summary: Text::new(summary),
        description: Text::new(description),
    }
}

fn content(media_type: &str, payload: Payload) -> Content {
    Content {
        media_type: Text::new(media_type),
        payload,
    }
}

fn literal(text: &str) -> Type {
    Type::Literal(Literal::String(Text::new(text)))
}

fn variant(words: &str, ty: Type) -> Variant {
    Variant {
        name: name(words),
        ty,
        tags: Vec::new(),
        docs: Docs::default(),
        indirect: false,
    }
}

/// One of everything.
pub(in crate::target) fn everything() -> Api {
    let mut api = api("Example");
    api.info.docs = docs("", "Plans and runs.\n\n- one\n- two");
    api.servers = vec![
        server("production", "https://api.example.com/v1", &[]),
        server("staging", "https://staging.example.com/v1", &[]),
        server(
            "dedicated",
            "https://api.{tenant}.example.com/v1",
            &["tenant"],
        ),
    ];
    api.security_schemes = vec![SecurityScheme {
        name: name("orgToken"),
        kind: SecurityKind::Bearer,
        docs: Docs::default(),
    }];
    api.errors = vec![error("not_found", 404), error("internal_error", 500)];
    let status = api.types.push(type_def(
        "run_status",
        string_enum(&["queued", "in-progress"]),
    ));
    let run = api.types.push(TypeDef {
        docs: docs("", "A run."),
        ..type_def("run", run_record(status))
    });
    let started = api.types.push(type_def(
        "run_started_event",
        record(vec![
            field("type", literal("run.started")),
            field("run", Type::Named(run)),
        ]),
    ));
    let ended = api.types.push(type_def(
        "run_ended_event",
        record(vec![
            field("type", literal("run.ended")),
            optional("note", STRING),
        ]),
    ));
    let event = api.types.push(type_def(
        "run_event",
        tagged_union("type", &[("run.started", started), ("run.ended", ended)]),
    ));
    let tree = TypeId(api.types.len() as u32);
    api.types.push(type_def(
        "tree",
        Shape::Alias(Type::List(Box::new(Type::Named(tree)))),
    ));
    let stop = api.types.push(type_def(
        "stop",
        untagged(vec![
            variant("text", STRING),
            variant("list", Type::List(Box::new(STRING))),
            variant("status", Type::Named(status)),
            variant("event", Type::Named(event)),
        ]),
    ));
    let nested = api.types.push(TypeDef {
        home: Home::Resource(0),
        ..type_def(
            "ExtraFields",
            record(vec![
                field("stop", Type::Named(stop)),
                optional("tree", Type::Named(tree)),
                optional("stops", Type::List(Box::new(Type::Named(stop))).nullable()),
            ]),
        )
    });
    let start = api.types.push(type_def(
        "start_run",
        record(vec![
            field("plan_id", STRING),
            optional("nested", Type::Named(nested)),
            optional("limit", INT),
            optional("note", STRING.nullable()),
        ]),
    ));
    calls(&mut api, run, event, start);
    api.webhook_events = Some(WebhookEvents {
        event: Type::Named(event),
        sdk_path: vec![name("runs"), name("unwrap")],
    });
    api
}

fn run_record(status: TypeId) -> Shape {
    let mut id = field("id", STRING);
    id.docs = docs("", "The run's id.");
    Shape::Record(Record {
        fields: vec![
            id,
            field("status", Type::Named(status)),
            field("ended_at", TIME.nullable()),
            field("labels", Type::Map(Box::new(STRING))),
            optional("parent_id", STRING.nullable()),
            optional("created_at", TIME),
            optional("type", STRING),
            field("input", Type::Any),
        ],
        additional: Additional::Unknown,
    })
}

fn untagged(variants: Vec<Variant>) -> Shape {
    Shape::Union(Union {
        variants,
        tagging: Tagging::Untagged,
        open: false,
    })
}

fn server(wire: &str, url: &str, variables: &[&str]) -> Server {
    let variable = |wire: &&str| ServerVariable {
        name: name(wire),
        default: Text::new("acme"),
        values: Vec::new(),
        docs: Docs::default(),
    };
    Server {
        name: name(wire),
        url: Text::new(url),
        variables: variables.iter().map(variable).collect(),
        docs: docs("", "A server."),
    }
}

fn error(wire: &str, status: u16) -> ErrorKind {
    let receipt = Header {
        name: name("x-receipt"),
        ty: STRING,
        required: true,
        role: Some(HeaderRole::Receipt),
        docs: Docs::default(),
    };
    ErrorKind {
        name: name(wire),
        status: Status::Code(status),
        body: None,
        headers: vec![receipt],
        docs: docs("", "It went wrong."),
    }
}

fn calls(api: &mut Api, run: TypeId, event: TypeId, start: TypeId) {
    let bearer = vec![vec![SecurityUse {
        scheme: SecuritySchemeId(0),
        scopes: Vec::new(),
    }]];
    let mut add = |mut call: crate::ir::Operation| {
        call.security = bearer.clone();
        call.errors = vec![OperationError {
            status: Status::Code(404),
            kind: ErrorId(0),
        }];
        add_operation(api, call);
    };
    let run = Type::Named(run);

    let mut call = operation("startRun", "runs.start", Method::Post, "/runs");
    call.docs = docs("Start a run", "It runs until it ends.");
    call.body = vec![content(
        "application/json",
        Payload::Json(Type::Named(start)),
    )];
    call.body_required = true;
    call.idempotency = Some(IdempotencyKey {
        header: Text::new("Idempotency-Key"),
        required: true,
    });
    call.responses = vec![json_response(202, run.clone())];
    add(call);

    let mut call = operation(
        "restartRun",
        "runs.restart",
        Method::Post,
        "/runs/{run_id}/restart",
    );
    call.responses = vec![json_response(202, run.clone())];
    let link = |operation: u32, from: &[(&str, &str)]| Link {
        operation: OperationId(operation),
        arguments: from
            .iter()
            .map(|(parameter, body)| LinkArgument {
                parameter: name(parameter),
                body_path: vec![name(body)],
            })
            .collect(),
    };
    call.long_running = Some(LongRunning {
        poll: link(3, &[("type", "id")]),
        stream: Some(link(4, &[])),
        state: vec![name("status")],
        terminal: vec![Text::new("done"), Text::new("failed")],
    });
    add(call);

    let mut call = operation("listRuns", "runs.list", Method::Get, "/runs");
    let limit = crate::ir::Parameter {
        required: false,
        ..parameter("limit", Place::Query, INT)
    };
    let cursor = crate::ir::Parameter {
        required: false,
        ..parameter("cursor", Place::Query, STRING)
    };
    let ids = crate::ir::Parameter {
        required: false,
        style: Style::PipeDelimited,
        explode: false,
        ..parameter("ids", Place::Query, Type::List(Box::new(STRING)))
    };
    call.parameters = vec![limit, cursor, ids];
    call.responses = vec![json_response(200, Type::Any)];
    call.page = Some(Page {
        cursor: 1,
        limit: Some(0),
        items: vec![name("data")],
        next: vec![name("next_cursor")],
        item: run.clone(),
    });
    add(call);

    let mut call = operation("getRun", "runs.get", Method::Get, "/runs/{type}");
    call.deprecated = true;
    call.responses = vec![json_response(200, run.clone())];
    add(call);

    let mut call = operation(
        "events",
        "runs.nodes.events",
        Method::Get,
        "/runs/{run_id}/events",
    );
    let stream = Stream {
        item: Type::Named(event),
        terminal: vec![Text::new("run.ended")],
    };
    call.responses = vec![json_response(200, Type::Any)];
    call.responses[0].contents = vec![content("text/event-stream", Payload::Events(stream))];
    add(call);

    let mut call = operation(
        "upload",
        "runs.files.upload",
        Method::Put,
        "/runs/{run_id}/file",
    );
    call.parameters
        .push(parameter("path", Place::Query, STRING));
    call.parameters.push(crate::ir::Parameter {
        required: false,
        ..parameter("If-Match", Place::Header, STRING)
    });
    call.body = vec![content("application/octet-stream", Payload::Binary)];
    call.body_required = true;
    add(call);

    let mut call = operation(
        "download",
        "runs.files.download",
        Method::Get,
        "/runs/{run_id}/file",
    );
    call.responses = vec![json_response(200, Type::Any)];
    call.responses[0].contents = vec![content("application/gzip", Payload::Binary)];
    add(call);

    let form = api_form(api);
    let mut call = operation("asset", "assets.upload", Method::Post, "/assets");
    let part = |wire: &str, kind| Part {
        name: name(wire),
        kind,
        repeated: false,
        content_type: Text::default(),
        docs: Docs::default(),
    };
    call.body = vec![content(
        "multipart/form-data",
        Payload::Multipart {
            record: form,
            parts: vec![
                part("file", PartKind::File),
                part("purpose", PartKind::Text),
            ],
        },
    )];
    call.responses = vec![json_response(201, run)];
    add_operation(api, call);

    let mut call = operation("ping", "ping", Method::Get, "/ping");
    call.responses = vec![json_response(200, STRING)];
    call.responses[0].contents = vec![content("text/plain", Payload::Text)];
    add_operation(api, call);
}

/// Names that Go, the runtime or the generated code already use, and text that would break out.
pub(in crate::target) fn obstacles() -> Api {
    let mut api = api("`*/ \"Obstacles\"\n");
    let bad = "*/ // `\" \\ ${x} {{ y }} \u{202E}\n\n# x\n\n```\ncode */\n```\n- \n[a]: http://x\n\n[b]: http://y";
    api.info.docs = docs(bad, bad);
    let names = [
        "Client",
        "Page",
        "string",
        "error",
        "any",
        "time",
        "Option",
        "File",
        "Environment",
        "nil",
        "2fa",
        "日本",
        "run",
        "Run",
        "r-u-n",
        "NotFoundError",
        "RunsService",
        "UnknownShape",
        "type",
    ];
    let mut fields = Vec::new();
    for wire in names {
        let mut values = type_def(wire, record(vec![optional("x", STRING)]));
        values.docs = docs(bad, bad);
        let id = api.types.push(values);
        fields.push(optional(wire, Type::Named(id)));
    }
    for wire in [
        "marshal_json",
        "MarshalJSON",
        "ExtraFields",
        "a`b",
        "a\"b",
        "a\\b",
        "a,omitzero",
        "-",
        "",
        "a b",
        "\n",
    ] {
        let mut hard = field(wire, STRING);
        hard.docs = docs(bad, bad);
        fields.push(hard);
    }
    let values = api.types.push(type_def(
        "mode",
        string_enum(&["a-b", "a_b", "", "1", "日本", "a`\"b\n", "xlarge", "string"]),
    ));
    fields.push(field("mode", Type::Named(values)));
    let node = TypeId(api.types.len() as u32);
    let mut next = optional("next", Type::Named(node).nullable());
    next.indirect = true;
    let mut other = field("other", Type::Named(node));
    other.indirect = true;
    api.types.push(type_def("node", record(vec![next, other])));
    fields.push(field("node", Type::Named(node)));
    let a = api.types.push(type_def(
        "shape",
        untagged(vec![
            variant("number", Type::Number(crate::ir::NumberFormat::Any)),
            variant("any", Type::Any),
            variant("at", TIME),
        ]),
    ));
    fields.push(field("shape", Type::Named(a)));
    let all = api.types.push(type_def("all", record(fields)));
    for (i, path) in [
        "client.errors.list",
        "shared.get",
        "shared.transport",
        "errors.string",
        "type.func.range",
        "a.b",
        "a.b.c",
        "shape",
        "new_client",
    ]
    .iter()
    .enumerate()
    {
        let mut call = operation(
            path,
            path,
            Method::Post,
            &format!("/x{i}/{{ctx}}/{{type}}/{{s}}/{{a*b}}"),
        );
        call.docs = docs(bad, bad);
        for wire in ["ctx", "type", "a`b"] {
            call.parameters.push(parameter(wire, Place::Query, STRING));
        }
        call.body = vec![content("application/json", Payload::Json(Type::Named(all)))];
        call.responses = vec![json_response(200, Type::Named(all))];
        add_operation(&mut api, call);
    }
    api
}

fn api_form(api: &mut Api) -> TypeId {
    api.types.push(type_def(
        "asset_form",
        record(vec![
            field("file", Type::String(StringFormat::Binary)),
            optional("purpose", STRING),
        ]),
    ))
}
