"""Lists that arrive page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .errors import APIConnectionError
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


class Pages(Generic[T]):
    """A list: iterating asks for one page after the other; nothing is asked for before."""

    def __init__(self, fetch: Callable[[str | None], Page[T]]) -> None:
        self._fetch = fetch

    def page(self) -> Page[T]:
        """Asks for the first page, or the one that the method's cursor names, and no other."""
        return self._fetch(None)

    def pages(self) -> Iterator[Page[T]]:
        """Iterates over pages. Raises `APIError` for a cursor that the server has given before."""
        cursor: str | None = None
        seen: set[str] = set()
        while True:
            page = self._fetch(cursor)
            yield page
            cursor = page.next_cursor
            if cursor is None:
                return
            if cursor in seen:
                raise APIConnectionError(SAME_PAGE)
            seen.add(cursor)

    def __iter__(self) -> Iterator[T]:
        """Iterates over the items of all pages."""
        for page in self.pages():
            yield from page.data


class AsyncPages(Generic[T]):
    """As `Pages`."""

    def __init__(self, fetch: Callable[[str | None], Awaitable[Page[T]]]) -> None:
        self._fetch = fetch

    async def page(self) -> Page[T]:
        """Asks for the first page, or the one that the method's cursor names, and no other."""
        return await self._fetch(None)

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Iterates over pages. Raises `APIError` for a cursor that the server has given before."""
        cursor: str | None = None
        seen: set[str] = set()
        while True:
            page = await self._fetch(cursor)
            yield page
            cursor = page.next_cursor
            if cursor is None:
                return
            if cursor in seen:
                raise APIConnectionError(SAME_PAGE)
            seen.add(cursor)

    async def __aiter__(self) -> AsyncIterator[T]:
        """Iterates over the items of all pages."""
        async for page in self.pages():
            for item in page.data:
                yield item
