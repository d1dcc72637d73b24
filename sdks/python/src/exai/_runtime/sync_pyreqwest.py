"""A transport over pyreqwest, Rust's reqwest: less CPU a call. It is the extra `pyreqwest`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from pyreqwest.client import SyncClient, SyncClientBuilder
from pyreqwest.request import SyncStreamRequest
from pyreqwest.response import SyncResponse

from .headers import Headers
from .pyreqwest_shared import FAILURES, configure, span, translated
from .transport import HttpRequest, Timeout


class PyreqwestResponse:
    """An answer of pyreqwest."""

    __slots__ = ("_response", "_sent", "headers", "status")

    def __init__(self, response: SyncResponse, sent: SyncStreamRequest | None) -> None:
        self._response = response
        self._sent = sent
        self.status = response.status
        self.headers = Headers(self._fields)

    def _fields(self) -> Iterable[tuple[str, str]]:
        return self._response.headers.items()

    def iter_bytes(self) -> Iterator[bytes]:
        """The body: whole, or as it arrives where it was asked for so."""
        if self._sent is None:
            yield bytes(self._response.bytes())
            return
        try:
            reader = self._response.body_reader
            while (chunk := reader.read_chunk()) is not None:
                yield bytes(chunk)
        except FAILURES as failure:
            raise translated(failure) from None

    def close(self) -> None:
        """Gives the connection back."""
        if self._sent is not None:
            self._sent.__exit__(None, None, None)
            self._sent = None


class PyreqwestTransport:
    """Sends requests through a `pyreqwest` client, one of its own unless it is given one.

    One that is handed in must follow no redirect. The head of a stream or a download has no bound
    of its own here: nothing interrupts a thread.
    """

    def __init__(self, client: SyncClient | None = None) -> None:
        self._owned = client is None
        if client is None:
            builder = SyncClientBuilder()
            configure(builder)
            client = builder.build()
        self._client = client

    def send(self, request: HttpRequest, timeout: Timeout) -> PyreqwestResponse:
        """Sends one request."""
        try:
            builder = self._client.request(request.method, request.url).headers(request.headers)
            if isinstance(request.content, bytes):
                builder = builder.body_bytes(request.content)
            elif request.content is not None:
                builder = builder.body_stream(cast("Iterable[bytes]", request.content))
            bound = span(timeout.whole)
            if bound is not None:
                builder = builder.timeout(bound)
            if not request.streamed:
                return PyreqwestResponse(builder.build().send(), None)
            sent = builder.build_streamed()
            return PyreqwestResponse(sent.__enter__(), sent)
        except FAILURES as failure:
            raise translated(failure) from None

    def close(self) -> None:
        """Closes the connections, unless the client was handed in."""
        if self._owned:
            self._client.close()
