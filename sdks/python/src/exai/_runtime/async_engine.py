"""Calls over an async transport: `sync_engine` with awaits, and deadlines that interrupt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from msgspec import UNSET

from .async_answers import AsyncBinaryResponse, AsyncStream
from .auth import AsyncToken, carry
from .content import async_chunks
from .engine import (
    FIRST_REDIRECT,
    MAX_REDIRECTS,
    Arguments,
    EngineBase,
    Plan,
    Settings,
    redirect_url,
    same_origin,
)
from .errors import APIError, APITimeoutError
from .operation import LongRunning, Operation, PagedOperation, pick
from .options import CallOptions
from .pages import AsyncPages, Page
from .retry import Deadline
from .transport import (
    AsyncHttpResponse,
    AsyncTransport,
    HttpRequest,
    TransportError,
    TransportTimeoutError,
)

T = TypeVar("T")
R = TypeVar("R")


class AsyncEngine(EngineBase):
    """Sends the calls of a client."""

    def __init__(
        self,
        settings: Settings,
        credentials: Mapping[str, AsyncToken | None],
        transport: AsyncTransport | None = None,
    ) -> None:
        given = {name: token for name, token in credentials.items() if token is not None}
        super().__init__(settings, frozenset(given))
        self._tokens = given
        if transport is None:
            # Loaded when a client is made, and only when no other transport is given.
            from .httpx_transport import AsyncHttpxTransport

            transport = AsyncHttpxTransport()
        self._transport = transport

    async def close(self) -> None:
        """Closes the transport."""
        await self._transport.close()

    async def call(
        self, operation: Operation[T], options: CallOptions, arguments: Arguments | None = None
    ) -> T:
        """Calls an operation and reads its whole answer."""
        plan = self.plan(operation, arguments or Arguments(), options)
        response, data = await self._send(plan, lambda response: _read(response, plan.deadline))
        info = self.info(plan, response.status, response.headers)
        value: Any = None
        if operation.result == "json":
            value = self.decode(plan, operation.codec, data, info)
        elif operation.result == "text":
            value = data.decode("utf-8", "replace")
        return cast("T", value)

    def pages(
        self,
        operation: PagedOperation[T],
        options: CallOptions,
        arguments: Arguments | None = None,
    ) -> AsyncPages[T]:
        """Gives a list that asks for its pages when it is iterated."""
        first = arguments or Arguments()

        async def fetch(cursor: str | None) -> Page[T]:
            query = first.query if cursor is None else {**first.query, operation.cursor: cursor}
            plan = self.plan(operation, replace(first, query=query), options)
            response, data = await self._send(plan, lambda response: _read(response, plan.deadline))
            info = self.info(plan, response.status, response.headers)
            body = self.decode(plan, operation.envelope, data, info)
            next_cursor = pick(body, operation.next)
            return Page(
                data=pick(body, operation.items) or [],
                next_cursor=None if next_cursor in (None, UNSET, "") else str(next_cursor),
                body=body,
                response=info,
            )

        return AsyncPages(fetch)

    def stream(
        self, operation: Operation[T], options: CallOptions, arguments: Arguments | None = None
    ) -> AsyncStream[T]:
        """Gives a stream that connects when it is iterated."""
        return AsyncStream(self, operation, options, arguments or Arguments())

    async def download(
        self,
        operation: Operation[bytes],
        options: CallOptions,
        arguments: Arguments | None = None,
    ) -> AsyncBinaryResponse:
        """Calls an operation and leaves its answer to be read."""
        plan = self.plan(operation, arguments or Arguments(), options)
        response = await self.open(plan)
        return AsyncBinaryResponse(self, plan, response)

    async def wait(
        self, start: Awaitable[Any], long_running: LongRunning[T], options: CallOptions
    ) -> T:
        """Starts something and waits until it is over: by its stream, else by asking.

        `options["timeout"]` bounds the whole; by default there is no end. Raises
        `APITimeoutError` behind it.
        """
        deadline = Deadline.after(options.get("timeout"))
        started = await start
        follow: CallOptions = {"timeout": deadline.left()}
        if long_running.stream is not None:
            path = {name: pick(started, at) for name, at in long_running.stream_path.items()}
            events = self.stream(long_running.stream, follow, Arguments(path=path))
            try:
                async with asyncio.timeout(deadline.left()), events:
                    async for _ in events:
                        pass
            except (APIError, TimeoutError):
                pass  # Polling finds out whether the stream or the thing itself is broken.
        path = {name: pick(started, at) for name, at in long_running.poll_path.items()}
        polls = 0
        while True:
            follow["timeout"] = _short(deadline.left(), self.settings.timeout)
            now = await self.call(long_running.poll, follow, Arguments(path=path))
            if pick(now, long_running.state) in long_running.terminal:
                return now
            pause = min(5.0, 0.25 * 1.5**polls)
            if not deadline.fits(pause):
                raise APITimeoutError("the operation is not over yet")
            await asyncio.sleep(pause)
            polls += 1

    async def open(self, plan: Plan[Any]) -> AsyncHttpResponse:
        """Tries until there is a good answer, and leaves its body to be read."""
        response, _ = await self._send(plan, _leave)
        return response

    async def _send(
        self, plan: Plan[Any], consume: Callable[[AsyncHttpResponse], Awaitable[R]]
    ) -> tuple[AsyncHttpResponse, R]:
        """Tries until there is a good answer or no try left; `consume` is part of a try."""
        while True:
            try:
                response = await self._attempt(plan)
                if response.status < FIRST_REDIRECT:
                    result = await consume(response)
                    self.answered()
                    return response, result
                data = await _read(response, plan.deadline)
                error: APIError = self.status_error(plan, response.status, response.headers, data)
            except TransportError as failure:
                error = self.no_answer(plan, failure)
            wait = self.next_wait(plan, error)
            if wait is None:
                raise error
            await asyncio.sleep(wait)

    async def _attempt(self, plan: Plan[Any]) -> AsyncHttpResponse:
        """Sends one request, and follows its redirects without taking credentials elsewhere."""
        schemes = self.settings.service.schemes
        tokens = {
            name: (schemes[name], await _token(self._tokens[name])) for name in plan.credentials
        }
        carried = carry(tokens)
        url, headers = plan.url, {**carried.headers, **plan.headers}
        if carried.query:
            url += ("&" if "?" in url else "?") + "&".join(carried.query)
        if carried.cookies:
            headers["cookie"] = "; ".join(
                [*filter(None, [headers.get("cookie")]), *carried.cookies]
            )
        for _ in range(MAX_REDIRECTS + 1):
            content = None if plan.content is None else async_chunks(plan.content)
            request = HttpRequest(plan.operation.method, url, headers, content)
            timeout = plan.timeout(self.settings.attempt_timeout)
            # The transport bounds each piece of a head; all of it is bounded here.
            response = await _within(timeout.head, self._transport.send(request, timeout))
            target = redirect_url(plan, url, response.status, response.headers)
            if target is None:
                return response
            await response.close()
            if not same_origin(url, target):
                headers = {"accept": headers["accept"], "user-agent": headers["user-agent"]}
            url = target
        raise TransportError("too many redirects")


async def _token(token: AsyncToken) -> str:
    if isinstance(token, str):
        return token
    fetched = token()
    return fetched if isinstance(fetched, str) else await fetched


def _short(one: float | None, other: float | None) -> float | None:
    bounds = [bound for bound in (one, other) if bound is not None]
    return min(bounds) if bounds else None


async def _within(seconds: float | None, work: Awaitable[R]) -> R:
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise TransportTimeoutError("the answer took too long") from None


async def _leave(response: AsyncHttpResponse) -> None:
    """Reads nothing: the body is the caller's."""


async def _read(response: AsyncHttpResponse, deadline: Deadline) -> bytes:
    chunks: list[bytes] = []
    try:
        async for chunk in response.iter_bytes():
            chunks.append(chunk)
            if deadline.left() == 0:
                raise TransportTimeoutError("the answer took too long")
    finally:
        await response.close()
    return b"".join(chunks)
