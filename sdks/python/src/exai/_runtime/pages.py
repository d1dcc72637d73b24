"""One page of a list that arrives page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .response import ResponseInfo

T = TypeVar("T")

SAME_PAGE = "the server gave a cursor that it had given before"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list."""

    data: list[T]
    """The items of this page."""
    next_cursor: str | None
    """Asks for the page behind this one; None on the last page."""
    body: Any
    """The whole answer."""
    response: ResponseInfo
    """The head of the answer: receipt, rate limit, headers."""

    def __iter__(self) -> Iterator[T]:
        """Iterates over the items of this page alone."""
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)
