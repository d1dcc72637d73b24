"""What the client needs of an HTTP library. Any object with these methods will do."""

from __future__ import annotations

from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
)
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from .headers import Headers


@dataclass(slots=True)
class HttpRequest:
    """One try of a call. Its `repr` shows no header, query or body."""

    method: str
    url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    content: bytes | Iterable[bytes] | AsyncIterable[bytes] | None = field(default=None, repr=False)
    """An async transport is handed bytes or an async iterable, a sync one the other two."""
    operation: str = ""
    """The id of the operation; empty for a request beyond the document."""
    streamed: bool = False
    """The body of the answer is handed over as it arrives; else all of it is read at once."""


class Timeout(NamedTuple):
    """Seconds that one try may take, None for no end."""

    connect: float | None
    """To get a connection."""
    head: float | None
    """From the request to the head of its answer, and to write a piece of the request."""
    read: float | None
    """Between two pieces of the answer's body."""
    whole: float | None
    """From the request to the end of the answer."""


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


Middleware = Callable[[HttpRequest, Callable[[HttpRequest], HttpResponse]], HttpResponse]
"""Stands around every try: takes the request, credentials in it, and what sends it; gives the
answer of that, or one of its own."""
AsyncMiddleware = Callable[
    [HttpRequest, Callable[[HttpRequest], Awaitable[AsyncHttpResponse]]],
    Awaitable[AsyncHttpResponse],
]
"""As `Middleware`, of coroutines."""


class BytesResponse:
    """An answer that is there already: what a middleware gives that sends nothing."""

    def __init__(
        self, status: int = 200, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> None:
        self.status = status
        self.headers = Headers((headers or {}).items())
        self._content = content

    def iter_bytes(self) -> Iterator[bytes]:
        """The body."""
        yield self._content

    def close(self) -> None:
        """Does nothing: there is no connection."""


class AsyncBytesResponse:
    """As `BytesResponse`."""

    def __init__(
        self, status: int = 200, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> None:
        self.status = status
        self.headers = Headers((headers or {}).items())
        self._content = content

    async def iter_bytes(self) -> AsyncIterator[bytes]:
        """The body."""
        yield self._content

    async def close(self) -> None:
        """Does nothing: there is no connection."""
