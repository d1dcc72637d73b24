"""Credentials and how they are carried."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

Token = str | Callable[[], str]
"""A token, or a function that fetches one; it is called before every try."""
AsyncToken = str | Callable[[], str | Awaitable[str]]
"""As `Token`; the function may be a coroutine function."""


@dataclass(frozen=True)
class Scheme:
    """How one kind of credential is carried."""

    place: Literal["header", "query", "cookie"] = "header"
    name: str = "Authorization"
    prefix: str = "Bearer "
    """`Bearer ` (RFC 6750), `Basic ` (RFC 7617), or nothing."""


@dataclass(frozen=True)
class Carried:
    """Credentials as they are written into one request."""

    headers: dict[str, str]
    query: str
    cookies: str

    def __repr__(self) -> str:
        return "Carried(***)"


def carry(credentials: Iterable[tuple[Scheme, str]]) -> Carried:
    """Writes credentials. Raises `ValueError` for a token that no header can hold."""
    headers: dict[str, str] = {}
    query: list[str] = []
    cookies: list[str] = []
    for scheme, secret in credentials:
        if not secret or not secret.isprintable() or not secret.isascii():
            raise ValueError("a token must be visible ASCII characters")
        if scheme.place == "header":
            headers[scheme.name.lower()] = scheme.prefix + secret
        elif scheme.place == "query":
            query.append(f"{quote(scheme.name, safe='')}={quote(secret, safe='')}")
        else:
            cookies.append(f"{scheme.name}={quote(secret, safe='')}")
    return Carried(headers, "&".join(query), "; ".join(cookies))


def basic(username: str, password: str) -> str:
    """The token of the Basic scheme (RFC 7617, UTF-8)."""
    return b64encode(f"{username}:{password}".encode()).decode()
