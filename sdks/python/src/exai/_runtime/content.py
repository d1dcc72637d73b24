"""Request bodies: bytes, files and streams, and whether they can be sent again."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Callable, Iterable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import IO, cast

CHUNK = 64 * 1024

Chunks = bytes | Iterable[bytes] | AsyncIterable[bytes]

FileContent = bytes | IO[bytes] | PathLike[str]
"""A file: its bytes, an open binary file, or a path. An open file is read from where it stands."""

BinaryInput = FileContent | Iterable[bytes] | AsyncIterable[bytes]
"""A body of bytes; an iterable is sent as it comes, and cannot be sent again. An async one wants
an async client."""


@dataclass(frozen=True)
class File:
    """A file of a multipart body with a name or a content type of its own."""

    content: FileContent
    name: str | None = None
    content_type: str | None = None


FileInput = FileContent | File
"""A file of a multipart body."""


@dataclass(frozen=True)
class Content:
    """A body that is ready to be sent."""

    open: Callable[[], Chunks]
    content_type: str | None
    length: int | None
    """In bytes; None when it is not known beforehand."""
    replayable: bool
    """True when `open` gives the same bytes again."""

    def headers(self) -> dict[str, str]:
        """The headers that say what it is, as far as it is known."""
        headers: dict[str, str] = {}
        if self.content_type:
            headers["content-type"] = self.content_type
        if self.length is not None:
            headers["content-length"] = str(self.length)
        return headers


def of_bytes(data: bytes, content_type: str | None) -> Content:
    """A body in memory."""
    return Content(lambda: data, content_type, len(data), replayable=True)


def of_binary(value: BinaryInput, content_type: str | None) -> Content:
    """A body of bytes from any source. Raises `OSError` for a path that cannot be read."""
    if isinstance(value, bytes | bytearray | memoryview):
        return of_bytes(bytes(value), content_type)
    if isinstance(value, PathLike):
        path = Path(value)
        return Content(lambda: _file(path.open("rb"), close=True), content_type,
                       path.stat().st_size, replayable=True)  # fmt: skip
    if hasattr(value, "read"):
        return _of_open_file(cast("IO[bytes]", value), content_type)
    stream: Iterable[bytes] | AsyncIterable[bytes] = value
    return Content(lambda: stream, content_type, None, replayable=False)


def _of_open_file(file: IO[bytes], content_type: str | None) -> Content:
    if not file.seekable():
        return Content(lambda: _file(file, close=False), content_type, None, replayable=False)
    start = file.tell()
    length = file.seek(0, os.SEEK_END) - start
    file.seek(start)

    def open_again() -> Iterator[bytes]:
        file.seek(start)
        return _file(file, close=False)

    return Content(open_again, content_type, length, replayable=True)


def _file(file: IO[bytes], *, close: bool) -> Iterator[bytes]:
    try:
        while chunk := file.read(CHUNK):
            yield chunk
    finally:
        if close:
            file.close()


def file_name(value: FileInput) -> str:
    """The name that a file is sent under; `file` when it has none."""
    content = value.content if isinstance(value, File) else value
    if isinstance(value, File) and value.name is not None:
        return value.name
    if isinstance(content, PathLike):
        return Path(content).name
    name = getattr(content, "name", None)
    return Path(name).name if isinstance(name, str) else "file"
