//! The client of a scenario, and where its log goes.

use std::fs::OpenOptions;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use exai_sdk::runtime::{ClientBuilder, Next, Secret};
use exai_sdk::{Client, Error};
use reqwest::header::HeaderValue;
use serde_json::Value;
use tracing_subscriber::filter::LevelFilter;

/// Everything that is logged goes to the end of the file that `EXAI_CONFORMANCE_LOG` names.
pub(crate) fn log() -> std::io::Result<()> {
    let Some(path) = std::env::var_os("EXAI_CONFORMANCE_LOG") else {
        return Ok(());
    };
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(LevelFilter::TRACE)
        .with_writer(Arc::new(file))
        .init();
    Ok(())
}

pub(crate) fn client(request: &Value) -> Result<Client, Error> {
    let settings = &request["client"];
    let ms = |name: &str| settings[name].as_u64().map(Duration::from_millis);
    let mut builder = Client::builder()
        .base_url(request["base_url"].as_str().unwrap_or_default())
        .api_key(settings["api_key"].as_str().unwrap_or("test-token"))
        .governor(settings["governor"] == true);
    if let Some(limit) = ms("timeout_ms") {
        builder = builder.timeout(limit);
    }
    if let Some(limit) = ms("try_timeout_ms") {
        builder = builder.attempt_timeout(limit);
    }
    if let Some(retries) = settings["max_retries"].as_u64() {
        builder = builder.max_retries(u32::try_from(retries).unwrap_or(u32::MAX));
    }
    if settings["middleware"] == true {
        builder = numbered(builder);
    }
    if let Some(tokens) = settings["tokens"].as_array() {
        builder = in_turn(builder, tokens);
    }
    if let Some(text) = settings["token_error"].as_str() {
        let text = text.to_owned();
        builder = builder.token_source(move || {
            let text = text.clone();
            async { Err(Error::config(text)) }
        });
    }
    builder.build()
}

/// Each try of the client has its number, from 1 on, in a header.
fn numbered(builder: ClientBuilder<Client>) -> ClientBuilder<Client> {
    let tries = AtomicUsize::new(0);
    builder.middleware(move |mut request: reqwest::Request, next: Next| {
        let number = tries.fetch_add(1, Ordering::Relaxed) + 1;
        let headers = request.headers_mut();
        headers.insert("X-Middleware", HeaderValue::from(number));
        next.run(request)
    })
}

/// Each time a token is asked for it is the next one, and the last again and again.
fn in_turn(builder: ClientBuilder<Client>, tokens: &[Value]) -> ClientBuilder<Client> {
    let tokens: Vec<Secret> = tokens
        .iter()
        .map(|token| Secret::from(token.as_str().unwrap_or_default()))
        .collect();
    let asked = AtomicUsize::new(0);
    builder.token_source(move || {
        let index = asked.fetch_add(1, Ordering::Relaxed);
        let token = tokens.get(index).or(tokens.last()).cloned();
        async { token.ok_or_else(|| Error::config("there is no token")) }
    })
}
