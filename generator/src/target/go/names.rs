//! Go's names: initialisms, export by capital, keywords, and what a package already declares.

use std::collections::BTreeSet;

use crate::numbers::Numbers;
use crate::target::names;

/// Keywords, and predeclared names that generated function bodies use or that read badly when
/// they are hidden.
const RESERVED_LOCALS: &[&str] = &[
    // keywords
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
    // predeclared
    "any",
    "append",
    "bool",
    "byte",
    "cap",
    "clear",
    "close",
    "copy",
    "error",
    "false",
    "int",
    "int32",
    "int64",
    "len",
    "make",
    "max",
    "min",
    "new",
    "nil",
    "panic",
    "string",
    "true",
    // in scope in a method
    "body",
    "ctx",
    "err",
    "opts",
    "params",
    "s",
    "call",
    "operation",
    "request",
    "transport",
    "context",
    "http",
    "io",
    "iter",
    "json",
    "reflect",
    "time",
    "wait",
];

/// Exported names of the runtime, which shares the package.
pub(super) const RUNTIME: &[&str] = &[
    "APIError",
    "Bool",
    "ClientOption",
    "ConnectionError",
    "DecodeError",
    "Download",
    "ErrWaitToken",
    "ErrWebhookSignature",
    "ErrorDetail",
    "File",
    "Float",
    "Int",
    "Middleware",
    "Null",
    "Nullable",
    "OperationInfo",
    "OperationOf",
    "Option",
    "Page",
    "Ptr",
    "RateLimit",
    "RequestOption",
    "ResponseMeta",
    "String",
    "Time",
    "TimeoutError",
    "TokenSource",
    "UnknownVariant",
    "Unmarshal",
    "Value",
    "VerifyWebhook",
    "VerifyWebhookAt",
    "WithAPIKey",
    "WithBaseURL",
    "WithBodyField",
    "WithBodyInto",
    "WithCredential",
    "WithGovernor",
    "WithHTTPClient",
    "WithHeader",
    "WithIdempotencyKey",
    "WithLastEventID",
    "WithLastEventIDInto",
    "WithLogger",
    "WithMaxRetries",
    "WithMiddleware",
    "WithQuery",
    "WithResponseInto",
    "WithTimeout",
    "WithTokenSource",
    "WithTryTimeout",
    "WithWaitToken",
];

/// Names that generated code declares beside the document's.
pub(super) const CLIENT: &[&str] = &["Client", "NewClient", "Environment", "WithEnvironment"];

/// Members that the client has beside its resources.
pub(super) const CLIENT_MEMBERS: &[&str] = &["Request", "transport"];

/// Words behind another name: `["run", "id"]` is `RunID`, `["2", "fa"]` is `2Fa`.
pub(super) fn suffix(words: &[String]) -> String {
    names::pascal_initialisms(words)
}

/// An exported name: `["run", "id"]` is `RunID`. A name that does not start with a capital letter,
/// such as one of digits, would not be exported, and gets one.
pub(super) fn exported(words: &[String]) -> String {
    let joined = suffix(words);
    match joined.chars().next() {
        Some(first) if first.is_uppercase() => joined,
        _ => format!("X{joined}"),
    }
}

/// An unexported name: `["run", "id"]` is `runID`, `["url"]` is `url`.
pub(super) fn unexported(words: &[String]) -> String {
    let name = names::camel_initialisms(words);
    if name.starts_with(char::is_alphabetic) {
        name
    } else {
        format!("x{name}")
    }
}

/// A name that a type of the document may have: one of the runtime's gets `Type` behind it.
pub(super) fn repaired(name: String) -> String {
    if is_ours(&name) {
        format!("{name}Type")
    } else {
        name
    }
}

fn is_ours(name: &str) -> bool {
    RUNTIME.contains(&name) || CLIENT.contains(&name)
}

/// A local name that hides nothing a method needs: `type` is `typeValue`.
pub(super) fn local(words: &[String]) -> String {
    let name = unexported(words);
    if RESERVED_LOCALS.contains(&name.as_str()) {
        format!("{name}Value")
    } else {
        name
    }
}

/// The singular of a resource's last word: `agents` is `agent`, `previews` is `preview`,
/// `applies` is `apply`, `composer` stays.
pub(super) fn singular(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    if let Some(last) = words.last_mut() {
        *last = singular_word(last);
    }
    words
}

fn singular_word(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies")
        && stem.len() > 1
    {
        return format!("{stem}y");
    }
    for (plural, ending) in [("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")] {
        if let Some(stem) = word.strip_suffix(plural) {
            return format!("{stem}{ending}");
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.is_empty() && !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// The names of one scope, each given once.
#[derive(Debug, Default)]
pub(super) struct Scope {
    taken: BTreeSet<String>,
    numbers: Numbers<String>,
}

impl Scope {
    /// Marks names as used.
    pub(super) fn reserve(&mut self, names: impl IntoIterator<Item = String>) {
        self.taken.extend(names);
    }

    /// The names that are used.
    pub(super) fn taken(&self) -> impl Iterator<Item = &String> {
        self.taken.iter()
    }

    /// A scope in which these names are already used.
    pub(super) fn with(taken: &[&str]) -> Self {
        Self {
            taken: taken.iter().map(|&name| name.to_owned()).collect(),
            numbers: Numbers::default(),
        }
    }

    /// Gives the wanted name, or one made of it: with the suffix, which says what kind of thing
    /// it is, and then with a number from 2.
    pub(super) fn take(&mut self, wanted: String, suffix: &str) -> String {
        let longer = format!("{wanted}{suffix}");
        let is_taken = |name: &String| self.taken.contains(name);
        let name = [wanted, longer.clone()]
            .into_iter()
            .find(|name| !is_taken(name))
            .unwrap_or_else(|| {
                let numbered = |stem: &String, number| format!("{stem}{number}");
                self.numbers.free(longer, numbered, is_taken)
            });
        self.taken.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::build::name;

    #[test]
    fn initialisms_keep_one_case() {
        for (wire, public, private) in [
            ("run_id", "RunID", "runID"),
            ("run_ids", "RunIDs", "runIDs"),
            ("url", "URL", "url"),
            ("poll_url", "PollURL", "pollURL"),
            ("http_status", "HTTPStatus", "httpStatus"),
            ("splunk_hec", "SplunkHEC", "splunkHEC"),
            ("2fa", "X2fa", "x2fa"),
            ("日本", "X日本", "日本"),
            ("plan", "Plan", "plan"),
        ] {
            assert_eq!(exported(name(wire).words()), public, "{wire}");
            assert_eq!(unexported(name(wire).words()), private, "{wire}");
        }
    }

    #[test]
    fn locals_hide_nothing() {
        assert_eq!(local(name("type").words()), "typeValue");
        assert_eq!(local(name("opts").words()), "optsValue");
        assert_eq!(local(name("slug").words()), "slug");
    }

    #[test]
    fn resources_are_named_in_the_singular() {
        for (plural, one) in [
            ("agents", "agent"),
            ("applies", "apply"),
            ("previews", "preview"),
            ("composer", "composer"),
            ("status", "status"),
            ("patches", "patch"),
            ("aliases", "aliase"),
            ("access", "access"),
        ] {
            assert_eq!(singular_word(plural), one);
        }
    }

    #[test]
    fn a_scope_gives_no_name_twice() {
        let mut scope = Scope::with(&["Page"]);
        assert_eq!(scope.take("Page".into(), "Type"), "PageType");
        assert_eq!(scope.take("Page".into(), "Type"), "PageType2");
        assert_eq!(scope.take("Run".into(), "Type"), "Run");
    }
}
