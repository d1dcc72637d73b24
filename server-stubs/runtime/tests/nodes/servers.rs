//! The real servers, which whoever runs the tests has started.

/// Where a server of this kind is; `None` skips a test on a machine that has none, but for CI.
pub(crate) fn server(name: &str) -> Option<String> {
    let found = std::env::var(name).ok();
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{name} is not set");
        eprintln!("skipped: {name} is not set; run it with `cargo xtask with-servers`");
    }
    found
}

/// A database of its own, empty.
pub(crate) async fn database() -> Option<String> {
    let url = server("EXAI_POSTGRES_URL")?;
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    let name = exai_runtime::new_id("test_", jiff::Timestamp::now()).to_lowercase();
    let create = format!("CREATE DATABASE {name}");
    client.batch_execute(&create).await.unwrap();
    let server = url.strip_suffix("/postgres").unwrap();
    Some(format!("{server}/{name}"))
}
