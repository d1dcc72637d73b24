"""Proof that a webhook comes from who it says."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from .decode import Codec
from .errors import WebhookVerificationError

T = TypeVar("T")

TOLERANCE = 300.0
"""Seconds that a webhook's clock may be off, past or future."""

_LONGEST_TIMESTAMP = 15


def verify(
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str | Iterable[str],
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> None:
    """Checks the signature and the age of a webhook.

    `body` is the raw body, byte for byte; `secret` one secret or, while a rotation overlaps,
    several. The signature is `v1=` and the lower-case hex HMAC-SHA256 of `id.timestamp.body`.
    Raises `WebhookVerificationError`; `ValueError` when there is no secret, or an empty one.
    """
    secrets = (secret,) if isinstance(secret, str) else tuple(secret)
    if not secrets or not all(secrets):
        raise ValueError("at least one secret, and no empty one")
    fields = {name.lower(): value for name, value in headers.items()}
    try:
        identifier = fields["webhook-id"]
        timestamp = fields["webhook-timestamp"]
        signature = fields["webhook-signature"]
    except KeyError as missing:
        raise WebhookVerificationError(f"the header {missing.args[0]} is missing") from None
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= _LONGEST_TIMESTAMP):
        raise WebhookVerificationError("the timestamp is not a number of seconds")
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance:
        raise WebhookVerificationError("the timestamp is too far from now")
    raw = body.encode() if isinstance(body, str) else body
    signed = f"{identifier}.{timestamp}.".encode() + raw
    # All secrets are tried, so that the time taken does not tell which one fits.
    fits = [
        hmac.compare_digest(
            b"v1=" + hmac.new(key.encode(), signed, hashlib.sha256).hexdigest().encode(),
            signature.encode(),
        )
        for key in secrets
    ]
    if not any(fits):
        raise WebhookVerificationError("the signature does not fit the body")


def unwrap(
    codec: Codec[T],
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str | Iterable[str],
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> T:
    """Checks a webhook as `verify` does, then reads its event.

    Raises `WebhookVerificationError` also for a body that is no event, once it is verified.
    """
    verify(body, headers, secret, tolerance=tolerance, now=now)
    try:
        return codec.decode(body.encode() if isinstance(body, str) else body)
    except msgspec.DecodeError as error:
        raise WebhookVerificationError(f"the body is no event: {error}") from error
