"""Lists that arrive page by page, over an async transport."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Generic, TypeVar

from .errors import APIConnectionError
from .pages import SAME_PAGE, Page

T = TypeVar("T")


class AsyncPages(Generic[T]):
    """A list: iterating asks for one page after the other; nothing is asked for before."""

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
