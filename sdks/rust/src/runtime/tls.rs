//! Which TLS a client has, by the crate's features.

use super::Error;

/// rustls with ring, and the certificates that the platform trusts. No provider is installed for
/// the process: what the rest of the program uses is its own affair.
#[cfg(all(
    feature = "rustls",
    not(any(feature = "rustls-aws-lc-rs", feature = "native-tls"))
))]
pub(super) fn choose(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
    use rustls_platform_verifier::BuilderVerifierExt;

    let provider = rustls::crypto::ring::default_provider().into();
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(Error::unsendable)?
        .with_no_client_auth();
    if cfg!(feature = "http2") {
        config.alpn_protocols.push(b"h2".to_vec());
    }
    config.alpn_protocols.push(b"http/1.1".to_vec());
    Ok(builder.tls_backend_preconfigured(config))
}

/// Whatever reqwest was built with; without any, only `http` URLs can be reached.
#[cfg(not(all(
    feature = "rustls",
    not(any(feature = "rustls-aws-lc-rs", feature = "native-tls"))
)))]
pub(super) fn choose(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
    Ok(builder)
}
