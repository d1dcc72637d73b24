"""A wait follows its stream, says where it stands, and goes on from there."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest

from exai import APIError, APITimeoutError
from exai._runtime.engine import Arguments

from . import notes_api as api
from .server import Answer, Received, serving

BEGUN = Arguments(body=api.Note(id="1"))
STREAM = {"content-type": "text/event-stream"}


def read(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return found


def write(value: object) -> str:
    text = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def created(number: int) -> bytes:
    return b'id: %d\ndata: {"type":"note.created","id":"1"}\n\n' % number


LAST = b'id: 9\ndata: {"type":"note.deleted","id":"1"}\n\n'


def playing(*, events: list[bytes], color: str = "green") -> Any:
    def answer(request: Received, _: int) -> Answer:
        if request.method == "POST":
            return Answer(202, b'{"id":"1","color":"red"}')
        if request.target.endswith("/events"):
            return Answer(body=list(events), headers=STREAM)
        return Answer(body=b'{"id":"1","color":"%s"}' % color.encode())

    return answer


def test_the_token_moves_with_the_stream() -> None:
    tokens: list[str] = []
    with serving(playing(events=[created(1), created(2), LAST])) as server:
        engine = api.sync_engine(server.url)
        options: Any = {"timeout": 5, "idempotency_key": "k", "on_waiting": tokens.append}
        assert engine.wait(api.WAIT, options, BEGUN).color == "green"
        engine.close()
    first = {"v": 1, "op": "createNote", "poll": ["1"], "stream": ["1"], "key": "k"}
    assert read(tokens[0]) == first
    assert [read(token).get("last_event_id") for token in tokens] == [None, "1", "2", "9"]
    assert list(read(tokens[1])) == ["v", "op", "poll", "stream", "last_event_id", "key"]
    assert [r.target for r in server.requests] == ["/notes", "/notes/1/events", "/notes/1"]


def test_it_goes_on_behind_the_last_event() -> None:
    tokens: list[str] = []
    token = write(
        {"v": 1, "op": "createNote", "poll": ["1"], "stream": ["1"], "last_event_id": "2"}
    )
    with serving(playing(events=[LAST])) as server:
        engine = api.sync_engine(server.url)
        done = engine.wait_from(api.WAIT, token, {"on_waiting": tokens.append})
        engine.close()
    assert done.color == "green"
    assert server.requests[0].headers["last-event-id"] == "2"
    assert [read(token)["last_event_id"] for token in tokens] == ["2", "9"]
    assert all(request.method == "GET" for request in server.requests)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "!",
        "bm90IGpzb24",
        write([]),
        write({"v": 2, "op": "createNote", "poll": ["1"]}),
        write({"v": 1, "op": "deleteNote", "poll": ["1"]}),
        write({"v": 1, "op": "createNote", "poll": []}),
        write({"v": 1, "op": "createNote", "poll": ["1"], "stream": []}),
        write({"v": 1, "op": "createNote", "poll": [1]}),
        write({"v": 1, "op": "createNote", "poll": ["1"], "url": "https://elsewhere.example"}),
    ],
)
def test_a_token_that_is_none_is_refused_before_anything_is_sent(token: str) -> None:
    with serving(playing(events=[])) as server:
        engine = api.sync_engine(server.url)
        with pytest.raises(ValueError, match="token"):
            engine.wait_from(api.WAIT, token, {})
        engine.close()
    assert server.requests == []


def test_every_error_says_where_to_go_on() -> None:
    def refusing(request: Received, number: int) -> Answer:
        if request.method == "GET" and not request.target.endswith("/events"):
            return Answer(403, b"{}")
        answer: Answer = playing(events=[created(4)])(request, number)
        return answer

    with serving(refusing) as server:
        engine = api.sync_engine(server.url, max_retries=0)
        with pytest.raises(APIError) as raised:
            engine.wait(api.WAIT, {"timeout": 5}, BEGUN)
        engine.close()
    token = raised.value.wait_token
    assert token is not None
    assert read(token)["last_event_id"] == "4"
    assert raised.value.status == 403  # type: ignore[attr-defined]


def slow() -> Any:
    import time

    def events() -> Any:
        yield created(3)
        for _ in range(40):
            time.sleep(0.05)
            yield b": still here\n\n"

    def answer(request: Received, number: int) -> Answer:
        if request.target.endswith("/events"):
            return Answer(body=events(), headers=STREAM)
        found: Answer = playing(events=[])(request, number)
        return found

    return answer


def test_the_time_ends_a_stream_that_says_nothing() -> None:
    import time

    with serving(slow()) as server:
        engine = api.sync_engine(server.url)
        began = time.monotonic()
        with pytest.raises(APITimeoutError) as raised:
            engine.wait(api.WAIT, {"timeout": 0.5}, BEGUN)
        assert time.monotonic() - began < 0.9
        engine.close()
    token = raised.value.wait_token
    assert token is not None
    assert read(token)["last_event_id"] == "3"


def test_cancelling_a_wait_says_where_to_go_on() -> None:
    async def main(url: str) -> str:
        engine = api.async_engine(url)
        task = asyncio.ensure_future(engine.wait(api.WAIT, {}, BEGUN))
        await asyncio.sleep(0.3)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            return str(vars(error)["wait_token"])
        finally:
            await engine.close()
        raise AssertionError("it was not cancelled")

    with serving(slow()) as server:
        assert read(asyncio.run(main(server.url)))["last_event_id"] == "3"


def test_the_async_wait_keeps_the_time() -> None:
    async def main(url: str) -> str | None:
        engine = api.async_engine(url)
        try:
            with pytest.raises(APITimeoutError) as raised:
                await engine.wait(api.WAIT, {"timeout": 0.4}, BEGUN)
            return raised.value.wait_token
        finally:
            await engine.close()

    with serving(slow()) as server:
        token = asyncio.run(main(server.url))
    assert token is not None
    assert read(token)["last_event_id"] == "3"
