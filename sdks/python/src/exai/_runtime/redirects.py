"""Where a redirect leads, and whether credentials may go there."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from .headers import Headers

_REDIRECTS = {301, 302, 303, 307, 308}
FIRST_REDIRECT = 300
MAX_REDIRECTS = 5


def redirect_url(method: str, url: str, status: int, headers: Headers) -> str | None:
    """Where a redirect leads, None when the answer is none or must not be followed."""
    location = headers.get("location")
    if status not in _REDIRECTS or location is None or method not in ("GET", "HEAD"):
        return None
    target = urljoin(url, location)
    parts = urlsplit(target)
    return target if parts.scheme in ("http", "https") and parts.hostname else None


def same_origin(one: str, other: str) -> bool:
    """True when two URLs share scheme, host and port: where credentials may go (RFC 6454)."""
    return _origin(one) == _origin(other)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
