"""What the sync client does otherwise than the async one; `async_io` has the same names."""

from __future__ import annotations

import time
from collections.abc import AsyncIterable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from .auth import Token
from .content import Content
from .transport import Transport

R = TypeVar("R")

sleep = time.sleep


def within(_seconds: float | None, done: R) -> R:
    """Gives what has been done: nothing interrupts a thread, so the transport keeps the time."""
    return done


def token(given: Token) -> str:
    """The token, fetched where a function fetches it."""
    return given if isinstance(given, str) else given()


def chunks(content: Content) -> bytes | Iterable[bytes]:
    """Opens a body for a sync transport. Raises `TypeError` for an async source."""
    opened = content.open()
    if isinstance(opened, AsyncIterable):
        raise TypeError("an async iterable can be sent by an async client only")
    return opened


def write(path: str | Path, pieces: Iterator[bytes]) -> None:
    """Writes a file, replacing what it held."""
    with Path(path).open("wb") as file:
        file.writelines(pieces)


def transport() -> Transport:
    """The transport of a client that is given none."""
    from .sync_httpx import HttpxTransport

    return HttpxTransport()
