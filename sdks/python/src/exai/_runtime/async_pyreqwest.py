"""A transport over pyreqwest, Rust's reqwest: less CPU a call. It is the extra `pyreqwest`."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import cast

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.request import StreamRequest
from pyreqwest.response import Response

from .headers import Headers
from .pyreqwest_shared import FAILURES, configure, span, translated
from .transport import HttpRequest, Timeout


class AsyncPyreqwestResponse:
    """An answer of pyreqwest."""

    __slots__ = ("_response", "_sent", "headers", "status")

    def __init__(self, response: Response, sent: StreamRequest | None) -> None:
        self._response = response
        self._sent = sent
        self.status = response.status
        self.headers = Headers(self._fields)

    def _fields(self) -> Iterable[tuple[str, str]]:
        return self._response.headers.items()

    async def iter_bytes(self) -> AsyncIterator[bytes]:
        """The body: whole, or as it arrives where it was asked for so."""
        if self._sent is None:
            yield bytes(await self._response.bytes())
            return
        try:
            reader = self._response.body_reader
            while (chunk := await reader.read_chunk()) is not None:
                yield bytes(chunk)
        except FAILURES as failure:
            raise translated(failure) from None

    async def close(self) -> None:
        """Gives the connection back."""
        if self._sent is not None:
            sent, self._sent = self._sent, None
            await sent.__aexit__(None, None, None)


class AsyncPyreqwestTransport:
    """As `PyreqwestTransport`; a head is bounded here too, since a task can be interrupted."""

    def __init__(self, client: Client | None = None) -> None:
        self._owned = client is None
        if client is None:
            builder = ClientBuilder()
            configure(builder)
            client = builder.build()
        self._client = client

    async def send(self, request: HttpRequest, timeout: Timeout) -> AsyncPyreqwestResponse:
        """Sends one request."""
        try:
            builder = self._client.request(request.method, request.url).headers(request.headers)
            if isinstance(request.content, bytes):
                builder = builder.body_bytes(request.content)
            elif request.content is not None:
                builder = builder.body_stream(cast("AsyncIterable[bytes]", request.content))
            bound = span(timeout.whole)
            if bound is not None:
                builder = builder.timeout(bound)
            if not request.streamed:
                return AsyncPyreqwestResponse(await builder.build().send(), None)
            sent = builder.build_streamed()
            return AsyncPyreqwestResponse(await sent.__aenter__(), sent)
        except FAILURES as failure:
            raise translated(failure) from None

    async def close(self) -> None:
        """Closes the connections, unless the client was handed in."""
        if self._owned:
            await self._client.close()
