"""Options, results and errors by the words that all drivers share."""

from __future__ import annotations

import asyncio
import base64
import re
import traceback
from typing import Any

import msgspec

import exai
from exai._runtime.model import to_wire

Json = dict[str, Any]


def wire(value: object) -> Any:
    return msgspec.to_builtins(to_wire(value))


def keywords(options: Json) -> Json:
    """The options of a call as the SDK's keywords."""
    known: Json = {}
    if "timeout_ms" in options:
        known["timeout"] = options["timeout_ms"] / 1000
    for name, ours in (
        ("max_retries", "max_retries"),
        ("idempotency_key", "idempotency_key"),
        ("headers", "extra_headers"),
        ("query", "extra_query"),
        ("body", "extra_body"),
        ("last_event_id", "last_event_id"),
    ):
        if name in options:
            known[ours] = options[name]
    return known


def head_of(data: bytes, how: str) -> Any:
    if how == "base64":
        return {"base64": base64.b64encode(data).decode()}
    return data.decode("utf-8", "replace")


def describe(error: BaseException) -> Json:
    """An error by the words that all drivers share."""
    kinds: list[tuple[type[BaseException], str]] = [
        (exai.WebhookVerificationError, "signature"),
        (exai.APITimeoutError, "timeout"),
        (exai.APIConnectionError, "connection"),
        (exai.DecodeError, "decode"),
        (exai.StatusError, "api"),
        (exai.APIError, "config"),
        (asyncio.CancelledError, "cancelled"),
        (ValueError, "config"),
        (RuntimeError, "config"),  # of a token function
    ]
    kind = next((name for known, name in kinds if isinstance(error, known)), "unknown")
    name = type(error).__name__
    declared = isinstance(error, exai.StatusError) and type(error) is not exai.StatusError
    words = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
    after = getattr(error, "retry_after", None)
    return {
        "kind": kind,
        "class": (words if words == "internal_error" else words.removesuffix("_error"))
        if declared
        else None,
        "status": getattr(error, "status", None),
        "name": getattr(error, "name", None),
        "code": getattr(error, "code", None),
        "message": getattr(error, "message", str(error)),
        "receipt": getattr(error, "receipt", None),
        "details": wire(getattr(error, "details", None)),
        "idempotency_key": getattr(error, "idempotency_key", None),
        "retry_after_ms": None if after is None else after * 1000,
        "wait_token": getattr(error, "wait_token", None),
        "shown": "".join(traceback.format_exception(error)) if kind == "unknown" else f"{error!r}",
    }


def meta(info: exai.ResponseInfo) -> Json:
    reset = info.rate_limit.reset
    return {
        "status": info.status,
        "receipt": info.receipt,
        "idempotency_key": info.idempotency_key,
        "replayed": info.idempotent_replayed,
        "remaining": info.rate_limit.remaining,
        "reset": None if reset is None else int(reset.timestamp()),
    }


def page(found: Any) -> Json:
    return {"items": wire(list(found.data)), "next_cursor": found.next_cursor}
