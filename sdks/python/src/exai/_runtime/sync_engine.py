# Written by unasync.py from async_engine.py; DO NOT EDIT.
"""Calls over a sync transport."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from msgspec import UNSET
from msgspec.structs import replace

from . import sync_io as io
from .auth import Token
from .engine import (
    NO_ARGUMENTS,
    Arguments,
    EngineBase,
    Plan,
    Settings,
)
from .errors import APIError
from .operation import LongRunning, Operation, PagedOperation, pick
from .options import CallOptions, WaitOptions
from .pages import Page
from .raw import raw_operation, read_any
from .redirects import FIRST_REDIRECT, MAX_REDIRECTS, redirect_url, same_origin
from .retry import Deadline
from .sync_answers import BinaryResponse, Stream
from .sync_pages import Pages
from .sync_waits import Wait
from .transport import (
    HttpRequest,
    HttpResponse,
    Middleware,
    Timeout,
    Transport,
    TransportError,
    TransportTimeoutError,
)

T = TypeVar("T")


class Engine(EngineBase):
    """Sends the calls of a client."""

    def __init__(
        self,
        settings: Settings,
        tokens: Mapping[str, Token | None],
        transport: Transport | None = None,
        middleware: Sequence[Middleware] = (),
    ) -> None:
        super().__init__(settings, tokens)
        self._tokens = {name: token for name, token in tokens.items() if token is not None}
        self._transport = transport
        self._middleware = tuple(reversed(middleware))

    def close(self) -> None:
        """Closes the transport."""
        self.closed = True
        if self._transport is not None:
            self._transport.close()

    def ready(self) -> Transport:
        """Gives the transport: loaded at the first call, when no other is given."""
        if self._transport is None:
            with self._lock:
                if self._transport is None:
                    self._transport = io.transport()
        return self._transport

    def call(
        self, operation: Operation[T], options: CallOptions, arguments: Arguments = NO_ARGUMENTS
    ) -> T:
        """Calls an operation and reads its whole answer."""
        return self.perform(self.plan(operation, arguments, options))

    def perform(self, plan: Plan[T]) -> T:
        """Sends a call and reads its whole answer."""
        response, data = self._send(plan, whole=True)
        info = self.info(plan, response.status, response.headers, data)
        result, value = plan.operation.result, None
        if result == "json":
            value = self.decode(plan, plan.operation.codec, data, info)
        elif result == "text":
            value = data.decode("utf-8", "replace")
        elif result == "any":
            value = read_any(data, info)
        return cast("T", value)

    def request(
        self, method: str, path: str, options: CallOptions, arguments: Arguments, cast_to: object
    ) -> Any:
        """Calls what the document does not say. Raises `ValueError` for what is no path."""
        operation = raw_operation(self.settings.service, method, path, arguments.body, cast_to)
        return self.call(operation, options, arguments)

    def pages(
        self,
        operation: PagedOperation[T],
        options: CallOptions,
        arguments: Arguments = NO_ARGUMENTS,
    ) -> Pages[T]:
        """Gives a list that asks for its pages when it is iterated."""

        def fetch(cursor: str | None) -> Page[T]:
            asked = arguments
            if cursor is not None:
                asked = replace(asked, query={**asked.query, operation.cursor: cursor})
            plan = self.plan(operation, asked, options)
            response, data = self._send(plan, whole=True)
            info = self.info(plan, response.status, response.headers, data)
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
        self,
        operation: Operation[T],
        options: CallOptions,
        arguments: Arguments = NO_ARGUMENTS,
        deadline: Deadline | None = None,
    ) -> Stream[T]:
        """Gives a stream that connects when it is iterated; a deadline bounds all of it."""
        return Stream(self, operation, options, arguments, deadline)

    def download(
        self,
        operation: Operation[bytes],
        options: CallOptions,
        arguments: Arguments = NO_ARGUMENTS,
    ) -> BinaryResponse:
        """Calls an operation and leaves its answer to be read."""
        plan = self.plan(operation, arguments, options)
        response = self.open(plan)
        return BinaryResponse(self, plan, response)

    def wait(
        self,
        long_running: LongRunning[T],
        options: WaitOptions,
        arguments: Arguments = NO_ARGUMENTS,
    ) -> T:
        """Starts something and waits until it is over: by its stream, else by asking.

        `options["timeout"]` bounds the whole; by default there is no end. Raises
        `APITimeoutError` behind it.
        """
        wait = Wait(self, long_running, options)
        wait.start(arguments)
        return wait.end()

    def wait_from(self, long_running: LongRunning[T], token: str, options: WaitOptions) -> T:
        """Goes on with a wait of which a token is left.

        Raises `ValueError` for what is no token of this operation.
        """
        wait = Wait(self, long_running, options)
        wait.resume(token)
        return wait.end()

    def open(self, plan: Plan[Any], bound: Deadline | None = None) -> HttpResponse:
        """Tries until there is a good answer, and leaves its body to be read.

        `bound` is the end of the reading, where there is one.
        """
        response, _ = self._send(plan, whole=False, bound=bound)
        return response

    def _send(
        self, plan: Plan[Any], *, whole: bool, bound: Deadline | None = None
    ) -> tuple[HttpResponse, bytes]:
        """Tries, in a span where there is a tracer."""
        if self._tracer is None:
            return self._try(plan, whole=whole, bound=bound)
        from .telemetry import spanned

        with spanned(self._tracer, plan) as answered:
            response, data = self._try(plan, whole=whole, bound=bound)
            answered(response.status)
            return response, data

    def _try(
        self, plan: Plan[Any], *, whole: bool, bound: Deadline | None = None
    ) -> tuple[HttpResponse, bytes]:
        """Tries until there is a good answer or no try left; reading it whole is part of a try."""
        while True:
            if self._governor is not None:
                self._hold_back(plan)
            attempt = plan.attempt(self.settings.attempt_timeout)
            try:
                response, data = io.within(
                    attempt.left(), self._attempt(plan, attempt, bound, whole=whole)
                )
            except TransportError as failure:
                error: APIError = self.no_answer(plan, failure)
            else:
                if response.status < FIRST_REDIRECT:
                    self.answered()
                    return response, data
                error = self.status_error(plan, response.status, response.headers, data)
            wait = self.next_wait(plan, error)
            if wait is None:
                raise error
            io.sleep(wait)

    def _hold_back(self, plan: Plan[Any]) -> None:
        """Waits until the rate limit lets a try go."""
        governor = self._governor
        if governor is None:
            return
        wait = governor.take()
        while wait > 0:
            self.held_back(plan, wait)
            io.sleep(wait)
            wait = governor.blocked()

    def _attempt(
        self, plan: Plan[Any], attempt: Deadline, bound: Deadline | None, *, whole: bool
    ) -> tuple[HttpResponse, bytes]:
        """Makes one try, and follows its redirects without taking credentials elsewhere."""
        tokens = {name: io.token(self._tokens[name]) for name in plan.credentials}
        url, headers = self.authorized(plan, tokens)
        for _ in range(MAX_REDIRECTS + 1):
            content = None if plan.content is None else io.chunks(plan.content)
            operation = plan.operation
            request = HttpRequest(
                operation.method, url, headers, content, operation.id, streamed=not whole
            )
            timeout = plan.timeout(attempt)
            if bound is not None:
                timeout = timeout._replace(read=bound.left(), whole=bound.left())
            response = self._exchange(request, timeout)
            target = None
            if response.status >= FIRST_REDIRECT:
                target = redirect_url(plan.operation.method, url, response.status, response.headers)
            if target is None:
                if whole or response.status >= FIRST_REDIRECT:
                    return response, _read(response, attempt)
                return response, b""
            response.close()
            if not same_origin(url, target):
                headers = {"accept": headers["accept"], "user-agent": headers["user-agent"]}
            url = target
        raise TransportError("too many redirects")

    def _exchange(self, request: HttpRequest, timeout: Timeout) -> HttpResponse:
        """Sends one request, through the middleware."""
        transport = self.ready()
        began = self.began()
        try:
            if not self._middleware:
                response = transport.send(request, timeout)
            else:
                send: _Send = functools.partial(transport.send, timeout=timeout)
                for layer in self._middleware:
                    send = _around(layer, send)
                response = send(request)
        except BaseException:
            self.ended(request, began)
            raise
        self.ended(request, began, response.status, response.headers)
        return response


_Send = Callable[[HttpRequest], HttpResponse]


def _around(layer: Middleware, send: _Send) -> _Send:
    return lambda request: layer(request, send)


def _read(response: HttpResponse, attempt: Deadline) -> bytes:
    chunks: list[bytes] = []
    try:
        for chunk in response.iter_bytes():
            chunks.append(chunk)
            if attempt.left() == 0:
                raise TransportTimeoutError("the answer took too long")
    finally:
        response.close()
    return b"".join(chunks)
