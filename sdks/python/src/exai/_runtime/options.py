"""What a caller can set for one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict


class CallOptions(TypedDict, total=False):
    """Options that every method takes as keywords."""

    timeout: float | None
    """Seconds for the whole call, tries and waits included; None for no end. For a stream or a
    download: until its head is there."""
    max_retries: int
    """Tries after the first one; 0 for none."""
    idempotency_key: str
    """Replaces the UUID that a write is sent with: 1 to 255 visible ASCII characters."""
    extra_headers: Mapping[str, str]
    """Added to the request's headers, replacing those of the same name."""
    extra_query: Mapping[str, Any]
    """Added to the query."""
    extra_body: Mapping[str, Any]
    """Added to the body's properties, where the body is a JSON object or a form."""


class StreamOptions(CallOptions, total=False):
    """Options of a method whose stream can be resumed."""

    last_event_id: str
    """Begins behind the event with this id."""


class WaitOptions(CallOptions, total=False):
    """Options of a method that waits for what it begins; `timeout` bounds the whole of it."""

    on_waiting: Callable[[str], object]
    """Called with the token of the wait, once what is waited for has begun and whenever its stream
    has come further: a wait that ends too early goes on from the latest one. It may be stored, and
    holds no credentials."""
