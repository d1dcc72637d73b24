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
from collections.abc import Iterable, Iterator
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


class _Pool(httpx2.BaseTransport):
    """As `httpx2.HTTPTransport`, on sockets that keep the time."""

    def __init__(self, ssl_context: ssl.SSLContext) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_BoundedBackend(),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=cast("Iterable[bytes]", request.stream),
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(cast("Iterable[bytes]", answer.stream)),
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    """A body that a connection of httpcore2 reads."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def close(self) -> None:
        cast("Any", self._stream).close()


class HttpxResponse:
    """An answer of httpx2."""

    __slots__ = ("_ends", "_response", "headers", "status")

    def __init__(self, response: httpx2.Response, ends: float | None) -> None:
        self._response = response
        self._ends = ends
        self.status = response.status_code
        self.headers = Headers(response.headers.raw)

    def iter_bytes(self) -> Iterator[bytes]:
        """The body as it arrives."""
        with translated():
            pieces = self._response.iter_bytes()
            while True:
                _now.ends = self._ends
                try:
                    piece = next(pieces, None)
                finally:
                    _now.ends = None
                if piece is None:
                    return
                yield piece

    def close(self) -> None:
        """Gives the connection back."""
        self._response.close()


class HttpxTransport:
    """Sends requests through an `httpx2.Client`, one of its own unless it is given one.

    With a client that is handed in, and behind a proxy that the environment names, a timeout
    bounds each read by itself; else it bounds heads and bodies as a whole.
    """

    def __init__(self, client: httpx2.Client | None = None) -> None:
        self._owned = client is None
        if client is None:
            known = trusted()
            pool = None if getproxies() else _Pool(known)
            client = httpx2.Client(verify=known, transport=pool)
        self._client = client

    def send(self, request: HttpRequest, timeout: Timeout) -> HttpxResponse:
        """Sends one request."""
        began = time.monotonic()
        _now.ends = None if timeout.head is None else began + timeout.head
        try:
            with translated():
                built = self._client.build_request(
                    request.method,
                    request.url,
                    headers=request.headers,
                    content=cast("bytes | Iterable[bytes] | None", request.content),
                    timeout=httpx2.Timeout(
                        timeout.head, connect=timeout.connect, pool=timeout.connect
                    ),
                )
                response = self._client.send(built, stream=True, follow_redirects=False)
                # httpcore2 looks the read timeout up again when it begins to read the body.
                built.extensions["timeout"]["read"] = timeout.read
        finally:
            _now.ends = None
        return HttpxResponse(response, None if timeout.whole is None else began + timeout.whole)

    def close(self) -> None:
        """Closes the connections, unless the client was handed in."""
        if self._owned:
            self._client.close()
