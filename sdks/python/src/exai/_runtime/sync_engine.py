"""Calls over a sync transport."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from msgspec import UNSET

from .auth import Token, carry
from .content import sync_chunks
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
from .pages import Page, Pages
from .retry import Deadline
from .sync_answers import BinaryResponse, Stream
from .transport import HttpRequest, HttpResponse, Transport, TransportError, TransportTimeoutError

T = TypeVar("T")
R = TypeVar("R")


class Engine(EngineBase):
    """Sends the calls of a client."""

    def __init__(
        self,
        settings: Settings,
        credentials: Mapping[str, Token | None],
        transport: Transport | None = None,
    ) -> None:
        given = {name: token for name, token in credentials.items() if token is not None}
        super().__init__(settings, frozenset(given))
        self._tokens = given
        if transport is None:
            # Loaded when a client is made, and only when no other transport is given.
            from .httpx_transport import HttpxTransport

            transport = HttpxTransport()
        self._transport = transport

    def close(self) -> None:
        """Closes the transport."""
        self._transport.close()

    def call(
        self, operation: Operation[T], options: CallOptions, arguments: Arguments | None = None
    ) -> T:
        """Calls an operation and reads its whole answer."""
        plan = self.plan(operation, arguments or Arguments(), options)
        response, data = self._send(plan, lambda response: _read(response, plan.deadline))
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
    ) -> Pages[T]:
        """Gives a list that asks for its pages when it is iterated."""
        first = arguments or Arguments()

        def fetch(cursor: str | None) -> Page[T]:
            query = first.query if cursor is None else {**first.query, operation.cursor: cursor}
            plan = self.plan(operation, replace(first, query=query), options)
            response, data = self._send(plan, lambda response: _read(response, plan.deadline))
            info = self.info(plan, response.status, response.headers)
            body = self.decode(plan, operation.envelope, data, info)
            next_cursor = pick(body, operation.next)
            return Page(
                data=pick(body, operation.items) or [],
                next_cursor=None if next_cursor in (None, UNSET, "") else str(next_cursor),
                body=body,
                response=info,
            )

        return Pages(fetch)

    def stream(
        self, operation: Operation[T], options: CallOptions, arguments: Arguments | None = None
    ) -> Stream[T]:
        """Gives a stream that connects when it is iterated."""
        return Stream(self, operation, options, arguments or Arguments())

    def download(
        self,
        operation: Operation[bytes],
        options: CallOptions,
        arguments: Arguments | None = None,
    ) -> BinaryResponse:
        """Calls an operation and leaves its answer to be read."""
        plan = self.plan(operation, arguments or Arguments(), options)
        response = self.open(plan)
        return BinaryResponse(self, plan, response)

    def wait(
        self, start: Callable[[], Any], long_running: LongRunning[T], options: CallOptions
    ) -> T:
        """Starts something and waits until it is over: by its stream, else by asking.

        `options["timeout"]` bounds the whole; by default there is no end. Raises
        `APITimeoutError` behind it.
        """
        deadline = Deadline.after(options.get("timeout"))
        started = start()
        follow: CallOptions = {"timeout": deadline.left()}
        if long_running.stream is not None:
            path = {name: pick(started, at) for name, at in long_running.stream_path.items()}
            events = self.stream(long_running.stream, follow, Arguments(path=path))
            try:
                with events:
                    for _ in events:
                        if deadline.left() == 0:
                            break
            except APIError:
                pass  # Polling finds out whether the stream or the thing itself is broken.
        path = {name: pick(started, at) for name, at in long_running.poll_path.items()}
        polls = 0
        while True:
            follow["timeout"] = _short(deadline.left(), self.settings.timeout)
            now = self.call(long_running.poll, follow, Arguments(path=path))
            if pick(now, long_running.state) in long_running.terminal:
                return now
            pause = min(5.0, 0.25 * 1.5**polls)
            if not deadline.fits(pause):
                raise APITimeoutError("the operation is not over yet")
            time.sleep(pause)
            polls += 1

    def open(self, plan: Plan[Any]) -> HttpResponse:
        """Tries until there is a good answer, and leaves its body to be read."""
        response, _ = self._send(plan, _leave)
        return response

    def _send(
        self, plan: Plan[Any], consume: Callable[[HttpResponse], R]
    ) -> tuple[HttpResponse, R]:
        """Tries until there is a good answer or no try left; `consume` is part of a try."""
        while True:
            try:
                response = self._attempt(plan)
                if response.status < FIRST_REDIRECT:
                    result = consume(response)
                    self.answered()
                    return response, result
                data = _read(response, plan.deadline)
                error: APIError = self.status_error(plan, response.status, response.headers, data)
            except TransportError as failure:
                error = self.no_answer(plan, failure)
            wait = self.next_wait(plan, error)
            if wait is None:
                raise error
            time.sleep(wait)

    def _attempt(self, plan: Plan[Any]) -> HttpResponse:
        """Sends one request, and follows its redirects without taking credentials elsewhere."""
        schemes = self.settings.service.schemes
        tokens = {name: (schemes[name], _token(self._tokens[name])) for name in plan.credentials}
        carried = carry(tokens)
        url, headers = plan.url, {**carried.headers, **plan.headers}
        if carried.query:
            url += ("&" if "?" in url else "?") + "&".join(carried.query)
        if carried.cookies:
            headers["cookie"] = "; ".join(
                [*filter(None, [headers.get("cookie")]), *carried.cookies]
            )
        for _ in range(MAX_REDIRECTS + 1):
            content = None if plan.content is None else sync_chunks(plan.content)
            request = HttpRequest(plan.operation.method, url, headers, content)
            timeout = plan.timeout(self.settings.attempt_timeout)
            response = self._transport.send(request, timeout)
            target = redirect_url(plan, url, response.status, response.headers)
            if target is None:
                return response
            response.close()
            if not same_origin(url, target):
                headers = {"accept": headers["accept"], "user-agent": headers["user-agent"]}
            url = target
        raise TransportError("too many redirects")


def _token(token: Token) -> str:
    return token if isinstance(token, str) else token()


def _short(one: float | None, other: float | None) -> float | None:
    bounds = [bound for bound in (one, other) if bound is not None]
    return min(bounds) if bounds else None


def _leave(response: HttpResponse) -> None:
    """Reads nothing: the body is the caller's."""


def _read(response: HttpResponse, deadline: Deadline) -> bytes:
    chunks: list[bytes] = []
    try:
        for chunk in response.iter_bytes():
            chunks.append(chunk)
            if deadline.left() == 0:
                raise TransportTimeoutError("the answer took too long")
    finally:
        response.close()
    return b"".join(chunks)
