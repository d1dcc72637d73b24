"""What the client needs of an HTTP library. Any object with these methods will do."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from .headers import Headers


@dataclass(slots=True)
class HttpRequest:
    """One try of a call. Its `repr` shows no header, query or body."""

    method: str
    url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    content: bytes | Iterable[bytes] | AsyncIterable[bytes] | None = field(default=None, repr=False)
    """An async transport is handed bytes or an async iterable, a sync one the other two."""


@dataclass(frozen=True, slots=True)
class Timeout:
    """Seconds that one try may take, None for no end."""

    connect: float | None
    """To get a connection."""
    head: float | None
    """From the request to the head of its answer, and to write a piece of the request."""
    read: float | None
    """Between two pieces of the answer's body."""


class TransportError(Exception):
    """No answer came: the connection could not be made, or it broke."""


class TransportTimeoutError(TransportError):
    """No answer came in time."""


class HttpResponse(Protocol):
    """An answer whose body has not been read. Reading raises `TransportError`."""

    @property
    def status(self) -> int:
        """The status code."""
        ...

    @property
    def headers(self) -> Headers:
        """The header fields."""
        ...

    def iter_bytes(self) -> Iterator[bytes]:
        """The body, content codings taken off, as it arrives."""
        ...

    def close(self) -> None:
        """Gives the connection back, or closes it when the body was not read."""
        ...


class Transport(Protocol):
    """Sends one request; follows no redirect, repeats nothing."""

    def send(self, request: HttpRequest, timeout: Timeout) -> HttpResponse:
        """Gives the answer once its head is there. Raises `TransportError`."""
        ...

    def close(self) -> None:
        """Closes every connection."""
        ...


class AsyncHttpResponse(Protocol):
    """As `HttpResponse`."""

    @property
    def status(self) -> int:
        """The status code."""
        ...

    @property
    def headers(self) -> Headers:
        """The header fields."""
        ...

    def iter_bytes(self) -> AsyncIterator[bytes]:
        """The body, content codings taken off, as it arrives."""
        ...

    async def close(self) -> None:
        """Gives the connection back, or closes it when the body was not read."""
        ...


class AsyncTransport(Protocol):
    """As `Transport`."""

    async def send(self, request: HttpRequest, timeout: Timeout) -> AsyncHttpResponse:
        """Gives the answer once its head is there. Raises `TransportError`."""
        ...

    async def close(self) -> None:
        """Closes every connection."""
        ...
