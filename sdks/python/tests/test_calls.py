"""Calls over real sockets: requests as they are sent, answers as they are given."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import replace

import pytest

from exai._runtime.engine import Arguments, Settings
from exai._runtime.errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    DecodeError,
    StatusError,
)
from exai._runtime.response import with_response
from exai._runtime.service import Server
from exai._runtime.sync_engine import Engine

from . import notes_api as api
from .server import Answer, Received, serving

NOTE = b'{"id":"1","size":9223372036854775807}'


def test_a_call_carries_token_agent_and_gives_the_head() -> None:
    headers = {"x-receipt": "rcp_1", "x-ratelimit-remaining": "7", "x-ratelimit-reset": "100"}
    with serving(lambda _, __: Answer(body=NOTE, headers=headers)) as server:
        engine = api.sync_engine(server.url)

        def get(identifier: str) -> api.Note:
            return engine.call(api.GET, {}, Arguments(path={"id": identifier}))

        answer = with_response(get)("a/b ?")
        engine.close()
    assert server.requests[0].target == "/notes/a%2Fb%20%3F"
    assert server.requests[0].headers["authorization"] == f"Bearer {api.TOKEN}"
    assert server.requests[0].headers["user-agent"] == "notes/1"
    assert answer.data.size == 2**63 - 1
    assert answer.receipt == "rcp_1"
    assert answer.rate_limit.remaining == 7
    assert answer.rate_limit.reset is not None
    assert answer.rate_limit.reset.timestamp() == 100


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_path_argument_cannot_name_another_path(value: str) -> None:
    engine = api.sync_engine("http://127.0.0.1:9")
    with pytest.raises(ValueError, match="path parameter"):
        engine.call(api.GET, {}, Arguments(path={"id": value}))
    engine.close()


def test_one_key_over_all_tries_and_on_the_error() -> None:
    with serving(lambda _, __: Answer(503, b'{"message":"down"}', {"retry-after": "0"})) as server:
        engine = api.sync_engine(server.url)
        with pytest.raises(StatusError) as raised:
            engine.call(api.CREATE, {}, Arguments(body=api.Note(id="1")))
        engine.close()
    keys = {request.headers["idempotency-key"] for request in server.requests}
    assert len(server.requests) == 3
    assert keys == {raised.value.idempotency_key}
    assert uuid.UUID(keys.pop()).version == 4


def test_a_write_without_a_key_is_not_repeated() -> None:
    with serving(lambda _, __: Answer(503, headers={"retry-after": "0"})) as server:
        engine = api.sync_engine(server.url)
        with pytest.raises(StatusError):
            engine.call(api.UNSAFE, {}, Arguments(body={}))
        engine.close()
    assert len(server.requests) == 1


def test_a_broken_connection_is_tried_again() -> None:
    def answer(_: Received, number: int) -> Answer:
        return Answer(body=NOTE[:5], cut=True) if number == 0 else Answer(body=NOTE)

    with serving(answer) as server:
        engine = api.sync_engine(server.url)
        assert engine.call(api.GET, {}, Arguments(path={"id": "1"})).id == "1"
        engine.close()
    assert len(server.requests) == 2


def test_retry_after_that_does_not_fit_fails_now() -> None:
    with serving(lambda _, __: Answer(429, headers={"retry-after": "30"})) as server:
        engine = api.sync_engine(server.url)
        began = time.monotonic()
        with pytest.raises(StatusError) as raised:
            engine.call(api.GET, {"timeout": 5}, Arguments(path={"id": "1"}))
        engine.close()
    assert time.monotonic() - began < 3
    assert raised.value.retry_after == 30
    assert len(server.requests) == 1


def test_retry_after_is_waited_for() -> None:
    def answer(_: Received, number: int) -> Answer:
        return Answer(429, headers={"retry-after": "1"}) if number == 0 else Answer(body=NOTE)

    with serving(answer) as server:
        engine = api.sync_engine(server.url)
        began = time.monotonic()
        engine.call(api.GET, {}, Arguments(path={"id": "1"}))
        engine.close()
    assert 1.0 <= time.monotonic() - began < 2.0


def test_a_timeout_bounds_the_whole_call() -> None:
    with serving(lambda _, __: Answer(body=NOTE, delay=0.6)) as server:
        engine = api.sync_engine(server.url)
        began = time.monotonic()
        with pytest.raises(APITimeoutError):
            engine.call(api.GET, {"timeout": 0.3}, Arguments(path={"id": "1"}))
        engine.close()
    assert time.monotonic() - began < 0.55


def test_errors_are_told_apart_and_never_hold_the_token() -> None:
    body = b'{"code":404,"name":"not_found","message":"no note","receipt":"rcp_2"}'
    with serving(lambda _, __: Answer(404, body)) as server:
        engine = api.sync_engine(server.url)
        with pytest.raises(api.NotFoundError) as raised:
            engine.call(api.GET, {}, Arguments(path={"id": "1"}))
        engine.close()
    error = raised.value
    assert (error.code, error.name, error.receipt) == (404, "not_found", "rcp_2")
    assert str(error) == "no note (404, not_found, rcp_2)"
    chain: BaseException | None = error
    while chain is not None:
        assert api.TOKEN not in repr(chain) + repr(vars(chain))
        chain = chain.__cause__ or chain.__context__


def test_no_server_is_a_connection_error_without_the_token() -> None:
    engine = api.sync_engine("http://127.0.0.1:9", max_retries=0)
    with pytest.raises(APIConnectionError) as raised:
        engine.call(api.CREATE, {}, Arguments(body={}))
    engine.close()
    assert raised.value.idempotency_key
    assert raised.value.__cause__ is None


def test_an_answer_of_another_type_is_a_decode_error() -> None:
    with serving(lambda _, __: Answer(body=b'{"id":5}')) as server:
        engine = api.sync_engine(server.url)
        with pytest.raises(DecodeError) as raised:
            engine.call(api.GET, {}, Arguments(path={"id": "1"}))
        engine.close()
    assert raised.value.body == b'{"id":5}'


def test_a_redirect_elsewhere_never_gets_the_token() -> None:
    with serving(lambda _, __: Answer(body=NOTE)) as other:
        target = {"location": f"{other.url}/elsewhere"}
        with serving(lambda _, __: Answer(302, headers=target)) as server:
            engine = api.sync_engine(server.url)
            engine.call(api.GET, {}, Arguments(path={"id": "1"}))
            engine.close()
    assert "authorization" in server.requests[0].headers
    assert "authorization" not in other.requests[0].headers


def test_a_call_without_credentials_says_what_to_pass() -> None:
    engine = Engine(
        Settings(api.SERVICE, api.SERVICE.base_url("http://127.0.0.1:9")), {"api_key": None}
    )
    with pytest.raises(APIError, match="api_key"):
        engine.call(api.GET, {}, Arguments(path={"id": "1"}))
    engine.close()


def test_an_operations_own_server_gets_its_calls_unless_the_caller_gave_a_url() -> None:
    with serving(lambda _, __: Answer(body=NOTE)) as server:
        service = replace(api.SERVICE, servers={"production": Server(f"{server.url}/v1")})

        def ask(own: str, base_url: str | None = None) -> str:
            settings = Settings(service, service.base_url(base_url))
            engine = Engine(settings, {"api_key": api.TOKEN})
            engine.call(replace(api.GET, server=own), {}, Arguments(path={"id": "1"}))
            engine.close()
            return server.requests[-1].target

        assert ask(f"{server.url}/uploads") == "/uploads/notes/1"
        assert ask("/v2/") == "/v2/notes/1"
        assert ask("beta") == "/v1/beta/notes/1"
        assert ask("https://upload.example.com", f"{server.url}/mine/") == "/mine/notes/1"


def test_extras_are_added() -> None:
    with serving(lambda _, __: Answer(body=NOTE)) as server:
        engine = api.sync_engine(server.url)
        engine.call(
            api.CREATE,
            {
                "extra_headers": {"X-One": "1"},
                "extra_query": {"q": "a&b"},
                "extra_body": {"more": 1},
                "idempotency_key": "mine",
            },
            Arguments(body=api.Note(id="1")),
        )
        engine.close()
    request = server.requests[0]
    assert request.headers["x-one"] == "1"
    assert request.headers["idempotency-key"] == "mine"
    assert request.target == "/notes?q=a%26b"
    assert request.body == b'{"id":"1","size":0,"more":1}'


def test_pages_are_walked_to_the_end() -> None:
    def answer(request: Received, _: int) -> Answer:
        if "cursor" in request.target:
            return Answer(body=b'{"data":[{"id":"3"}],"next_cursor":null}')
        return Answer(body=b'{"data":[{"id":"1"},{"id":"2"}],"next_cursor":"c 1"}')

    with serving(answer) as server:
        engine = api.sync_engine(server.url)
        notes = engine.pages(api.LIST, {}, Arguments(query={"limit": 2}))
        assert server.requests == []
        assert [note.id for note in notes] == ["1", "2", "3"]
        assert [r.target for r in server.requests] == [
            "/notes?limit=2",
            "/notes?limit=2&cursor=c%201",
        ]
        assert notes.page().next_cursor == "c 1"
        engine.close()


def test_waiting_ends_with_the_state_whatever_the_stream_does() -> None:
    def answer(request: Received, number: int) -> Answer:
        if request.target.endswith("/events"):
            return Answer(500)
        return Answer(body=b'{"id":"1","color":"%s"}' % (b"green" if number > 3 else b"red"))

    with serving(answer) as server:
        engine = api.sync_engine(server.url, max_retries=0)
        done = engine.wait(api.WAIT, {"timeout": 10}, Arguments(body=api.Note(id="1")))
        engine.close()
    assert done.color == "green"


def test_the_async_client_does_the_same() -> None:
    def answer(_: Received, number: int) -> Answer:
        return Answer(503, headers={"retry-after": "0"}) if number == 0 else Answer(body=NOTE)

    async def main(url: str) -> api.Note:
        engine = api.async_engine(url)
        try:
            return await engine.call(api.CREATE, {}, Arguments(body=api.Note(id="1")))
        finally:
            await engine.close()

    with serving(answer) as server:
        assert asyncio.run(main(server.url)).id == "1"
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1


def test_the_async_timeout_interrupts() -> None:
    async def main(url: str) -> None:
        engine = api.async_engine(url)
        try:
            await engine.call(api.GET, {"timeout": 0.2}, Arguments(path={"id": "1"}))
        finally:
            await engine.close()

    with serving(lambda _, __: Answer(body=NOTE, delay=0.8)) as server:
        began = time.monotonic()
        with pytest.raises(APITimeoutError):
            asyncio.run(main(server.url))
        assert time.monotonic() - began < 0.6


def test_async_pages() -> None:
    async def main(url: str) -> list[str]:
        engine = api.async_engine(url)
        try:
            return [note.id async for note in engine.pages(api.LIST, {})]
        finally:
            await engine.close()

    with serving(lambda _, __: Answer(body=b'{"data":[{"id":"1"}],"next_cursor":null}')) as server:
        assert asyncio.run(main(server.url)) == ["1"]
