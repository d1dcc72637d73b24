"""Answers that arrive item by item: server-sent events and JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec

from .errors import DecodeError
from .headers import Headers
from .model import Unknown
from .operation import Operation
from .response import ResponseInfo
from .sse import EventParser, LineParser

T = TypeVar("T")

NO_CONTENT = 204
"""In place of a stream it tells a client to stop (WHATWG HTML, section 9.2.3)."""
BROKEN_OFF = "the stream ended before its last event"


class Reader(Generic[T]):
    """Turns the bytes of one stream into its items, over all of its connections."""

    def __init__(self, operation: Operation[T], last_id: str) -> None:
        self._operation = operation
        self._events = EventParser(last_id)
        self._lines = LineParser()
        self.finished = False
        """True behind the item that ends the stream."""
        self.delivered_id = last_id
        """The id of the last event that was handed over; empty when the server sends none."""

    @property
    def last_id(self) -> str:
        """What to resume behind: it may be the id of an event without data."""
        return self._events.last_id

    @property
    def retry(self) -> float | None:
        """Seconds that the server wants a client to wait before it connects again."""
        return self._events.retry

    @property
    def resumable(self) -> bool:
        """True when the server can be asked to go on behind the last event."""
        return self._operation.resume_header is not None and bool(self.last_id)

    @property
    def must_finish(self) -> bool:
        """True when the stream has a last item and it has not come."""
        return bool(self._operation.terminal) and not self.finished

    def reconnected(self) -> None:
        """Forgets what a broken connection had begun to send."""
        retry = self.retry
        self._events = EventParser(self.last_id)
        self._events.retry = retry

    def feed(self, chunk: bytes, info: ResponseInfo) -> Iterator[T]:
        """Gives the items that a chunk completes. Raises `DecodeError`."""
        if self._operation.result == "lines":
            for line in self._lines.feed(chunk):
                yield self._item(line, info)
            return
        for event in self._events.feed(chunk):
            if not event.data.strip():
                continue  # Some servers keep a connection alive with events of no data.
            self.delivered_id = event.id
            yield self._item(event.data, info)

    def end(self, info: ResponseInfo) -> Iterator[T]:
        """Gives the item that the end of the body completes."""
        for line in self._lines.end():
            yield self._item(line, info)

    def _item(self, data: bytes, info: ResponseInfo) -> T:
        try:
            item = self._operation.codec.decode(data)
        except msgspec.DecodeError as error:
            raise DecodeError(
                f"{self._operation.method} {self._operation.path}: {error}",
                status=info.status,
                headers=info.headers,
                body=data,
                receipt=info.receipt,
            ) from error
        if self._operation.terminal and _tag(item, self._operation) in self._operation.terminal:
            self.finished = True
        return item


def _tag(item: Any, operation: Operation[Any]) -> str | None:
    if isinstance(item, Unknown):
        return item.tag
    return getattr(item, operation.terminal_attribute, None)


def check_stream_type(operation: Operation[Any], headers: Headers) -> bool:
    """True when an answer is the stream that was asked for."""
    if operation.result != "events":
        return True
    return headers.get("content-type", "").split(";")[0].strip().lower() == "text/event-stream"
