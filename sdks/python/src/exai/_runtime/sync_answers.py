# Written by unasync.py from async_answers.py; DO NOT EDIT.
"""Answers that are read as they arrive, over a sync transport."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from msgspec.structs import replace

from . import sync_io as io
from .engine import Arguments, EngineBase, Plan
from .errors import APIConnectionError, APITimeoutError
from .operation import Operation
from .options import CallOptions
from .response import ResponseInfo
from .retry import Deadline, backoff, sooner
from .streams import BROKEN_OFF, NO_CONTENT, Reader, check_stream_type
from .transport import HttpResponse, TransportError

if TYPE_CHECKING:
    from .sync_engine import Engine

T = TypeVar("T")


class BinaryResponse:
    """An answer of bytes, read as it arrives. Close it, or use it in a `with` block."""

    def __init__(self, engine: EngineBase, plan: Plan[Any], response: HttpResponse) -> None:
        self._engine = engine
        self._plan = plan
        self._response = response
        self.response: ResponseInfo = engine.info(plan, response.status, response.headers)
        """The head of the answer: receipt, rate limit, headers."""

    @property
    def content_type(self) -> str | None:
        """What the bytes are, by the server's word."""
        return self._response.headers.get("content-type")

    def iter_bytes(self) -> Iterator[bytes]:
        """The bytes in pieces, once. Raises `APIConnectionError` when they break off."""
        try:
            yield from self._response.iter_bytes()
        except TransportError as failure:
            raise self._engine.no_answer(self._plan, failure) from None
        finally:
            self.close()

    def read(self) -> bytes:
        """All bytes."""
        return b"".join(self.iter_bytes())

    def save(self, path: str | Path) -> None:
        """Writes the bytes to a file, replacing what it held."""
        io.write(path, self.iter_bytes())

    def close(self) -> None:
        """Gives the connection back."""
        self._response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Stream(Generic[T]):
    """Items as they arrive. It connects at the first item, and resumes where the server lets it.

    Use it in a `with` block when it may be left before its end.
    """

    def __init__(
        self,
        engine: Engine,
        operation: Operation[T],
        options: CallOptions,
        arguments: Arguments,
        deadline: Deadline | None = None,
    ) -> None:
        self._engine = engine
        self._operation = operation
        self._options = options
        self._arguments = arguments
        self._deadline = deadline
        self._reader = Reader(operation, str(options.get("last_event_id", "")))
        self._open: HttpResponse | None = None
        self._info: ResponseInfo | None = None
        self._items = self._iterate()

    @property
    def response(self) -> ResponseInfo:
        """The head of the answer. Raises `RuntimeError` before `connect` or the first item."""
        if self._info is None:
            raise RuntimeError("the stream is not connected yet")
        return self._info

    def connect(self) -> ResponseInfo:
        """Connects, when nothing has been read yet, and gives the head of the answer."""
        if self._info is None:
            self._connect()
        return self.response

    @property
    def last_event_id(self) -> str | None:
        """The id of the last event handed over: pass it as `last_event_id` to go on behind it."""
        return self._reader.delivered_id or None

    def __iter__(self) -> Iterator[T]:
        return self._items

    def __next__(self) -> T:
        return next(self._items)

    def close(self) -> None:
        """Ends the stream and gives the connection back."""
        self._items.close()
        self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _connect(self) -> HttpResponse:
        arguments = self._arguments
        if self._operation.resume_header is not None and self._reader.last_id:
            resumed = {**arguments.headers, self._operation.resume_header: self._reader.last_id}
            arguments = replace(arguments, headers=resumed)
        options = self._options.copy()
        if self._info is not None and self._info.idempotency_key is not None:
            options["idempotency_key"] = self._info.idempotency_key
        engine, bound = self._engine, self._deadline
        if bound is not None:
            options["timeout"] = sooner(bound.left(), options.get("timeout"))
        plan = engine.plan(self._operation, arguments, options)
        response = engine.open(plan, bound)
        if response.status == NO_CONTENT:
            self._reader.finished = True
        elif not check_stream_type(self._operation, response.headers):
            response.close()
            raise APIConnectionError("the answer is no event stream", idempotency_key=plan.key)
        self._open = response
        self._info = engine.info(plan, response.status, response.headers)
        return response

    def _check_time(self, info: ResponseInfo) -> None:
        if self._deadline is not None and self._deadline.left() == 0:
            raise APITimeoutError("the stream took too long", idempotency_key=info.idempotency_key)

    def _pause(self, wait: float) -> None:
        if self._deadline is not None and not self._deadline.fits(wait):
            raise APITimeoutError("the stream took too long")
        io.sleep(wait)

    def _iterate(self) -> Generator[T]:
        reader, failures, broke_at = self._reader, 0, None
        limit = self._options.get("max_retries", self._engine.settings.max_retries)
        try:
            while True:
                response = self._open or self._connect()
                info = self.response
                try:
                    for chunk in response.iter_bytes():
                        self._check_time(info)
                        for item in reader.feed(chunk, info):
                            yield item
                            if reader.finished:
                                return
                    yield from reader.end(info)
                    if not reader.must_finish:
                        return
                    reason = BROKEN_OFF
                except TransportError as failure:
                    reason = str(failure)
                self._drop()
                self._check_time(info)
                # A server that sends the same events again and again must not keep us for ever.
                if reader.last_id != broke_at:
                    failures, broke_at = 0, reader.last_id
                if not reader.resumable or failures >= limit:
                    raise APIConnectionError(reason, idempotency_key=info.idempotency_key)
                self._pause(backoff(failures) if reader.retry is None else reader.retry)
                failures += 1
                reader.reconnected()
        finally:
            self._drop()
