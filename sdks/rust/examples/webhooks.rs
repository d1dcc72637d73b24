//! A receiver of webhooks: what is signed reaches its handler, what is not is refused.

use exai_sdk::runtime::webhook::{Scheme, Verifier};
use exai_sdk::types::WebhookEvent;
use exai_sdk::{Client, Error, HeaderMap};

/// What a web framework calls with the headers and the body of a request, byte by byte as it came.
fn receive(exai: &Client, secret: &str, headers: &HeaderMap, body: &[u8]) -> u16 {
    match exai.webhooks().unwrap(headers, body, secret) {
        Ok(WebhookEvent::Unknown(event)) => println!("of a newer server: {event}"),
        Ok(event) => println!("{event:?}"),
        Err(error) if error.is_signature() => return 401,
        Err(_) => return 400,
    }
    // At least once: a delivery that is not answered with a 2xx comes again.
    204
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let exai = Client::builder().api_key("sk_test_1").build()?;
    let body = br#"{"type":"ping"}"#;
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", "whk_1".parse()?);
    headers.insert("webhook-timestamp", "1700000000".parse()?);
    let signature = "v1=2fd8bcfa4bf5ae72d8a7196b054baf8ba98c8be5d0119bbd3e50a09f87da9de0";
    headers.insert("webhook-signature", signature.parse()?);

    // Genuine, but of 2023: a delivery that someone has kept and sends again.
    assert_eq!(receive(&exai, "whsec_1", &headers, body), 401);

    // While a secret is rotated, either of two passes; a test says what time it is.
    let verifier = Verifier::new(Scheme::V1, ["whsec_2", "whsec_1"]);
    let then = "2023-11-14T22:13:20Z".parse()?;
    verifier.verify_at(&headers, body, then)?;
    let forged: Result<(), Error> = verifier.verify_at(&headers, b"{}", then);
    assert!(forged.is_err_and(|error| error.is_signature()));
    Ok(())
}
