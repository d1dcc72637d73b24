"""Every method of both clients, against the document's own examples."""

from __future__ import annotations

import asyncio
import inspect
import json
import keyword
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from documented import BYTES, Documented, answering, operations
from server import Received

from exai import (
    AsyncBinaryResponse,
    AsyncExai,
    AsyncPages,
    AsyncStream,
    BinaryResponse,
    Exai,
    Model,
    Pages,
    Stream,
    StreamOptions,
    Unknown,
)

OPERATIONS = operations()
by_name = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)


def snake(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).lower()


def method(client: Any, operation: Documented) -> Any:
    for accessor in operation.sdk_method.split("."):
        client = getattr(client, snake(accessor))
    return client


def arguments(call: Any, operation: Documented) -> tuple[list[Any], dict[str, Any]]:
    """What the method is called with: every example that the document gives."""
    named = inspect.signature(call).parameters
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for (place, name), example in operation.parameters.items():
        if place == "path":
            positional.append("x" if example is None else example)
        elif name not in ("Idempotency-Key", "Last-Event-ID") and example is not None:
            python = name.lower().replace("-", "_") if place == "header" else name
            keywords[python] = example
    body = named.get("body")
    if body is not None and body.kind is not inspect.Parameter.KEYWORD_ONLY:
        positional.append(operation.body if operation.body is not None else BYTES)
    elif operation.body_type == "multipart/form-data":
        keywords |= dict(operation.body or {}) | {"file": BYTES}
    else:
        for name, value in (operation.body or {}).items():
            python = f"{name}_" if keyword.iskeyword(name) else name
            if ("path", name) in operation.parameters or name in StreamOptions.__annotations__:
                python = f"body_{name}"
            keywords[python] = value
    return positional, keywords


def check_request(operation: Documented, request: Received) -> None:
    assert operation.matches(request)
    query = parse_qs(urlsplit(request.target).query, keep_blank_values=True)
    for (place, name), example in operation.parameters.items():
        if place == "query" and example is not None:
            values = example if isinstance(example, list) else [example]
            texts = [v if isinstance(v, str) else json.dumps(v) for v in values]
            assert query[name] == texts, name
    assert request.headers["authorization"] == "Bearer sk_test_1"
    assert ("idempotency-key" in request.headers) == (operation.method in ("POST", "PATCH"))
    if operation.body_type == "application/json" and operation.body is not None:
        assert json.loads(request.body) == operation.body
    elif operation.body_type is not None and "multipart" in operation.body_type:
        assert BYTES in request.body
    elif operation.body_type is not None and operation.body is None:
        assert request.body in (BYTES, b"", b"{}")


def check_known(value: Any) -> None:
    """Nothing in the answer is unknown to this version."""
    assert not isinstance(value, Unknown), value
    if isinstance(value, Model):
        assert not value.__dict__.get("extra"), value
        for field in value.__struct_fields__:
            check_known(getattr(value, field))
    elif isinstance(value, list | tuple):
        for item in value:
            check_known(item)
    elif isinstance(value, dict):
        for item in value.values():
            check_known(item)


def check_same(value: Any, example: Any) -> None:
    """What was read is what was sent: nothing lost, nothing made up."""
    if isinstance(value, Model):
        again = type(value).from_json(value.to_json())
        assert again == value
        assert sorted(value.to_dict()) == sorted(example)
    check_known(value)


def examples(operation: Documented) -> list[Any]:
    """The items of a stream's example."""
    lines = operation.answer.splitlines()
    if operation.content_type == "application/x-ndjson":
        return [json.loads(line) for line in lines if line]
    return [json.loads(line[5:]) for line in lines if line.startswith("data:")]


def check_answer(operation: Documented, answer: Any) -> None:
    if operation.content_type is None:
        assert answer is None
    elif operation.content_type == "application/json":
        check_same(answer, operation.answer)
    else:
        assert answer == operation.answer


def check_items(items: list[Any], wanted: list[Any]) -> None:
    assert len(items) == len(wanted)
    for item, example in zip(items, wanted, strict=True):
        check_same(item, example)


@by_name
def test_sync(operation: Documented) -> None:
    with answering() as server, Exai("sk_test_1", base_url=server.url, max_retries=0) as exai:
        call = method(exai, operation)
        positional, keywords = arguments(call, operation)
        answer = call(*positional, **keywords)
        if isinstance(answer, Pages):
            check_same(answer.page().body, operation.answer)
            check_items(list(answer), operation.answer["data"])
        elif isinstance(answer, Stream):
            check_items(list(answer), examples(operation))
        elif isinstance(answer, BinaryResponse):
            assert answer.read() == BYTES
        else:
            check_answer(operation, answer)
            raw = method(exai.with_response, operation)(*positional, **keywords)
            assert (raw.status, raw.receipt) == (operation.status, "rcp_1")
            assert raw.data == answer
        check_request(operation, server.requests[0])


@by_name
def test_async(operation: Documented) -> None:
    async def main(url: str) -> None:
        async with AsyncExai("sk_test_1", base_url=url, max_retries=0) as exai:
            call = method(exai, operation)
            positional, keywords = arguments(call, operation)
            answer = call(*positional, **keywords)
            if isinstance(answer, AsyncPages):
                check_items([item async for item in answer], operation.answer["data"])
            elif isinstance(answer, AsyncStream):
                check_items([item async for item in answer], examples(operation))
            elif isinstance(answer := await answer, AsyncBinaryResponse):
                assert await answer.read() == BYTES
            else:
                check_answer(operation, answer)
                raw = await method(exai.with_response, operation)(*positional, **keywords)
                assert (raw.receipt, raw.data) == ("rcp_1", answer)

    with answering() as server:
        asyncio.run(main(server.url))
        check_request(operation, server.requests[0])


def test_every_type_can_be_decoded() -> None:
    import exai.types
    from exai._runtime.decode import _hook

    sent_alone = 0
    for name in dir(exai.types):
        target = getattr(exai.types, name)
        if isinstance(target, type) and issubclass(target, Model):
            try:
                msgspec.json.Decoder(target, dec_hook=_hook)
            except TypeError as error:
                # A form with a file in it is sent, and never read.
                assert "_runtime.content.File" in str(error)
                sent_alone += 1
    assert sent_alone <= 1
