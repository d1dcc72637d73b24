"""Header fields, looked up without regard to case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

Fields = Iterable[tuple[str, str]] | Iterable[tuple[bytes, bytes]]


class Headers(Mapping[str, str]):
    """The header fields of an answer; fields of one name are joined by `, ` (RFC 9110, 5.3)."""

    __slots__ = ("_fields", "_raw")

    def __init__(self, fields: Fields | Callable[[], Fields] = ()) -> None:
        # Most answers are never asked for their headers: they are read when they are.
        self._raw: Fields | Callable[[], Fields] | None = fields
        self._fields: dict[str, str] = {}

    def _read(self) -> dict[str, str]:
        raw = self._raw
        if raw is None:
            return self._fields
        fields: dict[str, str] = {}
        for name, value in raw() if callable(raw) else raw:
            key = _text(name).lower()
            known = fields.get(key)
            fields[key] = _text(value) if known is None else f"{known}, {_text(value)}"
        self._fields, self._raw = fields, None
        return fields

    def __getitem__(self, name: str) -> str:
        return self._read()[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        # Values may hold cookies and other secrets.
        return f"Headers({sorted(self._read())})"


def _text(value: str | bytes) -> str:
    if isinstance(value, str):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
