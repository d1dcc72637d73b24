"""Server-sent events, read by the rules of the WHATWG HTML standard, section 9.2.6."""

from __future__ import annotations

import msgspec

from .errors import APIConnectionError

LONGEST = 64 << 20
"""A server that sends no end of an event is not trusted with the client's memory."""

_BOM = b"\xef\xbb\xbf"


class ServerSentEvent(msgspec.Struct, frozen=True, gc=False):
    """One dispatched event."""

    event: str
    """`message` when the server names none."""
    data: bytes
    """UTF-8."""
    id: str
    """The last event id, which stays until the server sends another."""


class EventParser:
    """Turns chunks of a body into events. Does no input or output."""

    __slots__ = (
        "_data",
        "_event",
        "_id",
        "_partial",
        "_pending",
        "_size",
        "_skip_newline",
        "_started",
        "last_id",
        "retry",
    )

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id
        """What a reconnection goes on behind: the id as of the last event that was whole."""
        self._id = last_id
        self.retry: float | None = None
        """Seconds that the server wants a client to wait before it connects again."""
        self._partial: list[bytes] = []
        self._pending = 0
        self._data: list[bytes] = []
        self._size = 0
        self._event = ""
        self._skip_newline = False
        self._started = False

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Takes the next bytes and gives the events they complete."""
        if not self._started:
            chunk = b"".join([*self._partial, chunk])
            self._partial = []
            if len(chunk) < len(_BOM) and _BOM.startswith(chunk):
                self._partial = [chunk]
                return []
            self._started = True
            chunk = chunk.removeprefix(_BOM)
        # A `\r` at the end of a chunk ends the line; a `\n` in front of the next belongs to it.
        if self._skip_newline and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._skip_newline = False
        if b"\r" in chunk:
            self._skip_newline = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = chunk.split(b"\n")
        if lines and self._partial:
            lines[0] = b"".join([*self._partial, lines[0]])
            self._partial, self._pending = [], 0
        events: list[ServerSentEvent] = []
        for line in lines:
            if line:
                self._line(line)
            elif event := self._dispatch():
                events.append(event)
        if rest:
            self._partial.append(rest)
            self._pending += len(rest)
            self._bound()
        return events

    def _bound(self) -> None:
        if self._size + self._pending > LONGEST:
            raise APIConnectionError("an event is larger than 64 MiB")

    def _line(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._size += len(value) + 1
            self._bound()
        elif name == b"event":
            self._event = value.decode("utf-8", "replace")
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit():
            self.retry = int(value) / 1000

    def _dispatch(self) -> ServerSentEvent | None:
        # An event that breaks off in the middle must not move the place to resume at.
        self.last_id = self._id
        if not self._data:
            self._event = ""
            return None
        data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        if not data.isascii():
            data = data.decode("utf-8", "replace").encode()
        event = ServerSentEvent(self._event or "message", data, self._id)
        self._data, self._size, self._event = [], 0, ""
        return event


class LineParser:
    """Turns chunks of a body into lines, for one JSON value a line (NDJSON, JSON Lines)."""

    __slots__ = ("_partial", "_pending")

    def __init__(self) -> None:
        self._partial: list[bytes] = []
        self._pending = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """Takes the next bytes and gives the lines they complete; empty lines are left out."""
        *whole, rest = chunk.split(b"\n")
        lines: list[bytes] = []
        for line in whole:
            self._partial.append(line)
            lines.append(b"".join(self._partial).strip())
            self._partial = []
            self._pending = 0
        if rest:
            self._partial.append(rest)
            self._pending += len(rest)
            if self._pending > LONGEST:
                raise APIConnectionError("a line is longer than 64 MiB")
        return [line for line in lines if line]

    def end(self) -> list[bytes]:
        """Gives the last line, when no newline ended it."""
        line = b"".join(self._partial).strip()
        self._partial = []
        return [line] if line else []
