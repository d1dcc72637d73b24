"""What both transports over pyreqwest share."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pyreqwest.exceptions import PyreqwestError, RequestTimeoutError

from .transport import TransportError, TransportTimeoutError

if TYPE_CHECKING:
    from pyreqwest.client import BaseClientBuilder


def configure(builder: BaseClientBuilder) -> None:
    """Sets what a transport must not do by itself: follow, and name where it came from."""
    builder.follow_redirects(False)  # noqa: FBT003 - it is called so
    builder.referer(False)  # noqa: FBT003


def span(seconds: float | None) -> timedelta | None:
    """Seconds as pyreqwest wants them."""
    # Of whole numbers it is made five times as fast as of one with a fraction.
    return None if seconds is None else timedelta(0, int(seconds), int(seconds % 1 * 1e6))


FAILURES = (PyreqwestError,)
"""What pyreqwest raises."""


def translated(failure: PyreqwestError) -> TransportError:
    """The failure as one of a transport."""
    # The cause is cut off: it may hold the URL, and the query of that a token.
    late = isinstance(failure, RequestTimeoutError)
    return (TransportTimeoutError if late else TransportError)(failure.message)
