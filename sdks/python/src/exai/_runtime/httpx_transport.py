"""The default transport: httpx2."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import cast

import httpx2

from .headers import Headers
from .transport import HttpRequest, Timeout, TransportError, TransportTimeoutError


@contextmanager
def _translated() -> Generator[None]:
    # The cause is cut off: an httpx2 error holds the request, and the request holds the token.
    try:
        yield
    except httpx2.TimeoutException as error:
        raise TransportTimeoutError(str(error) or type(error).__name__) from None
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
        raise TransportError(str(error) or type(error).__name__) from None


def _timeout(timeout: Timeout) -> httpx2.Timeout:
    return httpx2.Timeout(timeout.head, connect=timeout.connect, pool=timeout.connect)


def _for_body(request: httpx2.Request, timeout: Timeout) -> None:
    # httpcore2 looks the read timeout up again when it begins to read the body.
    request.extensions["timeout"]["read"] = timeout.read


class HttpxResponse:
    """An answer of httpx2."""

    __slots__ = ("_response", "headers", "status")

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = Headers(response.headers.multi_items())

    def iter_bytes(self) -> Iterator[bytes]:
        """The body as it arrives."""
        with _translated():
            yield from self._response.iter_bytes()

    def close(self) -> None:
        """Gives the connection back."""
        self._response.close()


class HttpxTransport:
    """Sends requests through an `httpx2.Client`, one of its own unless it is given one."""

    def __init__(self, client: httpx2.Client | None = None) -> None:
        self._owned = client is None
        self._client = client or httpx2.Client()

    def send(self, request: HttpRequest, timeout: Timeout) -> HttpxResponse:
        """Sends one request."""
        with _translated():
            built = self._client.build_request(
                request.method,
                request.url,
                headers=request.headers,
                content=cast("bytes | Iterable[bytes] | None", request.content),
                timeout=_timeout(timeout),
            )
            response = self._client.send(built, stream=True, follow_redirects=False)
            _for_body(built, timeout)
            return HttpxResponse(response)

    def close(self) -> None:
        """Closes the connections, unless the client was handed in."""
        if self._owned:
            self._client.close()


class AsyncHttpxResponse:
    """An answer of httpx2."""

    __slots__ = ("_response", "headers", "status")

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = Headers(response.headers.multi_items())

    async def iter_bytes(self) -> AsyncIterator[bytes]:
        """The body as it arrives."""
        with _translated():
            async for chunk in self._response.aiter_bytes():
                yield chunk

    async def close(self) -> None:
        """Gives the connection back."""
        await self._response.aclose()


class AsyncHttpxTransport:
    """Sends requests through an `httpx2.AsyncClient`, one of its own unless it is given one."""

    def __init__(self, client: httpx2.AsyncClient | None = None) -> None:
        self._owned = client is None
        self._client = client or httpx2.AsyncClient()

    async def send(self, request: HttpRequest, timeout: Timeout) -> AsyncHttpxResponse:
        """Sends one request."""
        with _translated():
            built = self._client.build_request(
                request.method,
                request.url,
                headers=request.headers,
                content=cast("bytes | AsyncIterable[bytes] | None", request.content),
                timeout=_timeout(timeout),
            )
            response = await self._client.send(built, stream=True, follow_redirects=False)
            _for_body(built, timeout)
            return AsyncHttpxResponse(response)

    async def close(self) -> None:
        """Closes the connections, unless the client was handed in."""
        if self._owned:
            await self._client.aclose()
