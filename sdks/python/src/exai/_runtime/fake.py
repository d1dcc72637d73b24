"""A transport that answers by itself, for tests of code that calls the API.

It stands where the network would: requests are written, and answers read, by the client as ever.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

import msgspec

from .errors import APIConnectionError, APIError, APITimeoutError, StatusError
from .model import Model, to_wire
from .operation import Attributes, Operation, PagedOperation
from .service import Service
from .transport import (
    AsyncBytesResponse,
    BytesResponse,
    HttpRequest,
    Timeout,
    TransportError,
    TransportTimeoutError,
)

T = TypeVar("T")


class UnansweredCallError(AssertionError):
    """A call that the test gave no answer for."""


@dataclass(frozen=True)
class RecordedCall:
    """A call as it was sent."""

    operation: str
    """The id of the operation: `startRun`; empty for a raw request."""
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str] = field(repr=False)
    body: Any
    """Its JSON; else the bytes. None where there is none."""


@dataclass(frozen=True)
class _Reply:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content: bytes = b""


_Script = Callable[[RecordedCall], _Reply]


class Fake:
    """What the answers of a fake share: their scripts, and the calls that came."""

    def __init__(self, service: Service, base_url: str) -> None:
        self.service = service
        self.base_url = base_url
        self.calls: list[RecordedCall] = []
        """Every call, in the order in which they came."""
        self.cursors: dict[str, str] = {}
        """The query parameter that asks for a page of a list, by operation."""
        self._scripts: dict[str, list[_Script]] = {}
        self._current: dict[str, _Script] = {}

    def add(self, name: str, script: _Script) -> None:
        """Puts an answer behind those that an operation has."""
        self._scripts.setdefault(name, []).append(script)

    def answer(self, request: HttpRequest, content: bytes) -> _Reply:
        """Answers a request. Raises `UnansweredCallError` where no answer is left."""
        parts = urlsplit(request.url)
        path = parts.path.removeprefix(urlsplit(self.base_url).path)
        call = RecordedCall(
            operation=request.operation,
            method=request.method,
            path=path,
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={k: v for k, v in request.headers.items() if k != "authorization"},
            body=_read_body(content),
        )
        self.calls.append(call)
        name = request.operation or f"{request.method} {path}"
        scripts = self._scripts.get(name)
        if not scripts:
            raise UnansweredCallError(f"no answer for {name} ({request.method} {path})")
        # The next page of a list is of the same list.
        if self.cursors.get(name) not in call.query or name not in self._current:
            self._current[name] = scripts[0] if len(scripts) == 1 else scripts.pop(0)
        reply = self._current[name](call)
        receipt = self.service.headers.receipt
        if receipt is None:
            return reply
        headers = {receipt: f"receipt-{len(self.calls)}", **reply.headers}
        return _Reply(reply.status, headers, reply.content)

    def failure(self, kind: type[APIError], message: str, details: object, status: int) -> _Script:
        """An answer that makes a call raise an error of that kind."""
        if issubclass(kind, APIConnectionError):
            late = issubclass(kind, APITimeoutError)
            return _raising((TransportTimeoutError if late else TransportError)(message))
        if not issubclass(kind, StatusError):
            raise TypeError(f"no answer makes a call raise {kind.__name__}")
        statuses, names = self.service.errors_by_status, self.service.errors_by_name
        status = status or next((s for s, known in statuses.items() if known is kind), 0)
        if not status:
            raise TypeError(f"{kind.__name__} has no status of its own: pass one")
        envelope: dict[str, object] = {"code": status, "message": message, "receipt": "receipt-0"}
        envelope["name"] = next((name for name, known in names.items() if known is kind), "error")
        if details is not None:
            envelope["details"] = details
        return lambda _: _Reply(status, _JSON, msgspec.json.encode(to_wire(envelope)))


_JSON = {"content-type": "application/json"}


def _raising(error: TransportError) -> _Script:
    def script(_: RecordedCall) -> _Reply:
        raise error

    return script


def _read_body(content: bytes) -> Any:
    if not content:
        return None
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return content


class _Scripted:
    """The answers of one operation."""

    def __init__(self, fake: Fake, name: str) -> None:
        self._fake = fake
        self._name = name

    @property
    def calls(self) -> list[RecordedCall]:
        """The calls of this operation, in the order in which they came."""
        return [
            call
            for call in self._fake.calls
            if (call.operation or f"{call.method} {call.path}") == self._name
        ]

    def fails(
        self,
        kind: type[APIError],
        message: str = "made to fail",
        *,
        details: object = None,
        status: int = 0,
    ) -> None:
        """Makes the next call fail. Raises `TypeError` for an error that no answer stands for.

        Args:
            kind: `NotFoundError`, any other error of the API, or one of the connection.
            message: What the error says.
            details: What is wrong with which part of the request.
            status: The HTTP status, where the kind has none of its own.
        """
        self._fake.add(self._name, self._fake.failure(kind, message, details, status))


class Answers(_Scripted, Generic[T]):
    """The answers of an operation that gives one value.

    Each `returns` and `fails` puts answers behind those that are there; the last one stays.
    """

    def __init__(self, fake: Fake, operation: Operation[T]) -> None:
        super().__init__(fake, operation.id or f"{operation.method} {operation.path}")
        self._operation = operation

    def returns(self, *values: T) -> None:
        """Gives each call the next of these values."""
        for value in values:
            self._fake.add(self._name, self._script(value))

    def _script(self, value: T) -> _Script:
        kind = self._operation.result
        if kind == "none" or (kind == "any" and value is None):
            return lambda _: _Reply(204)
        if kind == "text":
            text = cast("str", value).encode()
            return lambda _: _Reply(200, {"content-type": "text/plain; charset=utf-8"}, text)
        if kind == "binary":
            octets = {"content-type": "application/octet-stream"}
            return lambda _: _Reply(200, octets, cast("bytes", value))
        content = msgspec.json.encode(to_wire(value))
        return lambda _: _Reply(200, _JSON, content)


class PageAnswers(_Scripted, Generic[T]):
    """The answers of a list; as `Answers`, by pages."""

    def __init__(self, fake: Fake, operation: PagedOperation[T]) -> None:
        super().__init__(fake, operation.id)
        self._operation = operation
        fake.cursors[operation.id] = operation.cursor

    def returns(self, *pages: Sequence[T]) -> None:
        """Makes one list of these pages, whoever asks for which; without one it is empty."""
        operation = self._operation
        lists = [[to_wire(item) for item in page] for page in pages] or [[]]

        def script(call: RecordedCall) -> _Reply:
            cursor = call.query.get(operation.cursor, ["0"])[0]
            number = int(cursor) if cursor.isdecimal() and int(cursor) < len(lists) else 0
            body: dict[str, Any] = {}
            last = number + 1 >= len(lists)
            _put(body, operation.target, operation.items, lists[number])
            _put(body, operation.target, operation.next, None if last else str(number + 1))
            return _Reply(200, _JSON, msgspec.json.encode(body))

        self._fake.add(self._name, script)


def _put(body: dict[str, Any], target: object, path: Attributes, value: object) -> None:
    """Puts a value where an answer of that type has it."""
    *outer, last = path
    for name in outer:
        wire, target = _field(target, name)
        body = body.setdefault(wire, {})
    body[_field(target, last)[0]] = value


def _field(target: object, attribute: str) -> tuple[str, object]:
    if isinstance(target, type) and issubclass(target, Model):
        for known in msgspec.structs.fields(target):
            if known.name == attribute:
                return known.encode_name, known.type
    return attribute, None


class StreamAnswers(_Scripted, Generic[T]):
    """The answers of a stream; as `Answers`, each of many items."""

    def __init__(self, fake: Fake, operation: Operation[T]) -> None:
        super().__init__(fake, operation.id)
        self._operation = operation

    def returns(self, *items: T) -> None:
        """Makes one stream of these items, numbered from 1; it breaks off behind the last.

        Where the API says what a stream ends with, leave that out to see a stream break.
        """
        operation = self._operation
        texts = [msgspec.json.encode(to_wire(item)) for item in items]

        def script(call: RecordedCall) -> _Reply:
            if operation.result == "lines":
                return _Reply(200, {"content-type": "application/x-ndjson"}, b"\n".join(texts))
            seen = int(call.headers.get((operation.resume_header or "").lower()) or 0)
            ids = operation.resume_header is not None
            content = b"".join(
                (b"id: %d\n" % number if ids else b"") + b"data: " + text + b"\n\n"
                for number, text in enumerate(texts, 1)
                if number > seen
            )
            return _Reply(200, {"content-type": "text/event-stream"}, content)

        self._fake.add(self._name, script)


class FakeTransport:
    """A transport that a `Fake` answers for."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    def send(self, request: HttpRequest, timeout: Timeout) -> BytesResponse:
        """Answers at once."""
        del timeout
        content = request.content
        if content is not None and not isinstance(content, bytes):
            content = b"".join(cast("Iterable[bytes]", content))
        reply = self._fake.answer(request, content or b"")
        return BytesResponse(reply.status, reply.headers, reply.content)

    def close(self) -> None:
        """Does nothing: there is no connection."""


class AsyncFakeTransport:
    """As `FakeTransport`."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    async def send(self, request: HttpRequest, timeout: Timeout) -> AsyncBytesResponse:
        """Answers at once."""
        del timeout
        content = request.content
        if content is not None and not isinstance(content, bytes):
            chunks = cast("AsyncIterable[bytes]", content)
            content = b"".join([chunk async for chunk in chunks])
        reply = self._fake.answer(request, content or b"")
        return AsyncBytesResponse(reply.status, reply.headers, reply.content)

    async def close(self) -> None:
        """Does nothing: there is no connection."""
