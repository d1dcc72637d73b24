"""What an answer says beside its data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Generic, ParamSpec, TypeVar

from .headers import Headers
from .service import HeaderRoles

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How much may still be asked for."""

    remaining: int | None
    """Whole requests left."""
    reset: datetime | None
    """When the bucket is full again."""


class ResponseInfo:
    """The head of an answer; a header that is absent or malformed is None."""

    __slots__ = ("_roles", "headers", "idempotency_key", "retries", "status")

    def __init__(
        self, status: int, headers: Headers, roles: HeaderRoles, key: str | None, retries: int
    ) -> None:
        self._roles = roles
        self.status = status
        """The HTTP status."""
        self.headers = headers
        """The header fields."""
        self.idempotency_key = key
        """The key that the request carried."""
        self.retries = retries
        """Tries before the one that was answered."""

    @property
    def receipt(self) -> str | None:
        """The id under which the server knows this answer."""
        return self._header(self._roles.receipt)

    @property
    def rate_limit(self) -> RateLimit:
        """How much may still be asked for."""
        remaining = self._header(self._roles.rate_limit_remaining)
        return RateLimit(
            int(remaining) if remaining and remaining.isdecimal() else None,
            _unix_time(self._header(self._roles.rate_limit_reset)),
        )

    @property
    def idempotent_replayed(self) -> bool:
        """True when the server had run the operation before and kept the answer."""
        return (self._header(self._roles.idempotent_replayed) or "").lower() == "true"

    def _header(self, name: str | None) -> str | None:
        return self.headers.get(name) if name else None

    def __repr__(self) -> str:
        return f"ResponseInfo(status={self.status}, receipt={self.receipt!r})"


@dataclass(frozen=True, slots=True)
class Response(Generic[T]):
    """An answer with its head: what a method gives under `with_response`."""

    data: T
    info: ResponseInfo
    content: bytes = b""
    """The body as it came."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.info.status

    @property
    def headers(self) -> Headers:
        """The header fields."""
        return self.info.headers

    @property
    def receipt(self) -> str | None:
        """The id under which the server knows this answer."""
        return self.info.receipt

    @property
    def rate_limit(self) -> RateLimit:
        """How much may still be asked for."""
        return self.info.rate_limit

    @property
    def idempotency_key(self) -> str | None:
        """The key that the request carried."""
        return self.info.idempotency_key


def _unix_time(text: str | None) -> datetime | None:
    if not text or not text.isdecimal():
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (OverflowError, ValueError, OSError):
        return None


_seen: ContextVar[list[tuple[ResponseInfo, bytes]] | None] = ContextVar("seen", default=None)


def note(info: ResponseInfo, content: bytes) -> None:
    """Hands an answer to the `with_response` call around, if there is one."""
    seen = _seen.get()
    if seen is not None:
        # The last one counts: a call that waits gets many.
        seen[:] = [(info, content)]


@contextmanager
def _noting() -> Generator[list[tuple[ResponseInfo, bytes]]]:
    seen: list[tuple[ResponseInfo, bytes]] = []
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def with_response(method: Callable[P, T]) -> Callable[P, Response[T]]:
    """The same method, giving its answer with the head of it."""

    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> Response[T]:
        with _noting() as seen:
            data = method(*args, **kwargs)
        return Response(data, *seen[-1])

    return call


def async_with_response(
    method: Callable[P, Awaitable[T]],
) -> Callable[P, Awaitable[Response[T]]]:
    """The same method, giving its answer with the head of it."""

    @wraps(method)
    async def call(*args: P.args, **kwargs: P.kwargs) -> Response[T]:
        with _noting() as seen:
            data = await method(*args, **kwargs)
        return Response(data, *seen[-1])

    return call
