//! What the layers need to know of an API: one row an operation.

use std::collections::HashMap;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;

/// One operation of an API. A server makes it of the table that is generated for its router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `startRun`
    pub id: &'static str,
    /// `POST`
    pub method: &'static str,
    /// `/runs/{run_id}`, as the document writes it.
    pub path: &'static str,
    /// `/runs/{p0}`, as the router was given it, and so as axum's `MatchedPath` ends.
    pub route: &'static str,
    /// The header whose value makes the write safe to repeat, and whether it must be there.
    pub keyed: Option<(&'static str, bool)>,
    /// Any one of these sets of scheme names is enough; no set at all: the operation is open.
    pub security: &'static [&'static [&'static str]],
    /// The answer is the promise of a later result.
    pub long_running: bool,
    /// The answer arrives piece by piece and is not kept for a repeated key.
    pub streams: bool,
    /// What a request takes out of the rate limit's buckets; 1 is usual.
    pub cost: u32,
}

/// Every operation of an API, found by what axum matched.
#[derive(Clone, Debug, Default)]
pub struct Operations {
    by_route: HashMap<&'static str, Vec<Operation>>,
}

impl Operations {
    /// A table of these operations.
    pub fn new(operations: impl IntoIterator<Item = Operation>) -> Self {
        let mut by_route: HashMap<_, Vec<_>> = HashMap::new();
        for operation in operations {
            by_route.entry(operation.route).or_default().push(operation);
        }
        Self { by_route }
    }

    /// The operation at a matched path, which may have the prefix of a nest before the route:
    /// `/v1/runs/{p0}` is `/runs/{p0}`.
    ///
    /// The longest route that the path ends with decides, and then the method. `HEAD` is the
    /// operation of `GET` (RFC 9110, section 9.3.2), since axum answers it with that handler.
    /// The route `/` is found without a nest only.
    pub fn find(&self, method: &Method, matched_path: &str) -> Option<&Operation> {
        let here = std::iter::once(0)
            .chain(matched_path.match_indices('/').map(|(at, _)| at).skip(1))
            .find_map(|at| self.by_route.get(&matched_path[at..]))?;
        let of = |wanted: &str| here.iter().find(|found| found.method == wanted);
        let or_get = || of("GET").filter(|_| method == Method::HEAD);
        of(method.as_str()).or_else(or_get)
    }

    pub(crate) fn of(&self, request: &Request) -> Option<&Operation> {
        let matched = request.extensions().get::<MatchedPath>()?;
        self.find(request.method(), matched.as_str())
    }
}

impl Operation {
    /// The text of a path parameter, read from a path that ends like this operation's.
    pub(crate) fn parameter<'a>(&self, name: &str, path: &'a str) -> Option<&'a str> {
        let mut given = path.rsplit('/');
        self.path.rsplit('/').find_map(|segment| {
            let text = given.next()?;
            let inside = segment.strip_prefix('{')?.strip_suffix('}')?;
            (inside == name && !text.is_empty()).then_some(text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &'static str, route: &'static str) -> Operation {
        Operation {
            id: route,
            method,
            path: "/agents/{agent_id}/runs/{run_id}/events",
            route,
            keyed: None,
            security: &[],
            long_running: false,
            streams: false,
            cost: 1,
        }
    }

    #[test]
    fn a_nested_route_is_not_taken_for_a_shorter_one_that_ends_alike() {
        let all = Operations::new([
            operation("POST", "/runs"),
            operation("GET", "/agents/{p0}/runs"),
        ]);
        let id = |method, path| all.find(&method, path).map(|found| found.id);
        assert_eq!(id(Method::POST, "/v1/runs"), Some("/runs"));
        assert_eq!(id(Method::POST, "/runs"), Some("/runs"));
        let nested = "/v1/agents/{p0}/runs";
        assert_eq!(id(Method::GET, nested), Some("/agents/{p0}/runs"));
        assert_eq!(id(Method::HEAD, nested), Some("/agents/{p0}/runs"));
        assert_eq!(id(Method::POST, nested), None);
        assert_eq!(id(Method::POST, "/v1/overruns"), None);
        assert_eq!(id(Method::GET, ""), None);
    }

    #[test]
    fn a_parameter_is_read_behind_any_prefix() {
        let events = operation("GET", "");
        let path = "/v1/agents/agt_1/runs/run_2/events";
        assert_eq!(events.parameter("run_id", path), Some("run_2"));
        assert_eq!(events.parameter("agent_id", path), Some("agt_1"));
        assert_eq!(events.parameter("plan_id", path), None);
        assert_eq!(events.parameter("run_id", "/events"), None);
    }
}
