"""Streams as the WHATWG standard and NDJSON have them, cut where it hurts."""

from __future__ import annotations

import asyncio

import pytest

from exai._runtime.engine import Arguments
from exai._runtime.errors import APIConnectionError, DecodeError, StatusError
from exai._runtime.options import StreamOptions
from exai._runtime.sse import EventParser, LineParser, ServerSentEvent

from . import notes_api as api
from .server import Answer, Received, serving

SSE = {"content-type": "text/event-stream"}
BY_ID = Arguments(path={"id": "1"})


def created(number: int) -> bytes:
    return b'id: %d\ndata: {"type":"note.created","id":"%d"}\n\n' % (number, number)


DELETED = b'id: 9\ndata: {"type":"note.deleted","id":"9"}\n\n'

STREAM = (
    "\ufeff: comment\nevent: a\ndata: one\ndata:two\nid: 1\n\n"
    "data\n\n:only a comment\n\nevent: b\n\n"
    "id: x\0y\nretry: 1500\ndata:  é\r\n\r\ndata: last\r\rdata: unfinished"
).encode()

EVENTS = [
    ServerSentEvent("a", b"one\ntwo", "1"),
    ServerSentEvent("message", b"", "1"),
    ServerSentEvent("message", " é".encode(), "1"),
    ServerSentEvent("message", b"last", "1"),
]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
def test_events_are_the_same_however_the_bytes_arrive(size: int) -> None:
    parser = EventParser()
    events = [
        event for at in range(0, len(STREAM), size) for event in parser.feed(STREAM[at : at + size])
    ]
    assert events == EVENTS
    assert parser.retry == 1.5


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_lines_are_the_same_however_the_bytes_arrive(size: int) -> None:
    data = b'{"a":1}\r\n\n{"b":"\xc3\xa9"}\n{"c":3}'
    parser = LineParser()
    lines = [line for at in range(0, len(data), size) for line in parser.feed(data[at : at + size])]
    assert [*lines, *parser.end()] == [b'{"a":1}', b'{"b":"\xc3\xa9"}', b'{"c":3}']


def feed_66_mib(chunk: bytes) -> int:
    parser = EventParser()
    return sum(len(parser.feed(chunk)) for _ in range(66))


def test_an_event_that_does_not_end_is_refused_wherever_its_bytes_are_cut() -> None:
    data = b"data: " + b"x" * (1 << 20)
    with pytest.raises(APIConnectionError):
        feed_66_mib(data)
    with pytest.raises(APIConnectionError):
        feed_66_mib(data + b"\n")
    assert feed_66_mib(data + b"\n\n") == 66


def test_a_stream_is_typed_and_ends_behind_its_last_event() -> None:
    with serving(lambda _, __: Answer(body=[created(1), DELETED, created(3)], headers=SSE)) as s:
        engine = api.sync_engine(s.url)
        with engine.stream(api.EVENTS, {}, BY_ID) as events:
            assert s.requests == []
            seen = list(events)
        engine.close()
    assert seen == [api.Created(id="1"), api.Deleted(id="9")]
    assert s.requests[0].headers["accept"] == "text/event-stream"


def test_a_broken_stream_goes_on_behind_the_last_id() -> None:
    def answer(request: Received, number: int) -> Answer:
        if number == 0:
            return Answer(body=[b"retry: 1\n", created(1), created(2)[:9]], headers=SSE, cut=True)
        assert request.headers["last-event-id"] == "1"
        return Answer(body=[created(2), DELETED], headers=SSE)

    with serving(answer) as server:
        engine = api.sync_engine(server.url)
        seen = list(engine.stream(api.EVENTS, {}, BY_ID))
        engine.close()
    assert seen == [api.Created(id="1"), api.Created(id="2"), api.Deleted(id="9")]


def test_a_stream_without_ids_that_breaks_is_handed_to_the_caller() -> None:
    first = created(1).removeprefix(b"id: 1\n")
    with serving(lambda _, __: Answer(body=[first], headers=SSE)) as server:
        engine = api.sync_engine(server.url)
        events = iter(engine.stream(api.EVENTS, {}, BY_ID))
        assert next(events) == api.Created(id="1")
        with pytest.raises(APIConnectionError, match="ended before"):
            next(events)
        engine.close()
    assert len(server.requests) == 1


def test_a_caller_resumes_where_it_stopped() -> None:
    with serving(lambda _, __: Answer(body=[DELETED], headers=SSE)) as server:
        engine = api.sync_engine(server.url)
        options: StreamOptions = {"last_event_id": "5"}
        stream = engine.stream(api.EVENTS, options, BY_ID)
        assert list(stream)
        assert stream.last_event_id == "9"
        engine.close()
    assert server.requests[0].headers["last-event-id"] == "5"


def test_an_answer_that_is_no_stream_is_an_error() -> None:
    with serving(lambda _, __: Answer(body=b"{}")) as server:
        engine = api.sync_engine(server.url)
        with pytest.raises(APIConnectionError, match="no event stream"):
            next(engine.stream(api.EVENTS, {}, BY_ID))
        engine.close()


def test_an_error_comes_at_the_first_item() -> None:
    with serving(lambda _, __: Answer(404)) as server:
        engine = api.sync_engine(server.url)
        with pytest.raises(StatusError):
            next(engine.stream(api.EVENTS, {}, BY_ID))
        engine.close()


def test_lines_are_typed_and_arrive_one_by_one() -> None:
    with serving(lambda _, __: Answer(body=[b'{"id":"1"}\n{"id"', b':"2"}\n', b"5\n"])) as server:
        engine = api.sync_engine(server.url)
        lines = engine.stream(api.LINES, {})
        assert [next(lines).id, next(lines).id] == ["1", "2"]
        with pytest.raises(DecodeError):
            next(lines)
        engine.close()


def test_the_async_stream_does_the_same() -> None:
    def answer(_: Received, number: int) -> Answer:
        if number == 0:
            return Answer(body=[b"retry: 1\n", created(1)], headers=SSE, cut=True)
        return Answer(body=[DELETED], headers=SSE)

    async def main(url: str) -> list[object]:
        engine = api.async_engine(url)
        try:
            async with engine.stream(api.EVENTS, {}, BY_ID) as events:
                info = await events.connect()
                assert info.status == 200
                return [event async for event in events]
        finally:
            await engine.close()

    with serving(answer) as server:
        seen = asyncio.run(main(server.url))
    assert seen == [api.Created(id="1"), api.Deleted(id="9")]
