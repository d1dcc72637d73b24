"""Slowing down before the bucket of a rate limit is empty. Does no input or output."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from threading import Lock

PLENTY = 10
"""With that many requests left a try goes at once."""
WIDEST = 1.0
"""Seconds that two tries are apart at most."""


class Governor:
    """What all calls of a client know of their rate limit; shared by its threads and tasks."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._wall = wall
        self._lock = Lock()
        self._remaining: int | None = None
        self._reset = 0.0
        self._in_flight = 0
        self._blocked_until = 0.0
        self._next_slot = 0.0

    def take(self) -> float:
        """Takes the slot of a try that is to be sent: seconds until then."""
        with self._lock:
            now, wall = self._clock(), self._wall()
            at = max(now, self._blocked_until)
            if self._remaining is not None and self._reset > wall:
                left = self._remaining - self._in_flight
                if left < PLENTY:
                    spacing = min((self._reset - wall) / (max(left, 0) + 1), WIDEST)
                    self._next_slot = max(now, self._next_slot) + spacing
                    at = max(at, self._next_slot)
            return at - now

    def blocked(self) -> float:
        """Seconds until the server wants to be asked again; 0 when it may be."""
        with self._lock:
            return max(0.0, self._blocked_until - self._clock())

    def sent(self) -> None:
        """Notes that a try is under way."""
        with self._lock:
            self._in_flight += 1

    def ended(self) -> None:
        """Notes that a try has its answer, or will have none."""
        with self._lock:
            self._in_flight -= 1

    def learn(self, remaining: int | None, reset: datetime | None) -> None:
        """Notes what an answer says of the bucket."""
        if remaining is None or reset is None:
            return
        with self._lock:
            self._remaining = remaining
            self._reset = reset.timestamp()

    def refused(self, seconds: float) -> None:
        """Notes that the server wants nobody to ask again before that many seconds are over."""
        with self._lock:
            self._blocked_until = max(self._blocked_until, self._clock() + seconds)
