//! `TypeScript`'s names: casing, reserved words, and what a module already knows.

use std::collections::HashSet;

use crate::ir::Name;
pub(super) use crate::target::names::pascal;
use crate::target::names::{allocate, camel, exactly, file_words, kebab};

/// Words that can name no variable, parameter or function (ECMA-262, section 12.7.2, strict), and
/// those that generated bodies use.
const RESERVED_VALUES: &[&str] = &[
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
    // Parameters and globals of generated functions.
    "body",
    "core",
    "globalThis",
    "options",
    "own",
    "params",
    "started",
];

/// Values of the runtime that modules of functions import; no function takes such a name.
const RUNTIME_VALUES: &[&str] = &[
    "bodyAs",
    "createCore",
    "deepObject",
    "form",
    "formBody",
    "formJoined",
    "formReserved",
    "headerExploded",
    "headerJSON",
    "headerSimple",
    "jsonBody",
    "jsonQuery",
    "label",
    "labelExploded",
    "list",
    "losslessJSONBody",
    "matrix",
    "matrixExploded",
    "multipartBody",
    "ndjson",
    "parseJSON",
    "parseLossless",
    "pipeDelimited",
    "rawBody",
    "readDownload",
    "readJSON",
    "readLosslessJSON",
    "readNothing",
    "readText",
    "send",
    "sendStreamed",
    "serverSentEvents",
    "simpleExploded",
    "spaceDelimited",
    "stream",
    "stringifyLossless",
    "request",
    "unwrapWebhook",
    "verifyWebhook",
    "wait",
    "waitFrom",
];

/// Names that no type of a document takes: globals that generated code or its reader means, and
/// what the runtime gives to it.
const RESERVED_TYPES: &[&str] = &[
    "APIError",
    "AbortController",
    "AbortError",
    "AbortSignal",
    "Array",
    "ArrayBuffer",
    "AsyncIterable",
    "Blob",
    "Boolean",
    "BytesInput",
    "ClientOptions",
    "ConfigurationError",
    "ConnectionError",
    "Core",
    "Date",
    "DecodeError",
    "Download",
    "Error",
    "ErrorClass",
    "Fetch",
    "File",
    "Fake",
    "FileInput",
    "FormData",
    "Function",
    "Headers",
    "Int64",
    "Iterable",
    "Login",
    "Logger",
    "Map",
    "Middleware",
    "NamedFile",
    "Number",
    "Object",
    "Operation",
    "Page",
    "PageOperation",
    "Pages",
    "Partial",
    "Promise",
    "RateLimit",
    "RawRequest",
    "ReadableStream",
    "Record",
    "Request",
    "RequestOptions",
    "Response",
    "ResponseInfo",
    "Result",
    "Route",
    "SDKError",
    "Set",
    "Settings",
    "Stream",
    "StreamOperation",
    "StreamOptions",
    "String",
    "Symbol",
    "TimeoutError",
    "Token",
    "TryContext",
    "URL",
    "Uint8Array",
    "UnknownTag",
    "UnknownVariant",
    "Verbosity",
    "WaitOptions",
    "WebhookHeaders",
    "WebhookOptions",
    "WebhookVerificationError",
    "WithResponse",
];

/// Members that a class has already, or that would make its objects something else: an object
/// with a `then` is awaited.
const RESERVED_MEMBERS: &[&str] = &[
    "constructor",
    "core",
    "hasOwnProperty",
    "then",
    "toString",
    "valueOf",
];

/// Members that the client alone has already.
const CLIENT_MEMBERS: &[&str] = &["request"];

/// The runtime's own client options.
const CLIENT_OPTIONS: &[&str] = &[
    "apiKey",
    "attemptTimeout",
    "baseURL",
    "credentials",
    "environment",
    "fetch",
    "generateIdempotencyKey",
    "governor",
    "headers",
    "logLevel",
    "logger",
    "maxRetries",
    "middleware",
    "timeout",
    "variables",
];

/// Gives types, classes and interfaces names of their own, and marks them as taken.
pub(super) fn types(
    wanted: &[&Name],
    taken: &mut HashSet<String>,
    plain: impl Fn(&[String]) -> String,
) -> Vec<String> {
    let out = allocate(
        wanted,
        taken,
        |name| plain(name.words()),
        repair_type,
        exactly,
    );
    taken.extend(out.iter().cloned());
    out
}

/// Gives functions names of their own.
pub(super) fn functions(wanted: &[&Name]) -> Vec<String> {
    arguments(wanted, "")
}

/// Gives the arguments of a function names of their own, all other than the function's.
pub(super) fn arguments(wanted: &[&Name], function: &str) -> Vec<String> {
    let plain = |name: &Name| camel(name.words());
    let repair = |name: String| match repair_value(name) {
        name if name == function => format!("{name}Value"),
        name => name,
    };
    allocate(wanted, &HashSet::new(), plain, repair, exactly)
}

/// Gives the methods and accessors of a class names of their own; the client has more of its own.
pub(super) fn members(wanted: &[&Name], client: bool) -> Vec<String> {
    let plain = |name: &Name| camel(name.words());
    let repair = |name: String| match repair_member(name) {
        name if client && CLIENT_MEMBERS.contains(&name.as_str()) => format!("{name}Call"),
        name => name,
    };
    allocate(wanted, &HashSet::new(), plain, repair, exactly)
}

/// Gives the options of server variables names of their own beside the client's other options.
pub(super) fn options(wanted: &[&Name]) -> Vec<String> {
    let plain = |name: &Name| camel(name.words());
    let repair = |name: String| {
        let name = identifier(&name, "n");
        if CLIENT_OPTIONS.contains(&name.as_str()) {
            format!("{name}Variable")
        } else {
            name
        }
    };
    allocate(wanted, &HashSet::new(), plain, repair, exactly)
}

/// Gives the files of top-level resources names of their own, whatever case a disk keeps apart.
pub(super) fn stems(wanted: &[&Name]) -> Vec<String> {
    let plain = |name: &Name| kebab(&file_words(name.words()));
    let repair = |stem: String| match stem.as_str() {
        "client" | "index" | "shared" => format!("{stem}-resource"),
        _ => identifier(&stem, "n"),
    };
    allocate(wanted, &HashSet::new(), plain, repair, |stem| {
        stem.to_lowercase().into()
    })
}

fn repair_type(name: String) -> String {
    let name = identifier(&name, "N");
    if RESERVED_TYPES.contains(&name.as_str()) {
        format!("{name}Type")
    } else {
        name
    }
}

fn repair_value(name: String) -> String {
    let name = identifier(&name, "n");
    let reserved =
        RESERVED_VALUES.contains(&name.as_str()) || RUNTIME_VALUES.contains(&name.as_str());
    if reserved {
        format!("{name}Value")
    } else {
        name
    }
}

fn repair_member(name: String) -> String {
    let name = identifier(&name, "n");
    if RESERVED_MEMBERS.contains(&name.as_str()) {
        format!("{name}Call")
    } else {
        name
    }
}

/// A legal identifier: characters that none can hold are spelled out, and a digit does not lead.
fn identifier(name: &str, lead: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c.is_alphabetic() || matches!(c, '_' | '-') {
            out.push(c);
        } else {
            out.push_str(&format!("u{:x}", u32::from(c)));
        }
    }
    if out.starts_with(|c: char| c.is_ascii_digit()) {
        format!("{lead}{out}")
    } else {
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::build::name;

    #[test]
    fn what_no_identifier_can_be_is_repaired() {
        let names = ["2fa", "x²", "日本", "record", "run"].map(name);
        let wanted: Vec<&Name> = names.iter().collect();
        let mut taken = HashSet::new();
        assert_eq!(
            types(&wanted, &mut taken, pascal),
            ["N2fa", "X2", "日本", "RecordType", "Run"]
        );
        assert!(taken.contains("Run"));
        let names = ["delete", "send", "2fa"].map(name);
        assert_eq!(
            functions(&names.iter().collect::<Vec<_>>()),
            ["deleteValue", "sendValue", "n2fa"]
        );
        assert_eq!(
            arguments(&[&name("id"), &name("events")], "events"),
            ["id", "eventsValue"]
        );
        let names = ["then", "delete"].map(name);
        assert_eq!(
            members(&names.iter().collect::<Vec<_>>(), false),
            ["thenCall", "delete"]
        );
    }

    #[test]
    fn files_differ_where_a_disk_folds_case() {
        let names = ["index", "Straße", "runs"].map(name);
        assert_eq!(
            stems(&names.iter().collect::<Vec<_>>()),
            ["index-resource", "strae-ocz2", "runs"]
        );
    }
}
