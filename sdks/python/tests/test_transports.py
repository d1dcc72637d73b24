"""The seam holds: the same calls over each transport, and the same failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from exai import (
    APIConnectionError,
    APITimeoutError,
    AsyncHttpxTransport,
    AsyncPyreqwestTransport,
    AsyncTransport,
    HttpxTransport,
    PyreqwestTransport,
    Transport,
)
from exai._runtime.async_engine import AsyncEngine
from exai._runtime.engine import Arguments, Settings
from exai._runtime.sync_engine import Engine

from . import notes_api as api
from .server import Answer, Received, serving

NOTE = b'{"id":"1"}'
ID = Arguments(path={"id": "1"})

over = pytest.mark.parametrize("make", [HttpxTransport, PyreqwestTransport])
async_over = pytest.mark.parametrize("make", [AsyncHttpxTransport, AsyncPyreqwestTransport])


def engine(url: str, transport: Transport) -> Engine:
    return Engine(
        Settings(api.SERVICE, api.SERVICE.base_url(url), max_retries=0),
        {"api_key": api.TOKEN},
        transport,
    )


@over
def test_values_bodies_streams_and_downloads(make: Callable[[], Transport]) -> None:
    def answer(request: Received, _: int) -> Answer:
        if request.target.endswith("/events"):
            body = [b'id: 1\ndata: {"type":"note.deleted",', b'"id":"1"}\n\n']
            return Answer(body=body, headers={"content-type": "text/event-stream"})
        if request.target == "/files" and request.method == "GET":
            return Answer(body=[b"ab", b"cd"])
        return Answer(body=NOTE, headers={"x-receipt": "r1"})

    def pieces() -> Iterator[bytes]:
        yield b"12"
        yield b"34"

    with serving(answer) as server:
        caller = engine(server.url, make())
        assert caller.call(api.CREATE, {}, Arguments(body=api.Note(id="1"))).id == "1"
        caller.call(api.UPLOAD, {}, Arguments(body=pieces()))
        assert [event.id for event in caller.stream(api.EVENTS, {}, ID)] == ["1"]  # type: ignore[union-attr]
        with caller.download(api.DOWNLOAD, {}) as file:
            assert file.read() == b"abcd"
        caller.close()
    assert server.requests[0].headers["authorization"] == f"Bearer {api.TOKEN}"
    assert server.requests[1].body == b"1234"


@over
def test_failures_are_told_apart(make: Callable[[], Transport]) -> None:
    with serving(lambda _, __: Answer(body=NOTE, delay=0.6)) as server:
        caller = engine(server.url, make())
        with pytest.raises(APITimeoutError) as late:
            caller.call(api.GET, {"timeout": 0.2}, ID)
        caller.close()
    caller = engine("http://127.0.0.1:1", make())
    with pytest.raises(APIConnectionError) as none:
        caller.call(api.GET, {}, ID)
    caller.close()
    for raised in (late.value, none.value):
        assert api.TOKEN not in repr(raised) + str(raised)
        assert raised.__cause__ is None


@over
def test_redirects_are_the_clients_business(make: Callable[[], Transport]) -> None:
    def elsewhere(request: Received, _: int) -> Answer:
        assert "authorization" not in request.headers
        return Answer(body=NOTE)

    with serving(elsewhere) as other:

        def answer(_: Received, __: int) -> Answer:
            return Answer(307, headers={"location": f"{other.url}/notes/1"})

        with serving(answer) as server:
            caller = engine(server.url, make())
            assert caller.call(api.GET, {}, ID).id == "1"
            caller.close()
    assert len(server.requests) == len(other.requests) == 1


@async_over
def test_the_async_ones_do_the_same(make: Callable[[], AsyncTransport]) -> None:
    def answer(request: Received, _: int) -> Answer:
        if request.target.endswith("/events"):
            body = [b'data: {"type":"note.created","id":"1"}\n\n'] * 2
            last = b'data: {"type":"note.deleted","id":"2"}\n\n'
            return Answer(body=[*body, last], headers={"content-type": "text/event-stream"})
        if request.target == "/files" and request.method == "GET":
            return Answer(body=[b"ab", b"cd"])
        delay = 0.6 if request.target.endswith("/slow") else 0.0
        return Answer(body=NOTE, delay=delay)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"12"
        yield b"34"

    async def main(url: str) -> None:
        settings = Settings(api.SERVICE, api.SERVICE.base_url(url), max_retries=0)
        caller = AsyncEngine(settings, {"api_key": api.TOKEN}, make())
        assert (await caller.call(api.GET, {}, ID)).id == "1"
        await caller.call(api.UPLOAD, {}, Arguments(body=pieces()))
        events: list[Any] = [event async for event in caller.stream(api.EVENTS, {}, ID)]
        assert [event.id for event in events] == ["1", "1", "2"]
        async with await caller.download(api.DOWNLOAD, {}) as file:
            assert await file.read() == b"abcd"
        with pytest.raises(APITimeoutError):
            await caller.call(api.GET, {"timeout": 0.2}, Arguments(path={"id": "slow"}))
        await caller.close()

    with serving(answer) as server:
        asyncio.run(main(server.url))
    assert server.requests[1].body == b"1234"
