"""Calls of what the document does not say yet."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterator
from os import PathLike
from typing import Any

import msgspec
from msgspec import UNSET

from .operation import Body, Operation
from .response import ResponseInfo
from .service import Service

_KEYED = {"POST", "PATCH"}


def raw_operation(
    service: Service, method: str, path: str, body: object, cast_to: object
) -> Operation[Any]:
    """An operation that is known by its method and its path below the base URL alone.

    Raises `ValueError` for what is no path: a URL of its own would be handed the token.
    """
    if not path.startswith("/") or path.startswith("//") or "?" in path or "#" in path:
        raise ValueError("a path begins with one slash, and has no query and no fragment")
    if any(segment in (".", "..") for segment in path.split("/")):
        raise ValueError("a path must not lead upwards")
    method = method.upper()
    return Operation(
        method,
        path,
        "any" if cast_to is None else "json",
        cast_to,
        body=None if body is UNSET else _body(body),
        idempotency_header=service.idempotency_header if method in _KEYED else None,
    )


def _body(body: object) -> Body:
    raw = (bytes, bytearray, memoryview, PathLike, Iterator, AsyncIterable)
    if isinstance(body, raw) or hasattr(body, "read"):
        return Body("binary", "application/octet-stream")
    if isinstance(body, str):
        return Body("text", "text/plain; charset=utf-8")
    return Body("json", "application/json")


def read_any(data: bytes, info: ResponseInfo) -> Any:
    """What an answer holds: JSON as its values, text as a string, else bytes; None for nothing."""
    if not data:
        return None
    kind = info.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("text/"):
        return data.decode("utf-8", "replace")
    if kind and not kind.endswith("json"):
        return data
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError:
        return data
