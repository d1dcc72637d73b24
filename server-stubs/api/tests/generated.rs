//! The generated crate as a whole: its contract compiles, and every operation is mounted.

#![cfg(test)]

use exai_server::{OPERATIONS, contract};

#[test]
fn every_schema_of_the_contract_compiles() {
    contract().verify().expect("schemas are JSON Schemas");
}

#[test]
fn every_operation_is_there_once() {
    let mut ids: Vec<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), OPERATIONS.len()), (142, 142));
}

#[cfg(feature = "unimplemented")]
mod unimplemented {
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use exai_server::unimplemented as traits;
    use exai_server::{ApiError, OPERATIONS, RequestContext, resources, router, types};
    use tower::ServiceExt;

    /// A server that someone has begun: one method of 142.
    struct Begun;

    impl traits::Workspaces for Begun {}
    impl traits::Composer for Begun {}
    impl traits::Builder for Begun {}
    impl traits::Plans for Begun {}
    impl traits::Runs for Begun {
        async fn pause_run(
            &self,
            _: &RequestContext,
            run_id: types::RunId,
        ) -> Result<resources::PauseRunResponse, ApiError> {
            Err(ApiError::not_found(run_id))
        }
    }
    impl traits::Agents for Begun {}
    impl traits::Templates for Begun {}
    impl traits::Audit for Begun {}
    impl traits::Webhooks for Begun {}

    async fn status(method: &str, path: &str) -> StatusCode {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("idempotency-key", "k")
            .body(Body::empty())
            .expect("a request");
        let response = router(Begun).oneshot(request).await;
        response.expect("a router answers").status()
    }

    #[tokio::test]
    async fn what_is_not_written_answers_501_and_what_is_written_runs() {
        let listed = OPERATIONS.iter().filter(|operation| {
            operation.method == "GET" && operation.parameters.iter().all(|one| !one.required)
        });
        let mut count = 0;
        for operation in listed {
            let found = status("GET", operation.path).await;
            assert_eq!(found, StatusCode::NOT_IMPLEMENTED, "{}", operation.id);
            count += 1;
        }
        assert!(count > 10, "{count}");
        let path = "/runs/run_01JB8Z6Q4M2N7T5V9X1C3E5G7H/pause";
        assert_eq!(status("POST", path).await, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn no_path_is_taken_for_another() {
        for operation in OPERATIONS {
            let found = status("DELETE", &operation.path.replace(['{', '}'], "")).await;
            assert!(!found.is_success(), "{}", operation.id);
        }
        assert_eq!(status("GET", "/nowhere").await, StatusCode::NOT_FOUND);
    }
}
