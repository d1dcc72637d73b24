"""What the async client does otherwise than the sync one; `sync_io` has the same names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Iterator
from pathlib import Path
from typing import TypeVar

from .auth import AsyncToken
from .content import Content
from .transport import AsyncTransport, TransportTimeoutError

R = TypeVar("R")

sleep = asyncio.sleep


async def within(seconds: float | None, work: Awaitable[R]) -> R:
    """Does some work. Raises `TransportTimeoutError` when it takes longer."""
    if seconds is None:
        return await work
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await work
    except TimeoutError:
        if not limit.expired():
            raise
        raise TransportTimeoutError("the answer took too long") from None


async def token(given: AsyncToken) -> str:
    """The token, fetched where a function fetches it."""
    if isinstance(given, str):
        return given
    fetched = given()
    return fetched if isinstance(fetched, str) else await fetched


def chunks(content: Content) -> bytes | AsyncIterable[bytes]:
    """Opens a body for an async transport; blocking reads happen in a thread."""
    opened = content.open()
    if isinstance(opened, bytes | AsyncIterable):
        return opened
    return _threaded(iter(opened))


async def _threaded(opened: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (chunk := await asyncio.to_thread(next, opened, None)) is not None:
        yield chunk


async def write(path: str | Path, pieces: AsyncIterator[bytes]) -> None:
    """Writes a file, replacing what it held; blocking writes happen in a thread."""
    file = await asyncio.to_thread(Path(path).open, "wb")
    try:
        async for piece in pieces:
            await asyncio.to_thread(file.write, piece)
    finally:
        await asyncio.to_thread(file.close)


def transport() -> AsyncTransport:
    """The transport of a client that is given none."""
    from .async_httpx import AsyncHttpxTransport

    return AsyncHttpxTransport()
