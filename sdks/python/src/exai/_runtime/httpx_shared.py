"""What both transports over httpx2 share: its failures, and whom it trusts."""

from __future__ import annotations

import ssl
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache

import httpcore2
import httpx2

from .transport import TransportError, TransportTimeoutError

_LATE = (httpx2.TimeoutException, httpcore2.TimeoutException)
_BROKEN = (
    httpx2.HTTPError,
    httpx2.StreamError,
    httpx2.InvalidURL,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
)


@cache
def trusted() -> ssl.SSLContext:
    """Whom TLS trusts; read once, for all clients."""
    return httpx2.create_ssl_context()


@contextmanager
def translated() -> Generator[None]:
    """Raises `TransportError` for what they raise."""
    # The cause is cut off: an httpx2 error holds the request, and the request holds the token.
    try:
        yield
    except _LATE as error:
        raise TransportTimeoutError(str(error) or type(error).__name__) from None
    except _BROKEN as error:
        raise TransportError(str(error) or type(error).__name__) from None
