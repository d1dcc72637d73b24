"""Parameters as they are written into a path, a query, a header or a cookie.

The styles are those of OpenAPI 3.1 (Parameter Object, Style Values), which are RFC 6570 templates
by another name. Every value is percent-encoded here, so no value can leave its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import quote

import msgspec
from msgspec import UNSET

from .model import to_wire

StyleName = Literal[
    "simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject"
]


@dataclass(frozen=True, slots=True)
class Style:
    """How one parameter is written."""

    name: StyleName
    explode: bool = False
    reserved: bool = False
    """Characters that RFC 3986 reserves stay as they are, where they cannot end the value."""
    json: bool = False
    """The value is written as JSON text: the parameter has `content` in place of a schema."""


SIMPLE = Style("simple")
FORM = Style("form", explode=True)

_RESERVED = ":/?[]@!$'()*,;"
_DELIMITERS = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}
_UNRESERVED = re.compile("[A-Za-z0-9_-]+").fullmatch
"""What is written as it is; of the dot there is more to say."""
_NO_STYLES: Mapping[str, Style] = {}


def scalar_text(value: object) -> str:
    """One value as plain text: `true`, `1.5`, an RFC 3339 time."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return str(msgspec.to_builtins(value))


def _quoted(value: object, style: Style) -> str:
    return quote(scalar_text(value), safe=_RESERVED if style.reserved else "")


def _plain(value: object, style: Style) -> Any:
    """The value as a scalar, a list or a dict of the wire."""
    if style.json:
        return msgspec.json.encode(to_wire(value)).decode()
    return to_wire(value)


def _entries(value: Mapping[str, object]) -> list[tuple[str, object]]:
    return [(key, item) for key, item in value.items() if item is not None]


def path_value(name: str, value: object, style: Style = SIMPLE) -> str:
    """One path parameter, percent-encoded.

    Raises `ValueError` for a value that would name another path: an empty one, `.` or `..`.
    """
    if style is SIMPLE and isinstance(value, str) and _UNRESERVED(value):
        return value
    prefix, joiner = {"label": (".", "."), "matrix": (";", ";")}.get(style.name, ("", ","))
    key = quote(name, safe="")
    value = _plain(value, style)
    named = style.name == "matrix"
    if isinstance(value, dict):
        pairs = _entries(cast("dict[str, object]", value))
        items = [(quote(k, safe=""), _quoted(v, style)) for k, v in pairs]
        if style.explode:
            text = joiner.join(f"{k}={v}" for k, v in items)
        else:
            text = (f"{key}=" if named else "") + ",".join(f"{k},{v}" for k, v in items)
    elif isinstance(value, list):
        texts = [_quoted(item, style) for item in cast("list[object]", value)]
        if style.explode:
            text = joiner.join(f"{key}={item}" if named else item for item in texts)
        else:
            text = (f"{key}=" if named else "") + ",".join(texts)
    else:
        text = _quoted(value, style)
        if named:
            text = f"{key}={text}" if text else key
    written = prefix + text
    if written in ("", ".", ".."):
        raise ValueError(f"path parameter `{name}` must not be {written or 'empty'!r}")
    return written


def query_pairs(name: str, value: object, style: Style = FORM) -> list[str]:
    """One query parameter as `name=value` pairs, percent-encoded; none when it is absent."""
    if value is None or value is UNSET:
        return []
    value = _plain(value, style)
    key = quote(name, safe="")
    if style.name == "deepObject":
        return list(_deep(key, value, style))
    if isinstance(value, dict):
        pairs = _entries(cast("dict[str, object]", value))
        items = [(quote(k, safe=""), _quoted(v, style)) for k, v in pairs]
        if style.explode:
            return [f"{k}={v}" for k, v in items]
        texts = [text for pair in items for text in pair]
    elif isinstance(value, list):
        texts = [_quoted(item, style) for item in cast("list[object]", value)]
        if style.explode:
            return [f"{key}={text}" for text in texts]
    else:
        return [f"{key}={_quoted(value, style)}"]
    return [f"{key}={_DELIMITERS.get(style.name, ',').join(texts)}"] if texts else []


def _deep(key: str, value: object, style: Style) -> Iterable[str]:
    if isinstance(value, dict):
        for name, item in _entries(cast("dict[str, object]", value)):
            yield from _deep(f"{key}%5B{quote(name, safe='')}%5D", item, style)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _deep(key, item, style)
    else:
        yield f"{key}={_quoted(value, style)}"


def query_string(values: Mapping[str, object], styles: Mapping[str, Style] = _NO_STYLES) -> str:
    """A whole query, without the question mark."""
    return "&".join(
        pair
        for name, value in values.items()
        for pair in query_pairs(name, value, styles.get(name, FORM))
    )


def header_value(name: str, value: object, style: Style = SIMPLE) -> str | None:
    """One header's value, None when it is absent.

    Raises `ValueError` for characters that would end the header (RFC 9110, section 5.5).
    """
    if value is None or value is UNSET:
        return None
    value = _plain(value, style)
    if isinstance(value, dict):
        pairs = _entries(cast("dict[str, object]", value))
        between = "=" if style.explode else ","
        text = ",".join(f"{k}{between}{scalar_text(v)}" for k, v in pairs)
    elif isinstance(value, list):
        text = ",".join(scalar_text(item) for item in cast("list[object]", value))
    else:
        text = scalar_text(value)
    if any(character in text for character in "\r\n\0"):
        raise ValueError(f"header `{name}` must not hold line breaks")
    return text


def cookie_header(values: Mapping[str, object], styles: Mapping[str, Style]) -> dict[str, str]:
    """The `cookie` header of RFC 6265, none when there is nothing to send."""
    pairs = [
        pair
        for name, value in values.items()
        for pair in query_pairs(name, value, styles.get(name, FORM))
    ]
    return {"cookie": "; ".join(pairs)} if pairs else {}
