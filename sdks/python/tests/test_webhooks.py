"""Only what the secret signed, and only now."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from exai._runtime.decode import Codec
from exai._runtime.errors import WebhookVerificationError
from exai._runtime.model import Unknown
from exai._runtime.webhooks import unwrap, verify

from . import notes_api as api

SECRET = "whsec_1"
BODY = b'{"type":"note.created","id":"1"}'
NOW = 1_700_000_000


def signed(body: bytes = BODY, secret: str = SECRET, at: int = NOW) -> dict[str, str]:
    mac = hmac.new(secret.encode(), f"whk_1.{at}.".encode() + body, hashlib.sha256)
    return {
        "Webhook-Id": "whk_1",
        "WEBHOOK-TIMESTAMP": str(at),
        "webhook-signature": f"v1={mac.hexdigest()}",
    }


def test_a_known_signature() -> None:
    # printf 'whk_1.1700000000.{}' | openssl dgst -sha256 -hmac whsec_1
    headers = {
        "webhook-id": "whk_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": "v1=c43abbc31eebce0f4a4aac0dc5814246ca87d464c583e30496a7052763705142",
    }
    verify(b"{}", headers, SECRET, now=NOW)


@pytest.mark.parametrize("secrets", [SECRET, ["new", SECRET], (SECRET, "old")])
def test_one_secret_or_several(secrets: str | list[str]) -> None:
    verify(BODY, signed(), secrets, now=NOW)


@pytest.mark.parametrize("off", [-301, 301])
def test_a_timestamp_that_is_far_off_is_refused(off: int) -> None:
    with pytest.raises(WebhookVerificationError, match="too far"):
        verify(BODY, signed(), SECRET, now=NOW + off)
    verify(BODY, signed(), SECRET, now=NOW + off * 300 // 301)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"webhook-signature": "v1=" + "0" * 64}, "signature"),
        ({"webhook-signature": "v0=" + "0" * 64}, "signature"),
        ({"webhook-signature": ""}, "signature"),
        ({"webhook-signature": "é"}, "signature"),
        ({"WEBHOOK-TIMESTAMP": "now"}, "number"),
        ({"WEBHOOK-TIMESTAMP": "-1"}, "number"),
        ({"WEBHOOK-TIMESTAMP": "٣"}, "number"),
        ({"Webhook-Id": "whk_2"}, "signature"),
    ],
)
def test_anything_else_is_refused(change: dict[str, str], message: str) -> None:
    with pytest.raises(WebhookVerificationError, match=message):
        verify(BODY, {**signed(), **change}, SECRET, now=NOW)


@pytest.mark.parametrize("missing", ["Webhook-Id", "WEBHOOK-TIMESTAMP", "webhook-signature"])
def test_a_missing_header_is_refused(missing: str) -> None:
    headers = signed()
    del headers[missing]
    with pytest.raises(WebhookVerificationError, match=missing.lower()):
        verify(BODY, headers, SECRET, now=NOW)


@pytest.mark.parametrize("secret", ["", [], ["a", ""]])
def test_no_secret_is_a_mistake_of_the_caller(secret: str | list[str]) -> None:
    with pytest.raises(ValueError, match="secret"):
        verify(BODY, signed(secret=""), secret, now=NOW)


def test_an_event_is_typed_and_an_unknown_one_is_kept() -> None:
    codec = Codec[api.Event](api.Event)
    far = float("inf")
    event = unwrap(codec, BODY, signed(), SECRET, tolerance=far)
    assert event == api.Created(id="1")
    new = b'{"type":"note.new"}'
    event = unwrap(codec, new, signed(new), SECRET, tolerance=far)
    assert event == Unknown("note.new", {"type": "note.new"})
    with pytest.raises(WebhookVerificationError, match="no event"):
        unwrap(codec, b"x", signed(b"x"), SECRET, tolerance=far)
