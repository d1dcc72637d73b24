//! A server that somebody has begun, of the crates as they are published: `exai-server` below the
//! layer of `exai-runtime`, called by the client of `exai-sdk`.

use std::sync::Arc;

use exai_runtime::{Caller, MemoryReceipts, Operation, Operations, Promises, Secret, Tokens};
use exai_sdk::Client;
use exai_server::unimplemented as traits;
use exai_server::{ApiError, OPERATIONS, RequestContext, resources, types};

const TOKEN: &str = "sk_test_0123456789abcdef0123456789abcdef";

struct Begun;

impl traits::Workspaces for Begun {}
impl traits::Composer for Begun {}
impl traits::Builder for Begun {}
impl traits::Plans for Begun {
    async fn get_plan(
        &self,
        _: &RequestContext,
        plan_id: types::PlanId,
    ) -> Result<resources::GetPlanResponse, ApiError> {
        Err(ApiError::not_found(format!("there is no plan {plan_id}")))
    }

    async fn list_plans(
        &self,
        _: &RequestContext,
        _: resources::ListPlansParams,
    ) -> Result<resources::ListPlansResponse, ApiError> {
        Ok(resources::ListPlansResponse::Ok(types::PlanList {
            data: Vec::new(),
            next_cursor: None,
        }))
    }
}
impl traits::Runs for Begun {}
impl traits::Agents for Begun {}
impl traits::Templates for Begun {}
impl traits::Audit for Begun {}
impl traits::Webhooks for Begun {}

/// A client of a server that listens on a port of its own.
async fn client() -> Client {
    let operations = OPERATIONS.iter().map(|info| Operation {
        id: info.id,
        method: info.method,
        path: info.path,
        route: info.route,
        keyed: info.idempotency,
        security: info.security,
        long_running: info.long_running,
        streams: info.streams,
        cost: 1,
    });
    let tokens = Arc::new(Tokens::new());
    let caller = Caller::service("org_1", "orgToken", "tok_1", "ci");
    tokens.insert(&Secret::new(TOKEN), caller, None);
    let promises = Promises::new(Operations::new(operations), tokens)
        .receipts(Arc::new(MemoryReceipts::new()));
    let routes = axum::Router::new().nest("/v1", exai_server::router(Begun));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, routes.layer(promises)).await });
    Client::builder()
        .base_url(format!("http://{address}/v1"))
        .api_key(TOKEN)
        .max_retries(0)
        .build()
        .expect("a client")
}

#[tokio::test]
async fn what_is_written_answers_with_a_receipt() {
    let exai = client().await;
    let page = exai.plans().list().with_response().await.expect("no plans");
    assert!(page.data.items.is_empty());
    let receipt = page.metadata.receipt().expect("a receipt");
    assert!(receipt.starts_with("rcp_"), "{receipt}");
}

#[tokio::test]
async fn a_refusal_is_the_error_that_the_document_says() {
    let exai = client().await;
    let error = exai.plans().get("pln_abc").await.expect_err("no plan");
    assert_eq!(error.status(), Some(404));
    assert_eq!(error.code(), Some(404));
    assert!(error.receipt().is_some());
    let error = exai.runs().get("run_abc").await.expect_err("not written");
    assert_eq!(error.status(), Some(501));
}
