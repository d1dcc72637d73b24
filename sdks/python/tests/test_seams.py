"""What a caller can put in: middleware, a log, calls of what the document does not say."""

from __future__ import annotations

import asyncio
import io
import logging
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from exai import (
    APIConnectionError,
    AsyncBytesResponse,
    AsyncExai,
    AsyncHttpResponse,
    BytesResponse,
    Exai,
    HttpRequest,
    HttpResponse,
)
from exai._runtime.async_engine import AsyncEngine
from exai._runtime.engine import Arguments, Settings
from exai._runtime.sync_engine import Engine

from . import notes_api as api
from .server import Answer, Received, serving

NOTE = b'{"id":"1"}'
ID = Arguments(path={"id": "1"})


def test_middleware_stands_around_every_try_the_first_outermost() -> None:
    seen: list[str] = []

    def layer(name: str) -> Callable[..., HttpResponse]:
        def middleware(
            request: HttpRequest, call_next: Callable[[HttpRequest], HttpResponse]
        ) -> HttpResponse:
            assert request.headers["authorization"] == f"Bearer {api.TOKEN}"
            seen.append(f"{name} before")
            request.headers["x-seen"] = str(len(seen))
            response = call_next(request)
            seen.append(f"{name} {response.status}")
            return response

        return middleware

    def answer(_: Received, number: int) -> Answer:
        return Answer(503, headers={"retry-after": "0"}) if number == 0 else Answer(body=NOTE)

    with serving(answer) as server:
        settings = Settings(api.SERVICE, api.SERVICE.base_url(server.url))
        layers = [layer("a"), layer("b")]
        engine = Engine(settings, {"api_key": api.TOKEN}, middleware=layers)
        assert engine.call(api.GET, {}, ID).id == "1"
        engine.close()
    once = ["a before", "b before", "b 503", "a 503"]
    assert seen == [*once, *[step.replace("503", "200") for step in once]]
    assert [request.headers["x-seen"] for request in server.requests] == ["2", "6"]


def test_middleware_may_answer_without_sending() -> None:
    def cached(_: HttpRequest, __: Any) -> HttpResponse:
        return BytesResponse(200, {"x-receipt": "r"}, NOTE)

    async def async_cached(_: HttpRequest, __: Any) -> AsyncHttpResponse:
        return AsyncBytesResponse(200, {"x-receipt": "r"}, NOTE)

    settings = Settings(api.SERVICE, api.SERVICE.base_url("http://127.0.0.1:1"))
    engine = Engine(settings, {"api_key": api.TOKEN}, middleware=[cached])
    assert engine.call(api.GET, {}, ID).id == "1"
    async_engine = AsyncEngine(settings, {"api_key": api.TOKEN}, middleware=[async_cached])
    assert asyncio.run(async_engine.call(api.GET, {}, ID)).id == "1"


def test_a_middleware_of_coroutines_sees_each_try() -> None:
    async def count(
        request: HttpRequest, call_next: Callable[[HttpRequest], Awaitable[AsyncHttpResponse]]
    ) -> AsyncHttpResponse:
        request.headers["x-layer"] = "1"
        return await call_next(request)

    async def main(url: str) -> None:
        settings = Settings(api.SERVICE, api.SERVICE.base_url(url))
        engine = AsyncEngine(settings, {"api_key": api.TOKEN}, middleware=[count])
        assert (await engine.call(api.GET, {}, ID)).id == "1"
        await engine.close()

    with serving(lambda _, __: Answer(body=NOTE)) as server:
        asyncio.run(main(server.url))
    assert server.requests[0].headers["x-layer"] == "1"


@pytest.fixture
def log() -> Any:
    logger, stream = logging.getLogger("exai"), io.StringIO()
    handler, level = logging.StreamHandler(stream), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_the_log_says_what_happened_and_no_secret(log: io.StringIO) -> None:
    def answer(_: Received, number: int) -> Answer:
        headers = {
            "x-receipt": "rcp_1",
            "set-cookie": "session=never-shown-1",
            "location": "https://store.example/x?signature=never-shown-2",
        }
        if number == 0:
            return Answer(503, headers={**headers, "retry-after": "0"})
        return Answer(body=NOTE, headers=headers)

    with serving(answer) as server:
        engine = api.sync_engine(server.url)
        engine.call(
            api.CREATE,
            {
                "idempotency_key": "never-shown-3",
                "extra_headers": {"X-Api-Token": "never-shown-4", "X-Trace": "shown"},
                "extra_query": {"code": "never-shown-5"},
            },
            Arguments(body=api.Note(id="1", secret="never-shown-6")),
        )
        engine.close()
    text = log.getvalue()
    assert "POST /notes: retry 1 in 0.00 s" in text
    assert "/notes: 503 in" in text
    assert "/notes: 200 in" in text
    assert "receipt rcp_1" in text
    assert "'x-trace': 'shown'" in text
    assert "'idempotency-key': '***'" in text
    assert api.TOKEN not in text
    assert "never-shown" not in text


def test_the_environment_turns_the_log_on() -> None:
    code = "from exai import Exai; Exai('sk', base_url='http://127.0.0.1:1', max_retries=0)"
    call = f"{code}.request('GET', '/x')"
    done = subprocess.run(
        [sys.executable, "-c", call],
        env={"EXAI_LOG": "debug", "PYTHONPATH": str(Path(__file__).parents[1] / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "DEBUG exai GET http://127.0.0.1:1/x: no answer" in done.stderr


RUN_LIKE = b'{"data":1,"later":{"is":[true,null]}}'


def test_what_the_document_does_not_say_can_be_called() -> None:
    def answer(request: Received, _: int) -> Answer:
        if request.target.startswith("/text"):
            return Answer(body=b"plain", headers={"content-type": "text/plain"})
        if request.target.startswith("/none"):
            return Answer(204)
        return Answer(body=RUN_LIKE, headers={"content-type": "application/json"})

    with serving(answer) as server, Exai("sk_test_1", base_url=server.url) as exai:
        made = exai.request("POST", "/new", query={"a": [1, 2]}, body={"b": None})
        assert made == {"data": 1, "later": {"is": [True, None]}}
        assert exai.request("GET", "/new", cast_to=dict[str, Any])["data"] == 1
        assert exai.request("GET", "/text") == "plain"
        assert exai.request("PUT", "/none", body=b"bytes") is None
        answered = exai.with_response.request("PATCH", "/new", body={})
        assert answered.content == RUN_LIKE
        assert answered.idempotency_key is not None
        for wrong in ("new", "//elsewhere.example/x", "https://elsewhere.example", "/a/../b"):
            with pytest.raises(ValueError, match="path"):
                exai.request("GET", wrong)
    first, put = server.requests[0], server.requests[3]
    assert (first.target, first.body) == ("/new?a=1&a=2", b'{"b":null}')
    assert first.headers["authorization"] == "Bearer sk_test_1"
    assert first.headers["idempotency-key"]
    assert (put.body, put.headers["content-type"]) == (b"bytes", "application/octet-stream")
    assert "idempotency-key" not in put.headers


def test_an_async_client_calls_it_too() -> None:
    async def main(url: str) -> Any:
        async with AsyncExai("sk_test_1", base_url=url) as exai:
            return await exai.request("GET", "/new")

    with serving(lambda _, __: Answer(body=RUN_LIKE)) as server:
        assert asyncio.run(main(server.url))["data"] == 1


def test_a_closed_client_says_so() -> None:
    exai = Exai("sk_test_1", base_url="http://127.0.0.1:1")
    exai.close()
    with pytest.raises(Exception, match="closed"):
        exai.runs.get("run_1")


def test_a_head_that_drips_ends_with_the_time() -> None:
    import socket
    import threading
    import time

    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        connection.recv(4096)
        try:
            for byte in b"HTTP/1.1 200 OK\r\nx-a: " + b"b" * 200:
                connection.sendall(bytes([byte]))
                time.sleep(0.02)
        except OSError:
            connection.close()

    thread = threading.Thread(target=drip)
    thread.start()
    port = listener.getsockname()[1]
    began = time.monotonic()
    with Exai("sk", base_url=f"http://127.0.0.1:{port}", max_retries=0) as exai:
        with pytest.raises(APIConnectionError, match=r"too long|timed out"):
            exai.runs.get("run_1", timeout=0.3)
        assert time.monotonic() - began < 1.0
    thread.join()
    listener.close()


def test_the_sync_half_is_what_the_async_half_gives() -> None:
    root = Path(__file__).parents[1]
    script = [sys.executable, str(root / "unasync.py"), "--check"]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
