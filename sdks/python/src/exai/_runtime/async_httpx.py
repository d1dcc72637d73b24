"""The default transport of the async client: httpx2."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import cast

import httpx2

from .headers import Headers
from .httpx_shared import translated, trusted
from .transport import HttpRequest, Timeout


class AsyncHttpxResponse:
    """An answer of httpx2."""

    __slots__ = ("_response", "headers", "status")

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = Headers(response.headers.raw)

    async def iter_bytes(self) -> AsyncIterator[bytes]:
        """The body as it arrives."""
        with translated():
            async for chunk in self._response.aiter_bytes():
                yield chunk

    async def close(self) -> None:
        """Gives the connection back."""
        await self._response.aclose()


class AsyncHttpxTransport:
    """Sends requests through an `httpx2.AsyncClient`, one of its own unless it is given one."""

    def __init__(self, client: httpx2.AsyncClient | None = None) -> None:
        self._owned = client is None
        self._client = client or httpx2.AsyncClient(verify=trusted())

    async def send(self, request: HttpRequest, timeout: Timeout) -> AsyncHttpxResponse:
        """Sends one request."""
        with translated():
            built = self._client.build_request(
                request.method,
                request.url,
                headers=request.headers,
                content=cast("bytes | AsyncIterable[bytes] | None", request.content),
                timeout=httpx2.Timeout(timeout.head, connect=timeout.connect, pool=timeout.connect),
            )
            response = await self._client.send(built, stream=True, follow_redirects=False)
            # httpcore2 looks the read timeout up again when it begins to read the body.
            built.extensions["timeout"]["read"] = timeout.read
            return AsyncHttpxResponse(response)

    async def close(self) -> None:
        """Closes the connections, unless the client was handed in."""
        if self._owned:
            await self._client.aclose()
