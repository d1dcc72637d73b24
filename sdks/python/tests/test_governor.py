"""The bucket of a rate limit is spared before it is empty."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from exai import APITimeoutError, StatusError
from exai._runtime.engine import Arguments
from exai._runtime.governor import Governor

from . import notes_api as api
from .notes_api import sync_engine
from .server import Answer, Received, serving


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def governor(remaining: int, reset: float) -> tuple[Governor, Clock]:
    clock = Clock()
    made = Governor(clock, clock)
    made.learn(remaining, datetime.fromtimestamp(reset, UTC))
    return made, clock


def test_nothing_waits_while_there_is_plenty_or_nothing_is_known() -> None:
    assert Governor().take() == 0
    assert governor(10, 160.0)[0].take() == 0
    assert governor(0, 100.0)[0].take() == 0


def test_tries_are_spaced_and_queue_up() -> None:
    slow, clock = governor(1, 101.0)
    assert slow.take() == pytest.approx(0.5)
    assert slow.take() == pytest.approx(1.0)
    clock.now += 5
    slow.learn(0, datetime.fromtimestamp(165.0, UTC))
    assert slow.take() == pytest.approx(1.0)


def test_what_is_under_way_counts_as_spent() -> None:
    busy, _ = governor(12, 101.0)
    for _ in range(3):
        busy.sent()
    assert busy.take() == pytest.approx(1 / 10)
    for _ in range(3):
        busy.ended()
    assert busy.take() == 0


def test_a_refusal_holds_every_call_back() -> None:
    held, clock = governor(100, 160.0)
    held.refused(2.0)
    assert held.take() == pytest.approx(2.0)
    clock.now += 1.5
    assert held.blocked() == pytest.approx(0.5)


def test_a_wait_that_does_not_fit_fails_now_and_says_so() -> None:
    def answer(_: Received, number: int) -> Answer:
        if number == 0:
            return Answer(429, headers={"retry-after": "30"})
        return Answer(body=b'{"id":"1"}')

    with serving(answer) as server:
        engine = sync_engine(server.url, max_retries=0, governor=True)
        with pytest.raises(StatusError):
            engine.call(api.GET, {}, Arguments(path={"id": "1"}))
        with pytest.raises(APITimeoutError) as raised:
            engine.call(api.GET, {"timeout": 5}, Arguments(path={"id": "1"}))
        engine.close()
    assert raised.value.retry_after == pytest.approx(30, abs=1)
    assert len(server.requests) == 1
