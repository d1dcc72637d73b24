"""The default transport of the sync client: httpx2.

A timeout of httpx2 bounds one read from the socket, so a head or a body that drips could take for
ever. Nothing interrupts a thread from outside; so the bound is put where the reads happen: below
httpx2 stands httpcore2, which takes its sockets from a network backend, and this one lets no read
outlast the end of the try that it is made for.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, cast
from urllib.request import getproxies

import httpcore2
import httpx2

from .headers import Headers
from .httpx_shared import translated, trusted
from .transport import HttpRequest, Timeout


class _Try(threading.local):
    """The end of the try that the thread is reading for, on the monotonic clock."""

    ends: float | None = None


_now = _Try()


def _left(seconds: float | None) -> float | None:
    if _now.ends is None:
        return seconds
    left = _now.ends - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the answer took too long")
    return left if seconds is None else min(seconds, left)


class _BoundedStream(httpcore2.NetworkStream):
    """A connection whose reads end with the try."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        return _BoundedStream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _BoundedBackend(httpcore2.SyncBackend):
    """Sockets whose reads end with the try."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        stream = super().connect_tcp(host, port, timeout, local_address, socket_options)
        return _BoundedStream(stream)


@lru_cache(maxsize=16)
def _origin(base: str) -> tuple[bytes, bytes, int | None, bytes]:
    """Scheme, host, port and the `Host` header of `https://api.example.com`."""
    url = httpx2.URL(base)
    return url.raw_scheme, url.raw_host, url.port, url.netloc


def _written(request: HttpRequest, bounds: dict[str, float | None]) -> httpcore2.Request:
    """The request as httpcore2 wants it. The URL is percent-encoded, but for the host."""
    at = request.url.find("/", request.url.index("://") + 3)
    base, target = (request.url, "/") if at < 0 else (request.url[:at], request.url[at:])
    scheme, host, port, authority = _origin(base)
    headers: list[tuple[bytes, bytes]] = [(b"host", authority), (b"accept-encoding", CODINGS)]
    for name, value in request.headers.items():
        headers.append((name.encode("ascii"), value.encode("utf-8")))
    content = request.content
    if "content-length" not in request.headers:
        if content is not None:
            headers.append((b"transfer-encoding", b"chunked"))
        elif request.method in ("POST", "PUT", "PATCH"):
            headers.append((b"content-length", b"0"))
    return httpcore2.Request(
        request.method,
        httpcore2.URL(scheme=scheme, host=host, port=port, target=target.encode("ascii")),
        headers=headers,
        content=cast("bytes | Iterable[bytes] | None", content),
        extensions={"timeout": bounds},
    )


CODINGS = b"gzip, deflate"
"""Content codings that `httpx2.Response` takes off whatever else is installed."""


class _Body(httpx2.SyncByteStream):
    """A body that a connection of httpcore2 reads."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)


class HttpxResponse:
    """An answer, by whatever it was sent."""

    __slots__ = ("_close", "_ends", "_pieces", "headers", "status")

    def __init__(
        self,
        status: int,
        headers: list[tuple[bytes, bytes]],
        pieces: Iterator[bytes],
        close: Callable[[], None],
        ends: float | None,
    ) -> None:
        self._pieces = pieces
        self._close = close
        self._ends = ends
        self.status = status
        self.headers = Headers(headers)

    def iter_bytes(self) -> Iterator[bytes]:
        """The body as it arrives."""
        with translated():
            while True:
                _now.ends = self._ends
                try:
                    piece = next(self._pieces, None)
                finally:
                    _now.ends = None
                if piece is None:
                    return
                yield piece

    def close(self) -> None:
        """Gives the connection back."""
        self._close()


class HttpxTransport:
    """Sends requests through an `httpx2.Client`; without one, through httpcore2 below it.

    With a client that is handed in, and behind a proxy that the environment names, a timeout
    bounds each read by itself; else it bounds heads and bodies as a whole.
    """

    def __init__(self, client: httpx2.Client | None = None) -> None:
        self._owned = client is None
        self._client = client
        self._pool: httpcore2.ConnectionPool | None = None
        if client is None and getproxies():
            self._client = httpx2.Client(verify=trusted())
        elif client is None:
            self._pool = httpcore2.ConnectionPool(
                ssl_context=trusted(),
                max_connections=100,
                max_keepalive_connections=20,
                keepalive_expiry=5.0,
                network_backend=_BoundedBackend(),
            )

    def send(self, request: HttpRequest, timeout: Timeout) -> HttpxResponse:
        """Sends one request."""
        began = time.monotonic()
        ends = None if timeout.whole is None else began + timeout.whole
        _now.ends = None if timeout.head is None else began + timeout.head
        try:
            with translated():
                if self._pool is not None:
                    return _by_pool(self._pool, request, timeout, ends)
                return _by_client(cast("httpx2.Client", self._client), request, timeout, ends)
        finally:
            _now.ends = None

    def close(self) -> None:
        """Closes the connections, unless the client was handed in."""
        if self._pool is not None:
            self._pool.close()
        elif self._owned and self._client is not None:
            self._client.close()


def _by_pool(
    pool: httpcore2.ConnectionPool,
    request: HttpRequest,
    timeout: Timeout,
    ends: float | None,
) -> HttpxResponse:
    bounds = {
        "connect": timeout.connect,
        "pool": timeout.connect,
        "read": timeout.head,
        "write": timeout.head,
    }
    answer = pool.handle_request(_written(request, bounds))
    # httpcore2 looks the read timeout up again when it begins to read the body.
    bounds["read"] = timeout.read
    stream = cast("Iterable[bytes]", answer.stream)
    pieces = iter(stream)
    if any(name.lower() == b"content-encoding" for name, _ in answer.headers):
        coded = httpx2.Response(answer.status, headers=answer.headers, stream=_Body(stream))
        pieces = coded.iter_bytes()
    return HttpxResponse(answer.status, answer.headers, pieces, answer.close, ends)


def _by_client(
    client: httpx2.Client, request: HttpRequest, timeout: Timeout, ends: float | None
) -> HttpxResponse:
    built = client.build_request(
        request.method,
        request.url,
        headers=request.headers,
        content=cast("bytes | Iterable[bytes] | None", request.content),
        timeout=httpx2.Timeout(timeout.head, connect=timeout.connect, pool=timeout.connect),
    )
    response = client.send(built, stream=True, follow_redirects=False)
    built.extensions["timeout"]["read"] = timeout.read
    return HttpxResponse(
        response.status_code, response.headers.raw, response.iter_bytes(), response.close, ends
    )
