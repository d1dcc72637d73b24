//! What a scenario file says; `scenario.schema.json` describes each property.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// One danger: what the server does, what is called, what must be seen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// `retry/after-zero`: the file's place below the folder of scenarios.
    #[serde(skip)]
    pub name: String,
    /// The rule, as a sentence.
    pub title: String,
    /// How the client is made.
    #[serde(default)]
    pub client: Map<String, Value>,
    /// Calls on one client, one after another.
    pub calls: Vec<Call>,
    /// The calls are made all at once instead.
    #[serde(default)]
    pub parallel: bool,
    /// The most megabytes by which the driver's memory may grow meanwhile.
    pub memory_mb: Option<u64>,
    /// What the server does with each request, in the order in which they come.
    #[serde(default)]
    pub server: Vec<Exchange>,
    /// The same for a server of another origin.
    #[serde(default)]
    pub elsewhere: Vec<Exchange>,
    /// What the servers must have seen.
    #[serde(default)]
    pub wire: Wire,
    /// Why an SDK does not run this one: its language has no such thing.
    #[serde(default)]
    pub not_for: BTreeMap<String, String>,
}

impl Scenario {
    /// Whether it is to be played alone: it moves so much that the times of others would suffer,
    /// or what it measures is the driver's own memory.
    #[must_use]
    pub fn is_heavy(&self) -> bool {
        self.memory_mb.is_some() || self.server.iter().any(|exchange| exchange.filler > 1 << 20)
    }

    /// Whether an SDK's language has no such thing. `python` stands for both of its columns.
    #[must_use]
    pub fn leaves_out(&self, sdk: &str) -> bool {
        let language = sdk.split('-').next().unwrap_or(sdk);
        [sdk, language]
            .iter()
            .any(|name| self.not_for.contains_key(*name))
    }

    /// Its row of the table: `retry/after-zero`, and `operations/startRun` for all that the
    /// generator has made of that operation.
    #[must_use]
    pub fn row(&self) -> &str {
        match self.name.match_indices('/').nth(1) {
            Some((end, _)) => &self.name[..end],
            None => &self.name,
        }
    }

    /// With what is said to come several times in a row written out.
    #[must_use]
    pub(crate) fn written_out(mut self) -> Self {
        self.calls = repeated(self.calls, |call| &mut call.times);
        self.server = repeated(self.server, |exchange| &mut exchange.times);
        self
    }
}

fn repeated<T: Clone>(items: Vec<T>, times: impl Fn(&mut T) -> &mut Option<usize>) -> Vec<T> {
    let mut out = Vec::new();
    for mut item in items {
        let count = times(&mut item).take().unwrap_or(1);
        out.extend(std::iter::repeat_n(item, count));
    }
    out
}

/// One call, and what must come of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// `runs.get`
    pub op: String,
    /// Arguments by wire name.
    #[serde(default)]
    pub args: Map<String, Value>,
    /// What one call can have otherwise than its client.
    #[serde(default)]
    pub options: Map<String, Value>,
    /// How many times in a row it is made.
    pub times: Option<usize>,
    /// What must come of it.
    pub expect: Expect,
}

/// What a call must give. What is not named is not looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The value: objects may hold more.
    pub value: Option<Value>,
    /// The items of pages or of a stream: exactly as many, each may hold more.
    pub items: Option<Vec<Value>>,
    /// The error. Where there is none here, there must be none.
    pub error: Option<Value>,
    /// What comes beside the value.
    pub meta: Option<Value>,
    /// The tokens of a wait that were handed over, in their order.
    pub tokens: Option<Vec<Value>>,
    /// The least and the most milliseconds that the call may take.
    pub ms: Option<[u64; 2]>,
}

/// What is done with one request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Exchange {
    /// Which request gets it: a part of `METHOD target`. Where any exchange of a script names its
    /// request, each gets the first that is left and fits, whenever it comes.
    pub on: Option<String>,
    /// How many requests in a row get it.
    pub times: Option<usize>,
    /// The connection is reset as soon as a request begins: nothing of it is read.
    pub reset_unread: bool,
    /// The connection is reset after the whole request was read; nothing is answered.
    pub reset_read: bool,
    /// The whole answer, byte by byte, in place of everything below but `end`.
    pub raw: Option<String>,
    /// Milliseconds before the first byte of the answer.
    pub delay_ms: u64,
    /// The status; 200 where nothing is said.
    pub status: Option<u16>,
    /// More headers; null takes a default one away.
    pub headers: BTreeMap<String, Option<String>>,
    /// A body of JSON.
    pub json: Option<Value>,
    /// A body of JSON from `fixtures.yaml`.
    pub fixture: Option<String>,
    /// What the fixture has otherwise: objects are merged, `$absent` takes a property away.
    pub patch: Map<String, Value>,
    /// A body of text; an event stream where `headers` say nothing else.
    pub events: Option<String>,
    /// A body of text.
    pub text: Option<String>,
    /// A body of any bytes, as hexadecimal digits.
    pub hex: Option<String>,
    /// A body of as many bytes `x`, ahead of `text` or `events`.
    pub filler: usize,
    /// The body is compressed where the request allows it.
    pub gzip: bool,
    /// In chunks of these sizes, the rest in one.
    pub chunked: Option<Vec<usize>>,
    /// What `Content-Length` claims.
    pub length: Option<usize>,
    /// Neither a length nor chunks: the body ends with the connection.
    pub until_close: bool,
    /// The body, or all of `raw`, is sent in pieces of so many bytes.
    pub drip: Option<Drip>,
    /// A pause after so many bytes of the body.
    pub pause: Option<Pause>,
    /// Only so many bytes of the body are sent.
    pub cut: Option<usize>,
    /// What comes after the answer.
    pub end: End,
}

/// Slow bytes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drip {
    /// Bytes a piece.
    pub bytes: usize,
    /// Milliseconds between two pieces.
    pub every_ms: u64,
}

/// A stall in the middle.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// Bytes of the body ahead of it.
    pub after: usize,
    /// How long.
    pub ms: u64,
}

/// What comes after an answer.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The connection waits for the next request.
    #[default]
    Keep,
    /// It is closed in order.
    Close,
    /// It is reset.
    Reset,
    /// It stays open and silent.
    Stall,
}

/// What the servers must have seen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wire {
    /// Each request that was read; exactly as many.
    pub requests: Option<Vec<Value>>,
    /// How many requests began, read or not.
    pub count: Option<usize>,
    /// The same for the other origin.
    pub elsewhere: Option<Vec<Value>>,
    /// Whether the other origin may be asked, though without the token.
    pub elsewhere_without_token: bool,
    /// Headers that every request has, and with one value.
    pub same: Vec<String>,
    /// Headers that every request has, each with a value of its own.
    pub differ: Vec<String>,
    /// The most requests that may begin, where it is no matter how many do.
    pub at_most: Option<usize>,
    /// The least and the most connections that may be made.
    pub connections: Option<[usize; 2]>,
    /// The same requests in any order.
    pub any_order: bool,
    /// The most milliseconds of the shortest wait before a second try.
    pub shortest_ms: Option<u128>,
    /// The least and the most milliseconds from the first request to the last one.
    pub spread_ms: Option<[u64; 2]>,
    /// The least and the most milliseconds between the end of an answer and the next request.
    pub gaps_ms: Vec<[u64; 2]>,
}
