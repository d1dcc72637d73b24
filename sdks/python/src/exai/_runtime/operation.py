"""What generated code says about an operation: data, no behaviour of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar, cast

from .decode import Codec
from .parameters import Style

T = TypeVar("T")

Attributes = tuple[str, ...]
"""Attribute names from a model down to a value."""


@dataclass(frozen=True)
class Body:
    """How a request body is written."""

    kind: Literal["json", "form", "multipart", "text", "binary"]
    content_type: str
    required: bool = True
    """An empty object or form is sent as it is, and not left out."""
    styles: Mapping[str, Style] = field(default_factory=dict[str, Style])
    """Form fields that are not written in the default style, by wire name."""
    parts: Mapping[str, str] = field(default_factory=dict[str, str])
    """Content types of parts, by wire name, where the document sets them."""


@dataclass(frozen=True)
class Operation(Generic[T]):
    """One method on one path whose answer is a `T`: a value, an item of a stream or of a page."""

    method: str
    path: str
    """`/runs/{run_id}`"""
    result: Literal["json", "text", "none", "binary", "events", "lines", "any"] = "none"
    """`any` is what the answer's content type says."""
    target: object = None
    """The type of the answer's JSON, of an event's or of a line's."""
    id: str = ""
    """What the document calls it: `startRun`."""
    accept: str | None = None
    body: Body | None = None
    path_styles: Mapping[str, Style] = field(default_factory=dict[str, Style])
    query_styles: Mapping[str, Style] = field(default_factory=dict[str, Style])
    header_styles: Mapping[str, Style] = field(default_factory=dict[str, Style])
    cookie_styles: Mapping[str, Style] = field(default_factory=dict[str, Style])
    idempotency_header: str | None = None
    """The header that makes the operation safe to repeat."""
    resume_header: str | None = None
    """The header that resumes the stream behind an event."""
    terminal: frozenset[str] = frozenset()
    """Tags of the items after which the stream ends."""
    terminal_attribute: str = "type"
    """The attribute of an item that holds its tag."""
    security: tuple[tuple[str, ...], ...] | None = None
    """Sets of schemes of which one must be met; None: what the service says."""
    server: str | None = None
    """A server of its own, absolute or relative to the client's; a base URL that the caller gave
    wins over it."""

    @cached_property
    def codec(self) -> Codec[T]:
        """Reads one `T` from JSON."""
        return Codec[T](self.target)

    @property
    def repeatable(self) -> bool:
        """True when running it twice is running it once (RFC 9110, 9.2.2; or by its key)."""
        return self.idempotency_header is not None or self.method in _IDEMPOTENT


_IDEMPOTENT = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "QUERY"}


@dataclass(frozen=True)
class PagedOperation(Operation[T]):
    """An operation that answers with a page of `T`; `target` is the type of the whole answer."""

    cursor: str = ""
    """The query parameter that asks for the page behind a cursor."""
    items: Attributes = ()
    next: Attributes = ()
    """Where the cursor of the next page is; None or absent on the last page."""

    @cached_property
    def envelope(self) -> Codec[Any]:
        """Reads the whole answer."""
        return Codec[Any](self.target)


@dataclass(frozen=True)
class LongRunning(Generic[T]):
    """How to wait for what an operation has only begun; the end of it is a `T`."""

    start: Operation[Any]
    """What begins it."""
    poll: Operation[T]
    poll_path: Mapping[str, Attributes]
    """Path parameters of the poll, and where the first answer holds them."""
    state: Attributes
    terminal: frozenset[str]
    """States after which nothing changes."""
    stream: Operation[Any] | None = None
    stream_path: Mapping[str, Attributes] = field(default_factory=dict[str, Attributes])


def pick(value: Any, attributes: Attributes) -> Any:
    """Follows names from a model, or from a decoded JSON object; None where one is absent."""
    for name in attributes:
        if isinstance(value, Mapping):
            value = cast("Mapping[str, Any]", value).get(name)
        else:
            value = getattr(value, name, None)
    return value
