"""Bodies of several parts: multipart/form-data (RFC 7578) and URL-encoded forms."""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from os import PathLike
from typing import Any, cast

import msgspec

from .content import (
    Content,
    File,
    FileContent,
    FileInput,
    file_name,
    of_binary,
    of_bytes,
)
from .model import to_wire
from .operation import Body
from .parameters import query_string, scalar_text


def form(fields: Mapping[str, Any], body: Body) -> Content:
    """An application/x-www-form-urlencoded body."""
    return of_bytes(query_string(fields, body.styles).encode(), body.content_type)


def multipart(fields: Mapping[str, Any], body: Body) -> Content:
    """A multipart/form-data body: files as they are, scalars as text, the rest as JSON.

    A list makes one part an item. Sent again only when all of its files can be read again.
    """
    boundary = secrets.token_hex(16)
    parts: list[tuple[bytes, Content]] = []
    for name, value in fields.items():
        for item in _items(value):
            head, content = _part(name, item, body.parts.get(name))
            parts.append((f"--{boundary}\r\n{head}\r\n\r\n".encode(), content))
    end = f"--{boundary}--\r\n".encode()
    lengths = [content.length for _, content in parts]
    known = [length for length in lengths if length is not None]
    total = sum(known) + sum(len(head) + 2 for head, _ in parts) + len(end)

    def chunks() -> Iterator[bytes]:
        for head, content in parts:
            opened = cast("bytes | Iterable[bytes]", content.open())
            yield from chain((head,), (opened,) if isinstance(opened, bytes) else opened)
            yield b"\r\n"
        yield end

    return Content(
        chunks,
        f"{body.content_type}; boundary={boundary}",
        total if len(known) == len(lengths) else None,
        all(content.replayable for _, content in parts),
    )


def _items(value: object) -> Iterable[object]:
    return cast("list[object]", value) if isinstance(value, list | tuple) else (value,)


def _is_file(value: object) -> bool:
    return isinstance(value, bytes | bytearray | File | PathLike) or hasattr(value, "read")


def _part(name: str, value: object, content_type: str | None) -> tuple[str, Content]:
    disposition = f'Content-Disposition: form-data; name="{_escaped(name)}"'
    if _is_file(value):
        file = cast("FileInput", value)
        given = file_name(file)
        disposition += f'; filename="{_escaped(given)}"'
        source: FileContent = file.content if isinstance(file, File) else file
        own = file.content_type if isinstance(file, File) else None
        guess = own or content_type or mimetypes.guess_type(given)[0] or "application/octet-stream"
        content = of_binary(source, guess)
    elif isinstance(wire := to_wire(value), dict | list):
        content = of_bytes(msgspec.json.encode(wire), content_type or "application/json")
    else:
        content = of_bytes(scalar_text(wire).encode(), content_type)
    kind = content.content_type
    if kind is not None and ("\r" in kind or "\n" in kind):
        raise ValueError("a content type must not hold line breaks")
    return disposition + (f"\r\nContent-Type: {kind}" if kind else ""), content


def _escaped(name: str) -> str:
    """Escapes a name as browsers do (WHATWG HTML, multipart/form-data encoding algorithm)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
