"""A span a call, with what the conventions ask for and nothing that is secret."""

from __future__ import annotations

import asyncio

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from exai import StatusError
from exai._runtime.async_engine import AsyncEngine
from exai._runtime.engine import Arguments, Settings
from exai._runtime.sync_engine import Engine

from . import notes_api as api
from .server import Answer, Received, serving


def exporter() -> tuple[InMemorySpanExporter, TracerProvider]:
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    return kept, provider


def answer(request: Received, number: int) -> Answer:
    if request.target.startswith("/unsafe"):
        return Answer(422, b"{}")
    if number == 0:
        return Answer(503, headers={"retry-after": "0"})
    return Answer(body=b'{"id":"1"}')


def test_a_span_covers_all_tries_of_a_call() -> None:
    kept, provider = exporter()
    with serving(answer) as server:
        settings = Settings(
            api.SERVICE, api.SERVICE.base_url(server.url), tracer=provider.get_tracer("t")
        )
        engine = Engine(settings, {"api_key": api.TOKEN})
        body = Arguments(body=api.Note(id="1", secret="never-shown"))
        engine.call(api.CREATE, {"extra_query": {"code": "never-shown"}}, body)
        with pytest.raises(StatusError):
            engine.call(api.UNSAFE, {}, body)
        engine.close()
    good, bad = kept.get_finished_spans()
    assert (good.name, good.kind, good.status.status_code) == (
        "createNote",
        SpanKind.CLIENT,
        StatusCode.UNSET,
    )
    assert dict(good.attributes or {}) == {
        "http.request.method": "POST",
        "url.full": f"{server.url}/notes",
        "url.template": "/notes",
        "server.address": "127.0.0.1",
        "server.port": int(server.url.rpartition(":")[2]),
        "http.response.status_code": 200,
        "http.request.resend_count": 1,
    }
    found = dict(bad.attributes or {})
    assert (found["error.type"], found["http.response.status_code"]) == ("422", 422)
    assert bad.status.status_code is StatusCode.ERROR
    for span in (good, bad):
        assert api.TOKEN not in span.to_json()
        assert "never-shown" not in span.to_json()


def test_the_async_client_has_spans_too() -> None:
    kept, provider = exporter()

    async def main(url: str) -> None:
        settings = Settings(api.SERVICE, api.SERVICE.base_url(url), tracer=provider.get_tracer("t"))
        engine = AsyncEngine(settings, {"api_key": api.TOKEN})
        await engine.call(api.CREATE, {}, Arguments(body=api.Note(id="1")))
        await engine.close()

    with serving(answer) as server:
        asyncio.run(main(server.url))
    (span,) = kept.get_finished_spans()
    assert dict(span.attributes or {})["http.request.resend_count"] == 1
