//! Python's names: keywords, and what the files of a package already use.

use std::collections::HashSet;

use super::escape;
use crate::ir::Name;
use crate::target::names;

/// Keywords of Python 3.11 to 3.14, and soft ones that read badly as names.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Builtins that annotations are made of: where a class has a member of that name, annotations
/// say `builtins.list`.
pub(super) const ANNOTATION_BUILTINS: &[&str] = &[
    "bool", "bytes", "dict", "float", "int", "list", "object", "str", "tuple",
];

/// Names that a module of types uses beside its own.
const TYPE_NAMES: &[&str] = &[
    "Any",
    "ClassVar",
    "Decimal",
    "FileInput",
    "Literal",
    "Mapping",
    "Model",
    "Sequence",
    "TypeAlias",
    "Unknown",
    "UnsetType",
    // of the modules that use types
    "Arguments",
    "AsyncIterable",
    "AsyncPages",
    "AsyncStream",
    "BinaryInput",
    "BinaryResponse",
    "AsyncBinaryResponse",
    "CallOptions",
    "Codec",
    "Engine",
    "AsyncEngine",
    "Iterable",
    "Pages",
    "Stream",
    "StreamOptions",
    "WaitOptions",
    "Unpack",
    "Operation",
    "PagedOperation",
    "LongRunning",
    "Body",
    "Style",
    // of the builtins
    "BaseException",
    "Ellipsis",
    "Exception",
    "NotImplemented",
    "Warning",
];

/// Attributes that `Model` has.
const MODEL_MEMBERS: &[&str] = &["extra_fields", "from_json", "to_dict", "to_json"];

/// Options that every method takes.
const OPTIONS: &[&str] = &[
    "extra_body",
    "extra_headers",
    "extra_query",
    "idempotency_key",
    "last_event_id",
    "max_retries",
    "on_waiting",
    "timeout",
];

/// What the body of every method names.
const METHOD_NAMES: &[&str] = &["ops", "options", "self"];

/// What a resource's class has beside its methods.
const RESOURCE_MEMBERS: &[&str] = &["_engine"];

/// What the module of the clients names beside them: no class of a resource has such a name.
pub(super) const CLIENT_NAMES: &[&str] = &[
    "AsyncMiddleware",
    "AsyncRoot",
    "AsyncToken",
    "AsyncTransport",
    "Awaitable",
    "Callable",
    "Middleware",
    "Response",
    "Root",
    "Self",
    "Settings",
    "T",
    "Token",
    "TracebackType",
    "Tracer",
    "Transport",
    "TypeVar",
];

/// The name of a class: `RunStatus`; a name that is taken gets `Model` behind it.
pub(super) fn class(name: &Name) -> String {
    names::pascal(name.words())
}

/// Makes a legal class name of one that is not.
pub(super) fn repair_class(plain: String) -> String {
    let plain = leading_letter(plain, "N");
    if TYPE_NAMES.contains(&plain.as_str()) || KEYWORDS.contains(&plain.as_str()) {
        format!("{plain}Model")
    } else {
        plain
    }
}

/// The name of an attribute, a parameter, a method: the wire name where it is an identifier,
/// else its words.
pub(super) fn attribute(name: &Name) -> String {
    match escape::identifier(name) {
        Some(wire) => wire,
        None => names::snake(name.words()),
    }
}

/// The name of a method or an accessor: `rotate_secret`.
pub(super) fn method(name: &Name) -> String {
    names::snake(name.words())
}

/// Makes a legal attribute of a record's property.
pub(super) fn repair_field(plain: String, types: &HashSet<String>) -> String {
    let hides_a_type = types.contains(&plain) || TYPE_NAMES.contains(&plain.as_str());
    if hides_a_type || matches!(plain.as_str(), "UNSET" | "dt" | "msgspec" | "builtins") {
        return format!("{plain}_");
    }
    repair(plain, MODEL_MEMBERS)
}

/// Makes a legal parameter of a method.
pub(super) fn repair_parameter(plain: String, types: &HashSet<String>) -> String {
    if types.contains(&plain) || TYPE_NAMES.contains(&plain.as_str()) || plain == "UNSET" {
        return format!("{plain}_");
    }
    repair(plain, METHOD_NAMES)
}

/// True for a name that an option of every call has.
pub(super) fn is_option(name: &Name) -> bool {
    OPTIONS.contains(&names::snake(name.words()).as_str())
}

/// Makes a legal method or accessor.
pub(super) fn repair_method(plain: String) -> String {
    repair(plain, RESOURCE_MEMBERS)
}

/// What the client's class has beside its methods and accessors, and what its annotations say.
const CLIENT_MEMBERS: &[&str] = &[
    "_engine",
    "close",
    "request",
    "with_response",
    "bool",
    "dict",
    "float",
    "int",
    "object",
    "str",
    "tuple",
    "type",
];

/// Makes a legal method or accessor of the client itself.
pub(super) fn repair_root(plain: String) -> String {
    repair(plain, CLIENT_MEMBERS)
}

/// Makes a legal module name.
pub(super) fn repair_module(plain: String) -> String {
    repair(plain, &["shared", "root"])
}

fn repair(plain: String, reserved: &[&str]) -> String {
    let plain = leading_letter(plain, "n");
    if KEYWORDS.contains(&plain.as_str()) || reserved.contains(&plain.as_str()) {
        format!("{plain}_")
    } else {
        plain
    }
}

fn leading_letter(plain: String, letter: &str) -> String {
    if plain.starts_with(|c: char| c.is_alphabetic()) {
        plain
    } else {
        format!("{letter}{plain}")
    }
}

/// True for a keyword.
pub(super) fn is_keyword(text: &str) -> bool {
    KEYWORDS.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::build::name;

    #[test]
    fn wire_names_stay_where_python_allows_it() {
        let none = HashSet::new();
        for (wire, python) in [
            ("run_id", "run_id"),
            ("createdAt", "createdAt"),
            ("run-id", "run_id"),
            ("class", "class_"),
            ("2fa", "n2fa"),
            ("_links", "links"),
            ("to_json", "to_json_"),
            ("Any", "Any_"),
        ] {
            assert_eq!(
                repair_field(attribute(&name(wire)), &none),
                python,
                "{wire}"
            );
        }
        let types = HashSet::from(["Status".to_owned()]);
        assert_eq!(repair_field("Status".into(), &types), "Status_");
        assert_eq!(repair_parameter("options".into(), &none), "options_");
    }

    #[test]
    fn classes_hide_nothing_that_their_module_uses() {
        assert_eq!(repair_class(class(&name("run_status"))), "RunStatus");
        assert_eq!(repair_class(class(&name("any"))), "AnyModel");
        assert_eq!(repair_class(class(&name("2fa"))), "N2fa");
    }
}
