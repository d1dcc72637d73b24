# Written by unasync.py from async_pages.py; DO NOT EDIT.
"""Lists that arrive page by page, over a sync transport."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from .errors import APIConnectionError
from .pages import SAME_PAGE, Page

T = TypeVar("T")


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
