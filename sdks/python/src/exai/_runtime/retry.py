"""When a call is tried again, and how long it waits before.

The rules are the same in every language of this SDK; the scenarios of the tests hold them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock

RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 8.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a call, on the monotonic clock; None for no end."""

    at: float | None

    @classmethod
    def after(cls, seconds: float | None) -> Deadline:
        """The deadline that many seconds from now."""
        return cls(None if seconds is None else time.monotonic() + seconds)

    def left(self) -> float | None:
        """Seconds left, never below 0; None for no end."""
        return None if self.at is None else max(0.0, self.at - time.monotonic())

    def sooner(self, seconds: float) -> Deadline:
        """This one, or that many seconds from now, whichever is first."""
        at = time.monotonic() + seconds
        return Deadline(at if self.at is None else min(at, self.at))

    def fits(self, seconds: float) -> bool:
        """True when waiting that long leaves time for a try."""
        left = self.left()
        return left is None or seconds < left


def sooner(one: float | None, other: float | None) -> float | None:
    """The shorter of two times; None is no end."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def backoff(retries: int, chance: Callable[[], float] = random.random) -> float:
    """Seconds before the next try: exponential with full jitter, at most 8."""
    return chance() * min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**retries)


def parse_retry_after(value: str | None) -> float | None:
    """Reads `Retry-After` (RFC 9110, 10.2.3): seconds or a date; None when it is neither."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


class RetryBudget:
    """Keeps a brown-out from being amplified: a bucket that retries drain and answers refill.

    One for a client, shared by its threads and tasks.
    """

    def __init__(self, capacity: float = 20.0, refill: float = 0.2) -> None:
        self._lock = Lock()
        self._capacity = capacity
        self._refill = refill
        self._tokens = capacity

    def take(self) -> bool:
        """Takes one retry out of the bucket; False when it is empty."""
        with self._lock:
            if self._tokens < 1.0:
                return False
            self._tokens -= 1.0
            return True

    def succeeded(self) -> None:
        """Puts a part of a retry back, because the server answered."""
        if self._tokens == self._capacity:
            return
        with self._lock:
            self._tokens = min(self._capacity, self._tokens + self._refill)
